// SPDX-License-Identifier: MIT
/**
 * TEST: asahi dmabuf races
 * Category: Core
 * Mega feature: Lifetimes
 * Sub-category: sharing
 * Functionality: PRIME
 * Description: Exports, imports and closes of the same memory meet, in threads and in processes.
 *	Each call works or finds nothing, whoever has a handle has the right memory, and afterwards
 *	nothing is left.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xf86drm.h>

#include "asahi_child.h"
#include "asahi_clock.h"
#include "asahi_device.h"
#include "asahi_effort.h"
#include "asahi_exporter.h"
#include "asahi_ioctl.h"
#include "asahi_objects.h"
#include "asahi_prime.h"
#include "asahi_seed.h"
#include "igt.h"

IGT_TEST_DESCRIPTION("Exports, imports and closes that meet");

#define FLAGS (DRM_CLOEXEC | DRM_RDWR)

#define ROUNDS 200

/* Both sides wait for each other here, so that they begin at once. One may never come. */
static void meet(atomic_uint *arrived)
{
	uint64_t end = asahi_now_ms() + asahi_hang_ms();

	atomic_fetch_add(arrived, 1);
	while (atomic_load(arrived) < 2 && asahi_now_ms() < end)
		;
}

/* A different while each time, of none to some of what @most of the shortest calls take. */
static void hesitate(unsigned int *seed, unsigned int most)
{
	volatile unsigned int i = (unsigned int)rand_r(seed) % (most * 1000);

	while (i)
		i--;
}

static void set_word(int fd, uint32_t handle, uint32_t value)
{
	volatile uint32_t *map = asahi_gem_mmap(fd, handle, ASAHI_PAGE);

	map[0] = value;
	asahi_gem_munmap((void *)map, ASAHI_PAGE);
}

static uint32_t get_word(int fd, uint32_t handle)
{
	volatile uint32_t *map = asahi_gem_mmap(fd, handle, ASAHI_PAGE);
	uint32_t value = map[0];

	asahi_gem_munmap((void *)map, ASAHI_PAGE);
	return value;
}

/* A thread that exports a handle until there is none. */
struct exports {
	int fd;
	uint32_t handle;
	atomic_uint arrived;
	/* What it has got, and what it has been told in the end. */
	int dma_bufs[64], ret;
	unsigned int num;
};

static void *export_until_closed(void *data)
{
	struct exports *e = data;

	meet(&e->arrived);
	while (e->num < ARRAY_SIZE(e->dma_bufs)) {
		e->ret = __asahi_prime_export(e->fd, e->handle, FLAGS, &e->dma_bufs[e->num]);
		if (e->ret)
			break;
		e->num++;
	}
	return NULL;
}

/**
 * SUBTEST: export-close
 * Description: A handle is closed while a thread exports it: each export gives the one dma-buf or
 *	finds no handle, and a dma-buf that was given has the memory, for whoever imports it.
 */
static void export_close(void)
{
	int fd = asahi_open(), other = asahi_open();
	unsigned int i, k, hits = 0, seed = asahi_seed_new();
	struct asahi_objects before;

	asahi_objects_read(&before);
	for (i = 0; i < asahi_rounds(ROUNDS); i++) {
		struct exports e = { .fd = fd };
		uint32_t handle, seen = 0;
		uint64_t id = 0, wrong = 0;
		pthread_t thread;
		int closed;

		e.handle = asahi_gem_create(fd, ASAHI_PAGE);
		set_word(fd, e.handle, i + 1);
		igt_assert_eq(pthread_create(&thread, NULL, export_until_closed, &e), 0);
		meet(&e.arrived);
		hesitate(&seed, 40);
		closed = __asahi_gem_close(fd, e.handle);
		pthread_join(thread, NULL);
		igt_assert_eq(closed, 0);

		for (k = 0; k < e.num; k++) {
			if (!k)
				id = asahi_dma_buf_id(e.dma_bufs[k]);
			wrong += asahi_dma_buf_id(e.dma_bufs[k]) != id;
		}
		if (e.num) {
			handle = prime_fd_to_handle(other, e.dma_bufs[0]);
			seen = get_word(other, handle);
			gem_close(other, handle);
		}
		for (k = 0; k < e.num; k++)
			close(e.dma_bufs[k]);
		hits += e.num && e.ret;
		igt_assert_f(!e.ret || e.ret == -ENOENT, "round %u: the export says %d\n", i,
			     e.ret);
		igt_assert_f(!wrong, "round %u: %u exports gave more than one dma-buf\n", i, e.num);
		igt_assert_f(!e.num || seen == i + 1, "round %u: the dma-buf has %u, not %u\n", i,
			     seen, i + 1);
		asahi_assert_objects_eq(&before);
	}
	igt_info("the handle went under the exports in %u of %u rounds\n", hits, i);
	asahi_close(other);
	asahi_close(fd);
}

/* A thread that imports and closes again what it got, which another may have closed already. */
struct imports {
	int fd, dma_buf;
	atomic_uint *arrived;
	unsigned int rounds;
	/* Calls that said what they should not. */
	unsigned int closes, missed, wrong;
	int ret;
};

static void *import_and_close(void *data)
{
	struct imports *m = data;
	uint32_t handle;
	unsigned int i;
	int ret;

	meet(m->arrived);
	for (i = 0; i < m->rounds && !m->wrong; i++) {
		ret = __asahi_prime_import(m->fd, m->dma_buf, &handle);
		if (!ret)
			ret = __asahi_gem_close(m->fd, handle);
		m->closes += !ret;
		m->missed += ret == -EINVAL;
		if (!ret || ret == -EINVAL)
			continue;
		m->wrong++;
		m->ret = ret;
	}
	return NULL;
}

/**
 * SUBTEST: import-close
 * Description: Two threads import the same dma-buf into the same file and close the handle again,
 *	which may be one and the same: it is closed once, and then a new import works, is one
 *	handle, and has the memory.
 */
static void import_close(void)
{
	struct asahi_exporter exporter;
	struct asahi_objects before;
	struct imports m[2];
	atomic_uint arrived = 0;
	uint32_t handle, again, seen;
	pthread_t threads[2];
	unsigned int i;
	int fd, second;

	asahi_exporter_init(&exporter, ASAHI_EXPORTER_OWN, ASAHI_PAGE);
	exporter.map[0] = 21;
	fd = asahi_open();
	asahi_objects_read(&before);
	for (i = 0; i < 2; i++) {
		m[i] = (struct imports) {
			.fd = fd,
			.dma_buf = exporter.dma_buf,
			.arrived = &arrived,
			.rounds = asahi_rounds(5000),
		};
		igt_assert_eq(pthread_create(&threads[i], NULL, import_and_close, &m[i]), 0);
	}
	for (i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	igt_info("%u and %u handles closed, %u and %u were gone\n", m[0].closes, m[1].closes,
		 m[0].missed, m[1].missed);
	for (i = 0; i < 2; i++)
		igt_assert_f(!m[i].wrong, "a thread was told %d\n", m[i].ret);

	/* A handle that neither could close is one that the other has made since. */
	handle = prime_fd_to_handle(fd, exporter.dma_buf);
	again = prime_fd_to_handle(fd, exporter.dma_buf);
	seen = get_word(fd, handle);
	gem_close(fd, handle);
	second = __asahi_gem_close(fd, handle);
	igt_assert_eq_u32(again, handle);
	igt_assert_eq_u32(seen, 21);
	igt_assert_eq(second, -EINVAL);
	asahi_assert_objects_eq(&before);
	asahi_close(fd);
	asahi_exporter_fini(&exporter);
}

/* A thread that exports what its file has, and imports that again. */
struct round_trips {
	int fd;
	uint32_t handle;
	atomic_uint *arrived;
	unsigned int rounds, done;
	/* The first that went wrong. */
	int ret;
	uint32_t got;
};

static void *go_round(void *data)
{
	struct round_trips *r = data;
	int dma_buf;

	meet(r->arrived);
	for (r->done = 0; r->done < r->rounds; r->done++) {
		r->ret = __asahi_prime_export(r->fd, r->handle, FLAGS, &dma_buf);
		if (r->ret)
			break;
		r->ret = __asahi_prime_import(r->fd, dma_buf, &r->got);
		close(dma_buf);
		if (r->ret || r->got != r->handle)
			break;
	}
	return NULL;
}

/**
 * SUBTEST: export-import
 * Description: Two threads with a file each that has the same memory export it and import it again
 *	and close the dma-buf, over and over: each always gets the handle that it has.
 */
static void export_import(void)
{
	struct round_trips r[2];
	struct asahi_exporter exporter;
	struct asahi_objects before;
	atomic_uint arrived = 0;
	pthread_t threads[2];
	unsigned int i;

	asahi_exporter_init(&exporter, ASAHI_EXPORTER_OWN, ASAHI_PAGE);
	for (i = 0; i < 2; i++) {
		r[i] = (struct round_trips) {
			.fd = i ? asahi_open() : exporter.fd,
			.handle = exporter.handle,
			.arrived = &arrived,
			.rounds = asahi_rounds(10000),
		};
		/* So that the numbers differ. */
		if (i) {
			asahi_gem_create(r[i].fd, ASAHI_PAGE);
			r[i].handle = prime_fd_to_handle(r[i].fd, exporter.dma_buf);
		}
	}
	close(exporter.dma_buf);
	exporter.dma_buf = -1;
	asahi_objects_read(&before);
	for (i = 0; i < 2; i++)
		igt_assert_eq(pthread_create(&threads[i], NULL, go_round, &r[i]), 0);
	for (i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	for (i = 0; i < 2; i++)
		igt_assert_f(r[i].done == r[i].rounds,
			     "file %u, round %u: error %d, handle %u in place of %u\n", i,
			     r[i].done, r[i].ret, r[i].got, r[i].handle);
	asahi_assert_objects_eq(&before);
	asahi_close(r[1].fd);
	asahi_exporter_fini(&exporter);
}

/* A thread that imports once. */
struct import_once {
	int fd, dma_buf;
	atomic_uint arrived;
	unsigned int seed;
	uint32_t handle;
	int ret;
};

static void *import_once(void *data)
{
	struct import_once *m = data;

	meet(&m->arrived);
	hesitate(&m->seed, 4);
	m->ret = __asahi_prime_import(m->fd, m->dma_buf, &m->handle);
	return NULL;
}

/**
 * SUBTEST: import-last-close
 * Description: The last descriptor of a dma-buf, which nothing else keeps, is closed while a thread
 *	imports it: the thread has the memory, or finds no descriptor and there is no memory.
 */
static void import_last_close(void)
{
	unsigned int i, hits = 0, seed = asahi_seed_new();
	int fd = asahi_open(), other = asahi_open();
	struct asahi_objects before;

	asahi_objects_read(&before);
	for (i = 0; i < asahi_rounds(ROUNDS); i++) {
		struct import_once m = { .fd = other, .seed = rand_r(&seed) };
		uint32_t handle = asahi_gem_create(fd, ASAHI_PAGE), seen = 0;
		pthread_t thread;

		set_word(fd, handle, i + 1);
		m.dma_buf = prime_handle_to_fd(fd, handle);
		gem_close(fd, handle);
		igt_assert_eq(pthread_create(&thread, NULL, import_once, &m), 0);
		meet(&m.arrived);
		hesitate(&seed, 4);
		close(m.dma_buf);
		pthread_join(thread, NULL);
		if (!m.ret) {
			seen = get_word(other, m.handle);
			gem_close(other, m.handle);
			hits++;
		}
		igt_assert_f(!m.ret || m.ret == -EBADF, "round %u: the import says %d\n", i, m.ret);
		igt_assert_f(m.ret || seen == i + 1, "round %u: the handle has %u, not %u\n", i,
			     seen, i + 1);
		asahi_assert_objects_eq(&before);
	}
	igt_info("the import came first in %u of %u rounds\n", hits, i);
	asahi_close(other);
	asahi_close(fd);
}

/* A thread that maps a handle, over and over, be it there or not. */
struct mapper {
	int fd;
	uint32_t vm_id, handle;
	uint64_t va;
	atomic_uint arrived;
	atomic_bool stop;
	unsigned int made, missed;
	int ret;
};

static void *map_for_ever(void *data)
{
	struct mapper *m = data;
	uint64_t i;

	meet(&m->arrived);
	for (i = 0; !atomic_load(&m->stop) && !m->ret; i++) {
		int ret = __asahi_vm_map(m->fd, m->vm_id, m->handle, 0, ASAHI_PAGE,
					 m->va + i % 16 * ASAHI_PAGE, ASAHI_RW);

		m->made += !ret;
		m->missed += ret == -ENOENT;
		if (ret != -ENOENT)
			m->ret = ret;
	}
	return NULL;
}

/**
 * SUBTEST: import-close-map
 * Description: A handle that a thread maps for the GPU, over and over, is closed and imported again
 *	by another: each mapping is made or finds no handle, and none is left when the handle is
 *	not.
 */
static void import_close_map(void)
{
	struct mapper m = { .va = 0x3000000000 };
	struct asahi_exporter exporter;
	struct asahi_objects before;
	unsigned int i, other = 0;
	pthread_t thread;
	uint32_t handle;
	int ret = 0;

	asahi_exporter_init(&exporter, ASAHI_EXPORTER_OWN, ASAHI_PAGE);
	m.fd = asahi_open();
	m.vm_id = asahi_vm_create(m.fd);
	asahi_objects_read(&before);
	m.handle = prime_fd_to_handle(m.fd, exporter.dma_buf);
	igt_assert_eq(pthread_create(&thread, NULL, map_for_ever, &m), 0);
	meet(&m.arrived);
	for (i = 0; i < 1000 && !ret; i++) {
		ret = __asahi_gem_close(m.fd, m.handle);
		if (!ret)
			ret = __asahi_prime_import(m.fd, exporter.dma_buf, &handle);
		other += !ret && handle != m.handle;
	}
	atomic_store(&m.stop, true);
	pthread_join(thread, NULL);
	igt_assert_eq(ret, 0);
	gem_close(m.fd, handle);
	igt_info("%u mappings were made, %u found no handle\n", m.made, m.missed);
	igt_assert_f(!m.ret, "a mapping was told %d\n", m.ret);
	/* The lowest number that is free. */
	igt_assert_eq(other, 0);
	asahi_assert_objects_eq(&before);
	asahi_close(m.fd);
	asahi_exporter_fini(&exporter);
}

/* Import, look, and close, in a file of one's own, until there have been so many. */
static void import_and_look(const struct asahi_child *other, unsigned int rounds)
{
	int dma_buf = asahi_recv_fd(other), fd = asahi_open();
	unsigned int i;

	for (i = 0; i < rounds; i++) {
		uint32_t handle = prime_fd_to_handle(fd, dma_buf);

		igt_assert_eq_u32(get_word(fd, handle), 31);
		/* With the file, sometimes. */
		if (i % 8 == 7) {
			asahi_close(fd);
			fd = asahi_open();
		} else {
			gem_close(fd, handle);
		}
	}
	asahi_close(fd);
	close(dma_buf);
}

/**
 * SUBTEST: processes
 * Description: Two processes import the same dma-buf into files of their own, look and close, while
 *	the maker gives up first the handle and then the file: both always find the memory.
 */
static void processes(void)
{
	struct asahi_child child = { 0 };
	struct asahi_exporter exporter;
	struct asahi_objects before;
	uint32_t handle, seen = 31;
	unsigned int i;
	int fd;

	asahi_objects_read(&before);
	asahi_fork(&child)
		import_and_look(&child, 400);
	asahi_exporter_init(&exporter, ASAHI_EXPORTER_OWN, ASAHI_PAGE);
	exporter.map[0] = 31;
	asahi_send_fd(&child, exporter.dma_buf);
	fd = asahi_open();
	for (i = 0; i < 400 && seen == 31; i++) {
		if (i == 100)
			gem_close(exporter.fd, exporter.handle);
		if (i == 200)
			asahi_exporter_leave(&exporter);
		handle = prime_fd_to_handle(fd, exporter.dma_buf);
		seen = get_word(fd, handle);
		gem_close(fd, handle);
	}
	close(exporter.dma_buf);
	asahi_child_wait(&child);
	asahi_close(fd);
	igt_assert_eq_u32(seen, 31);
	asahi_assert_objects_eq(&before);
}

/* Do everything that there is to do with a dma-buf, until one is killed. */
static void share_for_ever(const struct asahi_child *other)
{
	int dma_buf = asahi_recv_fd(other), fd = asahi_open(), second = asahi_open(), again;
	uint32_t handle, own, own_imported, vm_id = asahi_vm_create(fd);
	unsigned int i;

	for (i = 0;; i++) {
		handle = prime_fd_to_handle(fd, dma_buf);
		asahi_vm_map(fd, vm_id, handle, 0, ASAHI_PAGE, 0x2000000000, ASAHI_RW);
		again = prime_handle_to_fd(fd, handle);
		prime_fd_to_handle(second, again);
		close(again);
		own = asahi_gem_create(fd, ASAHI_PAGE);
		again = prime_handle_to_fd(fd, own);
		own_imported = prime_fd_to_handle(second, again);
		close(again);
		gem_close(fd, own);
		gem_close(second, own_imported);
		gem_close(fd, handle);
		if (!i)
			asahi_notify(other);
	}
}

/**
 * SUBTEST: killed
 * Description: A process that imports, maps, exports and closes all the time is killed at any
 *	moment: nothing of it is left, and the maker's memory, handle and dma-buf are what they
 *	were.
 */
static void killed(void)
{
	unsigned int i, seed = asahi_seed_new();
	struct asahi_exporter exporter;
	struct asahi_objects before;

	asahi_exporter_init(&exporter, ASAHI_EXPORTER_OWN, ASAHI_PAGE);
	exporter.map[0] = 51;
	asahi_objects_read(&before);
	for (i = 0; i < 25; i++) {
		struct asahi_child child;

		asahi_fork(&child)
			share_for_ever(&child);
		asahi_send_fd(&child, exporter.dma_buf);
		asahi_await(&child);
		usleep((unsigned int)rand_r(&seed) % 3000);
		asahi_child_kill(&child);
		asahi_assert_objects_eq(&before);
		igt_assert_eq_u32(prime_fd_to_handle(exporter.fd, exporter.dma_buf),
				  exporter.handle);
		igt_assert_eq_u32(exporter.map[0], 51);
	}
	asahi_exporter_fini(&exporter);
}

static const struct asahi_subtest subtests[] = {
	{ "export-close", "An export that meets a close gives the one dma-buf, or finds no handle.",
	  export_close },
	{ "import-close", "An import that meets a close of its handle is one handle with memory.",
	  import_close },
	{ "export-import", "An export that meets imports leads back to the handle that it was.",
	  export_import },
	{ "import-last-close", "An import that meets the last close has the memory, or nothing.",
	  import_last_close },
	{ "import-close-map", "A handle that closes leaves no mapping that was made meanwhile.",
	  import_close_map },
	{ "processes", "Importers find the memory while its maker leaves.", processes },
	{ "killed", "A process that is killed while it shares leaves nothing behind.", killed },
};

int igt_main()
{
	asahi_run_subtests(subtests, ARRAY_SIZE(subtests));
}
