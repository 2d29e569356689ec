// SPDX-License-Identifier: MIT
// The smaller and the greater float.
#version 450

layout(local_size_x = 64) in;
layout(std430, binding = 0) readonly buffer In { vec2 pairs[]; };
layout(std430, binding = 1) writeonly buffer Out { vec4 results[]; };

void main()
{
	uint i = gl_GlobalInvocationID.x;
	float a = pairs[i].x, b = pairs[i].y;

	results[i] = vec4(min(a, b), max(a, b), clamp(a, -1.5, 2.5), min(max(a, 0.25), abs(b)));
}
