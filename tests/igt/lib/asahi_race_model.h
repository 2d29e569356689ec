/* SPDX-License-Identifier: MIT */
/**
 * DOC: What two calls do, one after the other
 *
 * The rules of the uapi for all that a scene of asahi_race_scene.h has. What can be seen after two
 * calls in one order follows from them, and from nothing that a driver says.
 */
#ifndef ASAHI_RACE_MODEL_H
#define ASAHI_RACE_MODEL_H

#include "asahi_race_scene.h"

/**
 * asahi_race_predict() - What is to be seen after two calls.
 * @calls: of each actor.
 * @order: which of them is first; not ASAHI_RACE_TOGETHER.
 */
void asahi_race_predict(enum asahi_race_mode mode, enum asahi_race_job job,
			const enum asahi_race_call calls[2], enum asahi_race_order order,
			struct asahi_race_view *view);

#endif
