// SPDX-License-Identifier: MIT
/* The cost of a step of VM_BIND. */
#include <stdlib.h>
#include <unistd.h>

#include "bench.h"
#include "gpu.h"

/* Calls of one sample, with one step each. */
#define NUM_CALLS 64

/* Mappings of three pages, with a hole of one behind each. */
#define SIZE (3 * GPU_PAGE)
#define PITCH (4 * GPU_PAGE)

/* A VM with many mappings of one BO. */
struct space {
	struct gpu_vm vm;
	uint32_t handle;
	uint64_t num;
};

static void space_init(struct space *space, uint64_t num)
{
	space->num = num;
	gpu_vm_create(&space->vm, gpu_open());
	space->handle = gpu_bo_create(space->vm.fd, SIZE);
	gpu_map_many(&space->vm, space->handle, SIZE, GPU_BASE, PITCH, num);
}

/* No two of them meet at the same mapping. */
static unsigned int space_calls(const struct space *space)
{
	return space->num < NUM_CALLS ? space->num : NUM_CALLS;
}

/* A different one of the mappings each time. */
static uint64_t space_random(const struct space *space, unsigned int i)
{
	uint64_t share = space->num / space_calls(space);

	return GPU_BASE + PITCH * (i * share + bench_random(share));
}

enum change { MAP, UNMAP, REPLACE, CUT };

/* Change the mappings at some random places, and undo that. */
static double change(const struct space *space, enum change change)
{
	uint64_t addr[NUM_CALLS], start, ns = 0;
	unsigned int i, num = space_calls(space);

	for (i = 0; i < num; i++)
		addr[i] = space_random(space, i);

	start = bench_ns();
	for (i = 0; i < num; i++) {
		switch (change) {
		case MAP:
		case UNMAP:
			gpu_map(&space->vm, space->handle, 0, GPU_PAGE, addr[i] + SIZE);
			break;
		case REPLACE:
			gpu_map(&space->vm, space->handle, 0, SIZE, addr[i]);
			break;
		case CUT:
			gpu_unmap(&space->vm, GPU_PAGE, addr[i] + GPU_PAGE);
			break;
		}
	}
	ns = bench_ns() - start;

	start = bench_ns();
	for (i = 0; i < num; i++) {
		if (change == MAP || change == UNMAP)
			gpu_unmap(&space->vm, GPU_PAGE, addr[i] + SIZE);
		else if (change == CUT)
			gpu_map(&space->vm, space->handle, 0, SIZE, addr[i]);
	}
	if (change == UNMAP)
		ns = bench_ns() - start;
	return (double)ns / num;
}

static double sample_map(void *space)
{
	return change(space, MAP);
}

static double sample_unmap(void *space)
{
	return change(space, UNMAP);
}

static double sample_replace(void *space)
{
	return change(space, REPLACE);
}

static double sample_cut(void *space)
{
	return change(space, CUT);
}

/* Mappings from which on there should be no difference to speak of. */
#define LEAST 1000

static void compare_spaces(const char *title, struct space *spaces, unsigned int num,
			   double (*sample)(void *space))
{
	struct bench_point points[4];
	unsigned int i, few = 0;

	for (i = 0; i < num; i++) {
		points[i].size = spaces[i].num;
		points[i].state = &spaces[i];
		points[i].sample = sample;
		/* Of few, each pays for what many share. */
		few += spaces[i].num < LEAST && i < num - 1;
	}
	bench_compare_from(title, "mappings", points, num, few, 31, BENCH_LOG);
}

static void by_mappings(void)
{
	static const uint64_t counts[] = { 1, LEAST, 30000, 1000000 };
	struct space spaces[ARRAY_SIZE(counts)];
	unsigned int i, num = 0;

	for (i = 0; i < ARRAY_SIZE(counts); i++)
		if (bench_wants(counts[i], "mappings"))
			space_init(&spaces[num++], counts[i]);

	compare_spaces("VM_BIND that maps into a hole, by mappings of the VM", spaces, num,
		       sample_map);
	compare_spaces("VM_BIND that unmaps, by mappings of the VM", spaces, num, sample_unmap);
	compare_spaces("VM_BIND that replaces a mapping, by mappings of the VM", spaces, num,
		       sample_replace);
	compare_spaces("VM_BIND that cuts a mapping in two, by mappings of the VM", spaces, num,
		       sample_cut);

	for (i = 0; i < num; i++)
		close(spaces[i].vm.fd);
}

/* Steps of one call against calls of one step. */
#define NUM_STEPS 1000
#define MAX_SHARE 0.75

static double steps(const struct space *space, unsigned int per_call)
{
	static struct drm_asahi_gem_bind_op ops[NUM_STEPS];
	uint64_t start, ns;
	unsigned int i;

	for (i = 0; i < NUM_STEPS; i++)
		ops[i] = gpu_op_map(space->handle, 0, GPU_PAGE, GPU_BASE + i * PITCH + SIZE, 0);

	start = bench_ns();
	for (i = 0; i < NUM_STEPS; i += per_call)
		gpu_bind(&space->vm, ops + i, per_call);
	ns = bench_ns() - start;

	for (i = 0; i < NUM_STEPS; i++)
		ops[i] = gpu_op_unmap(GPU_PAGE, ops[i].addr);
	gpu_bind(&space->vm, ops, NUM_STEPS);
	return (double)ns / NUM_STEPS;
}

static double sample_calls(void *space)
{
	return steps(space, 1);
}

static double sample_steps(void *space)
{
	return steps(space, NUM_STEPS);
}

static void by_steps(void)
{
	struct space space;
	const struct bench_point points[] = {
		{ 1, &space, sample_calls },
		{ NUM_STEPS, &space, sample_steps },
	};

	space_init(&space, NUM_STEPS);
	bench_compare("A step of VM_BIND, by steps of one call", "steps", points,
		      ARRAY_SIZE(points), 31, MAX_SHARE);
	close(space.vm.fd);
}

/* A VM that maps many BOs once each. */
struct crowd {
	struct gpu_vm vm;
	uint32_t *handles;
	uint32_t num;
};

static void crowd_init(struct crowd *crowd, uint32_t num)
{
	uint32_t i;

	crowd->num = num;
	crowd->handles = bench_alloc(num, sizeof(*crowd->handles));
	gpu_vm_create(&crowd->vm, gpu_open());
	for (i = 0; i < num; i++) {
		crowd->handles[i] = gpu_bo_create(crowd->vm.fd, GPU_PAGE);
		gpu_map(&crowd->vm, crowd->handles[i], 0, GPU_PAGE, GPU_BASE + i * GPU_PAGE);
	}
}

static double sample_crowd(void *data)
{
	struct crowd *crowd = data;
	uint64_t above = GPU_BASE + (uint64_t)crowd->num * GPU_PAGE;
	uint64_t start = bench_ns(), ns;
	unsigned int i;

	for (i = 0; i < NUM_CALLS; i++)
		gpu_map(&crowd->vm, crowd->handles[bench_random(crowd->num)], 0, GPU_PAGE,
			above + i * GPU_PAGE);
	ns = bench_ns() - start;
	gpu_unmap(&crowd->vm, NUM_CALLS * GPU_PAGE, above);
	return (double)ns / NUM_CALLS;
}

static void by_bos(void)
{
	static const uint32_t counts[] = { 1000, 10000, 100000 };
	struct bench_point points[ARRAY_SIZE(counts)];
	struct crowd crowds[ARRAY_SIZE(counts)];
	unsigned int i, num = 0;

	for (i = 0; i < ARRAY_SIZE(counts); i++) {
		struct bench_point point = { counts[i], &crowds[num], sample_crowd };

		if (!bench_wants(counts[i], "BOs"))
			continue;
		crowd_init(&crowds[num], counts[i]);
		points[num++] = point;
	}

	bench_compare("VM_BIND that maps, by BOs that the VM maps", "BOs", points, num, 31,
		      BENCH_LOG);

	for (i = 0; i < num; i++) {
		free(crowds[i].handles);
		close(crowds[i].vm.fd);
	}
}

/* Where in a large BO the page is that is mapped. */
struct part {
	const struct space *space;
	uint64_t page;
};

#define NUM_PAGES 16384ull

static double sample_part(void *data)
{
	const struct part *part = data;
	const struct space *space = part->space;
	uint64_t start = bench_ns(), ns;
	unsigned int i;

	for (i = 0; i < NUM_CALLS; i++)
		gpu_map(&space->vm, space->handle, (part->page + i) * GPU_PAGE, GPU_PAGE,
			GPU_BASE + i * GPU_PAGE);
	ns = bench_ns() - start;
	gpu_unmap(&space->vm, NUM_CALLS * GPU_PAGE, GPU_BASE);
	return (double)ns / NUM_CALLS;
}

static void by_offset(void)
{
	static const uint64_t pages[] = { 0, NUM_PAGES / 16, NUM_PAGES - NUM_CALLS };
	struct bench_point points[ARRAY_SIZE(pages)];
	struct part parts[ARRAY_SIZE(pages)];
	struct space space;
	unsigned int i;

	gpu_vm_create(&space.vm, gpu_open());
	space.handle = gpu_bo_create(space.vm.fd, NUM_PAGES * GPU_PAGE);
	for (i = 0; i < ARRAY_SIZE(pages); i++) {
		struct bench_point point = { pages[i], &parts[i], sample_part };

		parts[i].space = &space;
		parts[i].page = pages[i];
		points[i] = point;
	}
	/* It stays mapped, so that its memory stays. */
	gpu_map(&space.vm, space.handle, 0, NUM_PAGES * GPU_PAGE, GPU_END / 2);

	bench_compare("VM_BIND that maps, by the offset in the BO", "page", points,
		      ARRAY_SIZE(points), 31, BENCH_FLAT);
	close(space.vm.fd);
}

#define NUM_CLIENTS 1000

static double sample_shared(void *data)
{
	const struct space *space = data;
	uint64_t start = bench_ns(), ns;
	unsigned int i;

	/* Each time the first mapping of the BO in this VM. */
	for (i = 0, ns = 0; i < NUM_CALLS; i++) {
		start = bench_ns();
		gpu_map(&space->vm, space->handle, 0, GPU_PAGE, GPU_BASE);
		ns += bench_ns() - start;
		gpu_unmap(&space->vm, GPU_PAGE, GPU_BASE);
	}
	return (double)ns / NUM_CALLS;
}

static void by_clients(void)
{
	static const unsigned int counts[] = { 1, NUM_CLIENTS };
	static struct gpu_vm clients[NUM_CLIENTS];
	struct bench_point points[ARRAY_SIZE(counts)];
	struct space spaces[ARRAY_SIZE(counts)];
	unsigned int i, j;
	int dma_buf;

	for (i = 0; i < NUM_CLIENTS; i++)
		gpu_vm_create(&clients[i], gpu_open());
	for (i = 0; i < ARRAY_SIZE(counts); i++) {
		struct bench_point point = { counts[i], &spaces[i], sample_shared };

		gpu_vm_create(&spaces[i].vm, gpu_open());
		spaces[i].handle = gpu_bo_create(spaces[i].vm.fd, GPU_PAGE);
		dma_buf = gpu_bo_export(spaces[i].vm.fd, spaces[i].handle);
		for (j = 0; j < counts[i]; j++)
			gpu_map(&clients[j], gpu_bo_import(clients[j].fd, dma_buf), 0, GPU_PAGE,
				GPU_BASE + i * GPU_PAGE);
		close(dma_buf);
		points[i] = point;
	}

	bench_compare("VM_BIND that maps, by other clients that map the BO", "clients", points,
		      ARRAY_SIZE(points), 31, BENCH_FLAT);

	for (i = 0; i < ARRAY_SIZE(counts); i++)
		close(spaces[i].vm.fd);
	for (i = 0; i < NUM_CLIENTS; i++)
		close(clients[i].fd);
}

/* A page that is repeated. */
struct repeat {
	const struct space *space;
	uint64_t size;
	/* Whether to measure the mapping or the unmapping. */
	int unmap;
};

static double sample_repeat(void *data)
{
	const struct repeat *repeat = data;
	const struct space *space = repeat->space;
	const struct drm_asahi_gem_bind_op op = gpu_op_map(space->handle, 0, repeat->size,
							    GPU_BASE, DRM_ASAHI_BIND_SINGLE_PAGE);
	uint64_t start, middle, end;

	start = bench_ns();
	gpu_bind(&space->vm, &op, 1);
	middle = bench_ns();
	gpu_unmap(&space->vm, repeat->size, GPU_BASE);
	end = bench_ns();
	return repeat->unmap ? end - middle : middle - start;
}

static void by_range(int unmap)
{
	static const uint64_t sizes[] = { 1ull << 20, 64ull << 20, 1ull << 30, 64ull << 30 };
	struct bench_point points[ARRAY_SIZE(sizes)];
	struct repeat repeats[ARRAY_SIZE(sizes)];
	struct space space;
	unsigned int i;

	space_init(&space, 0);
	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		struct bench_point point = { sizes[i] >> 20, &repeats[i], sample_repeat };

		repeats[i].space = &space;
		repeats[i].size = sizes[i];
		repeats[i].unmap = unmap;
		points[i] = point;
	}
	bench_compare(unmap ? "VM_BIND that unmaps a repeated page, by MiB" :
			      "VM_BIND that repeats a page, by MiB",
		      "MiB", points, ARRAY_SIZE(points), 11, BENCH_ANY);
	close(space.vm.fd);
}

int main(int argc, char **argv)
{
	bench_begin(argc, argv, "What a step of VM_BIND costs.");
	by_mappings();
	by_steps();
	by_bos();
	by_offset();
	by_clients();
	by_range(0);
	by_range(1);
	return bench_end();
}
