/* SPDX-License-Identifier: MIT */
/*
 * Structs of <drm_agx.h> that a caller fills in. They begin with their size, and later versions of
 * the header may append to them: a caller and a library of different age understand each other.
 *
 * So they have no padding but what has a name and must be zero: what is appended would begin in it,
 * where older callers have left anything.
 */
#ifndef AGXI_COPY_STRUCT_H
#define AGXI_COPY_STRUCT_H

#include <stddef.h>

/*
 * Copies the struct at @src, which says its own size first, to @dst of @size bytes. What @src is
 * too old to have is zero. Version 0.1 had @min bytes.
 *
 * -EINVAL if @src is smaller than that; -E2BIG if it sets what this library does not know.
 */
int agxi_copy_struct(void *dst, size_t size, const void *src, size_t min);

#endif /* AGXI_COPY_STRUCT_H */
