/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef AGX_VM_PRIV_H
#define AGX_VM_PRIV_H

#include <drm/drm_gpuvm.h>
#include <drm/drm_mm.h>

#include <linux/mutex.h>
#include <linux/rbtree.h>
#include <linux/refcount.h>

#include "gpu.h"
#include "vm.h"

/*
 * Of a VM's parts, its lives in vm.c, its mappings in vm_map.c, what reclaim does to them in
 * vm_evict.c and the driver's own memory in kernel_bo.c; for nobody else.
 */

struct agx_kernel_bo;
struct agx_pgtable;

/** struct agx_mapping - A range of a VM that leads to a BO. */
struct agx_mapping {
	/** @va: range, BO and offset. Its vm_bo holds the BO. */
	struct drm_gpuva va;
	/** @prot: permission bits of its page-table entries. */
	u64 prot;
	/** @repeat: one GPU page of the BO fills the range. */
	bool repeat;
	/** @removed: out of the tree, on a list of an update. */
	bool removed;
	/** @gone: entry of agx_vm_update.gone. */
	struct list_head gone;
};

/** struct agx_vm_bo - All mappings of one BO in one VM. */
struct agx_vm_bo {
	/** @base: holds the BO. */
	struct drm_gpuvm_bo base;
	/** @node: entry of agx_vm.bos. */
	struct rb_node node;
	/**
	 * @evicted: no translation of these mappings is in the page tables; set by reclaim only.
	 * Changed under the VM's lock and the BO's resv, so that either will do to read it. If it
	 * is not set, the BO has memory with addresses.
	 */
	bool evicted;
	/** @evict_link: entry of agx_vm.evicted if @evicted. */
	struct list_head evict_link;
};

struct agx_vm {
	/** @gpuvm: mappings, and the resv that private BOs share. */
	struct drm_gpuvm gpuvm;

	/** @agx: device. Borrowed from @gpuvm, which holds it. */
	struct agx_device *agx;

	/** @opens: file table entry and queues; zero closes, for good. */
	refcount_t opens;

	/**
	 * @lock: serialises changes of @gpuvm's tree, @bos, @evicted, @pgtable and @closed. Taken
	 * before any dma_resv; by reclaim, which comes from a BO, with trylock under its resv.
	 */
	struct mutex lock;

	/** @closed: set by the last close, never cleared; no mapping is added after. */
	bool closed;

	/** @pgtable: what the GPU walks. NULL once closed. Owned. */
	struct agx_pgtable *pgtable;

	/** @context: place on the GPU. */
	struct agx_context context;

	/** @kernel: range in which userspace maps nothing. Constant. */
	struct agx_va_range kernel;

	/** @kernel_mm: which addresses of @kernel are taken. Under @lock. */
	struct drm_mm kernel_mm;

	/** @kernel_bos: the driver's own memory. Each is its owner's; under @lock. */
	struct list_head kernel_bos;

	/** @guard: the page above the window of userspace. Owned; NULL once closed. */
	struct agx_kernel_bo *guard;

	/**
	 * @bos: vm_bos by BO; asking gpuvm would walk all VMs of the BO. A tree, since a hash table
	 * that grows with it would have to allocate, and could fail. Borrowed.
	 */
	struct rb_root bos;

	/** @evicted: vm_bos that reclaim has cut; restored by SUBMIT. Borrowed, under @lock. */
	struct list_head evicted;

	/** @used: last SUBMIT, or creation, in jiffies. Read without a lock. */
	unsigned long used;

	/** @id: for logs and debugfs only. */
	u64 id;
};

static inline struct agx_vm *to_agx_vm(struct drm_gpuvm *gpuvm)
{
	return container_of(gpuvm, struct agx_vm, gpuvm);
}

static inline struct agx_mapping *to_agx_mapping(struct drm_gpuva *va)
{
	return container_of(va, struct agx_mapping, va);
}

static inline struct agx_vm_bo *to_agx_vm_bo(struct drm_gpuvm_bo *vm_bo)
{
	return container_of(vm_bo, struct agx_vm_bo, base);
}

struct drm_gpuvm_bo *agx_vm_bo_alloc(void);
void agx_vm_bo_free(struct drm_gpuvm_bo *base);
int agx_vm_step_map(struct drm_gpuva_op *step, void *priv);
int agx_vm_step_remap(struct drm_gpuva_op *step, void *priv);
int agx_vm_step_unmap(struct drm_gpuva_op *step, void *priv);
void agx_vm_remove_mapping(struct agx_vm_update *update, struct agx_mapping *mapping);
void agx_vm_stale(struct agx_vm_update *update, u64 addr, u64 range);

int agx_vm_restore_bo(struct agx_vm_update *update, struct agx_vm_bo *entry);
int agx_vm_restore(struct agx_vm_update *update);

#endif
