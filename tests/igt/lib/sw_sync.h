/* SPDX-License-Identifier: MIT */
/* Sync file calls of libigt. */
#ifndef SW_SYNC_H
#define SW_SYNC_H

#include <stdint.h>

/* Timeout in ms, -1 for ever. Returns 0 when signalled, -ETIME when not. */
int sync_fence_wait(int fence, int timeout);

/* 0 unsignalled, 1 signalled, else the -errno that the fence was signalled with. */
int sync_fence_status(int fence);

int sync_fence_merge(int fence1, int fence2);

/* Timelines that userspace drives; skips where the kernel has none. */
void igt_require_sw_sync(void);
int sw_sync_timeline_create(void);
int sw_sync_timeline_create_fence(int timeline, uint32_t seqno);
void sw_sync_timeline_inc(int timeline, uint32_t count);

#endif
