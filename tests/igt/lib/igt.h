/* SPDX-License-Identifier: MIT */
/**
 * DOC: What these tests use of libigt
 *
 * Distributions ship libigt without its headers. This one declares, in our own words, the part
 * that the tests need, in the language of IGT 2.3 and later, so that each test builds unchanged
 * in IGT's own tree, where this header is left behind. libigt makes no ABI promise: linking
 * checks the names, and asahi_selfcheck, run first, checks that they still behave.
 */
#ifndef IGT_H
#define IGT_H

#include <setjmp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/types.h>

struct option;

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

#ifndef IGT_LOG_DOMAIN
#define IGT_LOG_DOMAIN NULL
#endif

/** enum igt_log_level - Importance of a message; a warning spoils the result of a subtest. */
enum igt_log_level {
	IGT_LOG_DEBUG,
	IGT_LOG_INFO,
	IGT_LOG_WARN,
	IGT_LOG_CRITICAL,
	IGT_LOG_NONE,
};

/* Where a failed assertion jumps to, of a subtest and of a dynamic subtest. */
extern sigjmp_buf igt_subtest_jmpbuf;
extern sigjmp_buf igt_dynamic_jmpbuf;

extern const char *__igt_test_description __attribute__((weak));

int igt_subtest_init_parse_opts(int *argc, char **argv, const char *short_opts,
				const struct option *long_opts, const char *help,
				int (*handler)(int opt, int index, void *data), void *data);
void igt_exit(void) __attribute__((noreturn));
void igt_success(void);

bool __igt_fixture(void);
void __igt_fixture_complete(void);
bool __igt_run_subtest(const char *name, const char *file, const int line);
bool __igt_enter_dynamic_container(void);
bool __igt_run_dynamic_subtest(const char *name);
void igt_describe_f(const char *format, ...) __attribute__((format(printf, 1, 2)));
void igt_log(const char *domain, enum igt_log_level level, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

void __igt_skip_check(const char *file, const int line, const char *func, const char *check,
		      const char *format, ...)
	__attribute__((format(printf, 5, 6), noreturn));
void __igt_fail_assert(const char *domain, const char *file, const int line, const char *func,
		       const char *assertion, const char *format, ...)
	__attribute__((format(printf, 6, 7), noreturn));

bool __igt_fork(void);
int __igt_waitchildren(void);
void igt_waitchildren(void);

/* The body of the program, between the parsing of the command line and the verdict. */
void igt_test_body(void);

/* What a handler of options returns. */
#define IGT_OPT_HANDLER_SUCCESS 0
#define IGT_OPT_HANDLER_ERROR (-2)

/**
 * igt_main_args() - Head of a program with options of its own; written "int igt_main_args(...)".
 */
#define igt_main_args(short_opts, long_opts, help, handler, data) \
main(int argc, char **argv) \
{ \
	igt_subtest_init_parse_opts(&argc, argv, short_opts, long_opts, help, handler, data); \
	igt_test_body(); \
	igt_exit(); \
} \
void igt_test_body(void)

/**
 * igt_main() - Head of the program; written "int igt_main()".
 */
#define igt_main() igt_main_args(NULL, NULL, NULL, NULL, NULL)

#define IGT_TEST_DESCRIPTION(text) const char *__igt_test_description = text

/**
 * igt_fixture() - A block that runs unless the subtests are only listed.
 */
#define igt_fixture() \
	for (volatile int igt_once = 0; \
	     !igt_once && __igt_fixture() && sigsetjmp(igt_subtest_jmpbuf, 1) == 0; \
	     igt_once++, __igt_fixture_complete())

/**
 * igt_subtest() - A block that runs if the subtest @name was asked for.
 */
#define igt_subtest(name) \
	for (; __igt_run_subtest((name), __FILE__, __LINE__) && \
	     sigsetjmp(igt_subtest_jmpbuf, 1) == 0; \
	     igt_success())

/**
 * igt_subtest_with_dynamic() - The same for a subtest that is made of dynamic subtests. It fails if
 * one of them does, and skips if there is none; nothing may be asserted outside of them.
 */
#define igt_subtest_with_dynamic(name) \
	for (; __igt_run_subtest((name), __FILE__, __LINE__) && \
	     __igt_enter_dynamic_container() && \
	     sigsetjmp(igt_subtest_jmpbuf, 1) == 0; \
	     igt_success())

/**
 * igt_dynamic() - A block that runs if the dynamic subtest @name was asked for.
 */
#define igt_dynamic(name) \
	for (; __igt_run_dynamic_subtest((name)) && sigsetjmp(igt_dynamic_jmpbuf, 1) == 0; \
	     igt_success())

/**
 * igt_describe() - One sentence on the subtest that follows.
 */
#define igt_describe(text) igt_describe_f("%s", text)

/**
 * igt_fork() - Run a block in @num new processes; @child counts them.
 */
#define igt_fork(child, num) \
	for (int child = 0; child < (num); child++) \
		for (; __igt_fork(); exit(0))

#define igt_info(...) igt_log(IGT_LOG_DOMAIN, IGT_LOG_INFO, __VA_ARGS__)
#define igt_debug(...) igt_log(IGT_LOG_DOMAIN, IGT_LOG_DEBUG, __VA_ARGS__)

#define igt_assert(expr) \
	do { \
		if (!(expr)) \
			__igt_fail_assert(IGT_LOG_DOMAIN, __FILE__, __LINE__, __func__, #expr, \
					  NULL); \
	} while (0)

#define igt_assert_f(expr, ...) \
	do { \
		if (!(expr)) \
			__igt_fail_assert(IGT_LOG_DOMAIN, __FILE__, __LINE__, __func__, #expr, \
					  __VA_ARGS__); \
	} while (0)

#define igt_require(expr) \
	do { \
		if (!(expr)) \
			__igt_skip_check(__FILE__, __LINE__, __func__, #expr, NULL); \
	} while (0)

#define igt_require_f(expr, ...) \
	do { \
		if (!(expr)) \
			__igt_skip_check(__FILE__, __LINE__, __func__, #expr, __VA_ARGS__); \
	} while (0)

/* A comparison that prints both sides when it fails. */
#define igt_assert_cmp(type, format, a, op, b) \
	do { \
		const type igt_a = (a); \
		const type igt_b = (b); \
		\
		if (!(igt_a op igt_b)) \
			__igt_fail_assert(IGT_LOG_DOMAIN, __FILE__, __LINE__, __func__, \
					  #a " " #op " " #b, \
					  "left " format ", right " format "\n", \
					  igt_a, igt_b); \
	} while (0)

#define igt_assert_eq(a, b) igt_assert_cmp(int, "%d", a, ==, b)
#define igt_assert_neq(a, b) igt_assert_cmp(int, "%d", a, !=, b)
#define igt_assert_lt(a, b) igt_assert_cmp(int, "%d", a, <, b)
#define igt_assert_lte(a, b) igt_assert_cmp(int, "%d", a, <=, b)
#define igt_assert_eq_u32(a, b) igt_assert_cmp(uint32_t, "0x%x", a, ==, b)
#define igt_assert_neq_u32(a, b) igt_assert_cmp(uint32_t, "0x%x", a, !=, b)
#define igt_assert_eq_u64(a, b) igt_assert_cmp(unsigned long long, "0x%llx", a, ==, b)
#define igt_assert_neq_u64(a, b) igt_assert_cmp(unsigned long long, "0x%llx", a, !=, b)
#define igt_assert_lt_u64(a, b) igt_assert_cmp(unsigned long long, "0x%llx", a, <, b)
#define igt_assert_lte_u64(a, b) igt_assert_cmp(unsigned long long, "0x%llx", a, <=, b)
#define igt_assert_fd(fd) igt_assert_f((fd) >= 0, "file descriptor %d\n", fd)

/* Opening devices. */
#define DRIVER_VGEM (1 << 2)
#define DRIVER_ASAHI (1 << 12)

int drm_open_driver(int chipset);
int __drm_open_driver_render(int chipset);
int drm_close_driver(int fd);
int igt_debugfs_dir(int fd);

/* Core ioctls. */
void gem_close(int fd, uint32_t handle);
int prime_handle_to_fd(int fd, uint32_t handle);
int prime_handle_to_fd_for_mmap(int fd, uint32_t handle);
uint32_t prime_fd_to_handle(int fd, int dma_buf);
void prime_sync_start(int dma_buf, bool write);
void prime_sync_end(int dma_buf, bool write);

#endif
