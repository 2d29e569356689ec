// SPDX-License-Identifier: MIT
// Bytes are loaded and stored, turned around within words.
#version 450
#extension GL_EXT_shader_explicit_arithmetic_types_int8 : require
#extension GL_EXT_shader_8bit_storage : require

layout(local_size_x = 64) in;
layout(std430, binding = 0) readonly buffer In { uint8_t bytes[]; };
layout(std430, binding = 1) writeonly buffer Out { uint8_t results[]; };

void main()
{
	uint i = gl_GlobalInvocationID.x;

	results[i ^ 3u] = bytes[i];
}
