// SPDX-License-Identifier: MIT
/*
 * A Vulkan program that has something of everything a driver asks the kernel for: buffers, memory
 * of a sparse buffer bound at run time, a compute shader, a fence and a timeline semaphore. It
 * prints what the shader has stored, in both buffers.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <vulkan/vulkan.h>

#include "iota.spv.h"

#define NUM_WORDS 4096
#define GROUP 64
#define TIMEOUT_NS UINT64_C(60000000000)

static void check(VkResult result, const char *what)
{
	if (result == VK_SUCCESS)
		return;
	fprintf(stderr, "%s: error %d\n", what, result);
	exit(1);
}

#define CHECK(call) check(call, #call)

struct gpu {
	VkInstance instance;
	VkPhysicalDevice physical;
	VkDevice device;
	VkQueue queue;
	VkCommandPool pool;
	VkDescriptorSetLayout set_layout;
	VkPipelineLayout layout;
	VkPipeline pipeline;
	VkDescriptorPool descriptors;
};

static void choose(struct gpu *gpu)
{
	VkPhysicalDevice devices[8];
	VkPhysicalDeviceProperties properties;
	uint32_t i, count = 8;

	CHECK(vkEnumeratePhysicalDevices(gpu->instance, &count, devices));
	for (i = 0; i < count; i++) {
		vkGetPhysicalDeviceProperties(devices[i], &properties);
		if (strncmp(properties.deviceName, "Apple", 5))
			continue;
		printf("%s\n", properties.deviceName);
		gpu->physical = devices[i];
		return;
	}
	fprintf(stderr, "no Apple GPU among %u\n", count);
	exit(1);
}

static void open_gpu(struct gpu *gpu)
{
	const VkApplicationInfo app = {
		.sType = VK_STRUCTURE_TYPE_APPLICATION_INFO,
		.apiVersion = VK_API_VERSION_1_3,
	};
	const VkInstanceCreateInfo instance = {
		.sType = VK_STRUCTURE_TYPE_INSTANCE_CREATE_INFO,
		.pApplicationInfo = &app,
	};
	const float priority = 1.0f;
	const VkDeviceQueueCreateInfo queue = {
		.sType = VK_STRUCTURE_TYPE_DEVICE_QUEUE_CREATE_INFO,
		.queueCount = 1,
		.pQueuePriorities = &priority,
	};
	const VkPhysicalDeviceVulkan12Features features12 = {
		.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_2_FEATURES,
		.timelineSemaphore = VK_TRUE,
	};
	const VkPhysicalDeviceFeatures features = { .sparseBinding = VK_TRUE };
	const VkDeviceCreateInfo device = {
		.sType = VK_STRUCTURE_TYPE_DEVICE_CREATE_INFO,
		.pNext = &features12,
		.queueCreateInfoCount = 1,
		.pQueueCreateInfos = &queue,
		.pEnabledFeatures = &features,
	};
	const VkCommandPoolCreateInfo pool = {
		.sType = VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO,
	};

	CHECK(vkCreateInstance(&instance, NULL, &gpu->instance));
	choose(gpu);
	CHECK(vkCreateDevice(gpu->physical, &device, NULL, &gpu->device));
	vkGetDeviceQueue(gpu->device, 0, 0, &gpu->queue);
	CHECK(vkCreateCommandPool(gpu->device, &pool, NULL, &gpu->pool));
}

static void make_pipeline(struct gpu *gpu)
{
	const VkDescriptorSetLayoutBinding binding = {
		.descriptorType = VK_DESCRIPTOR_TYPE_STORAGE_BUFFER,
		.descriptorCount = 1,
		.stageFlags = VK_SHADER_STAGE_COMPUTE_BIT,
	};
	const VkDescriptorSetLayoutCreateInfo set_layout = {
		.sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_LAYOUT_CREATE_INFO,
		.bindingCount = 1,
		.pBindings = &binding,
	};
	const VkShaderModuleCreateInfo module = {
		.sType = VK_STRUCTURE_TYPE_SHADER_MODULE_CREATE_INFO,
		.codeSize = sizeof(iota_spv),
		.pCode = iota_spv,
	};
	const VkDescriptorPoolSize size = { VK_DESCRIPTOR_TYPE_STORAGE_BUFFER, 2 };
	const VkDescriptorPoolCreateInfo descriptors = {
		.sType = VK_STRUCTURE_TYPE_DESCRIPTOR_POOL_CREATE_INFO,
		.maxSets = 2,
		.poolSizeCount = 1,
		.pPoolSizes = &size,
	};
	VkPipelineLayoutCreateInfo layout = {
		.sType = VK_STRUCTURE_TYPE_PIPELINE_LAYOUT_CREATE_INFO,
		.setLayoutCount = 1,
		.pSetLayouts = &gpu->set_layout,
	};
	VkComputePipelineCreateInfo pipeline = {
		.sType = VK_STRUCTURE_TYPE_COMPUTE_PIPELINE_CREATE_INFO,
		.stage = {
			.sType = VK_STRUCTURE_TYPE_PIPELINE_SHADER_STAGE_CREATE_INFO,
			.stage = VK_SHADER_STAGE_COMPUTE_BIT,
			.pName = "main",
		},
	};

	CHECK(vkCreateDescriptorSetLayout(gpu->device, &set_layout, NULL, &gpu->set_layout));
	CHECK(vkCreatePipelineLayout(gpu->device, &layout, NULL, &gpu->layout));
	CHECK(vkCreateShaderModule(gpu->device, &module, NULL, &pipeline.stage.module));
	pipeline.layout = gpu->layout;
	CHECK(vkCreateComputePipelines(gpu->device, VK_NULL_HANDLE, 1, &pipeline, NULL,
				       &gpu->pipeline));
	vkDestroyShaderModule(gpu->device, pipeline.stage.module, NULL);
	CHECK(vkCreateDescriptorPool(gpu->device, &descriptors, NULL, &gpu->descriptors));
}

struct buffer {
	VkBuffer buffer;
	VkDeviceMemory memory;
	VkDeviceSize size;
	uint32_t *words;
};

static uint32_t memory_type(const struct gpu *gpu, uint32_t bits)
{
	const VkMemoryPropertyFlags wanted = VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT |
					     VK_MEMORY_PROPERTY_HOST_COHERENT_BIT;
	VkPhysicalDeviceMemoryProperties properties;
	uint32_t i;

	vkGetPhysicalDeviceMemoryProperties(gpu->physical, &properties);
	for (i = 0; i < properties.memoryTypeCount; i++)
		if (bits & (1u << i) &&
		    (properties.memoryTypes[i].propertyFlags & wanted) == wanted)
			return i;
	fprintf(stderr, "no memory that the CPU sees\n");
	exit(1);
}

static void make_buffer(const struct gpu *gpu, struct buffer *buffer, VkBufferCreateFlags flags)
{
	const VkBufferCreateInfo info = {
		.sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO,
		.flags = flags,
		.size = NUM_WORDS * sizeof(uint32_t),
		.usage = VK_BUFFER_USAGE_STORAGE_BUFFER_BIT,
	};
	VkMemoryAllocateInfo memory = { .sType = VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO };
	VkMemoryRequirements needs;
	void *map;

	CHECK(vkCreateBuffer(gpu->device, &info, NULL, &buffer->buffer));
	vkGetBufferMemoryRequirements(gpu->device, buffer->buffer, &needs);
	memory.allocationSize = needs.size;
	memory.memoryTypeIndex = memory_type(gpu, needs.memoryTypeBits);
	CHECK(vkAllocateMemory(gpu->device, &memory, NULL, &buffer->memory));
	CHECK(vkMapMemory(gpu->device, buffer->memory, 0, VK_WHOLE_SIZE, 0, &map));
	memset(map, 0xee, needs.size);
	buffer->size = needs.size;
	buffer->words = map;
}

/* A fence tells when the memory is there. */
static void bind_sparse(const struct gpu *gpu, const struct buffer *buffer)
{
	const VkSparseMemoryBind bind = { .size = buffer->size, .memory = buffer->memory };
	const VkSparseBufferMemoryBindInfo buffer_bind = {
		.buffer = buffer->buffer,
		.bindCount = 1,
		.pBinds = &bind,
	};
	const VkBindSparseInfo info = {
		.sType = VK_STRUCTURE_TYPE_BIND_SPARSE_INFO,
		.bufferBindCount = 1,
		.pBufferBinds = &buffer_bind,
	};
	const VkFenceCreateInfo fence_info = { .sType = VK_STRUCTURE_TYPE_FENCE_CREATE_INFO };
	VkFence fence;

	CHECK(vkCreateFence(gpu->device, &fence_info, NULL, &fence));
	CHECK(vkQueueBindSparse(gpu->queue, 1, &info, fence));
	CHECK(vkWaitForFences(gpu->device, 1, &fence, VK_TRUE, TIMEOUT_NS));
	vkDestroyFence(gpu->device, fence, NULL);
}

static VkDescriptorSet describe(const struct gpu *gpu, const struct buffer *buffer)
{
	const VkDescriptorSetAllocateInfo info = {
		.sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_ALLOCATE_INFO,
		.descriptorPool = gpu->descriptors,
		.descriptorSetCount = 1,
		.pSetLayouts = &gpu->set_layout,
	};
	const VkDescriptorBufferInfo range = { buffer->buffer, 0, VK_WHOLE_SIZE };
	VkWriteDescriptorSet write = {
		.sType = VK_STRUCTURE_TYPE_WRITE_DESCRIPTOR_SET,
		.descriptorCount = 1,
		.descriptorType = VK_DESCRIPTOR_TYPE_STORAGE_BUFFER,
		.pBufferInfo = &range,
	};

	CHECK(vkAllocateDescriptorSets(gpu->device, &info, &write.dstSet));
	vkUpdateDescriptorSets(gpu->device, 1, &write, 0, NULL);
	return write.dstSet;
}

static VkCommandBuffer record(const struct gpu *gpu, VkDescriptorSet set)
{
	const VkCommandBufferAllocateInfo info = {
		.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO,
		.commandPool = gpu->pool,
		.commandBufferCount = 1,
	};
	const VkCommandBufferBeginInfo begin = {
		.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO,
	};
	VkCommandBuffer commands;

	CHECK(vkAllocateCommandBuffers(gpu->device, &info, &commands));
	CHECK(vkBeginCommandBuffer(commands, &begin));
	vkCmdBindPipeline(commands, VK_PIPELINE_BIND_POINT_COMPUTE, gpu->pipeline);
	vkCmdBindDescriptorSets(commands, VK_PIPELINE_BIND_POINT_COMPUTE, gpu->layout, 0, 1, &set,
				0, NULL);
	vkCmdDispatch(commands, NUM_WORDS / GROUP, 1, 1);
	CHECK(vkEndCommandBuffer(commands));
	return commands;
}

/* Submits, and waits for a point of a timeline. */
static void run(const struct gpu *gpu, VkCommandBuffer commands, VkSemaphore timeline,
		uint64_t point)
{
	const VkTimelineSemaphoreSubmitInfo points = {
		.sType = VK_STRUCTURE_TYPE_TIMELINE_SEMAPHORE_SUBMIT_INFO,
		.signalSemaphoreValueCount = 1,
		.pSignalSemaphoreValues = &point,
	};
	const VkSubmitInfo submit = {
		.sType = VK_STRUCTURE_TYPE_SUBMIT_INFO,
		.pNext = &points,
		.commandBufferCount = 1,
		.pCommandBuffers = &commands,
		.signalSemaphoreCount = 1,
		.pSignalSemaphores = &timeline,
	};
	const VkSemaphoreWaitInfo wait = {
		.sType = VK_STRUCTURE_TYPE_SEMAPHORE_WAIT_INFO,
		.semaphoreCount = 1,
		.pSemaphores = &timeline,
		.pValues = &point,
	};

	CHECK(vkQueueSubmit(gpu->queue, 1, &submit, VK_NULL_HANDLE));
	CHECK(vkWaitSemaphores(gpu->device, &wait, TIMEOUT_NS));
}

static void print(const char *what, const struct buffer *buffer)
{
	uint32_t i, right = 0;

	for (i = 0; i < NUM_WORDS; i++)
		right += buffer->words[i] == i * 3 + 7;
	printf("%s: %u of %u words, [0] = %u, [%u] = %u\n", what, right, NUM_WORDS,
	       buffer->words[0], NUM_WORDS - 1, buffer->words[NUM_WORDS - 1]);
	if (right != NUM_WORDS)
		exit(1);
}

static void free_buffer(const struct gpu *gpu, const struct buffer *buffer)
{
	vkDestroyBuffer(gpu->device, buffer->buffer, NULL);
	vkFreeMemory(gpu->device, buffer->memory, NULL);
}

int main(void)
{
	const VkSemaphoreTypeCreateInfo type = {
		.sType = VK_STRUCTURE_TYPE_SEMAPHORE_TYPE_CREATE_INFO,
		.semaphoreType = VK_SEMAPHORE_TYPE_TIMELINE,
	};
	const VkSemaphoreCreateInfo semaphore = {
		.sType = VK_STRUCTURE_TYPE_SEMAPHORE_CREATE_INFO,
		.pNext = &type,
	};
	struct buffer plain, sparse;
	VkSemaphore timeline;
	struct gpu gpu = { 0 };

	open_gpu(&gpu);
	make_pipeline(&gpu);
	make_buffer(&gpu, &plain, 0);
	CHECK(vkBindBufferMemory(gpu.device, plain.buffer, plain.memory, 0));
	make_buffer(&gpu, &sparse, VK_BUFFER_CREATE_SPARSE_BINDING_BIT);
	bind_sparse(&gpu, &sparse);
	CHECK(vkCreateSemaphore(gpu.device, &semaphore, NULL, &timeline));

	run(&gpu, record(&gpu, describe(&gpu, &plain)), timeline, 1);
	print("plain", &plain);
	run(&gpu, record(&gpu, describe(&gpu, &sparse)), timeline, 2);
	print("sparse", &sparse);

	vkDestroySemaphore(gpu.device, timeline, NULL);
	free_buffer(&gpu, &sparse);
	free_buffer(&gpu, &plain);
	vkDestroyDescriptorPool(gpu.device, gpu.descriptors, NULL);
	vkDestroyPipeline(gpu.device, gpu.pipeline, NULL);
	vkDestroyPipelineLayout(gpu.device, gpu.layout, NULL);
	vkDestroyDescriptorSetLayout(gpu.device, gpu.set_layout, NULL);
	vkDestroyCommandPool(gpu.device, gpu.pool, NULL);
	vkDestroyDevice(gpu.device, NULL);
	vkDestroyInstance(gpu.instance, NULL);
	return 0;
}
