// SPDX-License-Identifier: MIT
// Two to the power of a number, and e.
#version 450

layout(local_size_x = 64) in;
layout(std430, binding = 0) readonly buffer In { vec2 pairs[]; };
layout(std430, binding = 1) writeonly buffer Out { vec4 results[]; };

void main()
{
	uint i = gl_GlobalInvocationID.x;
	float a = pairs[i].x, b = pairs[i].y;

	a = a * 20.0 - 10.0;
	b = b * 4.0;
	results[i] = vec4(exp2(a), exp(b), exp2(-b), exp(-a));
}
