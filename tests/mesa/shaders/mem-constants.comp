// SPDX-License-Identifier: MIT
// Specialization constants decide on the size of the groups, and on what is done.
#version 450

layout(local_size_x_id = 0) in;
layout(constant_id = 1) const uint factor = 1u;
layout(constant_id = 2) const bool inverted = false;
layout(constant_id = 3) const uint rounds = 1u;
layout(std430, binding = 0) writeonly buffer Out { uvec2 results[]; };

void main()
{
	uint i = gl_GlobalInvocationID.x, word = i * factor;

	for (uint n = 0u; n < rounds; n++)
		word ^= word << 3;
	results[i] = uvec2(inverted ? ~word : word, gl_WorkGroupSize.x);
}
