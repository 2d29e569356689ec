// SPDX-License-Identifier: MIT
#include "preload_calls.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/uio.h>
#include <unistd.h>

#include <asahi_drm.h>
#include <drm.h>
#include <linux/dma-buf.h>
#include <linux/sync_file.h>

#include "preload.h"
#include "preload_objects.h"
#include "preload_out.h"
#include "uapi.h"

/* Of an array that is recorded, and syncs of a SUBMIT that can get one more. */
#define MAX_ARRAY (16u << 20)
#define MAX_SYNCS 65536u

/* How long a job may take; if it is longer the recording goes on without its end. */
#define JOB_PATIENCE 10000000000ull

struct call_array {
	struct rec_array_header header;
	uint64_t user;
	/* Owned. */
	void *data;
};

struct call {
	unsigned long request;
	void *user;
	const struct uapi_ioctl *known;

	/* Borrowed: not to be looked at after a call that waits, which somebody may close. */
	struct object *object;
	uint64_t number;
	int fd;

	/* The argument, before and after; owned. NULL if it cannot be read. */
	void *before;
	void *after;
	size_t size;

	struct call_array arrays[UAPI_MAX_ARRAYS];
	unsigned int num_arrays;

	/* 0 or a negative errno. */
	int result;
	/* What ioctl() returned. */
	int value;
	uint64_t duration;
};

/* Copies memory of the program's, which may not be there. */
static bool read_user(void *to, uint64_t from, size_t size)
{
	const struct iovec local = { .iov_base = to, .iov_len = size };
	const struct iovec remote = { .iov_base = (void *)(uintptr_t)from, .iov_len = size };

	return process_vm_readv(out_pid(), &local, 1, &remote, 1, 0) == (ssize_t)size;
}

/* A copy, owned by the caller; NULL if it cannot be had. */
static void *copy_user(uint64_t from, size_t size)
{
	void *data = malloc(size ? size : 1);

	if (data && !read_user(data, from, size)) {
		free(data);
		return NULL;
	}
	return data;
}

static void copy_array(struct call_array *array)
{
	if (array->header.flags & REC_ARRAY_ABSENT)
		return;
	array->data = copy_user(array->user, array->header.size);
	if (!array->data)
		array->header.flags |= REC_ARRAY_ABSENT;
}

/* Whether the argument is there with all the fields that we know. */
static bool is_whole(const struct call *call)
{
	return call->known && call->known->arg && call->before &&
	       call->size >= call->known->arg->min_size;
}

static void prepare_arrays(struct call *call)
{
	unsigned int i;

	for (i = 0; i < call->known->num_arrays; i++) {
		const struct uapi_array *known = &call->known->arrays[i];
		const struct uapi_extent extent = known->extent(call->before);
		struct call_array *array = &call->arrays[i];

		memcpy(&array->user, (uint8_t *)call->before + known->offset, sizeof(array->user));
		array->header.pointer = known->offset;
		array->header.flags = known->out ? REC_ARRAY_OUT : 0;
		if (extent.stride && extent.count > MAX_ARRAY / extent.stride)
			array->header.flags |= REC_ARRAY_ABSENT;
		array->header.size = extent.count * extent.stride;
		if (!known->out)
			copy_array(array);
	}
	call->num_arrays = call->known->num_arrays;
}

static void prepare(struct call *call)
{
	call->known = uapi_find_ioctl(call->request);
	call->size = _IOC_SIZE(call->request);
	call->before = copy_user((uintptr_t)call->user, call->size);
	if (is_whole(call))
		prepare_arrays(call);
}

/*
 * A descriptor that the program has from elsewhere, and that the call has taken for what it should
 * be. It is known before the call in the recording.
 */
static void adopt_inputs(const struct call *call)
{
	const struct drm_prime_handle *prime = call->before;
	const struct drm_syncobj_handle *handle = call->before;
	const struct dma_buf_import_sync_file *import = call->before;
	const struct sync_merge_data *merge = call->before;
	enum rec_kind kind = REC_SYNC_FILE;
	int fd;

	if (!is_whole(call) || call->result)
		return;
	switch (call->known->request) {
	case DRM_IOCTL_PRIME_FD_TO_HANDLE:
		kind = REC_DMABUF;
		fd = prime->fd;
		break;
	case DRM_IOCTL_SYNCOBJ_FD_TO_HANDLE:
		if (!(handle->flags & DRM_SYNCOBJ_FD_TO_HANDLE_FLAGS_IMPORT_SYNC_FILE))
			kind = REC_SYNCOBJ;
		fd = handle->fd;
		break;
	case DMA_BUF_IOCTL_IMPORT_SYNC_FILE:
		fd = import->fd;
		break;
	case SYNC_IOC_MERGE:
		fd = merge->fd2;
		break;
	default:
		return;
	}
	if (!object_find(fd))
		object_adopt(fd, kind, REC_OBJECT_FOREIGN);
}

static void make(struct call *call, void *arg)
{
	const uint64_t start = out_now();

	call->value = real.ioctl(call->fd, call->request, arg);
	call->result = call->value < 0 ? -errno : 0;
	call->duration = out_now() - start;
}

static void put(struct call *call)
{
	const struct rec_ioctl ioctl = {
		.object = call->number,
		.fd = call->fd,
		.result = call->result,
		.request = call->request,
		.arg_size = call->before ? call->size : 0,
		.num_arrays = call->num_arrays,
		.flags = call->before ? 0 : REC_IOCTL_BAD_ARG,
		.duration = call->duration,
	};
	struct rec_buffer *buffer = out_begin(REC_IOCTL);
	unsigned int i;

	rec_put(buffer, &ioctl, sizeof(ioctl));
	rec_put(buffer, call->before, ioctl.arg_size);
	rec_put(buffer, call->after ? call->after : call->before, ioctl.arg_size);
	for (i = 0; i < call->num_arrays; i++) {
		const struct call_array *array = &call->arrays[i];

		rec_put(buffer, &array->header, sizeof(array->header));
		if (!(array->header.flags & REC_ARRAY_ABSENT))
			rec_put(buffer, array->data, array->header.size);
	}
	out_end();
}

static void finish(struct call *call)
{
	unsigned int i;

	if (call->before)
		call->after = copy_user((uintptr_t)call->user, call->size);
	for (i = 0; i < call->num_arrays; i++) {
		struct call_array *array = &call->arrays[i];

		if (!(array->header.flags & REC_ARRAY_OUT))
			continue;
		if (call->result)
			array->header.flags |= REC_ARRAY_ABSENT;
		copy_array(array);
	}
	put(call);
}

static void release(struct call *call)
{
	unsigned int i;

	free(call->before);
	free(call->after);
	for (i = 0; i < call->num_arrays; i++)
		free(call->arrays[i].data);
}

static void add_imported(struct object *object, const struct drm_prime_handle *prime)
{
	off_t size = lseek(prime->fd, 0, SEEK_END);

	lseek(prime->fd, 0, SEEK_SET);
	bos_add(&object->bos, prime->handle, size > 0 ? size : 0);
}

/* Operations before one that fails have had their effect. */
static void apply_binds(const struct call *call)
{
	const struct drm_asahi_vm_bind *bind = call->before;
	const struct call_array *array = &call->arrays[0];
	struct drm_asahi_gem_bind_op op;
	uint32_t i;

	if (!array->data || bind->stride < offsetof(struct drm_asahi_gem_bind_op, offset))
		return;
	for (i = 0; i < bind->num_binds; i++) {
		memset(&op, 0, sizeof(op));
		memcpy(&op, (const uint8_t *)array->data + (size_t)i * bind->stride,
		       bind->stride < sizeof(op) ? bind->stride : sizeof(op));
		if (!(op.flags & DRM_ASAHI_BIND_UNBIND))
			bos_bound(&call->object->bos, op.handle);
	}
}

static void apply_device(const struct call *call)
{
	const struct drm_asahi_gem_create *create = call->after;
	const struct drm_syncobj_handle *handle = call->after;
	const struct drm_prime_handle *prime = call->after;
	const struct drm_gem_close *close = call->after;

	switch (call->known->request) {
	case DRM_IOCTL_ASAHI_GEM_CREATE:
		/* The kernel does the same with it. */
		bos_add(&call->object->bos, create->handle, (create->size + 16383) & ~16383ull);
		break;
	case DRM_IOCTL_PRIME_FD_TO_HANDLE:
		add_imported(call->object, prime);
		break;
	case DRM_IOCTL_PRIME_HANDLE_TO_FD:
		object_adopt(prime->fd, REC_DMABUF, 0);
		break;
	case DRM_IOCTL_GEM_CLOSE:
		bos_remove(&call->object->bos, close->handle);
		break;
	case DRM_IOCTL_SYNCOBJ_HANDLE_TO_FD:
		object_adopt(handle->fd,
			     handle->flags & DRM_SYNCOBJ_HANDLE_TO_FD_FLAGS_EXPORT_SYNC_FILE ?
			     REC_SYNC_FILE : REC_SYNCOBJ, 0);
		break;
	default:
		break;
	}
}

/* What the call has changed, as far as we have to know. */
static void apply(const struct call *call)
{
	const struct dma_buf_export_sync_file *export = call->after;
	const struct sync_merge_data *merge = call->after;

	if (!is_whole(call) || !call->after)
		return;
	if (call->known->request == DRM_IOCTL_ASAHI_VM_BIND)
		apply_binds(call);
	if (call->result)
		return;
	if (call->object->kind == REC_DEVICE)
		apply_device(call);
	else if (call->known->request == DMA_BUF_IOCTL_EXPORT_SYNC_FILE)
		object_adopt(export->fd, REC_SYNC_FILE, 0);
	else if (call->known->request == SYNC_IOC_MERGE)
		object_adopt(merge->fence, REC_SYNC_FILE, 0);
}

/* A handle that the program does not know of; 0 if there is none to be had. */
static uint32_t own_syncobj(struct object *object, int fd)
{
	struct drm_syncobj_create create = { 0 };

	if (!object->bos.syncobj && !real.ioctl(fd, DRM_IOCTL_SYNCOBJ_CREATE, &create))
		object->bos.syncobj = create.handle;
	return object->bos.syncobj;
}

/* Makes a SUBMIT that also signals our syncobj; false if it has to be made as it is. */
static bool submit_with_ours(struct call *call)
{
	const struct call_array *array = &call->arrays[0];
	struct drm_asahi_submit submit;
	struct drm_asahi_sync *syncs;
	uint32_t syncobj;

	memcpy(&submit, call->before, sizeof(submit));
	if (!array->data || array->header.size > MAX_SYNCS * sizeof(*syncs))
		return false;
	syncobj = own_syncobj(call->object, call->fd);
	syncs = malloc(array->header.size + sizeof(*syncs));
	if (!syncobj || !syncs) {
		free(syncs);
		return false;
	}

	memcpy(syncs, array->data, array->header.size);
	syncs[array->header.size / sizeof(*syncs)] = (struct drm_asahi_sync){
		.sync_type = DRM_ASAHI_SYNC_SYNCOBJ,
		.handle = syncobj,
	};
	submit.syncs = (uintptr_t)syncs;
	submit.out_sync_count++;
	make(call, &submit);
	free(syncs);
	return true;
}

/* What became of the job: 1, a negative errno, or 0 if that is not known in time. */
static int await_job(const struct call *call)
{
	uint32_t syncobj = call->object->bos.syncobj;
	struct drm_syncobj_wait wait = {
		.handles = (uintptr_t)&syncobj,
		.count_handles = 1,
		.timeout_nsec = out_now() + JOB_PATIENCE,
	};
	struct drm_syncobj_handle handle = {
		.handle = syncobj,
		.flags = DRM_SYNCOBJ_HANDLE_TO_FD_FLAGS_EXPORT_SYNC_FILE,
	};
	/* The error is told with the fences only. */
	struct sync_fence_info fence = { 0 };
	struct sync_file_info info = {
		.num_fences = 1,
		.sync_fence_info = (uintptr_t)&fence,
	};

	while (real.ioctl(call->fd, DRM_IOCTL_SYNCOBJ_WAIT, &wait))
		if (errno != EINTR)
			return 0;
	if (real.ioctl(call->fd, DRM_IOCTL_SYNCOBJ_HANDLE_TO_FD, &handle))
		return 0;
	if (real.ioctl(handle.fd, SYNC_IOC_FILE_INFO, &info))
		fence.status = 0;
	real.close(handle.fd);
	return fence.status;
}

/* With what the job changes, and what became of it. */
static void record_submit(struct call *call)
{
	const struct drm_asahi_submit *submit = call->before;
	struct rec_job job = { .object = call->number, .queue_id = submit->queue_id };
	bool ours;

	bos_snapshot(&call->object->bos, call->number, call->fd, false);
	ours = submit_with_ours(call);
	if (!ours)
		make(call, call->user);
	finish(call);
	if (call->result)
		return;

	job.status = ours ? await_job(call) : 0;
	if (job.status)
		bos_snapshot(&call->object->bos, call->number, call->fd, true);
	rec_put(out_begin(REC_JOB), &job, sizeof(job));
	out_end();
}

static void record_other(struct call *call)
{
	const bool waits = call->known && call->known->waits;

	if (waits)
		pthread_mutex_unlock(&preload_lock);
	make(call, call->user);
	if (waits)
		pthread_mutex_lock(&preload_lock);
	adopt_inputs(call);
	finish(call);
	if (!waits)
		apply(call);
}

int call_record(int fd, unsigned long request, void *arg)
{
	struct call call = { .fd = fd, .request = request, .user = arg };

	pthread_mutex_lock(&preload_lock);
	call.object = object_find(fd);
	if (!call.object && _IOC_TYPE(request) == DRM_IOCTL_BASE)
		call.object = object_adopt_device(fd);
	if (!call.object) {
		pthread_mutex_unlock(&preload_lock);
		return real.ioctl(fd, request, arg);
	}

	call.number = call.object->number;
	prepare(&call);
	if (out_contents() && is_whole(&call) && call.known->request == DRM_IOCTL_ASAHI_SUBMIT)
		record_submit(&call);
	else
		record_other(&call);
	release(&call);
	pthread_mutex_unlock(&preload_lock);

	if (call.result)
		errno = -call.result;
	return call.value;
}
