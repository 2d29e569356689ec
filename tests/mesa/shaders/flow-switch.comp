// SPDX-License-Identifier: MIT
// A switch, some of whose cases go on into the next one.
#version 450

layout(local_size_x = 64) in;
layout(std430, binding = 0) readonly buffer In { uint words[]; };
layout(std430, binding = 1) writeonly buffer Out { uint results[]; };

void main()
{
	uint i = gl_GlobalInvocationID.x;
	uint word = words[i], result = i;

	switch (word % 7u) {
	case 0u:
		result = word;
		break;
	case 1u:
		result += word;
		/* and on */
	case 2u:
		result *= 5u;
		break;
	case 3u:
	case 4u:
		for (uint n = 0u; n < (word & 15u); n++)
			result ^= result << 1 | n;
		break;
	case 5u:
		results[i] = 0x55555555u;
		return;
	default:
		result = ~word;
	}
	results[i] = result;
}
