// SPDX-License-Identifier: MIT
// Every comparison of floats, of zeros, infinities and what is no number too.
#version 450

layout(local_size_x = 64) in;
layout(std430, binding = 0) readonly buffer In { vec2 pairs[]; };
layout(std430, binding = 1) writeonly buffer Out { uint results[]; };

void main()
{
	uint i = gl_GlobalInvocationID.x;
	float a = pairs[i].x, b = i % 3u == 0u ? a : pairs[i].y;
	uint mask = 0u;

	mask |= a < b ? 1u : 0u;
	mask |= a <= b ? 2u : 0u;
	mask |= a > b ? 4u : 0u;
	mask |= a >= b ? 8u : 0u;
	mask |= a == b ? 16u : 0u;
	mask |= a != b ? 32u : 0u;
	mask |= isnan(a) ? 64u : 0u;
	mask |= isinf(b) ? 128u : 0u;
	if (!(a < 1.0))
		mask |= 256u;
	if (b > 1.0 && a <= 2.0)
		mask |= 512u;
	results[i] = mask;
}
