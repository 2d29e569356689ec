/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef AGX_SYNC_H
#define AGX_SYNC_H

#include <linux/types.h>

struct agx_job;
struct agx_syncs;
struct dma_fence;
struct drm_file;

/**
 * DOC: Syncobjs of a submit
 *
 * In-syncs become fences that the job waits for. Out-syncs are looked up, and all memory that
 * they need is allocated, before the job is submitted; they are touched only afterwards.
 */

struct agx_syncs *agx_syncs_create(struct drm_file *drm_file, struct agx_job *job, u64 array,
				   u32 num_in, u32 num_out);
void agx_syncs_signal(struct agx_syncs *syncs, struct dma_fence *fence);
void agx_syncs_destroy(struct agx_syncs *syncs);

#endif
