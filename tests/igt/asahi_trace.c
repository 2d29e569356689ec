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
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "asahi_child.h"
#include "asahi_device.h"
#include "asahi_drm.h"
#include "asahi_ioctl.h"
#include "asahi_job.h"
#include "asahi_objects.h"
#include "asahi_scene.h"
#include "asahi_trace.h"
#include "igt.h"
#include "sw_sync.h"

IGT_TEST_DESCRIPTION("The lives of objects, as the driver's events tell them");

/* More address spaces than the GPU has places for. */
#define NUM_VMS 66

#define NUM_CONTEXTS 64

/* What the driver maps for one queue, and for one VM. */
#define PER_QUEUE 2
#define PER_VM 1

/* For each type the name of its events and of the field that has its number. */
static const char * const types[] = {
	"file", "vm", "queue", "bo", "object", "kernel_bo", "job",
};

static void require_simulated(void)
{
	int fd = asahi_open();

	asahi_require_simulated(fd);
	asahi_close(fd);
}

static const char *event_name(char name[32], const char *type, const char *what)
{
	snprintf(name, 32, "%s_%s", type, what);
	return name;
}

/* An object that is made is freed, once, and nothing is said of it before the one or after the other. */
static void check_life(const struct asahi_trace *trace, const char *type, unsigned int create)
{
	uint64_t id = asahi_event_value(&trace->events[create], type);
	unsigned int i, end;
	char name[32];

	igt_assert_neq_u64(id, 0);
	igt_assert_eq(asahi_trace_only(trace, event_name(name, type, "create"), type, id), create);
	end = asahi_trace_only(trace, event_name(name, type, "free"), type, id);
	igt_assert_lt(create, end);

	for (i = 0; i < trace->num; i++)
		if (i < create || i > end)
			igt_assert_f(!asahi_event_names(&trace->events[i], type, id),
				     "%s %" PRIu64 " lives from %u to %u, but %u is %s%s\n", type,
				     id, create, end, i, trace->events[i].name,
				     trace->events[i].text);
}

static unsigned int check_lives(const struct asahi_trace *trace)
{
	unsigned int i, t, count = 0;
	char name[32];

	for (t = 0; t < ARRAY_SIZE(types); t++) {
		event_name(name, types[t], "create");
		for (i = 0; i < trace->num; i++) {
			if (!asahi_event_is(&trace->events[i], name))
				continue;
			check_life(trace, types[t], i);
			count++;
		}
	}
	return count;
}

/* What happens to one object follows upon what happens to another. */
static void check_after(const struct asahi_trace *trace, unsigned int first, unsigned int second,
			const char *rule)
{
	igt_assert_f(first < second, "%s: %u %s%s, but %u %s%s\n", rule, first,
		     trace->events[first].name, trace->events[first].text, second,
		     trace->events[second].name, trace->events[second].text);
}

/* A mapping that is removed is flushed before the memory behind it can go. */
static void check_flush(const struct asahi_trace *trace, unsigned int at, uint64_t vm,
			uint64_t addr, uint64_t range, unsigned int end)
{
	unsigned int i;

	for (i = at; i < end; i++) {
		const struct asahi_event *event = &trace->events[i];
		uint64_t start;

		if (asahi_event_has(event, "context_release", "vm", vm) ||
		    asahi_event_has(event, "context_steal", "vm", vm))
			return;
		if (!asahi_event_has(event, "context_flush", "vm", vm))
			continue;
		start = asahi_event_value(event, "addr");
		if (start <= addr && addr + range <= start + asahi_event_value(event, "size"))
			return;
	}
	igt_assert_f(false, "%u %s%s is not flushed before %u\n", at, trace->events[at].name,
		     trace->events[at].text, end);
}

/* The VM that has each place on the GPU at the moment, 0 for none. */
struct contexts {
	uint64_t vm[NUM_CONTEXTS];
};

static unsigned int place_of(const struct contexts *contexts, uint64_t vm)
{
	unsigned int i = 0;

	while (i < NUM_CONTEXTS && contexts->vm[i] != vm)
		i++;
	return i % NUM_CONTEXTS;
}

/* Keep @contexts up to date, and hold what happens against it. */
static void check_contexts_step(const struct asahi_trace *trace, unsigned int at,
				struct contexts *contexts)
{
	const struct asahi_event *event = &trace->events[at];
	uint64_t vm, context, job;

	if (asahi_event_is(event, "job_start")) {
		job = asahi_event_value(event, "job");
		vm = asahi_event_value(&trace->events[asahi_trace_only(trace, "job_create", "job",
								       job)], "vm");
		igt_assert_neq_u64(asahi_event_value(event, "context"), 0);
		igt_assert_eq_u64(asahi_event_value(event, "context"), place_of(contexts, vm));
		return;
	}
	if (strncmp(event->name, "context_", 8))
		return;

	vm = asahi_event_value(event, "vm");
	context = asahi_event_value(event, "context");
	igt_assert_lt_u64(context, NUM_CONTEXTS);
	if (asahi_event_is(event, "context_place")) {
		igt_assert_eq_u64(contexts->vm[context], 0);
		igt_assert_eq(place_of(contexts, vm), 0);
		contexts->vm[context] = vm;
		return;
	}

	igt_assert_eq_u64(contexts->vm[context], vm);
	if (!asahi_event_is(event, "context_flush"))
		contexts->vm[context] = 0;
}

/* The contexts as they are right before event @end. */
static void check_contexts_until(const struct asahi_trace *trace, unsigned int end,
				 struct contexts *contexts)
{
	unsigned int i;

	memset(contexts, 0, sizeof(*contexts));
	for (i = 0; i < end; i++)
		check_contexts_step(trace, i, contexts);
}

static void check_contexts(const struct asahi_trace *trace)
{
	struct contexts contexts;

	check_contexts_until(trace, trace->num, &contexts);
}

/*
 * Of a mapping that is cut, what is left is mapped right before the old one is unmapped, at @at. It
 * stays as it was; only the gap between *@addr and *@end has to be flushed.
 */
static void skip_remnants(const struct asahi_trace *trace, unsigned int at, uint64_t *addr,
			  uint64_t *end)
{
	uint64_t bo = asahi_event_value(&trace->events[at], "bo");
	uint64_t first = *addr, last = *end;
	unsigned int i;

	for (i = 1; i <= 2 && i <= at; i++) {
		const struct asahi_event *event = &trace->events[at - i];
		uint64_t start, left;

		if (!asahi_event_has(event, "mapping_map", "bo", bo))
			return;
		start = asahi_event_value(event, "addr");
		left = start + asahi_event_value(event, "range");
		if (start == first && left < last)
			*addr = left;
		else if (start > first && left == last)
			*end = start;
	}
}

/* A mapping of a BO that is made is removed, flushed if the GPU may know it, and then the BO goes. */
static void check_mapping(const struct asahi_trace *trace, unsigned int at)
{
	const struct asahi_event *event = &trace->events[at];
	uint64_t vm = asahi_event_value(event, "vm"), bo = asahi_event_value(event, "bo");
	uint64_t addr = asahi_event_value(event, "addr");
	uint64_t end_addr = addr + asahi_event_value(event, "range");
	unsigned int i, end = asahi_trace_only(trace, "bo_free", "bo", bo);
	struct contexts contexts;

	for (i = at + 1; i < trace->num; i++)
		if (asahi_event_is(&trace->events[i], "mapping_unmap") &&
		    !strcmp(trace->events[i].text, event->text))
			break;
	igt_assert_f(i < trace->num, "%u %s%s is never unmapped\n", at, event->name, event->text);
	check_after(trace, i, end, "a BO outlives its mappings");
	check_after(trace, i, asahi_trace_only(trace, "vm_close", "vm", vm),
		    "a closed VM has no mappings");

	check_contexts_until(trace, i, &contexts);
	if (!place_of(&contexts, vm))
		return;

	skip_remnants(trace, i, &addr, &end_addr);
	check_flush(trace, i, vm, addr, end_addr - addr, end);
}

static void check_mappings(const struct asahi_trace *trace)
{
	unsigned int i, maps = 0, unmaps = 0;

	for (i = 0; i < trace->num; i++) {
		unmaps += asahi_event_is(&trace->events[i], "mapping_unmap");
		if (!asahi_event_is(&trace->events[i], "mapping_map"))
			continue;
		check_mapping(trace, i);
		maps++;
	}
	igt_assert_eq(maps, unmaps);
	igt_assert_lt(0, maps);
}

/* A job belongs to a queue that is there, runs in its VM, and has one fence, which says how it ended. */
static void check_job(const struct asahi_trace *trace, unsigned int create)
{
	const struct asahi_event *event = &trace->events[create];
	uint64_t job = asahi_event_value(event, "job"), queue = asahi_event_value(event, "queue");
	uint64_t vm = asahi_event_value(event, "vm"), fence = asahi_event_value(event, "fence");
	unsigned int made = asahi_trace_only(trace, "queue_create", "queue", queue);
	unsigned int submit = asahi_trace_only(trace, "job_submit", "job", job);
	unsigned int start = asahi_trace_find(trace, 0, "job_start", "job", job);
	unsigned int done = asahi_trace_only(trace, "job_done", "job", job);
	unsigned int signal = asahi_trace_only(trace, "fence_signal", "fence", fence);
	unsigned int end = asahi_trace_only(trace, "job_free", "job", job);

	igt_assert_eq_u64(asahi_event_value(&trace->events[made], "vm"), vm);
	igt_assert_eq_u64(asahi_event_value(&trace->events[submit], "queue"), queue);
	check_after(trace, made, create, "a job is made for a queue that is there");
	check_after(trace, create, submit, "a job is submitted when it is complete");
	check_after(trace, submit, done, "a job ends after it has been submitted");
	if (start < trace->num)
		check_after(trace, submit, start, "a job starts after it has been submitted");
	check_after(trace, done, signal, "no fence signals before its job is over");
	check_after(trace, signal, end, "no job goes before its fence has signalled");
	check_after(trace, end, asahi_trace_only(trace, "queue_close", "queue", queue),
		    "a queue closes when its jobs are gone");
	igt_assert_eq((int)asahi_event_value(&trace->events[done], "result"),
		      (int)asahi_event_value(&trace->events[signal], "error"));
}

static unsigned int check_jobs(const struct asahi_trace *trace)
{
	unsigned int i, count = 0;

	for (i = 0; i < trace->num; i++) {
		if (!asahi_event_is(&trace->events[i], "job_create"))
			continue;
		check_job(trace, i);
		count++;
	}
	return count;
}

/* The driver's own memory goes with its owner: flushed, before the VM is given up. */
static void check_kernel_bo(const struct asahi_trace *trace, unsigned int create)
{
	const struct asahi_event *event = &trace->events[create];
	uint64_t id = asahi_event_value(event, "kernel_bo"), vm = asahi_event_value(event, "vm");
	unsigned int end = asahi_trace_only(trace, "kernel_bo_free", "kernel_bo", id);
	struct contexts contexts;

	check_after(trace, end, asahi_trace_only(trace, "vm_close", "vm", vm),
		    "a closed VM has nothing of the driver's");
	check_contexts_until(trace, end, &contexts);
	if (place_of(&contexts, vm))
		check_flush(trace, create, vm, asahi_event_value(event, "addr"),
			    asahi_event_value(event, "size"), end);
}

static void check_kernel_bos(const struct asahi_trace *trace)
{
	unsigned int i, count = 0;

	for (i = 0; i < trace->num; i++) {
		if (!asahi_event_is(&trace->events[i], "kernel_bo_create"))
			continue;
		check_kernel_bo(trace, i);
		count++;
	}
	igt_assert_lt(0, count);
}

/* Whether a job of @queue exists right before event @at. */
static bool queue_is_busy(const struct asahi_trace *trace, uint64_t queue, unsigned int at)
{
	unsigned int i;

	for (i = 0; i < at; i++)
		if (asahi_event_has(&trace->events[i], "job_create", "queue", queue) &&
		    asahi_trace_only(trace, "job_free", "job",
				     asahi_event_value(&trace->events[i], "job")) >= at)
			return true;
	return false;
}

/* How many queues of @vm are open right before event @at, and how many have jobs. */
static void count_queues(const struct asahi_trace *trace, uint64_t vm, unsigned int at,
			 unsigned int *open, unsigned int *busy)
{
	unsigned int i;
	uint64_t queue;

	*open = 0;
	*busy = 0;
	for (i = 0; i < at; i++) {
		if (!asahi_event_has(&trace->events[i], "queue_create", "vm", vm))
			continue;
		queue = asahi_event_value(&trace->events[i], "queue");
		*open += asahi_trace_only(trace, "queue_close", "queue", queue) >= at;
		*busy += queue_is_busy(trace, queue, at);
	}
}

static unsigned int count_kernel_bos(const struct asahi_trace *trace, uint64_t vm, unsigned int at)
{
	unsigned int i, count = 0;

	for (i = 0; i < at; i++) {
		count += asahi_event_has(&trace->events[i], "kernel_bo_create", "vm", vm);
		count -= asahi_event_has(&trace->events[i], "kernel_bo_free", "vm", vm);
	}
	return count;
}

/* What a queue needs stays for as long as it has jobs, and is gone when it closes. */
static void check_queue_memory(const struct asahi_trace *trace)
{
	unsigned int i, at, open, busy;
	uint64_t vm;

	for (i = 0; i < trace->num; i++) {
		const struct asahi_event *event = &trace->events[i];

		if (asahi_event_is(event, "kernel_bo_free")) {
			vm = asahi_event_value(event, "vm");
			count_queues(trace, vm, i, &open, &busy);
			igt_assert_f(count_kernel_bos(trace, vm, i + 1) >= busy * PER_QUEUE + !!open,
				     "%u %s%s comes too early for %u busy queues\n", i, event->name,
				     event->text, busy);
		} else if (asahi_event_is(event, "queue_close")) {
			at = asahi_trace_only(trace, "queue_create", "queue",
					      asahi_event_value(event, "queue"));
			vm = asahi_event_value(&trace->events[at], "vm");
			count_queues(trace, vm, i + 1, &open, &busy);
			igt_assert_eq(count_kernel_bos(trace, vm, i), PER_VM + open * PER_QUEUE);
		}
	}
}

/* All rules that hold for every trace which begins and ends without a client of ours. */
static void check_all(const struct asahi_trace *trace)
{
	asahi_trace_print(trace);
	igt_assert_lt(0, check_lives(trace));
	check_contexts(trace);
	check_mappings(trace);
	check_kernel_bos(trace);
	check_queue_memory(trace);
}

/* A file's number in events, from what its fdinfo says. */
static uint64_t file_id(const struct asahi_trace *trace, uint64_t client)
{
	return asahi_event_value(&trace->events[asahi_trace_only(trace, "file_create", "client",
								 client)], "file");
}

static uint64_t fdinfo_client(int fd)
{
	char path[64], line[256];
	uint64_t client = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	file = fopen(path, "r");
	igt_assert(file);
	while (!client && fgets(line, sizeof(line), file))
		sscanf(line, "drm-client-id: %" SCNu64, &client);
	fclose(file);
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

	check_all(&trace);
	igt_assert_eq(check_jobs(&trace), 3);
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

	check_all(&trace);
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

/* Every queue of @file is told before any is waited for, and each is closed before the VM. */
static void check_close_queues(const struct asahi_trace *trace, uint64_t file, unsigned int begin)
{
	unsigned int i, j, cancel, close, count = 0;
	uint64_t queue, other;

	for (i = 0; i < trace->num; i++) {
		if (!asahi_event_has(&trace->events[i], "queue_create", "file", file))
			continue;
		queue = asahi_event_value(&trace->events[i], "queue");
		cancel = asahi_trace_find(trace, begin, "queue_cancel", "queue", queue);
		close = asahi_trace_only(trace, "queue_close", "queue", queue);
		check_after(trace, cancel, close, "a queue is told before it is closed");
		check_after(trace, close,
			    asahi_trace_only(trace, "vm_close", "vm",
					     asahi_event_value(&trace->events[i], "vm")),
			    "a VM closes after its queues");
		count++;

		for (j = 0; j < trace->num; j++) {
			if (!asahi_event_has(&trace->events[j], "queue_create", "file", file))
				continue;
			other = asahi_event_value(&trace->events[j], "queue");
			check_after(trace, cancel,
				    asahi_trace_only(trace, "queue_close", "queue", other),
				    "all queues are told before one is waited for");
		}
	}
	igt_assert_lt(1, count);
}

/* From @begin on all of one kind comes before all of another, which there is. */
static void check_phases(const struct asahi_trace *trace, unsigned int begin, const char *first,
			 const char *second)
{
	unsigned int i, seen = trace->num;

	for (i = begin; i < trace->num; i++) {
		if (seen == trace->num && asahi_event_is(&trace->events[i], second))
			seen = i;
		if (asahi_event_is(&trace->events[i], first))
			igt_assert_f(i < seen, "%u %s%s comes after %u %s%s\n", i,
				     trace->events[i].name, trace->events[i].text, seen,
				     trace->events[seen].name, trace->events[seen].text);
	}
	igt_assert_f(seen < trace->num, "no %s\n", second);
}

/* The model's order of a close: queues, VMs, timestamp objects, handles; and the file is last. */
static void check_close(const struct asahi_trace *trace, uint64_t file)
{
	unsigned int begin = asahi_trace_only(trace, "file_close", "file", file);
	unsigned int i;

	check_close_queues(trace, file, begin);
	check_phases(trace, begin, "queue_close", "mapping_unmap");
	check_phases(trace, begin, "mapping_unmap", "vm_close");
	check_phases(trace, begin, "kernel_bo_free", "vm_close");
	check_phases(trace, begin, "vm_close", "object_free");
	check_phases(trace, begin, "object_free", "bo_free");
	check_phases(trace, begin, "bo_free", "file_free");
	for (i = begin; i < trace->num; i++)
		if (asahi_event_is(&trace->events[i], "job_done"))
			igt_assert_eq((int)asahi_event_value(&trace->events[i], "result"),
				      -ECANCELED);
}

/* Of a trace in which a scene's file has been played and closed, and nothing else. */
static void check_scene(const struct asahi_trace *trace, uint64_t client)
{
	asahi_trace_print(trace);
	igt_assert_lt(0, check_lives(trace));
	check_mappings(trace);
	check_kernel_bos(trace);
	check_queue_memory(trace);
	igt_assert_eq(check_jobs(trace), 3);
	check_close(trace, file_id(trace, client));
}

/**
 * SUBTEST: close-order
 * Description: A file is closed with jobs in every state: queues go first, all told before one is
 *	waited for, then the address space, timestamp objects, buffer objects and the file.
 */
static void close_order(void)
{
	struct asahi_scene scene;
	struct asahi_trace trace;
	uint64_t client;

	require_simulated();
	asahi_scene_init(&scene);
	asahi_trace_start();
	asahi_scene_play(&scene);
	client = fdinfo_client(scene.client.fd);
	asahi_scene_drop(&scene);
	asahi_trace_stop(&trace);
	asahi_scene_assert_killed(&scene);
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

	check_all(&trace);
	at = asahi_trace_only(&trace, "vm_publish", "id", client.vm_id);
	vm = asahi_event_value(&trace.events[at], "vm");
	at = asahi_trace_only(&trace, "queue_publish", "id", client.queue_id);
	queue = asahi_event_value(&trace.events[at], "queue");
	close = asahi_trace_only(&trace, "queue_close", "queue", queue);
	for (i = 0; i < 3; i++)
		drops[i] = asahi_trace_only(&trace, "vm_drop", "opens", 3 - i);
	check_after(&trace, drops[0], close, "VM_DESTROY gives up the table's reference");
	check_after(&trace, close, drops[1], "a queue gives up its own when it closes");
	check_after(&trace, drops[1], drops[2], "references go one by one");
	check_after(&trace, drops[2], asahi_trace_find(&trace, 0, "mapping_unmap", "vm", vm),
		    "mappings stay until the last one goes");
	check_after(&trace, drops[2], asahi_trace_only(&trace, "vm_close", "vm", vm),
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
	asahi_require_simulated(fd);
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

	check_contexts(&trace);
	for (i = 0; i < trace.num; i++)
		steals += asahi_event_is(&trace.events[i], "context_steal");
	igt_assert_lt(NUM_VMS, steals);
	igt_assert_eq(check_jobs(&trace), 2 * NUM_VMS);
	asahi_trace_free(&trace);
}

/* A queue as debugfs shows it. */
struct queue_line {
	uint64_t queue, file, vm, render, compute;
	unsigned int waiting, running;
	char priority[8];
};

static void read_queue(struct queue_line *line)
{
	char *text = asahi_debugfs_read("queues");
	int num;

	num = sscanf(text, "queue %" SCNu64 " file %" SCNu64 " vm %" SCNu64 " priority %7s"
		     " waiting %u running %u submitted render %" SCNu64 " compute %" SCNu64,
		     &line->queue, &line->file, &line->vm, line->priority, &line->waiting,
		     &line->running, &line->render, &line->compute);
	igt_assert_f(num == 8, "queues: \"%s\"\n", text);
	free(text);
}

/**
 * SUBTEST: queues
 * Description: Debugfs shows each queue under the numbers that events give it, and what its jobs do.
 */
static void queues(void)
{
	struct asahi_client client;
	struct asahi_trace trace;
	struct queue_line line;
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
	read_queue(&line);
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

/**
 * SUBTEST: readers
 * Description: Reading debugfs all the time holds up no submit and no close, and the other way
 *	round.
 */
static void readers(void)
{
	static const char * const names[] = { "objects", "queues", "vms" };
	struct asahi_child child = { 0 };
	struct asahi_scene scene;
	unsigned int i;

	require_simulated();
	free(asahi_debugfs_read("queues"));
	asahi_scene_init(&scene);
	asahi_fork(&child) {
		asahi_notify(&child);
		for (i = 0;; i++)
			free(asahi_debugfs_read(names[i % ARRAY_SIZE(names)]));
	}
	asahi_await(&child);
	for (i = 0; i < 20; i++) {
		asahi_scene_play(&scene);
		asahi_scene_drop(&scene);
		asahi_scene_assert_killed(&scene);
	}
	asahi_child_kill(&child);
	asahi_scene_fini(&scene);
}

static const struct asahi_subtest subtests[] = {
	{ "lives", "Every object that is made is given back.", lives },
	{ "ids", "Events know the ids of userspace.", ids },
	{ "close-order", "A close goes by the model's order.", close_order },
	{ "kill-order", "So does a process that is killed.", kill_order },
	{ "vm-with-last-queue", "The last open reference closes a VM.", vm_with_last_queue },
	{ "contexts", "Places on the GPU go round.", contexts },
	{ "queues", "Debugfs and events know queues by the same numbers.", queues },
	{ "readers", "Who reads debugfs holds up nobody.", readers },
};

int igt_main()
{
	asahi_run_subtests(subtests, ARRAY_SIZE(subtests));
}
