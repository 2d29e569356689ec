/* SPDX-License-Identifier: MIT */
/* The file that a recording goes to. To be called with preload_lock held. */
#ifndef AGX_CLI_PRELOAD_OUT_H
#define AGX_CLI_PRELOAD_OUT_H

#include "recording.h"

/* Whether there is a recording to be made: the environment says so. */
bool out_init(void);

/* Contents are wanted. */
bool out_contents(void);

/* This process, as records have it; a copy by vfork() has another number. */
uint32_t out_pid(void);

uint64_t out_now(void);

/*
 * A record. The first one of a process is preceded by one that says that it begins. What cannot be
 * written ends the recording of this process.
 */
struct rec_buffer *out_begin(enum rec_type type);
void out_end(void);

/* In a copy of a process; whether it has anything open that the recording knows. */
void out_forked(bool open);

/* The process ends. */
void out_exit(void);

#endif /* AGX_CLI_PRELOAD_OUT_H */
