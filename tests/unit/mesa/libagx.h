/* SPDX-License-Identifier: MIT */
/*
 * Stands for Mesa's header of this name, which is about shaders of its driver. Whoever includes it
 * has it, and not one of ours.
 */
#ifndef MESA_LIBAGX_H
#define MESA_LIBAGX_H

#include <stdint.h>

struct libagx_copy_args {
	uint64_t src;
	uint64_t dst;
};

#define LIBAGX_IS_MESAS 1

#endif /* MESA_LIBAGX_H */
