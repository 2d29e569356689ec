/* SPDX-License-Identifier: MIT */
/*
 * What the C tests share: cmocka, and a device for each test that has to be given back clean.
 */
#ifndef AGX_TEST_H
#define AGX_TEST_H

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <asahi_drm.h>
#include <drm_agx.h>

#include "fake.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* @call fails with @err, in both ways of saying so. */
#define assert_error(call, err) \
	do { \
		errno = 0; \
		assert_int_equal((call), -(err)); \
		assert_int_equal(errno, (err)); \
	} while (0)

#define assert_ok(call) assert_int_equal((call), 0)

static inline void assert_nothing_left(void)
{
	struct fake_counts counts = fake_count();

	assert_int_equal(counts.handles, 0);
	assert_int_equal(counts.mappings, 0);
	assert_int_equal(counts.vms, 0);
	assert_int_equal(counts.queues, 0);
	assert_int_equal(counts.timestamps, 0);
	assert_int_equal(counts.syncobjs, 0);
	assert_int_equal(fake_bad_closes(), 0);
}

static inline struct drm_agx_device *test_open(void)
{
	struct drm_agx_device *dev;

	assert_ok(drm_agx_device_create(fake_open(), DRM_AGX_FD_OWN, &dev));
	fake_clear_calls();
	return dev;
}

static inline void test_close(struct drm_agx_device *dev)
{
	drm_agx_device_unref(dev);
	assert_nothing_left();
}

/* The last call with this request; the test fails if there was none. */
static inline const struct fake_call *test_last_call(unsigned long request)
{
	unsigned int i;

	for (i = fake_num_calls(); i > 0; i--)
		if (fake_call(i - 1)->request == request)
			return fake_call(i - 1);
	fail_msg("no call of ioctl %#lx", request);
	return NULL;
}

static inline unsigned int test_count_calls(unsigned long request)
{
	unsigned int i, n = 0;

	for (i = 0; i < fake_num_calls(); i++)
		n += fake_call(i)->request == request;
	return n;
}

#endif /* AGX_TEST_H */
