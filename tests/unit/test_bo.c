// SPDX-License-Identifier: MIT
#include "agx_test.h"

#include <fcntl.h>
#include <unistd.h>

#define PAGE 16384
#define RW (DRM_AGX_BIND_READ | DRM_AGX_BIND_WRITE)
#define UNTOUCHED ((struct drm_agx_bo *)1)

static void test_create(void **state)
{
	struct drm_agx_device *dev = test_open();
	const struct drm_asahi_gem_create *create;
	struct drm_agx_vm *vm;
	struct drm_agx_bo *bo;

	assert_ok(drm_agx_vm_create(dev, &vm));

	assert_ok(drm_agx_bo_create(dev, 1, 0, &bo));
	create = (const void *)test_last_call(DRM_IOCTL_ASAHI_GEM_CREATE)->arg;
	assert_int_equal(create->size, PAGE);
	assert_int_equal(create->flags, 0);
	assert_int_equal(create->vm_id, 0);
	assert_int_equal(drm_agx_bo_size(bo), PAGE);
	drm_agx_bo_unref(bo);

	assert_ok(drm_agx_bo_create_private(vm, 5 * PAGE, DRM_AGX_BO_WRITEBACK, &bo));
	create = (const void *)test_last_call(DRM_IOCTL_ASAHI_GEM_CREATE)->arg;
	assert_int_equal(create->size, 5 * PAGE);
	assert_int_equal(create->flags, DRM_ASAHI_GEM_WRITEBACK | DRM_ASAHI_GEM_VM_PRIVATE);
	assert_int_equal(create->vm_id, drm_agx_vm_id(vm));
	assert_int_not_equal(drm_agx_bo_handle(bo), 0);

	/* The buffer keeps its address space. */
	drm_agx_vm_unref(vm);
	assert_int_equal(fake_count().vms, 1);
	assert_ptr_equal(drm_agx_bo_ref(bo), bo);
	drm_agx_bo_unref(bo);
	assert_int_equal(fake_count().handles, 1);
	drm_agx_bo_unref(bo);
	drm_agx_bo_unref(NULL);
	test_close(dev);
}

static void test_create_invalid(void **state)
{
	struct drm_agx_device *dev = test_open();
	struct drm_agx_bo *bo = UNTOUCHED;

	assert_error(drm_agx_bo_create(dev, 0, 0, &bo), EINVAL);
	assert_error(drm_agx_bo_create(dev, PAGE, 1 << 1, &bo), EINVAL);
	assert_error(drm_agx_bo_create(dev, UINT64_MAX - PAGE + 2, 0, &bo), EINVAL);
	assert_int_equal(fake_num_calls(), 0);
	assert_ptr_equal(bo, UNTOUCHED);
	test_close(dev);
}

static void test_map(void **state)
{
	struct drm_agx_device *dev = test_open();
	struct drm_agx_bo *bo;
	void *map, *again;

	assert_ok(drm_agx_bo_create(dev, 2 * PAGE, 0, &bo));
	assert_ok(drm_agx_bo_map(bo, &map));
	assert_ok(drm_agx_bo_map(bo, &again));
	assert_ptr_equal(map, again);
	assert_int_equal(test_count_calls(DRM_IOCTL_ASAHI_GEM_MMAP_OFFSET), 1);
	memset(map, 0xa5, 2 * PAGE);
	drm_agx_bo_unref(bo);
	test_close(dev);
}

static void test_bind(void **state)
{
	struct drm_agx_device *dev = test_open();
	const struct drm_asahi_gem_bind_op *op;
	const struct drm_asahi_vm_bind *bind;
	const struct fake_call *call;
	struct drm_agx_vm *vm;
	struct drm_agx_bo *bo;
	uint64_t heap, usc, fixed = 0x100000000;

	assert_ok(drm_agx_vm_create(dev, &vm));
	assert_ok(drm_agx_bo_create(dev, 2 * PAGE, 0, &bo));

	assert_ok(drm_agx_bo_bind(bo, vm, RW, &heap));
	call = test_last_call(DRM_IOCTL_ASAHI_VM_BIND);
	bind = (const void *)call->arg;
	op = (const void *)call->extra;
	assert_int_equal(bind->vm_id, drm_agx_vm_id(vm));
	assert_int_equal(bind->num_binds, 1);
	assert_int_equal(bind->stride, 32);
	assert_int_equal(bind->pad, 0);
	assert_int_equal(call->extra_size, 32);
	assert_int_equal(op->flags, DRM_ASAHI_BIND_READ | DRM_ASAHI_BIND_WRITE);
	assert_int_equal(op->handle, drm_agx_bo_handle(bo));
	assert_int_equal(op->offset, 0);
	assert_int_equal(op->range, 2 * PAGE);
	assert_int_equal(op->addr, heap);

	assert_ok(drm_agx_bo_bind(bo, vm, DRM_AGX_BIND_READ | DRM_AGX_BIND_USC, &usc));
	op = (const void *)test_last_call(DRM_IOCTL_ASAHI_VM_BIND)->extra;
	fake_clear_calls();
	assert_true(usc >= drm_agx_vm_usc_base(vm));
	assert_true(usc < drm_agx_vm_usc_base(vm) + (UINT64_C(1) << 32));
	assert_ok(drm_agx_bo_bind(bo, vm, DRM_AGX_BIND_WRITE | DRM_AGX_BIND_FIXED, &fixed));
	assert_int_equal(fixed, 0x100000000);
	op = (const void *)test_last_call(DRM_IOCTL_ASAHI_VM_BIND)->extra;
	assert_int_equal(op->flags, DRM_ASAHI_BIND_WRITE);
	assert_int_equal(fake_count().mappings, 3);

	/* A binding keeps the address space, and one less of them changes nothing for others. */
	drm_agx_vm_unref(vm);
	assert_int_equal(fake_count().vms, 1);
	assert_error(drm_agx_bo_unbind(bo, vm, usc + PAGE), ENOENT);
	assert_ok(drm_agx_bo_unbind(bo, vm, usc));
	op = (const void *)test_last_call(DRM_IOCTL_ASAHI_VM_BIND)->extra;
	assert_int_equal(op->flags, DRM_ASAHI_BIND_UNBIND);
	assert_int_equal(op->handle, 0);
	assert_int_equal(op->range, 2 * PAGE);
	assert_int_equal(op->addr, usc);
	assert_error(drm_agx_bo_unbind(bo, vm, usc), ENOENT);
	assert_int_equal(fake_count().mappings, 2);
	drm_agx_bo_unref(bo);
	test_close(dev);
}

/* Addresses are free again after an unbind, after a failed bind and with the buffer. */
static void test_bind_gives_back(void **state)
{
	struct drm_agx_device *dev = test_open();
	struct drm_agx_bo *bo, *other;
	struct drm_agx_vm *vm;
	uint64_t first, addr;

	assert_ok(drm_agx_vm_create(dev, &vm));
	assert_ok(drm_agx_bo_create(dev, PAGE, 0, &bo));
	assert_ok(drm_agx_bo_create(dev, PAGE, 0, &other));

	assert_ok(drm_agx_bo_bind(bo, vm, RW, &first));
	assert_ok(drm_agx_bo_unbind(bo, vm, first));
	fake_fail(1, ENOMEM);
	addr = 7;
	assert_error(drm_agx_bo_bind(bo, vm, RW, &addr), ENOMEM);
	assert_int_equal(addr, 7);
	assert_ok(drm_agx_bo_bind(bo, vm, RW, &addr));
	assert_int_equal(addr, first);

	fake_fail(1, ENOMEM);
	assert_error(drm_agx_bo_unbind(bo, vm, addr), ENOMEM);
	assert_int_equal(fake_count().mappings, 1);

	drm_agx_bo_unref(bo);
	assert_int_equal(fake_count().mappings, 0);
	assert_ok(drm_agx_bo_bind(other, vm, RW, &addr));
	assert_int_equal(addr, first);
	drm_agx_bo_unref(other);
	drm_agx_vm_unref(vm);
	test_close(dev);
}

static void test_bind_invalid(void **state)
{
	struct drm_agx_device *dev = test_open();
	struct drm_agx_vm *vm, *other;
	struct drm_agx_bo *bo;
	uint64_t addr = 0x4000;

	assert_ok(drm_agx_vm_create(dev, &vm));
	assert_ok(drm_agx_vm_create(dev, &other));
	assert_ok(drm_agx_bo_create_private(vm, PAGE, 0, &bo));
	fake_clear_calls();
	assert_error(drm_agx_bo_bind(bo, vm, 0, &addr), EINVAL);
	assert_error(drm_agx_bo_bind(bo, vm, DRM_AGX_BIND_USC, &addr), EINVAL);
	assert_error(drm_agx_bo_bind(bo, vm, RW | 1u << 20, &addr), EINVAL);
	assert_error(drm_agx_bo_bind(bo, other, RW, &addr), EINVAL);
	assert_int_equal(fake_num_calls(), 0);
	drm_agx_bo_unref(bo);
	drm_agx_vm_unref(vm);
	drm_agx_vm_unref(other);
	test_close(dev);
}

static void test_bind_other_device(void **state)
{
	struct drm_agx_device *dev = test_open();
	struct drm_agx_device *copy;
	struct drm_agx_vm *vm;
	struct drm_agx_bo *bo;
	uint64_t addr;

	assert_ok(drm_agx_device_open_path(fake_path(), &copy));
	assert_ok(drm_agx_vm_create(copy, &vm));
	assert_ok(drm_agx_bo_create(dev, PAGE, 0, &bo));
	assert_error(drm_agx_bo_bind(bo, vm, RW, &addr), EINVAL);
	drm_agx_bo_unref(bo);
	drm_agx_vm_unref(vm);
	drm_agx_device_unref(copy);
	test_close(dev);
}

/* Parts of two buffers side by side, at an alignment, in a range that stays the caller's. */
static void test_bind_at(void **state)
{
	struct drm_agx_device *dev = test_open();
	const struct drm_asahi_gem_bind_op *op;
	struct drm_agx_bo *bo, *other;
	struct drm_agx_vm *vm;
	uint64_t range, again;

	assert_ok(drm_agx_vm_create(dev, &vm));
	assert_ok(drm_agx_bo_create(dev, 4 * PAGE, 0, &bo));
	assert_ok(drm_agx_bo_create_private(vm, PAGE, 0, &other));
	assert_ok(drm_agx_vm_alloc(vm, 8 * PAGE, 1 << 20, 0, &range));
	assert_int_equal(range % (1 << 20), 0);

	/* What is bound and unbound again where it begins does not take it along. */
	again = range;
	assert_ok(drm_agx_bo_bind_at(other, 0, PAGE, vm, RW, range));
	assert_ok(drm_agx_bo_unbind(other, vm, range));
	assert_error(drm_agx_vm_alloc(vm, PAGE, 0, DRM_AGX_BIND_FIXED, &again), EEXIST);

	assert_ok(drm_agx_bo_bind_at(bo, PAGE, 2 * PAGE, vm, DRM_AGX_BIND_WRITE, range + PAGE));
	op = (const void *)test_last_call(DRM_IOCTL_ASAHI_VM_BIND)->extra;
	assert_int_equal(op->flags, DRM_ASAHI_BIND_WRITE);
	assert_int_equal(op->handle, drm_agx_bo_handle(bo));
	assert_int_equal(op->offset, PAGE);
	assert_int_equal(op->range, 2 * PAGE);
	assert_int_equal(op->addr, range + PAGE);
	assert_ok(drm_agx_bo_bind_at(other, 0, PAGE, vm, DRM_AGX_BIND_READ, range));
	assert_ok(drm_agx_bo_bind_at(bo, 0, 4 * PAGE, vm, RW, range + 3 * PAGE));
	assert_int_equal(fake_count().mappings, 3);

	/* Its addresses are nobody else's as long as something is bound there. */
	assert_error(drm_agx_vm_free(vm, range), EBUSY);

	/* Unbound is that part, and what it took is free to be bound again. */
	fake_clear_calls();
	assert_error(drm_agx_bo_unbind(other, vm, range + PAGE), ENOENT);
	assert_error(drm_agx_bo_unbind(bo, vm, range + 2 * PAGE), ENOENT);
	assert_ok(drm_agx_bo_unbind(bo, vm, range + PAGE));
	op = (const void *)test_last_call(DRM_IOCTL_ASAHI_VM_BIND)->extra;
	assert_int_equal(op->flags, DRM_ASAHI_BIND_UNBIND);
	assert_int_equal(op->range, 2 * PAGE);
	assert_int_equal(op->addr, range + PAGE);
	assert_ok(drm_agx_bo_bind_at(other, 0, PAGE, vm, RW, range + 2 * PAGE));
	assert_int_equal(fake_count().mappings, 3);

	/* The buffers go; the range is still reserved, until it is given back. */
	drm_agx_bo_unref(other);
	assert_int_equal(fake_count().mappings, 1);
	assert_error(drm_agx_vm_free(vm, range), EBUSY);
	drm_agx_bo_unref(bo);
	assert_int_equal(fake_count().mappings, 0);
	assert_error(drm_agx_vm_alloc(vm, PAGE, 0, DRM_AGX_BIND_FIXED, &again), EEXIST);
	assert_ok(drm_agx_vm_free(vm, range));
	assert_error(drm_agx_vm_free(vm, range), ENOENT);
	assert_ok(drm_agx_vm_alloc(vm, PAGE, 0, DRM_AGX_BIND_FIXED, &again));
	drm_agx_vm_unref(vm);
	test_close(dev);
}

/* Nothing that is bound is replaced, whoever has bound it. */
static void test_bind_at_overlap(void **state)
{
	struct drm_agx_device *dev = test_open();
	struct drm_agx_bo *bo, *other;
	struct drm_agx_vm *vm;
	uint64_t range, addr;

	assert_ok(drm_agx_vm_create(dev, &vm));
	assert_ok(drm_agx_bo_create(dev, 2 * PAGE, 0, &bo));
	assert_ok(drm_agx_bo_create(dev, 4 * PAGE, 0, &other));
	assert_ok(drm_agx_vm_alloc(vm, 8 * PAGE, 0, 0, &range));
	assert_ok(drm_agx_bo_bind(bo, vm, RW, &addr));
	assert_ok(drm_agx_bo_bind_at(bo, 0, 2 * PAGE, vm, RW, range + 3 * PAGE));
	fake_clear_calls();
	assert_error(drm_agx_bo_bind_at(bo, 0, 2 * PAGE, vm, RW, range + 3 * PAGE), EEXIST);
	assert_error(drm_agx_bo_bind_at(bo, 0, PAGE, vm, RW, range + 4 * PAGE), EEXIST);
	assert_error(drm_agx_bo_bind_at(bo, 0, 2 * PAGE, vm, RW, range + 2 * PAGE), EEXIST);
	assert_error(drm_agx_bo_bind_at(other, 0, 4 * PAGE, vm, RW, range + 2 * PAGE), EEXIST);
	assert_error(drm_agx_bo_bind_at(other, 0, PAGE, vm, RW, addr + PAGE), EEXIST);
	assert_error(drm_agx_vm_free(vm, addr), EBUSY);
	assert_int_equal(fake_num_calls(), 0);

	/* A binding that fails leaves its place free. */
	fake_fail(1, ENOMEM);
	assert_error(drm_agx_bo_bind_at(other, 0, PAGE, vm, RW, range), ENOMEM);
	assert_ok(drm_agx_bo_bind_at(other, 0, 3 * PAGE, vm, RW, range));
	assert_ok(drm_agx_bo_bind_at(other, 0, 3 * PAGE, vm, RW, range + 5 * PAGE));
	assert_int_equal(fake_count().mappings, 4);

	/* What cannot be unbound is still bound. */
	fake_fail(1, ENOMEM);
	assert_error(drm_agx_bo_unbind(bo, vm, range + 3 * PAGE), ENOMEM);
	assert_error(drm_agx_bo_bind_at(other, 0, PAGE, vm, RW, range + 3 * PAGE), EEXIST);
	drm_agx_bo_unref(bo);
	drm_agx_bo_unref(other);
	drm_agx_vm_unref(vm);
	test_close(dev);
}

static void test_bind_at_invalid(void **state)
{
	const uint32_t fixed = DRM_AGX_BIND_FIXED | DRM_AGX_BIND_NO_GUARD;
	struct drm_agx_device *dev = test_open();
	const struct drm_asahi_vm_create *create;
	struct drm_agx_vm *vm, *other;
	struct drm_agx_bo *bo;
	uint64_t range, beside, kernel;

	assert_ok(drm_agx_vm_create(dev, &vm));
	assert_ok(drm_agx_vm_create(dev, &other));
	assert_ok(drm_agx_bo_create_private(vm, 4 * PAGE, 0, &bo));
	create = (const void *)test_last_call(DRM_IOCTL_ASAHI_VM_CREATE)->arg;
	kernel = create->kernel_start;
	range = 0x100000000;
	assert_ok(drm_agx_vm_alloc(vm, 4 * PAGE, 0, fixed, &range));
	beside = range + 4 * PAGE;
	assert_ok(drm_agx_vm_alloc(vm, PAGE, 0, fixed, &beside));
	fake_clear_calls();
	assert_error(drm_agx_bo_bind_at(bo, 0, PAGE, vm, 0, range), EINVAL);
	assert_error(drm_agx_bo_bind_at(bo, 0, PAGE, vm, RW | DRM_AGX_BIND_FIXED, range), EINVAL);
	assert_error(drm_agx_bo_bind_at(bo, 0, 0, vm, RW, range), EINVAL);
	assert_error(drm_agx_bo_bind_at(bo, 1, PAGE, vm, RW, range), EINVAL);
	assert_error(drm_agx_bo_bind_at(bo, 0, PAGE - 1, vm, RW, range), EINVAL);
	assert_error(drm_agx_bo_bind_at(bo, 0, PAGE, vm, RW, range + 4096), EINVAL);
	assert_error(drm_agx_bo_bind_at(bo, 0, 5 * PAGE, vm, RW, range), EINVAL);
	assert_error(drm_agx_bo_bind_at(bo, 4 * PAGE, PAGE, vm, RW, range), EINVAL);
	assert_error(drm_agx_bo_bind_at(bo, 5 * PAGE, PAGE, vm, RW, range), EINVAL);
	assert_error(drm_agx_bo_bind_at(bo, PAGE, -(uint64_t)PAGE, vm, RW, range), EINVAL);
	assert_error(drm_agx_bo_bind_at(bo, 0, PAGE, other, RW, range), EINVAL);

	/* Not reserved, not all of it, by two calls; beside the window, and the kernel's. */
	assert_error(drm_agx_bo_bind_at(bo, 0, PAGE, vm, RW, range - PAGE), ENOENT);
	assert_error(drm_agx_bo_bind_at(bo, 0, 2 * PAGE, vm, RW, range - PAGE), ENOENT);
	assert_error(drm_agx_bo_bind_at(bo, 0, 2 * PAGE, vm, RW, range + 3 * PAGE), ENOENT);
	assert_error(drm_agx_bo_bind_at(bo, 0, 2 * PAGE, vm, RW, beside), ENOENT);
	assert_error(drm_agx_bo_bind_at(bo, 0, PAGE, vm, RW, 0), ENOENT);
	assert_error(drm_agx_bo_bind_at(bo, 0, PAGE, vm, RW, kernel), ENOENT);
	assert_error(drm_agx_bo_bind_at(bo, 0, PAGE, vm, RW, -(uint64_t)PAGE), ENOENT);
	assert_int_equal(fake_num_calls(), 0);
	assert_ok(drm_agx_vm_free(vm, range));
	assert_ok(drm_agx_vm_free(vm, beside));
	drm_agx_bo_unref(bo);
	drm_agx_vm_unref(vm);
	drm_agx_vm_unref(other);
	test_close(dev);
}

static void test_export(void **state)
{
	struct drm_agx_device *dev = test_open();
	struct drm_agx_bo *bo, *again;
	struct drm_agx_vm *vm;
	int fd = -7, other;

	assert_ok(drm_agx_vm_create(dev, &vm));
	assert_ok(drm_agx_bo_create_private(vm, PAGE, 0, &bo));
	assert_error(drm_agx_bo_export(bo, &fd), EINVAL);
	assert_int_equal(fd, -7);
	drm_agx_bo_unref(bo);

	/* One's own export is the BO that one has. */
	assert_ok(drm_agx_bo_create(dev, 3 * PAGE, 0, &bo));
	assert_ok(drm_agx_bo_export(bo, &fd));
	assert_ok(drm_agx_bo_export(bo, &other));
	assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	assert_ok(drm_agx_bo_import(dev, fd, &again));
	assert_ptr_equal(bo, again);
	drm_agx_bo_unref(again);
	assert_ok(drm_agx_bo_import(dev, other, &again));
	assert_ptr_equal(bo, again);
	assert_int_equal(fake_count().handles, 1);

	/* The last reference closes the handle, and only then. */
	drm_agx_bo_unref(bo);
	assert_int_equal(fake_count().handles, 1);
	drm_agx_bo_unref(again);
	assert_int_equal(fake_count().handles, 0);

	/* Taken back later, it is a new BO of the same size. */
	assert_ok(drm_agx_bo_import(dev, fd, &bo));
	assert_int_equal(drm_agx_bo_size(bo), 3 * PAGE);
	drm_agx_bo_unref(bo);
	drm_agx_vm_unref(vm);
	close(fd);
	close(other);
	test_close(dev);
}

static void test_import(void **state)
{
	struct drm_agx_device *dev = test_open();
	struct drm_agx_bo *bo, *again;
	int fd = fake_foreign_dmabuf(4 * PAGE);
	uint64_t addr;
	struct drm_agx_vm *vm;
	void *map;

	assert_ok(drm_agx_vm_create(dev, &vm));
	assert_ok(drm_agx_bo_import(dev, fd, &bo));
	assert_int_equal(lseek(fd, 0, SEEK_CUR), 0);
	assert_ok(drm_agx_bo_import(dev, fd, &again));
	assert_ptr_equal(bo, again);
	assert_int_equal(drm_agx_bo_size(bo), 4 * PAGE);
	assert_ok(drm_agx_bo_map(bo, &map));
	assert_ok(drm_agx_bo_bind(bo, vm, RW, &addr));
	drm_agx_bo_unref(bo);
	assert_int_equal(fake_count().mappings, 1);
	drm_agx_bo_unref(again);
	drm_agx_vm_unref(vm);
	close(fd);
	test_close(dev);
}

/* A buffer of an odd size is refused, and its handle does not stay behind. */
static void test_import_odd_size(void **state)
{
	struct drm_agx_device *dev = test_open();
	struct drm_agx_bo *bo = UNTOUCHED;
	int fd = fake_foreign_dmabuf(PAGE + 4096);

	assert_error(drm_agx_bo_import(dev, fd, &bo), EINVAL);
	assert_ptr_equal(bo, UNTOUCHED);
	assert_int_equal(fake_count().handles, 0);
	assert_int_equal(test_count_calls(DRM_IOCTL_GEM_CLOSE), 1);
	close(fd);
	test_close(dev);
}

static void test_import_nothing(void **state)
{
	struct drm_agx_device *dev = test_open();
	struct drm_agx_bo *bo = UNTOUCHED;

	assert_error(drm_agx_bo_import(dev, drm_agx_device_fd(dev), &bo), EINVAL);
	assert_ptr_equal(bo, UNTOUCHED);
	test_close(dev);
}

/* More handles than the table starts with, closed in another order. */
static void test_many(void **state)
{
	struct drm_agx_device *dev = test_open();
	struct drm_agx_bo *bos[300];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(bos); i++)
		assert_ok(drm_agx_bo_create(dev, PAGE, 0, &bos[i]));
	assert_int_equal(fake_count().handles, ARRAY_SIZE(bos));
	for (i = 0; i < ARRAY_SIZE(bos); i += 2)
		drm_agx_bo_unref(bos[i]);
	for (i = 1; i < ARRAY_SIZE(bos); i += 2)
		drm_agx_bo_unref(bos[i]);
	test_close(dev);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_create),
		cmocka_unit_test(test_create_invalid),
		cmocka_unit_test(test_map),
		cmocka_unit_test(test_bind),
		cmocka_unit_test(test_bind_gives_back),
		cmocka_unit_test(test_bind_invalid),
		cmocka_unit_test(test_bind_other_device),
		cmocka_unit_test(test_bind_at),
		cmocka_unit_test(test_bind_at_overlap),
		cmocka_unit_test(test_bind_at_invalid),
		cmocka_unit_test(test_export),
		cmocka_unit_test(test_import),
		cmocka_unit_test(test_import_odd_size),
		cmocka_unit_test(test_import_nothing),
		cmocka_unit_test(test_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
