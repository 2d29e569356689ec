/* SPDX-License-Identifier: MIT */
/*
 * USC words: the list, made of units of bytes, that says what a shader starts with. All little
 * endian whatever the host is.
 */
#ifndef AGXI_USC_H
#define AGXI_USC_H

#include <stddef.h>
#include <stdint.h>

/* Limits of the hardware. Uniforms and registers are counted in 16-bit halves. */
#define AGXI_USC_MAX_UNIFORMS 512
#define AGXI_USC_MAX_REGISTERS 256
#define AGXI_USC_MAX_SHARED 65536

/* What a list is for; addresses are GPU addresses, those of code 32 bits from the USC base. */
struct agxi_usc {
	/* Halves that are filled from @uniforms, a multiple of 2, before the shader starts. */
	uint32_t num_uniforms;
	uint64_t uniforms;

	/* Bytes of threadgroup memory. */
	uint32_t shared_size;

	uint32_t code;
	uint32_t num_registers;

	/* 0 for none. */
	uint32_t preshader;
};

/* Room for any list, and what its address is a multiple of. */
#define AGXI_USC_MAX_SIZE 128
#define AGXI_USC_ALIGN 64

/* Returns the bytes written. */
size_t agxi_usc_pack(const struct agxi_usc *usc, uint8_t out[AGXI_USC_MAX_SIZE]);

#endif /* AGXI_USC_H */
