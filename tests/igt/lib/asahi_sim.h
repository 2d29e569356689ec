/* SPDX-License-Identifier: MIT */
/**
 * DOC: Controls of the simulated GPU
 *
 * The simulated GPU can be told in debugfs to hold commands back, to hang, to fault or to crash;
 * kernel/sim/README.md has the list. Its limits and the driver's are parameters of their modules.
 * Whatever a subtest asks for is undone by the next asahi_sim_require() and when the program ends.
 */
#ifndef ASAHI_SIM_H
#define ASAHI_SIM_H

#include <stdbool.h>
#include <stddef.h>

/** asahi_has_sim() - Whether there are the controls. */
bool asahi_has_sim(void);

/** asahi_sim_require() - Skip without the controls, and undo what has been changed. */
void asahi_sim_require(void);

/** asahi_sim_set() - Write to a control; fails if it is refused. */
void asahi_sim_set(const char *control, const char *value);

/** __asahi_sim_set() - The same, returns 0 or -errno. */
int __asahi_sim_set(const char *control, const char *value);

/** asahi_sim_get() - Read a control, without the newline. */
void asahi_sim_get(const char *control, char *value, size_t size);

/** asahi_sim_assert() - A control reads so. */
void asahi_sim_assert(const char *control, const char *value);

/** asahi_sim_wait() - Wait until a control reads so. */
void asahi_sim_wait(const char *control, const char *value);

/* Engine time of a job, and time of a job on the GPU, in milliseconds. */
void asahi_sim_time_limit(unsigned int ms);
void asahi_sim_hang_limit(unsigned int ms);

/**
 * asahi_sim_lift_limits() - Let a job that spins outlive a subtest that takes long on a busy
 * machine; without the controls do nothing.
 */
void asahi_sim_lift_limits(void);

/**
 * asahi_sim_restore() - Undo all that this process has set; before each subtest and at the end.
 */
void asahi_sim_restore(void);

#endif
