// SPDX-License-Identifier: MIT
// Sums, products and both of 16-bit floats.
#version 450
#extension GL_EXT_shader_explicit_arithmetic_types_float16 : require

layout(local_size_x = 64) in;
layout(std430, binding = 0) readonly buffer In { uint words[]; };
layout(std430, binding = 1) writeonly buffer Out { uvec2 results[]; };

void main()
{
	uint i = gl_GlobalInvocationID.x;
	f16vec2 pair = unpackFloat2x16(words[i]);
	precise f16vec2 first = f16vec2(pair.x + pair.y, pair.x - pair.y);
	precise f16vec2 second = f16vec2(pair.x * pair.y, pair.y * float16_t(3.0));

	results[i] = uvec2(packFloat2x16(first), packFloat2x16(second));
}
