// SPDX-License-Identifier: MIT
/* Steps that have a chance to work. */
#include <fcntl.h>
#include <string.h>
#include <xf86drm.h>

#include "asahi_drm.h"
#include "asahi_model_make.h"
#include "asahi_model_work.h"

#define PAGE ASAHI_MODEL_PAGE
#define RW (DRM_ASAHI_BIND_READ | DRM_ASAHI_BIND_WRITE)

/* Whether the number in a slot stands for something still. */
static bool is_live(const struct asahi_generator *g, enum asahi_model_kind kind, unsigned int slot)
{
	const struct asahi_model *m = &g->m;

	return asahi_model_lookup(m, g->step.file, kind,
				  m->numbers[g->step.file][kind][slot]) >= 0;
}

static unsigned int pick_slot(struct asahi_generator *g, enum asahi_model_kind kind, bool live)
{
	unsigned int start = rnd(g, ASAHI_MODEL_SLOTS), i, slot;

	for (i = 0; i < ASAHI_MODEL_SLOTS; i++) {
		slot = (start + i) % ASAHI_MODEL_SLOTS;
		if (is_live(g, kind, slot) == live)
			return slot;
	}
	return start;
}

/* Something of the file, there if possible. */
static uint64_t pick(struct asahi_generator *g, enum asahi_model_kind kind)
{
	return asahi_model_ref(g->step.file, kind, pick_slot(g, kind, true));
}

bool asahi_model_has(const struct asahi_generator *g, enum asahi_model_kind kind)
{
	unsigned int slot;

	for (slot = 0; slot < ASAHI_MODEL_SLOTS; slot++)
		if (is_live(g, kind, slot))
			return true;
	return false;
}

/* Number of an object of the file. The caller has made sure that it is one. */
static int index_of(const struct asahi_generator *g, enum asahi_model_kind kind, uint64_t arg)
{
	return asahi_model_lookup(&g->m, g->step.file, kind,
				  asahi_model_resolve(&g->m, g->step.file, kind, arg));
}

static uint64_t bo_size(const struct asahi_generator *g, uint64_t arg)
{
	int bo = index_of(g, ASAHI_KIND_BO, arg);
	uint64_t size = bo < 0 ? PAGE : g->m.bos[bo].size;

	return size < ASAHI_MODEL_BO_PAGES * PAGE ? size : ASAHI_MODEL_BO_PAGES * PAGE;
}

static void make_vm_create(struct asahi_generator *g)
{
	const struct asahi_model_limits *limits = &g->m.limits;
	uint64_t size = limits->kernel_min + (uint64_t)rnd(g, 3) * PAGE * 1000, *arg = g->step.arg;

	g->step.slot = pick_slot(g, ASAHI_KIND_VM, false);
	switch (rnd(g, 8)) {
	case 0:
		arg[ASAHI_VM_START] = limits->vm_start;
		break;
	case 1:
		/* In the middle of the addresses that are looked at. */
		arg[ASAHI_VM_START] = ASAHI_MODEL_WINDOW + ASAHI_MODEL_WINDOW_PAGES / 2 * PAGE;
		break;
	case 2:
		arg[ASAHI_VM_START] = 0x6000000000;
		break;
	default:
		arg[ASAHI_VM_START] = limits->vm_end / PAGE * PAGE - size;
	}
	arg[ASAHI_VM_END] = arg[ASAHI_VM_START] + size;
}

/* One step of a VM_BIND in the addresses that are looked at. */
static void make_window_op(struct asahi_generator *g, uint64_t *op)
{
	unsigned int first = rnd(g, ASAHI_MODEL_WINDOW_PAGES), pages;
	uint64_t size, offset;

	op[ASAHI_MAP_ADDR] = ASAHI_MODEL_WINDOW + first * PAGE;
	pages = 1 + rnd(g, ASAHI_MODEL_WINDOW_PAGES - first);
	if (chance(g, 35)) {
		op[ASAHI_MAP_FLAGS] = DRM_ASAHI_BIND_UNBIND;
		op[ASAHI_MAP_RANGE] = (uint64_t)pages * PAGE;
		return;
	}

	op[ASAHI_MAP_BO] = pick(g, ASAHI_KIND_BO);
	size = bo_size(g, op[ASAHI_MAP_BO]) / PAGE;
	offset = rnd(g, size);
	op[ASAHI_MAP_OFFSET] = offset * PAGE;
	op[ASAHI_MAP_FLAGS] = chance(g, 70) ? RW : 1u << (1 + rnd(g, 2));
	if (chance(g, 25))
		op[ASAHI_MAP_FLAGS] |= DRM_ASAHI_BIND_SINGLE_PAGE;
	else if (pages > size - offset)
		pages = 1 + rnd(g, size - offset);
	op[ASAHI_MAP_RANGE] = (uint64_t)pages * PAGE;
}

/* One that is about a lot of addresses. */
static void make_large_op(struct asahi_generator *g, uint64_t *op)
{
	if (chance(g, 15)) {
		/* Everything, also what jobs need. */
		op[ASAHI_MAP_FLAGS] = DRM_ASAHI_BIND_UNBIND;
		op[ASAHI_MAP_ADDR] = g->m.limits.vm_start;
		op[ASAHI_MAP_RANGE] = ASAHI_MODEL_NOWHERE - g->m.limits.vm_start;
		return;
	}

	op[ASAHI_MAP_ADDR] = ASAHI_MODEL_LARGE + (uint64_t)rnd(g, 1u << 16) * PAGE;
	op[ASAHI_MAP_RANGE] = (uint64_t)(1 + rnd(g, 1u << rnd(g, 17))) * PAGE;
	if (chance(g, 40)) {
		op[ASAHI_MAP_FLAGS] = DRM_ASAHI_BIND_UNBIND;
		return;
	}
	op[ASAHI_MAP_BO] = pick(g, ASAHI_KIND_BO);
	op[ASAHI_MAP_FLAGS] = RW | DRM_ASAHI_BIND_SINGLE_PAGE;
}

static void make_bind(struct asahi_generator *g)
{
	uint64_t *arg = g->step.arg;
	unsigned int i;

	arg[ASAHI_BIND_VM] = pick(g, ASAHI_KIND_VM);
	arg[ASAHI_BIND_STRIDE] = chance(g, 85) ? 32 : 40 + 8 * rnd(g, 4);
	arg[ASAHI_BIND_COUNT] = 1 + (chance(g, 30) ? rnd(g, ASAHI_MODEL_OPS) : 0);
	for (i = 0; i < arg[ASAHI_BIND_COUNT]; i++) {
		uint64_t *op = &arg[ASAHI_BIND_OP + i * ASAHI_MAP_ARGS];

		if (chance(g, 94))
			make_window_op(g, op);
		else
			make_large_op(g, op);
	}
}

static void make_gem_create(struct asahi_generator *g)
{
	uint64_t *arg = g->step.arg;

	g->step.slot = pick_slot(g, ASAHI_KIND_BO, false);
	arg[ASAHI_GEM_SIZE] = (1 + rnd(g, ASAHI_MODEL_BO_PAGES)) * PAGE;
	if (chance(g, 20))
		arg[ASAHI_GEM_SIZE] -= rnd(g, PAGE);
	arg[ASAHI_GEM_FLAGS] = chance(g, 70) ? DRM_ASAHI_GEM_WRITEBACK : 0;
	if (chance(g, 30) && asahi_model_has(g, ASAHI_KIND_VM)) {
		arg[ASAHI_GEM_FLAGS] |= DRM_ASAHI_GEM_VM_PRIVATE;
		arg[ASAHI_GEM_VM] = pick(g, ASAHI_KIND_VM);
	}
}

static void make_object(struct asahi_generator *g)
{
	uint64_t *arg = g->step.arg, pages;

	if (asahi_model_has(g, ASAHI_KIND_OBJECT) && chance(g, 40)) {
		arg[ASAHI_OBJECT_OP] = DRM_ASAHI_BIND_OBJECT_OP_UNBIND;
		arg[ASAHI_OBJECT_ID] = pick(g, ASAHI_KIND_OBJECT);
		return;
	}
	g->step.slot = pick_slot(g, ASAHI_KIND_OBJECT, false);
	arg[ASAHI_OBJECT_BO] = pick(g, ASAHI_KIND_BO);
	pages = bo_size(g, arg[ASAHI_OBJECT_BO]) / PAGE;
	arg[ASAHI_OBJECT_FLAGS] = DRM_ASAHI_BIND_OBJECT_USAGE_TIMESTAMPS;
	arg[ASAHI_OBJECT_OFFSET] = (uint64_t)rnd(g, pages) * PAGE;
	arg[ASAHI_OBJECT_RANGE] = (1 + rnd(g, pages - arg[ASAHI_OBJECT_OFFSET] / PAGE)) *
				  (uint64_t)PAGE;
}

static void make_queue_create(struct asahi_generator *g)
{
	uint64_t *arg = g->step.arg;

	g->step.slot = pick_slot(g, ASAHI_KIND_QUEUE, false);
	arg[ASAHI_QUEUE_VM] = pick(g, ASAHI_KIND_VM);
	arg[ASAHI_QUEUE_PRIORITY] = rnd(g, 2);
	if (chance(g, 4))
		arg[ASAHI_QUEUE_USC] = 0x123400000000;
}

static uint64_t pick_word(struct asahi_generator *g)
{
	uint32_t page = rnd(g, ASAHI_MODEL_WINDOW_PAGES), word = rnd(g, ASAHI_MODEL_STORE_WORDS);

	return ASAHI_MODEL_WINDOW + page * PAGE + word * 4;
}

/* A point up to the last, or so. */
static uint64_t pick_point(struct asahi_generator *g, uint64_t last)
{
	return 1 + rnd(g, last && last < 1000 ? last : 1000);
}

/* A syncobj, one that waits for something if possible. */
static uint64_t pick_busy_sync(struct asahi_generator *g)
{
	unsigned int start = rnd(g, ASAHI_MODEL_SLOTS), i;
	uint64_t ref;
	uint32_t mask;
	int sync;

	for (i = 0; i < ASAHI_MODEL_SLOTS; i++) {
		ref = asahi_model_ref(g->step.file, ASAHI_KIND_SYNC,
				      (start + i) % ASAHI_MODEL_SLOTS);
		sync = index_of(g, ASAHI_KIND_SYNC, ref);
		if (sync >= 0 && !asahi_model_sync_find(&g->m.syncs[sync], 0, &mask) && mask)
			return ref;
	}
	return pick(g, ASAHI_KIND_SYNC);
}

static void make_in_sync(struct asahi_generator *g, uint64_t *sync)
{
	const struct asahi_model_sync *s;

	sync[ASAHI_SYNC_ID] = chance(g, 60) ? pick_busy_sync(g) : pick(g, ASAHI_KIND_SYNC);
	s = &g->m.syncs[index_of(g, ASAHI_KIND_SYNC, sync[ASAHI_SYNC_ID])];
	if (!s->fence && chance(g, 90)) {
		/* Refused: nothing to wait for. Seldom is enough. */
		memset(sync, 0, ASAHI_SYNC_ARGS * sizeof(*sync));
		return;
	}
	if (s->chain && s->last) {
		sync[ASAHI_SYNC_TYPE] = DRM_ASAHI_SYNC_TIMELINE_SYNCOBJ;
		sync[ASAHI_SYNC_POINT] = pick_point(g, s->last);
		if (chance(g, 5))
			sync[ASAHI_SYNC_POINT] = s->last + 1;
	}
}

static void make_out_sync(struct asahi_generator *g, uint64_t *sync)
{
	unsigned int slot = pick_slot(g, ASAHI_KIND_SYNC, true);
	const struct asahi_model_sync *s;

	sync[ASAHI_SYNC_ID] = asahi_model_ref(g->step.file, ASAHI_KIND_SYNC, slot);
	s = &g->m.syncs[index_of(g, ASAHI_KIND_SYNC, sync[ASAHI_SYNC_ID])];
	/* Half of the slots are timelines, but for once in a while. */
	if (slot % 2 == (chance(g, 95) ? 1 : 0)) {
		sync[ASAHI_SYNC_TYPE] = DRM_ASAHI_SYNC_TIMELINE_SYNCOBJ;
		sync[ASAHI_SYNC_POINT] = s->last + 1 + rnd(g, 3);
		if (chance(g, 3))
			sync[ASAHI_SYNC_POINT] = pick_point(g, s->last);
	}
}

static void make_stamp(struct asahi_generator *g, uint64_t *arg, unsigned int stamp)
{
	const struct asahi_model_object *object;

	arg[0] = pick(g, ASAHI_KIND_OBJECT);
	object = &g->m.objects[index_of(g, ASAHI_KIND_OBJECT, arg[0])];
	arg[1] = rnd(g, object->range / PAGE) * PAGE + ASAHI_MODEL_STAMP_WORD(stamp) * 4;
}

static void make_submit(struct asahi_generator *g)
{
	uint64_t *arg = g->step.arg;
	unsigned int i;

	g->step.slot = rnd(g, ASAHI_MODEL_SPINS);
	arg[ASAHI_SUBMIT_QUEUE] = pick(g, ASAHI_KIND_QUEUE);
	arg[ASAHI_SUBMIT_ADDR] = pick_word(g);
	switch (rnd(g, 16)) {
	case 0:
		arg[ASAHI_SUBMIT_KIND] = chance(g, 40) ? ASAHI_JOB_FAULT : ASAHI_JOB_STORE;
		break;
	case 1:
		arg[ASAHI_SUBMIT_KIND] = ASAHI_JOB_SPIN;
		break;
	case 2:
	case 3:
	case 4:
		arg[ASAHI_SUBMIT_KIND] = ASAHI_JOB_COPY;
		arg[ASAHI_SUBMIT_SRC] = pick_word(g);
		break;
	default:
		arg[ASAHI_SUBMIT_KIND] = ASAHI_JOB_STORE;
		/* What is the kernel's is no shader's. */
		if (g->strict && chance(g, 3))
			arg[ASAHI_SUBMIT_ADDR] = chance(g, 50) ? 0 : g->m.limits.vm_end;
	}
	arg[ASAHI_SUBMIT_NUM] = chance(g, 10) ? rnd(g, 4) : 0;

	for (i = 0; i < 2 && asahi_model_has(g, ASAHI_KIND_SYNC); i++) {
		if (chance(g, 35))
			make_in_sync(g, &arg[ASAHI_SUBMIT_IN + i * ASAHI_SYNC_ARGS]);
		if (chance(g, 35))
			make_out_sync(g, &arg[ASAHI_SUBMIT_OUT + i * ASAHI_SYNC_ARGS]);
	}
	for (i = 0; i < ASAHI_MODEL_STAMPS && asahi_model_has(g, ASAHI_KIND_OBJECT); i++)
		if (chance(g, 35))
			make_stamp(g, &arg[ASAHI_SUBMIT_START + 2 * i], i);
}

static void make_import(struct asahi_generator *g)
{
	unsigned int slot = rnd(g, ASAHI_MODEL_SLOTS), i;

	for (i = 0; i < ASAHI_MODEL_SLOTS && g->m.dmabufs[slot] < 0; i++)
		slot = (slot + 1) % ASAHI_MODEL_SLOTS;
	g->step.arg[ASAHI_ARG_ID] = chance(g, 95) ? slot : ASAHI_MODEL_SLOTS + rnd(g, 2);
	g->step.slot = pick_slot(g, ASAHI_KIND_BO, false);
}

static void make_wait(struct asahi_generator *g)
{
	const struct asahi_model_sync *s;

	g->step.arg[ASAHI_WAIT_ID] = pick(g, ASAHI_KIND_SYNC);
	s = &g->m.syncs[index_of(g, ASAHI_KIND_SYNC, g->step.arg[ASAHI_WAIT_ID])];
	if (s->last && chance(g, 60))
		g->step.arg[ASAHI_WAIT_POINT] = pick_point(g, s->last);
}

/* A CPU mapping that there is, or is not. */
static unsigned int pick_map(struct asahi_generator *g, bool used)
{
	unsigned int start = rnd(g, ASAHI_MODEL_MAPS), i;

	for (i = 0; i < ASAHI_MODEL_MAPS; i++)
		if (g->m.maps[(start + i) % ASAHI_MODEL_MAPS].used == used)
			return (start + i) % ASAHI_MODEL_MAPS;
	return start;
}

static void make_params(struct asahi_generator *g)
{
	g->step.arg[ASAHI_PARAMS_SIZE] = rnd(g, 2) ? sizeof(struct drm_asahi_params_global) :
						     rnd(g, 1000);
}

/* What names a VM, a queue, a buffer or a syncobj, and is all said with that. */
static void make_of_vm(struct asahi_generator *g)
{
	g->step.arg[ASAHI_ARG_ID] = pick(g, ASAHI_KIND_VM);
}

static void make_of_queue(struct asahi_generator *g)
{
	g->step.arg[ASAHI_ARG_ID] = pick(g, ASAHI_KIND_QUEUE);
}

static void make_of_bo(struct asahi_generator *g)
{
	g->step.arg[ASAHI_BO_ID] = pick(g, ASAHI_KIND_BO);
}

static void make_of_sync(struct asahi_generator *g)
{
	g->step.arg[ASAHI_ARG_ID] = pick(g, ASAHI_KIND_SYNC);
}

static void make_ioctl(struct asahi_generator *g)
{
	g->step.arg[ASAHI_ARG_ID] = ASAHI_MODEL_IOCTLS + rnd(g, 40);
}

static void make_export(struct asahi_generator *g)
{
	g->step.slot = rnd(g, ASAHI_MODEL_SLOTS);
	g->step.arg[ASAHI_BO_FLAGS] = rnd(g, 2) ? DRM_CLOEXEC | DRM_RDWR : DRM_RDWR;
	g->step.arg[ASAHI_BO_ID] = pick(g, ASAHI_KIND_BO);
}

static void make_dmabuf_close(struct asahi_generator *g)
{
	g->step.slot = rnd(g, ASAHI_MODEL_SLOTS);
}

static void make_sync_create(struct asahi_generator *g)
{
	g->step.slot = pick_slot(g, ASAHI_KIND_SYNC, false);
	g->step.arg[ASAHI_ARG_ID] = chance(g, 30);
}

static void make_sync_share(struct asahi_generator *g)
{
	g->step.arg[ASAHI_SHARE_ID] = pick(g, ASAHI_KIND_SYNC);
	g->step.arg[ASAHI_SHARE_TO] = rnd(g, ASAHI_MODEL_FILES);
	g->step.slot = rnd(g, ASAHI_MODEL_SLOTS);
}

static void make_mmap(struct asahi_generator *g)
{
	g->step.slot = pick_map(g, false);
	g->step.arg[ASAHI_BO_ID] = pick(g, ASAHI_KIND_BO);
	g->step.arg[ASAHI_SHARE_TO] = g->step.file;
	/* Now and then from another file. */
	if (chance(g, 15))
		g->step.file = rnd(g, ASAHI_MODEL_FILES);
}

static void make_dmabuf_mmap(struct asahi_generator *g)
{
	make_import(g);
	g->step.slot = pick_map(g, false);
}

static void make_munmap(struct asahi_generator *g)
{
	g->step.slot = pick_map(g, true);
}

static void make_write(struct asahi_generator *g)
{
	g->step.slot = pick_map(g, true);
	g->step.arg[ASAHI_WRITE_PAGE] = rnd(g, ASAHI_MODEL_BO_PAGES);
	g->step.arg[ASAHI_WRITE_WORD] = rnd(g, ASAHI_MODEL_STORE_WORDS);
	g->step.arg[ASAHI_WRITE_VALUE] = 0xc0000000 | rnd(g, 1u << 28);
}

static void make_end(struct asahi_generator *g)
{
	g->step.slot = rnd(g, ASAHI_MODEL_SPINS);
}

/* A step that is not here has no arguments. */
static void (* const makers[ASAHI_NUM_OPS])(struct asahi_generator *g) = {
	[ASAHI_OP_PARAMS] = make_params,
	[ASAHI_OP_VM_CREATE] = make_vm_create,
	[ASAHI_OP_VM_DESTROY] = make_of_vm,
	[ASAHI_OP_BIND] = make_bind,
	[ASAHI_OP_GEM_CREATE] = make_gem_create,
	[ASAHI_OP_MMAP_OFFSET] = make_of_bo,
	[ASAHI_OP_OBJECT] = make_object,
	[ASAHI_OP_QUEUE_CREATE] = make_queue_create,
	[ASAHI_OP_QUEUE_DESTROY] = make_of_queue,
	[ASAHI_OP_SUBMIT] = make_submit,
	[ASAHI_OP_IOCTL] = make_ioctl,
	[ASAHI_OP_GEM_CLOSE] = make_of_bo,
	[ASAHI_OP_EXPORT] = make_export,
	[ASAHI_OP_IMPORT] = make_import,
	[ASAHI_OP_DMABUF_CLOSE] = make_dmabuf_close,
	[ASAHI_OP_SYNC_CREATE] = make_sync_create,
	[ASAHI_OP_SYNC_DESTROY] = make_of_sync,
	[ASAHI_OP_SYNC_WAIT] = make_wait,
	[ASAHI_OP_SYNC_SIGNAL] = make_of_sync,
	[ASAHI_OP_SYNC_RESET] = make_of_sync,
	[ASAHI_OP_SYNC_SHARE] = make_sync_share,
	[ASAHI_OP_MMAP] = make_mmap,
	[ASAHI_OP_DMABUF_MMAP] = make_dmabuf_mmap,
	[ASAHI_OP_MUNMAP] = make_munmap,
	[ASAHI_OP_WRITE] = make_write,
	[ASAHI_OP_FILL] = make_of_bo,
	[ASAHI_OP_ARENA] = make_of_vm,
	[ASAHI_OP_GATE] = make_of_sync,
	[ASAHI_OP_END] = make_end,
};

void asahi_model_make(struct asahi_generator *g)
{
	if (makers[g->step.op])
		makers[g->step.op](g);
}
