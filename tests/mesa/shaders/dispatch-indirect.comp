// SPDX-License-Identifier: MIT
// Says how many groups are to run after it, in three dimensions.
#version 450

layout(local_size_x = 1) in;
layout(std430, binding = 0) buffer Sizes { uvec4 groups[]; };

void main()
{
	groups[0] = uvec4(5u, 3u, 2u, 0u);
	groups[1] = uvec4(0u, 7u, 7u, 0u);
	groups[2] = uvec4(16u, 1u, 1u, 0u);
}
