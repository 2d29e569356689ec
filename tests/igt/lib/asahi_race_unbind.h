/* SPDX-License-Identifier: MIT */
/**
 * DOC: Calls that meet the end of their device
 *
 * The driver is unbound while a call is made, with a job that waits. Unbinding is two steps: the
 * GPU is stopped, with what is on it or waits for it, and then every call fails. So there are
 * three orders, and what is seen has to be what one of them gives by the rules.
 */
#ifndef ASAHI_RACE_UNBIND_H
#define ASAHI_RACE_UNBIND_H

#include "asahi_race.h"

/**
 * asahi_race_unbind_play() - Unbind and bind a few times; only for the simulated device.
 * @mode: not ASAHI_RACE_FILES.
 * @call: what meets it.
 * @times: how often both are to be at the same time; it is tried a few times for each. A call whose
 *	outcome tells whether it has come between the steps also tries for that.
 * @seed: of the distances; changed.
 */
void asahi_race_unbind_play(enum asahi_race_mode mode, enum asahi_race_call call,
			    unsigned int times, unsigned int *seed);

/**
 * asahi_race_unbind_within() - Unbind while a call is held, and bind again; only for the simulated
 * device.
 * @hold: by memory.
 *
 * It must not have to wait for the call, which then has come between the steps, or after them.
 */
void asahi_race_unbind_within(enum asahi_race_mode mode, enum asahi_race_call call,
			      enum asahi_race_hold hold);

#endif
