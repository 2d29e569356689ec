// SPDX-License-Identifier: MIT
/* The cost of SUBMIT, without the job. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench.h"
#include "drm_agx.h"
#include "gpu.h"

/* Of one sample. */
#define NUM_SUBMITS 32

#define NUM_CLIENTS 1000
#define MAX_BOS 10000

/* Does nothing. */
static const unsigned char code[] = { 0x88, 0x00 };

/* Somebody who submits. */
struct client {
	struct drm_agx_device *dev;
	struct drm_agx_vm *vm;
	struct drm_agx_queue *queue;
	struct drm_agx_shader *shader;
	struct drm_agx_compute *compute;
	struct drm_agx_submit *submit;
	struct drm_agx_sync *done;
};

static void must(int ret, const char *what)
{
	if (ret)
		bench_die("%s: %s\n", what, strerror(-ret));
}

static void client_init(struct client *client)
{
	const struct drm_agx_shader_info info = {
		.struct_size = sizeof(info),
		.code = code, .code_size = sizeof(code), .num_registers = 8
	};
	struct drm_agx_launch launch = {
		.struct_size = sizeof(launch), .global = { 1, 1, 1 }, .local = { 1, 1, 1 }
	};
	struct drm_asahi_cmd_compute cmd;

	must(drm_agx_device_create(gpu_open(), DRM_AGX_FD_OWN, &client->dev), "device");
	must(drm_agx_vm_create(client->dev, &client->vm), "VM");
	must(drm_agx_queue_create(client->vm, DRM_ASAHI_PRIORITY_MEDIUM, &client->queue), "queue");
	must(drm_agx_shader_create(client->vm, &info, &client->shader), "shader");
	must(drm_agx_compute_create(client->vm, &client->compute), "stream");
	must(drm_agx_submit_create(&client->submit), "submit");
	must(drm_agx_sync_create(client->dev, 0, &client->done), "syncobj");

	launch.shader = client->shader;
	must(drm_agx_compute_launch(client->compute, &launch), "launch");
	must(drm_agx_compute_end(client->compute, &cmd, sizeof(cmd)), "stream");
	must(drm_agx_submit_add_compute(client->submit, &cmd, sizeof(cmd), 0, 0), "command");
	must(drm_agx_submit_add_signal(client->submit, client->done, 0), "signal");
}

static void client_fini(struct client *client)
{
	drm_agx_sync_unref(client->done);
	drm_agx_submit_destroy(client->submit);
	drm_agx_compute_destroy(client->compute);
	drm_agx_shader_unref(client->shader);
	drm_agx_queue_unref(client->queue);
	drm_agx_vm_unref(client->vm);
	drm_agx_device_unref(client->dev);
}

static double submits(void *data)
{
	const struct client *client = data;
	uint64_t start, ns = 0;
	unsigned int i;

	for (i = 0; i < NUM_SUBMITS; i++) {
		start = bench_ns();
		must(drm_agx_queue_submit(client->queue, client->submit), "SUBMIT");
		ns += bench_ns() - start;
		must(drm_agx_sync_wait(client->done, 0, drm_agx_deadline(60000000000ll)), "wait");
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
	struct client client;
	const struct bench_point points[] = {
		{ 0, &client, submits_alone },
		{ NUM_CLIENTS, &client, submits_among_many },
	};

	client_init(&client);
	bench_compare("SUBMIT, by other clients with a VM and a queue", "clients", points,
		      ARRAY_SIZE(points), 0, BENCH_FLAT);
	want_others(0);
	client_fini(&client);
}

static void by_queues(void)
{
	static const unsigned int counts[] = { 0, NUM_CLIENTS };
	struct bench_point points[ARRAY_SIZE(counts)];
	struct client clients[ARRAY_SIZE(counts)];
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
		client_fini(&clients[i]);
}

static void by_bos(void)
{
	static const unsigned int counts[] = { 1, 100, 1000, MAX_BOS };
	struct bench_point points[ARRAY_SIZE(counts)];
	struct client clients[ARRAY_SIZE(counts)];
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
		client_fini(&clients[i]);
}

int main(int argc, char **argv)
{
	bench_begin(argc, argv, "What SUBMIT costs.");
	by_clients();
	by_queues();
	by_bos();
	return bench_end();
}
