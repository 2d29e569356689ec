// SPDX-License-Identifier: MIT
/* What it costs to end a process whose queues have jobs that never end. */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench.h"
#include "drm_agx.h"
#include "gpu.h"

/* More than a queue has on the GPU. */
#define JOBS_PER_QUEUE 3

/* Jumps to itself. */
static const unsigned char code[] = { 0x62, 0x00, 0x00, 0x00, 0x00, 0xc0, 0x00,
				      0x00, 0x00, 0x00, 0x88, 0x00 };

static void must(int ret, const char *what)
{
	if (ret)
		bench_die("%s: %s\n", what, strerror(-ret));
}

/* In the process that is going to be killed. */
static void hang(unsigned int num_queues)
{
	const struct drm_agx_shader_info info = {
		.struct_size = sizeof(info),
		.code = code, .code_size = sizeof(code), .num_registers = 8
	};
	struct drm_agx_launch launch = {
		.struct_size = sizeof(launch), .global = { 1, 1, 1 }, .local = { 1, 1, 1 }
	};
	struct drm_asahi_cmd_compute cmd;
	struct drm_agx_compute *compute;
	struct drm_agx_shader *shader;
	struct drm_agx_submit *submit;
	struct drm_agx_device *dev;
	struct drm_agx_vm *vm;
	unsigned int i, j;

	must(drm_agx_device_create(gpu_open(), DRM_AGX_FD_OWN, &dev), "device");
	must(drm_agx_vm_create(dev, &vm), "VM");
	must(drm_agx_shader_create(vm, &info, &shader), "shader");
	launch.shader = shader;
	must(drm_agx_compute_create(vm, &compute), "stream");
	must(drm_agx_compute_launch(compute, &launch), "launch");
	must(drm_agx_compute_end(compute, &cmd, sizeof(cmd)), "stream");
	must(drm_agx_submit_create(&submit), "submit");
	must(drm_agx_submit_add_compute(submit, &cmd, sizeof(cmd), DRM_ASAHI_BARRIER_NONE,
					DRM_ASAHI_BARRIER_NONE), "command");

	for (i = 0; i < num_queues; i++) {
		struct drm_agx_queue *queue;

		must(drm_agx_queue_create(vm, DRM_ASAHI_PRIORITY_MEDIUM, &queue), "queue");
		for (j = 0; j < JOBS_PER_QUEUE; j++)
			must(drm_agx_queue_submit(queue, submit), "SUBMIT");
	}
}

/* How long it takes to end a process. */
static double end(unsigned int num_queues)
{
	uint64_t start, ns;
	int ready[2];
	pid_t pid;
	char byte;

	if (pipe(ready))
		bench_die("no pipe\n");
	pid = fork();
	if (pid < 0)
		bench_die("no process\n");
	if (!pid) {
		hang(num_queues);
		if (write(ready[1], "", 1) == 1)
			pause();
		_exit(1);
	}
	close(ready[1]);
	if (read(ready[0], &byte, 1) != 1)
		bench_die("the process died before it was killed\n");
	close(ready[0]);

	start = bench_ns();
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	ns = bench_ns() - start;
	printf("%u queues with %u hung jobs each: over in %.1f ms\n", num_queues, JOBS_PER_QUEUE,
	       ns / 1e6);

	return ns;
}

static double ends(void *data)
{
	const unsigned int *num_queues = data;

	return end(*num_queues) / *num_queues;
}

/* What no close may take, in seconds. */
#define MAX_SECONDS 2.0

/* Tell the simulated GPU how the next commands are to hang. */
static int set_hang(const char *how)
{
	FILE *file = fopen("/sys/kernel/debug/agx_sim/hang", "w");
	int ret = !file || fputs(how, file) < 0 ? -1 : 0;

	if (file && fclose(file))
		ret = -1;
	return ret;
}

/* Jobs that make no progress, and those that not even a cancel gets off the GPU. */
static void within(const char *title, const char *how, unsigned int num_queues)
{
	double ns;

	if (how && set_hang(how)) {
		printf("left out: %s\n", title);
		return;
	}
	ns = end(num_queues);
	if (how && set_hang("none"))
		bench_die("the GPU still hangs\n");
	bench_within(title, ns, MAX_SECONDS);
}

int main(int argc, char **argv)
{
	unsigned int counts[] = { 100, 1000, 4000 };
	struct bench_point points[ARRAY_SIZE(counts)];
	unsigned int i, num = 0;

	bench_begin(argc, argv, "What it costs to end a process with hung jobs, per queue.");
	for (i = 0; i < ARRAY_SIZE(counts); i++) {
		struct bench_point point = { counts[i], &counts[i], ends };

		if (bench_wants(counts[i], "queues"))
			points[num++] = point;
	}
	bench_compare("the end of a process with hung jobs, per queue", "queues", points, num, 3,
		      BENCH_FLAT);

	putchar('\n');
	if (bench_wants(1000, "queues")) {
		within("1000 queues with endless jobs", NULL, 1000);
		within("1000 queues with jobs that hang", "soft 1000000", 1000);
		within("1000 queues with jobs that only a reset gets off", "hard 1000000", 1000);
	}
	return bench_end();
}
