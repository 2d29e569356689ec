// SPDX-License-Identifier: MIT
// Quotients and remainders of integers of 64 bits.
#version 450
#extension GL_EXT_shader_explicit_arithmetic_types_int64 : require

layout(local_size_x = 64) in;
layout(std430, binding = 0) readonly buffer In { u64vec2 pairs[]; };
layout(std430, binding = 1) writeonly buffer Out { u64vec2 results[]; };

void main()
{
	uint i = gl_GlobalInvocationID.x;
	uint64_t a = pairs[i].x, b = (pairs[i].y >> (i & 63u)) | 1ul;

	results[i] = u64vec2(a / b, a % b);
}
