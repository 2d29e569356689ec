/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * Text in a buffer of fixed size, for lack of a common printf.
 */
#ifndef AGX_ENGINE_TEXT_H
#define AGX_ENGINE_TEXT_H

#include "engine_types.h"

/** struct agx_text - A buffer that is being filled; what does not fit is dropped. */
struct agx_text {
	/** @buf: Borrowed; terminated after each addition if @size is not 0. */
	char *buf;

	/** @size: Bytes in @buf. */
	size_t size;

	/** @len: Bytes in use, the terminating NUL excluded. */
	size_t len;
};

void agx_text_init(struct agx_text *text, char *buf, size_t size);
void agx_text_char(struct agx_text *text, char c);
void agx_text_str(struct agx_text *text, const char *str);
void agx_text_dec(struct agx_text *text, u64 value);

/* Hexadecimal with at least @digits digits and no prefix. */
void agx_text_hex(struct agx_text *text, u64 value, u32 digits);

/* Spaces until @column bytes are in use. */
void agx_text_pad(struct agx_text *text, size_t column);

#endif /* AGX_ENGINE_TEXT_H */
