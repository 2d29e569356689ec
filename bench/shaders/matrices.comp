// SPDX-License-Identifier: MIT
// Two matrices are multiplied, in tiles that a workgroup shares; four columns for each thread.
#version 450

layout(constant_id = 0) const uint size = 64u;

layout(local_size_x = 8, local_size_y = 32) in;
layout(std430, binding = 0) readonly buffer A { vec4 a[]; };
layout(std430, binding = 1) readonly buffer B { vec4 b[]; };
layout(std430, binding = 2) writeonly buffer Out { vec4 results[]; };

shared float left[32][32];
shared vec4 right[32][8];

void main()
{
	uvec2 at = gl_GlobalInvocationID.xy, own = gl_LocalInvocationID.xy;
	uint pitch = size / 4u;
	vec4 sum = vec4(0.0);

	for (uint k = 0u; k < size; k += 32u) {
		vec4 four = a[at.y * pitch + k / 4u + own.x];

		for (uint n = 0u; n < 4u; n++)
			left[own.y][own.x * 4u + n] = four[n];
		right[own.y][own.x] = b[(k + own.y) * pitch + at.x];
		barrier();
		for (uint n = 0u; n < 32u; n++)
			sum += left[own.y][n] * right[n][own.x];
		barrier();
	}
	results[at.y * pitch + at.x] = sum;
}
