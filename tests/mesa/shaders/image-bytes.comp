// SPDX-License-Identifier: MIT
// Four bytes each, which shaders see as floats from 0 to 1.
#version 450

layout(local_size_x = 8, local_size_y = 8) in;
layout(binding = 0, rgba8) uniform readonly image2D from;
layout(binding = 1, rgba8) uniform writeonly image2D to;

void main()
{
	ivec2 at = ivec2(gl_GlobalInvocationID.xy);

	vec4 texel = imageLoad(from, at);

	/* Exactly what a byte can be. */
	imageStore(to, at ^ 3, (255.0 - round(texel.wxyz * 255.0)) / 255.0);
}
