// SPDX-License-Identifier: MIT
// A network that sorts 1024 words, each group its own.
#version 450

layout(local_size_x = 512) in;
layout(std430, binding = 0) readonly buffer In { uint words[]; };
layout(std430, binding = 1) writeonly buffer Out { uint sorted[]; };

shared uint held[1024];

void main()
{
	uint lane = gl_LocalInvocationIndex, base = gl_WorkGroupID.x * 1024u;

	held[lane] = words[base + lane];
	held[lane + 512u] = words[base + lane + 512u];
	barrier();
	for (uint size = 2u; size <= 1024u; size *= 2u) {
		for (uint stride = size / 2u; stride > 0u; stride /= 2u) {
			uint low = 2u * lane - (lane & (stride - 1u));
			uint a = held[low], b = held[low + stride];
			bool up = (low & size) == 0u;

			if ((a > b) == up) {
				held[low] = b;
				held[low + stride] = a;
			}
			barrier();
		}
	}
	sorted[base + lane] = held[lane];
	sorted[base + lane + 512u] = held[lane + 512u];
}
