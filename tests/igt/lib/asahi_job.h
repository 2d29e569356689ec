/* SPDX-License-Identifier: MIT */
/**
 * DOC: Jobs
 *
 * A job is a compute command, written once, that can be submitted any number of times. Started
 * jobs are known by their fence, a sync file.
 */
#ifndef ASAHI_JOB_H
#define ASAHI_JOB_H

#include <stdbool.h>
#include <stdint.h>

#include "asahi_client.h"
#include "asahi_drm.h"
#include "asahi_shader.h"
#include "asahi_stream.h"

/** struct asahi_cmdbuf - The commands of one SUBMIT. */
struct asahi_cmdbuf {
	/** @size: bytes in use. */
	uint32_t size;
	/** @data: commands. */
	uint8_t data[20480];
};

/** ASAHI_QUEUE_ROOM: so many jobs of one queue wait or run, says kernel/README.md. */
#define ASAHI_QUEUE_ROOM 1024

/** asahi_cmdbuf_add() - Append a command of any type with any payload. */
void asahi_cmdbuf_add(struct asahi_cmdbuf *cmdbuf, uint16_t type, const void *payload,
		      uint16_t size, uint16_t vdm_barrier, uint16_t cdm_barrier);

/* Append a compute or render command. */
void asahi_cmdbuf_compute(struct asahi_cmdbuf *cmdbuf,
			  const struct drm_asahi_cmd_compute *compute, uint16_t vdm_barrier,
			  uint16_t cdm_barrier);
void asahi_cmdbuf_render(struct asahi_cmdbuf *cmdbuf, const struct drm_asahi_cmd_render *render,
			 uint16_t vdm_barrier, uint16_t cdm_barrier);

/** asahi_cmdbuf_submit() - SUBMIT to a queue of @client, returns 0 or -errno. */
int __asahi_cmdbuf_submit(struct asahi_client *client, uint32_t queue_id,
			  const struct asahi_cmdbuf *cmdbuf, const struct drm_asahi_sync *syncs,
			  uint32_t in_count, uint32_t out_count);

/** asahi_cmdbuf_start() - SUBMIT that succeeds; returns its fence, a new sync file. */
int asahi_cmdbuf_start(struct asahi_client *client, uint32_t queue_id,
		       const struct asahi_cmdbuf *cmdbuf);

/**
 * asahi_finish() - Wait for a fence and close it.
 *
 * Returns 1, or the -errno that it was signalled with. Fails if it does not signal.
 */
int asahi_finish(int fence);

/** asahi_is_busy() - Whether a fence has not signalled yet. */
bool asahi_is_busy(int fence);

/** struct asahi_job - One shader, and what it works on. */
struct asahi_job {
	/** @client: where it runs; borrowed. */
	struct asahi_client *client;
	/** @args: arguments, for the CPU; read when the job runs. */
	struct asahi_args *args;
	/** @args_va: the same for the GPU. */
	uint64_t args_va;
	/** @compute: the command. */
	struct drm_asahi_cmd_compute compute;
};

/** asahi_job_init() - A job of a single thread. */
void asahi_job_init(struct asahi_client *client, struct asahi_job *job,
		    enum asahi_shader shader, uint64_t a, uint64_t b, uint32_t c);

/** asahi_job_init_grid() - A job of @threads threads in groups of @group. */
void asahi_job_init_grid(struct asahi_client *client, struct asahi_job *job,
			 enum asahi_shader shader, uint64_t a, uint64_t b, uint32_t threads,
			 uint32_t group);

/** asahi_job_init_stream() - A job that runs a stream. */
void asahi_job_init_stream(struct asahi_client *client, struct asahi_job *job,
			   const struct asahi_stream *stream);

/** asahi_job_start() - Submit with no barrier; returns the fence. */
int asahi_job_start(struct asahi_job *job);

/** asahi_job_start_after() - Submit behind all that the queue has; returns the fence. */
int asahi_job_start_after(struct asahi_job *job);

/** asahi_job_run() - Submit and wait; returns 1 or the -errno of the fence. */
int asahi_job_run(struct asahi_job *job);

/** struct asahi_spin - A job that runs until it is told to end. */
struct asahi_spin {
	struct asahi_job job;
	/** @state: word 0 lets it end when it is not 0, word 1 becomes 1 when it has started. */
	volatile uint32_t *state;
	/** @fence: its sync file. */
	int fence;
};

/** asahi_spin_init() - Write the job, do not submit it. */
void asahi_spin_init(struct asahi_client *client, struct asahi_spin *spin);

/** asahi_spin_start() - Submit it to @queue_id with no barrier, and wait until it runs. */
void asahi_spin_start(struct asahi_spin *spin, uint32_t queue_id);

/** asahi_spin_wait_started() - Wait until it runs. */
void asahi_spin_wait_started(struct asahi_spin *spin);

/** asahi_spin_release() - Tell it to end. */
void asahi_spin_release(struct asahi_spin *spin);

/** asahi_spin_finish() - Tell it to end and wait; returns what asahi_finish() does. */
int asahi_spin_finish(struct asahi_spin *spin);

/**
 * asahi_runs_side_by_side() - Whether a job of one queue can run while one of another does, which
 * the uapi does not promise. The simulated GPU does; elsewhere it is found out, once.
 */
bool asahi_runs_side_by_side(struct asahi_client *client);

/**
 * asahi_render_empty() - A render command of the smallest size with nothing in it. Real hardware
 * needs more than that, so only for the simulated device.
 */
void asahi_render_empty(struct asahi_client *client, struct drm_asahi_cmd_render *render);

#endif
