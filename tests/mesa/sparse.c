// SPDX-License-Identifier: MIT
/* Buffers whose memory is bound at run time, in parts, with holes. */
#include <inttypes.h>
#include <string.h>

#include "run.h"

/* What a page of the GPU has; four of them are as much as a uniform buffer can have. */
#define PART 16384
#define NUM_PARTS 4
#define HOLE (-1)

/* A sparse buffer with two parts of memory. */
struct sparse {
	VkBuffer buffer;
	VkDeviceMemory memory;
};

/* Binds part @memory_part of the memory, or a HOLE, to each part of the buffer. */
static void bind_parts(struct run *run, const struct sparse *sparse,
		       const int memory_part[NUM_PARTS])
{
	const VkFenceCreateInfo fence_info = { .sType = VK_STRUCTURE_TYPE_FENCE_CREATE_INFO };
	VkSparseMemoryBind binds[NUM_PARTS] = { 0 };
	const VkSparseBufferMemoryBindInfo buffer = {
		.buffer = sparse->buffer,
		.bindCount = NUM_PARTS,
		.pBinds = binds,
	};
	const VkBindSparseInfo info = {
		.sType = VK_STRUCTURE_TYPE_BIND_SPARSE_INFO,
		.bufferBindCount = 1,
		.pBufferBinds = &buffer,
	};
	VkFence fence;
	uint32_t i;

	for (i = 0; i < NUM_PARTS; i++) {
		binds[i].resourceOffset = i * PART;
		binds[i].size = PART;
		if (memory_part[i] == HOLE)
			continue;
		binds[i].memory = sparse->memory;
		binds[i].memoryOffset = memory_part[i] * PART;
	}
	VK(vkCreateFence(run->gpu->device, &fence_info, NULL, &fence));
	VK(vkQueueBindSparse(run->gpu->queue, 1, &info, fence));
	VK(vkWaitForFences(run->gpu->device, 1, &fence, VK_TRUE, GPU_TIMEOUT_NS));
	vkDestroyFence(run->gpu->device, fence, NULL);
}

static void create_sparse(struct run *run, struct sparse *sparse, const int memory_part[NUM_PARTS])
{
	const VkBufferCreateInfo info = {
		.sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO,
		.flags = VK_BUFFER_CREATE_SPARSE_BINDING_BIT |
			 VK_BUFFER_CREATE_SPARSE_RESIDENCY_BIT |
			 VK_BUFFER_CREATE_SPARSE_ALIASED_BIT,
		.size = NUM_PARTS * PART,
		.usage = VK_BUFFER_USAGE_STORAGE_BUFFER_BIT | VK_BUFFER_USAGE_UNIFORM_BUFFER_BIT,
	};
	VkMemoryRequirements needs;
	unsigned int i;
	void *map;

	VK(vkCreateBuffer(run->gpu->device, &info, NULL, &sparse->buffer));
	vkGetBufferMemoryRequirements(run->gpu->device, sparse->buffer, &needs);
	igt_assert_f(PART % needs.alignment == 0, "%s wants an alignment of %" PRIu64 "\n",
		     run->gpu->name, (uint64_t)needs.alignment);
	sparse->memory = gpu_memory_create(run->gpu, 2 * PART);
	VK(vkMapMemory(run->gpu->device, sparse->memory, 0, VK_WHOLE_SIZE, 0, &map));
	memset(map, 0x33, 2 * PART);
	bind_parts(run, sparse, memory_part);
	for (i = 0; run->program->buffers[i].replaced; i++)
		run_see(run, i, sparse->buffer, VK_WHOLE_SIZE);
}

static void destroy_sparse(struct run *run, struct sparse *sparse)
{
	vkDestroyBuffer(run->gpu->device, sparse->buffer, NULL);
	vkFreeMemory(run->gpu->device, sparse->memory, NULL);
}

/* A device that keeps what is written to holes is not made to. */
static void execute_holes(struct run *run)
{
	const uint32_t write_to_holes = run->gpu->drops_in_holes;
	struct sparse sparse;

	create_sparse(run, &sparse, (const int[]){ 1, HOLE, 0, HOLE });
	run_begin(run);
	run_push(run, &write_to_holes, sizeof(write_to_holes));
	run_dispatch(run, 0, 16, 1, 1);
	run_barrier(run);
	run_dispatch(run, 1, 16, 1, 1);
	run_barrier(run);
	run_dispatch(run, 0, 16, 1, 1);
	run_end(run);
	destroy_sparse(run, &sparse);
}

static void dispatch_phase(struct run *run, uint32_t phase)
{
	run_begin(run);
	run_push(run, &phase, sizeof(phase));
	run_dispatch(run, 0, 16, 1, 1);
	run_end(run);
}

static void execute_alias(struct run *run)
{
	struct sparse sparse;

	create_sparse(run, &sparse, (const int[]){ 0, 1, 0, HOLE });
	dispatch_phase(run, 0);
	dispatch_phase(run, 1);
	destroy_sparse(run, &sparse);
}

/* What is written while a part is here is found when it is there. */
static void execute_move(struct run *run)
{
	struct sparse sparse;

	create_sparse(run, &sparse, (const int[]){ 1, HOLE, HOLE, HOLE });
	dispatch_phase(run, 0);
	bind_parts(run, &sparse, (const int[]){ HOLE, 0, 1, 0 });
	dispatch_phase(run, 1);
	destroy_sparse(run, &sparse);
}

#define SPARSE(words) \
	.buffers = { { .num_words = 1, .replaced = true }, \
		     { .num_words = (words), .compare = COMPARE_WORDS } }

static const struct program programs[] = {
	/* As a storage buffer it has no 0 in its holes, but what Mesa's drops there. */
	{ "sparse-holes", "A buffer with holes.",
	  .buffers = { { .num_words = 1, .replaced = true, .uniform = true },
		       { .num_words = 1, .replaced = true },
		       { .num_words = 1024, .compare = COMPARE_WORDS } },
	  .shaders = { "sparse-holes-2" },
	  .execute = execute_holes },
	{ "sparse-alias", "Two parts of a buffer have the same memory.", SPARSE(1024),
	  .execute = execute_alias },
	{ "sparse-move", "Memory moves within a buffer.", SPARSE(1024), .execute = execute_move },
};

const struct program_table sparse_programs = { programs, ARRAY_SIZE(programs) };
