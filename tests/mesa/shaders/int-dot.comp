// SPDX-License-Identifier: MIT
// Products of four bytes with four bytes, added up; and with saturation.
#version 450
#extension GL_EXT_integer_dot_product : require

layout(local_size_x = 64) in;
layout(std430, binding = 0) readonly buffer In { uvec2 pairs[]; };
layout(std430, binding = 1) writeonly buffer Out { uvec4 results[]; };

void main()
{
	uint i = gl_GlobalInvocationID.x;
	uint a = pairs[i].x, b = pairs[i].y;

	results[i] = uvec4(dotPacked4x8EXT(a, b), uint(dotPacked4x8EXT(int(a), int(b))),
			   dotPacked4x8AccSatEXT(a, b, ~(i * 100u)),
			   uint(dotPacked4x8AccSatEXT(int(a), int(b), 0x7fffff00)));
}
