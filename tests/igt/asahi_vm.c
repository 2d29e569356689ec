// SPDX-License-Identifier: MIT
/**
 * TEST: asahi vm
 * Category: Core
 * Mega feature: VM
 * Sub-category: address spaces
 * Functionality: VM_CREATE, VM_DESTROY
 * Description: The life of address spaces and the range that they leave to the kernel.
 */
#include <errno.h>
#include <string.h>

#include "asahi_child.h"
#include "asahi_device.h"
#include "asahi_drm.h"
#include "asahi_ioctl.h"
#include "asahi_job.h"
#include "asahi_objects.h"
#include "asahi_probe.h"
#include "igt.h"

IGT_TEST_DESCRIPTION("VM_CREATE and VM_DESTROY");

/**
 * SUBTEST: create-destroy
 * Description: An address space can be made and given up, and is counted as long as it lives.
 */
static void create_destroy(void)
{
	struct asahi_objects before;
	int fd = asahi_open();
	uint32_t vm_id;

	asahi_objects_read(&before);
	vm_id = asahi_vm_create(fd);
	if (asahi_has_objects())
		igt_assert(asahi_objects_count("vm") > 0);
	asahi_vm_destroy(fd, vm_id);
	asahi_assert_objects_eq(&before);

	asahi_close(fd);
}

/**
 * SUBTEST: many
 * Description: A file may have any number of address spaces, with different ids.
 */
static void many(void)
{
	enum { NUM = 300 };
	uint32_t ids[NUM];
	int fd = asahi_open();
	unsigned int i, j;

	for (i = 0; i < NUM; i++) {
		ids[i] = asahi_vm_create(fd);
		for (j = 0; j < i; j++)
			igt_assert_neq_u32(ids[i], ids[j]);
	}
	for (i = 0; i < NUM; i++)
		asahi_vm_destroy(fd, ids[(i * 7) % NUM]);

	asahi_close(fd);
}

/**
 * SUBTEST: close-without-destroy
 * Description: Closing the file destroys what the program did not, at once.
 */
static void close_without_destroy(void)
{
	struct asahi_objects before;
	int fd = asahi_open();
	unsigned int i;

	asahi_objects_read(&before);
	asahi_close(fd);

	fd = asahi_open();
	for (i = 0; i < 100; i++)
		asahi_vm_create(fd);
	asahi_close(fd);

	fd = asahi_open();
	asahi_assert_objects_eq(&before);
	asahi_close(fd);
}

/**
 * SUBTEST: kernel-range
 * Description: Every aligned range of at least the smallest size inside the window of the device
 *	may be given to the kernel.
 */
static void kernel_range(void)
{
	struct drm_asahi_params_global params;
	int fd = asahi_open();
	uint64_t min, end;
	unsigned int i;
	uint32_t vm_id;

	asahi_get_params(fd, &params);
	min = params.vm_kernel_min_size;
	end = params.vm_end & ~(uint64_t)(ASAHI_PAGE - 1);

	{
		const struct { uint64_t start, end; } ranges[] = {
			{ params.vm_start, params.vm_start + min },
			{ params.vm_start, end },
			{ end - min, end },
			{ params.vm_start + ASAHI_PAGE, params.vm_start + ASAHI_PAGE + min },
			{ 0x3000000000, 0x3000000000 + min },
			{ 0x3000004000, 0x3000004000 + min + ASAHI_PAGE },
		};

		for (i = 0; i < ARRAY_SIZE(ranges); i++) {
			igt_assert_eq(__asahi_vm_create(fd, ranges[i].start, ranges[i].end,
							&vm_id), 0);
			igt_assert_neq_u32(vm_id, 0);
			asahi_vm_destroy(fd, vm_id);
		}
	}

	asahi_close(fd);
}

static int create(int fd, uint64_t start, uint64_t end)
{
	uint32_t vm_id;

	return __asahi_vm_create(fd, start, end, &vm_id);
}

/**
 * SUBTEST: invalid-kernel-range-size
 * Description: The kernel does not take less than it says it needs.
 */
static void invalid_kernel_range_size(void)
{
	struct drm_asahi_params_global params;
	const uint64_t start = 0x3000000000;
	int fd = asahi_open();

	asahi_get_params(fd, &params);
	igt_assert_eq(create(fd, start, start + params.vm_kernel_min_size - ASAHI_PAGE), -EINVAL);
	igt_assert_eq(create(fd, start, start), -EINVAL);
	igt_assert_eq(create(fd, 0, 0), -EINVAL);

	asahi_close(fd);
}

/**
 * SUBTEST: invalid-kernel-range-order
 * Description: A range that ends before it starts is not a large one.
 */
static void invalid_kernel_range_order(void)
{
	struct drm_asahi_params_global params;
	const uint64_t start = 0x3000000000;
	int fd = asahi_open();

	asahi_get_params(fd, &params);
	igt_assert_eq(create(fd, start + params.vm_kernel_min_size, start), -EINVAL);
	igt_assert_eq(create(fd, params.vm_end & ~(uint64_t)(ASAHI_PAGE - 1), params.vm_start),
		      -EINVAL);

	asahi_close(fd);
}

/**
 * SUBTEST: invalid-kernel-range-window
 * Description: A range that leaves the window of the device is refused.
 */
static void invalid_kernel_range_window(void)
{
	const uint64_t top = UINT64_MAX & ~(uint64_t)(ASAHI_PAGE - 1);
	struct drm_asahi_params_global params;
	int fd = asahi_open();
	uint64_t min, end;

	asahi_get_params(fd, &params);
	min = params.vm_kernel_min_size;
	end = params.vm_end & ~(uint64_t)(ASAHI_PAGE - 1);

	igt_assert_eq(create(fd, 0, min), -EINVAL);
	igt_assert_eq(create(fd, params.vm_start - ASAHI_PAGE, params.vm_start + min), -EINVAL);
	igt_assert_eq(create(fd, end - min, end + ASAHI_PAGE), -EINVAL);
	igt_assert_eq(create(fd, end, end + min), -EINVAL);
	igt_assert_eq(create(fd, params.vm_start, top), -EINVAL);
	igt_assert_eq(create(fd, top - min, top), -EINVAL);

	asahi_close(fd);
}

/**
 * SUBTEST: invalid-kernel-range-alignment
 * Description: Both ends of the range have to be page aligned.
 */
static void invalid_kernel_range_alignment(void)
{
	static const uint64_t bits[] = { 1, 0x1000, ASAHI_PAGE / 2 };
	struct drm_asahi_params_global params;
	const uint64_t start = 0x3000000000;
	int fd = asahi_open();
	unsigned int i;
	uint64_t end;

	asahi_get_params(fd, &params);
	end = start + 2 * params.vm_kernel_min_size;
	for (i = 0; i < ARRAY_SIZE(bits); i++) {
		igt_assert_eq(create(fd, start + bits[i], end), -EINVAL);
		igt_assert_eq(create(fd, start, end + bits[i]), -EINVAL);
		igt_assert_eq(create(fd, start + bits[i], end + bits[i]), -EINVAL);
	}

	asahi_close(fd);
}

/**
 * SUBTEST: invalid-create-pad
 * Description: Padding of VM_CREATE has to be zero.
 */
static void invalid_create_pad(void)
{
	struct drm_asahi_vm_create req = { .pad = 1 };
	int fd = asahi_open();
	uint64_t start, end;

	asahi_kernel_range(fd, &start, &end);
	req.kernel_start = start;
	req.kernel_end = end;
	asahi_assert_strict(fd, asahi_ioctl(fd, DRM_IOCTL_ASAHI_VM_CREATE, &req), -EINVAL);

	asahi_close(fd);
}

/**
 * SUBTEST: invalid-destroy-pad
 * Description: Padding of VM_DESTROY has to be zero, and the address space stays if it is not.
 */
static void invalid_destroy_pad(void)
{
	struct drm_asahi_vm_destroy req = { .pad = 1 };
	int fd = asahi_open();

	req.vm_id = asahi_vm_create(fd);
	if (!asahi_assert_strict(fd, asahi_ioctl(fd, DRM_IOCTL_ASAHI_VM_DESTROY, &req), -EINVAL))
		asahi_vm_destroy(fd, req.vm_id);

	asahi_close(fd);
}

/**
 * SUBTEST: invalid-id
 * Description: Only an id that VM_CREATE returned and that was not destroyed is one.
 */
static void invalid_id(void)
{
	int fd = asahi_open();
	uint32_t vm_id = asahi_vm_create(fd);

	igt_assert_eq(__asahi_vm_destroy(fd, 0), -ENOENT);
	igt_assert_eq(__asahi_vm_destroy(fd, vm_id + 1), -ENOENT);
	igt_assert_eq(__asahi_vm_destroy(fd, UINT32_MAX), -ENOENT);
	asahi_vm_destroy(fd, vm_id);
	igt_assert_eq(__asahi_vm_destroy(fd, vm_id), -ENOENT);

	asahi_close(fd);
}

/**
 * SUBTEST: zero-is-no-id
 * Description: Nothing is ever given the id 0, not even after somebody has tried to destroy it.
 */
static void zero_is_no_id(void)
{
	int fd = asahi_open();
	uint32_t handle = asahi_gem_create(fd, ASAHI_PAGE), vm_id;
	unsigned int i;

	/* Twice: with nothing there yet, and with something. */
	for (i = 0; i < 2; i++) {
		igt_assert_eq(__asahi_vm_destroy(fd, 0), -ENOENT);
		igt_assert_eq(__asahi_queue_destroy(fd, 0), -ENOENT);
		igt_assert_eq(__asahi_object_unbind(fd, 0), -ENOENT);

		vm_id = asahi_vm_create(fd);
		igt_assert_neq_u32(vm_id, 0);
		igt_assert_neq_u32(asahi_queue_create(fd, vm_id, 0), 0);
		igt_assert_neq_u32(asahi_object_bind(fd, handle, 0, ASAHI_PAGE), 0);
	}

	asahi_close(fd);
}

/**
 * SUBTEST: other-file
 * Description: An id means nothing in another file, and a copy of the file descriptor in another
 *	process is the same file.
 */
static void other_file(void)
{
	struct asahi_child child = { 0 };
	int fd = asahi_open(), other = asahi_open();
	uint32_t vm_id = asahi_vm_create(fd), second;

	igt_assert_eq(__asahi_vm_destroy(other, vm_id), -ENOENT);
	igt_assert_eq(__asahi_vm_unmap(other, vm_id, ASAHI_PAGE, 0x2000000000), -ENOENT);
	asahi_close(other);

	asahi_fork(&child) {
		asahi_vm_destroy(fd, vm_id);
		second = asahi_vm_create(fd);
		asahi_send(&child, &second, sizeof(second));
	}
	asahi_recv(&child, &second, sizeof(second));
	asahi_child_wait(&child);
	asahi_vm_destroy(fd, second);

	asahi_close(fd);
}

/**
 * SUBTEST: destroy-under-queue
 * Description: A queue holds its address space open: after VM_DESTROY nothing more can be bound,
 *	what is bound stays and can be run on until the queue is destroyed too.
 */
static void destroy_under_queue(void)
{
	struct asahi_client client;
	struct asahi_probe probe;
	struct asahi_bo bo;
	uint64_t vms = 0, mappings = 0;
	int status;

	asahi_client_init(&client);
	asahi_probe_init(&client, &probe);
	asahi_bo_init(&client, &bo, ASAHI_PAGE);
	bo.map[0] = 0x600d600d;
	if (asahi_has_objects()) {
		vms = asahi_objects_count("vm");
		mappings = asahi_objects_count("mapping");
	}

	asahi_vm_destroy(client.fd, client.vm_id);
	igt_assert_eq(__asahi_vm_unmap(client.fd, client.vm_id, ASAHI_PAGE, bo.va), -ENOENT);
	igt_assert_eq(__asahi_vm_map(client.fd, client.vm_id, bo.handle, 0, ASAHI_PAGE,
				     bo.va + 4 * ASAHI_PAGE, ASAHI_RW), -ENOENT);

	/* The Rust driver unmaps at once: its job, which is unmapped too, fails. */
	*probe.word = 0;
	probe.job.args->a = bo.va;
	probe.job.args->b = probe.word_va;
	status = asahi_job_run(&probe.job);
	if (status < 0 && !asahi_is_simulated(client.fd)) {
		igt_info("the job ends with %s: nothing is mapped\n", strerror(-status));
	} else {
		igt_assert_eq(status, 1);
		igt_assert_eq_u32(*probe.word, 0x600d600d);
	}

	if (asahi_has_objects()) {
		igt_assert_eq_u64(asahi_objects_count("vm"), vms);
		igt_assert_eq_u64(asahi_objects_count("mapping"), mappings);
	}
	asahi_queue_destroy(client.fd, client.queue_id);
	if (asahi_has_objects()) {
		igt_assert_eq_u64(asahi_objects_count("vm"), vms - 1);
		igt_assert_eq_u64(asahi_objects_count("mapping"), mappings - 2);
	}

	asahi_bo_fini(&client, &bo);
	asahi_client_drop(&client);
}

/**
 * SUBTEST: destroy-drops-mappings
 * Description: VM_DESTROY of an address space that no queue uses removes its mappings at once,
 *	while the buffer objects stay.
 */
static void destroy_drops_mappings(void)
{
	struct asahi_objects before;
	int fd = asahi_open();
	uint32_t handle, vm_id, i;
	uint32_t *map;

	handle = asahi_gem_create(fd, ASAHI_PAGE);
	map = asahi_gem_mmap(fd, handle, ASAHI_PAGE);
	map[0] = 42;

	asahi_objects_read(&before);
	vm_id = asahi_vm_create(fd);
	for (i = 0; i < 50; i++)
		asahi_vm_map(fd, vm_id, handle, 0, ASAHI_PAGE,
			     0x2000000000 + 0x10000000ull * i, ASAHI_RW);
	asahi_vm_destroy(fd, vm_id);
	asahi_assert_objects_eq(&before);
	igt_assert_eq_u32(map[0], 42);

	gem_close(fd, handle);
	asahi_close(fd);

	/* The CPU's view holds the file open. */
	asahi_gem_munmap(map, ASAHI_PAGE);
}

/**
 * SUBTEST: reused-id
 * Description: An id that is handed out again stands for a new, empty address space.
 */
static void reused_id(void)
{
	const uint64_t va = 0x2000000000;
	struct asahi_objects before;
	int fd = asahi_open();
	uint32_t handle = asahi_gem_create(fd, ASAHI_PAGE);
	uint32_t vm_id, i;

	asahi_objects_read(&before);
	for (i = 0; i < 100; i++) {
		vm_id = asahi_vm_create(fd);
		asahi_vm_map(fd, vm_id, handle, 0, ASAHI_PAGE, va, ASAHI_RW);
		if (asahi_has_objects())
			igt_assert(asahi_objects_count("mapping") > 0);
		asahi_vm_destroy(fd, vm_id);
		igt_assert_eq(__asahi_vm_unmap(fd, vm_id, ASAHI_PAGE, va), -ENOENT);
		asahi_assert_objects_eq(&before);
	}

	gem_close(fd, handle);
	asahi_close(fd);
}

static const struct asahi_subtest subtests[] = {
	{ "create-destroy", "An address space can be made and given up.", create_destroy },
	{ "many", "A file may have any number of address spaces.", many },
	{ "close-without-destroy", "Closing the file destroys what the program did not.",
	  close_without_destroy },
	{ "kernel-range", "Every aligned range of the smallest size or more may be the kernel's.",
	  kernel_range },
	{ "invalid-kernel-range-size", "The kernel does not take less than it says it needs.",
	  invalid_kernel_range_size },
	{ "invalid-kernel-range-order", "A range that ends before it starts is not a large one.",
	  invalid_kernel_range_order },
	{ "invalid-kernel-range-window", "A range that leaves the window of the device is refused.",
	  invalid_kernel_range_window },
	{ "invalid-kernel-range-alignment", "Both ends of the range have to be page aligned.",
	  invalid_kernel_range_alignment },
	{ "invalid-create-pad", "Padding of VM_CREATE has to be zero.", invalid_create_pad },
	{ "invalid-destroy-pad", "Padding of VM_DESTROY has to be zero.", invalid_destroy_pad },
	{ "invalid-id", "Only an id that was returned and not destroyed is one.", invalid_id },
	{ "zero-is-no-id", "Nothing ever has the id 0.", zero_is_no_id },
	{ "other-file", "An id means nothing in another file.", other_file },
	{ "destroy-under-queue", "A queue holds its address space open.", destroy_under_queue },
	{ "destroy-drops-mappings", "VM_DESTROY removes mappings at once.",
	  destroy_drops_mappings },
	{ "reused-id", "An id that is handed out again stands for a new address space.",
	  reused_id },
};

int igt_main()
{
	asahi_run_subtests(subtests, ARRAY_SIZE(subtests));
}
