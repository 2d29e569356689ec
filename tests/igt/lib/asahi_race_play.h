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
 * @times: how often they are to be at the same time, each time. Where the calls miss each other
 *	they try again, closer to each other, and much more often if they have always done so, but
 *	not for ever.
 * @seed: of the distances at which they meet; changed.
 *
 * If one is held, once for each state, and the other one must not have to wait for it; by the GPU,
 * the other one comes after it. A call that is about nothing is not worth more than once.
 *
 * Says how often each order was seen. Gives everything back before it fails, with all that
 * disagrees. On another device than the simulated one there is no job, and of the orders only what
 * calls return is held against the model; what else differs is reported.
 *
 * Returns how often they were at the same time.
 */
unsigned int asahi_race_play(const struct asahi_race_pair *pair, unsigned int times,
			     unsigned int *seed);

#endif
