/* SPDX-License-Identifier: MIT */
/**
 * DOC: Random programs against the model
 *
 * After each step what it returned, what it made, every fence and all counters of live objects are
 * compared, at once; where a step looks at everything, so are all memory, by CPU and GPU, and all
 * syncobjs.
 */
#ifndef ASAHI_MODEL_PLAY_H
#define ASAHI_MODEL_PLAY_H

#include <stdbool.h>

#include "asahi_model_scene.h"
#include "asahi_model_step.h"

/** struct asahi_model_verdict - Where a program and the model have parted. */
struct asahi_model_verdict {
	/** @wrong: whether they have. */
	bool wrong;
	/** @hangs: whether something was waited for in vain, so that to try it again takes long. */
	bool hangs;
	/** @step: at which step; the number of steps if it was behind the last. */
	unsigned int step;
	/** @what: kind of thing that differs, and of a call how; the same if it is the same bug. */
	char what[64];
	/** @text: what was expected, and what was seen. */
	char text[256];
	/** @skipped: steps that were left out. */
	unsigned int skipped;
};

/** asahi_model_play() - Run a program, on files of its own. Leaves nothing behind. */
void asahi_model_play(struct asahi_model_scene *scene, const struct asahi_model_program *program,
		      struct asahi_model_verdict *verdict);

#endif
