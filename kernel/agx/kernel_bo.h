/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef AGX_KERNEL_BO_H
#define AGX_KERNEL_BO_H

#include <linux/types.h>

struct agx_kernel_bo;
struct agx_vm;
struct drm_printer;

/**
 * DOC: The driver's own memory in a VM
 *
 * What the GPU itself needs in an address space: per queue the buffers of &struct agx_hw_queue,
 * in the range that VM_CREATE leaves to the kernel, and per VM a page above the window of
 * userspace. VM_BIND refuses both places, no handle leads to the memory, and shaders cannot
 * reach it.
 *
 * There is no reference to count. Whoever makes one of these destroys it, before it gives up the
 * open reference to the VM that it holds, and so none is left when a VM closes. One that is
 * mapped is under the VM's lock like any other mapping.
 */

/** agx_kernel_bo_size: size of the struct, for the allocator. */
extern const size_t agx_kernel_bo_size;

/** AGX_KERNEL_BO_ANYWHERE: for agx_kernel_bo_create(), a place in the VM's kernel range. */
#define AGX_KERNEL_BO_ANYWHERE U64_MAX

struct agx_kernel_bo *agx_kernel_bo_create(struct agx_vm *vm, const char *name, u64 addr,
					   u64 size);
void agx_kernel_bo_destroy(struct agx_kernel_bo *kbo);
u64 agx_kernel_bo_addr(struct agx_kernel_bo *kbo);

void agx_kernel_bos_show(struct agx_vm *vm, struct drm_printer *p);

#endif
