// SPDX-License-Identifier: GPL-2.0 OR MIT

#include <drm/drm_gpuvm.h>

#include <linux/dma-resv.h>
#include <linux/jiffies.h>

#include "gem.h"
#include "gpu.h"
#include "pgtable.h"
#include "vm.h"
#include "vm_priv.h"

/* Evicting what VMs map, and bringing it back. What may happen when: reclaim.h. */

/* The addresses from the first to the last mapping of @vm_bo. */
static struct agx_va_range vm_bo_hull(struct drm_gpuvm_bo *vm_bo)
{
	struct agx_va_range hull = { .start = U64_MAX };
	struct drm_gpuva *va;

	drm_gpuvm_bo_for_each_va(va, vm_bo) {
		hull.start = min(hull.start, va->va.addr);
		hull.end = max(hull.end, va->va.addr + va->va.range);
	}
	return hull;
}

/*
 * Cut all translations to @vm_bo, all of which are whole mappings: this needs no memory. Removed
 * mappings whose addresses may lead elsewhere by now are left alone.
 */
static void vm_bo_cut(struct drm_gpuvm_bo *vm_bo)
{
	struct agx_vm *vm = to_agx_vm(vm_bo->vm);
	struct agx_va_range hull = vm_bo_hull(vm_bo);
	struct drm_gpuva *va;

	lockdep_assert_held(&vm->lock);
	dma_resv_assert_held(vm_bo->obj->resv);

	drm_gpuvm_bo_for_each_va(va, vm_bo)
		if (!to_agx_mapping(va)->removed)
			agx_pgtable_clear(vm->pgtable, va->va.addr, va->va.range);

	if (hull.start < hull.end)
		agx_context_flush(vm->agx, &vm->context, hull.start, hull.end - hull.start);
}

/**
 * agx_vm_evict_bo() - Cut all translations to a BO, in all VMs.
 * @bo: idle BO, locked; no VM's lock is held.
 *
 * The one way from a BO to VMs. The resv keeps the vm_bos that it finds, and each of them its VM,
 * closed or not. Neither waits for a lock of a VM nor allocates.
 *
 * Return: true; false if some VM is locked. Those that have been cut stay so, until their next
 * SUBMIT.
 */
bool agx_vm_evict_bo(struct agx_bo *bo)
{
	struct drm_gem_object *obj = agx_bo_gem(bo);
	struct drm_gpuvm_bo *vm_bo;

	dma_resv_assert_held(obj->resv);

	drm_gem_for_each_gpuvm_bo(vm_bo, obj) {
		struct agx_vm_bo *entry = to_agx_vm_bo(vm_bo);
		struct agx_vm *vm = to_agx_vm(vm_bo->vm);

		if (entry->evicted)
			continue;

		if (!mutex_trylock(&vm->lock))
			return false;

		vm_bo_cut(vm_bo);
		agx_pgtable_collect(vm->pgtable);
		entry->evicted = true;
		list_add_tail(&entry->evict_link, &vm->evicted);
		mutex_unlock(&vm->lock);
	}
	return true;
}

/**
 * agx_vm_bo_last_use() - When a job that could use a BO was last submitted.
 * @bo: BO, locked.
 * @used: a use that is known, in jiffies.
 *
 * Return: the later of @used and the last SUBMIT to a VM that maps the BO.
 */
unsigned long agx_vm_bo_last_use(struct agx_bo *bo, unsigned long used)
{
	struct drm_gem_object *obj = agx_bo_gem(bo);
	struct drm_gpuvm_bo *vm_bo;

	dma_resv_assert_held(obj->resv);

	drm_gem_for_each_gpuvm_bo(vm_bo, obj) {
		unsigned long submit = READ_ONCE(to_agx_vm(vm_bo->vm)->used);

		if (time_after(submit, used))
			used = submit;
	}
	return used;
}

static int vm_restore_mapping(struct agx_vm_update *update, struct agx_mapping *mapping)
{
	struct agx_pgtable *pgtable = update->vm->pgtable;
	u64 addr = mapping->va.va.addr, range = mapping->va.va.range;
	u64 start = mapping->va.gem.offset;
	struct sg_table sgt = agx_bo_sgt_from(to_agx_bo(mapping->va.gem.obj), &start);
	struct agx_repeat repeat;
	int ret;

	/* Its tables may have gone with the translations. */
	agx_vm_stale(update, addr, range);
	if (mapping->repeat) {
		ret = agx_pgtable_reserve_repeat(pgtable, addr, range, &sgt, start, mapping->prot,
						 &repeat);
		if (!ret)
			agx_pgtable_map_repeat(pgtable, addr, range, &repeat);
	} else {
		ret = agx_pgtable_reserve(pgtable, addr, range);
		if (!ret)
			agx_pgtable_map(pgtable, addr, range, &sgt, start, mapping->prot);
	}
	return ret;
}

/**
 * agx_vm_restore_bo() - Bring a BO back for one VM.
 * @update: update of the VM.
 * @entry: an evicted one of the VM's, its BO locked.
 *
 * The BO may have its memory already, at the same place or another: its other VMs do not matter.
 *
 * Return: 0; -ENOMEM, or -EINTR if the caller is being killed, with nothing brought back.
 */
int agx_vm_restore_bo(struct agx_vm_update *update, struct agx_vm_bo *entry)
{
	struct drm_gpuvm_bo *vm_bo = &entry->base;
	struct drm_gpuva *va;
	int ret;

	lockdep_assert_held(&update->vm->lock);
	dma_resv_assert_held(vm_bo->obj->resv);

	ret = agx_bo_map_dma_locked(to_agx_bo(vm_bo->obj));
	if (ret)
		return ret;

	drm_gpuvm_bo_for_each_va(va, vm_bo) {
		/* One that an earlier step of this VM_BIND has removed waits for the flush. */
		if (to_agx_mapping(va)->removed)
			continue;

		ret = vm_restore_mapping(update, to_agx_mapping(va));
		if (ret) {
			/* Evicted still: so nobody will ask this VM before the memory goes. */
			vm_bo_cut(vm_bo);
			return ret;
		}
	}

	entry->evicted = false;
	list_del_init(&entry->evict_link);
	return 0;
}

/**
 * agx_vm_restore() - Bring back all that a VM maps.
 * @update: update of the VM, all of whose BOs are locked.
 *
 * Free if nothing has been evicted.
 *
 * Return: 0; -ENOMEM; -EINTR if the caller is being killed. What has come back stays.
 */
int agx_vm_restore(struct agx_vm_update *update)
{
	struct agx_vm_bo *entry, *next;
	int ret;

	list_for_each_entry_safe(entry, next, &update->vm->evicted, evict_link) {
		ret = agx_vm_restore_bo(update, entry);
		if (ret)
			return ret;
	}
	return 0;
}
