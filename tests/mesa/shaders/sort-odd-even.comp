// SPDX-License-Identifier: MIT
// Neighbours change places until all are in order; the groups agree that nothing is left to do.
#version 450

layout(local_size_x = 64) in;
layout(std430, binding = 0) readonly buffer In { int numbers[]; };
layout(std430, binding = 1) writeonly buffer Out { ivec2 sorted[]; };

shared int held[128];
shared bool changed;

void order(uint at)
{
	int a = held[at], b = held[at + 1u];

	if (a > b) {
		held[at] = b;
		held[at + 1u] = a;
		changed = true;
	}
}

void main()
{
	uint lane = gl_LocalInvocationIndex, base = gl_WorkGroupID.x * 128u;
	int rounds = 0;
	bool again;

	held[lane] = numbers[base + lane];
	held[lane + 64u] = numbers[base + lane + 64u];
	do {
		barrier();
		if (lane == 0u)
			changed = false;
		barrier();
		order(2u * lane);
		barrier();
		if (lane < 63u)
			order(2u * lane + 1u);
		barrier();
		again = changed;
		rounds++;
	} while (again);
	sorted[base + lane] = ivec2(held[lane], rounds);
	sorted[base + lane + 64u] = ivec2(held[lane + 64u], rounds);
}
