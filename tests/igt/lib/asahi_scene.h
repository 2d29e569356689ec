/* SPDX-License-Identifier: MIT */
/**
 * DOC: A file with jobs in every state
 *
 * One that runs, one that is queued behind it, and one on a second queue that waits for a job of
 * another file, which runs all the while. The file also has mappings, and a timestamp object that
 * the running job is to write to.
 *
 * What has become of it is looked at first, the other file's job is released then, and only after
 * that is anything asserted.
 */
#ifndef ASAHI_SCENE_H
#define ASAHI_SCENE_H

#include <stdbool.h>
#include <stdint.h>

#include "asahi_job.h"
#include "asahi_objects.h"

/** struct asahi_scene - The file, and the other one. */
struct asahi_scene {
	/** @other: the other file. */
	struct asahi_client other;
	/** @foreign: its job. */
	struct asahi_spin foreign;

	/** @client: the file to be closed. */
	struct asahi_client client;
	/** @second_queue: its second queue. */
	uint32_t second_queue;
	/** @bo: its buffer object, all zero. */
	struct asahi_bo bo;
	/** @object: its timestamp object. */
	uint32_t object;
	/** @spin: its running job. */
	struct asahi_spin spin;

	/* Fences of the three jobs. */
	int running;
	int queued;
	int waiting;
};

/** asahi_scene_init() - Open the other file and start its job; skips on real hardware. */
void asahi_scene_init(struct asahi_scene *scene);

/** asahi_scene_play() - Open the file, make everything, start all jobs. */
void asahi_scene_play(struct asahi_scene *scene);

/** asahi_scene_is_busy() - Whether none of the jobs is over. */
bool asahi_scene_is_busy(const struct asahi_scene *scene);

/** asahi_scene_destroy_queues() - Destroy both queues. */
void asahi_scene_destroy_queues(struct asahi_scene *scene);

/** asahi_scene_drop() - Give up CPU mappings and close the file, and nothing else. */
void asahi_scene_drop(struct asahi_scene *scene);

/** struct asahi_scene_look - What could be seen at one moment. */
struct asahi_scene_look {
	/** @objects: all counters. */
	struct asahi_objects objects;

	/* Of the fences of the three jobs. */
	int running;
	int queued;
	int waiting;
	/** @foreign_busy: whether the other file's job was not over. */
	bool foreign_busy;
};

/** asahi_scene_look() - Look at everything, now. */
void asahi_scene_look(const struct asahi_scene *scene, struct asahi_scene_look *look);

/** asahi_scene_release() - Tell the other file's job to end. */
void asahi_scene_release(struct asahi_scene *scene);

/**
 * asahi_scene_assert_killed() - All jobs had ended with ECANCELED, while the other file's job still
 * ran.
 */
void asahi_scene_assert_killed(const struct asahi_scene_look *look);

/** asahi_scene_assert_named() - The fences know who made them. */
void asahi_scene_assert_named(const struct asahi_scene *scene);

/** asahi_scene_fini() - End the other file's job, with success, and close its file. */
void asahi_scene_fini(struct asahi_scene *scene);

#endif
