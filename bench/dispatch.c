// SPDX-License-Identifier: MIT
/* What a dispatch costs, from SUBMIT to the end of the wait. */
#include <stdbool.h>

#include "bench.h"
#include "job.h"

/* In a stream with others, a dispatch must not cost more than in a submit of its own. */
#define LIMIT 1.0

static const unsigned char empty_code[] = {
	0x88, 0x00,					/* stop */
};

static const unsigned char number_code[] = {
	0x72, 0x01, 0x10, 0x04,				/* r0 = thread in grid, x */
	0x45, 0x01, 0x00, 0x0e, 0x00, 0xc0, 0x12, 0x00,	/* store r0, u0_u1[r0] */
	0x88, 0x00,					/* stop */
};

/* What is dispatched. */
struct kind {
	const unsigned char *code;
	unsigned int size;
	unsigned int threads;
	unsigned int group;
	/* Each thread writes its number. */
	bool writes;
};

static const struct kind empty = { empty_code, sizeof(empty_code), 1, 1, false };
static const struct kind numbers = { number_code, sizeof(number_code), 1024, 32, true };

/* A job of so many dispatches. */
struct stream {
	struct job job;
	const struct kind *kind;
	unsigned int num;
	uint32_t *words;
};

static void stream_init(struct stream *stream, const struct kind *kind, unsigned int num)
{
	uint64_t addr;
	unsigned int i;
	void *map;

	stream->kind = kind;
	stream->num = num;
	job_init(&stream->job, kind->code, kind->size, 8);
	addr = job_buffer(&stream->job, kind->threads * sizeof(*stream->words), &map);
	stream->words = map;
	for (i = 0; i < num; i++)
		job_launch(&stream->job, kind->threads, kind->group, &addr, kind->writes ? 1 : 0);
	job_end(&stream->job);
}

static double per_dispatch(void *data)
{
	struct stream *stream = data;
	const struct kind *kind = stream->kind;
	unsigned int i;
	double ns;

	for (i = 0; i < kind->threads; i++)
		stream->words[i] = ~i;
	ns = job_sample(&stream->job);
	for (i = 0; i < kind->threads && kind->writes; i++)
		if (stream->words[i] != i)
			bench_die("thread %u has written %u\n", i, stream->words[i]);
	return ns / stream->num;
}

static void by_length(const char *title, const struct kind *kind)
{
	static const unsigned int counts[] = { 1, 10, 100, 1000 };
	struct bench_point points[ARRAY_SIZE(counts)];
	struct stream streams[ARRAY_SIZE(counts)];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(counts); i++) {
		stream_init(&streams[i], kind, counts[i]);
		points[i] = (struct bench_point){ counts[i], &streams[i], per_dispatch };
	}
	bench_compare(title, "in a stream", points, ARRAY_SIZE(points), 0, LIMIT);
	for (i = 0; i < ARRAY_SIZE(counts); i++)
		job_fini(&streams[i].job);
}

int main(int argc, char **argv)
{
	bench_begin(argc, argv, "What a dispatch costs.");
	by_length("an empty dispatch, with its part of the submit and of the wait", &empty);
	by_length("the same of a dispatch of 32 groups that write a number for each thread",
		  &numbers);
	return bench_end();
}
