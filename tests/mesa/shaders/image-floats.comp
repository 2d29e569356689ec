// SPDX-License-Identifier: MIT
// Four floats each.
#version 450

layout(local_size_x = 8, local_size_y = 8) in;
layout(binding = 0, rgba32f) uniform readonly image2D from;
layout(binding = 1, rgba32f) uniform writeonly image2D to;

void main()
{
	ivec2 at = ivec2(gl_GlobalInvocationID.xy);

	imageStore(to, at.yx, imageLoad(from, at).yzwx * 0.5);
}
