/* SPDX-License-Identifier: MIT */
/**
 * DOC: Orders of giving things up, played
 *
 * After each step everything that can be looked at is, and compared with what the model says.
 */
#ifndef ASAHI_ORDER_PLAY_H
#define ASAHI_ORDER_PLAY_H

#include "asahi_order_case.h"

/**
 * asahi_order_play() - Play a case and hold each step against the model.
 *
 * Ends the case with the first step that is not as it should be, gives everything back, and only
 * then fails, with all values of that step that disagree. On another device than the simulated one
 * jobs are released before their queue goes, and what becomes of them is reported, not judged; but
 * it has to be something. Skips without soft faults, and after a case that
 * has hung.
 */
void asahi_order_play(const struct asahi_order_case *c);

#endif
