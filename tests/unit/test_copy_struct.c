// SPDX-License-Identifier: MIT
/*
 * Structs that say their own size, of callers and libraries of all ages.
 */
#include "agx_test.h"

#include "copy_struct.h"

#define OLD_SIZE (2 * sizeof(size_t))
#define SIZE (4 * sizeof(size_t))
#define YOUNG_SIZE (9 * sizeof(size_t))
#define SPOILT 0xee

union args {
	size_t size;
	uint8_t bytes[YOUNG_SIZE];
};

/* A caller's struct of this size. Bytes behind it are somebody else's. */
static union args make_args(size_t size)
{
	union args args;
	size_t i;

	for (i = 0; i < sizeof(args); i++)
		args.bytes[i] = i < size && i < SIZE ? i + 1 : 0;
	memset(args.bytes + size, SPOILT, sizeof(args) - size);
	args.size = size;
	return args;
}

/* What an older caller does not have is zero, up to the last byte and not beyond. */
static void test_older(void **state)
{
	union args src, dst;
	size_t size, i;

	for (size = OLD_SIZE; size <= SIZE; size++) {
		src = make_args(size);
		memset(&dst, SPOILT, sizeof(dst));
		assert_ok(agxi_copy_struct(&dst, SIZE, &src, OLD_SIZE));
		assert_memory_equal(&dst, &src, size);
		for (i = size; i < SIZE; i++)
			assert_int_equal(dst.bytes[i], 0);
		for (i = SIZE; i < sizeof(dst); i++)
			assert_int_equal(dst.bytes[i], SPOILT);
	}
}

/* A younger caller may set nothing that is not known here; what is behind his struct is his. */
static void test_younger(void **state)
{
	union args src, dst;
	size_t size, i;

	for (size = SIZE + 1; size <= YOUNG_SIZE; size++) {
		src = make_args(size);
		memset(&dst, SPOILT, sizeof(dst));
		assert_ok(agxi_copy_struct(&dst, SIZE, &src, OLD_SIZE));
		assert_memory_equal(&dst, &src, SIZE);
		for (i = SIZE; i < sizeof(dst); i++)
			assert_int_equal(dst.bytes[i], SPOILT);

		for (i = SIZE; i < size; i++) {
			src.bytes[i] = 0x80;
			memset(&dst, SPOILT, sizeof(dst));
			assert_error(agxi_copy_struct(&dst, SIZE, &src, OLD_SIZE), E2BIG);
			assert_int_equal(dst.bytes[0], SPOILT);
			src.bytes[i] = 0;
		}
	}
}

/* Sizes that no version had: of a caller who has forgotten it, or who has something else there. */
static void test_no_size(void **state)
{
	static const size_t small[] = { 0, 1, sizeof(size_t), OLD_SIZE - 1 };
	static const size_t large[] = { 1 << 20, SIZE_MAX / 2, SIZE_MAX };
	union args src, dst = { 0 };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(small); i++) {
		src = make_args(SIZE);
		src.size = small[i];
		assert_error(agxi_copy_struct(&dst, SIZE, &src, OLD_SIZE), EINVAL);
	}
	for (i = 0; i < ARRAY_SIZE(large); i++) {
		src = make_args(SIZE);
		src.size = large[i];
		assert_error(agxi_copy_struct(&dst, SIZE, &src, OLD_SIZE), E2BIG);
	}
	assert_int_equal(dst.size, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_older),
		cmocka_unit_test(test_younger),
		cmocka_unit_test(test_no_size),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
