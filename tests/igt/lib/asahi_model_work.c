// SPDX-License-Identifier: MIT
/* Jobs, and what they wait for. */
#include <errno.h>
#include <string.h>

#include "asahi_drm.h"
#include "asahi_model_work.h"

void asahi_model_sync_set(struct asahi_model_sync *sync, uint32_t mask)
{
	*sync = (struct asahi_model_sync){ .used = true, .fence = true, .base = mask };
}

int asahi_model_sync_find(const struct asahi_model_sync *sync, uint64_t point, uint32_t *mask)
{
	unsigned int i;

	*mask = 0;
	if (!sync->fence || (point && (!sync->chain || point > sync->last)))
		return -EINVAL;
	if (point && point <= sync->done)
		return 0;

	/* A point waits for all before it. */
	*mask = sync->base;
	for (i = 0; i < sync->num; i++) {
		*mask |= sync->points[i].mask;
		if (point && sync->points[i].value >= point)
			break;
	}
	return 0;
}

/* Forget points that have signalled. */
static void sync_prune(struct asahi_model_sync *sync)
{
	while (sync->num && !(sync->base | sync->points[0].mask)) {
		sync->done = sync->points[0].value;
		sync->num--;
		memmove(&sync->points[0], &sync->points[1], sync->num * sizeof(sync->points[0]));
	}
}

static void sync_add_point(struct asahi_model_sync *sync, uint64_t point, uint32_t mask)
{
	unsigned int i;

	/* One that is not behind the last becomes the same, and all before it too. */
	if (sync->chain && point <= sync->last) {
		for (i = 0; i < sync->num; i++)
			sync->base |= sync->points[i].mask;
		sync->num = 0;
		sync->done = 0;
		point = sync->last;
	}
	sync->fence = true;
	sync->chain = true;
	sync->last = point;
	sync->points[sync->num].value = point;
	sync->points[sync->num].mask = mask;
	sync->num++;
	sync_prune(sync);
}

static struct asahi_model_memory *page_at(struct asahi_model *m, int bo, uint64_t offset)
{
	uint64_t page = offset / ASAHI_MODEL_PAGE;

	return page < ASAHI_MODEL_BO_PAGES ? &m->bos[bo].pages[page] : NULL;
}

struct asahi_model_memory *asahi_model_see(struct asahi_model *m, int vm, uint64_t addr)
{
	static struct asahi_model_memory nothing;
	const struct asahi_model_mapping *mapping;
	uint64_t offset;

	nothing = (struct asahi_model_memory){ .words = { 0 } };
	mapping = asahi_model_space_find(&m->vms[vm].space, addr, &offset);
	if (!mapping || !(mapping->flags & DRM_ASAHI_BIND_READ))
		return &nothing;
	return page_at(m, mapping->bo, offset);
}

static uint32_t load(struct asahi_model *m, int vm, uint64_t addr, bool *loose)
{
	const struct asahi_model_memory *page = asahi_model_see(m, vm, addr);
	unsigned int word = addr % ASAHI_MODEL_PAGE / 4;

	if (!page || word >= ASAHI_MODEL_WORDS)
		return 0;
	*loose |= page->loose >> word & 1;
	return page->words[word];
}

static void store(struct asahi_model *m, int queue, uint64_t addr, uint32_t value, bool loose)
{
	int vm = m->queues[queue].vm;
	const struct asahi_model_mapping *mapping;
	struct asahi_model_memory *page;
	unsigned int word;
	uint64_t offset;

	mapping = asahi_model_space_find(&m->vms[vm].space, addr, &offset);
	if (!mapping || !(mapping->flags & DRM_ASAHI_BIND_WRITE))
		return;
	page = page_at(m, mapping->bo, offset);
	word = offset % ASAHI_MODEL_PAGE / 4;
	if (!page || word >= ASAHI_MODEL_STORE_WORDS)
		return;

	/* Which of two that run at the same time is the last is not said. */
	if (page->run[word] == m->runs && page->queue[word] != queue)
		loose = true;
	page->words[word] = value;
	page->loose = (page->loose & ~(1u << word)) | (unsigned int)loose << word;
	page->run[word] = m->runs;
	page->queue[word] = queue;
}

/* A command writes a timestamp, or may have. */
static void stamp(struct asahi_model *m, const struct asahi_model_job *job, unsigned int i,
		  enum asahi_model_stamp state)
{
	const struct asahi_model_object *object;
	struct asahi_model_memory *page;
	uint64_t offset;
	unsigned int s;

	if (job->stamps[i] < 0)
		return;
	object = &m->objects[job->stamps[i]];
	offset = object->offset + job->offsets[i];
	page = page_at(m, object->bo, offset);
	for (s = 0; page && s < ASAHI_MODEL_STAMPS; s++)
		if (offset % ASAHI_MODEL_PAGE == ASAHI_MODEL_STAMP_WORD(s) * 4)
			page->stamps[s] = state;
}

bool asahi_model_has_arena(const struct asahi_model_vm *vm)
{
	const struct asahi_model_mapping *mapping;
	uint64_t at, offset;

	for (at = 0; at < ASAHI_MODEL_ARENA_SIZE; at += ASAHI_MODEL_PAGE) {
		mapping = asahi_model_space_find(&vm->space, ASAHI_MODEL_ARENA + at, &offset);
		if (!mapping || mapping->bo != 0 || offset != at)
			return false;
	}
	return true;
}

void asahi_model_over(struct asahi_model *m, uint32_t mask)
{
	unsigned int i, p;

	for (i = 0; i < ASAHI_MODEL_MAX_JOBS; i++)
		m->jobs[i].deps &= ~mask;
	for (i = 0; i < ASAHI_MODEL_MAX_SYNCS; i++) {
		struct asahi_model_sync *sync = &m->syncs[i];

		sync->base &= ~mask;
		for (p = 0; p < sync->num; p++)
			sync->points[p].mask &= ~mask;
		sync_prune(sync);
	}
}

static void job_over(struct asahi_model *m, unsigned int i, int status, bool cancelled)
{
	unsigned int s;

	/* What ran for a while may have been looked at before it wrote the last of them. */
	for (s = 0; m->jobs[i].state == ASAHI_MODEL_RUNS && s < ASAHI_MODEL_STAMPS; s++)
		stamp(m, &m->jobs[i], s, ASAHI_STAMP_MAYBE);
	m->jobs[i].state = ASAHI_MODEL_OVER;
	m->jobs[i].status = status;
	m->jobs[i].cancelled = cancelled;
	asahi_model_over(m, 1u << i);
}

/* Whether everything before a job is over. */
static bool job_ready(const struct asahi_model *m, const struct asahi_model_job *job)
{
	unsigned int i;

	if (job->state != ASAHI_MODEL_WAITS || job->deps)
		return false;
	for (i = 0; i < ASAHI_MODEL_MAX_JOBS; i++) {
		const struct asahi_model_job *other = &m->jobs[i];

		if (other->queue == job->queue && other->order < job->order &&
		    (other->state == ASAHI_MODEL_WAITS || other->state == ASAHI_MODEL_RUNS))
			return false;
	}
	return true;
}

static void job_start(struct asahi_model *m, unsigned int i, bool alone)
{
	struct asahi_model_job *job = &m->jobs[i];
	const struct asahi_model_queue *queue = &m->queues[job->queue];
	bool faults = job->kind == ASAHI_JOB_FAULT || !queue->usc ||
		      !asahi_model_has_arena(&m->vms[queue->vm]);
	unsigned int s;

	for (s = 0; s < ASAHI_MODEL_STAMPS; s++)
		stamp(m, job, s, faults || job->kind == ASAHI_JOB_SPIN ? ASAHI_STAMP_MAYBE :
									 ASAHI_STAMP_NEW);
	if (faults) {
		job_over(m, i, -EIO, false);
	} else if (job->kind == ASAHI_JOB_SPIN && !job->released) {
		job->state = ASAHI_MODEL_RUNS;
	} else {
		/* What is copied may be what another job is about to write. */
		bool loose = job->kind == ASAHI_JOB_COPY && !alone;
		uint32_t value = job->value;

		if (job->kind == ASAHI_JOB_COPY)
			value = load(m, queue->vm, job->src, &loose);
		if (job->kind == ASAHI_JOB_COPY || job->kind == ASAHI_JOB_STORE)
			store(m, job->queue, job->addr, value, loose);
		job_over(m, i, 1, false);
	}
}

/* Whether all jobs that wait are of one queue, so that there is an order between them. */
static bool one_queue_waits(const struct asahi_model *m)
{
	unsigned int i;
	int queue = -1;

	for (i = 0; i < ASAHI_MODEL_MAX_JOBS; i++) {
		if (m->jobs[i].state != ASAHI_MODEL_WAITS)
			continue;
		if (queue >= 0 && m->jobs[i].queue != queue)
			return false;
		queue = m->jobs[i].queue;
	}
	return true;
}

void asahi_model_run(struct asahi_model *m)
{
	bool alone = one_queue_waits(m);
	unsigned int i = 0;

	m->runs++;
	/* Each that starts may let another one start, whatever its place. */
	while (i < ASAHI_MODEL_MAX_JOBS) {
		if (job_ready(m, &m->jobs[i])) {
			job_start(m, i, alone);
			i = 0;
		} else {
			i++;
		}
	}
}

bool asahi_model_runs_in(const struct asahi_model *m, int vm)
{
	unsigned int i;

	for (i = 0; i < ASAHI_MODEL_MAX_JOBS; i++)
		if (m->jobs[i].state == ASAHI_MODEL_RUNS && m->queues[m->jobs[i].queue].vm == vm)
			return true;
	return false;
}

void asahi_model_cancel(struct asahi_model *m, int queue, int file)
{
	unsigned int i;

	for (i = 0; i < ASAHI_MODEL_MAX_JOBS; i++) {
		const struct asahi_model_job *job = &m->jobs[i];

		if (job->state != ASAHI_MODEL_WAITS && job->state != ASAHI_MODEL_RUNS)
			continue;
		if (job->queue == queue || m->queues[job->queue].file == file)
			job_over(m, i, -ECANCELED, true);
	}
}

void asahi_model_end(struct asahi_model *m, unsigned int spin)
{
	unsigned int i;

	for (i = 0; i < ASAHI_MODEL_MAX_JOBS; i++) {
		struct asahi_model_job *job = &m->jobs[i];

		if (job->kind != ASAHI_JOB_SPIN || job->spin != spin)
			continue;
		if (job->state == ASAHI_MODEL_RUNS)
			job_over(m, i, 1, false);
		else if (job->state == ASAHI_MODEL_WAITS)
			job->released = true;
	}
}

/* Check one sync. Returns 0 or -errno, and for an in-sync what it waits for. */
static int check_sync(const struct asahi_model *m, unsigned int fd, const uint64_t *arg, bool in,
		      uint32_t *mask)
{
	int sync;

	if (arg[ASAHI_SYNC_TYPE] > DRM_ASAHI_SYNC_TIMELINE_SYNCOBJ)
		return -EINVAL;
	if (arg[ASAHI_SYNC_TYPE] == DRM_ASAHI_SYNC_SYNCOBJ && arg[ASAHI_SYNC_POINT])
		return -EINVAL;
	sync = asahi_model_lookup(m, fd, ASAHI_KIND_SYNC,
				  asahi_model_resolve(m, fd, ASAHI_KIND_SYNC, arg[ASAHI_SYNC_ID]));
	if (sync < 0)
		return -ENOENT;
	return in ? asahi_model_sync_find(&m->syncs[sync], arg[ASAHI_SYNC_POINT], mask) : 0;
}

static void add_result(struct asahi_model_expect *expect, int ret)
{
	unsigned int i;

	for (i = 0; i < expect->num; i++)
		if (expect->ret[i] == ret)
			return;
	if (expect->num < ASAHI_MODEL_RESULTS)
		expect->ret[expect->num++] = ret;
}

/*
 * Check all syncs. Where more than one is wrong the uapi does not say which of them is reported,
 * nor whether all types are looked at before the first number.
 */
static void check_syncs(const struct asahi_model *m, const struct asahi_model_step *step,
			struct asahi_model_expect *expect, uint32_t *deps)
{
	unsigned int i;
	uint32_t mask;
	int ret;

	*deps = 0;
	for (i = 0; i < 4; i++) {
		const uint64_t *arg = &step->arg[ASAHI_SUBMIT_IN + i * ASAHI_SYNC_ARGS];

		if (!arg[ASAHI_SYNC_ID])
			continue;
		mask = 0;
		ret = check_sync(m, step->file, arg, i < 2, &mask);
		if (ret)
			add_result(expect, ret);
		*deps |= mask;
	}
}

/* Check the names of timestamps. */
static int check_stamps(const struct asahi_model *m, const struct asahi_model_step *step,
			struct asahi_model_job *job)
{
	unsigned int i;

	for (i = 0; i < ASAHI_MODEL_STAMPS; i++) {
		const uint64_t *arg = &step->arg[ASAHI_SUBMIT_START + 2 * i];
		uint32_t number = asahi_model_resolve(m, step->file, ASAHI_KIND_OBJECT, arg[0]);
		uint32_t offset = arg[1];

		job->stamps[i] = -1;
		if (!number)
			continue;
		job->stamps[i] = asahi_model_lookup(m, step->file, ASAHI_KIND_OBJECT, number);
		job->offsets[i] = offset;
		if (job->stamps[i] < 0)
			return -ENOENT;
		if (offset > UINT32_MAX - 8)
			return -EINVAL;
		if (offset + 8 > m->objects[job->stamps[i]].range)
			return -ERANGE;
	}
	return 0;
}

/* The checks of SUBMIT, in their order. */
static void check(const struct asahi_model *m, const struct asahi_model_step *step,
		  struct asahi_model_expect *expect, struct asahi_model_job *job)
{
	enum asahi_model_submit_bad bad = step->arg[ASAHI_SUBMIT_BAD];
	uint32_t number;
	int ret;

	if (step->arg[ASAHI_SUBMIT_FLAGS] || step->arg[ASAHI_SUBMIT_PAD]) {
		add_result(expect, -EINVAL);
		return;
	}
	number = asahi_model_resolve(m, step->file, ASAHI_KIND_QUEUE,
				     step->arg[ASAHI_SUBMIT_QUEUE]);
	job->queue = asahi_model_lookup(m, step->file, ASAHI_KIND_QUEUE, number);
	if (job->queue < 0) {
		add_result(expect, -ENOENT);
		return;
	}

	if (bad == ASAHI_SUBMIT_SYNCS_OVERFLOW)
		add_result(expect, -EINVAL);
	else if (bad == ASAHI_SUBMIT_SYNCS_POINTER)
		add_result(expect, -EFAULT);
	else
		check_syncs(m, step, expect, &job->deps);
	if (expect->num)
		return;

	if (bad == ASAHI_SUBMIT_CMD_POINTER) {
		add_result(expect, -EFAULT);
	} else if (bad == ASAHI_SUBMIT_CMD_HUGE) {
		/* More than any kernel wants to read, in whatever words it says so. */
		add_result(expect, -ENOMEM);
		add_result(expect, -EFAULT);
		add_result(expect, -EINVAL);
	} else if (bad) {
		add_result(expect, -EINVAL);
	} else {
		ret = check_stamps(m, step, job);
		if (ret)
			add_result(expect, ret);
	}
}

/* Whether a timestamp would be written over words that are known otherwise. */
static bool stamps_collide(const struct asahi_model_job *job)
{
	unsigned int i, s;

	for (i = 0; i < ASAHI_MODEL_STAMPS; i++) {
		uint32_t first = job->offsets[i] % ASAHI_MODEL_PAGE;
		uint32_t last = (job->offsets[i] + 7) % ASAHI_MODEL_PAGE;

		if (job->stamps[i] < 0)
			continue;
		for (s = 0; s < ASAHI_MODEL_STAMPS; s++)
			if (first == ASAHI_MODEL_STAMP_WORD(s) * 4)
				break;
		if (s == ASAHI_MODEL_STAMPS &&
		    (first < ASAHI_MODEL_WORDS * 4 || last < ASAHI_MODEL_WORDS * 4))
			return true;
	}
	return false;
}

static bool spin_in_use(const struct asahi_model *m, unsigned int spin)
{
	unsigned int i;

	/* Also one that nobody has looked at: its memory may be in use. */
	for (i = 0; i < ASAHI_MODEL_MAX_JOBS; i++)
		if (m->jobs[i].state && m->jobs[i].kind == ASAHI_JOB_SPIN &&
		    m->jobs[i].spin == spin)
			return true;
	return false;
}

/* Give the out-syncs the job's fence. False if there is no room for the point of one. */
static bool set_out_syncs(struct asahi_model *m, const struct asahi_model_step *step, uint32_t mask,
			  bool try)
{
	unsigned int i;

	for (i = 0; i < 2; i++) {
		const uint64_t *arg = &step->arg[ASAHI_SUBMIT_OUT + i * ASAHI_SYNC_ARGS];
		struct asahi_model_sync *sync;

		if (!arg[ASAHI_SYNC_ID])
			continue;
		sync = &m->syncs[asahi_model_lookup(m, step->file, ASAHI_KIND_SYNC,
						    asahi_model_resolve(m, step->file,
									ASAHI_KIND_SYNC,
									arg[ASAHI_SYNC_ID]))];
		if (try && sync->num + 2 > ASAHI_MODEL_MAX_POINTS)
			return false;
		if (try)
			continue;
		if (arg[ASAHI_SYNC_TYPE] == DRM_ASAHI_SYNC_TIMELINE_SYNCOBJ)
			sync_add_point(sync, arg[ASAHI_SYNC_POINT], mask);
		else
			asahi_model_sync_set(sync, mask);
	}
	return true;
}

void asahi_model_submit(struct asahi_model *m, const struct asahi_model_step *step,
			struct asahi_model_expect *expect)
{
	struct asahi_model_job job = {
		.state = ASAHI_MODEL_WAITS,
		.kind = step->arg[ASAHI_SUBMIT_KIND] % ASAHI_NUM_JOBS,
		.addr = step->arg[ASAHI_SUBMIT_ADDR],
		.src = step->arg[ASAHI_SUBMIT_SRC],
		.spin = step->slot % ASAHI_MODEL_SPINS,
		.stamps = { -1, -1 },
	};
	unsigned int i;

	check(m, step, expect, &job);
	if (expect->num)
		return;

	for (i = 0; i < ASAHI_MODEL_MAX_JOBS; i++)
		if (!m->jobs[i].state)
			break;
	if (i == ASAHI_MODEL_MAX_JOBS || !set_out_syncs(m, step, 0, true) || stamps_collide(&job) ||
	    (job.kind == ASAHI_JOB_SPIN && spin_in_use(m, job.spin))) {
		expect->skip = true;
		return;
	}

	add_result(expect, 0);
	job.order = ++m->serial;
	job.value = 0x50000000 | job.order;
	m->jobs[i] = job;
	set_out_syncs(m, step, 1u << i, false);
	expect->job = i;
	asahi_model_run(m);
}
