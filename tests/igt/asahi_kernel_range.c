// SPDX-License-Identifier: MIT
/**
 * TEST: asahi kernel range
 * Category: Core
 * Mega feature: VM_BIND
 * Sub-category: kernel range
 * Functionality: VM_CREATE, QUEUE_CREATE
 * Description: What the driver itself maps into an address space, in the range that VM_CREATE
 *	leaves to it and above the window: the GPU uses it, programs can neither reach nor move it,
 *	and it goes with the queue or the address space that it is for.
 */
#include <errno.h>
#include <string.h>

#include "asahi_child.h"
#include "asahi_device.h"
#include "asahi_drm.h"
#include "asahi_ioctl.h"
#include "asahi_job.h"
#include "asahi_kernel_maps.h"
#include "asahi_objects.h"
#include "asahi_probe.h"
#include "asahi_scene.h"
#include "igt.h"
#include "sw_sync.h"

IGT_TEST_DESCRIPTION("The kernel's part of an address space");

#define NONE DRM_ASAHI_BARRIER_NONE

/* Away from all that clients map. */
#define RANGE_START 0x3000000000ull

/* Pages of the range that are looked at. */
#define NUM_PAGES 64

/* More than one table of pages, so that some are shared by repeated pages. */
#define LARGE (128ull << 20)

/* Of one queue, and of one VM. */
#define PER_QUEUE 2
#define PER_VM 1

/* A client whose address space goes on behind the kernel's range. */
struct middle {
	struct asahi_client client;
	uint64_t start, end;
};

static uint64_t range_size(const struct drm_asahi_params_global *params)
{
	return (params->vm_kernel_min_size + ASAHI_PAGE - 1) & ~(uint64_t)(ASAHI_PAGE - 1);
}

static void middle_init(struct middle *m)
{
	struct drm_asahi_params_global params;
	int fd = asahi_open();
	uint32_t vm_id;

	asahi_get_params(fd, &params);
	m->start = RANGE_START;
	m->end = RANGE_START + range_size(&params);
	igt_assert_eq(__asahi_vm_create(fd, m->start, m->end, &vm_id), 0);
	asahi_client_init_vm(&m->client, fd, vm_id);
	m->client.owns_fd = true;
}

static void middle_fini(struct middle *m)
{
	asahi_client_fini(&m->client);
}

static int map(struct middle *m, const struct asahi_bo *bo, uint64_t range, uint64_t addr)
{
	return __asahi_vm_map(m->client.fd, m->client.vm_id, bo->handle, 0, range, addr,
			      ASAHI_RW | DRM_ASAHI_BIND_SINGLE_PAGE);
}

static int unmap(struct middle *m, uint64_t range, uint64_t addr)
{
	return __asahi_vm_unmap(m->client.fd, m->client.vm_id, range, addr);
}

/* Where and what, but not what is in it. */
static void assert_same_maps(const struct asahi_kernel_maps *before)
{
	struct asahi_kernel_maps now;
	unsigned int i;

	asahi_kernel_maps_read(&now);
	igt_assert_eq(now.num, before->num);
	for (i = 0; i < now.num; i++) {
		igt_assert_eq_u64(now.maps[i].addr, before->maps[i].addr);
		igt_assert_eq_u64(now.maps[i].end, before->maps[i].end);
		igt_assert(!strcmp(now.maps[i].name, before->maps[i].name));
	}
}

static void assert_runs(struct asahi_client *client)
{
	struct asahi_job job;

	asahi_job_init(client, &job, ASAHI_SHADER_STOP, 0, 0, 0);
	igt_assert_eq(asahi_job_run(&job), 1);
}

/* Programs can do nothing with @range at @addr. */
static void assert_refused(struct middle *m, const struct asahi_bo *bo, uint64_t addr,
			   uint64_t range)
{
	igt_assert_eq(map(m, bo, range, addr), -EINVAL);
	igt_assert_eq(unmap(m, range, addr), -EINVAL);
}

/**
 * SUBTEST: bind
 * Description: Nothing that touches the range or the page above the window can be mapped or
 *	unmapped, and all that can be leaves the driver's mappings alone.
 */
static void bind(void)
{
	struct asahi_kernel_maps before;
	struct middle m;
	struct asahi_bo bo;
	uint64_t low, high;
	unsigned int i;

	middle_init(&m);
	asahi_require_simulated(m.client.fd, ASAHI_OUR_DRIVER);
	asahi_kernel_maps_read(&before);
	igt_assert_eq(before.num, PER_QUEUE + PER_VM);
	asahi_bo_init(&m.client, &bo, ASAHI_PAGE);
	low = m.client.params.vm_start;
	high = m.client.params.vm_end & ~(uint64_t)(ASAHI_PAGE - 1);

	assert_refused(&m, &bo, m.start, ASAHI_PAGE);
	assert_refused(&m, &bo, m.start - ASAHI_PAGE, 2 * ASAHI_PAGE);
	assert_refused(&m, &bo, m.start, m.end - m.start);
	assert_refused(&m, &bo, m.end - ASAHI_PAGE, ASAHI_PAGE);
	assert_refused(&m, &bo, m.end - ASAHI_PAGE, 2 * ASAHI_PAGE);
	assert_refused(&m, &bo, m.start - ASAHI_PAGE, m.end - m.start + 2 * ASAHI_PAGE);
	assert_refused(&m, &bo, low, high - low);
	assert_refused(&m, &bo, high, ASAHI_PAGE);
	assert_refused(&m, &bo, high - ASAHI_PAGE, 2 * ASAHI_PAGE);
	for (i = 0; i < before.num; i++)
		assert_refused(&m, &bo, before.maps[i].addr, ASAHI_PAGE);
	assert_same_maps(&before);
	assert_runs(&m.client);

	/* All that there is on both sides. */
	igt_assert_eq(map(&m, &bo, m.start - low, low), 0);
	igt_assert_eq(map(&m, &bo, high - m.end, m.end), 0);
	igt_assert_eq(unmap(&m, m.start - low, low), 0);
	igt_assert_eq(unmap(&m, high - m.end, m.end), 0);
	assert_same_maps(&before);
	asahi_vm_map(m.client.fd, m.client.vm_id, m.client.arena.handle, 0, m.client.arena.size,
		     m.client.arena.va, ASAHI_RW);
	assert_runs(&m.client);
	asahi_bo_fini(&m.client, &bo);
	middle_fini(&m);
}

/* Programs map @size up to both edges of the range, and the GPU sees both. */
static void map_edges(struct middle *m, struct asahi_probe *probe, const struct asahi_bo *bo,
		      uint64_t size)
{
	const uint64_t last = m->start - sizeof(uint32_t);

	igt_assert_eq(map(m, bo, size, m->start - size), 0);
	igt_assert_eq(map(m, bo, size, m->end), 0);
	asahi_probe_write(probe, m->end, 0x11111111);
	igt_assert_eq_u32(bo->map[0], 0x11111111);
	asahi_probe_write(probe, last, 0x22222222);
	igt_assert_eq_u32(bo->map[ASAHI_PAGE / 4 - 1], 0x22222222);
	igt_assert_eq_u32(asahi_probe_read(probe, m->end + size - ASAHI_PAGE), 0x11111111);

	igt_assert_eq(unmap(m, size, m->start - size), 0);
	igt_assert_eq(unmap(m, size, m->end), 0);
	igt_assert_eq_u32(asahi_probe_read(probe, m->end), 0);
	igt_assert_eq_u32(asahi_probe_read(probe, last), 0);
}

/**
 * SUBTEST: edges
 * Description: Memory can be mapped right up to both ends of the range.
 */
static void edges(void)
{
	struct asahi_probe probe;
	struct asahi_bo bo;
	struct middle m;

	middle_init(&m);
	asahi_probe_init(&m.client, &probe);
	asahi_bo_init(&m.client, &bo, ASAHI_PAGE);
	map_edges(&m, &probe, &bo, ASAHI_PAGE);
	map_edges(&m, &probe, &bo, LARGE);
	assert_runs(&m.client);
	asahi_bo_fini(&m.client, &bo);
	middle_fini(&m);
}

/**
 * SUBTEST: save
 * Description: The GPU keeps there what a queue's commands could be resumed from, for each queue
 *	apart.
 */
static void save(void)
{
	struct asahi_cmdbuf cmdbuf = { 0 };
	struct drm_asahi_cmd_render render;
	struct asahi_kernel_maps maps;
	struct asahi_client client;
	struct asahi_job first, second;
	uint32_t queue_id;

	asahi_client_init(&client);
	asahi_require_simulated(client.fd, ASAHI_OUR_DRIVER);
	asahi_kernel_maps_read(&maps);
	igt_assert_eq_u64(asahi_kernel_maps_find(&maps, "preempt")->words[0], 0);
	igt_assert_eq_u64(asahi_kernel_maps_find(&maps, "tiler-heap")->words[0], 0);

	asahi_job_init(&client, &first, ASAHI_SHADER_STOP, 0, 0, 0);
	igt_assert_eq(asahi_job_run(&first), 1);
	asahi_kernel_maps_read(&maps);
	igt_assert_eq_u64(asahi_kernel_maps_find(&maps, "preempt")->words[0],
			  first.compute.cdm_ctrl_stream_base);
	igt_assert_eq_u64(asahi_kernel_maps_find(&maps, "preempt")->words[1], client.usc_base);
	igt_assert_eq_u64(asahi_kernel_maps_find(&maps, "tiler-heap")->words[0], 0);

	asahi_render_empty(&client, &render);
	asahi_cmdbuf_render(&cmdbuf, &render, NONE, NONE);
	igt_assert_eq(asahi_finish(asahi_cmdbuf_start(&client, client.queue_id, &cmdbuf)), 1);
	asahi_kernel_maps_read(&maps);
	igt_assert_eq_u64(asahi_kernel_maps_find(&maps, "tiler-heap")->words[0],
			  render.vdm_ctrl_stream_base);

	/* What a second queue runs is not kept with the first. */
	queue_id = asahi_queue_create(client.fd, client.vm_id, client.usc_base);
	asahi_job_init(&client, &second, ASAHI_SHADER_STOP, 0, 0, 0);
	memset(&cmdbuf, 0, sizeof(cmdbuf));
	asahi_cmdbuf_compute(&cmdbuf, &second.compute, NONE, NONE);
	igt_assert_eq(asahi_finish(asahi_cmdbuf_start(&client, queue_id, &cmdbuf)), 1);
	asahi_queue_destroy(client.fd, queue_id);
	asahi_kernel_maps_read(&maps);
	igt_assert_eq_u64(asahi_kernel_maps_find(&maps, "preempt")->words[0],
			  first.compute.cdm_ctrl_stream_base);
	asahi_client_fini(&client);
}

/**
 * SUBTEST: unreadable
 * Description: A shader that loads from the driver's memory, or from anywhere else in the range,
 *	gets nothing.
 */
static void unreadable(void)
{
	struct asahi_kernel_maps maps;
	struct asahi_client client;
	struct asahi_probe probe;
	uint64_t start, end, va;
	unsigned int i;

	asahi_client_init(&client);
	asahi_require_simulated(client.fd, ASAHI_OUR_DRIVER);
	asahi_probe_init(&client, &probe);
	asahi_kernel_maps_read(&maps);
	igt_assert_eq(maps.num, PER_QUEUE + PER_VM);
	for (i = 0; i < maps.num; i++)
		for (va = maps.maps[i].addr; va < maps.maps[i].addr + 16; va += 4)
			igt_assert_eq_u32(asahi_probe_read(&probe, va), 0);

	/* There was something: what the job itself had left. */
	asahi_kernel_maps_read(&maps);
	igt_assert_eq_u64(asahi_kernel_maps_find(&maps, "preempt")->words[0],
			  probe.job.compute.cdm_ctrl_stream_base);

	asahi_kernel_range(client.fd, &start, &end);
	for (i = 0; i < NUM_PAGES; i++)
		igt_assert_eq_u32(asahi_probe_read(&probe, start + i * ASAHI_PAGE), 0);
	asahi_client_fini(&client);
}

/**
 * SUBTEST: unwritable
 * Description: What a shader stores to the driver's memory is dropped.
 */
static void unwritable(void)
{
	struct asahi_kernel_maps before, now;
	struct asahi_client client;
	struct asahi_probe probe;
	unsigned int i;

	asahi_client_init(&client);
	asahi_require_simulated(client.fd, ASAHI_OUR_DRIVER);
	asahi_probe_init(&client, &probe);
	asahi_probe_write(&probe, probe.word_va, 0);
	asahi_kernel_maps_read(&before);
	igt_assert_eq(before.num, PER_QUEUE + PER_VM);

	/* The GPU saves first and stores then, and each of these jobs saves the same. */
	for (i = 0; i < before.num; i++) {
		asahi_probe_write(&probe, before.maps[i].addr, 0xdeadbeef);
		asahi_probe_write(&probe, before.maps[i].addr + 8, 0xdeadbeef);
		asahi_kernel_maps_read(&now);
		igt_assert_eq_u64(now.maps[i].words[0], before.maps[i].words[0]);
		igt_assert_eq_u64(now.maps[i].words[1], before.maps[i].words[1]);
	}
	asahi_client_fini(&client);
}

static void assert_count(uint64_t before, int queues, int vms)
{
	igt_assert_eq_u64(asahi_objects_count("kernel_bo"),
			  before + queues * PER_QUEUE + vms * PER_VM);
}

/**
 * SUBTEST: orders
 * Description: The driver's memory goes at once with the queue or the address space that it is
 *	for, in whichever order these go.
 */
static void orders(void)
{
	struct asahi_kernel_maps maps;
	struct asahi_client client;
	uint32_t vm_id, queues[3];
	uint64_t before;
	unsigned int i;
	int fd;

	asahi_client_init(&client);
	asahi_require_simulated(client.fd, ASAHI_OUR_DRIVER);
	fd = client.fd;
	before = asahi_objects_count("kernel_bo");

	vm_id = asahi_vm_create(fd);
	assert_count(before, 0, 1);
	for (i = 0; i < 3; i++) {
		queues[i] = asahi_queue_create(fd, vm_id, 0);
		assert_count(before, i + 1, 1);
	}
	asahi_queue_destroy(fd, queues[1]);
	assert_count(before, 2, 1);

	/* The address space stays for its queues, with all that is in it. */
	asahi_vm_destroy(fd, vm_id);
	assert_count(before, 2, 1);
	asahi_kernel_maps_read(&maps);
	igt_assert_eq(asahi_kernel_maps_count(&maps, "guard"), 2 * PER_VM);
	igt_assert_eq(asahi_kernel_maps_count(&maps, "preempt"), 3);
	asahi_queue_destroy(fd, queues[2]);
	assert_count(before, 1, 1);
	asahi_queue_destroy(fd, queues[0]);
	assert_count(before, 0, 0);

	vm_id = asahi_vm_create(fd);
	queues[0] = asahi_queue_create(fd, vm_id, 0);
	asahi_queue_destroy(fd, queues[0]);
	assert_count(before, 0, 1);
	asahi_vm_destroy(fd, vm_id);
	assert_count(before, 0, 0);

	asahi_client_drop(&client);
	assert_count(before, -1, -1);
}

/**
 * SUBTEST: busy
 * Description: The same with jobs that run: the driver's memory is gone when the call returns
 *	that takes them off.
 */
static void busy(void)
{
	uint64_t before, idle;
	struct asahi_client client;
	struct asahi_spin spin;

	asahi_client_init(&client);
	asahi_require_simulated(client.fd, ASAHI_OUR_DRIVER);
	idle = asahi_objects_count("kernel_bo") - PER_QUEUE - PER_VM;
	asahi_spin_init(&client, &spin);
	asahi_spin_start(&spin, client.queue_id);
	before = asahi_objects_count("kernel_bo");
	asahi_vm_destroy(client.fd, client.vm_id);
	assert_count(before, 0, 0);
	igt_assert(asahi_is_busy(spin.fence));
	asahi_queue_destroy(client.fd, client.queue_id);
	assert_count(idle, 0, 0);
	igt_assert_eq(asahi_finish(spin.fence), -ECANCELED);
	asahi_client_drop(&client);

	asahi_client_init(&client);
	asahi_spin_init(&client, &spin);
	asahi_spin_start(&spin, client.queue_id);
	asahi_client_drop(&client);
	assert_count(idle, 0, 0);
	igt_assert_eq(asahi_finish(spin.fence), -ECANCELED);
}

/**
 * SUBTEST: kill
 * Description: The same when the process is killed.
 */
static void kill_process(void)
{
	struct asahi_child child = { 0 };
	struct asahi_scene scene;
	uint64_t before;
	int fd;

	fd = asahi_open();
	asahi_require_simulated(fd, ASAHI_OUR_DRIVER);
	asahi_close(fd);
	before = asahi_objects_count("kernel_bo");
	asahi_fork(&child) {
		asahi_scene_init(&scene);
		asahi_scene_play(&scene);
		asahi_notify(&child);
		asahi_await(&child);
	}
	asahi_await(&child);
	igt_assert_lt_u64(before, asahi_objects_count("kernel_bo"));
	asahi_child_kill(&child);
	assert_count(before, 0, 0);
}

/**
 * SUBTEST: reuse
 * Description: Addresses that a queue has given up lead the GPU to the memory of the next queue
 *	that gets them, and not to where they led before.
 */
static void reuse(void)
{
	struct asahi_kernel_maps maps;
	struct asahi_client client, other;
	struct asahi_job job;
	uint64_t addr;

	asahi_client_init(&client);
	asahi_require_simulated(client.fd, ASAHI_OUR_DRIVER);
	assert_runs(&client);
	asahi_kernel_maps_read(&maps);
	addr = asahi_kernel_maps_find(&maps, "preempt")->addr;
	asahi_queue_destroy(client.fd, client.queue_id);

	/* Somebody else may get the memory, so that the next queue has another. */
	asahi_client_init(&other);
	asahi_queue_destroy(other.fd, other.queue_id);
	other.queue_id = asahi_queue_create(other.fd, other.vm_id, other.usc_base);

	client.queue_id = asahi_queue_create(client.fd, client.vm_id, client.usc_base);
	asahi_job_init(&client, &job, ASAHI_SHADER_STOP, 0, 0, 0);
	igt_assert_eq(asahi_job_run(&job), 1);
	asahi_client_fini(&other);

	asahi_kernel_maps_read(&maps);
	igt_assert_eq_u64(asahi_kernel_maps_find(&maps, "preempt")->addr, addr);
	igt_assert_eq_u64(asahi_kernel_maps_find(&maps, "preempt")->words[0],
			  job.compute.cdm_ctrl_stream_base);
	asahi_client_fini(&client);
}

/* How many queues the range of a client has room for, one of which is there: there are no gaps. */
static uint64_t room_for_queues(struct asahi_client *client)
{
	uint64_t start, end, size = 0;
	struct asahi_kernel_maps maps;
	unsigned int i, num = 0;

	asahi_kernel_range(client->fd, &start, &end);
	asahi_kernel_maps_read(&maps);
	for (i = 0; i < maps.num; i++) {
		if (maps.maps[i].addr < start || maps.maps[i].addr >= end)
			continue;
		/* Behind each of them there is a page where nothing is. */
		size += maps.maps[i].end - maps.maps[i].addr + ASAHI_PAGE;
		num++;
	}
	igt_assert_eq(num, PER_QUEUE);
	return (end - start) / size;
}

/**
 * SUBTEST: fill
 * Description: When the smallest range is full no more queues can be made, and each that is
 *	destroyed makes room for another. Those that exist work all the while.
 */
static void fill(void)
{
	struct asahi_objects full, now;
	struct asahi_cmdbuf cmdbuf = { 0 };
	struct asahi_client client;
	struct asahi_job job;
	uint32_t last = 0, id;
	unsigned int num = 1;
	uint64_t room;
	int ret;

	asahi_client_init(&client);
	asahi_require_simulated(client.fd, ASAHI_OUR_DRIVER);
	room = room_for_queues(&client);
	while (!(ret = __asahi_queue_create(client.fd, client.vm_id, DRM_ASAHI_PRIORITY_MEDIUM,
					    client.usc_base, &id))) {
		last = id;
		num++;
	}
	igt_info("%u queues\n", num);
	igt_assert_eq(ret, -ENOSPC);
	igt_assert_eq_u64(num, room);

	asahi_objects_read(&full);
	igt_assert_eq(__asahi_queue_create(client.fd, client.vm_id, DRM_ASAHI_PRIORITY_MEDIUM,
					   client.usc_base, &id), -ENOSPC);
	asahi_assert_objects_eq(&full);

	asahi_job_init(&client, &job, ASAHI_SHADER_STOP, 0, 0, 0);
	asahi_cmdbuf_compute(&cmdbuf, &job.compute, NONE, NONE);
	igt_assert_eq(asahi_finish(asahi_cmdbuf_start(&client, last, &cmdbuf)), 1);

	asahi_queue_destroy(client.fd, client.queue_id);
	client.queue_id = asahi_queue_create(client.fd, client.vm_id, client.usc_base);
	igt_assert_eq(asahi_job_run(&job), 1);
	igt_assert_eq(__asahi_queue_create(client.fd, client.vm_id, DRM_ASAHI_PRIORITY_MEDIUM,
					   client.usc_base, &id), -ENOSPC);
	asahi_client_drop(&client);

	asahi_objects_read(&now);
	igt_assert_lt_u64(asahi_objects_value(&now, "kernel_bo"),
			  asahi_objects_value(&full, "kernel_bo"));
}

static const struct asahi_subtest subtests[] = {
	{ "bind", "The range can neither be mapped nor unmapped.", bind },
	{ "edges", "Memory can be mapped right up to the range.", edges },
	{ "save", "The GPU uses the driver's memory, queue by queue.", save },
	{ "unreadable", "Shaders cannot read the driver's memory.", unreadable },
	{ "unwritable", "Shaders cannot write the driver's memory.", unwritable },
	{ "orders", "The driver's memory goes with what it is for.", orders },
	{ "busy", "The driver's memory goes at once under jobs that run.", busy },
	{ "kill", "The driver's memory goes with a process that is killed.", kill_process },
	{ "reuse", "Addresses lead to the memory of the next queue.", reuse },
	{ "fill", "A full range is reported, and works.", fill },
};

int igt_main()
{
	asahi_run_subtests(subtests, ARRAY_SIZE(subtests));
}
