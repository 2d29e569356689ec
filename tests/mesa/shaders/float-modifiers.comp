// SPDX-License-Identifier: MIT
// Absolute values, negations, and what is kept between 0 and 1, of operands and results.
#version 450

layout(local_size_x = 64) in;
layout(std430, binding = 0) readonly buffer In { vec2 pairs[]; };
layout(std430, binding = 1) writeonly buffer Out { vec4 results[][2]; };

float saturate(float value)
{
	return clamp(value, 0.0, 1.0);
}

void main()
{
	uint i = gl_GlobalInvocationID.x;
	float a = pairs[i].x, b = pairs[i].y;

	results[i][0] = vec4(abs(a) - b, -a * abs(b), -abs(a) + b, -(a * b));
	results[i][1] = vec4(saturate(a + b), saturate(-a * b), saturate(abs(a) - 1.0), sign(b));
}
