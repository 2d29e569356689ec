/* SPDX-License-Identifier: MIT */
/* The clock of the CPU, for tests that do something for a while or say how long it took. */
#ifndef ASAHI_CLOCK_H
#define ASAHI_CLOCK_H

#include <stdint.h>

/* Since some moment in the past, never going back. */
uint64_t asahi_now_ns(void);
uint64_t asahi_now_ms(void);

#endif
