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

#include "asahi_client.h"
#include "asahi_device.h"
#include "asahi_drm.h"
#include "asahi_fail.h"
#include "asahi_ioctl.h"
#include "asahi_reclaim.h"
#include "igt.h"

IGT_TEST_DESCRIPTION("Allocations that fail, one by one");

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
	asahi_require_simulated(f->client.fd, ASAHI_ALLOCATES);
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
	{ "open", "Opening a file without memory fails and leaves nothing, or works.", sweep_open },
	{ "vm-create", "VM_CREATE without memory fails and leaves nothing, or works.",
	  sweep_vm_create },
	{ "gem-create", "GEM_CREATE without memory fails and leaves nothing, or works.",
	  sweep_gem_create },
	{ "mmap", "A CPU that writes without memory gets SIGBUS, or has written.", sweep_mmap },
	{ "mmap-evicted", "What was evicted is read back whole, or not without memory.",
	  sweep_mmap_evicted },
	{ "gem-bind-object", "GEM_BIND_OBJECT without memory fails and leaves nothing, or works.",
	  sweep_bind_object },
	{ "queue-create", "QUEUE_CREATE without memory fails and leaves nothing, or works.",
	  sweep_queue_create },
	{ "prime", "Sharing with a file without memory fails and leaves nothing, or works.",
	  sweep_prime },
	{ "prime-foreign", "An import without memory fails and leaves nothing, or works.",
	  sweep_prime_foreign },
	{ "prime-elsewhere", "Another driver's import without memory fails and leaves nothing.",
	  sweep_prime_elsewhere },
	{ "get", "GET_PARAMS, GET_TIME and GEM_MMAP_OFFSET have nothing to allocate.", none_get },
};

int igt_main()
{
	asahi_run_subtests(subtests, ARRAY_SIZE(subtests));
}
