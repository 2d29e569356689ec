// SPDX-License-Identifier: MIT
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <asahi_drm.h>
#include <drm_agx.h>
#include <xf86drm.h>

#include "bo.h"
#include "bo_cache.h"
#include "bo_table.h"
#include "device.h"
#include "private.h"
#include "vm.h"

#define AGXI_BIND_ACCESS ((uint32_t)(DRM_AGX_BIND_READ | DRM_AGX_BIND_WRITE))

/* One place where a BO, or a part of it, is bound. */
struct agxi_binding {
	struct agxi_binding *next;

	/* Owns a reference. */
	struct drm_agx_vm *vm;

	uint64_t addr;
	uint64_t size;

	/* Whether it has reserved its addresses; else they are the caller's. */
	bool owns_addr;

	/* Made by the cache that the BO comes from, for whoever takes it from there. */
	bool of_cache;
};

struct drm_agx_bo {
	/* Goes to 0 only under the device's table lock, but for a BO that comes from a cache. */
	atomic_uint refs;

	/* Owns a reference. */
	struct drm_agx_device *dev;

	/* Owns a reference, if the BO is private to it; else NULL. */
	struct drm_agx_vm *vm;

	/* Where a private BO goes when nobody uses it any more; borrowed, NULL for nowhere. */
	struct agxi_cached *cached;

	uint32_t handle;
	uint64_t size;

	/* Protects @map and @bindings. Only a VM's lock is taken inside. */
	pthread_mutex_t lock;

	/* Owned mapping, NULL until asked for. */
	void *map;

	/* Owned list. */
	struct agxi_binding *bindings;
};

static struct drm_agx_bo *agxi_bo_alloc(struct drm_agx_device *dev, struct drm_agx_vm *vm)
{
	struct drm_agx_bo *bo = calloc(1, sizeof(*bo));

	if (!bo) {
		errno = ENOMEM;
		return NULL;
	}

	atomic_init(&bo->refs, 1);
	pthread_mutex_init(&bo->lock, NULL);
	bo->dev = drm_agx_device_ref(dev);
	bo->vm = vm ? drm_agx_vm_ref(vm) : NULL;
	return bo;
}

/* For a binding that is unmapped and in no list. */
static void agxi_binding_free(struct agxi_binding *binding)
{
	agxi_vm_clear_bound(binding->vm, binding->addr);
	if (binding->owns_addr)
		drm_agx_vm_free(binding->vm, binding->addr);
	drm_agx_vm_unref(binding->vm);
	free(binding);
}

/* For a BO that has no handle, or has lost it: its addresses are unmapped. */
static void agxi_bo_free(struct drm_agx_bo *bo)
{
	struct agxi_binding *binding;

	if (bo->map)
		munmap(bo->map, bo->size);
	while ((binding = bo->bindings)) {
		bo->bindings = binding->next;
		agxi_binding_free(binding);
	}
	pthread_mutex_destroy(&bo->lock);
	drm_agx_vm_unref(bo->vm);
	drm_agx_device_unref(bo->dev);
	free(bo);
}

static int agxi_bo_create(struct drm_agx_device *dev, struct drm_agx_vm *vm, uint64_t size,
			  uint32_t flags, struct drm_agx_bo **out)
{
	struct agxi_bo_table *table = agxi_device_bos(dev);
	struct drm_asahi_gem_create args = { 0 };
	struct drm_agx_bo *bo;
	int ret;

	if (!size || size > UINT64_MAX - AGXI_PAGE_MASK || size > SIZE_MAX - AGXI_PAGE_MASK ||
	    flags & ~DRM_AGX_BO_WRITEBACK)
		return agxi_error(EINVAL);

	args.size = agxi_align_up(size, DRM_AGX_PAGE_SIZE);
	if (flags & DRM_AGX_BO_WRITEBACK)
		args.flags |= DRM_ASAHI_GEM_WRITEBACK;
	if (vm) {
		args.flags |= DRM_ASAHI_GEM_VM_PRIVATE;
		args.vm_id = drm_agx_vm_id(vm);
	}

	bo = agxi_bo_alloc(dev, vm);
	if (!bo)
		return -errno;

	ret = drm_agx_ioctl_gem_create(drm_agx_device_fd(dev), &args, sizeof(args));
	if (ret)
		goto err_free;

	bo->handle = args.handle;
	bo->size = args.size;

	pthread_mutex_lock(&table->lock);
	ret = agxi_bo_table_add_locked(table, bo->handle, bo);
	pthread_mutex_unlock(&table->lock);
	if (ret)
		goto err_close;

	*out = bo;
	return 0;

err_close:
	drm_agx_gem_close(drm_agx_device_fd(dev), bo->handle);
err_free:
	agxi_bo_free(bo);
	return agxi_error(-ret);
}

agxi_public int drm_agx_bo_create(struct drm_agx_device *dev, uint64_t size, uint32_t flags,
				  struct drm_agx_bo **out)
{
	return agxi_bo_create(dev, NULL, size, flags, out);
}

agxi_public int drm_agx_bo_create_private(struct drm_agx_vm *vm, uint64_t size, uint32_t flags,
					  struct drm_agx_bo **out)
{
	return agxi_bo_create(drm_agx_vm_device(vm), vm, size, flags, out);
}

/* The size of a dma-buf is where its end is. */
static int agxi_dmabuf_size(int fd, uint64_t *size)
{
	off_t end = lseek(fd, 0, SEEK_END);

	if (end < 0)
		return -errno;

	lseek(fd, 0, SEEK_SET);
	if (!end || end & AGXI_PAGE_MASK || (uint64_t)end > SIZE_MAX)
		return agxi_error(EINVAL);

	*size = end;
	return 0;
}

/* Finds or makes the BO of @dmabuf_fd; @fresh is used up and set to NULL if it is a new one. */
static int agxi_bo_import_locked(struct agxi_bo_table *table, struct drm_agx_bo **fresh,
				 int dmabuf_fd, struct drm_agx_bo **out)
{
	struct drm_agx_bo *bo = *fresh;
	int fd = drm_agx_device_fd(bo->dev);
	int ret;

	ret = agxi_result(drmPrimeFDToHandle(fd, dmabuf_fd, &bo->handle));
	if (ret)
		return ret;

	*out = agxi_bo_table_get_locked(table, bo->handle);
	if (*out) {
		drm_agx_bo_ref(*out);
		return 0;
	}

	ret = agxi_dmabuf_size(dmabuf_fd, &bo->size);
	if (!ret)
		ret = agxi_bo_table_add_locked(table, bo->handle, bo);
	if (ret) {
		/* Nobody else has it: it is not in the table. */
		drm_agx_gem_close(fd, bo->handle);
		return ret;
	}

	*out = bo;
	*fresh = NULL;
	return 0;
}

agxi_public int drm_agx_bo_import(struct drm_agx_device *dev, int dmabuf_fd,
				  struct drm_agx_bo **out)
{
	struct agxi_bo_table *table = agxi_device_bos(dev);
	struct drm_agx_bo *bo = NULL;
	struct drm_agx_bo *fresh;
	int ret;

	fresh = agxi_bo_alloc(dev, NULL);
	if (!fresh)
		return -errno;

	pthread_mutex_lock(&table->lock);
	ret = agxi_bo_import_locked(table, &fresh, dmabuf_fd, &bo);
	pthread_mutex_unlock(&table->lock);

	if (fresh)
		agxi_bo_free(fresh);
	if (ret)
		return agxi_error(-ret);

	*out = bo;
	return 0;
}

agxi_public int drm_agx_bo_export(struct drm_agx_bo *bo, int *dmabuf_fd)
{
	int fd, ret;

	if (bo->vm)
		return agxi_error(EINVAL);

	ret = agxi_result(drmPrimeHandleToFD(drm_agx_device_fd(bo->dev), bo->handle,
					     DRM_CLOEXEC | DRM_RDWR, &fd));
	if (ret)
		return ret;

	*dmabuf_fd = fd;
	return 0;
}

agxi_public struct drm_agx_bo *drm_agx_bo_ref(struct drm_agx_bo *bo)
{
	atomic_fetch_add(&bo->refs, 1);
	return bo;
}

/* Nobody can import a private BO, so its last reference is the last. */
static void agxi_bo_unref_cached(struct drm_agx_bo *bo)
{
	if (atomic_fetch_sub(&bo->refs, 1) != 1)
		return;

	atomic_store(&bo->refs, 1);
	agxi_cached_put(bo->cached);
}

agxi_public void drm_agx_bo_unref(struct drm_agx_bo *bo)
{
	struct agxi_bo_table *table;
	unsigned int refs;

	if (!bo)
		return;

	if (bo->cached) {
		agxi_bo_unref_cached(bo);
		return;
	}

	/* Without the lock as long as this cannot be the last. */
	refs = atomic_load(&bo->refs);
	while (refs > 1)
		if (atomic_compare_exchange_weak(&bo->refs, &refs, refs - 1))
			return;

	table = agxi_device_bos(bo->dev);
	pthread_mutex_lock(&table->lock);
	if (atomic_fetch_sub(&bo->refs, 1) != 1) {
		pthread_mutex_unlock(&table->lock);
		return;
	}
	agxi_bo_table_remove_locked(table, bo->handle);
	/* Unmaps it everywhere, too: its addresses can be used again after. */
	drm_agx_gem_close(drm_agx_device_fd(bo->dev), bo->handle);
	pthread_mutex_unlock(&table->lock);

	agxi_bo_free(bo);
}

agxi_public uint32_t drm_agx_bo_handle(const struct drm_agx_bo *bo)
{
	return bo->handle;
}

agxi_public uint64_t drm_agx_bo_size(const struct drm_agx_bo *bo)
{
	return bo->size;
}

agxi_public int drm_agx_bo_map(struct drm_agx_bo *bo, void **out)
{
	int ret = 0;

	pthread_mutex_lock(&bo->lock);
	if (!bo->map)
		ret = drm_agx_gem_mmap(drm_agx_device_fd(bo->dev), bo->handle, bo->size, NULL,
				       &bo->map);
	if (!ret)
		*out = bo->map;
	pthread_mutex_unlock(&bo->lock);
	return ret;
}

static int agxi_vm_bind_one(struct drm_agx_vm *vm, const struct drm_asahi_gem_bind_op *op)
{
	struct drm_asahi_vm_bind args = {
		.vm_id = drm_agx_vm_id(vm),
		.num_binds = 1,
		.stride = sizeof(*op),
		.userptr = agxi_ptr(op),
	};

	return drm_agx_ioctl_vm_bind(drm_agx_device_fd(drm_agx_vm_device(vm)), &args, sizeof(args));
}

static bool agxi_bo_can_bind(const struct drm_agx_bo *bo, const struct drm_agx_vm *vm,
			     uint32_t access)
{
	return access && drm_agx_vm_device(vm) == bo->dev && (!bo->vm || bo->vm == vm);
}

/* Binds a part of the BO at addresses that are reserved; @op says which and where. */
static int agxi_bo_bind_reserved(struct drm_agx_bo *bo, struct drm_agx_vm *vm, uint32_t access,
				 struct drm_asahi_gem_bind_op *op, bool owns_addr)
{
	struct agxi_binding *binding;
	int ret;

	binding = calloc(1, sizeof(*binding));
	if (!binding)
		return agxi_error(ENOMEM);

	/* Before it is bound: what is bound elsewhere there would be lost. */
	ret = agxi_vm_set_bound(vm, op->addr, op->range);
	if (ret)
		goto err_free;

	op->handle = bo->handle;
	if (access & DRM_AGX_BIND_READ)
		op->flags |= DRM_ASAHI_BIND_READ;
	if (access & DRM_AGX_BIND_WRITE)
		op->flags |= DRM_ASAHI_BIND_WRITE;
	ret = agxi_vm_bind_one(vm, op);
	if (ret)
		goto err_clear_bound;

	binding->vm = drm_agx_vm_ref(vm);
	binding->addr = op->addr;
	binding->size = op->range;
	binding->owns_addr = owns_addr;
	pthread_mutex_lock(&bo->lock);
	binding->next = bo->bindings;
	bo->bindings = binding;
	pthread_mutex_unlock(&bo->lock);
	return 0;

err_clear_bound:
	agxi_vm_clear_bound(vm, op->addr);
err_free:
	free(binding);
	return agxi_error(-ret);
}

agxi_public int drm_agx_bo_bind(struct drm_agx_bo *bo, struct drm_agx_vm *vm, uint32_t flags,
				uint64_t *addr)
{
	uint32_t access = flags & AGXI_BIND_ACCESS;
	struct drm_asahi_gem_bind_op op = { .range = bo->size };
	uint64_t where = flags & DRM_AGX_BIND_FIXED ? *addr : 0;
	int ret;

	if (!agxi_bo_can_bind(bo, vm, access))
		return agxi_error(EINVAL);

	ret = drm_agx_vm_alloc(vm, bo->size, 0, flags & ~access, &where);
	if (ret)
		return ret;

	op.addr = where;
	ret = agxi_bo_bind_reserved(bo, vm, access, &op, true);
	if (ret) {
		drm_agx_vm_free(vm, where);
		return agxi_error(-ret);
	}

	*addr = where;
	return 0;
}

agxi_public int drm_agx_bo_bind_at(struct drm_agx_bo *bo, uint64_t offset, uint64_t size,
				   struct drm_agx_vm *vm, uint32_t flags, uint64_t addr)
{
	struct drm_asahi_gem_bind_op op = { .offset = offset, .range = size, .addr = addr };

	if (flags & ~AGXI_BIND_ACCESS || !agxi_bo_can_bind(bo, vm, flags) || !size ||
	    (offset | size | addr) & AGXI_PAGE_MASK || offset > bo->size ||
	    size > bo->size - offset)
		return agxi_error(EINVAL);

	return agxi_bo_bind_reserved(bo, vm, flags, &op, false);
}

static bool agxi_binding_is(const struct agxi_binding *binding, const struct drm_agx_vm *vm,
			    uint64_t addr)
{
	return binding->vm == vm && binding->addr == addr;
}

/* Unmaps the binding at @link and takes it out of the list. */
static int agxi_binding_unlink_locked(struct agxi_binding **link, struct agxi_binding **out)
{
	struct drm_asahi_gem_bind_op op = {
		.flags = DRM_ASAHI_BIND_UNBIND,
		.range = (*link)->size,
		.addr = (*link)->addr,
	};
	int ret;

	ret = agxi_vm_bind_one((*link)->vm, &op);
	if (ret)
		return ret;

	*out = *link;
	*link = (*link)->next;
	return 0;
}

static int agxi_bo_unbind_locked(struct drm_agx_bo *bo, struct drm_agx_vm *vm, uint64_t addr,
				 struct agxi_binding **out)
{
	struct agxi_binding **link = &bo->bindings;

	while (*link && !agxi_binding_is(*link, vm, addr))
		link = &(*link)->next;
	if (!*link)
		return agxi_error(ENOENT);

	return agxi_binding_unlink_locked(link, out);
}

agxi_public int drm_agx_bo_unbind(struct drm_agx_bo *bo, struct drm_agx_vm *vm, uint64_t addr)
{
	struct agxi_binding *binding;
	int ret;

	pthread_mutex_lock(&bo->lock);
	ret = agxi_bo_unbind_locked(bo, vm, addr, &binding);
	pthread_mutex_unlock(&bo->lock);
	if (ret)
		return ret;

	agxi_binding_free(binding);
	return 0;
}

void agxi_bo_set_cached(struct drm_agx_bo *bo, struct agxi_cached *cached)
{
	bo->cached = cached;
	if (cached)
		bo->bindings->of_cache = true;
}

bool agxi_bo_keep_binding(struct drm_agx_bo *bo)
{
	struct agxi_binding **link = &bo->bindings;
	struct agxi_binding *binding;
	bool kept = false;
	int ret = 0;

	pthread_mutex_lock(&bo->lock);
	while (*link && !ret) {
		if ((*link)->of_cache) {
			kept = true;
			link = &(*link)->next;
			continue;
		}
		ret = agxi_binding_unlink_locked(link, &binding);
		if (!ret)
			agxi_binding_free(binding);
	}
	pthread_mutex_unlock(&bo->lock);
	return kept && !ret;
}
