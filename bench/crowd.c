// SPDX-License-Identifier: MIT
#include <pthread.h>
#include <stdint.h>

#include "bench.h"
#include "crowd.h"

struct gathering {
	const struct crowd *crowd;
	pthread_barrier_t start;
};

static void *member(void *data)
{
	struct gathering *gathering = data;
	const struct crowd *crowd = gathering->crowd;
	unsigned int i;

	pthread_barrier_wait(&gathering->start);
	for (i = 0; i < CROWD_CALLS; i++)
		crowd->call(crowd->data);
	return NULL;
}

double crowd_sample(void *data)
{
	struct gathering gathering = { .crowd = data };
	const struct crowd *crowd = data;
	pthread_t threads[CROWD_MAX];
	uint64_t start;
	unsigned int i;

	if (crowd->threads > CROWD_MAX)
		bench_die("too many threads\n");

	pthread_barrier_init(&gathering.start, NULL, crowd->threads + 1);
	for (i = 0; i < crowd->threads; i++)
		if (pthread_create(&threads[i], NULL, member, &gathering))
			bench_die("no thread\n");
	start = bench_ns();
	pthread_barrier_wait(&gathering.start);
	for (i = 0; i < crowd->threads; i++)
		pthread_join(threads[i], NULL);
	pthread_barrier_destroy(&gathering.start);
	return (double)(bench_ns() - start) / ((double)CROWD_CALLS * crowd->threads);
}
