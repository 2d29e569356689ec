// SPDX-License-Identifier: MIT
// The Mandelbrot set, in fixed point: how many rounds each point stays near.
#version 450

layout(local_size_x = 8, local_size_y = 8) in;
layout(std430, binding = 0) writeonly buffer Out { uint rounds[]; };

/* 32 bits with 24 behind the point. */
int multiply(int a, int b)
{
	int high, low;

	imulExtended(a, b, high, low);
	return high << 8 | int(uint(low) >> 24);
}

void main()
{
	ivec2 at = ivec2(gl_GlobalInvocationID.xy);
	ivec2 c = ivec2(-2 << 24, -5 << 22) + at * ivec2(3 << 18, 5 << 17);
	ivec2 z = ivec2(0);
	uint n;

	for (n = 0u; n < 100u; n++) {
		int x = multiply(z.x, z.x), y = multiply(z.y, z.y);

		if (x + y > 4 << 24)
			break;
		z = ivec2(x - y, 2 * multiply(z.x, z.y)) + c;
	}
	rounds[at.y * 64 + at.x] = n;
}
