// SPDX-License-Identifier: MIT
/* A model of an address space, and comparing it with the real one. */
#include <inttypes.h>
#include <string.h>

#include "asahi_device.h"
#include "asahi_ioctl.h"
#include "asahi_layout.h"
#include "asahi_objects.h"
#include "asahi_pages.h"
#include "igt.h"

/* What comparing stores through point @i. */
#define STORED(i) (0x57000000u | (i))

void asahi_layout_init(struct asahi_layout *layout, const uint32_t pages[ASAHI_LAYOUT_BOS])
{
	unsigned int i;

	memset(layout, 0, sizeof(*layout));
	asahi_client_init(&layout->client);
	asahi_scan_init(&layout->client, &layout->scan);
	for (i = 0; i < ASAHI_LAYOUT_BOS; i++) {
		asahi_bo_init_unmapped(&layout->client, &layout->bos[i],
				       (uint64_t)pages[i] * ASAHI_PAGE);
		asahi_pages_mark(&layout->bos[i]);
	}
	layout->mappings = asahi_has_objects() ? asahi_objects_count("mapping") : 0;
}

void asahi_layout_fini(struct asahi_layout *layout)
{
	unsigned int i;

	for (i = 0; i < ASAHI_LAYOUT_BOS; i++)
		asahi_bo_fini(&layout->client, &layout->bos[i]);
	asahi_client_fini(&layout->client);
}

void asahi_layout_point(struct asahi_layout *layout, uint64_t va)
{
	igt_assert_lt(layout->num, ASAHI_LAYOUT_POINTS);
	if (layout->num)
		igt_assert_lt_u64(layout->points[layout->num - 1].va, va);
	layout->points[layout->num++].va = va;
}

void asahi_layout_points(struct asahi_layout *layout, uint64_t va, unsigned int num)
{
	unsigned int i;

	for (i = 0; i < num; i++)
		asahi_layout_point(layout, va + (uint64_t)i * ASAHI_PAGE);
}

static const struct asahi_bo *find_bo(const struct asahi_layout *layout, uint32_t handle)
{
	unsigned int i;

	for (i = 0; i < ASAHI_LAYOUT_BOS; i++)
		if (layout->bos[i].handle == handle)
			return &layout->bos[i];

	igt_assert_f(false, "handle %u is not the model's\n", handle);
	return NULL;
}

void asahi_layout_step(struct asahi_layout *layout, const struct drm_asahi_gem_bind_op *op)
{
	bool unmap = op->flags & DRM_ASAHI_BIND_UNBIND;
	const struct asahi_bo *bo = unmap ? NULL : find_bo(layout, op->handle);
	unsigned int i;

	layout->num_steps++;
	for (i = 0; i < layout->num; i++) {
		struct asahi_layout_point *point = &layout->points[i];
		uint64_t offset = op->offset;

		if (point->va < op->addr || point->va - op->addr >= op->range)
			continue;
		if (!(op->flags & DRM_ASAHI_BIND_SINGLE_PAGE))
			offset += point->va - op->addr;
		point->bo = bo;
		point->page = offset / ASAHI_PAGE;
		point->flags = op->flags;
		point->step = layout->num_steps;
	}
}

void asahi_layout_bind(struct asahi_layout *layout, const struct drm_asahi_gem_bind_op *ops,
		       uint32_t num)
{
	uint32_t i;

	asahi_vm_bind(layout->client.fd, layout->client.vm_id, ops, num);
	for (i = 0; i < num; i++)
		asahi_layout_step(layout, &ops[i]);
}

struct drm_asahi_gem_bind_op asahi_layout_map_op(const struct asahi_bo *bo, uint32_t page,
						 uint64_t num, uint64_t va, uint32_t flags)
{
	return (struct drm_asahi_gem_bind_op){
		.flags = flags,
		.handle = bo->handle,
		.offset = (uint64_t)page * ASAHI_PAGE,
		.range = num * ASAHI_PAGE,
		.addr = va,
	};
}

struct drm_asahi_gem_bind_op asahi_layout_unmap_op(uint64_t num, uint64_t va)
{
	return (struct drm_asahi_gem_bind_op){
		.flags = DRM_ASAHI_BIND_UNBIND,
		.range = num * ASAHI_PAGE,
		.addr = va,
	};
}

void asahi_layout_map(struct asahi_layout *layout, const struct asahi_bo *bo, uint32_t page,
		      uint64_t num, uint64_t va, uint32_t flags)
{
	struct drm_asahi_gem_bind_op op = asahi_layout_map_op(bo, page, num, va, flags);

	asahi_layout_bind(layout, &op, 1);
}

void asahi_layout_unmap(struct asahi_layout *layout, uint64_t num, uint64_t va)
{
	struct drm_asahi_gem_bind_op op = asahi_layout_unmap_op(num, va);

	asahi_layout_bind(layout, &op, 1);
}

static uint32_t expected_load(const struct asahi_layout_point *point)
{
	if (!point->bo || !(point->flags & DRM_ASAHI_BIND_READ))
		return 0;
	return asahi_pages_word(point->bo, point->page);
}

static unsigned int compare_loads(struct asahi_layout *layout)
{
	uint32_t words[ASAHI_SCAN_MAX];
	uint64_t vas[ASAHI_SCAN_MAX];
	unsigned int i, wrong = 0;

	for (i = 0; i < layout->num; i++) {
		vas[2 * i] = layout->points[i].va;
		vas[2 * i + 1] = layout->points[i].va + ASAHI_PAGE - sizeof(uint32_t);
	}
	asahi_scan_read(&layout->scan, vas, 2 * layout->num, words);
	for (i = 0; i < layout->num; i++) {
		const struct asahi_layout_point *point = &layout->points[i];
		uint32_t word = expected_load(point);

		if (words[2 * i] == word && words[2 * i + 1] == word)
			continue;
		igt_info("page %u, 0x%" PRIx64 ": 0x%x expected, first word 0x%x, last 0x%x\n", i,
			 point->va, word, words[2 * i], words[2 * i + 1]);
		wrong++;
	}
	return wrong;
}

/* Whether @word may be what has been stored to @page of @bo. */
static bool is_stored(const struct asahi_layout *layout, const struct asahi_bo *bo, uint32_t page,
		      uint32_t word)
{
	bool any = false;
	unsigned int i;

	for (i = 0; i < layout->num; i++) {
		const struct asahi_layout_point *point = &layout->points[i];

		if (point->bo != bo || point->page != page ||
		    !(point->flags & DRM_ASAHI_BIND_WRITE))
			continue;
		if (word == STORED(i))
			return true;
		any = true;
	}
	return !any && word == 0;
}

static unsigned int compare_pages(const struct asahi_layout *layout, const struct asahi_bo *bo)
{
	unsigned int wrong = 0;
	uint32_t page;

	for (page = 0; page < bo->size / ASAHI_PAGE; page++) {
		uint32_t *words = bo->map + page * ASAHI_PAGE_WORDS;
		uint32_t word = asahi_pages_word(bo, page);
		uint32_t stored = words[ASAHI_LAYOUT_STORED];

		words[ASAHI_LAYOUT_STORED] = 0;
		if (words[0] == word && words[ASAHI_PAGE_WORDS - 1] == word &&
		    is_stored(layout, bo, page, stored))
			continue;
		igt_info("buffer %u, page %u: words 0x%x, 0x%x, stored 0x%x\n", bo->handle, page,
			 words[0], words[ASAHI_PAGE_WORDS - 1], stored);
		wrong++;
	}
	return wrong;
}

static unsigned int compare_stores(struct asahi_layout *layout)
{
	uint32_t words[ASAHI_LAYOUT_POINTS];
	uint64_t vas[ASAHI_LAYOUT_POINTS];
	unsigned int i, wrong = 0;

	for (i = 0; i < layout->num; i++) {
		vas[i] = layout->points[i].va + ASAHI_LAYOUT_STORED * sizeof(uint32_t);
		words[i] = STORED(i);
	}
	asahi_scan_write(&layout->scan, vas, layout->num, words);
	for (i = 0; i < ASAHI_LAYOUT_BOS; i++)
		wrong += compare_pages(layout, &layout->bos[i]);
	return wrong;
}

/* What one step has mapped is one mapping for as long as nothing has cut it. */
static unsigned int count_mappings(const struct asahi_layout *layout)
{
	unsigned int i, num = 0;

	for (i = 0; i < layout->num; i++) {
		const struct asahi_layout_point *point = &layout->points[i];

		if (point->bo && (!i || !point[-1].bo || point[-1].step != point->step))
			num++;
	}
	return num;
}

bool asahi_layout_compare(struct asahi_layout *layout)
{
	unsigned int wrong = compare_loads(layout) + compare_stores(layout);
	unsigned int num = count_mappings(layout);
	uint64_t counted = layout->mappings + num;

	if (asahi_has_objects())
		counted = asahi_objects_count("mapping");
	if (counted != layout->mappings + num)
		igt_info("%" PRId64 " mappings, the model has %u\n",
			 (int64_t)(counted - layout->mappings), num);

	return !wrong && counted == layout->mappings + num;
}

void asahi_layout_assert(struct asahi_layout *layout)
{
	igt_assert_f(asahi_layout_compare(layout), "not what the model says\n");
}
