// SPDX-License-Identifier: MIT
/* The cost of giving up a lot at once, for each of what is given up. */
#include <stdlib.h>
#include <unistd.h>

#include "bench.h"
#include "gpu.h"

#define MAX_BOS 30000

/* Mappings of one sample, in as many VMs as that makes: memory is used alike, whatever the size. */
#define TOTAL 100000
#define MAX_VMS 100

/* How a VM is filled. */
struct fill {
	int fd;
	/* One BO, or as many as there are mappings. */
	const uint32_t *handles;
	uint64_t num;
	uint64_t pitch;
};

static double destroy(struct gpu_vm *vms, unsigned int num_vms, const struct fill *fill)
{
	uint64_t start = bench_ns();
	unsigned int i;

	for (i = 0; i < num_vms; i++)
		gpu_vm_destroy(&vms[i]);
	return (double)(bench_ns() - start) / num_vms / fill->num;
}

static double destroy_filled(void *data)
{
	const struct fill *fill = data;
	unsigned int num_vms = TOTAL / fill->num, i;
	struct gpu_vm vms[MAX_VMS];

	for (i = 0; i < num_vms; i++) {
		gpu_vm_create(&vms[i], fill->fd);
		gpu_map_many(&vms[i], fill->handles[0], GPU_PAGE, GPU_BASE, fill->pitch,
			     fill->num);
	}
	return destroy(vms, num_vms, fill);
}

static double destroy_crowd(void *data)
{
	const struct fill *fill = data;
	unsigned int num_vms = MAX_BOS / fill->num, i;
	struct gpu_vm vms[MAX_VMS];
	uint64_t j;

	for (i = 0; i < num_vms; i++) {
		gpu_vm_create(&vms[i], fill->fd);
		for (j = 0; j < fill->num; j++)
			gpu_map(&vms[i], fill->handles[i * fill->num + j], 0, GPU_PAGE,
				GPU_BASE + j * fill->pitch);
	}
	return destroy(vms, num_vms, fill);
}

static void by_mappings(const char *title, const uint32_t *handles, int fd, uint64_t pitch,
			const uint64_t *counts, unsigned int num_counts,
			double (*sample)(void *fill))
{
	struct bench_point points[8];
	struct fill fills[8];
	unsigned int i, num = 0;

	for (i = 0; i < num_counts; i++) {
		struct bench_point point = { counts[i], &fills[num], sample };

		if (!bench_wants(counts[i], "mappings"))
			continue;
		fills[num].fd = fd;
		fills[num].handles = handles;
		fills[num].num = counts[i];
		fills[num].pitch = pitch;
		points[num++] = point;
	}
	bench_compare(title, "mappings", points, num, 0, BENCH_FLAT);
}

static void vms(void)
{
	static const uint64_t counts[] = { 1000, 10000, 100000 };
	static const uint64_t crowds[] = { 1000, 10000, MAX_BOS };
	uint32_t *handles = bench_alloc(MAX_BOS, sizeof(*handles));
	int fd = gpu_open();
	uint64_t i;

	handles[0] = gpu_bo_create(fd, GPU_PAGE);
	by_mappings("VM_DESTROY for each mapping, by mappings side by side", handles, fd, GPU_PAGE,
		    counts, ARRAY_SIZE(counts), destroy_filled);
	by_mappings("VM_DESTROY for each mapping, by mappings 2 MiB apart", handles, fd,
		    2ull << 20, counts, ARRAY_SIZE(counts), destroy_filled);

	for (i = 1; i < MAX_BOS && bench_wants(MAX_BOS, "BOs"); i++)
		handles[i] = gpu_bo_create(fd, GPU_PAGE);
	by_mappings("VM_DESTROY for each mapping, by mappings of a BO each", handles, fd, GPU_PAGE,
		    crowds, ARRAY_SIZE(crowds), destroy_crowd);
	close(fd);
	free(handles);
}

/* Queues of one sample, in as many files as that makes. */
#define TOTAL_QUEUES 1000
#define MIN_QUEUES 10

/* Returns the file of a client with @num queues, on @num VMs or one. */
static int client(unsigned int num, unsigned int num_vms)
{
	struct gpu_vm vm;
	int fd = gpu_open();
	unsigned int i;

	for (i = 0; i < num; i++) {
		if (i < num_vms)
			gpu_vm_create(&vm, fd);
		gpu_queue_create(&vm, GPU_BASE);
	}
	return fd;
}

static double close_clients(unsigned int num, unsigned int num_vms)
{
	int fds[TOTAL_QUEUES / MIN_QUEUES];
	unsigned int i, num_files = TOTAL_QUEUES / num;
	uint64_t start;

	for (i = 0; i < num_files; i++)
		fds[i] = client(num, num_vms);
	start = bench_ns();
	for (i = 0; i < num_files; i++)
		close(fds[i]);
	return (double)(bench_ns() - start) / TOTAL_QUEUES;
}

static double close_queues(void *data)
{
	return close_clients(*(const unsigned int *)data, 1);
}

static double close_vms(void *data)
{
	unsigned int num = *(const unsigned int *)data;

	return close_clients(num, num);
}

static void files(const char *title, const char *what, double (*sample)(void *num))
{
	static unsigned int counts[] = { MIN_QUEUES, 100, TOTAL_QUEUES };
	struct bench_point points[ARRAY_SIZE(counts)];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(counts); i++) {
		struct bench_point point = { counts[i], &counts[i], sample };

		points[i] = point;
	}
	bench_compare(title, what, points, ARRAY_SIZE(points), 0, BENCH_FLAT);
}

int main(int argc, char **argv)
{
	bench_begin(argc, argv, "What the end of a VM or a file costs.");
	vms();
	files("close() of a file for each queue, by its queues", "queues", close_queues);
	files("close() of a file for each VM, by its VMs with a queue each", "VMs", close_vms);
	return bench_end();
}
