// SPDX-License-Identifier: GPL-2.0 OR MIT

#include <linux/slab.h>

#include "agx_device.h"
#include "alloc.h"
#include "compat.h"
#include "fence.h"
#include "trace.h"

struct agx_fence {
	/** @base: first, because the core frees the fence by its address. */
	struct dma_fence base;

	/** @lock: the fence core's lock of @base, unless it has one itself. */
	spinlock_t lock;
};

static const char *agx_fence_get_driver_name(struct dma_fence *fence)
{
	return "asahi";
}

static const char *agx_fence_get_timeline_name(struct dma_fence *fence)
{
	return "queue";
}

/* No .wait, and no .release where the core then parts a signalled fence from these ops. */
static const struct dma_fence_ops agx_fence_ops = {
	.get_driver_name = agx_fence_get_driver_name,
	.get_timeline_name = agx_fence_get_timeline_name,
	.release = AGX_FENCE_RELEASE,
};

/**
 * agx_fence_create() - Make the fence of a submit.
 * @agx: device.
 *
 * Return: a reference to an unsignalled fence, to be ended by agx_fence_signal() or, unless
 * anybody else has seen it, by agx_fence_discard(). NULL without memory.
 */
struct dma_fence *agx_fence_create(struct agx_device *agx)
{
	struct agx_fence *fence = kzalloc(sizeof(*fence), GFP_KERNEL_ACCOUNT);

	if (!fence)
		return NULL;

	agx_fence_hold_module();
	dma_fence_init(&fence->base, &agx_fence_ops, agx_fence_lock(&fence->lock),
		       dma_fence_context_alloc(1), 1);
	agx_count_inc(agx, AGX_TYPE_FENCE);
	return &fence->base;
}

/**
 * agx_fence_discard() - Give up a fence that nobody has seen.
 * @agx: device.
 * @fence: fence; the reference of its creator is put.
 */
void agx_fence_discard(struct agx_device *agx, struct dma_fence *fence)
{
	agx_count_dec(agx, AGX_TYPE_FENCE);
	dma_fence_put(fence);
}

/**
 * agx_fence_signal() - End a submit.
 * @agx: device.
 * @fence: its fence, unsignalled. Borrowed: the caller still holds its reference.
 * @error: 0, or a negative errno for whoever asks.
 *
 * Context: any, hard interrupts included.
 */
void agx_fence_signal(struct agx_device *agx, struct dma_fence *fence, int error)
{
	if (error)
		dma_fence_set_error(fence, error);

	trace_agx_fence_signal(fence->context, error);

	/* First, so that nobody who has seen the signal can still see the count. */
	agx_count_dec(agx, AGX_TYPE_FENCE);
	dma_fence_signal(fence);
}
