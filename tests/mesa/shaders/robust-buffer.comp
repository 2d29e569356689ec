// SPDX-License-Identifier: MIT
// Reads and writes beyond the end of buffers: 0, and nothing.
#version 450

layout(local_size_x = 64) in;
layout(std430, binding = 0) readonly buffer In { uint words[]; };
layout(std430, binding = 1) buffer Out { uint results[]; };
layout(std430, binding = 2) buffer Small { uint small[]; };

void main()
{
	uint i = gl_GlobalInvocationID.x;

	/* 512 words can be seen of each, and there is more memory behind them. */
	small[i] = i + 1000u;
	small[i * 0x40001u + 512u] = 7u;
	results[i] = words[i] + words[0x3fffffffu - i] * 3u + words[i * 0x40001u];
}
