// SPDX-License-Identifier: MIT
// One component of four texels.
#version 450

layout(local_size_x = 8, local_size_y = 8) in;
layout(binding = 0) uniform sampler2D image;
layout(std430, binding = 1) writeonly buffer Out { vec4 results[]; };

void main()
{
	ivec2 at = ivec2(gl_GlobalInvocationID.xy);
	vec2 place = (vec2(at) + 1.0) / 64.0;

	results[at.y * 64 + at.x] = at.x % 2 == 0 ? textureGather(image, place, 0) :
						    textureGather(image, place, 2);
}
