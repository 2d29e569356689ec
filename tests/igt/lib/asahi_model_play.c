// SPDX-License-Identifier: MIT
/* Running a program, and comparing it with the model. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "asahi_clock.h"
#include "asahi_device.h"
#include "asahi_ioctl.h"
#include "asahi_model_call.h"
#include "asahi_model_play.h"
#include "asahi_model_work.h"
#include "asahi_objects.h"
#include "igt.h"
#include "sw_sync.h"

struct player {
	struct asahi_model_run run;
	/** @now: the model; run.m is this one. @next: what becomes of it with the step. */
	struct asahi_model now, next;
	/** @before: live objects when there was no program. */
	struct asahi_objects before;
	/** @start: before any timestamp. */
	uint64_t start;
	struct asahi_model_verdict *verdict;
};

__attribute__((format(printf, 3, 4)))
static void differ(struct player *p, const char *what, const char *format, ...)
{
	struct asahi_model_verdict *verdict = p->verdict;
	va_list args;

	/* What comes after the first difference follows from it. */
	if (verdict->wrong)
		return;
	verdict->wrong = true;
	verdict->hangs = asahi_model_scene_late(p->run.scene);
	snprintf(verdict->what, sizeof(verdict->what), "%s", what);
	va_start(args, format);
	vsnprintf(verdict->text, sizeof(verdict->text), format, args);
	va_end(args);
}

static const char *result_text(int ret, char text[64])
{
	if (ret < 0)
		snprintf(text, 64, "%d (%s)", ret, strerror(-ret));
	else
		snprintf(text, 64, "%d", ret);
	return text;
}

static bool is_expected(const struct asahi_model_expect *expect, int ret)
{
	unsigned int i;

	for (i = 0; i < expect->num; i++)
		if (expect->ret[i] == ret)
			return true;
	return false;
}

/* What the step returned. On a driver that is lax success may be right, and the model follows. */
static void compare_return(struct player *p, const struct asahi_model_step *step,
			   struct asahi_model_expect *expect,
			   const struct asahi_model_result *result)
{
	struct asahi_model_expect strict = *expect;
	char expected[64], seen[64], what[sizeof(p->verdict->what)];

	if (is_expected(expect, result->ret))
		return;
	if (!p->run.scene->strict && !result->ret) {
		p->next = p->now;
		p->next.lax = true;
		asahi_model_step(&p->next, step, expect);
		p->next.lax = false;
		if (!expect->skip && is_expected(expect, 0)) {
			igt_info("accepted, though the uapi asks for %s\n",
				 result_text(strict.ret[0], expected));
			return;
		}
	}
	snprintf(what, sizeof(what), "return of %s, %d for %d", asahi_model_op_name(step->op),
		 result->ret, strict.ret[0]);
	differ(p, what, "return: %s expected%s, %s seen",
	       result_text(strict.ret[0], expected), strict.num > 1 ? " or the like" : "",
	       result_text(result->ret, seen));
}

static void compare_made(struct player *p, const struct asahi_model_expect *expect,
			 const struct asahi_model_result *result)
{
	const char *wrong = result->wrong;

	if (wrong)
		differ(p, wrong, "%s", wrong);
	if (result->ret)
		return;

	if (expect->made == ASAHI_MADE_FILE) {
		asahi_model_born_file(&p->next, result->number, result->sync);
	} else if (expect->made == ASAHI_MADE_NUMBER) {
		if (expect->same && expect->same != result->number)
			differ(p, "number", "number: 0x%x expected, as it has one, 0x%x seen",
			       expect->same, result->number);
		wrong = asahi_model_born(&p->next, result->number);
		if (wrong)
			differ(p, "number", "number: 0x%x seen, but %s", result->number, wrong);
	}
}

static void close_fence(struct player *p, unsigned int i)
{
	if (p->run.fences[i] >= 0)
		close(p->run.fences[i]);
	p->run.fences[i] = -1;
}

/* A job that is over. One that has been cancelled is so at once. */
static void compare_over(struct player *p, unsigned int i)
{
	const struct asahi_model_job *job = &p->now.jobs[i];
	char expected[64], seen[64];
	int status;

	if (!job->cancelled && asahi_model_scene_wait(p->run.scene, p->run.fences[i]))
		differ(p, "fence", "fence of job %u: does not signal, %s expected", job->order,
		       result_text(job->status, expected));
	status = sync_fence_status(p->run.fences[i]);
	if (p->run.scene->strict ? status != job->status : !status)
		differ(p, "fence", "fence of job %u: %s expected, %s seen", job->order,
		       result_text(job->status, expected), result_text(status, seen));
}

static void wait_started(struct player *p, const struct asahi_model_job *job)
{
	volatile uint32_t *state = p->run.scene->spins[job->spin].state;

	while (!state[1] && !asahi_model_scene_late(p->run.scene))
		usleep(200);
	if (!state[1])
		differ(p, "fence", "job %u: does not start", job->order);
}

/* All jobs. Returns whether one has ended by itself, so that it may be counted for a moment. */
static bool compare_jobs(struct player *p)
{
	bool ended = false;
	unsigned int i;

	for (i = 0; i < ASAHI_MODEL_MAX_JOBS; i++) {
		struct asahi_model_job *job = &p->now.jobs[i];
		int status;

		if (!job->state)
			continue;
		if (job->state == ASAHI_MODEL_OVER) {
			ended |= !job->cancelled;
			compare_over(p, i);
			close_fence(p, i);
			asahi_model_retire(&p->now, i);
			continue;
		}
		if (job->state == ASAHI_MODEL_RUNS)
			wait_started(p, job);
		status = sync_fence_status(p->run.fences[i]);
		if (status)
			differ(p, "fence", "fence of job %u: busy expected, %d seen", job->order,
			       status);
	}
	return ended;
}

/* Counters, at once but for jobs that have ended by themselves. */
static void compare_counters(struct player *p, bool ended)
{
	unsigned int expected[ASAHI_NUM_COUNTS], i;
	struct asahi_objects now;
	int64_t seen;
	char what[48];

	if (!p->before.num)
		return;
	asahi_model_counters(&p->now, expected);
	for (;;) {
		asahi_objects_read(&now);
		if (!ended || asahi_model_scene_late(p->run.scene) ||
		    asahi_objects_more(&now, &p->before, ASAHI_COUNT_JOB) <=
		    expected[ASAHI_COUNT_JOB])
			break;
		usleep(100);
	}
	for (i = 0; i < ASAHI_NUM_COUNTS; i++) {
		seen = asahi_objects_more(&now, &p->before, i);
		if (seen == expected[i])
			continue;
		snprintf(what, sizeof(what), "counter %s", asahi_count_name(i));
		differ(p, what, "live objects, %s: %u expected, %d seen", asahi_count_name(i),
		       expected[i], (int)seen);
	}
}

/* A timestamp. Its value is only known from when it is first seen. */
static void compare_stamp(struct player *p, struct asahi_model_memory *page, unsigned int s,
			  const uint32_t *seen, const char *where)
{
	uint32_t *words = &page->words[ASAHI_MODEL_STAMP_WORD(s)];
	uint64_t value, now = asahi_get_time(p->run.scene->client.fd);

	memcpy(&value, seen, sizeof(value));
	if (page->stamps[s] == ASAHI_STAMP_NEW && (value < p->start || value > now))
		differ(p, "memory", "%s: a timestamp from %llu to %llu expected, %llu seen", where,
		       (unsigned long long)p->start, (unsigned long long)now,
		       (unsigned long long)value);
	if (page->stamps[s] != ASAHI_STAMP_KNOWN)
		memcpy(words, seen, sizeof(value));
	page->stamps[s] = ASAHI_STAMP_KNOWN;
}

static void compare_page(struct player *p, struct asahi_model_memory *page,
			 const volatile uint32_t *memory, const char *where)
{
	uint32_t seen[ASAHI_MODEL_WORDS];
	unsigned int i;

	for (i = 0; i < ASAHI_MODEL_WORDS; i++)
		seen[i] = memory[i];
	for (i = 0; i < ASAHI_MODEL_STAMPS; i++)
		if (page->stamps[i] != ASAHI_STAMP_KNOWN)
			compare_stamp(p, page, i, &seen[ASAHI_MODEL_STAMP_WORD(i)], where);
	for (i = 0; i < ASAHI_MODEL_WORDS; i++)
		if (page->loose >> i & 1)
			page->words[i] = seen[i];
	page->loose = 0;
	for (i = 0; i < ASAHI_MODEL_WORDS; i++)
		if (page->words[i] != seen[i])
			differ(p, "memory", "%s, word %u: 0x%x expected, 0x%x seen", where, i,
			       page->words[i], seen[i]);
}

static void compare_maps(struct player *p)
{
	unsigned int i, page;
	char where[64];

	for (i = 0; i < ASAHI_MODEL_MAPS; i++) {
		struct asahi_model_bo *bo = &p->now.bos[p->now.maps[i].bo];

		if (!p->now.maps[i].used)
			continue;
		for (page = 0; page < ASAHI_MODEL_BO_PAGES; page++) {
			if ((page + 1) * ASAHI_PAGE > bo->size)
				break;
			snprintf(where, sizeof(where), "CPU mapping %u, page %u", i, page);
			compare_page(p, &bo->pages[page],
				     p->run.maps[i].words + page * (ASAHI_PAGE / 4), where);
		}
	}
}

/* What the GPU finds in a VM. Another driver may let it read what is the kernel's. */
static void compare_vm(struct player *p, int vm)
{
	const struct asahi_model_vm *space = &p->now.vms[vm];
	int ret = asahi_model_call_look(&p->run, vm);
	char where[64], text[64];
	unsigned int i;

	if (ret < 0)
		differ(p, "look", "job that reads the addresses of a VM: %s",
		       result_text(ret, text));
	if (ret)
		return;
	for (i = 0; i < ASAHI_MODEL_WINDOW_PAGES; i++) {
		uint64_t addr = ASAHI_MODEL_WINDOW + i * ASAHI_MODEL_PAGE;
		struct asahi_model_memory *page = asahi_model_see(&p->now, vm, addr);

		if (!page || (!p->run.scene->strict && addr >= space->start && addr < space->end))
			continue;
		snprintf(where, sizeof(where), "GPU, VM %u, 0x%llx", space->serial,
			 (unsigned long long)addr);
		compare_page(p, page, p->run.scene->seen[i], where);
	}
}

static void compare_sync(struct player *p, unsigned int fd, const struct asahi_model_entry *entry,
			 uint64_t point)
{
	int expected, seen = asahi_model_call_wait(p->run.fds[fd], entry->number, point);
	char a[64], b[64];
	uint32_t mask;

	expected = asahi_model_sync_find(&p->now.syncs[entry->index], point, &mask);
	if (!expected && mask)
		expected = -ETIME;
	if (seen != expected)
		differ(p, "syncobj", "syncobj 0x%x of f%u, point %llu: %s expected, %s seen",
		       entry->number, fd, (unsigned long long)point, result_text(expected, a),
		       result_text(seen, b));
}

static void compare_syncs(struct player *p)
{
	unsigned int fd, i;

	for (fd = 0; fd < ASAHI_MODEL_FILES; fd++) {
		for (i = 0; p->now.fds[fd] >= 0 && i < ASAHI_MODEL_TABLE; i++) {
			const struct asahi_model_entry *entry =
				&p->now.files[p->now.fds[fd]].tables[ASAHI_KIND_SYNC][i];

			if (!entry->number)
				continue;
			compare_sync(p, fd, entry, 0);
			if (p->now.syncs[entry->index].last)
				compare_sync(p, fd, entry, p->now.syncs[entry->index].last);
		}
	}
}

static void compare_everything(struct player *p)
{
	unsigned int i;

	compare_syncs(p);
	compare_maps(p);
	for (i = 0; i < ASAHI_MODEL_MAX_VMS && !p->verdict->wrong; i++)
		if (p->now.vms[i].used)
			compare_vm(p, i);
}

static void play_step(struct player *p, const struct asahi_model_step *step)
{
	struct asahi_model_expect expect;
	struct asahi_model_result result;
	char text[64];
	bool ended;
	int ret;

	asahi_model_scene_patient(p->run.scene);
	p->next = p->now;
	asahi_model_step(&p->next, step, &expect);
	if (expect.skip) {
		p->verdict->skipped++;
		return;
	}

	asahi_model_call(&p->run, step, &p->next, &expect, &result);
	compare_return(p, step, &expect, &result);
	compare_made(p, &expect, &result);
	p->now = p->next;
	if (p->verdict->wrong)
		return;

	/* Where a job is to wait, another one that need not shows that there was time for both. */
	ended = step->op == ASAHI_OP_RELEASE;
	if (expect.job >= 0 && p->now.jobs[expect.job].state == ASAHI_MODEL_WAITS) {
		ret = asahi_model_scene_pause(p->run.scene);
		if (ret)
			differ(p, "fence", "a job that need not wait: %s",
			       result_text(ret, text));
		ended = true;
	}
	ended |= compare_jobs(p);
	if (step->op == ASAHI_OP_CHECK && !p->verdict->wrong) {
		compare_everything(p);
		/* The job that has looked may be counted for a moment. */
		ended = true;
	}
	compare_counters(p, ended);
}

/* Whether another driver would do something that is known to be different with this step. */
static bool is_different(const struct player *p, const struct asahi_model_step *step)
{
	unsigned int i;
	int vm;

	if (p->run.scene->strict || step->op != ASAHI_OP_VM_DESTROY)
		return false;

	/* It takes the mappings of queues that live, too. */
	vm = asahi_model_lookup(&p->now, step->file, ASAHI_KIND_VM,
				asahi_model_resolve(&p->now, step->file, ASAHI_KIND_VM,
						    step->arg[ASAHI_ARG_ID]));
	for (i = 0; i < ASAHI_MODEL_MAX_QUEUES; i++)
		if (p->now.queues[i].used && p->now.queues[i].vm == vm)
			return true;
	return false;
}

/* Another driver may wait for jobs where this one ends them. */
static void play_carefully(struct player *p, const struct asahi_model_step *step)
{
	static const struct asahi_model_step ends[] = {
		{ .op = ASAHI_OP_RELEASE },
		{ .op = ASAHI_OP_END, .slot = 0 },
		{ .op = ASAHI_OP_END, .slot = 1 },
	};
	unsigned int i;

	if (!p->run.scene->strict &&
	    (step->op == ASAHI_OP_QUEUE_DESTROY || step->op == ASAHI_OP_CLOSE ||
	     step->op == ASAHI_OP_MUNMAP))
		for (i = 0; i < ARRAY_SIZE(ends) && !p->verdict->wrong; i++)
			play_step(p, &ends[i]);
	if (is_different(p, step))
		p->verdict->skipped++;
	else if (!p->verdict->wrong)
		play_step(p, step);
}

/* What there is without the program. A job that another one has left behind may go still. */
static void read_before(struct player *p)
{
	asahi_model_scene_patient(p->run.scene);
	do {
		asahi_objects_read(&p->before);
		if (!p->before.num || !asahi_objects_value(&p->before, "job"))
			return;
		usleep(1000);
	} while (!asahi_model_scene_late(p->run.scene));
}

/* Give back what is left, whatever the model thinks of it. */
static void clean_up(struct player *p)
{
	struct asahi_model_run *run = &p->run;
	unsigned int i;
	char text[64];
	int ret;

	for (i = 0; i < ASAHI_MODEL_SPINS; i++)
		run->scene->spins[i].state[0] = 1;
	ret = asahi_model_scene_release(run->scene);
	if (ret)
		differ(p, "fence", "the job outside of the program: %s", result_text(ret, text));
	for (i = 0; i < ASAHI_MODEL_MAPS; i++)
		if (run->maps[i].words)
			asahi_gem_munmap((void *)run->maps[i].words, run->maps[i].size);
	for (i = 0; i < ASAHI_MODEL_SLOTS; i++)
		if (run->dmabufs[i] >= 0)
			close(run->dmabufs[i]);
	for (i = 0; i < ASAHI_MODEL_FILES; i++)
		if (run->fds[i] >= 0)
			asahi_close(run->fds[i]);
	for (i = 0; i < ASAHI_MODEL_MAX_JOBS; i++)
		close_fence(p, i);
}

void asahi_model_play(struct asahi_model_scene *scene, const struct asahi_model_program *program,
		      struct asahi_model_verdict *verdict)
{
	struct player *p = calloc(1, sizeof(*p));
	unsigned int i;

	igt_assert(p);
	memset(verdict, 0, sizeof(*verdict));
	p->verdict = verdict;
	p->run.scene = scene;
	p->run.m = &p->now;
	for (i = 0; i < ASAHI_MODEL_FILES; i++)
		p->run.fds[i] = -1;
	for (i = 0; i < ASAHI_MODEL_SLOTS; i++)
		p->run.dmabufs[i] = -1;
	for (i = 0; i < ASAHI_MODEL_MAX_JOBS; i++)
		p->run.fences[i] = -1;
	asahi_model_init(&p->now, &scene->limits);
	read_before(p);
	p->start = asahi_get_time(scene->client.fd);

	for (i = 0; i < program->num && !verdict->wrong; i++) {
		verdict->step = i;
		play_carefully(p, &program->steps[i]);
	}

	/* What goes wrong from here on does so after all steps. */
	if (!verdict->wrong) {
		verdict->step = program->num;
		asahi_model_scene_patient(scene);
	}
	clean_up(p);
	if (!verdict->wrong) {
		asahi_model_init(&p->now, &scene->limits);
		compare_counters(p, true);
	}
	free(p);
}
