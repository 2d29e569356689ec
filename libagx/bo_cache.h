/* SPDX-License-Identifier: MIT */
#ifndef AGXI_BO_CACHE_H
#define AGXI_BO_CACHE_H

#include <stdint.h>

struct agxi_cached;

/* Takes back the one reference to a BO that nobody uses any more. */
void agxi_cached_put(struct agxi_cached *cached);

/*
 * Buffers are kept by classes of size, four for each doubling: what a class has fits whoever asks
 * for it, and is at most a quarter too large.
 */
#define AGXI_BO_CACHE_NUM_CLASSES 48

/* Pages of the largest class. */
#define AGXI_BO_CACHE_MAX_PAGES 8192

/* The smallest class of at least that many pages, which are from 1 to the maximum. */
unsigned int agxi_bo_cache_class(uint64_t pages);
uint64_t agxi_bo_cache_class_pages(unsigned int size_class);

#endif /* AGXI_BO_CACHE_H */
