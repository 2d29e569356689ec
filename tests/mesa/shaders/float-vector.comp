// SPDX-License-Identifier: MIT
// Lengths, dot and cross products, a matrix and a vector.
#version 450

layout(local_size_x = 64) in;
layout(std430, binding = 0) readonly buffer In { vec4 vectors[][2]; };
layout(std430, binding = 1) writeonly buffer Out { vec4 results[][3]; };

void main()
{
	uint i = gl_GlobalInvocationID.x;
	vec4 a = vectors[i][0], b = vectors[i][1];
	mat4 matrix = mat4(a, b, a + b, a - b);

	results[i][0] = vec4(cross(a.xyz, b.xyz), dot(a, b));
	results[i][1] = vec4(normalize(a.xyz + 0.125), length(b));
	results[i][2] = matrix * vec4(b.wzy, 1.0);
}
