// SPDX-License-Identifier: MIT
// Vectors of two, three and four words, with the gaps that structures have in memory.
#version 450

struct Item {
	uvec3 three;
	uint one;
	uvec2 two;
	uvec4 four;
};

layout(local_size_x = 64) in;
layout(std430, binding = 0) readonly buffer In { Item items[]; };
layout(std430, binding = 1) buffer Out { Item results[]; };

void main()
{
	uint i = gl_GlobalInvocationID.x;
	Item item = items[i];

	results[i].three = item.four.zyx + item.one;
	results[i].one = item.two.x ^ item.two.y;
	results[i].two = item.three.xz;
	results[i].four = uvec4(item.three, i);
}
