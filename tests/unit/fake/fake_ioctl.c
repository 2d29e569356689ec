// SPDX-License-Identifier: MIT
#include "fake.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <asahi_drm.h>
#include <linux/dma-buf.h>
#include <linux/sync_file.h>
#include <xf86drm.h>

#include "fake_internal.h"

#define FAKE_MAX_CALLS 512
#define FAKE_MAX_FILES 16

/* Protects everything in this library. */
static pthread_mutex_t fake_lock = PTHREAD_MUTEX_INITIALIZER;

/* A descriptor of our own to the device's file, -1 while there is none. */
static int fake_device = -1;
static struct fake_file_id fake_device_id;
static char fake_device_path[64];

/* The open files of the device that have been seen, in the order of their first ioctl. */
static struct fake_file fake_files[FAKE_MAX_FILES];
static unsigned int fake_num_files;

static struct drm_asahi_params_global fake_device_params;
static size_t fake_params_size;
static char fake_driver[32];

static struct fake_call fake_calls[FAKE_MAX_CALLS];
static unsigned int fake_call_count;

static unsigned int fake_fail_nth;
static int fake_fail_nr = -1;
static int fake_fail_errno;
static int fake_undo_errno;
static bool fake_failed;
static unsigned int fake_interrupts;
static _Thread_local unsigned int fake_interrupted;

static bool fake_no_node;
static const char *const *fake_nodes;
static int fake_node_count;

static const struct drm_asahi_params_global fake_m1 = {
	.features = DRM_ASAHI_FEATURE_SOFT_FAULTS,
	.gpu_generation = 13,
	.gpu_variant = 'G',
	.gpu_revision = 0x11,
	.chip_id = 0x8103,
	.num_dies = 1,
	.num_clusters_total = 1,
	.num_cores_per_cluster = 8,
	.max_frequency_khz = 1278000,
	.core_masks = { 0xff },
	.vm_start = 0x4000,
	.vm_end = 0x7fffff8000,
	.vm_kernel_min_size = 0x20000000,
	.max_commands_per_submission = 64,
	.max_attachments = 16,
	.command_timestamp_frequency_hz = 1000000000,
};

bool fake_file_id(int fd, struct fake_file_id *id)
{
	struct stat st;

	if (fstat(fd, &st))
		return false;

	id->dev = st.st_dev;
	id->ino = st.st_ino;
	return true;
}

bool fake_file_id_equal(const struct fake_file_id *a, const struct fake_file_id *b)
{
	return a->dev == b->dev && a->ino == b->ino;
}

bool fake_file_is(int fd, const struct fake_file_id *id)
{
	struct fake_file_id this;

	return fake_file_id(fd, &this) && fake_file_id_equal(&this, id);
}

int fake_make_file(const char *name, size_t size)
{
	int fd = memfd_create(name, MFD_CLOEXEC);

	if (fd >= 0 && ftruncate(fd, size)) {
		close(fd);
		return -1;
	}
	return fd;
}

int fake_reopen(int fd)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return open(path, O_RDWR | O_CLOEXEC);
}

const struct drm_asahi_params_global *fake_params(void)
{
	return &fake_device_params;
}

int fake_device_fd(void)
{
	return fake_device;
}

/*
 * The open file of a descriptor of the device; NULL if there are too many. Copies of a descriptor
 * share the place where they read and write, which the device has no other use for: it is the
 * number of the file, from 1.
 */
static struct fake_file *fake_file_of(int fd)
{
	off_t number = lseek(fd, 0, SEEK_CUR);

	if (number < 1 || number > fake_num_files) {
		if (fake_num_files == FAKE_MAX_FILES)
			return NULL;
		number = ++fake_num_files;
		lseek(fd, number, SEEK_SET);
	}
	return &fake_files[number - 1];
}

/* Takes over @fd. */
static void fake_reset_locked(int fd)
{
	memset(fake_files, 0, fake_num_files * sizeof(*fake_files));
	fake_num_files = 0;
	fake_gem_reset();
	fake_queue_reset();
	fake_sync_reset();
	if (fake_device >= 0)
		close(fake_device);
	fake_device = fd;
	fake_file_id(fd, &fake_device_id);
	snprintf(fake_device_path, sizeof(fake_device_path), "/proc/self/fd/%d", fd);
	fake_device_params = fake_m1;
	fake_params_size = sizeof(fake_m1);
	strcpy(fake_driver, "asahi");
	fake_call_count = 0;
	fake_fail_nth = 0;
	fake_undo_errno = 0;
	fake_failed = false;
	fake_interrupts = 0;
	fake_no_node = false;
	fake_nodes = NULL;
	fake_node_count = 0;
}

int fake_open(void)
{
	int fd;

	pthread_mutex_lock(&fake_lock);
	fake_reset_locked(fake_make_file("renderD128", 0));
	fd = fake_reopen(fake_device);
	pthread_mutex_unlock(&fake_lock);
	return fd;
}

const char *fake_path(void)
{
	return fake_device_path;
}

struct fake_counts fake_count(void)
{
	struct fake_counts counts = { 0 };
	const struct fake_file *file;

	pthread_mutex_lock(&fake_lock);
	for (file = fake_files; file < fake_files + fake_num_files; file++) {
		counts.handles += fake_gem_num_handles(file);
		counts.vms += fake_vm_num(file);
		counts.mappings += fake_vm_num_mappings(file);
		counts.queues += fake_queue_num(file);
		counts.timestamps += fake_queue_num_timestamps(file);
		counts.syncobjs += fake_sync_num(file);
	}
	counts.dmabufs = fake_gem_num_dmabufs();
	pthread_mutex_unlock(&fake_lock);
	return counts;
}

unsigned int fake_bad_closes(void)
{
	return fake_gem_num_bad_closes();
}

unsigned int fake_num_calls(void)
{
	return fake_call_count;
}

const struct fake_call *fake_call(unsigned int index)
{
	return index < fake_call_count ? &fake_calls[index] : NULL;
}

void fake_clear_calls(void)
{
	fake_call_count = 0;
}

void fake_fail(unsigned int nth, int err)
{
	fake_fail_nth = nth;
	fake_fail_errno = err;
	fake_failed = false;
}

void fake_fail_undo(int err)
{
	fake_undo_errno = err;
}

bool fake_has_failed(void)
{
	return fake_failed;
}

void fake_interrupt(unsigned int times)
{
	fake_interrupts = times;
	fake_interrupted = 0;
}

void fake_set_driver(const char *name)
{
	snprintf(fake_driver, sizeof(fake_driver), "%s", name);
}

void fake_get_params(struct drm_asahi_params_global *params)
{
	*params = fake_device_params;
}

void fake_set_params(const struct drm_asahi_params_global *params, size_t size)
{
	fake_device_params = *params;
	fake_params_size = size;
}

void fake_set_nodes(const char *const *paths, int count)
{
	fake_nodes = paths;
	fake_node_count = count;
}

void fake_set_job_status(int status)
{
	fake_queue_set_job_status(status);
}

int fake_foreign_dmabuf(size_t size)
{
	int fd;

	pthread_mutex_lock(&fake_lock);
	fd = fake_gem_make_dmabuf(size);
	pthread_mutex_unlock(&fake_lock);
	return fd;
}

int fake_sync_file(int status)
{
	int fd;

	pthread_mutex_lock(&fake_lock);
	fd = fake_sync_make_file(status);
	pthread_mutex_unlock(&fake_lock);
	return fd;
}

static void fake_copy_field(char *buf, __kernel_size_t *len, const char *value)
{
	size_t size = strlen(value);

	if (buf && *len)
		memcpy(buf, value, *len < size ? *len : size);
	*len = size;
}

static int fake_version(struct fake_file *file, void *arg)
{
	struct drm_version *version = arg;

	fake_copy_field(version->name, &version->name_len, fake_driver);
	fake_copy_field(version->date, &version->date_len, "0");
	fake_copy_field(version->desc, &version->desc_len, "Apple AGX Graphics");
	return 0;
}

static int fake_answer_params(struct fake_file *file, void *arg)
{
	struct drm_asahi_get_params *args = arg;

	if (args->param_group || args->pad)
		return -EINVAL;

	memcpy((void *)(uintptr_t)args->pointer, &fake_device_params,
	       args->size < fake_params_size ? args->size : fake_params_size);
	return 0;
}

static int fake_answer_time(struct fake_file *file, void *arg)
{
	struct drm_asahi_get_time *args = arg;

	if (args->flags)
		return -EINVAL;

	args->gpu_timestamp = 123456789;
	return 0;
}

static const struct {
	unsigned long request;
	int (*handler)(struct fake_file *file, void *arg);
} fake_handlers[] = {
	{ DRM_IOCTL_VERSION, fake_version },
	{ DRM_IOCTL_GEM_CLOSE, fake_gem_close },
	{ DRM_IOCTL_PRIME_HANDLE_TO_FD, fake_gem_export },
	{ DRM_IOCTL_PRIME_FD_TO_HANDLE, fake_gem_import },
	{ DRM_IOCTL_SYNCOBJ_CREATE, fake_sync_create },
	{ DRM_IOCTL_SYNCOBJ_DESTROY, fake_sync_destroy },
	{ DRM_IOCTL_SYNCOBJ_WAIT, fake_sync_wait },
	{ DRM_IOCTL_SYNCOBJ_TIMELINE_WAIT, fake_sync_timeline_wait },
	{ DRM_IOCTL_SYNCOBJ_RESET, fake_sync_reset_binary },
	{ DRM_IOCTL_SYNCOBJ_SIGNAL, fake_sync_signal },
	{ DRM_IOCTL_SYNCOBJ_TIMELINE_SIGNAL, fake_sync_timeline_signal },
	{ DRM_IOCTL_SYNCOBJ_QUERY, fake_sync_query },
	{ DRM_IOCTL_SYNCOBJ_TRANSFER, fake_sync_transfer },
	{ DRM_IOCTL_SYNCOBJ_HANDLE_TO_FD, fake_sync_handle_to_fd },
	{ DRM_IOCTL_SYNCOBJ_FD_TO_HANDLE, fake_sync_fd_to_handle },
	{ DRM_IOCTL_ASAHI_GET_PARAMS, fake_answer_params },
	{ DRM_IOCTL_ASAHI_GET_TIME, fake_answer_time },
	{ DRM_IOCTL_ASAHI_VM_CREATE, fake_vm_create },
	{ DRM_IOCTL_ASAHI_VM_DESTROY, fake_vm_destroy },
	{ DRM_IOCTL_ASAHI_VM_BIND, fake_vm_bind },
	{ DRM_IOCTL_ASAHI_GEM_CREATE, fake_gem_create },
	{ DRM_IOCTL_ASAHI_GEM_MMAP_OFFSET, fake_gem_mmap_offset },
	{ DRM_IOCTL_ASAHI_GEM_BIND_OBJECT, fake_queue_bind_object },
	{ DRM_IOCTL_ASAHI_QUEUE_CREATE, fake_queue_create },
	{ DRM_IOCTL_ASAHI_QUEUE_DESTROY, fake_queue_destroy },
	{ DRM_IOCTL_ASAHI_SUBMIT, fake_queue_submit },
};

#define FAKE_NUM_HANDLERS (sizeof(fake_handlers) / sizeof(*fake_handlers))

/* Room for the argument of any of them, and of callers that are younger. */
#define FAKE_MAX_ARG 1024

static size_t fake_copy_extra(struct fake_call *call, size_t at, uint64_t ptr, size_t size)
{
	size_t room = sizeof(call->extra) - at;

	if (size > room)
		size = room;
	if (size)
		memcpy(call->extra + at, (const void *)(uintptr_t)ptr, size);
	return at + size;
}

/* A caller of another age has another size in the request. */
static bool fake_is_request(unsigned long request, unsigned long wanted)
{
	return _IOC_TYPE(request) == _IOC_TYPE(wanted) && _IOC_NR(request) == _IOC_NR(wanted);
}

static void fake_log(int fd, unsigned long request, const void *arg)
{
	const struct drm_syncobj_timeline_wait *wait;
	const struct drm_asahi_submit *submit;
	const struct drm_asahi_vm_bind *bind;
	struct fake_call *call;

	if (fake_call_count == FAKE_MAX_CALLS)
		return;

	call = &fake_calls[fake_call_count++];
	call->fd = fd;
	call->request = request;
	call->size = _IOC_SIZE(request);
	call->extra_size = 0;
	if (call->size > sizeof(call->arg))
		call->size = sizeof(call->arg);
	memset(call->arg, 0, sizeof(call->arg));
	memcpy(call->arg, arg, call->size);

	/* What is refused for these is refused before anybody follows its pointers. */
	submit = (const void *)call->arg;
	bind = (const void *)call->arg;
	wait = (const void *)call->arg;
	if (fake_is_request(request, DRM_IOCTL_ASAHI_VM_BIND) && !bind->pad) {
		call->extra_size = fake_copy_extra(call, 0, bind->userptr,
						   (size_t)bind->num_binds * bind->stride);
	} else if (fake_is_request(request, DRM_IOCTL_ASAHI_SUBMIT) && !submit->flags) {
		call->extra_size = fake_copy_extra(call, 0, submit->syncs,
						   (submit->in_sync_count +
						    submit->out_sync_count) *
						   sizeof(struct drm_asahi_sync));
		call->extra_size = fake_copy_extra(call, call->extra_size, submit->cmdbuf,
						   submit->cmdbuf_size);
	} else if (fake_is_request(request, DRM_IOCTL_SYNCOBJ_TIMELINE_WAIT)) {
		call->extra_size = fake_copy_extra(call, 0, wait->points,
						   wait->count_handles * sizeof(uint64_t));
		call->extra_size = fake_copy_extra(call, call->extra_size, wait->handles,
						   wait->count_handles * sizeof(uint32_t));
	}
}

static bool fake_is_undo(unsigned long request)
{
	return fake_is_request(request, DRM_IOCTL_GEM_CLOSE) ||
	       fake_is_request(request, DRM_IOCTL_SYNCOBJ_DESTROY) ||
	       fake_is_request(request, DRM_IOCTL_ASAHI_VM_DESTROY) ||
	       fake_is_request(request, DRM_IOCTL_ASAHI_QUEUE_DESTROY);
}

/* The error of a call that shall fail, or 0. */
static int fake_injected_error(unsigned long request)
{
	if (fake_is_undo(request))
		return fake_undo_errno;
	if (_IOC_TYPE(request) == DRM_IOCTL_BASE && (int)_IOC_NR(request) == fake_fail_nr)
		return fake_fail_errno;
	if (!fake_fail_nth || --fake_fail_nth)
		return 0;
	fake_failed = true;
	return fake_fail_errno;
}

/*
 * As DRM does it: the caller's size is what is read and written, and what an older caller does not
 * have is zero.
 */
static int fake_handle(struct fake_file *file, unsigned int index, unsigned long request, void *arg)
{
	unsigned long common = request & fake_handlers[index].request;
	size_t in_size = common & IOC_IN ? _IOC_SIZE(request) : 0;
	size_t out_size = common & IOC_OUT ? _IOC_SIZE(request) : 0;
	uint64_t copy[FAKE_MAX_ARG / sizeof(uint64_t)] = { 0 };
	int ret;

	if (in_size > sizeof(copy) || out_size > sizeof(copy))
		return -EINVAL;

	memcpy(copy, arg, in_size);
	ret = fake_handlers[index].handler(file, copy);
	memcpy(arg, copy, out_size);
	return ret;
}

static int fake_dispatch_locked(int fd, unsigned long request, void *arg)
{
	struct fake_file *file;
	unsigned int i;
	int err, ret;

	if (fake_device < 0)
		return -ENOTTY;

	if (fake_file_is(fd, &fake_device_id)) {
		file = fake_file_of(fd);
		if (!file)
			return -ENFILE;
		fake_log(fd, request, arg);
		err = fake_injected_error(request);
		if (err)
			return -err;
		for (i = 0; i < FAKE_NUM_HANDLERS; i++)
			if (fake_is_request(request, fake_handlers[i].request))
				return fake_handle(file, i, request, arg);
		return -EINVAL;
	}

	if (_IOC_TYPE(request) != _IOC_TYPE(SYNC_IOC_FILE_INFO) &&
	    _IOC_TYPE(request) != DMA_BUF_BASE)
		return -ENOTTY;

	err = fake_injected_error(request);
	if (err)
		return -err;
	ret = fake_sync_file_ioctl(fd, request, arg);
	return ret == -ENOTTY ? fake_dmabuf_ioctl(fd, request, arg) : ret;
}

/* Takes the place of the C library's for everybody in this process, libdrm included. */
int ioctl(int fd, unsigned long request, ...)
{
	va_list ap;
	void *arg;
	int ret;

	va_start(ap, request);
	arg = va_arg(ap, void *);
	va_end(ap);

	if (fake_interrupted < fake_interrupts) {
		fake_interrupted++;
		errno = EINTR;
		return -1;
	}
	fake_interrupted = 0;

	pthread_mutex_lock(&fake_lock);
	ret = fake_dispatch_locked(fd, request, arg);
	pthread_mutex_unlock(&fake_lock);

	/* Lets another thread in, where one is waiting for a mistake to happen. */
	if (request == DRM_IOCTL_PRIME_FD_TO_HANDLE || request == DRM_IOCTL_GEM_CLOSE)
		sched_yield();

	if (ret == -ENOTTY)
		return syscall(SYS_ioctl, fd, request, arg);
	if (ret) {
		errno = -ret;
		return -1;
	}
	return 0;
}

void fake_hide_node(void)
{
	fake_no_node = true;
}

int drmGetDevices2(uint32_t flags, drmDevicePtr devices[], int max_devices)
{
	int i;

	if (!devices || fake_node_count < 0)
		return fake_node_count;

	for (i = 0; i < fake_node_count && i < max_devices; i++) {
		devices[i] = calloc(1, sizeof(*devices[i]));
		devices[i]->nodes = calloc(DRM_NODE_MAX, sizeof(char *));
		if (!fake_nodes[i])
			continue;
		devices[i]->nodes[DRM_NODE_RENDER] = (char *)fake_nodes[i];
		devices[i]->available_nodes = 1 << DRM_NODE_RENDER;
	}
	return i;
}

void drmFreeDevices(drmDevicePtr devices[], int count)
{
	int i;

	for (i = 0; i < count; i++) {
		free(devices[i]->nodes);
		free(devices[i]);
		devices[i] = NULL;
	}
}

/* The path by which the device can be opened again; the caller frees it. */
char *drmGetRenderDeviceNameFromFd(int fd)
{
	if (fake_device < 0 || !fake_file_is(fd, &fake_device_id) || fake_no_node) {
		errno = ENOENT;
		return NULL;
	}
	return strdup(fake_device_path);
}

static int fake_env(const char *name, int otherwise)
{
	const char *value = getenv(name);

	return value ? atoi(value) : otherwise;
}

/*
 * For programs that do not know of this library, by LD_PRELOAD: FAKE_NODE names a file that becomes
 * the device, the only one that drmGetDevices2() lists. FAKE_FAIL_NR and FAKE_FAIL_ERRNO make an
 * ioctl of the driver fail. FAKE_JOB_STATUS is what becomes of jobs that are not run: 1 for
 * success, or a negative errno. With FAKE_LOSE_TIMESTAMPS=1 none is written. The first
 * FAKE_LATE_WAITS waits for a job time out.
 */
static void __attribute__((constructor)) fake_init_from_env(void)
{
	static const char *node;
	int fd;

	node = getenv("FAKE_NODE");
	if (!node)
		return;

	fd = open(node, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return;

	fake_reset_locked(fd);
	fake_set_nodes(&node, 1);
	fake_fail_nr = fake_env("FAKE_FAIL_NR", -1);
	fake_fail_errno = fake_env("FAKE_FAIL_ERRNO", EIO);
	fake_queue_set_job_status(fake_env("FAKE_JOB_STATUS", 0));
	fake_queue_lose_timestamps(fake_env("FAKE_LOSE_TIMESTAMPS", 0));
	fake_sync_set_late_waits((unsigned int)fake_env("FAKE_LATE_WAITS", 0));
}
