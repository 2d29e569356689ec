// SPDX-License-Identifier: MIT
#include "usc.h"

/* The first byte of a word says what it is. */
#define AGXI_USC_UNIFORM 0x1d
#define AGXI_USC_UNIFORM_HIGH 0x3d
#define AGXI_USC_SHARED 0x4d
#define AGXI_USC_SHADER 0x0d
#define AGXI_USC_REGISTERS 0x8d
#define AGXI_USC_PRESHADER 0x38
#define AGXI_USC_NO_PRESHADER 0x88

/* Uniforms from here on have the "high" tag, and count anew. */
#define AGXI_USC_UNIFORM_HIGH_START 256

/* Most halves of one word. */
#define AGXI_USC_UNIFORM_MAX 64

/* How threadgroup memory is laid out for a compute shader. */
#define AGXI_USC_SHARED_LAYOUT_COMPUTE 0x24
#define AGXI_USC_SHARED_UNIT 256

/* Constant for a compute shader, of unknown meaning. */
#define AGXI_USC_SHADER_COMPUTE 3
#define AGXI_USC_REGISTERS_COMPUTE 1
#define AGXI_USC_PRESHADER_CONST UINT64_C(0xc08000)

#define AGXI_USC_REGISTER_UNIT 8

static uint8_t *agxi_usc_put(uint8_t *out, uint64_t word, unsigned int size)
{
	unsigned int i;

	for (i = 0; i < size; i++)
		*out++ = word >> (8 * i);
	return out;
}

/* A field that counts in units has 0 for its maximum, which is what cutting it off makes of it. */
static uint64_t agxi_usc_units(uint32_t count, uint32_t unit, unsigned int bits)
{
	return ((count + unit - 1) / unit) & ((1u << bits) - 1);
}

static uint8_t *agxi_usc_put_uniforms(uint8_t *out, const struct agxi_usc *usc)
{
	uint64_t tag, first, count, word;
	uint64_t addr;
	uint32_t i;

	for (i = 0; i < usc->num_uniforms; i += count) {
		count = usc->num_uniforms - i;
		if (count > AGXI_USC_UNIFORM_MAX)
			count = AGXI_USC_UNIFORM_MAX;
		tag = i < AGXI_USC_UNIFORM_HIGH_START ? AGXI_USC_UNIFORM : AGXI_USC_UNIFORM_HIGH;
		first = i % AGXI_USC_UNIFORM_HIGH_START;
		addr = usc->uniforms + i * sizeof(uint16_t);
		word = tag | first << 8 | agxi_usc_units(count, 1, 6) << 20 | (addr >> 2) << 26;
		out = agxi_usc_put(out, word, 8);
	}
	return out;
}

size_t agxi_usc_pack(const struct agxi_usc *usc, uint8_t out[AGXI_USC_MAX_SIZE])
{
	uint8_t *end = out;
	uint64_t word;

	end = agxi_usc_put_uniforms(end, usc);

	word = AGXI_USC_SHARED | AGXI_USC_SHARED_LAYOUT_COMPUTE << 10;
	if (usc->shared_size)
		word |= 1 << 8 | agxi_usc_units(usc->shared_size, AGXI_USC_SHARED_UNIT, 8) << 24;
	end = agxi_usc_put(end, word, 4);

	word = AGXI_USC_SHADER | AGXI_USC_SHADER_COMPUTE << 10 | (uint64_t)usc->code << 16;
	end = agxi_usc_put(end, word, 6);

	word = AGXI_USC_REGISTERS | (uint64_t)AGXI_USC_REGISTERS_COMPUTE << 24 |
	       agxi_usc_units(usc->num_registers, AGXI_USC_REGISTER_UNIT, 5) << 8;
	end = agxi_usc_put(end, word, 4);

	if (usc->preshader) {
		word = AGXI_USC_PRESHADER | AGXI_USC_PRESHADER_CONST << 8 |
		       (uint64_t)usc->preshader << 32;
		end = agxi_usc_put(end, word, 8);
	} else {
		end = agxi_usc_put(end, AGXI_USC_NO_PRESHADER, 2);
	}
	return end - out;
}
