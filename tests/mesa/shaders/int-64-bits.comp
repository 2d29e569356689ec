// SPDX-License-Identifier: MIT
// Sums, products, shifts and comparisons of integers of 64 bits.
#version 450
#extension GL_EXT_shader_explicit_arithmetic_types_int64 : require

layout(local_size_x = 64) in;
layout(std430, binding = 0) readonly buffer In { u64vec2 pairs[]; };
layout(std430, binding = 1) writeonly buffer Out { u64vec4 results[][2]; };

void main()
{
	uint i = gl_GlobalInvocationID.x;
	uint64_t a = pairs[i].x, b = pairs[i].y;
	int64_t c = int64_t(a), d = int64_t(b);
	int n = int(b & 63ul);

	results[i][0] = u64vec4(a + b, a - b, a * b, a << n);
	results[i][1] = u64vec4(a >> n, uint64_t(c >> n), a < b ? a ^ b : a & b,
				uint64_t(min(c, d)));
}
