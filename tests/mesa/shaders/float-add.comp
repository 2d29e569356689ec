// SPDX-License-Identifier: MIT
// Sums and differences of floats; nothing is to be contracted.
#version 450

layout(local_size_x = 64) in;
layout(std430, binding = 0) readonly buffer In { vec2 pairs[]; };
layout(std430, binding = 1) writeonly buffer Out { vec4 results[]; };

void main()
{
	uint i = gl_GlobalInvocationID.x;
	float a = pairs[i].x, b = pairs[i].y;

	precise vec4 result = vec4(a + b, a - b, b + 1.0, a + b * 0.5);

	results[i] = result;
}
