// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "sim_cpus.h"

/* What the names of the threads begin with: "agx_sim/0" runs jobs, "agx_sim/h0" helps. */
#define PREFIX "agx_sim/"

#define MAX_THREADS 256

static pid_t threads[MAX_THREADS];
static unsigned int num_threads;

/* The CPUs that there are. */
static cpu_set_t all;

static int is_of_gpu(pid_t pid)
{
	char path[64], name[32] = "";
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/comm", pid);
	file = fopen(path, "re");
	if (!file)
		return 0;
	if (!fgets(name, sizeof(name), file))
		*name = '\0';
	fclose(file);
	return !strncmp(name, PREFIX, strlen(PREFIX));
}

static void find_threads(void)
{
	DIR *proc = opendir("/proc");
	const struct dirent *entry;

	if (!proc)
		bench_die("/proc: %s\n", strerror(errno));
	while ((entry = readdir(proc)) && num_threads < MAX_THREADS) {
		pid_t pid = strtol(entry->d_name, NULL, 10);

		if (pid && is_of_gpu(pid))
			threads[num_threads++] = pid;
	}
	closedir(proc);
	if (!num_threads)
		bench_die("there are no threads of a simulated GPU\n");
}

static int limit_all(const cpu_set_t *set)
{
	unsigned int i;
	int err = 0;

	for (i = 0; i < num_threads; i++)
		err |= sched_setaffinity(threads[i], sizeof(*set), set);
	return err | sched_setaffinity(0, sizeof(*set), set);
}

static void restore(void)
{
	limit_all(&all);
}

/* The first @num of all. */
static cpu_set_t choose(unsigned int num)
{
	cpu_set_t set;
	int cpu;

	CPU_ZERO(&set);
	for (cpu = 0; cpu < CPU_SETSIZE && num; cpu++) {
		if (!CPU_ISSET(cpu, &all))
			continue;
		CPU_SET(cpu, &set);
		num--;
	}
	return set;
}

void sim_cpus_limit(unsigned int num)
{
	cpu_set_t set;

	if (!num_threads) {
		find_threads();
		if (sched_getaffinity(0, sizeof(all), &all))
			bench_die("sched_getaffinity(): %s\n", strerror(errno));
		atexit(restore);
	}
	if (CPU_COUNT(&all) < num)
		bench_die("there are fewer than %u CPUs\n", num);

	set = choose(num);
	if (limit_all(&set))
		bench_die("sched_setaffinity(): %s\n", strerror(errno));
}
