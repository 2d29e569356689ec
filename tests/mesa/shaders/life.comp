// SPDX-License-Identifier: MIT
// Four generations of the game of life on a torus, 64 by 64, whose size is no constant: unrolled,
// compilers take seconds.
#version 450

layout(local_size_x = 64, local_size_y = 16) in;
layout(std430, binding = 0) readonly buffer In { uint words[]; };
layout(std430, binding = 1) writeonly buffer Out { uint cells[]; };

shared uint board[2][64 * 64];

void main()
{
	uint lane = gl_LocalInvocationIndex;

	for (uint n = lane; n < uint(words.length()); n += 1024u)
		board[0][n] = words[n] >> 31;
	barrier();
	for (uint generation = 0u; generation < 4u; generation++) {
		uint from = generation & 1u;

		for (uint n = lane; n < uint(words.length()); n += 1024u) {
			uint count = 0u;

			for (uint dy = 63u; dy <= 65u; dy++)
				for (uint dx = 63u; dx <= 65u; dx++)
					count += board[from][(n + dy * 64u & 4032u) |
							     (n + dx & 63u)];
			board[1u - from][n] = count == 3u || count - board[from][n] == 3u ? 1u : 0u;
		}
		barrier();
	}
	for (uint n = lane; n < uint(words.length()); n += 1024u)
		cells[n] = board[0][n] + 2u * board[1][n];
}
