// SPDX-License-Identifier: MIT
/* Ranges that are taken out of mappings. */
#include <stdio.h>
#include <string.h>

#include "asahi_cut.h"
#include "asahi_device.h"
#include "asahi_ioctl.h"
#include "igt.h"

/* Pages of a neighbour, and holes behind it. */
#define NEIGHBOUR 2
#define HOLE 1
#define MAX_PAGES 12

const struct asahi_cut asahi_cuts[ASAHI_NUM_CUTS] = {
	{ "all", 1, 6, 0, 6 },
	{ "front", 1, 6, 0, 2 },
	{ "end", 1, 6, 4, 2 },
	{ "one-partial", 1, 6, 2, 1 },
	{ "all-but-edges", 1, 6, 1, 4 },
	{ "either-side-partial", 2, 6, 4, 4 },
	{ "either-side-full", 2, 3, 0, 6 },
	{ "one-of-two", 2, 6, 6, 6 },
	{ "many-all", 4, 3, 0, 12 },
	{ "many-front", 4, 3, 0, 8 },
	{ "many-end", 4, 3, 4, 8 },
	{ "many-either-side-partial", 4, 3, 1, 10 },
	{ "many-either-side-full", 4, 3, 3, 6 },
	{ "more-than-all", 4, 3, -1, 14 },
};

/* The buffer objects: that of the mappings, of the neighbours, of what takes their place. */
enum { OLD, BESIDE, NEW };

static const uint32_t sizes[ASAHI_LAYOUT_BOS] = {
	[OLD] = MAX_PAGES + 8,
	[BESIDE] = 2 * NEIGHBOUR,
	[NEW] = MAX_PAGES + 6,
};

uint64_t asahi_cutting_address(const struct asahi_cutting *c, int page)
{
	return c->va + (int64_t)page * ASAHI_PAGE;
}

static void map(struct asahi_cutting *c, unsigned int bo, uint32_t page, unsigned int num, int at,
		uint32_t flags)
{
	struct drm_asahi_gem_bind_op *op = &c->old[c->num_old++];

	igt_assert_lte(c->num_old, ARRAY_SIZE(c->old));
	*op = asahi_layout_map_op(&c->layout.bos[bo], page, num, asahi_cutting_address(c, at),
				  flags);
	asahi_layout_bind(&c->layout, op, 1);
}

void asahi_cutting_init(struct asahi_cutting *c, const struct asahi_cut *cut,
			const struct asahi_cut_kind *kind)
{
	const unsigned int pages = cut->mappings * cut->each;
	unsigned int i;

	memset(c, 0, sizeof(*c));
	c->cut = cut;
	c->kind = kind;
	asahi_layout_init(&c->layout, sizes);
	c->va = asahi_client_va(&c->layout.client,
				(MAX_PAGES + 2 * (NEIGHBOUR + HOLE)) * ASAHI_PAGE) +
		(NEIGHBOUR + HOLE) * ASAHI_PAGE;
	asahi_layout_points(&c->layout, asahi_cutting_address(c, -NEIGHBOUR - HOLE),
			    pages + 2 * (NEIGHBOUR + HOLE));

	map(c, BESIDE, 0, NEIGHBOUR, -NEIGHBOUR, ASAHI_RW);
	map(c, BESIDE, NEIGHBOUR, NEIGHBOUR, pages, ASAHI_RW);

	/* No two go on in the buffer object where they meet, so that they are not taken for one. */
	for (i = 0; i < cut->mappings; i++)
		map(c, OLD, 1 + i * (cut->each + 1), cut->each, i * cut->each, kind->old);
}

void asahi_cutting_fini(struct asahi_cutting *c)
{
	asahi_layout_fini(&c->layout);
}

void asahi_cutting_cut(struct asahi_cutting *c)
{
	const uint64_t va = asahi_cutting_address(c, c->cut->first);

	if (c->kind->new)
		asahi_layout_map(&c->layout, &c->layout.bos[NEW], 2, c->cut->num, va,
				 c->kind->new);
	else
		asahi_layout_unmap(&c->layout, c->cut->num, va);
}

void asahi_cutting_fill(struct asahi_cutting *c)
{
	const uint64_t start = asahi_cutting_address(c, c->cut->first);
	const uint64_t end = start + c->cut->num * ASAHI_PAGE;
	struct drm_asahi_gem_bind_op ops[ARRAY_SIZE(c->old)];
	unsigned int i, num = 0;

	for (i = 0; i < c->num_old; i++) {
		struct drm_asahi_gem_bind_op *op = &ops[num];
		uint64_t from, to;

		*op = c->old[i];
		from = op->addr > start ? op->addr : start;
		to = op->addr + op->range < end ? op->addr + op->range : end;
		if (from >= to)
			continue;
		if (!(op->flags & DRM_ASAHI_BIND_SINGLE_PAGE))
			op->offset += from - op->addr;
		op->addr = from;
		op->range = to - from;
		num++;
	}
	asahi_layout_bind(&c->layout, ops, num);
}

void asahi_cutting_clear(struct asahi_cutting *c)
{
	const unsigned int pages = c->cut->mappings * c->cut->each;

	asahi_layout_unmap(&c->layout, pages + 2 * (NEIGHBOUR + HOLE),
			   asahi_cutting_address(c, -NEIGHBOUR - HOLE));
}

bool asahi_cut_name(const void *data, unsigned int i, char *name, size_t size)
{
	if (i >= ASAHI_NUM_CUTS)
		return false;

	snprintf(name, size, "%s", asahi_cuts[i].name);
	return true;
}
