// SPDX-License-Identifier: MIT
// All levels of detail, one after the other, and what they say of their size.
#version 450

layout(local_size_x = 64) in;
layout(binding = 0) uniform usampler2D image;
layout(std430, binding = 1) writeonly buffer Out { uint results[]; };

void main()
{
	int i = int(gl_GlobalInvocationID.x), at = i;

	for (int level = 0; level < textureQueryLevels(image); level++) {
		ivec2 size = textureSize(image, level);

		if (i == 0) {
			results[5461 + 3 * level] = uint(size.x);
			results[5461 + 3 * level + 1] = uint(size.y);
			results[5461 + 3 * level + 2] = uint(textureQueryLevels(image));
		}
		if (at >= 0 && at < size.x * size.y)
			results[i] = texelFetch(image, ivec2(at % size.x, at / size.x), level).x;
		at -= size.x * size.y;
	}
}
