/* SPDX-License-Identifier: MIT */
/* What something costs that several threads do at the same time. */
#ifndef CROWD_H
#define CROWD_H

/** CROWD_MAX: most threads of a crowd. */
#define CROWD_MAX 8

/** CROWD_CALLS: how often each does it: the start of a thread is not what is measured. */
#define CROWD_CALLS 4096

/** struct crowd - Threads that all do the same. */
struct crowd {
	/** @threads: how many. */
	unsigned int threads;
	/** @call: what; is given @data. */
	void (*call)(void *data);
	void *data;
};

/**
 * crowd_sample() - For struct bench_point: let them do it.
 * @data: struct crowd.
 *
 * More threads than processors take turns, so the figure is one for all of them together.
 *
 * Return: nanoseconds, by the number of calls of all threads.
 */
double crowd_sample(void *data);

#endif
