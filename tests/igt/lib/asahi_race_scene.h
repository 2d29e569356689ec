/* SPDX-License-Identifier: MIT */
/**
 * DOC: What calls are about that meet
 *
 * A file with one of everything, a new one each time, so that ids begin anew: a VM, a queue on it,
 * a buffer object that is mapped at the first two of three pages and has a timestamp object,
 * another buffer object, syncobjs, and a job or none.
 */
#ifndef ASAHI_RACE_SCENE_H
#define ASAHI_RACE_SCENE_H

#include <stdbool.h>
#include <stdint.h>

#include "asahi_race.h"
#include "asahi_race_view.h"
#include "asahi_race_world.h"

/** enum asahi_race_job - What the job of the file does. */
enum asahi_race_job {
	/** @ASAHI_RACE_NO_JOB: there is none. */
	ASAHI_RACE_NO_JOB,
	/** @ASAHI_RACE_JOB_WAITS: for one of the other client; with the timestamp object. */
	ASAHI_RACE_JOB_WAITS,
	/** @ASAHI_RACE_JOB_RUNS: it runs until it is killed; with the timestamp object. */
	ASAHI_RACE_JOB_RUNS,
	/**
	 * @ASAHI_RACE_JOB_STUCK: it waits, as above, and the one before it does not leave the GPU
	 * until there is a reset.
	 */
	ASAHI_RACE_JOB_STUCK,
	ASAHI_RACE_NUM_JOBS,
};

/** asahi_race_job_name() - For people. */
const char *asahi_race_job_name(enum asahi_race_job job);

/** struct asahi_race_scene - What does not last. */
struct asahi_race_scene {
	/** @world: the rest. Borrowed. */
	struct asahi_race_world *world;
	enum asahi_race_mode mode;
	/** @num_files: two in ASAHI_RACE_FILES. */
	unsigned int num_files;
	/** @names: of each actor; their descriptors may be closed by the calls. */
	struct asahi_race_names names[2];
	/** @fds: of each file, -1 when it has been closed. */
	int fds[2];
	/** @dma_buf: the buffer object's, or -1. */
	int dma_buf;
	/** @begun: sync file of the job that waits, with ASAHI_RACE_JOB_STUCK; else -1. */
	int begun;
	/** @failed: whether something could not be made or looked at; that has been reported. */
	bool failed;
};

/**
 * asahi_race_scene_init() - Make a file, or two, ready for two calls.
 * @job: state of its job; anything else than ASAHI_RACE_NO_JOB takes a world that is strict.
 *
 * Asserts nothing of what the driver does, as the actors are there already. Returns false, with
 * nothing left, if it cannot be made.
 */
bool asahi_race_scene_init(struct asahi_race_scene *scene, struct asahi_race_world *world,
			   enum asahi_race_mode mode, const struct asahi_race_op *const ops[2],
			   enum asahi_race_job job);

/**
 * asahi_race_scene_see() - Look at everything, which may be done only once.
 * @results: of the calls.
 *
 * The same holds for it. Returns false if something could not be looked at, or a job does not end.
 */
bool asahi_race_scene_see(struct asahi_race_scene *scene,
			  const struct asahi_race_op *const ops[2],
			  const struct asahi_race_result results[2], struct asahi_race_view *view);

/** asahi_race_scene_note_closed() - Note which descriptors the calls have closed. */
void asahi_race_scene_note_closed(struct asahi_race_scene *scene,
				  const struct asahi_race_op *const ops[2],
				  const struct asahi_race_result results[2]);

/** asahi_race_fence_status() - Status of the fence of a syncobj, or ASAHI_RACE_NO_FENCE. */
int64_t asahi_race_fence_status(int fd, uint32_t syncobj);

/**
 * asahi_race_see_calls() - Ask whether ids are there. Timestamp objects are gone then.
 * @value: fields of a file.
 */
void asahi_race_see_calls(const struct asahi_race_names *names, int fd, int64_t *value);

/** asahi_race_scene_fini() - Give up what is left. */
void asahi_race_scene_fini(struct asahi_race_scene *scene);

#endif
