// SPDX-License-Identifier: MIT
// 16-bit floats, 32-bit floats and integers become one another.
#version 450
#extension GL_EXT_shader_explicit_arithmetic_types_float16 : require
#extension GL_EXT_shader_explicit_arithmetic_types_int16 : require

layout(local_size_x = 64) in;
layout(std430, binding = 0) readonly buffer In { uint words[]; };
layout(std430, binding = 1) writeonly buffer Out { uvec4 results[]; };

void main()
{
	uint i = gl_GlobalInvocationID.x;
	f16vec2 pair = unpackFloat2x16(words[i]);
	float a = float(pair.x) * 1.001, b = float(pair.y);

	results[i] = uvec4(packFloat2x16(f16vec2(a, b * 3.001)), floatBitsToUint(float(pair.x)),
			   pack32(i16vec2(int16_t(pair.x), int16_t(pair.y))),
			   packFloat2x16(f16vec2(float16_t(int16_t(i)), float16_t(words[i] & 1023u))));
}
