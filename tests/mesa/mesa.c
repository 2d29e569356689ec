// SPDX-License-Identifier: MIT
/*
 * Each program is a subtest, and once more as gles-NAME if OpenGL ES can run it too. chip-NAME runs
 * some of them, or those that the user wants, on one of the GPUs that the simulated one can be.
 */
#include <stdio.h>

#include "asahi_device.h"
#include "check.h"
#include "chips.h"
#include "igt.h"
#include "tables.h"

IGT_TEST_DESCRIPTION("Mesa computes the same on the GPU and on the CPU");

#define MAX_SUBTESTS 256
#define MAX_NAME 64

static struct asahi_subtest subtests[MAX_SUBTESTS];
static unsigned int num_subtests;

static void run(const void *data)
{
	check_program(data);
}

static void run_gles(const void *data)
{
	check_program_gles(data);
}

static struct asahi_subtest *add(const char *prefix, const char *name, const char *describe,
				 const void *data)
{
	static char names[MAX_SUBTESTS][MAX_NAME];
	struct asahi_subtest *subtest = &subtests[num_subtests];

	igt_assert_lt(num_subtests, MAX_SUBTESTS);
	snprintf(names[num_subtests], MAX_NAME, "%s%s", prefix, name);
	subtest->name = names[num_subtests++];
	subtest->describe = describe;
	subtest->data = data;
	return subtest;
}

static void add_all(void)
{
	const struct program *program;
	unsigned int i;

	for (i = 0; (program = table_program(i)); i++)
		add("", program->name, program->describe, program)->run_with = run;
	for (i = 0; (program = table_program(i)); i++)
		if (program->gles)
			add("gles-", program->name, program->describe, program)->run_with =
				run_gles;
	for (i = 0; i < num_chips; i++)
		add("chip-", chips[i].name, chips[i].describe, &chips[i])->cases = &chip_cases;
}

int igt_main()
{
	add_all();
	asahi_run_subtests(subtests, num_subtests);
}
