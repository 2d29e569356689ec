// SPDX-License-Identifier: MIT
// SHA-256 of one block of 64 bytes for each thread.
#version 450

layout(local_size_x = 64) in;
layout(std430, binding = 0) readonly buffer In { uint words[]; };
layout(std430, binding = 1) writeonly buffer Out { uint hashes[][8]; };

const uint constants[64] = {
	0x428a2f98u, 0x71374491u, 0xb5c0fbcfu, 0xe9b5dba5u, 0x3956c25bu, 0x59f111f1u, 0x923f82a4u,
	0xab1c5ed5u, 0xd807aa98u, 0x12835b01u, 0x243185beu, 0x550c7dc3u, 0x72be5d74u, 0x80deb1feu,
	0x9bdc06a7u, 0xc19bf174u, 0xe49b69c1u, 0xefbe4786u, 0x0fc19dc6u, 0x240ca1ccu, 0x2de92c6fu,
	0x4a7484aau, 0x5cb0a9dcu, 0x76f988dau, 0x983e5152u, 0xa831c66du, 0xb00327c8u, 0xbf597fc7u,
	0xc6e00bf3u, 0xd5a79147u, 0x06ca6351u, 0x14292967u, 0x27b70a85u, 0x2e1b2138u, 0x4d2c6dfcu,
	0x53380d13u, 0x650a7354u, 0x766a0abbu, 0x81c2c92eu, 0x92722c85u, 0xa2bfe8a1u, 0xa81a664bu,
	0xc24b8b70u, 0xc76c51a3u, 0xd192e819u, 0xd6990624u, 0xf40e3585u, 0x106aa070u, 0x19a4c116u,
	0x1e376c08u, 0x2748774cu, 0x34b0bcb5u, 0x391c0cb3u, 0x4ed8aa4au, 0x5b9cca4fu, 0x682e6ff3u,
	0x748f82eeu, 0x78a5636fu, 0x84c87814u, 0x8cc70208u, 0x90befffau, 0xa4506cebu, 0xbef9a3f7u,
	0xc67178f2u,
};

const uint start[8] = {
	0x6a09e667u, 0xbb67ae85u, 0x3c6ef372u, 0xa54ff53au, 0x510e527fu, 0x9b05688cu, 0x1f83d9abu,
	0x5be0cd19u,
};

uint turn(uint word, uint bits)
{
	return word >> bits | word << (32u - bits);
}

void main()
{
	uint i = gl_GlobalInvocationID.x;
	uint held[16], state[8] = start;

	for (uint n = 0u; n < 16u; n++)
		held[n] = words[i * 16u + n];
	for (uint n = 0u; n < 64u; n++) {
		uint word = held[n & 15u];

		if (n >= 16u) {
			uint old = held[(n + 1u) & 15u], recent = held[(n + 14u) & 15u];

			word += turn(old, 7u) ^ turn(old, 18u) ^ old >> 3;
			word += held[(n + 9u) & 15u];
			word += turn(recent, 17u) ^ turn(recent, 19u) ^ recent >> 10;
			held[n & 15u] = word;
		}
		uint choice = (state[4] & state[5]) ^ (~state[4] & state[6]);
		uint majority = (state[0] & state[1]) ^ (state[0] & state[2]) ^
				(state[1] & state[2]);
		uint first = state[7] + (turn(state[4], 6u) ^ turn(state[4], 11u) ^
					 turn(state[4], 25u)) + choice + constants[n] + word;
		uint second = (turn(state[0], 2u) ^ turn(state[0], 13u) ^ turn(state[0], 22u)) +
			      majority;

		for (uint at = 7u; at > 0u; at--)
			state[at] = state[at - 1u];
		state[4] += first;
		state[0] = first + second;
	}
	for (uint n = 0u; n < 8u; n++)
		hashes[i][n] = state[n] + start[n];
}
