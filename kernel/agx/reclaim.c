// SPDX-License-Identifier: GPL-2.0 OR MIT

#include <drm/drm_gem.h>
#include <drm/drm_managed.h>
#include <drm/drm_print.h>

#include <linux/dma-resv.h>
#include <linux/jiffies.h>
#include <linux/sched/mm.h>
#include <linux/shrinker.h>
#include <linux/swap.h>

#include "agx_device.h"
#include "gem_priv.h"
#include "reclaim.h"
#include "vm.h"

static struct agx_reclaim *bo_reclaim(struct agx_bo *bo)
{
	return &to_agx(bo->base.dev)->reclaim;
}

static unsigned long bo_num_pages(struct agx_bo *bo)
{
	return bo->base.size >> PAGE_SHIFT;
}

/* Put @bo, which has memory, at the end of the line. */
static void lru_add_locked(struct agx_reclaim *reclaim, struct agx_bo *bo)
{
	lockdep_assert_held(&reclaim->lock);

	if (drm_gem_is_imported(&bo->base))
		return;

	if (list_empty(&bo->lru)) {
		reclaim->num_bos++;
		reclaim->pages += bo_num_pages(bo);
	}
	list_move_tail(&bo->lru, &reclaim->lru);
	bo->used = jiffies;
}

static void lru_del_locked(struct agx_reclaim *reclaim, struct agx_bo *bo)
{
	lockdep_assert_held(&reclaim->lock);

	if (list_empty(&bo->lru))
		return;

	list_del_init(&bo->lru);
	reclaim->num_bos--;
	reclaim->pages -= bo_num_pages(bo);
}

static void bo_clear_evicted_locked(struct agx_reclaim *reclaim, struct agx_bo *bo)
{
	lockdep_assert_held(&reclaim->lock);

	if (bo->evicted)
		reclaim->evicted -= bo->base.size;
	bo->evicted = false;
}

/**
 * agx_reclaim_populated() - A BO has got memory.
 * @bo: BO, locked.
 */
void agx_reclaim_populated(struct agx_bo *bo)
{
	struct agx_reclaim *reclaim = bo_reclaim(bo);

	spin_lock(&reclaim->lock);
	reclaim->restores += bo->evicted;
	bo_clear_evicted_locked(reclaim, bo);
	if (!bo->pins)
		lru_add_locked(reclaim, bo);
	spin_unlock(&reclaim->lock);
}

/**
 * agx_reclaim_touch() - A BO is being used.
 * @bo: BO, locked, with memory.
 */
void agx_reclaim_touch(struct agx_bo *bo)
{
	struct agx_reclaim *reclaim = bo_reclaim(bo);

	spin_lock(&reclaim->lock);
	if (!bo->pins)
		lru_add_locked(reclaim, bo);
	spin_unlock(&reclaim->lock);
}

/**
 * agx_reclaim_pin() - Keep the memory of a BO.
 * @bo: BO, locked, with memory.
 */
void agx_reclaim_pin(struct agx_bo *bo)
{
	struct agx_reclaim *reclaim = bo_reclaim(bo);

	spin_lock(&reclaim->lock);
	bo->pins++;
	lru_del_locked(reclaim, bo);
	spin_unlock(&reclaim->lock);
}

/**
 * agx_reclaim_unpin() - Undo agx_reclaim_pin().
 * @bo: BO, locked or not.
 */
void agx_reclaim_unpin(struct agx_bo *bo)
{
	struct agx_reclaim *reclaim = bo_reclaim(bo);

	/* Whoever then finds zero also sees all that was done to the memory. */
	spin_lock(&reclaim->lock);
	if (!drm_WARN_ON(bo->base.dev, !bo->pins) && !--bo->pins)
		lru_add_locked(reclaim, bo);
	spin_unlock(&reclaim->lock);
}

/**
 * agx_reclaim_forget() - A BO goes.
 * @bo: BO without references.
 */
void agx_reclaim_forget(struct agx_bo *bo)
{
	struct agx_reclaim *reclaim = bo_reclaim(bo);

	spin_lock(&reclaim->lock);
	lru_del_locked(reclaim, bo);
	bo_clear_evicted_locked(reclaim, bo);
	spin_unlock(&reclaim->lock);
}

/* Whether a VM has used @bo since it was last moved, which counts as a move now. */
static bool reclaim_spares(struct agx_bo *bo)
{
	struct agx_reclaim *reclaim = bo_reclaim(bo);
	unsigned long used = agx_vm_bo_last_use(bo, READ_ONCE(bo->used));
	bool newer;

	spin_lock(&reclaim->lock);
	newer = time_after(used, bo->used);
	if (newer)
		bo->used = used;
	spin_unlock(&reclaim->lock);
	return newer;
}

/* Take the memory of @bo, of which the caller has a reference, if nobody needs it. */
static bool reclaim_bo(struct agx_bo *bo, bool spare)
{
	struct agx_reclaim *reclaim = bo_reclaim(bo);
	struct dma_resv *resv = bo->base.resv;
	bool evicted = false;

	if (!dma_resv_trylock(resv))
		return false;

	/* It has been off the list's lock, so ask again. */
	if (!bo->pages || READ_ONCE(bo->pins))
		goto out_unlock;

	/* With the resv locked no job is added: idle now is idle until the unlock. */
	if (!dma_resv_test_signaled(resv, DMA_RESV_USAGE_BOOKKEEP))
		goto out_unlock;

	if (spare && reclaim_spares(bo))
		goto out_unlock;

	if (!agx_vm_evict_bo(bo))
		goto out_unlock;

	agx_bo_evict_locked(bo);

	spin_lock(&reclaim->lock);
	lru_del_locked(reclaim, bo);
	bo->evicted = true;
	reclaim->evicted += bo->base.size;
	reclaim->evictions++;
	spin_unlock(&reclaim->lock);
	evicted = true;
out_unlock:
	dma_resv_unlock(resv);
	return evicted;
}

/* The BO at the head of the list, which goes to its end. A reference, or NULL if it is dying. */
static struct agx_bo *reclaim_next(struct agx_reclaim *reclaim)
{
	struct agx_bo *bo;

	spin_lock(&reclaim->lock);
	bo = list_first_entry_or_null(&reclaim->lru, struct agx_bo, lru);
	if (bo) {
		list_move_tail(&bo->lru, &reclaim->lru);
		/* Its last put takes it off the list, under the lock, before it is freed. */
		if (!kref_get_unless_zero(&bo->base.refcount))
			bo = NULL;
	}
	spin_unlock(&reclaim->lock);
	return bo;
}

/*
 * Look at up to @pages pages of BOs, each BO once. Adds to *@scanned what was looked at, and
 * returns what was evicted.
 */
static unsigned long reclaim_scan(struct agx_reclaim *reclaim, unsigned long pages, bool spare,
				  unsigned long *scanned)
{
	unsigned long left = READ_ONCE(reclaim->num_bos);
	unsigned long freed = 0, seen = 0;

	for (; left && seen < pages; left--) {
		struct agx_bo *bo = reclaim_next(reclaim);

		if (!bo)
			continue;

		seen += bo_num_pages(bo);
		if (reclaim_bo(bo, spare))
			freed += bo_num_pages(bo);

		/* Not under its resv: it may be the last reference. */
		agx_bo_put(bo);
		cond_resched();
	}

	*scanned += seen;
	return freed;
}

static unsigned long reclaim_count_objects(struct shrinker *shrinker, struct shrink_control *sc)
{
	struct agx_reclaim *reclaim = shrinker->private_data;

	/* There is nowhere else for the pages to go. */
	if (get_nr_swap_pages() <= 0)
		return 0;

	return READ_ONCE(reclaim->pages);
}

static unsigned long reclaim_scan_objects(struct shrinker *shrinker, struct shrink_control *sc)
{
	struct agx_reclaim *reclaim = shrinker->private_data;
	unsigned long scanned = 0, freed;

	/*
	 * No lock is waited for that anybody holds while he allocates, so any caller could do
	 * this. But memory is only free once it has been written: who may not start that
	 * would pay for nothing.
	 */
	if (!(sc->gfp_mask & __GFP_IO) || get_nr_swap_pages() <= 0)
		return SHRINK_STOP;

	freed = reclaim_scan(reclaim, sc->nr_to_scan, true, &scanned);

	/* What is in use all the time has to go as well, but only if there is nothing else. */
	if (freed)
		WRITE_ONCE(reclaim->spared, 0);
	else if (READ_ONCE(reclaim->spared) < READ_ONCE(reclaim->pages))
		WRITE_ONCE(reclaim->spared, READ_ONCE(reclaim->spared) + scanned);
	else
		freed = reclaim_scan(reclaim, sc->nr_to_scan, false, &scanned);

	sc->nr_scanned = scanned;
	return freed || scanned ? freed : SHRINK_STOP;
}

/**
 * agx_reclaim_evict_idle() - Evict all that can be.
 * @agx: device.
 *
 * As reclaim does it, in the eyes of lockdep too. What somebody else has locked at the moment
 * stays.
 */
void agx_reclaim_evict_idle(struct agx_device *agx)
{
	unsigned long scanned = 0;

	fs_reclaim_acquire(GFP_KERNEL);
	reclaim_scan(&agx->reclaim, ULONG_MAX, false, &scanned);
	fs_reclaim_release(GFP_KERNEL);
}

/**
 * agx_reclaim_show() - Print what can be, is and was evicted.
 * @agx: device.
 * @p: where to; a line of name and number for each, in bytes where not said otherwise.
 */
void agx_reclaim_show(struct agx_device *agx, struct drm_printer *p)
{
	struct agx_reclaim *reclaim = &agx->reclaim;
	u64 evictable, evicted, evictions, restores;

	spin_lock(&reclaim->lock);
	evictable = (u64)reclaim->pages << PAGE_SHIFT;
	evicted = reclaim->evicted;
	evictions = reclaim->evictions;
	restores = reclaim->restores;
	spin_unlock(&reclaim->lock);

	drm_printf(p, "evictable %llu\n", evictable);
	drm_printf(p, "evicted %llu\n", evicted);
	drm_printf(p, "evictions %llu\n", evictions);
	drm_printf(p, "restores %llu\n", restores);
}

static void reclaim_fini(struct drm_device *drm, void *data)
{
	struct agx_reclaim *reclaim = data;

	/* Waits for a scan that runs, and so for the reference that it may have of a BO. */
	shrinker_free(reclaim->shrinker);
}

/**
 * agx_reclaim_init() - Let the system ask for memory.
 * @agx: device with a GPU; stops with its last reference.
 *
 * Return: 0 or -ENOMEM.
 */
int agx_reclaim_init(struct agx_device *agx)
{
	struct agx_reclaim *reclaim = &agx->reclaim;

	spin_lock_init(&reclaim->lock);
	INIT_LIST_HEAD(&reclaim->lru);

	/* Let lockdep know what reclaim takes before it is the first time. */
	fs_reclaim_acquire(GFP_KERNEL);
	might_lock(&agx->gpu.lock);
	might_lock(&reclaim->lock);
	fs_reclaim_release(GFP_KERNEL);

	reclaim->shrinker = shrinker_alloc(0, "drm-asahi");
	if (!reclaim->shrinker)
		return -ENOMEM;

	reclaim->shrinker->count_objects = reclaim_count_objects;
	reclaim->shrinker->scan_objects = reclaim_scan_objects;
	reclaim->shrinker->private_data = reclaim;
	shrinker_register(reclaim->shrinker);

	return drmm_add_action_or_reset(&agx->drm, reclaim_fini, reclaim);
}
