// SPDX-License-Identifier: MIT
/**
 * TEST: asahi compute
 * Category: Core
 * Mega feature: Compute
 * Sub-category: execution
 * Functionality: SUBMIT
 * Description: Compute streams and the shaders that they launch compute the right numbers.
 */
#include <errno.h>

#include "asahi_device.h"
#include "asahi_drm.h"
#include "asahi_ioctl.h"
#include "asahi_job.h"
#include "igt.h"

IGT_TEST_DESCRIPTION("Compute streams and shaders");

/* What no shader here stores. */
#define UNTOUCHED 0x5a5a5a5a

static const uint32_t one[3] = { 1, 1, 1 };

/**
 * SUBTEST: store
 * Description: A single thread stores one word, and nothing else changes.
 */
static void store(void)
{
	struct asahi_client client;
	struct asahi_job job;
	struct asahi_bo bo;
	uint32_t i;

	asahi_client_init(&client);
	asahi_bo_init(&client, &bo, ASAHI_PAGE);
	asahi_bo_fill(&bo, UNTOUCHED);
	asahi_job_init(&client, &job, ASAHI_SHADER_STORE, bo.va + 400, 0, 0);
	igt_assert_eq(asahi_job_run(&job), 1);
	for (i = 0; i < ASAHI_PAGE / 4; i++)
		igt_assert_eq_u32(bo.map[i], i == 100 ? ASAHI_STORE_VALUE : UNTOUCHED);

	asahi_bo_fini(&client, &bo);
	asahi_client_fini(&client);
}

/**
 * SUBTEST: add
 * Description: A thread loads two words, adds them modulo 2^32, and stores the sum.
 */
static void add(void)
{
	static const uint32_t terms[][2] = {
		{ 2, 3 }, { 0, 0 }, { 0xffffffff, 1 }, { 0x80000000, 0x80000000 },
		{ 0x12345678, 0x87654321 },
	};
	struct asahi_client client;
	struct asahi_job job;
	struct asahi_bo bo;
	uint32_t i;

	asahi_client_init(&client);
	asahi_bo_init(&client, &bo, ASAHI_PAGE);
	asahi_job_init(&client, &job, ASAHI_SHADER_ADD, bo.va, 0, 0);
	for (i = 0; i < ARRAY_SIZE(terms); i++) {
		bo.map[0] = terms[i][0];
		bo.map[1] = terms[i][1];
		bo.map[2] = UNTOUCHED;
		igt_assert_eq(asahi_job_run(&job), 1);
		igt_assert_eq_u32(bo.map[2], terms[i][0] + terms[i][1]);
		igt_assert_eq_u32(bo.map[0], terms[i][0]);
		igt_assert_eq_u32(bo.map[1], terms[i][1]);
		igt_assert_eq_u32(bo.map[3], 0);
	}

	asahi_bo_fini(&client, &bo);
	asahi_client_fini(&client);
}

/* out[thread] = thread for exactly @threads threads. */
static void run_tid(uint32_t threads, uint32_t group)
{
	uint64_t size = (threads + 64) * sizeof(uint32_t);
	struct asahi_client client;
	struct asahi_job job;
	struct asahi_bo bo;
	uint32_t i;

	size = (size + ASAHI_PAGE - 1) & ~(uint64_t)(ASAHI_PAGE - 1);
	asahi_client_init(&client);
	asahi_bo_init(&client, &bo, size);
	asahi_bo_fill(&bo, UNTOUCHED);
	asahi_job_init_grid(&client, &job, ASAHI_SHADER_TID, bo.va, 0, threads, group);
	igt_assert_eq(asahi_job_run(&job), 1);
	for (i = 0; i < size / sizeof(uint32_t); i++)
		igt_assert_f(bo.map[i] == (i < threads ? i : UNTOUCHED),
			     "%u threads in groups of %u: word %u is 0x%x\n", threads, group, i,
			     bo.map[i]);

	asahi_bo_fini(&client, &bo);
	asahi_client_fini(&client);
}

/**
 * SUBTEST: tid
 * Description: Each of 4096 threads knows its number.
 */
static void tid(void)
{
	run_tid(4096, 64);
}

/**
 * SUBTEST: tid-odd
 * Description: Sizes that fill neither a group nor the last SIMD group run exactly the threads
 *	that were asked for.
 */
static void tid_odd(void)
{
	static const uint32_t sizes[][2] = {
		{ 1, 1 }, { 1, 32 }, { 31, 32 }, { 32, 32 }, { 33, 32 }, { 33, 1 }, { 100, 7 },
		{ 63, 64 }, { 65, 64 }, { 1000, 33 }, { 1024, 1024 }, { 1025, 1024 }, { 5, 512 },
	};
	uint32_t i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++)
		run_tid(sizes[i][0], sizes[i][1]);
}

/**
 * SUBTEST: copy
 * Description: Thousands of threads copy four pages, each a word.
 */
static void copy(void)
{
	const uint32_t words = 4 * ASAHI_PAGE / sizeof(uint32_t);
	struct asahi_client client;
	struct asahi_bo from, to;
	struct asahi_job job;
	uint32_t i;

	asahi_client_init(&client);
	asahi_bo_init(&client, &from, 4 * ASAHI_PAGE);
	asahi_bo_init(&client, &to, 4 * ASAHI_PAGE);
	for (i = 0; i < words; i++)
		from.map[i] = i * 2654435761u;
	asahi_job_init_grid(&client, &job, ASAHI_SHADER_COPY_GRID, from.va, to.va, words, 128);
	igt_assert_eq(asahi_job_run(&job), 1);
	for (i = 0; i < words; i++)
		igt_assert_eq_u32(to.map[i], i * 2654435761u);

	asahi_bo_fini(&client, &to);
	asahi_bo_fini(&client, &from);
	asahi_client_fini(&client);
}

/* What the tests of streams have in common: words that the launches copy around. */
struct words {
	struct asahi_client client;
	struct asahi_bo bo;
};

static void words_init(struct words *w)
{
	asahi_client_init(&w->client);
	asahi_bo_init(&w->client, &w->bo, ASAHI_PAGE);
}

static void words_fini(struct words *w)
{
	asahi_bo_fini(&w->client, &w->bo);
	asahi_client_fini(&w->client);
}

/* USC words of a shader that works on words @a and @b. */
static uint32_t words_usc(struct words *w, enum asahi_shader shader, uint32_t a, uint32_t b)
{
	struct asahi_args *args;
	uint64_t va = asahi_client_alloc(&w->client, sizeof(*args), (void **)&args);

	args->a = w->bo.va + a * sizeof(uint32_t);
	args->b = w->bo.va + b * sizeof(uint32_t);
	return asahi_usc_words(&w->client, shader, va);
}

/* Append the copy of word @a to word @b, with a barrier behind it. */
static void words_copy(struct words *w, struct asahi_stream *stream, uint32_t a, uint32_t b)
{
	asahi_stream_launch(stream, words_usc(w, ASAHI_SHADER_COPY, a, b), one, one);
	asahi_stream_barrier(stream);
}

static int words_run(struct words *w, const struct asahi_stream *stream)
{
	struct asahi_job job;

	asahi_job_init_stream(&w->client, &job, stream);
	return asahi_job_run(&job);
}

/**
 * SUBTEST: chain
 * Description: Launches of one stream with barriers between them see what the ones before them
 *	stored.
 */
static void chain(void)
{
	enum { NUM = 50 };
	struct asahi_stream stream;
	struct words w;
	uint32_t i;

	words_init(&w);
	asahi_stream_init(&w.client, &stream, NUM * 9 + 2);
	for (i = 0; i < NUM; i++)
		words_copy(&w, &stream, i, i + 1);
	asahi_stream_terminate(&stream);
	w.bo.map[0] = 0x1234;
	igt_assert_eq(words_run(&w, &stream), 1);
	for (i = 0; i <= NUM; i++)
		igt_assert_eq_u32(w.bo.map[i], 0x1234);
	igt_assert_eq_u32(w.bo.map[NUM + 1], 0);
	words_fini(&w);
}

/**
 * SUBTEST: empty-stream
 * Description: A stream that only terminates is a job that completes.
 */
static void empty_stream(void)
{
	struct asahi_stream stream;
	struct words w;

	words_init(&w);
	asahi_stream_init(&w.client, &stream, 2);
	asahi_stream_terminate(&stream);
	igt_assert_eq(words_run(&w, &stream), 1);
	words_fini(&w);
}

/**
 * SUBTEST: terminate
 * Description: Nothing behind the terminating block is looked at.
 */
static void terminate(void)
{
	struct asahi_stream stream;
	struct words w;

	words_init(&w);
	w.bo.map[0] = 7;
	asahi_stream_init(&w.client, &stream, 32);
	words_copy(&w, &stream, 0, 1);
	asahi_stream_terminate(&stream);
	words_copy(&w, &stream, 0, 2);
	asahi_stream_terminate(&stream);
	igt_assert_eq(words_run(&w, &stream), 1);
	igt_assert_eq_u32(w.bo.map[1], 7);
	igt_assert_eq_u32(w.bo.map[2], 0);
	words_fini(&w);
}

/**
 * SUBTEST: stream-end
 * Description: The end of the first segment is a hint: a stream runs until it terminates, wherever
 *	the end is said to be.
 */
static void stream_end(void)
{
	static const int64_t ends[] = { 0, 4, -8, 0x10000, INT64_MIN };
	struct asahi_stream stream;
	struct asahi_job job;
	struct words w;
	uint32_t i;

	words_init(&w);
	asahi_require_simulated(w.client.fd, "what Apple's GPU does with a wrong end is not known");
	asahi_stream_init(&w.client, &stream, 20);
	words_copy(&w, &stream, 0, 1);
	words_copy(&w, &stream, 1, 2);
	asahi_stream_terminate(&stream);
	asahi_job_init_stream(&w.client, &job, &stream);
	for (i = 0; i < ARRAY_SIZE(ends); i++) {
		w.bo.map[0] = i + 1;
		job.compute.cdm_ctrl_stream_end = job.compute.cdm_ctrl_stream_base + ends[i];
		igt_assert_eq(asahi_job_run(&job), 1);
		igt_assert_eq_u32(w.bo.map[2], i + 1);
	}
	words_fini(&w);
}

/**
 * SUBTEST: link
 * Description: A stream goes on where a link leads, and not behind it.
 */
static void link_streams(void)
{
	struct asahi_stream first, second, third;
	struct words w;

	words_init(&w);
	w.bo.map[0] = 9;
	asahi_stream_init(&w.client, &first, 32);
	asahi_stream_init(&w.client, &second, 32);
	asahi_stream_init(&w.client, &third, 32);
	words_copy(&w, &third, 2, 3);
	asahi_stream_terminate(&third);
	words_copy(&w, &second, 1, 2);
	asahi_stream_link(&second, third.va, false);
	words_copy(&w, &first, 0, 1);
	asahi_stream_link(&first, second.va, false);
	words_copy(&w, &first, 0, 4);
	asahi_stream_terminate(&first);

	igt_assert_eq(words_run(&w, &first), 1);
	igt_assert_eq_u32(w.bo.map[1], 9);
	igt_assert_eq_u32(w.bo.map[2], 9);
	igt_assert_eq_u32(w.bo.map[3], 9);
	igt_assert_eq_u32(w.bo.map[4], 0);
	words_fini(&w);
}

/**
 * SUBTEST: link-return
 * Description: A link with return comes back behind itself, and can be used twice.
 */
static void link_return(void)
{
	struct asahi_stream stream, sub;
	struct words w;
	uint32_t usc;

	words_init(&w);
	w.bo.map[0] = 1;
	w.bo.map[1] = 2;
	asahi_stream_init(&w.client, &stream, 48);
	asahi_stream_init(&w.client, &sub, 16);

	/* words[2] = words[0] + words[1] */
	usc = words_usc(&w, ASAHI_SHADER_ADD, 0, 0);
	asahi_stream_launch(&sub, usc, one, one);
	asahi_stream_barrier(&sub);
	asahi_stream_return(&sub);

	asahi_stream_link(&stream, sub.va, true);
	words_copy(&w, &stream, 2, 0);
	asahi_stream_link(&stream, sub.va, true);
	words_copy(&w, &stream, 2, 3);
	asahi_stream_terminate(&stream);

	igt_assert_eq(words_run(&w, &stream), 1);
	igt_assert_eq_u32(w.bo.map[0], 3);
	igt_assert_eq_u32(w.bo.map[3], 5);
	words_fini(&w);
}

/**
 * SUBTEST: indirect
 * Description: A launch reads from memory how many groups it has.
 */
static void indirect(void)
{
	const uint32_t local[3] = { 32, 1, 1 };
	struct asahi_stream stream;
	struct words w;
	uint32_t i;

	words_init(&w);
	asahi_bo_fill(&w.bo, UNTOUCHED);
	w.bo.map[0] = 5;
	w.bo.map[1] = 1;
	w.bo.map[2] = 1;
	asahi_stream_init(&w.client, &stream, 16);
	asahi_stream_launch_indirect(&stream, words_usc(&w, ASAHI_SHADER_TID, 64, 0), w.bo.va,
				     local);
	asahi_stream_barrier(&stream);
	asahi_stream_terminate(&stream);
	igt_assert_eq(words_run(&w, &stream), 1);
	for (i = 0; i < 5 * 32; i++)
		igt_assert_eq_u32(w.bo.map[64 + i], i);
	igt_assert_eq_u32(w.bo.map[64 + 5 * 32], UNTOUCHED);
	words_fini(&w);
}

/**
 * SUBTEST: indirect-local
 * Description: A launch reads from memory how many threads it has and in which groups.
 */
static void indirect_local(void)
{
	static const uint32_t sizes[6] = { 100, 1, 1, 16, 1, 1 };
	struct asahi_stream stream;
	struct words w;
	uint32_t i;

	words_init(&w);
	asahi_bo_fill(&w.bo, UNTOUCHED);
	for (i = 0; i < 6; i++)
		w.bo.map[i] = sizes[i];
	asahi_stream_init(&w.client, &stream, 16);
	asahi_stream_launch_indirect_local(&stream, words_usc(&w, ASAHI_SHADER_TID, 64, 0),
					   w.bo.va);
	asahi_stream_barrier(&stream);
	asahi_stream_terminate(&stream);
	igt_assert_eq(words_run(&w, &stream), 1);
	for (i = 0; i < 100; i++)
		igt_assert_eq_u32(w.bo.map[64 + i], i);
	igt_assert_eq_u32(w.bo.map[64 + 100], UNTOUCHED);
	words_fini(&w);
}

/**
 * SUBTEST: indirect-gpu-written
 * Description: A launch may read a size that a launch before it stored.
 */
static void indirect_gpu_written(void)
{
	const uint32_t local[3] = { 8, 1, 1 };
	struct asahi_stream stream;
	struct words w;
	uint32_t i;

	words_init(&w);
	asahi_bo_fill(&w.bo, UNTOUCHED);
	w.bo.map[0] = 1;
	w.bo.map[1] = 1;
	w.bo.map[2] = 1;
	w.bo.map[3] = 3;
	asahi_stream_init(&w.client, &stream, 32);
	words_copy(&w, &stream, 3, 0);
	asahi_stream_launch_indirect(&stream, words_usc(&w, ASAHI_SHADER_TID, 64, 0), w.bo.va,
				     local);
	asahi_stream_barrier(&stream);
	asahi_stream_terminate(&stream);
	igt_assert_eq(words_run(&w, &stream), 1);
	for (i = 0; i < 3 * 8; i++)
		igt_assert_eq_u32(w.bo.map[64 + i], i);
	igt_assert_eq_u32(w.bo.map[64 + 3 * 8], UNTOUCHED);
	words_fini(&w);
}

/**
 * SUBTEST: indirect-zero
 * Description: A launch whose size turns out to be no group runs nothing, and the stream goes on.
 */
static void indirect_zero(void)
{
	struct asahi_stream stream;
	struct words w;

	words_init(&w);
	w.bo.map[8] = 8;
	asahi_stream_init(&w.client, &stream, 32);
	asahi_stream_launch_indirect(&stream, words_usc(&w, ASAHI_SHADER_STORE, 4, 0), w.bo.va,
				     one);
	asahi_stream_barrier(&stream);
	words_copy(&w, &stream, 8, 9);
	asahi_stream_terminate(&stream);
	igt_assert_eq(words_run(&w, &stream), 1);
	igt_assert_eq_u32(w.bo.map[4], 0);
	igt_assert_eq_u32(w.bo.map[9], 8);
	words_fini(&w);
}

/**
 * SUBTEST: spin
 * Description: A shader sees what the CPU stores while it runs.
 */
static void spin(void)
{
	struct asahi_client client;
	struct asahi_spin job;
	int status;

	asahi_client_init(&client);
	asahi_spin_init(&client, &job);
	asahi_spin_start(&job, client.queue_id);
	status = asahi_spin_finish(&job);
	igt_assert_eq(status, 1);
	asahi_client_fini(&client);
}

static const struct asahi_subtest subtests[] = {
	{ "store", "A single thread stores one word.", store },
	{ "add", "A thread adds two words.", add },
	{ "tid", "Each of 4096 threads knows its number.", tid },
	{ "tid-odd", "Odd sizes run exactly the threads asked for.", tid_odd },
	{ "copy", "Thousands of threads copy four pages.", copy },
	{ "chain", "Launches see what the ones before them stored.", chain },
	{ "empty-stream", "A stream that only terminates completes.", empty_stream },
	{ "terminate", "Nothing behind the terminating block runs.", terminate },
	{ "stream-end", "A stream runs until it terminates.", stream_end },
	{ "link", "A stream goes on where a link leads.", link_streams },
	{ "link-return", "A link with return comes back.", link_return },
	{ "indirect", "A launch reads the number of its groups.", indirect },
	{ "indirect-local", "A launch reads its threads and groups.", indirect_local },
	{ "indirect-gpu-written", "A launch reads a size that was stored.", indirect_gpu_written },
	{ "indirect-zero", "A launch of no groups runs nothing.", indirect_zero },
	{ "spin", "A shader sees what the CPU stores.", spin },
};

int igt_main()
{
	asahi_run_subtests(subtests, ARRAY_SIZE(subtests));
}
