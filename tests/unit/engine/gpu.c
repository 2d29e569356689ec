// SPDX-License-Identifier: MIT
#include "gpu.h"

#include <stdio.h>
#include <stdlib.h>

static void gpu_die(const char *what, u64 va)
{
	fprintf(stderr, "engine test: %s: 0x%llx\n", what, (unsigned long long)va);
	abort();
}

static struct gpu_region *gpu_find(struct gpu *gpu, u64 va, u64 size)
{
	u32 i;

	for (i = 0; i < gpu->regions; i++) {
		struct gpu_region *region = &gpu->region[i];

		if (va >= region->va && va - region->va < region->size &&
		    size <= region->size - (va - region->va))
			return region;
	}
	return NULL;
}

static struct gpu_region *gpu_allowed(struct gpu *gpu, u64 va, u32 size,
				      enum agx_engine_access access, u32 need)
{
	struct gpu_region *region = gpu_find(gpu, va, size);

	if (!size || size > AGX_ENGINE_MAX_ACCESS || va + size < va || gpu->mapped)
		gpu_die("impossible access", va);

	gpu->calls[access]++;
	gpu->last = (struct gpu_access){ .access = access, .va = va, .size = size };
	if (!region || (region->prot & need) != need ||
	    (access != AGX_ENGINE_FETCH && (region->prot & GPU_NO_SHADER))) {
		gpu->failures++;
		return NULL;
	}
	return region;
}

static int gpu_read(void *ctx, u64 va, void *dst, u32 size, enum agx_engine_access access)
{
	struct gpu_region *region = gpu_allowed(ctx, va, size, access, GPU_READ);

	if (!region) {
		/* The engine must not rely on what a failed read leaves. */
		memset(dst, 0xa5, size);
		return -1;
	}
	memcpy(dst, region->data + (va - region->va), size);
	return 0;
}

static int gpu_write(void *ctx, u64 va, const void *src, u32 size, enum agx_engine_access access)
{
	struct gpu_region *region = gpu_allowed(ctx, va, size, access, GPU_WRITE);

	if (!region)
		return -1;
	memcpy(region->data + (va - region->va), src, size);
	return 0;
}

static int gpu_update(void *ctx, u64 va, u32 (*change)(void *arg, u32 value), void *arg)
{
	struct gpu_region *region = gpu_allowed(ctx, va, 4, AGX_ENGINE_SHADER_ATOMIC,
						GPU_READ | GPU_WRITE);

	if (va & 3)
		gpu_die("misaligned update", va);
	if (!region)
		return -1;
	/* As if somebody else had come between. */
	change(arg, ~gpu_get32(ctx, va));
	gpu_put32(ctx, va, change(arg, gpu_get32(ctx, va)));
	return 0;
}

static void *gpu_map_words(void *ctx, u64 va, u32 size, enum agx_engine_access access)
{
	u32 need = access == AGX_ENGINE_SHADER_STORE ? GPU_WRITE : GPU_READ;
	struct gpu *gpu = ctx;
	struct gpu_region *region;

	if (va % 4 || size % 4 || gpu->mapped)
		gpu_die("impossible mapping", va);
	if (gpu->no_map || va % GPU_PAGE + size > GPU_PAGE)
		return NULL;
	region = gpu_find(gpu, va, size);
	if (!region || !(region->prot & need) || (region->prot & GPU_NO_SHADER))
		return NULL;

	gpu_allowed(gpu, va, size, access, need);
	gpu->mapped = region->data + (va - region->va);
	return gpu->mapped;
}

static void gpu_unmap_words(void *ctx, void *map)
{
	struct gpu *gpu = ctx;

	if (map != gpu->mapped)
		gpu_die("not what is mapped", 0);
	gpu->mapped = NULL;
}

const struct agx_engine_mem_ops gpu_mem_ops = {
	.read = gpu_read,
	.write = gpu_write,
	.update = gpu_update,
	.map = gpu_map_words,
	.unmap = gpu_unmap_words,
};

u8 *gpu_map(struct gpu *gpu, u64 va, u64 size, u32 prot)
{
	struct gpu_region *region = &gpu->region[gpu->regions];

	if (gpu->regions == GPU_REGIONS)
		gpu_die("too many regions", va);

	*region = (struct gpu_region){ .va = va, .size = size, .prot = prot };
	region->data = calloc(1, size);
	if (!region->data)
		gpu_die("no memory", va);
	gpu->regions++;
	return region->data;
}

static struct gpu_region *gpu_get_region(struct gpu *gpu, u64 va)
{
	struct gpu_region *region = gpu_find(gpu, va, 1);

	if (!region)
		gpu_die("not mapped", va);
	return region;
}

void gpu_protect(struct gpu *gpu, u64 va, u32 prot)
{
	gpu_get_region(gpu, va)->prot = prot;
}

void gpu_unmap(struct gpu *gpu, u64 va)
{
	struct gpu_region *region = gpu_get_region(gpu, va);

	free(region->data);
	*region = gpu->region[--gpu->regions];
}

u8 *gpu_at(struct gpu *gpu, u64 va)
{
	struct gpu_region *region = gpu_get_region(gpu, va);

	return region->data + (va - region->va);
}

void gpu_put(struct gpu *gpu, u64 va, const void *bytes, size_t size)
{
	if (!gpu_find(gpu, va, size))
		gpu_die("not mapped", va);
	memcpy(gpu_at(gpu, va), bytes, size);
}

u32 gpu_get32(struct gpu *gpu, u64 va)
{
	const u8 *bytes = gpu_at(gpu, va);

	return bytes[0] | bytes[1] << 8 | bytes[2] << 16 | (u32)bytes[3] << 24;
}

void gpu_put32(struct gpu *gpu, u64 va, u32 value)
{
	u8 bytes[4] = { (u8)value, (u8)(value >> 8), (u8)(value >> 16), (u8)(value >> 24) };

	gpu_put(gpu, va, bytes, sizeof(bytes));
}

void gpu_put64(struct gpu *gpu, u64 va, u64 value)
{
	gpu_put32(gpu, va, (u32)value);
	gpu_put32(gpu, va + 4, (u32)(value >> 32));
}

size_t gpu_put_hex(struct gpu *gpu, u64 va, const char *hex)
{
	size_t count = 0;
	unsigned int byte;
	int used;

	while (sscanf(hex, " %2x%n", &byte, &used) == 1) {
		u8 value = (u8)byte;

		gpu_put(gpu, va + count++, &value, 1);
		hex += used;
	}
	return count;
}

u64 gpu_hash(struct gpu *gpu)
{
	u64 hash = 0xcbf29ce484222325ull;
	u32 i;
	u64 k;

	for (i = 0; i < gpu->regions; i++) {
		for (k = 0; k < gpu->region[i].size; k++)
			hash = (hash ^ gpu->region[i].data[k]) * 0x100000001b3ull;
	}
	return hash;
}

struct gpu *gpu_create(void)
{
	struct gpu *gpu = calloc(1, sizeof(*gpu));

	if (!gpu)
		gpu_die("no memory", 0);
	gpu->engine = malloc(agx_engine_size());
	if (!gpu->engine)
		gpu_die("no memory", 0);

	/* Nothing may depend on what was there. */
	memset(gpu->engine, 0x5a, agx_engine_size());
	agx_engine_init(gpu->engine);

	gpu->budget = 100000;
	gpu->runs = 1000;
	gpu->cfg.usc_base = GPU_USC_BASE;
	gpu->cfg.stream = GPU_STREAM;

	gpu_map(gpu, GPU_CODE & ~(GPU_PAGE - 1ull), 2 * GPU_PAGE, GPU_READ);
	gpu_map(gpu, GPU_PRESHADER & ~(GPU_PAGE - 1ull), GPU_PAGE, GPU_READ);
	gpu_map(gpu, GPU_USC & ~(GPU_PAGE - 1ull), GPU_PAGE, GPU_READ);
	gpu_map(gpu, GPU_STREAM & ~(GPU_PAGE - 1ull), GPU_PAGE, GPU_READ);
	gpu_map(gpu, GPU_UNIFORM & ~(GPU_PAGE - 1ull), GPU_PAGE, GPU_READ);
	gpu_map(gpu, GPU_IN, GPU_BUFFER, GPU_READ);
	gpu_map(gpu, GPU_OUT, GPU_BUFFER, GPU_READ | GPU_WRITE);
	return gpu;
}

void gpu_set_stack(struct gpu *gpu, u32 bytes)
{
	free(gpu->cfg.stack);
	gpu->cfg.stack = bytes ? malloc(bytes) : NULL;
	if (bytes && !gpu->cfg.stack)
		gpu_die("no memory", 0);
	if (bytes)
		memset(gpu->cfg.stack, 0x5a, bytes);
	gpu->cfg.stack_bytes = bytes;
}

void gpu_destroy(struct gpu *gpu)
{
	free(gpu->cfg.stack);
	while (gpu->regions)
		gpu_unmap(gpu, gpu->region[0].va);
	free(gpu->engine);
	free(gpu);
}

void gpu_start(struct gpu *gpu)
{
	agx_engine_start(gpu->engine, &gpu->cfg, &gpu_mem_ops, gpu);
}

enum agx_engine_status gpu_continue(struct gpu *gpu)
{
	enum agx_engine_status status = AGX_ENGINE_RUNNING;
	u32 i;

	for (i = 0; i < gpu->runs && status == AGX_ENGINE_RUNNING; i++)
		status = agx_engine_run(gpu->engine, gpu->budget);
	return status;
}

enum agx_engine_status gpu_run(struct gpu *gpu)
{
	gpu_start(gpu);
	return gpu_continue(gpu);
}

u64 gpu_usc_uniform(struct gpu *gpu, u64 at, u32 first, u32 count, u64 data)
{
	u64 word = first < 256 ? 0x1d : 0x3d;

	word |= (u64)(first & 0xff) << 8 | (u64)(count & 63) << 20 | data >> 2 << 26;
	gpu_put64(gpu, at, word);
	return at + 8;
}

u64 gpu_usc_shared(struct gpu *gpu, u64 at, u32 bytes)
{
	gpu_put32(gpu, at, 0x0000904d | (bytes ? 0x100 : 0) | (bytes + 255) / 256 << 24);
	return at + 4;
}

u64 gpu_usc_tile(struct gpu *gpu, u64 at, u32 layout, u32 stride, u32 bytes)
{
	gpu_put32(gpu, at, 0x014d | layout << 10 | stride / 8 << 20 | (bytes + 255) / 256 << 24);
	return at + 4;
}

u64 gpu_usc_texture(struct gpu *gpu, u64 at, u32 first, u32 count, u64 states)
{
	gpu_put64(gpu, at, 0xdd | (u64)first << 8 | (u64)count << 20 | states >> 3 << 27);
	return at + 8;
}

u64 gpu_usc_sampler(struct gpu *gpu, u64 at, u32 first, u32 count, u64 states)
{
	gpu_put64(gpu, at, 0x9d | (u64)first << 8 | (u64)count << 20 | states >> 3 << 27);
	return at + 8;
}

u64 gpu_usc_shader(struct gpu *gpu, u64 at, u64 code)
{
	u64 word = 0x0c0d | (code - GPU_USC_BASE) << 16;

	/* Shader, 6 bytes, then 8 registers. */
	gpu_put64(gpu, at, word);
	gpu_put32(gpu, at + 6, 0x0100018d);
	return at + 10;
}

u64 gpu_usc_end(struct gpu *gpu, u64 at, u64 preshader)
{
	if (!preshader) {
		gpu_put(gpu, at, "\x88", 2);
		return at + 2;
	}
	gpu_put64(gpu, at, 0xc0800038ull | (preshader - GPU_USC_BASE) << 32);
	return at + 8;
}

u64 gpu_cdm_launch(struct gpu *gpu, u64 at, u64 usc, const u32 *global, const u32 *local)
{
	u32 i;

	gpu_put32(gpu, at, 0x00001012);
	gpu_put32(gpu, at + 4, (u32)(usc - GPU_USC_BASE));
	for (i = 0; i < 3; i++) {
		gpu_put32(gpu, at + 8 + 4 * i, global[i]);
		gpu_put32(gpu, at + 20 + 4 * i, local[i]);
	}
	return at + 32;
}

u64 gpu_cdm_link(struct gpu *gpu, u64 at, u64 target, bool with_return)
{
	gpu_put32(gpu, at, 0x20000000 | (with_return ? 0x10000000 : 0) | (u32)(target >> 32));
	gpu_put32(gpu, at + 4, (u32)target);
	return at + 8;
}

u64 gpu_cdm_barrier(struct gpu *gpu, u64 at)
{
	gpu_put32(gpu, at, 0x600fffff);
	return at + 4;
}

u64 gpu_cdm_return(struct gpu *gpu, u64 at)
{
	gpu_put32(gpu, at, 0x80000000);
	gpu_put32(gpu, at + 4, 0);
	return at + 8;
}

u64 gpu_cdm_terminate(struct gpu *gpu, u64 at)
{
	gpu_put32(gpu, at, 0x40000000);
	gpu_put32(gpu, at + 4, 0);
	return at + 8;
}

void gpu_setup(struct gpu *gpu, const u32 *global, const u32 *local, u32 shared)
{
	u64 at = GPU_USC;

	gpu_put64(gpu, GPU_UNIFORM, GPU_OUT);
	gpu_put64(gpu, GPU_UNIFORM + 8, GPU_IN);

	at = gpu_usc_uniform(gpu, at, 0, 64, GPU_UNIFORM);
	at = gpu_usc_shared(gpu, at, shared);
	at = gpu_usc_shader(gpu, at, GPU_CODE);
	gpu_usc_end(gpu, at, 0);

	at = gpu_cdm_launch(gpu, GPU_STREAM, GPU_USC, global, local);
	at = gpu_cdm_barrier(gpu, at);
	gpu_cdm_terminate(gpu, at);
}

void gpu_setup_1d(struct gpu *gpu, u32 global, u32 local)
{
	const u32 globals[3] = { global, 1, 1 };
	const u32 locals[3] = { local, 1, 1 };

	gpu_setup(gpu, globals, locals, 0);
}

u32 gpu_random(struct gpu_random *random)
{
	u64 z;

	random->state += 0x9e3779b97f4a7c15ull;
	z = random->state;
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ z >> 27) * 0x94d049bb133111ebull;
	return (u32)(z >> 32);
}

u32 gpu_random_below(struct gpu_random *random, u32 limit)
{
	return (u32)((u64)gpu_random(random) * limit >> 32);
}

u32 gpu_random_edge(struct gpu_random *random)
{
	static const u32 edges[] = {
		0, 1, 2, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x10000,
		0x7fffffff, 0x80000000, 0x80000001, 0xfffffffe, 0xffffffff,
	};

	if (gpu_random_below(random, 2))
		return gpu_random(random);
	return edges[gpu_random_below(random, ARRAY_SIZE(edges))];
}
