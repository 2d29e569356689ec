// SPDX-License-Identifier: MIT
/* One function for each ioctl, and its asserting twin. */
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <xf86drm.h>

#include "asahi_device.h"
#include "asahi_ioctl.h"
#include "igt.h"

int asahi_ioctl(int fd, unsigned long request, void *arg)
{
	return drmIoctl(fd, request, arg) ? -errno : 0;
}

void asahi_get_params(int fd, struct drm_asahi_params_global *params)
{
	struct drm_asahi_get_params req = {
		.pointer = (uintptr_t)params,
		.size = sizeof(*params),
	};

	memset(params, 0, sizeof(*params));
	igt_assert_eq(asahi_ioctl(fd, DRM_IOCTL_ASAHI_GET_PARAMS, &req), 0);
}

uint64_t asahi_get_time(int fd)
{
	struct drm_asahi_get_time req = { 0 };

	igt_assert_eq(asahi_ioctl(fd, DRM_IOCTL_ASAHI_GET_TIME, &req), 0);

	return req.gpu_timestamp;
}

void asahi_kernel_range(int fd, uint64_t *start, uint64_t *end)
{
	struct drm_asahi_params_global params;
	uint64_t size;

	asahi_get_params(fd, &params);
	size = (params.vm_kernel_min_size + ASAHI_PAGE - 1) & ~(uint64_t)(ASAHI_PAGE - 1);
	*end = params.vm_end & ~(uint64_t)(ASAHI_PAGE - 1);
	*start = *end - size;
}

int __asahi_vm_create(int fd, uint64_t kernel_start, uint64_t kernel_end, uint32_t *vm_id)
{
	struct drm_asahi_vm_create req = {
		.kernel_start = kernel_start,
		.kernel_end = kernel_end,
	};
	int ret = asahi_ioctl(fd, DRM_IOCTL_ASAHI_VM_CREATE, &req);

	if (!ret)
		*vm_id = req.vm_id;

	return ret;
}

uint32_t asahi_vm_create(int fd)
{
	uint64_t start, end;
	uint32_t vm_id;

	asahi_kernel_range(fd, &start, &end);
	igt_assert_eq(__asahi_vm_create(fd, start, end, &vm_id), 0);
	igt_assert_neq_u32(vm_id, 0);

	return vm_id;
}

int __asahi_vm_destroy(int fd, uint32_t vm_id)
{
	struct drm_asahi_vm_destroy req = { .vm_id = vm_id };

	return asahi_ioctl(fd, DRM_IOCTL_ASAHI_VM_DESTROY, &req);
}

void asahi_vm_destroy(int fd, uint32_t vm_id)
{
	igt_assert_eq(__asahi_vm_destroy(fd, vm_id), 0);
}

int __asahi_vm_bind(int fd, uint32_t vm_id, const struct drm_asahi_gem_bind_op *ops, uint32_t num)
{
	struct drm_asahi_vm_bind req = {
		.vm_id = vm_id,
		.num_binds = num,
		.stride = sizeof(*ops),
		.userptr = (uintptr_t)ops,
	};

	return asahi_ioctl(fd, DRM_IOCTL_ASAHI_VM_BIND, &req);
}

void asahi_vm_bind(int fd, uint32_t vm_id, const struct drm_asahi_gem_bind_op *ops, uint32_t num)
{
	igt_assert_eq(__asahi_vm_bind(fd, vm_id, ops, num), 0);
}

int __asahi_vm_map(int fd, uint32_t vm_id, uint32_t handle, uint64_t offset, uint64_t range,
		   uint64_t addr, uint32_t flags)
{
	const struct drm_asahi_gem_bind_op op = {
		.flags = flags,
		.handle = handle,
		.offset = offset,
		.range = range,
		.addr = addr,
	};

	return __asahi_vm_bind(fd, vm_id, &op, 1);
}

void asahi_vm_map(int fd, uint32_t vm_id, uint32_t handle, uint64_t offset, uint64_t range,
		  uint64_t addr, uint32_t flags)
{
	igt_assert_eq(__asahi_vm_map(fd, vm_id, handle, offset, range, addr, flags), 0);
}

int __asahi_vm_unmap(int fd, uint32_t vm_id, uint64_t range, uint64_t addr)
{
	return __asahi_vm_map(fd, vm_id, 0, 0, range, addr, DRM_ASAHI_BIND_UNBIND);
}

void asahi_vm_unmap(int fd, uint32_t vm_id, uint64_t range, uint64_t addr)
{
	igt_assert_eq(__asahi_vm_unmap(fd, vm_id, range, addr), 0);
}

int __asahi_gem_create(int fd, uint64_t size, uint32_t flags, uint32_t vm_id, uint32_t *handle)
{
	struct drm_asahi_gem_create req = {
		.size = size,
		.flags = flags,
		.vm_id = vm_id,
	};
	int ret = asahi_ioctl(fd, DRM_IOCTL_ASAHI_GEM_CREATE, &req);

	if (!ret)
		*handle = req.handle;

	return ret;
}

uint32_t asahi_gem_create(int fd, uint64_t size)
{
	uint32_t handle;

	igt_assert_eq(__asahi_gem_create(fd, size, DRM_ASAHI_GEM_WRITEBACK, 0, &handle), 0);
	igt_assert_neq_u32(handle, 0);

	return handle;
}

uint32_t asahi_gem_create_private(int fd, uint64_t size, uint32_t vm_id)
{
	uint32_t handle;

	igt_assert_eq(__asahi_gem_create(fd, size,
					 DRM_ASAHI_GEM_WRITEBACK | DRM_ASAHI_GEM_VM_PRIVATE,
					 vm_id, &handle), 0);
	igt_assert_neq_u32(handle, 0);

	return handle;
}

int __asahi_gem_mmap_offset(int fd, uint32_t handle, uint64_t *offset)
{
	struct drm_asahi_gem_mmap_offset req = { .handle = handle };
	int ret = asahi_ioctl(fd, DRM_IOCTL_ASAHI_GEM_MMAP_OFFSET, &req);

	if (!ret)
		*offset = req.offset;

	return ret;
}

void *__asahi_gem_mmap(int fd, uint32_t handle, size_t size)
{
	uint64_t offset;

	if (__asahi_gem_mmap_offset(fd, handle, &offset))
		return MAP_FAILED;

	return mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, offset);
}

void *asahi_gem_mmap(int fd, uint32_t handle, size_t size)
{
	void *map = __asahi_gem_mmap(fd, handle, size);

	igt_assert_f(map != MAP_FAILED, "mmap of handle %u: %s\n", handle, strerror(errno));
	asahi_remember_map(map, size);

	return map;
}

void asahi_gem_munmap(void *map, size_t size)
{
	asahi_forget_map(map);
	igt_assert_eq(munmap(map, size), 0);
}

int __asahi_gem_close(int fd, uint32_t handle)
{
	struct drm_gem_close req = { .handle = handle };

	return asahi_ioctl(fd, DRM_IOCTL_GEM_CLOSE, &req);
}

int __asahi_object_bind(int fd, uint32_t handle, uint64_t offset, uint64_t range,
			uint32_t *object)
{
	struct drm_asahi_gem_bind_object req = {
		.op = DRM_ASAHI_BIND_OBJECT_OP_BIND,
		.flags = DRM_ASAHI_BIND_OBJECT_USAGE_TIMESTAMPS,
		.handle = handle,
		.offset = offset,
		.range = range,
	};
	int ret = asahi_ioctl(fd, DRM_IOCTL_ASAHI_GEM_BIND_OBJECT, &req);

	if (!ret)
		*object = req.object_handle;

	return ret;
}

uint32_t asahi_object_bind(int fd, uint32_t handle, uint64_t offset, uint64_t range)
{
	uint32_t object;

	igt_assert_eq(__asahi_object_bind(fd, handle, offset, range, &object), 0);
	igt_assert_neq_u32(object, 0);

	return object;
}

int __asahi_object_unbind(int fd, uint32_t object)
{
	struct drm_asahi_gem_bind_object req = {
		.op = DRM_ASAHI_BIND_OBJECT_OP_UNBIND,
		.object_handle = object,
	};

	return asahi_ioctl(fd, DRM_IOCTL_ASAHI_GEM_BIND_OBJECT, &req);
}

void asahi_object_unbind(int fd, uint32_t object)
{
	igt_assert_eq(__asahi_object_unbind(fd, object), 0);
}

int __asahi_queue_create(int fd, uint32_t vm_id, uint32_t priority, uint64_t usc_exec_base,
			 uint32_t *queue_id)
{
	struct drm_asahi_queue_create req = {
		.vm_id = vm_id,
		.priority = priority,
		.usc_exec_base = usc_exec_base,
	};
	int ret = asahi_ioctl(fd, DRM_IOCTL_ASAHI_QUEUE_CREATE, &req);

	if (!ret)
		*queue_id = req.queue_id;

	return ret;
}

uint32_t asahi_queue_create(int fd, uint32_t vm_id, uint64_t usc_exec_base)
{
	uint32_t queue_id;

	igt_assert_eq(__asahi_queue_create(fd, vm_id, DRM_ASAHI_PRIORITY_MEDIUM, usc_exec_base,
					   &queue_id), 0);
	igt_assert_neq_u32(queue_id, 0);

	return queue_id;
}

int __asahi_queue_destroy(int fd, uint32_t queue_id)
{
	struct drm_asahi_queue_destroy req = { .queue_id = queue_id };

	return asahi_ioctl(fd, DRM_IOCTL_ASAHI_QUEUE_DESTROY, &req);
}

void asahi_queue_destroy(int fd, uint32_t queue_id)
{
	igt_assert_eq(__asahi_queue_destroy(fd, queue_id), 0);
}

int __asahi_submit(int fd, const struct drm_asahi_submit *submit)
{
	struct drm_asahi_submit req = *submit;

	return asahi_ioctl(fd, DRM_IOCTL_ASAHI_SUBMIT, &req);
}
