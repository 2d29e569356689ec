// SPDX-License-Identifier: MIT
/* What the builder of submits costs, beside a buffer that is written by hand. */
#include <string.h>

#include "bench.h"
#include "drm_agx.h"
#include "gpu.h"

#define NUM_SUBMITS 32
#define NUM_COMMANDS 8

/* The goal: no more than a twentieth on top. */
#define LIMIT 1.05

/* Does nothing. */
static const unsigned char code[] = { 0x88, 0x00 };

struct job {
	struct drm_agx_device *dev;
	struct drm_agx_vm *vm;
	struct drm_agx_queue *queue;
	struct drm_agx_sync *done;
	struct drm_agx_submit *submit;
	struct drm_asahi_cmd_compute cmd;
};

static void must(int ret, const char *what)
{
	if (ret)
		bench_die("%s: %s\n", what, strerror(-ret));
}

static void wait_for(const struct job *job)
{
	must(drm_agx_sync_wait(job->done, 0, drm_agx_deadline(60000000000ll)), "wait");
}

struct hand_written {
	struct drm_asahi_cmd_header header;
	struct drm_asahi_cmd_compute cmd;
} __attribute__((packed));

static double by_hand(void *data)
{
	const struct job *job = data;
	struct hand_written commands[NUM_COMMANDS];
	struct drm_asahi_sync sync;
	struct drm_asahi_submit args;
	uint64_t start, ns = 0;
	unsigned int i, j;

	for (i = 0; i < NUM_SUBMITS; i++) {
		start = bench_ns();
		for (j = 0; j < NUM_COMMANDS; j++) {
			commands[j].header = (struct drm_asahi_cmd_header){
				.cmd_type = DRM_ASAHI_CMD_COMPUTE,
				.size = sizeof(commands[j].cmd),
				.vdm_barrier = DRM_ASAHI_BARRIER_NONE,
				.cdm_barrier = j,
			};
			commands[j].cmd = job->cmd;
		}
		sync = (struct drm_asahi_sync){
			.sync_type = DRM_ASAHI_SYNC_SYNCOBJ,
			.handle = drm_agx_sync_handle(job->done),
		};
		args = (struct drm_asahi_submit){
			.syncs = (uintptr_t)&sync,
			.cmdbuf = (uintptr_t)commands,
			.queue_id = drm_agx_queue_id(job->queue),
			.out_sync_count = 1,
			.cmdbuf_size = sizeof(commands),
		};
		must(drm_agx_ioctl_submit(drm_agx_device_fd(job->dev), &args, sizeof(args)),
		     "SUBMIT");
		ns += bench_ns() - start;
		wait_for(job);
	}
	return (double)ns / NUM_SUBMITS;
}

static double by_builder(void *data)
{
	const struct job *job = data;
	uint64_t start, ns = 0;
	unsigned int i, j;

	for (i = 0; i < NUM_SUBMITS; i++) {
		start = bench_ns();
		drm_agx_submit_reset(job->submit);
		for (j = 0; j < NUM_COMMANDS; j++)
			must(drm_agx_submit_add_compute(job->submit, &job->cmd, sizeof(job->cmd),
							DRM_AGX_BARRIER_NONE, j), "command");
		must(drm_agx_submit_add_signal(job->submit, job->done, 0), "signal");
		must(drm_agx_queue_submit(job->queue, job->submit), "SUBMIT");
		ns += bench_ns() - start;
		wait_for(job);
	}
	return (double)ns / NUM_SUBMITS;
}

int main(int argc, char **argv)
{
	const struct drm_agx_shader_info info = {
		.struct_size = sizeof(info),
		.code = code, .code_size = sizeof(code), .num_registers = 8
	};
	struct drm_agx_launch launch = {
		.struct_size = sizeof(launch), .global = { 1, 1, 1 }, .local = { 1, 1, 1 }
	};
	struct drm_agx_compute *compute;
	struct drm_agx_shader *shader;
	struct job job;

	bench_begin(argc, argv, "SUBMIT through libagx's builder, and written by hand.");
	must(drm_agx_device_create(gpu_open(), DRM_AGX_FD_OWN, &job.dev), "device");
	must(drm_agx_vm_create(job.dev, &job.vm), "VM");
	must(drm_agx_queue_create(job.vm, DRM_ASAHI_PRIORITY_MEDIUM, &job.queue), "queue");
	must(drm_agx_sync_create(job.dev, 0, &job.done), "sync");
	must(drm_agx_submit_create(&job.submit), "submit");
	must(drm_agx_shader_create(job.vm, &info, &shader), "shader");
	must(drm_agx_compute_create(job.vm, &compute), "stream");
	launch.shader = shader;
	must(drm_agx_compute_launch(compute, &launch), "launch");
	must(drm_agx_compute_end(compute, &job.cmd, sizeof(job.cmd)), "stream");

	const struct bench_point points[] = {
		{ 0, &job, by_hand },
		{ 1, &job, by_builder },
	};

	bench_compare("SUBMIT of 8 commands: by hand (0), with the builder (1)", "how", points,
		      ARRAY_SIZE(points), 0, LIMIT);
	drm_agx_compute_destroy(compute);
	drm_agx_shader_unref(shader);
	drm_agx_submit_destroy(job.submit);
	drm_agx_sync_unref(job.done);
	drm_agx_queue_unref(job.queue);
	drm_agx_vm_unref(job.vm);
	drm_agx_device_unref(job.dev);
	return bench_end();
}
