// SPDX-License-Identifier: MIT
#include "image.h"

static uint32_t at_least_one(uint32_t number)
{
	return number ? number : 1;
}

static VkExtent3D extent(const struct program_image *info)
{
	return (VkExtent3D){ info->width, at_least_one(info->height), at_least_one(info->depth) };
}

static VkImageViewType view_type(const struct program_image *info)
{
	if (info->depth)
		return VK_IMAGE_VIEW_TYPE_3D;
	if (info->layers)
		return VK_IMAGE_VIEW_TYPE_2D_ARRAY;
	return info->height ? VK_IMAGE_VIEW_TYPE_2D : VK_IMAGE_VIEW_TYPE_1D;
}

static VkImageType image_type(const struct program_image *info)
{
	if (info->depth)
		return VK_IMAGE_TYPE_3D;
	return info->height ? VK_IMAGE_TYPE_2D : VK_IMAGE_TYPE_1D;
}

static VkSampler create_sampler(const struct gpu *gpu, const struct program_image *info)
{
	const VkSamplerCreateInfo sampler_info = {
		.sType = VK_STRUCTURE_TYPE_SAMPLER_CREATE_INFO,
		.magFilter = info->filter,
		.minFilter = info->filter,
		.mipmapMode = VK_SAMPLER_MIPMAP_MODE_NEAREST,
		.addressModeU = info->address_mode,
		.addressModeV = info->address_mode,
		.addressModeW = info->address_mode,
		.maxLod = VK_LOD_CLAMP_NONE,
		.borderColor = VK_BORDER_COLOR_FLOAT_OPAQUE_WHITE,
	};
	VkSampler sampler;

	VK(vkCreateSampler(gpu->device, &sampler_info, NULL, &sampler));
	return sampler;
}

static void create_view(const struct gpu *gpu, struct gpu_image *image,
			const struct program_image *info)
{
	const VkImageViewCreateInfo view = {
		.sType = VK_STRUCTURE_TYPE_IMAGE_VIEW_CREATE_INFO,
		.image = image->image,
		.viewType = view_type(info),
		.format = info->format,
		.subresourceRange = {
			.aspectMask = VK_IMAGE_ASPECT_COLOR_BIT,
			.levelCount = at_least_one(info->levels),
			.layerCount = at_least_one(info->layers),
		},
	};

	VK(vkCreateImageView(gpu->device, &view, NULL, &image->view));
}

void image_create(const struct gpu *gpu, struct gpu_image *image, const struct program_image *info)
{
	const VkImageCreateInfo image_info = {
		.sType = VK_STRUCTURE_TYPE_IMAGE_CREATE_INFO,
		.imageType = image_type(info),
		.format = info->format,
		.extent = extent(info),
		.mipLevels = at_least_one(info->levels),
		.arrayLayers = at_least_one(info->layers),
		.samples = VK_SAMPLE_COUNT_1_BIT,
		.tiling = info->linear ? VK_IMAGE_TILING_LINEAR : VK_IMAGE_TILING_OPTIMAL,
		.usage = VK_IMAGE_USAGE_TRANSFER_SRC_BIT | VK_IMAGE_USAGE_TRANSFER_DST_BIT |
			 (info->sampled ? VK_IMAGE_USAGE_SAMPLED_BIT : VK_IMAGE_USAGE_STORAGE_BIT),
	};
	VkMemoryRequirements needs;

	VK(vkCreateImage(gpu->device, &image_info, NULL, &image->image));
	vkGetImageMemoryRequirements(gpu->device, image->image, &needs);
	image->memory = gpu_memory_create(gpu, needs.size);
	VK(vkBindImageMemory(gpu->device, image->image, image->memory, 0));
	create_view(gpu, image, info);
	image->sampler = info->sampled ? create_sampler(gpu, info) : VK_NULL_HANDLE;
}

void image_destroy(const struct gpu *gpu, struct gpu_image *image)
{
	vkDestroySampler(gpu->device, image->sampler, NULL);
	vkDestroyImageView(gpu->device, image->view, NULL);
	vkDestroyImage(gpu->device, image->image, NULL);
	vkFreeMemory(gpu->device, image->memory, NULL);
}

/* From one use to the next; the layout is always the general one. */
static void record_barrier(VkCommandBuffer commands, const struct gpu_image *image,
			   VkImageLayout from)
{
	const VkImageMemoryBarrier barrier = {
		.sType = VK_STRUCTURE_TYPE_IMAGE_MEMORY_BARRIER,
		.srcAccessMask = VK_ACCESS_MEMORY_WRITE_BIT,
		.dstAccessMask = VK_ACCESS_MEMORY_READ_BIT | VK_ACCESS_MEMORY_WRITE_BIT,
		.oldLayout = from,
		.newLayout = VK_IMAGE_LAYOUT_GENERAL,
		.srcQueueFamilyIndex = VK_QUEUE_FAMILY_IGNORED,
		.dstQueueFamilyIndex = VK_QUEUE_FAMILY_IGNORED,
		.image = image->image,
		.subresourceRange = {
			.aspectMask = VK_IMAGE_ASPECT_COLOR_BIT,
			.levelCount = VK_REMAINING_MIP_LEVELS,
			.layerCount = VK_REMAINING_ARRAY_LAYERS,
		},
	};

	vkCmdPipelineBarrier(commands, VK_PIPELINE_STAGE_ALL_COMMANDS_BIT,
			     VK_PIPELINE_STAGE_ALL_COMMANDS_BIT, 0, 0, NULL, 0, NULL, 1, &barrier);
}

#define MAX_LEVELS 8

static uint32_t half_size(uint32_t size, uint32_t level)
{
	return at_least_one(size >> level);
}

/* The levels lie one behind the other in the buffer, each with all of its layers. */
static uint32_t get_regions(const struct program_image *info, VkBufferImageCopy *regions)
{
	VkDeviceSize offset = 0;
	VkExtent3D size;
	uint32_t i;

	igt_assert_lte(info->levels, MAX_LEVELS);
	for (i = 0; i < at_least_one(info->levels); i++) {
		size = extent(info);
		size.width = half_size(size.width, i);
		size.height = half_size(size.height, i);
		size.depth = half_size(size.depth, i);
		regions[i] = (VkBufferImageCopy){
			.bufferOffset = offset,
			.imageSubresource = {
				.aspectMask = VK_IMAGE_ASPECT_COLOR_BIT,
				.mipLevel = i,
				.layerCount = at_least_one(info->layers),
			},
			.imageExtent = size,
		};
		offset += (VkDeviceSize)size.width * size.height * size.depth *
			  at_least_one(info->layers) * info->texel_size;
	}
	return i;
}

void image_record_upload(VkCommandBuffer commands, const struct gpu_image *image,
			 const struct program_image *info, VkBuffer buffer)
{
	VkBufferImageCopy regions[MAX_LEVELS];
	uint32_t num = get_regions(info, regions);

	record_barrier(commands, image, VK_IMAGE_LAYOUT_UNDEFINED);
	vkCmdCopyBufferToImage(commands, buffer, image->image, VK_IMAGE_LAYOUT_GENERAL, num,
			       regions);
	record_barrier(commands, image, VK_IMAGE_LAYOUT_GENERAL);
}

void image_record_download(VkCommandBuffer commands, const struct gpu_image *image,
			   const struct program_image *info, VkBuffer buffer)
{
	VkBufferImageCopy regions[MAX_LEVELS];
	uint32_t num = get_regions(info, regions);

	record_barrier(commands, image, VK_IMAGE_LAYOUT_GENERAL);
	vkCmdCopyImageToBuffer(commands, image->image, VK_IMAGE_LAYOUT_GENERAL, buffer, num,
			       regions);
}

VkDescriptorType image_descriptor_type(const struct program_image *info)
{
	return info->sampled ? VK_DESCRIPTOR_TYPE_COMBINED_IMAGE_SAMPLER :
			       VK_DESCRIPTOR_TYPE_STORAGE_IMAGE;
}
