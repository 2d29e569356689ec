// SPDX-License-Identifier: MIT
// Reads a buffer with holes, which are 0, before and after another shader has written.
#version 450

layout(local_size_x = 64) in;
layout(std140, binding = 0) uniform Sparse { uvec4 vectors[4096]; };
layout(std430, binding = 2) buffer Out { uint results[]; };

/* Words of 16 KiB. */
const uint part = 4096u;

void main()
{
	uint i = gl_GlobalInvocationID.x;
	uint at = (i & 3u) * part + i * 3u;

	results[i] = results[i] * 5u + vectors[at / 4u][at % 4u] + i;
}
