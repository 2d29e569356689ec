// SPDX-License-Identifier: MIT
#include <fnmatch.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "asahi_module.h"
#include "check.h"
#include "chips.h"
#include "gpu.h"
#include "igt.h"
#include "tables.h"

/* What a chip may make a difference for: how many cores, dies and clusters there are. */
static const char *const default_programs[] = {
	"int-add",	   "mem-stack",		"atomic-add", "group-1024",
	"subgroup-reduce", "dispatch-indirect", "timestamps", "sparse-holes",
};

const struct chip chips[] = {
	{ "m1", "Mesa knows an M1 and computes right on it.", "", "Apple M1 (G13G B1)" },
	{ "m1-pro", "Mesa knows an M1 Pro and computes right on it.",
	  "variant=S revision=0x20 chip_id=0x6000 clusters=2", "Apple M1 Pro (G13S C0)" },
	{ "m1-max", "Mesa knows an M1 Max and computes right on it.",
	  "variant=C revision=0x20 chip_id=0x6001 clusters=4", "Apple M1 Max (G13C C0)" },
	{ "m2", "Mesa knows an M2 and computes right on it.",
	  "generation=14 chip_id=0x8112 cores=10 max_frequency_khz=1398000",
	  "Apple M2 (G14G B1)" },
};

const unsigned int num_chips = ARRAY_SIZE(chips);

static bool is_wanted(const char *program)
{
	const char *pattern = getenv("ASAHI_CHIP_PROGRAMS");
	unsigned int i;

	if (pattern)
		return !fnmatch(pattern, program, 0);
	for (i = 0; i < ARRAY_SIZE(default_programs); i++)
		if (!strcmp(default_programs[i], program))
			return true;
	return false;
}

/* Number @i of those that are wanted, or NULL. */
static const struct program *wanted_program(unsigned int i)
{
	const struct program *program;
	unsigned int number;

	for (number = 0; (program = table_program(number)); number++)
		if (is_wanted(program->name) && !i--)
			break;
	return program;
}

static void assert_name(const struct chip *chip)
{
	struct gpu gpu;

	gpu_open(&gpu, GPU_ASAHI, false);
	igt_assert_f(!strcmp(gpu.name, chip->device), "Mesa says %s, not %s\n", gpu.name,
		     chip->device);
	gpu_close(&gpu);
}

static bool name_case(const void *data, unsigned int i, char *name, size_t size)
{
	const struct program *program = wanted_program(i);

	if (!program)
		return false;
	snprintf(name, size, "%s", program->name);
	return true;
}

static void run_case(const void *data, unsigned int i)
{
	const struct chip *chip = data;

	asahi_module_reload_as(chip->parameters);
	assert_name(chip);
	check_program(wanted_program(i));
}

const struct asahi_cases chip_cases = { NULL, name_case, run_case, .keep_module = true };
