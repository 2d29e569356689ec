// SPDX-License-Identifier: MIT
/*
 * Fuzz target: the builder of submits, and what divides them. The kernel gets every command that
 * was accepted, once and in order, with its attachments, waiting for all that it was to wait for;
 * each piece is one that it takes.
 *
 * The input: how many commands the device takes, then what is appended.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <asahi_drm.h>
#include <drm_agx.h>

#include "fake.h"
#include "fuzz.h"

#define NONE DRM_ASAHI_BARRIER_NONE
#define STAGES 3
#define MAX_COMMANDS 256
#define MAX_SYNCS 64
#define MAX_PAYLOAD 300

/* A command: as it was meant, or as the kernel understands it. Numbers count from 1. */
struct command {
	uint16_t type;
	uint32_t hash;

	/* How many commands of each stream it waits for: the first ones of the whole. */
	uint32_t render;
	uint32_t compute;

	uint32_t attachments[STAGES];
};

struct reading {
	struct command commands[MAX_COMMANDS];
	uint32_t count;
	uint32_t num_render;
	uint32_t num_compute;
	uint32_t attachments[STAGES];
};

/* What was accepted. */
static struct reading meant;
static struct drm_asahi_sync waits[MAX_SYNCS], signals[MAX_SYNCS];
static uint32_t num_waits, num_signals;

/* What the kernel has got. */
static struct reading got;
static uint32_t max_commands;
static bool is_over;

/* Pieces before the last. */
static uint32_t num_pieces;

static uint32_t hash(const uint8_t *bytes, size_t size)
{
	uint32_t value = 2166136261u;

	while (size--)
		value = (value ^ *bytes++) * 16777619u;
	return value;
}

static uint32_t waits_for(uint16_t barrier, uint32_t before)
{
	return barrier == NONE ? 0 : before + barrier;
}

static void add_command(struct reading *reading, struct drm_asahi_cmd_header header,
			const uint8_t *payload, const struct reading *before)
{
	struct command *command = &reading->commands[reading->count++];

	*command = (struct command){
		.type = header.cmd_type,
		.hash = hash(payload, header.size),
		.render = waits_for(header.vdm_barrier, before->num_render),
		.compute = waits_for(header.cdm_barrier, before->num_compute),
	};
	memcpy(command->attachments, reading->attachments, sizeof(command->attachments));
	fuzz_check(command->render <= reading->num_render);
	fuzz_check(command->compute <= reading->num_compute);
	if (header.cmd_type == DRM_ASAHI_CMD_RENDER)
		reading->num_render++;
	else
		reading->num_compute++;
}

/* Reads a piece as the kernel does. */
static void read_piece(const struct drm_asahi_submit *args)
{
	const uint8_t *cmdbuf = (const uint8_t *)(uintptr_t)args->cmdbuf;
	struct drm_asahi_cmd_header header;
	struct reading before;
	uint32_t pos = 0;

	memset(got.attachments, 0, sizeof(got.attachments));
	before.num_render = got.num_render;
	before.num_compute = got.num_compute;
	before.count = got.count;
	while (pos < args->cmdbuf_size) {
		fuzz_check(args->cmdbuf_size - pos >= sizeof(header));
		memcpy(&header, cmdbuf + pos, sizeof(header));
		pos += sizeof(header);
		fuzz_check(args->cmdbuf_size - pos >= header.size);
		switch (header.cmd_type) {
		case DRM_ASAHI_CMD_RENDER:
		case DRM_ASAHI_CMD_COMPUTE:
			fuzz_check(got.count < meant.count);
			add_command(&got, header, cmdbuf + pos, &before);
			break;
		case DRM_ASAHI_SET_VERTEX_ATTACHMENTS:
		case DRM_ASAHI_SET_FRAGMENT_ATTACHMENTS:
		case DRM_ASAHI_SET_COMPUTE_ATTACHMENTS:
			fuzz_check(header.vdm_barrier == NONE && header.cdm_barrier == NONE);
			fuzz_check(header.size % sizeof(struct drm_asahi_attachment) == 0);
			got.attachments[header.cmd_type - DRM_ASAHI_SET_VERTEX_ATTACHMENTS] =
				header.size ? hash(cmdbuf + pos, header.size) : 0;
			break;
		default:
			fuzz_check(!"a command that there is not");
		}
		pos += header.size;
	}
	fuzz_check(got.count > before.count);
	fuzz_check(!max_commands || got.count - before.count <= max_commands);

	/* The fence of the last is the fence of all. */
	if (got.count == meant.count && before.count) {
		fuzz_check(got.commands[before.count].render >= before.num_render);
		fuzz_check(got.commands[before.count].compute >= before.num_compute);
	}
}

static void take_submit(const struct drm_asahi_submit *args)
{
	const struct drm_asahi_sync *syncs = (const void *)(uintptr_t)args->syncs;

	fuzz_check(!is_over);
	fuzz_check(!args->flags && !args->pad);
	fuzz_check(args->in_sync_count == num_waits);
	if (num_waits)
		fuzz_check(!memcmp(syncs, waits, num_waits * sizeof(*waits)));
	read_piece(args);
	is_over = got.count == meant.count;
	if (!is_over) {
		/* The next point of a timeline of the library's own. */
		fuzz_check(args->out_sync_count == 1);
		fuzz_check(syncs[num_waits].sync_type == DRM_ASAHI_SYNC_TIMELINE_SYNCOBJ);
		fuzz_check(syncs[num_waits].timeline_value == ++num_pieces);
		return;
	}
	fuzz_check(args->out_sync_count == num_signals);
	if (num_signals)
		fuzz_check(!memcmp(syncs + num_waits, signals, num_signals * sizeof(*signals)));
}

/* The linker sends libagx's calls here: SUBMIT ends, all else goes to the fake device. */
int __real_ioctl(int fd, unsigned long request, ...);
int __wrap_ioctl(int fd, unsigned long request, ...);

int __wrap_ioctl(int fd, unsigned long request, ...)
{
	va_list ap;
	void *arg;

	va_start(ap, request);
	arg = va_arg(ap, void *);
	va_end(ap);
	if (request != DRM_IOCTL_ASAHI_SUBMIT)
		return __real_ioctl(fd, request, arg);

	take_submit(arg);
	return 0;
}

static void check_submit(struct drm_agx_queue *queue, const struct drm_agx_submit *submit)
{
	const struct command *a, *b;
	uint32_t i;

	memset(&got, 0, sizeof(got));
	is_over = false;
	num_pieces = 0;
	fuzz_check(drm_agx_queue_submit(queue, submit) == (meant.count ? 0 : -EINVAL));
	fuzz_check(is_over == (meant.count != 0));
	fuzz_check(got.count == meant.count);
	for (i = 0; i < got.count; i++) {
		a = &meant.commands[i];
		b = &got.commands[i];
		fuzz_check(b->type == a->type && b->hash == a->hash);
		fuzz_check(b->render >= a->render && b->compute >= a->compute);
		fuzz_check(!memcmp(b->attachments, a->attachments, sizeof(a->attachments)));
	}
}

static uint16_t make_barrier(struct fuzz_input *input, uint32_t count)
{
	unsigned int how = fuzz_number(input, 1);

	switch (how % 4) {
	case 0:
		return NONE;
	case 1:
		return 0;
	case 2:
		return count ? how % (count + 1) : 0;
	default:
		return fuzz_number(input, 2);
	}
}

static void try_command(struct fuzz_input *input, struct drm_agx_submit *submit, bool render)
{
	uint8_t payload[MAX_PAYLOAD];
	struct drm_asahi_cmd_header header = {
		.cmd_type = render ? DRM_ASAHI_CMD_RENDER : DRM_ASAHI_CMD_COMPUTE,
		.vdm_barrier = make_barrier(input, meant.num_render),
		.cdm_barrier = make_barrier(input, meant.num_compute),
	};
	size_t size = fuzz_number(input, 1);
	int expected = 0, ret;

	if (meant.count == MAX_COMMANDS)
		return;

	fuzz_bytes(input, payload, size);
	if (!size ||
	    (header.vdm_barrier != NONE && header.vdm_barrier > meant.num_render) ||
	    (header.cdm_barrier != NONE && header.cdm_barrier > meant.num_compute))
		expected = -EINVAL;
	/* Not looked at, then. */
	if (size == 0xff) {
		size = UINT16_MAX + UINT64_C(1) + fuzz_number(input, 4);
		expected = -E2BIG;
	}

	if (render)
		ret = drm_agx_submit_add_render(submit, (const void *)payload, size,
						header.vdm_barrier, header.cdm_barrier);
	else
		ret = drm_agx_submit_add_compute(submit, (const void *)payload, size,
						 header.vdm_barrier, header.cdm_barrier);
	fuzz_check(ret == expected);
	header.size = size;
	if (!ret)
		add_command(&meant, header, payload, &(struct reading){ .count = 0 });
}

static void try_attachments(struct fuzz_input *input, struct drm_agx_submit *submit)
{
	struct drm_asahi_attachment attachments[4];
	uint32_t stage = fuzz_number(input, 1) % 4;
	uint32_t count = fuzz_number(input, 1) % 6;
	int ret;

	fuzz_bytes(input, attachments, sizeof(attachments));
	if (count == 5)
		count = 2731 + fuzz_number(input, 4) % (UINT32_MAX - 2731);
	ret = drm_agx_submit_add_attachments(submit, stage, attachments, count);
	if (stage == STAGES) {
		fuzz_check(ret == -EINVAL);
	} else if (count > 4) {
		fuzz_check(ret == -E2BIG);
	} else {
		fuzz_check(ret == 0);
		meant.attachments[stage] = 0;
		if (count)
			meant.attachments[stage] = hash((const uint8_t *)attachments,
							count * sizeof(*attachments));
	}
}

static void try_sync(struct fuzz_input *input, struct drm_agx_submit *submit,
		     struct drm_agx_sync *const syncs[2])
{
	unsigned int how = fuzz_number(input, 1);
	bool timeline = how & 1, signal = how & 2;
	uint64_t point = how & 4 ? fuzz_number(input, 8) : timeline;
	struct drm_asahi_sync item = {
		.sync_type = timeline ? DRM_ASAHI_SYNC_TIMELINE_SYNCOBJ : DRM_ASAHI_SYNC_SYNCOBJ,
		.handle = drm_agx_sync_handle(syncs[timeline]),
		.timeline_value = point,
	};
	int ret;

	if (num_waits == MAX_SYNCS || num_signals == MAX_SYNCS)
		return;

	if (signal)
		ret = drm_agx_submit_add_signal(submit, syncs[timeline], point);
	else
		ret = drm_agx_submit_add_wait(submit, syncs[timeline], point);
	fuzz_check(ret == (timeline == (point != 0) ? 0 : -EINVAL));
	if (ret)
		return;
	if (signal)
		signals[num_signals++] = item;
	else
		waits[num_waits++] = item;
}

static void forget(struct drm_agx_submit *submit)
{
	drm_agx_submit_reset(submit);
	memset(&meant, 0, sizeof(meant));
	num_waits = 0;
	num_signals = 0;
}

static void use_submit(struct fuzz_input *input, struct drm_agx_queue *queue,
		       struct drm_agx_submit *submit, struct drm_agx_sync *const syncs[2])
{
	while (input->size) {
		unsigned int what = fuzz_number(input, 1);

		switch (what % 16) {
		case 0:
			check_submit(queue, submit);
			break;
		case 1:
			try_sync(input, submit, syncs);
			break;
		case 2:
		case 3:
		case 4:
			try_attachments(input, submit);
			break;
		case 5:
			if (what < 64)
				forget(submit);
			break;
		default:
			try_command(input, submit, what % 2);
		}
	}
	check_submit(queue, submit);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input input = { data, size };
	struct drm_asahi_params_global params;
	struct drm_agx_submit *submit;
	struct drm_agx_queue *queue;
	struct drm_agx_device *dev;
	struct drm_agx_sync *syncs[2];
	struct drm_agx_vm *vm;
	int fd = fake_open();

	fake_get_params(&params);
	max_commands = fuzz_number(&input, 1) % 70;
	params.max_commands_per_submission = max_commands;
	fake_set_params(&params, sizeof(params));
	fuzz_check(drm_agx_device_create(fd, DRM_AGX_FD_OWN, &dev) == 0);
	fuzz_check(drm_agx_vm_create(dev, &vm) == 0);
	fuzz_check(drm_agx_queue_create(vm, DRM_ASAHI_PRIORITY_LOW, &queue) == 0);
	fuzz_check(drm_agx_sync_create(dev, 0, &syncs[0]) == 0);
	fuzz_check(drm_agx_sync_create(dev, DRM_AGX_SYNC_TIMELINE, &syncs[1]) == 0);
	fuzz_check(drm_agx_submit_create(&submit) == 0);

	forget(submit);
	use_submit(&input, queue, submit, syncs);

	drm_agx_submit_destroy(submit);
	drm_agx_sync_unref(syncs[0]);
	drm_agx_sync_unref(syncs[1]);
	drm_agx_queue_unref(queue);
	drm_agx_vm_unref(vm);
	drm_agx_device_unref(dev);
	fuzz_check(fake_count().syncobjs == 0);
	return 0;
}
