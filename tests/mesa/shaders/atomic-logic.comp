// SPDX-License-Identifier: MIT
// The smallest, the greatest, all bits and common bits of what threads have.
#version 450

layout(local_size_x = 64) in;
layout(std430, binding = 0) readonly buffer In { uint words[]; };
layout(std430, binding = 1) buffer Out { uint results[]; };
layout(std430, binding = 2) buffer Signed { int numbers[]; };

void main()
{
	uint i = gl_GlobalInvocationID.x;
	uint word = words[i], at = (i / 64u) * 4u;

	atomicMax(results[at], word);
	atomicOr(results[at + 1u], word & 0x11111111u);
	atomicXor(results[at + 2u], word);
	atomicAnd(results[at + 3u], word | 0xfffff00fu);
	atomicMin(numbers[at], int(word));
	atomicMax(numbers[at + 1u], int(word));
	atomicMin(results[64u + (i & 15u)], word);
	atomicAdd(numbers[at + 2u], -int(i));
}
