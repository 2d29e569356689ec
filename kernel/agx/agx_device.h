/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef AGX_DEVICE_H
#define AGX_DEVICE_H

#include <drm/drm_device.h>

#include "agx_hw.h"
#include "alloc.h"
#include "coredump.h"
#include "gpu.h"
#include "object.h"
#include "queue.h"
#include "reclaim.h"
#include "reset.h"
#include "sched.h"

/** struct agx_device - One GPU. */
struct agx_device {
	/** @drm: the DRM device; its reference count is ours. */
	struct drm_device drm;

	/** @info: what the GPU is. Constant. */
	struct agx_hw_info info;

	/** @alloc: live objects by type. */
	struct agx_alloc alloc;

	/** @gpu: the border. */
	struct agx_gpu gpu;

	/** @sched: who runs when. */
	struct agx_sched sched;

	/** @reset: jobs that do not end, and what is done about them. */
	struct agx_reset reset;

	/** @coredump: what is written down of faults. */
	struct agx_coredump coredump;

	/** @kernel_vm: where timestamp objects are mapped. */
	struct agx_kernel_vm kernel_vm;

	/** @abandoned: queues that are left over from a lost GPU. */
	struct agx_abandoned abandoned;

	/** @reclaim: which BOs can be evicted. */
	struct agx_reclaim reclaim;

	/** @lost: a job would not leave the GPU; set once, for good. Read without a lock. */
	bool lost;

	/** @next_id: debug ids, for traces and logs only. */
	atomic64_t next_id;
};

static inline struct agx_device *to_agx(struct drm_device *drm)
{
	return container_of(drm, struct agx_device, drm);
}

/** agx_device_lost() - Whether the GPU is beyond recovery, so that nothing more may be run. */
static inline bool agx_device_lost(struct agx_device *agx)
{
	return READ_ONCE(agx->lost);
}

/** agx_device_time() - The GPU's clock, in its ticks. */
static inline u64 agx_device_time(struct agx_device *agx)
{
	return agx_gpu_time(agx);
}

#endif
