// SPDX-License-Identifier: MIT
// Which numbers are prime, a bit each: all strike out multiples of what is left.
#version 450

layout(local_size_x = 256) in;
layout(std430, binding = 0) writeonly buffer Out { uint bits[]; };

const uint limit = 8192u;

shared uint struck[limit / 32u];

void main()
{
	uint lane = gl_LocalInvocationIndex;

	struck[lane] = lane == 0u ? 3u : 0u;
	barrier();
	for (uint prime = 2u; prime * prime < limit; prime++) {
		bool composite = (struck[prime / 32u] >> (prime % 32u) & 1u) != 0u;

		if (!composite) {
			for (uint n = prime * (prime + lane); n < limit; n += prime * 256u)
				atomicOr(struck[n / 32u], 1u << n % 32u);
		}
		barrier();
	}
	bits[lane] = ~struck[lane];
}
