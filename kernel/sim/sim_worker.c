// SPDX-License-Identifier: GPL-2.0 OR MIT
/* Workers: threads that run commands. */

#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/align.h>
#include <linux/array_size.h>
#include <linux/bitops.h>
#include <linux/dma-fence.h>
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/kthread.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/printk.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/time64.h>

#include "agx_hw.h"
#include "engine/engine.h"
#include "sim_clock.h"
#include "sim_helper.h"
#include "sim_mmu.h"
#include "sim_params.h"
#include "sim_ring.h"
#include "sim_unit.h"
#include "sim_worker.h"

struct sim_worker {
	/** @slot: the worker's place in the rings. */
	struct sim_slot slot;
	/** @unit: runs compute commands; without an engine in those that run render commands. */
	struct sim_unit unit;
	/** @party: who helps. */
	struct sim_party party;
	/** @running: whether the engine has begun with the command. */
	bool running;
	/** @fault: what there is to say of the command's bad end. */
	struct agx_hw_fault fault;
	/** @where: for @fault; not on the stack because of its size. */
	struct agx_engine_where where;
	/** @all: what they share. Borrowed. */
	const struct sim_workers *all;
};

struct sim_workers {
	/** @info: what the GPU is. Borrowed. */
	const struct agx_hw_info *info;
	/** @rings: where commands come from. Borrowed. */
	struct sim_rings *rings;
	/** @helpers: for launches with many workgroups. Owned. */
	struct sim_helpers *helpers;
	/** @core: number of the core that every command runs on. */
	u32 core;
	/** @num: entries of @worker. */
	unsigned int num;
	/** @worker: compute workers, then those for render commands. */
	struct sim_worker worker[] __counted_by(num);
};

static u32 sim_command_index(const struct agx_hw_command *command)
{
	return command - sim_command_job(command)->commands;
}

/* Read the lines around an address, on behalf of a shader: never the kernel's pages. */
static void sim_worker_read_bytes(struct sim_worker *worker, u64 addr, struct agx_hw_bytes *bytes)
{
	unsigned int i;

	bytes->addr = ALIGN_DOWN(addr, AGX_HW_LINE) - sizeof(bytes->data) / 2;
	for (i = 0; i < sizeof(bytes->data) / AGX_HW_LINE; i++) {
		u64 line = bytes->addr + i * AGX_HW_LINE;

		if (!sim_port_read(worker->unit.port, worker->unit.context, line,
				   bytes->data + i * AGX_HW_LINE, AGX_HW_LINE, SIM_SHADER))
			bytes->lines |= BIT(i);
	}
}

/* Write down where the engine is. */
static void sim_worker_locate(struct sim_worker *worker)
{
	struct agx_hw_state *state = &worker->fault.state;
	struct agx_engine_where *where = &worker->where;
	unsigned int i;

	static_assert(2 * AGX_HW_REGS == AGX_ENGINE_GPRS);
	static_assert(sizeof(state->stream_bytes.data) / AGX_HW_LINE <= 32);

	if (!worker->running)
		return;

	agx_engine_locate(worker->unit.engine, where);
	state->stream = where->stream;
	sim_worker_read_bytes(worker, where->stream, &state->stream_bytes);
	if (!where->pc)
		return;

	state->pc = where->pc;
	state->shader = where->shader;
	memcpy(state->group, where->group, sizeof(state->group));
	state->simd = where->simd;
	state->lane = where->lane;
	state->live = where->live;
	state->exec = where->exec;
	for (i = 0; i < AGX_HW_REGS; i++)
		state->regs[i] = where->gpr[2 * i] | (u32)where->gpr[2 * i + 1] << 16;
	sim_worker_read_bytes(worker, where->pc, &state->shader_bytes);
}

/* Say why the command comes to a bad end. */
__printf(5, 6)
static void sim_worker_blame(struct sim_worker *worker, const struct agx_hw_command *command,
			     enum agx_hw_fault_kind kind, u64 addr, const char *fmt, ...)
{
	struct agx_hw_fault *fault = &worker->fault;
	va_list args;
	int len;

	fault->kind = kind;
	fault->command = sim_command_index(command);
	fault->addr = addr;

	len = scnprintf(fault->text, sizeof(fault->text), "command %u: ", fault->command);
	va_start(args, fmt);
	vscnprintf(fault->text + len, sizeof(fault->text) - len, fmt, args);
	va_end(args);

	sim_worker_locate(worker);
}

static int sim_worker_engine_fault(struct sim_worker *worker, const struct agx_hw_command *command)
{
	const struct agx_engine_fault *cause = agx_engine_fault(worker->unit.engine);
	enum agx_hw_fault_kind kind = cause->kind == AGX_ENGINE_FAULT_UNMAPPED ?
				      AGX_HW_FAULT_MMU : AGX_HW_FAULT_DECODE;
	char text[AGX_ENGINE_FAULT_TEXT];

	agx_engine_fault_format(cause, text, sizeof(text));
	sim_worker_blame(worker, command, kind, cause->va, "%s", text);
	return -EIO;
}

/* Write down the time if the command wants to know it. */
static int sim_worker_stamp(struct sim_worker *worker, const struct agx_hw_command *command,
			    enum agx_hw_stamp stamp)
{
	u64 addr = command->stamps[stamp];
	u64 ticks;

	if (!addr)
		return 0;

	ticks = sim_clock_ticks(worker->all->info->timestamp_frequency_hz);
	if (!sim_port_write(worker->unit.port, AGX_HW_KERNEL_CONTEXT, addr, &ticks, sizeof(ticks),
			    SIM_FIXED))
		return 0;

	sim_worker_blame(worker, command, AGX_HW_FAULT_MMU, addr,
			 "no translation of the timestamp's address 0x%llx", addr);
	return -EIO;
}

/*
 * Write down, as a fixed function, what it would take to resume a command. One that is never
 * interrupted is still held to it: without the memory for it, it cannot begin.
 */
static int sim_worker_save(struct sim_worker *worker, const struct agx_hw_command *command)
{
	const struct agx_hw_job *job = sim_command_job(command);
	bool render = command->ring == AGX_HW_RING_RENDER;
	u64 addr = render ? job->queue->tiler_heap : job->queue->preempt;
	const struct agx_hw_save save = {
		.stream = render ? command->render.vdm_ctrl_stream_base :
				   command->compute.cdm_ctrl_stream_base,
		.usc_base = job->usc_base,
	};

	if (!sim_port_write(worker->unit.port, job->context, addr, &save, sizeof(save), SIM_FIXED))
		return 0;

	sim_worker_blame(worker, command, AGX_HW_FAULT_MMU, addr,
			 "no translation of the %s's address 0x%llx",
			 render ? "tiler heap" : "preemption buffer", addr);
	return -EIO;
}

u64 sim_worker_cpu_ns(void)
{
	return READ_ONCE(current->se.sum_exec_runtime);
}

static u64 sim_worker_stream(const struct agx_hw_command *command)
{
	return command->ring == AGX_HW_RING_COMPUTE ? command->compute.cdm_ctrl_stream_base :
						      command->render.vdm_ctrl_stream_base;
}

/* Where a command is that does not end. Between instructions there is only the stream to blame. */
static u64 sim_worker_addr(struct sim_worker *worker, const struct agx_hw_command *command)
{
	u64 pc = worker->running ? agx_engine_pc(worker->unit.engine) : 0;

	return pc ?: sim_worker_stream(command);
}

static u64 sim_worker_steps(struct sim_worker *worker)
{
	return worker->running ? agx_engine_steps(worker->unit.engine) : 0;
}

static int sim_worker_timeout(struct sim_worker *worker, const struct agx_hw_command *command,
			      u64 limit)
{
	u64 addr = sim_worker_addr(worker, command);

	sim_worker_blame(worker, command, AGX_HW_FAULT_TIMEOUT, addr,
			 "time limit of %llu ms reached at 0x%llx after %llu steps",
			 div_u64(limit, NSEC_PER_MSEC), addr, sim_worker_steps(worker));
	return -ETIMEDOUT;
}

/* A command has stopped because its job has ended badly: say more if it is to blame. */
static int sim_worker_stopped(struct sim_worker *worker, const struct agx_hw_command *command)
{
	u64 addr = sim_worker_addr(worker, command);
	int error = sim_command_error(command);

	switch (error) {
	case -ETIMEDOUT:
		sim_worker_blame(worker, command, AGX_HW_FAULT_TIMEOUT, addr,
				 "taken off at 0x%llx after %llu steps", addr,
				 sim_worker_steps(worker));
		break;
	case -EIO:
		sim_worker_blame(worker, command, AGX_HW_FAULT_FIRMWARE, addr,
				 "firmware crash at 0x%llx after %llu steps", addr,
				 sim_worker_steps(worker));
		break;
	}
	return error;
}

/* Whether the command is to go on. If it has to sleep for that, its guests do so before. */
static bool sim_worker_go_on(struct sim_worker *worker)
{
	struct sim_rings *rings = worker->all->rings;

	if (likely(sim_rings_undisturbed(rings, &worker->slot)))
		return true;

	sim_party_halt(&worker->party);
	if (!sim_rings_go_on(rings, &worker->slot))
		return false;
	sim_party_resume(&worker->party);
	return true;
}

static int sim_worker_run_engine(struct sim_worker *worker, struct agx_hw_command *command)
{
	struct sim_party *party = &worker->party;
	u64 before = sim_worker_cpu_ns();
	enum agx_engine_status status;

	while (sim_worker_go_on(worker)) {
		u64 now, used, limit;

		sim_party_invite(party, &worker->unit);
		status = sim_unit_run(&worker->unit);
		if (status == AGX_ENGINE_WAITING)
			sim_party_wait(party);

		now = sim_worker_cpu_ns();
		used = sim_command_charge(command, now - before +
					  sim_party_collect(party, &worker->unit));
		before = now;

		if (status == AGX_ENGINE_DONE)
			return 0;
		if (status == AGX_ENGINE_FAULT)
			return sim_worker_engine_fault(worker, command);

		limit = sim_params_time_limit_ns();
		if (used > limit)
			return sim_worker_timeout(worker, command, limit);

		cond_resched_tasks_rcu_qs();
	}

	return 0;
}

/* If a test asked for it, take longer than needed. Returns whether the command is to go on. */
static bool sim_worker_linger(struct sim_worker *worker, ktime_t started)
{
	struct sim_rings *rings = worker->all->rings;
	u32 ms = READ_ONCE(sim_rings_control(rings)->delay_ms);

	if (!ms)
		return sim_rings_go_on(rings, &worker->slot);

	return sim_rings_sleep(rings, &worker->slot, SIM_UNTIL_TIME, ktime_add_ms(started, ms));
}

static int sim_worker_compute(struct sim_worker *worker, struct agx_hw_command *command)
{
	const struct agx_hw_info *info = worker->all->info;
	const struct agx_hw_job *job = sim_command_job(command);
	const struct agx_engine_config config = {
		.usc_base = job->usc_base,
		.stream = command->compute.cdm_ctrl_stream_base,
		.core_index = worker->all->core,
		.vm_slot = job->context,
		.stack = worker->unit.stack,
		.stack_bytes = sim_params_stack_bytes(),
		.soft_faults = info->features & DRM_ASAHI_FEATURE_SOFT_FAULTS,
		.g14x = info->gpu_generation == 14 && info->num_clusters_total > 1,
	};
	ktime_t started = ktime_get();
	int ret;

	ret = sim_worker_save(worker, command);
	if (ret)
		return ret;

	ret = sim_worker_stamp(worker, command, AGX_HW_STAMP_START);
	if (ret)
		return ret;

	agx_engine_start(worker->unit.engine, &config, &sim_unit_mem_ops, &worker->unit);
	worker->running = true;
	sim_party_begin(&worker->party);
	ret = sim_worker_run_engine(worker, command);
	sim_command_charge(command, sim_party_end(&worker->party));
	if (ret)
		return ret;
	if (!sim_worker_linger(worker, started))
		return 0;

	return sim_worker_stamp(worker, command, AGX_HW_STAMP_END);
}

static int sim_worker_render(struct sim_worker *worker, struct agx_hw_command *command)
{
	/* The halves follow one another; if a test asks for more time the first takes it. */
	static const enum agx_hw_stamp after[] = { AGX_HW_STAMP_END, AGX_HW_STAMP_FRAG_START,
						   AGX_HW_STAMP_FRAG_END };
	ktime_t started = ktime_get();
	unsigned int i;
	int ret;

	pr_info_once("render commands are ordered and timestamped, but draw nothing\n");

	ret = sim_worker_save(worker, command);
	if (ret)
		return ret;

	ret = sim_worker_stamp(worker, command, AGX_HW_STAMP_START);
	if (ret)
		return ret;

	if (!sim_worker_linger(worker, started))
		return 0;

	for (i = 0; i < ARRAY_SIZE(after); i++) {
		ret = sim_worker_stamp(worker, command, after[i]);
		if (ret)
			return ret;
	}

	return 0;
}

/* Do with a command what it says, or what a test wants instead. */
static int sim_worker_run(struct sim_worker *worker, struct agx_hw_command *command)
{
	struct sim_rings *rings = worker->all->rings;
	struct sim_slot *slot = &worker->slot;

	if (!sim_rings_go_on(rings, slot))
		return 0;

	switch (slot->order) {
	case SIM_ORDER_FAULT:
		sim_worker_blame(worker, command, AGX_HW_FAULT_INJECTED,
				 sim_worker_stream(command), "injected fault at 0x%llx",
				 sim_worker_stream(command));
		return -EIO;
	case SIM_ORDER_HANG:
		sim_rings_sleep(rings, slot, SIM_UNTIL_CANCEL, KTIME_MAX);
		return 0;
	case SIM_ORDER_WEDGE:
		sim_rings_sleep(rings, slot, SIM_UNTIL_EVICTED, KTIME_MAX);
		return 0;
	default:
		return slot->ring == AGX_HW_RING_COMPUTE ? sim_worker_compute(worker, command) :
							   sim_worker_render(worker, command);
	}
}

static int sim_worker_thread(void *data)
{
	struct sim_worker *worker = data;
	struct sim_rings *rings = worker->all->rings;
	struct agx_hw_command *command;

	set_user_nice(current, SIM_NICE);

	while ((command = sim_rings_take(rings, &worker->slot))) {
		bool cookie;
		int ret;

		cookie = dma_fence_begin_signalling();
		worker->unit.context = sim_command_job(command)->context;
		worker->running = false;
		memset(&worker->fault, 0, sizeof(worker->fault));
		ret = sim_worker_run(worker, command);
		if (!ret)
			ret = sim_worker_stopped(worker, command);
		sim_rings_over(rings, &worker->slot, ret, &worker->fault);
		dma_fence_end_signalling(cookie);
	}

	return 0;
}

/* The lowest core that is there, counting all of the clusters before it. */
static u32 sim_workers_core(const struct agx_hw_info *info)
{
	return __ffs64(info->core_masks[0]);
}

static unsigned int sim_workers_num(const struct agx_hw_info *info)
{
	return 2 * info->max_jobs;
}

unsigned int sim_workers_ports(const struct agx_hw_info *info)
{
	return sim_workers_num(info) + sim_params_helpers();
}

static int sim_worker_init(struct sim_workers *workers, unsigned int index, struct sim_mmu *mmu)
{
	struct sim_worker *worker = &workers->worker[index];
	struct task_struct *task;
	int ret;

	worker->all = workers;
	sim_party_init(&worker->party, workers->helpers);
	worker->unit.port = sim_mmu_port(mmu, index);
	worker->slot.ring = AGX_HW_RING_RENDER;
	if (index < workers->info->max_jobs) {
		worker->slot.ring = AGX_HW_RING_COMPUTE;
		ret = sim_unit_init(&worker->unit);
		if (ret)
			return ret;
	}

	task = kthread_create(sim_worker_thread, worker, "agx_sim/%u", index);
	if (IS_ERR(task))
		return PTR_ERR(task);

	worker->slot.task = task;
	wake_up_process(task);
	return 0;
}

struct sim_workers *sim_workers_create(const struct agx_hw_info *info, struct sim_mmu *mmu,
				       struct sim_rings *rings)
{
	unsigned int num = sim_workers_num(info);
	struct sim_workers *workers;
	unsigned int i;
	int ret;

	workers = kzalloc(struct_size(workers, worker, num), GFP_KERNEL);
	if (!workers)
		return ERR_PTR(-ENOMEM);

	workers->info = info;
	workers->rings = rings;
	workers->core = sim_workers_core(info);
	workers->num = num;
	workers->helpers = sim_helpers_create(mmu, num);
	if (IS_ERR(workers->helpers)) {
		ret = PTR_ERR(workers->helpers);
		kfree(workers);
		return ERR_PTR(ret);
	}
	for (i = 0; i < num; i++) {
		ret = sim_worker_init(workers, i, mmu);
		if (ret) {
			sim_workers_destroy(workers);
			return ERR_PTR(ret);
		}
	}

	return workers;
}

void sim_workers_destroy(struct sim_workers *workers)
{
	unsigned int i;

	for (i = 0; i < workers->num; i++) {
		if (workers->worker[i].slot.task)
			kthread_stop(workers->worker[i].slot.task);
		sim_unit_fini(&workers->worker[i].unit);
	}
	sim_helpers_destroy(workers->helpers);
	kfree(workers);
}
