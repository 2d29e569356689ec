// SPDX-License-Identifier: MIT
// Floats are rounded down, up, to zero, and to the nearest, ties to even.
#version 450

layout(local_size_x = 64) in;
layout(std430, binding = 0) readonly buffer In { float numbers[]; };
layout(std430, binding = 1) writeonly buffer Out { vec4 results[]; };

void main()
{
	uint i = gl_GlobalInvocationID.x;
	float a = numbers[i];

	results[i] = vec4(floor(a), ceil(a), trunc(a), roundEven(a));
}
