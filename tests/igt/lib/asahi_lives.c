// SPDX-License-Identifier: MIT
/* What the driver's events have to say of the lives of objects. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "asahi_lives.h"
#include "asahi_objects.h"
#include "igt.h"

#define NUM_CONTEXTS 64

/* For each type the name of its events and of the field that has its number. */
static const char * const types[] = {
	"file", "vm", "queue", "bo", "object", "kernel_bo", "job",
};

static const char *event_name(char name[32], const char *type, const char *what)
{
	snprintf(name, 32, "%s_%s", type, what);
	return name;
}

/* An object that is made is freed, once. Nothing is said of it before or after. */
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

void asahi_lives_before(const struct asahi_trace *trace, unsigned int first, unsigned int second,
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

void asahi_lives_check_contexts(const struct asahi_trace *trace)
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

/* A mapping is removed, flushed if the GPU may know it, and only then may its BO go. */
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
	asahi_lives_before(trace, i, end, "a BO outlives its mappings");
	asahi_lives_before(trace, i, asahi_trace_only(trace, "vm_close", "vm", vm),
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

/* A job is of a queue that is there, runs in its VM, and has one fence that says how it ended. */
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
	asahi_lives_before(trace, made, create, "a job is made for a queue that is there");
	asahi_lives_before(trace, create, submit, "a job is submitted when it is complete");
	asahi_lives_before(trace, submit, done, "a job ends after it has been submitted");
	if (start < trace->num)
		asahi_lives_before(trace, submit, start,
				   "a job starts after it has been submitted");
	asahi_lives_before(trace, done, signal, "no fence signals before its job is over");
	asahi_lives_before(trace, signal, end, "no job goes before its fence has signalled");
	asahi_lives_before(trace, end, asahi_trace_only(trace, "queue_close", "queue", queue),
			   "a queue closes when its jobs are gone");
	igt_assert_eq((int)asahi_event_value(&trace->events[done], "result"),
		      (int)asahi_event_value(&trace->events[signal], "error"));
}

unsigned int asahi_lives_check_jobs(const struct asahi_trace *trace)
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

	asahi_lives_before(trace, end, asahi_trace_only(trace, "vm_close", "vm", vm),
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
	unsigned int i, at, open, busy, left;
	uint64_t vm;

	for (i = 0; i < trace->num; i++) {
		const struct asahi_event *event = &trace->events[i];

		if (asahi_event_is(event, "kernel_bo_free")) {
			vm = asahi_event_value(event, "vm");
			count_queues(trace, vm, i, &open, &busy);
			left = count_kernel_bos(trace, vm, i + 1);
			igt_assert_f(left >= busy * ASAHI_KERNEL_BOS_OF_QUEUE + !!open,
				     "%u %s%s comes too early for %u busy queues\n", i, event->name,
				     event->text, busy);
		} else if (asahi_event_is(event, "queue_close")) {
			at = asahi_trace_only(trace, "queue_create", "queue",
					      asahi_event_value(event, "queue"));
			vm = asahi_event_value(&trace->events[at], "vm");
			count_queues(trace, vm, i + 1, &open, &busy);
			igt_assert_eq(count_kernel_bos(trace, vm, i), ASAHI_KERNEL_BOS_OF_VM +
				      open * ASAHI_KERNEL_BOS_OF_QUEUE);
		}
	}
}

void asahi_lives_check(const struct asahi_trace *trace)
{
	asahi_trace_print(trace);
	igt_assert_lt(0, check_lives(trace));
	asahi_lives_check_contexts(trace);
	check_mappings(trace);
	check_kernel_bos(trace);
	check_queue_memory(trace);
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
		asahi_lives_before(trace, cancel, close, "a queue is told before it is closed");
		asahi_lives_before(trace, close,
				   asahi_trace_only(trace, "vm_close", "vm",
						    asahi_event_value(&trace->events[i], "vm")),
				   "a VM closes after its queues");
		count++;

		for (j = 0; j < trace->num; j++) {
			if (!asahi_event_has(&trace->events[j], "queue_create", "file", file))
				continue;
			other = asahi_event_value(&trace->events[j], "queue");
			asahi_lives_before(trace, cancel,
					   asahi_trace_only(trace, "queue_close", "queue", other),
					   "all queues are told before one is waited for");
		}
	}
	igt_assert_lt(1, count);
}

/* The file of the queue of a job that starts at event @at. */
static uint64_t starting_file(const struct asahi_trace *trace, unsigned int at)
{
	uint64_t job = asahi_event_value(&trace->events[at], "job"), queue;

	at = asahi_trace_only(trace, "job_create", "job", job);
	queue = asahi_event_value(&trace->events[at], "queue");
	at = asahi_trace_only(trace, "queue_create", "queue", queue);
	return asahi_event_value(&trace->events[at], "file");
}

/* What a job of @file waits for may come from the close itself; the job does not start then. */
static void check_close_starts(const struct asahi_trace *trace, uint64_t file, unsigned int begin)
{
	unsigned int i;

	for (i = begin; i < trace->num; i++)
		if (asahi_event_is(&trace->events[i], "job_start"))
			igt_assert_f(starting_file(trace, i) != file,
				     "no job starts once its file is being closed: %u %s%s, but %u "
				     "%s%s\n",
				     begin, trace->events[begin].name, trace->events[begin].text, i,
				     trace->events[i].name, trace->events[i].text);
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

void asahi_lives_check_close(const struct asahi_trace *trace, uint64_t file)
{
	unsigned int begin = asahi_trace_only(trace, "file_close", "file", file);
	unsigned int i;

	check_close_queues(trace, file, begin);
	check_close_starts(trace, file, begin);
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
