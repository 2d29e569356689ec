// SPDX-License-Identifier: MIT
// How long it takes to get to 1 by halving and tripling: each lane's loop ends at another time.
#version 450

layout(local_size_x = 64) in;
layout(std430, binding = 0) buffer Out { uint steps[]; };

void main()
{
	uint i = gl_GlobalInvocationID.x;
	uint n = i + 1u, count = 0u;

	while (n != 1u) {
		n = (n & 1u) != 0u ? 3u * n + 1u : n / 2u;
		count++;
	}
	steps[i] = count;
}
