/* SPDX-License-Identifier: MIT */
/**
 * DOC: Shaders in machine code
 *
 * Real AGX code, the same for every generation. Each takes its arguments from uniform registers
 * in the layout of struct asahi_args.
 */
#ifndef ASAHI_SHADER_H
#define ASAHI_SHADER_H

#include <stddef.h>
#include <stdint.h>

/** ASAHI_STORE_VALUE: what ASAHI_SHADER_STORE stores. */
#define ASAHI_STORE_VALUE 0xdeadbeefu

/** ASAHI_WRITER_VALUE: what ASAHI_SHADER_WRITER and ASAHI_SHADER_BEAT store. */
#define ASAHI_WRITER_VALUE 0x5eed5eedu

/** struct asahi_args - What a shader finds in its uniform registers. */
struct asahi_args {
	/** @a: u0_u1, a GPU address. */
	uint64_t a;
	/** @b: u2_u3, a GPU address. */
	uint64_t b;
	/** @c: u4, a number. */
	uint32_t c;
	uint32_t unused;
};

/** enum asahi_shader - Shaders; all words are 32 bits, a and b arrays of them. */
enum asahi_shader {
	/** @ASAHI_SHADER_STORE: a[0] = ASAHI_STORE_VALUE */
	ASAHI_SHADER_STORE,
	/** @ASAHI_SHADER_ADD: a[2] = a[0] + a[1] */
	ASAHI_SHADER_ADD,
	/** @ASAHI_SHADER_TID: a[thread] = thread */
	ASAHI_SHADER_TID,
	/** @ASAHI_SHADER_COPY: b[0] = a[0] */
	ASAHI_SHADER_COPY,
	/** @ASAHI_SHADER_COPY_GRID: b[thread] = a[thread] */
	ASAHI_SHADER_COPY_GRID,
	/** @ASAHI_SHADER_SPIN: b[0] = 1, then run for as long as a[0] == c. */
	ASAHI_SHADER_SPIN,
	/** @ASAHI_SHADER_ENDLESS: jump to itself. */
	ASAHI_SHADER_ENDLESS,
	/** @ASAHI_SHADER_WRITER: a[0] = ASAHI_WRITER_VALUE, again and again. */
	ASAHI_SHADER_WRITER,
	/**
	 * @ASAHI_SHADER_BEAT: b[0] = ASAHI_WRITER_VALUE, then a[1] = ASAHI_WRITER_VALUE, again and
	 * again for as long as a[0] == c.
	 */
	ASAHI_SHADER_BEAT,
	/** @ASAHI_SHADER_UNDEFINED: a[0] = ASAHI_STORE_VALUE, then bytes without a meaning. */
	ASAHI_SHADER_UNDEFINED,
	/** @ASAHI_SHADER_STOP: nothing. */
	ASAHI_SHADER_STOP,
	ASAHI_NUM_SHADERS,
};

/** asahi_shader_code() - The code of a shader, with the traps that belong behind it. */
const uint8_t *asahi_shader_code(enum asahi_shader shader, size_t *size);

#endif
