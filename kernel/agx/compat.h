/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef AGX_COMPAT_H
#define AGX_COMPAT_H

#include <drm/drm_drv.h>
#include <drm/drm_gpuvm.h>

#include <linux/dma-fence.h>
#include <linux/module.h>
#include <linux/rcupdate.h>
#include <linux/spinlock.h>

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

/* Which lines of memory use to print; that of active BOs was unconditional before it had a bit. */
#ifdef AGX_HAVE_GEM_OBJECT_ACTIVE
#define AGX_GEM_OBJECT_ACTIVE DRM_GEM_OBJECT_ACTIVE
#else
#define AGX_GEM_OBJECT_ACTIVE 0
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

/**
 * agx_fence_lock() - The lock of a fence, for dma_fence_init().
 * @lock: memory for one in the fence, for kernels that bring none along.
 *
 * The core's own is the better one: lockdep knows it by a name that outlives this module, as the
 * fence may.
 *
 * Return: @lock, initialised; or NULL for the core's.
 */
static inline spinlock_t *agx_fence_lock(spinlock_t *lock)
{
#ifdef AGX_HAVE_DMA_FENCE_INLINE_LOCK
	return NULL;
#else
	spin_lock_init(lock);
	return lock;
#endif
}

/**
 * DOC: Fences and the module
 *
 * Whoever holds a fence may call its ops. A kernel from 7.0 on parts a fence from its ops when
 * it signals, if there is neither .release nor .wait among them; a signalled fence then needs
 * nothing of ours. An older one calls them for as long as the fence exists, so there each fence
 * holds the module, which cannot be removed while somebody has a sync_file, say.
 *
 * What drops that hold, agx_fence_release(), is in the module itself, and has yet to return.
 * agx_fence_wait_releases(), on the module's way out, waits for that.
 */
#ifdef AGX_HAVE_DMA_FENCE_DETACH
#define AGX_FENCE_RELEASE NULL

static inline void agx_fence_hold_module(void)
{
}

static inline void agx_fence_wait_releases(void)
{
}
#else
#define AGX_FENCE_RELEASE agx_fence_release

/* Called by an ioctl, so the module is there. */
static inline void agx_fence_hold_module(void)
{
	__module_get(THIS_MODULE);
}

static inline void agx_fence_release(struct dma_fence *fence)
{
	/* The memory is the core's business: it is freed once no reader under RCU can see it. */
	dma_fence_free(fence);
	module_put(THIS_MODULE);
}

/*
 * No fence is left when the module goes, but a task may have been preempted, or a CPU interrupted,
 * between the last two instructions of agx_fence_release(). RCU-tasks waits until every task has
 * slept or been in userspace, and for interrupts as RCU does.
 */
static inline void agx_fence_wait_releases(void)
{
	synchronize_rcu_tasks();
}
#endif

#endif
