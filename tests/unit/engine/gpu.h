/* SPDX-License-Identifier: MIT */
/*
 * A GPU for the engine's tests: some memory, and a way to run a shader on it.
 */
#ifndef ENGINE_TEST_GPU_H
#define ENGINE_TEST_GPU_H

#include "engine.h"

/* Where things are in the address space that gpu_create() makes. */
#define GPU_USC_BASE	0x1100000000ull
#define GPU_CODE	0x11fffac000ull
#define GPU_PRESHADER	0x11fffb4000ull
#define GPU_USC		0x11fff88000ull
#define GPU_STREAM	0x2ffff5c400ull
#define GPU_UNIFORM	0x2ffff6c400ull
#define GPU_IN		0x2000000000ull
#define GPU_OUT		0x2000100000ull
#define GPU_BUFFER	0x40000

/* Room for whatever a page has behind one of the above. */
#define GPU_PAGE	0x4000

#define GPU_READ	1
#define GPU_WRITE	2
#define GPU_NO_SHADER	4

/* An access, as the engine asked for it. */
struct gpu_access {
	enum agx_engine_access access;
	u64 va;
	u32 size;
};

#define GPU_REGIONS	16

struct gpu_region {
	u64 va;
	u64 size;
	u32 prot;
	u8 *data;
};

struct gpu {
	struct agx_engine *engine;
	struct agx_engine_config cfg;
	struct gpu_region region[GPU_REGIONS];
	u32 regions;

	/* Budget of each agx_engine_run(), and how many of them before gpu_run() gives up. */
	u32 budget;
	u32 runs;

	/* What the engine accesses in place, and whether it cannot. */
	void *mapped;
	bool no_map;

	/* Counts of callbacks by access, and of those that failed. */
	u32 calls[4];
	u32 failures;

	/* The last callback. */
	struct gpu_access last;
};

struct gpu *gpu_create(void);
void gpu_destroy(struct gpu *gpu);

/* Gives the threads of a workgroup so many bytes for their stacks, with garbage in them. */
void gpu_set_stack(struct gpu *gpu, u32 bytes);

/* Adds memory, zeroed. */
u8 *gpu_map(struct gpu *gpu, u64 va, u64 size, u32 prot);

/* Changes what is allowed to a region. */
void gpu_protect(struct gpu *gpu, u64 va, u32 prot);

/* Removes a region. */
void gpu_unmap(struct gpu *gpu, u64 va);

/* Memory at an address that is mapped. */
u8 *gpu_at(struct gpu *gpu, u64 va);
u32 gpu_get32(struct gpu *gpu, u64 va);
void gpu_put32(struct gpu *gpu, u64 va, u32 value);
void gpu_put64(struct gpu *gpu, u64 va, u64 value);
void gpu_put(struct gpu *gpu, u64 va, const void *bytes, size_t size);

/* Writes hexadecimal digits as bytes; spaces are skipped. Returns their number. */
size_t gpu_put_hex(struct gpu *gpu, u64 va, const char *hex);

/* The operations that gpu_run() gives to the engine; the context is the struct gpu. */
extern const struct agx_engine_mem_ops gpu_mem_ops;

/* A hash of all memory. */
u64 gpu_hash(struct gpu *gpu);

/* Starts the command of gpu->cfg. */
void gpu_start(struct gpu *gpu);

/* Runs what was started to its end, or until gpu->runs are over. */
enum agx_engine_status gpu_continue(struct gpu *gpu);

/* Both. */
enum agx_engine_status gpu_run(struct gpu *gpu);

/* USC words that can be appended to an address. */
u64 gpu_usc_uniform(struct gpu *gpu, u64 at, u32 first, u32 count, u64 data);
u64 gpu_usc_shared(struct gpu *gpu, u64 at, u32 bytes);
u64 gpu_usc_texture(struct gpu *gpu, u64 at, u32 first, u32 count, u64 states);
u64 gpu_usc_tile(struct gpu *gpu, u64 at, u32 layout, u32 stride, u32 bytes);
u64 gpu_usc_sampler(struct gpu *gpu, u64 at, u32 first, u32 count, u64 states);
u64 gpu_usc_shader(struct gpu *gpu, u64 at, u64 code);
u64 gpu_usc_end(struct gpu *gpu, u64 at, u64 preshader);

/* Blocks that can be appended to a stream. */
u64 gpu_cdm_launch(struct gpu *gpu, u64 at, u64 usc, const u32 *global, const u32 *local);
u64 gpu_cdm_link(struct gpu *gpu, u64 at, u64 target, bool with_return);
u64 gpu_cdm_barrier(struct gpu *gpu, u64 at);
u64 gpu_cdm_return(struct gpu *gpu, u64 at);
u64 gpu_cdm_terminate(struct gpu *gpu, u64 at);

/*
 * Puts words and a stream in their usual places that launch the code at GPU_CODE, with u0_u1 set
 * to the address GPU_OUT, u2_u3 to GPU_IN and u4 and up to what is at GPU_UNIFORM + 16.
 */
void gpu_setup(struct gpu *gpu, const u32 *global, const u32 *local, u32 shared);

/* The same for one dimension. */
void gpu_setup_1d(struct gpu *gpu, u32 global, u32 local);

/* A generator of numbers that are the same in each run. */
struct gpu_random {
	u64 state;
};

u32 gpu_random(struct gpu_random *random);
u32 gpu_random_below(struct gpu_random *random, u32 limit);

/* Numbers among which extreme ones are frequent. */
u32 gpu_random_edge(struct gpu_random *random);

#endif /* ENGINE_TEST_GPU_H */
