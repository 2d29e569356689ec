// SPDX-License-Identifier: MIT
/**
 * TEST: asahi survivors
 * Category: Core
 * Mega feature: Lifetimes
 * Sub-category: hotplug
 * Functionality: remove
 * Description: What outlives a device, and what it keeps from going. The driver can be unbound and
 *	the GPU's module removed whoever has what. The driver's own module stays for as long as
 *	a file or a dma-buf can call it; a fence keeps nothing.
 */
#include <errno.h>
#include <linux/sync_file.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "asahi_binding.h"
#include "asahi_device.h"
#include "asahi_drm.h"
#include "asahi_ioctl.h"
#include "asahi_job.h"
#include "asahi_objects.h"
#include "asahi_sync.h"
#include "igt.h"
#include "igt_syncobj.h"
#include "sw_sync.h"

IGT_TEST_DESCRIPTION("What outlives the device, and what it holds");

/** enum survivor_kind - What is kept. */
enum survivor_kind {
	/* A file with a job that runs. */
	OPEN_FILE,
	/* A CPU mapping, which keeps its file. */
	MAPPING,
	/* A dma-buf. */
	DMA_BUF,
	/* A CPU mapping of a dma-buf. */
	DMA_BUF_MAPPING,
	/* A file that has imported memory of another driver. */
	IMPORTED,
	/* Memory that another driver has imported. */
	EXPORTED,
	/* The fence of a job, as a sync file. */
	SYNC_FILE,
	/* Fences of two jobs, merged. */
	MERGED,
	/* A syncobj with the fence of a job. */
	SYNCOBJ,
};

/** enum action - What is done meanwhile. */
enum action {
	UNBIND,
	REMOVE_GPU,
	REMOVE_DRIVER,
};

/* struct situation - One of each. */
struct situation {
	enum survivor_kind kind;
	enum action action;
};

/* struct survivor - Somebody who keeps something. */
struct survivor {
	enum survivor_kind kind;
	struct asahi_client client;
	/* @has_file: the file is open. */
	bool has_file;
	struct asahi_bo bo;
	struct asahi_spin spins[2];
	uint32_t second_queue;
	/* @fd: of what is kept, unless it is a mapping. */
	int fd;
	/* @map: a page whose first word is 11. */
	uint32_t *map;
	/* @vgem: a file of the other driver. */
	int vgem;
	/* @handle: the memory in it. */
	uint32_t handle;
};

static bool is_fence(enum survivor_kind kind)
{
	return kind == SYNC_FILE || kind == MERGED || kind == SYNCOBJ;
}

static bool is_file(enum survivor_kind kind)
{
	return kind == OPEN_FILE || kind == IMPORTED;
}

static bool is_memory(enum survivor_kind kind)
{
	return kind != OPEN_FILE && !is_fence(kind);
}

/* Map memory of the other driver for the GPU, and for the CPU. */
static void import(struct survivor *s)
{
	struct drm_mode_create_dumb create = { .width = 64, .height = 64, .bpp = 32 };
	struct drm_mode_map_dumb offset = { 0 };
	uint32_t handle;
	int dma_buf;

	s->vgem = drm_open_driver(DRIVER_VGEM);
	igt_assert_eq(asahi_ioctl(s->vgem, DRM_IOCTL_MODE_CREATE_DUMB, &create), 0);
	igt_assert_eq_u64(create.size, ASAHI_PAGE);
	s->handle = create.handle;
	offset.handle = create.handle;
	igt_assert_eq(asahi_ioctl(s->vgem, DRM_IOCTL_MODE_MAP_DUMB, &offset), 0);
	s->map = mmap(NULL, ASAHI_PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, s->vgem,
		      offset.offset);
	igt_assert(s->map != MAP_FAILED);
	s->map[0] = 11;

	dma_buf = prime_handle_to_fd(s->vgem, s->handle);
	handle = prime_fd_to_handle(s->client.fd, dma_buf);
	close(dma_buf);
	asahi_vm_map(s->client.fd, s->client.vm_id, handle, 0, ASAHI_PAGE,
		     asahi_client_va(&s->client, ASAHI_PAGE), ASAHI_RW);
}

/* Give memory of ours to the other driver. */
static void export(struct survivor *s)
{
	int dma_buf = prime_handle_to_fd_for_mmap(s->client.fd, s->bo.handle);

	s->vgem = drm_open_driver(DRIVER_VGEM);
	s->handle = prime_fd_to_handle(s->vgem, dma_buf);
	close(dma_buf);
}

static int share_syncobj(struct survivor *s)
{
	uint32_t handle = syncobj_create(s->client.fd, 0);

	syncobj_import_sync_file(s->client.fd, handle, s->spins[0].fence);
	return syncobj_handle_to_fd(s->client.fd, handle, 0);
}

static void drop_file(struct survivor *s)
{
	if (s->has_file)
		asahi_client_drop(&s->client);
	s->has_file = false;
}

/*
 * Make it. The file with its jobs stays open as long as it can: a fence is to be there before it
 * has signalled.
 */
static void survivor_init(struct survivor *s, enum survivor_kind kind, bool keep_file)
{
	struct asahi_client *client = &s->client;
	unsigned int i;

	memset(s, 0, sizeof(*s));
	s->kind = kind;
	s->fd = -1;
	s->vgem = -1;
	s->has_file = true;
	asahi_client_init(client);
	asahi_bo_init(client, &s->bo, ASAHI_PAGE);
	s->bo.map[0] = 11;
	s->second_queue = asahi_queue_create(client->fd, client->vm_id, client->usc_base);
	for (i = 0; i < ARRAY_SIZE(s->spins); i++) {
		asahi_spin_init(client, &s->spins[i]);
		asahi_spin_start(&s->spins[i], i ? s->second_queue : client->queue_id);
	}

	switch (kind) {
	case OPEN_FILE:
		break;
	case MAPPING:
		s->map = asahi_gem_mmap(client->fd, s->bo.handle, ASAHI_PAGE);
		break;
	case DMA_BUF:
	case DMA_BUF_MAPPING:
		s->fd = prime_handle_to_fd_for_mmap(client->fd, s->bo.handle);
		break;
	case IMPORTED:
		import(s);
		break;
	case EXPORTED:
		export(s);
		break;
	case SYNC_FILE:
		s->fd = dup(s->spins[0].fence);
		break;
	case MERGED:
		s->fd = sync_fence_merge(s->spins[0].fence, s->spins[1].fence);
		break;
	case SYNCOBJ:
		s->fd = share_syncobj(s);
		break;
	}
	if (kind == DMA_BUF_MAPPING) {
		s->map = mmap(NULL, ASAHI_PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, s->fd, 0);
		igt_assert(s->map != MAP_FAILED);
		close(s->fd);
		s->fd = -1;
	}

	asahi_bo_unmap(&s->bo);
	for (i = 0; i < ARRAY_SIZE(s->spins); i++)
		close(s->spins[i].fence);
	if (!is_file(kind) && !keep_file)
		drop_file(s);
}

/* How much is wrong with the memory that is kept, which is reported. */
static unsigned int check_memory(struct survivor *s)
{
	uint32_t *map = s->map;
	int dma_buf = s->fd;
	unsigned int wrong;

	if (s->kind == EXPORTED)
		dma_buf = prime_handle_to_fd_for_mmap(s->vgem, s->handle);
	if (!s->map)
		map = mmap(NULL, ASAHI_PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, dma_buf, 0);
	if (s->kind == EXPORTED)
		close(dma_buf);
	if (map == MAP_FAILED) {
		igt_info("mmap: %s\n", strerror(errno));
		return 1;
	}
	wrong = map[0] != 11;
	if (wrong)
		igt_info("the memory has 0x%x\n", map[0]);
	map[1] = 12;
	wrong += map[1] != 12;
	if (!s->map)
		munmap(map, ASAHI_PAGE);

	return wrong;
}

/* The same for a sync file that must have signalled with @status. */
static unsigned int check_sync_file(int fence, int status)
{
	struct sync_fence_info infos[2] = { 0 }, *info = &infos[0];
	struct sync_file_info file = {
		.num_fences = ARRAY_SIZE(infos),
		.sync_fence_info = (uintptr_t)infos,
	};
	int merged, wait, now;

	wait = sync_fence_wait(fence, 0);
	now = sync_fence_status(fence);
	if (ioctl(fence, SYNC_IOC_FILE_INFO, &file))
		now = -errno;
	merged = sync_fence_merge(fence, fence);
	igt_info("%s/%s: wait %d, status %d\n", info->driver_name, info->obj_name, wait, now);
	if (merged < 0 || sync_fence_wait(merged, 0))
		wait = -EINVAL;
	close(merged);

	return wait || now != status || info->status != status || !info->driver_name[0] ||
	       !info->obj_name[0];
}

/*
 * A syncobj can be looked into with a file of any driver that knows them; @fd is one of the device
 * as it is now.
 */
static unsigned int check_syncobj(int syncobj, int fd, int status)
{
	uint32_t handle = syncobj_fd_to_handle(fd, syncobj, 0);
	int fence = asahi_sync_export(fd, handle);
	unsigned int wrong = check_sync_file(fence, status);

	close(fence);
	syncobj_destroy(fd, handle);
	return wrong;
}

/* A file of a device that is gone says so, and nothing else. */
static unsigned int check_file_gone(int fd)
{
	struct drm_asahi_get_time time = { 0 };
	struct drm_gem_close close_req = { .handle = 1 };
	int ret = asahi_ioctl(fd, DRM_IOCTL_ASAHI_GET_TIME, &time);
	int core = asahi_ioctl(fd, DRM_IOCTL_GEM_CLOSE, &close_req);

	if (ret == -ENODEV && core == -ENODEV)
		return 0;
	igt_info("an ioctl of the driver says %d, one of the core %d\n", ret, core);
	return 1;
}

static void survivor_fini(struct survivor *s)
{
	drop_file(s);
	if (s->kind == MAPPING)
		asahi_gem_munmap(s->map, ASAHI_PAGE);
	else if (s->map)
		igt_assert_eq(munmap(s->map, ASAHI_PAGE), 0);
	if (s->fd >= 0)
		close(s->fd);
	if (s->vgem >= 0)
		drm_close_driver(s->vgem);
}

/* Whether the driver's module has to stay for it, with the file that it came from or without. */
static bool holds_module(enum survivor_kind kind, bool with_file)
{
	struct utsname name;

	if (!is_fence(kind) && kind != IMPORTED)
		return !is_file(kind) || with_file;
	if (kind == IMPORTED && with_file)
		return true;

	/*
	 * Older kernels do not part a signalled fence from its driver. Memory that was imported
	 * keeps those of the jobs that could reach it.
	 */
	igt_assert_eq(uname(&name), 0);
	return atoi(name.release) < 7;
}

/* struct trial - A situation, and what has come of it so far. */
struct trial {
	enum action action;
	struct survivor s;
	struct asahi_module driver, gpu;
	struct asahi_binding binding;
	/* @status: what fences have to say. */
	int status;

	/* 0 or -errno of taking the device apart, putting it back, and the same of the driver. */
	int taken, put_back, removed, loaded;
	/* @wrong: how much was not as it should be, which is reported. */
	unsigned int wrong;
};

static void trial_init(struct trial *t, const struct situation *situation)
{
	enum survivor_kind kind = situation->kind;
	int fd;

	memset(t, 0, sizeof(*t));
	t->action = situation->action;
	t->status = t->action == REMOVE_DRIVER ? -ECANCELED : -ENODEV;
	fd = asahi_open();
	asahi_require_simulated(fd, ASAHI_UNBINDS);
	asahi_binding_find(fd, &t->binding);
	asahi_close(fd);
	igt_require_f(asahi_module_find(&t->driver, ASAHI_DRIVER_MODULE) &&
		      asahi_module_find(&t->gpu, ASAHI_GPU_MODULE),
		      "the modules cannot be removed and loaded again\n");

	/* The driver cannot be removed under a file, which is one of the situations already. */
	survivor_init(&t->s, kind, is_fence(kind) && t->action != REMOVE_DRIVER);
}

/* What is true of memory and of fences from when the device is taken apart on. */
static void check_kept(struct trial *t)
{
	enum survivor_kind kind = t->s.kind;

	if (kind == SYNC_FILE || kind == MERGED)
		t->wrong += check_sync_file(t->s.fd, t->status);
	if (is_memory(kind))
		t->wrong += check_memory(&t->s);
}

/* Then there is no device, or no driver; or it has been refused. */
static void take_apart(struct trial *t)
{
	switch (t->action) {
	case UNBIND:
		t->taken = asahi_unbind(&t->binding);
		break;
	case REMOVE_GPU:
		t->taken = asahi_module_remove(&t->gpu);
		break;
	case REMOVE_DRIVER:
		t->taken = asahi_module_remove(&t->driver);
		break;
	}
	if (is_file(t->s.kind) && !t->taken)
		t->wrong += check_file_gone(t->s.client.fd);
	check_kept(t);
}

static int put_together(struct trial *t)
{
	switch (t->action) {
	case UNBIND:
		return asahi_bind(&t->binding);
	case REMOVE_GPU:
		return asahi_module_load(&t->gpu);
	case REMOVE_DRIVER:
		return asahi_module_load(&t->driver);
	}
	return -EINVAL;
}

/* The new device works beside what is left of the old one, or the old one still does. */
static void put_back(struct trial *t)
{
	enum survivor_kind kind = t->s.kind;
	bool gone = !t->taken;
	int fd;

	t->put_back = gone ? put_together(t) : t->taken;
	igt_info("taken apart: %d, put together: %d\n", t->taken, t->put_back);
	if (gone)
		asahi_device_replaced();
	asahi_assert_works();
	fd = asahi_open();
	if (is_file(kind) && gone)
		t->wrong += check_file_gone(t->s.client.fd);
	if (is_file(kind) && !gone)
		t->wrong += asahi_get_time(t->s.client.fd) == 0;
	if (kind == SYNCOBJ)
		t->wrong += check_syncobj(t->s.fd, fd, t->status);
	check_kept(t);
	asahi_close(fd);
}

/* A fence outlives the file of an old device, and the driver's module too. */
static void replace_driver(struct trial *t)
{
	drop_file(&t->s);
	t->removed = asahi_module_remove(&t->driver);
	check_kept(t);
	t->loaded = t->removed ? t->removed : asahi_module_load(&t->driver);
	if (!t->removed)
		asahi_device_replaced();
}

static void survive(const void *data)
{
	const struct situation *situation = data;
	enum survivor_kind kind = situation->kind;
	bool refused = situation->action == REMOVE_DRIVER && holds_module(kind, true);
	struct trial t;

	trial_init(&t, situation);
	take_apart(&t);
	put_back(&t);
	replace_driver(&t);
	survivor_fini(&t.s);
	igt_assert_eq(t.taken, refused ? -EAGAIN : 0);
	igt_assert_eq(t.put_back, t.taken);
	igt_assert_eq(t.removed, holds_module(kind, false) ? -EAGAIN : 0);
	igt_assert_eq(t.loaded, t.removed);
	igt_assert_eq(t.wrong, 0);

	/* Nothing is left of it: the module goes, and its caches with it. */
	igt_assert_eq(asahi_module_remove(&t.driver), 0);
	igt_assert_eq(asahi_module_load(&t.driver), 0);
	asahi_device_replaced();
	asahi_assert_works();
}

/**
 * SUBTEST: file-unbind
 * Description: The driver is unbound and bound again while somebody has an open file with jobs
 *	that run.
 */
static const struct situation file_unbind = { OPEN_FILE, UNBIND };

/**
 * SUBTEST: file-remove-gpu
 * Description: The GPU's module is removed and loaded again while somebody has an open file with
 *	jobs that run.
 */
static const struct situation file_remove_gpu = { OPEN_FILE, REMOVE_GPU };

/**
 * SUBTEST: file-remove-driver
 * Description: The driver's module cannot be removed while somebody has an open file with jobs
 *	that run.
 */
static const struct situation file_remove_driver = { OPEN_FILE, REMOVE_DRIVER };

/**
 * SUBTEST: mapping-unbind
 * Description: The driver is unbound and bound again while somebody has a CPU mapping, which keeps
 *	its file open.
 */
static const struct situation mapping_unbind = { MAPPING, UNBIND };

/**
 * SUBTEST: mapping-remove-gpu
 * Description: The GPU's module is removed and loaded again while somebody has a CPU mapping,
 *	which keeps its file open.
 */
static const struct situation mapping_remove_gpu = { MAPPING, REMOVE_GPU };

/**
 * SUBTEST: mapping-remove-driver
 * Description: The driver's module cannot be removed while somebody has a CPU mapping, which keeps
 *	its file open.
 */
static const struct situation mapping_remove_driver = { MAPPING, REMOVE_DRIVER };

/**
 * SUBTEST: dma-buf-unbind
 * Description: The driver is unbound and bound again while somebody has a dma-buf.
 */
static const struct situation dma_buf_unbind = { DMA_BUF, UNBIND };

/**
 * SUBTEST: dma-buf-remove-gpu
 * Description: The GPU's module is removed and loaded again while somebody has a dma-buf.
 */
static const struct situation dma_buf_remove_gpu = { DMA_BUF, REMOVE_GPU };

/**
 * SUBTEST: dma-buf-remove-driver
 * Description: The driver's module cannot be removed while somebody has a dma-buf.
 */
static const struct situation dma_buf_remove_driver = { DMA_BUF, REMOVE_DRIVER };

/**
 * SUBTEST: dma-buf-mapping-unbind
 * Description: The driver is unbound and bound again while somebody has a CPU mapping of a dma-buf.
 */
static const struct situation dma_buf_mapping_unbind = { DMA_BUF_MAPPING, UNBIND };

/**
 * SUBTEST: dma-buf-mapping-remove-gpu
 * Description: The GPU's module is removed and loaded again while somebody has a CPU mapping of a
 *	dma-buf.
 */
static const struct situation dma_buf_mapping_remove_gpu = { DMA_BUF_MAPPING, REMOVE_GPU };

/**
 * SUBTEST: dma-buf-mapping-remove-driver
 * Description: The driver's module cannot be removed while somebody has a CPU mapping of a dma-buf.
 */
static const struct situation dma_buf_mapping_remove_driver = { DMA_BUF_MAPPING, REMOVE_DRIVER };

/**
 * SUBTEST: imported-unbind
 * Description: The driver is unbound and bound again while somebody has a file that has imported
 *	memory of another driver.
 */
static const struct situation imported_unbind = { IMPORTED, UNBIND };

/**
 * SUBTEST: imported-remove-gpu
 * Description: The GPU's module is removed and loaded again while somebody has a file that has
 *	imported memory of another driver.
 */
static const struct situation imported_remove_gpu = { IMPORTED, REMOVE_GPU };

/**
 * SUBTEST: imported-remove-driver
 * Description: The driver's module cannot be removed while somebody has a file that has imported
 *	memory of another driver.
 */
static const struct situation imported_remove_driver = { IMPORTED, REMOVE_DRIVER };

/**
 * SUBTEST: exported-unbind
 * Description: The driver is unbound and bound again while somebody has memory in another driver.
 */
static const struct situation exported_unbind = { EXPORTED, UNBIND };

/**
 * SUBTEST: exported-remove-gpu
 * Description: The GPU's module is removed and loaded again while somebody has memory in another
 *	driver.
 */
static const struct situation exported_remove_gpu = { EXPORTED, REMOVE_GPU };

/**
 * SUBTEST: exported-remove-driver
 * Description: The driver's module cannot be removed while somebody has memory in another driver.
 */
static const struct situation exported_remove_driver = { EXPORTED, REMOVE_DRIVER };

/**
 * SUBTEST: sync-file-unbind
 * Description: The driver is unbound and bound again while somebody has the fence of a job as a
 *	sync file.
 */
static const struct situation sync_file_unbind = { SYNC_FILE, UNBIND };

/**
 * SUBTEST: sync-file-remove-gpu
 * Description: The GPU's module is removed and loaded again while somebody has the fence of a job
 *	as a sync file.
 */
static const struct situation sync_file_remove_gpu = { SYNC_FILE, REMOVE_GPU };

/**
 * SUBTEST: sync-file-remove-driver
 * Description: The driver's module can be removed though somebody has the fence of a job as a sync
 *	file.
 */
static const struct situation sync_file_remove_driver = { SYNC_FILE, REMOVE_DRIVER };

/**
 * SUBTEST: merged-unbind
 * Description: The driver is unbound and bound again while somebody has merged fences of two jobs.
 */
static const struct situation merged_unbind = { MERGED, UNBIND };

/**
 * SUBTEST: merged-remove-gpu
 * Description: The GPU's module is removed and loaded again while somebody has merged fences of
 *	two jobs.
 */
static const struct situation merged_remove_gpu = { MERGED, REMOVE_GPU };

/**
 * SUBTEST: merged-remove-driver
 * Description: The driver's module can be removed though somebody has merged fences of two jobs.
 */
static const struct situation merged_remove_driver = { MERGED, REMOVE_DRIVER };

/**
 * SUBTEST: syncobj-unbind
 * Description: The driver is unbound and bound again while somebody has a syncobj that has the
 *	fence of a job.
 */
static const struct situation syncobj_unbind = { SYNCOBJ, UNBIND };

/**
 * SUBTEST: syncobj-remove-gpu
 * Description: The GPU's module is removed and loaded again while somebody has a syncobj that has
 *	the fence of a job.
 */
static const struct situation syncobj_remove_gpu = { SYNCOBJ, REMOVE_GPU };

/**
 * SUBTEST: syncobj-remove-driver
 * Description: The driver's module can be removed though somebody has a syncobj that has the fence
 *	of a job.
 */
static const struct situation syncobj_remove_driver = { SYNCOBJ, REMOVE_DRIVER };

static const struct asahi_subtest subtests[] = {
	{ "file-unbind", "The driver is unbound and bound again in spite of a file.", NULL, survive,
	  &file_unbind },
	{ "file-remove-gpu", "The GPU's module is removed in spite of a file.", NULL, survive,
	  &file_remove_gpu },
	{ "file-remove-driver", "A file keeps the driver's module.", NULL, survive,
	  &file_remove_driver },
	{ "mapping-unbind", "The driver is unbound and bound again in spite of a CPU mapping.",
	  NULL, survive, &mapping_unbind },
	{ "mapping-remove-gpu", "The GPU's module is removed in spite of a CPU mapping.", NULL,
	  survive, &mapping_remove_gpu },
	{ "mapping-remove-driver", "A CPU mapping keeps the driver's module.", NULL, survive,
	  &mapping_remove_driver },
	{ "dma-buf-unbind", "The driver is unbound and bound again in spite of a dma-buf.", NULL,
	  survive, &dma_buf_unbind },
	{ "dma-buf-remove-gpu", "The GPU's module is removed in spite of a dma-buf.", NULL, survive,
	  &dma_buf_remove_gpu },
	{ "dma-buf-remove-driver", "A dma-buf keeps the driver's module.", NULL, survive,
	  &dma_buf_remove_driver },
	{ "dma-buf-mapping-unbind",
	  "The driver is unbound and bound again in spite of a CPU mapping of a dma-buf.", NULL,
	  survive, &dma_buf_mapping_unbind },
	{ "dma-buf-mapping-remove-gpu",
	  "The GPU's module is removed in spite of a CPU mapping of a dma-buf.", NULL, survive,
	  &dma_buf_mapping_remove_gpu },
	{ "dma-buf-mapping-remove-driver", "A CPU mapping of a dma-buf keeps the driver's module.",
	  NULL, survive, &dma_buf_mapping_remove_driver },
	{ "imported-unbind", "The driver is unbound and bound again in spite of imported memory.",
	  NULL, survive, &imported_unbind },
	{ "imported-remove-gpu", "The GPU's module is removed in spite of imported memory.", NULL,
	  survive, &imported_remove_gpu },
	{ "imported-remove-driver", "Imported memory keeps the driver's module.", NULL, survive,
	  &imported_remove_driver },
	{ "exported-unbind", "The driver is unbound and bound again in spite of exported memory.",
	  NULL, survive, &exported_unbind },
	{ "exported-remove-gpu", "The GPU's module is removed in spite of exported memory.", NULL,
	  survive, &exported_remove_gpu },
	{ "exported-remove-driver", "Exported memory keeps the driver's module.", NULL, survive,
	  &exported_remove_driver },
	{ "sync-file-unbind", "The driver is unbound and bound again in spite of a sync file.",
	  NULL, survive, &sync_file_unbind },
	{ "sync-file-remove-gpu", "The GPU's module is removed in spite of a sync file.", NULL,
	  survive, &sync_file_remove_gpu },
	{ "sync-file-remove-driver", "A sync file does not keep the driver's module.", NULL,
	  survive, &sync_file_remove_driver },
	{ "merged-unbind", "The driver is unbound and bound again in spite of a merged fence.",
	  NULL, survive, &merged_unbind },
	{ "merged-remove-gpu", "The GPU's module is removed in spite of a merged fence.", NULL,
	  survive, &merged_remove_gpu },
	{ "merged-remove-driver", "A merged fence does not keep the driver's module.", NULL,
	  survive, &merged_remove_driver },
	{ "syncobj-unbind", "The driver is unbound and bound again in spite of a syncobj.", NULL,
	  survive, &syncobj_unbind },
	{ "syncobj-remove-gpu", "The GPU's module is removed in spite of a syncobj.", NULL, survive,
	  &syncobj_remove_gpu },
	{ "syncobj-remove-driver", "A syncobj does not keep the driver's module.", NULL, survive,
	  &syncobj_remove_driver },
};

int igt_main()
{
	asahi_run_subtests(subtests, ARRAY_SIZE(subtests));
}
