// SPDX-License-Identifier: MIT
// Carry and borrow of sums and differences, and numbers of 128 bits made of them.
#version 450

layout(local_size_x = 64) in;
layout(std430, binding = 0) readonly buffer In { uvec4 numbers[]; };
layout(std430, binding = 1) writeonly buffer Out { uvec4 results[][2]; };

uvec4 add(uvec4 a, uvec4 b)
{
	uvec4 sum;
	uint carry = 0u;

	for (int n = 0; n < 4; n++) {
		uint first, second;
		uint partial = uaddCarry(a[n], b[n], first);

		sum[n] = uaddCarry(partial, carry, second);
		carry = first | second;
	}
	return sum;
}

void main()
{
	uint i = gl_GlobalInvocationID.x;
	uvec4 borrow, difference = usubBorrow(numbers[i], numbers[i].yzwx, borrow);

	results[i][0] = difference ^ (borrow << 31);
	results[i][1] = add(numbers[i], numbers[i].wxyz);
}
