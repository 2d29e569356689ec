// SPDX-License-Identifier: MIT
/* Making a program that fails a short one. */
#include <stdlib.h>
#include <string.h>

#include "asahi_model_shrink.h"

struct shrinker {
	/** @program: the shortest that fails so far. */
	struct asahi_model_program *program;
	bool (*fails)(const struct asahi_model_program *program, void *data);
	void *data;
	/** @max: how many runs are left. */
	unsigned int tries, max;
};

static bool still_fails(struct shrinker *s, const struct asahi_model_program *candidate)
{
	if (s->tries >= s->max)
		return false;
	s->tries++;
	return s->fails(candidate, s->data);
}

/* Without @num steps from @at on. Returns whether that still fails, and is kept. */
static bool try_without(struct shrinker *s, unsigned int at, unsigned int num)
{
	struct asahi_model_program *old = s->program, candidate = { 0 };
	unsigned int i;

	for (i = 0; i < old->num; i++)
		if (i < at || i >= at + num)
			asahi_model_program_add(&candidate, &old->steps[i]);
	if (still_fails(s, &candidate)) {
		asahi_model_program_fini(old);
		*old = candidate;
		return true;
	}
	asahi_model_program_fini(&candidate);
	return false;
}

/* Set arguments to zero that make no difference. */
static void shrink_args(struct shrinker *s)
{
	unsigned int i, k;

	for (i = 0; i < s->program->num; i++) {
		for (k = 0; k < ASAHI_MODEL_ARGS && s->tries < s->max; k++) {
			uint64_t *arg = &s->program->steps[i].arg[k], old = *arg;

			if (!old)
				continue;
			*arg = 0;
			if (!still_fails(s, s->program))
				*arg = old;
		}
	}
}

unsigned int asahi_model_shrink(struct asahi_model_program *program,
				bool (*fails)(const struct asahi_model_program *program,
					      void *data),
				void *data, unsigned int max)
{
	struct shrinker s = { .program = program, .fails = fails, .data = data, .max = max };
	unsigned int chunk = program->num / 2, at;
	bool again;

	while (chunk && s.tries < s.max) {
		again = false;
		/* From the end: what came last needs what came before, not the other way round. */
		for (at = program->num; at > 0 && s.tries < s.max;) {
			at = at > chunk ? at - chunk : 0;
			if (at < program->num && try_without(&s, at, chunk))
				again = true;
		}
		if (chunk > 1)
			chunk /= 2;
		else if (!again)
			break;
	}
	shrink_args(&s);
	return s.tries;
}
