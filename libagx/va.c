// SPDX-License-Identifier: MIT
#include <stdlib.h>

#include <drm_agx.h>

#include "private.h"
#include "va.h"

struct agxi_va_span {
	/* Owned. */
	struct agxi_va_span *left;
	struct agxi_va_span *right;
	int height;

	/* Never changes while the span is in the tree. */
	uint64_t addr;
	uint64_t size;
	bool used;

	/* Size of the largest free span of this subtree. */
	uint64_t max_free;
};

struct agxi_va_request {
	uint64_t lo;
	uint64_t hi;
	uint64_t size;
	uint64_t align;
	/* Spans that are smaller are not looked at. */
	uint64_t min_span;
};

static int agxi_va_height(const struct agxi_va_span *span)
{
	return span ? span->height : 0;
}

static uint64_t agxi_va_max_free(const struct agxi_va_span *span)
{
	return span ? span->max_free : 0;
}

static uint64_t agxi_va_max(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

static uint64_t agxi_va_min(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static void agxi_va_update(struct agxi_va_span *span)
{
	int left = agxi_va_height(span->left);
	int right = agxi_va_height(span->right);

	span->height = 1 + (left > right ? left : right);
	span->max_free = agxi_va_max(span->used ? 0 : span->size,
				     agxi_va_max(agxi_va_max_free(span->left),
						 agxi_va_max_free(span->right)));
}

static struct agxi_va_span *agxi_va_rotate_right(struct agxi_va_span *span)
{
	struct agxi_va_span *top = span->left;

	span->left = top->right;
	top->right = span;
	agxi_va_update(span);
	agxi_va_update(top);
	return top;
}

static struct agxi_va_span *agxi_va_rotate_left(struct agxi_va_span *span)
{
	struct agxi_va_span *top = span->right;

	span->right = top->left;
	top->left = span;
	agxi_va_update(span);
	agxi_va_update(top);
	return top;
}

/* Each of the following returns the new top of the subtree that it was given the top of. */

static struct agxi_va_span *agxi_va_balance(struct agxi_va_span *span)
{
	int lean = agxi_va_height(span->left) - agxi_va_height(span->right);

	if (lean > 1) {
		if (agxi_va_height(span->left->left) < agxi_va_height(span->left->right))
			span->left = agxi_va_rotate_left(span->left);
		return agxi_va_rotate_right(span);
	}
	if (lean < -1) {
		if (agxi_va_height(span->right->right) < agxi_va_height(span->right->left))
			span->right = agxi_va_rotate_right(span->right);
		return agxi_va_rotate_left(span);
	}
	agxi_va_update(span);
	return span;
}

static struct agxi_va_span *agxi_va_insert(struct agxi_va_span *top, struct agxi_va_span *span)
{
	if (!top) {
		agxi_va_update(span);
		return span;
	}
	if (span->addr < top->addr)
		top->left = agxi_va_insert(top->left, span);
	else
		top->right = agxi_va_insert(top->right, span);
	return agxi_va_balance(top);
}

static struct agxi_va_span *agxi_va_take_first(struct agxi_va_span *top,
					       struct agxi_va_span **first)
{
	if (!top->left) {
		*first = top;
		return top->right;
	}
	top->left = agxi_va_take_first(top->left, first);
	return agxi_va_balance(top);
}

static struct agxi_va_span *agxi_va_remove(struct agxi_va_span *top, struct agxi_va_span *span)
{
	struct agxi_va_span *right, *next;

	if (span->addr < top->addr) {
		top->left = agxi_va_remove(top->left, span);
		return agxi_va_balance(top);
	}
	if (span->addr > top->addr) {
		top->right = agxi_va_remove(top->right, span);
		return agxi_va_balance(top);
	}
	if (!span->left || !span->right)
		return span->left ? span->left : span->right;

	right = agxi_va_take_first(span->right, &next);
	next->left = span->left;
	next->right = right;
	return agxi_va_balance(next);
}

/* To be called when the size or use of @span has changed. */
static void agxi_va_refresh(struct agxi_va_span *top, const struct agxi_va_span *span)
{
	if (span->addr < top->addr)
		agxi_va_refresh(top->left, span);
	else if (span->addr > top->addr)
		agxi_va_refresh(top->right, span);
	agxi_va_update(top);
}

/* The span that @addr is in, or NULL if it is in none. */
static struct agxi_va_span *agxi_va_find(struct agxi_va_span *span, uint64_t addr)
{
	while (span && (addr < span->addr || addr - span->addr >= span->size))
		span = addr < span->addr ? span->left : span->right;
	return span;
}

static bool agxi_va_fits(const struct agxi_va_span *span, const struct agxi_va_request *req,
			 uint64_t *addr)
{
	uint64_t lo = agxi_va_max(span->addr, req->lo);
	uint64_t hi = agxi_va_min(span->addr + span->size, req->hi);

	if (span->used || hi < lo || hi - lo < req->size)
		return false;

	*addr = agxi_align_down(hi - req->size, req->align);
	return *addr >= lo;
}

static struct agxi_va_span *agxi_va_search(struct agxi_va_span *span,
					   const struct agxi_va_request *req, uint64_t *addr)
{
	struct agxi_va_span *found = NULL;

	if (!span || span->max_free < req->min_span)
		return NULL;

	if (span->addr + span->size < req->hi)
		found = agxi_va_search(span->right, req, addr);
	if (!found && agxi_va_fits(span, req, addr))
		found = span;
	if (!found && span->addr > req->lo)
		found = agxi_va_search(span->left, req, addr);
	return found;
}

/* Makes [addr, addr + size), a part of @span, used. */
static int agxi_va_carve(struct agxi_va *va, struct agxi_va_span *span, uint64_t addr,
			 uint64_t size)
{
	uint64_t before = addr - span->addr;
	uint64_t after = span->size - before - size;
	struct agxi_va_span *used = span;
	struct agxi_va_span *rest = NULL;

	if (before) {
		used = calloc(1, sizeof(*used));
		if (!used)
			return agxi_error(ENOMEM);
	}
	if (after) {
		rest = calloc(1, sizeof(*rest));
		if (!rest) {
			if (before)
				free(used);
			return agxi_error(ENOMEM);
		}
	}

	used->addr = addr;
	if (before)
		span->size = before;
	used->size = size;
	used->used = true;
	agxi_va_refresh(va->root, span);
	if (before)
		va->root = agxi_va_insert(va->root, used);
	if (after) {
		rest->addr = addr + size;
		rest->size = after;
		va->root = agxi_va_insert(va->root, rest);
	}
	return 0;
}

int agxi_va_init(struct agxi_va *va, uint64_t start, uint64_t end)
{
	struct agxi_va_span *span = calloc(1, sizeof(*span));

	if (!span)
		return agxi_error(ENOMEM);

	span->addr = start;
	span->size = end - start;
	va->root = agxi_va_insert(NULL, span);
	return 0;
}

static void agxi_va_free_tree(struct agxi_va_span *span)
{
	if (!span)
		return;

	agxi_va_free_tree(span->left);
	agxi_va_free_tree(span->right);
	free(span);
}

void agxi_va_fini(struct agxi_va *va)
{
	agxi_va_free_tree(va->root);
	va->root = NULL;
}

int agxi_va_alloc(struct agxi_va *va, uint64_t lo, uint64_t hi, uint64_t size, uint64_t align,
		  uint64_t *addr)
{
	struct agxi_va_request req = { .lo = lo, .hi = hi, .size = size, .align = align };
	struct agxi_va_span *span = NULL;
	uint64_t found;
	int ret;

	/*
	 * A span with room for @size and the worst misalignment is good wherever it starts, so the
	 * first look never turns back. The second takes what fits by luck.
	 */
	if (!__builtin_add_overflow(size, align - DRM_AGX_PAGE_SIZE, &req.min_span))
		span = agxi_va_search(va->root, &req, &found);
	if (!span) {
		req.min_span = size;
		span = agxi_va_search(va->root, &req, &found);
	}
	if (!span)
		return agxi_error(ENOSPC);

	ret = agxi_va_carve(va, span, found, size);
	if (ret)
		return ret;

	*addr = found;
	return 0;
}

int agxi_va_reserve(struct agxi_va *va, uint64_t addr, uint64_t size)
{
	struct agxi_va_span *span = agxi_va_find(va->root, addr);

	if (!span || span->used || span->size - (addr - span->addr) < size)
		return agxi_error(EEXIST);

	return agxi_va_carve(va, span, addr, size);
}

int agxi_va_free(struct agxi_va *va, uint64_t addr)
{
	struct agxi_va_span *span = agxi_va_find(va->root, addr);
	struct agxi_va_span *prev, *next;

	if (!span || !span->used || span->addr != addr)
		return agxi_error(ENOENT);

	span->used = false;
	next = agxi_va_find(va->root, span->addr + span->size);
	if (next && !next->used) {
		va->root = agxi_va_remove(va->root, next);
		span->size += next->size;
		free(next);
	}
	prev = agxi_va_find(va->root, addr - 1);
	if (prev && !prev->used) {
		va->root = agxi_va_remove(va->root, span);
		prev->size += span->size;
		free(span);
		span = prev;
	}
	agxi_va_refresh(va->root, span);
	return 0;
}
