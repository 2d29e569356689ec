// SPDX-License-Identifier: GPL-2.0 OR MIT
/* The memory of BOs, and its addresses on the device's bus. When it goes: reclaim.h. */

#include <drm/drm_drv.h>
#include <drm/drm_gem.h>
#include <drm/drm_prime.h>
#include <drm/drm_vma_manager.h>

#include <linux/dma-mapping.h>
#include <linux/dma-resv.h>
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/pagemap.h>
#include <linux/scatterlist.h>
#include <linux/sched/signal.h>
#include <linux/shmem_fs.h>
#include <linux/slab.h>

#include "gem_priv.h"
#include "reclaim.h"
#include "sg_index.h"

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

/** agx_bo_resident() - Whether @bo has memory. Without a lock: the answer may be old at once. */
bool agx_bo_resident(struct agx_bo *bo)
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

/**
 * agx_bo_lock_populated() - Lock a BO, and give it its memory if it has none.
 * @bo: BO, not imported.
 *
 * Reads without the resv, which may be that of a VM with more private BOs: these could not be
 * evicted to make room for this one, and the VM's jobs would have to wait.
 *
 * Return: 0 with the resv locked; without, -ENOMEM, -EIO if it cannot be read, -EINTR if the caller
 * is being killed.
 */
int agx_bo_lock_populated(struct agx_bo *bo)
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

	if (agx_bo_resident(bo))
		return 0;

	ret = agx_bo_lock_populated(bo);
	if (!ret)
		dma_resv_unlock(bo->base.resv);
	return ret;
}

/**
 * agx_bo_unmap_dma() - Take its addresses on the device's bus from a BO.
 * @bo: BO, not imported, locked or without references.
 */
void agx_bo_unmap_dma(struct agx_bo *bo)
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
	agx_bo_unmap_dma(bo);
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
