/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef AGX_PRIME_H
#define AGX_PRIME_H

struct dma_buf;
struct dma_buf_attachment;
struct drm_device;
struct drm_gem_object;
struct sg_table;

/**
 * DOC: Sharing buffers with other devices
 *
 * What the PRIME helpers of the core ask for. An exported BO is pinned by each attachment, and
 * each mapping of an attachment gets an sg table of its own. An imported BO has no memory of its
 * own and no pages, only the bus addresses that its exporter gave for our device.
 */

struct dma_buf *agx_prime_export(struct drm_gem_object *obj, int flags);
int agx_prime_pin(struct drm_gem_object *obj);
void agx_prime_unpin(struct drm_gem_object *obj);
struct sg_table *agx_prime_get_sg_table(struct drm_gem_object *obj);

/* drm_driver.gem_prime_import_sg_table */
struct drm_gem_object *agx_prime_import_sg_table(struct drm_device *drm,
						 struct dma_buf_attachment *attach,
						 struct sg_table *sgt);

#endif
