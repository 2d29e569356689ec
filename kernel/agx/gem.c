// SPDX-License-Identifier: GPL-2.0 OR MIT
#include <drm/drm_drv.h>
#include <drm/drm_file.h>
#include <drm/drm_gem.h>
#include <drm/drm_prime.h>
#include <drm/drm_print.h>
#include <drm/drm_vma_manager.h>

#include <linux/dma-buf.h>
#include <linux/dma-mapping.h>
#include <linux/dma-resv.h>
#include <linux/err.h>
#include <linux/iosys-map.h>
#include <linux/mm.h>
#include <linux/pagemap.h>
#include <linux/scatterlist.h>
#include <linux/sched/signal.h>
#include <linux/shmem_fs.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "agx_device.h"
#include "asahi_drm.h"
#include "compat.h"
#include "file.h"
#include "gem_priv.h"
#include "prime.h"
#include "reclaim.h"
#include "sg_index.h"
#include "trace.h"

AGX_MODULE_IMPORT_DMA_BUF;

const size_t agx_bo_size = sizeof(struct agx_bo);

struct agx_bo *to_agx_bo(struct drm_gem_object *obj)
{
	return container_of(obj, struct agx_bo, base);
}

struct drm_gem_object *agx_bo_gem(struct agx_bo *bo)
{
	return &bo->base;
}

/**
 * agx_bo_get() - Take another reference.
 * @bo: BO, or NULL.
 *
 * Return: @bo.
 */
struct agx_bo *agx_bo_get(struct agx_bo *bo)
{
	if (bo)
		drm_gem_object_get(&bo->base);
	return bo;
}

/**
 * agx_bo_put() - Give up a reference.
 * @bo: BO, or NULL.
 *
 * May sleep. Not under the resv of @bo, unless the caller knows of another reference.
 */
void agx_bo_put(struct agx_bo *bo)
{
	might_sleep();
	if (bo)
		drm_gem_object_put(&bo->base);
}

/** agx_bo_id() - Debug id of @bo. */
u64 agx_bo_id(struct agx_bo *bo)
{
	return bo->id;
}

/**
 * agx_bo_is_private() - Whether a BO belongs to one VM.
 * @bo: BO.
 *
 * Return: true if it does.
 */
bool agx_bo_is_private(struct agx_bo *bo)
{
	return bo->root;
}

/**
 * agx_bo_bindable() - Whether a VM may map a BO.
 * @bo: BO.
 * @root: root object of the VM.
 *
 * Return: true for a shareable BO, and for one that is private to that VM.
 */
bool agx_bo_bindable(struct agx_bo *bo, struct drm_gem_object *root)
{
	return !bo->root || bo->root == root;
}

/**
 * agx_bo_possible() - Whether the machine could ever hold a BO's memory.
 * @bo: BO.
 *
 * Memory cannot be swapped while it is in use. Without a bound, one client could ask for a BO
 * whose table of pages alone exhausts the kernel.
 *
 * Return: false if populating it is bound to fail.
 */
bool agx_bo_possible(struct agx_bo *bo)
{
	return bo->base.size >> PAGE_SHIFT <=
	       min(totalram_pages(), INT_MAX / sizeof(struct page *));
}

/* Without a lock: the answer may be old when it is read. */
static bool bo_resident(struct agx_bo *bo)
{
	return READ_ONCE(bo->pages) || drm_gem_is_imported(&bo->base);
}

/*
 * Read the memory of @bo in, with the resv or without. Only the death of the caller interrupts: an
 * ioctl that has taken effect in part must not be restarted, and a page fault cannot be.
 *
 * Returns the pages for bo_install_locked(), or an ERR_PTR() for bo_read_failed_locked().
 */
static struct page **bo_read(struct agx_bo *bo)
{
	struct drm_gem_object *obj = &bo->base;
	unsigned long num_pages = obj->size >> PAGE_SHIFT;
	struct address_space *mapping;
	struct page **pages;
	unsigned long i = 0;
	int ret;

	if (!agx_bo_possible(bo))
		return ERR_PTR(-ENOMEM);

	pages = kvcalloc(num_pages, sizeof(*pages), GFP_KERNEL_ACCOUNT | __GFP_NOWARN);
	if (!pages)
		return ERR_PTR(-ENOMEM);

	/* What drm_gem_get_pages() does, but for the way out of a loop that may last minutes. */
	mapping = obj->filp->f_mapping;
	mapping_set_unevictable(mapping);

	while (i < num_pages) {
		struct folio *folio;
		unsigned long end;

		if (fatal_signal_pending(current)) {
			ret = -EINTR;
			goto err_put_pages;
		}

		folio = shmem_read_folio_gfp(mapping, i, mapping_gfp_mask(mapping));
		if (IS_ERR(folio)) {
			ret = PTR_ERR(folio);
			/* So shmem puts it when the system may not promise more memory. */
			if (ret == -ENOSPC)
				ret = -ENOMEM;
			goto err_put_pages;
		}

		/* One reference of a folio stands for all its pages. */
		end = min(num_pages, i + folio_nr_pages(folio));
		for (; i < end; i++)
			pages[i] = folio_file_page(folio, i);

		cond_resched();
	}
	return pages;

err_put_pages:
	drm_gem_put_pages(obj, pages, false, false);
	return ERR_PTR(ret);
}

/*
 * Make what has been read in the memory of @bo. If somebody else has done so meanwhile, these are
 * the same pages: the file keeps one that anybody has a reference of.
 */
static void bo_install_locked(struct agx_bo *bo, struct page **pages)
{
	struct drm_gem_object *obj = &bo->base;

	dma_resv_assert_held(obj->resv);

	if (bo->pages) {
		drm_gem_put_pages(obj, pages, false, false);
	} else {
		WRITE_ONCE(bo->pages, pages);
		bo->filled = true;
		agx_reclaim_populated(bo);
	}

	/* Whoever gave up pages has also said that all of them may be swapped. */
	mapping_set_unevictable(obj->filp->f_mapping);
}

/* Clean up after bo_read(), unless others have been more lucky. */
static void bo_read_failed_locked(struct agx_bo *bo)
{
	struct drm_gem_object *obj = &bo->base;

	dma_resv_assert_held(obj->resv);

	if (bo->pages)
		mapping_set_unevictable(obj->filp->f_mapping);
	else if (!bo->filled && !bo->readers)
		/* All zeros: back to the system, which is short of it, rather than kept. */
		shmem_truncate_range(file_inode(obj->filp), 0, (loff_t)-1);
}

/* Give @bo its memory, if it has none. */
static int bo_populate_locked(struct agx_bo *bo)
{
	struct page **pages;

	dma_resv_assert_held(bo->base.resv);

	if (bo->pages || drm_gem_is_imported(&bo->base))
		return 0;

	pages = bo_read(bo);
	if (IS_ERR(pages)) {
		bo_read_failed_locked(bo);
		return PTR_ERR(pages);
	}

	bo_install_locked(bo, pages);
	return 0;
}

/*
 * Lock @bo, which is not imported, and give it its memory, if it has none. Reads without the resv,
 * which may be that of a VM with more private BOs: these could not be evicted to make room for this
 * one, and the VM's jobs would have to wait.
 *
 * Returns 0 with the resv locked, or a negative errno without.
 */
static int bo_lock_populated(struct agx_bo *bo)
{
	struct dma_resv *resv = bo->base.resv;
	struct page **pages;

	dma_resv_lock(resv, NULL);
	if (bo->pages)
		return 0;

	bo->readers++;
	dma_resv_unlock(resv);

	pages = bo_read(bo);

	dma_resv_lock(resv, NULL);
	bo->readers--;
	if (!IS_ERR(pages)) {
		bo_install_locked(bo, pages);
		return 0;
	}

	bo_read_failed_locked(bo);
	if (bo->pages)
		return 0;

	dma_resv_unlock(resv);
	return PTR_ERR(pages);
}

/**
 * agx_bo_populate() - Give a BO memory before anything is locked.
 * @bo: BO.
 *
 * It may be evicted again at once, so who needs the memory asks again, under the resv. But that
 * will then rarely have to read: nobody waits for the locks meanwhile, and whatever they protect
 * could be evicted to make room.
 *
 * Return: 0; -ENOMEM; -EIO if it cannot be read; -EINTR if the caller is being killed.
 */
int agx_bo_populate(struct agx_bo *bo)
{
	int ret;

	if (bo_resident(bo))
		return 0;

	ret = bo_lock_populated(bo);
	if (!ret)
		dma_resv_unlock(bo->base.resv);
	return ret;
}

static void bo_unmap_dma(struct agx_bo *bo)
{
	if (!bo->sgt)
		return;

	agx_sg_index_destroy(bo->sg_index);
	bo->sg_index = NULL;
	dma_unmap_sgtable(bo->base.dev->dev, bo->sgt, DMA_BIDIRECTIONAL, 0);
	sg_free_table(bo->sgt);
	kfree(bo->sgt);
	bo->sgt = NULL;
}

/* What drm_prime_pages_to_sg() does, but charged to the caller. */
static struct sg_table *bo_alloc_sgt(struct agx_bo *bo)
{
	struct drm_gem_object *obj = &bo->base;
	/* As many bytes as an unsigned int counts, if the bus sets no limit. */
	unsigned int max_segment = min_not_zero(dma_max_mapping_size(obj->dev->dev), UINT_MAX);
	struct sg_table *sgt = kzalloc(sizeof(*sgt), GFP_KERNEL_ACCOUNT);
	int ret;

	if (!sgt)
		return ERR_PTR(-ENOMEM);

	ret = sg_alloc_table_from_pages_segment(sgt, bo->pages, obj->size >> PAGE_SHIFT, 0,
						obj->size, max_segment, GFP_KERNEL_ACCOUNT);
	if (ret) {
		kfree(sgt);
		return ERR_PTR(ret);
	}
	return sgt;
}

/**
 * agx_bo_map_dma_locked() - Give a BO memory with addresses on the device's bus.
 * @bo: BO, locked.
 *
 * The addresses stay while the BO is locked, pinned, or mapped by a VM that is locked and has not
 * been told that it is evicted. Works on imported BOs too. May sleep for long.
 *
 * Return: 0; -ENOMEM; -EIO if it cannot be read back; -EINTR if the caller is being killed; -ENODEV
 * if the device is gone.
 */
int agx_bo_map_dma_locked(struct agx_bo *bo)
{
	struct drm_gem_object *obj = &bo->base;
	struct sg_table *sgt;
	int ret, idx;

	ret = bo_populate_locked(bo);
	if (ret || bo->sgt)
		return ret;

	sgt = bo_alloc_sgt(bo);
	if (IS_ERR(sgt))
		return PTR_ERR(sgt);

	ret = -ENODEV;
	if (drm_dev_enter(obj->dev, &idx)) {
		ret = dma_map_sgtable(obj->dev->dev, sgt, DMA_BIDIRECTIONAL, 0);
		drm_dev_exit(idx);
	}
	if (ret) {
		sg_free_table(sgt);
		kfree(sgt);
		return ret;
	}

	bo->sgt = sgt;
	bo->sg_index = agx_sg_index_create(sgt);
	return 0;
}

/**
 * agx_bo_evict_locked() - Hand the memory of a BO to the system, which may swap it.
 * @bo: BO with memory, not imported, locked and not pinned; idle and in no VM's page tables.
 *
 * Does not allocate.
 */
void agx_bo_evict_locked(struct agx_bo *bo)
{
	struct drm_gem_object *obj = &bo->base;
	struct page **pages = bo->pages;

	dma_resv_assert_held(obj->resv);

	/* Also those through a dma-buf: the core gives it the same address_space. */
	drm_vma_node_unmap(&obj->vma_node, obj->dev->anon_inode->i_mapping);
	bo_unmap_dma(bo);
	WRITE_ONCE(bo->pages, NULL);

	/* Nobody has kept a record of writes, neither of the CPU's nor of the GPU's. */
	drm_gem_put_pages(obj, pages, true, false);
}

/**
 * agx_bo_pin_locked() - Keep the memory of a BO where it is.
 * @bo: BO, locked.
 *
 * Return: 0, to be undone with agx_bo_unpin(); -ENOMEM; -EINTR if the caller is being killed.
 */
int agx_bo_pin_locked(struct agx_bo *bo)
{
	int ret;

	ret = bo_populate_locked(bo);
	if (ret)
		return ret;

	agx_reclaim_pin(bo);
	return 0;
}

/**
 * agx_bo_pin_sgt() - Keep the memory of a BO where it is, with addresses for the GPU.
 * @bo: BO, not locked: takes the resv.
 * @sgt: receives the addresses. Borrowed until agx_bo_unpin().
 *
 * Return: what agx_bo_map_dma_locked() says.
 */
int agx_bo_pin_sgt(struct agx_bo *bo, struct sg_table **sgt)
{
	struct dma_resv *resv = bo->base.resv;
	int ret;

	ret = agx_bo_populate(bo);
	if (ret)
		return ret;

	dma_resv_lock(resv, NULL);
	ret = agx_bo_map_dma_locked(bo);
	if (!ret) {
		agx_reclaim_pin(bo);
		*sgt = bo->sgt;
	}
	dma_resv_unlock(resv);
	return ret;
}

/**
 * agx_bo_sgt_from() - The bus addresses of a BO from some offset on.
 * @bo: BO with addresses that stay, see agx_bo_map_dma_locked().
 * @offset: bytes from the start of the BO; becomes what is left from the start of the result.
 *
 * Takes about as long for any offset.
 *
 * Return: addresses. Borrowed, for as long as they stay.
 */
struct sg_table agx_bo_sgt_from(struct agx_bo *bo, u64 *offset)
{
	return agx_sg_index_seek(bo->sg_index, bo->sgt, offset);
}

/**
 * agx_bo_unpin() - Undo agx_bo_pin_locked() or agx_bo_pin_sgt().
 * @bo: BO, locked or not.
 *
 * No CPU and no device may use the memory through this pin any more. Never sleeps.
 */
void agx_bo_unpin(struct agx_bo *bo)
{
	agx_reclaim_unpin(bo);
}

/**
 * agx_bo_pages_locked() - The memory of a BO.
 * @bo: BO, locked.
 *
 * Return: its pages, constant while it is pinned; NULL if there are none or it is imported.
 */
struct page **agx_bo_pages_locked(struct agx_bo *bo)
{
	dma_resv_assert_held(bo->base.resv);
	return bo->pages;
}

/*
 * Takes no resv of ours: nobody else can have the BO any more, and that of a private BO may be
 * the one that goes with the root.
 */
static void agx_gem_free(struct drm_gem_object *obj)
{
	struct agx_bo *bo = to_agx_bo(obj);
	struct agx_device *agx = to_agx(obj->dev);
	struct drm_gem_object *root = bo->root;

	drm_WARN_ON(obj->dev, bo->pins || bo->vmaps);

	/* From here on reclaim does not find it. */
	agx_reclaim_forget(bo);

	if (drm_gem_is_imported(obj)) {
		agx_sg_index_destroy(bo->sg_index);
		drm_prime_gem_destroy(obj, bo->sgt);
	} else {
		bo_unmap_dma(bo);
		if (bo->pages)
			drm_gem_put_pages(obj, bo->pages, false, false);
	}

	drm_gem_object_release(obj);
	trace_agx_bo_free(bo->id);
	agx_free(agx, AGX_TYPE_BO, bo);

	/* The resv was in use up to here. */
	if (root)
		drm_gem_object_put(root);
}

static int agx_gem_open(struct drm_gem_object *obj, struct drm_file *drm_file)
{
	struct agx_bo *bo = to_agx_bo(obj);

	if (bo->root && !agx_file_has_root(drm_file->driver_priv, bo->root))
		return -ENOENT;
	return 0;
}

static void agx_gem_close(struct drm_gem_object *obj, struct drm_file *drm_file)
{
	agx_file_unmap_bo(drm_file->driver_priv, to_agx_bo(obj));
}

static enum drm_gem_object_status agx_gem_status(struct drm_gem_object *obj)
{
	return bo_resident(to_agx_bo(obj)) ? DRM_GEM_OBJECT_RESIDENT : 0;
}

static size_t agx_gem_rss(struct drm_gem_object *obj)
{
	return bo_resident(to_agx_bo(obj)) ? obj->size : 0;
}

/*
 * The kernel's mapping is cached whatever the BO asks for: it must be of the same kind as the
 * mapping of all memory through which the simulated GPU goes.
 */
static int agx_gem_vmap(struct drm_gem_object *obj, struct iosys_map *map)
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

static void agx_gem_vunmap(struct drm_gem_object *obj, struct iosys_map *map)
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
	if (bo_lock_populated(bo))
		return VM_FAULT_SIGBUS;

	ret = vmf_insert_pfn(vma, vmf->address, page_to_pfn(bo->pages[index]));
	agx_reclaim_touch(bo);
	dma_resv_unlock(obj->resv);
	return ret;
}

static const struct vm_operations_struct agx_gem_vm_ops = {
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

static int agx_gem_mmap(struct drm_gem_object *obj, struct vm_area_struct *vma)
{
	struct agx_bo *bo = to_agx_bo(obj);
	int ret;

	if (drm_gem_is_imported(obj))
		return agx_gem_mmap_imported(obj, vma);

	/* A copy on write would be made of a page that the core may not look at. */
	if (is_cow_mapping(vma->vm_flags))
		return -EINVAL;

	/* Now, where lack of memory can be reported, rather than at the first access. */
	ret = bo_lock_populated(bo);
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

static const struct drm_gem_object_funcs agx_gem_funcs = {
	.free = agx_gem_free,
	.open = agx_gem_open,
	.close = agx_gem_close,
	.export = agx_prime_export,
	.pin = agx_prime_pin,
	.unpin = agx_prime_unpin,
	.get_sg_table = agx_prime_get_sg_table,
	.vmap = agx_gem_vmap,
	.vunmap = agx_gem_vunmap,
	.mmap = agx_gem_mmap,
	.vm_ops = &agx_gem_vm_ops,
	.status = agx_gem_status,
	.rss = agx_gem_rss,
};

/**
 * agx_bo_create() - Create a BO without memory.
 * @agx: device.
 * @size: bytes, a multiple of the GPU's page and not 0.
 * @flags: bits of enum drm_asahi_gem_flags.
 * @root: root object of the VM that the BO is to be private to, or NULL. Borrowed.
 *
 * Return: a reference, to be given up with agx_bo_put(); -EINVAL if no file can be so large;
 * -ENOMEM.
 */
struct agx_bo *agx_bo_create(struct agx_device *agx, u64 size, u32 flags,
			     struct drm_gem_object *root)
{
	struct agx_bo *bo;
	int ret;

	if (size > SIZE_MAX)
		return ERR_PTR(-EINVAL);

	bo = agx_alloc(agx, AGX_TYPE_BO);
	if (!bo)
		return ERR_PTR(-ENOMEM);

	bo->base.funcs = &agx_gem_funcs;
	bo->flags = flags;
	INIT_LIST_HEAD(&bo->lru);

	/* Once, before anybody can see the BO: a resv never changes. */
	if (root)
		bo->base.resv = root->resv;

	ret = drm_gem_object_init(&agx->drm, &bo->base, size);
	if (ret) {
		drm_gem_private_object_fini(&bo->base);
		agx_free(agx, AGX_TYPE_BO, bo);
		/* So shmem puts it when there is no memory for an inode. */
		return ERR_PTR(ret == -ENOSPC ? -ENOMEM : ret);
	}

	if (root) {
		drm_gem_object_get(root);
		bo->root = root;
	}

	/*
	 * Pages may be held for long, so none that should be movable, and it is better to fail than
	 * to have some process killed for memory that it cannot see. shmem itself charges them.
	 */
	mapping_set_gfp_mask(bo->base.filp->f_mapping,
			     GFP_HIGHUSER | __GFP_RETRY_MAYFAIL | __GFP_NOWARN);

	bo->id = atomic64_inc_return(&agx->next_id);
	trace_agx_bo_create(bo->id, size, root, false);
	return bo;
}

/**
 * agx_bo_create_imported() - Create a BO for the memory of a dma-buf.
 * @agx: device.
 * @dma_buf: the dma-buf. Borrowed: the core stores its own reference in the GEM object.
 * @sgt: bus addresses of the memory. Borrowed: returned to the attachment when the BO is freed.
 *
 * Only for agx_prime_import_sg_table(), after which the core makes the GEM object an imported one.
 *
 * Return: a reference, or -ENOMEM.
 */
struct agx_bo *agx_bo_create_imported(struct agx_device *agx, struct dma_buf *dma_buf,
				      struct sg_table *sgt)
{
	struct agx_bo *bo;

	bo = agx_alloc(agx, AGX_TYPE_BO);
	if (!bo)
		return ERR_PTR(-ENOMEM);

	bo->base.funcs = &agx_gem_funcs;
	bo->base.resv = dma_buf->resv;
	INIT_LIST_HEAD(&bo->lru);
	bo->sgt = sgt;
	bo->sg_index = agx_sg_index_create(sgt);
	drm_gem_private_object_init(&agx->drm, &bo->base, dma_buf->size);

	bo->id = atomic64_inc_return(&agx->next_id);
	trace_agx_bo_create(bo->id, dma_buf->size, false, true);
	return bo;
}
