// SPDX-License-Identifier: MIT
// Much code, for mesa_disasm to put something else in its place.
#version 450

layout(local_size_x = 32) in;
layout(std430, binding = 0) buffer Words { uint words[]; };

#define MIX x ^= x << 13; x ^= x >> 17; x ^= x << 5; x += y; y ^= x;
#define MIX4 MIX MIX MIX MIX
#define MIX16 MIX4 MIX4 MIX4 MIX4
#define MIX64 MIX16 MIX16 MIX16 MIX16

void main()
{
	uint x = words[gl_LocalInvocationIndex];
	uint y = words[gl_LocalInvocationIndex + 32];

	MIX64 MIX64 MIX64 MIX64
	words[gl_LocalInvocationIndex] = x;
}
