// SPDX-License-Identifier: MIT
// Floats are packed into bytes and halves of a word, and unpacked.
#version 450

layout(local_size_x = 64) in;
layout(std430, binding = 0) readonly buffer In { vec4 vectors[]; };
layout(std430, binding = 1) writeonly buffer Out { uvec4 results[]; };

void main()
{
	uint i = gl_GlobalInvocationID.x;
	/* Not near the middle between two bytes, where both neighbours are right. */
	vec4 vector = (floor(vectors[i] * 255.0) + 0.25) / 255.0;
	vec4 back = unpackUnorm4x8(packUnorm4x8(vector));

	results[i] = uvec4(packUnorm4x8(vector), packSnorm4x8(floor(vector * 127.0) / 127.0 - 0.001),
			   packHalf2x16(vector.xy * 100.0), uint(back.x * 255.0 + 0.5));
}
