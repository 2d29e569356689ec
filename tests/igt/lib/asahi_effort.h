/* SPDX-License-Identifier: MIT */
/* How often is often enough. */
#ifndef ASAHI_EFFORT_H
#define ASAHI_EFFORT_H

/**
 * asahi_rounds() - How often to try what chance decides.
 * @most: where nothing else is said.
 *
 * In the environment ASAHI_EFFORT can say how many percent of them there is time for, for machines
 * on which everything takes ten times as long.
 *
 * Returns 1 at least, unless @most is 0.
 */
unsigned int asahi_rounds(unsigned int most);

#endif
