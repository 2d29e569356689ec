/* SPDX-License-Identifier: MIT */
/*
 * One compute job, with an address space, a queue and buffers of its own.
 */
#ifndef AGX_CLI_JOB_H
#define AGX_CLI_JOB_H

#include <stddef.h>
#include <stdint.h>

#include "cli.h"

struct drm_agx_device;
struct job;

/* On failure these say why. @cli and @dev are borrowed. */
enum cli_exit job_create(struct cli *cli, struct drm_agx_device *dev, struct job **out);
void job_destroy(struct job *job);

/* A buffer that the GPU reads and writes, full of zeros. */
struct job_buffer {
	/* Borrowed from the job. */
	uint32_t *words;

	/* What was asked for; the GPU sees whole pages. */
	size_t size;
	uint64_t addr;
};

enum cli_exit job_add_buffer(struct job *job, size_t size, struct job_buffer *buffer);

struct job_launch {
	/* All borrowed for the call. @preshader may be NULL. */
	const uint8_t *code;
	size_t code_size;
	const uint8_t *preshader;
	size_t preshader_size;

	/* 16-bit ones. */
	uint32_t num_registers;
	uint32_t num_uniforms;
	uint32_t shared_size;

	const void *uniforms;
	uint32_t uniforms_size;

	uint32_t threads[3];
	uint32_t group[3];
};

/* Where it is: the first instruction of its shader, the first block of its control stream. */
struct job_place {
	uint64_t shader;
	uint64_t stream;
};

/* Uploads the shader and records the commands. Once. */
enum cli_exit job_prepare(struct job *job, const struct job_launch *launch,
			  struct job_place *place);

/* Then submits it. Once. */
enum cli_exit job_start(struct job *job);

/*
 * Waits up to @ns nanoseconds. *status is 1 if the job is done, -ETIME if it still runs, and else
 * what it ended with.
 */
enum cli_exit job_wait(struct job *job, uint64_t ns, int *status);

/* Takes its queue away from it. */
void job_kill(struct job *job);

/* When a job that is done started and ended. */
enum cli_exit job_times(struct job *job, uint64_t *start_ns, uint64_t *end_ns);

#endif /* AGX_CLI_JOB_H */
