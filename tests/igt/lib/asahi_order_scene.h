/* SPDX-License-Identifier: MIT */
/**
 * DOC: What is given up
 *
 * A client on a file of its own with one of everything, and another one that must not notice: it
 * has a page that the client's job also stores to, and the job that the client's may wait for.
 */
#ifndef ASAHI_ORDER_SCENE_H
#define ASAHI_ORDER_SCENE_H

#include <stdbool.h>
#include <stdint.h>

#include "asahi_job.h"
#include "asahi_objects.h"
#include "asahi_order_case.h"

/** ASAHI_ORDER_BO_SIZE: the buffer object: a page to store to and one for timestamps. */
#define ASAHI_ORDER_BO_SIZE (2 * ASAHI_PAGE)

/** enum asahi_order_word - Words of the other client's page. */
enum asahi_order_word {
	/** @ASAHI_ORDER_END: the job ends when it is not 0. */
	ASAHI_ORDER_END,
	/** @ASAHI_ORDER_BEAT: the job stores to it. */
	ASAHI_ORDER_BEAT,
	/** @ASAHI_ORDER_OWN: the other client's own job stores to it. */
	ASAHI_ORDER_OWN,
};

/** struct asahi_order_scene - Both clients. */
struct asahi_order_scene {
	/** @end: until then whatever is waited for may come, so that waits do not add up. */
	uint64_t end;
	/** @before: counters without the client and without @blocker. */
	struct asahi_objects before;

	/** @other: the client that goes on. */
	struct asahi_client other;
	/** @page: its page. */
	struct asahi_bo page;
	/** @blocker: its job that the client's waits for, while @blocks. */
	struct asahi_spin blocker;
	bool blocks;
	/** @other_syncobj: the client's syncobj in its file, or 0. */
	uint32_t other_syncobj;

	/** @client: the one that gives things up; @client.fd is -1 when the file has been. */
	struct asahi_client client;
	/** @bo: its buffer object; @bo.map is ASAHI_THING_MAPPING, or NULL. */
	struct asahi_bo bo;
	/** @spare: addresses at which nothing is mapped, as many as @bo has. */
	uint64_t spare;
	/* ASAHI_THING_DMA_BUF, and a mapping of it or NULL. */
	int dma_buf;
	uint32_t *dma_buf_map;
	/* Timestamp object, or 0, and syncobj in the client's file. */
	uint32_t object;
	uint32_t syncobj;
	/** @job: the job; it stores to @bo and then to ASAHI_ORDER_BEAT, until ASAHI_ORDER_END. */
	struct asahi_job job;
	/** @fence: its sync file, or -1. */
	int fence;
};

/** asahi_order_needs_sim() - Whether jobs get into @state only on the simulated GPU. */
bool asahi_order_needs_sim(enum asahi_order_state state);

/** asahi_order_scene_init() - Make all that @c begins with; the job gets to where it should be. */
void asahi_order_scene_init(struct asahi_order_scene *scene, const struct asahi_order_case *c);

/**
 * asahi_order_scene_give_up() - Give up a thing. Returns 0 or -errno; of ASAHI_THING_RELEASE what
 * the other client's job ends with, if it has not, or -ETIME.
 */
int asahi_order_scene_give_up(struct asahi_order_scene *scene, enum asahi_thing thing);

/** asahi_order_scene_end() - Release the jobs and give up whatever of the client is left. */
void asahi_order_scene_end(struct asahi_order_scene *scene);

/** asahi_order_scene_fini() - After that, the other client can do what it likes, and goes too. */
void asahi_order_scene_fini(struct asahi_order_scene *scene);

/** asahi_order_word() - A word of the other client's page. */
volatile uint32_t *asahi_order_word(const struct asahi_order_scene *scene,
				    enum asahi_order_word word);

/** asahi_order_left_ms() - For how long to wait; for a moment, also when there is no time left. */
int asahi_order_left_ms(const struct asahi_order_scene *scene);

/** asahi_order_wait_for_beat() - Wait until the job has stored since the call; false if not. */
bool asahi_order_wait_for_beat(const struct asahi_order_scene *scene);

#endif
