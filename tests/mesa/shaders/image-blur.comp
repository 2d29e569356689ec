// SPDX-License-Identifier: MIT
// The mean of 25 texels, up to the edge of the image.
#version 450

layout(local_size_x = 8, local_size_y = 8) in;
layout(binding = 0, rgba8) uniform readonly image2D from;
layout(binding = 1, rgba8) uniform writeonly image2D to;

void main()
{
	ivec2 at = ivec2(gl_GlobalInvocationID.xy);

	ivec2 size = imageSize(from);
	vec4 sum = vec4(0.0);

	for (int y = -2; y <= 2; y++)
		for (int x = -2; x <= 2; x++)
			sum += round(imageLoad(from, clamp(at + ivec2(x, y), ivec2(0), size - 1)) *
				     255.0);
	imageStore(to, at, floor(sum / 25.0 + 0.01) / 255.0);
}
