/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/**
 * DOC: AGX compute engine
 *
 * The engine executes one compute command: it walks the CDM stream, starts the launches it finds
 * there and runs their shaders, workgroup after workgroup, 32 lanes at a time. It is freestanding
 * C: it allocates nothing, sleeps nowhere, takes no lock, has no global state, and sees GPU memory
 * only through &struct agx_engine_mem_ops. The same sources are linked into the kernel module and
 * into a host library.
 *
 * A run is a pure function of memory and of &struct agx_engine_config; how the work is cut into
 * agx_engine_run() calls makes no difference. Other engines can help with the workgroups of a
 * launch: then the same accesses to memory are made, but those of different workgroups in another
 * order. Everything the engine reads may be hostile: any
 * bytes at all lead to AGX_ENGINE_DONE, AGX_ENGINE_FAULT, or to AGX_ENGINE_RUNNING for as long as
 * the caller cares to go on.
 *
 * One engine is used by one thread at a time; engines do not know of each other.
 */
#ifndef AGX_ENGINE_H
#define AGX_ENGINE_H

#include "engine_types.h"

struct agx_engine;

/** AGX_ENGINE_MAX_ACCESS: No memory callback is asked for more bytes than this at once. */
#define AGX_ENGINE_MAX_ACCESS 512

/** AGX_ENGINE_INSN_MAX: Bytes in the longest instruction. */
#define AGX_ENGINE_INSN_MAX 12

/** enum agx_engine_access - Who accesses memory, which decides what a failure means. */
enum agx_engine_access {
	/**
	 * @AGX_ENGINE_FETCH: The front end: streams, USC words, uniforms, indirect buffers, code,
	 * states of images. A failure always ends the command.
	 */
	AGX_ENGINE_FETCH,

	/** @AGX_ENGINE_SHADER_LOAD: A load instruction; failures can be soft. */
	AGX_ENGINE_SHADER_LOAD,

	/** @AGX_ENGINE_SHADER_STORE: A store instruction; failures can be soft. */
	AGX_ENGINE_SHADER_STORE,

	/** @AGX_ENGINE_SHADER_ATOMIC: An atomic instruction; failures can be soft. */
	AGX_ENGINE_SHADER_ATOMIC,
};

/**
 * struct agx_engine_mem_ops - How the engine sees GPU memory.
 *
 * Sizes are 1 to AGX_ENGINE_MAX_ACCESS bytes; the range may cross pages but never wraps around
 * the 64-bit address space. Callbacks are atomic as to failure: either the whole range
 * translates and the access happens, or nothing happens at all. The engine splits a failed access
 * of several lanes and asks again, so a failure is no event by itself and must not be reported
 * by the callback; agx_engine_fault() says what was fatal. An aligned access of 1, 2, 4 or 8 bytes
 * is to be one access of that width where other observers of that memory can tell.
 */
struct agx_engine_mem_ops {
	/** @read: Copy from the GPU address @va. Nonzero: no translation or no permission. */
	int (*read)(void *ctx, u64 va, void *dst, u32 size, enum agx_engine_access access);

	/** @write: Copy to the GPU address @va. Nonzero: no translation or no permission. */
	int (*write)(void *ctx, u64 va, const void *src, u32 size, enum agx_engine_access access);

	/**
	 * @update: Replace the 32-bit word at the GPU address @va, a multiple of 4, by what @change
	 * makes of it, with no other access of any observer in between. @change has no effect but
	 * on @arg, may be called several times, and then only the last call counts. It is an
	 * AGX_ENGINE_SHADER_ATOMIC. Nonzero: no translation or no permission to read and write.
	 */
	int (*update)(void *ctx, u64 va, u32 (*change)(void *arg, u32 value), void *arg);

	/**
	 * @map: Where a range is that lies within one page, for the engine to access in place,
	 * word by word; or NULL if that is not possible, for whatever reason. The engine calls
	 * @unmap soon and nothing else before. May be NULL itself.
	 */
	void *(*map)(void *ctx, u64 va, u32 size, enum agx_engine_access access);

	/** @unmap: What @map returned is not accessed any more. NULL if @map is. */
	void (*unmap)(void *ctx, void *map);
};

/** struct agx_engine_config - What a command, its queue and its device decide. */
struct agx_engine_config {
	/** @usc_base: GPU address that 32-bit USC addresses are relative to. */
	u64 usc_base;

	/** @stream: GPU address of the first CDM block. */
	u64 stream;

	/** @core_index: What shaders read as their core; the engine runs on one. */
	u32 core_index;

	/** @vm_slot: What shaders read as their VM context slot. */
	u32 vm_slot;

	/**
	 * @stack: Memory for the stacks of the threads of a workgroup, which share it out evenly;
	 * aligned as a u32. Borrowed until the engine is started again or freed.
	 */
	void *stack;

	/** @stack_bytes: Size of @stack. */
	u32 stack_bytes;

	/** @soft_faults: A failed shader load gives 0, a failed shader store is dropped. */
	bool soft_faults;

	/** @g14x: Launch blocks carry the two further words of a multi-cluster G14. */
	bool g14x;
};

/** enum agx_engine_status - Where a command stands. */
enum agx_engine_status {
	/** @AGX_ENGINE_RUNNING: The budget is used up, there is more to do. */
	AGX_ENGINE_RUNNING,

	/** @AGX_ENGINE_DONE: The stream reached its terminate block, or a helper its end. */
	AGX_ENGINE_DONE,

	/** @AGX_ENGINE_FAULT: The command cannot go on, see agx_engine_fault(). */
	AGX_ENGINE_FAULT,

	/** @AGX_ENGINE_WAITING: All that is left is run by helpers, see agx_engine_join(). */
	AGX_ENGINE_WAITING,
};

/** enum agx_engine_fault_kind - Why a command ended early. */
enum agx_engine_fault_kind {
	/** @AGX_ENGINE_FAULT_NONE: It did not. */
	AGX_ENGINE_FAULT_NONE,

	/** @AGX_ENGINE_FAULT_UNMAPPED: No translation, or no permission, for the address. */
	AGX_ENGINE_FAULT_UNMAPPED,

	/** @AGX_ENGINE_FAULT_STREAM: A CDM block that cannot be decoded or executed. */
	AGX_ENGINE_FAULT_STREAM,

	/** @AGX_ENGINE_FAULT_LINK: Too many links with return, or a return without one. */
	AGX_ENGINE_FAULT_LINK,

	/** @AGX_ENGINE_FAULT_LAUNCH: Sizes that no workgroup of the hardware can have. */
	AGX_ENGINE_FAULT_LAUNCH,

	/** @AGX_ENGINE_FAULT_USC: A USC word that cannot be decoded, or one missing. */
	AGX_ENGINE_FAULT_USC,

	/** @AGX_ENGINE_FAULT_INSN: An instruction that cannot be decoded. */
	AGX_ENGINE_FAULT_INSN,

	/**
	 * @AGX_ENGINE_FAULT_STACK: A stack of more bytes than a thread can have or of less than
	 * none, or an access outside of it.
	 */
	AGX_ENGINE_FAULT_STACK,

	/** @AGX_ENGINE_FAULT_IMAGE: A texture, PBE or sampler whose state cannot be decoded. */
	AGX_ENGINE_FAULT_IMAGE,

	/** @AGX_ENGINE_FAULT_COMPRESSED: One with lossless compression, which is not simulated. */
	AGX_ENGINE_FAULT_COMPRESSED,

	/** @AGX_ENGINE_FAULT_TRAP: A trap instruction was executed. */
	AGX_ENGINE_FAULT_TRAP,

	/** @AGX_ENGINE_FAULT_HELPER: An instruction of helper programs, which are not run. */
	AGX_ENGINE_FAULT_HELPER,
};

/** struct agx_engine_fault - The first and only fault of a command. */
struct agx_engine_fault {
	/** @kind: What happened. */
	enum agx_engine_fault_kind kind;

	/** @access: What was attempted; meaningful for AGX_ENGINE_FAULT_UNMAPPED. */
	enum agx_engine_access access;

	/**
	 * @va: GPU address that failed, or that of the offending block, word, instruction or state
	 * of an image or a sampler. For an access outside of the stack its address there.
	 */
	u64 va;

	/** @pc: GPU address of the instruction being executed, 0 if it was the front end. */
	u64 pc;

	/** @shader: GPU address of the first instruction of the shader that @pc is in, or 0. */
	u64 shader;

	/** @size: Bytes of the failed access or of the stack that is wanted, else 0. */
	u32 size;

	/** @lane: First lane concerned, 0 to 31, for shader accesses. */
	u32 lane;

	/** @len: Valid bytes in @bytes. */
	u32 len;

	/** @bytes: The undecodable block, word or instruction as found in memory. */
	u8 bytes[AGX_ENGINE_INSN_MAX];
};

/**
 * agx_engine_size() - Bytes that the caller has to allocate for an engine.
 *
 * The memory needs the alignment of a u64 and may be vmalloc memory. It need not be zeroed: no byte
 * of it reaches a shader before the engine wrote it.
 *
 * Return: A constant, below 832 KiB.
 */
size_t agx_engine_size(void);

/** agx_engine_init() - Make an engine of memory, once, before it is used in any other way. */
void agx_engine_init(struct agx_engine *e);

/**
 * agx_engine_start() - Prepare a command.
 * @e: The engine; whatever it ran before is forgotten.
 * @cfg: Copied.
 * @ops: Borrowed until the engine is started again or freed.
 * @ctx: Handed to @ops.
 *
 * Accesses no GPU memory. Takes a time independent of agx_engine_size().
 */
void agx_engine_start(struct agx_engine *e, const struct agx_engine_config *cfg,
		      const struct agx_engine_mem_ops *ops, void *ctx);

/**
 * agx_engine_run() - Execute for a while.
 * @e: A started engine.
 * @budget: How much to do. An instruction of a 32-lane group, a stream block and a USC word cost
 *	1; an access to memory costs 1 more for each callback, memory that is cleared 1 more for
 *	each 4 KiB, and a block of an image that is written 1 more for each of its rows. The
 *	budget can be overdrawn by one instruction, that is by at most 200 and what it takes to
 *	clear the stack.
 *
 * Calling it again after the end changes nothing and gives the same status.
 *
 * Return: AGX_ENGINE_RUNNING, AGX_ENGINE_DONE or AGX_ENGINE_FAULT.
 */
enum agx_engine_status agx_engine_run(struct agx_engine *e, u32 budget);

/**
 * agx_engine_split() - Let another engine help with the launch that is being run.
 * @e: A started engine, not in a call of agx_engine_run().
 * @helper: As for agx_engine_start(); set up to run some of the workgroups that are left,
 *	by calls of agx_engine_run() with it, while @e goes on.
 * @parts: How many engines are there for this launch, @e included.
 * @ctx: Handed to the memory operations by @helper.
 * @stack: See &agx_engine_config.stack; of the same size as that of @e.
 *
 * After it, @e returns AGX_ENGINE_WAITING and not the end of the launch until
 * agx_engine_join() has been called for each helper.
 *
 * Return: Whether @helper got something to do.
 */
bool agx_engine_split(struct agx_engine *e, struct agx_engine *helper, u32 parts, void *ctx,
		      void *stack);

/**
 * agx_engine_join() - Take a helper back.
 * @e: The engine that it was split from, not in a call of agx_engine_run().
 * @helper: Has returned AGX_ENGINE_DONE or AGX_ENGINE_FAULT; in the latter case @e faults too.
 *
 * If @e itself has faulted or is not going to be run any more nothing is lost without this call.
 */
void agx_engine_join(struct agx_engine *e, const struct agx_engine *helper);

/**
 * agx_engine_steps() - How much was done since the start.
 * @e: A started engine.
 *
 * Return: The sum of what agx_engine_run() spent, in units of its budget.
 */
u64 agx_engine_steps(const struct agx_engine *e);

/**
 * agx_engine_pc() - Where a command is, for reports on one that does not end.
 * @e: A started engine.
 *
 * Return: GPU address of the next instruction; 0 while none is being executed.
 */
u64 agx_engine_pc(const struct agx_engine *e);

/**
 * agx_engine_fault() - The fault of a command.
 * @e: A started engine.
 *
 * Return: The fault, borrowed from @e, of kind AGX_ENGINE_FAULT_NONE as long as there is none.
 */
const struct agx_engine_fault *agx_engine_fault(const struct agx_engine *e);

/** AGX_ENGINE_GPRS: 16-bit halves in the register file of a thread. */
#define AGX_ENGINE_GPRS 256

/** struct agx_engine_where - Where a command is, for reports. */
struct agx_engine_where {
	/** @stream: GPU address of the stream's next block, or of one that cannot be executed. */
	u64 stream;

	/** @pc: GPU address of the instruction; 0 if there is none, and then the rest is 0. */
	u64 pc;

	/** @shader: GPU address of the first instruction of the shader that @pc is in. */
	u64 shader;

	/** @group: Workgroup. */
	u32 group[3];

	/** @simd: SIMD group in the workgroup. */
	u32 simd;

	/** @lane: Lane that faulted, else the first active one, else the first. */
	u32 lane;

	/** @live: Lanes that have a thread. */
	u32 live;

	/** @exec: Lanes that are active. */
	u32 exec;

	/** @gpr: Registers of @lane. */
	u16 gpr[AGX_ENGINE_GPRS];
};

/**
 * agx_engine_locate() - Where a command is, or was when it ended early.
 * @e: A started engine, not in a call of agx_engine_run().
 * @where: Filled in.
 */
void agx_engine_locate(const struct agx_engine *e, struct agx_engine_where *where);

/** AGX_ENGINE_TRACE_TEXT: Bytes in the texts of a &struct agx_engine_trace. */
#define AGX_ENGINE_TRACE_TEXT 192

/** struct agx_engine_trace - An instruction that has been executed, for people to read. */
struct agx_engine_trace {
	/** @stream: GPU address of the first block of the command's stream. */
	u64 stream;

	/** @pc: GPU address of the instruction. */
	u64 pc;

	/** @shader: GPU address of the first instruction of the shader that @pc is in. */
	u64 shader;

	/** @group: Workgroup. */
	u32 group[3];

	/** @simd: SIMD group in the workgroup. */
	u32 simd;

	/** @exec: Lanes that were active. */
	u32 exec;

	/** @lane: The lane whose values are shown, active or not. */
	u32 lane;

	/** @preshader: The workgroup is the one thread of a preshader. */
	bool preshader;

	/** @faulted: The instruction led to a fault. */
	bool faulted;

	/** @text: The instruction in the notation of Mesa's disassembler. */
	char text[AGX_ENGINE_TRACE_TEXT];

	/** @sources: Registers and uniforms that it reads, such as "r1=0x2 u0=0x3". */
	char sources[AGX_ENGINE_TRACE_TEXT];

	/** @results: Registers that it writes, with what is in them afterwards. */
	char results[AGX_ENGINE_TRACE_TEXT];
};

/** agx_engine_trace_fn - Told of an instruction; @ctx is that of the memory operations. */
typedef void (*agx_engine_trace_fn)(void *ctx, const struct agx_engine_trace *trace);

/** AGX_ENGINE_TRACE_ACTIVE: Instead of a lane: the first that is active. */
#define AGX_ENGINE_TRACE_ACTIVE 32

/**
 * agx_engine_set_trace() - Have somebody told of each instruction.
 * @e: A started engine, not in a call of agx_engine_run(). Starting it again forgets this.
 * @fn: Called after each instruction from agx_engine_run(); NULL for nobody.
 * @lane: Lane whose values are shown, or AGX_ENGINE_TRACE_ACTIVE.
 *
 * Has no other effect. Helpers inherit it when they are split off.
 */
void agx_engine_set_trace(struct agx_engine *e, agx_engine_trace_fn fn, u32 lane);

/**
 * agx_engine_fault_format() - A fault as one line of text without a newline.
 * @fault: A fault.
 * @buf: Receives the text, always terminated if @size is not 0.
 * @size: Bytes in @buf; AGX_ENGINE_FAULT_TEXT always suffice.
 *
 * Return: Bytes written without the terminating NUL.
 */
size_t agx_engine_fault_format(const struct agx_engine_fault *fault, char *buf, size_t size);

/** AGX_ENGINE_FAULT_TEXT: Bytes in the longest text of a fault, terminating NUL included. */
#define AGX_ENGINE_FAULT_TEXT 320

#endif /* AGX_ENGINE_H */
