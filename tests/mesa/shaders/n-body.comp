// SPDX-License-Identifier: MIT
// How 256 bodies pull at each other.
#version 450

layout(local_size_x = 64) in;
layout(std430, binding = 0) readonly buffer In { vec4 bodies[]; };
layout(std430, binding = 1) writeonly buffer Out { vec4 pulls[]; };

shared vec4 near[64];

void main()
{
	uint i = gl_GlobalInvocationID.x;
	vec3 own = bodies[i].xyz, pull = vec3(0.0);

	for (uint base = 0u; base < 256u; base += 64u) {
		near[gl_LocalInvocationIndex] = bodies[base + gl_LocalInvocationIndex];
		barrier();
		for (uint n = 0u; n < 64u; n++) {
			vec3 way = near[n].xyz - own;
			float square = dot(way, way) + 0.0625;

			pull += way * (near[n].w * inversesqrt(square) / square);
		}
		barrier();
	}
	pulls[i] = vec4(pull, length(pull));
}
