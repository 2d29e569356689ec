// SPDX-License-Identifier: MIT
/**
 * TEST: asahi vm bind array
 * Category: Core
 * Mega feature: VM_BIND
 * Sub-category: mappings
 * Functionality: VM_BIND
 * Description: Calls with many steps that meet each other: what one does, the next finds. All
 *	that is mapped is compared with a model afterwards, by loads and stores of a shader, and
 *	mappings are counted. The subtest random does --rounds N calls with steps of any kind,
 *	good or bad, from --seed N.
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "asahi_device.h"
#include "asahi_effort.h"
#include "asahi_ioctl.h"
#include "asahi_layout.h"
#include "asahi_objects.h"
#include "asahi_options.h"
#include "asahi_pages.h"
#include "igt.h"

IGT_TEST_DESCRIPTION("VM_BIND: steps of one call that meet");

/* Pages of the range that all is about, and of what can be mapped there. */
#define PAGES 16
#define BO_PAGES 20

/* What the options say of the subtest random. */
static struct {
	unsigned int seed, rounds;
} options = { .seed = 1, .rounds = 100 };

/* An address space with a range of addresses that is looked at. */
struct range {
	struct asahi_layout layout;
	uint64_t va;
};

static void range_init(struct range *r)
{
	static const uint32_t sizes[ASAHI_LAYOUT_BOS] = { BO_PAGES, BO_PAGES, BO_PAGES };

	asahi_layout_init(&r->layout, sizes);
	r->va = asahi_client_va(&r->layout.client, (PAGES + 2) * ASAHI_PAGE) + ASAHI_PAGE;
	asahi_layout_points(&r->layout, r->va - ASAHI_PAGE, PAGES + 2);
}

static void range_fini(struct range *r)
{
	asahi_layout_unmap(&r->layout, PAGES, r->va);
	asahi_layout_assert(&r->layout);
	asahi_layout_fini(&r->layout);
}

static struct drm_asahi_gem_bind_op map_op(const struct range *r, unsigned int bo, uint32_t page,
					   unsigned int num, unsigned int at, uint32_t flags)
{
	return asahi_layout_map_op(&r->layout.bos[bo], page, num, r->va + at * ASAHI_PAGE, flags);
}

static struct drm_asahi_gem_bind_op unmap_op(const struct range *r, unsigned int num,
					     unsigned int at)
{
	return asahi_layout_unmap_op(num, r->va + at * ASAHI_PAGE);
}

static int try_bind(struct range *r, const struct drm_asahi_gem_bind_op *ops, unsigned int num)
{
	return __asahi_vm_bind(r->layout.client.fd, r->layout.client.vm_id, ops, num);
}

/**
 * SUBTEST: undo
 * Description: A call that unmaps again all that it has mapped leaves nothing, and one that maps
 *	again what it has unmapped leaves everything.
 */
static void undo(void)
{
	struct drm_asahi_gem_bind_op ops[6];
	static struct range r;

	range_init(&r);
	ops[0] = map_op(&r, 0, 0, 8, 0, ASAHI_RW);
	ops[1] = map_op(&r, 1, 3, 8, 8, ASAHI_SINGLE);
	ops[2] = unmap_op(&r, 16, 0);
	asahi_layout_bind(&r.layout, ops, 3);
	asahi_layout_assert(&r.layout);

	asahi_layout_bind(&r.layout, ops, 2);
	asahi_layout_assert(&r.layout);
	ops[3] = ops[2];
	ops[4] = ops[0];
	ops[5] = ops[1];
	asahi_layout_bind(&r.layout, &ops[3], 3);
	asahi_layout_assert(&r.layout);
	range_fini(&r);
}

/**
 * SUBTEST: shift
 * Description: A buffer object that is mapped again and again, each time a page further, leaves
 *	one page of each of its mappings, and in the other direction nothing but the last.
 */
static void shift(void)
{
	struct drm_asahi_gem_bind_op ops[PAGES];
	static struct range r;
	unsigned int i;

	range_init(&r);
	for (i = 0; i < PAGES; i++)
		ops[i] = map_op(&r, 0, i, PAGES - i, i, ASAHI_RW);
	asahi_layout_bind(&r.layout, ops, PAGES);
	asahi_layout_assert(&r.layout);

	for (i = 0; i < PAGES; i++)
		ops[i] = map_op(&r, 1, PAGES - 1 - i, i + 1, PAGES - 1 - i, ASAHI_RW);
	asahi_layout_bind(&r.layout, ops, PAGES);
	asahi_layout_assert(&r.layout);
	range_fini(&r);
}

/**
 * SUBTEST: views
 * Description: One buffer object can be mapped side by side at every offset and with every right,
 *	as such and repeated, all in one call; each is what it was said to be.
 */
static void views(void)
{
	static const uint32_t flags[] = {
		DRM_ASAHI_BIND_READ, DRM_ASAHI_BIND_WRITE, ASAHI_RW,
		DRM_ASAHI_BIND_READ | DRM_ASAHI_BIND_SINGLE_PAGE,
		DRM_ASAHI_BIND_WRITE | DRM_ASAHI_BIND_SINGLE_PAGE, ASAHI_SINGLE,
	};
	struct drm_asahi_gem_bind_op ops[PAGES];
	static struct range r;
	unsigned int round, i;

	range_init(&r);
	for (round = 0; round < ARRAY_SIZE(flags); round++) {
		for (i = 0; i < PAGES; i++)
			ops[i] = map_op(&r, 0, (i * 7 + round) % BO_PAGES, 1, i,
					flags[(i + round) % ARRAY_SIZE(flags)]);
		asahi_layout_bind(&r.layout, ops, PAGES);
		asahi_layout_assert(&r.layout);
	}
	range_fini(&r);
}

/* Where the second of two steps lies, as seen from the first, which has pages 4 to 9. */
static const struct {
	const char *name;
	unsigned int at, num;
} places[] = {
	{ "same", 4, 6 }, { "front", 4, 2 }, { "end", 8, 2 }, { "inside", 6, 2 },
	{ "around", 2, 10 }, { "over-front", 2, 4 }, { "over-end", 8, 4 }, { "beside", 10, 3 },
};

/* What a step does. */
static const struct {
	const char *name;
	uint32_t flags;
} steps[] = {
	{ "map", ASAHI_RW },
	{ "repeat", ASAHI_SINGLE },
	{ "unmap", DRM_ASAHI_BIND_UNBIND },
};

/* Steps with two of which each array begins, when all is mapped before. */
static bool name_conflict(const void *data, unsigned int i, char *name, size_t size)
{
	const unsigned int num = ARRAY_SIZE(steps);

	if (i >= num * num * ARRAY_SIZE(places))
		return false;

	snprintf(name, size, "%s-%s-%s", steps[i % num].name, steps[i / num % num].name,
		 places[i / num / num].name);
	return true;
}

static struct drm_asahi_gem_bind_op any_op(const struct range *r, unsigned int bo, uint32_t page,
					   unsigned int num, unsigned int at, uint32_t flags)
{
	if (flags & DRM_ASAHI_BIND_UNBIND)
		return unmap_op(r, num, at);
	return map_op(r, bo, page, num, at, flags);
}

static void run_conflict(const void *data, unsigned int i)
{
	const unsigned int num = ARRAY_SIZE(steps);
	const unsigned int place = i / num / num;
	struct drm_asahi_gem_bind_op ops[3];
	static struct range r;

	range_init(&r);
	ops[0] = any_op(&r, 0, 2, 6, 4, steps[i % num].flags);
	ops[1] = any_op(&r, 1, 5, places[place].num, places[place].at, steps[i / num % num].flags);
	asahi_layout_bind(&r.layout, ops, 2);
	asahi_layout_assert(&r.layout);

	/* The same over something, which the GPU has seen. */
	ops[2] = ops[1];
	ops[1] = ops[0];
	ops[0] = map_op(&r, 2, 1, PAGES, 0, ASAHI_RW);
	asahi_layout_bind(&r.layout, ops, 1);
	asahi_layout_assert(&r.layout);
	asahi_layout_bind(&r.layout, &ops[1], 2);
	asahi_layout_assert(&r.layout);
	asahi_layout_fini(&r.layout);
}

/**
 * SUBTEST: conflict
 * Description: Two steps of a call, each of which maps, repeats a page or unmaps, and of which the
 *	second lies on, in, over an end of, around, or beside the first: the second is right where
 *	it is, the first elsewhere. Each pair is a dynamic subtest.
 */
static const struct asahi_cases conflict = { NULL, name_conflict, run_conflict };

/* A step that fails. It covers what is mapped, which has to stay. */
struct failure {
	const char *name;
	int err;
	void (*spoil)(struct range *r, struct drm_asahi_gem_bind_op *op);
};

static void spoil_handle(struct range *r, struct drm_asahi_gem_bind_op *op)
{
	op->handle = 0x7fffffff;
}

static void spoil_address(struct range *r, struct drm_asahi_gem_bind_op *op)
{
	op->addr += ASAHI_PAGE / 2;
}

static void spoil_range(struct range *r, struct drm_asahi_gem_bind_op *op)
{
	op->range -= ASAHI_PAGE / 2;
}

static void spoil_offset(struct range *r, struct drm_asahi_gem_bind_op *op)
{
	op->offset = BO_PAGES * ASAHI_PAGE;
}

static void spoil_flags(struct range *r, struct drm_asahi_gem_bind_op *op)
{
	op->flags |= 1u << 7;
}

static void spoil_rights(struct range *r, struct drm_asahi_gem_bind_op *op)
{
	op->flags = 0;
}

static void spoil_kernel_range(struct range *r, struct drm_asahi_gem_bind_op *op)
{
	uint64_t start, end;

	/* From what is mapped up to the first page of the kernel's range. */
	asahi_kernel_range(r->layout.client.fd, &start, &end);
	op->flags = ASAHI_SINGLE;
	op->range = start + ASAHI_PAGE - op->addr;
}

static void spoil_window(struct range *r, struct drm_asahi_gem_bind_op *op)
{
	op->flags = ASAHI_SINGLE;
	op->range = UINT64_MAX - ASAHI_PAGE + 1 - op->addr;
}

static void spoil_unbind_handle(struct range *r, struct drm_asahi_gem_bind_op *op)
{
	*op = unmap_op(r, 4, 6);
	op->handle = r->layout.bos[0].handle;
}

static void spoil_unbind_flags(struct range *r, struct drm_asahi_gem_bind_op *op)
{
	*op = unmap_op(r, 4, 6);
	op->flags |= DRM_ASAHI_BIND_SINGLE_PAGE;
}

static void spoil_unbind_kernel_range(struct range *r, struct drm_asahi_gem_bind_op *op)
{
	*op = unmap_op(r, 4, 6);
	spoil_kernel_range(r, op);
	op->flags = DRM_ASAHI_BIND_UNBIND;
}

static void spoil_unbind_range(struct range *r, struct drm_asahi_gem_bind_op *op)
{
	*op = unmap_op(r, 4, 6);
	op->range += ASAHI_PAGE / 4;
}

static const struct failure failures[] = {
	{ "handle", -ENOENT, spoil_handle },
	{ "address", -EINVAL, spoil_address },
	{ "range", -EINVAL, spoil_range },
	{ "offset", -EINVAL, spoil_offset },
	{ "flags", -EINVAL, spoil_flags },
	{ "rights", -EINVAL, spoil_rights },
	{ "kernel-range", -EINVAL, spoil_kernel_range },
	{ "window", -EINVAL, spoil_window },
	{ "unbind-handle", -EINVAL, spoil_unbind_handle },
	{ "unbind-flags", -EINVAL, spoil_unbind_flags },
	{ "unbind-range", -EINVAL, spoil_unbind_range },
	{ "unbind-kernel-range", -EINVAL, spoil_unbind_kernel_range },
};

static bool name_failure(const void *data, unsigned int i, char *name, size_t size)
{
	if (i >= ARRAY_SIZE(failures))
		return false;

	snprintf(name, size, "%s", failures[i].name);
	return true;
}

/* Steps of a call of which one is to fail. */
#define NUM_STOPS 5

static void run_failure(const void *data, unsigned int number)
{
	struct drm_asahi_gem_bind_op ops[NUM_STOPS];
	static struct range r;
	unsigned int bad, i;

	range_init(&r);
	for (bad = 0; bad < NUM_STOPS; bad++) {
		asahi_layout_map(&r.layout, &r.layout.bos[2], bad, PAGES, r.va, ASAHI_RW);
		asahi_layout_assert(&r.layout);

		ops[0] = map_op(&r, 0, 4, 3, 2, ASAHI_RW);
		ops[1] = unmap_op(&r, 4, 4);
		ops[2] = map_op(&r, 1, 7, 3, 6, ASAHI_SINGLE);
		ops[3] = map_op(&r, 0, 1, 5, 7, DRM_ASAHI_BIND_READ);
		ops[4] = unmap_op(&r, 1, 9);
		ops[bad] = map_op(&r, 0, 3, 4, 6, ASAHI_RW);
		failures[number].spoil(&r, &ops[bad]);

		igt_assert_eq(try_bind(&r, ops, NUM_STOPS), failures[number].err);
		for (i = 0; i < bad; i++)
			asahi_layout_step(&r.layout, &ops[i]);
		asahi_layout_assert(&r.layout);
	}
	range_fini(&r);
}

/**
 * SUBTEST: stop
 * Description: A step that fails, whatever for and whichever of a call, is the last: those before
 *	it have been made, and what it and those behind it cover is what it was. Each reason is a
 *	dynamic subtest.
 */
static const struct asahi_cases stop = { NULL, name_failure, run_failure };

/**
 * SUBTEST: flag-bits
 * Description: Of all bits that flags have, only those that exist are taken, beside the rights that
 *	a mapping has to have, and none beside UNBIND; what is refused changes nothing.
 */
static void flag_bits(void)
{
	struct drm_asahi_gem_bind_op op;
	static struct range r;
	unsigned int bit;

	range_init(&r);
	asahi_layout_map(&r.layout, &r.layout.bos[2], 0, PAGES, r.va, ASAHI_RW);
	for (bit = 0; bit < 32; bit++) {
		const uint32_t flag = 1u << bit;
		const bool known = flag <= DRM_ASAHI_BIND_SINGLE_PAGE;

		op = map_op(&r, 0, 1, 2, 3, flag);
		if (!(flag & ASAHI_RW) && flag != DRM_ASAHI_BIND_UNBIND)
			igt_assert_eq(try_bind(&r, &op, 1), -EINVAL);
		op = map_op(&r, 0, 1, 2, 3, ASAHI_RW | flag);
		if (!known || flag == DRM_ASAHI_BIND_UNBIND)
			igt_assert_eq(try_bind(&r, &op, 1), -EINVAL);
		op = unmap_op(&r, 2, 3);
		op.flags |= flag;
		if (flag != DRM_ASAHI_BIND_UNBIND)
			igt_assert_eq(try_bind(&r, &op, 1), -EINVAL);
	}
	asahi_layout_assert(&r.layout);
	range_fini(&r);
}

/**
 * SUBTEST: many
 * Description: A call with more steps than the driver keeps until it flushes, which map, replace
 *	and unmap over and over, has the effect of the last of them only, and leaves as many
 *	mappings.
 */
static void many(void)
{
	enum { NUM = 12000 };
	struct drm_asahi_gem_bind_op *ops = calloc(NUM, sizeof(*ops));
	static struct range r;
	unsigned int i;

	igt_assert(ops);
	range_init(&r);
	for (i = 0; i < NUM; i++) {
		const unsigned int at = i * 5 % PAGES, num = 1 + i % (PAGES - at);

		ops[i] = any_op(&r, i % ASAHI_LAYOUT_BOS, i % (BO_PAGES - PAGES), num, at,
				steps[i / 3 % ARRAY_SIZE(steps)].flags);
	}
	asahi_layout_bind(&r.layout, ops, NUM);
	free(ops);
	asahi_layout_assert(&r.layout);
	range_fini(&r);
}

/* Any step; @err is what comes of it. */
static struct drm_asahi_gem_bind_op random_op(struct range *r, unsigned int *seed, int *err)
{
	const unsigned int at = rand_r(seed) % PAGES, num = 1 + rand_r(seed) % (PAGES - at);
	const struct failure *failure = &failures[rand_r(seed) % ARRAY_SIZE(failures)];
	static const uint32_t rights[] = { ASAHI_RW, DRM_ASAHI_BIND_READ, DRM_ASAHI_BIND_WRITE };
	uint32_t flags = rights[rand_r(seed) % ARRAY_SIZE(rights)];
	struct drm_asahi_gem_bind_op op;

	if (rand_r(seed) % 4 == 0)
		flags |= DRM_ASAHI_BIND_SINGLE_PAGE;
	if (rand_r(seed) % 4 == 0)
		flags = DRM_ASAHI_BIND_UNBIND;
	op = any_op(r, rand_r(seed) % ASAHI_LAYOUT_BOS, rand_r(seed) % (BO_PAGES - num + 1), num,
		    at, flags);

	*err = rand_r(seed) % 16 ? 0 : failure->err;
	if (*err) {
		op = map_op(r, 0, rand_r(seed) % 4, num, at, ASAHI_RW);
		failure->spoil(r, &op);
	}
	return op;
}

/**
 * SUBTEST: random
 * Description: Calls with steps of all kinds, good and bad, one after the other, as many as the
 *	options say: after each, everything is as the model says.
 */
static void random_calls(void)
{
	unsigned int seed = options.seed, round;
	struct drm_asahi_gem_bind_op ops[12];
	static struct range r;

	range_init(&r);
	for (round = 0; round < asahi_rounds(options.rounds); round++) {
		const unsigned int num = 1 + rand_r(&seed) % ARRAY_SIZE(ops);
		unsigned int i, done;
		int err = 0, ret;

		for (i = 0; i < num && !err; i++)
			ops[i] = random_op(&r, &seed, &err);
		ret = try_bind(&r, ops, i);
		igt_assert_f(ret == err, "seed %u, round %u: %u steps, %d instead of %d\n",
			     options.seed, round, i, ret, err);
		done = err ? i - 1 : i;
		for (i = 0; i < done; i++)
			asahi_layout_step(&r.layout, &ops[i]);
		igt_assert_f(asahi_layout_compare(&r.layout),
			     "seed %u, round %u: not what the model says\n", options.seed, round);
	}
	range_fini(&r);
}

static const struct asahi_subtest subtests[] = {
	{ "undo", "A call undoes what it has done itself.", undo },
	{ "shift", "A buffer object takes its own place, a page further.", shift },
	{ "views", "One buffer object at every offset and with every right.", views },
	{ "conflict", "Of two steps that meet the second is right where it is.", NULL, NULL, NULL,
	  &conflict },
	{ "stop", "A step that fails is the last.", NULL, NULL, NULL, &stop },
	{ "flag-bits", "Only flags that exist are taken.", flag_bits },
	{ "many", "A call with very many steps has the effect of the last ones.", many },
	{ "random", "Any calls have the effect that the model says.", random_calls },
};

static const struct option long_options[] = {
	{ "seed", required_argument, NULL, 's' },
	{ "rounds", required_argument, NULL, 'r' },
	{ 0 },
};

static const char help[] =
	"  --seed N\tseed of the subtest random (default 1)\n"
	"  --rounds N\thow many calls it makes (default 100)\n";

static int handle_option(int opt, int i, void *data)
{
	return asahi_option_number(opt == 's' ? &options.seed : &options.rounds);
}

int igt_main_args("", long_options, help, handle_option, NULL)
{
	asahi_run_subtests(subtests, ARRAY_SIZE(subtests));
}
