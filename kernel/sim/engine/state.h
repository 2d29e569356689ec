/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * The state of an engine: all that has to survive between two calls of agx_engine_run(), and some
 * scratch space that would not fit a kernel stack.
 */
#ifndef AGX_ENGINE_STATE_H
#define AGX_ENGINE_STATE_H

#include "engine.h"
#include "isa.h"

/** AGX_ENGINE_LANES: Threads in a SIMD group. */
#define AGX_ENGINE_LANES	32

/** AGX_ENGINE_THREADS: Threads that a workgroup can have. */
#define AGX_ENGINE_THREADS	1024

/** AGX_ENGINE_SIMDS: SIMD groups that a workgroup can have. */
#define AGX_ENGINE_SIMDS	(AGX_ENGINE_THREADS / AGX_ENGINE_LANES)

/** AGX_ENGINE_LOCAL: Bytes of threadgroup memory that a workgroup can have. */
#define AGX_ENGINE_LOCAL	32768

/** AGX_ENGINE_LINKS: Stream links with return that can be open at once. */
#define AGX_ENGINE_LINKS	8

/** AGX_ENGINE_CODE: Decoded instructions that are kept. */
#define AGX_ENGINE_CODE		2048

/** AGX_ENGINE_NO_CODE: Instead of the index of one of them. */
#define AGX_ENGINE_NO_CODE	0xffff

/** AGX_ENGINE_CHUNK: Bytes of code that are read at once, but for a few that overlap. */
#define AGX_ENGINE_CHUNK	256

/** AGX_ENGINE_CHUNKS: Chunks that are kept, a power of two. */
#define AGX_ENGINE_CHUNKS	128

/** AGX_ENGINE_QUANTUM: Instructions of a SIMD group before the next one has its turn. */
#define AGX_ENGINE_QUANTUM	64

/** enum agx_engine_phase - What comes next. */
enum agx_engine_phase {
	/** @AGX_ENGINE_PHASE_STREAM: A block of the CDM stream. */
	AGX_ENGINE_PHASE_STREAM,

	/** @AGX_ENGINE_PHASE_USC: A USC word of the launch. */
	AGX_ENGINE_PHASE_USC,

	/** @AGX_ENGINE_PHASE_WORKGROUP: Set up a workgroup of the launch. */
	AGX_ENGINE_PHASE_WORKGROUP,

	/** @AGX_ENGINE_PHASE_SHADER: An instruction of the workgroup, or of the preshader. */
	AGX_ENGINE_PHASE_SHADER,

	/** @AGX_ENGINE_PHASE_JOIN: Nothing, before the engines that help have come to their end. */
	AGX_ENGINE_PHASE_JOIN,

	/** @AGX_ENGINE_PHASE_DONE: Nothing, the stream terminated. */
	AGX_ENGINE_PHASE_DONE,

	/** @AGX_ENGINE_PHASE_FAULT: Nothing, there was a fault. */
	AGX_ENGINE_PHASE_FAULT,
};

/** enum agx_engine_simd_state - Whether a SIMD group can go on. */
enum agx_engine_simd_state {
	AGX_ENGINE_SIMD_READY,
	AGX_ENGINE_SIMD_BARRIER,
	AGX_ENGINE_SIMD_ENDED,
};

/** struct agx_engine_simd - A SIMD group. */
struct agx_engine_simd {
	/** @pc: GPU address of the next instruction. */
	u64 pc;

	/** @live: Lanes that have a thread. */
	u32 live;

	/** @exec: Lanes that are active, a subset of @live. */
	u32 exec;

	/** @stack: Bytes of the stack of each of its threads that are in use. */
	u32 stack;

	/** @state: What it waits for. */
	enum agx_engine_simd_state state;
};

/** struct agx_engine_stream - Place in the CDM stream. */
struct agx_engine_stream {
	/** @va: GPU address of the next block. */
	u64 va;

	/** @link: Where open links with return go back to. */
	u64 link[AGX_ENGINE_LINKS];

	/** @depth: Entries of @link in use. */
	u32 depth;
};

/** struct agx_engine_tile - Tile memory. */
struct agx_engine_tile {
	/** @width: Pixels in a row, a power of two, not less than @height; 0 if there are none. */
	u32 width;

	/** @height: Rows. */
	u32 height;

	/** @stride: Bytes of a pixel. */
	u32 stride;
};

/** struct agx_engine_launch - A launch and what its USC words say. */
struct agx_engine_launch {
	/** @usc: GPU address of the next USC word. */
	u64 usc;

	/** @code: GPU address of the shader. */
	u64 code;

	/** @has_code: There was a word with @code. */
	bool has_code;

	/** @groups: Workgroups in each dimension. */
	u32 groups[3];

	/** @local: Threads of a full workgroup. */
	u32 local[3];

	/** @last: Threads of the last workgroup, which may be partial, in each dimension. */
	u32 last[3];

	/** @next: The next workgroup to set up, if there are any left. */
	u32 next[3];

	/** @left: How many there are from @next on, or as many as 64 bits can hold. */
	u64 left;

	/** @dirty: A workgroup has changed the files that threads share. */
	bool dirty;

	/** @local_size: Bytes of threadgroup memory. */
	u32 local_size;

	/** @tile: The pixels that threadgroup memory consists of, if it does. */
	struct agx_engine_tile tile;
};

/** struct agx_engine_workgroup - The workgroup that is being run. */
struct agx_engine_workgroup {
	/** @id: Which one. */
	u32 id[3];

	/** @size: Its threads in each dimension. */
	u32 size[3];

	/** @stack_size: Bytes of stack that a thread can have, a multiple of 4. */
	u32 stack_size;

	/** @code: GPU address of its first instruction. */
	u64 code;

	/** @preshader: It is none, but the thread of the preshader. */
	bool preshader;

	/** @simds: SIMD groups in use. */
	u32 simds;

	/** @current: The SIMD group whose turn it is. */
	u32 current;

	/** @quantum: Instructions that @current has left in this turn. */
	u32 quantum;
};

/** struct agx_engine_chunk - Code as it is in memory, and what it means. */
struct agx_engine_chunk {
	/** @tag: GPU address, odd for none. */
	u64 tag;

	/** @written: Registers that the decoded ones of its instructions write, one bit each. */
	u64 written[2];

	/** @launch: agx_engine.code_launch when @bytes was last compared with memory. */
	u32 launch;

	/** @len: Valid bytes in @bytes. */
	u32 len;

	/** @bytes: The chunk, and what an instruction at its end may need of the next one. */
	u8 bytes[AGX_ENGINE_CHUNK + AGX_ISA_MAX_LEN];

	/** @entry: Index in agx_engine.code of the instruction at each even offset. */
	u16 entry[AGX_ENGINE_CHUNK / 2];
};

/** struct agx_engine_scratch - Used within one instruction only. */
struct agx_engine_scratch {
	/** @src: Sources, a value for each lane. */
	u64 src[4][AGX_ENGINE_LANES];

	/** @dst: Results, or memory addresses. */
	u64 dst[AGX_ENGINE_LANES];

	/** @word: Sources of which 32 bits are enough. */
	u32 word[4][AGX_ENGINE_LANES];

	/** @result: Results of that kind. */
	u32 result[AGX_ENGINE_LANES];

	union {
		/** @io: Data on its way from or to memory. */
		u8 io[AGX_ENGINE_MAX_ACCESS];

		/** @io_words: The same: it is aligned as words are. */
		u32 io_words[AGX_ENGINE_MAX_ACCESS / 4];
	};
};

/** struct agx_engine_files - Register files that all threads share. */
struct agx_engine_files {
	/** @texture: GPU addresses of states of textures and PBEs. */
	u64 texture[AGX_ISA_TEXTURES];

	/** @sampler: GPU addresses of states of samplers. */
	u64 sampler[AGX_ISA_SAMPLERS];

	/** @uniform: Uniforms. */
	u16 uniform[AGX_ISA_UNIFORMS];
};

struct agx_engine {
	struct agx_engine_config cfg;

	/** @ops: Borrowed. */
	const struct agx_engine_mem_ops *ops;

	/** @ctx: For @ops; borrowed. */
	void *ctx;

	enum agx_engine_phase phase;
	struct agx_engine_fault fault;

	/** @steps: Budget spent so far. */
	u64 steps;

	/** @helpers: Other engines that run workgroups of the launch. */
	u32 helpers;

	/** @helps: This is one of those, and only has its part of the launch to run. */
	bool helps;

	/** @trace: Who is told of instructions. */
	struct {
		/** @fn: Nobody if NULL. */
		agx_engine_trace_fn fn;

		/** @lane: See agx_engine_set_trace(). */
		u32 lane;

		/** @step: What they are told. */
		struct agx_engine_trace step;
	} trace;

	struct agx_engine_stream stream;
	struct agx_engine_launch launch;
	struct agx_engine_workgroup wg;
	struct agx_engine_simd simd[AGX_ENGINE_SIMDS];

	/*
	 * From here on nothing is cleared at the start of a command, but each part before its first
	 * use: shared registers by a launch, other registers and threadgroup memory by a
	 * workgroup. What is known of code is compared with memory by each launch.
	 */

	/** @files: The register files that threads share. */
	struct agx_engine_files files;

	/** @preloaded: What they are at the start of each workgroup, if one has changed them. */
	struct agx_engine_files preloaded;

	struct agx_engine_scratch scratch;

	/** @code_launch: Number of the launch. */
	u32 code_launch;

	/** @code_used: Entries of @code in use. */
	u32 code_used;

	/** @code: Decoded instructions; the last one is of code that is not in a chunk. */
	struct agx_isa_insn code[AGX_ENGINE_CODE + 1];

	/** @chunk: Code that has been read. */
	struct agx_engine_chunk chunk[AGX_ENGINE_CHUNKS];

	/**
	 * @written: Registers that may hold something else than 0, one bit each, in the SIMD groups
	 * before @written_simds. All others are 0.
	 */
	u64 written[2];

	/** @written_simds: See @written. */
	u32 written_simds;

	/** @local: Threadgroup memory. */
	u8 local[AGX_ENGINE_LOCAL];

	/** @gpr: The register files, 32-bit registers with two halves each, the low one first. */
	u32 gpr[AGX_ENGINE_SIMDS][AGX_ISA_GPRS / 2][AGX_ENGINE_LANES];
};

/** agx_engine_current() - The SIMD group whose turn it is. */
static inline struct agx_engine_simd *agx_engine_current(struct agx_engine *e)
{
	return &e->simd[e->wg.current];
}

/** agx_engine_gprs() - The registers of the SIMD group whose turn it is. */
static inline u32 (*agx_engine_gprs(struct agx_engine *e))[AGX_ENGINE_LANES]
{
	return e->gpr[e->wg.current];
}

#endif /* AGX_ENGINE_STATE_H */
