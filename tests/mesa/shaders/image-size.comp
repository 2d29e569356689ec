// SPDX-License-Identifier: MIT
// What images say of their size.
#version 450

layout(local_size_x = 64) in;
layout(binding = 0, r32ui) uniform readonly uimage2D flat_;
layout(binding = 1, r32ui) uniform readonly uimage2DArray layers;
layout(binding = 2, r32ui) uniform readonly uimage3D deep;
layout(std430, binding = 3) buffer Out { ivec4 results[]; };

void main()
{
	uint i = gl_GlobalInvocationID.x;

	results[3u * i] = ivec4(imageSize(flat_), i, 1);
	results[3u * i + 1u] = ivec4(imageSize(layers), i);
	results[3u * i + 2u] = ivec4(imageSize(deep), i);
}
