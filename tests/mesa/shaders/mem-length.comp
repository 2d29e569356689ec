// SPDX-License-Identifier: MIT
// A shader that asks how long its buffers are.
#version 450

layout(local_size_x = 64) in;
layout(std430, binding = 0) readonly buffer In { uint words[]; };
layout(std430, binding = 1) writeonly buffer Out { uvec3 results[]; };

void main()
{
	for (uint i = gl_GlobalInvocationID.x; i < results.length(); i += 64u)
		results[i] = uvec3(words.length(), results.length(), words[words.length() - 1 - i]);
}
