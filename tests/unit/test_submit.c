// SPDX-License-Identifier: MIT
/*
 * The submit builder: the bytes that reach SUBMIT. The queue does not exist for the device where a
 * test only looks at them.
 */
#include "agx_test.h"

struct job {
	struct drm_agx_device *dev;
	struct drm_agx_vm *vm;
	struct drm_agx_queue *queue;
	struct drm_agx_submit *submit;
};

static int setup_device(void **state, struct drm_agx_device *dev)
{
	struct job *job = calloc(1, sizeof(*job));

	job->dev = dev;
	assert_ok(drm_agx_vm_create(job->dev, &job->vm));
	assert_ok(drm_agx_queue_create(job->vm, DRM_ASAHI_PRIORITY_LOW, &job->queue));
	assert_ok(drm_agx_submit_create(&job->submit));
	/* What the commands say is not the point here. */
	fake_set_job_status(1);
	*state = job;
	return 0;
}

static int setup(void **state)
{
	return setup_device(state, test_open());
}

/* A device that takes two commands at once. */
static int setup_two(void **state)
{
	struct drm_asahi_params_global params;
	struct drm_agx_device *dev;
	int fd = fake_open();

	fake_get_params(&params);
	params.max_commands_per_submission = 2;
	fake_set_params(&params, sizeof(params));
	assert_ok(drm_agx_device_create(fd, DRM_AGX_FD_OWN, &dev));
	return setup_device(state, dev);
}

static int teardown(void **state)
{
	struct job *job = *state;

	drm_agx_submit_destroy(job->submit);
	drm_agx_queue_unref(job->queue);
	drm_agx_vm_unref(job->vm);
	test_close(job->dev);
	free(job);
	return 0;
}

static const struct drm_asahi_submit *submit_args(const struct fake_call **call)
{
	*call = test_last_call(DRM_IOCTL_ASAHI_SUBMIT);
	return (const void *)(*call)->arg;
}

static void test_queue(void **state)
{
	const struct drm_asahi_queue_create *create;
	struct job *job = *state;
	struct drm_agx_queue *queue;

	create = (const void *)test_last_call(DRM_IOCTL_ASAHI_QUEUE_CREATE)->arg;
	assert_int_equal(create->flags, 0);
	assert_int_equal(create->vm_id, drm_agx_vm_id(job->vm));
	assert_int_equal(create->priority, DRM_ASAHI_PRIORITY_LOW);
	assert_int_equal(create->usc_exec_base, drm_agx_vm_usc_base(job->vm));
	assert_ptr_equal(drm_agx_queue_vm(job->queue), job->vm);

	assert_error(drm_agx_queue_create(job->vm, DRM_ASAHI_PRIORITY_HIGH, &queue), EINVAL);
	assert_ok(drm_agx_queue_create(job->vm, DRM_ASAHI_PRIORITY_MEDIUM, &queue));
	assert_int_not_equal(drm_agx_queue_id(queue), drm_agx_queue_id(job->queue));
	assert_ptr_equal(drm_agx_queue_ref(queue), queue);
	drm_agx_queue_unref(queue);
	assert_int_equal(fake_count().queues, 2);
	drm_agx_queue_unref(queue);
	drm_agx_queue_unref(NULL);
	assert_int_equal(fake_count().queues, 1);
}

static void test_commands(void **state)
{
	static const struct drm_asahi_attachment attachments[2] = {
		{ .pointer = 0x2000000000, .size = 0x4000 },
		{ .pointer = 0x2000010000, .size = 0x8000 },
	};
	struct drm_asahi_cmd_compute compute = { .cdm_ctrl_stream_base = 0x123400 };
	struct drm_asahi_cmd_render render = { .width_px = 640, .height_px = 480 };
	const struct drm_asahi_submit *args;
	const struct drm_asahi_cmd_header *header;
	const struct fake_call *call;
	struct job *job = *state;
	const uint8_t *pos;

	assert_ok(drm_agx_submit_add_attachments(job->submit, DRM_AGX_STAGE_FRAGMENT, attachments,
						 2));
	assert_ok(drm_agx_submit_add_compute(job->submit, &compute, sizeof(compute), 0,
					     DRM_AGX_BARRIER_NONE));
	assert_ok(drm_agx_submit_add_render(job->submit, &render, sizeof(render),
					    DRM_AGX_BARRIER_NONE, 1));
	/* Copied: these are not looked at again. */
	compute.cdm_ctrl_stream_base = 0;
	render.width_px = 0;
	assert_ok(drm_agx_queue_submit(job->queue, job->submit));

	args = submit_args(&call);
	assert_int_equal(args->flags, 0);
	assert_int_equal(args->pad, 0);
	assert_int_equal(args->queue_id, drm_agx_queue_id(job->queue));
	assert_int_equal(args->in_sync_count, 0);
	assert_int_equal(args->out_sync_count, 0);
	assert_int_equal(args->cmdbuf_size, 8 + 48 + 8 + 64 + 8 + 240);
	assert_int_equal(call->extra_size, args->cmdbuf_size);

	pos = call->extra;
	header = (const void *)pos;
	assert_int_equal(header->cmd_type, 3);
	assert_int_equal(header->size, 48);
	assert_int_equal(header->vdm_barrier, 0xffff);
	assert_int_equal(header->cdm_barrier, 0xffff);
	assert_memory_equal(pos + 8, attachments, 48);

	pos += 8 + 48;
	header = (const void *)pos;
	assert_int_equal(header->cmd_type, 1);
	assert_int_equal(header->size, 64);
	assert_int_equal(header->vdm_barrier, 0);
	assert_int_equal(header->cdm_barrier, 0xffff);
	compute.cdm_ctrl_stream_base = 0x123400;
	assert_memory_equal(pos + 8, &compute, 64);

	pos += 8 + 64;
	header = (const void *)pos;
	assert_int_equal(header->cmd_type, 0);
	assert_int_equal(header->size, 240);
	assert_int_equal(header->vdm_barrier, 0xffff);
	assert_int_equal(header->cdm_barrier, 1);
	render.width_px = 640;
	assert_memory_equal(pos + 8, &render, 240);
}

static void test_attachment_stages(void **state)
{
	static const uint16_t types[] = { 2, 3, 4 };
	struct drm_asahi_attachment attachment = { .pointer = 1 };
	const struct drm_asahi_cmd_header *header;
	struct drm_asahi_cmd_compute compute = { 0 };
	const struct fake_call *call;
	struct job *job = *state;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(types); i++) {
		drm_agx_submit_reset(job->submit);
		assert_ok(drm_agx_submit_add_attachments(job->submit, i, &attachment, 1));
		assert_ok(drm_agx_submit_add_compute(job->submit, &compute, sizeof(compute), 0, 0));
		assert_ok(drm_agx_queue_submit(job->queue, job->submit));
		submit_args(&call);
		header = (const void *)call->extra;
		assert_int_equal(header->cmd_type, types[i]);
	}

	/* None at all: the list ends. */
	drm_agx_submit_reset(job->submit);
	assert_ok(drm_agx_submit_add_attachments(job->submit, 0, NULL, 0));
	assert_ok(drm_agx_submit_add_compute(job->submit, &compute, sizeof(compute), 0, 0));
	assert_ok(drm_agx_queue_submit(job->queue, job->submit));
	assert_int_equal(submit_args(&call)->cmdbuf_size, 8 + 8 + 64);

	assert_error(drm_agx_submit_add_attachments(job->submit, 3, &attachment, 1), EINVAL);
	assert_error(drm_agx_submit_add_attachments(job->submit, 0, &attachment, 65535 / 24 + 1),
		     E2BIG);
	assert_error(drm_agx_submit_add_attachments(job->submit, 0, &attachment, UINT32_MAX),
		     E2BIG);
}

/* A barrier names a command that is there already; each stream counts its own. */
static void test_barriers(void **state)
{
	const uint16_t none = DRM_AGX_BARRIER_NONE;
	struct drm_asahi_cmd_compute compute = { 0 };
	struct drm_asahi_cmd_render render = { 0 };
	struct job *job = *state;
	struct drm_agx_submit *submit = job->submit;
	const struct fake_call *call;

	assert_error(drm_agx_submit_add_compute(submit, &compute, sizeof(compute), 0, 1), EINVAL);
	assert_error(drm_agx_submit_add_compute(submit, &compute, sizeof(compute), 1, 0), EINVAL);
	assert_ok(drm_agx_submit_add_compute(submit, &compute, sizeof(compute), none, none));
	assert_error(drm_agx_submit_add_compute(submit, &compute, sizeof(compute), 0, 2), EINVAL);
	assert_error(drm_agx_submit_add_render(submit, &render, sizeof(render), 1, 1), EINVAL);
	assert_error(drm_agx_submit_add_render(submit, &render, sizeof(render), 0, 0xfffe), EINVAL);
	assert_ok(drm_agx_submit_add_render(submit, &render, sizeof(render), 0, 1));
	assert_ok(drm_agx_submit_add_compute(submit, &compute, sizeof(compute), 1, 1));
	assert_ok(drm_agx_submit_add_compute(submit, &compute, sizeof(compute), 1, 2));

	/* Attachments are no command that can be waited for. */
	assert_ok(drm_agx_submit_add_attachments(submit, DRM_AGX_STAGE_COMPUTE, NULL, 0));
	assert_error(drm_agx_submit_add_compute(submit, &compute, sizeof(compute), 2, 0), EINVAL);

	/* What was refused left no trace. */
	assert_ok(drm_agx_queue_submit(job->queue, submit));
	assert_int_equal(submit_args(&call)->cmdbuf_size, 3 * 72 + 248 + 8);

	drm_agx_submit_reset(submit);
	assert_error(drm_agx_submit_add_compute(submit, &compute, sizeof(compute), 0, 1), EINVAL);
}

static void test_syncs(void **state)
{
	struct drm_asahi_cmd_compute compute = { 0 };
	struct drm_agx_sync *binary, *timeline;
	const struct drm_asahi_submit *args;
	const struct drm_asahi_sync *syncs;
	const struct fake_call *call;
	struct job *job = *state;
	struct drm_agx_submit *submit = job->submit;

	assert_ok(drm_agx_sync_create(job->dev, DRM_AGX_SYNC_SIGNALED, &binary));
	assert_ok(drm_agx_sync_create(job->dev, DRM_AGX_SYNC_TIMELINE, &timeline));
	assert_ok(drm_agx_sync_signal(timeline, 3));

	/* Signals first and waits later, as the caller likes: the kernel wants waits first. */
	assert_ok(drm_agx_submit_add_compute(submit, &compute, sizeof(compute), 0, 0));
	assert_ok(drm_agx_submit_add_signal(submit, timeline, 9));
	assert_ok(drm_agx_submit_add_wait(submit, binary, 0));
	assert_ok(drm_agx_submit_add_signal(submit, binary, 0));
	assert_ok(drm_agx_submit_add_wait(submit, timeline, 3));
	assert_ok(drm_agx_submit_add_wait(submit, timeline, 2));
	assert_error(drm_agx_submit_add_wait(submit, timeline, 0), EINVAL);
	assert_error(drm_agx_submit_add_wait(submit, binary, 1), EINVAL);
	assert_error(drm_agx_submit_add_signal(submit, timeline, 0), EINVAL);
	assert_error(drm_agx_submit_add_signal(submit, binary, 1), EINVAL);
	assert_ok(drm_agx_queue_submit(job->queue, submit));

	args = submit_args(&call);
	syncs = (const void *)call->extra;
	assert_int_equal(args->in_sync_count, 3);
	assert_int_equal(args->out_sync_count, 2);
	assert_int_equal(syncs[0].sync_type, DRM_ASAHI_SYNC_SYNCOBJ);
	assert_int_equal(syncs[0].handle, drm_agx_sync_handle(binary));
	assert_int_equal(syncs[0].timeline_value, 0);
	assert_int_equal(syncs[1].sync_type, DRM_ASAHI_SYNC_TIMELINE_SYNCOBJ);
	assert_int_equal(syncs[1].handle, drm_agx_sync_handle(timeline));
	assert_int_equal(syncs[1].timeline_value, 3);
	assert_int_equal(syncs[2].timeline_value, 2);
	assert_int_equal(syncs[3].timeline_value, 9);
	assert_int_equal(syncs[4].handle, drm_agx_sync_handle(binary));
	assert_ok(drm_agx_sync_wait(timeline, 9, 0));

	/* The submit holds what it names, until it is reset. */
	drm_agx_sync_unref(binary);
	drm_agx_sync_unref(timeline);
	assert_int_equal(fake_count().syncobjs, 2);
	drm_agx_submit_reset(submit);
	assert_int_equal(fake_count().syncobjs, 0);
}

/* A wait for what was not submitted yet is an error, and changes nothing. */
static void test_wait_before_submit(void **state)
{
	struct drm_asahi_cmd_compute compute = { 0 };
	struct drm_agx_sync *in, *out;
	struct job *job = *state;

	assert_ok(drm_agx_sync_create(job->dev, 0, &in));
	assert_ok(drm_agx_sync_create(job->dev, 0, &out));
	assert_ok(drm_agx_submit_add_compute(job->submit, &compute, sizeof(compute), 0, 0));
	assert_ok(drm_agx_submit_add_wait(job->submit, in, 0));
	assert_ok(drm_agx_submit_add_signal(job->submit, out, 0));
	assert_error(drm_agx_queue_submit(job->queue, job->submit), EINVAL);
	assert_error(drm_agx_sync_wait(out, 0, 0), ETIME);
	drm_agx_sync_unref(in);
	drm_agx_sync_unref(out);
}

/* The number of another device's sync is that of a sync of this one: it must not be touched. */
static void test_foreign_sync(void **state)
{
	struct drm_agx_sync *own, *foreign, *own_timeline, *foreign_timeline;
	struct drm_asahi_cmd_compute compute = { 0 };
	struct drm_agx_device *other;
	struct job *job = *state;
	struct drm_agx_submit *submit = job->submit;

	assert_ok(drm_agx_device_create(drm_agx_device_fd(job->dev), DRM_AGX_FD_REOPEN, &other));
	assert_ok(drm_agx_sync_create(job->dev, 0, &own));
	assert_ok(drm_agx_sync_create(other, 0, &foreign));
	assert_ok(drm_agx_sync_create(job->dev, DRM_AGX_SYNC_TIMELINE, &own_timeline));
	assert_ok(drm_agx_sync_create(other, DRM_AGX_SYNC_TIMELINE, &foreign_timeline));
	assert_int_equal(drm_agx_sync_handle(own), drm_agx_sync_handle(foreign));
	assert_ok(drm_agx_sync_signal(own_timeline, 1));
	assert_ok(drm_agx_sync_signal(foreign_timeline, 1));

	fake_clear_calls();
	assert_ok(drm_agx_submit_add_compute(submit, &compute, sizeof(compute), 0, 0));
	assert_ok(drm_agx_submit_add_signal(submit, foreign, 0));
	assert_error(drm_agx_queue_submit(job->queue, submit), EINVAL);
	assert_error(drm_agx_sync_wait(own, 0, 0), ETIME);

	/* One among others, in either place. */
	drm_agx_submit_reset(submit);
	assert_ok(drm_agx_submit_add_compute(submit, &compute, sizeof(compute), 0, 0));
	assert_ok(drm_agx_submit_add_wait(submit, own_timeline, 1));
	assert_ok(drm_agx_submit_add_wait(submit, foreign_timeline, 1));
	assert_ok(drm_agx_submit_add_signal(submit, own, 0));
	assert_error(drm_agx_queue_submit(job->queue, submit), EINVAL);
	assert_error(drm_agx_sync_wait(own, 0, 0), ETIME);
	assert_int_equal(test_count_calls(DRM_IOCTL_ASAHI_SUBMIT), 0);

	drm_agx_submit_reset(submit);
	drm_agx_sync_unref(own);
	drm_agx_sync_unref(foreign);
	drm_agx_sync_unref(own_timeline);
	drm_agx_sync_unref(foreign_timeline);
	drm_agx_device_unref(other);
}

/* Without a command the kernel is not even asked. */
static void test_empty(void **state)
{
	struct drm_asahi_attachment attachment = { .pointer = 1 };
	struct drm_agx_sync *in, *out;
	struct job *job = *state;

	assert_ok(drm_agx_sync_create(job->dev, DRM_AGX_SYNC_SIGNALED, &in));
	assert_ok(drm_agx_sync_create(job->dev, 0, &out));
	assert_error(drm_agx_queue_submit(job->queue, job->submit), EINVAL);

	/* Neither syncs nor attachments are work. */
	assert_ok(drm_agx_submit_add_wait(job->submit, in, 0));
	assert_ok(drm_agx_submit_add_signal(job->submit, out, 0));
	assert_error(drm_agx_queue_submit(job->queue, job->submit), EINVAL);
	assert_ok(drm_agx_submit_add_attachments(job->submit, DRM_AGX_STAGE_COMPUTE, &attachment,
						 1));
	assert_error(drm_agx_queue_submit(job->queue, job->submit), EINVAL);
	assert_int_equal(test_count_calls(DRM_IOCTL_ASAHI_SUBMIT), 0);
	assert_error(drm_agx_sync_wait(out, 0, 0), ETIME);

	drm_agx_submit_destroy(NULL);
	drm_agx_sync_unref(in);
	drm_agx_sync_unref(out);
}

/* More than the first allocation of anything holds. */
static void test_growth(void **state)
{
	struct drm_asahi_cmd_compute compute = { 0 };
	const struct drm_asahi_submit *args;
	const struct fake_call *call;
	struct drm_agx_sync *sync;
	struct job *job = *state;
	unsigned int i;

	assert_ok(drm_agx_sync_create(job->dev, DRM_AGX_SYNC_SIGNALED, &sync));
	for (i = 0; i < 60; i++) {
		compute.sampler_count = i;
		assert_ok(drm_agx_submit_add_compute(job->submit, &compute, sizeof(compute), 0, i));
		assert_ok(drm_agx_submit_add_wait(job->submit, sync, 0));
		assert_ok(drm_agx_submit_add_signal(job->submit, sync, 0));
	}
	assert_ok(drm_agx_queue_submit(job->queue, job->submit));
	args = submit_args(&call);
	assert_int_equal(args->in_sync_count, 60);
	assert_int_equal(args->out_sync_count, 60);
	assert_int_equal(args->cmdbuf_size, 60 * 72);
	drm_agx_sync_unref(sync);
}

/* The SUBMITs since the last fake_clear_calls(), in order; true if there is an nth, from 0. */
static bool nth_submit(unsigned int nth, struct drm_asahi_submit *args)
{
	unsigned int i;

	for (i = 0; i < fake_num_calls(); i++) {
		if (fake_call(i)->request != DRM_IOCTL_ASAHI_SUBMIT || nth--)
			continue;
		memcpy(args, fake_call(i)->arg, sizeof(*args));
		return true;
	}
	return false;
}

/* More than the kernel takes goes in pieces: all wait, the last one signals the caller's syncs. */
static void test_split(void **state)
{
	struct drm_asahi_cmd_compute compute = { 0 };
	struct drm_agx_sync *in, *out;
	struct drm_asahi_submit args;
	struct job *job = *state;
	unsigned int i;

	assert_ok(drm_agx_sync_create(job->dev, DRM_AGX_SYNC_SIGNALED, &in));
	assert_ok(drm_agx_sync_create(job->dev, 0, &out));
	assert_ok(drm_agx_submit_add_wait(job->submit, in, 0));
	assert_ok(drm_agx_submit_add_signal(job->submit, out, 0));
	for (i = 0; i < 150; i++)
		assert_ok(drm_agx_submit_add_compute(job->submit, &compute, sizeof(compute), 0, i));

	fake_clear_calls();
	assert_ok(drm_agx_queue_submit(job->queue, job->submit));
	for (i = 0; nth_submit(i, &args); i++) {
		assert_int_equal(args.in_sync_count, 1);
		assert_int_equal(args.out_sync_count, 1);
		assert_int_equal(args.cmdbuf_size, (i == 2 ? 150 - 128 : 64) * 72);
	}
	assert_int_equal(i, 3);
	assert_int_equal(test_count_calls(DRM_IOCTL_SYNCOBJ_TIMELINE_WAIT), 0);
	assert_ok(drm_agx_sync_wait(out, 0, 0));
	assert_int_equal(fake_count().syncobjs, 2);

	/* In one piece as long as it can be. */
	drm_agx_submit_reset(job->submit);
	for (i = 0; i < 64; i++)
		assert_ok(drm_agx_submit_add_compute(job->submit, &compute, sizeof(compute), 0, i));
	fake_clear_calls();
	assert_ok(drm_agx_queue_submit(job->queue, job->submit));
	assert_int_equal(test_count_calls(DRM_IOCTL_ASAHI_SUBMIT), 1);
	drm_agx_sync_unref(in);
	drm_agx_sync_unref(out);
}

/* The syncs of the nth SUBMIT, from 0; in-syncs first. */
static const struct drm_asahi_sync *nth_submit_syncs(unsigned int nth)
{
	unsigned int i;

	for (i = 0; i < fake_num_calls(); i++)
		if (fake_call(i)->request == DRM_IOCTL_ASAHI_SUBMIT && !nth--)
			return (const void *)fake_call(i)->extra;
	fail_msg("there are not as many SUBMITs");
	return NULL;
}

/* The last thing but one that was done was to wait for the first @pieces of them. */
static void check_waited(uint32_t handle, uint64_t pieces)
{
	const struct fake_call *call = fake_call(fake_num_calls() - 2);
	const struct drm_syncobj_timeline_wait *wait = (const void *)call->arg;
	const uint64_t *points = (const void *)call->extra;
	const uint32_t *handles = (const void *)(points + 1);

	assert_int_equal(call->request, DRM_IOCTL_SYNCOBJ_TIMELINE_WAIT);
	assert_int_equal(wait->count_handles, 1);
	assert_true(wait->timeout_nsec == INT64_MAX);
	assert_int_equal(points[0], pieces);
	assert_int_equal(handles[0], handle);
}

/* Each piece fails in turn: none goes after it, and those before it are over on return. */
static void test_split_failure(void **state)
{
	struct drm_asahi_cmd_compute compute = { 0 };
	struct drm_agx_sync *in, *out, *out_timeline;
	const struct drm_asahi_sync *syncs;
	struct job *job = *state;
	unsigned int i, failing;
	struct drm_asahi_submit args;
	uint64_t point;

	assert_ok(drm_agx_sync_create(job->dev, DRM_AGX_SYNC_SIGNALED, &in));
	assert_ok(drm_agx_sync_create(job->dev, 0, &out));
	assert_ok(drm_agx_sync_create(job->dev, DRM_AGX_SYNC_TIMELINE, &out_timeline));
	assert_ok(drm_agx_submit_add_wait(job->submit, in, 0));
	assert_ok(drm_agx_submit_add_signal(job->submit, out, 0));
	assert_ok(drm_agx_submit_add_signal(job->submit, out_timeline, 7));
	for (i = 0; i < 5; i++)
		assert_ok(drm_agx_submit_add_compute(job->submit, &compute, sizeof(compute), 0, i));

	for (failing = 0; failing < 3; failing++) {
		fake_clear_calls();
		fake_fail(2 + failing, ENOSR);
		assert_error(drm_agx_queue_submit(job->queue, job->submit), ENOSR);
		assert_true(fake_has_failed());
		assert_int_equal(test_count_calls(DRM_IOCTL_ASAHI_SUBMIT), failing + 1);

		for (i = 0; i < failing; i++) {
			assert_true(nth_submit(i, &args));
			assert_int_equal(args.in_sync_count, 1);
			assert_int_equal(args.out_sync_count, 1);
			syncs = nth_submit_syncs(i);
			assert_int_equal(syncs[0].handle, drm_agx_sync_handle(in));
			assert_int_equal(syncs[1].sync_type, DRM_ASAHI_SYNC_TIMELINE_SYNCOBJ);
			assert_int_equal(syncs[1].timeline_value, i + 1);
			assert_int_equal(syncs[1].handle, nth_submit_syncs(0)[1].handle);
		}
		if (failing)
			check_waited(nth_submit_syncs(0)[1].handle, failing);
		else
			assert_int_equal(test_count_calls(DRM_IOCTL_SYNCOBJ_TIMELINE_WAIT), 0);

		assert_int_equal(fake_count().syncobjs, 3);
		assert_error(drm_agx_sync_wait(out, 0, 0), ETIME);
		assert_ok(drm_agx_sync_query(out_timeline, &point));
		assert_int_equal(point, 0);
	}

	/* Nothing goes if what it would take to wait cannot be made. */
	fake_clear_calls();
	fake_fail(1, ENOMEM);
	assert_error(drm_agx_queue_submit(job->queue, job->submit), ENOMEM);
	assert_int_equal(test_count_calls(DRM_IOCTL_ASAHI_SUBMIT), 0);

	fake_clear_calls();
	assert_ok(drm_agx_queue_submit(job->queue, job->submit));
	syncs = nth_submit_syncs(2);
	assert_int_equal(syncs[0].handle, drm_agx_sync_handle(in));
	assert_int_equal(syncs[1].handle, drm_agx_sync_handle(out));
	assert_int_equal(syncs[2].handle, drm_agx_sync_handle(out_timeline));
	assert_int_equal(syncs[2].timeline_value, 7);
	assert_ok(drm_agx_sync_wait(out_timeline, 7, 0));
	drm_agx_sync_unref(in);
	drm_agx_sync_unref(out);
	drm_agx_sync_unref(out_timeline);
}

/* Without syncs of the caller's, too. */
static void test_split_failure_alone(void **state)
{
	struct drm_asahi_cmd_compute compute = { 0 };
	struct job *job = *state;
	unsigned int i;

	for (i = 0; i < 5; i++)
		assert_ok(drm_agx_submit_add_compute(job->submit, &compute, sizeof(compute), 0, i));
	fake_clear_calls();
	fake_fail(4, ENODEV);
	assert_error(drm_agx_queue_submit(job->queue, job->submit), ENODEV);
	check_waited(nth_submit_syncs(0)[0].handle, 2);
	assert_int_equal(fake_count().syncobjs, 0);
}

/* A command of a younger or older header is passed on as it is. */
static void test_sizes(void **state)
{
	uint8_t large[sizeof(struct drm_asahi_cmd_compute) + 16] = { 0 };
	const struct drm_asahi_cmd_header *header;
	const struct fake_call *call;
	struct job *job = *state;
	const void *cmd = large;

	assert_error(drm_agx_submit_add_compute(job->submit, cmd, 0, 0, 0), EINVAL);
	assert_error(drm_agx_submit_add_compute(job->submit, cmd, 65536, 0, 0), E2BIG);
	assert_error(drm_agx_submit_add_render(job->submit, cmd, 65536, 0, 0), E2BIG);
	assert_ok(drm_agx_submit_add_compute(job->submit, cmd, sizeof(large), 0, 0));
	assert_ok(drm_agx_submit_add_render(job->submit, cmd, 8, 0, 1));
	assert_ok(drm_agx_queue_submit(job->queue, job->submit));
	submit_args(&call);
	assert_int_equal(call->extra_size, 8 + sizeof(large) + 8 + 8);
	header = (const void *)call->extra;
	assert_int_equal(header->size, sizeof(large));
	header = (const void *)(call->extra + 8 + sizeof(large));
	assert_int_equal(header->size, 8);
}

int main(void)
{
#define SUBMIT_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		SUBMIT_TEST(test_queue),
		SUBMIT_TEST(test_commands),
		SUBMIT_TEST(test_attachment_stages),
		SUBMIT_TEST(test_barriers),
		SUBMIT_TEST(test_syncs),
		SUBMIT_TEST(test_wait_before_submit),
		SUBMIT_TEST(test_foreign_sync),
		SUBMIT_TEST(test_empty),
		SUBMIT_TEST(test_growth),
		SUBMIT_TEST(test_split),
		cmocka_unit_test_setup_teardown(test_split_failure, setup_two, teardown),
		cmocka_unit_test_setup_teardown(test_split_failure_alone, setup_two, teardown),
		SUBMIT_TEST(test_sizes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
