/* SPDX-License-Identifier: MIT */
/**
 * DOC: A GPU, as Vulkan sees it
 *
 * Programs run on two: that of the asahi driver, and the CPU, which lavapipe, also of Mesa's, takes
 * for one. Whatever Vulkan says that is no success is a failure of the subtest.
 */
#ifndef MESA_GPU_H
#define MESA_GPU_H

#include <stdbool.h>
#include <stdint.h>

#include <vulkan/vulkan.h>

#include "igt.h"

#define VK(call) \
	do { \
		VkResult result_ = (call); \
		igt_assert_f(result_ == VK_SUCCESS, "%s: Vulkan says %d\n", #call, result_); \
	} while (0)

/** GPU_TIMEOUT_NS: when to give up. No program takes a tenth of that. */
#define GPU_TIMEOUT_NS UINT64_C(100000000000)

/** enum gpu_driver - Mesa's drivers that programs run on. */
enum gpu_driver {
	GPU_ASAHI,
	GPU_LAVAPIPE,
};

/** struct gpu - A device with its one queue. */
struct gpu {
	enum gpu_driver driver;
	VkInstance instance;
	VkPhysicalDevice physical;
	VkDevice device;
	VkQueue queue;
	VkCommandPool pool;
	/** @memory_type: memory that the CPU sees, and that is coherent. */
	uint32_t memory_type;
	/** @drops_in_holes: what is written where a sparse buffer has no memory is gone. */
	bool drops_in_holes;
	/** @name: what the driver calls the device. */
	char name[VK_MAX_PHYSICAL_DEVICE_NAME_SIZE];
};

/**
 * gpu_open() - Open the device of a driver, with everything that it can do.
 * @robust: accesses beyond the end of a buffer or image are to have a defined result.
 */
void gpu_open(struct gpu *gpu, enum gpu_driver driver, bool robust);

/** gpu_close() - Give it back; nothing of it is left behind. */
void gpu_close(struct gpu *gpu);

/** struct gpu_buffer - A buffer with memory of its own, that the CPU has mapped. */
struct gpu_buffer {
	VkBuffer buffer;
	VkDeviceMemory memory;
	uint32_t num_words;
	/** @words: the mapping. */
	uint32_t *words;
};

/** gpu_buffer_create() - A buffer for everything. */
void gpu_buffer_create(const struct gpu *gpu, struct gpu_buffer *buffer, uint32_t num_words);
void gpu_buffer_destroy(const struct gpu *gpu, struct gpu_buffer *buffer);

/** gpu_memory_create() - Memory that the CPU sees. */
VkDeviceMemory gpu_memory_create(const struct gpu *gpu, VkDeviceSize size);

/** gpu_begin() - A command buffer that is being recorded, and that can be submitted many times. */
VkCommandBuffer gpu_begin(const struct gpu *gpu);

/** gpu_run() - Run a command buffer, whose recording has ended, to its end. */
void gpu_run(const struct gpu *gpu, VkCommandBuffer commands);

/** gpu_end() - End the recording, run it to its end, and free the command buffer. */
void gpu_end(const struct gpu *gpu, VkCommandBuffer commands);

#endif
