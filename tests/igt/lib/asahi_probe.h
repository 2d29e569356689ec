/* SPDX-License-Identifier: MIT */
/**
 * DOC: Looking through the eyes of the GPU
 *
 * Reads and writes single words at any address of a client's VM with a shader, to find out what
 * is mapped there. One job does it all, so that thousands of words may be looked at.
 */
#ifndef ASAHI_PROBE_H
#define ASAHI_PROBE_H

#include <stdint.h>

#include "asahi_job.h"

/** struct asahi_probe - A job that copies a word. */
struct asahi_probe {
	struct asahi_job job;
	/** @word: the word on our side, in the arena. */
	volatile uint32_t *word;
	/** @word_va: its GPU address. */
	uint64_t word_va;
};

void asahi_probe_init(struct asahi_client *client, struct asahi_probe *probe);

/**
 * asahi_probe_read() - Load the word at @va; 0 if the GPU may not read there.
 */
uint32_t asahi_probe_read(struct asahi_probe *probe, uint64_t va);

/**
 * asahi_probe_write() - Store @value at @va, without effect if the GPU may not write there.
 */
void asahi_probe_write(struct asahi_probe *probe, uint64_t va, uint32_t value);

#endif
