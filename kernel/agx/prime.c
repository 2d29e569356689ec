// SPDX-License-Identifier: GPL-2.0 OR MIT
#include <drm/drm_drv.h>
#include <drm/drm_gem.h>
#include <drm/drm_prime.h>
#include <drm/drm_print.h>

#include <linux/dma-buf.h>
#include <linux/dma-resv.h>
#include <linux/err.h>
#include <linux/scatterlist.h>

#include "agx_device.h"
#include "gem.h"
#include "params.h"
#include "prime.h"

/**
 * agx_prime_export() - Make a dma-buf of a BO.
 * @obj: BO.
 * @flags: DRM_CLOEXEC and DRM_RDWR.
 *
 * A private BO is refused: it would carry the resv of its VM into other devices, and its VM's
 * busyness to whoever waits there.
 *
 * Return: the dma-buf; -EINVAL for a private BO; -ENOMEM for one larger than the machine's memory;
 * what the core says otherwise.
 */
struct dma_buf *agx_prime_export(struct drm_gem_object *obj, int flags)
{
	int ret;

	if (agx_bo_is_private(to_agx_bo(obj)))
		return ERR_PTR(-EINVAL);

	/* It could never be mapped, but would use up the offsets of the device. */
	if (!agx_bo_possible(to_agx_bo(obj)))
		return ERR_PTR(-ENOMEM);

	/* Mapping the dma-buf uses the BO's offset: here is where lack of one can be reported. */
	ret = drm_gem_create_mmap_offset(obj);
	if (ret)
		return ERR_PTR(ret);

	return drm_gem_prime_export(obj, flags);
}

/**
 * agx_prime_pin() - Keep an exported BO's memory in place for an attachment.
 * @obj: BO, locked.
 *
 * Return: 0 or what agx_bo_pin_locked() says.
 */
int agx_prime_pin(struct drm_gem_object *obj)
{
	return agx_bo_pin_locked(to_agx_bo(obj));
}

/**
 * agx_prime_unpin() - Undo agx_prime_pin().
 * @obj: BO, locked.
 */
void agx_prime_unpin(struct drm_gem_object *obj)
{
	agx_bo_unpin(to_agx_bo(obj));
}

/**
 * agx_prime_get_sg_table() - List the memory of an exported BO for an importer.
 * @obj: BO, locked, and pinned by the importer's attachment.
 *
 * Return: a table of the caller's own, not mapped for any device; or an ERR_PTR.
 */
struct sg_table *agx_prime_get_sg_table(struct drm_gem_object *obj)
{
	struct page **pages = agx_bo_pages_locked(to_agx_bo(obj));

	if (drm_WARN_ON(obj->dev, !pages))
		return ERR_PTR(-EINVAL);

	return drm_prime_pages_to_sg(obj->dev, pages, obj->size >> PAGE_SHIFT);
}

/*
 * Whether the page tables can be filled from @sgt: whole pages, and enough of them. The code
 * that fills them relies on it.
 */
static bool agx_sgt_mappable(struct sg_table *sgt, size_t size)
{
	struct scatterlist *sg;
	size_t total = 0;
	unsigned int i;

	for_each_sgtable_dma_sg(sgt, sg, i) {
		if (!PAGE_ALIGNED(sg_dma_address(sg)) || !PAGE_ALIGNED(sg_dma_len(sg)))
			return false;
		total += sg_dma_len(sg);
	}
	return total >= size;
}

/**
 * agx_prime_import_sg_table() - Make a BO of another device's dma-buf.
 * @drm: device.
 * @attach: our attachment.
 * @sgt: addresses of the memory for our device; they stay the attachment's until the BO is freed.
 *
 * The &drm_driver.gem_prime_import_sg_table hook. The core recognises our own dma-bufs before.
 *
 * Return: the BO's GEM object; -EINVAL if the size is 0 or no multiple of the GPU's page, or the
 * memory is not in whole pages; -ENOMEM.
 */
struct drm_gem_object *agx_prime_import_sg_table(struct drm_device *drm,
						 struct dma_buf_attachment *attach,
						 struct sg_table *sgt)
{
	struct dma_buf *dma_buf = attach->dmabuf;
	struct agx_bo *bo;

	if (!dma_buf->size || !IS_ALIGNED(dma_buf->size, AGX_GPU_PAGE_SIZE) ||
	    !agx_sgt_mappable(sgt, dma_buf->size))
		return ERR_PTR(-EINVAL);

	bo = agx_bo_create_imported(to_agx(drm), dma_buf, sgt);
	if (IS_ERR(bo))
		return ERR_CAST(bo);

	return agx_bo_gem(bo);
}
