// SPDX-License-Identifier: GPL-2.0 OR MIT

#include <drm/drm_file.h>
#include <drm/drm_gem.h>
#include <drm/drm_print.h>

#include <linux/atomic.h>
#include <linux/dma-resv.h>
#include <linux/kref.h>
#include <linux/slab.h>

#include "agx_device.h"
#include "compat.h"
#include "file.h"
#include "stats.h"

struct agx_stats {
	/** @kref: held by the file and by each of its jobs. */
	struct kref kref;

	/** @ns: time that each ring has spent on the file's commands, nanoseconds. */
	atomic64_t ns[AGX_HW_NUM_RINGS];
};

/* Names that userspace's tools show; part of the interface. */
static const char * const agx_engine_names[AGX_HW_NUM_RINGS] = {
	[AGX_HW_RING_RENDER] = "render",
	[AGX_HW_RING_COMPUTE] = "compute",
};

/**
 * agx_stats_create() - Start counting from zero.
 *
 * Return: a reference, or NULL if there is no memory.
 */
struct agx_stats *agx_stats_create(void)
{
	struct agx_stats *stats = kzalloc(sizeof(*stats), GFP_KERNEL_ACCOUNT);

	if (stats)
		kref_init(&stats->kref);
	return stats;
}

/**
 * agx_stats_get() - Take another reference.
 * @stats: statistics that the caller has a reference of.
 *
 * Return: @stats.
 */
struct agx_stats *agx_stats_get(struct agx_stats *stats)
{
	kref_get(&stats->kref);
	return stats;
}

static void agx_stats_release(struct kref *kref)
{
	kfree(container_of(kref, struct agx_stats, kref));
}

/**
 * agx_stats_put() - Give up a reference.
 * @stats: statistics, or NULL.
 *
 * Any context.
 */
void agx_stats_put(struct agx_stats *stats)
{
	if (stats)
		kref_put(&stats->kref, agx_stats_release);
}

/**
 * agx_stats_add() - Account for time on the GPU.
 * @stats: whose time.
 * @ring: where it was spent.
 * @ns: how much, nanoseconds.
 *
 * Any context, interrupts included.
 */
void agx_stats_add(struct agx_stats *stats, enum agx_hw_ring ring, u64 ns)
{
	atomic64_add(ns, &stats->ns[ring]);
}

/**
 * agx_stats_read() - Time that has been accounted for.
 * @stats: whose time.
 * @ring: where it was spent.
 *
 * Return: nanoseconds, without those of jobs on the GPU; agx_sched_usage() knows them too.
 */
u64 agx_stats_read(struct agx_stats *stats, enum agx_hw_ring ring)
{
	return atomic64_read(&stats->ns[ring]);
}

static void show_engines(struct drm_printer *p, struct agx_device *agx, struct agx_stats *stats)
{
	u64 ns[AGX_HW_NUM_RINGS];
	unsigned int i;

	agx_sched_usage(agx, stats, ns);
	for (i = 0; i < AGX_HW_NUM_RINGS; i++) {
		drm_printf(p, "drm-engine-%s:\t%llu ns\n", agx_engine_names[i], ns[i]);
		if (agx->info.engines[i] > 1)
			drm_printf(p, "drm-engine-capacity-%s:\t%u\n", agx_engine_names[i],
				   agx->info.engines[i]);
	}
}

/*
 * Not drm_show_memory_stats(): it looks for the fences of implicit sync to tell what is active,
 * and jobs leave none. Theirs are bookkeeping.
 */
static void show_memory(struct drm_printer *p, struct drm_file *drm_file)
{
	struct drm_memory_stats stats = {};
	struct drm_gem_object *obj;
	int handle;

	spin_lock(&drm_file->table_lock);
	idr_for_each_entry(&drm_file->object_idr, obj, handle) {
		size_t resident = obj->funcs->rss(obj);

		if (drm_gem_object_is_shared_for_memory_stats(obj))
			stats.shared += obj->size;
		else
			stats.private += obj->size;
		stats.resident += resident;
		if (!dma_resv_test_signaled(obj->resv, DMA_RESV_USAGE_BOOKKEEP))
			stats.active += resident;
	}
	spin_unlock(&drm_file->table_lock);

	drm_print_memory_stats(p, &stats, DRM_GEM_OBJECT_RESIDENT | AGX_GEM_OBJECT_ACTIVE,
			       "memory");
}

/**
 * agx_show_fdinfo() - Print the driver's lines of a file's fdinfo.
 * @p: where to.
 * @drm_file: open file.
 *
 * The &drm_driver.show_fdinfo hook. The keys are those of the kernel's document on DRM client
 * usage statistics. There is none for cycles: the GPU tells time only.
 */
void agx_show_fdinfo(struct drm_printer *p, struct drm_file *drm_file)
{
	show_engines(p, to_agx(drm_file->minor->dev), agx_file_stats(drm_file->driver_priv));
	show_memory(p, drm_file);
}
