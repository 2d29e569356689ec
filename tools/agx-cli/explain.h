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

/* All of these return whether they have found a reason. explain() has. */
bool explain(struct reason *reason, const char *format, ...) __attribute__((format(printf, 2, 3)));
bool explain_id(struct reason *reason, const struct known_list *known, enum known_kind kind,
		const char *what, uint32_t id);
bool explain_unaligned(struct reason *reason, const char *field, uint64_t value);

bool explain_vm_bind(const struct explain_context *context, struct reason *reason);
bool explain_submit(const struct explain_context *context, struct reason *reason);

#endif /* AGX_CLI_EXPLAIN_H */
