// SPDX-License-Identifier: MIT
// Products with something added, in one: of positive numbers, as others may cancel out.
#version 450

layout(local_size_x = 64) in;
layout(std430, binding = 0) readonly buffer In { vec2 pairs[]; };
layout(std430, binding = 1) writeonly buffer Out { vec4 results[]; };

void main()
{
	uint i = gl_GlobalInvocationID.x;
	float a = pairs[i].x, b = pairs[i].y;

	results[i] = vec4(fma(a, b, 1.0), fma(a, a, b), -fma(-a, b, -a), fma(a, 0.5, b));
}
