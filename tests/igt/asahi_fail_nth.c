// SPDX-License-Identifier: MIT
/**
 * TEST: asahi fail nth
 * Category: Core
 * Mega feature: Lifetimes
 * Sub-category: memory
 * Functionality: fault injection
 * Description: Every allocation of a call fails in turn: the call says so and has done nothing, or
 *	does without. Needs a kernel that can let allocations fail.
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <xf86drm.h>

#include "asahi_device.h"
#include "asahi_drm.h"
#include "asahi_fail.h"
#include "asahi_ioctl.h"
#include "asahi_job.h"
#include "asahi_reclaim.h"
#include "asahi_stamps.h"
#include "asahi_sync.h"
#include "igt.h"
#include "igt_syncobj.h"
#include "sw_sync.h"

IGT_TEST_DESCRIPTION("Allocations that fail, one by one");

#define NONE DRM_ASAHI_BARRIER_NONE

/* What a reply must not have left in it. */
#define POISON 0xdeadbeefu

/* A file and what the calls are made with. */
struct fixture {
	struct asahi_client client;
	struct drm_asahi_params_global params;
	/* What a call has made: an id, a handle, a file, a mapping. */
	uint32_t id;
	int fd;
	void *map;
	/* What it is to work on. */
	uint32_t handle;
	uint64_t size;
	int dma_buf;
	/* Flags of GEM_CREATE. */
	uint32_t flags;
	uint32_t vm_id;
};

static void fixture_init(struct fixture *f)
{
	memset(f, 0, sizeof(*f));
	asahi_require_fail();
	asahi_client_init(&f->client);
	asahi_require_simulated(f->client.fd);
}

static void fixture_fini(struct fixture *f)
{
	asahi_client_fini(&f->client);
}

/* A call that failed has told of no id. */
static void no_id(void *data)
{
	struct fixture *f = data;

	igt_assert_eq_u32(f->id, 0);
}

static int call_open(void *data)
{
	struct fixture *f = data;
	char path[32];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", f->client.fd);
	f->fd = open(path, O_RDWR | O_CLOEXEC);
	return f->fd < 0 ? -errno : 0;
}

static void undo_open(void *data)
{
	struct fixture *f = data;

	asahi_get_time(f->fd);
	igt_assert_eq(close(f->fd), 0);
}

/**
 * SUBTEST: open
 * Description: A file is opened.
 */
static void sweep_open(void)
{
	struct asahi_sweep sweep = {
		.name = "open",
		.call = call_open,
		.undo = undo_open,
	};
	struct fixture f;

	fixture_init(&f);
	asahi_sweep(&sweep, &f);
	fixture_fini(&f);
}

static int call_vm_create(void *data)
{
	struct fixture *f = data;
	struct drm_asahi_vm_create req = {
		.kernel_start = f->params.vm_end - f->params.vm_kernel_min_size,
		.kernel_end = f->params.vm_end,
		.vm_id = POISON,
	};
	int ret = asahi_ioctl(f->client.fd, DRM_IOCTL_ASAHI_VM_CREATE, &req);

	f->id = req.vm_id;
	return ret;
}

static void undo_vm_create(void *data)
{
	struct fixture *f = data;

	asahi_vm_destroy(f->client.fd, f->id);
}

/**
 * SUBTEST: vm-create
 * Description: VM_CREATE.
 */
static void sweep_vm_create(void)
{
	struct asahi_sweep sweep = {
		.name = "VM_CREATE",
		.call = call_vm_create,
		.undo = undo_vm_create,
		.unchanged = no_id,
	};
	struct fixture f;

	fixture_init(&f);
	asahi_get_params(f.client.fd, &f.params);
	asahi_sweep(&sweep, &f);
	fixture_fini(&f);
}

static int call_gem_create(void *data)
{
	struct fixture *f = data;
	struct drm_asahi_gem_create req = {
		.size = 4 * ASAHI_PAGE,
		.flags = f->flags,
		.vm_id = f->vm_id,
		.handle = POISON,
	};
	int ret = asahi_ioctl(f->client.fd, DRM_IOCTL_ASAHI_GEM_CREATE, &req);

	f->id = req.handle;
	return ret;
}

static void undo_gem_create(void *data)
{
	struct fixture *f = data;

	gem_close(f->client.fd, f->id);
}

/**
 * SUBTEST: gem-create
 * Description: GEM_CREATE, of a shareable and of a private buffer object.
 */
static void sweep_gem_create(void)
{
	struct asahi_sweep shared = {
		.name = "GEM_CREATE",
		.call = call_gem_create,
		.undo = undo_gem_create,
		.unchanged = no_id,
	};
	struct asahi_sweep private = shared;
	struct fixture f;

	fixture_init(&f);
	asahi_sweep(&shared, &f);
	private.name = "GEM_CREATE, private";
	f.flags = DRM_ASAHI_GEM_VM_PRIVATE;
	f.vm_id = f.client.vm_id;
	asahi_sweep(&private, &f);
	fixture_fini(&f);
}

static sigjmp_buf bus_error;

static void on_bus_error(int number)
{
	siglongjmp(bus_error, 1);
}

static int call_mmap(void *data)
{
	struct fixture *f = data;
	struct drm_asahi_gem_mmap_offset req = { .handle = f->handle };
	int ret;

	ret = asahi_ioctl(f->client.fd, DRM_IOCTL_ASAHI_GEM_MMAP_OFFSET, &req);
	if (ret)
		return ret;
	f->map = mmap(NULL, f->size, PROT_READ | PROT_WRITE, MAP_SHARED, f->client.fd, req.offset);
	if (f->map == MAP_FAILED)
		return -errno;

	if (sigsetjmp(bus_error, 1)) {
		munmap(f->map, f->size);
		return -EFAULT;
	}
	((volatile uint32_t *)f->map)[0] = 1;
	return 0;
}

static void undo_mmap(void *data)
{
	struct fixture *f = data;
	volatile uint32_t *words = f->map;
	uint32_t i;

	igt_assert_eq_u32(words[0], 1);
	for (i = 1; i < f->size / sizeof(*words); i += ASAHI_PAGE / 16)
		igt_assert_eq_u32(words[i], 0);
	igt_assert_eq(munmap(f->map, f->size), 0);
	gem_close(f->client.fd, f->handle);
	f->handle = asahi_gem_create(f->client.fd, f->size);
}

/**
 * SUBTEST: mmap
 * Description: A buffer object is mapped, which gets it its memory, and written to.
 */
static void sweep_mmap(void)
{
	struct asahi_sweep sweep = {
		.name = "mmap and fault",
		.call = call_mmap,
		.undo = undo_mmap,
		.err = -EFAULT,
	};
	struct sigaction action = { .sa_handler = on_bus_error }, old;
	struct fixture f;

	fixture_init(&f);
	igt_assert_eq(sigaction(SIGBUS, &action, &old), 0);
	f.size = 2 * ASAHI_PAGE;
	f.handle = asahi_gem_create(f.client.fd, f.size);
	asahi_sweep(&sweep, &f);
	gem_close(f.client.fd, f.handle);
	sigaction(SIGBUS, &old, NULL);
	fixture_fini(&f);
}

static int call_touch(void *data)
{
	struct fixture *f = data;

	if (sigsetjmp(bus_error, 1))
		return -EFAULT;
	f->id = ((volatile uint32_t *)f->map)[0];
	return 0;
}

static void evict_again(void *data)
{
	struct fixture *f = data;

	igt_assert_eq_u64(asahi_evict_all(), f->client.arena.size + f->size);
}

static void undo_touch(void *data)
{
	struct fixture *f = data;
	volatile uint32_t *words = f->map;
	uint32_t i;

	igt_assert_eq_u32(f->id, 1);
	for (i = 0; i < f->size / sizeof(*words); i += ASAHI_PAGE / 16)
		igt_assert_eq_u32(words[i], i + 1);
	evict_again(f);
}

/**
 * SUBTEST: mmap-evicted
 * Description: A buffer object that has lost its memory is read by the CPU.
 */
static void sweep_mmap_evicted(void)
{
	struct asahi_sweep sweep = {
		.name = "fault, evicted",
		.call = call_touch,
		.undo = undo_touch,
		.unchanged = evict_again,
		.err = -EFAULT,
	};
	struct sigaction action = { .sa_handler = on_bus_error }, old;
	uint32_t i, *words;
	struct fixture f;

	fixture_init(&f);
	asahi_reclaim_find(f.client.fd);
	igt_assert_eq(sigaction(SIGBUS, &action, &old), 0);
	f.size = 4 * ASAHI_PAGE;
	f.handle = asahi_gem_create(f.client.fd, f.size);
	words = asahi_gem_mmap(f.client.fd, f.handle, f.size);
	for (i = 0; i < f.size / sizeof(*words); i++)
		words[i] = i + 1;
	f.map = words;
	evict_again(&f);
	asahi_sweep(&sweep, &f);
	asahi_gem_munmap(f.map, f.size);
	gem_close(f.client.fd, f.handle);
	sigaction(SIGBUS, &old, NULL);
	fixture_fini(&f);
}

static int call_bind_object(void *data)
{
	struct fixture *f = data;
	struct drm_asahi_gem_bind_object req = {
		.op = DRM_ASAHI_BIND_OBJECT_OP_BIND,
		.flags = DRM_ASAHI_BIND_OBJECT_USAGE_TIMESTAMPS,
		.handle = f->handle,
		.range = f->size,
		.object_handle = POISON,
	};
	int ret = asahi_ioctl(f->client.fd, DRM_IOCTL_ASAHI_GEM_BIND_OBJECT, &req);

	f->id = req.object_handle;
	return ret;
}

static void undo_bind_object(void *data)
{
	struct fixture *f = data;

	asahi_object_unbind(f->client.fd, f->id);
	gem_close(f->client.fd, f->handle);
	f->handle = asahi_gem_create(f->client.fd, f->size);
}

/**
 * SUBTEST: gem-bind-object
 * Description: GEM_BIND_OBJECT of memory that is not there yet.
 */
static void sweep_bind_object(void)
{
	struct asahi_sweep sweep = {
		.name = "GEM_BIND_OBJECT",
		.call = call_bind_object,
		.undo = undo_bind_object,
		.unchanged = no_id,
	};
	struct fixture f;

	fixture_init(&f);
	f.size = 2 * ASAHI_PAGE;
	f.handle = asahi_gem_create(f.client.fd, f.size);
	asahi_sweep(&sweep, &f);
	gem_close(f.client.fd, f.handle);
	fixture_fini(&f);
}

static int call_queue_create(void *data)
{
	struct fixture *f = data;
	struct drm_asahi_queue_create req = {
		.vm_id = f->client.vm_id,
		.priority = DRM_ASAHI_PRIORITY_MEDIUM,
		.queue_id = POISON,
	};
	int ret = asahi_ioctl(f->client.fd, DRM_IOCTL_ASAHI_QUEUE_CREATE, &req);

	f->id = req.queue_id;
	return ret;
}

static void undo_queue_create(void *data)
{
	struct fixture *f = data;

	asahi_queue_destroy(f->client.fd, f->id);
}

/**
 * SUBTEST: queue-create
 * Description: QUEUE_CREATE.
 */
static void sweep_queue_create(void)
{
	struct asahi_sweep sweep = {
		.name = "QUEUE_CREATE",
		.call = call_queue_create,
		.undo = undo_queue_create,
		.unchanged = no_id,
	};
	struct fixture f;

	fixture_init(&f);
	asahi_sweep(&sweep, &f);
	fixture_fini(&f);
}

static int call_export(void *data)
{
	struct fixture *f = data;

	return drmPrimeHandleToFD(f->client.fd, f->handle, DRM_CLOEXEC | DRM_RDWR, &f->fd) ?
		       -errno : 0;
}

static void undo_export(void *data)
{
	struct fixture *f = data;

	close(f->fd);
	gem_close(f->client.fd, f->handle);
	f->handle = asahi_gem_create(f->client.fd, ASAHI_PAGE);
}

static int call_import(void *data)
{
	struct fixture *f = data;

	return drmPrimeFDToHandle(f->client.fd, f->dma_buf, &f->id) ? -errno : 0;
}

static void undo_import(void *data)
{
	struct fixture *f = data;

	gem_close(f->client.fd, f->id);
}

/**
 * SUBTEST: prime
 * Description: A buffer object is exported, and imported by another file.
 */
static void sweep_prime(void)
{
	struct asahi_sweep export = {
		.name = "PRIME export",
		.call = call_export,
		.undo = undo_export,
	};
	struct asahi_sweep import = {
		.name = "PRIME import",
		.call = call_import,
		.undo = undo_import,
	};
	struct fixture f, g;

	fixture_init(&f);
	f.handle = asahi_gem_create(f.client.fd, ASAHI_PAGE);
	asahi_sweep(&export, &f);

	fixture_init(&g);
	g.dma_buf = prime_handle_to_fd(f.client.fd, f.handle);
	asahi_sweep(&import, &g);
	close(g.dma_buf);
	fixture_fini(&g);
	gem_close(f.client.fd, f.handle);
	fixture_fini(&f);
}

/**
 * SUBTEST: prime-foreign
 * Description: A buffer object of another driver is imported.
 */
static void sweep_prime_foreign(void)
{
	struct asahi_sweep import = {
		.name = "PRIME import, foreign",
		.call = call_import,
		.undo = undo_import,
	};
	struct drm_mode_create_dumb create = { .width = 64, .height = 64, .bpp = 32 };
	struct fixture f;
	int vgem;

	fixture_init(&f);
	vgem = drm_open_driver(DRIVER_VGEM);
	igt_assert_eq(asahi_ioctl(vgem, DRM_IOCTL_MODE_CREATE_DUMB, &create), 0);
	f.dma_buf = prime_handle_to_fd(vgem, create.handle);
	asahi_sweep(&import, &f);
	close(f.dma_buf);
	gem_close(vgem, create.handle);
	drm_close_driver(vgem);
	fixture_fini(&f);
}

static int call_import_elsewhere(void *data)
{
	struct fixture *f = data;

	return drmPrimeFDToHandle(f->fd, f->dma_buf, &f->id) ? -errno : 0;
}

/* Its memory is there, and stays for as long as the other driver has it. */
static void undo_import_elsewhere(void *data)
{
	struct fixture *f = data;

	igt_assert_eq_u64(asahi_evict_all(), f->client.arena.size);
	gem_close(f->fd, f->id);
	evict_again(f);
}

/**
 * SUBTEST: prime-elsewhere
 * Description: A buffer object that has lost its memory is imported by another driver.
 */
static void sweep_prime_elsewhere(void)
{
	struct asahi_sweep import = {
		.name = "PRIME import by another",
		.call = call_import_elsewhere,
		.undo = undo_import_elsewhere,
		.unchanged = evict_again,
	};
	uint32_t *words;
	struct fixture f;

	fixture_init(&f);
	asahi_reclaim_find(f.client.fd);
	f.fd = drm_open_driver(DRIVER_VGEM);
	f.size = 2 * ASAHI_PAGE;
	f.handle = asahi_gem_create(f.client.fd, f.size);
	words = asahi_gem_mmap(f.client.fd, f.handle, f.size);
	words[0] = 1;
	f.dma_buf = prime_handle_to_fd(f.client.fd, f.handle);
	evict_again(&f);
	asahi_sweep(&import, &f);
	igt_assert_eq_u32(words[0], 1);
	close(f.dma_buf);
	asahi_gem_munmap(words, f.size);
	gem_close(f.client.fd, f.handle);
	drm_close_driver(f.fd);
	fixture_fini(&f);
}

/* A SUBMIT with everything that one can have. */
struct submit {
	struct asahi_stamps stamps;
	struct asahi_client *client;
	struct asahi_bo bo;
	struct asahi_job job;
	struct asahi_cmdbuf cmdbuf;
	/* In: binary, timeline; out: binary, timeline. */
	struct drm_asahi_sync syncs[4];
};

static int call_submit(void *data)
{
	struct submit *s = data;

	return __asahi_cmdbuf_submit(s->client, s->client->queue_id, &s->cmdbuf, s->syncs, 2, 2);
}

/* Syncobjs that no submit has used. */
static void new_outs(struct submit *s)
{
	s->syncs[2] = asahi_sync_binary(syncobj_create(s->client->fd, 0));
	s->syncs[3] = asahi_sync_point(syncobj_create(s->client->fd, 0), 7);
}

static void destroy_outs(struct submit *s)
{
	syncobj_destroy(s->client->fd, s->syncs[2].handle);
	syncobj_destroy(s->client->fd, s->syncs[3].handle);
}

static void unchanged_submit(void *data)
{
	struct submit *s = data;
	uint64_t point;

	igt_assert_eq_u32(s->bo.map[0], 0);
	igt_assert_eq_u64(s->stamps.words[0], 0);
	igt_assert(!asahi_sync_has_fence(s->client->fd, s->syncs[2].handle));
	syncobj_timeline_query(s->client->fd, &s->syncs[3].handle, &point, 1);
	igt_assert_eq_u64(point, 0);
}

static void undo_submit(void *data)
{
	struct submit *s = data;

	asahi_sync_wait(s->client->fd, s->syncs[2].handle);
	asahi_sync_wait_point(s->client->fd, s->syncs[3].handle, 7);
	igt_assert_eq_u32(s->bo.map[0], ASAHI_STORE_VALUE);
	igt_assert_neq_u64(s->stamps.words[0], 0);
	igt_assert_neq_u64(s->stamps.words[1], 0);
	s->bo.map[0] = 0;
	s->stamps.words[0] = 0;
	s->stamps.words[1] = 0;
	destroy_outs(s);
	new_outs(s);
}

/**
 * SUBTEST: submit
 * Description: SUBMIT with timestamps and with binary and timeline syncobjs to wait for and to
 *	signal.
 */
static void sweep_submit(void)
{
	struct asahi_sweep sweep = {
		.name = "SUBMIT",
		.call = call_submit,
		.undo = undo_submit,
		.unchanged = unchanged_submit,
	};
	struct submit s = { 0 };
	uint32_t timeline;
	uint64_t point = 3;

	asahi_require_fail();
	asahi_stamps_init(&s.stamps);
	s.client = &s.stamps.client;
	asahi_require_simulated(s.client->fd);
	asahi_bo_init(s.client, &s.bo, ASAHI_PAGE);
	asahi_job_init(s.client, &s.job, ASAHI_SHADER_STORE, s.bo.va, 0, 0);
	asahi_stamp_compute(&s.job.compute, &s.stamps, 0);
	asahi_cmdbuf_compute(&s.cmdbuf, &s.job.compute, DRM_ASAHI_BARRIER_NONE, 0);

	s.syncs[0] = asahi_sync_binary(syncobj_create(s.client->fd, DRM_SYNCOBJ_CREATE_SIGNALED));
	timeline = syncobj_create(s.client->fd, 0);
	syncobj_timeline_signal(s.client->fd, &timeline, &point, 1);
	s.syncs[1] = asahi_sync_point(timeline, point);
	new_outs(&s);
	asahi_sweep(&sweep, &s);

	destroy_outs(&s);
	syncobj_destroy(s.client->fd, s.syncs[0].handle);
	syncobj_destroy(s.client->fd, s.syncs[1].handle);
	asahi_bo_fini(s.client, &s.bo);
	asahi_stamps_fini(&s.stamps);
}

/* Buffer objects that can be shared, so that each has fences of its own, and what they hold. */
#define NUM_SHARED 6

struct shared {
	uint32_t handles[NUM_SHARED];
	uint64_t va;
};

static void shared_init(struct shared *shared, struct asahi_client *client)
{
	unsigned int i;

	for (i = 0; i < NUM_SHARED; i++) {
		shared->handles[i] = asahi_gem_create(client->fd, ASAHI_PAGE);
		asahi_vm_map(client->fd, client->vm_id, shared->handles[i], 0, ASAHI_PAGE,
			     shared->va + i * ASAHI_PAGE, ASAHI_RW);
	}
}

static void shared_fini(struct shared *shared, struct asahi_client *client)
{
	unsigned int i;

	for (i = 0; i < NUM_SHARED; i++)
		gem_close(client->fd, shared->handles[i]);
}

/* A SUBMIT of a render and a compute command with attachments, which waits. */
#define NUM_IN 4

struct waiting {
	struct asahi_client client;
	struct asahi_bo bo;
	struct asahi_cmdbuf cmdbuf;
	struct shared shared;
	int timeline;
	uint32_t seqno;
	/* In: binary and timeline in turn; out: binary. */
	struct drm_asahi_sync syncs[NUM_IN + 1];
};

static int call_waiting(void *data)
{
	struct waiting *w = data;

	return __asahi_cmdbuf_submit(&w->client, w->client.queue_id, &w->cmdbuf, w->syncs, NUM_IN,
				     1);
}

/* Fences that have not signalled, and buffer objects that have no room for fences yet. */
static void waiting_renew(struct waiting *w)
{
	unsigned int i;

	w->seqno++;
	for (i = 0; i < NUM_IN; i++) {
		uint32_t binary = syncobj_create(w->client.fd, 0);
		int fence = sw_sync_timeline_create_fence(w->timeline, w->seqno);

		syncobj_import_sync_file(w->client.fd, binary, fence);
		close(fence);
		w->syncs[i] = asahi_sync_binary(binary);
		if (i % 2 == 0)
			continue;
		w->syncs[i] = asahi_sync_point(syncobj_create(w->client.fd, 0), 3);
		syncobj_binary_to_timeline(w->client.fd, w->syncs[i].handle, 3, binary);
		syncobj_destroy(w->client.fd, binary);
	}
	w->syncs[NUM_IN] = asahi_sync_binary(syncobj_create(w->client.fd, 0));
	shared_init(&w->shared, &w->client);
}

static void waiting_end(struct waiting *w)
{
	unsigned int i;

	for (i = 0; i <= NUM_IN; i++)
		syncobj_destroy(w->client.fd, w->syncs[i].handle);
	shared_fini(&w->shared, &w->client);
}

static void unchanged_waiting(void *data)
{
	struct waiting *w = data;

	igt_assert(!asahi_sync_has_fence(w->client.fd, w->syncs[NUM_IN].handle));
}

static void undo_waiting(void *data)
{
	struct waiting *w = data;

	igt_assert(asahi_sync_is_busy(w->client.fd, w->syncs[NUM_IN].handle));
	igt_assert_eq_u32(w->bo.map[0], 0);
	sw_sync_timeline_inc(w->timeline, 1);
	asahi_sync_wait(w->client.fd, w->syncs[NUM_IN].handle);
	igt_assert_eq_u32(w->bo.map[0], ASAHI_STORE_VALUE);
	w->bo.map[0] = 0;
	waiting_end(w);
	waiting_renew(w);
}

/**
 * SUBTEST: submit-waiting
 * Description: SUBMIT of a render and a compute command with attachments, which waits for several
 *	fences and can reach buffer objects of which each has to know of it.
 */
static void sweep_submit_waiting(void)
{
	struct asahi_sweep sweep = {
		.name = "SUBMIT, waiting",
		.call = call_waiting,
		.undo = undo_waiting,
		.unchanged = unchanged_waiting,
	};
	struct drm_asahi_attachment attachments[2] = { 0 };
	struct drm_asahi_cmd_render render;
	struct waiting w = { 0 };
	struct asahi_job job;

	asahi_require_fail();
	igt_require_sw_sync();
	asahi_client_init(&w.client);
	asahi_require_simulated(w.client.fd);
	asahi_bo_init(&w.client, &w.bo, ASAHI_PAGE);
	w.shared.va = asahi_client_va(&w.client, NUM_SHARED * ASAHI_PAGE);
	attachments[0].pointer = w.bo.va;
	attachments[0].size = ASAHI_PAGE;
	attachments[1] = attachments[0];
	asahi_render_empty(&w.client, &render);
	asahi_job_init(&w.client, &job, ASAHI_SHADER_STORE, w.bo.va, 0, 0);
	asahi_cmdbuf_add(&w.cmdbuf, DRM_ASAHI_SET_VERTEX_ATTACHMENTS, attachments,
			 sizeof(attachments), NONE, NONE);
	asahi_cmdbuf_add(&w.cmdbuf, DRM_ASAHI_SET_FRAGMENT_ATTACHMENTS, attachments,
			 sizeof(attachments), NONE, NONE);
	asahi_cmdbuf_render(&w.cmdbuf, &render, NONE, NONE);
	asahi_cmdbuf_add(&w.cmdbuf, DRM_ASAHI_SET_COMPUTE_ATTACHMENTS, attachments,
			 sizeof(attachments), NONE, NONE);
	asahi_cmdbuf_compute(&w.cmdbuf, &job.compute, 1, NONE);

	w.timeline = sw_sync_timeline_create();
	waiting_renew(&w);
	asahi_sweep(&sweep, &w);
	waiting_end(&w);
	close(w.timeline);
	asahi_bo_fini(&w.client, &w.bo);
	asahi_client_fini(&w.client);
}

/* A SUBMIT with all memory evicted: of private buffer objects, shareable ones, repeated pages. */
struct evicted {
	struct asahi_client client;
	struct asahi_bo bo;
	struct asahi_cmdbuf cmdbuf;
	struct shared shared;
	uint32_t private;
	struct drm_asahi_sync out;
	/* Of all of them. */
	uint64_t size;
};

static int call_evicted(void *data)
{
	struct evicted *e = data;

	return __asahi_cmdbuf_submit(&e->client, e->client.queue_id, &e->cmdbuf, &e->out, 0, 1);
}

static void evict_more(struct evicted *e)
{
	igt_assert_eq_u64(asahi_evict_all(), e->size);
}

static void unchanged_evicted(void *data)
{
	struct evicted *e = data;

	igt_assert(!asahi_sync_has_fence(e->client.fd, e->out.handle));
	igt_assert_eq_u32(e->bo.map[0], 0);
	evict_more(e);
}

static void undo_evicted(void *data)
{
	struct evicted *e = data;

	asahi_sync_wait(e->client.fd, e->out.handle);
	igt_assert_eq_u32(e->bo.map[0], ASAHI_STORE_VALUE);
	e->bo.map[0] = 0;
	syncobj_destroy(e->client.fd, e->out.handle);
	e->out = asahi_sync_binary(syncobj_create(e->client.fd, 0));
	evict_more(e);
}

/* Large enough for tables that are shared, whatever the size of a page is. */
#define LARGE (256ull << 20)

/**
 * SUBTEST: submit-evicted
 * Description: SUBMIT to an address space all of whose memory has been evicted.
 */
static void sweep_submit_evicted(void)
{
	struct asahi_sweep sweep = {
		.name = "SUBMIT, evicted",
		.call = call_evicted,
		.undo = undo_evicted,
		.unchanged = unchanged_evicted,
	};
	struct evicted e = { 0 };
	struct asahi_client *client = &e.client;
	struct asahi_job job;
	uint64_t va;

	asahi_require_fail();
	asahi_client_init(client);
	asahi_require_simulated(client->fd);
	asahi_reclaim_find(client->fd);
	asahi_bo_init(client, &e.bo, ASAHI_PAGE);
	e.shared.va = asahi_client_va(client, NUM_SHARED * ASAHI_PAGE);
	shared_init(&e.shared, client);
	e.private = asahi_gem_create_private(client->fd, 2 * ASAHI_PAGE, client->vm_id);
	va = asahi_client_va(client, LARGE);
	asahi_vm_map(client->fd, client->vm_id, e.private, 0, LARGE, va,
		     ASAHI_RW | DRM_ASAHI_BIND_SINGLE_PAGE);
	asahi_vm_unmap(client->fd, client->vm_id, ASAHI_PAGE, va + 5 * ASAHI_PAGE);
	e.size = client->arena.size + e.bo.size + (NUM_SHARED + 2) * ASAHI_PAGE;

	asahi_job_init(client, &job, ASAHI_SHADER_STORE, e.bo.va, 0, 0);
	asahi_cmdbuf_compute(&e.cmdbuf, &job.compute, NONE, NONE);
	e.out = asahi_sync_binary(syncobj_create(client->fd, 0));
	evict_more(&e);
	asahi_sweep(&sweep, &e);

	syncobj_destroy(client->fd, e.out.handle);
	gem_close(client->fd, e.private);
	shared_fini(&e.shared, client);
	asahi_bo_fini(client, &e.bo);
	asahi_client_fini(client);
}

static int call_get_params(void *data)
{
	struct fixture *f = data;
	struct drm_asahi_get_params req = {
		.pointer = (uintptr_t)&f->params,
		.size = sizeof(f->params),
	};

	return asahi_ioctl(f->client.fd, DRM_IOCTL_ASAHI_GET_PARAMS, &req);
}

static int call_get_time(void *data)
{
	struct fixture *f = data;
	struct drm_asahi_get_time req = { 0 };

	return asahi_ioctl(f->client.fd, DRM_IOCTL_ASAHI_GET_TIME, &req);
}

static int call_mmap_offset(void *data)
{
	struct fixture *f = data;
	uint64_t offset;

	return __asahi_gem_mmap_offset(f->client.fd, f->handle, &offset);
}

/**
 * SUBTEST: get
 * Description: GET_PARAMS, GET_TIME and GEM_MMAP_OFFSET have nothing to allocate.
 */
static void none_get(void)
{
	struct fixture f;

	fixture_init(&f);
	f.handle = asahi_gem_create(f.client.fd, ASAHI_PAGE);
	asahi_assert_no_allocation("GET_PARAMS", call_get_params, &f);
	asahi_assert_no_allocation("GET_TIME", call_get_time, &f);
	asahi_assert_no_allocation("GEM_MMAP_OFFSET", call_mmap_offset, &f);
	gem_close(f.client.fd, f.handle);
	fixture_fini(&f);
}

static const struct asahi_subtest subtests[] = {
	{ "open", "Opening a file.", sweep_open },
	{ "vm-create", "VM_CREATE.", sweep_vm_create },
	{ "gem-create", "GEM_CREATE.", sweep_gem_create },
	{ "mmap", "Mapping a buffer object for the CPU and writing to it.", sweep_mmap },
	{ "mmap-evicted", "The CPU reads what has been evicted.", sweep_mmap_evicted },
	{ "gem-bind-object", "GEM_BIND_OBJECT.", sweep_bind_object },
	{ "queue-create", "QUEUE_CREATE.", sweep_queue_create },
	{ "prime", "Export to another file.", sweep_prime },
	{ "prime-foreign", "Import from another driver.", sweep_prime_foreign },
	{ "prime-elsewhere", "Import by another driver.", sweep_prime_elsewhere },
	{ "submit", "SUBMIT with everything that one can have.", sweep_submit },
	{ "submit-waiting", "SUBMIT that waits, with attachments.", sweep_submit_waiting },
	{ "submit-evicted", "SUBMIT where everything is evicted.", sweep_submit_evicted },
	{ "get", "GET_PARAMS, GET_TIME and GEM_MMAP_OFFSET have nothing to allocate.", none_get },
};

int igt_main()
{
	asahi_run_subtests(subtests, ARRAY_SIZE(subtests));
}
