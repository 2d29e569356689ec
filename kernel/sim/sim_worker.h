/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef SIM_WORKER_H
#define SIM_WORKER_H

#include <linux/types.h>

struct agx_hw_info;
struct sim_mmu;
struct sim_rings;

/**
 * DOC: Workers
 *
 * A worker is a thread with its own port to memory that runs one command after the other. Each
 * compute worker owns an engine; as many of them as the GPU takes jobs, so that no command ever
 * waits in the GPU for the end of another queue's, and the kernel's scheduler shares the CPUs out
 * among all that run. There are as many workers for render commands, for the same reason. CPUs that
 * no worker needs are put to use by helpers, see sim_helper.h.
 *
 * Workers signal fences in the end, so nothing that they do on the way sleeps on a lock or
 * allocates.
 */
struct sim_workers;

/** SIM_NICE: leaves most of a busy machine to whoever waits for the GPU. */
#define SIM_NICE 10

/**
 * sim_worker_cpu_ns() - Time that the calling thread has spent on a CPU.
 *
 * As the scheduler counts it: what it spends waiting for its turn, because many jobs run or the
 * machine is busy, is not the job's. Good to a tick.
 *
 * Return: nanoseconds.
 */
u64 sim_worker_cpu_ns(void);

/** sim_workers_ports() - How many ports to memory the workers of a GPU need. */
unsigned int sim_workers_ports(const struct agx_hw_info *info);

/**
 * sim_workers_create() - Start the threads.
 * @info: What the GPU is. Borrowed.
 * @mmu: Memory, with sim_workers_ports() ports, all for the workers. Borrowed.
 * @rings: Where to get commands. Borrowed.
 *
 * Return: the workers, or an ERR_PTR(-ENOMEM) or ERR_PTR(-EINTR).
 */
struct sim_workers *sim_workers_create(const struct agx_hw_info *info, struct sim_mmu *mmu,
				       struct sim_rings *rings);

/** sim_workers_destroy() - Stop the threads; the rings have to be closed and drained. Sleeps. */
void sim_workers_destroy(struct sim_workers *workers);

#endif
