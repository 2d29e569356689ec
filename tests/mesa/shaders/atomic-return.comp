// SPDX-License-Identifier: MIT
// Each thread gets a number of its own, and marks that it is taken.
#version 450

layout(local_size_x = 64) in;
layout(std430, binding = 0) buffer Out { uint next; uint pad[63]; uint taken[]; };

void main()
{
	uint number = atomicAdd(next, 1u);

	atomicAdd(taken[number], number + 1u);
}
