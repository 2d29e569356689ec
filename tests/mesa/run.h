/* SPDX-License-Identifier: MIT */
/**
 * DOC: A run of a program on a device
 */
#ifndef MESA_RUN_H
#define MESA_RUN_H

#include "gpu.h"
#include "image.h"
#include "program.h"

/** struct run - What there is while a program runs. */
struct run {
	const struct program *program;
	const struct gpu *gpu;
	/** @empty: a shader that does nothing takes the place of each of the program's. */
	bool empty;
	struct gpu_buffer buffers[MAX_BUFFERS];
	/** @images: of those buffers that are seen as images. */
	struct gpu_image images[MAX_BUFFERS];
	VkDescriptorSetLayout set_layout;
	VkDescriptorPool descriptors;
	VkDescriptorSet set;
	VkPipelineLayout layout;
	/** @pipelines: one for each shader. */
	VkPipeline pipelines[MAX_SHADERS];
	/** @commands: what is being recorded. */
	VkCommandBuffer commands;
};

/**
 * run_program() - Run a program to its end.
 * @empty: with a shader that does nothing in the place of each of its own.
 * @results: what is in each buffer after it; to be freed.
 */
void run_program(const struct gpu *gpu, const struct program *program, bool empty,
		 uint32_t *results[MAX_BUFFERS]);

/** run_create() - Make everything that @run, which has program, gpu and empty, needs. */
void run_create(struct run *run);
void run_destroy(struct run *run);

/** run_begin() - Begin to record, with the buffers bound and the images made of them. */
void run_begin(struct run *run);

/** run_end() - Run what has been recorded, to its end, and copy the images back. */
void run_end(struct run *run);

/** run_bind() - Bind a shader. */
void run_bind(struct run *run, unsigned int shader);

/**
 * run_see() - Let the shaders see @size bytes of a buffer, or VK_WHOLE_SIZE, as binding @binding.
 */
void run_see(struct run *run, unsigned int binding, VkBuffer buffer, VkDeviceSize size);

/** run_dispatch() - For a program's record(): bind a shader and let groups of it run. */
void run_dispatch(struct run *run, unsigned int shader, uint32_t x, uint32_t y, uint32_t z);

/** run_barrier() - For record(): what follows sees what was written before. */
void run_barrier(struct run *run);

/** run_push() - For record(): set the push constants. */
void run_push(struct run *run, const void *values, size_t size);

#endif
