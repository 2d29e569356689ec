// SPDX-License-Identifier: MIT
/* Rounds, medians, tables. */
#include <getopt.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "bench.h"

#define MAX_POINTS 8
#define MAX_ROUNDS 101

/* Calls of the reference in one sample. */
#define REFERENCE_CALLS 2000

static bool checking;
static unsigned int exceeded;
static unsigned int min_rounds = 11;
static uint64_t max_size = UINT64_MAX;

void bench_die(const char *format, ...)
{
	va_list args;

	fflush(stdout);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	exit(2);
}

void *bench_alloc(uint64_t num, uint64_t size)
{
	void *mem = calloc(num, size);

	if (!mem)
		bench_die("no memory\n");
	return mem;
}

static uint64_t parse(const char *text)
{
	char *end;
	uint64_t value = strtoull(text, &end, 0);

	if (!*text || *end || !value)
		bench_die("%s is not a number above 0\n", text);
	return value;
}

/* A thousand files are needed. */
static void raise_file_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit))
		return;
	if (limit.rlim_max < 8192)
		limit.rlim_max = 8192;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
}

void bench_begin(int argc, char **argv, const char *about)
{
	static const struct option options[] = {
		{ "check", no_argument, NULL, 'c' },
		{ "max", required_argument, NULL, 'm' },
		{ "rounds", required_argument, NULL, 'r' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	int opt;

	while ((opt = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (opt) {
		case 'c':
			checking = true;
			break;
		case 'm':
			max_size = parse(optarg);
			break;
		case 'r':
			min_rounds = parse(optarg);
			break;
		case 'h':
			printf("usage: %s [--check] [--max N] [--rounds N]\n\n%s\n\n"
			       "  --check     exit with 1 if a limit is not kept\n"
			       "  --max N     leave out sizes above N\n"
			       "  --rounds N  make at least N rounds\n", argv[0], about);
			exit(0);
		default:
			exit(2);
		}
	}
	if (optind < argc)
		bench_die("%s: no argument is wanted\n", argv[optind]);
	if (min_rounds > MAX_ROUNDS)
		bench_die("at most %u rounds\n", MAX_ROUNDS);

	raise_file_limit();
	setvbuf(stdout, NULL, _IOLBF, 0);
}

int bench_wants(uint64_t size, const char *what)
{
	if (size <= max_size)
		return 1;

	printf("left out: %" PRIu64 " %s\n", size, what);
	return 0;
}

uint64_t bench_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ull + now.tv_nsec;
}

uint64_t bench_random(uint64_t max)
{
	static uint64_t x = 88172645463325252ull;

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	return x % max;
}

static double reference(void)
{
	uint64_t start = bench_ns();
	unsigned int i;

	for (i = 0; i < REFERENCE_CALLS; i++)
		syscall(SYS_getppid);
	return (double)(bench_ns() - start) / REFERENCE_CALLS;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(const double *values, unsigned int num)
{
	double sorted[MAX_ROUNDS];

	memcpy(sorted, values, num * sizeof(*values));
	qsort(sorted, num, sizeof(*sorted), compare);
	return num % 2 ? sorted[num / 2] : (sorted[num / 2 - 1] + sorted[num / 2]) / 2;
}

/* Median of what @a is to @b in each round. */
static double ratio(const double *a, const double *b, unsigned int num)
{
	double values[MAX_ROUNDS];
	unsigned int i;

	for (i = 0; i < num; i++)
		values[i] = a[i] / b[i];
	return median(values, num);
}

static void print_row(const struct bench_point *point, const double *ns, const double *first,
		      const double *ref, unsigned int rounds, double limit)
{
	double r = ratio(ns, first, rounds);

	printf("%12" PRIu64 " %12.0f %12.1f %8.2f", point->size, median(ns, rounds),
	       ratio(ns, ref, rounds), r);
	if (limit != BENCH_ANY && ns != first) {
		printf(" %8.2f%s", limit, r > limit ? "  over" : "");
		exceeded += r > limit;
	}
	putchar('\n');
}

void bench_compare(const char *title, const char *what, const struct bench_point *points,
		   unsigned int num, unsigned int rounds, double limit)
{
	bench_compare_from(title, what, points, num, 0, rounds, limit);
}

/* What was measured, by point and round. */
static double samples[MAX_POINTS][MAX_ROUNDS], references[MAX_ROUNDS];

/* Returns how many rounds there were. */
static unsigned int measure(const struct bench_point *points, unsigned int num, unsigned int rounds)
{
	unsigned int i, round;

	if (num > MAX_POINTS)
		bench_die("too many sizes\n");
	if (rounds < min_rounds)
		rounds = min_rounds;
	if (rounds > MAX_ROUNDS)
		rounds = MAX_ROUNDS;

	/* The first time warms up what all of them use. */
	for (i = 0; i < num; i++)
		points[i].sample(points[i].state);

	for (round = 0; round < rounds; round++) {
		for (i = 0; i < num; i++) {
			/* There and back, so that nobody always comes first. */
			unsigned int turn = round % 2 ? num - 1 - i : i;

			samples[turn][round] = points[turn].sample(points[turn].state);
		}
		references[round] = reference();
	}
	return rounds;
}

void bench_compare_from(const char *title, const char *what, const struct bench_point *points,
			unsigned int num, unsigned int base, unsigned int rounds, double limit)
{
	unsigned int i;

	rounds = measure(points, num, rounds);
	printf("\n%s\n%12s %12s %12s %8s %8s\n", title, what, "ns", "x getppid", "ratio",
	       limit != BENCH_ANY ? "limit" : "");
	for (i = 0; i < num; i++)
		print_row(&points[i], samples[i], samples[base], references, rounds,
			  i < base ? BENCH_ANY : limit);
}

void bench_speed(const char *title, const struct bench_point *points, unsigned int num,
		 double goal, double least)
{
	unsigned int i, rounds = measure(points, num, 0);
	double speed;

	printf("\n%s\n%-20s %12s %8s %8s %8s\n", title, "", "ns", "speed", "goal", "least");
	for (i = 0; i < num; i++) {
		speed = ratio(samples[0], samples[i], rounds);
		printf("%-20s %12.0f %8.2f", points[i].name, median(samples[i], rounds), speed);
		if (i && !points[i].no_goal) {
			printf(" %8.2f %8.2f%s", goal, least, speed < least ? "  slow" : "");
			exceeded += speed < least;
		}
		putchar('\n');
	}
}

void bench_within(const char *title, double ns, double limit)
{
	bool over = ns > limit * 1e9;

	printf("%s: %.0f ms, at most %.0f%s\n", title, ns / 1e6, limit * 1e3, over ? "  over" : "");
	exceeded += over;
}

int bench_end(void)
{
	if (!checking)
		return 0;

	if (exceeded)
		printf("\n%u limits are not kept\n", exceeded);
	else
		printf("\nall is within its limits\n");
	return exceeded != 0;
}
