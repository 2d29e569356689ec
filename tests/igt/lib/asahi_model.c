// SPDX-License-Identifier: MIT
/* The model: files, their numbers, what holds what, and which rule a step is about. */
#include <errno.h>
#include <string.h>

#include "asahi_drm.h"
#include "asahi_model.h"
#include "asahi_model_rules.h"
#include "asahi_model_work.h"

/* A number that nothing has. */
#define NO_NUMBER 0xfffffffeu

void asahi_model_init(struct asahi_model *m, const struct asahi_model_limits *limits)
{
	unsigned int i;

	memset(m, 0, sizeof(*m));
	m->limits = *limits;
	for (i = 0; i < ASAHI_MODEL_FILES; i++)
		m->fds[i] = -1;
	for (i = 0; i < ASAHI_MODEL_SLOTS; i++)
		m->dmabufs[i] = -1;

	m->bos[0].used = true;
	m->bos[0].possible = true;
	m->bos[0].size = ASAHI_MODEL_ARENA_SIZE;
}

uint32_t asahi_model_resolve(const struct asahi_model *m, unsigned int fd,
			     enum asahi_model_kind kind, uint64_t arg)
{
	const struct asahi_model_file *file = m->fds[fd] < 0 ? NULL : &m->files[m->fds[fd]];
	uint32_t number = arg;

	if (asahi_model_is_ref(arg) && arg >> 48 & 1)
		number = m->numbers[arg >> 8 & 0xff][arg >> 16 & 0xff][arg & 0xff];

	if (number && file && ((kind == ASAHI_KIND_BO && number == file->arena) ||
			       (kind == ASAHI_KIND_SYNC && number == file->sync)))
		number = NO_NUMBER;
	return number;
}

static const struct asahi_model_entry *find_number(const struct asahi_model_file *file,
						   enum asahi_model_kind kind, uint32_t number)
{
	unsigned int i;

	for (i = 0; number && i < ASAHI_MODEL_TABLE; i++)
		if (file->tables[kind][i].number == number)
			return &file->tables[kind][i];
	return NULL;
}

int asahi_model_lookup(const struct asahi_model *m, unsigned int fd, enum asahi_model_kind kind,
		       uint32_t number)
{
	const struct asahi_model_entry *entry;

	if (m->fds[fd] < 0)
		return -1;
	entry = find_number(&m->files[m->fds[fd]], kind, number);
	return entry ? entry->index : -1;
}

int asahi_model_argument(const struct asahi_model *m, const struct asahi_model_step *step,
			 enum asahi_model_kind kind, unsigned int arg)
{
	return asahi_model_lookup(m, step->file, kind,
				  asahi_model_resolve(m, step->file, kind, step->arg[arg]));
}

void asahi_model_forget(struct asahi_model *m, const struct asahi_model_step *step,
			enum asahi_model_kind kind, unsigned int arg)
{
	struct asahi_model_file *file = &m->files[m->fds[step->file]];
	uint32_t number = asahi_model_resolve(m, step->file, kind, step->arg[arg]);
	unsigned int i;

	for (i = 0; i < ASAHI_MODEL_TABLE; i++)
		if (file->tables[kind][i].number == number)
			file->tables[kind][i].number = 0;
}

bool asahi_model_table_full(const struct asahi_model *m, unsigned int fd,
			    enum asahi_model_kind kind)
{
	unsigned int i;

	for (i = 0; i < ASAHI_MODEL_TABLE; i++)
		if (!m->files[m->fds[fd]].tables[kind][i].number)
			return false;
	return true;
}

int asahi_model_first_free(const void *array, size_t size, unsigned int num)
{
	const uint8_t *element = array;
	unsigned int i;

	/* All of them begin with a bool that says so. */
	for (i = 0; i < num; i++, element += size)
		if (!*(const bool *)element)
			return i;
	return -1;
}

void asahi_model_made(struct asahi_model *m, const struct asahi_model_step *step,
		      struct asahi_model_expect *expect, unsigned int fd,
		      enum asahi_model_kind kind, int index)
{
	expect->made = ASAHI_MADE_NUMBER;
	m->born.kind = kind;
	m->born.file = m->fds[fd];
	m->born.index = index;
	m->born.fd = fd;
	m->born.slot = step->slot % ASAHI_MODEL_SLOTS;
}

const char *asahi_model_born(struct asahi_model *m, uint32_t number)
{
	struct asahi_model_file *file = &m->files[m->born.file];
	const struct asahi_model_entry *old = find_number(file, m->born.kind, number);
	unsigned int i;

	if (!number)
		return "0 is no number";
	if (old && (m->born.kind != ASAHI_KIND_BO || old->index != m->born.index))
		return "the number is in use";
	if ((m->born.kind == ASAHI_KIND_BO && number == file->arena) ||
	    (m->born.kind == ASAHI_KIND_SYNC && number == file->sync))
		return "the number is in use outside the program";

	m->numbers[m->born.fd][m->born.kind][m->born.slot] = number;
	for (i = 0; !old && i < ASAHI_MODEL_TABLE; i++) {
		struct asahi_model_entry *entry = &file->tables[m->born.kind][i];

		if (entry->number)
			continue;
		entry->number = number;
		entry->index = m->born.index;
		break;
	}
	return NULL;
}

void asahi_model_born_file(struct asahi_model *m, uint32_t arena, uint32_t sync)
{
	m->files[m->born.file].arena = arena;
	m->files[m->born.file].sync = sync;
}

uint32_t asahi_model_free_number(const struct asahi_model *m)
{
	const struct asahi_model_file *file = &m->files[m->born.file];
	uint32_t number = 1;

	while (find_number(file, m->born.kind, number) ||
	       (m->born.kind == ASAHI_KIND_BO && number == file->arena) ||
	       (m->born.kind == ASAHI_KIND_SYNC && number == file->sync))
		number++;
	return number;
}

void asahi_model_retire(struct asahi_model *m, unsigned int job)
{
	m->jobs[job].state = ASAHI_MODEL_NO_JOB;
}

static bool in_table(const struct asahi_model *m, enum asahi_model_kind kind, int index)
{
	unsigned int f, i;

	for (f = 0; f < ASAHI_MODEL_MAX_FILES; f++)
		for (i = 0; m->files[f].used && i < ASAHI_MODEL_TABLE; i++)
			if (m->files[f].tables[kind][i].number &&
			    m->files[f].tables[kind][i].index == index)
				return true;
	return false;
}

/* A file goes: its jobs first, all of them before any that waits for one can run. */
static void file_gone(struct asahi_model *m, int file)
{
	asahi_model_cancel(m, -1, file);
	m->files[file] = (struct asahi_model_file){ .used = false };
}

static bool file_held(const struct asahi_model *m, int file)
{
	unsigned int i;

	for (i = 0; i < ASAHI_MODEL_MAPS; i++)
		if (m->maps[i].used && m->maps[i].file == file)
			return true;
	return m->files[file].open;
}

static bool vm_held(const struct asahi_model *m, int vm)
{
	unsigned int i;

	for (i = 0; i < ASAHI_MODEL_MAX_QUEUES; i++)
		if (m->queues[i].used && m->queues[i].vm == vm)
			return true;
	return in_table(m, ASAHI_KIND_VM, vm);
}

static bool object_held(const struct asahi_model *m, int object)
{
	unsigned int i, s;

	for (i = 0; i < ASAHI_MODEL_MAX_JOBS; i++)
		for (s = 0; s < ASAHI_MODEL_STAMPS; s++)
			if ((m->jobs[i].state == ASAHI_MODEL_WAITS ||
			     m->jobs[i].state == ASAHI_MODEL_RUNS) &&
			    m->jobs[i].stamps[s] == object)
				return true;
	return in_table(m, ASAHI_KIND_OBJECT, object);
}

static bool bo_held(const struct asahi_model *m, int bo)
{
	unsigned int i, k;

	for (i = 0; i < ASAHI_MODEL_MAX_VMS; i++)
		for (k = 0; m->vms[i].used && k < m->vms[i].space.num; k++)
			if (m->vms[i].space.mappings[k].bo == bo)
				return true;
	for (i = 0; i < ASAHI_MODEL_MAPS; i++)
		if (m->maps[i].used && m->maps[i].bo == bo)
			return true;
	for (i = 0; i < ASAHI_MODEL_SLOTS; i++)
		if (m->dmabufs[i] == bo)
			return true;
	for (i = 0; i < ASAHI_MODEL_MAX_OBJECTS; i++)
		if (m->objects[i].used && m->objects[i].bo == bo)
			return true;
	return in_table(m, ASAHI_KIND_BO, bo);
}

/* Remove what nobody can reach, in the order in which one thing holds the next. */
static void sweep(struct asahi_model *m)
{
	int i;

	for (i = 0; i < ASAHI_MODEL_MAX_FILES; i++)
		if (m->files[i].used && !file_held(m, i))
			file_gone(m, i);
	for (i = 0; i < ASAHI_MODEL_MAX_QUEUES; i++) {
		if (!m->queues[i].used || in_table(m, ASAHI_KIND_QUEUE, i))
			continue;
		asahi_model_cancel(m, i, -1);
		m->queues[i].used = false;
	}
	asahi_model_run(m);
	for (i = 0; i < ASAHI_MODEL_MAX_VMS; i++)
		if (m->vms[i].used && !vm_held(m, i))
			m->vms[i].used = false;
	for (i = 0; i < ASAHI_MODEL_MAX_OBJECTS; i++)
		if (m->objects[i].used && !object_held(m, i))
			m->objects[i].used = false;
	for (i = 1; i < ASAHI_MODEL_MAX_BOS; i++)
		if (m->bos[i].used && !bo_held(m, i))
			m->bos[i].used = false;
	for (i = 0; i < ASAHI_MODEL_MAX_SYNCS; i++)
		if (m->syncs[i].used && !in_table(m, ASAHI_KIND_SYNC, i))
			m->syncs[i].used = false;
}

static int open_file(struct asahi_model *m, const struct asahi_model_step *step,
		     struct asahi_model_expect *expect)
{
	int file = ASAHI_MODEL_FIRST_FREE(m->files);

	expect->skip = file < 0 || m->fds[step->file] >= 0;
	if (expect->skip)
		return 0;

	m->files[file] = (struct asahi_model_file){ .used = true, .open = true };
	m->fds[step->file] = file;
	m->born.file = file;
	expect->made = ASAHI_MADE_FILE;
	return 0;
}

static int close_file(struct asahi_model *m, const struct asahi_model_step *step)
{
	if (m->fds[step->file] < 0)
		return -EBADF;

	m->files[m->fds[step->file]].open = false;
	m->fds[step->file] = -1;
	return 0;
}

static int get_params(const struct asahi_model_step *step)
{
	if (step->arg[ASAHI_PARAMS_GROUP] || step->arg[ASAHI_PARAMS_PAD])
		return -EINVAL;
	return step->arg[ASAHI_PARAMS_BAD] && step->arg[ASAHI_PARAMS_SIZE] ? -EFAULT : 0;
}

/* VM_DESTROY and QUEUE_DESTROY. */
static int destroy(struct asahi_model *m, const struct asahi_model_step *step,
		   enum asahi_model_kind kind)
{
	if (step->arg[ASAHI_ARG_PAD] && !m->lax)
		return -EINVAL;
	if (asahi_model_argument(m, step, kind, ASAHI_ARG_ID) < 0)
		return -ENOENT;

	asahi_model_forget(m, step, kind, ASAHI_ARG_ID);
	return 0;
}

static int queue_create(struct asahi_model *m, const struct asahi_model_step *step,
			struct asahi_model_expect *expect)
{
	int i, vm;

	if (step->arg[ASAHI_QUEUE_FLAGS] ||
	    step->arg[ASAHI_QUEUE_PRIORITY] > DRM_ASAHI_PRIORITY_MEDIUM)
		return -EINVAL;
	vm = asahi_model_argument(m, step, ASAHI_KIND_VM, ASAHI_QUEUE_VM);
	if (vm < 0)
		return -ENOENT;

	i = ASAHI_MODEL_FIRST_FREE(m->queues);
	expect->skip = i < 0 || asahi_model_table_full(m, step->file, ASAHI_KIND_QUEUE);
	if (expect->skip)
		return 0;

	m->queues[i] = (struct asahi_model_queue){
		.used = true,
		.file = m->fds[step->file],
		.vm = vm,
		.usc = !step->arg[ASAHI_QUEUE_USC],
	};
	asahi_model_made(m, step, expect, step->file, ASAHI_KIND_QUEUE, i);
	return 0;
}

static int release(struct asahi_model *m)
{
	m->gate = false;
	asahi_model_over(m, ASAHI_MODEL_GATE);
	return 0;
}

static bool needs_file(enum asahi_model_op op)
{
	switch (op) {
	case ASAHI_OP_OPEN:
	case ASAHI_OP_DMABUF_CLOSE:
	case ASAHI_OP_DMABUF_MMAP:
	case ASAHI_OP_MUNMAP:
	case ASAHI_OP_WRITE:
	case ASAHI_OP_RELEASE:
	case ASAHI_OP_END:
	case ASAHI_OP_CHECK:
		return false;
	default:
		return true;
	}
}

static int take(struct asahi_model *m, const struct asahi_model_step *step,
		struct asahi_model_expect *expect)
{
	switch ((enum asahi_model_op)step->op) {
	case ASAHI_OP_OPEN:
		return open_file(m, step, expect);
	case ASAHI_OP_CLOSE:
		return close_file(m, step);
	case ASAHI_OP_PARAMS:
		return get_params(step);
	case ASAHI_OP_TIME:
		return step->arg[ASAHI_TIME_FLAGS] ? -EINVAL : 0;
	case ASAHI_OP_VM_CREATE:
		return asahi_model_vm_create(m, step, expect);
	case ASAHI_OP_VM_DESTROY:
		return destroy(m, step, ASAHI_KIND_VM);
	case ASAHI_OP_BIND:
		return asahi_model_vm_bind(m, step, expect);
	case ASAHI_OP_GEM_CREATE:
		return asahi_model_gem_create(m, step, expect);
	case ASAHI_OP_MMAP_OFFSET:
		return asahi_model_mmap_offset(m, step);
	case ASAHI_OP_OBJECT:
		return asahi_model_gem_bind_object(m, step, expect);
	case ASAHI_OP_QUEUE_CREATE:
		return queue_create(m, step, expect);
	case ASAHI_OP_QUEUE_DESTROY:
		return destroy(m, step, ASAHI_KIND_QUEUE);
	case ASAHI_OP_IOCTL:
		expect->skip = step->arg[ASAHI_ARG_ID] < ASAHI_MODEL_IOCTLS;
		return -EINVAL;
	case ASAHI_OP_GEM_CLOSE:
		return asahi_model_gem_close(m, step);
	case ASAHI_OP_EXPORT:
		return asahi_model_export_bo(m, step, expect);
	case ASAHI_OP_IMPORT:
		return asahi_model_import_bo(m, step, expect);
	case ASAHI_OP_DMABUF_CLOSE:
		return asahi_model_close_dmabuf(m, step);
	case ASAHI_OP_SYNC_CREATE:
		return asahi_model_sync_create(m, step, expect);
	case ASAHI_OP_SYNC_DESTROY:
	case ASAHI_OP_SYNC_WAIT:
	case ASAHI_OP_SYNC_SIGNAL:
	case ASAHI_OP_SYNC_RESET:
	case ASAHI_OP_GATE:
		return asahi_model_sync_op(m, step, expect);
	case ASAHI_OP_SYNC_SHARE:
		return asahi_model_sync_share(m, step, expect);
	case ASAHI_OP_MMAP:
		return asahi_model_map_bo(m, step, expect);
	case ASAHI_OP_DMABUF_MMAP:
		return asahi_model_map_dmabuf(m, step, expect);
	case ASAHI_OP_MUNMAP:
		expect->skip = !m->maps[step->slot % ASAHI_MODEL_MAPS].used;
		m->maps[step->slot % ASAHI_MODEL_MAPS].used = false;
		return 0;
	case ASAHI_OP_WRITE:
		return asahi_model_write_map(m, step, expect);
	case ASAHI_OP_FILL:
		return asahi_model_fill(m, step);
	case ASAHI_OP_ARENA:
		return asahi_model_map_arena(m, step, expect);
	case ASAHI_OP_RELEASE:
		return release(m);
	case ASAHI_OP_END:
		asahi_model_end(m, step->slot % ASAHI_MODEL_SPINS);
		return 0;
	case ASAHI_OP_SUBMIT:
	case ASAHI_OP_CHECK:
	case ASAHI_NUM_OPS:
		break;
	}
	return 0;
}

void asahi_model_step(struct asahi_model *m, const struct asahi_model_step *step,
		      struct asahi_model_expect *expect)
{
	int ret;

	memset(expect, 0, sizeof(*expect));
	expect->job = -1;
	if (needs_file(step->op) && m->fds[step->file] < 0) {
		expect->ret[expect->num++] = -EBADF;
		return;
	}

	if (step->op == ASAHI_OP_SUBMIT) {
		asahi_model_submit(m, step, expect);
	} else {
		ret = take(m, step, expect);
		expect->ret[expect->num++] = ret;
		asahi_model_run(m);
	}
	if (expect->made != ASAHI_MADE_NUMBER)
		sweep(m);
}

void asahi_model_counters(const struct asahi_model *m, unsigned int counters[ASAHI_NUM_COUNTS])
{
	unsigned int i;

	memset(counters, 0, ASAHI_NUM_COUNTS * sizeof(*counters));
	for (i = 0; i < ASAHI_MODEL_MAX_FILES; i++)
		counters[ASAHI_COUNT_FILE] += m->files[i].used;
	for (i = 0; i < ASAHI_MODEL_MAX_QUEUES; i++)
		counters[ASAHI_COUNT_QUEUE] += m->queues[i].used;
	for (i = 0; i < ASAHI_MODEL_MAX_VMS; i++) {
		counters[ASAHI_COUNT_VM] += m->vms[i].used;
		if (m->vms[i].used)
			counters[ASAHI_COUNT_MAPPING] += m->vms[i].space.num;
	}
	for (i = 1; i < ASAHI_MODEL_MAX_BOS; i++)
		counters[ASAHI_COUNT_BO] += m->bos[i].used;
	for (i = 0; i < ASAHI_MODEL_MAX_OBJECTS; i++)
		counters[ASAHI_COUNT_OBJECT] += m->objects[i].used;
	for (i = 0; i < ASAHI_MODEL_MAX_JOBS; i++)
		counters[ASAHI_COUNT_JOB] += m->jobs[i].state == ASAHI_MODEL_WAITS ||
					     m->jobs[i].state == ASAHI_MODEL_RUNS;
	counters[ASAHI_COUNT_JOB] += m->gate;
	counters[ASAHI_COUNT_FENCE] = counters[ASAHI_COUNT_JOB];

	counters[ASAHI_COUNT_KERNEL_BO] =
		ASAHI_KERNEL_BOS_OF_QUEUE * counters[ASAHI_COUNT_QUEUE] +
		ASAHI_KERNEL_BOS_OF_VM * counters[ASAHI_COUNT_VM];
}
