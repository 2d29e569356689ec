// SPDX-License-Identifier: MIT
// Sign, exponent and fraction of floats, taken apart and put together again.
#version 450

layout(local_size_x = 64) in;
layout(std430, binding = 0) readonly buffer In { float numbers[]; };
layout(std430, binding = 1) writeonly buffer Out { uvec4 results[]; };

void main()
{
	uint i = gl_GlobalInvocationID.x;
	int exponent;
	float fraction = frexp(numbers[i], exponent);

	results[i] = uvec4(floatBitsToUint(fraction), uint(exponent),
			   floatBitsToUint(ldexp(fraction, exponent + 3)),
			   floatBitsToUint(uintBitsToFloat(floatBitsToUint(numbers[i]) ^ 0x80000000u)));
}
