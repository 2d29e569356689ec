/* SPDX-License-Identifier: MIT */
/**
 * DOC: Steps as calls
 *
 * Makes the call that a step is, with the numbers that the model knows. Asserts nothing of what is
 * returned.
 */
#ifndef ASAHI_MODEL_CALL_H
#define ASAHI_MODEL_CALL_H

#include <stddef.h>
#include <stdint.h>

#include "asahi_model.h"
#include "asahi_model_scene.h"
#include "asahi_model_step.h"

/** struct asahi_model_run - A program that runs: what it has, but for numbers. */
struct asahi_model_run {
	struct asahi_model_scene *scene;
	/** @m: what should be there, before the step. */
	struct asahi_model *m;
	/* Descriptors, -1 if there are none, and CPU mappings. */
	int fds[ASAHI_MODEL_FILES], dmabufs[ASAHI_MODEL_SLOTS];
	struct {
		volatile uint32_t *words;
		size_t size;
	} maps[ASAHI_MODEL_MAPS];
	/** @fences: of the jobs. */
	int fences[ASAHI_MODEL_MAX_JOBS];
	/** @time: the last that GET_TIME said. */
	uint64_t time;
};

/** struct asahi_model_result - What a call did. */
struct asahi_model_result {
	/** @ret: 0 or -errno. */
	int ret;
	/** @number: of what was made; of a file, that of the arena and that of its own syncobj. */
	uint32_t number, sync;
	/** @wrong: something else that is not right, or NULL. */
	const char *wrong;
};

/**
 * asahi_model_call() - Make the call.
 * @next: what should be there after it.
 * @expect: what it should return, so that nothing is prepared in vain.
 */
void asahi_model_call(struct asahi_model_run *run, const struct asahi_model_step *step,
		      const struct asahi_model *next, const struct asahi_model_expect *expect,
		      struct asahi_model_result *result);

/**
 * asahi_model_call_look() - Read with the GPU what is in a VM, into asahi_model_scene.seen.
 * @vm: index of the VM.
 *
 * Returns 0; 1 if nobody can look now; -errno, also of a fence.
 */
int asahi_model_call_look(struct asahi_model_run *run, int vm);

/** asahi_model_call_wait() - Whether a point of a syncobj has signalled; returns 0 or -errno. */
int asahi_model_call_wait(int fd, uint32_t handle, uint64_t point);

#endif
