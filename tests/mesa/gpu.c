// SPDX-License-Identifier: MIT
#include <stdlib.h>
#include <string.h>

#include "gpu.h"

static const struct {
	/* Pattern of the names of the loader's manifests. */
	const char *manifest;
	/* What the device's name begins with. */
	const char *device;
} drivers[] = {
	[GPU_ASAHI] = { "*asahi*", "Apple " },
	[GPU_LAVAPIPE] = { "*lvp*", "llvmpipe " },
};

static void prepare_drivers(void)
{
	/* Images are not compressed, which the simulated GPU cannot. */
	setenv("ASAHI_MESA_DEBUG", "nocompress", false);
}

static void create_instance(struct gpu *gpu)
{
	const VkApplicationInfo app = {
		.sType = VK_STRUCTURE_TYPE_APPLICATION_INFO,
		.apiVersion = VK_API_VERSION_1_3,
	};
	const VkInstanceCreateInfo info = {
		.sType = VK_STRUCTURE_TYPE_INSTANCE_CREATE_INFO,
		.pApplicationInfo = &app,
	};
	VkPhysicalDeviceProperties properties;
	uint32_t count = 1;

	prepare_drivers();
	setenv("VK_LOADER_DRIVERS_SELECT", drivers[gpu->driver].manifest, true);
	VK(vkCreateInstance(&info, NULL, &gpu->instance));
	VK(vkEnumeratePhysicalDevices(gpu->instance, &count, &gpu->physical));
	igt_assert_f(count == 1, "no device of %s\n", drivers[gpu->driver].manifest);

	vkGetPhysicalDeviceProperties(gpu->physical, &properties);
	gpu->drops_in_holes = properties.sparseProperties.residencyNonResidentStrict;
	strcpy(gpu->name, properties.deviceName);
	igt_assert_f(strncmp(gpu->name, drivers[gpu->driver].device,
			     strlen(drivers[gpu->driver].device)) == 0,
		     "the device of %s is called %s\n", drivers[gpu->driver].manifest, gpu->name);
}

static void create_device(struct gpu *gpu, bool robust)
{
	const char *const extension = VK_EXT_ROBUSTNESS_2_EXTENSION_NAME;
	VkPhysicalDeviceRobustness2FeaturesEXT robustness = {
		.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_ROBUSTNESS_2_FEATURES_EXT,
	};
	VkPhysicalDeviceVulkan13Features features13 = {
		.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_3_FEATURES,
		.pNext = robust ? &robustness : NULL,
	};
	VkPhysicalDeviceVulkan12Features features12 = {
		.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_2_FEATURES,
		.pNext = &features13,
	};
	VkPhysicalDeviceVulkan11Features features11 = {
		.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_1_FEATURES,
		.pNext = &features12,
	};
	VkPhysicalDeviceFeatures2 features = {
		.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FEATURES_2,
		.pNext = &features11,
	};
	const float priority = 1.0f;
	const VkDeviceQueueCreateInfo queue = {
		.sType = VK_STRUCTURE_TYPE_DEVICE_QUEUE_CREATE_INFO,
		.queueCount = 1,
		.pQueuePriorities = &priority,
	};
	const VkDeviceCreateInfo info = {
		.sType = VK_STRUCTURE_TYPE_DEVICE_CREATE_INFO,
		.pNext = &features,
		.queueCreateInfoCount = 1,
		.pQueueCreateInfos = &queue,
		.enabledExtensionCount = robust,
		.ppEnabledExtensionNames = &extension,
	};

	vkGetPhysicalDeviceFeatures2(gpu->physical, &features);
	features.features.robustBufferAccess = robust;
	features13.robustImageAccess = robust;
	VK(vkCreateDevice(gpu->physical, &info, NULL, &gpu->device));
	vkGetDeviceQueue(gpu->device, 0, 0, &gpu->queue);
}

static uint32_t choose_memory_type(const struct gpu *gpu)
{
	const VkMemoryPropertyFlags wanted = VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT |
					     VK_MEMORY_PROPERTY_HOST_COHERENT_BIT;
	VkPhysicalDeviceMemoryProperties properties;
	uint32_t i;

	vkGetPhysicalDeviceMemoryProperties(gpu->physical, &properties);
	for (i = 0; i < properties.memoryTypeCount; i++)
		if ((properties.memoryTypes[i].propertyFlags & wanted) == wanted)
			return i;
	igt_assert_f(false, "no memory that the CPU sees\n");
}

void gpu_open(struct gpu *gpu, enum gpu_driver driver, bool robust)
{
	const VkCommandPoolCreateInfo pool = {
		.sType = VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO,
	};

	gpu->driver = driver;
	create_instance(gpu);
	create_device(gpu, robust);
	gpu->memory_type = choose_memory_type(gpu);
	VK(vkCreateCommandPool(gpu->device, &pool, NULL, &gpu->pool));
}

void gpu_close(struct gpu *gpu)
{
	vkDestroyCommandPool(gpu->device, gpu->pool, NULL);
	vkDestroyDevice(gpu->device, NULL);
	vkDestroyInstance(gpu->instance, NULL);
}

VkDeviceMemory gpu_memory_create(const struct gpu *gpu, VkDeviceSize size)
{
	const VkMemoryAllocateFlagsInfo flags = {
		.sType = VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_FLAGS_INFO,
		.flags = VK_MEMORY_ALLOCATE_DEVICE_ADDRESS_BIT,
	};
	const VkMemoryAllocateInfo info = {
		.sType = VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO,
		.pNext = &flags,
		.allocationSize = size,
		.memoryTypeIndex = gpu->memory_type,
	};
	VkDeviceMemory memory;

	VK(vkAllocateMemory(gpu->device, &info, NULL, &memory));
	return memory;
}

void gpu_buffer_create(const struct gpu *gpu, struct gpu_buffer *buffer, uint32_t num_words)
{
	const VkBufferCreateInfo info = {
		.sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO,
		.size = num_words * sizeof(uint32_t),
		.usage = VK_BUFFER_USAGE_STORAGE_BUFFER_BIT | VK_BUFFER_USAGE_UNIFORM_BUFFER_BIT |
			 VK_BUFFER_USAGE_INDIRECT_BUFFER_BIT | VK_BUFFER_USAGE_TRANSFER_SRC_BIT |
			 VK_BUFFER_USAGE_TRANSFER_DST_BIT |
			 VK_BUFFER_USAGE_SHADER_DEVICE_ADDRESS_BIT,
	};
	VkMemoryRequirements needs;
	void *map;

	VK(vkCreateBuffer(gpu->device, &info, NULL, &buffer->buffer));
	vkGetBufferMemoryRequirements(gpu->device, buffer->buffer, &needs);
	buffer->memory = gpu_memory_create(gpu, needs.size);
	VK(vkBindBufferMemory(gpu->device, buffer->buffer, buffer->memory, 0));
	VK(vkMapMemory(gpu->device, buffer->memory, 0, VK_WHOLE_SIZE, 0, &map));
	buffer->words = map;
	buffer->num_words = num_words;
}

void gpu_buffer_destroy(const struct gpu *gpu, struct gpu_buffer *buffer)
{
	vkDestroyBuffer(gpu->device, buffer->buffer, NULL);
	vkFreeMemory(gpu->device, buffer->memory, NULL);
}

VkCommandBuffer gpu_begin(const struct gpu *gpu)
{
	const VkCommandBufferAllocateInfo info = {
		.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO,
		.commandPool = gpu->pool,
		.commandBufferCount = 1,
	};
	const VkCommandBufferBeginInfo begin = {
		.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO,
		.flags = VK_COMMAND_BUFFER_USAGE_SIMULTANEOUS_USE_BIT,
	};
	VkCommandBuffer commands;

	VK(vkAllocateCommandBuffers(gpu->device, &info, &commands));
	VK(vkBeginCommandBuffer(commands, &begin));
	return commands;
}

void gpu_run(const struct gpu *gpu, VkCommandBuffer commands)
{
	const VkFenceCreateInfo fence_info = { .sType = VK_STRUCTURE_TYPE_FENCE_CREATE_INFO };
	const VkSubmitInfo submit = {
		.sType = VK_STRUCTURE_TYPE_SUBMIT_INFO,
		.commandBufferCount = 1,
		.pCommandBuffers = &commands,
	};
	VkFence fence;

	VK(vkCreateFence(gpu->device, &fence_info, NULL, &fence));
	VK(vkQueueSubmit(gpu->queue, 1, &submit, fence));
	VK(vkWaitForFences(gpu->device, 1, &fence, VK_TRUE, GPU_TIMEOUT_NS));
	vkDestroyFence(gpu->device, fence, NULL);
}

void gpu_end(const struct gpu *gpu, VkCommandBuffer commands)
{
	VK(vkEndCommandBuffer(commands));
	gpu_run(gpu, commands);
	vkFreeCommandBuffers(gpu->device, gpu->pool, 1, &commands);
}
