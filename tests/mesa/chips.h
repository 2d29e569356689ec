/* SPDX-License-Identifier: MIT */
/* The GPUs that the simulated one can be. */
#ifndef MESA_CHIPS_H
#define MESA_CHIPS_H

#include "asahi_device.h"

/** struct chip - One of them. */
struct chip {
	const char *name;
	/** @describe: one sentence. */
	const char *describe;
	/** @parameters: of the simulator's module. */
	const char *parameters;
	/** @device: what Mesa calls it. */
	const char *device;
};

extern const struct chip chips[];
extern const unsigned int num_chips;

/**
 * chip_cases - For subtests of which the data is a chip: some programs of each kind. The simulator
 * is loaded as this GPU; Mesa has to know it, and to compute right on it.
 *
 * In the environment ASAHI_CHIP_PROGRAMS can be a pattern of names: then those programs run.
 */
extern const struct asahi_cases chip_cases;

#endif
