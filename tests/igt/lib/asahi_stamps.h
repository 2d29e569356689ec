/* SPDX-License-Identifier: MIT */
/* Memory for the timestamps of commands. */
#ifndef ASAHI_STAMPS_H
#define ASAHI_STAMPS_H

#include <stdint.h>

#include "asahi_client.h"
#include "asahi_drm.h"

/** struct asahi_stamps - A client with a page for timestamps. */
struct asahi_stamps {
	struct asahi_client client;
	/** @bo: the page; not mapped into the VM. */
	struct asahi_bo bo;
	/** @words: the page as timestamps. */
	volatile uint64_t *words;
	/** @object: the page as commands name it. */
	uint32_t object;
};

void asahi_stamps_init(struct asahi_stamps *s);
void asahi_stamps_fini(struct asahi_stamps *s);

/* Let a command write start and end, or those of its two halves, to words from @word on. */
void asahi_stamp_compute(struct drm_asahi_cmd_compute *compute, const struct asahi_stamps *s,
			 uint32_t word);
void asahi_stamp_render(struct drm_asahi_cmd_render *render, const struct asahi_stamps *s,
			uint32_t word);

#endif
