// SPDX-License-Identifier: MIT
/* How much faster the simulated GPU is with two CPUs than with one. */
#include "bench.h"
#include "job.h"
#include "sim_cpus.h"

#define THREADS 16384
#define GROUP 64
#define TURNS 250

/* What two CPUs are to be, beside one. */
#define GOAL 2.0
#define LEAST 1.7

static const unsigned char code[] = {
	0x72, 0x05, 0x10, 0x04,				/* r1 = thread in grid, x */
	0x62, 0x00, 0x00, 0x00,				/* r0l = 0, the execution mask */
	0x62, 0x09, 0x00, 0x00, 0x00, 0x00,		/* r2 = 0 */
	0x62, 0x0d, 0x01, 0x00, 0x00, 0x00,		/* r3 = 1 */
	0x1e, 0x0d, 0x46, 0x22, 0x24, 0x44, 0x02, 0x00,	/* r3 = r3 * r1 + r2 */
	0x7e, 0x0d, 0x46, 0x2a, 0x64, 0x00,		/* r3 ^= r1 */
	0x0e, 0x09, 0x44, 0x12, 0x00, 0x00, 0x00, 0x00,	/* r2++ */
	0x52, 0x2c, 0x44, 0xa2, 0x03, 0x03,		/* while r2 < TURNS */
	0x00, 0xc0, 0xe4, 0xff, 0xff, 0xff,		/* jump back 28 bytes to the product */
	0x52, 0x0e, 0x00, 0x00, 0x00, 0x00,		/* pop the mask */
	0x45, 0x19, 0x20, 0x0e, 0x00, 0xc0, 0x12, 0x00,	/* store r3, u0_u1[r1] */
	0x88, 0x00,					/* stop */
};

struct work {
	struct job job;
	uint32_t *words;
};

/* What the words are to become. */
static uint32_t results[THREADS];

static uint32_t result(uint32_t thread)
{
	uint32_t value = 1, turn;

	for (turn = 0; turn < TURNS; turn++)
		value = (value * thread + turn) ^ thread;
	return value;
}

static double on_cpus(struct work *work, unsigned int num)
{
	uint32_t i;
	double ns;

	for (i = 0; i < THREADS; i++)
		work->words[i] = ~results[i];
	sim_cpus_limit(num);
	ns = job_sample(&work->job);
	for (i = 0; i < THREADS; i++)
		if (work->words[i] != results[i])
			bench_die("thread %u has computed 0x%x\n", i, work->words[i]);
	return ns;
}

static double on_one(void *work)
{
	return on_cpus(work, 1);
}

static double on_two(void *work)
{
	return on_cpus(work, 2);
}

static void work_init(struct work *work)
{
	uint64_t addr;
	uint32_t i;
	void *map;

	for (i = 0; i < THREADS; i++)
		results[i] = result(i);
	job_init(&work->job, code, sizeof(code), 8);
	addr = job_buffer(&work->job, THREADS * sizeof(*work->words), &map);
	work->words = map;
	job_launch(&work->job, THREADS, GROUP, &addr, 1);
	job_end(&work->job);
}

int main(int argc, char **argv)
{
	struct work work;
	const struct bench_point points[] = {
		{ .name = "one CPU", .state = &work, .sample = on_one },
		{ .name = "two CPUs", .state = &work, .sample = on_two },
	};

	bench_begin(argc, argv, "How much faster the simulated GPU is with more CPUs.");
	work_init(&work);
	bench_speed("integers in a loop, 256 groups of 64 threads", points, ARRAY_SIZE(points),
		    GOAL, LEAST);
	job_fini(&work.job);
	return bench_end();
}
