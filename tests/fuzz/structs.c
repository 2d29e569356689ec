// SPDX-License-Identifier: MIT
/*
 * Fuzz target: the structs that say their own size, with anything in them. What is refused leaves
 * no trace; what is accepted becomes a stream that the GPU understands: the simulator's engine runs
 * it on the fake device.
 *
 * The input: the shader's struct, then launches.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <asahi_drm.h>
#include <drm_agx.h>

#include "fake.h"
#include "fuzz.h"

#define MAX_CODE 1024
#define MAX_UNIFORMS 1024
#define MAX_LAUNCHES 200

/* How many threads there is time for, and how much memory of a threadgroup the engine has. */
#define MAX_THREADS 256
#define MAX_SHARED 32768

/* A struct of a caller of some age. */
struct args {
	/* Owned: of exactly the size that it says, so that no byte behind it can be looked at. */
	void *data;
	size_t size;
};

/* @known is the size of this age, at most 120. */
static struct args make_args(struct fuzz_input *input, size_t known)
{
	static const int ages[] = { 0, 0, 0, 0, 1, 4, 8, 100, -1, -4, -8, -100 };
	unsigned int age = fuzz_number(input, 1) % (sizeof(ages) / sizeof(*ages));
	struct args args = { .size = known + ages[age] };
	size_t room;

	if (ages[age] < 0 && known < (size_t)-ages[age])
		args.size = 0;
	/* The size itself is always there. */
	room = args.size < sizeof(size_t) ? sizeof(size_t) : args.size;
	args.data = malloc(room);
	fuzz_check(args.data);
	fuzz_bytes(input, args.data, room);

	/* Sometimes a younger caller sets nothing that is new. */
	if (args.size > known && fuzz_number(input, 1) % 2)
		memset((uint8_t *)args.data + known, 0, args.size - known);
	memcpy(args.data, &args.size, sizeof(args.size));
	return args;
}

/* The error that a struct of its size deserves whatever else is in it, or 0. */
static int size_error(const struct args *args, size_t known)
{
	const uint8_t *bytes = args->data;
	size_t i;

	if (args->size < known)
		return -EINVAL;
	for (i = known; i < args->size; i++)
		if (bytes[i])
			return -E2BIG;
	return 0;
}

/* A size that is true of memory of that many bytes, or one that has to be refused unseen. */
static size_t true_size(size_t size, size_t room, size_t too_large)
{
	return size % 16 ? size % (room + 2) & ~(size_t)1 : too_large + size;
}

/* Brings in what only an honest caller can: pointers to as much as he says. */
static void mend_info(struct drm_agx_shader_info *info)
{
	static uint8_t code[MAX_CODE];
	size_t i;

	/* Whole instructions, each of which stops. */
	for (i = 0; i < sizeof(code); i += 2)
		code[i] = 0x88;
	info->code = (uintptr_t)info->code % 16 ? code : NULL;
	info->preshader = (uintptr_t)info->preshader % 2 ? code : NULL;
	info->code_size = true_size(info->code_size & ~(size_t)1, sizeof(code), SIZE_MAX / 2);
	info->preshader_size = true_size(info->preshader_size & ~(size_t)1, sizeof(code),
					 SIZE_MAX / 2);
	if (!info->preshader && info->preshader_size % 4)
		info->preshader_size = 0;

	/* Mostly within limits. */
	if (info->preshader_registers % 8)
		info->preshader_registers %= 257;
	if (info->num_registers % 8)
		info->num_registers = info->num_registers % 257;
	if (info->num_uniforms % 8)
		info->num_uniforms %= 513;
	if (info->shared_size % 8)
		info->shared_size %= 65537;
}

static struct drm_agx_shader *make_shader(struct fuzz_input *input, struct drm_agx_vm *vm,
					  bool *small)
{
	struct args args = make_args(input, sizeof(struct drm_agx_shader_info));
	struct drm_agx_shader_info *info = args.data;
	struct drm_agx_shader *shader = NULL;
	int expected, ret;

	expected = size_error(&args, sizeof(*info));
	if (args.size >= sizeof(*info)) {
		mend_info(info);
		*small = info->shared_size <= MAX_SHARED;
	}
	ret = drm_agx_shader_create(vm, info, &shader);
	if (expected)
		fuzz_check(ret == expected);
	else
		fuzz_check(ret == 0 || ret == -EINVAL);
	fuzz_check(ret == 0 || (errno == -ret && !shader));
	free(args.data);
	return shader;
}

static void mend_launch(struct fuzz_input *input, struct drm_agx_launch *launch,
			const struct drm_agx_shader *shader)
{
	static uint8_t uniforms[MAX_UNIFORMS];
	unsigned int i;

	launch->shader = (uintptr_t)launch->shader % 16 == 1 ? NULL : shader;
	launch->uniforms = (uintptr_t)launch->uniforms % 16 == 1 ? NULL : uniforms;
	launch->uniforms_size = true_size(launch->uniforms_size, sizeof(uniforms), MAX_UNIFORMS);
	if (launch->uniforms_size % 8)
		launch->uniforms_size &= ~(size_t)3;
	if (launch->indirect % 4)
		launch->indirect = 0;
	if (fuzz_number(input, 1) % 16) {
		for (i = 0; i < 3; i++) {
			launch->global[i] = 1 + launch->global[i] % (i ? 3 : 9);
			launch->local[i] = 1 + launch->local[i] % (i ? 2 : 9);
		}
	}
}

/* Whether running it takes no time, and is sure to end well. */
static bool is_small(const struct drm_agx_launch *launch)
{
	uint64_t threads = 1;
	unsigned int i;

	for (i = 0; i < 3; i++) {
		if (launch->global[i] > MAX_THREADS || launch->local[i] > MAX_THREADS)
			return false;
		threads *= (uint64_t)launch->global[i] * launch->local[i];
	}
	return threads <= MAX_THREADS * MAX_THREADS && !launch->indirect;
}

struct stream {
	struct drm_agx_compute *compute;
	unsigned int launches;
	bool small;
};

static void add_launch(struct fuzz_input *input, struct stream *stream,
		       const struct drm_agx_shader *shader)
{
	struct args args = make_args(input, sizeof(struct drm_agx_launch));
	struct drm_agx_launch *launch = args.data;
	unsigned int times = 1 + fuzz_number(input, 1) % 64;
	int expected, ret;

	expected = size_error(&args, sizeof(*launch));
	if (args.size >= sizeof(*launch))
		mend_launch(input, launch, shader);

	/* Often enough for the stream to go on elsewhere. */
	do {
		ret = drm_agx_compute_launch(stream->compute, launch);
		if (expected)
			fuzz_check(ret == expected);
		else
			fuzz_check(ret == 0 || ret == -EINVAL);
		if (!ret) {
			stream->launches++;
			stream->small &= is_small(launch);
		}
	} while (!ret && --times);
	free(args.data);
}

static void run_stream(const struct stream *stream, struct drm_agx_vm *vm)
{
	struct drm_asahi_cmd_compute cmd;
	struct drm_agx_submit *submit;
	struct drm_agx_queue *queue;
	struct drm_agx_sync *done;
	int status;

	fuzz_check(drm_agx_compute_end(stream->compute, &cmd, sizeof(cmd)) == 0);
	if (!stream->small)
		return;

	fuzz_check(drm_agx_queue_create(vm, DRM_ASAHI_PRIORITY_LOW, &queue) == 0);
	fuzz_check(drm_agx_submit_create(&submit) == 0);
	fuzz_check(drm_agx_sync_create(drm_agx_vm_device(vm), 0, &done) == 0);
	fuzz_check(drm_agx_submit_add_compute(submit, &cmd, sizeof(cmd), 0, 0) == 0);
	fuzz_check(drm_agx_submit_add_signal(submit, done, 0) == 0);
	fuzz_check(drm_agx_queue_submit(queue, submit) == 0);
	fuzz_check(drm_agx_sync_status(done, 0, &status) == 0);
	fuzz_check(status == 1);
	drm_agx_sync_unref(done);
	drm_agx_submit_destroy(submit);
	drm_agx_queue_unref(queue);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input input = { data, size };
	struct stream stream = { 0 };
	struct drm_agx_shader *shader;
	struct drm_agx_device *dev;
	struct drm_agx_vm *vm;

	fuzz_check(drm_agx_device_create(fake_open(), DRM_AGX_FD_OWN, &dev) == 0);
	fuzz_check(drm_agx_vm_create(dev, &vm) == 0);
	shader = make_shader(&input, vm, &stream.small);
	fuzz_check(drm_agx_compute_create(vm, &stream.compute) == 0);
	while (input.size && stream.launches < MAX_LAUNCHES)
		add_launch(&input, &stream, shader);
	if (stream.launches)
		run_stream(&stream, vm);

	drm_agx_compute_destroy(stream.compute);
	drm_agx_shader_unref(shader);
	drm_agx_vm_unref(vm);
	drm_agx_device_unref(dev);
	fuzz_check(fake_count().handles == 0 && fake_count().mappings == 0);
	fuzz_check(fake_bad_closes() == 0);
	return 0;
}
