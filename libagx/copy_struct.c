// SPDX-License-Identifier: MIT
#include <string.h>

#include "copy_struct.h"
#include "private.h"

/* No struct will ever be that long: something else than its size is at its start. */
#define AGXI_STRUCT_MAX_SIZE 4096

int agxi_copy_struct(void *dst, size_t size, const void *src, size_t min)
{
	const uint8_t *bytes = src;
	size_t given, i;

	memcpy(&given, src, sizeof(given));
	if (given < min)
		return agxi_error(EINVAL);
	if (given > AGXI_STRUCT_MAX_SIZE)
		return agxi_error(E2BIG);

	for (i = size; i < given; i++)
		if (bytes[i])
			return agxi_error(E2BIG);

	memset(dst, 0, size);
	memcpy(dst, src, given < size ? given : size);
	return 0;
}
