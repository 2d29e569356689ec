// SPDX-License-Identifier: MIT
/*
 * agx-cli demo: compute jobs whose results are known, on nothing but the public API of libagx.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <asahi_drm.h>
#include <drm_agx.h>

#include "args.h"
#include "out.h"
#include "session.h"
#include "shaders.h"

#define DEMO_WORDS 4096

/* The ioctls behind some calls, for messages. */
#define DEMO_BO_CALLS "GEM_CREATE, GEM_MMAP_OFFSET"
#define DEMO_STATUS_CALLS "SYNCOBJ_HANDLE_TO_FD or SYNC_IOC_FILE_INFO"

/*
 * Against a hang of the driver itself: much longer than it gives a job, so that a job that takes
 * too long is reported as what it is.
 */
#define DEMO_WAIT_S 180

/* What every job uses. All owned, except @cli and @dev. */
struct demo {
	struct cli *cli;
	struct drm_agx_device *dev;
	struct drm_agx_vm *vm;
	struct drm_agx_queue *queue;
	struct drm_agx_sync *done;

	/* For each job when it started, and when it ended. */
	struct drm_agx_timestamps *ts;

	struct drm_agx_bo *out;
	uint64_t out_addr;
	uint32_t *words;

	unsigned int num_passed;
	unsigned int num_failed;
};

struct demo_job {
	const char *name;
	const char *text;
	const struct shader_code *code;
	uint32_t threads;
	uint32_t threads_per_group;

	/* Does to memory what the job has to do to it. */
	void (*expect)(uint32_t *words);
};

static void expect_store(uint32_t *words)
{
	words[0] = 0xdeadbeef;
}

static void expect_add(uint32_t *words)
{
	words[2] = words[0] + words[1];
}

static void expect_thread(uint32_t *words)
{
	uint32_t i;

	for (i = 0; i < DEMO_WORDS; i++)
		words[i] = i;
}

static const struct demo_job demo_jobs[] = {
	{
		.name = "store",
		.text = "out[0] = 0xdeadbeef",
		.code = &shader_store,
		.threads = 1,
		.threads_per_group = 1,
		.expect = expect_store,
	},
	{
		.name = "add",
		.text = "out[2] = out[0] + out[1]",
		.code = &shader_add,
		.threads = 1,
		.threads_per_group = 1,
		.expect = expect_add,
	},
	{
		.name = "thread",
		.text = "out[thread] = thread",
		.code = &shader_thread,
		.threads = DEMO_WORDS,
		.threads_per_group = 64,
		.expect = expect_thread,
	},
};

/* Which timestamp a job starts with; the next is the one it ends with. */
static uint32_t job_timestamp(const struct demo_job *job)
{
	return 2 * (job - demo_jobs);
}

/* Nothing that a job writes, and no two words alike. */
static void fill_words(uint32_t *words)
{
	uint32_t i;

	for (i = 0; i < DEMO_WORDS; i++)
		words[i] = 0x5eed0000 + 3 * i;
}

static enum cli_exit demo_setup(struct demo *demo)
{
	void *map;
	int ret;

	ret = drm_agx_vm_create(demo->dev, &demo->vm);
	if (ret)
		return cli_failure(demo->cli, ret, "cannot create an address space (VM_CREATE)");

	ret = drm_agx_queue_create(demo->vm, DRM_ASAHI_PRIORITY_MEDIUM, &demo->queue);
	if (ret)
		return cli_failure(demo->cli, ret, "cannot create a queue (QUEUE_CREATE)");

	ret = drm_agx_sync_create(demo->dev, 0, &demo->done);
	if (ret)
		return cli_failure(demo->cli, ret, "cannot create a sync object (SYNCOBJ_CREATE)");

	ret = drm_agx_timestamps_create(demo->dev, 2 * ARRAY_SIZE(demo_jobs), &demo->ts);
	if (ret)
		return cli_failure(demo->cli, ret, "cannot make a timestamp buffer (" DEMO_BO_CALLS
				   " or GEM_BIND_OBJECT)");

	ret = drm_agx_bo_create_private(demo->vm, DEMO_WORDS * sizeof(uint32_t),
					DRM_AGX_BO_WRITEBACK, &demo->out);
	if (ret)
		return cli_failure(demo->cli, ret, "cannot allocate a buffer (GEM_CREATE)");

	ret = drm_agx_bo_map(demo->out, &map);
	if (ret)
		return cli_failure(demo->cli, ret,
				   "cannot map the buffer for the CPU (GEM_MMAP_OFFSET)");

	ret = drm_agx_bo_bind(demo->out, demo->vm, DRM_AGX_BIND_READ | DRM_AGX_BIND_WRITE,
			      &demo->out_addr);
	if (ret)
		return cli_failure(demo->cli, ret, "cannot map the buffer for the GPU (VM_BIND)");

	demo->words = map;
	return CLI_EXIT_OK;
}

static void demo_teardown(struct demo *demo)
{
	drm_agx_bo_unref(demo->out);
	drm_agx_timestamps_unref(demo->ts);
	drm_agx_sync_unref(demo->done);
	drm_agx_queue_unref(demo->queue);
	drm_agx_vm_unref(demo->vm);
}

/* Makes the command: the stream lives in @compute, the code in @shader. */
static enum cli_exit job_record(struct demo *demo, const struct demo_job *job,
				struct drm_agx_shader **shader, struct drm_agx_compute **compute,
				struct drm_asahi_cmd_compute *cmd)
{
	const struct drm_agx_shader_info info = {
		.struct_size = sizeof(info),
		.code = job->code->bytes,
		.code_size = job->code->size,
		.num_registers = job->code->num_registers,
	};
	struct drm_agx_launch launch = {
		.struct_size = sizeof(launch),
		.uniforms = &demo->out_addr,
		.uniforms_size = sizeof(demo->out_addr),
		.global = { job->threads, 1, 1 },
		.local = { job->threads_per_group, 1, 1 },
	};
	int ret;

	ret = drm_agx_shader_create(demo->vm, &info, shader);
	if (ret)
		return cli_failure(demo->cli, ret, "%s: cannot upload the shader (" DEMO_BO_CALLS
				   " or VM_BIND)", job->name);

	launch.shader = *shader;
	ret = drm_agx_compute_create(demo->vm, compute);
	if (!ret)
		ret = drm_agx_compute_launch(*compute, &launch);
	if (!ret)
		ret = drm_agx_compute_end(*compute, cmd, sizeof(*cmd));
	if (!ret)
		ret = drm_agx_timestamps_slot(demo->ts, job_timestamp(job), &cmd->ts.start);
	if (!ret)
		ret = drm_agx_timestamps_slot(demo->ts, job_timestamp(job) + 1, &cmd->ts.end);
	if (ret)
		return cli_failure(demo->cli, ret, "%s: cannot record the commands (" DEMO_BO_CALLS
				   " or VM_BIND)", job->name);
	return CLI_EXIT_OK;
}

static enum cli_exit job_submit(struct demo *demo, const struct demo_job *job,
				const struct drm_asahi_cmd_compute *cmd)
{
	struct drm_agx_submit *submit;
	int ret;

	ret = drm_agx_submit_create(&submit);
	if (ret)
		return cli_failure(demo->cli, ret, "%s: no memory for the submit", job->name);

	ret = drm_agx_submit_add_compute(submit, cmd, sizeof(*cmd), 0, 0);
	if (!ret)
		ret = drm_agx_submit_add_signal(submit, demo->done, 0);
	if (!ret)
		ret = drm_agx_queue_submit(demo->queue, submit);
	drm_agx_submit_destroy(submit);
	return ret ? cli_failure(demo->cli, ret, "%s: cannot submit the job (SUBMIT)", job->name) :
		     CLI_EXIT_OK;
}

static enum cli_exit job_wait(struct demo *demo, const struct demo_job *job)
{
	int64_t deadline = drm_agx_deadline(DEMO_WAIT_S * INT64_C(1000000000));
	int ret, status;

	ret = drm_agx_sync_wait(demo->done, 0, deadline);
	if (ret == -ETIME)
		return cli_error(demo->cli, CLI_EXIT_WRONG, "%s: the job has not ended after %d s",
				 job->name, DEMO_WAIT_S);
	if (ret)
		return cli_failure(demo->cli, ret, "%s: cannot wait for the job (SYNCOBJ_WAIT)",
				   job->name);

	ret = drm_agx_sync_status(demo->done, 0, &status);
	if (ret)
		return cli_failure(demo->cli, ret,
				   "%s: cannot ask how the job ended (" DEMO_STATUS_CALLS ")",
				   job->name);

	switch (status) {
	case 1:
		return CLI_EXIT_OK;
	case -EIO:
		return cli_error(demo->cli, CLI_EXIT_WRONG,
				 "%s: the job ended with EIO: it faulted on the GPU", job->name);
	case -ETIMEDOUT:
		return cli_error(demo->cli, CLI_EXIT_WRONG,
				 "%s: the job ended with ETIMEDOUT: it ran for too long",
				 job->name);
	default:
		return cli_error(demo->cli, CLI_EXIT_WRONG, "%s: the job ended with %s",
				 job->name, cli_errno_name(status));
	}
}

static enum cli_exit job_check_memory(const struct demo *demo, const struct demo_job *job)
{
	uint32_t expected[DEMO_WORDS];
	uint32_t i, first = 0, wrong = 0;

	fill_words(expected);
	job->expect(expected);
	for (i = DEMO_WORDS; i > 0; i--) {
		if (demo->words[i - 1] != expected[i - 1]) {
			first = i - 1;
			wrong++;
		}
	}
	if (!wrong)
		return CLI_EXIT_OK;

	return cli_error(demo->cli, CLI_EXIT_WRONG,
			 "%s: %u of %u words are wrong; the first is out[%u]: %#010x, not %#010x",
			 job->name, wrong, DEMO_WORDS, first, demo->words[first], expected[first]);
}

static void put_passed(const struct demo *demo, const struct demo_job *job, uint64_t start,
		       uint64_t duration)
{
	struct out *out = demo->cli->out;

	out_string(out, "job", job->name);
	out_u64(out, "words_right", DEMO_WORDS);
	out_u64(out, "start_ns", start);
	out_u64(out, "duration_ns", duration);
	out_sentence(out, "%s: passed: %u words right, started at %" PRIu64 " ns, ended %" PRIu64
		     " ns later", job->name, DEMO_WORDS, start, duration);
	out_emit(out);
}

static enum cli_exit job_check_times(const struct demo *demo, const struct demo_job *job)
{
	uint64_t start, end;
	int ret;

	ret = drm_agx_timestamps_read(demo->ts, job_timestamp(job), &start);
	if (!ret)
		ret = drm_agx_timestamps_read(demo->ts, job_timestamp(job) + 1, &end);
	if (ret)
		return cli_failure(demo->cli, ret, "%s: cannot read the timestamps", job->name);

	if (!start || !end || end < start)
		return cli_error(demo->cli, CLI_EXIT_WRONG,
				 "%s: the timestamps are wrong: start %" PRIu64 ", end %" PRIu64,
				 job->name, start, end);

	put_passed(demo, job, drm_agx_device_ticks_to_ns(demo->dev, start),
		   drm_agx_device_ticks_to_ns(demo->dev, end - start));
	return CLI_EXIT_OK;
}

static void put_begun(const struct demo *demo, const struct demo_job *job, uint64_t shader_addr)
{
	struct out *out = demo->cli->out;

	out_string(out, "job", job->name);
	out_string(out, "text", job->text);
	out_u64(out, "threads", job->threads);
	out_u64(out, "shader_size", job->code->size);
	out_hex(out, "shader_addr", shader_addr);
	out_hex(out, "out_addr", demo->out_addr);
	out_sentence(out, "%s: %s, %u thread%s: shader of %zu bytes at %#" PRIx64
		     ", out at %#" PRIx64, job->name, job->text, job->threads,
		     job->threads == 1 ? "" : "s", job->code->size, shader_addr, demo->out_addr);
	out_emit(out);
}

static enum cli_exit job_run(struct demo *demo, const struct demo_job *job)
{
	struct drm_agx_shader *shader = NULL;
	struct drm_agx_compute *compute = NULL;
	struct drm_asahi_cmd_compute cmd;
	enum cli_exit status;

	fill_words(demo->words);
	status = job_record(demo, job, &shader, &compute, &cmd);
	if (status)
		goto out;

	put_begun(demo, job, drm_agx_shader_addr(shader));
	status = job_submit(demo, job, &cmd);
	if (!status)
		status = job_wait(demo, job);
	if (!status)
		status = job_check_memory(demo, job);
	if (!status)
		status = job_check_times(demo, job);
out:
	drm_agx_compute_destroy(compute);
	drm_agx_shader_unref(shader);
	return status;
}

/* All jobs are run, whatever becomes of one, unless the driver refuses something. */
static enum cli_exit demo_run(struct demo *demo)
{
	enum cli_exit status, worst = CLI_EXIT_OK;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(demo_jobs); i++) {
		status = job_run(demo, &demo_jobs[i]);
		if (status)
			demo->num_failed++;
		else
			demo->num_passed++;
		if (status == CLI_EXIT_CALL_FAILED)
			return status;
		if (status)
			worst = status;
	}

	out_u64(demo->cli->out, "passed", demo->num_passed);
	out_u64(demo->cli->out, "failed", demo->num_failed);
	out_sentence(demo->cli->out, "demo: %u passed, %u failed", demo->num_passed,
		     demo->num_failed);
	return worst;
}

static enum cli_exit run_demo(struct cli *cli, const struct cli_args *args)
{
	struct demo demo = { .cli = cli };
	const char *name, *path;
	enum cli_exit status;
	char buf[96];

	status = cli_device(cli, &demo.dev);
	if (status)
		return status;

	name = drm_agx_device_name(demo.dev);
	path = cli_fd_path(drm_agx_device_fd(demo.dev), buf, sizeof(buf));
	out_string(cli->out, "name", name);
	out_string(cli->out, "path", path);
	out_sentence(cli->out, "%s at %s", name, path);
	out_emit(cli->out);

	status = demo_setup(&demo);
	if (!status)
		status = demo_run(&demo);
	demo_teardown(&demo);
	return status;
}

const struct cli_verb cli_verbs_demo[] = {
	{
		.name = "demo",
		.group = "jobs",
		.synopsis = "",
		.summary = "run compute jobs on a GPU and check what they wrote",
		.details =
			"Three jobs one after the other, each on 4096 words of memory with known "
			"contents: one that stores a number, one that adds two, and one of 4096 "
			"threads that each store their own number. After each, all of the words "
			"are compared with what they have to be, and there has to be a start and "
			"an end time, in this order. All three are run even if one fails, unless "
			"the driver refuses a call.",
		.run = run_demo,
	},
	{ .name = NULL },
};
