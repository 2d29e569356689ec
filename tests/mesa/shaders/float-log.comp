// SPDX-License-Identifier: MIT
// Logarithms.
#version 450

layout(local_size_x = 64) in;
layout(std430, binding = 0) readonly buffer In { vec2 pairs[]; };
layout(std430, binding = 1) writeonly buffer Out { vec4 results[]; };

void main()
{
	uint i = gl_GlobalInvocationID.x;
	float a = pairs[i].x, b = pairs[i].y;

	results[i] = vec4(log2(abs(a)), log(abs(b)), log2(abs(a) + 2.0), log(abs(b) + 3.0));
}
