// SPDX-License-Identifier: MIT
/* How fast a shader copies, beside memcpy(). */
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "job.h"

#define SIZE (64 << 20)
#define THREAD_BYTES 16
#define GROUP 256

/* The goal, and what is wanted at least: parts of memcpy()'s speed. */
#define GOAL 0.5
#define LEAST 0.1

static const unsigned char code[] = {
	0x72, 0x05, 0x10, 0x04,				/* r1 = thread in grid, x */
	0x05, 0x21, 0x20, 0x0e, 0x00, 0xc8, 0xf2, 0x00,	/* load r4_r7, u0_u1[r1], 16 bytes */
	0x38, 0x00,					/* wait */
	0x45, 0x21, 0x24, 0x0e, 0x00, 0xc8, 0xf2, 0x00,	/* store r4_r7, u2_u3[r1] */
	0x88, 0x00,					/* stop */
};

/* What is copied, and where to. */
struct pair {
	uint64_t *from;
	uint64_t *to;
	/* Each copy is of something else than the one before. */
	uint64_t round;
};

/* The GPU's way, between buffers that the CPU has mapped. */
struct copy {
	struct job job;
	struct pair pair;
};

static void fill(struct pair *pair)
{
	uint64_t i;

	pair->round++;
	for (i = 0; i < SIZE / sizeof(*pair->from); i++)
		pair->from[i] = i * 0x9e3779b97f4a7c15ull + pair->round;
}

static void check(const struct pair *pair)
{
	if (memcmp(pair->from, pair->to, SIZE))
		bench_die("what has been copied is not the same\n");
}

static double by_memcpy(void *data)
{
	struct pair *pair = data;
	uint64_t start, ns;

	fill(pair);
	start = bench_ns();
	memcpy(pair->to, pair->from, SIZE);
	ns = bench_ns() - start;
	check(pair);
	return ns;
}

static double by_shader(void *data)
{
	struct copy *copy = data;
	double ns;

	fill(&copy->pair);
	ns = job_sample(&copy->job);
	check(&copy->pair);
	return ns;
}

/* Memory that has nothing to do with the driver; both halves are there before the first copy. */
static void memory_init(struct pair *pair)
{
	pair->from = bench_alloc(1, SIZE);
	pair->to = bench_alloc(1, SIZE);
	memset(pair->from, 1, SIZE);
	memset(pair->to, 1, SIZE);
}

static void memory_fini(struct pair *pair)
{
	free(pair->from);
	free(pair->to);
}

static void copy_init(struct copy *copy)
{
	uint64_t args[2];
	void *map;

	job_init(&copy->job, code, sizeof(code), 16);
	args[0] = job_buffer(&copy->job, SIZE, &map);
	copy->pair.from = map;
	args[1] = job_buffer(&copy->job, SIZE, &map);
	copy->pair.to = map;
	job_launch(&copy->job, SIZE / THREAD_BYTES, GROUP, args, ARRAY_SIZE(args));
	job_end(&copy->job);
}

int main(int argc, char **argv)
{
	struct pair memory = { 0 };
	struct copy copy = { 0 };
	const struct bench_point points[] = {
		{ .name = "memcpy()", .state = &memory, .sample = by_memcpy },
		/* Tells what of the difference, if any, is due to the buffers. */
		{ .name = "memcpy() of buffers",
		  .state = &copy.pair,
		  .sample = by_memcpy,
		  .no_goal = true },
		{ .name = "shader", .state = &copy, .sample = by_shader },
	};

	bench_begin(argc, argv, "How fast a shader copies, beside memcpy().");
	memory_init(&memory);
	copy_init(&copy);
	bench_speed("a copy of 64 MiB", points, ARRAY_SIZE(points), GOAL, LEAST);
	job_fini(&copy.job);
	memory_fini(&memory);
	return bench_end();
}
