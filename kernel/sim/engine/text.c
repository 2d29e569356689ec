// SPDX-License-Identifier: GPL-2.0 OR MIT
#include "text.h"

void agx_text_init(struct agx_text *text, char *buf, size_t size)
{
	text->buf = buf;
	text->size = size;
	text->len = 0;
	if (size)
		buf[0] = '\0';
}

void agx_text_char(struct agx_text *text, char c)
{
	if (text->len + 1 >= text->size)
		return;
	text->buf[text->len++] = c;
	text->buf[text->len] = '\0';
}

void agx_text_str(struct agx_text *text, const char *str)
{
	while (*str)
		agx_text_char(text, *str++);
}

static void text_number(struct agx_text *text, u64 value, u32 base, u32 digits)
{
	char reversed[20];
	u32 count = 0;

	do {
		reversed[count++] = "0123456789abcdef"[value % base];
		value /= base;
	} while (value);

	while (digits-- > count)
		agx_text_char(text, '0');
	while (count)
		agx_text_char(text, reversed[--count]);
}

void agx_text_dec(struct agx_text *text, u64 value)
{
	text_number(text, value, 10, 1);
}

void agx_text_hex(struct agx_text *text, u64 value, u32 digits)
{
	text_number(text, value, 16, digits);
}

void agx_text_pad(struct agx_text *text, size_t column)
{
	while (text->len < column && text->len + 1 < text->size)
		agx_text_char(text, ' ');
}
