// SPDX-License-Identifier: MIT
/**
 * TEST: asahi params
 * Category: Core
 * Mega feature: General Core features
 * Sub-category: uapi
 * Functionality: GET_PARAMS
 * Description: What the device says of itself, and how much of it is copied where.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <xf86drm.h>

#include "asahi_child.h"
#include "asahi_device.h"
#include "asahi_drm.h"
#include "asahi_ioctl.h"
#include "igt.h"

IGT_TEST_DESCRIPTION("GET_PARAMS, and who may call what");

/* A byte that no copy of the parameters leaves everywhere. */
#define UNTOUCHED 0xa5

static int get_params(int fd, uint32_t group, void *data, uint64_t size)
{
	struct drm_asahi_get_params req = {
		.param_group = group,
		.pointer = (uintptr_t)data,
		.size = size,
	};

	return asahi_ioctl(fd, DRM_IOCTL_ASAHI_GET_PARAMS, &req);
}

/**
 * SUBTEST: plausible
 * Description: Every parameter has a value that a program can work with.
 */
static void plausible(void)
{
	struct drm_asahi_params_global params;
	unsigned int i, cores = 0;
	int fd = asahi_open();

	asahi_get_params(fd, &params);
	igt_info("G%u%c rev %02x, chip %04x, %u clusters of %u cores\n", params.gpu_generation,
		 params.gpu_variant, params.gpu_revision, params.chip_id,
		 params.num_clusters_total, params.num_cores_per_cluster);

	igt_assert_eq_u64(params.features & ~(uint64_t)DRM_ASAHI_FEATURE_SOFT_FAULTS, 0);
	igt_assert_lte(13, params.gpu_generation);
	igt_assert(strchr("PGSCD", params.gpu_variant));
	igt_assert_neq_u32(params.chip_id, 0);
	igt_assert_lte(1, params.num_dies);
	igt_assert_lte(params.num_dies, params.num_clusters_total);
	igt_assert_lte(params.num_clusters_total, DRM_ASAHI_MAX_CLUSTERS);
	igt_assert_lte(1, params.num_cores_per_cluster);
	igt_assert_lte(1, params.max_frequency_khz);

	for (i = 0; i < DRM_ASAHI_MAX_CLUSTERS; i++) {
		igt_assert_eq_u64(params.core_masks[i] >> params.num_cores_per_cluster, 0);
		if (i >= params.num_clusters_total)
			igt_assert_eq_u64(params.core_masks[i], 0);
		cores += __builtin_popcountll(params.core_masks[i]);
	}
	igt_assert_lte(1, cores);

	igt_assert_lt_u64(0, params.vm_start);
	igt_assert_eq_u64(params.vm_start % ASAHI_PAGE, 0);
	igt_assert_lt_u64(params.vm_start, params.vm_end);
	igt_assert_lt_u64(0, params.vm_kernel_min_size);
	igt_assert_lt_u64(params.vm_kernel_min_size, params.vm_end - params.vm_start);
	igt_assert_lte(1, params.max_commands_per_submission);
	igt_assert_lte(1, params.max_attachments);
	igt_assert_lt_u64(0, params.command_timestamp_frequency_hz);

	asahi_close(fd);
}

/**
 * SUBTEST: constant
 * Description: The parameters never change, whichever file or process asks.
 */
static void constant(void)
{
	struct drm_asahi_params_global a, b;
	struct asahi_child child = { 0 };
	int fd = asahi_open();
	int other;

	asahi_get_params(fd, &a);
	asahi_fork(&child) {
		other = asahi_open();
		asahi_get_params(other, &b);
		asahi_close(other);
		asahi_send(&child, &b, sizeof(b));
	}
	memset(&b, 0, sizeof(b));
	asahi_recv(&child, &b, sizeof(b));
	asahi_child_wait(&child);
	igt_assert_eq(memcmp(&a, &b, sizeof(a)), 0);

	asahi_get_params(fd, &b);
	igt_assert_eq(memcmp(&a, &b, sizeof(a)), 0);

	asahi_close(fd);
}

/**
 * SUBTEST: simulated-m1
 * Description: The simulated GPU in its default setting reports an M1.
 */
static void simulated_m1(void)
{
	struct drm_asahi_params_global params;
	int fd = asahi_open();

	asahi_require_simulated(fd, "it is about what the simulator says of itself");
	asahi_get_params(fd, &params);
	igt_require_f(params.chip_id == 0x8103, "the simulator was told to be another chip\n");

	igt_assert_eq_u64(params.features, DRM_ASAHI_FEATURE_SOFT_FAULTS);
	igt_assert_eq_u32(params.gpu_generation, 13);
	igt_assert_eq_u32(params.gpu_variant, 'G');
	igt_assert_eq_u32(params.gpu_revision, 0x11);
	igt_assert_eq_u32(params.num_dies, 1);
	igt_assert_eq_u32(params.num_clusters_total, 1);
	igt_assert_eq_u32(params.num_cores_per_cluster, 8);
	igt_assert_eq_u32(params.max_frequency_khz, 1278000);
	igt_assert_eq_u64(params.core_masks[0], 0xff);
	igt_assert_eq_u64(params.vm_start, 0x4000);
	igt_assert_eq_u64(params.vm_end, 0x7fffff8000);
	igt_assert_eq_u64(params.vm_kernel_min_size, 0x20000000);
	igt_assert_eq_u32(params.max_commands_per_submission, 64);
	igt_assert_eq_u32(params.max_attachments, 16);
	igt_assert_eq_u64(params.command_timestamp_frequency_hz, 1000000000);

	asahi_close(fd);
}

/**
 * SUBTEST: short-buffer
 * Description: A buffer that is too small receives the first bytes and nothing behind it is
 *	written.
 */
static void short_buffer(void)
{
	static const size_t sizes[] = { 1, 4, 8, 9, 552, 584, 591 };
	struct drm_asahi_params_global params;
	uint8_t data[sizeof(params)];
	int fd = asahi_open();
	size_t i, j;

	asahi_get_params(fd, &params);
	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		memset(data, UNTOUCHED, sizeof(data));
		igt_assert_eq(get_params(fd, 0, data, sizes[i]), 0);
		igt_assert_eq(memcmp(data, &params, sizes[i]), 0);
		for (j = sizes[i]; j < sizeof(data); j++)
			igt_assert_eq(data[j], UNTOUCHED);
	}

	asahi_close(fd);
}

/**
 * SUBTEST: zero-size
 * Description: No room at all is not an error, and the pointer is not looked at.
 */
static void zero_size(void)
{
	int fd = asahi_open();
	uint8_t byte = UNTOUCHED;

	igt_assert_eq(get_params(fd, 0, &byte, 0), 0);
	igt_assert_eq(byte, UNTOUCHED);
	igt_assert_eq(get_params(fd, 0, NULL, 0), 0);

	asahi_close(fd);
}

/**
 * SUBTEST: large-buffer
 * Description: A newer program with a larger struct gets what the kernel knows and keeps its own
 *	bytes behind it.
 */
static void large_buffer(void)
{
	struct drm_asahi_params_global params;
	uint8_t data[sizeof(params) + 512];
	int fd = asahi_open();
	size_t i;

	asahi_get_params(fd, &params);
	memset(data, UNTOUCHED, sizeof(data));
	igt_assert_eq(get_params(fd, 0, data, sizeof(data)), 0);
	igt_assert_eq(memcmp(data, &params, sizeof(params)), 0);
	for (i = sizeof(params); i < sizeof(data); i++)
		igt_assert_eq(data[i], UNTOUCHED);

	/* A size that no buffer has copies no more than that either. */
	memset(data, UNTOUCHED, sizeof(data));
	igt_assert_eq(get_params(fd, 0, data, UINT64_MAX), 0);
	igt_assert_eq(data[sizeof(params)], UNTOUCHED);

	asahi_close(fd);
}

/**
 * SUBTEST: argument-unchanged
 * Description: GET_PARAMS only writes through the pointer, never to its own argument.
 */
static void argument_unchanged(void)
{
	struct drm_asahi_params_global params;
	struct drm_asahi_get_params req = {
		.pointer = (uintptr_t)&params,
		.size = sizeof(params) + 64,
	};
	struct drm_asahi_get_params copy = req;
	int fd = asahi_open();
	uint8_t room[sizeof(params) + 64];

	req.pointer = (uintptr_t)room;
	copy.pointer = req.pointer;
	igt_assert_eq(asahi_ioctl(fd, DRM_IOCTL_ASAHI_GET_PARAMS, &req), 0);
	igt_assert_eq(memcmp(&req, &copy, sizeof(req)), 0);

	asahi_close(fd);
}

/**
 * SUBTEST: argument-size
 * Description: What the argument of an older program lacks reads as zero, and the bytes that the
 *	argument of a newer one has more are left alone.
 */
static void argument_size(void)
{
	struct drm_asahi_params_global params, expected;
	struct {
		struct drm_asahi_get_params get;
		uint64_t unknown;
	} req = { .get = { .pointer = (uintptr_t)&params, .size = sizeof(params) } };
	int fd = asahi_open();

	asahi_get_params(fd, &expected);
	memset(&params, UNTOUCHED, sizeof(params));
	req.unknown = UINT64_MAX;
	igt_assert_eq(asahi_ioctl(fd, _IOC(_IOC_WRITE, DRM_IOCTL_BASE,
					   DRM_COMMAND_BASE + DRM_ASAHI_GET_PARAMS, sizeof(req)),
				  &req), 0);
	igt_assert_eq(memcmp(&params, &expected, sizeof(params)), 0);
	igt_assert_eq_u64(req.unknown, UINT64_MAX);

	/* Without a size there is no room. */
	memset(&params, UNTOUCHED, sizeof(params));
	igt_assert_eq(asahi_ioctl(fd, _IOC(_IOC_WRITE, DRM_IOCTL_BASE,
					   DRM_COMMAND_BASE + DRM_ASAHI_GET_PARAMS,
					   offsetof(struct drm_asahi_get_params, size)),
				  &req), 0);
	igt_assert_eq(((uint8_t *)&params)[0], UNTOUCHED);

	asahi_close(fd);
}

/**
 * SUBTEST: invalid-group
 * Description: Groups other than 0 do not exist, and nothing is written for them.
 */
static void invalid_group(void)
{
	static const uint32_t groups[] = { 1, 2, 0x80000000, UINT32_MAX };
	struct drm_asahi_params_global params;
	int fd = asahi_open();
	size_t i;

	memset(&params, UNTOUCHED, sizeof(params));
	for (i = 0; i < ARRAY_SIZE(groups); i++)
		igt_assert_eq(get_params(fd, groups[i], &params, sizeof(params)), -EINVAL);
	for (i = 0; i < sizeof(params); i++)
		igt_assert_eq(((uint8_t *)&params)[i], UNTOUCHED);

	asahi_close(fd);
}

/**
 * SUBTEST: invalid-pad
 * Description: Padding has to be zero.
 */
static void invalid_pad(void)
{
	struct drm_asahi_params_global params;
	struct drm_asahi_get_params req = {
		.pad = 1,
		.pointer = (uintptr_t)&params,
		.size = sizeof(params),
	};
	int fd = asahi_open();

	igt_assert_eq(asahi_ioctl(fd, DRM_IOCTL_ASAHI_GET_PARAMS, &req), -EINVAL);

	asahi_close(fd);
}

/**
 * SUBTEST: invalid-pointer
 * Description: A buffer that cannot be written gives EFAULT.
 */
static void invalid_pointer(void)
{
	struct drm_asahi_params_global params;
	int fd = asahi_open();
	long page = sysconf(_SC_PAGESIZE);
	uint8_t *map;

	igt_assert_eq(get_params(fd, 0, NULL, sizeof(params)), -EFAULT);
	igt_assert_eq(get_params(fd, 0, (void *)-1l, sizeof(params)), -EFAULT);

	map = mmap(NULL, 2 * page, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	igt_assert(map != MAP_FAILED);
	igt_assert_eq(get_params(fd, 0, map, sizeof(params)), -EFAULT);

	/* The first bytes are writable, the last are not. */
	igt_assert_eq(mprotect(map, page, PROT_READ | PROT_WRITE), 0);
	igt_assert_eq(get_params(fd, 0, map + page - 16, sizeof(params)), -EFAULT);
	igt_assert_eq(get_params(fd, 0, map + page - sizeof(params), sizeof(params)), 0);
	igt_assert_eq(munmap(map, 2 * page), 0);

	asahi_close(fd);
}

/**
 * SUBTEST: invalid-number
 * Description: Ioctl numbers behind the last one do not exist.
 */
static void invalid_number(void)
{
	struct drm_asahi_submit req = { 0 };
	int fd = asahi_open();

	igt_assert_eq(asahi_ioctl(fd, DRM_IOW(DRM_COMMAND_BASE + DRM_ASAHI_SUBMIT + 1,
					      struct drm_asahi_submit), &req), -EINVAL);
	igt_assert_eq(asahi_ioctl(fd, DRM_IOW(DRM_COMMAND_END - 1, struct drm_asahi_submit),
				  &req), -EINVAL);

	asahi_close(fd);
}

/* Become a program that DRM does not trust: without CAP_SYS_ADMIN a file is not born as root's. */
static void drop_sys_admin(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2];

	igt_assert_eq(syscall(SYS_capget, &header, data), 0);
	data[CAP_TO_INDEX(CAP_SYS_ADMIN)].effective &= ~CAP_TO_MASK(CAP_SYS_ADMIN);
	data[CAP_TO_INDEX(CAP_SYS_ADMIN)].permitted &= ~CAP_TO_MASK(CAP_SYS_ADMIN);
	igt_assert_eq(syscall(SYS_capset, &header, data), 0);
}

/**
 * SUBTEST: primary-unauthenticated
 * Description: On the primary node a program that is not authenticated may read the parameters
 *	and do nothing else, while on the render node the same program may.
 */
static void primary_unauthenticated(void)
{
	static const unsigned long requests[] = {
		DRM_IOCTL_ASAHI_GET_TIME, DRM_IOCTL_ASAHI_VM_CREATE, DRM_IOCTL_ASAHI_VM_DESTROY,
		DRM_IOCTL_ASAHI_VM_BIND, DRM_IOCTL_ASAHI_GEM_CREATE,
		DRM_IOCTL_ASAHI_GEM_MMAP_OFFSET, DRM_IOCTL_ASAHI_GEM_BIND_OBJECT,
		DRM_IOCTL_ASAHI_QUEUE_CREATE, DRM_IOCTL_ASAHI_QUEUE_DESTROY,
		DRM_IOCTL_ASAHI_SUBMIT,
	};
	struct asahi_child child = { 0 };
	int master = asahi_open_primary();

	/* So that the other process does not become it. */
	igt_require_f(drmIsMaster(master), "the node has another master\n");

	asahi_fork(&child) {
		struct drm_asahi_params_global params;
		uint8_t arg[64] = { 0 };
		int primary, render;
		size_t i;

		drop_sys_admin();
		primary = asahi_open_primary();
		render = asahi_open();

		asahi_get_params(primary, &params);
		for (i = 0; i < ARRAY_SIZE(requests); i++)
			igt_assert_eq(asahi_ioctl(primary, requests[i], arg), -EACCES);
		asahi_get_time(render);
		gem_close(render, asahi_gem_create(render, ASAHI_PAGE));

		asahi_close(render);
		asahi_close(primary);
	}
	asahi_child_wait(&child);

	asahi_get_time(master);
	asahi_close(master);
}

static const struct asahi_subtest subtests[] = {
	{ "plausible", "Every parameter has a value that a program can work with.", plausible },
	{ "constant", "The parameters never change, whichever file or process asks.", constant },
	{ "simulated-m1", "The simulated GPU in its default setting reports an M1.", simulated_m1 },
	{ "short-buffer", "A buffer that is too small receives the first bytes only.",
	  short_buffer },
	{ "zero-size", "No room at all is not an error.", zero_size },
	{ "large-buffer", "A buffer that is too large keeps its last bytes.", large_buffer },
	{ "argument-unchanged", "GET_PARAMS does not write to its own argument.",
	  argument_unchanged },
	{ "argument-size", "Arguments may be shorter and longer.", argument_size },
	{ "invalid-group", "Groups other than 0 do not exist.", invalid_group },
	{ "invalid-pad", "Padding has to be zero.", invalid_pad },
	{ "invalid-pointer", "A buffer that cannot be written gives EFAULT.", invalid_pointer },
	{ "invalid-number", "Ioctl numbers behind the last one do not exist.", invalid_number },
	{ "primary-unauthenticated", "Who is not authenticated may only read parameters.",
	  primary_unauthenticated },
};

int igt_main()
{
	asahi_run_subtests(subtests, ARRAY_SIZE(subtests));
}
