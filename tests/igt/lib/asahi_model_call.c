// SPDX-License-Identifier: MIT
/* Steps as calls. */
#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>
#include <xf86drm.h>

#include "asahi_device.h"
#include "asahi_ioctl.h"
#include "asahi_job.h"
#include "asahi_model_call.h"
#include "asahi_sync.h"
#include "igt.h"
#include "sw_sync.h"

#define NONE DRM_ASAHI_BARRIER_NONE

/* Larger than what any kernel wants to read. */
#define HUGE_CMDBUF 0xf0000000u

/* What a buffer has in it where nothing has been written. */
#define UNTOUCHED 0xa5

static uint32_t number(const struct asahi_model_run *run, const struct asahi_model_step *step,
		       enum asahi_model_kind kind, unsigned int arg)
{
	return asahi_model_resolve(run->m, step->file, kind, step->arg[arg]);
}

static int file(const struct asahi_model_run *run, const struct asahi_model_step *step)
{
	return run->fds[step->file];
}

static int open_file(struct asahi_model_run *run, const struct asahi_model_step *step,
		     struct asahi_model_result *result)
{
	struct drm_syncobj_create sync = { 0 };
	struct drm_prime_handle prime = { .fd = run->scene->dma_buf };
	int ret, fd = asahi_model_scene_open(run->scene);

	run->fds[step->file] = fd;
	ret = asahi_ioctl(fd, DRM_IOCTL_SYNCOBJ_CREATE, &sync);
	if (!ret)
		ret = asahi_ioctl(fd, DRM_IOCTL_PRIME_FD_TO_HANDLE, &prime);
	result->number = prime.handle;
	result->sync = sync.handle;
	return ret;
}

static int get_params(struct asahi_model_run *run, const struct asahi_model_step *step,
		      struct asahi_model_result *result)
{
	uint64_t size = step->arg[ASAHI_PARAMS_SIZE], i, filled;
	uint8_t buf[2048], *known = (uint8_t *)&run->scene->client.params;
	struct drm_asahi_get_params req = {
		.param_group = step->arg[ASAHI_PARAMS_GROUP],
		.pad = step->arg[ASAHI_PARAMS_PAD],
		.pointer = step->arg[ASAHI_PARAMS_BAD] ? run->scene->hole : (uintptr_t)buf,
		.size = size,
	};
	int ret;

	memset(buf, UNTOUCHED, sizeof(buf));
	ret = asahi_ioctl(file(run, step), DRM_IOCTL_ASAHI_GET_PARAMS, &req);
	filled = ret || step->arg[ASAHI_PARAMS_BAD] ? 0 : size;
	if (filled > sizeof(run->scene->client.params))
		filled = sizeof(run->scene->client.params);
	for (i = 0; i < sizeof(buf); i++)
		if (buf[i] != (i < filled ? known[i] : UNTOUCHED))
			result->wrong = i < filled ? "the parameters are not what they were" :
						     "the buffer was written behind its end";
	return ret;
}

static int get_time(struct asahi_model_run *run, const struct asahi_model_step *step,
		    struct asahi_model_result *result)
{
	struct drm_asahi_get_time req = { .flags = step->arg[ASAHI_TIME_FLAGS] };
	int ret = asahi_ioctl(file(run, step), DRM_IOCTL_ASAHI_GET_TIME, &req);

	if (ret)
		return ret;
	if (req.gpu_timestamp < run->time)
		result->wrong = "time went back";
	run->time = req.gpu_timestamp;
	return 0;
}

static int map_arena(struct asahi_model_run *run, const struct asahi_model_step *step,
		     const struct asahi_model *next, uint32_t vm_id, int vm)
{
	uint32_t arena = next->files[next->fds[step->file]].arena;

	if (!asahi_model_has_arena(&next->vms[vm]))
		return 0;
	return __asahi_vm_map(file(run, step), vm_id, arena, 0, ASAHI_MODEL_ARENA_SIZE,
			      ASAHI_MODEL_ARENA, ASAHI_RW);
}

static int vm_create(struct asahi_model_run *run, const struct asahi_model_step *step,
		     const struct asahi_model *next, struct asahi_model_result *result)
{
	struct drm_asahi_vm_create req = {
		.kernel_start = step->arg[ASAHI_VM_START],
		.kernel_end = step->arg[ASAHI_VM_END],
		.pad = step->arg[ASAHI_VM_PAD],
	};
	int ret = asahi_ioctl(file(run, step), DRM_IOCTL_ASAHI_VM_CREATE, &req);

	result->number = req.vm_id;
	if (!ret && next->born.kind == ASAHI_KIND_VM &&
	    map_arena(run, step, next, req.vm_id, next->born.index))
		result->wrong = "the code of jobs cannot be mapped";
	return ret;
}

static int arena_again(struct asahi_model_run *run, const struct asahi_model_step *step,
		       const struct asahi_model *next)
{
	uint32_t vm_id = number(run, step, ASAHI_KIND_VM, ASAHI_ARG_ID);

	return map_arena(run, step, next, vm_id,
			 asahi_model_lookup(run->m, step->file, ASAHI_KIND_VM, vm_id));
}

static int vm_bind(struct asahi_model_run *run, const struct asahi_model_step *step)
{
	uint8_t array[ASAHI_MODEL_OPS * 64];
	struct drm_asahi_vm_bind req = {
		.vm_id = number(run, step, ASAHI_KIND_VM, ASAHI_BIND_VM),
		.num_binds = step->arg[ASAHI_BIND_COUNT],
		.stride = step->arg[ASAHI_BIND_STRIDE],
		.pad = step->arg[ASAHI_BIND_PAD],
		.userptr = step->arg[ASAHI_BIND_BAD] == ASAHI_BAD_POINTER ? run->scene->hole :
									    (uintptr_t)array,
	};

	asahi_model_bind_array(run->m, step, array);
	return asahi_ioctl(file(run, step), DRM_IOCTL_ASAHI_VM_BIND, &req);
}

static int gem_create(struct asahi_model_run *run, const struct asahi_model_step *step,
		      struct asahi_model_result *result)
{
	struct drm_asahi_gem_create req = {
		.size = step->arg[ASAHI_GEM_SIZE],
		.flags = step->arg[ASAHI_GEM_FLAGS],
		.vm_id = number(run, step, ASAHI_KIND_VM, ASAHI_GEM_VM),
		.pad = step->arg[ASAHI_GEM_PAD],
	};
	int ret = asahi_ioctl(file(run, step), DRM_IOCTL_ASAHI_GEM_CREATE, &req);

	result->number = req.handle;
	return ret;
}

static int mmap_offset(struct asahi_model_run *run, const struct asahi_model_step *step,
		       struct asahi_model_result *result)
{
	struct drm_asahi_gem_mmap_offset req = {
		.handle = number(run, step, ASAHI_KIND_BO, ASAHI_BO_ID),
		.flags = step->arg[ASAHI_BO_FLAGS],
	};
	int ret = asahi_ioctl(file(run, step), DRM_IOCTL_ASAHI_GEM_MMAP_OFFSET, &req);

	if (!ret && (!req.offset || req.offset % 4096))
		result->wrong = "this is no offset to map";
	return ret;
}

static int gem_bind_object(struct asahi_model_run *run, const struct asahi_model_step *step,
			   struct asahi_model_result *result)
{
	struct drm_asahi_gem_bind_object req = {
		.op = step->arg[ASAHI_OBJECT_OP],
		.flags = step->arg[ASAHI_OBJECT_FLAGS],
		.handle = number(run, step, ASAHI_KIND_BO, ASAHI_OBJECT_BO),
		.vm_id = number(run, step, ASAHI_KIND_VM, ASAHI_OBJECT_VM),
		.offset = step->arg[ASAHI_OBJECT_OFFSET],
		.range = step->arg[ASAHI_OBJECT_RANGE],
		.object_handle = number(run, step, ASAHI_KIND_OBJECT, ASAHI_OBJECT_ID),
		.pad = step->arg[ASAHI_OBJECT_PAD],
	};
	int ret = asahi_ioctl(file(run, step), DRM_IOCTL_ASAHI_GEM_BIND_OBJECT, &req);

	result->number = req.object_handle;
	return ret;
}

static int queue_create(struct asahi_model_run *run, const struct asahi_model_step *step,
			struct asahi_model_result *result)
{
	uint64_t usc = step->arg[ASAHI_QUEUE_USC];
	struct drm_asahi_queue_create req = {
		.flags = step->arg[ASAHI_QUEUE_FLAGS],
		.vm_id = number(run, step, ASAHI_KIND_VM, ASAHI_QUEUE_VM),
		.priority = step->arg[ASAHI_QUEUE_PRIORITY],
		.usc_exec_base = usc ? usc : ASAHI_MODEL_USC_BASE,
	};
	int ret = asahi_ioctl(file(run, step), DRM_IOCTL_ASAHI_QUEUE_CREATE, &req);

	result->number = req.queue_id;
	return ret;
}

static int vm_destroy(struct asahi_model_run *run, const struct asahi_model_step *step)
{
	struct drm_asahi_vm_destroy req = {
		.vm_id = number(run, step, ASAHI_KIND_VM, ASAHI_ARG_ID),
		.pad = step->arg[ASAHI_ARG_PAD],
	};

	return asahi_ioctl(file(run, step), DRM_IOCTL_ASAHI_VM_DESTROY, &req);
}

static int queue_destroy(struct asahi_model_run *run, const struct asahi_model_step *step)
{
	struct drm_asahi_queue_destroy req = {
		.queue_id = number(run, step, ASAHI_KIND_QUEUE, ASAHI_ARG_ID),
		.pad = step->arg[ASAHI_ARG_PAD],
	};

	return asahi_ioctl(file(run, step), DRM_IOCTL_ASAHI_QUEUE_DESTROY, &req);
}

/* Write the arguments of the job, and return its command. */
static struct drm_asahi_cmd_compute prepare(struct asahi_model_run *run,
					    const struct asahi_model_step *step, unsigned int i,
					    uint32_t value)
{
	struct asahi_model_scene *s = run->scene;
	struct asahi_job *job = &s->jobs[i];
	struct drm_asahi_cmd_compute compute;

	if (step->arg[ASAHI_SUBMIT_KIND] % ASAHI_NUM_JOBS == ASAHI_JOB_SPIN) {
		struct asahi_spin *spin = &s->spins[step->slot % ASAHI_MODEL_SPINS];

		spin->state[0] = 0;
		spin->state[1] = 0;
		compute = spin->job.compute;
	} else {
		bool copy = step->arg[ASAHI_SUBMIT_KIND] % ASAHI_NUM_JOBS == ASAHI_JOB_COPY;

		*s->values[i].word = value;
		job->args->a = copy ? step->arg[ASAHI_SUBMIT_SRC] : s->values[i].va;
		job->args->b = step->arg[ASAHI_SUBMIT_ADDR];
		compute = job->compute;
	}
	if (step->arg[ASAHI_SUBMIT_KIND] % ASAHI_NUM_JOBS == ASAHI_JOB_FAULT)
		compute.cdm_ctrl_stream_base = ASAHI_MODEL_NOWHERE;
	return compute;
}

static void add_attachments(struct asahi_cmdbuf *cmdbuf, enum asahi_model_submit_bad bad)
{
	struct drm_asahi_attachment list[17] = { { .pointer = ASAHI_MODEL_WINDOW, .size = 64 } };
	uint16_t size = bad == ASAHI_SUBMIT_ATTACHMENT_COUNT ? sizeof(list) : sizeof(list[0]);

	if (bad == ASAHI_SUBMIT_ATTACHMENT_FLAGS)
		list[0].flags = 1;
	if (bad == ASAHI_SUBMIT_ATTACHMENT_SIZE)
		size += 8;
	asahi_cmdbuf_add(cmdbuf, DRM_ASAHI_SET_COMPUTE_ATTACHMENTS, list, size, NONE,
			 bad == ASAHI_SUBMIT_ATTACHMENT_BARRIER ? 0 : NONE);
}

static void add_render(struct asahi_cmdbuf *cmdbuf, enum asahi_model_submit_bad bad)
{
	struct drm_asahi_cmd_render render = {
		.flags = bad == ASAHI_SUBMIT_RENDER_FLAGS ? 1u << 31 : 0,
		.width_px = bad == ASAHI_SUBMIT_RENDER_EMPTY ? 0 : 32,
		.height_px = 32,
		.layers = bad == ASAHI_SUBMIT_RENDER_LAYERS ? 2049 : 1,
		.utile_width_px = 32,
		.utile_height_px = 32,
		.samples = bad == ASAHI_SUBMIT_RENDER_SAMPLES ? 3 : 1,
	};

	asahi_cmdbuf_render(cmdbuf, &render, NONE, NONE);
}

/* What is wrong and comes before the commands that are not. */
static void add_bad(struct asahi_cmdbuf *cmdbuf, enum asahi_model_submit_bad bad)
{
	switch (bad) {
	case ASAHI_SUBMIT_TYPE:
		asahi_cmdbuf_add(cmdbuf, 9, NULL, 0, NONE, NONE);
		break;
	case ASAHI_SUBMIT_ATTACHMENT_ONLY:
	case ASAHI_SUBMIT_ATTACHMENT_BARRIER:
	case ASAHI_SUBMIT_ATTACHMENT_FLAGS:
	case ASAHI_SUBMIT_ATTACHMENT_COUNT:
	case ASAHI_SUBMIT_ATTACHMENT_SIZE:
		add_attachments(cmdbuf, bad);
		break;
	case ASAHI_SUBMIT_RENDER_EMPTY:
	case ASAHI_SUBMIT_RENDER_SAMPLES:
	case ASAHI_SUBMIT_RENDER_LAYERS:
	case ASAHI_SUBMIT_RENDER_FLAGS:
		add_render(cmdbuf, bad);
		break;
	default:
		break;
	}
}

static void make_cmdbuf(struct asahi_cmdbuf *cmdbuf, const struct asahi_model_step *step,
			const struct drm_asahi_cmd_compute *compute)
{
	struct {
		struct drm_asahi_cmd_compute compute;
		uint64_t tail;
	} payload = { *compute, 1 };
	enum asahi_model_submit_bad bad = step->arg[ASAHI_SUBMIT_BAD];
	unsigned int more = step->arg[ASAHI_SUBMIT_NUM] % 4, num = 1 + more, i;
	uint16_t size = sizeof(*compute);

	cmdbuf->size = 0;
	add_bad(cmdbuf, bad);
	if (more == 2)
		add_attachments(cmdbuf, ASAHI_SUBMIT_GOOD);
	if (bad == ASAHI_SUBMIT_ATTACHMENT_ONLY)
		return;

	if (bad == ASAHI_SUBMIT_TOO_MANY)
		num = 65;
	if (bad == ASAHI_SUBMIT_TAIL)
		size = sizeof(payload);
	else if (more == 3 && !compute->ts.start.handle && !compute->ts.end.handle)
		size = offsetof(struct drm_asahi_cmd_compute, ts);
	payload.compute.flags = bad == ASAHI_SUBMIT_COMPUTE_FLAGS;
	for (i = 0; i < num; i++)
		asahi_cmdbuf_add(cmdbuf, DRM_ASAHI_CMD_COMPUTE, &payload, size, NONE,
				 bad == ASAHI_SUBMIT_BARRIER ? 3 * num : 0);

	if (bad == ASAHI_SUBMIT_HALF_HEADER)
		cmdbuf->size = sizeof(struct drm_asahi_cmd_header) / 2;
	if (bad == ASAHI_SUBMIT_HALF_PAYLOAD)
		cmdbuf->size -= 8;
}

/* All syncs, behind them that of the file for the program itself. */
static void add_syncs(struct asahi_model_run *run, const struct asahi_model_step *step,
		      struct drm_asahi_sync *syncs, struct drm_asahi_submit *req)
{
	unsigned int i, num = 0;

	for (i = 0; i < 4; i++) {
		const uint64_t *arg = &step->arg[ASAHI_SUBMIT_IN + i * ASAHI_SYNC_ARGS];

		if (!arg[ASAHI_SYNC_ID])
			continue;
		syncs[num++] = (struct drm_asahi_sync){
			.handle = asahi_model_resolve(run->m, step->file, ASAHI_KIND_SYNC,
						      arg[ASAHI_SYNC_ID]),
			.sync_type = arg[ASAHI_SYNC_TYPE],
			.timeline_value = arg[ASAHI_SYNC_POINT],
		};
		if (i < 2)
			req->in_sync_count++;
		else
			req->out_sync_count++;
	}
	syncs[num] = asahi_sync_binary(run->m->files[run->m->fds[step->file]].sync);
	req->out_sync_count++;
}

static int export_fence(int fd, uint32_t sync, int *fence)
{
	struct drm_syncobj_handle req = {
		.handle = sync,
		.flags = DRM_SYNCOBJ_HANDLE_TO_FD_FLAGS_EXPORT_SYNC_FILE,
		.fd = -1,
	};
	int ret = asahi_ioctl(fd, DRM_IOCTL_SYNCOBJ_HANDLE_TO_FD, &req);

	*fence = req.fd;
	return ret;
}

static int submit(struct asahi_model_run *run, const struct asahi_model_step *step,
		  const struct asahi_model *next, const struct asahi_model_expect *expect,
		  struct asahi_model_result *result)
{
	uint32_t own = run->m->files[run->m->fds[step->file]].sync;
	unsigned int i = expect->job < 0 ? 0 : expect->job;
	struct drm_asahi_cmd_compute compute;
	struct asahi_cmdbuf cmdbuf;
	struct drm_asahi_sync syncs[5];
	struct drm_asahi_submit req = {
		.flags = step->arg[ASAHI_SUBMIT_FLAGS],
		.queue_id = number(run, step, ASAHI_KIND_QUEUE, ASAHI_SUBMIT_QUEUE),
		.pad = step->arg[ASAHI_SUBMIT_PAD],
		.syncs = (uintptr_t)syncs,
		.cmdbuf = (uintptr_t)cmdbuf.data,
	};
	int ret;

	/* One that is to be refused must not touch what another job may be reading. */
	if (expect->job >= 0)
		compute = prepare(run, step, i, next->jobs[i].value);
	else
		compute = run->scene->jobs[0].compute;
	compute.ts.start.handle = number(run, step, ASAHI_KIND_OBJECT, ASAHI_SUBMIT_START);
	compute.ts.start.offset = step->arg[ASAHI_SUBMIT_START_OFFSET];
	compute.ts.end.handle = number(run, step, ASAHI_KIND_OBJECT, ASAHI_SUBMIT_END);
	compute.ts.end.offset = step->arg[ASAHI_SUBMIT_END_OFFSET];
	make_cmdbuf(&cmdbuf, step, &compute);
	req.cmdbuf_size = cmdbuf.size;
	add_syncs(run, step, syncs, &req);

	switch ((enum asahi_model_submit_bad)step->arg[ASAHI_SUBMIT_BAD]) {
	case ASAHI_SUBMIT_SYNCS_POINTER:
		req.syncs = run->scene->hole;
		break;
	case ASAHI_SUBMIT_SYNCS_OVERFLOW:
		req.in_sync_count = UINT32_MAX;
		req.out_sync_count = 2;
		break;
	case ASAHI_SUBMIT_CMD_POINTER:
		req.cmdbuf = run->scene->hole;
		break;
	case ASAHI_SUBMIT_CMD_HUGE:
		req.cmdbuf_size = HUGE_CMDBUF;
		break;
	case ASAHI_SUBMIT_CMD_EMPTY:
		req.cmdbuf_size = 0;
		break;
	default:
		break;
	}

	ret = __asahi_submit(file(run, step), &req);
	if (!ret && expect->job >= 0 && export_fence(file(run, step), own, &run->fences[i]))
		result->wrong = "the out-sync has no fence";
	return ret;
}

static int call_nothing(struct asahi_model_run *run, const struct asahi_model_step *step)
{
	uint8_t arg[64] = { 0 };

	return asahi_ioctl(file(run, step), DRM_IOWR(DRM_COMMAND_BASE + step->arg[ASAHI_ARG_ID],
						     arg), arg);
}

static int export_bo(struct asahi_model_run *run, const struct asahi_model_step *step)
{
	struct drm_prime_handle req = {
		.handle = number(run, step, ASAHI_KIND_BO, ASAHI_BO_ID),
		.flags = step->arg[ASAHI_BO_FLAGS],
		.fd = -1,
	};
	int ret = asahi_ioctl(file(run, step), DRM_IOCTL_PRIME_HANDLE_TO_FD, &req);

	if (!ret)
		run->dmabufs[step->slot % ASAHI_MODEL_SLOTS] = req.fd;
	return ret;
}

static int import_bo(struct asahi_model_run *run, const struct asahi_model_step *step,
		     struct asahi_model_result *result)
{
	uint64_t slot = step->arg[ASAHI_ARG_ID];
	struct drm_prime_handle req = { .fd = -1 };
	int ret;

	if (slot < ASAHI_MODEL_SLOTS)
		req.fd = run->dmabufs[slot];
	else if (slot == ASAHI_MODEL_SLOTS)
		req.fd = run->scene->over;
	ret = asahi_ioctl(file(run, step), DRM_IOCTL_PRIME_FD_TO_HANDLE, &req);
	result->number = req.handle;
	return ret;
}

static int sync_create(struct asahi_model_run *run, const struct asahi_model_step *step,
		       struct asahi_model_result *result)
{
	struct drm_syncobj_create req = { .flags = step->arg[ASAHI_ARG_ID] };
	int ret = asahi_ioctl(file(run, step), DRM_IOCTL_SYNCOBJ_CREATE, &req);

	result->number = req.handle;
	return ret;
}

static int sync_destroy(struct asahi_model_run *run, const struct asahi_model_step *step)
{
	struct drm_syncobj_destroy req = {
		.handle = number(run, step, ASAHI_KIND_SYNC, ASAHI_ARG_ID),
	};

	return asahi_ioctl(file(run, step), DRM_IOCTL_SYNCOBJ_DESTROY, &req);
}

static int sync_array(struct asahi_model_run *run, const struct asahi_model_step *step,
		      unsigned long request)
{
	uint32_t handle = number(run, step, ASAHI_KIND_SYNC, ASAHI_ARG_ID);
	struct drm_syncobj_array req = { .handles = (uintptr_t)&handle, .count_handles = 1 };

	return asahi_ioctl(file(run, step), request, &req);
}

int asahi_model_call_wait(int fd, uint32_t handle, uint64_t point)
{
	struct drm_syncobj_timeline_wait req = {
		.handles = (uintptr_t)&handle,
		.points = (uintptr_t)&point,
		.count_handles = 1,
	};

	return asahi_ioctl(fd, DRM_IOCTL_SYNCOBJ_TIMELINE_WAIT, &req);
}

static int sync_share(struct asahi_model_run *run, const struct asahi_model_step *step,
		      struct asahi_model_result *result)
{
	struct drm_syncobj_handle req = {
		.handle = number(run, step, ASAHI_KIND_SYNC, ASAHI_SHARE_ID),
		.fd = -1,
	};
	uint64_t to = step->arg[ASAHI_SHARE_TO];
	int ret, fd;

	ret = asahi_ioctl(file(run, step), DRM_IOCTL_SYNCOBJ_HANDLE_TO_FD, &req);
	if (ret)
		return ret;
	fd = req.fd;
	req.handle = 0;
	ret = asahi_ioctl(to < ASAHI_MODEL_FILES ? run->fds[to] : -1,
			  DRM_IOCTL_SYNCOBJ_FD_TO_HANDLE, &req);
	close(fd);
	result->number = req.handle;
	return ret;
}

static int gate(struct asahi_model_run *run, const struct asahi_model_step *step,
		const struct asahi_model_expect *expect)
{
	struct drm_syncobj_handle req = {
		.handle = number(run, step, ASAHI_KIND_SYNC, ASAHI_ARG_ID),
		.flags = DRM_SYNCOBJ_FD_TO_HANDLE_FLAGS_IMPORT_SYNC_FILE,
		.fd = expect->ret[0] ? run->scene->over : asahi_model_scene_gate(run->scene),
	};

	return asahi_ioctl(file(run, step), DRM_IOCTL_SYNCOBJ_FD_TO_HANDLE, &req);
}

/* Map a buffer of one file in another; returns 0 or -errno. */
static int map_of(struct asahi_model_run *run, int fd, unsigned int of, uint64_t arg, void **map,
		  size_t *size)
{
	uint32_t handle = asahi_model_resolve(run->m, of, ASAHI_KIND_BO, arg);
	int bo = asahi_model_lookup(run->m, of, ASAHI_KIND_BO, handle), ret;
	uint64_t offset;

	ret = __asahi_gem_mmap_offset(run->fds[of], handle, &offset);
	if (ret)
		return ret;
	*size = bo < 0 ? ASAHI_PAGE : run->m->bos[bo].size;
	*map = mmap(NULL, *size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, offset);
	return *map == MAP_FAILED ? -errno : 0;
}

static int map_bo(struct asahi_model_run *run, const struct asahi_model_step *step)
{
	unsigned int slot = step->slot % ASAHI_MODEL_MAPS;
	uint64_t of = step->arg[ASAHI_SHARE_TO];
	size_t size;
	void *map;
	int ret;

	ret = map_of(run, file(run, step), of, step->arg[ASAHI_BO_ID], &map, &size);
	if (ret)
		return ret;
	asahi_remember_map(map, size);
	run->maps[slot].words = map;
	run->maps[slot].size = size;
	return 0;
}

static int map_dmabuf(struct asahi_model_run *run, const struct asahi_model_step *step)
{
	uint64_t dmabuf = step->arg[ASAHI_ARG_ID];
	unsigned int slot = step->slot % ASAHI_MODEL_MAPS;
	size_t size = run->m->bos[run->m->dmabufs[dmabuf]].size;
	void *map;

	map = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, run->dmabufs[dmabuf], 0);
	if (map == MAP_FAILED)
		return -errno;
	asahi_remember_map(map, size);
	run->maps[slot].words = map;
	run->maps[slot].size = size;
	return 0;
}

static int unmap(struct asahi_model_run *run, const struct asahi_model_step *step)
{
	unsigned int slot = step->slot % ASAHI_MODEL_MAPS;

	asahi_gem_munmap((void *)run->maps[slot].words, run->maps[slot].size);
	run->maps[slot].words = NULL;
	return 0;
}

static int write_map(struct asahi_model_run *run, const struct asahi_model_step *step)
{
	volatile uint32_t *words = run->maps[step->slot % ASAHI_MODEL_MAPS].words;

	words[step->arg[ASAHI_WRITE_PAGE] * (ASAHI_PAGE / 4) + step->arg[ASAHI_WRITE_WORD]] =
		step->arg[ASAHI_WRITE_VALUE];
	return 0;
}

static int fill(struct asahi_model_run *run, const struct asahi_model_step *step,
		const struct asahi_model *next)
{
	struct drm_asahi_gem_mmap_offset req = {
		.handle = number(run, step, ASAHI_KIND_BO, ASAHI_BO_ID),
		.flags = step->arg[ASAHI_BO_FLAGS],
	};
	int bo = asahi_model_lookup(run->m, step->file, ASAHI_KIND_BO, req.handle), ret;
	unsigned int page;
	uint32_t *words;
	size_t size;
	void *map;

	ret = asahi_ioctl(file(run, step), DRM_IOCTL_ASAHI_GEM_MMAP_OFFSET, &req);
	if (ret || bo < 0)
		return ret;
	size = run->m->bos[bo].size;
	map = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, file(run, step), req.offset);
	if (map == MAP_FAILED)
		return -errno;
	for (page = 0; page < ASAHI_MODEL_BO_PAGES && (page + 1) * ASAHI_PAGE <= size; page++) {
		words = (uint32_t *)map + page * (ASAHI_PAGE / sizeof(*words));
		memcpy(words, next->bos[bo].pages[page].words,
		       ASAHI_MODEL_WORDS * sizeof(*words));
	}
	munmap(map, size);
	return 0;
}

static int close_fd(int *fd)
{
	int ret = *fd < 0 || close(*fd) ? -EBADF : 0;

	*fd = -1;
	return ret;
}

static int close_file(struct asahi_model_run *run, const struct asahi_model_step *step)
{
	int fd = run->fds[step->file];

	if (fd < 0)
		return -EBADF;
	run->fds[step->file] = -1;
	asahi_close(fd);
	return 0;
}

void asahi_model_call(struct asahi_model_run *run, const struct asahi_model_step *step,
		      const struct asahi_model *next, const struct asahi_model_expect *expect,
		      struct asahi_model_result *result)
{
	memset(result, 0, sizeof(*result));
	switch ((enum asahi_model_op)step->op) {
	case ASAHI_OP_OPEN:
		result->ret = open_file(run, step, result);
		break;
	case ASAHI_OP_CLOSE:
		result->ret = close_file(run, step);
		break;
	case ASAHI_OP_PARAMS:
		result->ret = get_params(run, step, result);
		break;
	case ASAHI_OP_TIME:
		result->ret = get_time(run, step, result);
		break;
	case ASAHI_OP_VM_CREATE:
		result->ret = vm_create(run, step, next, result);
		break;
	case ASAHI_OP_VM_DESTROY:
		result->ret = vm_destroy(run, step);
		break;
	case ASAHI_OP_BIND:
		result->ret = vm_bind(run, step);
		break;
	case ASAHI_OP_GEM_CREATE:
		result->ret = gem_create(run, step, result);
		break;
	case ASAHI_OP_MMAP_OFFSET:
		result->ret = mmap_offset(run, step, result);
		break;
	case ASAHI_OP_OBJECT:
		result->ret = gem_bind_object(run, step, result);
		break;
	case ASAHI_OP_QUEUE_CREATE:
		result->ret = queue_create(run, step, result);
		break;
	case ASAHI_OP_QUEUE_DESTROY:
		result->ret = queue_destroy(run, step);
		break;
	case ASAHI_OP_SUBMIT:
		/* On a file that is closed there is nothing to be prepared. */
		result->ret = file(run, step) < 0 ? -EBADF :
						    submit(run, step, next, expect, result);
		break;
	case ASAHI_OP_IOCTL:
		result->ret = call_nothing(run, step);
		break;
	case ASAHI_OP_GEM_CLOSE:
		result->ret = __asahi_gem_close(file(run, step),
						number(run, step, ASAHI_KIND_BO, ASAHI_ARG_ID));
		break;
	case ASAHI_OP_EXPORT:
		result->ret = export_bo(run, step);
		break;
	case ASAHI_OP_IMPORT:
		result->ret = import_bo(run, step, result);
		break;
	case ASAHI_OP_DMABUF_CLOSE:
		result->ret = close_fd(&run->dmabufs[step->slot % ASAHI_MODEL_SLOTS]);
		break;
	case ASAHI_OP_SYNC_CREATE:
		result->ret = sync_create(run, step, result);
		break;
	case ASAHI_OP_SYNC_DESTROY:
		result->ret = sync_destroy(run, step);
		break;
	case ASAHI_OP_SYNC_WAIT:
		result->ret = asahi_model_call_wait(file(run, step),
						    number(run, step, ASAHI_KIND_SYNC,
							   ASAHI_WAIT_ID),
						    step->arg[ASAHI_WAIT_POINT]);
		break;
	case ASAHI_OP_SYNC_SIGNAL:
		result->ret = sync_array(run, step, DRM_IOCTL_SYNCOBJ_SIGNAL);
		break;
	case ASAHI_OP_SYNC_RESET:
		result->ret = sync_array(run, step, DRM_IOCTL_SYNCOBJ_RESET);
		break;
	case ASAHI_OP_SYNC_SHARE:
		result->ret = sync_share(run, step, result);
		break;
	case ASAHI_OP_MMAP:
		result->ret = file(run, step) < 0 ? -EBADF : map_bo(run, step);
		break;
	case ASAHI_OP_DMABUF_MMAP:
		result->ret = map_dmabuf(run, step);
		break;
	case ASAHI_OP_MUNMAP:
		result->ret = unmap(run, step);
		break;
	case ASAHI_OP_WRITE:
		result->ret = write_map(run, step);
		break;
	case ASAHI_OP_FILL:
		result->ret = fill(run, step, next);
		break;
	case ASAHI_OP_ARENA:
		result->ret = arena_again(run, step, next);
		break;
	case ASAHI_OP_GATE:
		result->ret = gate(run, step, expect);
		break;
	case ASAHI_OP_RELEASE:
		result->ret = asahi_model_scene_release(run->scene);
		break;
	case ASAHI_OP_END:
		run->scene->spins[step->slot % ASAHI_MODEL_SPINS].state[0] = 1;
		break;
	case ASAHI_OP_CHECK:
	case ASAHI_NUM_OPS:
		break;
	}
}

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
		ret = export_fence(run->fds[fd], own, &fence);
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
