/* SPDX-License-Identifier: MIT */
/**
 * DOC: Steps of a random program
 *
 * A program is a list of steps, each one call with all its arguments. Arguments that name an object
 * do not have a number but say which one is meant: the number that a slot was given last, be the
 * object still there or not, be it of this file and of this kind or not; or any number. So a
 * program can be written down, can be run again, and still means something when steps of it are
 * left out.
 *
 * In text a step is one line, "f0 gem_close bo=f0.bo2", where an argument that is 0 is left out.
 */
#ifndef ASAHI_MODEL_STEP_H
#define ASAHI_MODEL_STEP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** ASAHI_MODEL_FILES: how many files a program has, open or not. */
#define ASAHI_MODEL_FILES 3

/** ASAHI_MODEL_SLOTS: how many slots of each kind a file has, and how many dma-bufs there are. */
#define ASAHI_MODEL_SLOTS 4

/** ASAHI_MODEL_MAPS: how many CPU mappings there are. */
#define ASAHI_MODEL_MAPS 6

/** ASAHI_MODEL_SPINS: how many jobs of a program may run until they are told to end. */
#define ASAHI_MODEL_SPINS 2

/** ASAHI_MODEL_OPS: steps of one VM_BIND. */
#define ASAHI_MODEL_OPS 3

/** enum asahi_model_kind - What has numbers. */
enum asahi_model_kind {
	ASAHI_KIND_VM,
	ASAHI_KIND_QUEUE,
	ASAHI_KIND_OBJECT,
	ASAHI_KIND_BO,
	ASAHI_KIND_SYNC,
	ASAHI_NUM_KINDS,
};

/** enum asahi_model_op - What a step does. */
enum asahi_model_op {
	/* The file itself. */
	ASAHI_OP_OPEN,
	ASAHI_OP_CLOSE,
	/* The ioctls of the driver. @ASAHI_OP_OBJECT is GEM_BIND_OBJECT. */
	ASAHI_OP_PARAMS,
	ASAHI_OP_TIME,
	ASAHI_OP_VM_CREATE,
	ASAHI_OP_VM_DESTROY,
	ASAHI_OP_BIND,
	ASAHI_OP_GEM_CREATE,
	ASAHI_OP_MMAP_OFFSET,
	ASAHI_OP_OBJECT,
	ASAHI_OP_QUEUE_CREATE,
	ASAHI_OP_QUEUE_DESTROY,
	ASAHI_OP_SUBMIT,
	/** @ASAHI_OP_IOCTL: an ioctl of the driver that there is not. */
	ASAHI_OP_IOCTL,
	/* Those of the core, on buffers. */
	ASAHI_OP_GEM_CLOSE,
	ASAHI_OP_EXPORT,
	ASAHI_OP_IMPORT,
	/** @ASAHI_OP_DMABUF_CLOSE: close the descriptor of a dma-buf. */
	ASAHI_OP_DMABUF_CLOSE,
	/* And on syncobjs. @ASAHI_OP_SYNC_SHARE makes one known to another file. */
	ASAHI_OP_SYNC_CREATE,
	ASAHI_OP_SYNC_DESTROY,
	ASAHI_OP_SYNC_WAIT,
	ASAHI_OP_SYNC_SIGNAL,
	ASAHI_OP_SYNC_RESET,
	ASAHI_OP_SYNC_SHARE,
	/* CPU mappings, of a handle and of a dma-buf. */
	ASAHI_OP_MMAP,
	ASAHI_OP_DMABUF_MMAP,
	ASAHI_OP_MUNMAP,
	ASAHI_OP_WRITE,
	/** @ASAHI_OP_FILL: map a buffer, write to all of its pages, and unmap it. */
	ASAHI_OP_FILL,
	/** @ASAHI_OP_ARENA: map what jobs need, where VM_CREATE has done so already. */
	ASAHI_OP_ARENA,
	/** @ASAHI_OP_GATE: give a syncobj the fence of a job outside the program that runs. */
	ASAHI_OP_GATE,
	/** @ASAHI_OP_RELEASE: let that job end. */
	ASAHI_OP_RELEASE,
	/** @ASAHI_OP_END: let a job of the program end that runs until then. */
	ASAHI_OP_END,
	/** @ASAHI_OP_CHECK: look at everything. */
	ASAHI_OP_CHECK,
	ASAHI_NUM_OPS,
};

/* Arguments of each step, as places in asahi_model_step.arg. */
enum {
	ASAHI_PARAMS_GROUP,
	ASAHI_PARAMS_PAD,
	ASAHI_PARAMS_SIZE,
	ASAHI_PARAMS_BAD,
};

enum {
	ASAHI_TIME_FLAGS,
};

enum {
	ASAHI_VM_START,
	ASAHI_VM_END,
	ASAHI_VM_PAD,
};

/* Those that take a number, most of them with padding. */
enum {
	ASAHI_ARG_ID,
	ASAHI_ARG_PAD,
};

enum {
	ASAHI_BIND_VM,
	ASAHI_BIND_PAD,
	ASAHI_BIND_STRIDE,
	ASAHI_BIND_COUNT,
	ASAHI_BIND_BAD,
	ASAHI_BIND_OP,
};

/* Each step of a VM_BIND, from ASAHI_BIND_OP on. */
enum {
	ASAHI_MAP_FLAGS,
	ASAHI_MAP_BO,
	ASAHI_MAP_OFFSET,
	ASAHI_MAP_RANGE,
	ASAHI_MAP_ADDR,
	ASAHI_MAP_ARGS,
};

enum {
	ASAHI_GEM_SIZE,
	ASAHI_GEM_FLAGS,
	ASAHI_GEM_VM,
	ASAHI_GEM_PAD,
};

/* MMAP_OFFSET and EXPORT. */
enum {
	ASAHI_BO_ID,
	ASAHI_BO_FLAGS,
};

enum {
	ASAHI_OBJECT_OP,
	ASAHI_OBJECT_BO,
	ASAHI_OBJECT_FLAGS,
	ASAHI_OBJECT_VM,
	ASAHI_OBJECT_OFFSET,
	ASAHI_OBJECT_RANGE,
	ASAHI_OBJECT_ID,
	ASAHI_OBJECT_PAD,
};

enum {
	ASAHI_QUEUE_VM,
	ASAHI_QUEUE_FLAGS,
	ASAHI_QUEUE_PRIORITY,
	ASAHI_QUEUE_USC,
};

enum {
	ASAHI_SUBMIT_QUEUE,
	ASAHI_SUBMIT_KIND,
	ASAHI_SUBMIT_ADDR,
	ASAHI_SUBMIT_SRC,
	ASAHI_SUBMIT_NUM,
	ASAHI_SUBMIT_IN,
	ASAHI_SUBMIT_OUT = ASAHI_SUBMIT_IN + 6,
	ASAHI_SUBMIT_START = ASAHI_SUBMIT_OUT + 6,
	ASAHI_SUBMIT_START_OFFSET,
	ASAHI_SUBMIT_END,
	ASAHI_SUBMIT_END_OFFSET,
	ASAHI_SUBMIT_FLAGS,
	ASAHI_SUBMIT_PAD,
	ASAHI_SUBMIT_BAD,
	ASAHI_SUBMIT_ARGS,
};

/* Each of two in-syncs and two out-syncs. One that is not there has no number at all. */
enum {
	ASAHI_SYNC_ID,
	ASAHI_SYNC_TYPE,
	ASAHI_SYNC_POINT,
	ASAHI_SYNC_ARGS,
};

enum {
	ASAHI_WAIT_ID,
	ASAHI_WAIT_POINT,
};

/* SYNC_SHARE: to which file. MMAP: in which file the number is looked up. */
enum {
	ASAHI_SHARE_ID,
	ASAHI_SHARE_TO,
};

enum {
	ASAHI_WRITE_PAGE,
	ASAHI_WRITE_WORD,
	ASAHI_WRITE_VALUE,
};

/** ASAHI_MODEL_ARGS: most arguments of a step. */
#define ASAHI_MODEL_ARGS 25

/* What a pointer can be, beside right. */
enum asahi_model_bad {
	ASAHI_GOOD,
	/** @ASAHI_BAD_POINTER: nothing is mapped there. */
	ASAHI_BAD_POINTER,
	/** @ASAHI_BAD_TAIL: right, but behind what the kernel knows something is not zero. */
	ASAHI_BAD_TAIL,
};

/** enum asahi_model_job - What a job does, ASAHI_SUBMIT_KIND. */
enum asahi_model_job_kind {
	/** @ASAHI_JOB_STORE: store a number of its own at ADDR. */
	ASAHI_JOB_STORE,
	/** @ASAHI_JOB_COPY: store at ADDR what is at SRC. */
	ASAHI_JOB_COPY,
	/** @ASAHI_JOB_FAULT: commands where there is no memory. */
	ASAHI_JOB_FAULT,
	/** @ASAHI_JOB_SPIN: run until it is told to end. */
	ASAHI_JOB_SPIN,
	ASAHI_NUM_JOBS,
};

/** enum asahi_model_submit_bad - What is wrong with a SUBMIT beside its numbers. */
enum asahi_model_submit_bad {
	ASAHI_SUBMIT_GOOD,
	/* With its syncs. */
	ASAHI_SUBMIT_SYNCS_POINTER,
	ASAHI_SUBMIT_SYNCS_OVERFLOW,
	/* With the pointer to its commands and their size. */
	ASAHI_SUBMIT_CMD_POINTER,
	ASAHI_SUBMIT_CMD_HUGE,
	ASAHI_SUBMIT_CMD_EMPTY,
	/* With its commands, so that nothing behind is looked at. */
	ASAHI_SUBMIT_HALF_HEADER,
	ASAHI_SUBMIT_HALF_PAYLOAD,
	ASAHI_SUBMIT_TYPE,
	ASAHI_SUBMIT_ATTACHMENT_ONLY,
	ASAHI_SUBMIT_TOO_MANY,
	ASAHI_SUBMIT_COMPUTE_FLAGS,
	ASAHI_SUBMIT_BARRIER,
	ASAHI_SUBMIT_TAIL,
	ASAHI_SUBMIT_ATTACHMENT_BARRIER,
	ASAHI_SUBMIT_ATTACHMENT_FLAGS,
	ASAHI_SUBMIT_ATTACHMENT_COUNT,
	ASAHI_SUBMIT_ATTACHMENT_SIZE,
	ASAHI_SUBMIT_RENDER_EMPTY,
	ASAHI_SUBMIT_RENDER_SAMPLES,
	ASAHI_SUBMIT_RENDER_LAYERS,
	ASAHI_SUBMIT_RENDER_FLAGS,
	ASAHI_SUBMIT_NUM_BAD,
};

/** struct asahi_model_step - One step. */
struct asahi_model_step {
	/** @op: enum asahi_model_op. */
	uint8_t op;
	/** @file: which file, where that makes a difference. */
	uint8_t file;
	/** @slot: of what is made, or of the dma-buf, the CPU mapping or the job that is meant. */
	uint8_t slot;
	/** @arg: the arguments. */
	uint64_t arg[ASAHI_MODEL_ARGS];
};

/* Arguments that say which number is meant. No other argument has this bit and the next. */
#define ASAHI_MODEL_REF (0xa5ull << 56)
#define ASAHI_MODEL_REF_MASK (0xffull << 56)

/** asahi_model_ref() - The number that a slot was given last. */
static inline uint64_t asahi_model_ref(unsigned int file, enum asahi_model_kind kind,
				       unsigned int slot)
{
	return ASAHI_MODEL_REF | 1ull << 48 | kind << 16 | file << 8 | slot;
}

/** asahi_model_number() - A number, where 0 would be none. */
static inline uint64_t asahi_model_number(uint32_t number)
{
	return ASAHI_MODEL_REF | number;
}

/** asahi_model_is_ref() - Whether an argument says which number is meant. */
static inline bool asahi_model_is_ref(uint64_t arg)
{
	return (arg & ASAHI_MODEL_REF_MASK) == ASAHI_MODEL_REF;
}

/** ASAHI_MODEL_MAX_LINE: room for a step in text. */
#define ASAHI_MODEL_MAX_LINE 1024

/** asahi_model_op_name() - What a step is called in text. */
const char *asahi_model_op_name(enum asahi_model_op op);

/** asahi_model_step_print() - Write a step as text, without an end of line. */
void asahi_model_step_print(const struct asahi_model_step *step, char *text, size_t size);

/**
 * asahi_model_step_parse() - Read a step.
 *
 * Returns NULL, or what is wrong with @text.
 */
const char *asahi_model_step_parse(struct asahi_model_step *step, const char *text);

/** struct asahi_model_program - Steps. */
struct asahi_model_program {
	/** @steps: to be freed. */
	struct asahi_model_step *steps;
	/** @num: how many. */
	unsigned int num;
	/** @room: for how many there is memory. */
	unsigned int room;
};

/** asahi_model_program_add() - Append a step. */
void asahi_model_program_add(struct asahi_model_program *program,
			     const struct asahi_model_step *step);

/**
 * asahi_model_program_parse() - Read steps from lines, or with semicolons between them.
 *
 * Empty lines, and those that begin with a #, are nothing. Returns NULL, or what is wrong.
 */
const char *asahi_model_program_parse(struct asahi_model_program *program, const char *text);

/** asahi_model_program_fini() - Free the steps. */
void asahi_model_program_fini(struct asahi_model_program *program);

#endif
