// SPDX-License-Identifier: MIT
/**
 * TEST: asahi trace
 * Category: Core
 * Mega feature: Lifetimes
 * Sub-category: events
 * Functionality: tracepoints
 * Description: What the driver says of the lives of all objects: every one that is made is given
 *	back, in the order that the lifetime model asks for, and nothing is used after it.
 */
#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "asahi_binding.h"
#include "asahi_child.h"
#include "asahi_clock.h"
#include "asahi_device.h"
#include "asahi_drm.h"
#include "asahi_fdinfo.h"
#include "asahi_followers.h"
#include "asahi_ioctl.h"
#include "asahi_job.h"
#include "asahi_lives.h"
#include "asahi_objects.h"
#include "asahi_queues.h"
#include "asahi_reclaim.h"
#include "asahi_scene.h"
#include "asahi_sim.h"
#include "asahi_trace.h"
#include "igt.h"
#include "sw_sync.h"

IGT_TEST_DESCRIPTION("The lives of objects, as the driver's events tell them");

/* More address spaces than the GPU has places for. */
#define NUM_VMS 66

static void require_simulated(void)
{
	int fd = asahi_open();

	asahi_require_simulated(fd, ASAHI_OUR_DRIVER);
	asahi_close(fd);
}

/* A file's number in events, from what its fdinfo says. */
static uint64_t file_id(const struct asahi_trace *trace, uint64_t client)
{
	return asahi_event_value(&trace->events[asahi_trace_only(trace, "file_create", "client",
								 client)], "file");
}

static uint64_t fdinfo_client(int fd)
{
	struct asahi_fdinfo info;
	uint64_t client;
	char unit[8];

	asahi_fdinfo_read(fd, &info);
	client = asahi_fdinfo_number(&info, "drm-client-id", unit);
	igt_assert_neq_u64(client, 0);
	return client;
}

/**
 * SUBTEST: lives
 * Description: A client makes one of everything, cuts mappings, runs jobs that work and one that
 *	faults, and gives all back: every event fits.
 */
static void lives(void)
{
	struct asahi_client client;
	struct asahi_trace trace;
	struct asahi_job job;
	struct asahi_bo bo;
	uint32_t object;

	require_simulated();
	asahi_trace_start();
	asahi_client_init(&client);
	asahi_bo_init(&client, &bo, 4 * ASAHI_PAGE);
	object = asahi_object_bind(client.fd, bo.handle, 0, ASAHI_PAGE);
	asahi_job_init(&client, &job, ASAHI_SHADER_STORE, bo.va, 0, 0);
	job.compute.ts.end.handle = object;
	job.compute.ts.end.offset = 8;
	igt_assert_eq(asahi_job_run(&job), 1);

	asahi_vm_unmap(client.fd, client.vm_id, ASAHI_PAGE, bo.va + ASAHI_PAGE);
	igt_assert_eq(asahi_job_run(&job), 1);
	asahi_vm_map(client.fd, client.vm_id, bo.handle, 0, ASAHI_PAGE, bo.va, ASAHI_RW);
	asahi_job_init(&client, &job, ASAHI_SHADER_UNDEFINED, bo.va, 0, 0);
	igt_assert_eq(asahi_job_run(&job), -EIO);
	asahi_object_unbind(client.fd, object);
	asahi_bo_fini(&client, &bo);
	asahi_client_fini(&client);
	asahi_trace_stop(&trace);

	asahi_lives_check(&trace);
	igt_assert_eq(asahi_lives_check_jobs(&trace), 3);
	asahi_trace_free(&trace);
}

/**
 * SUBTEST: ids
 * Description: Events tell which of their numbers stands for which id of userspace.
 */
static void ids(void)
{
	struct asahi_client client;
	struct asahi_trace trace;
	uint64_t number, file;
	struct asahi_bo bo;
	uint32_t object, queue_id;
	unsigned int at;

	require_simulated();
	asahi_trace_start();
	asahi_client_init(&client);
	number = fdinfo_client(client.fd);
	queue_id = asahi_queue_create(client.fd, client.vm_id, client.usc_base);
	asahi_bo_init(&client, &bo, ASAHI_PAGE);
	object = asahi_object_bind(client.fd, bo.handle, 0, ASAHI_PAGE);
	asahi_bo_unmap(&bo);
	asahi_client_drop(&client);
	asahi_trace_stop(&trace);

	asahi_lives_check(&trace);
	file = file_id(&trace, number);
	at = asahi_trace_only(&trace, "vm_publish", "id", client.vm_id);
	igt_assert_eq_u64(asahi_event_value(&trace.events[at], "file"), file);
	at = asahi_trace_only(&trace, "queue_publish", "id", queue_id);
	igt_assert_eq_u64(asahi_event_value(&trace.events[at], "file"), file);
	at = asahi_trace_only(&trace, "queue_create", "queue",
			      asahi_event_value(&trace.events[at], "queue"));
	igt_assert_eq_u64(asahi_event_value(&trace.events[at], "file"), file);
	at = asahi_trace_only(&trace, "object_publish", "id", object);
	igt_assert_eq_u64(asahi_event_value(&trace.events[at], "file"), file);
	asahi_trace_free(&trace);
}

/* Of a trace in which a scene's file has been played and closed, and nothing else. */
static void check_scene(const struct asahi_trace *trace, uint64_t client)
{
	asahi_lives_check(trace);
	igt_assert_eq(asahi_lives_check_jobs(trace), 3);
	asahi_lives_check_close(trace, file_id(trace, client));
}

/**
 * SUBTEST: close-order
 * Description: A file is closed with jobs in every state: queues go first, all told before one is
 *	waited for, then the address space, timestamp objects, buffer objects and the file.
 */
static void close_order(void)
{
	struct asahi_scene_look look;
	struct asahi_scene scene;
	struct asahi_trace trace;
	uint64_t client;

	require_simulated();
	asahi_scene_init(&scene);
	asahi_trace_start();
	asahi_scene_play(&scene);
	client = fdinfo_client(scene.client.fd);
	asahi_scene_drop(&scene);
	asahi_scene_look(&scene, &look);
	asahi_trace_stop(&trace);
	asahi_scene_release(&scene);
	asahi_scene_assert_killed(&look);
	check_scene(&trace, client);
	asahi_trace_free(&trace);
	asahi_scene_fini(&scene);
}

/**
 * SUBTEST: kill-order
 * Description: The order is the same when the process is killed.
 */
static void kill_order(void)
{
	struct asahi_child child = { 0 };
	struct asahi_scene scene;
	struct asahi_trace trace;
	uint64_t client;

	require_simulated();
	asahi_scene_init(&scene);
	asahi_trace_start();
	asahi_fork(&child) {
		asahi_scene_play(&scene);
		client = fdinfo_client(scene.client.fd);
		asahi_send(&child, &client, sizeof(client));
		asahi_await(&child);
	}
	asahi_recv(&child, &client, sizeof(client));
	asahi_child_kill(&child);
	asahi_trace_stop(&trace);
	check_scene(&trace, client);
	asahi_trace_free(&trace);
	asahi_scene_fini(&scene);
}

/**
 * SUBTEST: close-hung
 * Description: The order is the same when a job has to be taken off by a reset: what it can reach
 *	is there until it has left, the driver's memory of its queue too.
 */
static void close_hung(void)
{
	struct asahi_client client;
	struct asahi_trace trace;
	struct asahi_job job;
	struct asahi_bo bo;
	uint64_t id;
	int fence;

	asahi_sim_require();
	asahi_trace_start();
	asahi_client_init(&client);
	id = fdinfo_client(client.fd);
	asahi_bo_init(&client, &bo, ASAHI_PAGE);
	asahi_object_bind(client.fd, bo.handle, 0, ASAHI_PAGE);
	/* Closed before, so that it has nothing left that could be taken for this one's. */
	client.queue_id = asahi_queue_create(client.fd, client.vm_id, client.usc_base);
	asahi_job_init(&client, &job, ASAHI_SHADER_STOP, 0, 0, 0);
	asahi_sim_set("hang", "hard");
	fence = asahi_job_start(&job);
	asahi_sim_wait("hang", "none");
	asahi_bo_unmap(&bo);
	asahi_client_drop(&client);
	asahi_trace_stop(&trace);
	igt_assert_eq(asahi_finish(fence), -ECANCELED);
	asahi_lives_check(&trace);
	igt_assert_eq(asahi_lives_check_jobs(&trace), 1);
	asahi_lives_check_close(&trace, file_id(&trace, id));
	asahi_trace_free(&trace);
}

/* Queues whose jobs wait for that of another; the checks take the square of it and more. */
#define NUM_FOLLOWERS 5

/**
 * SUBTEST: close-behind
 * Description: The order is the same when jobs wait for one on another queue of the file: no job
 *	starts because what it waits for is cancelled by the close.
 */
static void close_behind(void)
{
	struct asahi_client client, other;
	struct asahi_followers followers;
	struct asahi_trace trace;
	struct asahi_spin spin;
	struct asahi_bo bo;
	unsigned int waited, cancelled;
	uint64_t id;

	require_simulated();
	asahi_client_init(&other);
	asahi_spin_init(&other, &spin);
	asahi_spin_start(&spin, other.queue_id);
	asahi_trace_start();
	asahi_client_init(&client);
	id = fdinfo_client(client.fd);
	asahi_bo_init(&client, &bo, ASAHI_PAGE);
	asahi_object_bind(client.fd, bo.handle, 0, ASAHI_PAGE);
	asahi_followers_start(&followers, &client, bo.va, NUM_FOLLOWERS, &spin.fence, 1);
	waited = asahi_followers_count(&followers, 0);
	asahi_bo_unmap(&bo);
	asahi_client_drop(&client);
	cancelled = asahi_followers_count(&followers, -ECANCELED);
	asahi_trace_stop(&trace);
	asahi_spin_finish(&spin);

	igt_assert_eq(waited, 1 + NUM_FOLLOWERS);
	asahi_lives_check(&trace);
	igt_assert_eq(asahi_lives_check_jobs(&trace), 1 + NUM_FOLLOWERS);
	asahi_lives_check_close(&trace, file_id(&trace, id));
	igt_assert_eq(cancelled, 1 + NUM_FOLLOWERS);
	asahi_trace_free(&trace);
	asahi_followers_fini(&followers);
	asahi_client_fini(&other);
}

/**
 * SUBTEST: vm-with-last-queue
 * Description: VM_DESTROY gives up one open reference and closes nothing; the last queue's close
 *	does.
 */
static void vm_with_last_queue(void)
{
	struct asahi_client client;
	struct asahi_trace trace;
	unsigned int i, at, close, drops[3];
	uint64_t vm, queue;
	uint32_t queue_id;

	require_simulated();
	asahi_trace_start();
	asahi_client_init(&client);
	queue_id = asahi_queue_create(client.fd, client.vm_id, client.usc_base);
	asahi_vm_destroy(client.fd, client.vm_id);
	asahi_queue_destroy(client.fd, client.queue_id);
	asahi_queue_destroy(client.fd, queue_id);
	asahi_client_drop(&client);
	asahi_trace_stop(&trace);

	asahi_lives_check(&trace);
	at = asahi_trace_only(&trace, "vm_publish", "id", client.vm_id);
	vm = asahi_event_value(&trace.events[at], "vm");
	at = asahi_trace_only(&trace, "queue_publish", "id", client.queue_id);
	queue = asahi_event_value(&trace.events[at], "queue");
	close = asahi_trace_only(&trace, "queue_close", "queue", queue);
	for (i = 0; i < 3; i++)
		drops[i] = asahi_trace_only(&trace, "vm_drop", "opens", 3 - i);
	asahi_lives_before(&trace, drops[0], close, "VM_DESTROY gives up the table's reference");
	asahi_lives_before(&trace, close, drops[1], "a queue gives up its own when it closes");
	asahi_lives_before(&trace, drops[1], drops[2], "references go one by one");
	asahi_lives_before(&trace, drops[2], asahi_trace_find(&trace, 0, "mapping_unmap", "vm", vm),
			   "mappings stay until the last one goes");
	asahi_lives_before(&trace, drops[2], asahi_trace_only(&trace, "vm_close", "vm", vm),
			   "the last one closes");
	asahi_trace_free(&trace);
}

/**
 * SUBTEST: contexts
 * Description: With more address spaces than places on the GPU, one that has been robbed of its
 *	place gets another before its next job starts.
 */
static void contexts(void)
{
	struct asahi_client clients[NUM_VMS];
	struct asahi_trace trace;
	struct asahi_job job;
	unsigned int i, steals = 0;
	int fd;

	fd = asahi_open();
	asahi_require_simulated(fd, ASAHI_OUR_DRIVER);
	asahi_trace_start();
	for (i = 0; i < NUM_VMS; i++)
		asahi_client_init_fd(&clients[i], fd);
	for (i = 0; i < 2 * NUM_VMS; i++) {
		asahi_job_init(&clients[i % NUM_VMS], &job, ASAHI_SHADER_STOP, 0, 0, 0);
		igt_assert_eq(asahi_job_run(&job), 1);
	}
	for (i = 0; i < NUM_VMS; i++)
		asahi_client_fini(&clients[i]);
	asahi_trace_stop(&trace);
	asahi_close(fd);

	asahi_lives_check_contexts(&trace);
	for (i = 0; i < trace.num; i++)
		steals += asahi_event_is(&trace.events[i], "context_steal");
	igt_assert_lt(NUM_VMS, steals);
	igt_assert_eq(asahi_lives_check_jobs(&trace), 2 * NUM_VMS);
	asahi_trace_free(&trace);
}

/**
 * SUBTEST: queues
 * Description: Debugfs shows each queue under the numbers that events give it, and what its jobs
 *	do.
 */
static void queues(void)
{
	struct asahi_client client;
	struct asahi_trace trace;
	struct asahi_queue_line line;
	struct asahi_spin spin;
	struct asahi_job job;
	unsigned int i, at;
	int fences[3];

	require_simulated();
	asahi_trace_start();
	asahi_client_init(&client);
	asahi_spin_init(&client, &spin);
	asahi_job_init(&client, &job, ASAHI_SHADER_STOP, 0, 0, 0);
	asahi_spin_start(&spin, client.queue_id);
	for (i = 0; i < ARRAY_SIZE(fences); i++)
		fences[i] = asahi_job_start_after(&job);
	asahi_queues_only(&line);
	igt_assert_eq(asahi_spin_finish(&spin), 1);
	for (i = 0; i < ARRAY_SIZE(fences); i++)
		igt_assert_eq(asahi_finish(fences[i]), 1);
	asahi_client_fini(&client);
	asahi_trace_stop(&trace);

	/* The GPU takes two jobs of a queue at a time. */
	igt_assert_eq(line.running, 2);
	igt_assert_eq(line.waiting, 2);
	igt_assert_eq_u64(line.render, 0);
	igt_assert_eq_u64(line.compute, 4);
	igt_assert_f(!strcmp(line.priority, "medium"), "priority %s\n", line.priority);
	at = asahi_trace_only(&trace, "queue_create", "queue", line.queue);
	igt_assert_eq_u64(asahi_event_value(&trace.events[at], "file"), line.file);
	igt_assert_eq_u64(asahi_event_value(&trace.events[at], "vm"), line.vm);
	asahi_trace_free(&trace);
}

/* What a process that reads has found, for others to see. */
struct reader {
	/* Times that all files were read, and that there was a queue in them. */
	atomic_uint passes, queues;
};

static void read_all(struct reader *reader)
{
	static const char * const names[] = { "objects", "queues", "vms" };
	unsigned int i;
	char *text;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		text = asahi_debugfs_read(names[i]);
		igt_assert_f(text[0], "%s is empty\n", names[i]);
		if (!strncmp(text, "queue ", 6))
			atomic_fetch_add(&reader->queues, 1);
		free(text);
	}
	atomic_fetch_add(&reader->passes, 1);
}

/* Wait until all files have been read from beginning to end since now, and a queue in them. */
static bool await_pass(struct reader *reader)
{
	unsigned int end = atomic_load(&reader->passes) + 2;
	unsigned int queues = atomic_load(&reader->queues);
	uint64_t since = 0;

	while ((int)(atomic_load(&reader->passes) - end) < 0)
		if (!asahi_patient(&since))
			return false;
	return queues != atomic_load(&reader->queues);
}

/**
 * SUBTEST: readers
 * Description: Reading debugfs all the time holds up no submit and no close, and the other way
 *	round.
 */
static void readers(void)
{
	struct asahi_child child = { 0 };
	struct asahi_scene_look looks[20];
	struct asahi_scene scene;
	struct reader *reader;
	unsigned int i, num = 0;
	bool read = true;

	require_simulated();
	free(asahi_debugfs_read("queues"));
	reader = mmap(NULL, sizeof(*reader), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		      0);
	igt_assert(reader != MAP_FAILED);
	asahi_sim_lift_limits();
	asahi_scene_init(&scene);
	asahi_fork(&child) {
		for (;;)
			read_all(reader);
	}
	while (num < ARRAY_SIZE(looks) && read) {
		asahi_scene_play(&scene);
		read = await_pass(reader);
		asahi_scene_drop(&scene);
		asahi_scene_look(&scene, &looks[num++]);
	}
	asahi_scene_release(&scene);
	igt_info("all was read %u times\n", atomic_load(&reader->passes));
	asahi_child_kill(&child);
	munmap(reader, sizeof(*reader));
	igt_assert_f(read, "nobody has read of a queue in round %u\n", num);
	for (i = 0; i < num; i++)
		asahi_scene_assert_killed(&looks[i]);
	asahi_scene_fini(&scene);
}

/**
 * SUBTEST: bus-addresses
 * Description: Bus addresses that a buffer object has got for the GPU are given back, once: when it
 *	is evicted, when its handle is closed, and with the file.
 */
static void bus_addresses(void)
{
	struct asahi_binding binding;
	uint32_t handles[3], vm_id;
	const uint64_t va = 0x2000000000;
	struct asahi_dma dma;
	unsigned int i;
	int fd;

	require_simulated();
	fd = asahi_open();
	asahi_reclaim_find(fd);
	asahi_binding_find(fd, &binding);
	vm_id = asahi_vm_create(fd);
	asahi_dma_start(&dma, binding.device);
	for (i = 0; i < ARRAY_SIZE(handles); i++) {
		handles[i] = asahi_gem_create(fd, 4 * ASAHI_PAGE);
		asahi_vm_map(fd, vm_id, handles[i], 0, 4 * ASAHI_PAGE, va + i * 4 * ASAHI_PAGE,
			     ASAHI_RW);
	}
	asahi_evict();
	for (i = 0; i < 2; i++)
		asahi_vm_map(fd, vm_id, handles[i], 0, ASAHI_PAGE, va, ASAHI_RW);
	gem_close(fd, handles[0]);
	asahi_close(fd);
	asahi_dma_stop(&dma);

	igt_info("got %u times, given back %u times\n", dma.mapped, dma.unmapped);
	igt_assert_lte(ARRAY_SIZE(handles) + 2, dma.mapped);
	igt_assert_f(dma.unmapped == dma.mapped,
		     "addresses were got %u times, and given back %u times\n", dma.mapped,
		     dma.unmapped);
}

static const struct asahi_subtest subtests[] = {
	{ "lives", "Every object that is made is given back.", lives },
	{ "ids", "Events know the ids of userspace.", ids },
	{ "close-order", "A close goes by the model's order.", close_order },
	{ "kill-order", "The end of a killed process goes by the model's order.", kill_order },
	{ "close-hung", "What a job can reach is there until a reset has taken it off.",
	  close_hung },
	{ "close-behind", "No job begins because a close cancels what it waits for.",
	  close_behind },
	{ "vm-with-last-queue", "The last open reference closes a VM.", vm_with_last_queue },
	{ "contexts", "An address space without a place gets one before its next job.", contexts },
	{ "queues", "Debugfs and events know queues by the same numbers.", queues },
	{ "readers", "Who reads debugfs holds up nobody.", readers },
	{ "bus-addresses", "Bus addresses of memory are given back with it.", bus_addresses },
};

int igt_main()
{
	asahi_run_subtests(subtests, ARRAY_SIZE(subtests));
}
