// SPDX-License-Identifier: GPL-2.0 OR MIT

#include <linux/bitmap.h>
#include <linux/dma-fence.h>

#include "agx_device.h"
#include "agx_uat.h"
#include "gpu.h"
#include "trace.h"

#define WHOLE_SPACE BIT_ULL(AGX_UAT_VA_BITS)

/**
 * agx_gpu_start() - Power the GPU up.
 * @agx: device.
 * @pdata: the GPU's side of the border.
 * @client: the driver's side; valid until agx_gpu_stop() returns.
 *
 * Return: 0 or what the GPU says.
 */
int agx_gpu_start(struct agx_device *agx, const struct agx_hw_pdata *pdata,
		  const struct agx_hw_client *client)
{
	struct agx_gpu *gpu = &agx->gpu;
	int ret;

	mutex_init(&gpu->lock);
	INIT_LIST_HEAD(&gpu->idle);
	bitmap_fill(gpu->free, AGX_HW_CONTEXTS);
	__clear_bit(AGX_HW_KERNEL_CONTEXT, gpu->free);

	pdata->ops->get_info(pdata->hw, &agx->info);

	/* Locked, for the reset that a crash in between asks for. */
	mutex_lock(&gpu->lock);
	ret = pdata->ops->start(pdata->hw, client);
	if (!ret) {
		gpu->ops = pdata->ops;
		gpu->hw = pdata->hw;
	}
	mutex_unlock(&gpu->lock);
	return ret;
}

/**
 * agx_gpu_stop() - Take every job off the GPU and let go of it.
 * @agx: device.
 *
 * Jobs end with -ENODEV. Nothing crosses the border any more, in either direction, when this
 * returns.
 */
void agx_gpu_stop(struct agx_device *agx)
{
	struct agx_gpu *gpu = &agx->gpu;

	mutex_lock(&gpu->lock);
	if (gpu->ops)
		gpu->ops->stop(gpu->hw);
	gpu->ops = NULL;
	gpu->hw = NULL;
	mutex_unlock(&gpu->lock);
}

/**
 * agx_gpu_time() - Read the GPU's clock.
 * @agx: device.
 *
 * Return: ticks, or 0 without a GPU.
 */
u64 agx_gpu_time(struct agx_device *agx)
{
	struct agx_gpu *gpu = &agx->gpu;
	u64 now = 0;

	mutex_lock(&gpu->lock);
	if (gpu->ops)
		now = gpu->ops->get_time(gpu->hw);
	mutex_unlock(&gpu->lock);
	return now;
}

static void gpu_set_root(struct agx_gpu *gpu, u32 slot, dma_addr_t root)
{
	lockdep_assert_held(&gpu->lock);

	gpu->roots[slot] = root;
	gpu->ops->set_root(gpu->hw, slot, root);
}

/* Find @context a place, at the cost of the one that has been idle longest if need be. */
static int context_place(struct agx_gpu *gpu, struct agx_context *context)
{
	struct agx_context *victim;
	u32 slot;

	lockdep_assert_held(&gpu->lock);

	if (context->slot)
		return 0;

	slot = find_first_bit(gpu->free, AGX_HW_CONTEXTS);
	if (slot < AGX_HW_CONTEXTS) {
		__clear_bit(slot, gpu->free);
		gpu_set_root(gpu, slot, context->root);
	} else {
		victim = list_first_entry_or_null(&gpu->idle, struct agx_context, idle);
		if (!victim)
			return -EBUSY;

		slot = victim->slot;
		list_del_init(&victim->idle);
		victim->slot = 0;
		trace_agx_context_steal(victim->id, slot);
		gpu_set_root(gpu, slot, context->root);
		gpu->ops->flush(gpu->hw, slot, 0, WHOLE_SPACE);
	}

	context->slot = slot;
	trace_agx_context_place(context->id, slot);
	return 0;
}

/**
 * agx_gpu_submit() - Put a job on the GPU.
 * @agx: device.
 * @job: job; the GPU's until its completion is reported.
 * @context: address space to run in; gets a place on the GPU, held until agx_gpu_retire().
 *
 * Return: 0; -EBUSY if all places are taken by running jobs; -ENODEV without a GPU.
 */
int agx_gpu_submit(struct agx_device *agx, struct agx_hw_job *job, struct agx_context *context)
{
	struct agx_gpu *gpu = &agx->gpu;
	int ret = -ENODEV;

	mutex_lock(&gpu->lock);
	if (!gpu->ops)
		goto out_unlock;

	ret = context_place(gpu, context);
	if (ret)
		goto out_unlock;

	context->jobs++;
	list_del_init(&context->idle);
	job->context = context->slot;
	gpu->ops->submit(gpu->hw, job);
out_unlock:
	mutex_unlock(&gpu->lock);
	return ret;
}

/**
 * agx_gpu_retire() - Give up the hold of a finished job on its context.
 * @agx: device.
 * @context: what the job ran in.
 */
void agx_gpu_retire(struct agx_device *agx, struct agx_context *context)
{
	struct agx_gpu *gpu = &agx->gpu;

	mutex_lock(&gpu->lock);
	if (!--context->jobs)
		list_add_tail(&context->idle, &gpu->idle);
	mutex_unlock(&gpu->lock);
}

/**
 * agx_gpu_cancel() - Ask for a job to be taken off the GPU.
 * @agx: device.
 * @job: submitted job; the caller keeps its memory.
 * @error: what to report it with.
 */
void agx_gpu_cancel(struct agx_device *agx, struct agx_hw_job *job, int error)
{
	struct agx_gpu *gpu = &agx->gpu;

	mutex_lock(&gpu->lock);
	if (gpu->ops)
		gpu->ops->cancel(gpu->hw, job, error);
	mutex_unlock(&gpu->lock);
}

/**
 * agx_gpu_reset() - Bring the GPU back.
 * @agx: device.
 *
 * Jobs that have been cancelled and the one that a crash is blamed on have been taken off when this
 * returns, and all others go on. Sleeps, but allocates nothing and waits for no fence.
 */
void agx_gpu_reset(struct agx_device *agx)
{
	struct agx_gpu *gpu = &agx->gpu;
	u32 slot;

	mutex_lock(&gpu->lock);
	if (gpu->ops) {
		gpu->ops->reset(gpu->hw);
		for (slot = 0; slot < AGX_HW_CONTEXTS; slot++)
			if (gpu->roots[slot])
				gpu->ops->set_root(gpu->hw, slot, gpu->roots[slot]);
		gpu->ops->resume(gpu->hw);
	}
	mutex_unlock(&gpu->lock);
}

/**
 * agx_context_init() - Set up an address space's place on the GPU: none yet.
 * @context: context.
 * @root: bus address of its top table.
 */
void agx_context_init(struct agx_context *context, dma_addr_t root)
{
	context->root = root;
	INIT_LIST_HEAD(&context->idle);
}

/**
 * agx_context_release() - Cut an address space off the GPU.
 * @agx: device.
 * @context: context without jobs.
 *
 * The GPU can translate nothing through it when this returns.
 */
void agx_context_release(struct agx_device *agx, struct agx_context *context)
{
	struct agx_gpu *gpu = &agx->gpu;

	mutex_lock(&gpu->lock);
	WARN_ON_ONCE(context->jobs);
	if (context->slot) {
		if (gpu->ops) {
			gpu_set_root(gpu, context->slot, 0);
			gpu->ops->flush(gpu->hw, context->slot, 0, WHOLE_SPACE);
		}
		trace_agx_context_release(context->id, context->slot);
		__set_bit(context->slot, gpu->free);
		list_del_init(&context->idle);
		context->slot = 0;
	}
	mutex_unlock(&gpu->lock);
}

/**
 * agx_context_flush() - Make the GPU forget translations.
 * @agx: device.
 * @context: address space whose tables have changed.
 * @addr: first address.
 * @size: length.
 *
 * A context without a place needs nothing: the GPU knows nothing of it.
 */
void agx_context_flush(struct agx_device *agx, struct agx_context *context, u64 addr, u64 size)
{
	struct agx_gpu *gpu = &agx->gpu;

	mutex_lock(&gpu->lock);
	if (gpu->ops && context->slot) {
		gpu->ops->flush(gpu->hw, context->slot, addr, size);
		trace_agx_context_flush(context->id, context->slot, addr, size);
	}
	mutex_unlock(&gpu->lock);
}

/**
 * agx_gpu_set_kernel_root() - Set the kernel's own address space.
 * @agx: device.
 * @root: bus address of its top table.
 */
void agx_gpu_set_kernel_root(struct agx_device *agx, dma_addr_t root)
{
	struct agx_gpu *gpu = &agx->gpu;

	mutex_lock(&gpu->lock);
	if (gpu->ops)
		gpu_set_root(gpu, AGX_HW_KERNEL_CONTEXT, root);
	mutex_unlock(&gpu->lock);
}

/**
 * agx_gpu_flush_kernel() - Like agx_context_flush(), for the kernel's address space.
 * @agx: device.
 * @addr: first address.
 * @size: length.
 */
void agx_gpu_flush_kernel(struct agx_device *agx, u64 addr, u64 size)
{
	struct agx_gpu *gpu = &agx->gpu;

	mutex_lock(&gpu->lock);
	if (gpu->ops)
		gpu->ops->flush(gpu->hw, AGX_HW_KERNEL_CONTEXT, addr, size);
	mutex_unlock(&gpu->lock);
}
