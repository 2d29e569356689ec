// SPDX-License-Identifier: MIT
/*
 * Inputs for the fuzz target for recordings: recordings, damaged.
 */
#include "target.h"

#include <stdlib.h>
#include <string.h>

#include <asahi_drm.h>

#include "recording.h"

/* A recording as it grows, and what it is put together with. */
struct input {
	uint8_t data[1 << 15];
	size_t size;
	struct rec_buffer record;
};

static uint32_t state = 41;

static uint32_t random_below(uint32_t n)
{
	state ^= state << 13;
	state ^= state >> 17;
	state ^= state << 5;
	return state % n;
}

static void append(struct input *input, const void *data, size_t size)
{
	if (size > sizeof(input->data) - input->size)
		abort();
	memcpy(input->data + input->size, data, size);
	input->size += size;
}

static void end_record(struct input *input)
{
	rec_end(&input->record);
	append(input, input->record.data, input->record.size);
}

static void put_process(struct input *input)
{
	const struct rec_process process = { .reason = REC_PROCESS_START, .name_size = 4 };

	rec_begin(&input->record, REC_PROCESS, 1, 1, 0);
	rec_put(&input->record, &process, sizeof(process));
	rec_put(&input->record, "foo", 4);
	end_record(input);
}

static void put_device(struct input *input)
{
	const struct drm_asahi_params_global params = { .gpu_generation = 13 };
	const struct rec_object object = {
		.object = 5, .kind = REC_DEVICE, .path_size = 2, .params_size = sizeof(params)
	};
	const struct rec_fd fd = { .fd = 3, .object = 5 };

	rec_begin(&input->record, REC_OBJECT, 1, 1, 0);
	rec_put(&input->record, &object, sizeof(object));
	rec_put(&input->record, "/", 2);
	rec_put(&input->record, &params, sizeof(params));
	end_record(input);
	rec_begin(&input->record, REC_FD, 1, 1, 0);
	rec_put(&input->record, &fd, sizeof(fd));
	end_record(input);
}

static void put_array(struct input *input, uint32_t pointer, const void *data, size_t size)
{
	const struct rec_array_header header = { .pointer = pointer, .size = size };

	rec_put(&input->record, &header, sizeof(header));
	rec_put(&input->record, data, size);
}

static void put_call(struct input *input, uint32_t request, const void *arg, size_t size,
		     unsigned int num_arrays)
{
	const struct rec_ioctl ioctl = {
		.object = 5, .fd = 3, .request = request, .arg_size = size,
		.num_arrays = num_arrays
	};

	rec_begin(&input->record, REC_IOCTL, 1, 1, 0);
	rec_put(&input->record, &ioctl, sizeof(ioctl));
	rec_put(&input->record, arg, size);
	rec_put(&input->record, arg, size);
}

static void put_bind(struct input *input)
{
	const struct drm_asahi_gem_bind_op ops[] = {
		{ DRM_ASAHI_BIND_READ, 1, 0, 16384, 1 << 20 },
		{ DRM_ASAHI_BIND_UNBIND, 0, 0, 16384, 1 << 20 },
	};
	const struct drm_asahi_vm_bind bind = {
		.vm_id = 1, .num_binds = 2, .stride = sizeof(ops[0])
	};

	put_call(input, DRM_IOCTL_ASAHI_VM_BIND, &bind, sizeof(bind), 1);
	put_array(input, offsetof(struct drm_asahi_vm_bind, userptr), ops, sizeof(ops));
	end_record(input);
}

static void put_submit(struct input *input)
{
	const struct drm_asahi_sync syncs[] = {
		{ DRM_ASAHI_SYNC_SYNCOBJ, 1, 0 },
		{ DRM_ASAHI_SYNC_TIMELINE_SYNCOBJ, 2, 3 },
	};
	const struct {
		struct drm_asahi_cmd_header header;
		struct drm_asahi_cmd_compute compute;
		struct drm_asahi_cmd_header attachments;
		struct drm_asahi_attachment attachment;
		struct drm_asahi_cmd_header last;
		struct drm_asahi_cmd_render render;
	} cmdbuf = {
		.header = { DRM_ASAHI_CMD_COMPUTE, sizeof(cmdbuf.compute), 0xffff, 0 },
		.attachments = { DRM_ASAHI_SET_VERTEX_ATTACHMENTS, sizeof(cmdbuf.attachment),
				 0xffff, 0xffff },
		.last = { DRM_ASAHI_CMD_RENDER, sizeof(cmdbuf.render), 0xffff, 1 },
	};
	const struct drm_asahi_submit submit = {
		.queue_id = 1, .in_sync_count = 1, .out_sync_count = 1,
		.cmdbuf_size = sizeof(cmdbuf)
	};
	const struct rec_job job = { .object = 5, .queue_id = 1, .status = 1 };

	put_call(input, DRM_IOCTL_ASAHI_SUBMIT, &submit, sizeof(submit), 2);
	put_array(input, offsetof(struct drm_asahi_submit, syncs), syncs, sizeof(syncs));
	put_array(input, offsetof(struct drm_asahi_submit, cmdbuf), &cmdbuf, sizeof(cmdbuf));
	end_record(input);
	rec_begin(&input->record, REC_JOB, 1, 1, 0);
	rec_put(&input->record, &job, sizeof(job));
	end_record(input);
}

static void put_contents(struct input *input)
{
	static const uint8_t bytes[100];
	const struct rec_contents contents = { .object = 5, .handle = 1, .size = sizeof(bytes) };

	rec_begin(&input->record, REC_CONTENTS, 1, 1, 0);
	rec_put(&input->record, &contents, sizeof(contents));
	rec_put(&input->record, bytes, sizeof(bytes));
	end_record(input);
}

static void make_input(struct input *input)
{
	struct rec_file_header header;
	unsigned int i;

	input->size = 0;
	rec_file_header_init(&header, REC_FILE_CONTENTS, 0, 0);
	append(input, &header, sizeof(header));
	put_process(input);
	put_device(input);
	for (i = random_below(8); i; i--) {
		switch (random_below(3)) {
		case 0:
			put_bind(input);
			break;
		case 1:
			put_submit(input);
			break;
		default:
			put_contents(input);
		}
	}
}

/* Most damage is to the fields that say how long something is, all of them 32 bits wide. */
static void mutate(struct input *input)
{
	static const uint32_t edges[] = { 0, 1, 7, 8, 0x7fffffff, 0x80000000, 0xfffffff8, ~0u };
	uint32_t count = random_below(4), at;

	while (count--) {
		at = random_below(input->size - 4) & ~3u;
		if (random_below(2))
			memcpy(input->data + at, &edges[random_below(8)], 4);
		else
			input->data[at + random_below(4)] ^= 1 << random_below(8);
	}
	if (!random_below(4))
		input->size = random_below(input->size) + 1;
}

size_t fuzz_make_input(uint8_t *data, size_t max)
{
	static struct input input;

	make_input(&input);
	mutate(&input);
	rec_buffer_free(&input.record);
	if (input.size > max)
		abort();
	memcpy(data, input.data, input.size);
	return input.size;
}
