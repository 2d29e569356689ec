// SPDX-License-Identifier: MIT
// The Mandelbrot set, in floats, where every product and every sum is rounded.
#version 450

layout(local_size_x = 8, local_size_y = 8) in;
layout(std430, binding = 0) writeonly buffer Out { uint rounds[]; };

void main()
{
	uvec2 at = gl_GlobalInvocationID.xy;
	vec2 c = vec2(at) * vec2(3.0 / 64.0, 2.5 / 64.0) - vec2(2.0, 1.25);
	precise vec2 z = vec2(0.0);
	uint n;

	for (n = 0u; n < 100u; n++) {
		precise float x = z.x * z.x, y = z.y * z.y, both = z.x * z.y;

		if (x + y > 4.0)
			break;
		z = vec2(x - y, both + both) + c;
	}
	rounds[at.y * 64u + at.x] = n;
}
