// SPDX-License-Identifier: MIT
#include "agx_test.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define UNTOUCHED ((struct drm_agx_device *)1)

static int fd_is_open(int fd)
{
	return fcntl(fd, F_GETFD) >= 0;
}

/* Nodes of which only one is the device, and none before it stops the search. */
static void test_open_first(void **state)
{
	struct drm_agx_device *dev = UNTOUCHED;
	const char *nodes[6] = { NULL, "/dev/null", "/nonexistent", "/", "", NULL };
	int fd = fake_open();

	nodes[4] = fake_path();
	fake_set_nodes(nodes, 6);
	assert_ok(drm_agx_device_open(&dev));
	assert_ok(drm_agx_probe(drm_agx_device_fd(dev)));
	assert_true(fcntl(drm_agx_device_fd(dev), F_GETFD) & FD_CLOEXEC);
	drm_agx_device_unref(dev);
	close(fd);
}

/* One GPU that is in trouble does not hide another, whatever its trouble is. */
static void test_open_second(void **state)
{
	static const int errors[] = { ENOMEM, EMFILE, EIO, EINVAL, EBUSY, ENODEV };
	struct drm_agx_device *dev;
	const char *nodes[2];
	unsigned int i, call;
	int fd;

	for (i = 0; i < ARRAY_SIZE(errors); i++) {
		/* Which driver it is, and its constants. */
		for (call = 1; call <= 2; call++) {
			fd = fake_open();
			nodes[0] = fake_path();
			nodes[1] = fake_path();
			fake_set_nodes(nodes, 2);
			fake_fail(call, errors[i]);
			assert_ok(drm_agx_device_open(&dev));
			assert_true(fake_has_failed());
			drm_agx_device_unref(dev);

			dev = UNTOUCHED;
			fake_set_nodes(nodes, 1);
			fake_fail(call, errors[i]);
			assert_error(drm_agx_device_open(&dev), errors[i]);
			assert_ptr_equal(dev, UNTOUCHED);
			close(fd);
		}
	}
}

static void test_open_none(void **state)
{
	struct drm_agx_device *dev = UNTOUCHED;
	static const char * const nodes[] = { "/dev/null", "/nonexistent" };
	int fd = fake_open();

	assert_error(drm_agx_device_open(&dev), ENODEV);
	fake_set_nodes(nodes, 2);
	assert_error(drm_agx_device_open(&dev), ENODEV);
	/* Where there is no directory of nodes at all. */
	fake_set_nodes(NULL, -ENOENT);
	assert_error(drm_agx_device_open(&dev), ENODEV);
	fake_set_nodes(NULL, -ENOMEM);
	assert_error(drm_agx_device_open(&dev), ENOMEM);
	assert_ptr_equal(dev, UNTOUCHED);
	close(fd);
}

/* A directory cannot be opened for writing, not even by root. */
static void test_open_error(void **state)
{
	struct drm_agx_device *dev = UNTOUCHED;
	static const char * const nodes[] = { "/" };
	int fd = fake_open();

	assert_error(drm_agx_device_open_path("/", &dev), EISDIR);
	assert_error(drm_agx_device_open_path("/nonexistent", &dev), ENOENT);
	assert_error(drm_agx_device_open_path("/dev/null", &dev), ENOTTY);
	fake_set_nodes(nodes, 1);
	assert_error(drm_agx_device_open(&dev), EISDIR);
	assert_ptr_equal(dev, UNTOUCHED);
	close(fd);
}

static void test_open_denied(void **state)
{
	struct drm_agx_device *dev = UNTOUCHED;
	char secret[] = "/tmp/agx-test-XXXXXX";
	const char *nodes[2] = { secret, "/dev/null" };
	int fd = fake_open();
	int file = mkstemp(secret);
	int first, path;

	assert_true(file >= 0);
	assert_int_equal(fchmod(file, 0), 0);
	close(file);
	fake_set_nodes(nodes, 2);
	if (geteuid() == 0 && seteuid(65534)) {
		unlink(secret);
		skip();
	}
	first = drm_agx_device_open(&dev);
	path = drm_agx_device_open_path(secret, &dev);
	if (getuid() == 0)
		assert_int_equal(seteuid(0), 0);
	unlink(secret);
	close(fd);
	assert_int_equal(first, -EACCES);
	assert_int_equal(path, -EACCES);
	assert_ptr_equal(dev, UNTOUCHED);
}

static void test_fd_ownership(void **state)
{
	struct drm_agx_device *dev = UNTOUCHED;
	int fd = fake_open();

	assert_ok(drm_agx_device_create(fd, DRM_AGX_FD_BORROW, &dev));
	assert_int_equal(drm_agx_device_fd(dev), fd);
	drm_agx_device_unref(dev);
	assert_true(fd_is_open(fd));

	/* On failure the descriptor stays the caller's. */
	dev = UNTOUCHED;
	fake_set_driver("other");
	assert_error(drm_agx_device_create(fd, DRM_AGX_FD_OWN, &dev), ENODEV);
	assert_ptr_equal(dev, UNTOUCHED);
	assert_true(fd_is_open(fd));

	fake_set_driver("asahi");
	assert_ok(drm_agx_device_create(fd, DRM_AGX_FD_OWN, &dev));
	assert_ptr_equal(drm_agx_device_ref(dev), dev);
	drm_agx_device_unref(dev);
	assert_true(fd_is_open(fd));
	drm_agx_device_unref(dev);
	assert_false(fd_is_open(fd));
	drm_agx_device_unref(NULL);
}

/* A file of its own: what happens to the caller's does not matter, nor the other way round. */
static void test_fd_reopen(void **state)
{
	struct drm_agx_device *dev = UNTOUCHED;
	int fd = fake_open();
	int own;

	assert_error(drm_agx_device_create(fd, 3, &dev), EINVAL);
	assert_ok(drm_agx_device_create(fd, DRM_AGX_FD_REOPEN, &dev));
	own = drm_agx_device_fd(dev);
	assert_int_not_equal(own, fd);
	assert_true(fcntl(own, F_GETFD) & FD_CLOEXEC);
	drm_agx_device_unref(dev);
	assert_false(fd_is_open(own));
	assert_true(fd_is_open(fd));

	/* Errors leave nothing open. */
	dev = UNTOUCHED;
	fake_fail(2, ENODEV);
	assert_error(drm_agx_device_create(fd, DRM_AGX_FD_REOPEN, &dev), ENODEV);
	assert_false(fd_is_open(own));
	fake_hide_node();
	assert_error(drm_agx_device_create(fd, DRM_AGX_FD_REOPEN, &dev), ENOENT);
	assert_ptr_equal(dev, UNTOUCHED);
	close(fd);
}

static void test_params(void **state)
{
	struct drm_asahi_params_global params;
	struct drm_agx_device *dev;
	int fd = fake_open();

	/* An older kernel, that knows nothing from the number of commands on. */
	fake_get_params(&params);
	fake_set_params(&params, offsetof(struct drm_asahi_params_global,
					  max_commands_per_submission));
	assert_ok(drm_agx_device_create(fd, DRM_AGX_FD_OWN, &dev));
	assert_int_equal(drm_agx_device_vm_kernel_min_size(dev), 0x20000000);
	assert_int_equal(drm_agx_device_max_commands(dev), 0);
	assert_int_equal(drm_agx_device_timestamp_frequency_hz(dev), 0);
	drm_agx_device_unref(dev);
}

/* Each of them, told apart by its value. */
static void test_accessors(void **state)
{
	struct drm_asahi_params_global params = {
		.features = UINT64_C(1) << 40,
		.gpu_generation = 2,
		.gpu_variant = 3,
		.gpu_revision = 4,
		.chip_id = 5,
		.num_dies = 6,
		.num_clusters_total = 7,
		.num_cores_per_cluster = 8,
		.max_frequency_khz = 9,
		.core_masks = { 10, [63] = UINT64_C(11) << 32 },
		.vm_start = UINT64_C(12) << 32,
		.vm_end = UINT64_C(13) << 32,
		.vm_kernel_min_size = UINT64_C(14) << 32,
		.max_commands_per_submission = 15,
		.max_attachments = 16,
		.command_timestamp_frequency_hz = UINT64_C(17) << 32,
	};
	struct drm_agx_device *dev;
	int fd = fake_open();

	fake_set_params(&params, sizeof(params));
	assert_ok(drm_agx_device_create(fd, DRM_AGX_FD_OWN, &dev));
	assert_true(drm_agx_device_features(dev) == UINT64_C(1) << 40);
	assert_int_equal(drm_agx_device_generation(dev), 2);
	assert_int_equal(drm_agx_device_variant(dev), 3);
	assert_int_equal(drm_agx_device_revision(dev), 4);
	assert_int_equal(drm_agx_device_chip_id(dev), 5);
	assert_int_equal(drm_agx_device_num_dies(dev), 6);
	assert_int_equal(drm_agx_device_num_clusters(dev), 7);
	assert_int_equal(drm_agx_device_cores_per_cluster(dev), 8);
	assert_int_equal(drm_agx_device_max_frequency_khz(dev), 9);
	assert_int_equal(drm_agx_device_core_mask(dev, 0), 10);
	assert_int_equal(drm_agx_device_core_mask(dev, 1), 0);
	assert_true(drm_agx_device_core_mask(dev, 63) == UINT64_C(11) << 32);
	assert_int_equal(drm_agx_device_core_mask(dev, 64), 0);
	assert_true(drm_agx_device_vm_start(dev) == UINT64_C(12) << 32);
	assert_true(drm_agx_device_vm_end(dev) == UINT64_C(13) << 32);
	assert_true(drm_agx_device_vm_kernel_min_size(dev) == UINT64_C(14) << 32);
	assert_int_equal(drm_agx_device_max_commands(dev), 15);
	assert_int_equal(drm_agx_device_max_attachments(dev), 16);
	assert_true(drm_agx_device_timestamp_frequency_hz(dev) == UINT64_C(17) << 32);
	drm_agx_device_unref(dev);
}

/* A struct of any age: longer than the kernel's, or shorter. */
static void test_params_sizes(void **state)
{
	struct {
		struct drm_asahi_params_global params;
		uint8_t more[32];
	} young;
	struct drm_asahi_params_global params;
	uint8_t old[8 + 1];
	unsigned int i;
	int fd = fake_open();

	memset(&young, 0xaa, sizeof(young));
	assert_ok(drm_agx_get_params(fd, 0, &young, sizeof(young)));
	assert_int_equal(young.params.max_attachments, 16);
	for (i = 0; i < sizeof(young.more); i++)
		assert_int_equal(young.more[i], 0);

	memset(old, 0xaa, sizeof(old));
	assert_ok(drm_agx_get_params(fd, 0, old, 8));
	assert_int_equal(old[0], DRM_ASAHI_FEATURE_SOFT_FAULTS);
	assert_int_equal(old[8], 0xaa);

	memset(&params, 0xaa, sizeof(params));
	assert_error(drm_agx_get_params(fd, 1, &params, sizeof(params)), EINVAL);
	assert_int_equal(params.gpu_generation, 0);
	close(fd);
}

static void test_names(void **state)
{
	static const struct {
		uint32_t generation;
		uint32_t variant;
		uint32_t revision;
		const char *name;
	} cases[] = {
		{ 13, 'G', 0x11, "Apple M1 (G13G B1)" },
		{ 13, 'S', 0x20, "Apple M1 Pro (G13S C0)" },
		{ 13, 'C', 0x20, "Apple M1 Max (G13C C0)" },
		{ 13, 'D', 0x21, "Apple M1 Ultra (G13D C1)" },
		{ 14, 'G', 0x00, "Apple M2 (G14G A0)" },
		{ 13, 0, 0x01, "Apple M1 (G13? A1)" },
	};
	struct drm_asahi_params_global params;
	struct drm_agx_device *dev;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		int fd = fake_open();

		fake_get_params(&params);
		params.gpu_generation = cases[i].generation;
		params.gpu_variant = cases[i].variant;
		params.gpu_revision = cases[i].revision;
		fake_set_params(&params, sizeof(params));
		assert_ok(drm_agx_device_create(fd, DRM_AGX_FD_OWN, &dev));
		assert_string_equal(drm_agx_device_name(dev), cases[i].name);
		drm_agx_device_unref(dev);
	}
}

static void test_cores(void **state)
{
	struct drm_asahi_params_global params;
	struct drm_agx_device *dev = test_open();
	int fd;

	assert_int_equal(drm_agx_device_num_cores(dev), 8);
	drm_agx_device_unref(dev);

	fd = fake_open();
	fake_get_params(&params);
	params.core_masks[0] = 0xfe;
	params.core_masks[3] = 0x3ff;
	params.core_masks[63] = 1;
	fake_set_params(&params, sizeof(params));
	assert_ok(drm_agx_device_create(fd, DRM_AGX_FD_OWN, &dev));
	assert_int_equal(drm_agx_device_num_cores(dev), 7 + 10 + 1);
	drm_agx_device_unref(dev);
}

static void test_time(void **state)
{
	static const struct {
		uint64_t hz;
		uint64_t ticks;
		uint64_t ns;
	} cases[] = {
		{ 1000000000, 0, 0 },
		{ 1000000000, UINT64_MAX, UINT64_MAX },
		{ 24000000, 3, 125 },
		{ 24000000, 24000000000000, 1000000000000000 },
		{ 24000000, UINT64_MAX, UINT64_MAX },
		{ 3, 1, 333333333 },
		{ 1, 18446744073, 18446744073000000000u },
		{ 1, 18446744074, UINT64_MAX },
		{ 0, 5, UINT64_MAX },
		/* Where the product of what is left and of a second does not fit. */
		{ 20000000000, 39999999999, 1999999999 },
		{ UINT64_C(1) << 60, UINT64_C(3) << 59, 1500000000 },
		{ UINT64_C(1) << 60, (UINT64_C(1) << 60) - 1, 999999999 },
		{ UINT64_MAX, UINT64_MAX - 1, 999999999 },
		{ UINT64_MAX, UINT64_MAX / 2 + 1, 500000000 },
		{ UINT64_MAX, UINT64_MAX / 2, 499999999 },
	};
	struct drm_asahi_params_global params;
	struct drm_agx_device *dev;
	uint64_t ns = 7;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		int fd = fake_open();

		fake_get_params(&params);
		params.command_timestamp_frequency_hz = cases[i].hz;
		fake_set_params(&params, sizeof(params));
		assert_ok(drm_agx_device_create(fd, DRM_AGX_FD_OWN, &dev));
		assert_true(drm_agx_device_ticks_to_ns(dev, cases[i].ticks) == cases[i].ns);
		drm_agx_device_unref(dev);
	}

	dev = test_open();
	fake_fail(1, ENODEV);
	assert_error(drm_agx_device_get_time(dev, &ns), ENODEV);
	assert_int_equal(ns, 7);
	assert_ok(drm_agx_device_get_time(dev, &ns));
	assert_int_equal(ns, 123456789);
	test_close(dev);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_open_first),
		cmocka_unit_test(test_open_second),
		cmocka_unit_test(test_open_none),
		cmocka_unit_test(test_open_error),
		cmocka_unit_test(test_open_denied),
		cmocka_unit_test(test_fd_ownership),
		cmocka_unit_test(test_fd_reopen),
		cmocka_unit_test(test_params),
		cmocka_unit_test(test_params_sizes),
		cmocka_unit_test(test_accessors),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_cores),
		cmocka_unit_test(test_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
