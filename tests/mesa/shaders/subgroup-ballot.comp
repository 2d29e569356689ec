// SPDX-License-Identifier: MIT
// Which lanes vote for something: as bits, and counted.
#version 450
#extension GL_KHR_shader_subgroup_basic : require
#extension GL_KHR_shader_subgroup_ballot : require

layout(local_size_x = 128) in;
layout(std430, binding = 0) readonly buffer In { uint words[]; };
layout(std430, binding = 1) writeonly buffer Out { uvec4 results[]; };

/* Eight neighbours, of whom every subgroup has all or none. */
uint eight(uvec4 ballot)
{
	return ballot.x >> (gl_SubgroupInvocationID & 24u) & 255u;
}

void main()
{
	uint i = gl_GlobalInvocationID.x, word = words[i];
	uvec4 odd = subgroupBallot((word & 1u) != 0u), low = subgroupBallot(word < 0x40000000u);
	uint inverse = subgroupInverseBallot(low) ? 2u : 0u;
	uint own = subgroupBallotBitExtract(odd, gl_SubgroupInvocationID) ? 1u : 0u;

	results[i] = uvec4(eight(odd), eight(low), inverse | own,
			   subgroupBallotBitCount(subgroupBallot(true)) / gl_SubgroupSize);
}
