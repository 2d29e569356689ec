// SPDX-License-Identifier: MIT
// Newton's way to a square root, for as long as it gets better.
#version 450

layout(local_size_x = 64) in;
layout(std430, binding = 0) readonly buffer In { float numbers[]; };
layout(std430, binding = 1) writeonly buffer Out { float results[]; };

void main()
{
	uint i = gl_GlobalInvocationID.x;
	float number = abs(numbers[i]) + 1.0, guess = number;

	for (int n = 0; n < 40; n++) {
		float next = (guess + number / guess) * 0.5;

		if (abs(next - guess) <= guess * 1e-6)
			break;
		guess = next;
	}
	results[i] = guess;
}
