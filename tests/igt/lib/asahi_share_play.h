/* SPDX-License-Identifier: MIT */
/**
 * DOC: Shared memory is given up
 *
 * Does with a device what struct asahi_share says can be done, with the maker in a process of its
 * own, and compares after each step: return values, the number of live objects, and the contents
 * in every way that there still is, by CPU and GPU, each of which then also writes.
 */
#ifndef ASAHI_SHARE_PLAY_H
#define ASAHI_SHARE_PLAY_H

#include "asahi_share.h"

/** asahi_share_play() - Make what @c begins with, take its steps, and compare. */
void asahi_share_play(const struct asahi_share_case *c);

#endif
