/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef AGX_COREDUMP_H
#define AGX_COREDUMP_H

#include <linux/llist.h>
#include <linux/ratelimit_types.h>
#include <linux/workqueue.h>

struct agx_device;
struct agx_job;

/**
 * DOC: Device coredumps
 *
 * When a job faults or runs into a limit, and when the GPU's firmware crashes, a text that says
 * what is known of it appears in /sys/class/devcoredump/devcdN/data, for root. Jobs that are merely
 * cancelled leave none. The core keeps one dump of a device at a time, until it is written to or
 * five minutes have passed; what comes meanwhile is dropped. So are dumps that come too often.
 * A dump is plain memory of the core: it holds neither the driver nor the device bound.
 *
 * The GPU captures the state of the command when it stops, in memory that each job brings along.
 * The text is made by the work that frees jobs. Every close waits for that, so it waits for nobody:
 * there is no dump if there is no memory at once, and the mappings, which are those of that moment,
 * are missing if the VM has been closed meanwhile or is locked. A work of its own then hands the
 * text to the core.
 *
 * Memory is read as a shader of the job would read it, so a dump holds nothing that the job's VM
 * does not map, and nothing of the kernel's own.
 *
 * The text is of lines "key: value", in the order below; numbers are decimal unless they begin with
 * 0x. A section is made of lines with two spaces in front, behind the key that it is about.
 * Version 1:
 *
 * * ``agx-coredump``: version. It changes when a line changes or goes, not when one is added.
 * * ``reason``: ``fault``, ``time-limit``, ``hang-limit`` or ``firmware-crash``.
 * * ``error``: what the job's fence says, a negative errno; 0 without a job.
 * * ``time``: seconds since 1970, ``uptime``: seconds since boot.
 * * ``kernel``: release; ``driver``: name.
 * * ``gpu``: generation, variant and stepping, as in ``G13G B1``; ``chip``: its number.
 * * ``resets``: of the GPU, since the driver was bound.
 *
 * What follows is only there with a job:
 *
 * * ``job``, ``queue``, ``vm``: numbers of the driver's, as in the kernel log and debugfs;
 *   ``context``: place of the VM on the GPU.
 * * ``fault``: the line of the kernel log; ``address``: what was accessed or executed.
 * * ``command``: index of the one at fault; ``commands``: how many; section with one line each, at
 *   most 32: index, kind, stream and its end, and how many render and compute commands of the
 *   queue it waits for.
 * * ``usc-base``: base of the addresses of shaders.
 * * ``mappings``: section; up to 32 around the address: range, r and w, s if one page is repeated,
 *   offset in the buffer object; ``closed`` if the VM has been, ``busy`` if it was locked.
 * * ``stream``: next block of the control stream, 0x0 if the front end had not begun; section with
 *   the memory around it, in lines of an address and 16 bytes, or ``unmapped``.
 * * ``pc``: instruction; 0x0 if no shader ran, and the rest is missing then. Section with the
 *   memory around it.
 * * ``shader``: first instruction of the shader.
 * * ``group``: workgroup, ``simd``: 32 threads of it, ``lane``: thread of these that faulted, or
 *   the first that was active.
 * * ``live``, ``exec``: lanes that have a thread, and that were active, as masks.
 * * ``registers``: section; r0 to r127 of the lane, four in a line with the number of the first;
 *   lines of zeroes are left out.
 */

/** struct agx_coredump - Embedded in the device. */
struct agx_coredump {
	/** @limit: a client can fault at will. */
	struct ratelimit_state limit;
	/** @dumps: texts that the core is to get. Lockless. */
	struct llist_head dumps;
	/** @work: hands them over; on agx_sched.cleanup_wq. */
	struct work_struct work;
};

void agx_coredump_init(struct agx_device *agx);
void agx_coredump_job(struct agx_device *agx, struct agx_job *job);
void agx_coredump_crash(struct agx_device *agx);

#endif
