/* SPDX-License-Identifier: MIT */
/* Syncobjs as SUBMIT sees them. */
#ifndef ASAHI_SYNC_H
#define ASAHI_SYNC_H

#include <stdbool.h>
#include <stdint.h>

#include "asahi_drm.h"

struct drm_asahi_sync asahi_sync_binary(uint32_t handle);
struct drm_asahi_sync asahi_sync_point(uint32_t handle, uint64_t point);

/** asahi_sync_export() - The fence of a binary syncobj as a new sync file. */
int asahi_sync_export(int fd, uint32_t handle);

/** asahi_sync_has_fence() - Whether a binary syncobj has a fence, signalled or not. */
bool asahi_sync_has_fence(int fd, uint32_t handle);

/** asahi_sync_wait() - Wait until a binary syncobj signals; fails if it does not. */
void asahi_sync_wait(int fd, uint32_t handle);

/** asahi_sync_wait_point() - The same for a point of a timeline. */
void asahi_sync_wait_point(int fd, uint32_t handle, uint64_t point);

/** asahi_sync_is_busy() - Whether a binary syncobj has not signalled. */
bool asahi_sync_is_busy(int fd, uint32_t handle);

/** asahi_sync_is_busy_point() - Whether a point that was submitted has not signalled. */
bool asahi_sync_is_busy_point(int fd, uint32_t handle, uint64_t point);

#endif
