// SPDX-License-Identifier: MIT
#include "job.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include <asahi_drm.h>
#include <drm_agx.h>

#define JOB_MAX_BUFFERS 32

/* The ioctls behind some calls, for messages. */
#define JOB_BO_CALLS "GEM_CREATE, GEM_MMAP_OFFSET"

/* All owned, except @cli and @dev. */
struct job {
	struct cli *cli;
	struct drm_agx_device *dev;
	struct drm_agx_vm *vm;

	/* NULL once the job has been killed. */
	struct drm_agx_queue *queue;
	struct drm_agx_sync *done;

	/* When it started and when it ended. */
	struct drm_agx_timestamps *ts;

	struct drm_agx_bo *buffers[JOB_MAX_BUFFERS];
	unsigned int num_buffers;

	struct drm_agx_shader *shader;
	struct drm_agx_compute *compute;

	/* Its stream lives in @compute. */
	struct drm_asahi_cmd_compute cmd;
};

static enum cli_exit job_init(struct job *job)
{
	int ret;

	ret = drm_agx_vm_create(job->dev, &job->vm);
	if (ret)
		return cli_failure(job->cli, ret, "cannot create an address space (VM_CREATE)");
	ret = drm_agx_queue_create(job->vm, DRM_ASAHI_PRIORITY_MEDIUM, &job->queue);
	if (ret)
		return cli_failure(job->cli, ret, "cannot create a queue (QUEUE_CREATE)");
	ret = drm_agx_sync_create(job->dev, 0, &job->done);
	if (ret)
		return cli_failure(job->cli, ret, "cannot create a sync object (SYNCOBJ_CREATE)");
	ret = drm_agx_timestamps_create(job->dev, 2, &job->ts);
	if (ret)
		return cli_failure(job->cli, ret, "cannot make a timestamp buffer (" JOB_BO_CALLS
				   " or GEM_BIND_OBJECT)");
	return CLI_EXIT_OK;
}

enum cli_exit job_create(struct cli *cli, struct drm_agx_device *dev, struct job **out)
{
	struct job *job = calloc(1, sizeof(*job));
	enum cli_exit status;

	if (!job)
		return cli_no_memory(cli);

	job->cli = cli;
	job->dev = dev;
	status = job_init(job);
	if (status)
		job_destroy(job);
	else
		*out = job;
	return status;
}

/* What still runs is cancelled first, so that nothing goes under it. */
void job_destroy(struct job *job)
{
	unsigned int i;

	drm_agx_queue_unref(job->queue);
	drm_agx_compute_destroy(job->compute);
	drm_agx_shader_unref(job->shader);
	for (i = 0; i < job->num_buffers; i++)
		drm_agx_bo_unref(job->buffers[i]);
	drm_agx_timestamps_unref(job->ts);
	drm_agx_sync_unref(job->done);
	drm_agx_vm_unref(job->vm);
	free(job);
}

enum cli_exit job_add_buffer(struct job *job, size_t size, struct job_buffer *buffer)
{
	struct drm_agx_bo *bo;
	void *map;
	int ret;

	if (job->num_buffers == JOB_MAX_BUFFERS)
		return cli_usage(job->cli, "there are more than %u buffers", JOB_MAX_BUFFERS);

	ret = drm_agx_bo_create_private(job->vm, size, DRM_AGX_BO_WRITEBACK, &bo);
	if (ret)
		return cli_failure(job->cli, ret, "cannot allocate a buffer of %zu bytes "
				   "(GEM_CREATE)", size);
	job->buffers[job->num_buffers++] = bo;

	ret = drm_agx_bo_map(bo, &map);
	if (ret)
		return cli_failure(job->cli, ret,
				   "cannot map a buffer for the CPU (GEM_MMAP_OFFSET)");
	ret = drm_agx_bo_bind(bo, job->vm, DRM_AGX_BIND_READ | DRM_AGX_BIND_WRITE, &buffer->addr);
	if (ret)
		return cli_failure(job->cli, ret, "cannot map a buffer for the GPU (VM_BIND)");

	buffer->words = map;
	buffer->size = size;
	return CLI_EXIT_OK;
}

static enum cli_exit job_upload(struct job *job, const struct job_launch *launch)
{
	const struct drm_agx_shader_info info = {
		.struct_size = sizeof(info),
		.code = launch->code,
		.code_size = launch->code_size,
		.preshader = launch->preshader,
		.preshader_size = launch->preshader_size,
		.num_registers = launch->num_registers,
		.num_uniforms = launch->num_uniforms,
		.shared_size = launch->shared_size,
	};
	int ret;

	ret = drm_agx_shader_create(job->vm, &info, &job->shader);
	if (ret)
		return cli_failure(job->cli, ret,
				   "cannot upload the shader (" JOB_BO_CALLS " or VM_BIND)");
	return CLI_EXIT_OK;
}

/* Makes the command. */
static enum cli_exit job_record(struct job *job, const struct job_launch *launch)
{
	struct drm_asahi_cmd_compute *cmd = &job->cmd;
	const struct drm_agx_launch info = {
		.struct_size = sizeof(info),
		.shader = job->shader,
		.uniforms = launch->uniforms,
		.uniforms_size = launch->uniforms_size,
		.global = { launch->threads[0], launch->threads[1], launch->threads[2] },
		.local = { launch->group[0], launch->group[1], launch->group[2] },
	};
	int ret;

	ret = drm_agx_compute_create(job->vm, &job->compute);
	if (!ret)
		ret = drm_agx_compute_launch(job->compute, &info);
	if (!ret)
		ret = drm_agx_compute_end(job->compute, cmd, sizeof(*cmd));
	if (!ret)
		ret = drm_agx_timestamps_slot(job->ts, 0, &cmd->ts.start);
	if (!ret)
		ret = drm_agx_timestamps_slot(job->ts, 1, &cmd->ts.end);
	if (ret)
		return cli_failure(job->cli, ret,
				   "cannot record the commands (" JOB_BO_CALLS " or VM_BIND)");
	return CLI_EXIT_OK;
}

enum cli_exit job_prepare(struct job *job, const struct job_launch *launch,
			  struct job_place *place)
{
	enum cli_exit status;

	status = job_upload(job, launch);
	if (!status)
		status = job_record(job, launch);
	if (!status) {
		place->shader = drm_agx_shader_addr(job->shader);
		place->stream = job->cmd.cdm_ctrl_stream_base;
	}
	return status;
}

enum cli_exit job_start(struct job *job)
{
	struct drm_agx_submit *submit;
	int ret;

	ret = drm_agx_submit_create(&submit);
	if (ret)
		return cli_no_memory(job->cli);

	ret = drm_agx_submit_add_compute(submit, &job->cmd, sizeof(job->cmd), 0, 0);
	if (!ret)
		ret = drm_agx_submit_add_signal(submit, job->done, 0);
	if (!ret)
		ret = drm_agx_queue_submit(job->queue, submit);
	drm_agx_submit_destroy(submit);
	return ret ? cli_failure(job->cli, ret, "cannot submit the job (SUBMIT)") : CLI_EXIT_OK;
}

enum cli_exit job_wait(struct job *job, uint64_t ns, int *status)
{
	const int64_t deadline = drm_agx_deadline((int64_t)ns);
	int64_t part;
	int ret;

	do {
		if (cli_interrupted())
			return cli_error(job->cli, CLI_EXIT_FAILURE, "interrupted");
		part = cli_part_of_wait(deadline);
		ret = drm_agx_sync_wait(job->done, 0, part);
	} while (ret == -ETIME && part < deadline);
	if (ret == -ETIME) {
		*status = ret;
		return CLI_EXIT_OK;
	}
	if (ret)
		return cli_failure(job->cli, ret, "cannot wait for the job (SYNCOBJ_WAIT)");

	ret = drm_agx_sync_status(job->done, 0, status);
	if (ret)
		return cli_failure(job->cli, ret, "cannot ask how the job ended "
				   "(SYNCOBJ_HANDLE_TO_FD or SYNC_IOC_FILE_INFO)");
	return CLI_EXIT_OK;
}

void job_kill(struct job *job)
{
	drm_agx_queue_unref(job->queue);
	job->queue = NULL;
}

enum cli_exit job_times(struct job *job, uint64_t *start_ns, uint64_t *end_ns)
{
	uint64_t start, end;
	int ret;

	ret = drm_agx_timestamps_read(job->ts, 0, &start);
	if (!ret)
		ret = drm_agx_timestamps_read(job->ts, 1, &end);
	if (ret)
		return cli_failure(job->cli, ret, "cannot read the timestamps");
	if (!start || !end || end < start)
		return cli_error(job->cli, CLI_EXIT_WRONG,
				 "the timestamps are wrong: start %" PRIu64 ", end %" PRIu64, start,
				 end);
	*start_ns = drm_agx_device_ticks_to_ns(job->dev, start);
	*end_ns = drm_agx_device_ticks_to_ns(job->dev, end);
	return CLI_EXIT_OK;
}
