// SPDX-License-Identifier: MIT
// Two matrices of integers are multiplied in tiles; how many is no constant, which would be unrolled.
#version 450

layout(local_size_x = 16, local_size_y = 16) in;
layout(std430, binding = 0) readonly buffer A { uint a[]; };
layout(std430, binding = 1) readonly buffer B { uint b[]; };
layout(std430, binding = 2) writeonly buffer Out { uint results[]; };

const uint size = 64u;

shared uint tile_a[16][16], tile_b[16][16];

void main()
{
	uvec2 at = gl_GlobalInvocationID.xy, own = gl_LocalInvocationID.xy;
	uint sum = 0u;

	for (uint k = 0u; k < uint(a.length()) / size; k += 16u) {
		tile_a[own.y][own.x] = a[at.y * size + k + own.x];
		tile_b[own.y][own.x] = b[(k + own.y) * size + at.x];
		barrier();
		for (uint n = 0u; n < 16u; n++)
			sum += tile_a[own.y][n] * tile_b[n][own.x];
		barrier();
	}
	results[at.y * size + at.x] = sum;
}
