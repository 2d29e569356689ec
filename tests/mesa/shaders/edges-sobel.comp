// SPDX-License-Identifier: MIT
// How steep an image is at each pixel, in whole numbers.
#version 450

layout(local_size_x = 8, local_size_y = 8) in;
layout(std430, binding = 0) readonly buffer In { uint words[]; };
layout(std430, binding = 1) writeonly buffer Out { uint results[]; };

const int size = 64;

int pixel(ivec2 at)
{
	at = clamp(at, ivec2(0), ivec2(size - 1));
	return int(words[at.y * size + at.x] & 255u);
}

void main()
{
	ivec2 at = ivec2(gl_GlobalInvocationID.xy), slope = ivec2(0);

	for (int n = -1; n <= 1; n++) {
		slope.x += (2 - abs(n)) * (pixel(at + ivec2(1, n)) - pixel(at + ivec2(-1, n)));
		slope.y += (2 - abs(n)) * (pixel(at + ivec2(n, 1)) - pixel(at + ivec2(n, -1)));
	}
	results[at.y * size + at.x] = uint(abs(slope.x) + abs(slope.y)) << 16 |
				      uint(slope.x & 255) << 8 | uint(slope.y & 255);
}
