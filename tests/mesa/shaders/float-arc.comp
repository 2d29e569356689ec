// SPDX-License-Identifier: MIT
// What the sine, cosine and tangent belong to, and hyperbolic functions.
#version 450

layout(local_size_x = 64) in;
layout(std430, binding = 0) readonly buffer In { vec2 pairs[]; };
layout(std430, binding = 1) writeonly buffer Out { vec4 results[]; };

void main()
{
	uint i = gl_GlobalInvocationID.x;
	float a = pairs[i].x, b = pairs[i].y;

	results[i] = vec4(atan(a * 8.0, b - 0.5), asin(a), acos(b), tanh(a * 4.0 - 2.0));
}
