/* SPDX-License-Identifier: MIT */
/**
 * DOC: What ought to be mapped where
 *
 * A model of an address space for tests of VM_BIND. It knows a list of addresses, one in each page
 * that a test is about, and for each what the steps so far have put there: the last one that covers
 * an address decides, and nothing else does. So there is nothing in it that could be cut or merged
 * wrongly. Comparing looks at each address with the GPU, loads and stores, at all pages of the
 * buffer objects with the CPU, and at the number of mappings.
 *
 * Words 0 and last of a page of a buffer object say which one it is, as asahi_pages has it; word
 * ASAHI_LAYOUT_STORED is for the stores; the rest is the test's.
 */
#ifndef ASAHI_LAYOUT_H
#define ASAHI_LAYOUT_H

#include <stdbool.h>
#include <stdint.h>

#include "asahi_client.h"
#include "asahi_drm.h"
#include "asahi_scan.h"

/** ASAHI_LAYOUT_POINTS: addresses of a list. */
#define ASAHI_LAYOUT_POINTS (ASAHI_SCAN_MAX / 2)

/** ASAHI_LAYOUT_BOS: buffer objects that can be mapped. */
#define ASAHI_LAYOUT_BOS 3

/** ASAHI_LAYOUT_STORED: word of a page that comparing stores to. */
#define ASAHI_LAYOUT_STORED 1

/** struct asahi_layout - The model, and how it is compared. */
struct asahi_layout {
	/** @client: whose VM it is. */
	struct asahi_client client;
	/** @scan: the eyes. */
	struct asahi_scan scan;
	/** @bos: what can be mapped. */
	struct asahi_bo bos[ASAHI_LAYOUT_BOS];
	/** @mappings: how many there are on the device without those of the test. */
	uint64_t mappings;
	/** @num: how many addresses. */
	unsigned int num;
	/** @num_steps: successful steps so far. */
	unsigned int num_steps;
	/** @points: in the order of their addresses. */
	struct asahi_layout_point {
		/** @va: first address of a page. */
		uint64_t va;
		/** @bo: what is mapped there, or NULL. */
		const struct asahi_bo *bo;
		/** @page: which page of it. */
		uint32_t page;
		/** @flags: rights. */
		uint32_t flags;
		/** @step: number of the step that has mapped it. */
		unsigned int step;
	} points[ASAHI_LAYOUT_POINTS];
};

/**
 * asahi_layout_init() - A client with nothing mapped but its arena.
 * @pages: size of each buffer object.
 */
void asahi_layout_init(struct asahi_layout *layout, const uint32_t pages[ASAHI_LAYOUT_BOS]);
void asahi_layout_fini(struct asahi_layout *layout);

/** asahi_layout_point() - Have an address looked at; in ascending order. */
void asahi_layout_point(struct asahi_layout *layout, uint64_t va);

/** asahi_layout_points() - The same for @num pages from @va on. */
void asahi_layout_points(struct asahi_layout *layout, uint64_t va, unsigned int num);

/** asahi_layout_step() - A step of VM_BIND has been made: let the model know. */
void asahi_layout_step(struct asahi_layout *layout, const struct drm_asahi_gem_bind_op *op);

/**
 * asahi_layout_bind() - VM_BIND of steps that succeed, in the VM and in the model.
 *
 * Of each mapping, each end and what is behind it has to be in the list for the number of mappings
 * to be right.
 */
void asahi_layout_bind(struct asahi_layout *layout, const struct drm_asahi_gem_bind_op *ops,
		       uint32_t num);

/* The same with a single step; @page is of the buffer object, @num pages of addresses. */
struct drm_asahi_gem_bind_op asahi_layout_map_op(const struct asahi_bo *bo, uint32_t page,
						 uint64_t num, uint64_t va, uint32_t flags);
struct drm_asahi_gem_bind_op asahi_layout_unmap_op(uint64_t num, uint64_t va);
void asahi_layout_map(struct asahi_layout *layout, const struct asahi_bo *bo, uint32_t page,
		      uint64_t num, uint64_t va, uint32_t flags);
void asahi_layout_unmap(struct asahi_layout *layout, uint64_t num, uint64_t va);

/** asahi_layout_compare() - Whether everything is as the model says; prints all that is not. */
bool asahi_layout_compare(struct asahi_layout *layout);

/** asahi_layout_assert() - Everything is as the model says. */
void asahi_layout_assert(struct asahi_layout *layout);

#endif
