// SPDX-License-Identifier: MIT
/* Programs from seeds. */
#include <stdlib.h>
#include <string.h>

#include "asahi_drm.h"
#include "asahi_model_gen.h"
#include "asahi_model_work.h"
#include "asahi_seed.h"

#define PAGE ASAHI_MODEL_PAGE
#define RW (DRM_ASAHI_BIND_READ | DRM_ASAHI_BIND_WRITE)
#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

/* With so many jobs that wait or run it is time to let some end. */
#define MANY_JOBS 8

/* Weights of what every program does; those of a profile are added to them. */
static const uint8_t base_weights[ASAHI_NUM_OPS] = {
	[ASAHI_OP_CLOSE] = 1,
	[ASAHI_OP_VM_CREATE] = 2,
	[ASAHI_OP_VM_DESTROY] = 1,
	[ASAHI_OP_GEM_CREATE] = 5,
	[ASAHI_OP_GEM_CLOSE] = 3,
	[ASAHI_OP_FILL] = 5,
	[ASAHI_OP_CHECK] = 6,
	[ASAHI_OP_ARENA] = 1,
	[ASAHI_OP_RELEASE] = 2,
	[ASAHI_OP_END] = 2,
};

const struct asahi_model_profile asahi_model_profiles[ASAHI_NUM_PROFILES] = {
	[ASAHI_PROFILE_ADDRESS_SPACE] = {
		.name = "address-space",
		.weights = {
			[ASAHI_OP_BIND] = 60, [ASAHI_OP_QUEUE_CREATE] = 1,
			[ASAHI_OP_QUEUE_DESTROY] = 1, [ASAHI_OP_SUBMIT] = 8,
		},
		.hostile = 10,
	},
	[ASAHI_PROFILE_HANDLES] = {
		.name = "handles",
		.weights = {
			[ASAHI_OP_CLOSE] = 3, [ASAHI_OP_VM_CREATE] = 8,
			[ASAHI_OP_VM_DESTROY] = 7, [ASAHI_OP_GEM_CREATE] = 15,
			[ASAHI_OP_GEM_CLOSE] = 13, [ASAHI_OP_MMAP_OFFSET] = 8,
			[ASAHI_OP_OBJECT] = 15, [ASAHI_OP_QUEUE_CREATE] = 7,
			[ASAHI_OP_QUEUE_DESTROY] = 6, [ASAHI_OP_BIND] = 12,
			[ASAHI_OP_SUBMIT] = 6, [ASAHI_OP_MMAP] = 8, [ASAHI_OP_MUNMAP] = 6,
			[ASAHI_OP_WRITE] = 5, [ASAHI_OP_SYNC_CREATE] = 3,
			[ASAHI_OP_SYNC_DESTROY] = 2,
		},
		.hostile = 20,
	},
	[ASAHI_PROFILE_QUEUES] = {
		.name = "queues",
		.weights = {
			[ASAHI_OP_CLOSE] = 2, [ASAHI_OP_VM_CREATE] = 4,
			[ASAHI_OP_VM_DESTROY] = 3, [ASAHI_OP_QUEUE_CREATE] = 9,
			[ASAHI_OP_QUEUE_DESTROY] = 6, [ASAHI_OP_SUBMIT] = 45, [ASAHI_OP_BIND] = 15,
			[ASAHI_OP_OBJECT] = 6, [ASAHI_OP_SYNC_CREATE] = 4, [ASAHI_OP_GATE] = 6,
			[ASAHI_OP_SYNC_WAIT] = 3,
		},
		.hostile = 8,
	},
	[ASAHI_PROFILE_SYNCS] = {
		.name = "syncs",
		.weights = {
			[ASAHI_OP_QUEUE_CREATE] = 4, [ASAHI_OP_QUEUE_DESTROY] = 2,
			[ASAHI_OP_SUBMIT] = 40, [ASAHI_OP_BIND] = 6, [ASAHI_OP_SYNC_CREATE] = 12,
			[ASAHI_OP_SYNC_DESTROY] = 5, [ASAHI_OP_SYNC_WAIT] = 12,
			[ASAHI_OP_SYNC_SIGNAL] = 4, [ASAHI_OP_SYNC_RESET] = 3,
			[ASAHI_OP_SYNC_SHARE] = 6, [ASAHI_OP_GATE] = 8,
		},
		.hostile = 8,
	},
	[ASAHI_PROFILE_SHARING] = {
		.name = "sharing",
		.weights = {
			[ASAHI_OP_CLOSE] = 3,
			[ASAHI_OP_GEM_CREATE] = 10, [ASAHI_OP_GEM_CLOSE] = 10,
			[ASAHI_OP_EXPORT] = 12, [ASAHI_OP_IMPORT] = 18, [ASAHI_OP_DMABUF_CLOSE] = 7,
			[ASAHI_OP_MMAP] = 8, [ASAHI_OP_DMABUF_MMAP] = 6, [ASAHI_OP_MUNMAP] = 8,
			[ASAHI_OP_WRITE] = 10, [ASAHI_OP_BIND] = 20, [ASAHI_OP_OBJECT] = 4,
			[ASAHI_OP_QUEUE_CREATE] = 3, [ASAHI_OP_QUEUE_DESTROY] = 2,
			[ASAHI_OP_SUBMIT] = 12, [ASAHI_OP_SYNC_CREATE] = 2,
			[ASAHI_OP_GATE] = 2, [ASAHI_OP_SYNC_SHARE] = 2,
		},
		.hostile = 6,
	},
	[ASAHI_PROFILE_HOSTILE] = {
		.name = "hostile",
		.weights = {
			[ASAHI_OP_PARAMS] = 6, [ASAHI_OP_TIME] = 4, [ASAHI_OP_IOCTL] = 2,
			[ASAHI_OP_VM_CREATE] = 9, [ASAHI_OP_VM_DESTROY] = 5, [ASAHI_OP_BIND] = 40,
			[ASAHI_OP_GEM_CREATE] = 12, [ASAHI_OP_MMAP_OFFSET] = 6,
			[ASAHI_OP_OBJECT] = 15, [ASAHI_OP_QUEUE_CREATE] = 8,
			[ASAHI_OP_QUEUE_DESTROY] = 5, [ASAHI_OP_SUBMIT] = 45,
			[ASAHI_OP_EXPORT] = 5, [ASAHI_OP_IMPORT] = 5, [ASAHI_OP_DMABUF_CLOSE] = 3,
			[ASAHI_OP_MMAP] = 4, [ASAHI_OP_MUNMAP] = 3, [ASAHI_OP_SYNC_CREATE] = 5,
			[ASAHI_OP_SYNC_DESTROY] = 2,
		},
		.hostile = 60,
	},
	[ASAHI_PROFILE_EVERYTHING] = {
		.name = "everything",
		.weights = {
			[ASAHI_OP_CLOSE] = 2, [ASAHI_OP_PARAMS] = 1,
			[ASAHI_OP_TIME] = 1, [ASAHI_OP_IOCTL] = 1, [ASAHI_OP_VM_CREATE] = 4,
			[ASAHI_OP_VM_DESTROY] = 3, [ASAHI_OP_BIND] = 20, [ASAHI_OP_GEM_CREATE] = 8,
			[ASAHI_OP_GEM_CLOSE] = 6, [ASAHI_OP_MMAP_OFFSET] = 2,
			[ASAHI_OP_OBJECT] = 6, [ASAHI_OP_QUEUE_CREATE] = 5,
			[ASAHI_OP_QUEUE_DESTROY] = 3, [ASAHI_OP_SUBMIT] = 25,
			[ASAHI_OP_EXPORT] = 5, [ASAHI_OP_IMPORT] = 6, [ASAHI_OP_DMABUF_CLOSE] = 3,
			[ASAHI_OP_SYNC_CREATE] = 5, [ASAHI_OP_SYNC_DESTROY] = 2,
			[ASAHI_OP_SYNC_WAIT] = 3, [ASAHI_OP_SYNC_SIGNAL] = 1,
			[ASAHI_OP_SYNC_RESET] = 1, [ASAHI_OP_SYNC_SHARE] = 2, [ASAHI_OP_GATE] = 3,
			[ASAHI_OP_MMAP] = 4, [ASAHI_OP_DMABUF_MMAP] = 2, [ASAHI_OP_MUNMAP] = 4,
			[ASAHI_OP_WRITE] = 4,
		},
		.hostile = 15,
	},
};

/*
 * How each argument can be spoiled: (r)eference, number of 32 bits or (w)ord, number of 64 bits or
 * (q)uad, (o)ffset of a timestamp. A dash is left alone.
 */
static const char * const kinds_of_args[ASAHI_NUM_OPS] = {
	[ASAHI_OP_PARAMS] = "wwq-",
	[ASAHI_OP_TIME] = "q",
	[ASAHI_OP_VM_CREATE] = "qqw",
	[ASAHI_OP_VM_DESTROY] = "rw",
	[ASAHI_OP_BIND] = "rw---wrqqqwrqqqwrqqq",
	[ASAHI_OP_GEM_CREATE] = "qwrw",
	[ASAHI_OP_MMAP_OFFSET] = "rw",
	[ASAHI_OP_OBJECT] = "wrwrqqrw",
	[ASAHI_OP_QUEUE_CREATE] = "rww-",
	[ASAHI_OP_QUEUE_DESTROY] = "rw",
	[ASAHI_OP_SUBMIT] = "r----rwqrwqrwqrwqroroww-",
	[ASAHI_OP_GEM_CLOSE] = "r-",
	[ASAHI_OP_EXPORT] = "rw",
	[ASAHI_OP_SYNC_CREATE] = "w",
	[ASAHI_OP_SYNC_DESTROY] = "r",
	[ASAHI_OP_SYNC_WAIT] = "rq",
	[ASAHI_OP_SYNC_SIGNAL] = "r",
	[ASAHI_OP_SYNC_RESET] = "r",
	[ASAHI_OP_SYNC_SHARE] = "r-",
	[ASAHI_OP_MMAP] = "r-",
	[ASAHI_OP_FILL] = "r",
	[ASAHI_OP_GATE] = "r",
};

struct generator {
	const struct asahi_model_profile *profile;
	bool strict;
	/** @random: not from any library, so that a seed is the same program everywhere. */
	struct asahi_random random;
	/** @m: what is there. */
	struct asahi_model m;
	/** @step: that which is being made. */
	struct asahi_model_step step;
};

static uint32_t rnd(struct generator *g, uint32_t below)
{
	return asahi_random_below(&g->random, below);
}

static bool chance(struct generator *g, unsigned int percent)
{
	return rnd(g, 100) < percent;
}

void asahi_model_dry(struct asahi_model *m, const struct asahi_model_step *step,
		     struct asahi_model_expect *expect)
{
	unsigned int i;

	asahi_model_step(m, step, expect);
	if (!expect->skip && expect->made == ASAHI_MADE_FILE)
		asahi_model_born_file(m, 1, 1);
	else if (!expect->skip && expect->made == ASAHI_MADE_NUMBER)
		asahi_model_born(m, expect->same ? expect->same : asahi_model_free_number(m));
	for (i = 0; i < ASAHI_MODEL_MAX_JOBS; i++)
		if (m->jobs[i].state == ASAHI_MODEL_OVER)
			asahi_model_retire(m, i);
}

/* Whether the number in a slot stands for something still. */
static bool is_live(const struct generator *g, enum asahi_model_kind kind, unsigned int slot)
{
	const struct asahi_model *m = &g->m;

	return asahi_model_lookup(m, g->step.file, kind,
				  m->numbers[g->step.file][kind][slot]) >= 0;
}

static unsigned int pick_slot(struct generator *g, enum asahi_model_kind kind, bool live)
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
static uint64_t pick(struct generator *g, enum asahi_model_kind kind)
{
	return asahi_model_ref(g->step.file, kind, pick_slot(g, kind, true));
}

static bool has(const struct generator *g, enum asahi_model_kind kind)
{
	unsigned int slot;

	for (slot = 0; slot < ASAHI_MODEL_SLOTS; slot++)
		if (is_live(g, kind, slot))
			return true;
	return false;
}

/* Number of an object of the file. The caller has made sure that it is one. */
static int index_of(const struct generator *g, enum asahi_model_kind kind, uint64_t arg)
{
	return asahi_model_lookup(&g->m, g->step.file, kind,
				  asahi_model_resolve(&g->m, g->step.file, kind, arg));
}

static uint64_t bo_size(const struct generator *g, uint64_t arg)
{
	int bo = index_of(g, ASAHI_KIND_BO, arg);
	uint64_t size = bo < 0 ? PAGE : g->m.bos[bo].size;

	return size < ASAHI_MODEL_BO_PAGES * PAGE ? size : ASAHI_MODEL_BO_PAGES * PAGE;
}

static void make_vm_create(struct generator *g)
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
static void make_window_op(struct generator *g, uint64_t *op)
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
static void make_large_op(struct generator *g, uint64_t *op)
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

static void make_bind(struct generator *g)
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

static void make_gem_create(struct generator *g)
{
	uint64_t *arg = g->step.arg;

	g->step.slot = pick_slot(g, ASAHI_KIND_BO, false);
	arg[ASAHI_GEM_SIZE] = (1 + rnd(g, ASAHI_MODEL_BO_PAGES)) * PAGE;
	if (chance(g, 20))
		arg[ASAHI_GEM_SIZE] -= rnd(g, PAGE);
	arg[ASAHI_GEM_FLAGS] = chance(g, 70) ? DRM_ASAHI_GEM_WRITEBACK : 0;
	if (chance(g, 30) && has(g, ASAHI_KIND_VM)) {
		arg[ASAHI_GEM_FLAGS] |= DRM_ASAHI_GEM_VM_PRIVATE;
		arg[ASAHI_GEM_VM] = pick(g, ASAHI_KIND_VM);
	}
}

static void make_object(struct generator *g)
{
	uint64_t *arg = g->step.arg, pages;

	if (has(g, ASAHI_KIND_OBJECT) && chance(g, 40)) {
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

static void make_queue_create(struct generator *g)
{
	uint64_t *arg = g->step.arg;

	g->step.slot = pick_slot(g, ASAHI_KIND_QUEUE, false);
	arg[ASAHI_QUEUE_VM] = pick(g, ASAHI_KIND_VM);
	arg[ASAHI_QUEUE_PRIORITY] = rnd(g, 2);
	if (chance(g, 4))
		arg[ASAHI_QUEUE_USC] = 0x123400000000;
}

static uint64_t pick_word(struct generator *g)
{
	uint32_t page = rnd(g, ASAHI_MODEL_WINDOW_PAGES), word = rnd(g, ASAHI_MODEL_STORE_WORDS);

	return ASAHI_MODEL_WINDOW + page * PAGE + word * 4;
}

/* A point up to the last, or so. */
static uint64_t pick_point(struct generator *g, uint64_t last)
{
	return 1 + rnd(g, last && last < 1000 ? last : 1000);
}

/* A syncobj, one that waits for something if possible. */
static uint64_t pick_busy_sync(struct generator *g)
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

static void make_in_sync(struct generator *g, uint64_t *sync)
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

static void make_out_sync(struct generator *g, uint64_t *sync)
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

static void make_stamp(struct generator *g, uint64_t *arg, unsigned int stamp)
{
	const struct asahi_model_object *object;

	arg[0] = pick(g, ASAHI_KIND_OBJECT);
	object = &g->m.objects[index_of(g, ASAHI_KIND_OBJECT, arg[0])];
	arg[1] = rnd(g, object->range / PAGE) * PAGE + ASAHI_MODEL_STAMP_WORD(stamp) * 4;
}

static unsigned int num_jobs(const struct asahi_model *m)
{
	unsigned int i, num = 0;

	for (i = 0; i < ASAHI_MODEL_MAX_JOBS; i++)
		num += m->jobs[i].state != ASAHI_MODEL_NO_JOB;
	return num;
}

static void make_submit(struct generator *g)
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

	for (i = 0; i < 2 && has(g, ASAHI_KIND_SYNC); i++) {
		if (chance(g, 35))
			make_in_sync(g, &arg[ASAHI_SUBMIT_IN + i * ASAHI_SYNC_ARGS]);
		if (chance(g, 35))
			make_out_sync(g, &arg[ASAHI_SUBMIT_OUT + i * ASAHI_SYNC_ARGS]);
	}
	for (i = 0; i < ASAHI_MODEL_STAMPS && has(g, ASAHI_KIND_OBJECT); i++)
		if (chance(g, 35))
			make_stamp(g, &arg[ASAHI_SUBMIT_START + 2 * i], i);
}

static void make_import(struct generator *g)
{
	unsigned int slot = rnd(g, ASAHI_MODEL_SLOTS), i;

	for (i = 0; i < ASAHI_MODEL_SLOTS && g->m.dmabufs[slot] < 0; i++)
		slot = (slot + 1) % ASAHI_MODEL_SLOTS;
	g->step.arg[ASAHI_ARG_ID] = chance(g, 95) ? slot : ASAHI_MODEL_SLOTS + rnd(g, 2);
	g->step.slot = pick_slot(g, ASAHI_KIND_BO, false);
}

static void make_wait(struct generator *g)
{
	const struct asahi_model_sync *s;

	g->step.arg[ASAHI_WAIT_ID] = pick(g, ASAHI_KIND_SYNC);
	s = &g->m.syncs[index_of(g, ASAHI_KIND_SYNC, g->step.arg[ASAHI_WAIT_ID])];
	if (s->last && chance(g, 60))
		g->step.arg[ASAHI_WAIT_POINT] = pick_point(g, s->last);
}

/* A CPU mapping that there is, or is not. */
static unsigned int pick_map(struct generator *g, bool used)
{
	unsigned int start = rnd(g, ASAHI_MODEL_MAPS), i;

	for (i = 0; i < ASAHI_MODEL_MAPS; i++)
		if (g->m.maps[(start + i) % ASAHI_MODEL_MAPS].used == used)
			return (start + i) % ASAHI_MODEL_MAPS;
	return start;
}

/* What has to be there for a step, or nothing. */
static int needed(enum asahi_model_op op)
{
	switch (op) {
	case ASAHI_OP_VM_DESTROY:
	case ASAHI_OP_QUEUE_CREATE:
	case ASAHI_OP_ARENA:
		return ASAHI_KIND_VM;
	case ASAHI_OP_BIND:
	case ASAHI_OP_MMAP_OFFSET:
	case ASAHI_OP_OBJECT:
	case ASAHI_OP_GEM_CLOSE:
	case ASAHI_OP_EXPORT:
	case ASAHI_OP_MMAP:
	case ASAHI_OP_FILL:
		return ASAHI_KIND_BO;
	case ASAHI_OP_QUEUE_DESTROY:
	case ASAHI_OP_SUBMIT:
		return ASAHI_KIND_QUEUE;
	case ASAHI_OP_SYNC_DESTROY:
	case ASAHI_OP_SYNC_WAIT:
	case ASAHI_OP_SYNC_SIGNAL:
	case ASAHI_OP_SYNC_RESET:
	case ASAHI_OP_SYNC_SHARE:
	case ASAHI_OP_GATE:
		return ASAHI_KIND_SYNC;
	default:
		return -1;
	}
}

static enum asahi_model_op maker(int kind)
{
	static const enum asahi_model_op makers[ASAHI_NUM_KINDS] = {
		[ASAHI_KIND_VM] = ASAHI_OP_VM_CREATE,
		[ASAHI_KIND_QUEUE] = ASAHI_OP_QUEUE_CREATE,
		[ASAHI_KIND_OBJECT] = ASAHI_OP_OBJECT,
		[ASAHI_KIND_BO] = ASAHI_OP_GEM_CREATE,
		[ASAHI_KIND_SYNC] = ASAHI_OP_SYNC_CREATE,
	};

	return makers[kind];
}

static enum asahi_model_op pick_op(struct generator *g)
{
	const uint8_t *weights = g->profile->weights;
	unsigned int i, sum = 0, at;

	for (i = 0; i < ASAHI_NUM_OPS; i++)
		sum += base_weights[i] + weights[i];
	at = rnd(g, sum);
	for (i = 0; at >= (unsigned int)base_weights[i] + weights[i]; i++)
		at -= base_weights[i] + weights[i];
	return i;
}

/* Choose what to do, and where; something that has a chance to work. */
static void choose(struct generator *g)
{
	struct asahi_model_step *step = &g->step;

	memset(step, 0, sizeof(*step));
	step->op = pick_op(g);
	step->file = rnd(g, ASAHI_MODEL_FILES);
	if (num_jobs(&g->m) >= MANY_JOBS) {
		step->op = g->m.gate ? ASAHI_OP_RELEASE : ASAHI_OP_END;
		return;
	}
	if (g->m.fds[step->file] < 0 && chance(g, 97)) {
		step->op = ASAHI_OP_OPEN;
		return;
	}
	while (needed(step->op) >= 0 && !has(g, needed(step->op)))
		step->op = maker(needed(step->op));
	if (step->op == ASAHI_OP_BIND && !has(g, ASAHI_KIND_VM))
		step->op = ASAHI_OP_VM_CREATE;
}

static void make(struct generator *g)
{
	struct asahi_model_step *step = &g->step;
	uint64_t *arg = step->arg;

	switch ((enum asahi_model_op)step->op) {
	case ASAHI_OP_PARAMS:
		arg[ASAHI_PARAMS_SIZE] = rnd(g, 2) ? 592 : rnd(g, 1000);
		break;
	case ASAHI_OP_VM_CREATE:
		make_vm_create(g);
		break;
	case ASAHI_OP_VM_DESTROY:
	case ASAHI_OP_ARENA:
		arg[ASAHI_ARG_ID] = pick(g, ASAHI_KIND_VM);
		break;
	case ASAHI_OP_QUEUE_DESTROY:
		arg[ASAHI_ARG_ID] = pick(g, ASAHI_KIND_QUEUE);
		break;
	case ASAHI_OP_BIND:
		make_bind(g);
		break;
	case ASAHI_OP_GEM_CREATE:
		make_gem_create(g);
		break;
	case ASAHI_OP_OBJECT:
		make_object(g);
		break;
	case ASAHI_OP_QUEUE_CREATE:
		make_queue_create(g);
		break;
	case ASAHI_OP_SUBMIT:
		make_submit(g);
		break;
	case ASAHI_OP_IOCTL:
		arg[ASAHI_ARG_ID] = 11 + rnd(g, 40);
		break;
	case ASAHI_OP_EXPORT:
		step->slot = rnd(g, ASAHI_MODEL_SLOTS);
		arg[ASAHI_BO_FLAGS] = rnd(g, 2) ? 02000002 : 2;
		arg[ASAHI_BO_ID] = pick(g, ASAHI_KIND_BO);
		break;
	case ASAHI_OP_MMAP_OFFSET:
	case ASAHI_OP_GEM_CLOSE:
	case ASAHI_OP_FILL:
		arg[ASAHI_BO_ID] = pick(g, ASAHI_KIND_BO);
		break;
	case ASAHI_OP_IMPORT:
		make_import(g);
		break;
	case ASAHI_OP_DMABUF_CLOSE:
		step->slot = rnd(g, ASAHI_MODEL_SLOTS);
		break;
	case ASAHI_OP_SYNC_CREATE:
		step->slot = pick_slot(g, ASAHI_KIND_SYNC, false);
		arg[ASAHI_ARG_ID] = chance(g, 30);
		break;
	case ASAHI_OP_SYNC_DESTROY:
	case ASAHI_OP_SYNC_SIGNAL:
	case ASAHI_OP_SYNC_RESET:
	case ASAHI_OP_GATE:
		arg[ASAHI_ARG_ID] = pick(g, ASAHI_KIND_SYNC);
		break;
	case ASAHI_OP_SYNC_WAIT:
		make_wait(g);
		break;
	case ASAHI_OP_SYNC_SHARE:
		arg[ASAHI_SHARE_ID] = pick(g, ASAHI_KIND_SYNC);
		arg[ASAHI_SHARE_TO] = rnd(g, ASAHI_MODEL_FILES);
		step->slot = rnd(g, ASAHI_MODEL_SLOTS);
		break;
	case ASAHI_OP_MMAP:
		step->slot = pick_map(g, false);
		arg[ASAHI_BO_ID] = pick(g, ASAHI_KIND_BO);
		arg[ASAHI_SHARE_TO] = step->file;
		/* Now and then from another file. */
		if (chance(g, 15))
			step->file = rnd(g, ASAHI_MODEL_FILES);
		break;
	case ASAHI_OP_DMABUF_MMAP:
		make_import(g);
		step->slot = pick_map(g, false);
		break;
	case ASAHI_OP_MUNMAP:
		step->slot = pick_map(g, true);
		break;
	case ASAHI_OP_WRITE:
		step->slot = pick_map(g, true);
		arg[ASAHI_WRITE_PAGE] = rnd(g, ASAHI_MODEL_BO_PAGES);
		arg[ASAHI_WRITE_WORD] = rnd(g, ASAHI_MODEL_STORE_WORDS);
		arg[ASAHI_WRITE_VALUE] = 0xc0000000 | rnd(g, 1u << 28);
		break;
	case ASAHI_OP_END:
		step->slot = rnd(g, ASAHI_MODEL_SPINS);
		break;
	case ASAHI_OP_OPEN:
	case ASAHI_OP_CLOSE:
	case ASAHI_OP_TIME:
	case ASAHI_OP_RELEASE:
	case ASAHI_OP_CHECK:
	case ASAHI_NUM_OPS:
		break;
	}
}

/* A number that probably is not right, or is another one that is. */
static uint64_t spoil_ref(struct generator *g, uint64_t ref)
{
	static const uint32_t numbers[] = { 0, 1, 77, 0x7fffffff, 0x80000000, 0xffffffff };
	unsigned int kind = asahi_model_is_ref(ref) ? ref >> 16 & 0xff : rnd(g, ASAHI_NUM_KINDS);
	unsigned int file = g->step.file, slot = rnd(g, ASAHI_MODEL_SLOTS);

	switch (rnd(g, 4)) {
	case 0:
		return asahi_model_number(numbers[rnd(g, ARRAY_SIZE(numbers))]);
	case 1:
		file = rnd(g, ASAHI_MODEL_FILES);
		break;
	case 2:
		kind = rnd(g, ASAHI_NUM_KINDS);
		break;
	default:
		break;
	}
	return asahi_model_ref(file, kind % ASAHI_NUM_KINDS, slot);
}

static uint64_t spoil_quad(struct generator *g, uint64_t value)
{
	switch (rnd(g, 10)) {
	case 0:
		return 0;
	case 1:
		return value + 1;
	case 2:
		return value + 0x1000;
	case 3:
		return value + PAGE;
	case 4:
		return value - PAGE;
	case 5:
		return UINT64_MAX;
	case 6:
		return UINT64_MAX - PAGE + 1;
	case 7:
		return 1ull << 63;
	case 8:
		return value ^ 1ull << 62;
	default:
		return g->m.limits.vm_end;
	}
}

static uint32_t spoil_word(struct generator *g, uint32_t value)
{
	return chance(g, 50) ? value ^ 1u << rnd(g, 32) : rnd(g, 8);
}

static uint32_t spoil_offset(struct generator *g)
{
	static const uint32_t offsets[] = {
		PAGE - 8, PAGE, 4 * PAGE, 0x20000000, 0xfffffff7, 0xfffffff8, 0xffffffff,
	};

	return offsets[rnd(g, ARRAY_SIZE(offsets))];
}

/* What is wrong in other ways than by a number. Returns whether it is. */
static bool spoil_shape(struct generator *g)
{
	struct asahi_model_step *step = &g->step;
	uint64_t *arg = step->arg;

	switch ((enum asahi_model_op)step->op) {
	case ASAHI_OP_PARAMS:
		arg[ASAHI_PARAMS_BAD] = ASAHI_BAD_POINTER;
		return true;
	case ASAHI_OP_BIND:
		switch (rnd(g, 6)) {
		case 0:
			arg[ASAHI_BIND_STRIDE] = 0;
			return true;
		case 1:
			arg[ASAHI_BIND_STRIDE] = rnd(g, 64);
			return true;
		case 2:
			arg[ASAHI_BIND_COUNT] = 0;
			return true;
		case 3:
			arg[ASAHI_BIND_COUNT] = 0xffffffff - rnd(g, 100);
			return g->strict;
		case 4:
			arg[ASAHI_BIND_BAD] = ASAHI_BAD_POINTER;
			return true;
		default:
			arg[ASAHI_BIND_STRIDE] = 40 + 8 * rnd(g, 4);
			arg[ASAHI_BIND_BAD] = ASAHI_BAD_TAIL;
			return true;
		}
	case ASAHI_OP_SUBMIT:
		arg[ASAHI_SUBMIT_BAD] = 1 + rnd(g, ASAHI_SUBMIT_NUM_BAD - 1);
		if (g->strict)
			return true;
		/* Where the Rust driver computes without looking, or is known to be lax. */
		return arg[ASAHI_SUBMIT_BAD] != ASAHI_SUBMIT_SYNCS_OVERFLOW &&
		       arg[ASAHI_SUBMIT_BAD] != ASAHI_SUBMIT_CMD_HUGE &&
		       arg[ASAHI_SUBMIT_BAD] != ASAHI_SUBMIT_CMD_EMPTY &&
		       arg[ASAHI_SUBMIT_BAD] != ASAHI_SUBMIT_TAIL &&
		       arg[ASAHI_SUBMIT_BAD] != ASAHI_SUBMIT_ATTACHMENT_BARRIER &&
		       arg[ASAHI_SUBMIT_BAD] != ASAHI_SUBMIT_ATTACHMENT_SIZE;
	default:
		return false;
	}
}

/* Spoil one argument that can be spoiled and, mostly, is there. */
static void spoil(struct generator *g)
{
	const char *kinds = kinds_of_args[g->step.op];
	const struct asahi_model_step before = g->step;
	unsigned int try, i;

	if (chance(g, 30)) {
		if (spoil_shape(g))
			return;
		g->step = before;
	}
	for (try = 0; kinds && try < 20; try++) {
		uint64_t *arg;

		i = rnd(g, strlen(kinds));
		arg = &g->step.arg[i];
		if (kinds[i] == '-' || (!*arg && chance(g, 60)))
			continue;
		if (kinds[i] == 'r')
			*arg = spoil_ref(g, *arg);
		else if (kinds[i] == 'w')
			*arg = spoil_word(g, *arg);
		else if (kinds[i] == 'o')
			*arg = spoil_offset(g);
		else if (g->strict)
			*arg = spoil_quad(g, *arg);
		else
			continue;
		return;
	}
}

static void take(struct generator *g, struct asahi_model_program *program)
{
	struct asahi_model_expect expect;

	asahi_model_program_add(program, &g->step);
	asahi_model_dry(&g->m, &g->step, &expect);
}

/* Give up all that would keep something, in any order. */
static void finish(struct generator *g, struct asahi_model_program *program)
{
	struct asahi_model_step steps[32];
	unsigned int num = 0, i;

#define LAST(...) (steps[num++] = (struct asahi_model_step){ __VA_ARGS__ })
	for (i = 0; i < ASAHI_MODEL_FILES; i++)
		if (g->m.fds[i] >= 0)
			LAST(.op = ASAHI_OP_CLOSE, .file = i);
	for (i = 0; i < ASAHI_MODEL_MAPS; i++)
		if (g->m.maps[i].used)
			LAST(.op = ASAHI_OP_MUNMAP, .slot = i);
	for (i = 0; i < ASAHI_MODEL_SLOTS; i++)
		if (g->m.dmabufs[i] >= 0)
			LAST(.op = ASAHI_OP_DMABUF_CLOSE, .slot = i);
	LAST(.op = ASAHI_OP_RELEASE);
	for (i = 0; i < ASAHI_MODEL_SPINS; i++)
		LAST(.op = ASAHI_OP_END, .slot = i);
#undef LAST

	while (num) {
		i = rnd(g, num);
		g->step = steps[i];
		steps[i] = steps[--num];
		take(g, program);
	}
}

void asahi_model_generate(struct asahi_model_program *program,
			  const struct asahi_model_profile *profile,
			  const struct asahi_model_limits *limits, bool strict, uint32_t seed,
			  unsigned int num)
{
	struct generator *g = calloc(1, sizeof(*g));
	unsigned int i;

	if (!g)
		abort();
	g->profile = profile;
	g->strict = strict;
	g->random.state = (uint64_t)seed << 8 | (profile - asahi_model_profiles);
	asahi_model_init(&g->m, limits);

	for (i = 0; i < num; i++) {
		choose(g);
		make(g);
		if (chance(g, profile->hostile)) {
			spoil(g);
			if (chance(g, 20))
				spoil(g);
		}
		take(g, program);
	}
	finish(g, program);
	free(g);
}
