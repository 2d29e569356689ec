/* SPDX-License-Identifier: MIT */
/**
 * DOC: An image, made of what is in a buffer and copied back to it
 */
#ifndef MESA_IMAGE_H
#define MESA_IMAGE_H

#include "gpu.h"
#include "program.h"

/** struct gpu_image - An image with memory of its own. */
struct gpu_image {
	VkImage image;
	VkDeviceMemory memory;
	VkImageView view;
	/** @sampler: how shaders see it, if they sample it; else none. */
	VkSampler sampler;
};

/** image_create() - An image with nothing in it. */
void image_create(const struct gpu *gpu, struct gpu_image *image, const struct program_image *info);
void image_destroy(const struct gpu *gpu, struct gpu_image *image);

/** image_record_upload() - Record that a buffer becomes the image's content. */
void image_record_upload(VkCommandBuffer commands, const struct gpu_image *image,
			 const struct program_image *info, VkBuffer buffer);

/** image_record_download() - Record that the image's content goes to a buffer. */
void image_record_download(VkCommandBuffer commands, const struct gpu_image *image,
			   const struct program_image *info, VkBuffer buffer);

/** image_descriptor_type() - What a shader has to call it. */
VkDescriptorType image_descriptor_type(const struct program_image *info);

#endif
