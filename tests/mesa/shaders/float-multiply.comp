// SPDX-License-Identifier: MIT
// Products of floats.
#version 450

layout(local_size_x = 64) in;
layout(std430, binding = 0) readonly buffer In { vec2 pairs[]; };
layout(std430, binding = 1) writeonly buffer Out { vec4 results[]; };

void main()
{
	uint i = gl_GlobalInvocationID.x;
	float a = pairs[i].x, b = pairs[i].y;

	precise vec4 result = vec4(a * b, a * a, b * 3.0, -a * 0.1);

	results[i] = result;
}
