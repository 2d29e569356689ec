/* SPDX-License-Identifier: MIT */
/* The GPUs that the simulated one can be. */
#ifndef MESA_CHIPS_H
#define MESA_CHIPS_H

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
 * chip_check() - Load the simulator as this GPU; Mesa has to know it, and to compute right on it.
 * @pattern: of the programs that are run; NULL for some of each kind.
 */
void chip_check(const struct chip *chip, const char *pattern);

#endif
