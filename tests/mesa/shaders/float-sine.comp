// SPDX-License-Identifier: MIT
// Sine and cosine.
#version 450

layout(local_size_x = 64) in;
layout(std430, binding = 0) readonly buffer In { vec2 pairs[]; };
layout(std430, binding = 1) writeonly buffer Out { vec4 results[]; };

void main()
{
	uint i = gl_GlobalInvocationID.x;
	float a = pairs[i].x, b = pairs[i].y;

	a = (a - 0.5) * 6.28;
	b = (b - 0.5) * 6.28;
	results[i] = vec4(sin(a), cos(a), sin(b), cos(b));
}
