// SPDX-License-Identifier: MIT
/*
 * Each program is a subtest, and once more as gles-NAME if OpenGL ES can run it too. chip-NAME runs
 * some of them on one of the GPUs that the simulated one can be.
 */
#include <getopt.h>
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

/* Of programs for chip-*; NULL if it is not given. */
static const char *pattern;

static void run(const void *data)
{
	check_program(data);
}

static void run_gles(const void *data)
{
	check_program_gles(data);
}

static void run_chip(const void *data)
{
	chip_check(data, pattern);
}

static void add(const char *prefix, const char *name, const char *describe,
		void (*run_with)(const void *data), const void *data)
{
	static char names[MAX_SUBTESTS][MAX_NAME];
	struct asahi_subtest *subtest = &subtests[num_subtests];

	igt_assert_lt(num_subtests, MAX_SUBTESTS);
	snprintf(names[num_subtests], MAX_NAME, "%s%s", prefix, name);
	subtest->name = names[num_subtests++];
	subtest->describe = describe;
	subtest->run_with = run_with;
	subtest->data = data;
}

static void add_all(void)
{
	const struct program *program;
	unsigned int i;

	for (i = 0; (program = table_program(i)); i++)
		add("", program->name, program->describe, run, program);
	for (i = 0; (program = table_program(i)); i++)
		if (program->gles)
			add("gles-", program->name, program->describe, run_gles, program);
	for (i = 0; i < num_chips; i++)
		add("chip-", chips[i].name, chips[i].describe, run_chip, &chips[i]);
}

static const struct option long_options[] = {
	{ "programs", required_argument, NULL, 'p' },
	{ 0 },
};

static const char help[] =
	"  --programs PATTERN\twhich programs chip-* run (default: some of each kind)\n";

static int handle_option(int opt, int i, void *data)
{
	pattern = optarg;
	return IGT_OPT_HANDLER_SUCCESS;
}

int igt_main_args("", long_options, help, handle_option, NULL)
{
	add_all();
	asahi_run_subtests(subtests, num_subtests);
}
