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
		.code = code, .code_size = sizeof(code), .num_registers = 8
	};
	struct drm_agx_launch launch = { .global = { 1, 1, 1 }, .local = { 1, 1, 1 } };
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
	must(drm_agx_compute_end(compute, &cmd), "stream");
	must(drm_agx_submit_create(&submit), "submit");
	must(drm_agx_submit_add_compute(submit, &cmd, DRM_ASAHI_BARRIER_NONE,
					DRM_ASAHI_BARRIER_NONE), "command");

	for (i = 0; i < num_queues; i++) {
		struct drm_agx_queue *queue;

		must(drm_agx_queue_create(vm, DRM_ASAHI_PRIORITY_MEDIUM, &queue), "queue");
		for (j = 0; j < JOBS_PER_QUEUE; j++)
			must(drm_agx_queue_submit(queue, submit), "SUBMIT");
	}
}

static double ends(void *data)
{
	const unsigned int *num_queues = data;
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
		hang(*num_queues);
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
	printf("%u queues with %u hung jobs each: over in %.1f ms\n", *num_queues, JOBS_PER_QUEUE,
	       ns / 1e6);

	return (double)ns / *num_queues;
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
	return bench_end();
}
