// SPDX-License-Identifier: MIT
#include "utf8.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define REPLACEMENT "\xef\xbf\xbd"

/* The bytes of the character that @text begins with, and the character; 0 if it is none. */
static size_t decode(const char *text, uint32_t *character)
{
	/* The least that needs so many bytes: there is one way only to write each. */
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const uint8_t *bytes = (const uint8_t *)text;
	size_t len = bytes[0] < 0x80 ? 1 : bytes[0] < 0xe0 ? 2 : bytes[0] < 0xf0 ? 3 : 4;
	size_t i;

	*character = len == 1 ? bytes[0] : bytes[0] & (0x7f >> len);
	if (bytes[0] >= 0xf8 || (bytes[0] & 0xc0) == 0x80)
		return 0;
	for (i = 1; i < len; i++) {
		if ((bytes[i] & 0xc0) != 0x80)
			return 0;
		*character = *character << 6 | (bytes[i] & 0x3f);
	}
	if (*character < least[len] || *character > 0x10ffff ||
	    (*character >= 0xd800 && *character < 0xe000))
		return 0;
	return len;
}

size_t utf8_len(const char *text)
{
	uint32_t character;
	size_t len = decode(text, &character);

	/* No controls: C0, DEL and C1. */
	return character < 0x20 || (character >= 0x7f && character < 0xa0) ? 0 : len;
}

char *utf8_mend(const char *text)
{
	char *mended = malloc(strlen(text) * strlen(REPLACEMENT) + 1), *to = mended;
	uint32_t character;
	size_t len;

	if (!mended)
		return NULL;
	for (; *text; text += len) {
		len = decode(text, &character);
		if (len) {
			memcpy(to, text, len);
			to += len;
		} else {
			to = stpcpy(to, REPLACEMENT);
			len = 1;
		}
	}
	*to = '\0';
	return mended;
}
