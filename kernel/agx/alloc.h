/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef AGX_ALLOC_H
#define AGX_ALLOC_H

#include <linux/atomic.h>
#include <linux/types.h>

struct agx_device;
struct drm_printer;

/**
 * DOC: Live objects
 *
 * Whatever a client can make the driver keep is counted by type, in every build, so that a test
 * can say that nothing is left. The counters are not their own witness: each type has a cache of
 * its own that is never merged with another, and so slabinfo and the removal of the module
 * contradict a counter that is wrong.
 *
 * What belongs to one of these and goes with it, such as page tables and statistics, is not
 * counted. Fences are an exception. They may outlive the module and are freed by the DMA fence
 * core; only those that have not signalled are counted, by whoever creates and signals them.
 */

/** enum agx_type - What is counted. */
enum agx_type {
	AGX_TYPE_FILE,
	AGX_TYPE_QUEUE,
	AGX_TYPE_VM,
	AGX_TYPE_MAPPING,
	AGX_TYPE_BO,
	AGX_TYPE_OBJECT,
	AGX_TYPE_KERNEL_BO,
	AGX_TYPE_JOB,
	/** @AGX_TYPE_FENCE: fences that have not signalled. Counted only, never allocated here. */
	AGX_TYPE_FENCE,
	AGX_NUM_TYPES,
};

/** struct agx_alloc - Live objects of one device. Zero to begin with; nothing to release. */
struct agx_alloc {
	/** @live: objects of each type. */
	atomic_t live[AGX_NUM_TYPES];
};

int agx_alloc_module_init(const size_t sizes[AGX_NUM_TYPES]);
void agx_alloc_module_fini(void);

void *agx_alloc(struct agx_device *agx, enum agx_type type);
void agx_free(struct agx_device *agx, enum agx_type type, void *obj);

void agx_count_inc(struct agx_device *agx, enum agx_type type);
void agx_count_dec(struct agx_device *agx, enum agx_type type);

void agx_alloc_show(struct agx_device *agx, struct drm_printer *p);

#endif
