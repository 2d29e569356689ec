// SPDX-License-Identifier: MIT
/* What the GPU finds in a VM. */
#include <string.h>
#include <unistd.h>

#include "asahi_ioctl.h"
#include "asahi_job.h"
#include "asahi_model_calls.h"
#include "asahi_sync.h"
#include "sw_sync.h"

#define NONE DRM_ASAHI_BARRIER_NONE

/* What there is where nothing has been read. */
#define UNTOUCHED 0xa5

/* Look through a queue; returns 0 or -errno, also of the fence. */
static int look(struct asahi_model_run *run, unsigned int fd, uint32_t queue_id)
{
	uint32_t own = run->m->files[run->m->fds[fd]].sync;
	struct drm_asahi_sync out = asahi_sync_binary(own);
	struct asahi_cmdbuf cmdbuf = { 0 };
	struct drm_asahi_submit req = {
		.syncs = (uintptr_t)&out,
		.cmdbuf = (uintptr_t)cmdbuf.data,
		.queue_id = queue_id,
		.out_sync_count = 1,
	};
	int fence, ret;

	asahi_cmdbuf_compute(&cmdbuf, &run->scene->look.compute, NONE, NONE);
	req.cmdbuf_size = cmdbuf.size;
	memset((void *)run->scene->seen, UNTOUCHED,
	       ASAHI_MODEL_WINDOW_PAGES * sizeof(*run->scene->seen));
	ret = __asahi_submit(run->fds[fd], &req);
	if (!ret)
		ret = asahi_call_export_fence(run->fds[fd], own, &fence);
	if (ret)
		return ret;

	ret = asahi_model_scene_wait(run->scene, fence);
	if (!ret)
		ret = sync_fence_status(fence);
	close(fence);
	return ret == 1 ? 0 : ret;
}

/* A number that means object @index in an open file, which is told; 0 if there is none. */
static uint32_t find_number(const struct asahi_model *m, enum asahi_model_kind kind, int index,
			    unsigned int *fd)
{
	unsigned int i;

	for (*fd = 0; *fd < ASAHI_MODEL_FILES; ++*fd) {
		for (i = 0; m->fds[*fd] >= 0 && i < ASAHI_MODEL_TABLE; i++) {
			const struct asahi_model_entry *entry =
				&m->files[m->fds[*fd]].tables[kind][i];

			if (entry->number && entry->index == index)
				return entry->number;
		}
	}
	return 0;
}

static bool queue_idle(const struct asahi_model *m, int queue)
{
	unsigned int i;

	for (i = 0; i < ASAHI_MODEL_MAX_JOBS; i++)
		if (m->jobs[i].state && m->jobs[i].queue == queue)
			return false;
	return true;
}

int asahi_model_call_look(struct asahi_model_run *run, int vm)
{
	const struct asahi_model *m = run->m;
	uint32_t vm_id, queue_id;
	unsigned int fd, i;
	int ret, again;

	if (!asahi_model_has_arena(&m->vms[vm]))
		return 1;

	/* With a queue of our own while the VM can be named, else with one of the program. */
	vm_id = find_number(m, ASAHI_KIND_VM, vm, &fd);
	if (vm_id) {
		ret = __asahi_queue_create(run->fds[fd], vm_id, 1, ASAHI_MODEL_USC_BASE, &queue_id);
		if (ret)
			return ret;
		ret = look(run, fd, queue_id);
		again = __asahi_queue_destroy(run->fds[fd], queue_id);
		return ret ? ret : again;
	}
	for (i = 0; i < ASAHI_MODEL_MAX_QUEUES; i++) {
		if (!m->queues[i].used || m->queues[i].vm != vm || !m->queues[i].usc ||
		    !queue_idle(m, i))
			continue;
		queue_id = find_number(m, ASAHI_KIND_QUEUE, i, &fd);
		if (queue_id)
			return look(run, fd, queue_id);
	}
	return 1;
}
