// SPDX-License-Identifier: MIT
// Integers become floats, and floats integers.
#version 450

layout(local_size_x = 64) in;
layout(std430, binding = 0) readonly buffer In { uint words[]; };
layout(std430, binding = 1) readonly buffer Floats { float numbers[]; };
layout(std430, binding = 2) writeonly buffer Out { uvec4 results[]; };

void main()
{
	uint i = gl_GlobalInvocationID.x;
	uint word = words[i];

	results[i] = uvec4(floatBitsToUint(float(word)), floatBitsToUint(float(int(word))),
			   uint(int(numbers[i])), uint(abs(numbers[i])));
}
