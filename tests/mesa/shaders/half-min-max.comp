// SPDX-License-Identifier: MIT
// 16-bit floats are compared and rounded.
#version 450
#extension GL_EXT_shader_explicit_arithmetic_types_float16 : require

layout(local_size_x = 64) in;
layout(std430, binding = 0) readonly buffer In { uint words[]; };
layout(std430, binding = 1) writeonly buffer Out { uvec4 results[]; };

void main()
{
	uint i = gl_GlobalInvocationID.x;
	f16vec2 pair = unpackFloat2x16(words[i]);
	float16_t a = pair.x, b = pair.y;

	results[i] = uvec4(packFloat2x16(f16vec2(min(a, b), max(a, b))),
			   packFloat2x16(f16vec2(floor(a), ceil(b))),
			   packFloat2x16(f16vec2(abs(a), -b)),
			   packFloat2x16(a < b ? f16vec2(trunc(a), roundEven(b)) : pair));
}
