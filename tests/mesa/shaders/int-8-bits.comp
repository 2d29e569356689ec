// SPDX-License-Identifier: MIT
// Arithmetic on integers of 8 bits, which are stored as such.
#version 450
#extension GL_EXT_shader_explicit_arithmetic_types_int8 : require
#extension GL_EXT_shader_8bit_storage : require

layout(local_size_x = 64) in;
layout(std430, binding = 0) readonly buffer In { uint8_t bytes[]; };
layout(std430, binding = 1) writeonly buffer Out { uint8_t results[]; };

void main()
{
	uint i = gl_GlobalInvocationID.x;
	uint8_t a = bytes[2u * i], b = bytes[2u * i + 1u];
	int8_t c = int8_t(a), d = int8_t(b);

	results[4u * i] = a + b;
	results[4u * i + 1u] = uint8_t(max(c, d));
	results[4u * i + 2u] = a * b;
	results[4u * i + 3u] = uint8_t(int(c) * int(d) >> 8);
}
