/* SPDX-License-Identifier: MIT */
#ifndef AGXI_BO_H
#define AGXI_BO_H

#include <stdbool.h>

struct agxi_cached;
struct drm_agx_bo;

/*
 * Makes a private BO come back to a cache: instead of being freed, it is given to
 * agxi_cached_put(), with one reference. NULL ends that. The caller has the only reference. The BO
 * is bound once when it begins, and that binding is the cache's.
 */
void agxi_bo_set_cached(struct drm_agx_bo *bo, struct agxi_cached *cached);

/*
 * Undoes all bindings but the cache's. False if that one is gone, be there another at the same
 * place, or if something cannot be unbound. The caller has the only reference.
 */
bool agxi_bo_keep_binding(struct drm_agx_bo *bo);

#endif /* AGXI_BO_H */
