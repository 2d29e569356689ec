// SPDX-License-Identifier: MIT
// Words of 64 bits are loaded and stored.
#version 450
#extension GL_EXT_shader_explicit_arithmetic_types_int64 : require

layout(local_size_x = 64) in;
layout(std430, binding = 0) readonly buffer In { uint64_t words[]; };
layout(std430, binding = 1) writeonly buffer Out { uint64_t results[]; };

void main()
{
	uint i = gl_GlobalInvocationID.x;

	results[i] = words[i ^ 5u] + uint64_t(i) * 0x100000001ul;
}
