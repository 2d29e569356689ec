// SPDX-License-Identifier: MIT
// Two 16-bit floats each.
#version 450

layout(local_size_x = 8, local_size_y = 8) in;
layout(binding = 0, rg16f) uniform readonly image2D from;
layout(binding = 1, rg16f) uniform writeonly image2D to;

void main()
{
	ivec2 at = ivec2(gl_GlobalInvocationID.xy);

	imageStore(to, at.yx, imageLoad(from, at).yxzw * -2.0);
}
