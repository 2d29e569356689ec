// SPDX-License-Identifier: MIT
// Halves of words are loaded and stored, alone and in vectors.
#version 450
#extension GL_EXT_shader_explicit_arithmetic_types_int16 : require
#extension GL_EXT_shader_16bit_storage : require

layout(local_size_x = 64) in;
layout(std430, binding = 0) readonly buffer In { uint16_t halves[]; };
layout(std430, binding = 1) writeonly buffer Out { u16vec4 results[]; };

void main()
{
	uint i = gl_GlobalInvocationID.x;

	results[i] = u16vec4(halves[i], halves[2047u - i], halves[i ^ 1u] + 7us, i);
}
