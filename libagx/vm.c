// SPDX-License-Identifier: MIT
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include <asahi_drm.h>
#include <drm_agx.h>

#include "device.h"
#include "private.h"
#include "va.h"
#include "vm.h"

#define AGXI_GIB (UINT64_C(1) << 30)

/* Mesa has a buffer of a fixed address here; what lies below it is left for fixed addresses. */
#define AGXI_VM_FIXED_END ((UINT64_C(1) << 36) + DRM_AGX_PAGE_SIZE)

#define AGXI_VM_USC_SIZE (4 * AGXI_GIB)
#define AGXI_VM_KERNEL_SIZE (32 * AGXI_GIB)
#define AGXI_VM_HEAP_MIN_SIZE (4 * AGXI_GIB)

struct drm_agx_vm {
	atomic_uint refs;

	/* Owns a reference. */
	struct drm_agx_device *dev;

	uint32_t id;
	struct agxi_vm_layout layout;

	/* Protects the rest. Nothing is locked inside. */
	pthread_mutex_t lock;

	/* The addresses that are reserved, and of those the ones where a buffer is bound. */
	struct agxi_va va;
	struct agxi_va bound;
};

int agxi_vm_layout_init(struct agxi_vm_layout *layout, const struct drm_asahi_params_global *params)
{
	uint64_t window_end = agxi_align_down(params->vm_end, DRM_AGX_PAGE_SIZE);
	uint64_t start = params->vm_start;
	uint64_t kernel_size = params->vm_kernel_min_size;
	uint64_t heap_size;

	/* What commands cannot name is of no use. */
	if (window_end > AGXI_ADDRESS_LIMIT)
		window_end = AGXI_ADDRESS_LIMIT;
	if (start < AGXI_VM_FIXED_END)
		start = AGXI_VM_FIXED_END;
	if (kernel_size < AGXI_VM_KERNEL_SIZE)
		kernel_size = AGXI_VM_KERNEL_SIZE;
	/* From here on everything is far below where a sum would wrap around. */
	if (start > window_end || kernel_size > window_end)
		return agxi_error(ERANGE);

	kernel_size = agxi_align_up(kernel_size, DRM_AGX_PAGE_SIZE);
	layout->kernel_end = window_end;
	layout->kernel_start = window_end - kernel_size;
	layout->usc_start = agxi_align_up(start, AGXI_VM_USC_SIZE);
	layout->usc_end = layout->usc_start + AGXI_VM_USC_SIZE;

	layout->heap_start = AGXI_VM_USC_SIZE;
	while (layout->heap_start < layout->usc_end)
		layout->heap_start *= 2;

	/*
	 * The heap's size is a power of two that is a zero bit in all of its addresses. Setting
	 * that bit leads to a second range as large, which is left free: the read-only shadow of
	 * the heap that sparse resources need.
	 */
	heap_size = layout->heap_start / 2;
	while (heap_size >= AGXI_VM_HEAP_MIN_SIZE &&
	       layout->heap_start + 2 * heap_size > layout->kernel_start)
		heap_size /= 2;
	if (heap_size < AGXI_VM_HEAP_MIN_SIZE)
		return agxi_error(ERANGE);

	layout->heap_end = layout->heap_start + heap_size;
	return 0;
}

static int agxi_vm_init_va(struct drm_agx_vm *vm, const struct drm_asahi_params_global *params)
{
	uint64_t start = agxi_align_up(params->vm_start, DRM_AGX_PAGE_SIZE);
	int ret;

	ret = agxi_va_init(&vm->va, start, vm->layout.kernel_end);
	if (ret)
		return ret;

	ret = agxi_va_init(&vm->bound, start, vm->layout.kernel_start);
	if (ret)
		return ret;

	return agxi_va_reserve(&vm->va, vm->layout.kernel_start,
			       vm->layout.kernel_end - vm->layout.kernel_start);
}

agxi_public int drm_agx_vm_create(struct drm_agx_device *dev, struct drm_agx_vm **out)
{
	const struct drm_asahi_params_global *params = agxi_device_params(dev);
	struct drm_asahi_vm_create args = { 0 };
	struct drm_agx_vm *vm;
	int ret;

	vm = calloc(1, sizeof(*vm));
	if (!vm)
		return agxi_error(ENOMEM);

	ret = agxi_vm_layout_init(&vm->layout, params);
	if (ret)
		goto err_free;

	ret = agxi_vm_init_va(vm, params);
	if (ret)
		goto err_fini_va;

	args.kernel_start = vm->layout.kernel_start;
	args.kernel_end = vm->layout.kernel_end;
	ret = drm_agx_ioctl_vm_create(drm_agx_device_fd(dev), &args, sizeof(args));
	if (ret)
		goto err_fini_va;

	atomic_init(&vm->refs, 1);
	vm->dev = drm_agx_device_ref(dev);
	vm->id = args.vm_id;
	pthread_mutex_init(&vm->lock, NULL);
	*out = vm;
	return 0;

err_fini_va:
	agxi_va_fini(&vm->bound);
	agxi_va_fini(&vm->va);
err_free:
	free(vm);
	return agxi_error(-ret);
}

agxi_public struct drm_agx_vm *drm_agx_vm_ref(struct drm_agx_vm *vm)
{
	atomic_fetch_add(&vm->refs, 1);
	return vm;
}

agxi_public void drm_agx_vm_unref(struct drm_agx_vm *vm)
{
	struct drm_asahi_vm_destroy args = { 0 };

	if (!vm || atomic_fetch_sub(&vm->refs, 1) != 1)
		return;

	args.vm_id = vm->id;
	drm_agx_ioctl_vm_destroy(drm_agx_device_fd(vm->dev), &args, sizeof(args));
	agxi_va_fini(&vm->bound);
	agxi_va_fini(&vm->va);
	pthread_mutex_destroy(&vm->lock);
	drm_agx_device_unref(vm->dev);
	free(vm);
}

agxi_public uint32_t drm_agx_vm_id(const struct drm_agx_vm *vm)
{
	return vm->id;
}

agxi_public struct drm_agx_device *drm_agx_vm_device(const struct drm_agx_vm *vm)
{
	return vm->dev;
}

agxi_public uint64_t drm_agx_vm_usc_base(const struct drm_agx_vm *vm)
{
	return vm->layout.usc_start;
}

static int agxi_vm_alloc_locked(struct drm_agx_vm *vm, uint64_t size, uint64_t align,
				uint32_t flags, uint64_t *addr)
{
	const struct agxi_vm_layout *layout = &vm->layout;

	if (flags & DRM_AGX_BIND_FIXED)
		return agxi_va_reserve(&vm->va, *addr, size);
	if (flags & DRM_AGX_BIND_USC)
		return agxi_va_alloc(&vm->va, layout->usc_start, layout->usc_end, size, align,
				     addr);
	return agxi_va_alloc(&vm->va, layout->heap_start, layout->heap_end, size, align, addr);
}

agxi_public int drm_agx_vm_alloc(struct drm_agx_vm *vm, uint64_t size, uint64_t align,
				 uint32_t flags, uint64_t *addr)
{
	const struct agxi_vm_layout *layout = &vm->layout;
	int ret;

	if (!align)
		align = DRM_AGX_PAGE_SIZE;
	if (!size || size & AGXI_PAGE_MASK || !agxi_is_pow2(align) || align < DRM_AGX_PAGE_SIZE)
		return agxi_error(EINVAL);
	if (flags & ~(DRM_AGX_BIND_USC | DRM_AGX_BIND_FIXED | DRM_AGX_BIND_NO_GUARD))
		return agxi_error(EINVAL);
	if (size > layout->kernel_end)
		return agxi_error(flags & DRM_AGX_BIND_FIXED ? EEXIST : ENOSPC);

	if (flags & DRM_AGX_BIND_FIXED) {
		if (*addr & (align - 1))
			return agxi_error(EINVAL);
		/* Both asked for: then the address has to be in the window it is asked for. */
		if (flags & DRM_AGX_BIND_USC &&
		    (*addr < layout->usc_start || *addr >= layout->usc_end ||
		     size > layout->usc_end - *addr))
			return agxi_error(EEXIST);
	}

	if (!(flags & DRM_AGX_BIND_NO_GUARD))
		size += DRM_AGX_PAGE_SIZE;

	pthread_mutex_lock(&vm->lock);
	ret = agxi_vm_alloc_locked(vm, size, align, flags, addr);
	pthread_mutex_unlock(&vm->lock);
	return ret;
}

/* Whether these addresses are all in one span, of that kind. */
static bool agxi_vm_is_one_span(const struct agxi_va *va, uint64_t addr, uint64_t size, bool used)
{
	struct agxi_va_span span;

	return agxi_va_lookup(va, addr, &span) && span.used == used &&
	       size <= span.size - (addr - span.addr);
}

static int agxi_vm_free_locked(struct drm_agx_vm *vm, uint64_t addr)
{
	struct agxi_va_span span;

	/* The kernel's range is a reservation too, but nobody's to free. */
	if (addr == vm->layout.kernel_start || !agxi_va_lookup(&vm->va, addr, &span) ||
	    !span.used || span.addr != addr)
		return agxi_error(ENOENT);
	if (!agxi_vm_is_one_span(&vm->bound, addr, span.size, false))
		return agxi_error(EBUSY);

	return agxi_va_free(&vm->va, addr);
}

agxi_public int drm_agx_vm_free(struct drm_agx_vm *vm, uint64_t addr)
{
	int ret;

	pthread_mutex_lock(&vm->lock);
	ret = agxi_vm_free_locked(vm, addr);
	pthread_mutex_unlock(&vm->lock);
	return ret;
}

static int agxi_vm_set_bound_locked(struct drm_agx_vm *vm, uint64_t addr, uint64_t size)
{
	if (addr >= vm->layout.kernel_start || !agxi_vm_is_one_span(&vm->va, addr, size, true))
		return agxi_error(ENOENT);

	return agxi_va_reserve(&vm->bound, addr, size);
}

int agxi_vm_set_bound(struct drm_agx_vm *vm, uint64_t addr, uint64_t size)
{
	int ret;

	pthread_mutex_lock(&vm->lock);
	ret = agxi_vm_set_bound_locked(vm, addr, size);
	pthread_mutex_unlock(&vm->lock);
	return ret;
}

void agxi_vm_clear_bound(struct drm_agx_vm *vm, uint64_t addr)
{
	pthread_mutex_lock(&vm->lock);
	agxi_va_free(&vm->bound, addr);
	pthread_mutex_unlock(&vm->lock);
}
