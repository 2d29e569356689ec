/* SPDX-License-Identifier: MIT */
/**
 * DOC: The ioctls
 *
 * One function for each ioctl, most of them twice: the one with underscores returns 0 or -errno,
 * the other asserts success and returns what the ioctl made.
 */
#ifndef ASAHI_IOCTL_H
#define ASAHI_IOCTL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "asahi_drm.h"

/** asahi_ioctl() - Any ioctl with any argument; returns 0 or -errno. */
int asahi_ioctl(int fd, unsigned long request, void *arg);

void asahi_get_params(int fd, struct drm_asahi_params_global *params);
uint64_t asahi_get_time(int fd);

/**
 * asahi_kernel_range() - A range for the kernel that leaves as much as possible below it: the
 * smallest that the device allows, at the end of its window.
 */
void asahi_kernel_range(int fd, uint64_t *start, uint64_t *end);

int __asahi_vm_create(int fd, uint64_t kernel_start, uint64_t kernel_end, uint32_t *vm_id);
uint32_t asahi_vm_create(int fd);
int __asahi_vm_destroy(int fd, uint32_t vm_id);
void asahi_vm_destroy(int fd, uint32_t vm_id);

int __asahi_vm_bind(int fd, uint32_t vm_id, const struct drm_asahi_gem_bind_op *ops,
		    uint32_t num);
void asahi_vm_bind(int fd, uint32_t vm_id, const struct drm_asahi_gem_bind_op *ops, uint32_t num);

/* VM_BIND with a single step. */
int __asahi_vm_map(int fd, uint32_t vm_id, uint32_t handle, uint64_t offset, uint64_t range,
		   uint64_t addr, uint32_t flags);
void asahi_vm_map(int fd, uint32_t vm_id, uint32_t handle, uint64_t offset, uint64_t range,
		  uint64_t addr, uint32_t flags);
int __asahi_vm_unmap(int fd, uint32_t vm_id, uint64_t range, uint64_t addr);
void asahi_vm_unmap(int fd, uint32_t vm_id, uint64_t range, uint64_t addr);

/** ASAHI_RW: the usual flags of a mapping. */
#define ASAHI_RW (DRM_ASAHI_BIND_READ | DRM_ASAHI_BIND_WRITE)

int __asahi_gem_create(int fd, uint64_t size, uint32_t flags, uint32_t vm_id, uint32_t *handle);
/* CPU-cached and not private. */
uint32_t asahi_gem_create(int fd, uint64_t size);
uint32_t asahi_gem_create_private(int fd, uint64_t size, uint32_t vm_id);
int __asahi_gem_mmap_offset(int fd, uint32_t handle, uint64_t *offset);
/* MAP_FAILED and errno on error. */
void *__asahi_gem_mmap(int fd, uint32_t handle, size_t size);
void *asahi_gem_mmap(int fd, uint32_t handle, size_t size);
/* Undoes asahi_gem_mmap(), and may be what closes the file in the end. */
void asahi_gem_munmap(void *map, size_t size);
int __asahi_gem_close(int fd, uint32_t handle);

int __asahi_object_bind(int fd, uint32_t handle, uint64_t offset, uint64_t range,
			uint32_t *object);
uint32_t asahi_object_bind(int fd, uint32_t handle, uint64_t offset, uint64_t range);
int __asahi_object_unbind(int fd, uint32_t object);
void asahi_object_unbind(int fd, uint32_t object);

int __asahi_queue_create(int fd, uint32_t vm_id, uint32_t priority, uint64_t usc_exec_base,
			 uint32_t *queue_id);
uint32_t asahi_queue_create(int fd, uint32_t vm_id, uint64_t usc_exec_base);
int __asahi_queue_destroy(int fd, uint32_t queue_id);
void asahi_queue_destroy(int fd, uint32_t queue_id);

int __asahi_submit(int fd, const struct drm_asahi_submit *submit);

#endif
