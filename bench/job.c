// SPDX-License-Identifier: MIT
#include <string.h>

#include "bench.h"
#include "drm_agx.h"
#include "gpu.h"
#include "job.h"

#define TIMEOUT_NS 60000000000ll

static void must(int ret, const char *what)
{
	if (ret)
		bench_die("%s: %s\n", what, strerror(-ret));
}

void job_init(struct job *job, const void *code, size_t size, uint32_t num_registers)
{
	const struct drm_agx_shader_info info = {
		.struct_size = sizeof(info),
		.code = code,
		.code_size = size,
		.num_registers = num_registers,
	};

	memset(job, 0, sizeof(*job));
	must(drm_agx_device_create(gpu_open(), DRM_AGX_FD_OWN, &job->dev), "device");
	must(drm_agx_vm_create(job->dev, &job->vm), "VM");
	must(drm_agx_queue_create(job->vm, DRM_ASAHI_PRIORITY_MEDIUM, &job->queue), "queue");
	must(drm_agx_shader_create(job->vm, &info, &job->shader), "shader");
	must(drm_agx_compute_create(job->vm, &job->compute), "stream");
	must(drm_agx_submit_create(&job->submit), "submit");
	must(drm_agx_sync_create(job->dev, 0, &job->done), "syncobj");
}

void job_fini(struct job *job)
{
	unsigned int i;

	for (i = 0; i < job->num_buffers; i++)
		drm_agx_bo_unref(job->buffers[i]);
	drm_agx_sync_unref(job->done);
	drm_agx_submit_destroy(job->submit);
	drm_agx_compute_destroy(job->compute);
	drm_agx_shader_unref(job->shader);
	drm_agx_queue_unref(job->queue);
	drm_agx_vm_unref(job->vm);
	drm_agx_device_unref(job->dev);
}

uint64_t job_buffer(struct job *job, uint64_t size, void **map)
{
	struct drm_agx_bo **bo = &job->buffers[job->num_buffers];
	uint64_t addr;

	if (job->num_buffers == JOB_BUFFERS)
		bench_die("too many buffers\n");
	must(drm_agx_bo_create_private(job->vm, size, DRM_AGX_BO_WRITEBACK, bo), "buffer");
	job->num_buffers++;
	must(drm_agx_bo_bind(*bo, job->vm, DRM_AGX_BIND_READ | DRM_AGX_BIND_WRITE, &addr), "bind");
	must(drm_agx_bo_map(*bo, map), "map");
	return addr;
}

void job_launch(struct job *job, uint32_t threads, uint32_t group, const uint64_t *args,
		unsigned int num_args)
{
	const struct drm_agx_launch launch = {
		.struct_size = sizeof(launch),
		.shader = job->shader,
		.uniforms = args,
		.uniforms_size = num_args * sizeof(*args),
		.global = { threads, 1, 1 },
		.local = { group, 1, 1 },
	};

	must(drm_agx_compute_launch(job->compute, &launch), "launch");
}

void job_end(struct job *job)
{
	struct drm_asahi_cmd_compute cmd;

	must(drm_agx_compute_end(job->compute, &cmd, sizeof(cmd)), "stream");
	must(drm_agx_submit_add_compute(job->submit, &cmd, sizeof(cmd), 0, 0), "command");
	must(drm_agx_submit_add_signal(job->submit, job->done, 0), "signal");
}

void job_submit(const struct job *job)
{
	must(drm_agx_queue_submit(job->queue, job->submit), "SUBMIT");
}

static void wait_for_end(const struct job *job)
{
	must(drm_agx_sync_wait(job->done, 0, drm_agx_deadline(TIMEOUT_NS)), "wait");
}

static void check_status(const struct job *job)
{
	int status;

	must(drm_agx_sync_status(job->done, 0, &status), "status");
	if (status < 0)
		bench_die("the job failed: %s\n", strerror(-status));
}

void job_wait(const struct job *job)
{
	wait_for_end(job);
	check_status(job);
}

double job_sample(void *data)
{
	const struct job *job = data;
	uint64_t start = bench_ns(), ns;

	job_submit(job);
	wait_for_end(job);
	ns = bench_ns() - start;
	check_status(job);
	return ns;
}
