// SPDX-License-Identifier: MIT
/**
 * TEST: asahi isolation
 * Category: Core
 * Mega feature: General Core features
 * Sub-category: isolation
 * Functionality: isolation of clients
 * Description: What one client has in memory is out of reach of every other: by its addresses, its
 *	offsets, by memory that was its own, and by what the kernel says.
 */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "asahi_actor.h"
#include "asahi_child.h"
#include "asahi_clock.h"
#include "asahi_device.h"
#include "asahi_drm.h"
#include "asahi_fdinfo.h"
#include "asahi_ioctl.h"
#include "asahi_job.h"
#include "asahi_pages.h"
#include "asahi_probe.h"
#include "asahi_scan.h"
#include "asahi_sim.h"
#include "asahi_stamps.h"
#include "igt.h"

IGT_TEST_DESCRIPTION("No client reaches the memory of another");

/* Places that the GPU has for address spaces of programs. */
#define NUM_CONTEXTS 63

#define SECRET 0x5ec2e7a1u
#define POISON 0x5a5a5a5au

/* Neither loads nor stores of @probe at @va reach anything; @what tells who it is. */
static void assert_nothing(struct asahi_probe *probe, uint64_t va, const char *what)
{
	uint32_t word;

	asahi_probe_write(probe, va, POISON);
	word = asahi_probe_read(probe, va);
	igt_assert_f(word == 0, "%s has read 0x%x at 0x%llx\n", what, word,
		     (unsigned long long)va);
}

/* Memory of a client at addresses that no other has; with what is to stay in it. */
static void init_secret(struct asahi_client *client, struct asahi_bo *bo, uint64_t size)
{
	asahi_client_init(client);
	client->next_va += 1ull << 32;
	asahi_bo_init(client, bo, size);
	asahi_bo_fill(bo, SECRET);
}

static void assert_secret(const struct asahi_bo *bo)
{
	uint64_t i;

	for (i = 0; i < bo->size / sizeof(*bo->map); i++)
		igt_assert_f(bo->map[i] == SECRET, "word 0x%llx of the owner's is 0x%x\n",
			     (unsigned long long)i, bo->map[i]);
}

/**
 * SUBTEST: address
 * Description: What a client has mapped is nowhere to others: a shader loads 0 at these addresses
 *	and what it stores is dropped, while the owner is idle, while a job of it runs, and once
 *	it has unmapped it.
 */
static void address(void)
{
	struct asahi_client owner, other;
	struct asahi_probe probe, own;
	struct asahi_spin spin;
	struct asahi_bo bo;
	uint64_t va;

	init_secret(&owner, &bo, 4 * ASAHI_PAGE);
	asahi_client_init(&other);
	asahi_probe_init(&owner, &own);
	asahi_probe_init(&other, &probe);
	asahi_spin_init(&owner, &spin);
	for (va = bo.va; va < bo.va + bo.size; va += ASAHI_PAGE) {
		igt_assert_eq_u32(asahi_probe_read(&own, va), SECRET);
		assert_nothing(&probe, va, "another client");
	}

	asahi_spin_start(&spin, owner.queue_id);
	for (va = bo.va; va < bo.va + bo.size; va += ASAHI_PAGE)
		assert_nothing(&probe, va, "another client");
	igt_assert_eq(asahi_spin_finish(&spin), 1);
	igt_assert_eq_u32(asahi_probe_read(&own, bo.va), SECRET);

	asahi_vm_unmap(owner.fd, owner.vm_id, bo.size, bo.va);
	assert_nothing(&own, bo.va, "the owner, after the unmap,");
	assert_nothing(&probe, bo.va, "another client");
	assert_secret(&bo);
	asahi_client_fini(&other);
	asahi_bo_fini(&owner, &bo);
	asahi_client_fini(&owner);
}

/* As many address spaces as take the place of any other on the GPU. */
struct heirs {
	int fd;
	struct asahi_client clients[NUM_CONTEXTS];
	struct asahi_probe probes[NUM_CONTEXTS];
};

static void heirs_init(struct heirs *h)
{
	unsigned int i;

	h->fd = asahi_open();
	for (i = 0; i < NUM_CONTEXTS; i++) {
		asahi_client_init_fd(&h->clients[i], h->fd);
		asahi_probe_init(&h->clients[i], &h->probes[i]);
	}
}

static void heirs_fini(struct heirs *h)
{
	unsigned int i;

	for (i = 0; i < NUM_CONTEXTS; i++)
		asahi_client_fini(&h->clients[i]);
	asahi_close(h->fd);
}

/* Each of them gets a place, one of them the one that was somebody's before, and looks. */
static void heirs_look(struct heirs *h, uint64_t va)
{
	unsigned int i;

	for (i = 0; i < NUM_CONTEXTS; i++)
		assert_nothing(&h->probes[i], va, "who took its place");
}

/**
 * SUBTEST: address-context
 * Description: Nor are they anything to those who get the place on the GPU that the owner had, be
 *	it idle and have lost it, or be it closed; and the owner finds its own when it comes back.
 */
static void address_context(void)
{
	static struct heirs h;
	struct asahi_client owner;
	struct asahi_probe own;
	struct asahi_bo bo;

	init_secret(&owner, &bo, ASAHI_PAGE);
	asahi_probe_init(&owner, &own);
	heirs_init(&h);
	igt_assert_eq_u32(asahi_probe_read(&own, bo.va), SECRET);
	heirs_look(&h, bo.va);
	igt_assert_eq_u32(asahi_probe_read(&own, bo.va), SECRET);
	assert_secret(&bo);

	/* The CPU keeps the memory, to see whether anything is stored there. */
	gem_close(owner.fd, bo.handle);
	asahi_client_fini(&owner);
	heirs_look(&h, bo.va);
	assert_secret(&bo);
	asahi_bo_unmap(&bo);
	heirs_fini(&h);
}

/* How a client loses memory while a job of it loads and stores there. */
struct loss {
	/* The CPU's view is gone already; @own is what the client keeps. */
	void (*lose)(struct asahi_client *client, struct asahi_bo *bo, struct asahi_bo *own);
};

static void lose_unbind(struct asahi_client *client, struct asahi_bo *bo, struct asahi_bo *own)
{
	asahi_vm_unmap(client->fd, client->vm_id, bo->size, bo->va);
	gem_close(client->fd, bo->handle);
}

static void lose_handle(struct asahi_client *client, struct asahi_bo *bo, struct asahi_bo *own)
{
	gem_close(client->fd, bo->handle);
}

static void lose_replaced(struct asahi_client *client, struct asahi_bo *bo, struct asahi_bo *own)
{
	asahi_vm_map(client->fd, client->vm_id, own->handle, ASAHI_PAGE, bo->size, bo->va,
		     ASAHI_SINGLE);
	gem_close(client->fd, bo->handle);
}

/* The job has been through all that it does since this began; false if it has ended. */
static bool goes_on(int fence, volatile uint32_t *beat)
{
	uint64_t since = 0;
	unsigned int i;

	/* The first store may be that of a round which was nearly over. */
	for (i = 0; i < 2; i++)
		for (*beat = 0; *beat != ASAHI_WRITER_VALUE;)
			if (!asahi_is_busy(fence) || !asahi_patient(&since))
				return false;
	return true;
}

#define LOST_PAGES 64
#define LOSSES 8

/* Memory of the next owner, for the CPU: nothing of it is what the job stores. */
static unsigned int count_not(const struct asahi_bo *bo, uint32_t value)
{
	unsigned int num = 0;
	uint64_t i;

	for (i = 0; i < bo->size / sizeof(*bo->map); i++)
		num += bo->map[i] != value;
	return num;
}

/* Lose @bo under the job, and let somebody else have as much memory, and more. */
static bool lose_once(struct asahi_client *client, struct asahi_bo *bo, struct asahi_bo *own,
		      const struct loss *loss, int fence, struct asahi_client *next)
{
	unsigned int stale, dirty, changed;
	struct asahi_bo heir;
	bool busy;

	loss->lose(client, bo, own);
	asahi_bo_init(next, &heir, 2 * bo->size);
	stale = count_not(&heir, 0);
	busy = goes_on(fence, own->map);
	dirty = count_not(&heir, 0);
	asahi_bo_fill(&heir, SECRET);
	busy = busy && goes_on(fence, own->map);
	changed = count_not(&heir, SECRET);
	asahi_bo_fini(next, &heir);

	if (busy && !stale && !dirty && !changed)
		return true;
	igt_info("%s: %u words were not zero, %u later, %u changed\n",
		 busy ? "the job runs" : "the job has loaded something", stale, dirty, changed);
	return false;
}

/**
 * SUBTEST: lost-%s
 * Description: Memory that a client has given up, %arg[1], is out of reach for its own job that
 *	still runs: it loads 0 and stores nothing, whoever has the memory next.
 *
 * arg[1]:
 *
 * @unbind:	unmapped and then closed
 * @close:	by closing the handle
 * @replace:	by mapping something else at its address and closing the handle
 */
static void lost(const void *data)
{
	struct asahi_client client, next;
	const struct loss *loss = data;
	struct asahi_bo bo, own;
	struct asahi_job job;
	bool right = true;
	unsigned int i;
	int fence;

	asahi_client_init(&client);
	igt_require_f(client.params.features & DRM_ASAHI_FEATURE_SOFT_FAULTS,
		      "a load where nothing is mapped ends a job\n");
	asahi_sim_lift_limits();
	asahi_client_init(&next);
	asahi_bo_init(&client, &own, 2 * ASAHI_PAGE);
	asahi_bo_init_unmapped(&client, &bo, LOST_PAGES * ASAHI_PAGE);

	/* For as long as it loads 0, it stores to what it has, and behind what it loads. */
	asahi_job_init(&client, &job, ASAHI_SHADER_BEAT, bo.va + 17 * ASAHI_PAGE, own.va, 0);
	asahi_vm_map(client.fd, client.vm_id, bo.handle, 0, bo.size, bo.va, ASAHI_RW);
	fence = asahi_job_start(&job);
	for (i = 0; right && i < LOSSES; i++) {
		if (i) {
			bo.handle = asahi_gem_create(client.fd, bo.size);
			bo.map = asahi_gem_mmap(client.fd, bo.handle, bo.size);
			asahi_vm_map(client.fd, client.vm_id, bo.handle, 0, bo.size, bo.va,
				     ASAHI_RW);
		}
		right = goes_on(fence, own.map) &&
			bo.map[17 * ASAHI_PAGE_WORDS + 1] == ASAHI_WRITER_VALUE;
		if (!right)
			igt_info("the job does not reach what it is to lose\n");
		asahi_bo_unmap(&bo);
		right &= lose_once(&client, &bo, &own, loss, fence, &next);
	}

	/* Something else than 0 at last. */
	own.map[ASAHI_PAGE_WORDS] = 1;
	asahi_vm_map(client.fd, client.vm_id, own.handle, ASAHI_PAGE, bo.size, bo.va, ASAHI_SINGLE);
	igt_assert_eq(asahi_finish(fence), 1);
	igt_assert_f(right, "round %u: a job has reached what was not its client's any more\n", i);

	asahi_bo_fini(&client, &own);
	asahi_client_fini(&client);
	asahi_client_fini(&next);
}

static const struct loss unbind = { lose_unbind }, close_handle = { lose_handle };
static const struct loss replaced = { lose_replaced };

/**
 * SUBTEST: lost-imported
 * Description: So is memory of another client that a client has imported and closed, which the
 *	other goes on using.
 */
static void lost_imported(void)
{
	struct asahi_client client, other;
	struct asahi_bo own, theirs;
	struct asahi_job job;
	bool reached, busy;
	uint32_t handle, stored;
	int dma_buf, fence;
	uint64_t va;

	asahi_client_init(&client);
	igt_require_f(client.params.features & DRM_ASAHI_FEATURE_SOFT_FAULTS,
		      "a load where nothing is mapped ends a job\n");
	asahi_sim_lift_limits();
	asahi_client_init(&other);
	asahi_bo_init(&client, &own, 2 * ASAHI_PAGE);
	asahi_bo_init(&other, &theirs, ASAHI_PAGE);
	dma_buf = prime_handle_to_fd(other.fd, theirs.handle);
	handle = prime_fd_to_handle(client.fd, dma_buf);
	close(dma_buf);
	va = asahi_client_va(&client, ASAHI_PAGE);
	asahi_vm_map(client.fd, client.vm_id, handle, 0, ASAHI_PAGE, va, ASAHI_RW);

	asahi_job_init(&client, &job, ASAHI_SHADER_BEAT, va, own.va, 0);
	fence = asahi_job_start(&job);
	reached = goes_on(fence, own.map) && theirs.map[1] == ASAHI_WRITER_VALUE;
	gem_close(client.fd, handle);
	theirs.map[0] = SECRET;
	theirs.map[1] = 0;
	busy = goes_on(fence, own.map);
	stored = theirs.map[1];

	/* Something else than 0 at last. */
	own.map[ASAHI_PAGE_WORDS] = 1;
	asahi_vm_map(client.fd, client.vm_id, own.handle, ASAHI_PAGE, ASAHI_PAGE, va, ASAHI_RW);
	igt_assert_eq(asahi_finish(fence), 1);
	igt_assert_f(reached, "the job does not reach what it is to lose\n");
	igt_assert_f(busy, "the job has loaded what is no longer its client's\n");
	igt_assert_eq_u32(stored, 0);

	asahi_bo_fini(&other, &theirs);
	asahi_client_fini(&other);
	asahi_bo_fini(&client, &own);
	asahi_client_fini(&client);
}

/* What a client fills and then loses, and what the next one looks at, of each kind. */
#define NUM_BUFFERS 12
#define BUFFER_SIZE (1u << 20)

/* Runs in a process of its own, which is killed when it has told so. */
static void fill_memory(const struct asahi_child *parent)
{
	struct asahi_client client;
	struct asahi_bo bos[NUM_BUFFERS];
	struct asahi_spin spin;
	unsigned int i;

	asahi_client_init(&client);
	client.next_va += 1ull << 32;
	for (i = 0; i < NUM_BUFFERS; i++) {
		asahi_bo_init(&client, &bos[i], BUFFER_SIZE);
		asahi_bo_fill(&bos[i], SECRET);
	}
	/* Of which only the simulated GPU is known to get rid. */
	if (asahi_is_simulated(client.fd)) {
		asahi_spin_init(&client, &spin);
		asahi_spin_start(&spin, client.queue_id);
	}
	asahi_send(parent, &bos[0].va, sizeof(bos[0].va));
	asahi_await(parent);
}

/* All pages of a buffer object that no CPU has looked at, a word of each. */
static void assert_zero_gpu(struct asahi_scan *scan, uint64_t va, uint64_t size)
{
	uint32_t words[ASAHI_SCAN_MAX];
	uint64_t vas[ASAHI_SCAN_MAX];
	unsigned int i;

	igt_assert_eq_u64(size / ASAHI_PAGE, ASAHI_SCAN_MAX);
	for (i = 0; i < ASAHI_SCAN_MAX; i++)
		vas[i] = va + i * ASAHI_PAGE + i * 64;
	asahi_scan_read(scan, vas, ASAHI_SCAN_MAX, words);
	for (i = 0; i < ASAHI_SCAN_MAX; i++)
		igt_assert_eq_u32(words[i], 0);
}

/**
 * SUBTEST: killed
 * Description: When a client is killed that has filled memory, and has a job running if the GPU is
 *	the simulated one, nothing of it is left to the next: new buffer objects of every kind are
 *	zero, to whoever looks first, CPU or GPU, and the dead one's addresses are nothing.
 */
static void killed(void)
{
	static const uint32_t flags[] = { 0, DRM_ASAHI_GEM_WRITEBACK, DRM_ASAHI_GEM_VM_PRIVATE };
	uint64_t dead_va, va, sizes = NUM_BUFFERS * BUFFER_SIZE;
	struct asahi_child child = { 0 };
	struct asahi_client client;
	struct asahi_scan scan;
	unsigned int i;
	uint32_t handle;

	asahi_fork(&child)
		fill_memory(&child);
	asahi_recv(&child, &dead_va, sizeof(dead_va));
	asahi_child_kill(&child);

	asahi_client_init(&client);
	asahi_scan_init(&client, &scan);
	va = asahi_client_va(&client, sizes);
	for (i = 0; i < NUM_BUFFERS; i++) {
		const uint32_t kind = flags[i % ARRAY_SIZE(flags)];
		const bool private = kind & DRM_ASAHI_GEM_VM_PRIVATE;
		struct asahi_bo bo = { .size = BUFFER_SIZE };

		assert_nothing(&scan.probe, dead_va + i * (BUFFER_SIZE + ASAHI_PAGE), "the next");
		igt_assert_eq(__asahi_gem_create(client.fd, bo.size, kind,
						 private ? client.vm_id : 0, &handle), 0);
		if (i / ARRAY_SIZE(flags) % 2) {
			asahi_vm_map(client.fd, client.vm_id, handle, 0, bo.size,
				     va + i * BUFFER_SIZE, ASAHI_RW);
			assert_zero_gpu(&scan, va + i * BUFFER_SIZE, bo.size);
		}
		bo.map = asahi_gem_mmap(client.fd, handle, bo.size);
		igt_assert_eq(count_not(&bo, 0), 0);
		asahi_bo_unmap(&bo);
	}
	asahi_client_drop(&client);
}

/**
 * SUBTEST: mmap-offset
 * Description: The offset of another file's buffer object, and whatever lies behind it, cannot
 *	be mapped, for reading or writing; the owner's own view is what it was.
 */
static void mmap_offset(void)
{
	static const int prots[] = { PROT_READ, PROT_WRITE, PROT_READ | PROT_WRITE };
	struct asahi_client owner, other;
	struct asahi_bo bo, own;
	unsigned int i, page;
	uint64_t offset;

	init_secret(&owner, &bo, 4 * ASAHI_PAGE);
	asahi_client_init(&other);
	asahi_bo_init(&other, &own, ASAHI_PAGE);
	igt_assert_eq(__asahi_gem_mmap_offset(owner.fd, bo.handle, &offset), 0);
	for (i = 0; i < ARRAY_SIZE(prots); i++) {
		for (page = 0; page < 4; page++) {
			void *map = mmap(NULL, ASAHI_PAGE, prots[i], MAP_SHARED, other.fd,
					 offset + page * ASAHI_PAGE);

			igt_assert_f(map == MAP_FAILED, "page %u can be mapped with %d\n", page,
				     prots[i]);
			igt_assert_eq(errno, page ? EINVAL : EACCES);
		}
	}
	assert_secret(&bo);
	asahi_bo_fini(&owner, &bo);
	asahi_client_fini(&owner);

	/* Now it leads nowhere, or to what is one's own. */
	igt_assert(mmap(NULL, ASAHI_PAGE, PROT_READ, MAP_SHARED, other.fd, offset) == MAP_FAILED);
	igt_assert_eq(errno, EINVAL);
	asahi_bo_fini(&other, &own);
	asahi_client_fini(&other);
}

static void assert_same_lines(const struct asahi_fdinfo *before, const struct asahi_fdinfo *now)
{
	unsigned int i;

	igt_assert_eq(now->num, before->num);
	for (i = 0; i < now->num; i++)
		igt_assert_f(!strcmp(now->lines[i].key, before->lines[i].key) &&
			     !strcmp(now->lines[i].value, before->lines[i].value),
			     "%s: %s, was %s: %s\n", now->lines[i].key, now->lines[i].value,
			     before->lines[i].key, before->lines[i].value);
}

/**
 * SUBTEST: fdinfo
 * Description: What a client has and does is not to be seen in another's fdinfo, which is the same
 *	to the letter before, meanwhile and after.
 */
static void fdinfo(void)
{
	static struct asahi_fdinfo before, during, after;
	struct asahi_client other;
	struct asahi_spin spin;
	struct asahi_actor actor;

	asahi_client_init(&other);
	asahi_fdinfo_read(other.fd, &before);
	asahi_actor_init(&actor);
	asahi_spin_init(&actor.client, &spin);
	asahi_spin_start(&spin, actor.client.queue_id);
	asahi_fdinfo_read(other.fd, &during);
	igt_assert_eq(asahi_spin_finish(&spin), 1);
	asahi_actor_assert_works(&actor);
	asahi_actor_fini(&actor);
	asahi_fdinfo_read(other.fd, &after);

	igt_assert(before.num > 0);
	assert_same_lines(&before, &during);
	assert_same_lines(&before, &after);
	asahi_client_fini(&other);
}

/* Words of memory that a test says of what they may be. */
static unsigned int count_changed(const uint64_t *words, unsigned int num, unsigned int first,
				  unsigned int second)
{
	const uint64_t poison = (uint64_t)POISON << 32 | POISON;
	unsigned int i, changed = 0;

	for (i = 0; i < num; i++) {
		if (words[i] == poison)
			continue;
		changed++;
		igt_assert_f(i == first || i == second, "word %u is 0x%llx\n", i,
			     (unsigned long long)words[i]);
	}
	return changed;
}

/**
 * SUBTEST: stamps
 * Description: Timestamps are written where they were asked for and nowhere else: not beside it,
 *	not in front of or behind the object, not to another client's.
 */
static void stamps(void)
{
	static const uint32_t places[][2] = {
		{ 0, 1 }, { 7, 3 }, { ASAHI_PAGE / 8 - 1, 0 }, { 100, ASAHI_PAGE / 8 - 1 },
	};
	const unsigned int page_words = ASAHI_PAGE / 8;
	struct asahi_stamps s, other;
	struct asahi_job job;
	struct asahi_bo bo;
	uint32_t object;
	unsigned int i;

	asahi_stamps_init(&other);
	asahi_stamps_init(&s);
	asahi_bo_fill(&other.bo, POISON);
	asahi_bo_fill(&s.bo, POISON);
	asahi_bo_init_unmapped(&s.client, &bo, 3 * ASAHI_PAGE);
	object = asahi_object_bind(s.client.fd, bo.handle, ASAHI_PAGE, ASAHI_PAGE);
	asahi_job_init(&s.client, &job, ASAHI_SHADER_STOP, 0, 0, 0);

	for (i = 0; i < ARRAY_SIZE(places); i++) {
		const uint32_t start = places[i][0], end = places[i][1];

		asahi_bo_fill(&bo, POISON);
		job.compute.ts.start.handle = object;
		job.compute.ts.start.offset = start * sizeof(uint64_t);
		job.compute.ts.end.handle = object;
		job.compute.ts.end.offset = end * sizeof(uint64_t);
		igt_assert_eq(asahi_job_run(&job), 1);
		igt_assert_eq(count_changed((const uint64_t *)bo.map, 3 * page_words,
					    page_words + start, page_words + end), 2);

		/* One alone. */
		asahi_bo_fill(&bo, POISON);
		job.compute.ts.end.handle = 0;
		job.compute.ts.end.offset = 0;
		igt_assert_eq(asahi_job_run(&job), 1);
		igt_assert_eq(count_changed((const uint64_t *)bo.map, 3 * page_words,
					    page_words + start, page_words + start), 1);
		igt_assert_eq(count_not(&s.bo, POISON), 0);
		igt_assert_eq(count_not(&other.bo, POISON), 0);
	}
	asahi_object_unbind(s.client.fd, object);
	asahi_bo_fini(&s.client, &bo);
	asahi_stamps_fini(&s);
	asahi_stamps_fini(&other);
}

static const struct asahi_subtest subtests[] = {
	{ "address", "Another client's addresses lead nowhere.", address },
	{ "address-context", "Addresses lead nowhere for who gets their client's place on the GPU.",
	  address_context },
	{ "lost-unbind", "What was unmapped is out of reach.", NULL, lost, &unbind },
	{ "lost-close", "What was closed is out of reach.", NULL, lost, &close_handle },
	{ "lost-replace", "What was replaced is out of reach.", NULL, lost, &replaced },
	{ "lost-imported", "What was imported and closed is out of reach.", lost_imported },
	{ "killed", "Who is killed leaves nothing behind.", killed },
	{ "mmap-offset", "Another file's offsets cannot be mapped.", mmap_offset },
	{ "fdinfo", "A client's fdinfo is about itself.", fdinfo },
	{ "stamps", "Timestamps go where they were asked for.", stamps },
};

int igt_main()
{
	asahi_run_subtests(subtests, ARRAY_SIZE(subtests));
}
