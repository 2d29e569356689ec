// SPDX-License-Identifier: MIT
/*
 * Everything libagx does, with each ioctl, each other system call and each allocation failing in
 * turn. The error is the one that was injected. After it everything is given up, or the call is
 * made again and has to work now, and all others after it. In the end nothing is left: no object of
 * the device, no memory, no mapping, no descriptor.
 */
#include "agx_test.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/dma-buf.h>
#include <sys/mman.h>
#include <unistd.h>

#define PAGE 16384
#define RW (DRM_AGX_BIND_READ | DRM_AGX_BIND_WRITE)

/* Allocation number of the one to fail, counting down; 0 for none. */
static unsigned int alloc_fail;
static bool alloc_failed;
static long alloc_live;

/* The linker sends libagx's calls here. */
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *ptr, size_t size);
void __real_free(void *ptr);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *ptr, size_t size);
void __wrap_free(void *ptr);

static bool alloc_shall_fail(void)
{
	if (!alloc_fail || --alloc_fail)
		return false;
	alloc_failed = true;
	return true;
}

void *__wrap_calloc(size_t n, size_t size)
{
	if (alloc_shall_fail())
		return NULL;
	alloc_live++;
	return __real_calloc(n, size);
}

void *__wrap_realloc(void *ptr, size_t size)
{
	if (alloc_shall_fail())
		return NULL;
	alloc_live += !ptr;
	return __real_realloc(ptr, size);
}

void __wrap_free(void *ptr)
{
	alloc_live -= ptr ? 1 : 0;
	__real_free(ptr);
}

/* Allocates memory that libagx frees. */
char *__real_drmGetRenderDeviceNameFromFd(int fd);
char *__wrap_drmGetRenderDeviceNameFromFd(int fd);

char *__wrap_drmGetRenderDeviceNameFromFd(int fd)
{
	char *name;

	if (alloc_shall_fail()) {
		errno = ENOMEM;
		return NULL;
	}
	name = __real_drmGetRenderDeviceNameFromFd(fd);
	alloc_live += name ? 1 : 0;
	return name;
}

/*
 * The system calls that are no ioctls and can fail. What undoes something is not among them:
 * close(), munmap(), the lseek() that puts back a dma-buf's offset.
 */
enum syscall {
	SYSCALL_OPEN,
	SYSCALL_LSEEK,
	SYSCALL_MMAP,
	NUM_SYSCALLS,
};

/* Number of the one to fail, counting down; 0 for none. */
static unsigned int syscall_fail;
static bool syscall_failed;
static unsigned int syscall_failures[NUM_SYSCALLS];
static long maps_live;

#define SYSCALL_ERROR EXDEV

/* With large files each has a second name, which is the one called on most machines. */
int __real_open(const char *path, int flags, ...);
int __real_open64(const char *path, int flags, ...);
off_t __real_lseek(int fd, off_t offset, int whence);
off_t __real_lseek64(int fd, off_t offset, int whence);
void *__real_mmap(void *addr, size_t size, int prot, int flags, int fd, off_t offset);
void *__real_mmap64(void *addr, size_t size, int prot, int flags, int fd, off_t offset);
int __real_munmap(void *addr, size_t size);
int __wrap_open(const char *path, int flags, ...);
int __wrap_open64(const char *path, int flags, ...);
off_t __wrap_lseek(int fd, off_t offset, int whence);
off_t __wrap_lseek64(int fd, off_t offset, int whence);
void *__wrap_mmap(void *addr, size_t size, int prot, int flags, int fd, off_t offset);
void *__wrap_mmap64(void *addr, size_t size, int prot, int flags, int fd, off_t offset);
int __wrap_munmap(void *addr, size_t size);

static bool syscall_shall_fail(enum syscall call)
{
	if (!syscall_fail || --syscall_fail)
		return false;
	syscall_failed = true;
	syscall_failures[call]++;
	errno = SYSCALL_ERROR;
	return true;
}

/* The library opens nothing that it creates. */
int __wrap_open(const char *path, int flags, ...)
{
	return syscall_shall_fail(SYSCALL_OPEN) ? -1 : __real_open(path, flags);
}

int __wrap_open64(const char *path, int flags, ...)
{
	return syscall_shall_fail(SYSCALL_OPEN) ? -1 : __real_open64(path, flags);
}

off_t __wrap_lseek(int fd, off_t offset, int whence)
{
	if (whence == SEEK_END && syscall_shall_fail(SYSCALL_LSEEK))
		return -1;
	return __real_lseek(fd, offset, whence);
}

off_t __wrap_lseek64(int fd, off_t offset, int whence)
{
	if (whence == SEEK_END && syscall_shall_fail(SYSCALL_LSEEK))
		return -1;
	return __real_lseek64(fd, offset, whence);
}

void *__wrap_mmap(void *addr, size_t size, int prot, int flags, int fd, off_t offset)
{
	if (syscall_shall_fail(SYSCALL_MMAP))
		return MAP_FAILED;
	maps_live++;
	return __real_mmap(addr, size, prot, flags, fd, offset);
}

void *__wrap_mmap64(void *addr, size_t size, int prot, int flags, int fd, off_t offset)
{
	if (syscall_shall_fail(SYSCALL_MMAP))
		return MAP_FAILED;
	maps_live++;
	return __real_mmap64(addr, size, prot, flags, fd, offset);
}

int __wrap_munmap(void *addr, size_t size)
{
	maps_live--;
	return __real_munmap(addr, size);
}

/* Descriptors of this process, beside those that the fake device keeps. */
static unsigned int count_fds(void)
{
	DIR *dir = opendir("/proc/self/fd");
	unsigned int n = 0;

	while (readdir(dir))
		n++;
	closedir(dir);
	return n - fake_count().dmabufs;
}

#define UNTOUCHED ((void *)1)

/* Everything that a run may hold. */
struct world {
	struct drm_agx_device *first;
	struct drm_agx_device *dev;
	struct drm_agx_device *reopened;
	struct drm_agx_vm *vm;
	struct drm_agx_queue *queue;
	struct drm_agx_sync *binary;
	struct drm_agx_sync *timeline;
	struct drm_agx_timestamps *ts;
	struct drm_agx_bo *shared;
	struct drm_agx_bo *private;
	struct drm_agx_bo *imported;
	struct drm_agx_bo_cache *cache;
	struct drm_agx_bo *cached;
	struct drm_agx_shader *shader;
	struct drm_agx_compute *compute;
	struct drm_agx_submit *submit;
	int dmabuf;
	int foreign;
	int fence;

	/* Borrowed, for the thin layer; and what that has made, 0 for nothing. */
	int fd;
	uint32_t raw_handle;
	uint32_t raw_object;
	uint32_t raw_vm;
	uint32_t raw_queue;

	/* Whether a call that fails is made again, and the error it failed with. */
	bool go_on;
	int failure;
};

/* A call that may fail. The world is @w in whoever uses this. */
#define TRY(call) \
	do { \
		int ret__ = (call); \
		if (ret__) { \
			assert_int_equal(ret__, -errno); \
			assert_int_equal(w->failure, 0); \
			w->failure = ret__; \
			if (!w->go_on) \
				return; \
			assert_int_equal((call), 0); \
		} \
	} while (0)

/* As TRY(), for a call that makes @object: untouched if it fails. */
#define TRY_MAKE(object, call) \
	do { \
		int ret__; \
		(object) = UNTOUCHED; \
		ret__ = (call); \
		if (ret__) { \
			assert_int_equal(ret__, -errno); \
			assert_ptr_equal((object), UNTOUCHED); \
			(object) = NULL; \
			assert_int_equal(w->failure, 0); \
			w->failure = ret__; \
			if (!w->go_on) \
				return; \
			assert_int_equal((call), 0); \
		} \
	} while (0)

static void close_fd(int fd)
{
	if (fd >= 0)
		close(fd);
}

static void make_buffers(struct world *w)
{
	uint64_t addr, fixed = 0x100000000;
	struct drm_agx_bo *again;
	void *map;

	TRY_MAKE(w->shared, drm_agx_bo_create(w->dev, PAGE, 0, &w->shared));
	TRY(drm_agx_bo_bind(w->shared, w->vm, RW, &addr));
	TRY(drm_agx_bo_bind(w->shared, w->vm, DRM_AGX_BIND_READ | DRM_AGX_BIND_FIXED, &fixed));
	TRY(drm_agx_bo_unbind(w->shared, w->vm, addr));
	TRY(drm_agx_bo_map(w->shared, &map));
	TRY(drm_agx_bo_export(w->shared, &w->dmabuf));
	TRY_MAKE(again, drm_agx_bo_import(w->dev, w->dmabuf, &again));
	drm_agx_bo_unref(again);
	TRY_MAKE(w->imported, drm_agx_bo_import(w->dev, w->foreign, &w->imported));
	TRY_MAKE(w->private, drm_agx_bo_create_private(w->vm, 2 * PAGE, 0, &w->private));
	TRY(drm_agx_bo_bind(w->private, w->vm, RW, &addr));
	TRY(drm_agx_vm_alloc(w->vm, 3 * PAGE, 16 * PAGE, 0, &addr));
	TRY(drm_agx_bo_bind_at(w->private, 0, PAGE, w->vm, RW, addr + PAGE));
	TRY(drm_agx_bo_bind_at(w->private, PAGE, PAGE, w->vm, RW, addr + 2 * PAGE));
	TRY(drm_agx_bo_bind_at(w->shared, 0, PAGE, w->vm, RW, addr));
	TRY(drm_agx_bo_unbind(w->private, w->vm, addr + PAGE));
}

/* More than one node of the allocator's tree has, so that it needs memory for others. */
static void reserve_addresses(struct world *w)
{
	uint64_t addrs[100];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(addrs); i++) {
		addrs[i] = 12345;
		TRY(drm_agx_vm_alloc(w->vm, PAGE, 0, 0, &addrs[i]));
	}
	for (i = 0; i < ARRAY_SIZE(addrs); i++)
		TRY(drm_agx_vm_free(w->vm, addrs[i]));
}

static void use_cache(struct world *w)
{
	struct drm_agx_bo *again;
	uint64_t addr;

	TRY_MAKE(w->cache, drm_agx_bo_cache_create(w->vm, UINT64_MAX, &w->cache));
	TRY_MAKE(w->cached, drm_agx_bo_cache_alloc(w->cache, PAGE, 0, RW, &w->cached, &addr));
	TRY_MAKE(again, drm_agx_bo_cache_alloc(w->cache, PAGE, 0, RW, &again, &addr));
	drm_agx_bo_unref(again);
	TRY_MAKE(again, drm_agx_bo_cache_alloc(w->cache, PAGE, 0, RW, &again, &addr));
	drm_agx_bo_unref(again);
}

static void make_syncs(struct world *w)
{
	struct drm_agx_sync *many[20];
	uint64_t point;
	unsigned int i;
	int status;

	TRY_MAKE(w->binary, drm_agx_sync_create(w->dev, DRM_AGX_SYNC_SIGNALED, &w->binary));
	TRY_MAKE(w->timeline, drm_agx_sync_create(w->dev, DRM_AGX_SYNC_TIMELINE, &w->timeline));
	TRY(drm_agx_sync_signal(w->timeline, 1));
	TRY(drm_agx_sync_query(w->timeline, &point));
	TRY(drm_agx_sync_export_file(w->timeline, 1, &w->fence));
	TRY(drm_agx_sync_import_file(w->timeline, 2, w->fence));
	TRY(drm_agx_sync_import_file(w->binary, 0, w->fence));
	TRY(drm_agx_sync_status(w->binary, 0, &status));
	TRY(drm_agx_sync_status(w->timeline, 2, &status));
	TRY(drm_agx_sync_reset(w->binary));
	TRY(drm_agx_sync_signal(w->binary, 0));
	TRY(drm_agx_sync_wait(w->binary, 0, 0));
	TRY(drm_agx_sync_wait(w->timeline, 2, 0));
	for (i = 0; i < ARRAY_SIZE(many); i++)
		many[i] = w->binary;
	TRY(drm_agx_sync_wait_many(many, NULL, ARRAY_SIZE(many), DRM_AGX_WAIT_ALL, 0, NULL));
}

static void run_job(struct world *w)
{
	static const uint8_t code[] = { 0x88, 0x00 };
	struct drm_agx_shader_info info = {
		.struct_size = sizeof(info),
		.code = code,
		.code_size = sizeof(code),
		.preshader = code,
		.preshader_size = sizeof(code),
		.num_registers = 8,
	};
	struct drm_agx_launch launch = {
		.struct_size = sizeof(launch),
		.uniforms = "0123456",
		.uniforms_size = 8,
		.global = { 1, 1, 1 },
		.local = { 1, 1, 1 },
	};
	struct drm_asahi_attachment attachment = { .pointer = 0x4000, .size = 0x4000 };
	struct drm_asahi_cmd_render render = { 0 };
	struct drm_asahi_cmd_compute cmd;
	unsigned int i;

	TRY_MAKE(w->queue, drm_agx_queue_create(w->vm, DRM_ASAHI_PRIORITY_LOW, &w->queue));
	TRY_MAKE(w->ts, drm_agx_timestamps_create(w->dev, 2, &w->ts));
	TRY_MAKE(w->shader, drm_agx_shader_create(w->vm, &info, &w->shader));
	TRY_MAKE(w->compute, drm_agx_compute_create(w->vm, &w->compute));
	launch.shader = w->shader;
	for (i = 0; i < 2000; i++)
		TRY(drm_agx_compute_launch(w->compute, &launch));
	TRY(drm_agx_compute_end(w->compute, &cmd, sizeof(cmd)));
	TRY(drm_agx_timestamps_slot(w->ts, 0, &cmd.ts.start));
	TRY_MAKE(w->submit, drm_agx_submit_create(&w->submit));
	TRY(drm_agx_submit_add_attachments(w->submit, DRM_AGX_STAGE_COMPUTE, &attachment, 1));
	for (i = 0; i < 8; i++) {
		TRY(drm_agx_submit_add_compute(w->submit, &cmd, sizeof(cmd), 0, 0));
		TRY(drm_agx_submit_add_wait(w->submit, w->timeline, 2));
		TRY(drm_agx_submit_add_signal(w->submit, w->binary, 0));
	}
	TRY(drm_agx_queue_submit(w->queue, w->submit));
	TRY(drm_agx_sync_wait(w->binary, 0, INT64_MAX));
	drm_agx_submit_reset(w->submit);
	for (i = 0; i < 8; i++)
		TRY(drm_agx_submit_add_render(w->submit, &render, sizeof(render), 0, 0));
}

static void use_fences(struct world *w)
{
	int fence;

	TRY(drm_agx_dmabuf_export_sync_file(w->dmabuf, DMA_BUF_SYNC_RW, &fence));
	close_fd(w->fence);
	w->fence = fence;
	TRY(drm_agx_dmabuf_import_sync_file(w->dmabuf, w->fence, DMA_BUF_SYNC_WRITE));
}

static void make_thin(struct world *w)
{
	struct drm_asahi_vm_create vm = {
		.kernel_start = 0x7000000000,
		.kernel_end = 0x7800000000,
	};
	struct drm_asahi_gem_create bo = { .size = PAGE };
	struct drm_asahi_gem_bind_object object = {
		.op = DRM_ASAHI_BIND_OBJECT_OP_BIND,
		.flags = DRM_ASAHI_BIND_OBJECT_USAGE_TIMESTAMPS,
		.range = PAGE,
	};
	struct drm_asahi_queue_create queue = { 0 };
	void *map;

	TRY(drm_agx_ioctl_gem_create(w->fd, &bo, sizeof(bo)));
	w->raw_handle = bo.handle;
	TRY(drm_agx_gem_mmap(w->fd, w->raw_handle, PAGE, NULL, &map));
	munmap(map, PAGE);
	object.handle = w->raw_handle;
	TRY(drm_agx_ioctl_gem_bind_object(w->fd, &object, sizeof(object)));
	w->raw_object = object.object_handle;
	TRY(drm_agx_ioctl_vm_create(w->fd, &vm, sizeof(vm)));
	w->raw_vm = vm.vm_id;
	queue.vm_id = w->raw_vm;
	TRY(drm_agx_ioctl_queue_create(w->fd, &queue, sizeof(queue)));
	w->raw_queue = queue.queue_id;
}

static void use_thin(struct world *w)
{
	struct drm_asahi_params_global params;
	struct drm_asahi_get_params get_params = {
		.pointer = (uintptr_t)&params,
		.size = sizeof(params),
	};
	struct drm_asahi_get_time get_time = { 0 };
	struct drm_asahi_gem_mmap_offset offset = { .handle = w->raw_handle };
	struct drm_asahi_gem_bind_op op = {
		.flags = DRM_ASAHI_BIND_READ,
		.handle = w->raw_handle,
		.range = PAGE,
		.addr = 0x100000000,
	};
	struct drm_asahi_vm_bind bind = {
		.vm_id = w->raw_vm,
		.num_binds = 1,
		.stride = sizeof(op),
		.userptr = (uintptr_t)&op,
	};
	struct {
		struct drm_asahi_cmd_header header;
		struct drm_asahi_cmd_render cmd;
	} render = {
		.header = {
			.cmd_type = DRM_ASAHI_CMD_RENDER,
			.size = sizeof(render.cmd),
			.vdm_barrier = DRM_ASAHI_BARRIER_NONE,
			.cdm_barrier = DRM_ASAHI_BARRIER_NONE,
		},
	};
	struct drm_asahi_submit submit = {
		.cmdbuf = (uintptr_t)&render,
		.queue_id = w->raw_queue,
		.cmdbuf_size = sizeof(render),
	};

	TRY(drm_agx_probe(w->fd));
	TRY(drm_agx_get_params(w->fd, 0, &params, sizeof(params)));
	TRY(drm_agx_ioctl_get_params(w->fd, &get_params, sizeof(get_params)));
	TRY(drm_agx_ioctl_get_time(w->fd, &get_time, sizeof(get_time)));
	TRY(drm_agx_ioctl_gem_mmap_offset(w->fd, &offset, sizeof(offset)));
	TRY(drm_agx_ioctl_vm_bind(w->fd, &bind, sizeof(bind)));
	TRY(drm_agx_ioctl_submit(w->fd, &submit, sizeof(submit)));
}

static void destroy_thin(const struct world *w)
{
	struct drm_asahi_gem_bind_object object = {
		.op = DRM_ASAHI_BIND_OBJECT_OP_UNBIND,
		.object_handle = w->raw_object,
	};
	struct drm_asahi_queue_destroy queue = { .queue_id = w->raw_queue };
	struct drm_asahi_vm_destroy vm = { .vm_id = w->raw_vm };

	if (w->raw_queue)
		drm_agx_ioctl_queue_destroy(w->fd, &queue, sizeof(queue));
	if (w->raw_vm)
		drm_agx_ioctl_vm_destroy(w->fd, &vm, sizeof(vm));
	if (w->raw_object)
		drm_agx_ioctl_gem_bind_object(w->fd, &object, sizeof(object));
	if (w->raw_handle)
		drm_agx_gem_close(w->fd, w->raw_handle);
}

static void make_devices(struct world *w)
{
	uint64_t ns;

	TRY_MAKE(w->first, drm_agx_device_open(&w->first));
	TRY_MAKE(w->dev, drm_agx_device_open_path(fake_path(), &w->dev));
	TRY_MAKE(w->reopened, drm_agx_device_create(drm_agx_device_fd(w->dev), DRM_AGX_FD_REOPEN,
						    &w->reopened));
	TRY(drm_agx_device_get_time(w->dev, &ns));
	TRY_MAKE(w->vm, drm_agx_vm_create(w->dev, &w->vm));
}

static void run_all(struct world *w)
{
	static void (*const steps[])(struct world *w) = {
		make_devices, make_buffers, reserve_addresses, use_cache, make_syncs,
		use_fences, run_job, make_thin, use_thin,
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(steps) && (w->go_on || !w->failure); i++)
		steps[i](w);
}

/* In an order that nobody would choose: whatever it is has to do. */
static void clean_up(struct world *w)
{
	destroy_thin(w);
	drm_agx_device_unref(w->first);
	drm_agx_device_unref(w->dev);
	drm_agx_device_unref(w->reopened);
	drm_agx_vm_unref(w->vm);
	drm_agx_compute_destroy(w->compute);
	drm_agx_shader_unref(w->shader);
	drm_agx_timestamps_unref(w->ts);
	drm_agx_bo_cache_unref(w->cache);
	drm_agx_bo_unref(w->cached);
	drm_agx_bo_unref(w->imported);
	drm_agx_bo_unref(w->private);
	drm_agx_bo_unref(w->shared);
	drm_agx_queue_unref(w->queue);
	drm_agx_sync_unref(w->binary);
	drm_agx_submit_destroy(w->submit);
	drm_agx_sync_unref(w->timeline);
	close_fd(w->dmabuf);
	close_fd(w->fence);
}

/*
 * A new device that takes fewer commands at once than there will be, and runs none: that would only
 * take time. Its only node is listed.
 */
static int open_device(void)
{
	static const char *node;
	struct drm_asahi_params_global params;
	int fd = fake_open();

	node = fake_path();
	fake_set_nodes(&node, 1);
	fake_get_params(&params);
	params.max_commands_per_submission = 3;
	fake_set_params(&params, sizeof(params));
	fake_set_job_status(1);
	return fd;
}

enum fault {
	FAULT_NONE,
	FAULT_IOCTL,
	FAULT_AGAIN,
	FAULT_SYSCALL,
	FAULT_ALLOC,
};

static void inject(enum fault fault, unsigned int nth)
{
	if (fault == FAULT_AGAIN)
		fake_fail(nth, EAGAIN);
	else
		fake_fail(fault == FAULT_IOCTL ? nth : 0, ENOSR);
	syscall_fail = fault == FAULT_SYSCALL ? nth : 0;
	alloc_fail = fault == FAULT_ALLOC ? nth : 0;
	syscall_failed = false;
	alloc_failed = false;
}

/* Whether it came to what was injected. */
static bool has_come(enum fault fault)
{
	switch (fault) {
	case FAULT_IOCTL:
	case FAULT_AGAIN:
		return fake_has_failed();
	case FAULT_SYSCALL:
		return syscall_failed;
	case FAULT_ALLOC:
		return alloc_failed;
	default:
		return false;
	}
}

/* The error that a call has to return then. */
static int error_of(enum fault fault)
{
	switch (fault) {
	case FAULT_IOCTL:
		return -ENOSR;
	case FAULT_SYSCALL:
		return -SYSCALL_ERROR;
	case FAULT_ALLOC:
		return -ENOMEM;
	default:
		return 0;
	}
}

/* Runs it all on a new device, with one thing failing. False if there are not as many. */
static bool run_once(enum fault fault, unsigned int nth, bool go_on)
{
	int fd = open_device();
	struct world w = {
		.dmabuf = -1,
		.fence = -1,
		.foreign = fake_foreign_dmabuf(PAGE),
		.fd = fd,
		.go_on = go_on,
	};
	unsigned int before = count_fds();
	bool came;

	alloc_live = 0;
	maps_live = 0;
	inject(fault, nth);
	run_all(&w);
	came = has_come(fault);
	inject(FAULT_NONE, 0);
	clean_up(&w);

	assert_int_equal(w.failure, came ? error_of(fault) : 0);
	assert_nothing_left();
	assert_int_equal(alloc_live, 0);
	assert_int_equal(maps_live, 0);
	assert_int_equal(count_fds(), before);
	close(w.foreign);
	close(fd);
	return came;
}

/* Returns how many there were. */
static unsigned int run_each(enum fault fault, bool go_on)
{
	unsigned int nth = 1;

	while (run_once(fault, nth, go_on))
		nth++;
	return nth - 1;
}

static void test_no_error(void **state)
{
	assert_false(run_once(FAULT_NONE, 0, false));
}

static void test_ioctls(void **state)
{
	/* A run has many more ioctls than there are functions. */
	assert_true(run_each(FAULT_IOCTL, false) > 60);
	assert_true(run_each(FAULT_IOCTL, true) > 60);
}

/* Each ioctl in turn has to be made again: nobody gets to know. */
static void test_again(void **state)
{
	assert_true(run_each(FAULT_AGAIN, false) > 60);
}

static void test_syscalls(void **state)
{
	unsigned int i;

	assert_true(run_each(FAULT_SYSCALL, false) > 8);
	assert_true(run_each(FAULT_SYSCALL, true) > 8);
	for (i = 0; i < NUM_SYSCALLS; i++)
		assert_true(syscall_failures[i] > 0);
}

static void test_allocations(void **state)
{
	assert_true(run_each(FAULT_ALLOC, false) > 60);
	assert_true(run_each(FAULT_ALLOC, true) > 60);
}

/* Each ioctl is interrupted, again and again: nobody gets to know. */
static void test_signals(void **state)
{
	int fd = open_device();
	struct world w = { .dmabuf = -1, .fence = -1, .fd = fd };

	w.foreign = fake_foreign_dmabuf(PAGE);
	fake_interrupt(3);
	run_all(&w);
	clean_up(&w);
	assert_int_equal(w.failure, 0);
	assert_nothing_left();
	fake_interrupt(0);
	close(w.foreign);
	close(fd);
}

/* A device that is gone takes nothing back. What is the process's own goes nevertheless. */
static void test_undo(void **state)
{
	int fd = open_device();
	struct world w = { .dmabuf = -1, .fence = -1, .fd = fd };
	unsigned int before;

	w.foreign = fake_foreign_dmabuf(PAGE);
	before = count_fds();
	alloc_live = 0;
	maps_live = 0;
	run_all(&w);
	assert_int_equal(w.failure, 0);
	fake_fail_undo(ENODEV);
	clean_up(&w);
	assert_true(fake_count().handles > 0);
	assert_true(fake_count().vms > 0);
	assert_int_equal(alloc_live, 0);
	assert_int_equal(maps_live, 0);
	assert_int_equal(count_fds(), before);
	close(w.foreign);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_error),
		cmocka_unit_test(test_ioctls),
		cmocka_unit_test(test_again),
		cmocka_unit_test(test_syscalls),
		cmocka_unit_test(test_allocations),
		cmocka_unit_test(test_signals),
		cmocka_unit_test(test_undo),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
