// SPDX-License-Identifier: GPL-2.0 OR MIT
#include <drm/drm_print.h>

#include <linux/rcupdate.h>
#include <linux/slab.h>

#include "agx_device.h"
#include "alloc.h"

static const struct {
	/** @name: as debugfs shows it. */
	const char *name;
	/** @cache: name of the cache, NULL for what is only counted. */
	const char *cache;
} agx_types[AGX_NUM_TYPES] = {
	[AGX_TYPE_FILE] = { "file", "agx_file" },
	[AGX_TYPE_QUEUE] = { "queue", "agx_queue" },
	[AGX_TYPE_VM] = { "vm", "agx_vm" },
	[AGX_TYPE_MAPPING] = { "mapping", "agx_mapping" },
	[AGX_TYPE_BO] = { "bo", "agx_bo" },
	[AGX_TYPE_OBJECT] = { "object", "agx_object" },
	[AGX_TYPE_KERNEL_BO] = { "kernel_bo", "agx_kernel_bo" },
	[AGX_TYPE_JOB] = { "job", "agx_job" },
	[AGX_TYPE_FENCE] = { "fence", NULL },
};

/* Shared by all devices: written when the module comes and goes, constant in between. */
static struct kmem_cache *agx_caches[AGX_NUM_TYPES];

/**
 * agx_alloc_module_init() - Create a cache for each type of object.
 * @sizes: bytes of each type's struct; that of AGX_TYPE_FENCE is not looked at.
 *
 * Once for the module, before the first device. The structs stay private to the files that own
 * them, which is why the sizes come from outside.
 *
 * Return: 0 or -ENOMEM.
 */
int agx_alloc_module_init(const size_t sizes[AGX_NUM_TYPES])
{
	for (unsigned int i = 0; i < AGX_NUM_TYPES; i++) {
		if (!agx_types[i].cache)
			continue;

		agx_caches[i] = kmem_cache_create(agx_types[i].cache, sizes[i], 0,
						  SLAB_NO_MERGE | SLAB_ACCOUNT, NULL);
		if (!agx_caches[i]) {
			agx_alloc_module_fini();
			return -ENOMEM;
		}
	}
	return 0;
}

/**
 * agx_alloc_module_fini() - Destroy the caches, with a complaint of the core about each leak.
 *
 * Once for the module, after the last device. Sleeps.
 */
void agx_alloc_module_fini(void)
{
	/* What was left to RCU has to be back in its cache. */
	rcu_barrier();

	for (unsigned int i = 0; i < AGX_NUM_TYPES; i++) {
		kmem_cache_destroy(agx_caches[i]);
		agx_caches[i] = NULL;
	}
}

/**
 * agx_alloc() - Allocate an object that is counted.
 * @agx: device that it belongs to, and that must outlive it.
 * @type: any but AGX_TYPE_FENCE.
 *
 * May sleep. Accounted to the caller.
 *
 * Return: zeroed memory for agx_free(), or NULL.
 */
void *agx_alloc(struct agx_device *agx, enum agx_type type)
{
	void *obj = kmem_cache_zalloc(agx_caches[type], GFP_KERNEL);

	if (obj)
		agx_count_inc(agx, type);
	return obj;
}

/**
 * agx_free() - Free what agx_alloc() gave.
 * @agx: the same device.
 * @type: the same type.
 * @obj: object, or NULL.
 *
 * Any context.
 */
void agx_free(struct agx_device *agx, enum agx_type type, void *obj)
{
	if (!obj)
		return;

	kmem_cache_free(agx_caches[type], obj);
	agx_count_dec(agx, type);
}

/**
 * agx_count_inc() - Count an object that is not allocated here.
 * @agx: device.
 * @type: type of the object.
 *
 * Any context.
 */
void agx_count_inc(struct agx_device *agx, enum agx_type type)
{
	atomic_inc(&agx->alloc.live[type]);
}

/**
 * agx_count_dec() - Undo agx_count_inc().
 * @agx: device.
 * @type: type of the object.
 *
 * Any context.
 */
void agx_count_dec(struct agx_device *agx, enum agx_type type)
{
	drm_WARN_ON(&agx->drm, atomic_dec_return(&agx->alloc.live[type]) < 0);
}

/**
 * agx_alloc_show() - Print how many objects of each type are alive.
 * @agx: device.
 * @p: where to; a line of name and number for each type, in the order of enum agx_type.
 */
void agx_alloc_show(struct agx_device *agx, struct drm_printer *p)
{
	for (unsigned int i = 0; i < AGX_NUM_TYPES; i++)
		drm_printf(p, "%s %d\n", agx_types[i].name, atomic_read(&agx->alloc.live[i]));
}
