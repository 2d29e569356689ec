// SPDX-License-Identifier: MIT
/* The rules of the uapi, as far as two calls can show them. */
#include <errno.h>
#include <limits.h>
#include <string.h>

#include "asahi_objects.h"
#include "asahi_race_model.h"

/* Handles of a file: shaders, the buffer object, the other one. */
#define BO 2
#define FIRST_HANDLES (1u << 1 | 1u << BO | 1u << 3)

/* Ids of what each file has one of. */
#define FIRST_ID 1
#define FIRST_IDS (1u << FIRST_ID)

/* The shaders. */
#define OTHER_MAPPINGS 1

/* What a page of addresses leads to. */
struct page {
	/* First word, 0 if nothing is mapped. */
	uint32_t tag;
	/* Number of the mapping that it belongs to. */
	unsigned int mapping;
};

struct file {
	/* Descriptors; without any there is nothing. */
	unsigned int descriptors;
	/* Ids that are taken, one bit each. */
	unsigned int vms, queues, objects, handles;
	/* Whether the common syncobj has a handle. */
	bool common;
	/* VMs beside the first, and queues of that one that keep it open. */
	unsigned int new_vms, holders;
	/* Whether the first VM has its id, and so on; others may have it after that. */
	bool vm, queue, object;
	/* Buffer objects that were made by a call. */
	unsigned int new_bos;
	/* Jobs of the first queue; each names the first object. */
	unsigned int jobs;
	struct page pages[ASAHI_RACE_PAGES];
};

struct model {
	enum asahi_race_mode mode;
	struct file files[2];
	/* Whether there is a dma-buf of the buffer object, and how many were made by calls. */
	bool dma_buf;
	unsigned int exports;
	/* Fences by enum asahi_race_syncobj, and the file whose jobs signal them. */
	int64_t fences[ASAHI_RACE_IN];
	struct file *signallers[ASAHI_RACE_IN];
	/* Number of the next mapping. */
	unsigned int next_mapping;
	/* Whether pages are of interest. */
	bool maps;
	/* Whether the id of the first VM leads to another. */
	bool vm_reused;
};

static unsigned int count(unsigned int bits)
{
	return __builtin_popcount(bits);
}

static bool has(unsigned int bits, uint32_t id)
{
	return bits & 1u << id;
}

/* Take the lowest id that is free. */
static uint32_t take_id(unsigned int *bits)
{
	uint32_t id = 1;

	while (has(*bits, id))
		id++;
	*bits |= 1u << id;
	return id;
}

static void add_fence(struct model *m, struct file *file, enum asahi_race_syncobj which)
{
	m->fences[which] = 0;
	m->signallers[which] = file;
}

static void map(struct model *m, struct file *file, unsigned int first, uint32_t tag)
{
	unsigned int i;

	m->next_mapping++;
	for (i = 0; i < 2; i++)
		file->pages[first + i] = (struct page){ tag ? tag + i : 0, m->next_mapping };
}

static void init_file(struct model *m, struct file *file, unsigned int descriptors)
{
	file->descriptors = descriptors;
	file->vms = FIRST_IDS;
	file->queues = FIRST_IDS;
	file->objects = FIRST_IDS;
	file->handles = FIRST_HANDLES;
	file->common = true;
	file->vm = true;
	file->queue = true;
	file->object = true;
	file->holders = 1;
	map(m, file, 0, ASAHI_RACE_BO_TAG(0));
}

static void init(struct model *m, enum asahi_race_mode mode, enum asahi_race_job job,
		 const enum asahi_race_call calls[2])
{
	bool both_close = calls[0] == ASAHI_RACE_CLOSE && calls[1] == ASAHI_RACE_CLOSE;
	unsigned int i;

	memset(m, 0, sizeof(*m));
	m->mode = mode;
	m->maps = asahi_race_ops[calls[0]].maps || asahi_race_ops[calls[1]].maps;
	m->dma_buf = mode == ASAHI_RACE_FILES || calls[0] == ASAHI_RACE_IMPORT ||
		     calls[1] == ASAHI_RACE_IMPORT;
	for (i = 0; i < ASAHI_RACE_IN; i++)
		m->fences[i] = ASAHI_RACE_NO_FENCE;

	/* Processes have one each, and whoever looks another. */
	init_file(m, &m->files[0], mode == ASAHI_RACE_PROCESSES ? 2 + !both_close : 1);
	if (mode == ASAHI_RACE_FILES)
		init_file(m, &m->files[1], 1);
	if (job != ASAHI_RACE_NO_JOB) {
		m->files[0].jobs = job == ASAHI_RACE_JOB_STUCK ? 2 : 1;
		add_fence(m, &m->files[0], ASAHI_RACE_JOB);
	}
}

/* A VM is open for as long as it has its id or a queue, and keeps its mappings as long. */
static bool vm_is_open(const struct file *file)
{
	return file->vm || file->holders;
}

static void vm_may_close(struct file *file)
{
	if (!vm_is_open(file))
		memset(file->pages, 0, sizeof(file->pages));
}

/* All jobs of a queue end with it. */
static void destroy_queue(struct model *m, struct file *file)
{
	unsigned int i;

	for (i = 0; i < ASAHI_RACE_IN; i++)
		if (m->signallers[i] == file && !m->fences[i])
			m->fences[i] = -ECANCELED;
	file->jobs = 0;
	file->queue = false;
	file->queues &= ~FIRST_IDS;
	file->holders--;
	vm_may_close(file);
}

static void destroy_vm(struct file *file)
{
	file->vm = false;
	file->vms &= ~FIRST_IDS;
	vm_may_close(file);
}

/* The handle's mappings go in every VM that has an id, and in no other. */
static void close_handle(struct file *file)
{
	unsigned int i;

	file->handles &= ~(1u << BO);
	for (i = 0; i < ASAHI_RACE_PAGES; i++)
		if (file->vm && (file->pages[i].tag & ~1u) == ASAHI_RACE_BO_TAG(0))
			file->pages[i].tag = 0;
}

/* With the last descriptor all goes that there is. */
static void close_descriptor(struct model *m, struct file *file)
{
	if (--file->descriptors)
		return;

	if (file->queue)
		destroy_queue(m, file);
	memset(file, 0, sizeof(*file));
}

static int submit(struct model *m, struct file *file, unsigned int who)
{
	if (!file->queue || !file->common || !file->object)
		return -ENOENT;

	file->jobs++;
	add_fence(m, file, ASAHI_RACE_OWN + who);
	add_fence(m, file, ASAHI_RACE_COMMON);
	return 0;
}

/* What somebody needs who makes a call, or it is as if there were nothing. */
static int check(const struct file *file, enum asahi_race_call call)
{
	if (!file->descriptors)
		return -EBADF;

	switch (call) {
	case ASAHI_RACE_QUEUE_DESTROY:
		return file->queue ? 0 : -ENOENT;
	case ASAHI_RACE_VM_DESTROY:
	case ASAHI_RACE_REPLACE:
	case ASAHI_RACE_UNMAP:
	case ASAHI_RACE_QUEUE_CREATE:
	case ASAHI_RACE_GEM_CREATE_PRIVATE:
		return file->vm ? 0 : -ENOENT;
	case ASAHI_RACE_GEM_CLOSE:
		return has(file->handles, BO) ? 0 : -EINVAL;
	case ASAHI_RACE_OBJECT_UNBIND:
		return file->object ? 0 : -ENOENT;
	case ASAHI_RACE_SYNCOBJ_DESTROY:
		return file->common ? 0 : -EINVAL;
	case ASAHI_RACE_MAP:
		return has(file->handles, BO) && file->vm ? 0 : -ENOENT;
	case ASAHI_RACE_OBJECT_BIND:
	case ASAHI_RACE_EXPORT:
	case ASAHI_RACE_MMAP_OFFSET:
		return has(file->handles, BO) ? 0 : -ENOENT;
	default:
		return 0;
	}
}

/* Make a call that has what it needs; returns what it gives. */
static uint32_t call(struct model *m, struct file *file, enum asahi_race_call call)
{
	uint32_t id;

	switch (call) {
	case ASAHI_RACE_CLOSE:
		close_descriptor(m, file);
		return 0;
	case ASAHI_RACE_QUEUE_DESTROY:
		destroy_queue(m, file);
		return 0;
	case ASAHI_RACE_VM_DESTROY:
		destroy_vm(file);
		return 0;
	case ASAHI_RACE_GEM_CLOSE:
		close_handle(file);
		return 0;
	case ASAHI_RACE_OBJECT_UNBIND:
		file->object = false;
		file->objects &= ~FIRST_IDS;
		return 0;
	case ASAHI_RACE_SYNCOBJ_DESTROY:
		file->common = false;
		return 0;
	case ASAHI_RACE_MAP:
		map(m, file, 1, ASAHI_RACE_BO_TAG(0));
		return 0;
	case ASAHI_RACE_REPLACE:
		map(m, file, 0, ASAHI_RACE_OTHER_TAG(0));
		return 0;
	case ASAHI_RACE_UNMAP:
		map(m, file, 1, 0);
		return 0;
	case ASAHI_RACE_QUEUE_CREATE:
		file->holders++;
		return take_id(&file->queues);
	case ASAHI_RACE_VM_CREATE:
		id = take_id(&file->vms);
		file->new_vms++;
		m->vm_reused |= id == FIRST_ID;
		return id;
	case ASAHI_RACE_GEM_CREATE:
	case ASAHI_RACE_GEM_CREATE_PRIVATE:
		file->new_bos++;
		return take_id(&file->handles);
	case ASAHI_RACE_OBJECT_BIND:
		return take_id(&file->objects);
	case ASAHI_RACE_EXPORT:
		m->exports++;
		return ASAHI_RACE_BO_TAG(0);
	case ASAHI_RACE_IMPORT:
		/* A file has one handle for a buffer object, however often it is imported. */
		return has(file->handles, BO) ? BO : take_id(&file->handles);
	case ASAHI_RACE_MMAP_OFFSET:
	case ASAHI_RACE_GET_PARAMS:
	case ASAHI_RACE_GET_TIME:
		return 1;
	default:
		return 0;
	}
}

static void play(struct model *m, unsigned int who, enum asahi_race_call which, int64_t *value)
{
	struct file *file = &m->files[m->mode == ASAHI_RACE_FILES ? who : 0];
	uint32_t given = 0;
	int ret;

	ret = check(file, which);
	if (!ret && which == ASAHI_RACE_SUBMIT)
		ret = submit(m, file, who);
	else if (!ret)
		given = call(m, file, which);
	value[ASAHI_RACE_SEE_RETURN + who] = ret;
	value[ASAHI_RACE_SEE_VALUE + who] = given;
}

static unsigned int count_mappings(const struct file *file)
{
	unsigned int i, mappings = OTHER_MAPPINGS;

	for (i = 0; i < ASAHI_RACE_PAGES; i++)
		mappings += file->pages[i].tag &&
			    (!i || !file->pages[i - 1].tag ||
			     file->pages[i - 1].mapping != file->pages[i].mapping);
	return mappings;
}

/* A timestamp object lives for as long as it has an id or a job that names it. */
static unsigned int count_objects(const struct file *file)
{
	return count(file->objects) + (file->jobs && !file->object);
}

/* A buffer object lives for as long as it has a handle, a mapping, an object or a dma-buf. */
static bool bo_lives(const struct model *m)
{
	unsigned int i, k;

	for (i = 0; i < 2; i++) {
		const struct file *file = &m->files[i];

		if (has(file->handles, BO) || count_objects(file))
			return true;
		for (k = 0; k < ASAHI_RACE_PAGES; k++)
			if ((file->pages[k].tag & ~1u) == ASAHI_RACE_BO_TAG(0))
				return true;
	}
	return m->dma_buf || m->exports;
}

static void see_counters(const struct model *m, int64_t *value)
{
	unsigned int i;

	memset(&value[ASAHI_RACE_SEE_COUNTERS], 0,
	       (ASAHI_RACE_SEE_FENCES - ASAHI_RACE_SEE_COUNTERS + 1) * sizeof(*value));
	value[ASAHI_RACE_SEE_BOS] = bo_lives(m);
	for (i = 0; i < 2; i++) {
		const struct file *file = &m->files[i];
		unsigned int vms = vm_is_open(file) + file->new_vms;

		value[ASAHI_RACE_SEE_FILES] += file->descriptors != 0;
		value[ASAHI_RACE_SEE_QUEUES] += count(file->queues);
		value[ASAHI_RACE_SEE_VMS] += vms;
		value[ASAHI_RACE_SEE_MAPPINGS] += vm_is_open(file) ? count_mappings(file) : 0;
		value[ASAHI_RACE_SEE_BOS] += file->new_bos;
		value[ASAHI_RACE_SEE_OBJECTS] += count_objects(file);
		value[ASAHI_RACE_SEE_KERNEL_BOS] += vms * ASAHI_KERNEL_BOS_OF_VM +
						    count(file->queues) * ASAHI_KERNEL_BOS_OF_QUEUE;
		value[ASAHI_RACE_SEE_JOBS] += file->jobs;
		value[ASAHI_RACE_SEE_FENCES] += file->jobs;
	}
}

/* Whether there is a VM with its id, or a queue that nothing blocks, and a call is about pages. */
static bool can_look(const struct model *m, const struct file *file)
{
	unsigned int i;

	if (!m->maps)
		return false;
	if (file->vm)
		return true;
	for (i = 0; i < ASAHI_RACE_IN; i++)
		if (!m->fences[i])
			return false;
	return file->queue && !m->vm_reused;
}

static void see_file(const struct model *m, const struct file *file, int64_t *value)
{
	uint32_t i;

	if (!file->descriptors)
		return;

	for (i = 0; i < ASAHI_RACE_IDS; i++) {
		value[ASAHI_RACE_SEE_VM + i] = has(file->vms, i + 1) ? 0 : -ENOENT;
		/* It has no command. */
		value[ASAHI_RACE_SEE_QUEUE + i] = has(file->queues, i + 1) ? -EINVAL : -ENOENT;
		value[ASAHI_RACE_SEE_OBJECT + i] = has(file->objects, i + 1) ? 0 : -ENOENT;
	}
	for (i = 0; i < ASAHI_RACE_HANDLES; i++)
		value[ASAHI_RACE_SEE_HANDLE + i] = has(file->handles, i + 1) ? 0 : -ENOENT;
	for (i = 0; can_look(m, file) && i < ASAHI_RACE_PAGES; i++)
		value[ASAHI_RACE_SEE_PAGE + i] = file->pages[i].tag;
}

void asahi_race_predict(enum asahi_race_mode mode, enum asahi_race_job job,
			const enum asahi_race_call calls[2], enum asahi_race_order order,
			struct asahi_race_view *view)
{
	unsigned int i, first = order == ASAHI_RACE_SECOND_THEN_FIRST;
	struct model m;

	asahi_race_view_clear(view);
	init(&m, mode, job, calls);
	play(&m, first, calls[first], view->value);
	play(&m, !first, calls[!first], view->value);
	if (m.exports == 2)
		view->value[ASAHI_RACE_SEE_SAME] = 1;
	see_counters(&m, view->value);
	memcpy(&view->value[ASAHI_RACE_SEE_SUBMIT], m.fences, sizeof(m.fences));
	for (i = 0; i < 2; i++)
		see_file(&m, &m.files[i], asahi_race_view_file(view, i));
}
