// SPDX-License-Identifier: MIT
#include <stddef.h>

#include "igt.h"
#include "tables.h"

static const struct program_table *const tables[] = {
	&integer_programs,
	&float_programs,
	&control_programs,
	&memory_programs,
	&group_programs,
	&whole_programs,
	&dispatch_programs,
	&transfer_programs,
	&sparse_programs,
	&robust_programs,
	&image_programs,
	&submit_programs,
};

const struct program *table_program(unsigned int number)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(tables); i++) {
		if (number < tables[i]->num)
			return &tables[i]->programs[number];
		number -= tables[i]->num;
	}
	return NULL;
}
