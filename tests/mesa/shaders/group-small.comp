// SPDX-License-Identifier: MIT
// Shared bytes and halves of words.
#version 450
#extension GL_EXT_shader_explicit_arithmetic_types_int8 : require
#extension GL_EXT_shader_explicit_arithmetic_types_int16 : require

layout(local_size_x = 64) in;
layout(std430, binding = 0) readonly buffer In { uint words[]; };
layout(std430, binding = 1) writeonly buffer Out { uvec2 results[]; };

shared uint8_t bytes[64];
shared uint16_t halves[64];

void main()
{
	uint i = gl_GlobalInvocationID.x, lane = gl_LocalInvocationIndex;

	bytes[lane] = uint8_t(words[i]);
	halves[lane] = uint16_t(words[i] >> 8);
	barrier();
	results[i] = uvec2(bytes[lane ^ 1u], halves[63u - lane]);
}
