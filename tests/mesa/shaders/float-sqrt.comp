// SPDX-License-Identifier: MIT
// Square roots, and one divided by them.
#version 450

layout(local_size_x = 64) in;
layout(std430, binding = 0) readonly buffer In { vec2 pairs[]; };
layout(std430, binding = 1) writeonly buffer Out { vec4 results[]; };

void main()
{
	uint i = gl_GlobalInvocationID.x;
	float a = pairs[i].x, b = pairs[i].y;

	results[i] = vec4(sqrt(abs(a)), inversesqrt(abs(b)), sqrt(a * a), inversesqrt(abs(a) + 1.0));
}
