/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef AGX_COMPAT_H
#define AGX_COMPAT_H

#include <drm/drm_drv.h>
#include <drm/drm_gpuvm.h>

#include <linux/module.h>

/**
 * DOC: Kernel interfaces that differ
 *
 * Written against the newest kernel that is supported; what an older one has instead is bridged
 * here, and nowhere else. compat.mk looks into the headers for each AGX_HAVE_ name: versions
 * say little, since distributions port interfaces back within a stable series.
 */

/* The name of a symbol namespace was an identifier before it was a string. */
#ifdef AGX_HAVE_IMPORT_NS_STRING
#define AGX_MODULE_IMPORT_DMA_BUF MODULE_IMPORT_NS("DMA_BUF")
#else
#define AGX_MODULE_IMPORT_DMA_BUF MODULE_IMPORT_NS(DMA_BUF)
#endif

/* A feature that drivers had to ask for before it became unconditional. */
#ifdef AGX_HAVE_DRIVER_GEM_GPUVA
#define AGX_DRIVER_GEM_GPUVA DRIVER_GEM_GPUVA
#else
#define AGX_DRIVER_GEM_GPUVA 0
#endif

/**
 * agx_gpuvm_sm_map() - drm_gpuvm_sm_map(), whose arguments have become a struct.
 * @gpuvm: address space.
 * @priv: for the callbacks.
 * @addr: first address.
 * @range: bytes.
 * @obj: what to map.
 * @offset: first byte of @obj.
 *
 * Return: 0, or what a callback returned.
 */
static inline int agx_gpuvm_sm_map(struct drm_gpuvm *gpuvm, void *priv, u64 addr, u64 range,
				   struct drm_gem_object *obj, u64 offset)
{
#ifdef AGX_HAVE_GPUVM_MAP_REQ
	const struct drm_gpuvm_map_req req = {
		.map = {
			.va = { .addr = addr, .range = range },
			.gem = { .obj = obj, .offset = offset },
		},
	};

	return drm_gpuvm_sm_map(gpuvm, priv, &req);
#else
	return drm_gpuvm_sm_map(gpuvm, priv, addr, range, obj, offset);
#endif
}

#endif
