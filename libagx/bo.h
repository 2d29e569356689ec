/* SPDX-License-Identifier: MIT */
#ifndef AGXI_BO_H
#define AGXI_BO_H

#include <stdbool.h>
#include <stdint.h>

struct agxi_cached;
struct drm_agx_bo;
struct drm_agx_vm;

/*
 * Makes a private BO come back to a cache: instead of being freed, it is given to
 * agxi_cached_put(), with one reference. NULL ends that. The caller has the only reference.
 */
void agxi_bo_set_cached(struct drm_agx_bo *bo, struct agxi_cached *cached);

/*
 * Unbinds the BO from everywhere else. False if it is not bound at @addr, or if something cannot be
 * unbound. The caller has the only reference.
 */
bool agxi_bo_keep_binding(struct drm_agx_bo *bo, struct drm_agx_vm *vm, uint64_t addr);

#endif /* AGXI_BO_H */
