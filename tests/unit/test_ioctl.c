// SPDX-License-Identifier: MIT
/*
 * The thin layer: each function is its ioctl, with the caller's struct and nothing else.
 */
#include "agx_test.h"

#include <fcntl.h>
#include <linux/dma-buf.h>
#include <sys/mman.h>
#include <unistd.h>

/* Bytes by which a caller's struct is longer than the one of this header. */
#define YOUNGER 16

/*
 * A struct of bytes that differ arrives as it is, be it of an older caller, of one of this age, or
 * of a younger one, and beyond its end nothing is written. The fake device refuses most of them, so
 * this is also about how errors come back: as -errno, with errno set.
 */
#define CHECK_PASSES_SIZE(function, type, number, size_) \
	do { \
		union { \
			struct type args; \
			uint8_t bytes[sizeof(struct type) + YOUNGER]; \
		} sent, got; \
		size_t sent_size = (size_); \
		int ret; \
		fill(sent.bytes, sizeof(sent.bytes)); \
		got = sent; \
		fake_clear_calls(); \
		errno = 0; \
		ret = function(fd, &got.args, sent_size); \
		assert_int_equal(ret, -errno); \
		assert_int_equal(fake_num_calls(), 1); \
		assert_int_equal(fake_call(0)->fd, fd); \
		assert_int_equal(fake_call(0)->request, \
				 ((number) & ~0x3fff0000u) | sent_size << 16); \
		assert_int_equal(fake_call(0)->size, sent_size); \
		assert_memory_equal(fake_call(0)->arg, sent.bytes, sent_size); \
		assert_memory_equal(got.bytes + sent_size, sent.bytes + sent_size, \
				    sizeof(sent) - sent_size); \
	} while (0)

/* No ioctl has a size of 0, or one that its number has no room for. */
#define CHECK_REFUSES_SIZE(function, type, size) \
	do { \
		struct type args = { 0 }; \
		fake_clear_calls(); \
		assert_error(function(fd, &args, (size)), EINVAL); \
		assert_int_equal(fake_num_calls(), 0); \
	} while (0)

#define CHECK_PASSES(function, type, number) \
	do { \
		assert_int_equal(((number) >> 16) & 0x3fff, sizeof(struct type)); \
		CHECK_PASSES_SIZE(function, type, number, sizeof(struct type)); \
		CHECK_PASSES_SIZE(function, type, number, sizeof(struct type) - 4); \
		CHECK_PASSES_SIZE(function, type, number, sizeof(struct type) + YOUNGER); \
		CHECK_REFUSES_SIZE(function, type, 0); \
		CHECK_REFUSES_SIZE(function, type, 0x4000); \
		CHECK_REFUSES_SIZE(function, type, SIZE_MAX); \
	} while (0)

static void fill(uint8_t *bytes, size_t size)
{
	size_t i;

	for (i = 0; i < size; i++)
		bytes[i] = 0x81 + 7 * i;
}

/* The numbers are written out here: another encoding than the header's macros. */
static void test_requests(void **state)
{
	int fd = fake_open();

	CHECK_PASSES(drm_agx_ioctl_get_params, drm_asahi_get_params, 0x40186440);
	CHECK_PASSES(drm_agx_ioctl_get_time, drm_asahi_get_time, 0xc0106441);
	CHECK_PASSES(drm_agx_ioctl_vm_create, drm_asahi_vm_create, 0xc0186442);
	CHECK_PASSES(drm_agx_ioctl_vm_destroy, drm_asahi_vm_destroy, 0x40086443);
	CHECK_PASSES(drm_agx_ioctl_vm_bind, drm_asahi_vm_bind, 0x40186444);
	CHECK_PASSES(drm_agx_ioctl_gem_create, drm_asahi_gem_create, 0xc0186445);
	CHECK_PASSES(drm_agx_ioctl_gem_mmap_offset, drm_asahi_gem_mmap_offset, 0xc0106446);
	CHECK_PASSES(drm_agx_ioctl_gem_bind_object, drm_asahi_gem_bind_object, 0xc0286447);
	CHECK_PASSES(drm_agx_ioctl_queue_create, drm_asahi_queue_create, 0xc0186448);
	CHECK_PASSES(drm_agx_ioctl_queue_destroy, drm_asahi_queue_destroy, 0x40086449);
	CHECK_PASSES(drm_agx_ioctl_submit, drm_asahi_submit, 0x4028644a);
	close(fd);
}

/* What the kernel answers in the struct reaches the caller. */
static void test_answers(void **state)
{
	struct drm_asahi_params_global params = { 0 };
	struct drm_asahi_get_params get_params = {
		.pointer = (uintptr_t)&params,
		.size = sizeof(params),
	};
	struct drm_asahi_get_time get_time = { 0 };
	struct drm_asahi_vm_create vm_create = {
		.kernel_start = 0x7000000000,
		.kernel_end = 0x7800000000,
	};
	struct drm_asahi_vm_destroy vm_destroy = { 0 };
	struct drm_asahi_queue_create queue_create = { 0 };
	struct drm_asahi_queue_destroy queue_destroy = { 0 };
	int fd = fake_open();

	assert_ok(drm_agx_ioctl_get_params(fd, &get_params, sizeof(get_params)));
	assert_int_equal(params.chip_id, 0x8103);
	assert_ok(drm_agx_ioctl_get_time(fd, &get_time, sizeof(get_time)));
	assert_int_equal(get_time.gpu_timestamp, 123456789);
	assert_ok(drm_agx_ioctl_vm_create(fd, &vm_create, sizeof(vm_create)));
	assert_int_equal(vm_create.vm_id, 1);
	queue_create.vm_id = vm_create.vm_id;
	assert_ok(drm_agx_ioctl_queue_create(fd, &queue_create, sizeof(queue_create)));
	assert_int_equal(queue_create.queue_id, 1);

	queue_destroy.queue_id = queue_create.queue_id;
	assert_ok(drm_agx_ioctl_queue_destroy(fd, &queue_destroy, sizeof(queue_destroy)));
	assert_error(drm_agx_ioctl_queue_destroy(fd, &queue_destroy, sizeof(queue_destroy)),
		     ENOENT);
	vm_destroy.vm_id = vm_create.vm_id;
	assert_ok(drm_agx_ioctl_vm_destroy(fd, &vm_destroy, sizeof(vm_destroy)));
	assert_error(drm_agx_ioctl_vm_destroy(fd, &vm_destroy, sizeof(vm_destroy)), ENOENT);
	assert_nothing_left();
	close(fd);
}

/* What the kernel answers does not go beyond an older caller's struct, a younger one gets all. */
static void test_answer_sizes(void **state)
{
	struct {
		struct drm_asahi_get_time args;
		uint64_t more;
	} young = { .more = 1 };
	struct drm_asahi_get_time old = { .gpu_timestamp = 7 };
	int fd = fake_open();

	assert_ok(drm_agx_ioctl_get_time(fd, &young.args, sizeof(young)));
	assert_int_equal(young.args.gpu_timestamp, 123456789);
	assert_ok(drm_agx_ioctl_get_time(fd, &old, offsetof(struct drm_asahi_get_time,
							    gpu_timestamp)));
	assert_int_equal(old.gpu_timestamp, 7);
	close(fd);
}

/* Calls are made again if interrupted, or if the kernel says so, else not. */
static void test_retries(void **state)
{
	static const int errors[] = { ENOMEM, EIO, EBUSY, ETIME };
	struct drm_asahi_get_time args = { 0 };
	int dmabuf, fence, fd = fake_open();
	unsigned int i;

	fake_interrupt(5);
	assert_ok(drm_agx_ioctl_get_time(fd, &args, sizeof(args)));
	assert_int_equal(fake_num_calls(), 1);
	fake_interrupt(0);

	fake_clear_calls();
	fake_fail(1, EAGAIN);
	assert_ok(drm_agx_ioctl_get_time(fd, &args, sizeof(args)));
	assert_int_equal(fake_num_calls(), 2);
	assert_memory_equal(fake_call(0)->arg, fake_call(1)->arg, sizeof(args));
	assert_int_equal(args.gpu_timestamp, 123456789);

	dmabuf = fake_foreign_dmabuf(16384);
	fake_fail(1, EAGAIN);
	assert_ok(drm_agx_dmabuf_export_sync_file(dmabuf, DMA_BUF_SYNC_RW, &fence));
	assert_true(fake_has_failed());
	fake_fail(1, EAGAIN);
	assert_ok(drm_agx_dmabuf_import_sync_file(dmabuf, fence, DMA_BUF_SYNC_WRITE));
	assert_true(fake_has_failed());
	close(fence);
	close(dmabuf);

	for (i = 0; i < ARRAY_SIZE(errors); i++) {
		fake_clear_calls();
		fake_fail(1, errors[i]);
		assert_error(drm_agx_ioctl_get_time(fd, &args, sizeof(args)), errors[i]);
		assert_int_equal(fake_num_calls(), 1);
	}
	close(fd);
}

static void test_no_device(void **state)
{
	struct drm_asahi_get_time args = { 0 };
	int null = open("/dev/null", O_RDWR);

	assert_error(drm_agx_ioctl_get_time(null, &args, sizeof(args)), ENOTTY);
	assert_error(drm_agx_probe(-1), EBADF);
	assert_error(drm_agx_probe(null), ENOTTY);
	assert_error(drm_agx_gem_close(null, 1), ENOTTY);
	close(null);
}

static void test_probe(void **state)
{
	int fd = fake_open();

	assert_ok(drm_agx_probe(fd));
	fake_set_driver("asah");
	assert_error(drm_agx_probe(fd), ENODEV);
	fake_set_driver("asahi2");
	assert_error(drm_agx_probe(fd), ENODEV);
	fake_set_driver("virtio_gpu");
	assert_error(drm_agx_probe(fd), ENODEV);
	close(fd);
}

static void test_gem_mmap(void **state)
{
	struct drm_asahi_gem_create create = { .size = 3 * 16384 };
	const size_t size = 3 * 16384;
	uint32_t *a, *b;
	void *map = NULL;
	int fd = fake_open();

	assert_ok(drm_agx_ioctl_gem_create(fd, &create, sizeof(create)));
	assert_ok(drm_agx_gem_mmap(fd, create.handle, size, NULL, &map));
	a = map;
	a[1000] = 0x12345678;

	/* A fixed address replaces what is there: here a reservation without access. */
	map = mmap(NULL, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	b = map;
	assert_ok(drm_agx_gem_mmap(fd, create.handle, size, b, &map));
	assert_ptr_equal(map, b);
	assert_int_equal(b[1000], 0x12345678);
	munmap(a, size);
	munmap(b, size);

	map = &create;
	assert_error(drm_agx_gem_mmap(fd, create.handle + 1, size, NULL, &map), ENOENT);
	assert_error(drm_agx_gem_mmap(fd, create.handle, 0, NULL, &map), EINVAL);
	assert_ptr_equal(map, &create);

	assert_ok(drm_agx_gem_close(fd, create.handle));
	assert_error(drm_agx_gem_close(fd, create.handle), EINVAL);
	close(fd);
}

static void test_dmabuf_fences(void **state)
{
	int fd = fake_open();
	int dmabuf = fake_foreign_dmabuf(16384);
	int fence = -7;

	assert_error(drm_agx_dmabuf_export_sync_file(dmabuf, 0, &fence), EINVAL);
	assert_int_equal(fence, -7);
	assert_ok(drm_agx_dmabuf_export_sync_file(dmabuf, DMA_BUF_SYNC_RW, &fence));
	assert_ok(drm_agx_dmabuf_import_sync_file(dmabuf, fence, DMA_BUF_SYNC_WRITE));
	assert_error(drm_agx_dmabuf_import_sync_file(dmabuf, fence, 1 << 7), EINVAL);
	assert_error(drm_agx_dmabuf_import_sync_file(fence, fence, DMA_BUF_SYNC_WRITE), ENOTTY);
	close(fence);
	close(dmabuf);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_requests),
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_answer_sizes),
		cmocka_unit_test(test_retries),
		cmocka_unit_test(test_no_device),
		cmocka_unit_test(test_probe),
		cmocka_unit_test(test_gem_mmap),
		cmocka_unit_test(test_dmabuf_fences),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
