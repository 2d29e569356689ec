/* SPDX-License-Identifier: MIT */
/**
 * DOC: Reclaim on demand
 *
 * The driver can be told in debugfs to evict whatever is idle, as if the system were short of
 * memory, and tells there what it has evicted. Skips without that.
 */
#ifndef ASAHI_RECLAIM_H
#define ASAHI_RECLAIM_H

#include <stdbool.h>
#include <stdint.h>

/** struct asahi_reclaim - What the driver tells. */
struct asahi_reclaim {
	/** @evictable: bytes of buffer objects that have memory which may be taken. */
	uint64_t evictable;
	/** @evicted: bytes of buffer objects that have lost theirs. */
	uint64_t evicted;
	/** @evictions: buffer objects that ever lost their memory. */
	uint64_t evictions;
	/** @restores: buffer objects that ever got it back. */
	uint64_t restores;
};

/** asahi_reclaim_find() - Look for the files of the device that @fd is open on. */
void asahi_reclaim_find(int fd);

void asahi_reclaim_read(struct asahi_reclaim *reclaim);

/** asahi_evict() - Evict what is idle. */
void asahi_evict(void);

/** __asahi_evict() - The same, returns 0 or -errno. */
int __asahi_evict(void);

/** asahi_evict_all() - The same, and nothing that could be evicted is left; returns bytes. */
uint64_t asahi_evict_all(void);

/**
 * asahi_tlb_valid() - Translations that the simulated GPU remembers; skips if it does not say.
 */
unsigned int asahi_tlb_valid(void);

#endif
