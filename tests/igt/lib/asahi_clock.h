/* SPDX-License-Identifier: MIT */
/* The clock of the CPU, for tests that do something for a while or say how long it took. */
#ifndef ASAHI_CLOCK_H
#define ASAHI_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

/* Since some moment in the past, never going back. */
uint64_t asahi_now_ns(void);
uint64_t asahi_now_ms(void);

/**
 * asahi_patient() - Sleep for a millisecond, in a loop that looks for something.
 * @since: 0 at first; when the loop began.
 *
 * Returns false once the loop has gone on for asahi_hang_ms(), by the clock: a look may take long.
 */
bool asahi_patient(uint64_t *since);

#endif
