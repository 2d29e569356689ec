// SPDX-License-Identifier: MIT
/**
 * TEST: asahi interrupted
 * Category: Core
 * Mega feature: General Core features
 * Sub-category: uapi
 * Functionality: VM_BIND, mmap
 * Description: Calls of a program that gets signals all the time.
 */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/time.h>

#include "asahi_clock.h"
#include "asahi_device.h"
#include "asahi_drm.h"
#include "asahi_ioctl.h"
#include "asahi_objects.h"
#include "igt.h"

IGT_TEST_DESCRIPTION("What signals interrupt");

/* How often a signal has to come while a call is being made. */
#define ENOUGH 10

static volatile sig_atomic_t signals;

static void on_signal(int number)
{
	(void)number;
	signals++;
}

/* Get a signal every so often, which restarts nothing; the first at another moment each time. */
static void signals_begin(void)
{
	static unsigned int times;
	const struct itimerval often = { { 0, 500 }, { 0, 1 + times++ * 37 % 500 } };
	struct sigaction action = { .sa_handler = on_signal };

	igt_assert_eq(sigaction(SIGALRM, &action, NULL), 0);
	igt_assert_eq(setitimer(ITIMER_REAL, &often, NULL), 0);
}

static void signals_end(void)
{
	const struct itimerval never = { { 0, 0 }, { 0, 0 } };

	igt_assert_eq(setitimer(ITIMER_REAL, &never, NULL), 0);
	signal(SIGALRM, SIG_DFL);
}

/**
 * SUBTEST: memory
 * Description: A buffer object gets its memory, when it is mapped and read, though signals come
 *	meanwhile: nothing short of a death ends that.
 */
static void memory(void)
{
	enum { SIZE = 256 * ASAHI_PAGE };
	int fd = asahi_open(), begun, during = 0;
	uint64_t since = 0;
	uint32_t *map, handle, i, sum = 0;

	while (during < ENOUGH) {
		igt_assert(asahi_patient(&since));
		handle = asahi_gem_create(fd, SIZE);
		signals_begin();
		begun = signals;
		map = __asahi_gem_mmap(fd, handle, SIZE);
		during += signals != begun;
		for (i = 0; map != MAP_FAILED && i < SIZE / 4; i += ASAHI_PAGE / 4)
			sum |= map[i];
		signals_end();
		igt_assert_f(map != MAP_FAILED, "mmap() was interrupted: %d\n", errno);
		igt_assert_eq_u32(sum, 0);
		igt_assert_eq(munmap(map, SIZE), 0);
		gem_close(fd, handle);
	}
	asahi_close(fd);
}

/**
 * SUBTEST: vm-bind
 * Description: A VM_BIND that a signal interrupts has done nothing yet; one that has begun goes on
 *	to its end, as it could not be made again.
 */
static void vm_bind(void)
{
	enum { STEPS = 500 };
	static struct drm_asahi_gem_bind_op ops[STEPS];
	int fd = asahi_open(), ret, err, begun, during = 0;
	uint32_t vm_id = asahi_vm_create(fd), handle = asahi_gem_create(fd, ASAHI_PAGE), i;
	struct drm_asahi_vm_bind req = {
		.vm_id = vm_id, .num_binds = STEPS, .stride = sizeof(ops[0]),
		.userptr = (uintptr_t)ops,
	};
	uint64_t since = 0, before = 0, made = 0;

	if (asahi_has_objects())
		before = asahi_objects_count("mapping");
	for (i = 0; i < STEPS; i++)
		ops[i] = (struct drm_asahi_gem_bind_op){
			.flags = ASAHI_RW, .handle = handle, .range = ASAHI_PAGE,
			.addr = 0x2000000000 + i * 2ull * ASAHI_PAGE,
		};
	while (during < ENOUGH) {
		igt_assert(asahi_patient(&since));
		signals_begin();
		begun = signals;
		ret = ioctl(fd, DRM_IOCTL_ASAHI_VM_BIND, &req);
		err = errno;
		during += signals != begun;
		signals_end();
		if (asahi_has_objects())
			made = asahi_objects_count("mapping") - before;
		if (ret) {
			igt_assert_eq(err, EINTR);
			igt_assert_f(made == 0, "interrupted after %llu of %u steps\n",
				     (unsigned long long)made, STEPS);
			continue;
		}
		if (asahi_has_objects())
			igt_assert_eq_u64(made, STEPS);
		asahi_vm_unmap(fd, vm_id, STEPS * 2ull * ASAHI_PAGE, 0x2000000000);
	}
	gem_close(fd, handle);
	asahi_vm_destroy(fd, vm_id);
	asahi_close(fd);
}

static const struct asahi_subtest subtests[] = {
	{ "memory", "Memory comes in spite of signals.", memory },
	{ "vm-bind", "VM_BIND does nothing or all.", vm_bind },
};

int igt_main()
{
	asahi_run_subtests(subtests, ARRAY_SIZE(subtests));
}
