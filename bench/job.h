/* SPDX-License-Identifier: MIT */
/* Launches as benchmarks want them: on libagx's objects, and the first failure is the end. */
#ifndef JOB_H
#define JOB_H

#include <stddef.h>
#include <stdint.h>

#define JOB_BUFFERS 2

/** struct job - Launches of one shader, that can be submitted again and again, and a queue. */
struct job {
	/* All owned. */
	struct drm_agx_device *dev;
	struct drm_agx_vm *vm;
	struct drm_agx_queue *queue;
	struct drm_agx_shader *shader;
	struct drm_agx_compute *compute;
	struct drm_agx_submit *submit;
	struct drm_agx_sync *done;
	struct drm_agx_bo *buffers[JOB_BUFFERS];
	unsigned int num_buffers;
};

/**
 * job_init() - A job without launches, on a file, a VM and a queue of its own.
 * @job: the job.
 * @code: AGX machine code.
 * @size: its bytes.
 * @num_registers: 16-bit registers that it needs.
 */
void job_init(struct job *job, const void *code, size_t size, uint32_t num_registers);
void job_fini(struct job *job);

/**
 * job_buffer() - A buffer, for as long as the job is there.
 * @job: the job.
 * @size: bytes.
 * @map: receives where the CPU sees it.
 *
 * Return: where the GPU sees it.
 */
uint64_t job_buffer(struct job *job, uint64_t size, void **map);

/**
 * job_launch() - Append a launch in one dimension.
 * @job: the job.
 * @threads: of the grid.
 * @group: threads of a workgroup.
 * @args: GPU addresses for the first uniforms.
 * @num_args: how many.
 */
void job_launch(struct job *job, uint32_t threads, uint32_t group, const uint64_t *args,
		unsigned int num_args);

/** job_end() - There are no more launches. */
void job_end(struct job *job);

/** job_submit() - SUBMIT. */
void job_submit(const struct job *job);

/** job_wait() - Wait for what has been submitted, which has to end well. */
void job_wait(const struct job *job);

/** job_sample() - For struct bench_point: submit a job and wait; nanoseconds of both. */
double job_sample(void *job);

#endif
