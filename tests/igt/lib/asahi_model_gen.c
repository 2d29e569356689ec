// SPDX-License-Identifier: MIT
/* Programs from seeds. */
#include <stdlib.h>
#include <string.h>

#include "asahi_model_gen.h"
#include "asahi_model_make.h"

/* With so many jobs that wait or run it is time to let some end. */
#define MANY_JOBS 8

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

static unsigned int num_jobs(const struct asahi_model *m)
{
	unsigned int i, num = 0;

	for (i = 0; i < ASAHI_MODEL_MAX_JOBS; i++)
		num += m->jobs[i].state != ASAHI_MODEL_NO_JOB;
	return num;
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

static enum asahi_model_op pick_op(struct asahi_generator *g)
{
	unsigned int i, sum = 0, at;

	for (i = 0; i < ASAHI_NUM_OPS; i++)
		sum += asahi_model_weight(g->profile, i);
	at = rnd(g, sum);
	for (i = 0; at >= asahi_model_weight(g->profile, i); i++)
		at -= asahi_model_weight(g->profile, i);
	return i;
}

/* Choose what to do, and where; something that has a chance to work. */
static void choose(struct asahi_generator *g)
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
	while (needed(step->op) >= 0 && !asahi_model_has(g, needed(step->op)))
		step->op = maker(needed(step->op));
	if (step->op == ASAHI_OP_BIND && !asahi_model_has(g, ASAHI_KIND_VM))
		step->op = ASAHI_OP_VM_CREATE;
}

static void take(struct asahi_generator *g, struct asahi_model_program *program)
{
	struct asahi_model_expect expect;

	asahi_model_program_add(program, &g->step);
	asahi_model_dry(&g->m, &g->step, &expect);
}

/* Give up all that would keep something, in any order. */
static void finish(struct asahi_generator *g, struct asahi_model_program *program)
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
	struct asahi_generator *g = calloc(1, sizeof(*g));
	unsigned int i;

	if (!g)
		abort();
	g->profile = profile;
	g->strict = strict;
	g->random.state = (uint64_t)seed << 8 | (profile - asahi_model_profiles);
	asahi_model_init(&g->m, limits);

	for (i = 0; i < num; i++) {
		choose(g);
		asahi_model_make(g);
		if (chance(g, profile->hostile)) {
			asahi_model_spoil(g);
			if (chance(g, 20))
				asahi_model_spoil(g);
		}
		take(g, program);
	}
	finish(g, program);
	free(g);
}
