/* SPDX-License-Identifier: MIT */
/**
 * DOC: Steps as calls, a function each
 *
 * Each makes the call that a step is and returns 0 or -errno, nothing else being said of what a
 * call has made or done than what goes to the result.
 */
#ifndef ASAHI_MODEL_CALLS_H
#define ASAHI_MODEL_CALLS_H

#include <stdint.h>

#include "asahi_model_call.h"

/** struct asahi_call - A call that is being made, see asahi_model_call(). */
struct asahi_call {
	struct asahi_model_run *run;
	const struct asahi_model_step *step;
	const struct asahi_model *next;
	const struct asahi_model_expect *expect;
	struct asahi_model_result *result;
};

/* SUBMIT: lib/asahi_model_call_submit.c. */
int asahi_call_submit(const struct asahi_call *call);

/** asahi_call_export_fence() - The fence of a syncobj as a sync file; returns 0 or -errno. */
int asahi_call_export_fence(int fd, uint32_t sync, int *fence);

/* Files, and what the core does with buffers and syncobjs: lib/asahi_model_call_core.c. */
int asahi_call_open(const struct asahi_call *call);
int asahi_call_close(const struct asahi_call *call);
int asahi_call_gem_close(const struct asahi_call *call);
int asahi_call_export(const struct asahi_call *call);
int asahi_call_import(const struct asahi_call *call);
int asahi_call_dmabuf_close(const struct asahi_call *call);
int asahi_call_sync_create(const struct asahi_call *call);
int asahi_call_sync_destroy(const struct asahi_call *call);
int asahi_call_sync_wait(const struct asahi_call *call);
int asahi_call_sync_signal(const struct asahi_call *call);
int asahi_call_sync_reset(const struct asahi_call *call);
int asahi_call_sync_share(const struct asahi_call *call);
int asahi_call_gate(const struct asahi_call *call);
int asahi_call_release(const struct asahi_call *call);
int asahi_call_end(const struct asahi_call *call);

/* The CPU at buffers: lib/asahi_model_call_cpu.c. */
int asahi_call_mmap(const struct asahi_call *call);
int asahi_call_dmabuf_mmap(const struct asahi_call *call);
int asahi_call_munmap(const struct asahi_call *call);
int asahi_call_write(const struct asahi_call *call);
int asahi_call_fill(const struct asahi_call *call);

/* Descriptor of the file of a step, and the number that an argument of it means. */
static inline int file(const struct asahi_call *call)
{
	return call->run->fds[call->step->file];
}

static inline uint32_t number(const struct asahi_call *call, enum asahi_model_kind kind,
			      unsigned int arg)
{
	return asahi_model_resolve(call->run->m, call->step->file, kind, call->step->arg[arg]);
}

#endif
