// SPDX-License-Identifier: MIT
/* The cost of GEM_CLOSE of a BO that is mapped once. */
#include <unistd.h>

#include "bench.h"
#include "gpu.h"

/* Of one sample. */
#define NUM_CLOSES 32

#define NUM_CLIENTS 1000
#define MAX_BOS 100000

/* Far above what else is mapped. */
#define ADDR (GPU_END - 16 * GPU_PAGE)

struct state {
	/* Whose handle is closed, and where it is mapped. */
	struct gpu_vm vm;
	/* The BO; somebody else keeps it. */
	int dma_buf;
};

static double close_handles(void *data)
{
	struct state *state = data;
	uint64_t start, ns = 0;
	uint32_t handle;
	unsigned int i;

	for (i = 0; i < NUM_CLOSES; i++) {
		handle = gpu_bo_import(state->vm.fd, state->dma_buf);
		gpu_map(&state->vm, handle, 0, GPU_PAGE, ADDR);
		start = bench_ns();
		gpu_bo_close(state->vm.fd, handle);
		ns += bench_ns() - start;
	}
	return (double)ns / NUM_CLOSES;
}

static int new_bo(int fd)
{
	return gpu_bo_export(fd, gpu_bo_create(fd, GPU_PAGE));
}

static void by_clients(void)
{
	static const unsigned int counts[] = { 1, 30, NUM_CLIENTS };
	static struct gpu_vm clients[NUM_CLIENTS];
	struct bench_point points[ARRAY_SIZE(counts)];
	struct state states[ARRAY_SIZE(counts)];
	unsigned int i, j;

	for (i = 0; i < NUM_CLIENTS; i++)
		gpu_vm_create(&clients[i], gpu_open());

	for (i = 0; i < ARRAY_SIZE(counts); i++) {
		struct bench_point point = { counts[i], &states[i], close_handles };

		/* Each BO by the first so many. */
		gpu_vm_create(&states[i].vm, gpu_open());
		states[i].dma_buf = new_bo(clients[0].fd);
		for (j = 0; j < counts[i]; j++)
			gpu_map(&clients[j], gpu_bo_import(clients[j].fd, states[i].dma_buf), 0,
				GPU_PAGE, GPU_BASE + i * GPU_PAGE);
		points[i] = point;
	}

	bench_compare("GEM_CLOSE, by other clients that map the BO", "clients", points,
		      ARRAY_SIZE(points), 31, BENCH_FLAT);

	for (i = 0; i < ARRAY_SIZE(counts); i++) {
		close(states[i].vm.fd);
		close(states[i].dma_buf);
	}
	for (i = 0; i < NUM_CLIENTS; i++)
		close(clients[i].fd);
}

static void by_bos(void)
{
	static const unsigned int counts[] = { 1, 1000, MAX_BOS };
	struct bench_point points[ARRAY_SIZE(counts)];
	struct state states[ARRAY_SIZE(counts)];
	unsigned int i, j, num = 0;
	int other = gpu_open();

	for (i = 0; i < ARRAY_SIZE(counts); i++) {
		struct bench_point point = { counts[i], &states[i], close_handles };

		if (!bench_wants(counts[i], "BOs"))
			continue;
		gpu_vm_create(&states[i].vm, gpu_open());
		states[i].dma_buf = new_bo(other);
		for (j = 0; j < counts[i]; j++)
			gpu_map(&states[i].vm, gpu_bo_create(states[i].vm.fd, GPU_PAGE), 0,
				GPU_PAGE, GPU_BASE + j * GPU_PAGE);
		points[num++] = point;
	}

	bench_compare("GEM_CLOSE, by BOs that the VM maps", "BOs", points, num, 31, BENCH_LOG);

	for (i = 0; i < num; i++) {
		close(states[i].vm.fd);
		close(states[i].dma_buf);
	}
	close(other);
}

static void by_vms(void)
{
	static const unsigned int counts[] = { 1, 10, 100 };
	struct bench_point points[ARRAY_SIZE(counts)];
	struct state states[ARRAY_SIZE(counts)];
	unsigned int i, j;
	int other = gpu_open();

	for (i = 0; i < ARRAY_SIZE(counts); i++) {
		struct bench_point point = { counts[i], &states[i], close_handles };
		struct gpu_vm vm;

		gpu_vm_create(&states[i].vm, gpu_open());
		for (j = 1; j < counts[i]; j++)
			gpu_vm_create(&vm, states[i].vm.fd);
		states[i].dma_buf = new_bo(other);
		points[i] = point;
	}

	bench_compare("GEM_CLOSE, by VMs of the client itself: each is looked at", "VMs", points,
		      ARRAY_SIZE(points), 31, BENCH_ANY);

	for (i = 0; i < ARRAY_SIZE(counts); i++) {
		close(states[i].vm.fd);
		close(states[i].dma_buf);
	}
	close(other);
}

int main(int argc, char **argv)
{
	bench_begin(argc, argv, "What GEM_CLOSE costs.");
	by_clients();
	by_bos();
	by_vms();
	return bench_end();
}
