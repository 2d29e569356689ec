// SPDX-License-Identifier: MIT
/* How fast a shader copies, beside memcpy(). */
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

/* What both ways work on. */
struct copy {
	struct job job;
	uint64_t *from;
	uint64_t *to;
	/* Each copy is of something else than the one before. */
	uint64_t round;
};

static void fill(struct copy *copy)
{
	uint64_t i;

	copy->round++;
	for (i = 0; i < SIZE / sizeof(*copy->from); i++)
		copy->from[i] = i * 0x9e3779b97f4a7c15ull + copy->round;
}

static void check(const struct copy *copy)
{
	if (memcmp(copy->from, copy->to, SIZE))
		bench_die("what has been copied is not the same\n");
}

static double by_memcpy(void *data)
{
	struct copy *copy = data;
	uint64_t start, ns;

	fill(copy);
	start = bench_ns();
	memcpy(copy->to, copy->from, SIZE);
	ns = bench_ns() - start;
	check(copy);
	return ns;
}

static double by_shader(void *data)
{
	struct copy *copy = data;
	double ns;

	fill(copy);
	ns = job_sample(&copy->job);
	check(copy);
	return ns;
}

static void copy_init(struct copy *copy)
{
	uint64_t args[2];
	void *map;

	job_init(&copy->job, code, sizeof(code), 16);
	args[0] = job_buffer(&copy->job, SIZE, &map);
	copy->from = map;
	args[1] = job_buffer(&copy->job, SIZE, &map);
	copy->to = map;
	job_launch(&copy->job, SIZE / THREAD_BYTES, GROUP, args, ARRAY_SIZE(args));
	job_end(&copy->job);
}

int main(int argc, char **argv)
{
	struct copy copy = { 0 };
	const struct bench_point points[] = {
		{ .name = "memcpy()", .state = &copy, .sample = by_memcpy },
		{ .name = "shader", .state = &copy, .sample = by_shader },
	};

	bench_begin(argc, argv, "How fast a shader copies, beside memcpy().");
	copy_init(&copy);
	bench_speed("a copy of 64 MiB", points, ARRAY_SIZE(points), GOAL, LEAST);
	job_fini(&copy.job);
	return bench_end();
}
