// SPDX-License-Identifier: MIT
/* What is open at a point of a recording. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "recording_world.h"

#define A 100
#define B 200

static unsigned int num_closed;
static uint64_t last_closed;

static void closed(void *context, struct rec_world_object *object)
{
	num_closed++;
	last_closed = object->number;
}

static struct rec_world *make(void)
{
	struct rec_world *world = rec_world_create(closed, NULL);

	assert_non_null(world);
	num_closed = 0;
	return world;
}

static bool object(struct rec_world *world, uint64_t number, uint32_t kind)
{
	const struct rec_event event = {
		.type = REC_OBJECT, .pid = A, .object.is = { .object = number, .kind = kind }
	};

	return rec_world_apply(world, &event);
}

static bool fd(struct rec_world *world, uint32_t pid, int32_t number, uint64_t stands_for)
{
	const struct rec_event event = {
		.type = REC_FD, .pid = pid, .fd = { .fd = number, .object = stands_for }
	};

	return rec_world_apply(world, &event);
}

static bool process(struct rec_world *world, uint32_t pid, uint32_t reason, uint32_t parent)
{
	const struct rec_event event = {
		.type = REC_PROCESS, .pid = pid,
		.process.is = { .reason = reason, .parent = parent }
	};

	return rec_world_apply(world, &event);
}

static void test_descriptors(void **state)
{
	struct rec_world *world = make();

	assert_true(object(world, 7, REC_DEVICE));
	assert_null(rec_world_fd(world, A, 3));
	assert_true(fd(world, A, 3, 7));
	assert_true(fd(world, A, 4, 7));
	assert_int_equal(rec_world_fd(world, A, 3)->number, 7);
	assert_null(rec_world_fd(world, B, 3));
	assert_int_equal(rec_world_object(world, 7)->fds, 2);

	assert_true(fd(world, A, 3, 0));
	assert_int_equal(num_closed, 0);
	assert_true(fd(world, A, 4, 0));
	assert_int_equal(num_closed, 1);
	assert_int_equal(last_closed, 7);
	assert_non_null(rec_world_object(world, 7));

	/* It comes back, and something else takes its descriptor. */
	assert_true(object(world, 7, REC_DEVICE));
	assert_true(object(world, 8, REC_DMABUF));
	assert_true(fd(world, A, 3, 7));
	assert_true(fd(world, A, 3, 8));
	assert_int_equal(num_closed, 2);
	assert_int_equal(rec_world_fd(world, A, 3)->number, 8);
	rec_world_destroy(world);
}

static void test_indices(void **state)
{
	struct rec_world *world = make();

	assert_true(object(world, 1ull << 63, REC_DMABUF));
	assert_true(object(world, 1, REC_DEVICE));
	assert_true(object(world, 2, REC_DEVICE));
	assert_true(object(world, 1, REC_DEVICE));
	assert_true(object(world, 3, 0xffffffff));
	assert_int_equal(rec_world_object(world, 1ull << 63)->index, 1);
	assert_int_equal(rec_world_object(world, 1)->index, 1);
	assert_int_equal(rec_world_object(world, 2)->index, 2);
	assert_int_equal(rec_world_object(world, 3)->index, 1);
	assert_string_equal(rec_kind_name(REC_DMABUF), "dma-buf");
	assert_string_equal(rec_kind_name(0xffffffff), "object");
	rec_world_destroy(world);
}

static void test_fork(void **state)
{
	struct rec_world *world = make();

	assert_true(process(world, A, REC_PROCESS_START, 0));
	assert_true(object(world, 7, REC_DEVICE));
	assert_true(fd(world, A, 3, 7));
	assert_true(fd(world, A, 9, 7));
	assert_true(process(world, B, REC_PROCESS_FORK, A));
	assert_int_equal(rec_world_object(world, 7)->fds, 4);
	assert_int_equal(rec_world_fd(world, B, 9)->number, 7);

	assert_true(process(world, A, REC_PROCESS_EXIT, 0));
	assert_int_equal(rec_world_object(world, 7)->fds, 2);
	assert_null(rec_world_fd(world, A, 3));
	assert_int_equal(num_closed, 0);
	/* Another program with the number of one that was killed. */
	assert_true(process(world, B, REC_PROCESS_START, 0));
	assert_int_equal(num_closed, 1);
	rec_world_destroy(world);
}

/* Nonsense is no reason to fall over, but there is an end to how much is believed. */
static void test_hostile(void **state)
{
	struct rec_world *world = make();
	unsigned int i;

	assert_true(fd(world, A, -5, 99));
	assert_true(fd(world, A, -5, 0));
	assert_true(process(world, A, REC_PROCESS_FORK, A));
	assert_true(process(world, A, 77, B));
	assert_true(object(world, 7, REC_DEVICE));
	assert_true(fd(world, A, INT32_MIN, 7));
	assert_true(process(world, A, REC_PROCESS_FORK, A));
	assert_int_equal(num_closed, 1);

	for (i = 0; i < 65536; i++)
		assert_true(fd(world, A, i, 7));
	assert_false(fd(world, A, i, 7));
	assert_false(process(world, B, REC_PROCESS_FORK, A));
	rec_world_destroy(world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_descriptors),
		cmocka_unit_test(test_indices),
		cmocka_unit_test(test_fork),
		cmocka_unit_test(test_hostile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
