// SPDX-License-Identifier: MIT
// Writes to all parts of a buffer; those that have no memory keep nothing.
#version 450

layout(local_size_x = 64) in;
layout(std430, binding = 1) writeonly buffer Sparse { uint words[]; };
layout(push_constant) uniform Push { bool write_to_holes; };

const uint part = 4096u;

void main()
{
	uint i = gl_GlobalInvocationID.x;

	if (i % 2u == 0u || write_to_holes)
		words[(i & 3u) * part + i * 3u] = i * 7u + 1u;
}
