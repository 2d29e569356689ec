// SPDX-License-Identifier: MIT
// One of many dispatches each of which reads what the one before has written.
#version 450

layout(local_size_x = 64) in;
layout(std430, binding = 0) buffer A { uint from[]; };
layout(std430, binding = 1) buffer B { uint to[]; };
layout(push_constant) uniform Push { uint round_; };

void main()
{
	uint i = gl_GlobalInvocationID.x;

	/* There and back: neighbours have to be there, whichever group wrote them. */
	if (round_ % 2u == 0u)
		to[i] = from[(i + 65u) & 1023u] * 3u + round_;
	else
		from[i] = to[(i - 129u) & 1023u] ^ i;
}
