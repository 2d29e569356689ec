// SPDX-License-Identifier: MIT
/* The calls that meet. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xf86drm.h>

#include "asahi_clock.h"
#include "asahi_device.h"
#include "asahi_ioctl.h"
#include "asahi_job.h"
#include "asahi_race_op.h"
#include "asahi_sync.h"

#define NONE DRM_ASAHI_BARRIER_NONE

#define OP(function) \
	static int function(const struct asahi_race_names *names, unsigned int who, \
			    struct asahi_race_result *result)

/* Where an argument of that kind is to be read, or written. */
static uintptr_t place(const struct asahi_race_names *names, enum asahi_race_hold kind,
		       const void *data, size_t size)
{
	if (names->hold != kind)
		return (uintptr_t)data;
	return (uintptr_t)asahi_held_fill(names->held, data, size);
}

OP(run_close)
{
	return close(names->fd) ? -errno : 0;
}

OP(run_queue_destroy)
{
	return __asahi_queue_destroy(names->fd, names->queue);
}

OP(run_vm_destroy)
{
	return __asahi_vm_destroy(names->fd, names->vm);
}

OP(run_gem_close)
{
	return __asahi_gem_close(names->fd, names->bo);
}

OP(run_object_unbind)
{
	return __asahi_object_unbind(names->fd, names->object);
}

OP(run_syncobj_destroy)
{
	struct drm_syncobj_destroy req = { .handle = names->common };

	return asahi_ioctl(names->fd, DRM_IOCTL_SYNCOBJ_DESTROY, &req);
}

OP(run_submit)
{
	struct {
		struct drm_asahi_cmd_header header;
		struct drm_asahi_cmd_compute compute;
	} cmd = {
		.header = {
			.cmd_type = DRM_ASAHI_CMD_COMPUTE,
			.size = sizeof(cmd.compute),
			.vdm_barrier = NONE,
			.cdm_barrier = NONE,
		},
		.compute = names->compute,
	};
	struct drm_asahi_submit submit = {
		.cmdbuf_size = sizeof(cmd),
		.queue_id = names->queue,
		.out_sync_count = 2,
	};
	struct drm_asahi_sync syncs[3];
	unsigned int num = 0;

	if (names->in) {
		syncs[num++] = asahi_sync_binary(names->in);
		submit.in_sync_count = 1;
	}
	syncs[num++] = asahi_sync_binary(names->own[who]);
	syncs[num++] = asahi_sync_binary(names->common);
	cmd.compute.ts.start.handle = names->object;
	cmd.compute.ts.start.offset = ASAHI_RACE_STAMP;
	submit.syncs = place(names, ASAHI_RACE_HOLD_SYNCS, syncs, num * sizeof(*syncs));
	submit.cmdbuf = place(names, ASAHI_RACE_HOLD_COMMANDS, &cmd, sizeof(cmd));
	return __asahi_submit(names->fd, &submit);
}

static int bind(const struct asahi_race_names *names, uint32_t handle, uint32_t flags,
		uint64_t addr)
{
	const struct drm_asahi_gem_bind_op op = {
		.flags = flags,
		.handle = handle,
		.range = 2 * ASAHI_PAGE,
		.addr = addr,
	};
	struct drm_asahi_vm_bind req = {
		.vm_id = names->vm,
		.num_binds = 1,
		.stride = sizeof(op),
		.userptr = place(names, ASAHI_RACE_HOLD_OPS, &op, sizeof(op)),
	};

	return asahi_ioctl(names->fd, DRM_IOCTL_ASAHI_VM_BIND, &req);
}

OP(run_map)
{
	return bind(names, names->bo, ASAHI_RW, names->va + ASAHI_PAGE);
}

OP(run_replace)
{
	return bind(names, names->other, ASAHI_RW, names->va);
}

OP(run_unmap)
{
	return bind(names, 0, DRM_ASAHI_BIND_UNBIND, names->va + ASAHI_PAGE);
}

OP(run_queue_create)
{
	return __asahi_queue_create(names->fd, names->vm, DRM_ASAHI_PRIORITY_MEDIUM,
				    names->usc_base, &result->value);
}

OP(run_vm_create)
{
	return __asahi_vm_create(names->fd, names->kernel_start, names->kernel_end,
				 &result->value);
}

OP(run_gem_create)
{
	return __asahi_gem_create(names->fd, ASAHI_PAGE, DRM_ASAHI_GEM_WRITEBACK, 0,
				  &result->value);
}

OP(run_gem_create_private)
{
	return __asahi_gem_create(names->fd, ASAHI_PAGE, DRM_ASAHI_GEM_VM_PRIVATE, names->vm,
				  &result->value);
}

OP(run_object_bind)
{
	return __asahi_object_bind(names->fd, names->bo, 0, ASAHI_PAGE, &result->value);
}

OP(run_export)
{
	struct drm_prime_handle req = {
		.handle = names->bo,
		.flags = DRM_CLOEXEC | DRM_RDWR,
		.fd = -1,
	};
	int ret = asahi_ioctl(names->fd, DRM_IOCTL_PRIME_HANDLE_TO_FD, &req);

	result->dma_buf = ret ? -1 : req.fd;
	return ret;
}

OP(run_import)
{
	struct drm_prime_handle req = { .fd = names->dma_buf };
	int ret = asahi_ioctl(names->fd, DRM_IOCTL_PRIME_FD_TO_HANDLE, &req);

	result->value = req.handle;
	return ret;
}

OP(run_mmap_offset)
{
	uint64_t offset = 0;
	int ret = __asahi_gem_mmap_offset(names->fd, names->bo, &offset);

	result->value = offset != 0;
	return ret;
}

OP(run_get_params)
{
	struct drm_asahi_params_global params = { 0 };
	struct drm_asahi_get_params req = {
		.pointer = place(names, ASAHI_RACE_HOLD_PARAMS, &params, sizeof(params)),
		.size = sizeof(params),
	};
	const struct drm_asahi_params_global *got = (const void *)(uintptr_t)req.pointer;
	int ret = asahi_ioctl(names->fd, DRM_IOCTL_ASAHI_GET_PARAMS, &req);

	result->value = !ret && got->vm_end;
	return ret;
}

OP(run_get_time)
{
	struct drm_asahi_get_time req = { 0 };
	int ret = asahi_ioctl(names->fd, DRM_IOCTL_ASAHI_GET_TIME, &req);

	result->value = req.gpu_timestamp != 0;
	return ret;
}

const struct asahi_race_op asahi_race_ops[ASAHI_RACE_NUM_CALLS] = {
	[ASAHI_RACE_CLOSE] = { "close", run_close, .shared = true, .gives_up = true,
			       .maps = true },
	[ASAHI_RACE_QUEUE_DESTROY] = { "queue-destroy", run_queue_destroy, .queues = true,
				       .gives_up = true },
	[ASAHI_RACE_VM_DESTROY] = { "vm-destroy", run_vm_destroy, .shared = true,
				    .gives_up = true, .maps = true },
	[ASAHI_RACE_GEM_CLOSE] = { "gem-close", run_gem_close, .shared = true, .gives_up = true,
				   .maps = true },
	[ASAHI_RACE_OBJECT_UNBIND] = { "object-unbind", run_object_unbind, .shared = true,
				       .gives_up = true },
	[ASAHI_RACE_SYNCOBJ_DESTROY] = { "syncobj-destroy", run_syncobj_destroy, .submits = true,
					 .gives_up = true },
	[ASAHI_RACE_SUBMIT] = { "submit", run_submit, .submits = true, .queues = true,
				.shared = true },
	[ASAHI_RACE_MAP] = { "map", run_map, .shared = true, .maps = true },
	[ASAHI_RACE_REPLACE] = { "replace", run_replace, .shared = true, .maps = true },
	[ASAHI_RACE_UNMAP] = { "unmap", run_unmap, .shared = true, .maps = true },
	[ASAHI_RACE_QUEUE_CREATE] = { "queue-create", run_queue_create, .queues = true },
	[ASAHI_RACE_VM_CREATE] = { "vm-create", run_vm_create },
	[ASAHI_RACE_GEM_CREATE] = { "gem-create", run_gem_create },
	[ASAHI_RACE_GEM_CREATE_PRIVATE] = { "gem-create-private", run_gem_create_private },
	[ASAHI_RACE_OBJECT_BIND] = { "object-bind", run_object_bind, .shared = true },
	[ASAHI_RACE_EXPORT] = { "export", run_export, .shared = true },
	[ASAHI_RACE_IMPORT] = { "import", run_import, .imports = true, .shared = true },
	[ASAHI_RACE_MMAP_OFFSET] = { "mmap-offset", run_mmap_offset, .shared = true },
	[ASAHI_RACE_GET_PARAMS] = { "get-params", run_get_params, .asks = true },
	[ASAHI_RACE_GET_TIME] = { "get-time", run_get_time, .asks = true },
};

uint32_t asahi_race_read_word(int dma_buf)
{
	volatile uint32_t *map;
	uint32_t word;

	map = mmap(NULL, ASAHI_PAGE, PROT_READ, MAP_SHARED, dma_buf, 0);
	if (map == MAP_FAILED)
		return 0;

	word = map[0];
	munmap((void *)map, ASAHI_PAGE);
	return word;
}

void asahi_race_op_run(const struct asahi_race_op *op, const struct asahi_race_names *names,
		       unsigned int who, struct asahi_race_result *result)
{
	struct stat st;

	memset(result, 0, sizeof(*result));
	result->dma_buf = -1;
	result->start_ns = asahi_now_ns();
	result->ret = op->run(names, who, result);
	result->end_ns = asahi_now_ns();
	if (result->ret)
		result->value = 0;

	if (result->dma_buf >= 0) {
		result->value = asahi_race_read_word(result->dma_buf);
		if (!fstat(result->dma_buf, &st))
			result->inode = st.st_ino;
	}
}

void asahi_race_op_drop(struct asahi_race_result *result)
{
	if (result->dma_buf >= 0)
		close(result->dma_buf);
	result->dma_buf = -1;
}
