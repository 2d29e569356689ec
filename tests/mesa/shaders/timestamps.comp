// SPDX-License-Identifier: MIT
// Whether three moments that the GPU has written down are in order, and none of them is 0.
#version 450

layout(local_size_x = 64) in;
layout(std430, binding = 0) readonly buffer Stamps { uvec2 stamps[]; };
layout(std430, binding = 1) buffer Out { uint results[]; };

bool before(uvec2 a, uvec2 b)
{
	return a.y < b.y || (a.y == b.y && a.x <= b.x);
}

void main()
{
	uint i = gl_GlobalInvocationID.x, result = 0u;

	for (uint n = 0u; n < 3u; n++)
		result |= any(notEqual(stamps[n], uvec2(0u))) ? 1u << n : 0u;
	result |= before(stamps[0], stamps[1]) ? 16u : 0u;
	result |= before(stamps[1], stamps[2]) ? 32u : 0u;
	results[i] = result + i * 256u;
}
