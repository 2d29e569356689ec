/* SPDX-License-Identifier: MIT */
/* Sync file calls of libigt. */
#ifndef SW_SYNC_H
#define SW_SYNC_H

/* Timeout in ms, -1 for ever. Returns 0 when signalled, -ETIME when not. */
int sync_fence_wait(int fence, int timeout);

/* 0 unsignalled, 1 signalled, else the -errno that the fence was signalled with. */
int sync_fence_status(int fence);

int sync_fence_merge(int fence1, int fence2);

#endif
