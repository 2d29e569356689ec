// SPDX-License-Identifier: MIT
// A group of 1024 threads passes words around for 33 barriers.
#version 450

layout(local_size_x = 1024) in;
layout(std430, binding = 0) readonly buffer In { uint words[]; };
layout(std430, binding = 1) writeonly buffer Out { uint results[]; };

shared uint held[2][1024];

void main()
{
	uint lane = gl_LocalInvocationIndex;

	held[0][lane] = words[gl_GlobalInvocationID.x];
	barrier();
	for (uint n = 0u; n < 32u; n++) {
		uint word = held[n & 1u][(lane * 5u + 33u) & 1023u];

		held[~n & 1u][lane] = (word << 1 | word >> 31) + n;
		barrier();
	}
	results[gl_GlobalInvocationID.x] = held[0][lane];
}
