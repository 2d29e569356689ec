// SPDX-License-Identifier: GPL-2.0 OR MIT

#include <drm/drm_syncobj.h>

#include <linux/dma-fence-chain.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "asahi_drm.h"
#include "job.h"
#include "sync.h"

/* Bounds what one call makes the kernel allocate. */
#define MAX_SYNCS SZ_64K

/* A syncobj to signal. */
struct agx_out_sync {
	/* Owned. */
	struct drm_syncobj *syncobj;
	/* Node of its timeline, NULL if it is binary or once it has been used. Owned. */
	struct dma_fence_chain *chain;
	u64 point;
};

struct agx_syncs {
	unsigned int num_out;
	struct agx_out_sync out[] __counted_by(num_out);
};

static int sync_check(const struct drm_asahi_sync *sync)
{
	switch (sync->sync_type) {
	case DRM_ASAHI_SYNC_SYNCOBJ:
		return sync->timeline_value ? -EINVAL : 0;
	case DRM_ASAHI_SYNC_TIMELINE_SYNCOBJ:
		return 0;
	default:
		return -EINVAL;
	}
}

static int sync_add_in(struct drm_file *drm_file, struct agx_job *job,
		       const struct drm_asahi_sync *sync, u32 num_in)
{
	struct dma_fence *fence;
	int ret;

	ret = sync_check(sync);
	if (ret)
		return ret;

	/* -ENOENT for no such syncobj, -EINVAL for one with nothing there to wait for. */
	ret = drm_syncobj_find_fence(drm_file, sync->handle, sync->timeline_value, 0, &fence);
	if (ret)
		return ret;

	return agx_job_add_dep(job, fence, num_in);
}

static int sync_add_out(struct drm_file *drm_file, struct agx_syncs *syncs,
			const struct drm_asahi_sync *sync)
{
	struct agx_out_sync *out = &syncs->out[syncs->num_out];
	int ret;

	ret = sync_check(sync);
	if (ret)
		return ret;

	out->syncobj = drm_syncobj_find(drm_file, sync->handle);
	if (!out->syncobj)
		return -ENOENT;
	syncs->num_out++;

	if (sync->sync_type == DRM_ASAHI_SYNC_TIMELINE_SYNCOBJ) {
		out->point = sync->timeline_value;
		out->chain = dma_fence_chain_alloc();
		if (!out->chain)
			return -ENOMEM;
	}
	return 0;
}

/**
 * agx_syncs_create() - Take in the syncs of a submit.
 * @drm_file: file whose syncobjs are meant.
 * @job: job that is to wait for the first @num_in of them.
 * @array: user pointer to &struct drm_asahi_sync, in-syncs first; unused if there are none.
 * @num_in: number of in-syncs.
 * @num_out: number of out-syncs.
 *
 * Return: the out-syncs; -EFAULT; -EINVAL for a type, a value or an in-sync that cannot be;
 * -ENOENT for an unknown handle; -ENOMEM.
 */
struct agx_syncs *agx_syncs_create(struct drm_file *drm_file, struct agx_job *job, u64 array,
				   u32 num_in, u32 num_out)
{
	struct drm_asahi_sync *in = NULL;
	struct agx_syncs *syncs;
	u32 i, num;
	int ret = 0;

	if (check_add_overflow(num_in, num_out, &num))
		return ERR_PTR(-EINVAL);
	if (num > MAX_SYNCS)
		return ERR_PTR(-ENOMEM);

	if (num) {
		in = vmemdup_user(u64_to_user_ptr(array), num * sizeof(*in));
		if (IS_ERR(in))
			return ERR_CAST(in);
	}

	syncs = kvzalloc(struct_size(syncs, out, num_out), GFP_KERNEL_ACCOUNT);
	if (!syncs) {
		ret = -ENOMEM;
		goto out_free;
	}

	for (i = 0; i < num_in && !ret; i++)
		ret = sync_add_in(drm_file, job, &in[i], num_in);
	agx_job_merge_deps(job);
	for (; i < num && !ret; i++)
		ret = sync_add_out(drm_file, syncs, &in[i]);
	if (ret)
		agx_syncs_destroy(syncs);
out_free:
	kvfree(in);
	return ret ? ERR_PTR(ret) : syncs;
}

/**
 * agx_syncs_signal() - Tie the out-syncs to a fence.
 * @syncs: syncs.
 * @fence: fence of a submitted job. Borrowed.
 */
void agx_syncs_signal(struct agx_syncs *syncs, struct dma_fence *fence)
{
	unsigned int i;

	for (i = 0; i < syncs->num_out; i++) {
		struct agx_out_sync *out = &syncs->out[i];

		if (out->chain)
			drm_syncobj_add_point(out->syncobj, out->chain, fence, out->point);
		else
			drm_syncobj_replace_fence(out->syncobj, fence);
		out->chain = NULL;
	}
}

/**
 * agx_syncs_destroy() - Give up the out-syncs.
 * @syncs: syncs, signalled or not.
 */
void agx_syncs_destroy(struct agx_syncs *syncs)
{
	unsigned int i;

	for (i = 0; i < syncs->num_out; i++) {
		dma_fence_chain_free(syncs->out[i].chain);
		drm_syncobj_put(syncs->out[i].syncobj);
	}
	kvfree(syncs);
}
