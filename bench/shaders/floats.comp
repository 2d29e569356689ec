// SPDX-License-Identifier: MIT
// Four chaotic sequences of floats in each thread, where every product and every sum is rounded.
#version 450

layout(local_size_x = 64) in;
layout(std430, binding = 0) writeonly buffer Out { vec4 results[]; };

void main()
{
	uint i = gl_GlobalInvocationID.x;
	precise vec4 x = (vec4(i) + vec4(1.0, 1.25, 1.5, 1.75)) / 65536.0;

	for (uint n = 0u; n < 128u; n++) {
		precise vec4 y = x * (1.0 - x);

		x = 3.75 * y;
	}
	results[i] = x;
}
