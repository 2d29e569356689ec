// SPDX-License-Identifier: MIT
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <xf86drm.h>

#include "bench.h"
#include "drm_agx.h"
#include "gpu.h"

#define RW (DRM_ASAHI_BIND_READ | DRM_ASAHI_BIND_WRITE)

/* Steps of one call when many are wanted. */
#define BATCH 10000

static void must(int ret, const char *what)
{
	if (ret)
		bench_die("%s: %s\n", what, strerror(-ret));
}

int gpu_open(void)
{
	static char path[32];
	unsigned int i;
	int fd;

	if (*path) {
		fd = open(path, O_RDWR | O_CLOEXEC);
		if (fd < 0)
			bench_die("%s: %s\n", path, strerror(errno));
		return fd;
	}

	for (i = 128; i < 192; i++) {
		snprintf(path, sizeof(path), "/dev/dri/renderD%u", i);
		fd = open(path, O_RDWR | O_CLOEXEC);
		if (fd < 0)
			continue;
		if (!drm_agx_probe(fd))
			return fd;
		close(fd);
	}
	bench_die("there is no AGX GPU\n");
}

void gpu_vm_create(struct gpu_vm *vm, int fd)
{
	struct drm_asahi_params_global params = { 0 };
	const struct drm_asahi_get_params get = {
		.pointer = (uintptr_t)&params,
		.size = sizeof(params),
	};
	struct drm_asahi_vm_create req = { 0 };

	must(drm_agx_ioctl_get_params(fd, &get, sizeof(get)), "GET_PARAMS");
	req.kernel_end = params.vm_end;
	req.kernel_start = params.vm_end - params.vm_kernel_min_size;
	if (params.vm_start > GPU_BASE || req.kernel_start < GPU_END)
		bench_die("the device's address spaces are too small\n");

	must(drm_agx_ioctl_vm_create(fd, &req, sizeof(req)), "VM_CREATE");
	vm->fd = fd;
	vm->id = req.vm_id;
}

void gpu_vm_destroy(struct gpu_vm *vm)
{
	const struct drm_asahi_vm_destroy req = { .vm_id = vm->id };

	must(drm_agx_ioctl_vm_destroy(vm->fd, &req, sizeof(req)), "VM_DESTROY");
}

uint32_t gpu_bo_create(int fd, uint64_t size)
{
	struct drm_asahi_gem_create req = {
		.size = size,
		.flags = DRM_ASAHI_GEM_WRITEBACK,
	};

	must(drm_agx_ioctl_gem_create(fd, &req, sizeof(req)), "GEM_CREATE");
	return req.handle;
}

void gpu_bo_close(int fd, uint32_t handle)
{
	must(drm_agx_gem_close(fd, handle), "GEM_CLOSE");
}

int gpu_bo_export(int fd, uint32_t handle)
{
	int dma_buf;

	if (drmPrimeHandleToFD(fd, handle, DRM_CLOEXEC | DRM_RDWR, &dma_buf))
		bench_die("PRIME_HANDLE_TO_FD: %s\n", strerror(errno));
	return dma_buf;
}

uint32_t gpu_bo_import(int fd, int dma_buf)
{
	uint32_t handle;

	if (drmPrimeFDToHandle(fd, dma_buf, &handle))
		bench_die("PRIME_FD_TO_HANDLE: %s\n", strerror(errno));
	return handle;
}

uint32_t gpu_queue_create(const struct gpu_vm *vm, uint64_t usc_base)
{
	struct drm_asahi_queue_create req = {
		.vm_id = vm->id,
		.priority = DRM_ASAHI_PRIORITY_MEDIUM,
		.usc_exec_base = usc_base,
	};

	must(drm_agx_ioctl_queue_create(vm->fd, &req, sizeof(req)), "QUEUE_CREATE");
	return req.queue_id;
}

struct drm_asahi_gem_bind_op gpu_op_map(uint32_t handle, uint64_t offset, uint64_t size,
					uint64_t addr, uint32_t flags)
{
	const struct drm_asahi_gem_bind_op op = {
		.flags = RW | flags,
		.handle = handle,
		.offset = offset,
		.range = size,
		.addr = addr,
	};

	return op;
}

struct drm_asahi_gem_bind_op gpu_op_unmap(uint64_t size, uint64_t addr)
{
	const struct drm_asahi_gem_bind_op op = {
		.flags = DRM_ASAHI_BIND_UNBIND,
		.range = size,
		.addr = addr,
	};

	return op;
}

void gpu_bind(const struct gpu_vm *vm, const struct drm_asahi_gem_bind_op *ops, uint32_t num)
{
	const struct drm_asahi_vm_bind req = {
		.vm_id = vm->id,
		.num_binds = num,
		.stride = sizeof(*ops),
		.userptr = (uintptr_t)ops,
	};

	must(drm_agx_ioctl_vm_bind(vm->fd, &req, sizeof(req)), "VM_BIND");
}

void gpu_map(const struct gpu_vm *vm, uint32_t handle, uint64_t offset, uint64_t size,
	     uint64_t addr)
{
	const struct drm_asahi_gem_bind_op op = gpu_op_map(handle, offset, size, addr, 0);

	gpu_bind(vm, &op, 1);
}

void gpu_unmap(const struct gpu_vm *vm, uint64_t size, uint64_t addr)
{
	const struct drm_asahi_gem_bind_op op = gpu_op_unmap(size, addr);

	gpu_bind(vm, &op, 1);
}

void gpu_map_many(const struct gpu_vm *vm, uint32_t handle, uint64_t size, uint64_t addr,
		  uint64_t pitch, uint64_t num)
{
	static struct drm_asahi_gem_bind_op ops[BATCH];
	uint64_t i, filled = 0;

	if (addr + num * pitch > GPU_END)
		bench_die("addresses do not suffice\n");

	for (i = 0; i < num; i++) {
		ops[filled++] = gpu_op_map(handle, 0, size, addr + i * pitch, 0);
		if (filled == BATCH || i + 1 == num) {
			gpu_bind(vm, ops, filled);
			filled = 0;
		}
	}
}
