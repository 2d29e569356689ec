/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef AGX_FENCE_H
#define AGX_FENCE_H

#include <linux/dma-fence.h>

struct agx_device;

/**
 * DOC: Fences
 *
 * The fence of a submit is all that userspace can hold on to for ever, through a syncobj, a
 * sync_file or the reservation object of a shared BO. So it points at nothing of ours: its
 * names are constants and its lock is inside. Each has a context of its own, since submits of
 * one queue may end out of order and holders keep only the newest fence of a context.
 *
 * What it does need until it has signalled, on older kernels until it is freed, is this module:
 * see compat.h.
 */

struct dma_fence *agx_fence_create(struct agx_device *agx);
void agx_fence_discard(struct agx_device *agx, struct dma_fence *fence);
void agx_fence_signal(struct agx_device *agx, struct dma_fence *fence, int error);

#endif
