// SPDX-License-Identifier: GPL-2.0 OR MIT

#include <drm/drm_mm.h>
#include <drm/drm_print.h>

#include <linux/dma-mapping.h>
#include <linux/scatterlist.h>

#include "agx_device.h"
#include "kernel_bo.h"
#include "params.h"
#include "pgtable.h"
#include "trace.h"
#include "vm_priv.h"

struct agx_kernel_bo {
	/** @vm: where it is mapped. Borrowed: the owner holds it open for longer. */
	struct agx_vm *vm;

	/** @name: what it is for, a constant. */
	const char *name;

	/** @id: for traces only. */
	u64 id;

	/** @addr: first address. Constant. */
	u64 addr;

	/** @size: bytes. Constant. */
	u64 size;

	/** @node: its addresses, if they are in the kernel range. Under the VM's lock. */
	struct drm_mm_node node;

	/** @entry: entry of agx_vm.kernel_bos. Under the VM's lock. */
	struct list_head entry;

	/** @cpu: the memory. Owned. */
	u64 *cpu;

	/** @dma: the same for the device. */
	dma_addr_t dma;
};

const size_t agx_kernel_bo_size = sizeof(struct agx_kernel_bo);

/*
 * Find addresses for @kbo. One more GPU page than it needs, which stays unmapped: what runs over
 * the end of a buffer faults.
 */
static int kernel_bo_place(struct agx_kernel_bo *kbo, u64 addr)
{
	struct agx_vm *vm = kbo->vm;
	int ret;

	lockdep_assert_held(&vm->lock);

	kbo->addr = addr;
	if (addr != AGX_KERNEL_BO_ANYWHERE)
		return 0;

	ret = drm_mm_insert_node_in_range(&vm->kernel_mm, &kbo->node,
					  kbo->size + AGX_GPU_PAGE_SIZE, AGX_GPU_PAGE_SIZE, 0, 0,
					  U64_MAX, DRM_MM_INSERT_LOW);
	if (!ret)
		kbo->addr = kbo->node.start;
	return ret;
}

static void kernel_bo_displace(struct agx_kernel_bo *kbo)
{
	lockdep_assert_held(&kbo->vm->lock);

	if (drm_mm_node_allocated(&kbo->node))
		drm_mm_remove_node(&kbo->node);
}

static int kernel_bo_map(struct agx_kernel_bo *kbo, u64 addr)
{
	struct agx_vm *vm = kbo->vm;
	struct scatterlist sg;
	struct sg_table sgt = { .sgl = &sg, .nents = 1, .orig_nents = 1 };
	int ret;

	sg_init_table(&sg, 1);
	sg_dma_address(&sg) = kbo->dma;
	sg_dma_len(&sg) = kbo->size;

	ret = mutex_lock_interruptible(&vm->lock);
	if (ret)
		return ret;

	ret = -ENOENT;
	if (vm->closed)
		goto out_unlock;

	ret = kernel_bo_place(kbo, addr);
	if (ret)
		goto out_unlock;

	ret = agx_pgtable_reserve(vm->pgtable, kbo->addr, kbo->size);
	if (ret) {
		/* The GPU may be on its way through tables that were made in vain. */
		agx_context_flush(vm->agx, &vm->context, kbo->addr, kbo->size);
		agx_pgtable_collect(vm->pgtable);
		kernel_bo_displace(kbo);
		goto out_unlock;
	}

	agx_pgtable_map(vm->pgtable, kbo->addr, kbo->size, &sgt, 0,
			AGX_UAT_READ | AGX_UAT_WRITE | AGX_UAT_NO_SHADER);
	list_add_tail(&kbo->entry, &vm->kernel_bos);
	trace_agx_kernel_bo_create(kbo->id, vm->id, kbo->name, kbo->addr, kbo->size);
out_unlock:
	mutex_unlock(&vm->lock);
	return ret;
}

static void kernel_bo_unmap(struct agx_kernel_bo *kbo)
{
	struct agx_vm *vm = kbo->vm;

	mutex_lock(&vm->lock);
	list_del(&kbo->entry);
	/* An owner that comes too late finds nothing mapped any more. */
	if (!WARN_ON_ONCE(vm->closed)) {
		agx_pgtable_clear(vm->pgtable, kbo->addr, kbo->size);
		agx_context_flush(vm->agx, &vm->context, kbo->addr, kbo->size);
		agx_pgtable_collect(vm->pgtable);
	}
	kernel_bo_displace(kbo);
	mutex_unlock(&vm->lock);
}

/**
 * agx_kernel_bo_create() - Map zeroed memory of the driver's own into a VM.
 * @vm: VM that the caller holds open, and closes only after agx_kernel_bo_destroy().
 * @name: what it is for; a constant.
 * @addr: first address, outside of all where userspace may map; or AGX_KERNEL_BO_ANYWHERE.
 * @size: bytes, a multiple of the GPU's page and a power of two.
 *
 * The GPU's fixed functions may read and write it, shaders may not. Accounted to the caller.
 *
 * Return: the memory; -ENOMEM; -ENOSPC if the kernel range is full; -ENOENT if the VM has been
 * closed; -EINTR.
 */
struct agx_kernel_bo *agx_kernel_bo_create(struct agx_vm *vm, const char *name, u64 addr,
					   u64 size)
{
	struct agx_device *agx = vm->agx;
	struct agx_kernel_bo *kbo = agx_alloc(agx, AGX_TYPE_KERNEL_BO);
	int ret = -ENOMEM;

	if (!kbo)
		return ERR_PTR(-ENOMEM);

	kbo->vm = vm;
	kbo->name = name;
	kbo->id = atomic64_inc_return(&agx->next_id);
	kbo->size = size;
	kbo->cpu = dma_alloc_coherent(agx->drm.dev, size, &kbo->dma, GFP_KERNEL_ACCOUNT);
	if (!kbo->cpu)
		goto err_free;

	ret = kernel_bo_map(kbo, addr);
	if (ret)
		goto err_memory;

	return kbo;

err_memory:
	dma_free_coherent(agx->drm.dev, kbo->size, kbo->cpu, kbo->dma);
err_free:
	agx_free(agx, AGX_TYPE_KERNEL_BO, kbo);
	return ERR_PTR(ret);
}

/**
 * agx_kernel_bo_destroy() - Unmap memory of the driver's own and free it.
 * @kbo: memory that no job on the GPU may need any more; or NULL.
 *
 * The GPU cannot reach it when it is freed. Neither allocates nor fails; sleeps.
 */
void agx_kernel_bo_destroy(struct agx_kernel_bo *kbo)
{
	struct agx_device *agx;

	if (!kbo)
		return;

	agx = kbo->vm->agx;
	kernel_bo_unmap(kbo);
	trace_agx_kernel_bo_free(kbo->id, kbo->vm->id);
	dma_free_coherent(agx->drm.dev, kbo->size, kbo->cpu, kbo->dma);
	agx_free(agx, AGX_TYPE_KERNEL_BO, kbo);
}

/** agx_kernel_bo_addr() - First address of @kbo in its VM. */
u64 agx_kernel_bo_addr(struct agx_kernel_bo *kbo)
{
	return kbo->addr;
}

/**
 * agx_kernel_bos_show() - Print what the driver itself has mapped into a VM.
 * @vm: VM, locked.
 * @p: where to. Like the lines of other mappings, with a k for the kernel and, for each, its name
 * and its first two words: what the GPU has last saved there.
 */
void agx_kernel_bos_show(struct agx_vm *vm, struct drm_printer *p)
{
	struct agx_kernel_bo *kbo;

	lockdep_assert_held(&vm->lock);

	list_for_each_entry(kbo, &vm->kernel_bos, entry)
		drm_printf(p, "  %010llx-%010llx rwk %s %llx %llx\n", kbo->addr,
			   kbo->addr + kbo->size, kbo->name, READ_ONCE(kbo->cpu[0]),
			   READ_ONCE(kbo->cpu[1]));
}
