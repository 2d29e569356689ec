// SPDX-License-Identifier: MIT
/**
 * TEST: asahi vm bind invalid
 * Category: Core
 * Mega feature: VM_BIND
 * Sub-category: mappings
 * Functionality: VM_BIND
 * Description: Everything that VM_BIND has to refuse, without any effect.
 */
#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

#include "asahi_device.h"
#include "asahi_drm.h"
#include "asahi_ioctl.h"
#include "asahi_pages.h"
#include "igt.h"

IGT_TEST_DESCRIPTION("VM_BIND: what is refused");

/**
 * SUBTEST: invalid-stride
 * Description: Elements of no size are refused.
 */
static void invalid_stride(void)
{
	struct drm_asahi_gem_bind_op op;
	struct asahi_pages p;

	asahi_pages_init(&p);
	op = asahi_pages_map_op(&p, &p.a, 0, 1, 0);
	igt_assert_eq(asahi_pages_bind(&p, &op, 1, 0), -EINVAL);
	igt_assert_eq(asahi_pages_bind(&p, &op, 0, 0), -EINVAL);
	asahi_pages_assert_mappings(&p, 0);
	asahi_pages_fini(&p);
}

/**
 * SUBTEST: invalid-count
 * Description: An array of more bytes than 32 bits can count is refused, not cut.
 */
static void invalid_count(void)
{
	static const struct {
		uint32_t num, stride;
	} arrays[] = {
		/* The first two are 32 bytes, the last none, if only 32 bits are looked at. */
		{ 0x08000001, 32 },
		{ 0xffffffff, 0xffffffe0 },
		{ 0x80000000, 0x80000000 },
	};
	struct drm_asahi_gem_bind_op op;
	struct asahi_pages p;
	unsigned int i;
	int ret;

	asahi_pages_init(&p);
	asahi_require_simulated(p.client.fd, "the Rust driver's product of both overflows");
	op = asahi_pages_map_op(&p, &p.a, 0, 1, 0);
	for (i = 0; i < ARRAY_SIZE(arrays); i++) {
		ret = asahi_pages_bind(&p, &op, arrays[i].num, arrays[i].stride);
		igt_assert_f(ret == -EINVAL || ret == -ENOMEM, "%u elements of %u bytes: %d\n",
			     arrays[i].num, arrays[i].stride, ret);
	}
	asahi_pages_assert_mappings(&p, 0);
	asahi_pages_fini(&p);
}

/**
 * SUBTEST: invalid-pad
 * Description: Padding has to be zero.
 */
static void invalid_pad(void)
{
	struct drm_asahi_gem_bind_op op;
	struct drm_asahi_vm_bind req;
	struct asahi_pages p;

	asahi_pages_init(&p);
	op = asahi_pages_map_op(&p, &p.a, 0, 1, 0);
	req = (struct drm_asahi_vm_bind){
		.vm_id = p.client.vm_id,
		.num_binds = 1,
		.stride = sizeof(op),
		.pad = 1,
		.userptr = (uintptr_t)&op,
	};
	igt_assert_eq(asahi_ioctl(p.client.fd, DRM_IOCTL_ASAHI_VM_BIND, &req), -EINVAL);
	asahi_pages_assert_mappings(&p, 0);
	asahi_pages_fini(&p);
}

/**
 * SUBTEST: invalid-pointer
 * Description: An array that cannot be read to its end gives EFAULT before any of it takes
 *	effect.
 */
static void invalid_pointer(void)
{
	long page = sysconf(_SC_PAGESIZE);
	struct drm_asahi_gem_bind_op *ops;
	struct asahi_pages p;
	uint8_t *mem;

	asahi_pages_init(&p);
	igt_assert_eq(asahi_pages_bind(&p, NULL, 1, sizeof(*ops)), -EFAULT);
	igt_assert_eq(asahi_pages_bind(&p, (void *)-64l, 1, sizeof(*ops)), -EFAULT);

	mem = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	igt_assert(mem != MAP_FAILED);
	igt_assert_eq(mprotect(mem + page, page, PROT_NONE), 0);
	ops = (struct drm_asahi_gem_bind_op *)(mem + page) - 1;
	ops[0] = asahi_pages_map_op(&p, &p.a, 0, 1, 0);
	igt_assert_eq(asahi_pages_bind(&p, ops, 2, sizeof(*ops)), -EFAULT);
	asahi_pages_assert_mappings(&p, 0);
	asahi_pages_assert(&p, 0, NULL, 0);
	igt_assert_eq(asahi_pages_bind(&p, ops, 1, sizeof(*ops)), 0);
	asahi_pages_assert(&p, 0, &p.a, 0);
	igt_assert_eq(munmap(mem, 2 * page), 0);
	asahi_pages_fini(&p);
}

/* Try one step that must fail and must have no effect. */
static void assert_op_fails(struct asahi_pages *p, struct drm_asahi_gem_bind_op op, int err)
{
	igt_assert_eq(__asahi_vm_bind(p->client.fd, p->client.vm_id, &op, 1), err);
	asahi_pages_assert_mappings(p, 0);
}

/**
 * SUBTEST: invalid-alignment
 * Description: Address, range and offset are multiples of the page size, when mapping and when
 *	unmapping.
 */
static void invalid_alignment(void)
{
	static const uint64_t bits[] = { 1, 8, 0x1000, 0x2000 };
	struct drm_asahi_gem_bind_op op;
	struct asahi_pages p;
	unsigned int i;

	asahi_pages_init(&p);
	for (i = 0; i < ARRAY_SIZE(bits); i++) {
		op = asahi_pages_map_op(&p, &p.a, 0, 1, 0);
		op.addr += bits[i];
		assert_op_fails(&p, op, -EINVAL);

		op = asahi_pages_map_op(&p, &p.a, 0, 1, 0);
		op.range += bits[i];
		assert_op_fails(&p, op, -EINVAL);

		op = asahi_pages_map_op(&p, &p.a, 0, 1, 0);
		op.offset += bits[i];
		assert_op_fails(&p, op, -EINVAL);

		op = asahi_pages_unmap_op(&p, 1, 0);
		op.addr += bits[i];
		assert_op_fails(&p, op, -EINVAL);

		op = asahi_pages_unmap_op(&p, 1, 0);
		op.range += bits[i];
		assert_op_fails(&p, op, -EINVAL);
	}
	asahi_pages_fini(&p);
}

/**
 * SUBTEST: invalid-flags
 * Description: Flags that do not exist, no right at all, and flags beside UNBIND are refused.
 */
static void invalid_flags(void)
{
	static const uint32_t flags[] = {
		0,
		DRM_ASAHI_BIND_SINGLE_PAGE,
		ASAHI_RW | 1 << 4,
		ASAHI_RW | 1u << 31,
	};
	static const uint32_t beside[] = {
		DRM_ASAHI_BIND_READ, DRM_ASAHI_BIND_WRITE, DRM_ASAHI_BIND_SINGLE_PAGE, 1 << 4,
		1u << 31,
	};
	struct drm_asahi_gem_bind_op op;
	struct asahi_pages p;
	unsigned int i;

	asahi_pages_init(&p);
	for (i = 0; i < ARRAY_SIZE(flags); i++) {
		op = asahi_pages_map_op(&p, &p.a, 0, 1, 0);
		op.flags = flags[i];
		assert_op_fails(&p, op, -EINVAL);
	}
	for (i = 0; i < ARRAY_SIZE(beside); i++) {
		op = asahi_pages_unmap_op(&p, 1, 0);
		op.flags |= beside[i];
		assert_op_fails(&p, op, -EINVAL);
	}
	asahi_pages_fini(&p);
}

/**
 * SUBTEST: invalid-handle
 * Description: Only a handle of this file that is not closed can be mapped.
 */
static void invalid_handle(void)
{
	struct drm_asahi_gem_bind_op op;
	struct asahi_pages p;
	uint32_t handle;
	int other;

	asahi_pages_init(&p);
	op = asahi_pages_map_op(&p, &p.a, 0, 1, 0);
	op.handle = 0;
	assert_op_fails(&p, op, -ENOENT);
	op.handle = UINT32_MAX;
	assert_op_fails(&p, op, -ENOENT);

	op.handle = asahi_gem_create(p.client.fd, ASAHI_PAGE);
	gem_close(p.client.fd, op.handle);
	assert_op_fails(&p, op, -ENOENT);

	/* The first handle of another file that this one does not have. */
	other = asahi_open();
	do {
		handle = asahi_gem_create(other, ASAHI_PAGE);
	} while (handle <= p.b.handle + 1);
	op.handle = handle;
	assert_op_fails(&p, op, -ENOENT);
	asahi_close(other);
	asahi_pages_fini(&p);
}

/**
 * SUBTEST: invalid-overflow
 * Description: No sum of address, offset and range may wrap around.
 */
static void invalid_overflow(void)
{
	const uint64_t top = UINT64_MAX & ~(uint64_t)(ASAHI_PAGE - 1);
	struct drm_asahi_gem_bind_op op;
	struct asahi_pages p;

	asahi_pages_init(&p);
	op = asahi_pages_map_op(&p, &p.a, 0, 2, 0);
	op.addr = top;
	assert_op_fails(&p, op, -EINVAL);

	op = asahi_pages_map_op(&p, &p.a, 0, 2, 0);
	op.offset = top;
	assert_op_fails(&p, op, -EINVAL);

	op = asahi_pages_map_op(&p, &p.a, 0, 1, 0);
	op.range = top;
	assert_op_fails(&p, op, -EINVAL);

	op = asahi_pages_map_op(&p, &p.a, 0, 1, 0);
	op.offset = top;
	op.flags |= DRM_ASAHI_BIND_SINGLE_PAGE;
	assert_op_fails(&p, op, -EINVAL);

	op = asahi_pages_unmap_op(&p, 2, 0);
	op.addr = top;
	assert_op_fails(&p, op, -EINVAL);

	op = asahi_pages_unmap_op(&p, 2, 0);
	op.range = top;
	assert_op_fails(&p, op, -EINVAL);
	asahi_pages_fini(&p);
}

/**
 * SUBTEST: invalid-size
 * Description: Nothing behind the end of the buffer object can be mapped.
 */
static void invalid_size(void)
{
	struct drm_asahi_gem_bind_op op;
	struct asahi_pages p;

	asahi_pages_init(&p);
	assert_op_fails(&p, asahi_pages_map_op(&p, &p.a, 0, ASAHI_NUM_PAGES + 1, 0), -EINVAL);
	assert_op_fails(&p, asahi_pages_map_op(&p, &p.a, 1, ASAHI_NUM_PAGES, 0), -EINVAL);
	assert_op_fails(&p, asahi_pages_map_op(&p, &p.a, ASAHI_NUM_PAGES, 1, 0), -EINVAL);

	op = asahi_pages_map_op(&p, &p.a, ASAHI_NUM_PAGES, 1, 0);
	op.flags |= DRM_ASAHI_BIND_SINGLE_PAGE;
	assert_op_fails(&p, op, -EINVAL);
	asahi_pages_fini(&p);
}

/**
 * SUBTEST: invalid-empty
 * Description: No range is empty, when mapping, when repeating a page and when unmapping.
 */
static void invalid_empty(void)
{
	struct drm_asahi_gem_bind_op op;
	struct asahi_pages p;

	asahi_pages_init(&p);
	asahi_require_simulated(p.client.fd, "the Rust driver takes it, and drm_gpuvm has no such");
	op = asahi_pages_map_op(&p, &p.a, 0, 0, 0);
	assert_op_fails(&p, op, -EINVAL);
	op.flags |= DRM_ASAHI_BIND_SINGLE_PAGE;
	assert_op_fails(&p, op, -EINVAL);
	assert_op_fails(&p, asahi_pages_unmap_op(&p, 0, 0), -EINVAL);
	asahi_pages_fini(&p);
}

/**
 * SUBTEST: invalid-window
 * Description: Nothing outside the window of the device can be mapped or unmapped.
 */
static void invalid_window(void)
{
	struct drm_asahi_gem_bind_op op;
	uint64_t addrs[4], start, end;
	struct asahi_pages p;
	unsigned int i;

	asahi_pages_init(&p);
	start = p.client.params.vm_start;
	end = p.client.params.vm_end & ~(uint64_t)(ASAHI_PAGE - 1);
	addrs[0] = 0;
	addrs[1] = start - ASAHI_PAGE;
	addrs[2] = end;
	addrs[3] = 1ull << 50;
	for (i = 0; i < 4; i++) {
		op = asahi_pages_map_op(&p, &p.a, 0, 1, 0);
		op.addr = addrs[i];
		assert_op_fails(&p, op, -EINVAL);

		op = asahi_pages_unmap_op(&p, 1, 0);
		op.addr = addrs[i];
		assert_op_fails(&p, op, -EINVAL);
	}

	op = asahi_pages_unmap_op(&p, 1, 0);
	op.addr = 0;
	op.range = start + ASAHI_PAGE;
	assert_op_fails(&p, op, -EINVAL);
	asahi_pages_fini(&p);
}

/**
 * SUBTEST: invalid-kernel-range
 * Description: Nothing that touches the kernel's range can be mapped or unmapped.
 */
static void invalid_kernel_range(void)
{
	const uint64_t start = 0x3000000000;
	uint64_t end, ranges[5][2];
	struct asahi_pages p;
	uint32_t vm_id;
	unsigned int i;

	asahi_pages_init(&p);
	end = start + ((p.client.params.vm_kernel_min_size + ASAHI_PAGE - 1) &
		       ~(uint64_t)(ASAHI_PAGE - 1));
	igt_assert_eq(__asahi_vm_create(p.client.fd, start, end, &vm_id), 0);

	ranges[0][0] = start;
	ranges[0][1] = ASAHI_PAGE;
	ranges[1][0] = start - ASAHI_PAGE;
	ranges[1][1] = 2 * ASAHI_PAGE;
	ranges[2][0] = (start + end) / 2 & ~(uint64_t)(ASAHI_PAGE - 1);
	ranges[2][1] = ASAHI_PAGE;
	ranges[3][0] = end - ASAHI_PAGE;
	ranges[3][1] = 2 * ASAHI_PAGE;
	ranges[4][0] = start - ASAHI_PAGE;
	ranges[4][1] = end - start + 2 * ASAHI_PAGE;

	for (i = 0; i < 5; i++) {
		igt_assert_eq(__asahi_vm_map(p.client.fd, vm_id, p.a.handle, 0, ranges[i][1],
					     ranges[i][0], ASAHI_SINGLE), -EINVAL);
		igt_assert_eq(__asahi_vm_unmap(p.client.fd, vm_id, ranges[i][1], ranges[i][0]),
			      -EINVAL);
	}
	asahi_pages_assert_mappings(&p, 0);
	asahi_vm_destroy(p.client.fd, vm_id);
	asahi_pages_fini(&p);
}

/**
 * SUBTEST: invalid-unbind-fields
 * Description: An unmap names neither a buffer object nor an offset.
 */
static void invalid_unbind_fields(void)
{
	struct drm_asahi_gem_bind_op op;
	struct asahi_pages p;

	asahi_pages_init(&p);
	op = asahi_pages_unmap_op(&p, 1, 0);
	op.handle = p.a.handle;
	assert_op_fails(&p, op, -EINVAL);

	op = asahi_pages_unmap_op(&p, 1, 0);
	op.offset = ASAHI_PAGE;
	assert_op_fails(&p, op, -EINVAL);
	asahi_pages_fini(&p);
}

/**
 * SUBTEST: invalid-vm
 * Description: An address space that does not exist cannot be changed.
 */
static void invalid_vm(void)
{
	uint32_t vm_ids[3] = { 0, UINT32_MAX };
	struct drm_asahi_gem_bind_op op;
	struct asahi_pages p;
	unsigned int i;

	asahi_pages_init(&p);
	vm_ids[2] = p.client.vm_id + 1;
	for (i = 0; i < 3; i++) {
		op = asahi_pages_map_op(&p, &p.a, 0, 1, 0);
		igt_assert_eq(__asahi_vm_bind(p.client.fd, vm_ids[i], &op, 1), -ENOENT);
		op = asahi_pages_unmap_op(&p, 1, 0);
		igt_assert_eq(__asahi_vm_bind(p.client.fd, vm_ids[i], &op, 1), -ENOENT);
	}
	asahi_pages_fini(&p);
}

/**
 * SUBTEST: invalid-private
 * Description: A private buffer object can be mapped in its own address space only.
 */
static void invalid_private(void)
{
	uint32_t private, other;
	struct asahi_pages p;
	int ret;

	asahi_pages_init(&p);
	private = asahi_gem_create_private(p.client.fd, ASAHI_PAGE, p.client.vm_id);
	other = asahi_vm_create(p.client.fd);
	asahi_vm_map(p.client.fd, p.client.vm_id, private, 0, ASAHI_PAGE, p.va, ASAHI_RW);
	ret = __asahi_vm_map(p.client.fd, other, private, 0, ASAHI_PAGE, p.va, ASAHI_RW);
	asahi_assert_strict(p.client.fd, ret, -EINVAL);

	gem_close(p.client.fd, private);
	asahi_vm_destroy(p.client.fd, other);
	asahi_pages_fini(&p);
}

static const struct asahi_subtest subtests[] = {
	{ "invalid-stride", "Elements of no size are refused.", invalid_stride },
	{ "invalid-count", "An array of more than 4 GiB is refused, not cut.", invalid_count },
	{ "invalid-pad", "Padding has to be zero.", invalid_pad },
	{ "invalid-pointer", "An unreadable array has no effect.", invalid_pointer },
	{ "invalid-alignment", "Everything is a multiple of the page size.", invalid_alignment },
	{ "invalid-flags", "Flags that do not exist or exclude each other are refused.",
	  invalid_flags },
	{ "invalid-handle", "Only a handle of this file can be mapped.", invalid_handle },
	{ "invalid-overflow", "No sum may wrap around.", invalid_overflow },
	{ "invalid-size", "Nothing behind the end of the object can be mapped.", invalid_size },
	{ "invalid-empty", "No range is empty.", invalid_empty },
	{ "invalid-window", "Nothing outside the window can be mapped.", invalid_window },
	{ "invalid-kernel-range", "Nothing in the kernel's range can be mapped.",
	  invalid_kernel_range },
	{ "invalid-unbind-fields", "An unmap names no object and no offset.",
	  invalid_unbind_fields },
	{ "invalid-vm", "An address space has to exist.", invalid_vm },
	{ "invalid-private", "A private object belongs to one address space.", invalid_private },
};

int igt_main()
{
	asahi_run_subtests(subtests, ARRAY_SIZE(subtests));
}
