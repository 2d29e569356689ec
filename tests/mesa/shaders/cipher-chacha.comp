// SPDX-License-Identifier: MIT
// Blocks of ChaCha20's stream, exclusive-or with the data.
#version 450

layout(local_size_x = 64) in;
layout(std430, binding = 0) readonly buffer Key { uint key[8]; uint nonce[3]; };
layout(std430, binding = 1) readonly buffer In { uint words[]; };
layout(std430, binding = 2) writeonly buffer Out { uint results[]; };

uvec4 turn(uvec4 words_, int bits)
{
	return words_ << bits | words_ >> (32 - bits);
}

void round_(inout uvec4 a, inout uvec4 b, inout uvec4 c, inout uvec4 d)
{
	a += b;
	d = turn(d ^ a, 16);
	c += d;
	b = turn(b ^ c, 12);
	a += b;
	d = turn(d ^ a, 8);
	c += d;
	b = turn(b ^ c, 7);
}

void main()
{
	uint i = gl_GlobalInvocationID.x;
	uvec4 start[4] = {
		uvec4(0x61707865u, 0x3320646eu, 0x79622d32u, 0x6b206574u),
		uvec4(key[0], key[1], key[2], key[3]),
		uvec4(key[4], key[5], key[6], key[7]),
		uvec4(i, nonce[0], nonce[1], nonce[2]),
	};
	uvec4 a = start[0], b = start[1], c = start[2], d = start[3];

	for (int n = 0; n < 10; n++) {
		round_(a, b, c, d);
		b = b.yzwx;
		c = c.zwxy;
		d = d.wxyz;
		round_(a, b, c, d);
		b = b.wxyz;
		c = c.zwxy;
		d = d.yzwx;
	}
	a += start[0];
	b += start[1];
	c += start[2];
	d += start[3];
	for (uint n = 0u; n < 4u; n++) {
		results[i * 16u + n] = words[i * 16u + n] ^ a[n];
		results[i * 16u + 4u + n] = words[i * 16u + 4u + n] ^ b[n];
		results[i * 16u + 8u + n] = words[i * 16u + 8u + n] ^ c[n];
		results[i * 16u + 12u + n] = words[i * 16u + 12u + n] ^ d[n];
	}
}
