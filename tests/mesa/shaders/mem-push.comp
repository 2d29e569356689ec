// SPDX-License-Identifier: MIT
// Push constants, one of them with an index.
#version 450

layout(local_size_x = 64) in;
layout(push_constant) uniform Push { uint words[16]; uvec4 vector; };
layout(std430, binding = 0) writeonly buffer Out { uvec4 results[]; };

void main()
{
	uint i = gl_GlobalInvocationID.x;

	results[i] = vector * words[1] + uvec4(words[i & 15u], words[15], i, words[0]);
}
