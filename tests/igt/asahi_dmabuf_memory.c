// SPDX-License-Identifier: MIT
/**
 * TEST: asahi dmabuf memory
 * Category: Core
 * Mega feature: Lifetimes
 * Sub-category: sharing
 * Functionality: PRIME
 * Description: The memory behind a dma-buf is the system's again, to the last page, at the moment
 *	when the last who has it gives it up, whoever that is; and how it can be mapped by CPUs
 *	until then.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/dma-buf.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>
#include <xf86drm.h>

#include "asahi_child.h"
#include "asahi_device.h"
#include "asahi_exporter.h"
#include "asahi_importer.h"
#include "asahi_ioctl.h"
#include "asahi_memory.h"
#include "asahi_objects.h"
#include "asahi_prime.h"
#include "igt.h"

IGT_TEST_DESCRIPTION("Memory behind dma-bufs: when it is freed, and how it is mapped");

#define PAGE_WORDS (ASAHI_PAGE / sizeof(uint32_t))

/* Much more than the slack of counters of pages, which is some hundred pages for each CPU. */
#define LOT (32u << 20)
#define LOT_SLACK (LOT / 4)

/* The last word of it. */
#define LAST_WORD (LOT / sizeof(uint32_t) - 1)

/* Who is the last to have a lot of memory. */
enum last {
	LAST_HANDLE,
	LAST_FD,
	LAST_MAPPING,
	LAST_GEM_MAPPING,
	LAST_IMPORT,
	LAST_VGEM,
	LAST_SOCKET,
	LAST_PROCESS,
};

/* What it needs to be him. */
struct holder {
	enum last last;
	struct asahi_exporter exporter;
	struct asahi_importer importer;
	uint32_t *map;
	/* A file of another driver, or -1, and the memory in it. */
	int vgem;
	uint32_t handle;
	int sockets[2];
	struct asahi_child child;
};

/*
 * Bytes that the system has lost to somebody. Those of a file count as shared memory for as long as
 * the file has them; whoever still has references of them then keeps them from being free.
 */
struct lost {
	int64_t shmem, free;
};

static struct lost lost_since(const struct lost *start)
{
	return (struct lost){
		(int64_t)asahi_meminfo("Shmem") - start->shmem,
		-(int64_t)asahi_memory_available() - start->free,
	};
}

/* A process that has a descriptor of it, and nothing else, until it is killed. */
static void keep_dma_buf(const struct asahi_child *other)
{
	asahi_recv_fd(other);
	asahi_notify(other);
	pause();
}

/* Make what is not to be counted. */
static void holder_init(struct holder *h, enum last last)
{
	memset(h, 0, sizeof(*h));
	h->last = last;
	h->vgem = -1;
	asahi_close(asahi_open());
	if (last == LAST_VGEM)
		h->vgem = drm_open_driver(DRIVER_VGEM);
	if (last == LAST_SOCKET)
		asahi_socketpair(h->sockets);
	if (last == LAST_PROCESS)
		asahi_fork(&h->child)
			keep_dma_buf(&h->child);
}

/* Become the only one who has the memory. */
static void hold(struct holder *h)
{
	struct asahi_exporter *e = &h->exporter;

	switch (h->last) {
	case LAST_HANDLE:
		asahi_gem_munmap(e->map, LOT);
		close(e->dma_buf);
		return;
	case LAST_FD:
		asahi_exporter_leave(e);
		return;
	case LAST_GEM_MAPPING:
		h->map = e->map;
		close(e->dma_buf);
		asahi_close(e->fd);
		return;
	case LAST_MAPPING:
		h->map = asahi_dma_buf_mmap(e->dma_buf, LOT);
		break;
	case LAST_IMPORT:
		asahi_importer_init(&h->importer, e->dma_buf, LOT);
		break;
	case LAST_VGEM:
		h->handle = prime_fd_to_handle(h->vgem, e->dma_buf);
		break;
	case LAST_SOCKET:
		h->child.socket = h->sockets[0];
		asahi_send_fd(&h->child, e->dma_buf);
		break;
	case LAST_PROCESS:
		asahi_send_fd(&h->child, e->dma_buf);
		asahi_await(&h->child);
		break;
	}
	asahi_exporter_fini(e);
}

/* Whether it has what had been written, if it can look. */
static bool is_intact(struct holder *h)
{
	if (h->last == LAST_IMPORT)
		return asahi_importer_read(&h->importer, LAST_WORD * sizeof(uint32_t)) == 51;
	return !h->map || h->map[LAST_WORD] == 51;
}

/* Give the memory up, and nothing else. */
static void let_go(struct holder *h)
{
	switch (h->last) {
	case LAST_HANDLE:
		gem_close(h->exporter.fd, h->exporter.handle);
		break;
	case LAST_FD:
		close(h->exporter.dma_buf);
		break;
	case LAST_MAPPING:
	case LAST_GEM_MAPPING:
		asahi_gem_munmap(h->map, LOT);
		break;
	case LAST_IMPORT:
		gem_close(h->importer.client.fd, h->importer.bo.handle);
		break;
	case LAST_VGEM:
		gem_close(h->vgem, h->handle);
		break;
	case LAST_SOCKET:
		close(h->sockets[0]);
		close(h->sockets[1]);
		break;
	case LAST_PROCESS:
		asahi_child_kill(&h->child);
		break;
	}
}

static void holder_fini(struct holder *h)
{
	if (h->last == LAST_HANDLE)
		asahi_close(h->exporter.fd);
	if (h->last == LAST_IMPORT)
		asahi_client_fini(&h->importer.client);
	if (h->vgem >= 0)
		drm_close_driver(h->vgem);
}

/* Memory of any maker comes down to one who has it, and is freed when that one gives it up. */
struct freeing {
	enum asahi_exporter_kind maker;
	enum last last;
};

static void freed(const void *data)
{
	const struct freeing *f = data;
	const struct lost nothing = { 0 };
	uint64_t dma_bufs, dma_bufs_held, dma_bufs_after;
	struct lost start, held, after;
	struct holder h;
	bool intact;

	holder_init(&h, f->last);
	dma_bufs = asahi_dma_buf_count();
	start = lost_since(&nothing);
	asahi_exporter_init(&h.exporter, f->maker, LOT);
	h.exporter.map[LAST_WORD] = 51;
	hold(&h);
	held = lost_since(&start);
	dma_bufs_held = asahi_dma_buf_count() - dma_bufs;
	intact = is_intact(&h);
	let_go(&h);
	after = lost_since(&start);
	dma_bufs_after = asahi_dma_buf_count() - dma_bufs;
	holder_fini(&h);

	igt_info("shared memory: %+" PRId64 " bytes while somebody has it, %+" PRId64
		 " afterwards; memory that is not free: %+" PRId64 ", %+" PRId64 "\n",
		 held.shmem, after.shmem, held.free, after.free);
	/* It is for the kernel to decide whether a handle keeps one. */
	if (f->last != LAST_HANDLE && f->last != LAST_GEM_MAPPING)
		igt_assert_eq_u64(dma_bufs_held, 1);
	igt_assert_f(dma_bufs_after == 0, "the dma-buf is still there\n");
	/* Pages of a memfd are no longer counted when their file is gone. */
	if (f->maker != ASAHI_EXPORTER_UDMABUF)
		igt_assert_f(held.shmem > LOT - LOT_SLACK,
			     "its file was freed while somebody had it\n");
	igt_assert_f(held.free > LOT / 2, "its pages were freed while somebody had them\n");
	igt_assert_f(after.shmem < LOT_SLACK, "its file was not freed though nobody had it\n");
	igt_assert_f(after.free < LOT / 2, "its pages were not freed though nobody had them\n");
	igt_assert_f(intact, "its last word was not what had been written\n");
}

/**
 * SUBTEST: freed-handle
 * Description: Memory that has been shared, and is no more, is freed when its handle is closed.
 */
static const struct freeing freed_handle = { ASAHI_EXPORTER_OWN, LAST_HANDLE };

/**
 * SUBTEST: freed-fd
 * Description: Memory of which only a dma-buf is left is freed when that is closed.
 */
static const struct freeing freed_fd = { ASAHI_EXPORTER_OWN, LAST_FD };

/**
 * SUBTEST: freed-mapping
 * Description: Memory of which only a CPU mapping of a dma-buf is left is freed by munmap().
 */
static const struct freeing freed_mapping = { ASAHI_EXPORTER_OWN, LAST_MAPPING };

/**
 * SUBTEST: freed-gem-mapping
 * Description: Memory of which only a CPU mapping made with its file is left, its dma-buf being
 *	closed, is freed by munmap().
 */
static const struct freeing freed_gem_mapping = { ASAHI_EXPORTER_OWN, LAST_GEM_MAPPING };

/**
 * SUBTEST: freed-import
 * Description: Memory that only an importer has left is freed when that closes its handle, mapped
 *	as it is.
 */
static const struct freeing freed_import = { ASAHI_EXPORTER_OWN, LAST_IMPORT };

/**
 * SUBTEST: freed-vgem
 * Description: Memory that only another driver has left is freed when that gives it up.
 */
static const struct freeing freed_vgem = { ASAHI_EXPORTER_OWN, LAST_VGEM };

/**
 * SUBTEST: freed-socket
 * Description: Memory of which only a dma-buf is left that nobody has received is freed with the
 *	socket.
 */
static const struct freeing freed_socket = { ASAHI_EXPORTER_OWN, LAST_SOCKET };

/**
 * SUBTEST: freed-process
 * Description: Memory that only another process has left is freed when that has been killed.
 */
static const struct freeing freed_process = { ASAHI_EXPORTER_OWN, LAST_PROCESS };

/**
 * SUBTEST: freed-import-of-vgem
 * Description: Memory of another driver that only an importer has left is freed when that closes
 *	its handle.
 */
static const struct freeing freed_import_of_vgem = { ASAHI_EXPORTER_VGEM, LAST_IMPORT };

/**
 * SUBTEST: freed-import-of-udmabuf
 * Description: Memory of a process that only an importer has left is freed when that closes its
 *	handle.
 */
static const struct freeing freed_import_of_udmabuf = { ASAHI_EXPORTER_UDMABUF, LAST_IMPORT };

/**
 * SUBTEST: import-closed-whole
 * Description: A file that has imported memory of others and mapped it many times is closed as it
 *	is: nothing of it keeps that memory.
 */
static void import_closed_whole(void)
{
	static const enum asahi_exporter_kind kinds[] = {
		ASAHI_EXPORTER_OWN, ASAHI_EXPORTER_VGEM, ASAHI_EXPORTER_UDMABUF,
	};
	unsigned int i, k;

	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		struct asahi_importer importer;
		struct asahi_exporter exporter;
		struct asahi_objects before;
		uint64_t dma_bufs;

		asahi_objects_read(&before);
		dma_bufs = asahi_dma_buf_count();
		asahi_exporter_init(&exporter, kinds[i], 4 * ASAHI_PAGE);
		asahi_importer_init(&importer, exporter.dma_buf, 4 * ASAHI_PAGE);
		for (k = 0; k < 8; k++)
			asahi_vm_map(importer.client.fd, importer.client.vm_id, importer.bo.handle,
				     k % 4 * ASAHI_PAGE, ASAHI_PAGE,
				     asahi_client_va(&importer.client, ASAHI_PAGE), ASAHI_RW);
		asahi_exporter_fini(&exporter);
		igt_assert_eq_u64(asahi_dma_buf_count(), dma_bufs + 1);
		asahi_client_drop(&importer.client);
		asahi_assert_objects_eq(&before);
		igt_assert_eq_u64(asahi_dma_buf_count(), dma_bufs);
	}
}

/* Four pages, each of which begins with its number, as a dma-buf. */
static void numbered_init(struct asahi_exporter *e)
{
	unsigned int i;

	asahi_exporter_init(e, ASAHI_EXPORTER_OWN, 4 * ASAHI_PAGE);
	for (i = 0; i < 4; i++)
		e->map[i * PAGE_WORDS] = 60 + i;
}

/**
 * SUBTEST: mmap-offset
 * Description: A mapping of a dma-buf from any page on shows the memory from there on, and lives
 *	on alone, with what is left of it when a part is unmapped.
 */
static void mmap_offset(void)
{
	uint32_t *maps[4], seen[4], split;
	struct asahi_exporter e;
	unsigned int i;

	numbered_init(&e);
	for (i = 0; i < 4; i++) {
		maps[i] = mmap(NULL, (4 - i) * ASAHI_PAGE, PROT_READ | PROT_WRITE, MAP_SHARED,
			       e.dma_buf, i * ASAHI_PAGE);
		igt_assert_f(maps[i] != MAP_FAILED, "page %u: %s\n", i, strerror(errno));
	}
	asahi_exporter_fini(&e);

	for (i = 0; i < 4; i++)
		seen[i] = *(volatile uint32_t *)maps[i];
	/* The last page of each, once what is before it has gone. */
	maps[3][1] = 70;
	igt_assert_eq(munmap(maps[0], 3 * ASAHI_PAGE), 0);
	split = maps[0][3 * PAGE_WORDS + 1];
	igt_assert_eq(munmap(maps[0] + 3 * PAGE_WORDS, ASAHI_PAGE), 0);
	for (i = 1; i < 4; i++)
		igt_assert_eq(munmap(maps[i], (4 - i) * ASAHI_PAGE), 0);
	for (i = 0; i < 4; i++)
		igt_assert_f(seen[i] == 60 + i, "the mapping of page %u shows %u, not %u\n", i,
			     seen[i], 60 + i);
	igt_assert_eq_u32(split, 70);
}

/* Map a dma-buf as it should not be; returns 0 or -errno, with nothing left. */
static int try_mmap(int dma_buf, uint64_t size, int prot, int flags, uint64_t offset)
{
	void *map = mmap(NULL, size, prot, flags, dma_buf, offset);

	if (map == MAP_FAILED)
		return -errno;
	munmap(map, size);
	return 0;
}

/**
 * SUBTEST: mmap-invalid
 * Description: No page that a dma-buf does not have can be mapped, and no mapping of it grows; one
 *	that can only be read cannot be written to later, and a copy of it cannot be had that way.
 */
static void mmap_invalid(void)
{
	const int rw = PROT_READ | PROT_WRITE;
	struct asahi_exporter e;
	int read_only, protect;
	uint32_t handle;
	void *map, *grown;
	int fd;

	numbered_init(&e);
	igt_assert_eq(try_mmap(e.dma_buf, 5 * ASAHI_PAGE, rw, MAP_SHARED, 0), -EINVAL);
	igt_assert_eq(try_mmap(e.dma_buf, 4 * ASAHI_PAGE, rw, MAP_SHARED, ASAHI_PAGE), -EINVAL);
	igt_assert_eq(try_mmap(e.dma_buf, ASAHI_PAGE, rw, MAP_SHARED, 4 * ASAHI_PAGE), -EINVAL);
	igt_assert_eq(try_mmap(e.dma_buf, ASAHI_PAGE, rw, MAP_PRIVATE, 0), -EINVAL);

	map = mmap(NULL, 2 * ASAHI_PAGE, rw, MAP_SHARED, e.dma_buf, 0);
	igt_assert(map != MAP_FAILED);
	grown = mremap(map, 2 * ASAHI_PAGE, 4 * ASAHI_PAGE, MREMAP_MAYMOVE);
	igt_assert_f(grown == MAP_FAILED, "a mapping has grown\n");
	igt_assert_eq(munmap(map, 2 * ASAHI_PAGE), 0);
	asahi_exporter_fini(&e);

	fd = asahi_open();
	handle = asahi_gem_create(fd, ASAHI_PAGE);
	igt_assert_eq(__asahi_prime_export(fd, handle, DRM_CLOEXEC, &read_only), 0);
	igt_assert_eq(try_mmap(read_only, ASAHI_PAGE, rw, MAP_SHARED, 0), -EACCES);
	map = mmap(NULL, ASAHI_PAGE, PROT_READ, MAP_SHARED, read_only, 0);
	igt_assert(map != MAP_FAILED);
	protect = mprotect(map, ASAHI_PAGE, rw) ? -errno : 0;
	igt_assert_eq(munmap(map, ASAHI_PAGE), 0);
	close(read_only);
	asahi_close(fd);
	igt_assert_eq(protect, -EACCES);
}

static int cpu_access(int dma_buf, uint64_t flags)
{
	struct dma_buf_sync sync = { .flags = flags };

	return ioctl(dma_buf, DMA_BUF_IOCTL_SYNC, &sync) ? -errno : 0;
}

/**
 * SUBTEST: cpu-access
 * Description: A CPU that says when it begins and ends is answered, in each direction, with the
 *	maker and without, and also without a mapping; what makes no sense is refused.
 */
static void cpu_access_rules(void)
{
	static const uint64_t directions[] = {
		DMA_BUF_SYNC_READ, DMA_BUF_SYNC_WRITE, DMA_BUF_SYNC_RW,
	};
	struct asahi_exporter e;
	unsigned int i, round;

	numbered_init(&e);
	for (round = 0; round < 2; round++) {
		for (i = 0; i < ARRAY_SIZE(directions); i++) {
			uint64_t dir = directions[i];

			igt_assert_eq(cpu_access(e.dma_buf, dir | DMA_BUF_SYNC_START), 0);
			igt_assert_eq(cpu_access(e.dma_buf, dir | DMA_BUF_SYNC_END), 0);
		}
		igt_assert_eq(cpu_access(e.dma_buf, DMA_BUF_SYNC_START), -EINVAL);
		igt_assert_eq(cpu_access(e.dma_buf, DMA_BUF_SYNC_END), -EINVAL);
		igt_assert_eq(cpu_access(e.dma_buf, DMA_BUF_SYNC_RW | 1 << 3), -EINVAL);
		igt_assert_eq(cpu_access(e.dma_buf, DMA_BUF_SYNC_RW | 1ull << 63), -EINVAL);
		asahi_exporter_leave(&e);
	}
	asahi_exporter_fini(&e);
}

static const struct asahi_subtest subtests[] = {
	{ "freed-handle", "Memory is freed with the last handle.", NULL, freed, &freed_handle },
	{ "freed-fd", "Memory is freed with the last descriptor.", NULL, freed, &freed_fd },
	{ "freed-mapping", "Memory is freed with the last CPU mapping of a dma-buf.", NULL, freed,
	  &freed_mapping },
	{ "freed-gem-mapping", "Memory is freed with the last CPU mapping of a closed file.", NULL,
	  freed, &freed_gem_mapping },
	{ "freed-import", "Memory is freed when its last importer closes the handle.", NULL, freed,
	  &freed_import },
	{ "freed-vgem", "Memory is freed when another driver, the last to have it, gives it up.",
	  NULL, freed, &freed_vgem },
	{ "freed-socket", "Memory is freed with the socket that the last descriptor is in.", NULL,
	  freed, &freed_socket },
	{ "freed-process", "Memory is freed when the last process that has it is killed.", NULL,
	  freed, &freed_process },
	{ "freed-import-of-vgem", "Another driver's memory is freed with its last importer.", NULL,
	  freed, &freed_import_of_vgem },
	{ "freed-import-of-udmabuf", "A process's memory is freed with its last importer.", NULL,
	  freed, &freed_import_of_udmabuf },
	{ "import-closed-whole", "A file keeps nothing that it has imported.",
	  import_closed_whole },
	{ "mmap-offset", "A CPU mapping of a dma-buf shows its memory from any page on.",
	  mmap_offset },
	{ "mmap-invalid",
	  "No CPU mapping shows more than a dma-buf has, or writes what it may not.",
	  mmap_invalid },
	{ "cpu-access", "A CPU may say that it begins and ends, with the maker and without.",
	  cpu_access_rules },
};

int igt_main()
{
	asahi_run_subtests(subtests, ARRAY_SIZE(subtests));
}
