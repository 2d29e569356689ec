// SPDX-License-Identifier: MIT
// Threads change a word only if nobody else has; what they get back is counted.
#version 450

layout(local_size_x = 64) in;
layout(std430, binding = 0) buffer Out { uint results[]; };

void main()
{
	uint i = gl_GlobalInvocationID.x, slot = i & 15u;
	uint seen;

	/* A product, by trying again: its order does not matter. */
	seen = results[slot];
	for (;;) {
		uint before = atomicCompSwap(results[slot], seen, (seen | 1u) * (2u * i + 3u));

		if (before == seen)
			break;
		seen = before;
	}
	/* One thread of each slot is the first. */
	if (atomicExchange(results[16u + slot], 1u) == 0u)
		atomicAdd(results[32u], 1u);
	/* What one thread puts there the next one takes. */
	atomicAdd(results[33u + slot], atomicExchange(results[49u + slot], slot + 5u));
}
