/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef SIM_UNIT_H
#define SIM_UNIT_H

#include <linux/types.h>

#include "engine/engine.h"

struct sim_port;

/** struct sim_unit - An engine and what it needs to run; of one thread. */
struct sim_unit {
	/** @port: the way to memory. Borrowed from the MMU. */
	struct sim_port *port;
	/** @engine: Owned. */
	struct agx_engine *engine;
	/** @stack: of the threads of a workgroup on @engine; NULL if there is none. Owned. */
	void *stack;
	/** @context: address space of what runs. */
	u32 context;
};

/** sim_unit_mem_ops: for an engine whose context is its &struct sim_unit. */
extern const struct agx_engine_mem_ops sim_unit_mem_ops;

/**
 * sim_unit_init() - Allocate what a unit owns.
 * @unit: Zeroed; to be given to sim_unit_fini() whatever the result.
 *
 * Return: 0 or -ENOMEM.
 */
int sim_unit_init(struct sim_unit *unit);

/** sim_unit_run() - Let the engine, which has been started, run for less than a millisecond. */
enum agx_engine_status sim_unit_run(struct sim_unit *unit);

/** sim_unit_fini() - Free what a unit owns. */
void sim_unit_fini(struct sim_unit *unit);

#endif
