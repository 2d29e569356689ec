// SPDX-License-Identifier: MIT
// Arithmetic on integers of 16 bits.
#version 450
#extension GL_EXT_shader_explicit_arithmetic_types_int16 : require

layout(local_size_x = 64) in;
layout(std430, binding = 0) readonly buffer In { uint words[]; };
layout(std430, binding = 1) writeonly buffer Out { uvec4 results[]; };

void main()
{
	uint i = gl_GlobalInvocationID.x;
	u16vec2 pair = unpack16(words[i]);
	uint16_t a = pair.x, b = pair.y;
	int16_t c = int16_t(a), d = int16_t(b);

	results[i] = uvec4(pack32(u16vec2(a + b, a * b)), pack32(u16vec2(a - b, a >> (b & 15us))),
			   pack32(i16vec2(min(c, d), c >> 3)),
			   pack32(u16vec2(c < d ? a : b, a ^ ~b)));
}
