// SPDX-License-Identifier: GPL-2.0 OR MIT
/* The memory of BOs as CPUs see it: mapped by the kernel, and by processes. */

#include <drm/drm_device.h>
#include <drm/drm_gem.h>
#include <drm/drm_print.h>
#include <drm/drm_vma_manager.h>

#include <linux/dma-buf.h>
#include <linux/dma-resv.h>
#include <linux/iosys-map.h>
#include <linux/mm.h>
#include <linux/vmalloc.h>

#include "asahi_drm.h"
#include "gem_priv.h"
#include "reclaim.h"

/**
 * agx_gem_vmap() - &drm_gem_object_funcs.vmap
 * @obj: BO, locked.
 * @map: receives where the kernel finds it.
 *
 * The kernel's mapping is cached whatever the BO asks for: it must be of the same kind as the
 * mapping of all memory through which the simulated GPU goes.
 *
 * Return: 0; -ENOMEM; what else agx_bo_pin_locked() or an exporter says.
 */
int agx_gem_vmap(struct drm_gem_object *obj, struct iosys_map *map)
{
	struct agx_bo *bo = to_agx_bo(obj);
	int ret;

	dma_resv_assert_held(obj->resv);

	if (drm_gem_is_imported(obj))
		return dma_buf_vmap(obj->import_attach->dmabuf, map);

	if (!bo->vmaps) {
		ret = agx_bo_pin_locked(bo);
		if (ret)
			return ret;

		bo->vaddr = vmap(bo->pages, obj->size >> PAGE_SHIFT, VM_MAP, PAGE_KERNEL);
		if (!bo->vaddr) {
			agx_bo_unpin(bo);
			return -ENOMEM;
		}
	}

	bo->vmaps++;
	iosys_map_set_vaddr(map, bo->vaddr);
	return 0;
}

/**
 * agx_gem_vunmap() - &drm_gem_object_funcs.vunmap
 * @obj: BO, locked.
 * @map: what agx_gem_vmap() gave.
 */
void agx_gem_vunmap(struct drm_gem_object *obj, struct iosys_map *map)
{
	struct agx_bo *bo = to_agx_bo(obj);

	dma_resv_assert_held(obj->resv);

	if (drm_gem_is_imported(obj)) {
		dma_buf_vunmap(obj->import_attach->dmabuf, map);
		return;
	}

	if (drm_WARN_ON(obj->dev, !bo->vmaps) || --bo->vmaps)
		return;

	vunmap(bo->vaddr);
	bo->vaddr = NULL;
	agx_bo_unpin(bo);
}

/*
 * Memory stays when the device goes: it is the system's, and a process that has it mapped has no
 * good answer to a SIGBUS. So faults are served for as long as there is a mapping.
 *
 * The caller may hold mmap_lock and nothing of ours: no code may touch user memory under a resv.
 */
static vm_fault_t agx_gem_fault(struct vm_fault *vmf)
{
	struct vm_area_struct *vma = vmf->vma;
	struct drm_gem_object *obj = vma->vm_private_data;
	struct agx_bo *bo = to_agx_bo(obj);
	/* From the BO's start, also if a dma-buf is mapped from the middle or a mapping split. */
	pgoff_t index = vmf->pgoff - drm_vma_node_start(&obj->vma_node);
	vm_fault_t ret;

	if (index >= obj->size >> PAGE_SHIFT)
		return VM_FAULT_SIGBUS;

	/*
	 * An error here is no reason for VM_FAULT_OOM, which asks for another try: who could be
	 * killed to get memory has been, and the caller may be the one.
	 */
	if (agx_bo_lock_populated(bo))
		return VM_FAULT_SIGBUS;

	ret = vmf_insert_pfn(vma, vmf->address, page_to_pfn(bo->pages[index]));
	agx_reclaim_touch(bo);
	dma_resv_unlock(obj->resv);
	return ret;
}

/* &drm_gem_object_funcs.vm_ops */
const struct vm_operations_struct agx_gem_vm_ops = {
	.fault = agx_gem_fault,
	.open = drm_gem_vm_open,
	.close = drm_gem_vm_close,
};

static int agx_gem_mmap_imported(struct drm_gem_object *obj, struct vm_area_struct *vma)
{
	int ret;

	/* The exporter sets both if it wants them, and not all forbid what the core forbids. */
	vma->vm_private_data = NULL;
	vma->vm_ops = NULL;
	vm_flags_set(vma, VM_DONTEXPAND);

	ret = dma_buf_mmap(obj->import_attach->dmabuf, vma, 0);

	/* The mapping now has the dma-buf in place of the reference that the core took for it. */
	if (!ret)
		drm_gem_object_put(obj);
	return ret;
}

/**
 * agx_gem_mmap() - &drm_gem_object_funcs.mmap
 * @obj: BO, of which the core has taken a reference for the mapping.
 * @vma: the mapping.
 *
 * Return: 0; -EINVAL for a private mapping that can be written; -ENOMEM; what else
 * agx_bo_populate() or an exporter says.
 */
int agx_gem_mmap(struct drm_gem_object *obj, struct vm_area_struct *vma)
{
	struct agx_bo *bo = to_agx_bo(obj);
	int ret;

	if (drm_gem_is_imported(obj))
		return agx_gem_mmap_imported(obj, vma);

	/* A copy on write would be made of a page that the core may not look at. */
	if (is_cow_mapping(vma->vm_flags))
		return -EINVAL;

	/* Now, where lack of memory can be reported, rather than at the first access. */
	ret = agx_bo_lock_populated(bo);
	if (ret)
		return ret;
	dma_resv_unlock(obj->resv);

	/*
	 * PFNMAP: entries hold no references of pages, and nobody may take some through them: the
	 * memory is the BO's alone. Not VM_IO: it is memory, reading it has no side effect.
	 */
	vm_flags_set(vma, VM_PFNMAP | VM_DONTEXPAND | VM_DONTDUMP);

	/*
	 * On x86 the core overrules this and maps memory as the kernel's own mapping has it, since
	 * two kinds of mapping of one page are undefined there.
	 */
	vma->vm_page_prot = vm_get_page_prot(vma->vm_flags);
	if (!(bo->flags & DRM_ASAHI_GEM_WRITEBACK))
		vma->vm_page_prot = pgprot_writecombine(vma->vm_page_prot);

	return 0;
}
