/* SPDX-License-Identifier: MIT */
/* The ioctls as benchmarks want them: on libagx's thin layer, and the first failure is the end. */
#ifndef GPU_H
#define GPU_H

#include <stdint.h>

#include "asahi_drm.h"

#define GPU_PAGE 0x4000ull

/** GPU_BASE: everything from here up to GPU_END is free in a new VM. */
#define GPU_BASE 0x0100000000ull
#define GPU_END 0x7000000000ull

/** struct gpu_vm - An address space and its file. */
struct gpu_vm {
	int fd;
	uint32_t id;
};

/** gpu_open() - A new file of the device. */
int gpu_open(void);

void gpu_vm_create(struct gpu_vm *vm, int fd);
void gpu_vm_destroy(struct gpu_vm *vm);

uint32_t gpu_bo_create(int fd, uint64_t size);
void gpu_bo_close(int fd, uint32_t handle);
int gpu_bo_export(int fd, uint32_t handle);
uint32_t gpu_bo_import(int fd, int dma_buf);

uint32_t gpu_queue_create(const struct gpu_vm *vm, uint64_t usc_base);

/* Steps of VM_BIND. */
struct drm_asahi_gem_bind_op gpu_op_map(uint32_t handle, uint64_t offset, uint64_t size,
					uint64_t addr, uint32_t flags);
struct drm_asahi_gem_bind_op gpu_op_unmap(uint64_t size, uint64_t addr);

/** gpu_bind() - VM_BIND of an array. */
void gpu_bind(const struct gpu_vm *vm, const struct drm_asahi_gem_bind_op *ops, uint32_t num);

/* VM_BIND of one step. */
void gpu_map(const struct gpu_vm *vm, uint32_t handle, uint64_t offset, uint64_t size,
	     uint64_t addr);
void gpu_unmap(const struct gpu_vm *vm, uint64_t size, uint64_t addr);

/**
 * gpu_map_many() - Map the same part of a BO many times, in calls of many steps.
 * @vm: where.
 * @handle: BO.
 * @size: bytes of each mapping, from the start of the BO.
 * @addr: of the first one.
 * @pitch: from the start of one to that of the next.
 * @num: how many.
 */
void gpu_map_many(const struct gpu_vm *vm, uint32_t handle, uint64_t size, uint64_t addr,
		  uint64_t pitch, uint64_t num);

#endif
