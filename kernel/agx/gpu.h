/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef AGX_GPU_H
#define AGX_GPU_H

#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/types.h>

#include "agx_hw.h"

struct agx_device;

/**
 * DOC: The GPU, as the driver sees it
 *
 * Every call across the border is made here, under one lock, so that agx_gpu_stop() can say
 * when the last of them has been made.
 *
 * The GPU holds the roots of %AGX_HW_CONTEXTS address spaces. One is the kernel's; a VM gets one
 * of the others when a job of it starts and keeps it for as long as nobody else needs it.
 */

/** struct agx_context - An address space's place on the GPU. Embedded in its owner. */
struct agx_context {
	/** @root: bus address of the top table. Constant. */
	dma_addr_t root;
	/** @id: debug id of its owner. Constant. */
	u64 id;
	/** @slot: place on the GPU, 0 for none. Under agx_gpu.lock. */
	u32 slot;
	/** @jobs: jobs on the GPU that run in it. Under agx_gpu.lock. */
	unsigned int jobs;
	/** @idle: entry of agx_gpu.idle while it has a place but no job. */
	struct list_head idle;
};

/** struct agx_gpu - Embedded in the device. */
struct agx_gpu {
	/**
	 * @lock: serialises calls across the border and the use of contexts. Innermost but for
	 * the locks of the GPU itself. Never held while memory is allocated, nor in interrupts.
	 */
	struct mutex lock;

	/** @ops: the GPU's side. NULL once it has been stopped. Under @lock. Borrowed. */
	const struct agx_hw_ops *ops;

	/** @hw: the GPU. Under @lock. Borrowed. */
	struct agx_hw *hw;

	/** @free: places that no context has. Under @lock. */
	DECLARE_BITMAP(free, AGX_HW_CONTEXTS);

	/** @roots: what each place was set to. Under @lock. */
	dma_addr_t roots[AGX_HW_CONTEXTS];

	/** @idle: contexts with a place and no job, longest idle first. Borrowed, under @lock. */
	struct list_head idle;
};

int agx_gpu_start(struct agx_device *agx, const struct agx_hw_pdata *pdata,
		  const struct agx_hw_client *client);
void agx_gpu_stop(struct agx_device *agx);
u64 agx_gpu_time(struct agx_device *agx);

int agx_gpu_submit(struct agx_device *agx, struct agx_hw_job *job, struct agx_context *context);
void agx_gpu_retire(struct agx_device *agx, struct agx_context *context);
void agx_gpu_cancel(struct agx_device *agx, struct agx_hw_job *job, int error);
void agx_gpu_reset(struct agx_device *agx);

void agx_context_init(struct agx_context *context, dma_addr_t root);
void agx_context_release(struct agx_device *agx, struct agx_context *context);
void agx_context_flush(struct agx_device *agx, struct agx_context *context, u64 addr, u64 size);

void agx_gpu_set_kernel_root(struct agx_device *agx, dma_addr_t root);
void agx_gpu_flush_kernel(struct agx_device *agx, u64 addr, u64 size);

#endif
