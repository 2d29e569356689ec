// SPDX-License-Identifier: MIT
/*
 * Compute commands on the simulator's engine: the same instructions as in the kernel module, on the
 * memory of the fake device.
 */
#include <engine.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <asahi_drm.h>

#include "fake_internal.h"

/* Shaders in these tests end soon or not at all. */
#define FAKE_RUN_BUDGET 100000000

struct fake_run {
	const struct fake_file *file;
	uint32_t vm;
};

/* Copies piece by piece; nothing is copied unless all of it translates. */
static int fake_run_copy(const struct fake_run *run, u64 va, u8 *buf, u32 size, bool write,
			 bool dry)
{
	u64 piece;
	u8 *cpu;

	for (; size; size -= piece, va += piece, buf += piece) {
		cpu = fake_vm_translate(run->file, run->vm, va,
					write ? DRM_ASAHI_BIND_WRITE : DRM_ASAHI_BIND_READ, &piece);
		if (!cpu)
			return -EFAULT;
		if (piece > size)
			piece = size;
		if (dry)
			continue;
		if (write)
			memcpy(cpu, buf, piece);
		else
			memcpy(buf, cpu, piece);
	}
	return 0;
}

static int fake_run_read(void *ctx, u64 va, void *dst, u32 size, enum agx_engine_access access)
{
	struct fake_run *run = ctx;
	int ret;

	ret = fake_run_copy(run, va, dst, size, false, true);
	return ret ? ret : fake_run_copy(run, va, dst, size, false, false);
}

static int fake_run_write(void *ctx, u64 va, const void *src, u32 size,
			  enum agx_engine_access access)
{
	struct fake_run *run = ctx;
	int ret;

	ret = fake_run_copy(run, va, (u8 *)src, size, true, true);
	return ret ? ret : fake_run_copy(run, va, (u8 *)src, size, true, false);
}

static int fake_run_update(void *ctx, u64 va, u32 (*change)(void *arg, u32 value), void *arg)
{
	struct fake_run *run = ctx;
	u32 value;
	int ret;

	ret = fake_run_copy(run, va, (u8 *)&value, sizeof(value), true, true);
	if (!ret)
		ret = fake_run_read(ctx, va, &value, sizeof(value), AGX_ENGINE_SHADER_ATOMIC);
	if (ret)
		return ret;

	value = change(arg, value);
	return fake_run_write(ctx, va, &value, sizeof(value), AGX_ENGINE_SHADER_ATOMIC);
}

int fake_run_compute(const struct fake_file *file, uint32_t vm, uint64_t usc_base, uint64_t stream)
{
	static const struct agx_engine_mem_ops ops = {
		.read = fake_run_read,
		.write = fake_run_write,
		.update = fake_run_update,
	};
	const struct drm_asahi_params_global *params = fake_params();
	struct agx_engine_config config = {
		.usc_base = usc_base,
		.stream = stream,
		.soft_faults = params->features & DRM_ASAHI_FEATURE_SOFT_FAULTS,
		.g14x = params->gpu_generation == 14 && params->num_clusters_total > 1,
	};
	struct fake_run run = { .file = file, .vm = vm };
	struct agx_engine *engine = malloc(agx_engine_size());
	enum agx_engine_status status;

	if (!engine)
		return -ENOMEM;

	agx_engine_init(engine);
	agx_engine_start(engine, &config, &ops, &run);
	status = agx_engine_run(engine, FAKE_RUN_BUDGET);
	free(engine);

	switch (status) {
	case AGX_ENGINE_DONE:
		return 0;
	case AGX_ENGINE_FAULT:
		return -EIO;
	default:
		return -ETIMEDOUT;
	}
}
