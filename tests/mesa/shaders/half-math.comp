// SPDX-License-Identifier: MIT
// Quotients, roots, powers and logarithms of 16-bit floats.
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

	results[i] = uvec4(packFloat2x16(f16vec2(a / b, float16_t(1.0) / b)),
			   packFloat2x16(f16vec2(sqrt(abs(a)), inversesqrt(abs(b)))),
			   packFloat2x16(f16vec2(exp2(a), log2(abs(b) + float16_t(2.0)))),
			   packFloat2x16(f16vec2(fma(a, b, a), clamp(a, float16_t(0.0), float16_t(1.0)))));
}
