// SPDX-License-Identifier: MIT
/**
 * TEST: asahi dmabuf
 * Category: Core
 * Mega feature: Lifetimes
 * Sub-category: sharing
 * Functionality: PRIME
 * Description: Memory that is shared lives until the last who has it gives it up, and not longer,
 *	with what has been written to it. It is given up in every order that a model of the rules
 *	allows, lib/asahi_share.h, the process that made it included; each order is a dynamic
 *	subtest, called by its steps.
 *
 *	The subtest product mixes all ways to have it. That makes a hundred thousand cases, of
 *	which a run tries those that its seeds choose, --rounds N of them from --seed N on. Every
 *	case has a number, and "--run-subtest product --from N --count N" tries those of a range.
 */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "asahi_child.h"
#include "asahi_clock.h"
#include "asahi_device.h"
#include "asahi_exporter.h"
#include "asahi_importer.h"
#include "asahi_ioctl.h"
#include "asahi_job.h"
#include "asahi_objects.h"
#include "asahi_prime.h"
#include "asahi_probe.h"
#include "asahi_product.h"
#include "asahi_share.h"
#include "asahi_share_play.h"
#include "asahi_sim.h"
#include "asahi_writer.h"
#include "igt.h"

IGT_TEST_DESCRIPTION("Lifetime and contents of shared memory");

#define PAGE_WORDS (ASAHI_PAGE / sizeof(uint32_t))

/* What the options say of the subtest product. */
static struct asahi_product_options options = { .seed = 1, .rounds = 25, .count = 1 };

static bool name_order(const void *data, unsigned int i, char *name, size_t size)
{
	const enum asahi_share_thing *holder = data;
	struct asahi_share_case c;

	if (!asahi_share_order(asahi_share_bit(*holder), i, &c))
		return false;

	asahi_share_case_name(&c, name, size);
	return true;
}

static void run_order(const void *data, unsigned int i)
{
	const enum asahi_share_thing *holder = data;
	struct asahi_share_case c;

	igt_assert(asahi_share_order(asahi_share_bit(*holder), i, &c));
	asahi_share_play(&c);
}

static const struct asahi_cases orders = { NULL, name_order, run_order };

/**
 * SUBTEST: order-fd
 * Description: Every order of the maker's handle, VM, file and process, and a descriptor of the
 *	dma-buf in another process.
 */
static const enum asahi_share_thing order_fd = ASAHI_SHARE_DMA_BUF;

/**
 * SUBTEST: order-mapping
 * Description: Every order of the maker's handle, VM, file and process, and a CPU mapping of the
 *	dma-buf in another process.
 */
static const enum asahi_share_thing order_mapping = ASAHI_SHARE_MAPPING;

/**
 * SUBTEST: order-import
 * Description: Every order of the maker's handle, VM, file and process, and a handle in another
 *	process, whose GPU has it mapped.
 */
static const enum asahi_share_thing order_import = ASAHI_SHARE_IMPORT;

/**
 * SUBTEST: order-again
 * Description: Every order of the maker's handle, VM, file and process, and a handle in a second
 *	file of the same process.
 */
static const enum asahi_share_thing order_again = ASAHI_SHARE_AGAIN;

/**
 * SUBTEST: order-vgem
 * Description: Every order of the maker's handle, VM, file and process, and a handle of another
 *	driver in another process.
 */
static const enum asahi_share_thing order_vgem = ASAHI_SHARE_VGEM;

static void name_number(uint32_t number, char *name, size_t size)
{
	struct asahi_share_case c;

	asahi_share_case(number, &c);
	asahi_share_case_name(&c, name, size);
}

static bool play_number(uint32_t number)
{
	struct asahi_share_case c;

	asahi_share_case(number, &c);
	asahi_share_play(&c);
	return true;
}

/**
 * SUBTEST: product
 * Description: Memory that is had in any of all these ways at a time is given up in any order, as
 *	many times as the options say.
 */
static void product(void)
{
	const struct asahi_product all = {
		.num = asahi_share_num_cases(),
		.choose = asahi_share_choose,
		.name = name_number,
		.play = play_number,
	};

	asahi_product_run(&all, &options);
}

/* Ways to write to a word of shared memory, and to read it. */
enum way {
	MAKER_CPU,
	MAKER_GPU,
	DMA_BUF_CPU,
	IMPORT_CPU,
	IMPORT_GPU,
	OTHER_GPU,
	NUM_WAYS,
};

static const char * const way_names[] = {
	"the maker's CPU", "the maker's GPU", "the CPU through the dma-buf",
	"the importer's CPU", "the importer's GPU", "another importer's GPU",
};

/* Memory, who made it, and two who have imported it. */
struct shared {
	struct asahi_exporter exporter;
	/* The maker's GPU. */
	struct asahi_importer maker;
	bool has_maker;
	struct asahi_importer importer, other;
	/* The dma-buf mapped by itself. */
	uint32_t *map;
};

static bool is_there(const struct shared *s, enum way by)
{
	return by == MAKER_CPU ? !!s->exporter.map : by != MAKER_GPU || s->has_maker;
}

static void write_word(struct shared *s, enum way by, uint64_t offset, uint32_t value)
{
	int dma_buf = s->exporter.dma_buf;

	switch (by) {
	case MAKER_CPU:
		*(volatile uint32_t *)&s->exporter.map[offset / 4] = value;
		break;
	case DMA_BUF_CPU:
		prime_sync_start(dma_buf, true);
		*(volatile uint32_t *)&s->map[offset / 4] = value;
		prime_sync_end(dma_buf, true);
		break;
	case IMPORT_CPU:
		*(volatile uint32_t *)&s->importer.bo.map[offset / 4] = value;
		break;
	case MAKER_GPU:
		asahi_importer_write(&s->maker, offset, value);
		break;
	case IMPORT_GPU:
		asahi_importer_write(&s->importer, offset, value);
		break;
	default:
		asahi_importer_write(&s->other, offset, value);
		break;
	}
}

static uint32_t read_word(struct shared *s, enum way by, uint64_t offset)
{
	int dma_buf = s->exporter.dma_buf;
	uint32_t value;

	switch (by) {
	case MAKER_CPU:
		return *(volatile uint32_t *)&s->exporter.map[offset / 4];
	case DMA_BUF_CPU:
		prime_sync_start(dma_buf, false);
		value = *(volatile uint32_t *)&s->map[offset / 4];
		prime_sync_end(dma_buf, false);
		return value;
	case IMPORT_CPU:
		return *(volatile uint32_t *)&s->importer.bo.map[offset / 4];
	case MAKER_GPU:
		return asahi_importer_read(&s->maker, offset);
	case IMPORT_GPU:
		return asahi_importer_read(&s->importer, offset);
	default:
		return asahi_importer_read(&s->other, offset);
	}
}

/*
 * Each way writes to a word in each page, and each sees what each has written; @round makes new
 * values. Returns how many are wrong.
 */
static unsigned int compare_ways(struct shared *s, uint32_t round)
{
	uint64_t page, pages = s->exporter.size / ASAHI_PAGE;
	unsigned int wrong = 0;
	enum way from, to;

	for (page = 0; page < pages; page++) {
		/* The end of a page of CPUs, a different one in each of ours. */
		uint64_t offset = page * ASAHI_PAGE + (page + 1) * 4096 % ASAHI_PAGE + 4092;

		for (from = 0; from < NUM_WAYS; from++) {
			uint32_t value = round << 16 | (uint32_t)page << 8 | (from + 1);

			if (!is_there(s, from))
				continue;
			write_word(s, from, offset, value);
			for (to = 0; to < NUM_WAYS; to++) {
				uint32_t seen;

				if (!is_there(s, to))
					continue;
				seen = read_word(s, to, offset);
				if (seen == value)
					continue;
				igt_info("0x%x, which %s has written at 0x%" PRIx64
					 ", is 0x%x for %s\n", value, way_names[from], offset, seen,
					 way_names[to]);
				wrong++;
			}
		}
	}
	return wrong;
}

static void contents(const void *data)
{
	const enum asahi_exporter_kind *kind = data;
	const uint64_t size = 4 * ASAHI_PAGE;
	unsigned int with_maker, without;
	struct shared s = { 0 };

	asahi_exporter_init(&s.exporter, *kind, size);
	/* A file of its own for the maker's GPU would not be the maker's. */
	s.has_maker = *kind == ASAHI_EXPORTER_OWN;
	if (s.has_maker)
		asahi_importer_init_fd(&s.maker, s.exporter.fd, s.exporter.handle, size);
	asahi_importer_init(&s.importer, s.exporter.dma_buf, size);
	asahi_importer_mmap(&s.importer);
	asahi_importer_init(&s.other, s.exporter.dma_buf, size);
	s.map = asahi_dma_buf_mmap(s.exporter.dma_buf, size);
	with_maker = compare_ways(&s, 1);

	/* Whoever is left has the memory all the same. */
	if (s.has_maker)
		asahi_importer_fini(&s.maker);
	s.has_maker = false;
	asahi_exporter_leave(&s.exporter);
	without = compare_ways(&s, 2);

	asahi_gem_munmap(s.map, size);
	asahi_importer_fini(&s.other);
	asahi_importer_fini(&s.importer);
	asahi_exporter_fini(&s.exporter);
	igt_assert_f(!with_maker, "%u words are wrong\n", with_maker);
	igt_assert_f(!without, "%u words are wrong after the maker has left\n", without);
}

/**
 * SUBTEST: contents-own
 * Description: What is written to memory of another file by any CPU or GPU is seen by every other,
 *	in every page, also when the maker has left.
 */
static const enum asahi_exporter_kind contents_own = ASAHI_EXPORTER_OWN;

/**
 * SUBTEST: contents-vgem
 * Description: What is written to memory of another driver by any CPU or GPU is seen by every
 *	other, in every page, also when the maker has left.
 */
static const enum asahi_exporter_kind contents_vgem = ASAHI_EXPORTER_VGEM;

/**
 * SUBTEST: contents-udmabuf
 * Description: What is written to memory of a process by any CPU or GPU is seen by every other, in
 *	every page, also when the maker has left.
 */
static const enum asahi_exporter_kind contents_udmabuf = ASAHI_EXPORTER_UDMABUF;

/**
 * SUBTEST: middle-udmabuf
 * Description: Imported memory of a process of which no two pages are neighbours can be mapped from
 *	any page on.
 */
static void middle(void)
{
	enum { NUM = 200, STEP = 27 };
	struct asahi_exporter exporter;
	struct asahi_client client;
	struct asahi_probe probe;
	uint32_t handle, first, i;
	uint64_t va;

	asahi_client_init(&client);
	asahi_probe_init(&client, &probe);
	asahi_exporter_init(&exporter, ASAHI_EXPORTER_BACKWARDS, NUM * ASAHI_PAGE);
	for (i = 0; i < NUM; i++)
		exporter.map[i * PAGE_WORDS] = i + 1;
	handle = prime_fd_to_handle(client.fd, exporter.dma_buf);
	va = asahi_client_va(&client, NUM * ASAHI_PAGE);
	for (first = 0; first < NUM; first += STEP) {
		const uint64_t size = (NUM - first) * ASAHI_PAGE;

		asahi_vm_map(client.fd, client.vm_id, handle, first * ASAHI_PAGE, size, va,
			     ASAHI_RW);
		for (i = first; i < NUM; i += 9)
			igt_assert_eq_u32(asahi_probe_read(&probe, va + (i - first) * ASAHI_PAGE),
					  i + 1);
		asahi_vm_unmap(client.fd, client.vm_id, size, va);
	}
	gem_close(client.fd, handle);
	asahi_exporter_fini(&exporter);
	asahi_client_fini(&client);
}

/**
 * SUBTEST: other-process
 * Description: A dma-buf that is on its way to another process, in a socket, keeps its memory while
 *	neither has it; what that process then writes with its GPU is there when it has ended.
 */
static void other_process(void)
{
	struct asahi_child child = { 0 }, from, to;
	struct asahi_importer importer;
	struct asahi_exporter exporter;
	struct asahi_objects before;
	int dma_buf, sockets[2];
	uint64_t on_the_way;

	asahi_close(asahi_open());
	asahi_objects_read(&before);
	asahi_socketpair(sockets);
	from.socket = sockets[0];
	to.socket = sockets[1];
	asahi_exporter_init(&exporter, ASAHI_EXPORTER_OWN, 2 * ASAHI_PAGE);
	exporter.map[PAGE_WORDS] = 41;
	asahi_send_fd(&from, exporter.dma_buf);
	asahi_exporter_fini(&exporter);
	on_the_way = before.num ? asahi_objects_count("bo") : 0;
	asahi_fork(&child) {
		dma_buf = asahi_recv_fd(&to);
		asahi_importer_init(&importer, dma_buf, 2 * ASAHI_PAGE);
		igt_assert_eq_u32(asahi_importer_read(&importer, ASAHI_PAGE), 41);
		asahi_importer_write(&importer, ASAHI_PAGE + 4, 42);
		asahi_importer_fini(&importer);
		asahi_send_fd(&child, dma_buf);
	}

	dma_buf = asahi_recv_fd(&child);
	asahi_child_wait(&child);
	close(sockets[0]);
	close(sockets[1]);
	if (before.num)
		igt_assert_eq_u64(on_the_way, asahi_objects_value(&before, "bo") + 1);
	asahi_importer_init(&importer, dma_buf, 2 * ASAHI_PAGE);
	close(dma_buf);
	igt_assert_eq_u32(asahi_importer_read(&importer, ASAHI_PAGE), 41);
	igt_assert_eq_u32(asahi_importer_read(&importer, ASAHI_PAGE + 4), 42);
	asahi_importer_fini(&importer);
	asahi_assert_objects_eq(&before);
}

/* Whether a word is stored to again and again. */
static bool is_stored_to(volatile uint32_t *word)
{
	uint64_t end = asahi_now_ms() + asahi_hang_ms();
	int i;

	for (i = 0; i < 2; i++) {
		*word = 0;
		while (*word != ASAHI_WRITER_VALUE && asahi_now_ms() < end)
			usleep(100);
	}
	return *word == ASAHI_WRITER_VALUE;
}

/* Whether a word is stored to though nobody should. */
static bool is_stored_to_late(volatile uint32_t *word)
{
	uint64_t end;

	*word = 0;
	for (end = asahi_now_ns() + ASAHI_LATE_NS; asahi_now_ns() < end;)
		if (*word)
			return true;
	return false;
}

/* Share memory with a job that has ended and one that goes on for ever, and wait to be killed. */
static void make_and_write(const struct asahi_child *other)
{
	struct asahi_client client;
	struct asahi_job job;
	struct asahi_bo bo;
	unsigned int i;
	int dma_buf;

	asahi_client_init(&client);
	asahi_bo_init(&client, &bo, 3 * ASAHI_PAGE);
	asahi_job_init_grid(&client, &job, ASAHI_SHADER_TID, bo.va + ASAHI_PAGE, 0, PAGE_WORDS,
			    64);
	igt_assert_eq(asahi_job_run(&job), 1);
	for (i = 0; i < PAGE_WORDS; i++)
		bo.map[2 * PAGE_WORDS + i] = ~i;
	asahi_job_init(&client, &job, ASAHI_SHADER_WRITER, bo.va, 0, 0);
	close(asahi_job_start(&job));
	dma_buf = prime_handle_to_fd_for_mmap(client.fd, bo.handle);
	asahi_send_fd(other, dma_buf);
	close(dma_buf);
	pause();
}

/**
 * SUBTEST: killed-writer
 * Description: The maker is killed while a job of its writes to the memory: what had been written
 *	stays, and nothing is written any more once the process is gone, as CPU and GPU of another
 *	see.
 */
static void killed_writer(void)
{
	struct asahi_importer importer;
	struct asahi_objects before, after;
	unsigned int i, wrong = 0;
	volatile uint32_t *map;
	bool stores, late, late_gpu;
	struct asahi_child child;
	int dma_buf;

	dma_buf = asahi_open();
	asahi_require_simulated(dma_buf, ASAHI_UNDER_JOBS);
	asahi_close(dma_buf);
	asahi_sim_lift_limits();
	asahi_objects_read(&before);
	asahi_fork(&child)
		make_and_write(&child);
	dma_buf = asahi_recv_fd(&child);
	map = asahi_dma_buf_mmap(dma_buf, 3 * ASAHI_PAGE);
	stores = is_stored_to(map);
	asahi_child_kill(&child);
	late = is_stored_to_late(map);
	asahi_objects_read(&after);

	asahi_importer_init(&importer, dma_buf, 3 * ASAHI_PAGE);
	late_gpu = asahi_importer_read(&importer, 0) != 0;
	for (i = 0; i < PAGE_WORDS; i++)
		wrong += map[PAGE_WORDS + i] != i || map[2 * PAGE_WORDS + i] != ~i;
	for (i = 0; i < PAGE_WORDS; i += PAGE_WORDS / 8)
		wrong += asahi_importer_read(&importer, ASAHI_PAGE + 4 * i) != i ||
			 asahi_importer_read(&importer, 2 * ASAHI_PAGE + 4 * i) != ~i;
	asahi_importer_fini(&importer);
	asahi_gem_munmap((void *)map, 3 * ASAHI_PAGE);
	close(dma_buf);
	igt_assert_f(stores, "the job never ran\n");
	igt_assert_f(!late && !late_gpu, "the job of a dead process has stored\n");
	igt_assert_f(!wrong, "%u words are not what had been written\n", wrong);
	asahi_assert_work_same(&before, &after);
	asahi_assert_objects_eq(&before);
}

/* An importer with a job that stores to the first word again and again, until it is told to end. */
struct user {
	struct asahi_importer importer;
	/* In memory of its own: it ends when the first is not 0, and stores to the second too. */
	volatile uint32_t *control;
	int fence;
};

static void user_init(struct user *u, int dma_buf)
{
	struct asahi_importer *i = &u->importer;
	struct asahi_job job;
	uint64_t control;
	void *words;

	asahi_importer_init(i, dma_buf, ASAHI_PAGE);
	control = asahi_client_alloc(&i->client, 2 * sizeof(uint32_t), &words);
	u->control = words;
	asahi_job_init(&i->client, &job, ASAHI_SHADER_BEAT, control, i->bo.va, 0);
	u->fence = asahi_job_start(&job);
}

/* Let the job end; returns what with. */
static int user_finish(struct user *u)
{
	u->control[0] = 1;
	return asahi_finish(u->fence);
}

/* Share a page, and wait to be killed. */
static void make_page(const struct asahi_child *other)
{
	struct asahi_exporter exporter;

	asahi_exporter_init(&exporter, ASAHI_EXPORTER_OWN, ASAHI_PAGE);
	asahi_send_fd(other, exporter.dma_buf);
	pause();
}

/**
 * SUBTEST: importer-goes-on
 * Description: The maker is killed while a job of an importer writes to the memory: the job goes on
 *	and ends well, and what it writes arrives.
 */
static void importer_goes_on(void)
{
	struct asahi_child child;
	bool before, busy, after;
	volatile uint32_t *map;
	struct user u;
	int dma_buf, status;

	asahi_sim_lift_limits();
	asahi_fork(&child)
		make_page(&child);
	dma_buf = asahi_recv_fd(&child);
	map = asahi_dma_buf_mmap(dma_buf, ASAHI_PAGE);
	user_init(&u, dma_buf);
	close(dma_buf);
	before = is_stored_to(map);
	asahi_child_kill(&child);
	busy = asahi_is_busy(u.fence);
	after = is_stored_to(map);
	status = user_finish(&u);
	igt_assert(before && busy);
	igt_assert_f(after, "the importer's job no longer stores\n");
	igt_assert_eq(status, 1);
	igt_assert_eq_u32(*map, ASAHI_WRITER_VALUE);
	asahi_importer_fini(&u.importer);
	igt_assert_eq_u32(*map, ASAHI_WRITER_VALUE);
	asahi_gem_munmap((void *)map, ASAHI_PAGE);
}

/**
 * SUBTEST: import-closed-running
 * Description: An importer closes its handle while its own job writes to the memory: it is unmapped
 *	at once, nothing more arrives, the maker has it as before, and the job ends well.
 */
static void import_closed_running(void)
{
	struct asahi_objects with, without;
	bool before, goes_on, busy;
	struct asahi_exporter e;
	struct user u;
	uint32_t late;
	int status;

	asahi_sim_lift_limits();
	asahi_exporter_init(&e, ASAHI_EXPORTER_OWN, ASAHI_PAGE);
	user_init(&u, e.dma_buf);
	before = is_stored_to(e.map);
	asahi_objects_read(&with);
	gem_close(u.importer.client.fd, u.importer.bo.handle);
	asahi_objects_read(&without);
	/* One store to the memory would be between two to its own. */
	e.map[0] = 0;
	goes_on = is_stored_to(&u.control[1]) && is_stored_to(&u.control[1]);
	late = *(volatile uint32_t *)e.map;
	e.map[0] = 81;
	busy = asahi_is_busy(u.fence);
	status = user_finish(&u);

	if (!(u.importer.client.params.features & DRM_ASAHI_FEATURE_SOFT_FAULTS)) {
		igt_assert_eq(status, -EIO);
	} else {
		igt_assert(before && busy);
		igt_assert_f(goes_on, "the job has been disturbed\n");
		igt_assert_eq(status, 1);
	}
	igt_assert_eq_u32(late, 0);
	if (with.num)
		igt_assert_eq_u64(asahi_objects_value(&without, "mapping") + 1,
				  asahi_objects_value(&with, "mapping"));
	igt_assert_eq_u32(e.map[0], 81);
	asahi_client_fini(&u.importer.client);
	asahi_exporter_fini(&e);
}

static const struct asahi_subtest subtests[] = {
	{ "order-fd", "Memory lives as long as a descriptor, in every order.", NULL, NULL,
	  &order_fd, &orders },
	{ "order-mapping", "Memory lives as long as a CPU mapping, in every order.", NULL, NULL,
	  &order_mapping, &orders },
	{ "order-import", "Memory lives as long as an importer, in every order.", NULL, NULL,
	  &order_import, &orders },
	{ "order-again", "Memory lives as long as its maker's second file, in every order.", NULL,
	  NULL, &order_again, &orders },
	{ "order-vgem", "Memory lives as long as another driver has it, in every order.", NULL,
	  NULL, &order_vgem, &orders },
	{ "product", "Memory lives as long as any holder, in any order.", product },
	{ "contents-own", "All see the same in memory of a file.", NULL, contents,
	  &contents_own },
	{ "contents-vgem", "All see the same in memory of another driver.", NULL, contents,
	  &contents_vgem },
	{ "contents-udmabuf", "All see the same in memory of a process.", NULL, contents,
	  &contents_udmabuf },
	{ "middle-udmabuf", "Memory of a process can be mapped from any page on.", middle },
	{ "other-process", "Memory of a dma-buf on its way to a process is kept.", other_process },
	{ "killed-writer", "A job does not write when its process is dead.", killed_writer },
	{ "importer-goes-on", "An importer survives the maker.", importer_goes_on },
	{ "import-closed-running", "A maker survives an importer.", import_closed_running },
};

static const struct option long_options[] = {
	ASAHI_PRODUCT_LONG_OPTIONS,
	{ 0 },
};

static const char help[] = ASAHI_PRODUCT_HELP("25");

static int handle_option(int opt, int i, void *data)
{
	return asahi_product_option(&options, opt);
}

int igt_main_args("", long_options, help, handle_option, NULL)
{
	asahi_run_subtests(subtests, ARRAY_SIZE(subtests));
}
