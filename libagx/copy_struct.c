// SPDX-License-Identifier: MIT
#include <string.h>

#include "copy_struct.h"
#include "private.h"

int agxi_copy_struct(void *dst, size_t size, const void *src, size_t min)
{
	const uint8_t *bytes = src;
	size_t given, i;

	memcpy(&given, src, sizeof(given));
	if (given < min)
		return agxi_error(EINVAL);

	for (i = size; i < given; i++)
		if (bytes[i])
			return agxi_error(E2BIG);

	memset(dst, 0, size);
	memcpy(dst, src, given < size ? given : size);
	return 0;
}
