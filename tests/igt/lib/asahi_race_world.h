/* SPDX-License-Identifier: MIT */
/**
 * DOC: What lasts while others race
 *
 * A client that has what all files of asahi_race_scene.h have in common: the shaders, a buffer
 * object, the job that others wait for, and all syncobjs, so that their fences can be looked at
 * when the file has gone.
 */
#ifndef ASAHI_RACE_WORLD_H
#define ASAHI_RACE_WORLD_H

#include <stdbool.h>
#include <stdint.h>

#include "asahi_job.h"
#include "asahi_objects.h"
#include "asahi_race_op.h"

/** enum asahi_race_syncobj - Its syncobjs. */
enum asahi_race_syncobj {
	/** @ASAHI_RACE_OWN: one of each actor. */
	ASAHI_RACE_OWN,
	ASAHI_RACE_COMMON = ASAHI_RACE_OWN + 2,
	/** @ASAHI_RACE_JOB: of the job. */
	ASAHI_RACE_JOB,
	/** @ASAHI_RACE_IN: signals when its job ends. */
	ASAHI_RACE_IN,
	ASAHI_RACE_NUM_SYNCOBJS,
};

/** struct asahi_race_world - What lasts. */
struct asahi_race_world {
	/** @strict: whether the device is the simulated one, which keeps all the rules. */
	bool strict;
	/** @client: file, VM and queue. */
	struct asahi_client client;
	/** @blocker: its job, which does nothing and never ends, or -1. */
	int blocker;
	/** @code: shaders and streams, in an arena that all files map. */
	struct asahi_client code;
	/** @other: the other buffer object. */
	struct asahi_bo other;
	/* The two for the files. */
	int code_dma_buf, other_dma_buf;
	/** @syncobjs: handles in the file of @client. */
	uint32_t syncobjs[ASAHI_RACE_NUM_SYNCOBJS];
	int syncobj_fds[ASAHI_RACE_NUM_SYNCOBJS];
	/** @idle: a job that does nothing. */
	struct asahi_job idle;
	/** @spin: one that runs. */
	struct asahi_spin spin;
	/** @look: reads the first word of each page to @words. */
	struct asahi_cmdbuf look;
	volatile uint32_t *words;
	/** @names: what is the same for all files. */
	struct asahi_race_names names;
	/** @before: counters without a file. */
	struct asahi_objects before;
};

/** asahi_race_world_init() - Make it. */
void asahi_race_world_init(struct asahi_race_world *world);

/** asahi_race_world_fini() - Give it up. */
void asahi_race_world_fini(struct asahi_race_world *world);

#endif
