// SPDX-License-Identifier: MIT
// The mean of the 25 pixels around each one, four bytes in a word, up to the edge of the image.
#version 450

layout(local_size_x = 16, local_size_y = 4) in;
layout(std430, binding = 0) readonly buffer In { uint pixels[]; };
layout(std430, binding = 1) writeonly buffer Out { uint results[]; };

const ivec2 size = ivec2(64, 64);

uvec4 unpack(uint pixel)
{
	return uvec4(pixel, pixel >> 8, pixel >> 16, pixel >> 24) & 255u;
}

void main()
{
	ivec2 at = ivec2(gl_GlobalInvocationID.xy);
	uvec4 sum = uvec4(0u);
	uint count = 0u;

	for (int dy = -2; dy <= 2; dy++) {
		for (int dx = -2; dx <= 2; dx++) {
			ivec2 from = at + ivec2(dx, dy);

			if (any(lessThan(from, ivec2(0))) || any(greaterThanEqual(from, size)))
				continue;
			sum += unpack(pixels[from.y * size.x + from.x]);
			count++;
		}
	}
	sum = (sum + count / 2u) / count;
	results[at.y * size.x + at.x] = sum.x | sum.y << 8 | sum.z << 16 | sum.w << 24;
}
