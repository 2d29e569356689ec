/* SPDX-License-Identifier: MIT */
/*
 * The GEM handles of a device's file, and who owns each.
 *
 * The kernel does not count handles: an import gives the handle that is there already, and one
 * GEM_CLOSE ends it for all. So there is one BO for each handle, and the lock is held over each of
 *
 * - an import and the look-up of what it gave;
 * - giving up the last reference, leaving the table and closing the handle.
 *
 * A BO in the table therefore always has a reference to be shared, and a handle that an import
 * gives is never one that is about to be closed.
 */
#ifndef AGXI_BO_TABLE_H
#define AGXI_BO_TABLE_H

#include <pthread.h>
#include <stdint.h>

struct drm_agx_bo;

struct agxi_bo_table {
	/* Protects the rest, and the two sequences above. vm and bo locks are not taken inside. */
	pthread_mutex_t lock;

	/* Owned array of borrowed BOs, by handle. */
	struct drm_agx_bo **slots;
	uint32_t size;
};

void agxi_bo_table_init(struct agxi_bo_table *table);
void agxi_bo_table_fini(struct agxi_bo_table *table);

/* NULL if nobody owns the handle. */
struct drm_agx_bo *agxi_bo_table_get_locked(const struct agxi_bo_table *table, uint32_t handle);

/* -ENOMEM. */
int agxi_bo_table_add_locked(struct agxi_bo_table *table, uint32_t handle, struct drm_agx_bo *bo);

void agxi_bo_table_remove_locked(struct agxi_bo_table *table, uint32_t handle);

#endif /* AGXI_BO_TABLE_H */
