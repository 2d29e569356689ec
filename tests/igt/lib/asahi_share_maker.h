/* SPDX-License-Identifier: MIT */
/**
 * DOC: Who makes shared memory
 *
 * A process that makes a buffer object, writes to it with its CPU and its GPU, shares it, and then
 * does what it is told until it is killed.
 */
#ifndef ASAHI_SHARE_MAKER_H
#define ASAHI_SHARE_MAKER_H

#include "asahi_child.h"
#include "asahi_device.h"
#include "asahi_probe.h"
#include "asahi_share.h"

/** ASAHI_SHARE_SIZE: bytes of the memory; what is looked at is at the start of the last page. */
#define ASAHI_SHARE_SIZE (3 * ASAHI_PAGE)
#define ASAHI_SHARE_OFFSET (2 * ASAHI_PAGE)

/* What the maker has written there with its CPU and with its GPU. */
#define ASAHI_SHARE_BY_CPU 0xc9c90001u
#define ASAHI_SHARE_BY_GPU 0x69690002u

/** struct asahi_share_words - What is at ASAHI_SHARE_OFFSET. */
struct asahi_share_words {
	/* ASAHI_SHARE_BY_CPU and ASAHI_SHARE_BY_GPU. */
	uint32_t by_cpu, by_gpu;
	/** @last: who has looked last has written it. */
	uint32_t last;
};

/** asahi_share_maker_run() - What the process does; @other is who tells it. Does not return. */
void asahi_share_maker_run(const struct asahi_child *other, unsigned int holders);

/* For who tells it, once it has sent the dma-buf. */

/** asahi_share_maker_give_up() - Handle, VM, file or second file. Returns 0 or -errno. */
int asahi_share_maker_give_up(const struct asahi_child *maker, enum asahi_share_thing thing);

/** asahi_share_maker_exchange() - Look in one of its ways, then write @last. */
void asahi_share_maker_exchange(const struct asahi_child *maker, enum asahi_share_way way,
				uint32_t last, struct asahi_share_words *words);

/* The same with a CPU mapping of all of the memory, and through a GPU that has it mapped at @va. */
void asahi_share_swap(volatile uint32_t *map, uint32_t last, struct asahi_share_words *words);
void asahi_share_swap_gpu(struct asahi_probe *probe, uint64_t va, uint32_t last,
			  struct asahi_share_words *words);

#endif
