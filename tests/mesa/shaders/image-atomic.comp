// SPDX-License-Identifier: MIT
// Threads add to texels that they share, and exchange them.
#version 450

layout(local_size_x = 8, local_size_y = 8) in;
layout(binding = 0, r32ui) uniform uimage2D image;
layout(std430, binding = 1) buffer Out { uint sums[]; };

void main()
{
	ivec2 at = ivec2(gl_GlobalInvocationID.xy);
	uint before;

	imageAtomicAdd(image, at & 15, uint(at.x + at.y * 64));
	imageAtomicMax(image, (at & 15) + 16, uint(at.x * at.y) << 18);
	before = imageAtomicXor(image, (at & ivec2(63, 31)) + ivec2(0, 32), 0x55u);
	atomicAdd(sums[at.x], before & 0xffffff00u);
}
