// SPDX-License-Identifier: MIT
/* Files, address spaces, buffers, and everything else but jobs. */
#include <errno.h>
#include <string.h>

#include "asahi_drm.h"
#include "asahi_model.h"
#include "asahi_model_work.h"

#define NUM_IOCTLS 11

/* Larger than any machine's memory, and not larger than any file can be. */
#define IMPOSSIBLE (1ull << 38)
#define MAX_FILE_SIZE INT64_MAX

/* Bounds what a VM_BIND makes the kernel read. */
#define MAX_BIND_ARRAY (16u << 20)

/* A number that nothing has. */
#define NO_NUMBER 0xfffffffeu

static bool aligned(uint64_t value)
{
	return value % ASAHI_MODEL_PAGE == 0;
}

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

/* What an argument of a step stands for. */
static int lookup(const struct asahi_model *m, const struct asahi_model_step *step,
		  enum asahi_model_kind kind, unsigned int arg)
{
	return asahi_model_lookup(m, step->file, kind,
				  asahi_model_resolve(m, step->file, kind, step->arg[arg]));
}

static void forget_number(struct asahi_model *m, const struct asahi_model_step *step,
			  enum asahi_model_kind kind, unsigned int arg)
{
	struct asahi_model_file *file = &m->files[m->fds[step->file]];
	uint32_t number = asahi_model_resolve(m, step->file, kind, step->arg[arg]);
	unsigned int i;

	for (i = 0; i < ASAHI_MODEL_TABLE; i++)
		if (file->tables[kind][i].number == number)
			file->tables[kind][i].number = 0;
}

static bool table_full(const struct asahi_model *m, unsigned int fd, enum asahi_model_kind kind)
{
	unsigned int i;

	for (i = 0; i < ASAHI_MODEL_TABLE; i++)
		if (!m->files[m->fds[fd]].tables[kind][i].number)
			return false;
	return true;
}

/* An element of one of the model's arrays that is not in use, or -1. */
static int first_free(const void *array, size_t size, unsigned int num)
{
	const uint8_t *element = array;
	unsigned int i;

	/* All of them begin with a bool that says so. */
	for (i = 0; i < num; i++, element += size)
		if (!*(const bool *)element)
			return i;
	return -1;
}

#define FIRST_FREE(array) \
	first_free(array, sizeof((array)[0]), sizeof(array) / sizeof((array)[0]))

/* The step makes an object, whose number is known later. */
static void made(struct asahi_model *m, const struct asahi_model_step *step,
		 struct asahi_model_expect *expect, unsigned int fd, enum asahi_model_kind kind,
		 int index)
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
	int file = FIRST_FREE(m->files);

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

static void map_arena(struct asahi_model_vm *vm)
{
	const struct asahi_model_mapping mapping = {
		.start = ASAHI_MODEL_ARENA,
		.end = ASAHI_MODEL_ARENA + ASAHI_MODEL_ARENA_SIZE,
		.flags = DRM_ASAHI_BIND_READ | DRM_ASAHI_BIND_WRITE,
	};

	if (vm->start >= mapping.end || vm->end <= mapping.start)
		asahi_model_space_map(&vm->space, &mapping);
}

static int vm_create(struct asahi_model *m, const struct asahi_model_step *step,
		     struct asahi_model_expect *expect)
{
	uint64_t start = step->arg[ASAHI_VM_START], end = step->arg[ASAHI_VM_END];
	struct asahi_model_vm *vm;
	int i;

	if (step->arg[ASAHI_VM_PAD] && !m->lax)
		return -EINVAL;
	if (start < m->limits.vm_start || end > m->limits.vm_end || start > end ||
	    end - start < m->limits.kernel_min || !aligned(start) || !aligned(end))
		return -EINVAL;

	i = FIRST_FREE(m->vms);
	expect->skip = i < 0 || table_full(m, step->file, ASAHI_KIND_VM);
	if (expect->skip)
		return 0;

	vm = &m->vms[i];
	vm->used = true;
	vm->serial = ++m->serial;
	vm->start = start;
	vm->end = end;
	vm->space.num = 0;
	map_arena(vm);
	made(m, step, expect, step->file, ASAHI_KIND_VM, i);
	return 0;
}

/* VM_DESTROY and QUEUE_DESTROY. */
static int destroy(struct asahi_model *m, const struct asahi_model_step *step,
		   enum asahi_model_kind kind)
{
	if (step->arg[ASAHI_ARG_PAD] && !m->lax)
		return -EINVAL;
	if (lookup(m, step, kind, ASAHI_ARG_ID) < 0)
		return -ENOENT;

	forget_number(m, step, kind, ASAHI_ARG_ID);
	return 0;
}

void asahi_model_bind_array(const struct asahi_model *m, const struct asahi_model_step *step,
			    uint8_t array[ASAHI_MODEL_OPS * 64])
{
	uint64_t stride = step->arg[ASAHI_BIND_STRIDE];
	unsigned int i;

	stride = stride < 64 ? stride : 64;
	memset(array, 0, ASAHI_MODEL_OPS * 64);
	for (i = 0; i < ASAHI_MODEL_OPS; i++) {
		const uint64_t *arg = &step->arg[ASAHI_BIND_OP + i * ASAHI_MAP_ARGS];
		const struct drm_asahi_gem_bind_op op = {
			.flags = arg[ASAHI_MAP_FLAGS],
			.handle = asahi_model_resolve(m, step->file, ASAHI_KIND_BO,
						      arg[ASAHI_MAP_BO]),
			.offset = arg[ASAHI_MAP_OFFSET],
			.range = arg[ASAHI_MAP_RANGE],
			.addr = arg[ASAHI_MAP_ADDR],
		};

		memcpy(array + i * stride, &op, stride < sizeof(op) ? stride : sizeof(op));
		/* In the last of them that counts. */
		if (step->arg[ASAHI_BIND_BAD] == ASAHI_BAD_TAIL && stride > sizeof(op) &&
		    i + 1 == step->arg[ASAHI_BIND_COUNT])
			array[i * stride + stride - 1] = 1;
	}
}

/* Whether userspace may name a range at all. */
static bool range_valid(const struct asahi_model *m, uint64_t addr, uint64_t range)
{
	return range && addr + range > addr && addr >= m->limits.vm_start &&
	       addr + range <= m->limits.vm_end;
}

static bool overlaps_kernel(const struct asahi_model_vm *vm, uint64_t addr, uint64_t range)
{
	return addr < vm->end && vm->start < addr + range;
}

static int bind_map(struct asahi_model *m, unsigned int fd, struct asahi_model_vm *vm,
		    const struct drm_asahi_gem_bind_op *op)
{
	const uint32_t rights = DRM_ASAHI_BIND_READ | DRM_ASAHI_BIND_WRITE;
	bool single = op->flags & DRM_ASAHI_BIND_SINGLE_PAGE;
	uint64_t used = single ? ASAHI_MODEL_PAGE : op->range;
	struct asahi_model_mapping mapping = {
		.start = op->addr,
		.end = op->addr + op->range,
		.offset = op->offset,
		.flags = op->flags,
	};
	const struct asahi_model_bo *bo;

	if (!aligned(op->addr) || !aligned(op->range) || !aligned(op->offset) ||
	    op->flags & ~(rights | DRM_ASAHI_BIND_SINGLE_PAGE))
		return -EINVAL;
	mapping.bo = asahi_model_lookup(m, fd, ASAHI_KIND_BO, op->handle);
	if (mapping.bo < 0)
		return -ENOENT;
	bo = &m->bos[mapping.bo];
	if (op->offset + used < used || op->offset + used > bo->size ||
	    !range_valid(m, op->addr, op->range) || !(op->flags & rights))
		return -EINVAL;
	if (!vm)
		return -ENOENT;
	if (overlaps_kernel(vm, op->addr, op->range))
		return -EINVAL;
	if (bo->root && bo->root != vm->serial && !m->lax)
		return -EINVAL;
	if (!bo->possible)
		return -ENOMEM;

	asahi_model_space_map(&vm->space, &mapping);
	return 0;
}

static int bind_unmap(const struct asahi_model *m, struct asahi_model_vm *vm,
		      const struct drm_asahi_gem_bind_op *op)
{
	if (op->flags != DRM_ASAHI_BIND_UNBIND || op->offset || op->handle)
		return -EINVAL;
	if (!aligned(op->addr) || !aligned(op->range) || !range_valid(m, op->addr, op->range))
		return -EINVAL;
	if (!vm)
		return -ENOENT;
	if (overlaps_kernel(vm, op->addr, op->range))
		return -EINVAL;

	asahi_model_space_unmap(&vm->space, op->addr, op->addr + op->range);
	return 0;
}

static int vm_bind(struct asahi_model *m, const struct asahi_model_step *step,
		   struct asahi_model_expect *expect)
{
	uint64_t stride = step->arg[ASAHI_BIND_STRIDE], count = step->arg[ASAHI_BIND_COUNT];
	uint8_t array[ASAHI_MODEL_OPS * 64];
	struct asahi_model_vm *vm = NULL;
	unsigned int i;
	int index, ret = 0;

	if (!stride || step->arg[ASAHI_BIND_PAD])
		return -EINVAL;
	if (!count)
		return 0;
	if (stride * count > MAX_BIND_ARRAY) {
		/* More than any kernel wants to read, in whatever words it says so. */
		expect->ret[expect->num++] = -ENOMEM;
		expect->ret[expect->num++] = -EINVAL;
		return -EFAULT;
	}
	if (step->arg[ASAHI_BIND_BAD] == ASAHI_BAD_POINTER)
		return -EFAULT;
	index = lookup(m, step, ASAHI_KIND_VM, ASAHI_BIND_VM);
	if (index >= 0)
		vm = &m->vms[index];
	expect->skip = stride > 64 || count > ASAHI_MODEL_OPS ||
		       (vm && asahi_model_space_full(&vm->space));
	if (expect->skip)
		return 0;

	asahi_model_bind_array(m, step, array);
	for (i = 0; i < count && !ret; i++) {
		struct drm_asahi_gem_bind_op op = { 0 };
		const uint8_t *entry = array + i * stride;

		memcpy(&op, entry, stride < sizeof(op) ? stride : sizeof(op));
		if (stride > sizeof(op) && entry[stride - 1] && !m->lax)
			return -EINVAL;
		if (op.flags & DRM_ASAHI_BIND_UNBIND)
			ret = bind_unmap(m, vm, &op);
		else
			ret = bind_map(m, step->file, vm, &op);
	}
	return ret;
}

static int map_arena_again(struct asahi_model *m, const struct asahi_model_step *step,
			   struct asahi_model_expect *expect)
{
	int vm = lookup(m, step, ASAHI_KIND_VM, ASAHI_ARG_ID);

	expect->skip = vm < 0 || asahi_model_space_full(&m->vms[vm].space);
	if (!expect->skip)
		map_arena(&m->vms[vm]);
	return 0;
}

static int gem_create(struct asahi_model *m, const struct asahi_model_step *step,
		      struct asahi_model_expect *expect)
{
	uint64_t size = step->arg[ASAHI_GEM_SIZE], flags = step->arg[ASAHI_GEM_FLAGS];
	uint64_t round = ASAHI_MODEL_PAGE - 1;
	bool private = flags & DRM_ASAHI_GEM_VM_PRIVATE, bad_size;
	struct asahi_model_bo *bo;
	int i, vm = -1;

	if (flags & ~(uint64_t)(DRM_ASAHI_GEM_WRITEBACK | DRM_ASAHI_GEM_VM_PRIVATE) ||
	    (step->arg[ASAHI_GEM_PAD] && !m->lax))
		return -EINVAL;
	if (!private && asahi_model_resolve(m, step->file, ASAHI_KIND_VM, step->arg[ASAHI_GEM_VM]))
		return -EINVAL;
	if (private)
		vm = lookup(m, step, ASAHI_KIND_VM, ASAHI_GEM_VM);

	bad_size = !size || size + round < size || size + round - (size + round) % (round + 1) >
							   MAX_FILE_SIZE;
	if (bad_size) {
		/* Which of them is looked at first is not said. */
		if (private && vm < 0)
			expect->ret[expect->num++] = -ENOENT;
		return -EINVAL;
	}
	if (private && vm < 0)
		return -ENOENT;

	i = FIRST_FREE(m->bos);
	expect->skip = i < 0 || table_full(m, step->file, ASAHI_KIND_BO);
	if (expect->skip)
		return 0;

	bo = &m->bos[i];
	memset(bo, 0, sizeof(*bo));
	bo->used = true;
	bo->size = (size + round) / ASAHI_MODEL_PAGE * ASAHI_MODEL_PAGE;
	bo->possible = bo->size < IMPOSSIBLE;
	bo->serial = ++m->serial;
	if (private)
		bo->root = m->vms[vm].serial;
	made(m, step, expect, step->file, ASAHI_KIND_BO, i);
	return 0;
}

static int mmap_offset(const struct asahi_model *m, const struct asahi_model_step *step)
{
	int bo;

	if (step->arg[ASAHI_BO_FLAGS])
		return -EINVAL;
	bo = lookup(m, step, ASAHI_KIND_BO, ASAHI_BO_ID);
	if (bo < 0)
		return -ENOENT;
	return m->bos[bo].possible ? 0 : -ENOMEM;
}

static int bind_object(struct asahi_model *m, const struct asahi_model_step *step,
		       struct asahi_model_expect *expect)
{
	uint64_t offset = step->arg[ASAHI_OBJECT_OFFSET], range = step->arg[ASAHI_OBJECT_RANGE];
	int bo, i;

	if (!aligned(offset) || !aligned(range) || !range || offset + range < offset ||
	    step->arg[ASAHI_OBJECT_FLAGS] != DRM_ASAHI_BIND_OBJECT_USAGE_TIMESTAMPS)
		return -EINVAL;
	bo = lookup(m, step, ASAHI_KIND_BO, ASAHI_OBJECT_BO);
	if (bo < 0)
		return -ENOENT;
	if (offset + range > m->bos[bo].size || m->bos[bo].root)
		return -EINVAL;
	if (!m->bos[bo].possible)
		return -ENOMEM;

	i = FIRST_FREE(m->objects);
	expect->skip = i < 0 || table_full(m, step->file, ASAHI_KIND_OBJECT);
	if (expect->skip)
		return 0;

	m->objects[i] = (struct asahi_model_object){
		.used = true,
		.bo = bo,
		.offset = offset,
		.range = range,
	};
	made(m, step, expect, step->file, ASAHI_KIND_OBJECT, i);
	return 0;
}

static int gem_bind_object(struct asahi_model *m, const struct asahi_model_step *step,
			   struct asahi_model_expect *expect)
{
	const uint64_t *arg = step->arg;

	if (arg[ASAHI_OBJECT_PAD] ||
	    asahi_model_resolve(m, step->file, ASAHI_KIND_VM, arg[ASAHI_OBJECT_VM]))
		return -EINVAL;
	if (arg[ASAHI_OBJECT_OP] == DRM_ASAHI_BIND_OBJECT_OP_BIND)
		return bind_object(m, step, expect);
	if (arg[ASAHI_OBJECT_OP] != DRM_ASAHI_BIND_OBJECT_OP_UNBIND)
		return -EINVAL;

	if (arg[ASAHI_OBJECT_RANGE] || arg[ASAHI_OBJECT_OFFSET] || arg[ASAHI_OBJECT_FLAGS] ||
	    asahi_model_resolve(m, step->file, ASAHI_KIND_BO, arg[ASAHI_OBJECT_BO]))
		return -EINVAL;
	if (lookup(m, step, ASAHI_KIND_OBJECT, ASAHI_OBJECT_ID) < 0)
		return -ENOENT;
	forget_number(m, step, ASAHI_KIND_OBJECT, ASAHI_OBJECT_ID);
	return 0;
}

static int queue_create(struct asahi_model *m, const struct asahi_model_step *step,
			struct asahi_model_expect *expect)
{
	int i, vm;

	if (step->arg[ASAHI_QUEUE_FLAGS] ||
	    step->arg[ASAHI_QUEUE_PRIORITY] > DRM_ASAHI_PRIORITY_MEDIUM)
		return -EINVAL;
	vm = lookup(m, step, ASAHI_KIND_VM, ASAHI_QUEUE_VM);
	if (vm < 0)
		return -ENOENT;

	i = FIRST_FREE(m->queues);
	expect->skip = i < 0 || table_full(m, step->file, ASAHI_KIND_QUEUE);
	if (expect->skip)
		return 0;

	m->queues[i] = (struct asahi_model_queue){
		.used = true,
		.file = m->fds[step->file],
		.vm = vm,
		.usc = !step->arg[ASAHI_QUEUE_USC],
	};
	made(m, step, expect, step->file, ASAHI_KIND_QUEUE, i);
	return 0;
}

/* The handle goes from all VMs that the file can name. */
static int gem_close(struct asahi_model *m, const struct asahi_model_step *step)
{
	int bo = lookup(m, step, ASAHI_KIND_BO, ASAHI_ARG_ID);
	unsigned int i;

	if (bo < 0)
		return -EINVAL;

	for (i = 0; i < ASAHI_MODEL_TABLE; i++) {
		const struct asahi_model_entry *entry =
			&m->files[m->fds[step->file]].tables[ASAHI_KIND_VM][i];

		if (entry->number)
			asahi_model_space_unmap_bo(&m->vms[entry->index].space, bo);
	}
	forget_number(m, step, ASAHI_KIND_BO, ASAHI_ARG_ID);
	return 0;
}

static int export_bo(struct asahi_model *m, const struct asahi_model_step *step,
		     struct asahi_model_expect *expect)
{
	int bo;

	/* O_RDWR and O_CLOEXEC. */
	if (step->arg[ASAHI_BO_FLAGS] & ~(uint64_t)02000002)
		return -EINVAL;
	bo = lookup(m, step, ASAHI_KIND_BO, ASAHI_BO_ID);
	if (bo < 0)
		return -ENOENT;
	if (m->bos[bo].root)
		return -EINVAL;
	if (!m->bos[bo].possible)
		return -ENOMEM;

	/* What is exported read-only is no use here, and may have been exported before. */
	expect->skip = m->dmabufs[step->slot % ASAHI_MODEL_SLOTS] >= 0 ||
		       !(step->arg[ASAHI_BO_FLAGS] & 2);
	if (!expect->skip)
		m->dmabufs[step->slot % ASAHI_MODEL_SLOTS] = bo;
	return 0;
}

static int import_bo(struct asahi_model *m, const struct asahi_model_step *step,
		     struct asahi_model_expect *expect)
{
	const struct asahi_model_file *file = &m->files[m->fds[step->file]];
	uint64_t slot = step->arg[ASAHI_ARG_ID];
	unsigned int i;

	/* A descriptor of something else. */
	if (slot == ASAHI_MODEL_SLOTS)
		return -EINVAL;
	if (slot > ASAHI_MODEL_SLOTS || m->dmabufs[slot] < 0)
		return -EBADF;

	for (i = 0; i < ASAHI_MODEL_TABLE; i++)
		if (file->tables[ASAHI_KIND_BO][i].number &&
		    file->tables[ASAHI_KIND_BO][i].index == m->dmabufs[slot])
			expect->same = file->tables[ASAHI_KIND_BO][i].number;
	expect->skip = !expect->same && table_full(m, step->file, ASAHI_KIND_BO);
	if (!expect->skip)
		made(m, step, expect, step->file, ASAHI_KIND_BO, m->dmabufs[slot]);
	return 0;
}

static int close_dmabuf(struct asahi_model *m, const struct asahi_model_step *step)
{
	int *bo = &m->dmabufs[step->slot % ASAHI_MODEL_SLOTS];

	if (*bo < 0)
		return -EBADF;
	*bo = -1;
	return 0;
}

static int sync_create(struct asahi_model *m, const struct asahi_model_step *step,
		       struct asahi_model_expect *expect)
{
	int i;

	/* DRM_SYNCOBJ_CREATE_SIGNALED. */
	if (step->arg[ASAHI_ARG_ID] > 1)
		return -EINVAL;
	i = FIRST_FREE(m->syncs);
	expect->skip = i < 0 || table_full(m, step->file, ASAHI_KIND_SYNC);
	if (expect->skip)
		return 0;

	m->syncs[i] = (struct asahi_model_sync){
		.used = true,
		.fence = step->arg[ASAHI_ARG_ID],
	};
	made(m, step, expect, step->file, ASAHI_KIND_SYNC, i);
	return 0;
}

static int sync_share(struct asahi_model *m, const struct asahi_model_step *step,
		      struct asahi_model_expect *expect)
{
	uint64_t to = step->arg[ASAHI_SHARE_TO];
	int sync = lookup(m, step, ASAHI_KIND_SYNC, ASAHI_SHARE_ID);

	if (sync < 0)
		return -EINVAL;
	if (to >= ASAHI_MODEL_FILES || m->fds[to] < 0)
		return -EBADF;
	expect->skip = table_full(m, to, ASAHI_KIND_SYNC);
	if (!expect->skip)
		made(m, step, expect, to, ASAHI_KIND_SYNC, sync);
	return 0;
}

/* What the core does with a syncobj that there is. */
static int sync_op(struct asahi_model *m, const struct asahi_model_step *step,
		   struct asahi_model_expect *expect)
{
	int index = lookup(m, step, ASAHI_KIND_SYNC, ASAHI_ARG_ID);
	struct asahi_model_sync *sync;
	uint32_t mask;

	/* The core of 7.2 gives the next syncobj the number 0 then: not for us to judge. */
	expect->skip = step->op == ASAHI_OP_SYNC_DESTROY &&
		       !asahi_model_resolve(m, step->file, ASAHI_KIND_SYNC,
					    step->arg[ASAHI_ARG_ID]);
	if (expect->skip)
		return 0;
	if (index < 0)
		return step->op == ASAHI_OP_SYNC_DESTROY ? -EINVAL : -ENOENT;

	sync = &m->syncs[index];
	switch (step->op) {
	case ASAHI_OP_SYNC_DESTROY:
		forget_number(m, step, ASAHI_KIND_SYNC, ASAHI_ARG_ID);
		return 0;
	case ASAHI_OP_SYNC_WAIT:
		if (asahi_model_sync_find(sync, step->arg[ASAHI_WAIT_POINT], &mask))
			return -EINVAL;
		return mask ? -ETIME : 0;
	case ASAHI_OP_SYNC_SIGNAL:
		asahi_model_sync_set(sync, 0);
		return 0;
	case ASAHI_OP_SYNC_RESET:
		*sync = (struct asahi_model_sync){ .used = true };
		return 0;
	default:
		m->gate = true;
		asahi_model_sync_set(sync, ASAHI_MODEL_GATE);
		return 0;
	}
}

static int map_bo(struct asahi_model *m, const struct asahi_model_step *step,
		  struct asahi_model_expect *expect)
{
	struct asahi_model_map *map = &m->maps[step->slot % ASAHI_MODEL_MAPS];
	uint64_t of = step->arg[ASAHI_SHARE_TO];
	unsigned int i;
	int bo;

	expect->skip = map->used || of >= ASAHI_MODEL_FILES;
	if (expect->skip)
		return 0;

	/* The offset is asked for in one file, and used in this one, which has to know the BO. */
	if (m->fds[of] < 0)
		return -EBADF;
	bo = asahi_model_lookup(m, of, ASAHI_KIND_BO,
				asahi_model_resolve(m, of, ASAHI_KIND_BO,
						    step->arg[ASAHI_BO_ID]));
	if (bo < 0)
		return -ENOENT;
	if (!m->bos[bo].possible)
		return -ENOMEM;
	for (i = 0; i < ASAHI_MODEL_TABLE; i++) {
		const struct asahi_model_entry *entry =
			&m->files[m->fds[step->file]].tables[ASAHI_KIND_BO][i];

		if (entry->number && entry->index == bo)
			break;
	}
	if (i == ASAHI_MODEL_TABLE)
		return -EACCES;

	*map = (struct asahi_model_map){ .used = true, .bo = bo, .file = m->fds[step->file] };
	return 0;
}

static int map_dmabuf(struct asahi_model *m, const struct asahi_model_step *step,
		      struct asahi_model_expect *expect)
{
	struct asahi_model_map *map = &m->maps[step->slot % ASAHI_MODEL_MAPS];
	uint64_t slot = step->arg[ASAHI_ARG_ID];

	expect->skip = map->used || slot >= ASAHI_MODEL_SLOTS || m->dmabufs[slot] < 0;
	if (!expect->skip)
		*map = (struct asahi_model_map){
			.used = true,
			.bo = m->dmabufs[slot],
			.file = -1,
		};
	return 0;
}

static int write_map(struct asahi_model *m, const struct asahi_model_step *step,
		     struct asahi_model_expect *expect)
{
	const struct asahi_model_map *map = &m->maps[step->slot % ASAHI_MODEL_MAPS];
	uint64_t page = step->arg[ASAHI_WRITE_PAGE], word = step->arg[ASAHI_WRITE_WORD];

	expect->skip = !map->used || word >= ASAHI_MODEL_STORE_WORDS ||
		       page >= ASAHI_MODEL_BO_PAGES ||
		       (page + 1) * ASAHI_MODEL_PAGE > m->bos[map->bo].size;
	if (!expect->skip) {
		m->bos[map->bo].pages[page].words[word] = step->arg[ASAHI_WRITE_VALUE];
		m->bos[map->bo].pages[page].loose &= ~(1u << word);
	}
	return 0;
}

/* Give each page contents that no other has. */
static int fill(struct asahi_model *m, const struct asahi_model_step *step)
{
	struct asahi_model_bo *bo;
	unsigned int page, i;
	int ret = mmap_offset(m, step);

	if (ret)
		return ret;
	bo = &m->bos[lookup(m, step, ASAHI_KIND_BO, ASAHI_BO_ID)];
	for (page = 0; page < ASAHI_MODEL_BO_PAGES; page++) {
		memset(&bo->pages[page], 0, sizeof(bo->pages[page]));
		for (i = 0; i < ASAHI_MODEL_WORDS; i++)
			bo->pages[page].words[i] = 0xb0000000 | (bo->serial & 0xffff) << 8 |
						   page << 4 | i;
	}
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
		return vm_create(m, step, expect);
	case ASAHI_OP_VM_DESTROY:
		return destroy(m, step, ASAHI_KIND_VM);
	case ASAHI_OP_BIND:
		return vm_bind(m, step, expect);
	case ASAHI_OP_GEM_CREATE:
		return gem_create(m, step, expect);
	case ASAHI_OP_MMAP_OFFSET:
		return mmap_offset(m, step);
	case ASAHI_OP_OBJECT:
		return gem_bind_object(m, step, expect);
	case ASAHI_OP_QUEUE_CREATE:
		return queue_create(m, step, expect);
	case ASAHI_OP_QUEUE_DESTROY:
		return destroy(m, step, ASAHI_KIND_QUEUE);
	case ASAHI_OP_IOCTL:
		expect->skip = step->arg[ASAHI_ARG_ID] < NUM_IOCTLS;
		return -EINVAL;
	case ASAHI_OP_GEM_CLOSE:
		return gem_close(m, step);
	case ASAHI_OP_EXPORT:
		return export_bo(m, step, expect);
	case ASAHI_OP_IMPORT:
		return import_bo(m, step, expect);
	case ASAHI_OP_DMABUF_CLOSE:
		return close_dmabuf(m, step);
	case ASAHI_OP_SYNC_CREATE:
		return sync_create(m, step, expect);
	case ASAHI_OP_SYNC_DESTROY:
	case ASAHI_OP_SYNC_WAIT:
	case ASAHI_OP_SYNC_SIGNAL:
	case ASAHI_OP_SYNC_RESET:
	case ASAHI_OP_GATE:
		return sync_op(m, step, expect);
	case ASAHI_OP_SYNC_SHARE:
		return sync_share(m, step, expect);
	case ASAHI_OP_MMAP:
		return map_bo(m, step, expect);
	case ASAHI_OP_DMABUF_MMAP:
		return map_dmabuf(m, step, expect);
	case ASAHI_OP_MUNMAP:
		expect->skip = !m->maps[step->slot % ASAHI_MODEL_MAPS].used;
		m->maps[step->slot % ASAHI_MODEL_MAPS].used = false;
		return 0;
	case ASAHI_OP_WRITE:
		return write_map(m, step, expect);
	case ASAHI_OP_FILL:
		return fill(m, step);
	case ASAHI_OP_ARENA:
		return map_arena_again(m, step, expect);
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

void asahi_model_counters(const struct asahi_model *m, unsigned int counters[ASAHI_NUM_COUNTERS])
{
	unsigned int i;

	memset(counters, 0, ASAHI_NUM_COUNTERS * sizeof(*counters));
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

	/* What the driver has for itself: two buffers for each queue, one for each VM. */
	counters[ASAHI_COUNT_KERNEL_BO] = 2 * counters[ASAHI_COUNT_QUEUE] +
					  counters[ASAHI_COUNT_VM];
}

const char *asahi_model_counter_name(enum asahi_model_counter counter)
{
	static const char * const names[ASAHI_NUM_COUNTERS] = {
		"file", "queue", "vm", "mapping", "bo", "object", "kernel_bo", "job", "fence",
	};

	return names[counter];
}
