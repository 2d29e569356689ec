// SPDX-License-Identifier: MIT
#include "agx_test.h"

#include <unistd.h>

#include "vm.h"

#define PAGE UINT64_C(0x4000)
#define GIB (UINT64_C(1) << 30)

#define HEAP_START 0x2000000000
#define HEAP_END 0x3000000000
#define USC_START 0x1100000000
#define USC_END 0x1200000000
#define KERNEL_START 0x77ffff8000
#define KERNEL_END 0x7fffff8000

/* What Mesa 26.1 makes of these parameters, seen in its ioctls. */
static void test_layout_of_mesa(void **state)
{
	struct drm_asahi_params_global params = {
		.vm_start = 0x4000,
		.vm_end = UINT64_C(1) << 39,
		.vm_kernel_min_size = 0x20000000,
	};
	struct agxi_vm_layout layout;

	assert_ok(agxi_vm_layout_init(&layout, &params));
	assert_int_equal(layout.usc_start, 0x1100000000);
	assert_int_equal(layout.usc_end, 0x1200000000);
	assert_int_equal(layout.heap_start, 0x2000000000);
	assert_int_equal(layout.heap_end, 0x3000000000);
	assert_int_equal(layout.kernel_start, 0x7800000000);
	assert_int_equal(layout.kernel_end, 0x8000000000);
}

/* Whatever the window: all parts in it, in order, aligned, with a shadow of the heap's size. */
static void test_layout_is_sound(void **state)
{
	static const uint64_t starts[] = { 0, 0x4000, 0x1000004000, 0x1100000000, 0x2000000000,
					   0x2100004000, 0x4000000000, 0x8000000000,
					   0x10000000000, UINT64_C(1) << 60,
					   UINT64_MAX };
	static const uint64_t ends[] = { 0, 0x4000, 0x2000000000, 0x2fffff8000, 0x3000000000,
					 0x3fffff8000, 0x4000000000, 0x7fffff8000, 0x8000000000,
					 0xffffff8000, 0x10000000000, UINT64_C(1) << 47,
					 UINT64_MAX };
	static const uint64_t minimums[] = { 0, 0x4000, 0x20000000, 0x20001000, 64 * GIB,
					     UINT64_MAX };
	struct drm_asahi_params_global params = { 0 };
	struct agxi_vm_layout layout;
	unsigned int i, j, k, good = 0;
	uint64_t heap;

	for (i = 0; i < ARRAY_SIZE(starts); i++) {
		for (j = 0; j < ARRAY_SIZE(ends); j++) {
			for (k = 0; k < ARRAY_SIZE(minimums); k++) {
				params.vm_start = starts[i];
				params.vm_end = ends[j];
				params.vm_kernel_min_size = minimums[k];
				if (agxi_vm_layout_init(&layout, &params)) {
					assert_int_equal(errno, ERANGE);
					continue;
				}
				good++;
				heap = layout.heap_end - layout.heap_start;
				assert_true(layout.usc_start >= starts[i]);
				assert_true(layout.usc_end == layout.usc_start + 4 * GIB);
				assert_true(layout.usc_start % (4 * GIB) == 0);
				assert_true(layout.heap_start >= layout.usc_end);
				assert_true(heap >= 4 * GIB && !(heap & (heap - 1)));
				assert_true(layout.heap_start % (2 * heap) == 0);
				assert_true(layout.heap_end + heap <= layout.kernel_start);
				assert_true(layout.kernel_end - layout.kernel_start >= minimums[k]);
				assert_true(layout.kernel_end <= ends[j]);
				assert_true(layout.kernel_end <= UINT64_C(1) << 40);
				assert_true((layout.kernel_start | layout.kernel_end) % PAGE == 0);
			}
		}
	}
	/* Some of each kind, or the loop shows nothing. */
	assert_true(good > 20);
	assert_true(good < ARRAY_SIZE(starts) * ARRAY_SIZE(ends) * ARRAY_SIZE(minimums) - 20);
}

static void test_create(void **state)
{
	const struct drm_asahi_vm_create *create;
	struct drm_agx_device *dev = test_open();
	struct drm_agx_vm *vm, *other;

	assert_ok(drm_agx_vm_create(dev, &vm));
	create = (const void *)test_last_call(DRM_IOCTL_ASAHI_VM_CREATE)->arg;
	assert_int_equal(create->kernel_start, KERNEL_START);
	assert_int_equal(create->kernel_end, KERNEL_END);
	assert_int_equal(create->pad, 0);
	assert_ok(drm_agx_vm_create(dev, &other));
	assert_int_not_equal(drm_agx_vm_id(vm), drm_agx_vm_id(other));
	assert_ptr_equal(drm_agx_vm_device(vm), dev);
	assert_int_equal(drm_agx_vm_usc_base(vm), USC_START);

	assert_ptr_equal(drm_agx_vm_ref(vm), vm);
	drm_agx_vm_unref(vm);
	assert_int_equal(fake_count().vms, 2);
	drm_agx_vm_unref(vm);
	assert_int_equal(fake_count().vms, 1);
	drm_agx_vm_unref(other);
	drm_agx_vm_unref(NULL);
	test_close(dev);
}

static void test_window_too_small(void **state)
{
	struct drm_asahi_params_global params;
	struct drm_agx_device *dev;
	struct drm_agx_vm *vm;
	int fd = fake_open();

	fake_get_params(&params);
	params.vm_end = UINT64_C(1) << 37;
	fake_set_params(&params, sizeof(params));
	assert_ok(drm_agx_device_create(fd, DRM_AGX_FD_OWN, &dev));
	assert_error(drm_agx_vm_create(dev, &vm), ERANGE);
	test_close(dev);
}

static void test_alloc(void **state)
{
	struct drm_agx_device *dev = test_open();
	struct drm_agx_vm *vm;
	uint64_t a, b, c;

	assert_ok(drm_agx_vm_create(dev, &vm));

	/* From the top, a guard page behind each. */
	assert_ok(drm_agx_vm_alloc(vm, PAGE, 0, 0, &a));
	assert_int_equal(a, 0x2fffff8000);
	assert_ok(drm_agx_vm_alloc(vm, 3 * PAGE, 0, 0, &b));
	assert_int_equal(b, a - 4 * PAGE);
	assert_ok(drm_agx_vm_alloc(vm, PAGE, 0, DRM_AGX_BIND_NO_GUARD, &c));
	assert_int_equal(c, b - PAGE);

	/* The guard page is taken as well. */
	c = a + PAGE;
	assert_error(drm_agx_vm_alloc(vm, PAGE, 0, DRM_AGX_BIND_FIXED | DRM_AGX_BIND_NO_GUARD, &c),
		     EEXIST);

	/* Given back, it is found again. */
	assert_ok(drm_agx_vm_free(vm, a));
	assert_error(drm_agx_vm_free(vm, a), ENOENT);
	assert_ok(drm_agx_vm_alloc(vm, PAGE, 0, 0, &c));
	assert_int_equal(a, c);

	assert_ok(drm_agx_vm_alloc(vm, PAGE, 0, DRM_AGX_BIND_USC, &a));
	assert_int_equal(a, USC_END - 2 * PAGE);
	assert_ok(drm_agx_vm_alloc(vm, PAGE, GIB, 0, &a));
	assert_int_equal(a, HEAP_END - GIB);
	assert_ok(drm_agx_vm_alloc(vm, PAGE, GIB, DRM_AGX_BIND_USC, &a));
	assert_int_equal(a, USC_END - GIB);

	drm_agx_vm_unref(vm);
	test_close(dev);
}

static void test_alloc_fixed(void **state)
{
	const uint32_t fixed = DRM_AGX_BIND_FIXED | DRM_AGX_BIND_NO_GUARD;
	struct drm_agx_device *dev = test_open();
	struct drm_agx_vm *vm;
	uint64_t addr;

	assert_ok(drm_agx_vm_create(dev, &vm));

	/* Mesa's zero and scratch pages, side by side, and its fixed buffer. */
	addr = 0x100000000;
	assert_ok(drm_agx_vm_alloc(vm, PAGE, 0, fixed, &addr));
	addr = 0x100004000;
	assert_ok(drm_agx_vm_alloc(vm, PAGE, 0, fixed, &addr));
	addr = 0x1000000000;
	assert_ok(drm_agx_vm_alloc(vm, PAGE, 0, fixed, &addr));
	assert_int_equal(addr, 0x1000000000);
	assert_error(drm_agx_vm_alloc(vm, PAGE, 0, fixed, &addr), EEXIST);
	addr = 0x100000000 - PAGE;
	assert_error(drm_agx_vm_alloc(vm, 2 * PAGE, 0, fixed, &addr), EEXIST);
	assert_error(drm_agx_vm_alloc(vm, PAGE, 0, DRM_AGX_BIND_FIXED, &addr), EEXIST);

	/* The edges of the window and of the kernel's range. */
	addr = 0;
	assert_error(drm_agx_vm_alloc(vm, PAGE, 0, fixed, &addr), EEXIST);
	addr = PAGE;
	assert_ok(drm_agx_vm_alloc(vm, PAGE, 0, fixed, &addr));
	addr = KERNEL_START - PAGE;
	assert_error(drm_agx_vm_alloc(vm, PAGE, 0, DRM_AGX_BIND_FIXED, &addr), EEXIST);
	assert_ok(drm_agx_vm_alloc(vm, PAGE, 0, fixed, &addr));
	addr = KERNEL_START;
	assert_error(drm_agx_vm_alloc(vm, PAGE, 0, fixed, &addr), EEXIST);
	assert_error(drm_agx_vm_free(vm, KERNEL_START), ENOENT);
	addr = KERNEL_END;
	assert_error(drm_agx_vm_alloc(vm, PAGE, 0, fixed, &addr), EEXIST);
	addr = UINT64_MAX - PAGE + 1;
	assert_error(drm_agx_vm_alloc(vm, PAGE, 0, fixed, &addr), EEXIST);

	/* Fixed, and within reach of 32-bit addresses. */
	addr = USC_START;
	assert_ok(drm_agx_vm_alloc(vm, PAGE, 0, fixed | DRM_AGX_BIND_USC, &addr));
	addr = USC_END - PAGE;
	assert_error(drm_agx_vm_alloc(vm, 2 * PAGE, 0, fixed | DRM_AGX_BIND_USC, &addr), EEXIST);
	addr = HEAP_START;
	assert_error(drm_agx_vm_alloc(vm, PAGE, 0, fixed | DRM_AGX_BIND_USC, &addr), EEXIST);

	drm_agx_vm_unref(vm);
	test_close(dev);
}

static void test_alloc_invalid(void **state)
{
	struct drm_agx_device *dev = test_open();
	struct drm_agx_vm *vm;
	uint64_t addr = PAGE + 1;

	assert_ok(drm_agx_vm_create(dev, &vm));
	assert_error(drm_agx_vm_alloc(vm, 0, 0, 0, &addr), EINVAL);
	assert_error(drm_agx_vm_alloc(vm, PAGE - 1, 0, 0, &addr), EINVAL);
	assert_error(drm_agx_vm_alloc(vm, PAGE, 4096, 0, &addr), EINVAL);
	assert_error(drm_agx_vm_alloc(vm, PAGE, 3 * PAGE, 0, &addr), EINVAL);
	assert_error(drm_agx_vm_alloc(vm, PAGE, 0, DRM_AGX_BIND_READ, &addr), EINVAL);
	assert_error(drm_agx_vm_alloc(vm, PAGE, 0, 1u << 31, &addr), EINVAL);
	assert_error(drm_agx_vm_alloc(vm, PAGE, 0, DRM_AGX_BIND_FIXED, &addr), EINVAL);
	addr = PAGE;
	assert_error(drm_agx_vm_alloc(vm, PAGE, 2 * PAGE, DRM_AGX_BIND_FIXED, &addr), EINVAL);
	assert_error(drm_agx_vm_alloc(vm, -PAGE, 0, DRM_AGX_BIND_FIXED, &addr), EEXIST);
	assert_error(drm_agx_vm_alloc(vm, -PAGE, 0, 0, &addr), ENOSPC);
	assert_error(drm_agx_vm_alloc(vm, HEAP_END - HEAP_START, 0, 0, &addr), ENOSPC);
	assert_ok(drm_agx_vm_alloc(vm, HEAP_END - HEAP_START, 0, DRM_AGX_BIND_NO_GUARD, &addr));
	assert_int_equal(addr, HEAP_START);
	assert_error(drm_agx_vm_alloc(vm, PAGE, 0, 0, &addr), ENOSPC);
	drm_agx_vm_unref(vm);
	test_close(dev);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_layout_of_mesa),
		cmocka_unit_test(test_layout_is_sound),
		cmocka_unit_test(test_create),
		cmocka_unit_test(test_window_too_small),
		cmocka_unit_test(test_alloc),
		cmocka_unit_test(test_alloc_fixed),
		cmocka_unit_test(test_alloc_invalid),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
