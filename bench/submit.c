// SPDX-License-Identifier: MIT
/* The cost of SUBMIT, without the job. */
#include <stdlib.h>
#include <unistd.h>

#include "bench.h"
#include "drm_agx.h"
#include "gpu.h"
#include "job.h"

/* Of one sample. */
#define NUM_SUBMITS 32

#define NUM_CLIENTS 1000
#define MAX_BOS 10000

/* Does nothing. */
static const unsigned char code[] = { 0x88, 0x00 };

static void client_init(struct job *client)
{
	job_init(client, code, sizeof(code), 8);
	job_launch(client, 1, 1, NULL, 0);
	job_end(client);
}

static double submits(void *data)
{
	const struct job *client = data;
	uint64_t start, ns = 0;
	unsigned int i;

	for (i = 0; i < NUM_SUBMITS; i++) {
		start = bench_ns();
		job_submit(client);
		ns += bench_ns() - start;
		job_wait(client);
	}
	return (double)ns / NUM_SUBMITS;
}

/* Other clients are there for everybody or for nobody, so here they come and go. */
static int others[NUM_CLIENTS];
static unsigned int num_others;

/* For what the kernel puts off to leave the CPUs alone again. */
#define SETTLE_US 300000

static void want_others(unsigned int num)
{
	struct gpu_vm vm;

	while (num_others < num) {
		gpu_vm_create(&vm, gpu_open());
		gpu_queue_create(&vm, GPU_BASE);
		others[num_others++] = vm.fd;
	}
	while (num_others > num)
		close(others[--num_others]);
	usleep(SETTLE_US);
}

static double submits_alone(void *client)
{
	want_others(0);
	return submits(client);
}

static double submits_among_many(void *client)
{
	want_others(NUM_CLIENTS);
	return submits(client);
}

static void by_clients(void)
{
	struct job client;
	const struct bench_point points[] = {
		{ 0, &client, submits_alone },
		{ NUM_CLIENTS, &client, submits_among_many },
	};

	client_init(&client);
	bench_compare("SUBMIT, by other clients with a VM and a queue", "clients", points,
		      ARRAY_SIZE(points), 0, BENCH_FLAT);
	want_others(0);
	job_fini(&client);
}

static void by_queues(void)
{
	static const unsigned int counts[] = { 0, NUM_CLIENTS };
	struct bench_point points[ARRAY_SIZE(counts)];
	struct job clients[ARRAY_SIZE(counts)];
	struct gpu_vm vm;
	unsigned int i, j;

	for (i = 0; i < ARRAY_SIZE(counts); i++) {
		struct bench_point point = { counts[i], &clients[i], submits };

		client_init(&clients[i]);
		for (j = 0; j < counts[i]; j++) {
			gpu_vm_create(&vm, drm_agx_device_fd(clients[i].dev));
			gpu_queue_create(&vm, GPU_BASE);
		}
		points[i] = point;
	}
	bench_compare("SUBMIT, by other queues of the client, with a VM each", "queues", points,
		      ARRAY_SIZE(points), 31, BENCH_FLAT);
	for (i = 0; i < ARRAY_SIZE(counts); i++)
		job_fini(&clients[i]);
}

static void by_bos(void)
{
	static const unsigned int counts[] = { 1, 100, 1000, MAX_BOS };
	struct bench_point points[ARRAY_SIZE(counts)];
	struct job clients[ARRAY_SIZE(counts)];
	unsigned int i, j, num = 0;

	for (i = 0; i < ARRAY_SIZE(counts); i++) {
		struct bench_point point = { counts[i], &clients[num], submits };
		struct gpu_vm vm;

		if (!bench_wants(counts[i], "BOs"))
			continue;
		client_init(&clients[num]);
		vm.fd = drm_agx_device_fd(clients[num].dev);
		vm.id = drm_agx_vm_id(clients[num].vm);
		for (j = 0; j < counts[i]; j++)
			gpu_map(&vm, gpu_bo_create(vm.fd, GPU_PAGE), 0, GPU_PAGE,
				GPU_BASE + j * GPU_PAGE);
		points[num++] = point;
	}
	bench_compare("SUBMIT, by shareable BOs that the VM maps: each learns of the job", "BOs",
		      points, num, 0, BENCH_ANY);
	for (i = 0; i < num; i++)
		job_fini(&clients[i]);
}

int main(int argc, char **argv)
{
	bench_begin(argc, argv, "What SUBMIT costs.");
	by_clients();
	by_queues();
	by_bos();
	return bench_end();
}
