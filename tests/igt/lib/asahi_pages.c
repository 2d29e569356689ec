// SPDX-License-Identifier: MIT
/* Buffer objects whose pages can be told apart. */
#include "asahi_objects.h"
#include "asahi_pages.h"
#include "igt.h"

/* Free pages on either side of the range. */
#define ROOM 8

void asahi_pages_mark(struct asahi_bo *bo)
{
	uint32_t page;

	for (page = 0; page < bo->size / ASAHI_PAGE; page++) {
		bo->map[page * ASAHI_PAGE_WORDS] = asahi_pages_word(bo, page);
		bo->map[(page + 1) * ASAHI_PAGE_WORDS - 1] = asahi_pages_word(bo, page);
	}
}

void asahi_pages_init(struct asahi_pages *p)
{
	asahi_client_init(&p->client);
	asahi_probe_init(&p->client, &p->probe);
	asahi_bo_init_unmapped(&p->client, &p->a, ASAHI_NUM_PAGES * ASAHI_PAGE);
	asahi_bo_init_unmapped(&p->client, &p->b, ASAHI_NUM_PAGES * ASAHI_PAGE);
	asahi_pages_mark(&p->a);
	asahi_pages_mark(&p->b);

	p->va = asahi_client_va(&p->client, (2 * ROOM + ASAHI_NUM_PAGES) * ASAHI_PAGE) +
		ROOM * ASAHI_PAGE;
	p->mappings = asahi_has_objects() ? asahi_objects_count("mapping") : 0;
}

void asahi_pages_fini(struct asahi_pages *p)
{
	asahi_bo_fini(&p->client, &p->a);
	asahi_bo_fini(&p->client, &p->b);
	asahi_client_fini(&p->client);
}

uint32_t asahi_pages_word(const struct asahi_bo *bo, uint32_t page)
{
	return bo->handle << 16 | 0x8000 | page;
}

static uint64_t address(const struct asahi_pages *p, int at)
{
	return p->va + (int64_t)at * ASAHI_PAGE;
}

struct drm_asahi_gem_bind_op asahi_pages_map_op(const struct asahi_pages *p,
						const struct asahi_bo *bo, uint32_t page,
						uint32_t num, int at)
{
	return (struct drm_asahi_gem_bind_op){
		.flags = ASAHI_RW,
		.handle = bo->handle,
		.offset = (uint64_t)page * ASAHI_PAGE,
		.range = (uint64_t)num * ASAHI_PAGE,
		.addr = address(p, at),
	};
}

struct drm_asahi_gem_bind_op asahi_pages_unmap_op(const struct asahi_pages *p, uint32_t num,
						  int at)
{
	return (struct drm_asahi_gem_bind_op){
		.flags = DRM_ASAHI_BIND_UNBIND,
		.range = (uint64_t)num * ASAHI_PAGE,
		.addr = address(p, at),
	};
}

int asahi_pages_bind(struct asahi_pages *p, const void *ops, uint32_t num, uint32_t stride)
{
	struct drm_asahi_vm_bind req = {
		.vm_id = p->client.vm_id,
		.num_binds = num,
		.stride = stride,
		.userptr = (uintptr_t)ops,
	};

	return asahi_ioctl(p->client.fd, DRM_IOCTL_ASAHI_VM_BIND, &req);
}

void asahi_pages_map(struct asahi_pages *p, const struct asahi_bo *bo, uint32_t page,
		     uint32_t num, int at, uint32_t flags)
{
	struct drm_asahi_gem_bind_op op = asahi_pages_map_op(p, bo, page, num, at);

	op.flags = flags;
	igt_assert_eq(asahi_pages_bind(p, &op, 1, sizeof(op)), 0);
}

void asahi_pages_unmap(struct asahi_pages *p, uint32_t num, int at)
{
	struct drm_asahi_gem_bind_op op = asahi_pages_unmap_op(p, num, at);

	igt_assert_eq(asahi_pages_bind(p, &op, 1, sizeof(op)), 0);
}

void asahi_pages_assert(struct asahi_pages *p, int at, const struct asahi_bo *bo, uint32_t page)
{
	uint32_t word = bo ? asahi_pages_word(bo, page) : 0;
	uint32_t first, last;

	first = asahi_probe_read(&p->probe, address(p, at));
	last = asahi_probe_read(&p->probe, address(p, at) + ASAHI_PAGE - 4);
	igt_assert_f(first == word && last == word,
		     "page %d: expected 0x%x, first word 0x%x, last word 0x%x\n", at, word, first,
		     last);
}

void asahi_pages_assert_cpu(const struct asahi_bo *bo)
{
	uint32_t page;

	for (page = 0; page < bo->size / ASAHI_PAGE; page++) {
		const uint32_t *words = bo->map + page * ASAHI_PAGE_WORDS;

		igt_assert_eq_u32(words[0], asahi_pages_word(bo, page));
		igt_assert_eq_u32(words[1], 0);
		igt_assert_eq_u32(words[ASAHI_PAGE_WORDS - 1], asahi_pages_word(bo, page));
	}
}

void asahi_pages_assert_mappings(const struct asahi_pages *p, uint32_t num)
{
	if (asahi_has_objects())
		igt_assert_eq_u64(asahi_objects_count("mapping"), p->mappings + num);
}
