// SPDX-License-Identifier: MIT
/**
 * TEST: asahi fault
 * Category: Core
 * Mega feature: Compute
 * Sub-category: faults
 * Functionality: SUBMIT
 * Description: Jobs that come to a bad end: the right error on the fence, and nobody else harmed.
 */
#include <errno.h>
#include <unistd.h>

#include "asahi_clock.h"
#include "asahi_device.h"
#include "asahi_drm.h"
#include "asahi_ioctl.h"
#include "asahi_job.h"
#include "asahi_probe.h"
#include "asahi_sim.h"
#include "asahi_sync.h"
#include "igt.h"
#include "igt_syncobj.h"
#include "sw_sync.h"

IGT_TEST_DESCRIPTION("Faults of jobs");

#define NONE DRM_ASAHI_BARRIER_NONE

/* What is not done to Apple's GPU, whose firmware nobody can restart. */
#define NO_MEANING "what Apple's GPU makes of such bytes is not known"
#define UPPER_HALF "the firmware's own memory is in the upper half of the addresses"

static const uint32_t one[3] = { 1, 1, 1 };

/* A client with memory, and an address at which it has none. */
struct victim {
	struct asahi_client client;
	struct asahi_bo bo;
	uint64_t nowhere;
	/* stores to the first word */
	struct asahi_job good;
};

static void victim_init(struct victim *v)
{
	asahi_client_init(&v->client);
	asahi_bo_init(&v->client, &v->bo, ASAHI_PAGE);
	v->nowhere = asahi_client_va(&v->client, 4 * ASAHI_PAGE);
	asahi_job_init(&v->client, &v->good, ASAHI_SHADER_STORE, v->bo.va, 0, 0);
}

static void victim_fini(struct victim *v)
{
	asahi_bo_fini(&v->client, &v->bo);
	asahi_client_fini(&v->client);
}

/* The queue works. */
static void assert_works(struct victim *v)
{
	v->bo.map[0] = 0;
	igt_assert_eq(asahi_job_run(&v->good), 1);
	igt_assert_eq_u32(v->bo.map[0], ASAHI_STORE_VALUE);
}

/* A job ends with @err, twice, and the queue works after each. */
static void assert_fails(struct victim *v, struct asahi_job *job, int err)
{
	assert_works(v);
	asahi_assert_failed(v->client.fd, asahi_job_run(job), err);
	assert_works(v);
	asahi_assert_failed(v->client.fd, asahi_job_run(job), err);
	assert_works(v);
}

static void assert_stream_fails(struct victim *v, const struct asahi_stream *stream)
{
	struct asahi_job job;

	asahi_job_init_stream(&v->client, &job, stream);
	assert_fails(v, &job, -EIO);
}

/**
 * SUBTEST: undefined-instruction
 * Description: A shader that comes to bytes without a meaning, after it did something, ends its
 *	job with EIO.
 */
static void undefined_instruction(void)
{
	struct asahi_job job;
	struct victim v;

	victim_init(&v);
	asahi_require_simulated(v.client.fd, NO_MEANING);
	asahi_job_init(&v.client, &job, ASAHI_SHADER_UNDEFINED, v.bo.va + 4, 0, 0);
	assert_fails(&v, &job, -EIO);
	igt_assert_eq_u32(v.bo.map[1], ASAHI_STORE_VALUE);
	victim_fini(&v);
}

/**
 * SUBTEST: undefined-block
 * Description: A stream with a block of a type that does not exist ends its job with EIO.
 */
static void undefined_block(void)
{
	struct asahi_stream stream;
	struct victim v;

	victim_init(&v);
	asahi_require_simulated(v.client.fd, NO_MEANING);
	asahi_stream_init(&v.client, &stream, 4);
	stream.words[0] = 0xe0000000;
	stream.words[1] = 0xffffffff;
	assert_stream_fails(&v, &stream);
	victim_fini(&v);
}

/**
 * SUBTEST: unmapped-stream
 * Description: A stream at an address where nothing is mapped ends its job with EIO, as do an
 *	address of 0 and one that the GPU does not have.
 */
static void unmapped_stream(void)
{
	struct asahi_stream stream = { 0 };
	struct victim v;

	victim_init(&v);
	stream.va = v.nowhere;
	assert_stream_fails(&v, &stream);
	stream.va = 0;
	assert_stream_fails(&v, &stream);
	stream.va = 0xffffff8000000000;
	if (asahi_can_risk(v.client.fd, UPPER_HALF))
		assert_stream_fails(&v, &stream);
	victim_fini(&v);
}

/**
 * SUBTEST: unmapped-link
 * Description: A link to where nothing is mapped ends the job with EIO, after what came before it
 *	has run.
 */
static void unmapped_link(void)
{
	struct asahi_stream stream;
	struct asahi_args *args;
	struct victim v;
	uint64_t va;

	victim_init(&v);
	va = asahi_client_alloc(&v.client, sizeof(*args), (void **)&args);
	args->a = v.bo.va + 4;
	asahi_stream_init(&v.client, &stream, 16);
	asahi_stream_launch(&stream, asahi_usc_words(&v.client, ASAHI_SHADER_STORE, va), one,
			    one);
	asahi_stream_barrier(&stream);
	asahi_stream_link(&stream, v.nowhere, false);
	assert_stream_fails(&v, &stream);
	igt_assert_eq_u32(v.bo.map[1], ASAHI_STORE_VALUE);
	victim_fini(&v);
}

/**
 * SUBTEST: unmapped-usc
 * Description: A launch whose USC words are not mapped ends its job with EIO.
 */
static void unmapped_usc(void)
{
	struct asahi_stream stream;
	struct victim v;

	victim_init(&v);
	asahi_stream_init(&v.client, &stream, 16);
	asahi_stream_launch(&stream, 0x80000000, one, one);
	asahi_stream_terminate(&stream);
	assert_stream_fails(&v, &stream);
	victim_fini(&v);
}

/**
 * SUBTEST: unmapped-code
 * Description: A shader whose code is not mapped ends its job with EIO.
 */
static void unmapped_code(void)
{
	struct asahi_stream stream;
	struct victim v;
	uint32_t usc;

	victim_init(&v);

	/* The client believes that the code is there already. */
	v.client.code[ASAHI_SHADER_STOP] = v.client.usc_base + 0x80000000;
	usc = asahi_usc_words(&v.client, ASAHI_SHADER_STOP, v.client.arena.va);
	asahi_stream_init(&v.client, &stream, 16);
	asahi_stream_launch(&stream, usc, one, one);
	asahi_stream_terminate(&stream);
	assert_stream_fails(&v, &stream);
	victim_fini(&v);
}

/**
 * SUBTEST: unmapped-uniforms
 * Description: Uniform registers that are filled from where nothing is mapped end the job with
 *	EIO: it is no shader that loads.
 */
static void unmapped_uniforms(void)
{
	struct asahi_stream stream;
	struct asahi_job job;
	struct victim v;
	int status;

	victim_init(&v);
	asahi_stream_init(&v.client, &stream, 16);
	asahi_stream_launch(&stream, asahi_usc_words(&v.client, ASAHI_SHADER_STOP, v.nowhere), one,
			    one);
	asahi_stream_terminate(&stream);
	asahi_job_init_stream(&v.client, &job, &stream);
	status = asahi_job_run(&job);
	if (status == 1 && !asahi_is_simulated(v.client.fd))
		igt_info("such loads are soft here\n");
	else
		assert_fails(&v, &job, -EIO);
	victim_fini(&v);
}

/**
 * SUBTEST: unmapped-indirect
 * Description: A launch that reads its size from where nothing is mapped ends its job with EIO.
 */
static void unmapped_indirect(void)
{
	struct asahi_stream stream;
	struct victim v;
	uint32_t usc;

	victim_init(&v);
	usc = asahi_usc_words(&v.client, ASAHI_SHADER_STOP, v.client.arena.va);
	asahi_stream_init(&v.client, &stream, 16);
	asahi_stream_launch_indirect(&stream, usc, v.nowhere, one);
	asahi_stream_terminate(&stream);
	assert_stream_fails(&v, &stream);
	victim_fini(&v);
}

/**
 * SUBTEST: unreadable-stream
 * Description: A stream in memory that the GPU may only write ends its job with EIO.
 */
static void unreadable_stream(void)
{
	struct asahi_stream stream = { 0 };
	struct victim v;

	victim_init(&v);
	v.bo.map[ASAHI_PAGE / 4 - 2] = 0x40000000;
	stream.va = v.nowhere + ASAHI_PAGE - 8;
	asahi_vm_map(v.client.fd, v.client.vm_id, v.bo.handle, 0, ASAHI_PAGE, v.nowhere,
		     DRM_ASAHI_BIND_WRITE);
	assert_stream_fails(&v, &stream);
	victim_fini(&v);
}

/**
 * SUBTEST: shader-load
 * Description: With soft faults a shader that loads from where nothing is mapped gets 0 and goes
 *	on; without, its job ends with EIO.
 */
static void shader_load(void)
{
	struct asahi_probe probe;
	struct asahi_job job;
	struct victim v;

	victim_init(&v);
	asahi_probe_init(&v.client, &probe);
	igt_assert_eq_u32(asahi_probe_read(&probe, v.nowhere), 0);
	igt_assert_eq_u32(asahi_probe_read(&probe, 0), 0);
	/* The last of the kernel's range, where another driver may have something. */
	if (asahi_is_simulated(v.client.fd))
		igt_assert_eq_u32(asahi_probe_read(&probe, v.client.params.vm_end - 4), 0);
	if (asahi_can_risk(v.client.fd, UPPER_HALF))
		igt_assert_eq_u32(asahi_probe_read(&probe, 0xfffffffffffffffc), 0);

	v.bo.map[1] = 1;
	asahi_job_init(&v.client, &job, ASAHI_SHADER_COPY, v.nowhere, v.bo.va + 4, 0);
	if (v.client.params.features & DRM_ASAHI_FEATURE_SOFT_FAULTS) {
		igt_assert_eq(asahi_job_run(&job), 1);
		igt_assert_eq_u32(v.bo.map[1], 0);
	} else {
		assert_fails(&v, &job, -EIO);
		igt_assert_eq_u32(v.bo.map[1], 1);
	}
	victim_fini(&v);
}

/**
 * SUBTEST: shader-store
 * Description: With soft faults a shader that stores to where nothing is mapped goes on, without,
 *	its job ends with EIO; in both cases nothing changes.
 */
static void shader_store(void)
{
	struct asahi_probe probe;
	struct asahi_job job;
	struct victim v;
	uint32_t i;

	victim_init(&v);
	asahi_probe_init(&v.client, &probe);
	asahi_probe_write(&probe, v.nowhere, 1);
	asahi_probe_write(&probe, v.bo.va + ASAHI_PAGE, 1);
	asahi_probe_write(&probe, v.bo.va - 4, 1);
	asahi_probe_write(&probe, 0, 1);
	if (asahi_can_risk(v.client.fd, UPPER_HALF))
		asahi_probe_write(&probe, 0xfffffffffffffffc, 1);
	for (i = 0; i < ASAHI_PAGE / 4; i++)
		igt_assert_eq_u32(v.bo.map[i], 0);

	asahi_job_init(&v.client, &job, ASAHI_SHADER_STORE, v.nowhere, 0, 0);
	if (v.client.params.features & DRM_ASAHI_FEATURE_SOFT_FAULTS)
		igt_assert_eq(asahi_job_run(&job), 1);
	else
		assert_fails(&v, &job, -EIO);
	victim_fini(&v);
}

/* Where the time limit can be set, be done with it in a few seconds. */
static void shorten_time_limit(void)
{
	if (!asahi_has_sim())
		return;

	asahi_sim_require();
	asahi_sim_time_limit(2500);
}

/**
 * SUBTEST: endless-loop
 * Description: A shader that jumps to itself for ever ends its job with ETIMEDOUT at the time
 *	limit of the GPU.
 */
static void endless_loop(void)
{
	struct asahi_job job;
	struct victim v;

	shorten_time_limit();
	victim_init(&v);
	asahi_require_simulated(v.client.fd, ASAHI_NO_END);
	asahi_job_init(&v.client, &job, ASAHI_SHADER_ENDLESS, 0, 0, 0);
	igt_assert_eq(asahi_job_run(&job), -ETIMEDOUT);
	assert_works(&v);
	victim_fini(&v);
}

/**
 * SUBTEST: endless-wait
 * Description: A shader that waits for a word that nobody stores ends its job with ETIMEDOUT, and
 *	jobs of other queues go on meanwhile.
 */
static void endless_wait(void)
{
	unsigned int rounds = 0;
	struct asahi_spin spin;
	struct victim v, other;
	uint64_t since = 0;
	int works, status;

	shorten_time_limit();
	victim_init(&v);
	asahi_require_simulated(v.client.fd, ASAHI_NO_END);
	victim_init(&other);
	asahi_spin_init(&v.client, &spin);
	asahi_spin_start(&spin, v.client.queue_id);
	do {
		works = asahi_job_run(&other.good);
		rounds++;
	} while (works == 1 && asahi_is_busy(spin.fence) && asahi_patient(&since));
	/* One that has ended by now is not told anything any more. */
	status = asahi_spin_finish(&spin);
	igt_assert_eq(works, 1);
	igt_assert_eq(status, -ETIMEDOUT);
	igt_assert_eq_u32(other.bo.map[0], ASAHI_STORE_VALUE);
	igt_info("%u jobs of another client meanwhile\n", rounds);
	assert_works(&v);
	victim_fini(&other);
	victim_fini(&v);
}

/* A job whose stream is nowhere. */
static void init_bad(struct victim *v, struct asahi_job *job)
{
	const struct asahi_stream nowhere = { .va = v->nowhere };

	asahi_job_init_stream(&v->client, job, &nowhere);
}

/**
 * SUBTEST: rest-of-submit
 * Description: Commands behind one that fails do not run, which only the simulated GPU promises,
 *	and the job has one error.
 */
static void rest_of_submit(void)
{
	struct asahi_cmdbuf cmdbuf = { 0 };
	struct asahi_job good, bad, late;
	struct victim v;
	int status;

	victim_init(&v);
	asahi_job_init(&v.client, &good, ASAHI_SHADER_STORE, v.bo.va + 4, 0, 0);
	init_bad(&v, &bad);
	asahi_job_init(&v.client, &late, ASAHI_SHADER_STORE, v.bo.va + 12, 0, 0);
	asahi_cmdbuf_compute(&cmdbuf, &good.compute, NONE, NONE);
	asahi_cmdbuf_compute(&cmdbuf, &bad.compute, NONE, 1);
	asahi_cmdbuf_compute(&cmdbuf, &late.compute, NONE, 2);
	status = asahi_finish(asahi_cmdbuf_start(&v.client, v.client.queue_id, &cmdbuf));
	asahi_assert_failed(v.client.fd, status, -EIO);
	igt_assert_eq_u32(v.bo.map[1], ASAHI_STORE_VALUE);
	if (asahi_is_simulated(v.client.fd))
		igt_assert_eq_u32(v.bo.map[3], 0);
	else
		igt_info("the command behind has %s\n", v.bo.map[3] ? "run" : "not run");
	assert_works(&v);
	victim_fini(&v);
}

/**
 * SUBTEST: queued-behind
 * Description: Submits that wait behind one that fails run when it is over.
 */
static void queued_behind(void)
{
	struct asahi_job jobs[8];
	struct victim v;
	int fences[8], i, status;

	victim_init(&v);
	for (i = 0; i < 8; i++) {
		if (i % 3 == 1)
			init_bad(&v, &jobs[i]);
		else
			asahi_job_init(&v.client, &jobs[i], ASAHI_SHADER_STORE, v.bo.va + 4 * i, 0,
				       0);
		fences[i] = asahi_job_start_after(&jobs[i]);
	}
	for (i = 0; i < 8; i++) {
		status = asahi_finish(fences[i]);
		if (i % 3 == 1) {
			asahi_assert_failed(v.client.fd, status, -EIO);
			continue;
		}
		igt_assert_eq(status, 1);
		igt_assert_eq_u32(v.bo.map[i], ASAHI_STORE_VALUE);
	}
	victim_fini(&v);
}

/**
 * SUBTEST: render
 * Description: A render command that faults ends its job with EIO; what waits for it in its submit
 *	does not run, the next submit does.
 */
static void render(void)
{
	struct drm_asahi_cmd_render command;
	struct asahi_cmdbuf cmdbuf = { 0 };
	struct victim v;
	int status;

	asahi_sim_require();
	victim_init(&v);
	asahi_render_empty(&v.client, &command);
	asahi_cmdbuf_render(&cmdbuf, &command, NONE, NONE);
	asahi_cmdbuf_compute(&cmdbuf, &v.good.compute, 1, NONE);
	asahi_sim_set("inject_fault", "render");
	status = asahi_finish(asahi_cmdbuf_start(&v.client, v.client.queue_id, &cmdbuf));
	igt_assert_eq(status, -EIO);
	igt_assert_eq_u32(v.bo.map[0], 0);
	assert_works(&v);

	/* Nor did the numbers of the queue's commands come to harm. */
	v.bo.map[0] = 0;
	cmdbuf.size = 0;
	asahi_cmdbuf_render(&cmdbuf, &command, 0, 0);
	asahi_cmdbuf_compute(&cmdbuf, &v.good.compute, 1, 0);
	status = asahi_finish(asahi_cmdbuf_start(&v.client, v.client.queue_id, &cmdbuf));
	igt_assert_eq(status, 1);
	igt_assert_eq_u32(v.bo.map[0], ASAHI_STORE_VALUE);
	victim_fini(&v);
}

/**
 * SUBTEST: out-syncs
 * Description: A job that faults signals all of its out-syncs, binary and timeline, of which each
 *	binary one tells the error, and a job that replaces the fence tells its own end.
 */
static void out_syncs(void)
{
	struct asahi_cmdbuf bad = { 0 }, good = { 0 };
	struct asahi_stream stream = { 0 };
	struct drm_asahi_sync outs[3];
	struct asahi_job job;
	struct victim v;

	victim_init(&v);
	stream.va = v.nowhere;
	asahi_job_init_stream(&v.client, &job, &stream);
	asahi_cmdbuf_compute(&bad, &job.compute, NONE, NONE);
	asahi_cmdbuf_compute(&good, &v.good.compute, NONE, NONE);
	outs[0] = asahi_sync_binary(syncobj_create(v.client.fd, 0));
	outs[1] = asahi_sync_binary(syncobj_create(v.client.fd, 0));
	outs[2] = asahi_sync_point(syncobj_create(v.client.fd, 0), 4);
	igt_assert_eq(__asahi_cmdbuf_submit(&v.client, v.client.queue_id, &bad, outs, 0, 3), 0);
	asahi_sync_wait_point(v.client.fd, outs[2].handle, 4);
	asahi_sync_wait(v.client.fd, outs[1].handle);
	igt_assert_eq(asahi_finish(asahi_sync_export(v.client.fd, outs[0].handle)), -EIO);
	igt_assert_eq(asahi_finish(asahi_sync_export(v.client.fd, outs[1].handle)), -EIO);

	igt_assert_eq(__asahi_cmdbuf_submit(&v.client, v.client.queue_id, &good, outs, 0, 1), 0);
	igt_assert_eq(asahi_finish(asahi_sync_export(v.client.fd, outs[0].handle)), 1);
	igt_assert_eq(asahi_finish(asahi_sync_export(v.client.fd, outs[1].handle)), -EIO);
	victim_fini(&v);
}

/*
 * Somebody else's job has ended well. On hardware a fault takes down whatever runs at that moment,
 * with an error; what is wrong under any driver is a job that says it ended well and did not.
 */
static void assert_innocent(int fd, int status)
{
	if (asahi_is_simulated(fd) || status == 1)
		igt_assert_eq(status, 1);
	else if (status == -ECANCELED || status == -EIO)
		igt_info("a job that did nothing wrong ended with %d\n", status);
	else
		igt_assert_f(false, "a job that did nothing wrong ended with %d\n", status);
}

/* Jobs of a process of its own, each of which faults or adds something up. */
static void run_many(bool bad)
{
	enum { NUM = 25 };
	struct asahi_stream stream = { 0 };
	struct asahi_job job;
	struct victim v;
	uint32_t i;
	int status;

	victim_init(&v);
	stream.va = v.nowhere;
	if (bad)
		asahi_job_init_stream(&v.client, &job, &stream);
	else
		asahi_job_init(&v.client, &job, ASAHI_SHADER_ADD, v.bo.va, 0, 0);
	for (i = 1; i <= NUM; i++) {
		v.bo.map[0] = i;
		v.bo.map[1] = 1000;
		status = asahi_job_run(&job);
		if (bad) {
			igt_assert_eq(status, -EIO);
			igt_assert_eq_u32(v.bo.map[0], i);
			continue;
		}
		assert_innocent(v.client.fd, status);
		if (status == 1)
			igt_assert_eq_u32(v.bo.map[2], i + 1000);
	}
	victim_fini(&v);
}

/**
 * SUBTEST: processes
 * Description: While processes have one job after the other that faults, each with its error,
 *	others compute what is right.
 */
static void processes(void)
{
	igt_fork(child, 4)
		run_many(child & 1);
	igt_waitchildren();
}

/**
 * SUBTEST: others-unharmed
 * Description: Jobs that run on another queue of the same address space, and in another file,
 *	while one fails, go on to a good end.
 */
static void others_unharmed(void)
{
	struct asahi_spin same, other;
	int failed[5], busy[2], status[2], i;
	struct asahi_job bad;
	struct victim v, w;
	uint32_t queue_id;

	victim_init(&v);
	asahi_require_simulated(v.client.fd, "the firmware ends everybody's jobs when one faults");
	victim_init(&w);
	queue_id = asahi_queue_create(v.client.fd, v.client.vm_id, v.client.usc_base);
	asahi_spin_init(&v.client, &same);
	asahi_spin_init(&w.client, &other);
	asahi_job_init(&v.client, &bad, ASAHI_SHADER_UNDEFINED, v.bo.va, 0, 0);
	asahi_spin_start(&same, queue_id);
	asahi_spin_start(&other, w.client.queue_id);

	for (i = 0; i < 5; i++)
		failed[i] = asahi_job_run(&bad);
	busy[0] = asahi_is_busy(same.fence);
	busy[1] = asahi_is_busy(other.fence);
	status[0] = asahi_spin_finish(&same);
	status[1] = asahi_spin_finish(&other);
	for (i = 0; i < 5; i++)
		igt_assert_eq(failed[i], -EIO);
	for (i = 0; i < 2; i++) {
		igt_assert_eq(busy[i], 1);
		igt_assert_eq(status[i], 1);
	}

	asahi_queue_destroy(v.client.fd, queue_id);
	victim_fini(&w);
	victim_fini(&v);
}

static const struct asahi_subtest subtests[] = {
	{ "undefined-instruction", "Bytes without a meaning end a job.", undefined_instruction },
	{ "undefined-block", "A block without a meaning ends a job.", undefined_block },
	{ "unmapped-stream", "A stream that is not mapped ends a job.", unmapped_stream },
	{ "unmapped-link", "A link to nowhere ends a job.", unmapped_link },
	{ "unmapped-usc", "USC words that are not mapped end a job.", unmapped_usc },
	{ "unmapped-code", "Code that is not mapped ends a job.", unmapped_code },
	{ "unmapped-uniforms", "Uniforms that are not mapped end a job.", unmapped_uniforms },
	{ "unmapped-indirect", "A size that is not mapped ends a job.", unmapped_indirect },
	{ "unreadable-stream", "A stream that cannot be read ends a job.", unreadable_stream },
	{ "shader-load", "A shader loads 0 where nothing is mapped.", shader_load },
	{ "shader-store", "A shader stores nothing where nothing is mapped.", shader_store },
	{ "endless-loop", "A loop without end runs into the time limit.", endless_loop },
	{ "endless-wait", "A wait without end runs into the time limit.", endless_wait },
	{ "rest-of-submit", "Commands behind a failed one do not run.", rest_of_submit },
	{ "queued-behind", "Submits behind a failed one do run.", queued_behind },
	{ "render", "A render command that faults ends its job.", render },
	{ "out-syncs", "All out-syncs tell of the fault.", out_syncs },
	{ "processes", "Processes compute right beside faults.", processes },
	{ "others-unharmed", "Other jobs go on while one fails.", others_unharmed },
};

int igt_main()
{
	asahi_run_subtests(subtests, ARRAY_SIZE(subtests));
}
