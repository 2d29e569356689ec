/* SPDX-License-Identifier: MIT */
/**
 * DOC: Ratios
 *
 * A benchmark compares the cost of one operation at several sizes of something that it should not,
 * or hardly, depend on. All sizes exist at the same time and take turns, round after round, with a
 * system call that does nothing as the last in each round: a virtual machine is not equally fast
 * for long. What is compared is what was measured in the same round, and of the rounds the median
 * counts. Times are printed, but nothing is said about them but where bench_within() does.
 *
 * Others compare ways to do the same, which take turns in the same manner: how fast each is beside
 * the first.
 */
#ifndef BENCH_H
#define BENCH_H

#include <stdbool.h>
#include <stdint.h>

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

/* What "flat" and "logarithmic" mean. */
#define BENCH_FLAT 1.5
#define BENCH_LOG 3.0
/** BENCH_ANY: print the ratio only. */
#define BENCH_ANY 0.0

/** struct bench_point - One of the sizes. */
struct bench_point {
	/** @size: what the table says. */
	uint64_t size;
	/** @state: passed to @sample. */
	void *state;
	/** @sample: do it some times, and return the nanoseconds of one. */
	double (*sample)(void *state);
	/** @name: what the table of bench_speed() says in place of @size. */
	const char *name;
	/** @no_goal: bench_speed() prints how fast it is, and wants nothing of it. */
	bool no_goal;
};

/**
 * bench_begin() - Read the command line.
 * @argc: of main().
 * @argv: of main().
 * @about: one sentence for --help.
 */
void bench_begin(int argc, char **argv, const char *about);

/**
 * bench_wants() - Whether a size is not too large for this run; if it is, say so.
 * @size: how many.
 * @what: plural of what is counted.
 *
 * Return: 0 if it is too large.
 */
int bench_wants(uint64_t size, const char *what);

/**
 * bench_compare() - Measure, and print a table.
 * @title: what is measured.
 * @what: what its size is; heads the column.
 * @points: sizes; the first is what the others are compared with.
 * @num: how many; at least one.
 * @rounds: at least that many are made.
 * @limit: largest good ratio, or BENCH_ANY.
 */
void bench_compare(const char *title, const char *what, const struct bench_point *points,
		   unsigned int num, unsigned int rounds, double limit);

/**
 * bench_compare_from() - The same with some smaller sizes in the table, which have no limit.
 * @title: what is measured.
 * @what: what its size is.
 * @points: sizes.
 * @num: how many.
 * @base: index of the one that the others are compared with.
 * @rounds: at least that many are made.
 * @limit: largest good ratio of those behind @base.
 */
void bench_compare_from(const char *title, const char *what, const struct bench_point *points,
			unsigned int num, unsigned int base, unsigned int rounds, double limit);

/**
 * bench_speed() - Measure how fast ways to do the same are, and print a table.
 * @title: what is done.
 * @points: the ways; the first is what the others are compared with.
 * @num: how many; at least one.
 * @goal: what the speed of the others, as a part of that of the first, is meant to become.
 * @least: what it has to be.
 */
void bench_speed(const char *title, const struct bench_point *points, unsigned int num,
		 double goal, double least);

/**
 * bench_within() - Print how long something took that must not take long, whatever it is.
 * @title: what.
 * @ns: nanoseconds.
 * @limit: the most that is good, in seconds.
 */
void bench_within(const char *title, double ns, double limit);

/** bench_end() - What to exit with: 1 if limits are checked and one has been exceeded. */
int bench_end(void);

/** bench_ns() - A clock. */
uint64_t bench_ns(void);

/** bench_random() - A number below @max, always the same sequence. */
uint64_t bench_random(uint64_t max);

/** bench_die() - Give up: the benchmark cannot run here. */
void bench_die(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

/* Memory, or the end. */
void *bench_alloc(uint64_t num, uint64_t size);

#endif
