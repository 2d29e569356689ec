// SPDX-License-Identifier: GPL-2.0 OR MIT

#include <drm/drm_file.h>

#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "agx_device.h"
#include "asahi_drm.h"
#include "cmdbuf.h"
#include "file.h"
#include "job.h"
#include "queue.h"
#include "submit.h"
#include "sync.h"

/* Bounds what one call makes the kernel allocate; 64 full commands take a quarter of it. */
#define MAX_CMDBUF_SIZE SZ_16M

static int submit_cmdbuf(struct agx_device *agx, struct agx_file *file, struct agx_job *job,
			 const struct drm_asahi_submit *args)
{
	void *buf;
	int ret;

	if (!args->cmdbuf_size)
		return -EINVAL;
	if (args->cmdbuf_size > MAX_CMDBUF_SIZE)
		return -ENOMEM;

	buf = vmemdup_user(u64_to_user_ptr(args->cmdbuf), args->cmdbuf_size);
	if (IS_ERR(buf))
		return PTR_ERR(buf);

	ret = agx_device_lost(agx) ? -ENODEV :
				     agx_cmdbuf_parse(file, job, buf, args->cmdbuf_size);
	kvfree(buf);
	return ret;
}

int agx_ioctl_submit(struct drm_device *drm, void *data, struct drm_file *drm_file)
{
	struct drm_asahi_submit *args = data;
	struct agx_file *file = drm_file->driver_priv;
	struct agx_queue *queue;
	struct agx_syncs *syncs;
	struct dma_fence *fence;
	struct agx_job *job;
	int ret;

	if (args->flags || args->pad)
		return -EINVAL;

	queue = agx_file_get_queue(file, args->queue_id);
	if (!queue)
		return -ENOENT;

	job = agx_job_create(queue, agx_file_stats(file));
	if (IS_ERR(job)) {
		ret = PTR_ERR(job);
		goto out_queue;
	}

	syncs = agx_syncs_create(drm_file, job, args->syncs, args->in_sync_count,
				 args->out_sync_count);
	if (IS_ERR(syncs)) {
		ret = PTR_ERR(syncs);
		goto err_job;
	}

	ret = submit_cmdbuf(to_agx(drm), file, job, args);
	if (ret)
		goto err_syncs;

	/* Once submitted the job may be over, and freed, at any time. */
	fence = dma_fence_get(job->fence);
	ret = agx_queue_submit(queue, job);
	if (!ret)
		agx_syncs_signal(syncs, fence);
	dma_fence_put(fence);
	if (ret)
		goto err_syncs;

	agx_syncs_destroy(syncs);
	agx_queue_put(queue);
	return 0;

err_syncs:
	agx_syncs_destroy(syncs);
err_job:
	agx_job_destroy(job);
out_queue:
	agx_queue_put(queue);
	return ret;
}
