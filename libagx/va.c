// SPDX-License-Identifier: MIT
#include <stdlib.h>
#include <string.h>

#include <drm_agx.h>

#include "private.h"
#include "va.h"

/*
 * Wide nodes, because memory is what takes the time: a million spans are in a tree of four levels,
 * and the upper ones stay in the caches.
 */
#define AGXI_VA_SLOTS 32

/* Taking a part of a span makes three of it. */
#define AGXI_VA_MAX_NEW 2

/* A node with fewer slots is joined with a neighbour if that leaves room for some more. */
#define AGXI_VA_FEW (AGXI_VA_SLOTS / 2)
#define AGXI_VA_JOINED_MAX (AGXI_VA_SLOTS * 3 / 4)

/* In a leaf a span; in the nodes above a child, with the spans below it. */
struct agxi_va_slot {
	/* Start of the first span. */
	uint64_t addr;

	/* Size of the largest free span; 0 if all are used. */
	uint64_t max_free;

	union {
		/* In a leaf. */
		uint64_t size;

		/* Owned. */
		struct agxi_va_node *child;
	};
};

struct agxi_va_node {
	/* 0 for a leaf. */
	unsigned int level;

	/* Slots in use, in order of their addresses; at least one. */
	unsigned int count;
	struct agxi_va_slot slots[AGXI_VA_SLOTS];
};

struct agxi_va_request {
	uint64_t lo;
	uint64_t hi;
	uint64_t size;
	uint64_t align;
	/* Spans that are smaller are not looked at. */
	uint64_t min_span;
};

static uint64_t agxi_va_max(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

static uint64_t agxi_va_min(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static struct agxi_va_slot agxi_va_free_span(uint64_t addr, uint64_t size)
{
	return (struct agxi_va_slot){ .addr = addr, .max_free = size, .size = size };
}

static struct agxi_va_slot agxi_va_used_span(uint64_t addr, uint64_t size)
{
	return (struct agxi_va_slot){ .addr = addr, .size = size };
}

static struct agxi_va_node *agxi_va_node_create(unsigned int level)
{
	struct agxi_va_node *node = calloc(1, sizeof(*node));

	if (!node) {
		errno = ENOMEM;
		return NULL;
	}

	node->level = level;
	return node;
}

/* Which slot @addr is in, or behind; it is not below the node. */
static unsigned int agxi_va_index(const struct agxi_va_node *node, uint64_t addr)
{
	unsigned int i = node->count - 1;

	while (node->slots[i].addr > addr)
		i--;
	return i;
}

/* The leaf that has the span that @addr is in, and where; NULL if it is in none. */
static const struct agxi_va_node *agxi_va_find_leaf(const struct agxi_va *va, uint64_t addr,
						    unsigned int *index)
{
	const struct agxi_va_node *node = va->root;
	unsigned int i;

	if (addr < node->slots[0].addr)
		return NULL;

	i = agxi_va_index(node, addr);
	while (node->level) {
		node = node->slots[i].child;
		i = agxi_va_index(node, addr);
	}
	*index = i;
	return addr - node->slots[i].addr < node->slots[i].size ? node : NULL;
}

/* The span that @addr is in, or NULL if it is in none. */
static const struct agxi_va_slot *agxi_va_find(const struct agxi_va *va, uint64_t addr)
{
	const struct agxi_va_node *leaf;
	unsigned int i;

	leaf = agxi_va_find_leaf(va, addr, &i);
	return leaf ? &leaf->slots[i] : NULL;
}

static void agxi_va_insert(struct agxi_va_node *node, unsigned int i, struct agxi_va_slot slot)
{
	memmove(&node->slots[i + 1], &node->slots[i], (node->count - i) * sizeof(slot));
	node->slots[i] = slot;
	node->count++;
}

static void agxi_va_delete(struct agxi_va_node *node, unsigned int i)
{
	node->count--;
	memmove(&node->slots[i], &node->slots[i + 1], (node->count - i) * sizeof(node->slots[i]));
}

/* To be called when a slot of the child has changed. False if that makes no difference here. */
static bool agxi_va_refresh(struct agxi_va_slot *slot)
{
	const struct agxi_va_node *child = slot->child;
	struct agxi_va_slot old = *slot;
	unsigned int i;

	slot->addr = child->slots[0].addr;
	slot->max_free = 0;
	for (i = 0; i < child->count; i++)
		slot->max_free = agxi_va_max(slot->max_free, child->slots[i].max_free);
	return slot->addr != old.addr || slot->max_free != old.max_free;
}

/* Moves the upper half of a child to a new one behind it. */
static int agxi_va_split(struct agxi_va_node *node, unsigned int i)
{
	struct agxi_va_node *left = node->slots[i].child;
	struct agxi_va_node *right = agxi_va_node_create(left->level);

	if (!right)
		return -errno;

	right->count = left->count / 2;
	left->count -= right->count;
	memcpy(right->slots, &left->slots[left->count], right->count * sizeof(right->slots[0]));

	agxi_va_insert(node, i + 1, (struct agxi_va_slot){ .child = right });
	agxi_va_refresh(&node->slots[i]);
	agxi_va_refresh(&node->slots[i + 1]);
	return 0;
}

/* Moves what is in the child behind @i to that at @i; false if they are full enough. */
static bool agxi_va_join(struct agxi_va_node *node, unsigned int i)
{
	struct agxi_va_node *left = node->slots[i].child;
	struct agxi_va_node *right = node->slots[i + 1].child;

	if (left->count + right->count > AGXI_VA_JOINED_MAX)
		return false;

	memcpy(&left->slots[left->count], right->slots, right->count * sizeof(right->slots[0]));
	left->count += right->count;
	free(right);
	agxi_va_delete(node, i + 1);
	agxi_va_refresh(&node->slots[i]);
	return true;
}

/* Joins a child of few slots with a neighbour that has room for them. False if nothing changed. */
static bool agxi_va_join_around(struct agxi_va_node *node, unsigned int i)
{
	if (node->slots[i].child->count >= AGXI_VA_FEW)
		return false;
	if (i + 1 < node->count && agxi_va_join(node, i))
		return true;
	return i && agxi_va_join(node, i - 1);
}

/* Whether a node has no room for all that one change can add. */
static bool agxi_va_is_full(const struct agxi_va_node *node)
{
	return node->count > AGXI_VA_SLOTS - AGXI_VA_MAX_NEW;
}

/*
 * Makes room for new spans around @addr. Each node is split before one below it needs a place in
 * it, so that the tree is a good one wherever memory ends.
 */
static int agxi_va_make_room(struct agxi_va *va, uint64_t addr)
{
	struct agxi_va_node *node = va->root;
	unsigned int i;
	int ret;

	if (agxi_va_is_full(node)) {
		node = agxi_va_node_create(va->root->level + 1);
		if (!node)
			return -errno;
		agxi_va_insert(node, 0, (struct agxi_va_slot){ .child = va->root });
		agxi_va_refresh(&node->slots[0]);
		va->root = node;
	}

	while (node->level) {
		i = agxi_va_index(node, addr);
		if (agxi_va_is_full(node->slots[i].child)) {
			ret = agxi_va_split(node, i);
			if (ret)
				return ret;
			i = agxi_va_index(node, addr);
		}
		node = node->slots[i].child;
	}
	return 0;
}

/* Each of the following returns whether a slot of the node has changed. */

/* Makes [addr, addr + size), a part of a free span, used; there is room for what that adds. */
static bool agxi_va_take(struct agxi_va_node *node, uint64_t addr, uint64_t size)
{
	unsigned int i = agxi_va_index(node, addr);
	struct agxi_va_slot *slot = &node->slots[i];
	uint64_t before, after;

	if (node->level)
		return agxi_va_take(slot->child, addr, size) && agxi_va_refresh(slot);

	before = addr - slot->addr;
	after = slot->size - before - size;
	if (after)
		agxi_va_insert(node, i + 1, agxi_va_free_span(addr + size, after));
	if (before)
		agxi_va_insert(node, i, agxi_va_free_span(slot->addr, before));
	node->slots[before ? i + 1 : i] = agxi_va_used_span(addr, size);
	return true;
}

/* Makes the span that starts at @addr a free one of that size. */
static bool agxi_va_set_free(struct agxi_va_node *node, uint64_t addr, uint64_t size)
{
	struct agxi_va_slot *slot = &node->slots[agxi_va_index(node, addr)];

	if (node->level)
		return agxi_va_set_free(slot->child, addr, size) && agxi_va_refresh(slot);

	*slot = agxi_va_free_span(addr, size);
	return true;
}

/* Takes out the span that starts at @addr. The node may be left with none. */
static bool agxi_va_remove(struct agxi_va_node *node, uint64_t addr)
{
	unsigned int i = agxi_va_index(node, addr);
	struct agxi_va_node *child;

	if (!node->level) {
		agxi_va_delete(node, i);
		return true;
	}

	child = node->slots[i].child;
	if (!agxi_va_remove(child, addr))
		return false;

	if (!child->count) {
		free(child);
		agxi_va_delete(node, i);
		return true;
	}
	return agxi_va_refresh(&node->slots[i]) | agxi_va_join_around(node, i);
}

static void agxi_va_remove_span(struct agxi_va *va, uint64_t addr)
{
	struct agxi_va_node *root;

	agxi_va_remove(va->root, addr);
	while (va->root->level && va->root->count == 1) {
		root = va->root;
		va->root = root->slots[0].child;
		free(root);
	}
}

static bool agxi_va_fits(const struct agxi_va_slot *span, const struct agxi_va_request *req,
			 uint64_t *addr)
{
	uint64_t lo = agxi_va_max(span->addr, req->lo);
	uint64_t hi = agxi_va_min(span->addr + span->size, req->hi);

	if (hi < lo || hi - lo < req->size)
		return false;

	*addr = agxi_align_down(hi - req->size, req->align);
	return *addr >= lo;
}

static bool agxi_va_search(const struct agxi_va_node *node, const struct agxi_va_request *req,
			   uint64_t *addr)
{
	const struct agxi_va_slot *slot;
	unsigned int i;

	for (i = node->count; i--;) {
		slot = &node->slots[i];
		if (slot->addr < req->hi && slot->max_free >= req->min_span &&
		    (node->level ? agxi_va_search(slot->child, req, addr) :
				   agxi_va_fits(slot, req, addr)))
			return true;
		if (slot->addr <= req->lo)
			break;
	}
	return false;
}

static int agxi_va_carve(struct agxi_va *va, uint64_t addr, uint64_t size)
{
	int ret = agxi_va_make_room(va, addr);

	if (!ret)
		agxi_va_take(va->root, addr, size);
	return ret;
}

int agxi_va_init(struct agxi_va *va, uint64_t start, uint64_t end)
{
	va->root = agxi_va_node_create(0);
	if (!va->root)
		return -errno;

	agxi_va_insert(va->root, 0, agxi_va_free_span(start, end - start));
	return 0;
}

static void agxi_va_free_tree(struct agxi_va_node *node)
{
	unsigned int i;

	for (i = 0; node->level && i < node->count; i++)
		agxi_va_free_tree(node->slots[i].child);
	free(node);
}

void agxi_va_fini(struct agxi_va *va)
{
	if (va->root)
		agxi_va_free_tree(va->root);
	va->root = NULL;
}

int agxi_va_alloc(struct agxi_va *va, uint64_t lo, uint64_t hi, uint64_t size, uint64_t align,
		  uint64_t *addr)
{
	struct agxi_va_request req = { .lo = lo, .hi = hi, .size = size, .align = align };
	bool found = false;
	uint64_t where;
	int ret;

	/*
	 * A span with room for @size and the worst misalignment is good wherever it starts, so the
	 * first look never turns back. The second takes what fits by luck.
	 */
	if (!__builtin_add_overflow(size, align - DRM_AGX_PAGE_SIZE, &req.min_span))
		found = agxi_va_search(va->root, &req, &where);
	if (!found) {
		req.min_span = size;
		found = agxi_va_search(va->root, &req, &where);
	}
	if (!found)
		return agxi_error(ENOSPC);

	ret = agxi_va_carve(va, where, size);
	if (ret)
		return ret;

	*addr = where;
	return 0;
}

int agxi_va_reserve(struct agxi_va *va, uint64_t addr, uint64_t size)
{
	const struct agxi_va_slot *span = agxi_va_find(va, addr);

	if (!span || !span->max_free || span->size - (addr - span->addr) < size)
		return agxi_error(EEXIST);

	return agxi_va_carve(va, addr, size);
}

bool agxi_va_lookup(const struct agxi_va *va, uint64_t addr, struct agxi_va_span *span)
{
	const struct agxi_va_slot *slot = agxi_va_find(va, addr);

	if (!slot)
		return false;

	*span = (struct agxi_va_span){
		.addr = slot->addr,
		.size = slot->size,
		.used = !slot->max_free,
	};
	return true;
}

int agxi_va_free(struct agxi_va *va, uint64_t addr)
{
	const struct agxi_va_slot *span, *prev, *next;
	const struct agxi_va_node *leaf;
	uint64_t start = addr;
	uint64_t next_start, end;
	unsigned int i;

	leaf = agxi_va_find_leaf(va, addr, &i);
	if (!leaf)
		return agxi_error(ENOENT);
	span = &leaf->slots[i];
	if (span->max_free || span->addr != addr)
		return agxi_error(ENOENT);

	/* The neighbours are mostly in the same leaf. Of a free one the size is its max_free. */
	next_start = addr + span->size;
	end = next_start;
	next = i + 1 < leaf->count ? span + 1 : agxi_va_find(va, next_start);
	if (next)
		end += next->max_free;
	prev = i ? span - 1 : agxi_va_find(va, addr - 1);
	if (prev)
		start -= prev->max_free;

	/* What was found does not stay where it is from here on. */
	if (end > next_start)
		agxi_va_remove_span(va, next_start);
	if (start < addr)
		agxi_va_remove_span(va, addr);
	agxi_va_set_free(va->root, start, end - start);
	return 0;
}
