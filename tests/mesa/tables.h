/* SPDX-License-Identifier: MIT */
/* All programs. */
#ifndef MESA_TABLES_H
#define MESA_TABLES_H

#include "program.h"

/** table_program() - Program @number of all, or NULL if there are not so many. */
const struct program *table_program(unsigned int number);

#endif
