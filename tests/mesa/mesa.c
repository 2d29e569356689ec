// SPDX-License-Identifier: MIT
/*
 * Runs each program on the asahi driver's GPU and on lavapipe, which have to agree; and once more
 * on the GPU with a shader that does nothing, which must not go unnoticed.
 */
#include <stdlib.h>

#include "asahi_device.h"
#include "compare.h"
#include "igt.h"
#include "run.h"

IGT_TEST_DESCRIPTION("Mesa computes the same on the GPU and on the CPU");

#define MAX_PROGRAMS 128

static const struct program_table *const tables[] = {
	&integer_programs,
};

struct results {
	/* Owned, NULL behind the last one. */
	uint32_t *buffers[MAX_BUFFERS];
};

static void run_on(enum gpu_driver driver, const struct program *program, struct results *results,
		   struct results *empty)
{
	struct gpu gpu;

	gpu_open(&gpu, driver, program->robust);
	run_program(&gpu, program, false, results->buffers);
	if (empty)
		run_program(&gpu, program, true, empty->buffers);
	gpu_close(&gpu);
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

static void run(const void *data)
{
	const struct program *program = data;
	struct results gpu = { 0 }, empty = { 0 }, cpu = { 0 };
	unsigned int buffer;
	uint32_t word;

	run_on(GPU_ASAHI, program, &gpu, &empty);
	run_on(GPU_LAVAPIPE, program, &cpu, NULL);

	assert_same(program, &gpu, &cpu);
	assert_not_constant(program, &gpu);
	igt_assert_f(find_difference(program, &empty, &cpu, &buffer, &word),
		     "a shader that does nothing passes too\n");
	free_results(&gpu);
	free_results(&empty);
	free_results(&cpu);
}

int igt_main()
{
	static struct asahi_subtest subtests[MAX_PROGRAMS];
	unsigned int i, j, num = 0;

	for (i = 0; i < ARRAY_SIZE(tables); i++) {
		for (j = 0; j < tables[i]->num; j++) {
			const struct program *program = &tables[i]->programs[j];

			igt_assert_lt(num, MAX_PROGRAMS);
			subtests[num].name = program->name;
			subtests[num].describe = program->describe;
			subtests[num].run_with = run;
			subtests[num].data = program;
			num++;
		}
	}
	/* Before the drivers look: images are not compressed, which the simulated GPU cannot. */
	setenv("ASAHI_MESA_DEBUG", "nocompress", false);
	asahi_run_subtests(subtests, num);
}
