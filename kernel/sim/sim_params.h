/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef SIM_PARAMS_H
#define SIM_PARAMS_H

#include <linux/types.h>

struct agx_hw_info;

/**
 * sim_params_init() - Check the module's parameters and describe the GPU that they ask for.
 * @info: Filled in.
 *
 * Return: 0, or -EINVAL after a line in the log that names the parameter.
 */
int sim_params_init(struct agx_hw_info *info);

/** sim_params_helpers() - Threads that run workgroups of commands of others; constant. */
unsigned int sim_params_helpers(void);

/** sim_params_trace_lane() - See agx_engine_set_trace(); can change at any time. */
u32 sim_params_trace_lane(void);

/** sim_params_stack_bytes() - Memory for the stacks of the threads of a workgroup; constant. */
u32 sim_params_stack_bytes(void);

/** sim_params_time_limit_ns() - Engine time that a job may take; can change at any time. */
u64 sim_params_time_limit_ns(void);

#endif
