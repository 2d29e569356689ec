/* SPDX-License-Identifier: MIT */
/**
 * DOC: Fences that do not signal
 *
 * Something for a job to wait for that nothing of the driver under test, or nothing of the file
 * that waits, will ever signal: each of the kinds of fence that a SUBMIT can meet.
 */
#ifndef ASAHI_FOREIGN_H
#define ASAHI_FOREIGN_H

#include <stdbool.h>
#include <stdint.h>

#include "asahi_drm.h"
#include "asahi_job.h"

/** enum asahi_foreign_kind - Where the fence comes from. */
enum asahi_foreign_kind {
	/** @ASAHI_FOREIGN_JOB: a job of another file, which runs. */
	ASAHI_FOREIGN_JOB,
	/** @ASAHI_FOREIGN_CHAIN: a point of a timeline that is over, behind one that is not. */
	ASAHI_FOREIGN_CHAIN,
	/** @ASAHI_FOREIGN_ARRAY: two fences of another file, merged. */
	ASAHI_FOREIGN_ARRAY,
	/**
	 * @ASAHI_FOREIGN_VGEM: another driver's fence, by way of a dma-buf. That driver gives up
	 * after 10 s by itself.
	 */
	ASAHI_FOREIGN_VGEM,
	/** @ASAHI_FOREIGN_SW_SYNC: a fence of userspace. Skips without CONFIG_SW_SYNC. */
	ASAHI_FOREIGN_SW_SYNC,
};

/** struct asahi_foreign - A fence that does not signal. */
struct asahi_foreign {
	enum asahi_foreign_kind kind;
	/** @client: the other file, if it is one of this driver. */
	struct asahi_client client;
	/** @spin: its job. */
	struct asahi_spin spin;
	/** @second: another one on @second_queue. */
	struct asahi_spin second;
	uint32_t second_queue;
	/** @vgem: file of the other driver. */
	int vgem;
	/** @vgem_fence: number of the fence in it. */
	uint32_t vgem_fence;
	/** @timeline: file of the timeline of userspace. */
	int timeline;
	/** @syncobj: the syncobj of ASAHI_FOREIGN_CHAIN in the file of @client. */
	uint32_t syncobj;
	/** @syncobj_fd: the same for other files. */
	int syncobj_fd;
	/** @fence: all other kinds as a sync file. */
	int fence;
};

/** asahi_foreign_init() - Make a fence. */
void asahi_foreign_init(struct asahi_foreign *foreign, enum asahi_foreign_kind kind);

/** asahi_foreign_sync() - What a SUBMIT of file @fd has to wait for. Makes a syncobj. */
struct drm_asahi_sync asahi_foreign_sync(const struct asahi_foreign *foreign, int fd);

/** asahi_foreign_is_busy() - Whether it has not signalled. */
bool asahi_foreign_is_busy(const struct asahi_foreign *foreign);

/** asahi_foreign_signal() - Let it signal at last, and wait until it has. */
void asahi_foreign_signal(struct asahi_foreign *foreign);

/** asahi_foreign_fini() - Give everything back. */
void asahi_foreign_fini(struct asahi_foreign *foreign);

#endif
