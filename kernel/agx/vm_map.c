// SPDX-License-Identifier: GPL-2.0 OR MIT

#include <drm/drm_exec.h>
#include <drm/drm_gpuvm.h>
#include <drm/drm_print.h>

#include <linux/slab.h>

#include "agx_device.h"
#include "asahi_drm.h"
#include "compat.h"
#include "gem.h"
#include "pgtable.h"
#include "trace.h"
#include "vm.h"
#include "vm_priv.h"

/* What one update keeps for its flush at the most. */
#define MAX_GONE 4096
#define MAX_DEAD_TABLES 256

const size_t agx_mapping_size = sizeof(struct agx_mapping);

/* &drm_gpuvm_ops.vm_bo_alloc */
struct drm_gpuvm_bo *agx_vm_bo_alloc(void)
{
	struct agx_vm_bo *vm_bo = kzalloc(sizeof(*vm_bo), GFP_KERNEL_ACCOUNT);

	if (!vm_bo)
		return NULL;

	INIT_LIST_HEAD(&vm_bo->evict_link);
	return &vm_bo->base;
}

/* &drm_gpuvm_ops.vm_bo_free */
void agx_vm_bo_free(struct drm_gpuvm_bo *base)
{
	struct agx_vm_bo *vm_bo = to_agx_vm_bo(base);

	lockdep_assert_held(&to_agx_vm(base->vm)->lock);

	rb_erase(&vm_bo->node, &to_agx_vm(base->vm)->bos);
	list_del(&vm_bo->evict_link);
	kfree(vm_bo);
}

/* What one map or unmap needs while gpuvm walks the tree. */
struct vm_op {
	struct agx_vm_update *update;
	/* Mappings that the steps may use up; the rest is freed afterwards. */
	struct agx_mapping *spare[3];
	/* Of a map: its BO and kind. */
	struct agx_vm_bo *vm_bo;
	u64 prot;
	bool repeat;
};

static struct agx_mapping *vm_op_take(struct vm_op *op)
{
	struct agx_mapping *mapping = NULL;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(op->spare) && !mapping; i++)
		swap(mapping, op->spare[i]);
	return mapping;
}

static void vm_op_fini(struct vm_op *op)
{
	struct agx_mapping *mapping;

	while ((mapping = vm_op_take(op)))
		agx_free(op->update->vm->agx, AGX_TYPE_MAPPING, mapping);
}

static int vm_op_init(struct vm_op *op, struct agx_vm_update *update, unsigned int spare)
{
	op->update = update;
	while (spare--) {
		op->spare[spare] = agx_alloc(update->vm->agx, AGX_TYPE_MAPPING);
		if (!op->spare[spare]) {
			vm_op_fini(op);
			return -ENOMEM;
		}
	}
	return 0;
}

/* Keep @mapping, which is out of the tree, until the flush. */
static void vm_gone(struct agx_vm_update *update, struct agx_mapping *mapping)
{
	trace_agx_mapping_unmap(update->vm->id, agx_bo_id(to_agx_bo(mapping->va.gem.obj)),
				mapping->va.va.addr, mapping->va.va.range, mapping->va.gem.offset);
	mapping->removed = true;
	list_add_tail(&mapping->gone, &update->gone);
	update->num_gone++;
}

/* Link @mapping, which is in the tree, to @vm_bo. */
static void vm_link(struct agx_mapping *mapping, struct drm_gpuvm_bo *vm_bo)
{
	dma_resv_lock(vm_bo->obj->resv, NULL);
	drm_gpuva_link(&mapping->va, vm_bo);
	dma_resv_unlock(vm_bo->obj->resv);
	trace_agx_mapping_map(to_agx_vm(vm_bo->vm)->id, agx_bo_id(to_agx_bo(vm_bo->obj)),
			      mapping->va.va.addr, mapping->va.va.range, mapping->va.gem.offset);
}

/* &drm_gpuvm_ops.sm_step_map */
int agx_vm_step_map(struct drm_gpuva_op *step, void *priv)
{
	struct vm_op *op = priv;
	struct agx_mapping *mapping = vm_op_take(op);

	mapping->prot = op->prot;
	mapping->repeat = op->repeat;
	drm_gpuva_map(&op->update->vm->gpuvm, &mapping->va, &step->map);
	vm_link(mapping, &op->vm_bo->base);
	return 0;
}

/* The mapping that is left of @old where @part says. */
static struct agx_mapping *vm_remnant(struct vm_op *op, struct agx_mapping *old,
				      struct drm_gpuva_op_map *part)
{
	struct agx_mapping *mapping;

	if (!part)
		return NULL;

	/* gpuvm advances the offset with the address, which is wrong for a repeated page. */
	if (old->repeat)
		part->gem.offset = old->va.gem.offset;

	mapping = vm_op_take(op);
	mapping->prot = old->prot;
	mapping->repeat = old->repeat;
	return mapping;
}

/* &drm_gpuvm_ops.sm_step_remap */
int agx_vm_step_remap(struct drm_gpuva_op *step, void *priv)
{
	struct vm_op *op = priv;
	struct drm_gpuva_op_remap *remap = &step->remap;
	struct agx_mapping *old = to_agx_mapping(remap->unmap->va);
	struct agx_mapping *prev = vm_remnant(op, old, remap->prev);
	struct agx_mapping *next = vm_remnant(op, old, remap->next);

	drm_gpuva_remap(prev ? &prev->va : NULL, next ? &next->va : NULL, remap);
	if (prev)
		vm_link(prev, old->va.vm_bo);
	if (next)
		vm_link(next, old->va.vm_bo);
	vm_gone(op->update, old);
	return 0;
}

/* &drm_gpuvm_ops.sm_step_unmap */
int agx_vm_step_unmap(struct drm_gpuva_op *step, void *priv)
{
	struct vm_op *op = priv;

	/* @keep is ignored: it knows nothing of protection or repetition. */
	drm_gpuva_unmap(&step->unmap);
	vm_gone(op->update, to_agx_mapping(step->unmap.va));
	return 0;
}

/**
 * agx_vm_remove_mapping() - Take a mapping out of its VM's tree.
 * @update: update of the VM; frees the mapping at its end.
 * @mapping: mapping, out of the page tables or about to be.
 */
void agx_vm_remove_mapping(struct agx_vm_update *update, struct agx_mapping *mapping)
{
	drm_gpuva_remove(&mapping->va);
	vm_gone(update, mapping);
}

/**
 * agx_vm_update_begin() - Lock a VM for changes.
 * @update: filled in; to be ended by agx_vm_update_end() unless this fails.
 * @vm: VM that the caller holds.
 * @interruptible: whether a signal may end the wait for the lock.
 *
 * Return: 0, or -EINTR.
 */
int agx_vm_update_begin(struct agx_vm_update *update, struct agx_vm *vm, bool interruptible)
{
	update->vm = vm;
	update->stale = (struct agx_va_range){ .start = U64_MAX };
	INIT_LIST_HEAD(&update->gone);
	update->num_gone = 0;

	if (interruptible)
		return mutex_lock_interruptible(&vm->lock);

	mutex_lock(&vm->lock);
	return 0;
}

/**
 * agx_vm_stale() - Have a range flushed at the end of an update.
 * @update: update of the VM.
 * @addr: first address.
 * @range: length.
 */
void agx_vm_stale(struct agx_vm_update *update, u64 addr, u64 range)
{
	update->stale.start = min(update->stale.start, addr);
	update->stale.end = max(update->stale.end, addr + range);
}

/**
 * agx_vm_update_flush() - Flush what has changed so far.
 * @update: update.
 */
void agx_vm_update_flush(struct agx_vm_update *update)
{
	struct agx_vm *vm = update->vm;

	lockdep_assert_held(&vm->lock);

	if (update->stale.start < update->stale.end)
		agx_context_flush(vm->agx, &vm->context, update->stale.start,
				  update->stale.end - update->stale.start);
	else
		/* Tables that nobody has flushed may still be being walked. */
		WARN_ON_ONCE(vm->pgtable && agx_pgtable_num_dead(vm->pgtable));
	update->stale = (struct agx_va_range){ .start = U64_MAX };
	if (vm->pgtable)
		agx_pgtable_collect(vm->pgtable);
}

/* Flush what has changed, and let go of what has been removed. */
static void vm_update_settle(struct agx_vm_update *update)
{
	struct agx_vm *vm = update->vm;
	struct agx_mapping *mapping, *next;

	lockdep_assert_held(&vm->lock);

	agx_vm_update_flush(update);

	list_for_each_entry_safe(mapping, next, &update->gone, gone) {
		struct drm_gem_object *obj = mapping->va.gem.obj;

		/* The last reference must not go while the resv, maybe its own, is locked. */
		list_del(&mapping->gone);
		drm_gem_object_get(obj);
		dma_resv_lock(obj->resv, NULL);
		drm_gpuva_unlink(&mapping->va);
		dma_resv_unlock(obj->resv);
		agx_free(vm->agx, AGX_TYPE_MAPPING, mapping);
		drm_gem_object_put(obj);
		cond_resched();
	}
	update->num_gone = 0;
}

/**
 * agx_vm_update_relax() - Bound what an update keeps for its flush.
 * @update: update with more changes to come.
 *
 * A call with very many operations gets more than one flush, so that memory which it has given up
 * does not pile up behind it.
 */
void agx_vm_update_relax(struct agx_vm_update *update)
{
	if (update->num_gone > MAX_GONE ||
	    (update->vm->pgtable && agx_pgtable_num_dead(update->vm->pgtable) > MAX_DEAD_TABLES))
		vm_update_settle(update);
}

/**
 * agx_vm_update_end() - Flush what has changed, let go of what has been removed, unlock.
 * @update: update.
 */
void agx_vm_update_end(struct agx_vm_update *update)
{
	vm_update_settle(update);
	mutex_unlock(&update->vm->lock);
}

static struct drm_gem_object *vm_bo_key(const struct rb_node *node)
{
	return rb_entry(node, struct agx_vm_bo, node)->base.obj;
}

static bool vm_bo_less(struct rb_node *a, const struct rb_node *b)
{
	return vm_bo_key(a) < vm_bo_key(b);
}

static int vm_bo_cmp(const void *key, const struct rb_node *node)
{
	const struct drm_gem_object *obj = vm_bo_key(node);

	return key < (const void *)obj ? -1 : key > (const void *)obj;
}

static struct agx_vm_bo *vm_find_bo(struct agx_vm *vm, struct drm_gem_object *obj)
{
	lockdep_assert_held(&vm->lock);

	return rb_entry_safe(rb_find(obj, &vm->bos, vm_bo_cmp), struct agx_vm_bo, node);
}

/* Let the resv of a BO from outside know of the jobs that the VM has in flight. */
static int vm_copy_fences(struct agx_vm *vm, struct drm_gem_object *obj)
{
	struct dma_resv_iter cursor;
	struct dma_fence *fence;
	unsigned int count = 0;
	int ret;

	dma_resv_assert_held(drm_gpuvm_resv(&vm->gpuvm));
	dma_resv_assert_held(obj->resv);

	dma_resv_for_each_fence(&cursor, drm_gpuvm_resv(&vm->gpuvm), DMA_RESV_USAGE_BOOKKEEP,
				fence)
		count++;
	if (!count)
		return 0;

	ret = dma_resv_reserve_fences(obj->resv, count);
	if (ret)
		return ret;

	dma_resv_for_each_fence(&cursor, drm_gpuvm_resv(&vm->gpuvm), DMA_RESV_USAGE_BOOKKEEP,
				fence)
		dma_resv_add_fence(obj->resv, fence, DMA_RESV_USAGE_BOOKKEEP);
	return 0;
}

/* Make the BO behind @vm_bo one that the VM maps. */
static int vm_adopt_bo(struct agx_vm *vm, struct agx_vm_bo *vm_bo)
{
	struct drm_gem_object *obj = vm_bo->base.obj;
	struct drm_exec exec;
	int ret;

	drm_exec_init(&exec, DRM_EXEC_IGNORE_DUPLICATES, 2);
	drm_exec_until_all_locked(&exec) {
		ret = drm_exec_lock_obj(&exec, agx_vm_root(vm));
		drm_exec_retry_on_contention(&exec);
		if (ret)
			break;

		ret = drm_exec_lock_obj(&exec, obj);
		drm_exec_retry_on_contention(&exec);
		if (ret)
			break;
	}

	if (!ret && drm_gpuvm_is_extobj(&vm->gpuvm, obj))
		ret = vm_copy_fences(vm, obj);
	if (!ret) {
		list_add_tail(&vm_bo->base.list.entry.gem, &obj->gpuva.list);
		drm_gpuvm_bo_extobj_add(&vm_bo->base);
	}
	drm_exec_fini(&exec);
	return ret;
}

static void vm_bo_put(struct agx_vm_bo *vm_bo)
{
	struct drm_gem_object *obj = vm_bo->base.obj;

	drm_gem_object_get(obj);
	dma_resv_lock(obj->resv, NULL);
	drm_gpuvm_bo_put(&vm_bo->base);
	dma_resv_unlock(obj->resv);
	drm_gem_object_put(obj);
}

/* Make sure that what @vm_bo maps has memory, which then stays until the VM is unlocked. */
static int vm_populate_bo(struct agx_vm_update *update, struct agx_vm_bo *vm_bo)
{
	struct drm_gem_object *obj = vm_bo->base.obj;
	int ret = 0;

	dma_resv_lock(obj->resv, NULL);
	if (vm_bo->evicted)
		ret = agx_vm_restore_bo(update, vm_bo);
	if (!ret)
		ret = agx_bo_map_dma_locked(to_agx_bo(obj));
	dma_resv_unlock(obj->resv);
	return ret;
}

/* Find or make the vm_bo of @bo, and give the BO memory. Returns a reference. */
static struct agx_vm_bo *vm_obtain_bo(struct agx_vm_update *update, struct agx_bo *bo)
{
	struct agx_vm *vm = update->vm;
	struct drm_gem_object *obj = agx_bo_gem(bo);
	struct agx_vm_bo *vm_bo = vm_find_bo(vm, obj);
	struct drm_gpuvm_bo *base;
	int ret = 0;

	if (vm_bo) {
		drm_gpuvm_bo_get(&vm_bo->base);
	} else {
		base = drm_gpuvm_bo_create(&vm->gpuvm, obj);
		if (!base)
			return ERR_PTR(-ENOMEM);

		vm_bo = to_agx_vm_bo(base);
		rb_add(&vm_bo->node, &vm->bos, vm_bo_less);
		ret = vm_adopt_bo(vm, vm_bo);
	}

	/* The VM's own by now: reclaim would want the VM's lock, so the memory stays. */
	if (!ret)
		ret = vm_populate_bo(update, vm_bo);
	if (ret) {
		vm_bo_put(vm_bo);
		return ERR_PTR(ret);
	}
	return vm_bo;
}

/**
 * agx_vm_map() - Map a BO, in place of what is there.
 * @update: update of the VM.
 * @bo: BO that may be bound in it. Borrowed.
 * @addr: first address; with @range, inside the address space, clear of the kernel's range.
 * @range: length, GPU page aligned, not zero.
 * @offset: where in the BO it starts; the range fits, unless a single page is repeated.
 * @flags: of enum drm_asahi_bind_flags, READ, WRITE and SINGLE_PAGE.
 *
 * All or nothing.
 *
 * Return: 0; -ENOENT if the VM has been closed; what agx_bo_map_dma_locked() says.
 */
int agx_vm_map(struct agx_vm_update *update, struct agx_bo *bo, u64 addr, u64 range, u64 offset,
	       u32 flags)
{
	struct agx_vm *vm = update->vm;
	struct agx_repeat repeat;
	struct sg_table sgt;
	u64 start = offset;
	struct vm_op op = {
		.prot = (flags & DRM_ASAHI_BIND_READ ? AGX_UAT_READ : 0) |
			(flags & DRM_ASAHI_BIND_WRITE ? AGX_UAT_WRITE : 0),
		.repeat = flags & DRM_ASAHI_BIND_SINGLE_PAGE,
	};
	int ret;

	lockdep_assert_held(&vm->lock);

	if (vm->closed)
		return -ENOENT;

	ret = vm_op_init(&op, update, 3);
	if (ret)
		return ret;

	op.vm_bo = vm_obtain_bo(update, bo);
	if (IS_ERR(op.vm_bo)) {
		ret = PTR_ERR(op.vm_bo);
		goto out_op;
	}

	sgt = agx_bo_sgt_from(bo, &start);

	/* Even a failed reservation may replace tables, which a walk may be reading. */
	agx_vm_stale(update, addr, range);
	if (op.repeat)
		ret = agx_pgtable_reserve_repeat(vm->pgtable, addr, range, &sgt, start, op.prot,
						 &repeat);
	else
		ret = agx_pgtable_reserve(vm->pgtable, addr, range);
	if (ret)
		goto out_bo;

	ret = agx_gpuvm_sm_map(&vm->gpuvm, &op, addr, range, agx_bo_gem(bo), offset);
	if (drm_WARN_ON(&vm->agx->drm, ret))
		goto out_bo;

	if (op.repeat)
		agx_pgtable_map_repeat(vm->pgtable, addr, range, &repeat);
	else
		agx_pgtable_map(vm->pgtable, addr, range, &sgt, start, op.prot);
out_bo:
	vm_bo_put(op.vm_bo);
out_op:
	vm_op_fini(&op);
	return ret;
}

/**
 * agx_vm_unmap() - Remove whatever is mapped in a range.
 * @update: update of the VM.
 * @addr: first address.
 * @range: length, GPU page aligned, not zero.
 *
 * All or nothing. Mappings that reach out of the range keep their other parts.
 *
 * Return: 0; -ENOENT if the VM has been closed; -ENOMEM.
 */
int agx_vm_unmap(struct agx_vm_update *update, u64 addr, u64 range)
{
	struct agx_vm *vm = update->vm;
	struct vm_op op = {};
	int ret;

	lockdep_assert_held(&vm->lock);

	if (vm->closed)
		return -ENOENT;

	ret = vm_op_init(&op, update, 2);
	if (ret)
		return ret;

	agx_vm_stale(update, addr, range);
	ret = agx_pgtable_reserve_clear(vm->pgtable, addr, range);
	if (ret)
		goto out_op;

	ret = drm_gpuvm_sm_unmap(&vm->gpuvm, &op, addr, range);
	if (drm_WARN_ON(&vm->agx->drm, ret))
		goto out_op;

	agx_pgtable_clear(vm->pgtable, addr, range);
out_op:
	vm_op_fini(&op);
	return ret;
}

/**
 * agx_vm_unmap_bo() - Remove all mappings of a BO.
 * @update: update of the VM.
 * @bo: BO.
 *
 * Whole mappings only, so that this needs no memory and cannot fail.
 */
void agx_vm_unmap_bo(struct agx_vm_update *update, struct agx_bo *bo)
{
	struct agx_vm *vm = update->vm;
	struct agx_vm_bo *found = vm_find_bo(vm, agx_bo_gem(bo));
	struct drm_gpuvm_bo *vm_bo;
	struct drm_gpuva *va;

	lockdep_assert_held(&vm->lock);

	if (!found)
		return;
	vm_bo = &found->base;

	/*
	 * The list changes under both the VM's lock and the BO's resv: one of them will do. What
	 * an update removes stays on it until the end of that update, so this is the first change
	 * of its own.
	 */
	WARN_ON_ONCE(!list_empty(&update->gone));
	drm_gpuvm_bo_for_each_va(va, vm_bo) {
		agx_vm_stale(update, va->va.addr, va->va.range);
		agx_pgtable_clear(vm->pgtable, va->va.addr, va->va.range);
		agx_vm_remove_mapping(update, to_agx_mapping(va));
	}
}
