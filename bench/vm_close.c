// SPDX-License-Identifier: MIT
/* The cost of giving up a lot at once, for each of what is given up. */
#include <stdlib.h>
#include <unistd.h>

#include "bench.h"
#include "gpu.h"

#define MAX_BOS 30000

/* How a VM is filled. */
struct fill {
	int fd;
	/* One BO, or as many as there are mappings. */
	const uint32_t *handles;
	uint64_t num;
	uint64_t pitch;
};

static double destroy_filled(void *data)
{
	const struct fill *fill = data;
	struct gpu_vm vm;
	uint64_t start, i;

	gpu_vm_create(&vm, fill->fd);
	gpu_map_many(&vm, fill->handles[0], GPU_PAGE, GPU_BASE, fill->pitch, fill->num);
	start = bench_ns();
	gpu_vm_destroy(&vm);
	i = bench_ns() - start;
	return (double)i / fill->num;
}

static double destroy_crowd(void *data)
{
	const struct fill *fill = data;
	uint64_t start, i;
	struct gpu_vm vm;

	gpu_vm_create(&vm, fill->fd);
	for (i = 0; i < fill->num; i++)
		gpu_map(&vm, fill->handles[i], 0, GPU_PAGE, GPU_BASE + i * fill->pitch);
	start = bench_ns();
	gpu_vm_destroy(&vm);
	i = bench_ns() - start;
	return (double)i / fill->num;
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

/* Returns the file of a client with @num queues, in @num or one VM. */
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

static double close_client(int fd, unsigned int num)
{
	uint64_t start = bench_ns();

	close(fd);
	return (double)(bench_ns() - start) / num;
}

static double close_queues(void *data)
{
	unsigned int num = *(const unsigned int *)data;

	return close_client(client(num, 1), num);
}

static double close_vms(void *data)
{
	unsigned int num = *(const unsigned int *)data;

	return close_client(client(num, num), num);
}

static void files(const char *title, const char *what, double (*sample)(void *num))
{
	static unsigned int counts[] = { 30, 100, 1000 };
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
