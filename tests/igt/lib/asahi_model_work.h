/* SPDX-License-Identifier: MIT */
/* The part of the model that is about jobs and what they wait for. */
#ifndef ASAHI_MODEL_WORK_H
#define ASAHI_MODEL_WORK_H

#include "asahi_model.h"

/** asahi_model_submit() - SUBMIT. */
void asahi_model_submit(struct asahi_model *m, const struct asahi_model_step *step,
			struct asahi_model_expect *expect);

/** asahi_model_run() - Let all jobs run that can. */
void asahi_model_run(struct asahi_model *m);

/** asahi_model_cancel() - End all jobs of a queue, or of all queues of a file; either may be -1. */
void asahi_model_cancel(struct asahi_model *m, int queue, int file);

/** asahi_model_over() - Something that fences wait for is over. */
void asahi_model_over(struct asahi_model *m, uint32_t mask);

/** asahi_model_runs_in() - Whether a job runs in a VM. */
bool asahi_model_runs_in(const struct asahi_model *m, int vm);

/** asahi_model_end() - Tell a job to end. */
void asahi_model_end(struct asahi_model *m, unsigned int spin);

/** asahi_model_sync_set() - Give a syncobj a fence in place of all it has. */
void asahi_model_sync_set(struct asahi_model_sync *sync, uint32_t mask);

/**
 * asahi_model_sync_find() - What a point of a syncobj waits for; point 0 is all of it.
 *
 * Returns 0, or -EINVAL if there is no such point.
 */
int asahi_model_sync_find(const struct asahi_model_sync *sync, uint64_t point, uint32_t *mask);

#endif
