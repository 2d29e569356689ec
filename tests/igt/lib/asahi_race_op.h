/* SPDX-License-Identifier: MIT */
/**
 * DOC: Calls that meet
 *
 * Each of the calls of the uapi, and of the core, on one of the things that a scene has, see
 * asahi_race_scene.h. None of them asserts anything: they are made where it would not be heard.
 */
#ifndef ASAHI_RACE_OP_H
#define ASAHI_RACE_OP_H

#include <stdbool.h>
#include <stdint.h>

#include "asahi_drm.h"
#include "asahi_held.h"

/** enum asahi_race_call - All of them. */
enum asahi_race_call {
	/** @ASAHI_RACE_CLOSE: the descriptor of the actor. */
	ASAHI_RACE_CLOSE,
	ASAHI_RACE_QUEUE_DESTROY,
	ASAHI_RACE_VM_DESTROY,
	/** @ASAHI_RACE_GEM_CLOSE: the handle of the buffer object. */
	ASAHI_RACE_GEM_CLOSE,
	ASAHI_RACE_OBJECT_UNBIND,
	ASAHI_RACE_SYNCOBJ_DESTROY,
	/**
	 * @ASAHI_RACE_SUBMIT: to the queue, with the timestamp object, the syncobj that all name
	 * and one that is only this actor's. On the simulated device the job has to wait.
	 */
	ASAHI_RACE_SUBMIT,
	/** @ASAHI_RACE_MAP: the buffer object at the second and third page. */
	ASAHI_RACE_MAP,
	/** @ASAHI_RACE_REPLACE: another one at the first and second. */
	ASAHI_RACE_REPLACE,
	/** @ASAHI_RACE_UNMAP: what is at the second and third. */
	ASAHI_RACE_UNMAP,
	ASAHI_RACE_QUEUE_CREATE,
	ASAHI_RACE_VM_CREATE,
	ASAHI_RACE_GEM_CREATE,
	/** @ASAHI_RACE_GEM_CREATE_PRIVATE: to the VM. */
	ASAHI_RACE_GEM_CREATE_PRIVATE,
	ASAHI_RACE_OBJECT_BIND,
	/** @ASAHI_RACE_EXPORT: the buffer object. */
	ASAHI_RACE_EXPORT,
	/** @ASAHI_RACE_IMPORT: the buffer object, of which there is a dma-buf. */
	ASAHI_RACE_IMPORT,
	ASAHI_RACE_MMAP_OFFSET,
	ASAHI_RACE_GET_PARAMS,
	ASAHI_RACE_GET_TIME,
	ASAHI_RACE_NUM_CALLS,
};

/** ASAHI_RACE_PAGES: pages of addresses that the calls are about. */
#define ASAHI_RACE_PAGES 3

/* First word of page @i of the buffer object, and of the other one; from 0 on. */
#define ASAHI_RACE_BO_TAG(i) (0xb0000000u + (i))
#define ASAHI_RACE_OTHER_TAG(i) (0x5e000000u + (i))

/** ASAHI_RACE_STAMP: where in the timestamp object jobs write, clear of those. */
#define ASAHI_RACE_STAMP 64

/** enum asahi_race_hold - What of its arguments an actor's call is held at. */
enum asahi_race_hold {
	ASAHI_RACE_HOLD_NOTHING,
	/** @ASAHI_RACE_HOLD_COMMANDS: those of SUBMIT. */
	ASAHI_RACE_HOLD_COMMANDS,
	/** @ASAHI_RACE_HOLD_SYNCS: those of SUBMIT. */
	ASAHI_RACE_HOLD_SYNCS,
	/** @ASAHI_RACE_HOLD_OPS: those of VM_BIND. */
	ASAHI_RACE_HOLD_OPS,
	/** @ASAHI_RACE_HOLD_PARAMS: where GET_PARAMS puts them. */
	ASAHI_RACE_HOLD_PARAMS,
	/**
	 * @ASAHI_RACE_HOLD_GPU: none; QUEUE_DESTROY waits for a job, for as long as the driver does
	 * before it resets the GPU.
	 */
	ASAHI_RACE_HOLD_GPU,
};

/** struct asahi_race_names - What an actor needs to name things. */
struct asahi_race_names {
	/** @fd: descriptor of the file. */
	int fd;
	/** @dma_buf: the buffer object's, or -1. */
	int dma_buf;
	/* Ids. */
	uint32_t vm, queue, object;
	/* Handles: the buffer object and the other one, both of two pages. */
	uint32_t bo, other;
	/** @va: address of the first page. */
	uint64_t va;
	/** @hole: address of a page that is never mapped. */
	uint64_t hole;
	/* What the kernel's range of a VM can be, and a queue's base. */
	uint64_t kernel_start, kernel_end, usc_base;
	/* Syncobjs: of each actor, of all, and the one to wait for, or 0. */
	uint32_t own[2], common, in;
	/** @compute: what SUBMIT submits. */
	struct drm_asahi_cmd_compute compute;
	/** @hold: where the call is held, and @held by what. Borrowed. */
	enum asahi_race_hold hold;
	struct asahi_held *held;
	/**
	 * @begun: in place of @held with ASAHI_RACE_HOLD_GPU: a sync file that signals when the
	 * call has begun, else -1. Borrowed.
	 */
	int begun;
};

/** struct asahi_race_result - What came of a call. */
struct asahi_race_result {
	/** @ret: 0 or -errno. */
	int ret;
	/**
	 * @value: id, handle or, of an export, the first word of the memory; where there is
	 * nothing to be compared 1 for something and 0 for nothing.
	 */
	uint32_t value;
	/** @dma_buf: descriptor in the actor's process, or -1. */
	int dma_buf;
	/** @inode: of the dma-buf. */
	uint64_t inode;
	/* When the call began and ended. */
	uint64_t start_ns, end_ns;
};

/** struct asahi_race_op - A call. */
struct asahi_race_op {
	/** @name: as part of the name of a subtest. */
	const char *name;
	/** @run: makes it, as actor number @who; returns 0 or -errno. */
	int (*run)(const struct asahi_race_names *names, unsigned int who,
		   struct asahi_race_result *result);
	/** @imports: needs a dma-buf. */
	bool imports;
	/** @submits: needs syncobjs. */
	bool submits;
	/** @shared: is about the buffer object, so it may meet others from another file. */
	bool shared;
	/** @gives_up: a thing goes away. */
	bool gives_up;
	/** @maps: other memory may be mapped afterwards. */
	bool maps;
	/** @queues: is about the queue. */
	bool queues;
	/** @asks: is about no thing, so there is little to be found. */
	bool asks;
};

/** asahi_race_ops - All of them, by enum asahi_race_call. */
extern const struct asahi_race_op asahi_race_ops[ASAHI_RACE_NUM_CALLS];

/** asahi_race_op_run() - Make a call as actor number @who, and look at what came of it. */
void asahi_race_op_run(const struct asahi_race_op *op, const struct asahi_race_names *names,
		       unsigned int who, struct asahi_race_result *result);

/** asahi_race_read_word() - The first word of a dma-buf, 0 if it cannot be read. */
uint32_t asahi_race_read_word(int dma_buf);

/** asahi_race_op_drop() - Give up what a call has made outside of the file. */
void asahi_race_op_drop(struct asahi_race_result *result);

#endif
