// SPDX-License-Identifier: MIT
#include <stdlib.h>
#include <string.h>

#include "bo_table.h"
#include "private.h"

#define AGXI_BO_TABLE_MIN_SIZE 64

void agxi_bo_table_init(struct agxi_bo_table *table)
{
	pthread_mutex_init(&table->lock, NULL);
	table->slots = NULL;
	table->size = 0;
}

void agxi_bo_table_fini(struct agxi_bo_table *table)
{
	free(table->slots);
	pthread_mutex_destroy(&table->lock);
}

struct drm_agx_bo *agxi_bo_table_get_locked(const struct agxi_bo_table *table, uint32_t handle)
{
	return handle < table->size ? table->slots[handle] : NULL;
}

int agxi_bo_table_add_locked(struct agxi_bo_table *table, uint32_t handle, struct drm_agx_bo *bo)
{
	uint64_t size = table->size ? table->size : AGXI_BO_TABLE_MIN_SIZE;
	struct drm_agx_bo **slots;

	while (size <= handle)
		size *= 2;

	if (size > table->size) {
		/* The kernel gives the lowest free handle, so this is as large as it has to be. */
		if (size > UINT32_MAX || size > SIZE_MAX / sizeof(*slots))
			return agxi_error(ENOMEM);
		slots = realloc(table->slots, size * sizeof(*slots));
		if (!slots)
			return agxi_error(ENOMEM);
		memset(slots + table->size, 0, (size - table->size) * sizeof(*slots));
		table->slots = slots;
		table->size = size;
	}

	table->slots[handle] = bo;
	return 0;
}

void agxi_bo_table_remove_locked(struct agxi_bo_table *table, uint32_t handle)
{
	table->slots[handle] = NULL;
}
