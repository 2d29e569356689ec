// SPDX-License-Identifier: MIT
// Loops within loops, left and gone on with from their middle.
#version 450

layout(local_size_x = 64) in;
layout(std430, binding = 0) readonly buffer In { uint words[]; };
layout(std430, binding = 1) writeonly buffer Out { uvec2 results[]; };

void main()
{
	uint i = gl_GlobalInvocationID.x;
	uint sum = 0u, rounds = 0u;

	for (uint a = 0u; a < 8u; a++) {
		if (((words[i] >> a) & 1u) != 0u)
			continue;
		for (uint b = a;; b++) {
			rounds++;
			if (b * b > (i & 255u))
				break;
			if ((b & 1u) != 0u)
				continue;
			sum += b ^ words[(i + b) & 1023u];
			if (sum > 0xf0000000u)
				break;
		}
		if (sum == words[i])
			break;
	}
	results[i] = uvec2(sum, rounds);
}
