// SPDX-License-Identifier: MIT
// What is behind the point, and what of a whole number is left.
#version 450

layout(local_size_x = 64) in;
layout(std430, binding = 0) readonly buffer In { vec2 pairs[]; };
layout(std430, binding = 1) writeonly buffer Out { vec4 results[]; };

void main()
{
	uint i = gl_GlobalInvocationID.x;
	float whole, a = pairs[i].x * 64.0, b = pairs[i].y + 0.5, behind = modf(a, whole);

	results[i] = vec4(fract(a), behind, whole, mod(a, b));
}
