// SPDX-License-Identifier: MIT
/*
 * How fast shaders are that Mesa's asahi driver has compiled, beside the same by lavapipe, which
 * runs them on the CPUs. The results are compared as those of tests/mesa are.
 */
#include <string.h>

#include "bench.h"
#include "compare.h"
#include "run.h"

/* The goal, and what is wanted at least: parts of lavapipe's speed. */
#define GOAL 0.5
#define LEAST 0.1

#define THREADS 4096
#define GROUP 64

#define SIZE 128u

static const uint32_t size = SIZE;

static const struct program programs[] = {
	{ "integers", "integers in a loop",
	  .buffers = { { .num_words = 4 * THREADS, .compare = COMPARE_WORDS } },
	  .groups = { THREADS / GROUP } },
	{ "floats", "floats in a loop",
	  .buffers = { { .num_words = 4 * THREADS, .compare = COMPARE_WORDS } },
	  .groups = { THREADS / GROUP } },
	{ "matrices", "matrices of 128 x 128 floats are multiplied",
	  .buffers = { { .num_words = SIZE * SIZE, .fill = FILL_UNIT },
		       { .num_words = SIZE * SIZE, .fill = FILL_UNIT },
		       { .num_words = SIZE * SIZE, .compare = COMPARE_FLOATS,
			 .precision = { .ulps = 512 } } },
	  .groups = { SIZE / 32, SIZE / 32 },
	  .constants = &size,
	  .num_constants = 1 },
};

static void prepare(struct run *run, const struct gpu *gpu, const struct program *program)
{
	run->gpu = gpu;
	run->program = program;
	run_create(run);
	run_begin(run);
	run_dispatch(run, 0, program->groups[0], program->groups[1] ? program->groups[1] : 1, 1);
	run_barrier(run);
	VK(vkEndCommandBuffer(run->commands));
}

/* What an earlier time has left is no result of this one. */
static void forget(struct run *run)
{
	const struct program_buffer *buffers = run->program->buffers;
	unsigned int i;

	for (i = 0; i < MAX_BUFFERS; i++)
		if (buffers[i].compare != COMPARE_NONE)
			memset(run->buffers[i].words, 0, buffers[i].num_words * sizeof(uint32_t));
}

static double sample(void *data)
{
	struct run *run = data;
	uint64_t start;

	forget(run);
	start = bench_ns();
	gpu_run(run->gpu, run->commands);
	return bench_ns() - start;
}

static void check(const struct run *left, const struct run *right)
{
	const struct program_buffer *buffers = left->program->buffers;
	const uint32_t *words;
	unsigned int i;

	for (i = 0; i < MAX_BUFFERS; i++) {
		words = left->buffers[i].words;
		if (buffers[i].compare == COMPARE_NONE)
			continue;
		if (compare_is_constant(words, buffers[i].num_words) ||
		    compare_words(&buffers[i], words, right->buffers[i].words) !=
			    buffers[i].num_words)
			bench_die("%s: the results are wrong\n", left->program->name);
	}
}

static void compare(const struct gpu *cpu, const struct gpu *gpu, const struct program *program)
{
	struct run by_cpu = { 0 }, by_gpu = { 0 };
	const struct bench_point points[] = {
		{ .name = "lavapipe", .state = &by_cpu, .sample = sample },
		{ .name = "asahi", .state = &by_gpu, .sample = sample },
	};

	prepare(&by_cpu, cpu, program);
	prepare(&by_gpu, gpu, program);
	bench_speed(program->describe, points, ARRAY_SIZE(points), GOAL, LEAST);
	check(&by_gpu, &by_cpu);
	run_destroy(&by_gpu);
	run_destroy(&by_cpu);
}

int main(int argc, char **argv)
{
	struct gpu cpu, gpu;
	unsigned int i;

	bench_begin(argc, argv, "How fast Mesa's shaders are, beside lavapipe's.");
	gpu_open(&cpu, GPU_LAVAPIPE, false);
	gpu_open(&gpu, GPU_ASAHI, false);
	for (i = 0; i < ARRAY_SIZE(programs); i++)
		compare(&cpu, &gpu, &programs[i]);
	gpu_close(&gpu);
	gpu_close(&cpu);
	return bench_end();
}
