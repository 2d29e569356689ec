// SPDX-License-Identifier: MIT
#include <stdlib.h>

#include "check.h"
#include "compare.h"
#include "gles.h"
#include "igt.h"
#include "run.h"

struct results {
	/* Owned, NULL behind the last one. */
	uint32_t *buffers[MAX_BUFFERS];
};

static void run_on_gpu(const struct program *program, struct results *results,
		       struct results *empty)
{
	struct gpu gpu;

	gpu_open(&gpu, GPU_ASAHI, program->robust);
	run_program(&gpu, program, false, results->buffers);
	run_program(&gpu, program, true, empty->buffers);
	gpu_close(&gpu);
}

/*
 * To open lavapipe takes longer than to run most programs on it. One that is not robust stays open,
 * it has nothing from the driver under test.
 */
static void run_on_cpu(const struct program *program, struct results *results)
{
	static struct gpu kept;
	struct gpu robust;

	if (program->robust) {
		gpu_open(&robust, GPU_LAVAPIPE, true);
		run_program(&robust, program, false, results->buffers);
		gpu_close(&robust);
		return;
	}

	if (!kept.device)
		gpu_open(&kept, GPU_LAVAPIPE, false);
	run_program(&kept, program, false, results->buffers);
}

static void free_results(struct results *results)
{
	unsigned int i;

	for (i = 0; i < MAX_BUFFERS; i++)
		free(results->buffers[i]);
}

/* Which buffer differs, and where; false if none does. */
static bool find_difference(const struct program *program, const struct results *left,
			    const struct results *right, unsigned int *buffer, uint32_t *word)
{
	for (*buffer = 0; *buffer < MAX_BUFFERS && left->buffers[*buffer]; (*buffer)++) {
		*word = compare_words(&program->buffers[*buffer], left->buffers[*buffer],
				      right->buffers[*buffer]);
		if (*word < program->buffers[*buffer].num_words)
			return true;
	}
	return false;
}

static void assert_same(const struct program *program, const struct results *gpu,
			const struct results *cpu)
{
	char left[64], right[64];
	unsigned int buffer;
	uint32_t word;

	if (!find_difference(program, gpu, cpu, &buffer, &word))
		return;

	compare_print(left, sizeof(left), program->buffers[buffer].compare,
		      gpu->buffers[buffer][word]);
	compare_print(right, sizeof(right), program->buffers[buffer].compare,
		      cpu->buffers[buffer][word]);
	igt_assert_f(false, "buffer %u, word %u of %u: GPU %s; CPU %s\n", buffer, word,
		     program->buffers[buffer].num_words, left, right);
}

static void assert_not_constant(const struct program *program, const struct results *results)
{
	unsigned int i;

	for (i = 0; i < MAX_BUFFERS && results->buffers[i]; i++) {
		const uint32_t *words = results->buffers[i];

		if (program->buffers[i].compare == COMPARE_NONE)
			continue;
		igt_assert_f(!compare_is_constant(words, program->buffers[i].num_words),
			     "all words of buffer %u are 0x%08x\n", i, words[0]);
	}
}

/* Frees all three. */
static void assert_right(const struct program *program, struct results *gpu, struct results *empty,
			 struct results *cpu)
{
	unsigned int buffer;
	uint32_t word;

	assert_same(program, gpu, cpu);
	assert_not_constant(program, gpu);
	igt_assert_f(find_difference(program, empty, cpu, &buffer, &word),
		     "a shader that does nothing passes too\n");
	free_results(gpu);
	free_results(empty);
	free_results(cpu);
}

void check_program(const struct program *program)
{
	struct results gpu = { 0 }, empty = { 0 }, cpu = { 0 };

	run_on_gpu(program, &gpu, &empty);
	run_on_cpu(program, &cpu);
	assert_right(program, &gpu, &empty, &cpu);
}

void check_program_gles(const struct program *program)
{
	struct results gpu = { 0 }, empty = { 0 }, cpu = { 0 };

	gles_run_program(program, false, gpu.buffers);
	gles_run_program(program, true, empty.buffers);
	run_on_cpu(program, &cpu);
	assert_right(program, &gpu, &empty, &cpu);
}
