// SPDX-License-Identifier: GPL-2.0 OR MIT

#include <drm/drm_drv.h>
#include <drm/drm_print.h>

#include <generated/utsrelease.h>

#include <linux/devcoredump.h>
#include <linux/ratelimit.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/sysfs.h>
#include <linux/timekeeping.h>
#include <linux/vmalloc.h>

#include "agx_device.h"
#include "coredump.h"
#include "job.h"
#include "queue.h"
#include "vm.h"

#define VERSION 1

#define MAX_COMMANDS 32

/* A dump on its way to the core. */
struct agx_dump {
	/* Entry of agx_coredump.dumps. */
	struct llist_node node;
	/* Bytes of @text. */
	size_t size;
	/* Has room for the longest one: every part of it has a bound. */
	char text[SZ_32K - sizeof(struct llist_node) - sizeof(size_t)];
};

static_assert(sizeof(struct agx_dump) == SZ_32K);

static const char *job_reason(const struct agx_job *job)
{
	switch (job->hw.fault.kind) {
	case AGX_HW_FAULT_TIMEOUT:
		return job->hung ? "hang-limit" : "time-limit";
	case AGX_HW_FAULT_FIRMWARE:
		return "firmware-crash";
	default:
		return "fault";
	}
}

static void print_head(struct drm_printer *p, struct agx_device *agx, const char *reason,
		       int error)
{
	const struct agx_hw_info *info = &agx->info;
	struct timespec64 now, uptime;

	ktime_get_real_ts64(&now);
	ktime_get_boottime_ts64(&uptime);

	drm_printf(p, "agx-coredump: %d\n", VERSION);
	drm_printf(p, "reason: %s\n", reason);
	drm_printf(p, "error: %d\n", error);
	drm_printf(p, "time: %lld.%09ld\n", (s64)now.tv_sec, now.tv_nsec);
	drm_printf(p, "uptime: %lld.%09ld\n", (s64)uptime.tv_sec, uptime.tv_nsec);
	drm_printf(p, "kernel: " UTS_RELEASE "\n");
	drm_printf(p, "driver: %s\n", agx->drm.driver->name);
	drm_printf(p, "gpu: G%u%c %c%u\n", info->gpu_generation, info->gpu_variant,
		   'A' + (info->gpu_revision >> 4), info->gpu_revision & 0xf);
	drm_printf(p, "chip: 0x%x\n", info->chip_id);
	drm_printf(p, "resets: %u\n", READ_ONCE(agx->reset.count));
}

static void print_command(struct drm_printer *p, unsigned int index,
			  const struct agx_hw_command *command)
{
	if (command->ring == AGX_HW_RING_COMPUTE)
		drm_printf(p, "  %u compute 0x%llx 0x%llx", index,
			   command->compute.cdm_ctrl_stream_base,
			   command->compute.cdm_ctrl_stream_end);
	else
		drm_printf(p, "  %u render 0x%llx 0x0", index,
			   command->render.vdm_ctrl_stream_base);

	drm_printf(p, " %llu %llu\n", command->wait[AGX_HW_RING_RENDER],
		   command->wait[AGX_HW_RING_COMPUTE]);
}

static void print_bytes(struct drm_printer *p, const struct agx_hw_bytes *bytes)
{
	unsigned int i;

	for (i = 0; i < sizeof(bytes->data) / AGX_HW_LINE; i++) {
		u64 addr = bytes->addr + i * AGX_HW_LINE;

		if (bytes->lines & BIT(i))
			drm_printf(p, "  0x%llx %*ph\n", addr, AGX_HW_LINE,
				   bytes->data + i * AGX_HW_LINE);
		else
			drm_printf(p, "  0x%llx unmapped\n", addr);
	}
}

static void print_shader(struct drm_printer *p, const struct agx_hw_state *state)
{
	unsigned int i;

	drm_printf(p, "pc: 0x%llx\n", state->pc);
	if (!state->pc)
		return;

	print_bytes(p, &state->shader_bytes);
	drm_printf(p, "shader: 0x%llx\n", state->shader);
	drm_printf(p, "group: %u %u %u\n", state->group[0], state->group[1], state->group[2]);
	drm_printf(p, "simd: %u\n", state->simd);
	drm_printf(p, "lane: %u\n", state->lane);
	drm_printf(p, "live: 0x%08x\n", state->live);
	drm_printf(p, "exec: 0x%08x\n", state->exec);
	drm_puts(p, "registers:\n");
	for (i = 0; i < AGX_HW_REGS; i += 4) {
		const u32 *r = state->regs + i;

		if (r[0] | r[1] | r[2] | r[3])
			drm_printf(p, "  r%u 0x%08x 0x%08x 0x%08x 0x%08x\n", i, r[0], r[1], r[2],
				   r[3]);
	}
}

static void print_job(struct drm_printer *p, struct agx_job *job)
{
	const struct agx_hw_fault *fault = &job->hw.fault;
	unsigned int i;

	drm_printf(p, "job: %llu\n", job->id);
	drm_printf(p, "queue: %llu\n", agx_queue_id(job->queue));
	drm_printf(p, "vm: %llu\n", agx_vm_id(job->vm));
	drm_printf(p, "context: %u\n", job->hw.context);
	drm_printf(p, "fault: %s\n", fault->text);
	drm_printf(p, "address: 0x%llx\n", fault->addr);
	drm_printf(p, "command: %u\n", fault->command);
	drm_printf(p, "commands: %u\n", job->hw.num_commands);
	for (i = 0; i < min(job->hw.num_commands, MAX_COMMANDS); i++)
		print_command(p, i, &job->hw.commands[i]);
	drm_printf(p, "usc-base: 0x%llx\n", job->hw.usc_base);

	drm_puts(p, "mappings:\n");
	agx_vm_show_around(job->vm, fault->addr, p);

	drm_printf(p, "stream: 0x%llx\n", fault->state.stream);
	if (fault->state.stream)
		print_bytes(p, &fault->state.stream_bytes);
	print_shader(p, &fault->state);
}

/* Make a dump of @job, or of a crash that no job is blamed for. */
static void coredump(struct agx_device *agx, struct agx_job *job)
{
	struct drm_print_iterator iter = { .remain = sizeof_field(struct agx_dump, text) };
	struct agx_dump *dump;
	struct drm_printer p;

	if (!IS_ENABLED(CONFIG_DEV_COREDUMP) || !__ratelimit(&agx->coredump.limit))
		return;

	/* Who closes a file may be waiting, so better no dump than to wait for memory. */
	dump = kmalloc(SZ_32K, GFP_NOWAIT | __GFP_NOWARN);
	if (!dump)
		return;

	iter.data = dump->text;
	p = drm_coredump_printer(&iter);
	print_head(&p, agx, job ? job_reason(job) : "firmware-crash", job ? job->result : 0);
	if (job)
		print_job(&p, job);

	dump->size = sizeof(dump->text) - iter.remain;
	llist_add(&dump->node, &agx->coredump.dumps);
	queue_work(agx->sched.cleanup_wq, &agx->coredump.work);
}

/*
 * The core stops finding a dump that is being deleted some time before it removes its link to it.
 * A new dump would clash with the link and stay without one, so the old one is there until then.
 */
static bool is_linked(struct device *dev)
{
	struct kernfs_node *link = sysfs_get_dirent(dev->kobj.sd, "devcoredump");

	sysfs_put(link);
	return link;
}

static void coredump_hand_over(struct agx_device *agx, const struct agx_dump *dump)
{
	void *text;
	int idx;

	/* A device that is going has no place for it. */
	if (!drm_dev_enter(&agx->drm, &idx))
		return;

	if (is_linked(agx->drm.dev))
		goto out;

	/* The core frees it this way, and so needs nothing of ours. */
	text = vmalloc(dump->size);
	if (text) {
		memcpy(text, dump->text, dump->size);
		dev_coredumpv(agx->drm.dev, text, dump->size, GFP_KERNEL);
	}

out:
	drm_dev_exit(idx);
}

static void coredump_work(struct work_struct *work)
{
	struct agx_coredump *coredump = container_of(work, struct agx_coredump, work);
	struct llist_node *list = llist_reverse_order(llist_del_all(&coredump->dumps));
	struct agx_dump *dump, *next;

	llist_for_each_entry_safe(dump, next, list, node) {
		coredump_hand_over(container_of(coredump, struct agx_device, coredump), dump);
		kfree(dump);
	}
}

/**
 * agx_coredump_job() - Make a dump of a job that the GPU has something to say of.
 * @agx: device.
 * @job: job that is over.
 *
 * Waits neither for memory nor for anybody who uses the job's VM.
 */
void agx_coredump_job(struct agx_device *agx, struct agx_job *job)
{
	coredump(agx, job);
}

/**
 * agx_coredump_crash() - Make a dump of a crash of the firmware that no job is blamed for.
 * @agx: device.
 */
void agx_coredump_crash(struct agx_device *agx)
{
	coredump(agx, NULL);
}

/**
 * agx_coredump_init() - Set up what hands dumps over, and what limits their rate.
 * @agx: device.
 */
void agx_coredump_init(struct agx_device *agx)
{
	init_llist_head(&agx->coredump.dumps);
	INIT_WORK(&agx->coredump.work, coredump_work);
	ratelimit_state_init(&agx->coredump.limit, 5 * HZ, 10);
	ratelimit_set_flags(&agx->coredump.limit, RATELIMIT_MSG_ON_RELEASE);
}
