// SPDX-License-Identifier: MIT
/* Beyond the end of buffers, which Vulkan's robustBufferAccess2 defines. */
#include "igt.h"
#include "program.h"

static const struct program programs[] = {
	{ "robust-buffer", "Beyond the end of storage buffers there is 0.",
	  .buffers = { { .num_words = 1024, .fill = FILL_RANDOM, .visible = 512 },
		       { .num_words = 1024, .compare = COMPARE_WORDS },
		       { .num_words = 1024, .fill = FILL_RANDOM, .compare = COMPARE_WORDS,
			 .visible = 512 } },
	  .groups = { 16 },
	  .robust = true },
	{ "robust-uniform", "Beyond the end of uniform buffers there is 0.",
	  .buffers = { { .num_words = 256, .fill = FILL_RANDOM, .uniform = true, .visible = 64 },
		       { .num_words = 4 * 1024, .compare = COMPARE_WORDS } },
	  .groups = { 16 },
	  .robust = true },
};

const struct program_table robust_programs = { programs, ARRAY_SIZE(programs) };
