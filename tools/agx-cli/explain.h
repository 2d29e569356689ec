/* SPDX-License-Identifier: MIT */
/*
 * What those share that explain failures, see call_explain().
 */
#ifndef AGX_CLI_EXPLAIN_H
#define AGX_CLI_EXPLAIN_H

#include "call.h"
#include "known.h"

struct drm_asahi_params_global;

struct explain_context {
	const struct call *call;

	/* The struct of the ioctl. */
	const void *arg;
	const struct known_list *known;

	/* NULL if the kernel does not tell. */
	const struct drm_asahi_params_global *params;

	/* Positive. */
	int err;
};

/*
 * All of these return whether they have found a reason. explain() has if the check that it speaks
 * of gives the error, @err, that came; else the call has not failed there. explain_id() has if
 * there is no such id either, and explain_unaligned(), for EINVAL, if the value is not aligned.
 */
bool explain(const struct explain_context *context, struct reason *reason, int err,
	     const char *format, ...) __attribute__((format(printf, 4, 5)));
bool explain_id(const struct explain_context *context, struct reason *reason, int err,
		enum known_kind kind, const char *what, uint32_t id);
bool explain_unaligned(const struct explain_context *context, struct reason *reason,
		       const char *field, uint64_t value);

bool explain_vm_bind(const struct explain_context *context, struct reason *reason);
bool explain_submit(const struct explain_context *context, struct reason *reason);

#endif /* AGX_CLI_EXPLAIN_H */
