/* SPDX-License-Identifier: MIT */
/*
 * What the files of libagx share. Names that are not public start with agxi_, so that a static
 * libagx disturbs nobody.
 */
#ifndef AGXI_PRIVATE_H
#define AGXI_PRIVATE_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define agxi_public __attribute__((visibility("default")))

#define AGXI_PAGE_MASK ((uint64_t)DRM_AGX_PAGE_SIZE - 1)

/* Streams and USC words have room for addresses of 40 bits. */
#define AGXI_ADDRESS_LIMIT (UINT64_C(1) << 40)

/* Ends a function with an error of its own: agxi_error(EINVAL). */
static inline int agxi_error(int err)
{
	errno = err;
	return -err;
}

/* Ends a function with the result of a call that returns nonzero and sets errno. */
static inline int agxi_result(int ret)
{
	return ret ? -errno : 0;
}

/*
 * ioctl(), made again for as long as a signal interrupts it, or the kernel wants that. Returns 0 or
 * -errno. The ioctl only reads its argument where a caller's const is dropped.
 */
int agxi_ioctl(int fd, unsigned long request, const void *args);

static inline uint64_t agxi_ptr(const void *ptr)
{
	return (uintptr_t)ptr;
}

/* @align is a power of two; wraps around near the top. */
static inline uint64_t agxi_align_up(uint64_t value, uint64_t align)
{
	return (value + align - 1) & ~(align - 1);
}

static inline uint64_t agxi_align_down(uint64_t value, uint64_t align)
{
	return value & ~(align - 1);
}

static inline bool agxi_is_pow2(uint64_t value)
{
	return value && !(value & (value - 1));
}

#endif /* AGXI_PRIVATE_H */
