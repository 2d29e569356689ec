// SPDX-License-Identifier: MIT
#include <stdatomic.h>
#include <stdlib.h>

#include <asahi_drm.h>
#include <drm_agx.h>

#include "private.h"

struct drm_agx_queue {
	atomic_uint refs;

	/* Owns a reference. */
	struct drm_agx_vm *vm;

	uint32_t id;
};

static int agxi_queue_fd(const struct drm_agx_queue *queue)
{
	return drm_agx_device_fd(drm_agx_vm_device(queue->vm));
}

agxi_public int drm_agx_queue_create(struct drm_agx_vm *vm, uint32_t priority,
				     struct drm_agx_queue **out)
{
	struct drm_asahi_queue_create args = {
		.vm_id = drm_agx_vm_id(vm),
		.priority = priority,
		.usc_exec_base = drm_agx_vm_usc_base(vm),
	};
	struct drm_agx_queue *queue;
	int ret;

	queue = calloc(1, sizeof(*queue));
	if (!queue)
		return agxi_error(ENOMEM);

	ret = drm_agx_ioctl_queue_create(drm_agx_device_fd(drm_agx_vm_device(vm)), &args,
					 sizeof(args));
	if (ret) {
		free(queue);
		return agxi_error(-ret);
	}

	atomic_init(&queue->refs, 1);
	queue->vm = drm_agx_vm_ref(vm);
	queue->id = args.queue_id;
	*out = queue;
	return 0;
}

agxi_public struct drm_agx_queue *drm_agx_queue_ref(struct drm_agx_queue *queue)
{
	atomic_fetch_add(&queue->refs, 1);
	return queue;
}

agxi_public void drm_agx_queue_unref(struct drm_agx_queue *queue)
{
	struct drm_asahi_queue_destroy args = { 0 };

	if (!queue || atomic_fetch_sub(&queue->refs, 1) != 1)
		return;

	args.queue_id = queue->id;
	drm_agx_ioctl_queue_destroy(agxi_queue_fd(queue), &args, sizeof(args));
	drm_agx_vm_unref(queue->vm);
	free(queue);
}

agxi_public uint32_t drm_agx_queue_id(const struct drm_agx_queue *queue)
{
	return queue->id;
}

agxi_public struct drm_agx_vm *drm_agx_queue_vm(const struct drm_agx_queue *queue)
{
	return queue->vm;
}
