// SPDX-License-Identifier: MIT
/* Steps that have lost their chance to work. */
#include <string.h>

#include "asahi_model_make.h"

#define PAGE ASAHI_MODEL_PAGE
#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

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

/* A number that probably is not right, or is another one that is. */
static uint64_t spoil_ref(struct asahi_generator *g, uint64_t ref)
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

static uint64_t spoil_quad(struct asahi_generator *g, uint64_t value)
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

static uint32_t spoil_word(struct asahi_generator *g, uint32_t value)
{
	return chance(g, 50) ? value ^ 1u << rnd(g, 32) : rnd(g, 8);
}

static uint32_t spoil_offset(struct asahi_generator *g)
{
	static const uint32_t offsets[] = {
		PAGE - 8, PAGE, 4 * PAGE, 0x20000000, 0xfffffff7, 0xfffffff8, 0xffffffff,
	};

	return offsets[rnd(g, ARRAY_SIZE(offsets))];
}

/* What is wrong in other ways than by a number. Returns whether it is. */
static bool spoil_shape(struct asahi_generator *g)
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

void asahi_model_spoil(struct asahi_generator *g)
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
