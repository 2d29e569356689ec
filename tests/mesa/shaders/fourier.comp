// SPDX-License-Identifier: MIT
// The Fourier transform of 64 numbers, each group one.
#version 450

layout(local_size_x = 64) in;
layout(std430, binding = 0) readonly buffer In { float numbers[]; };
layout(std430, binding = 1) writeonly buffer Out { vec2 results[]; };

shared vec2 held[64];

void main()
{
	uint lane = gl_LocalInvocationIndex;

	held[bitfieldReverse(lane) >> 26] = vec2(numbers[gl_GlobalInvocationID.x], 0.0);
	barrier();
	for (uint size = 2u; size <= 64u; size *= 2u) {
		if (lane < 32u) {
			uint place = lane & (size / 2u - 1u), low = 2u * lane - place;
			float angle = -6.2831853 * float(place) / float(size);
			vec2 factor = vec2(cos(angle), sin(angle));
			vec2 a = held[low], b = held[low + size / 2u];

			b = vec2(b.x * factor.x - b.y * factor.y, b.x * factor.y + b.y * factor.x);
			held[low] = a + b;
			held[low + size / 2u] = a - b;
		}
		barrier();
	}
	results[gl_GlobalInvocationID.x] = held[lane];
}
