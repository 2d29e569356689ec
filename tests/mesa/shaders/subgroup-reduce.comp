// SPDX-License-Identifier: MIT
// Sums, ends and common bits over subgroups, put together over the group.
#version 450
#extension GL_KHR_shader_subgroup_basic : require
#extension GL_KHR_shader_subgroup_arithmetic : require

layout(local_size_x = 128) in;
layout(std430, binding = 0) readonly buffer In { uint words[]; };
layout(std430, binding = 1) writeonly buffer Out { uint results[][8]; };

shared uint held[8];

void main()
{
	uint word = words[gl_GlobalInvocationID.x], lane = gl_LocalInvocationIndex;
	uint sum = subgroupAdd(word), least = subgroupMin(word), greatest = subgroupMax(word);
	uint shared_ = subgroupAnd(word | 0xffff0000u), any_ = subgroupOr(word & 0x10101010u);
	uint parity = subgroupXor(word), product = subgroupMul(word | 1u);
	int signed_least = subgroupMin(int(word));

	if (lane < 8u)
		held[lane] = lane == 1u || lane == 3u ? ~0u : lane == 6u ? 1u :
			     lane == 7u ? 0x7fffffffu : 0u;
	barrier();
	if (subgroupElect()) {
		uint before;

		atomicAdd(held[0], sum);
		atomicMin(held[1], least);
		atomicMax(held[2], greatest);
		atomicAnd(held[3], shared_);
		atomicOr(held[4], any_);
		atomicXor(held[5], parity);
		do {
			before = held[6];
		} while (atomicCompSwap(held[6], before, before * product) != before);
		do {
			before = held[7];
		} while (atomicCompSwap(held[7], before, uint(min(int(before), signed_least))) !=
			 before);
	}
	barrier();
	if (lane < 8u)
		results[gl_WorkGroupID.x][lane] = held[lane];
}
