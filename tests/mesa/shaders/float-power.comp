// SPDX-License-Identifier: MIT
// Numbers to the power of others.
#version 450

layout(local_size_x = 64) in;
layout(std430, binding = 0) readonly buffer In { vec2 pairs[]; };
layout(std430, binding = 1) writeonly buffer Out { vec4 results[]; };

void main()
{
	uint i = gl_GlobalInvocationID.x;
	float a = pairs[i].x, b = pairs[i].y;

	results[i] = vec4(pow(a + 0.5, b), pow(b * 3.0 + 1.0, 2.5), pow(2.0, a), pow(a + 1.0, -b));
}
