// SPDX-License-Identifier: MIT
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fill.h"
#include "run.h"

#define MAX_CONSTANTS 4
/* Vulkan guarantees so much for push constants. */
#define MAX_PUSH 128

/* The shader's code, to be freed. */
static uint32_t *read_shader(const char *name, size_t *size)
{
	char path[256];
	uint32_t *code;
	FILE *file;
	long end;

	snprintf(path, sizeof(path), "%s/%s.spv", MESA_SHADERS, name);
	file = fopen(path, "re");
	igt_assert_f(file, "no %s\n", path);
	igt_assert_eq(fseek(file, 0, SEEK_END), 0);
	end = ftell(file);
	igt_assert_lt(0, end);
	rewind(file);
	code = malloc(end);
	igt_assert(code);
	igt_assert_eq(fread(code, 1, end, file), end);
	fclose(file);
	*size = end;
	return code;
}

static unsigned int num_buffers(const struct program *program)
{
	unsigned int num = 0;

	while (num < MAX_BUFFERS && program->buffers[num].num_words)
		num++;
	return num;
}

static unsigned int num_shaders(const struct program *program)
{
	unsigned int num = 1;

	while (num < MAX_SHADERS && program->shaders[num - 1])
		num++;
	return num;
}

static VkDescriptorType descriptor_type(const struct program_buffer *buffer)
{
	if (buffer->image)
		return image_descriptor_type(buffer->image);
	return buffer->uniform ? VK_DESCRIPTOR_TYPE_UNIFORM_BUFFER :
				 VK_DESCRIPTOR_TYPE_STORAGE_BUFFER;
}

static void create_layout(struct run *run)
{
	VkDescriptorSetLayoutBinding bindings[MAX_BUFFERS] = { 0 };
	const VkDescriptorSetLayoutCreateInfo set_info = {
		.sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_LAYOUT_CREATE_INFO,
		.bindingCount = num_buffers(run->program),
		.pBindings = bindings,
	};
	const VkPushConstantRange push = { VK_SHADER_STAGE_COMPUTE_BIT, 0, MAX_PUSH };
	const VkPipelineLayoutCreateInfo info = {
		.sType = VK_STRUCTURE_TYPE_PIPELINE_LAYOUT_CREATE_INFO,
		.setLayoutCount = 1,
		.pSetLayouts = &run->set_layout,
		.pushConstantRangeCount = 1,
		.pPushConstantRanges = &push,
	};
	unsigned int i;

	for (i = 0; i < num_buffers(run->program); i++) {
		bindings[i].binding = i;
		bindings[i].descriptorType = descriptor_type(&run->program->buffers[i]);
		bindings[i].descriptorCount = 1;
		bindings[i].stageFlags = VK_SHADER_STAGE_COMPUTE_BIT;
	}
	VK(vkCreateDescriptorSetLayout(run->gpu->device, &set_info, NULL, &run->set_layout));
	VK(vkCreatePipelineLayout(run->gpu->device, &info, NULL, &run->layout));
}

void run_see(struct run *run, unsigned int binding, VkBuffer buffer, VkDeviceSize size)
{
	const VkDescriptorBufferInfo range = { buffer, 0, size };
	const VkWriteDescriptorSet write = {
		.sType = VK_STRUCTURE_TYPE_WRITE_DESCRIPTOR_SET,
		.dstSet = run->set,
		.dstBinding = binding,
		.descriptorCount = 1,
		.descriptorType = descriptor_type(&run->program->buffers[binding]),
		.pBufferInfo = &range,
	};

	vkUpdateDescriptorSets(run->gpu->device, 1, &write, 0, NULL);
}

static void see_image(struct run *run, unsigned int binding)
{
	const struct gpu_image *image = &run->images[binding];
	const VkDescriptorImageInfo info = { image->sampler, image->view, VK_IMAGE_LAYOUT_GENERAL };
	const VkWriteDescriptorSet write = {
		.sType = VK_STRUCTURE_TYPE_WRITE_DESCRIPTOR_SET,
		.dstSet = run->set,
		.dstBinding = binding,
		.descriptorCount = 1,
		.descriptorType = descriptor_type(&run->program->buffers[binding]),
		.pImageInfo = &info,
	};

	vkUpdateDescriptorSets(run->gpu->device, 1, &write, 0, NULL);
}

static VkDeviceSize visible_size(const struct program_buffer *buffer)
{
	return buffer->visible ? buffer->visible * sizeof(uint32_t) : VK_WHOLE_SIZE;
}

static void create_set(struct run *run)
{
	const VkDescriptorPoolSize sizes[] = {
		{ VK_DESCRIPTOR_TYPE_STORAGE_BUFFER, MAX_BUFFERS },
		{ VK_DESCRIPTOR_TYPE_UNIFORM_BUFFER, MAX_BUFFERS },
		{ VK_DESCRIPTOR_TYPE_STORAGE_IMAGE, MAX_BUFFERS },
		{ VK_DESCRIPTOR_TYPE_COMBINED_IMAGE_SAMPLER, MAX_BUFFERS },
	};
	const VkDescriptorPoolCreateInfo pool = {
		.sType = VK_STRUCTURE_TYPE_DESCRIPTOR_POOL_CREATE_INFO,
		.maxSets = 1,
		.poolSizeCount = ARRAY_SIZE(sizes),
		.pPoolSizes = sizes,
	};
	VkDescriptorSetAllocateInfo info = {
		.sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_ALLOCATE_INFO,
		.descriptorSetCount = 1,
		.pSetLayouts = &run->set_layout,
	};
	unsigned int i;

	VK(vkCreateDescriptorPool(run->gpu->device, &pool, NULL, &run->descriptors));
	info.descriptorPool = run->descriptors;
	VK(vkAllocateDescriptorSets(run->gpu->device, &info, &run->set));

	for (i = 0; i < num_buffers(run->program); i++) {
		const struct program_buffer *buffer = &run->program->buffers[i];

		if (buffer->image)
			see_image(run, i);
		else if (!buffer->replaced)
			run_see(run, i, run->buffers[i].buffer, visible_size(buffer));
	}
}

static VkPipeline create_pipeline(const struct run *run, const char *shader)
{
	VkSpecializationMapEntry entries[MAX_CONSTANTS];
	const VkSpecializationInfo constants = {
		.mapEntryCount = run->program->num_constants,
		.pMapEntries = entries,
		.dataSize = run->program->num_constants * sizeof(uint32_t),
		.pData = run->program->constants,
	};
	VkShaderModuleCreateInfo module = {
		.sType = VK_STRUCTURE_TYPE_SHADER_MODULE_CREATE_INFO,
	};
	VkComputePipelineCreateInfo info = {
		.sType = VK_STRUCTURE_TYPE_COMPUTE_PIPELINE_CREATE_INFO,
		.stage = {
			.sType = VK_STRUCTURE_TYPE_PIPELINE_SHADER_STAGE_CREATE_INFO,
			.stage = VK_SHADER_STAGE_COMPUTE_BIT,
			.pName = "main",
			.pSpecializationInfo = &constants,
		},
		.layout = run->layout,
	};
	VkPipeline pipeline;
	uint32_t *code, i;

	igt_assert_lte(run->program->num_constants, MAX_CONSTANTS);
	for (i = 0; i < run->program->num_constants; i++) {
		entries[i].constantID = i;
		entries[i].offset = i * sizeof(uint32_t);
		entries[i].size = sizeof(uint32_t);
	}

	code = read_shader(shader, &module.codeSize);
	module.pCode = code;
	VK(vkCreateShaderModule(run->gpu->device, &module, NULL, &info.stage.module));
	free(code);
	VK(vkCreateComputePipelines(run->gpu->device, VK_NULL_HANDLE, 1, &info, NULL, &pipeline));
	vkDestroyShaderModule(run->gpu->device, info.stage.module, NULL);
	return pipeline;
}

void run_create(struct run *run)
{
	const struct program *program = run->program;
	const char *shader;
	unsigned int i;

	for (i = 0; i < num_buffers(program); i++) {
		gpu_buffer_create(run->gpu, &run->buffers[i], program->buffers[i].num_words);
		fill_words(run->buffers[i].words, program->buffers[i].num_words,
			   program->buffers[i].fill, i);
		if (program->buffers[i].image)
			image_create(run->gpu, &run->images[i], program->buffers[i].image);
	}
	create_layout(run);
	create_set(run);
	for (i = 0; i < num_shaders(program); i++) {
		shader = i ? program->shaders[i - 1] : program->name;
		run->pipelines[i] = create_pipeline(run, run->empty ? "empty" : shader);
	}
}

void run_destroy(struct run *run)
{
	VkDevice device = run->gpu->device;
	unsigned int i;

	for (i = 0; i < num_shaders(run->program); i++)
		vkDestroyPipeline(device, run->pipelines[i], NULL);
	vkDestroyDescriptorPool(device, run->descriptors, NULL);
	vkDestroyPipelineLayout(device, run->layout, NULL);
	vkDestroyDescriptorSetLayout(device, run->set_layout, NULL);
	for (i = 0; i < num_buffers(run->program); i++) {
		if (run->program->buffers[i].image)
			image_destroy(run->gpu, &run->images[i]);
		gpu_buffer_destroy(run->gpu, &run->buffers[i]);
	}
}

void run_bind(struct run *run, unsigned int shader)
{
	vkCmdBindPipeline(run->commands, VK_PIPELINE_BIND_POINT_COMPUTE, run->pipelines[shader]);
}

void run_dispatch(struct run *run, unsigned int shader, uint32_t x, uint32_t y, uint32_t z)
{
	run_bind(run, shader);
	vkCmdDispatch(run->commands, x, y, z);
}

void run_barrier(struct run *run)
{
	const VkMemoryBarrier barrier = {
		.sType = VK_STRUCTURE_TYPE_MEMORY_BARRIER,
		.srcAccessMask = VK_ACCESS_MEMORY_WRITE_BIT,
		.dstAccessMask = VK_ACCESS_MEMORY_READ_BIT | VK_ACCESS_MEMORY_WRITE_BIT,
	};

	vkCmdPipelineBarrier(run->commands, VK_PIPELINE_STAGE_ALL_COMMANDS_BIT,
			     VK_PIPELINE_STAGE_ALL_COMMANDS_BIT | VK_PIPELINE_STAGE_HOST_BIT, 0, 1,
			     &barrier, 0, NULL, 0, NULL);
}

void run_push(struct run *run, const void *values, size_t size)
{
	vkCmdPushConstants(run->commands, run->layout, VK_SHADER_STAGE_COMPUTE_BIT, 0, size,
			   values);
}

static uint32_t at_least_one(uint32_t groups)
{
	return groups ? groups : 1;
}

void run_begin(struct run *run)
{
	const struct program_image *info;
	unsigned int i;

	run->commands = gpu_begin(run->gpu);
	for (i = 0; i < num_buffers(run->program); i++) {
		info = run->program->buffers[i].image;
		if (info)
			image_record_upload(run->commands, &run->images[i], info,
					    run->buffers[i].buffer);
	}
	vkCmdBindDescriptorSets(run->commands, VK_PIPELINE_BIND_POINT_COMPUTE, run->layout, 0, 1,
				&run->set, 0, NULL);
}

void run_end(struct run *run)
{
	const struct program_image *info;
	unsigned int i;

	run_barrier(run);
	for (i = 0; i < num_buffers(run->program); i++) {
		info = run->program->buffers[i].image;
		if (info)
			image_record_download(run->commands, &run->images[i], info,
					      run->buffers[i].buffer);
	}
	run_barrier(run);
	gpu_end(run->gpu, run->commands);
}

static void execute(struct run *run)
{
	const struct program *program = run->program;

	run_begin(run);
	if (program->push)
		run_push(run, program->push, program->push_size);
	if (program->record)
		program->record(run);
	else
		run_dispatch(run, 0, at_least_one(program->groups[0]),
			     at_least_one(program->groups[1]), at_least_one(program->groups[2]));
	run_end(run);
}

void run_program(const struct gpu *gpu, const struct program *program, bool empty,
		 uint32_t *results[MAX_BUFFERS])
{
	struct run run = { .program = program, .gpu = gpu, .empty = empty };
	unsigned int i;
	size_t size;

	run_create(&run);
	if (program->execute)
		program->execute(&run);
	else
		execute(&run);
	for (i = 0; i < num_buffers(program); i++) {
		size = program->buffers[i].num_words * sizeof(uint32_t);
		results[i] = malloc(size);
		igt_assert(results[i]);
		memcpy(results[i], run.buffers[i].words, size);
	}
	run_destroy(&run);
}
