// SPDX-License-Identifier: MIT
// One step of a network that sorts 4096 words, of which there are as many as dispatches.
#version 450

layout(local_size_x = 64) in;
layout(std430, binding = 0) buffer Out { uint words[]; };
layout(push_constant) uniform Push { uint size; uint stride; };

void main()
{
	uint i = gl_GlobalInvocationID.x, low = 2u * i - (i & (stride - 1u));
	uint a = words[low], b = words[low + stride];

	if ((a > b) == ((low & size) == 0u)) {
		words[low] = b;
		words[low + stride] = a;
	}
}
