// SPDX-License-Identifier: GPL-2.0 OR MIT

#include <drm/drm_file.h>
#include <drm/drm_gem.h>
#include <drm/drm_prime.h>
#include <drm/drm_print.h>

#include <linux/dma-buf.h>
#include <linux/err.h>
#include <linux/pagemap.h>
#include <linux/slab.h>

#include "agx_device.h"
#include "compat.h"
#include "file.h"
#include "gem_priv.h"
#include "prime.h"
#include "reclaim.h"
#include "sg_index.h"
#include "trace.h"

AGX_MODULE_IMPORT_DMA_BUF;

const size_t agx_bo_size = sizeof(struct agx_bo);

struct agx_bo *to_agx_bo(struct drm_gem_object *obj)
{
	return container_of(obj, struct agx_bo, base);
}

struct drm_gem_object *agx_bo_gem(struct agx_bo *bo)
{
	return &bo->base;
}

/**
 * agx_bo_get() - Take another reference.
 * @bo: BO, or NULL.
 *
 * Return: @bo.
 */
struct agx_bo *agx_bo_get(struct agx_bo *bo)
{
	if (bo)
		drm_gem_object_get(&bo->base);
	return bo;
}

/**
 * agx_bo_put() - Give up a reference.
 * @bo: BO, or NULL.
 *
 * May sleep. Not under the resv of @bo, unless the caller knows of another reference.
 */
void agx_bo_put(struct agx_bo *bo)
{
	might_sleep();
	if (bo)
		drm_gem_object_put(&bo->base);
}

/** agx_bo_id() - Debug id of @bo. */
u64 agx_bo_id(struct agx_bo *bo)
{
	return bo->id;
}

/**
 * agx_bo_is_private() - Whether a BO belongs to one VM.
 * @bo: BO.
 *
 * Return: true if it does.
 */
bool agx_bo_is_private(struct agx_bo *bo)
{
	return bo->root;
}

/**
 * agx_bo_bindable() - Whether a VM may map a BO.
 * @bo: BO.
 * @root: root object of the VM.
 *
 * Return: true for a shareable BO, and for one that is private to that VM.
 */
bool agx_bo_bindable(struct agx_bo *bo, struct drm_gem_object *root)
{
	return !bo->root || bo->root == root;
}

/*
 * Takes no resv of ours: nobody else can have the BO any more, and that of a private BO may be
 * the one that goes with the root.
 */
static void agx_gem_free(struct drm_gem_object *obj)
{
	struct agx_bo *bo = to_agx_bo(obj);
	struct agx_device *agx = to_agx(obj->dev);
	struct drm_gem_object *root = bo->root;

	drm_WARN_ON(obj->dev, bo->pins || bo->vmaps);

	/* From here on reclaim does not find it. */
	agx_reclaim_forget(bo);

	if (drm_gem_is_imported(obj)) {
		agx_sg_index_destroy(bo->sg_index);
		drm_prime_gem_destroy(obj, bo->sgt);
	} else {
		agx_bo_unmap_dma(bo);
		if (bo->pages)
			drm_gem_put_pages(obj, bo->pages, false, false);
	}

	drm_gem_object_release(obj);
	trace_agx_bo_free(bo->id);
	agx_free(agx, AGX_TYPE_BO, bo);

	/* The resv was in use up to here. */
	if (root)
		drm_gem_object_put(root);
}

static int agx_gem_open(struct drm_gem_object *obj, struct drm_file *drm_file)
{
	struct agx_bo *bo = to_agx_bo(obj);

	if (bo->root && !agx_file_has_root(drm_file->driver_priv, bo->root))
		return -ENOENT;
	return 0;
}

static void agx_gem_close(struct drm_gem_object *obj, struct drm_file *drm_file)
{
	agx_file_unmap_bo(drm_file->driver_priv, to_agx_bo(obj));
}

static enum drm_gem_object_status agx_gem_status(struct drm_gem_object *obj)
{
	return agx_bo_resident(to_agx_bo(obj)) ? DRM_GEM_OBJECT_RESIDENT : 0;
}

static size_t agx_gem_rss(struct drm_gem_object *obj)
{
	return agx_bo_resident(to_agx_bo(obj)) ? obj->size : 0;
}

static const struct drm_gem_object_funcs agx_gem_funcs = {
	.free = agx_gem_free,
	.open = agx_gem_open,
	.close = agx_gem_close,
	.export = agx_prime_export,
	.pin = agx_prime_pin,
	.unpin = agx_prime_unpin,
	.get_sg_table = agx_prime_get_sg_table,
	.vmap = agx_gem_vmap,
	.vunmap = agx_gem_vunmap,
	.mmap = agx_gem_mmap,
	.vm_ops = &agx_gem_vm_ops,
	.status = agx_gem_status,
	.rss = agx_gem_rss,
};

/**
 * agx_bo_create() - Create a BO without memory.
 * @agx: device.
 * @size: bytes, a multiple of the GPU's page and not 0.
 * @flags: bits of enum drm_asahi_gem_flags.
 * @root: root object of the VM that the BO is to be private to, or NULL. Borrowed.
 *
 * Return: a reference, to be given up with agx_bo_put(); -EINVAL if no file can be so large;
 * -ENOMEM.
 */
struct agx_bo *agx_bo_create(struct agx_device *agx, u64 size, u32 flags,
			     struct drm_gem_object *root)
{
	struct agx_bo *bo;
	int ret;

	if (size > SIZE_MAX)
		return ERR_PTR(-EINVAL);

	bo = agx_alloc(agx, AGX_TYPE_BO);
	if (!bo)
		return ERR_PTR(-ENOMEM);

	bo->base.funcs = &agx_gem_funcs;
	bo->flags = flags;
	INIT_LIST_HEAD(&bo->lru);

	/* Once, before anybody can see the BO: a resv never changes. */
	if (root)
		bo->base.resv = root->resv;

	ret = drm_gem_object_init(&agx->drm, &bo->base, size);
	if (ret) {
		drm_gem_private_object_fini(&bo->base);
		agx_free(agx, AGX_TYPE_BO, bo);
		/* So shmem puts it when there is no memory for an inode. */
		return ERR_PTR(ret == -ENOSPC ? -ENOMEM : ret);
	}

	if (root) {
		drm_gem_object_get(root);
		bo->root = root;
	}

	/*
	 * Pages may be held for long, so none that should be movable, and it is better to fail than
	 * to have some process killed for memory that it cannot see. shmem itself charges them.
	 */
	mapping_set_gfp_mask(bo->base.filp->f_mapping,
			     GFP_HIGHUSER | __GFP_RETRY_MAYFAIL | __GFP_NOWARN);

	bo->id = atomic64_inc_return(&agx->next_id);
	trace_agx_bo_create(bo->id, size, root, false);
	return bo;
}

/**
 * agx_bo_create_imported() - Create a BO for the memory of a dma-buf.
 * @agx: device.
 * @dma_buf: the dma-buf. Borrowed: the core stores its own reference in the GEM object.
 * @sgt: bus addresses of the memory. Borrowed: returned to the attachment when the BO is freed.
 *
 * Only for agx_prime_import_sg_table(), after which the core makes the GEM object an imported one.
 *
 * Return: a reference, or -ENOMEM.
 */
struct agx_bo *agx_bo_create_imported(struct agx_device *agx, struct dma_buf *dma_buf,
				      struct sg_table *sgt)
{
	struct agx_bo *bo;

	bo = agx_alloc(agx, AGX_TYPE_BO);
	if (!bo)
		return ERR_PTR(-ENOMEM);

	bo->base.funcs = &agx_gem_funcs;
	bo->base.resv = dma_buf->resv;
	INIT_LIST_HEAD(&bo->lru);
	bo->sgt = sgt;
	bo->sg_index = agx_sg_index_create(sgt);
	drm_gem_private_object_init(&agx->drm, &bo->base, dma_buf->size);

	bo->id = atomic64_inc_return(&agx->next_id);
	trace_agx_bo_create(bo->id, dma_buf->size, false, true);
	return bo;
}
