// SPDX-License-Identifier: MIT
// One of very many submits: what becomes of a word tells how many there were of them.
#version 450

layout(local_size_x = 32) in;
layout(std430, binding = 0) buffer Out { uint words[]; };
layout(push_constant) uniform Push { uint base; uint tag; };

void main()
{
	uint i = base + gl_GlobalInvocationID.x;

	words[i] = words[i] * 3u + tag + i;
}
