// SPDX-License-Identifier: MIT
/**
 * TEST: asahi selfcheck
 * Category: Core
 * Mega feature: General Core features
 * Sub-category: harness
 * Functionality: libigt
 * Description: libigt has no headers and no stable ABI: proves that our declarations of it fail,
 *	skip and pass as they should. Needs no device.
 */
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "igt.h"

IGT_TEST_DESCRIPTION("Whether the tests can fail");

/* What a process of libigt ends with when an assertion fails. */
#define EXIT_FAILED 98

static volatile int four = 4;

/* Send what this process says to nowhere, and not to igt_runner, who listens on a socket. */
static void be_silent(void)
{
	const char *runner = getenv("IGT_RUNNER_SOCKET_FD");
	int null = open("/dev/null", O_WRONLY);

	dup2(null, STDOUT_FILENO);
	dup2(null, STDERR_FILENO);
	if (runner)
		dup2(null, atoi(runner));
}

/* Run something in a process whose complaints nobody hears. */
#define in_child(run) \
	do { \
		igt_fork(child, 1) { \
			be_silent(); \
			run; \
		} \
	} while (0)

#define assert_child_fails(run) \
	do { \
		in_child(run); \
		status = __igt_waitchildren(); \
		igt_assert_f(status == EXIT_FAILED, "%s: child returned %d\n", #run, status); \
	} while (0)

/**
 * SUBTEST: fixture
 * Description: A fixture runs, once.
 */
static int fixtures;

static void fixture(void)
{
	/* Not an assertion: those are not known to work yet. */
	if (fixtures != 1)
		abort();
}

/**
 * SUBTEST: assertions-hold
 * Description: Assertions and requirements that hold let a test go on.
 */
static void assertions_hold(void)
{
	igt_assert(four == 4);
	igt_assert_f(four == 4, "%d\n", four);
	igt_assert_eq(four, 4);
	igt_assert_neq(four, 5);
	igt_assert_lt(four, 5);
	igt_assert_lte(four, 4);
	igt_assert_eq_u32(four, 4);
	igt_assert_neq_u32(four, 5);
	igt_assert_eq_u64(four, 4);
	igt_assert_neq_u64(four, 5);
	igt_assert_lt_u64(four, 5);
	igt_assert_lte_u64(four, 4);
	igt_assert_fd(STDIN_FILENO);
	igt_require(four == 4);
	igt_require_f(four == 4, "%d\n", four);
}

/**
 * SUBTEST: assertions-fail
 * Description: Assertions that do not hold end their process with the code for a failure.
 */
static void assertions_fail(void)
{
	int status;

	assert_child_fails(igt_assert(four == 5));
	assert_child_fails(igt_assert_f(four == 5, "%d\n", four));
	assert_child_fails(igt_assert_eq(four, 5));
	assert_child_fails(igt_assert_neq(four, 4));
	assert_child_fails(igt_assert_lt(four, 4));
	assert_child_fails(igt_assert_lte(four, 3));
	assert_child_fails(igt_assert_eq_u32(four, 5));
	assert_child_fails(igt_assert_neq_u32(four, 4));
	assert_child_fails(igt_assert_eq_u64(four, 4 + (1ull << 32)));
	assert_child_fails(igt_assert_neq_u64(four, 4));
	assert_child_fails(igt_assert_lt_u64(four, 4));
	assert_child_fails(igt_assert_lte_u64(1ull << 32, four));
	assert_child_fails(igt_assert_fd(-1));
}

/**
 * SUBTEST: child-killed
 * Description: A child that dies is noticed.
 */
static void child_killed(void)
{
	int status;

	in_child(raise(SIGKILL));
	status = __igt_waitchildren();
	igt_assert_eq(status, 128 + SIGKILL);
}

/**
 * SUBTEST: child-ends
 * Description: A child that ends is no failure.
 */
static void child_ends(void)
{
	int status;

	in_child(igt_assert(four == 4));
	status = __igt_waitchildren();
	igt_assert_eq(status, 0);
}

/**
 * SUBTEST: dynamic
 * Description: Dynamic subtests run in their order, each once.
 */
static unsigned int dynamics;

static void dynamic(void)
{
	igt_dynamic("first") {
		igt_assert_eq(dynamics, 0);
		dynamics = 1;
	}
	igt_dynamic("second") {
		igt_assert_eq(dynamics, 1);
		dynamics = 2;
	}
	igt_dynamic("both")
		igt_assert_eq(dynamics, 2);
}

int igt_main()
{
	igt_fixture()
		fixtures++;

	igt_describe("A fixture runs, once.");
	igt_subtest("fixture")
		fixture();

	igt_describe("Assertions that hold let a test go on.");
	igt_subtest("assertions-hold")
		assertions_hold();

	igt_describe("Assertions that do not hold fail.");
	igt_subtest("assertions-fail")
		assertions_fail();

	igt_describe("A child that dies is noticed.");
	igt_subtest("child-killed")
		child_killed();

	igt_describe("A child that ends is no failure.");
	igt_subtest("child-ends")
		child_ends();

	igt_describe("Dynamic subtests run in their order.");
	igt_subtest_with_dynamic("dynamic")
		dynamic();
}
