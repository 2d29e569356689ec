/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef AGX_HW_H
#define AGX_HW_H

#include <linux/list.h>
#include <linux/sizes.h>
#include <linux/types.h>

#include "asahi_drm.h"

/**
 * DOC: The border between the driver and the GPU
 *
 * Nothing else is shared by the two modules, and neither links a symbol of the other: the GPU is a
 * platform device named %AGX_HW_DEVICE whose platform data is a &struct agx_hw_pdata, and the
 * driver hands over its callback when it starts the GPU.
 *
 * All memory that crosses the border is the driver's. The GPU keeps what it has to remember of a
 * queue, a job or a command in the words that are reserved in each of them, so that the driver can
 * free everything in its own time, after the GPU has gone too.
 *
 * Unless said otherwise operations never sleep, never allocate and never fail, and may be called
 * with interrupts off and spinlocks held. &agx_hw_ops.start, &agx_hw_ops.stop and
 * &agx_hw_ops.reset sleep.
 *
 * The GPU's firmware can crash. From then on nothing starts, nothing ends and no cancel is
 * answered, which the GPU says by &agx_hw_client.crashed, until &agx_hw_ops.reset brings it back.
 */

#define AGX_HW_DEVICE "asahi"

/** AGX_HW_CONTEXTS: address spaces that the GPU can hold at a time; 0 is the kernel's own. */
#define AGX_HW_CONTEXTS 64

/** AGX_HW_KERNEL_CONTEXT: the context through which timestamps are written. */
#define AGX_HW_KERNEL_CONTEXT 0

struct agx_hw;
struct agx_hw_job;

/** enum agx_hw_ring - The two streams of commands of a queue. */
enum agx_hw_ring {
	AGX_HW_RING_RENDER,
	AGX_HW_RING_COMPUTE,
	AGX_HW_NUM_RINGS,
};

/** struct agx_hw_info - What a GPU is. Constant while the device exists. */
struct agx_hw_info {
	/** @features: bits of enum drm_asahi_feature. */
	u64 features;
	/** @gpu_generation: 13 for the M1 family. */
	u32 gpu_generation;
	/** @gpu_variant: ASCII letter, 'G' for the smallest. */
	u32 gpu_variant;
	/** @gpu_revision: stepping, 0x11 for B1. */
	u32 gpu_revision;
	/** @chip_id: 0x8103 for the M1. */
	u32 chip_id;
	/** @num_dies: dies in the package. */
	u32 num_dies;
	/** @num_clusters_total: clusters of all dies. */
	u32 num_clusters_total;
	/** @num_cores_per_cluster: absent ones included. */
	u32 num_cores_per_cluster;
	/** @max_frequency_khz: top clock. */
	u32 max_frequency_khz;
	/** @core_masks: present cores of each cluster. */
	u64 core_masks[DRM_ASAHI_MAX_CLUSTERS];
	/** @timestamp_frequency_hz: tick rate of agx_hw_ops.get_time and of timestamps. */
	u64 timestamp_frequency_hz;
	/** @max_jobs: jobs that the GPU takes at a time; more must not be submitted. */
	u32 max_jobs;
	/** @max_jobs_per_queue: the same for one queue. */
	u32 max_jobs_per_queue;
	/** @engines: commands of each ring that can run at a time, those of all queues counted. */
	u32 engines[AGX_HW_NUM_RINGS];
};

/** AGX_HW_PREEMPT_SIZE: see agx_hw_queue.preempt. */
#define AGX_HW_PREEMPT_SIZE SZ_16K

/** AGX_HW_TILER_HEAP_SIZE: see agx_hw_queue.tiler_heap. */
#define AGX_HW_TILER_HEAP_SIZE SZ_32K

/** struct agx_hw_save - Which command of a ring was the last to begin. */
struct agx_hw_save {
	/** @stream: its control stream. */
	u64 stream;
	/** @usc_base: agx_hw_job.usc_base of its job. */
	u64 usc_base;
};

/**
 * struct agx_hw_queue - The GPU's view of a queue.
 *
 * Commands of one ring start in the order in which they were submitted. The two rings run side
 * by side but for the waits of their commands.
 */
struct agx_hw_queue {
	/**
	 * @preempt: address of %AGX_HW_PREEMPT_SIZE bytes in the address space of the queue's jobs.
	 * The GPU saves there, as a fixed function, what it needs to resume compute commands. Each
	 * begins with a &struct agx_hw_save, and cannot begin where that cannot be written.
	 */
	u64 preempt;
	/** @tiler_heap: the same for render commands, of %AGX_HW_TILER_HEAP_SIZE bytes. */
	u64 tiler_heap;
	/** @hw_data: the GPU's own, zero before the first submit. */
	unsigned long hw_data[16];
};

/** enum agx_hw_stamp - Moments of a command at which the GPU can write down the time. */
enum agx_hw_stamp {
	/** @AGX_HW_STAMP_START: start of a compute command, or of a render's vertex half. */
	AGX_HW_STAMP_START,
	/** @AGX_HW_STAMP_END: end of the same. */
	AGX_HW_STAMP_END,
	/** @AGX_HW_STAMP_FRAG_START: start of a render's fragment half. */
	AGX_HW_STAMP_FRAG_START,
	/** @AGX_HW_STAMP_FRAG_END: end of the same. */
	AGX_HW_STAMP_FRAG_END,
	AGX_HW_NUM_STAMPS,
};

/** struct agx_hw_command - One render or compute command of a job. */
struct agx_hw_command {
	/** @ring: AGX_HW_RING_RENDER or AGX_HW_RING_COMPUTE; tells which of the payloads is set. */
	enum agx_hw_ring ring;

	/**
	 * @wait: for each ring, how many of the commands that were ever submitted to it on this
	 * queue must be over before this one starts; 0 waits for nothing.
	 */
	u64 wait[AGX_HW_NUM_RINGS];

	/** @stamps: addresses in the kernel context, 0 for none. */
	u64 stamps[AGX_HW_NUM_STAMPS];

	/** @render: payload of a render command, addresses unchecked. */
	struct drm_asahi_cmd_render render;
	/** @compute: payload of a compute command, addresses unchecked. */
	struct drm_asahi_cmd_compute compute;

	/** @hw_data: the GPU's own, zero at submit. */
	unsigned long hw_data[8];
};

/** enum agx_hw_fault_kind - Why a job came to a bad end. */
enum agx_hw_fault_kind {
	AGX_HW_FAULT_NONE,
	/** @AGX_HW_FAULT_MMU: an address did not translate. */
	AGX_HW_FAULT_MMU,
	/** @AGX_HW_FAULT_DECODE: a stream or an instruction has no meaning. */
	AGX_HW_FAULT_DECODE,
	/** @AGX_HW_FAULT_TIMEOUT: the time limit was reached, or it was cancelled as timed out. */
	AGX_HW_FAULT_TIMEOUT,
	/** @AGX_HW_FAULT_FIRMWARE: the firmware crashed and blames the job. */
	AGX_HW_FAULT_FIRMWARE,
	/** @AGX_HW_FAULT_INJECTED: somebody asked for a fault. */
	AGX_HW_FAULT_INJECTED,
};

/** AGX_HW_REGS: 32-bit registers of a shader's thread. */
#define AGX_HW_REGS 128

/** AGX_HW_LINE: bytes that are read at a time for a &struct agx_hw_bytes. */
#define AGX_HW_LINE 16

/** struct agx_hw_bytes - GPU memory as it was at a fault. */
struct agx_hw_bytes {
	/** @addr: address of the first byte, a multiple of %AGX_HW_LINE. */
	u64 addr;
	/** @lines: which lines could be read, one bit each, the first line lowest. */
	u32 lines;
	/** @data: the bytes, 0 where nothing could be read. */
	u8 data[16 * AGX_HW_LINE];
};

/**
 * struct agx_hw_state - Where a command was when it came to a bad end.
 *
 * Everything is read as a shader of the command would, so it holds nothing that its VM does not
 * map.
 */
struct agx_hw_state {
	/** @stream: next block of the control stream; 0 if the front end had not begun. */
	u64 stream;
	/** @pc: instruction; 0 if no shader ran, and then the rest is 0 but for @stream_bytes. */
	u64 pc;
	/** @shader: first instruction of the shader that @pc is in. */
	u64 shader;
	/** @group: workgroup. */
	u32 group[3];
	/** @simd: which 32 threads of the workgroup. */
	u32 simd;
	/** @lane: which of them faulted, or the first that was active. */
	u32 lane;
	/** @live: lanes that have a thread. */
	u32 live;
	/** @exec: lanes that were active. */
	u32 exec;
	/** @regs: registers of @lane. */
	u32 regs[AGX_HW_REGS];
	/** @stream_bytes: memory around @stream. */
	struct agx_hw_bytes stream_bytes;
	/** @shader_bytes: memory around @pc. */
	struct agx_hw_bytes shader_bytes;
};

/** struct agx_hw_fault - What the GPU says of a fault. */
struct agx_hw_fault {
	enum agx_hw_fault_kind kind;
	/** @command: index of the faulting command in its job. */
	u32 command;
	/** @addr: address that was accessed or executed. */
	u64 addr;
	/** @text: one line for a person, no newline. */
	char text[352];
	/** @state: of the command. */
	struct agx_hw_state state;
};

/**
 * struct agx_hw_job - Commands that go to the GPU together and end together.
 *
 * The GPU may look at all of it from agx_hw_ops.submit() until it calls agx_hw_client.job_done().
 */
struct agx_hw_job {
	/** @queue: queue that it runs on. Borrowed. */
	struct agx_hw_queue *queue;
	/** @context: address space that it runs in. */
	u32 context;
	/** @num_commands: at least one. */
	u32 num_commands;
	/** @commands: in submission order. Borrowed. */
	struct agx_hw_command *commands;
	/** @usc_base: base of the 32-bit addresses of shaders and their descriptors. */
	u64 usc_base;
	/** @fault: written by the GPU before it reports -EIO or -ETIMEDOUT. */
	struct agx_hw_fault fault;
	/**
	 * @busy_ns: time that the GPU has spent on commands of each ring. Grows while the job runs,
	 * so that it may be read at any time, and is complete when the job is reported.
	 */
	u64 busy_ns[AGX_HW_NUM_RINGS];
	/** @hw_data: the GPU's own, zero at submit. */
	unsigned long hw_data[24];
};

/** struct agx_hw_client - What the GPU calls; the driver's. */
struct agx_hw_client {
	/**
	 * @job_done: a job is off the GPU and nothing of it will be touched again, in memory or
	 * otherwise; its writes are visible. Called exactly once for each submitted job, from hard
	 * interrupt context, with no lock of the GPU held.
	 *
	 * @result: 0; -EIO after a fault or if the firmware's crash is blamed on it; -ETIMEDOUT at
	 * the time limit; what agx_hw_ops.cancel() was given; -ENODEV when the GPU was stopped.
	 *
	 * Operations that do not sleep may be called from within.
	 */
	void (*job_done)(struct agx_hw_job *job, int result);

	/**
	 * @crashed: the firmware has crashed, and the driver is to reset the GPU. Called once for
	 * each crash, from hard interrupt context, with no lock of the GPU held.
	 *
	 * @client: what start() was given.
	 * @blamed: whether the firmware blames a job; reset() takes it off, with -EIO and a fault
	 * of kind %AGX_HW_FAULT_FIRMWARE.
	 *
	 * Operations that do not sleep may be called from within.
	 */
	void (*crashed)(const struct agx_hw_client *client, bool blamed);
};

/** struct agx_hw_ops - What the driver calls; the GPU's. */
struct agx_hw_ops {
	/** @get_info: describe the GPU. Callable before start. */
	void (*get_info)(struct agx_hw *hw, struct agx_hw_info *info);

	/** @get_time: now, in ticks; the clock of all timestamps. Callable before start. */
	u64 (*get_time)(struct agx_hw *hw);

	/**
	 * @start: power up with all contexts empty. @client stays valid until stop() returns.
	 * Returns 0 or a negative errno.
	 */
	int (*start)(struct agx_hw *hw, const struct agx_hw_client *client);

	/**
	 * @stop: take every job off, report each with -ENODEV, and power down. No callback and no
	 * memory access after it returns.
	 */
	void (*stop)(struct agx_hw *hw);

	/**
	 * @set_root: point @context at a top-level table, or at nothing (0). Like any other change
	 * of a translation it needs a flush to be sure.
	 */
	void (*set_root)(struct agx_hw *hw, u32 context, dma_addr_t root);

	/**
	 * @flush: forget what is cached of [@addr, @addr + @size) in @context. When it returns no
	 * access can use an older translation. Never waits for a job.
	 */
	void (*flush)(struct agx_hw *hw, u32 context, u64 addr, u64 size);

	/**
	 * @submit: append the commands of @job to its queue's rings. Not before start() has
	 * returned, nor after stop() has been called.
	 */
	void (*submit)(struct agx_hw *hw, struct agx_hw_job *job);

	/**
	 * @cancel: take a submitted @job off the GPU soon and report it with @error, unless it ends
	 * otherwise first. The caller keeps @job alive across the call; done already is no error.
	 */
	void (*cancel)(struct agx_hw *hw, struct agx_hw_job *job, int error);

	/**
	 * @reset: bring the GPU back from whatever state it is in. Sleeps, for as long as it takes
	 * the GPU to stop between two instructions; allocates nothing, so it may be called where
	 * fences are signalled. Between start() and stop(), and never twice at a time.
	 *
	 * Jobs that have been cancelled are taken off and reported with the error of their cancel,
	 * the one that a crash is blamed on with -EIO. All others are spared: what has not started
	 * stays where it is, and what is in the middle has its state saved.
	 *
	 * When this returns all contexts are empty, as after start(), and nothing runs. The driver
	 * sets the roots again and calls resume(); it may call other operations in between. A
	 * crash can come at any moment, the next may be reported before resume() is called.
	 */
	void (*reset)(struct agx_hw *hw);

	/** @resume: after reset(), go on with the jobs that are there. */
	void (*resume)(struct agx_hw *hw);
};

/** struct agx_hw_pdata - Platform data of the GPU's device. */
struct agx_hw_pdata {
	/** @ops: valid for as long as the device is bound. Borrowed. */
	const struct agx_hw_ops *ops;
	/** @hw: passed back to each of @ops. Borrowed. */
	struct agx_hw *hw;
};

#endif
