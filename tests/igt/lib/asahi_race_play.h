/* SPDX-License-Identifier: MIT */
/**
 * DOC: Calls that meet, played
 *
 * Two calls are made together, many times, or one while the other is held. What is seen afterwards
 * has to be what one of the two orders gives: on the simulated device by the model, on another one
 * as it does them one after the other.
 */
#ifndef ASAHI_RACE_PLAY_H
#define ASAHI_RACE_PLAY_H

#include "asahi_race.h"

/** struct asahi_race_pair - Two calls. */
struct asahi_race_pair {
	enum asahi_race_mode mode;
	enum asahi_race_call calls[2];
	/** @hold: where the first is held, for the second to be made meanwhile. */
	enum asahi_race_hold hold;
};

/**
 * asahi_race_play() - Play a pair, once for each state of the scene's job.
 * @rounds: how often they meet, each time.
 * @seed: of the distances at which they do; changed.
 *
 * If one is held, once for each state, and the other one must not have to wait for it.
 *
 * Says how often each order was seen. Gives everything back before it fails, with all that
 * disagrees. On another device than the simulated one there is no job, and of the orders only what
 * calls return is held against the model; what else differs is reported.
 */
void asahi_race_play(const struct asahi_race_pair *pair, unsigned int rounds, unsigned int *seed);

#endif
