// SPDX-License-Identifier: MIT
/**
 * TEST: asahi fail nth bind
 * Category: Core
 * Mega feature: VM_BIND
 * Sub-category: memory
 * Functionality: fault injection
 * Description: Every allocation of a VM_BIND fails in turn: what the GPU sees is then what it saw
 *	before. Needs a kernel that can let allocations fail.
 */
#include <errno.h>
#include <string.h>

#include "asahi_device.h"
#include "asahi_drm.h"
#include "asahi_fail.h"
#include "asahi_ioctl.h"
#include "asahi_job.h"
#include "asahi_pages.h"
#include "asahi_reclaim.h"
#include "asahi_sim.h"
#include "igt.h"

IGT_TEST_DESCRIPTION("VM_BIND without memory");

#define NONE DRM_ASAHI_BARRIER_NONE

/* A VM_BIND, and the range that it changes. */
struct bind {
	struct asahi_pages pages;
	struct drm_asahi_gem_bind_op ops[3];
	uint32_t num_ops;
	/* What makes the range what it was, whatever it is. */
	struct drm_asahi_gem_bind_op reset[3];
	uint32_t num_reset;
	/* Page of buffer object @a that is mapped at each page, before and after; -1 for none. */
	int before[ASAHI_NUM_PAGES];
	int after[ASAHI_NUM_PAGES];
};

static int call_bind(void *data)
{
	struct bind *b = data;

	return asahi_pages_bind(&b->pages, b->ops, b->num_ops, sizeof(b->ops[0]));
}

/* A word of each page will do: other tests look more closely, and this one looks often. */
static void assert_range(struct bind *b, const int *range)
{
	uint32_t word, expected;
	unsigned int i;

	for (i = 0; i < ASAHI_NUM_PAGES; i++) {
		expected = range[i] < 0 ? 0 : asahi_pages_word(&b->pages.a, range[i]);
		word = asahi_probe_read(&b->pages.probe, b->pages.va + i * ASAHI_PAGE);
		igt_assert_f(word == expected, "page %u: expected 0x%x, is 0x%x\n", i, expected,
			     word);
	}
}

static void unchanged_bind(void *data)
{
	struct bind *b = data;

	assert_range(b, b->before);
}

static void reset_bind(struct bind *b)
{
	igt_assert_eq(asahi_pages_bind(&b->pages, b->reset, b->num_reset, sizeof(b->reset[0])),
		      0);
}

static void undo_bind(void *data)
{
	struct bind *b = data;

	assert_range(b, b->after);
	reset_bind(b);
}

static void bind_init(struct bind *b)
{
	unsigned int i;

	memset(b, 0, sizeof(*b));
	asahi_require_fail();
	asahi_pages_init(&b->pages);
	asahi_require_simulated(b->pages.client.fd, ASAHI_ALLOCATES);
	for (i = 0; i < ASAHI_NUM_PAGES; i++) {
		b->before[i] = -1;
		b->after[i] = -1;
	}
	b->reset[0] = asahi_pages_unmap_op(&b->pages, ASAHI_NUM_PAGES, 0);
	b->num_reset = 1;
	b->num_ops = 1;
}

static void bind_sweep(struct bind *b, const char *name, void (*unchanged)(void *data))
{
	struct asahi_sweep sweep = {
		.name = name,
		.call = call_bind,
		.undo = undo_bind,
		.unchanged = unchanged,
	};

	reset_bind(b);
	assert_range(b, b->before);
	asahi_sweep(&sweep, b);
	asahi_pages_fini(&b->pages);
}

/**
 * SUBTEST: vm-bind-map
 * Description: VM_BIND of a range where nothing is, of memory that has been mapped before.
 */
static void sweep_bind_map(void)
{
	struct bind b;

	bind_init(&b);
	b.ops[0] = asahi_pages_map_op(&b.pages, &b.pages.a, 0, 2, 1);
	b.after[1] = 0;
	b.after[2] = 1;
	bind_sweep(&b, "VM_BIND, map", unchanged_bind);
}

/**
 * SUBTEST: vm-bind-split
 * Description: VM_BIND over the middle of a mapping, both of whose ends stay.
 */
static void sweep_bind_split(void)
{
	struct bind b;
	unsigned int i;

	bind_init(&b);
	b.reset[0] = asahi_pages_map_op(&b.pages, &b.pages.a, 0, ASAHI_NUM_PAGES, 0);
	b.ops[0] = asahi_pages_map_op(&b.pages, &b.pages.a, 4, 1, 2);
	for (i = 0; i < ASAHI_NUM_PAGES; i++) {
		b.before[i] = i;
		b.after[i] = i;
	}
	b.after[2] = 4;
	bind_sweep(&b, "VM_BIND, split", unchanged_bind);
}

/**
 * SUBTEST: vm-bind-replace
 * Description: VM_BIND over several mappings as a whole.
 */
static void sweep_bind_replace(void)
{
	struct bind b;
	unsigned int i;

	bind_init(&b);
	b.num_reset = 3;
	b.reset[1] = asahi_pages_map_op(&b.pages, &b.pages.a, 0, 1, 1);
	b.reset[2] = asahi_pages_map_op(&b.pages, &b.pages.a, 4, 1, 3);
	b.before[1] = 0;
	b.before[3] = 4;
	b.ops[0] = asahi_pages_map_op(&b.pages, &b.pages.a, 0, ASAHI_NUM_PAGES, 0);
	for (i = 0; i < ASAHI_NUM_PAGES; i++)
		b.after[i] = i;
	bind_sweep(&b, "VM_BIND, replace", unchanged_bind);
}

/**
 * SUBTEST: vm-bind-unmap
 * Description: VM_BIND that unmaps the middle of a mapping.
 */
static void sweep_bind_unmap(void)
{
	struct bind b;
	unsigned int i;

	bind_init(&b);
	b.reset[0] = asahi_pages_map_op(&b.pages, &b.pages.a, 0, ASAHI_NUM_PAGES, 0);
	b.ops[0] = asahi_pages_unmap_op(&b.pages, 1, 2);
	for (i = 0; i < ASAHI_NUM_PAGES; i++) {
		b.before[i] = i;
		b.after[i] = i;
	}
	b.after[2] = -1;
	bind_sweep(&b, "VM_BIND, unmap in a mapping", unchanged_bind);
}

/* Large enough for tables that are shared, whatever the size of a page is. */
#define LARGE (256ull << 20)

static struct drm_asahi_gem_bind_op single_op(const struct bind *b, uint32_t page)
{
	struct drm_asahi_gem_bind_op op = asahi_pages_map_op(&b->pages, &b->pages.a, page, 1, 0);

	op.flags = ASAHI_SINGLE;
	op.range = LARGE;
	return op;
}

static struct drm_asahi_gem_bind_op unmap_large_op(const struct bind *b)
{
	struct drm_asahi_gem_bind_op op = asahi_pages_unmap_op(&b->pages, 1, 0);

	op.range = LARGE;
	return op;
}

/**
 * SUBTEST: vm-bind-single-page
 * Description: VM_BIND that repeats a page over a large range.
 */
static void sweep_bind_single_page(void)
{
	struct bind b;
	unsigned int i;

	bind_init(&b);
	b.reset[0] = unmap_large_op(&b);
	b.ops[0] = single_op(&b, 3);
	for (i = 0; i < ASAHI_NUM_PAGES; i++)
		b.after[i] = 3;
	bind_sweep(&b, "VM_BIND, single page", unchanged_bind);
}

/**
 * SUBTEST: vm-bind-unmap-repeated
 * Description: VM_BIND that unmaps a page in the midst of a large range of one page, whose tables
 *	are shared up to then.
 */
static void sweep_bind_unmap_repeated(void)
{
	struct bind b;
	unsigned int i;

	bind_init(&b);
	/* So that the pages that are looked at are in the middle. */
	b.pages.va += LARGE / 2;
	b.num_reset = 2;
	b.reset[0] = unmap_large_op(&b);
	b.reset[1] = single_op(&b, 3);
	b.reset[0].addr -= LARGE / 2;
	b.reset[1].addr -= LARGE / 2;
	b.ops[0] = asahi_pages_unmap_op(&b.pages, 1, 2);
	for (i = 0; i < ASAHI_NUM_PAGES; i++) {
		b.before[i] = 3;
		b.after[i] = 3;
	}
	b.after[2] = -1;
	bind_sweep(&b, "VM_BIND, unmap in repeated", unchanged_bind);
}

/* A VM_BIND that fails has done its first steps, and none after one that it has not. */
static void prefix_of_steps(void *data)
{
	struct bind *b = data;
	bool done[3], expected = true;
	unsigned int i;

	for (i = 0; i < 3; i++) {
		uint32_t word = asahi_probe_read(&b->pages.probe, b->ops[i].addr);

		igt_assert_f(!word || word == asahi_pages_word(&b->pages.a, i),
			     "step %u: the word is 0x%x\n", i, word);
		done[i] = word;
	}
	for (i = 0; i < 3; i++) {
		igt_assert_f(!done[i] || expected, "step %u was done, the one before was not\n",
			     i);
		expected = done[i];
	}
	igt_assert_f(!done[2], "all steps were done, and an error reported\n");
	reset_bind(b);
}

/**
 * SUBTEST: vm-bind-steps
 * Description: VM_BIND of three steps: what fails ends it, and what came before stays.
 */
static void sweep_bind_steps(void)
{
	struct bind b;
	unsigned int i;

	bind_init(&b);
	b.num_ops = 3;
	for (i = 0; i < 3; i++) {
		b.ops[i] = asahi_pages_map_op(&b.pages, &b.pages.a, i, 1, i);
		b.after[i] = i;
	}
	bind_sweep(&b, "VM_BIND, three steps", prefix_of_steps);
}

/* Pages that the driver can take from a VM with nothing but the buffer objects of @b in it. */
static void evict(struct bind *b)
{
	igt_assert_eq_u64(asahi_evict_all(),
			  b->pages.client.arena.size + b->pages.a.size + b->pages.b.size);
}

/* The probes bring all back, so whatever the call has done it is evicted again. */
static void unchanged_evicted(void *data)
{
	unchanged_bind(data);
	evict(data);
}

static void undo_evicted(void *data)
{
	undo_bind(data);
	evict(data);
}

/**
 * SUBTEST: vm-bind-evicted
 * Description: VM_BIND of a buffer object that has lost its memory, and with it all that it was
 *	mapped to in the VM, a large range of one page among it: that comes back, or does not.
 */
static void sweep_bind_evicted(void)
{
	struct asahi_sweep sweep = {
		.name = "VM_BIND, evicted",
		.call = call_bind,
		.undo = undo_evicted,
		.unchanged = unchanged_evicted,
	};
	struct bind b;

	bind_init(&b);
	asahi_reclaim_find(b.pages.client.fd);
	b.num_reset = 3;
	b.reset[1] = asahi_pages_map_op(&b.pages, &b.pages.a, 0, 2, 0);
	b.reset[2] = single_op(&b, 3);
	b.reset[2].addr += LARGE;
	b.ops[0] = asahi_pages_map_op(&b.pages, &b.pages.a, 4, 1, 3);
	b.before[0] = 0;
	b.before[1] = 1;
	b.after[0] = 0;
	b.after[1] = 1;
	b.after[3] = 4;
	reset_bind(&b);
	assert_range(&b, b.before);
	evict(&b);
	asahi_sweep(&sweep, &b);
	asahi_pages_fini(&b.pages);
}

/* Jobs that run, and a buffer object of which they do not know yet. */
#define RUNNING 5

struct busy_bind {
	struct asahi_client client;
	uint32_t queues[RUNNING];
	int fences[RUNNING];
	uint32_t handle;
	uint64_t va;
};

static int call_busy_bind(void *data)
{
	struct busy_bind *b = data;

	return __asahi_vm_map(b->client.fd, b->client.vm_id, b->handle, 0, ASAHI_PAGE, b->va,
			      ASAHI_RW);
}

/* The jobs may reach it now, so it must stay. One that has room for fences makes no more. */
static void undo_busy_bind(void *data)
{
	struct asahi_reclaim before, after;
	struct busy_bind *b = data;
	unsigned int i;

	asahi_reclaim_read(&before);
	asahi_evict();
	asahi_reclaim_read(&after);
	igt_assert_eq_u64(after.evictions, before.evictions);
	for (i = 0; i < RUNNING; i++)
		igt_assert(asahi_is_busy(b->fences[i]));
	gem_close(b->client.fd, b->handle);
	b->handle = asahi_gem_create(b->client.fd, ASAHI_PAGE);
}

/**
 * SUBTEST: vm-bind-busy
 * Description: VM_BIND of a shareable buffer object while jobs of the VM run: from then on it is as
 *	busy as they are.
 */
static void sweep_bind_busy(void)
{
	struct asahi_sweep sweep = {
		.name = "VM_BIND, busy VM",
		.call = call_busy_bind,
		.undo = undo_busy_bind,
		.jobs = RUNNING,
	};
	struct asahi_cmdbuf cmdbuf = { 0 };
	struct asahi_job job;
	struct busy_bind b;
	unsigned int i;

	asahi_require_fail();
	asahi_sim_require();
	asahi_client_init(&b.client);
	asahi_reclaim_find(b.client.fd);

	/* On the GPU for as long as it takes, without a CPU of their own. */
	asahi_sim_hang_limit(600000);
	asahi_sim_set("hang", "soft 1000000");
	asahi_job_init(&b.client, &job, ASAHI_SHADER_STOP, 0, 0, 0);
	asahi_cmdbuf_compute(&cmdbuf, &job.compute, NONE, NONE);
	for (i = 0; i < RUNNING; i++) {
		b.queues[i] = asahi_queue_create(b.client.fd, b.client.vm_id, b.client.usc_base);
		b.fences[i] = asahi_cmdbuf_start(&b.client, b.queues[i], &cmdbuf);
	}
	b.va = asahi_client_va(&b.client, ASAHI_PAGE);
	b.handle = asahi_gem_create(b.client.fd, ASAHI_PAGE);
	asahi_sweep(&sweep, &b);
	gem_close(b.client.fd, b.handle);
	for (i = 0; i < RUNNING; i++) {
		asahi_queue_destroy(b.client.fd, b.queues[i]);
		igt_assert_eq(asahi_finish(b.fences[i]), -ECANCELED);
	}
	asahi_sim_set("hang", "none");
	asahi_client_fini(&b.client);
}

static const struct asahi_subtest subtests[] = {
	{ "vm-bind-map", "VM_BIND without memory maps all of a range, or nothing.",
	  sweep_bind_map },
	{ "vm-bind-split", "VM_BIND without memory cuts a mapping in three, or leaves it.",
	  sweep_bind_split },
	{ "vm-bind-replace", "VM_BIND without memory replaces all mappings of a range, or none.",
	  sweep_bind_replace },
	{ "vm-bind-unmap", "VM_BIND without memory unmaps all of a range, or nothing.",
	  sweep_bind_unmap },
	{ "vm-bind-single-page", "VM_BIND without memory repeats a page all over, or nowhere.",
	  sweep_bind_single_page },
	{ "vm-bind-unmap-repeated", "VM_BIND without memory cuts shared tables, or leaves them.",
	  sweep_bind_unmap_repeated },
	{ "vm-bind-steps",
	  "VM_BIND without memory ends with what fails, and keeps what came before.",
	  sweep_bind_steps },
	{ "vm-bind-evicted", "VM_BIND without memory brings back all that was evicted, or nothing.",
	  sweep_bind_evicted },
	{ "vm-bind-busy", "VM_BIND without memory makes a buffer as busy as jobs, or maps nothing.",
	  sweep_bind_busy },
};

int igt_main()
{
	asahi_run_subtests(subtests, ARRAY_SIZE(subtests));
}
