// SPDX-License-Identifier: MIT
/* What goes with the driver's ioctls: handles and syncobjs of the DRM core, dma-buf, sync_file. */
#include "uapi.h"

#include <fcntl.h>

#include <drm.h>
#include <linux/dma-buf.h>
#include <linux/sync_file.h>

#include "uapi_table.h"

static const struct uapi_name prime_flags[] = {
	{ DRM_CLOEXEC, "CLOEXEC" },
	{ DRM_RDWR, "RDWR" },
	{ 0, NULL },
};

static const struct uapi_name create_flags[] = {
	{ DRM_SYNCOBJ_CREATE_SIGNALED, "SIGNALED" },
	{ 0, NULL },
};

/* Bit 0 is a sync_file in both directions; it has a constant for each, of the same value. */
static const struct uapi_name handle_flags[] = {
	{ DRM_SYNCOBJ_HANDLE_TO_FD_FLAGS_EXPORT_SYNC_FILE, "SYNC_FILE" },
	{ 0, NULL },
};

static const struct uapi_name wait_flags[] = {
	{ DRM_SYNCOBJ_WAIT_FLAGS_WAIT_ALL, "WAIT_ALL" },
	{ DRM_SYNCOBJ_WAIT_FLAGS_WAIT_FOR_SUBMIT, "WAIT_FOR_SUBMIT" },
	{ DRM_SYNCOBJ_WAIT_FLAGS_WAIT_AVAILABLE, "WAIT_AVAILABLE" },
	{ 0, NULL },
};

static const struct uapi_name query_flags[] = {
	{ DRM_SYNCOBJ_QUERY_FLAGS_LAST_SUBMITTED, "LAST_SUBMITTED" },
	{ 0, NULL },
};

static const struct uapi_name dmabuf_flags[] = {
	{ DMA_BUF_SYNC_READ, "READ" },
	{ DMA_BUF_SYNC_WRITE, "WRITE" },
	{ DMA_BUF_SYNC_END, "END" },
	{ 0, NULL },
};

static const struct uapi_field gem_close_fields[] = {
	FIELD(struct drm_gem_close, handle, UAPI_DEC),
	FIELD(struct drm_gem_close, pad, UAPI_PAD),
};

static const struct uapi_struct gem_close_struct = STRUCT(drm_gem_close, gem_close_fields);

static const struct uapi_field prime_handle_fields[] = {
	FIELD(struct drm_prime_handle, handle, UAPI_DEC),
	FIELD_NAMED(struct drm_prime_handle, flags, UAPI_FLAGS, prime_flags),
	FIELD(struct drm_prime_handle, fd, UAPI_SIGNED),
};

static const struct uapi_struct prime_handle_struct =
	STRUCT(drm_prime_handle, prime_handle_fields);

static const struct uapi_field get_cap_fields[] = {
	FIELD(struct drm_get_cap, capability, UAPI_HEX),
	FIELD(struct drm_get_cap, value, UAPI_HEX),
};

static const struct uapi_struct get_cap_struct = STRUCT(drm_get_cap, get_cap_fields);

static const struct uapi_field syncobj_create_fields[] = {
	FIELD(struct drm_syncobj_create, handle, UAPI_DEC),
	FIELD_NAMED(struct drm_syncobj_create, flags, UAPI_FLAGS, create_flags),
};

static const struct uapi_struct syncobj_create_struct =
	STRUCT(drm_syncobj_create, syncobj_create_fields);

static const struct uapi_field syncobj_destroy_fields[] = {
	FIELD(struct drm_syncobj_destroy, handle, UAPI_DEC),
	FIELD(struct drm_syncobj_destroy, pad, UAPI_PAD),
};

static const struct uapi_struct syncobj_destroy_struct =
	STRUCT(drm_syncobj_destroy, syncobj_destroy_fields);

static const struct uapi_field syncobj_handle_fields[] = {
	FIELD(struct drm_syncobj_handle, handle, UAPI_DEC),
	FIELD_NAMED(struct drm_syncobj_handle, flags, UAPI_FLAGS, handle_flags),
	FIELD(struct drm_syncobj_handle, fd, UAPI_SIGNED),
	FIELD(struct drm_syncobj_handle, pad, UAPI_PAD),
	FIELD_LATER("point", 16, 8, UAPI_DEC),
};

static const struct uapi_struct syncobj_handle_struct =
	STRUCT_LATER(drm_syncobj_handle, 16, 24, syncobj_handle_fields);

static const struct uapi_field syncobj_transfer_fields[] = {
	FIELD(struct drm_syncobj_transfer, src_handle, UAPI_DEC),
	FIELD(struct drm_syncobj_transfer, dst_handle, UAPI_DEC),
	FIELD(struct drm_syncobj_transfer, src_point, UAPI_DEC),
	FIELD(struct drm_syncobj_transfer, dst_point, UAPI_DEC),
	FIELD_NAMED(struct drm_syncobj_transfer, flags, UAPI_FLAGS, wait_flags),
	FIELD(struct drm_syncobj_transfer, pad, UAPI_PAD),
};

static const struct uapi_struct syncobj_transfer_struct =
	STRUCT(drm_syncobj_transfer, syncobj_transfer_fields);

static const struct uapi_field syncobj_wait_fields[] = {
	FIELD(struct drm_syncobj_wait, handles, UAPI_HEX),
	FIELD(struct drm_syncobj_wait, timeout_nsec, UAPI_SIGNED),
	FIELD(struct drm_syncobj_wait, count_handles, UAPI_DEC),
	FIELD_NAMED(struct drm_syncobj_wait, flags, UAPI_FLAGS, wait_flags),
	FIELD(struct drm_syncobj_wait, first_signaled, UAPI_DEC),
	FIELD(struct drm_syncobj_wait, pad, UAPI_PAD),
	FIELD_LATER("deadline_nsec", 32, 8, UAPI_DEC),
};

static const struct uapi_struct syncobj_wait_struct =
	STRUCT_LATER(drm_syncobj_wait, 32, 40, syncobj_wait_fields);

static const struct uapi_field timeline_wait_fields[] = {
	FIELD(struct drm_syncobj_timeline_wait, handles, UAPI_HEX),
	FIELD(struct drm_syncobj_timeline_wait, points, UAPI_HEX),
	FIELD(struct drm_syncobj_timeline_wait, timeout_nsec, UAPI_SIGNED),
	FIELD(struct drm_syncobj_timeline_wait, count_handles, UAPI_DEC),
	FIELD_NAMED(struct drm_syncobj_timeline_wait, flags, UAPI_FLAGS, wait_flags),
	FIELD(struct drm_syncobj_timeline_wait, first_signaled, UAPI_DEC),
	FIELD(struct drm_syncobj_timeline_wait, pad, UAPI_PAD),
	FIELD_LATER("deadline_nsec", 40, 8, UAPI_DEC),
};

static const struct uapi_struct timeline_wait_struct =
	STRUCT_LATER(drm_syncobj_timeline_wait, 40, 48, timeline_wait_fields);

static const struct uapi_field syncobj_array_fields[] = {
	FIELD(struct drm_syncobj_array, handles, UAPI_HEX),
	FIELD(struct drm_syncobj_array, count_handles, UAPI_DEC),
	FIELD(struct drm_syncobj_array, pad, UAPI_PAD),
};

static const struct uapi_struct syncobj_array_struct =
	STRUCT(drm_syncobj_array, syncobj_array_fields);

static const struct uapi_field timeline_array_fields[] = {
	FIELD(struct drm_syncobj_timeline_array, handles, UAPI_HEX),
	FIELD(struct drm_syncobj_timeline_array, points, UAPI_HEX),
	FIELD(struct drm_syncobj_timeline_array, count_handles, UAPI_DEC),
	FIELD_NAMED(struct drm_syncobj_timeline_array, flags, UAPI_FLAGS, query_flags),
};

static const struct uapi_struct timeline_array_struct =
	STRUCT(drm_syncobj_timeline_array, timeline_array_fields);

static const struct uapi_field dmabuf_sync_fields[] = {
	FIELD_NAMED(struct dma_buf_sync, flags, UAPI_FLAGS, dmabuf_flags),
};

static const struct uapi_struct dmabuf_sync_struct = STRUCT(dma_buf_sync, dmabuf_sync_fields);

static const struct uapi_field dmabuf_export_fields[] = {
	FIELD_NAMED(struct dma_buf_export_sync_file, flags, UAPI_FLAGS, dmabuf_flags),
	FIELD(struct dma_buf_export_sync_file, fd, UAPI_SIGNED),
};

static const struct uapi_struct dmabuf_export_struct =
	STRUCT(dma_buf_export_sync_file, dmabuf_export_fields);

static const struct uapi_field dmabuf_import_fields[] = {
	FIELD_NAMED(struct dma_buf_import_sync_file, flags, UAPI_FLAGS, dmabuf_flags),
	FIELD(struct dma_buf_import_sync_file, fd, UAPI_SIGNED),
};

static const struct uapi_struct dmabuf_import_struct =
	STRUCT(dma_buf_import_sync_file, dmabuf_import_fields);

static const struct uapi_field sync_merge_fields[] = {
	FIELD_ARRAY(struct sync_merge_data, name, UAPI_TEXT),
	FIELD(struct sync_merge_data, fd2, UAPI_SIGNED),
	FIELD(struct sync_merge_data, fence, UAPI_SIGNED),
	FIELD(struct sync_merge_data, flags, UAPI_HEX),
	FIELD(struct sync_merge_data, pad, UAPI_PAD),
};

static const struct uapi_struct sync_merge_struct = STRUCT(sync_merge_data, sync_merge_fields);

static const struct uapi_field fence_info_fields[] = {
	FIELD_ARRAY(struct sync_fence_info, obj_name, UAPI_TEXT),
	FIELD_ARRAY(struct sync_fence_info, driver_name, UAPI_TEXT),
	FIELD(struct sync_fence_info, status, UAPI_SIGNED),
	FIELD(struct sync_fence_info, flags, UAPI_HEX),
	FIELD(struct sync_fence_info, timestamp_ns, UAPI_DEC),
};

static const struct uapi_struct fence_info_struct = STRUCT(sync_fence_info, fence_info_fields);

static const struct uapi_field file_info_fields[] = {
	FIELD_ARRAY(struct sync_file_info, name, UAPI_TEXT),
	FIELD(struct sync_file_info, status, UAPI_SIGNED),
	FIELD(struct sync_file_info, flags, UAPI_HEX),
	FIELD(struct sync_file_info, num_fences, UAPI_DEC),
	FIELD(struct sync_file_info, pad, UAPI_PAD),
	FIELD(struct sync_file_info, sync_fence_info, UAPI_HEX),
};

static const struct uapi_struct file_info_struct = STRUCT(sync_file_info, file_info_fields);

static struct uapi_extent wait_handles(const void *arg)
{
	const struct drm_syncobj_wait *wait = arg;

	return (struct uapi_extent){ .count = wait->count_handles, .stride = 4 };
}

static struct uapi_extent timeline_wait_handles(const void *arg)
{
	const struct drm_syncobj_timeline_wait *wait = arg;

	return (struct uapi_extent){ .count = wait->count_handles, .stride = 4 };
}

static struct uapi_extent timeline_wait_points(const void *arg)
{
	const struct drm_syncobj_timeline_wait *wait = arg;

	return (struct uapi_extent){ .count = wait->count_handles, .stride = 8 };
}

static struct uapi_extent array_handles(const void *arg)
{
	const struct drm_syncobj_array *array = arg;

	return (struct uapi_extent){ .count = array->count_handles, .stride = 4 };
}

static struct uapi_extent timeline_array_handles(const void *arg)
{
	const struct drm_syncobj_timeline_array *array = arg;

	return (struct uapi_extent){ .count = array->count_handles, .stride = 4 };
}

static struct uapi_extent timeline_array_points(const void *arg)
{
	const struct drm_syncobj_timeline_array *array = arg;

	return (struct uapi_extent){ .count = array->count_handles, .stride = 8 };
}

static struct uapi_extent fence_infos(const void *arg)
{
	const struct sync_file_info *info = arg;

	return (struct uapi_extent){
		.count = info->num_fences,
		.stride = sizeof(struct sync_fence_info),
	};
}

#define CORE(id, of) .name = #id, .request = DRM_IOCTL_##id, .arg = &(of)

static const struct uapi_ioctl core_ioctls[] = {
	/* Its layout depends on the size of a long, and nothing in it matters here. */
	{ .name = "VERSION", .request = DRM_IOCTL_VERSION },
	{ CORE(GET_CAP, get_cap_struct) },
	{ CORE(GEM_CLOSE, gem_close_struct) },
	{ CORE(PRIME_HANDLE_TO_FD, prime_handle_struct) },
	{ CORE(PRIME_FD_TO_HANDLE, prime_handle_struct) },
	{ CORE(SYNCOBJ_CREATE, syncobj_create_struct) },
	{ CORE(SYNCOBJ_DESTROY, syncobj_destroy_struct) },
	{ CORE(SYNCOBJ_HANDLE_TO_FD, syncobj_handle_struct) },
	{ CORE(SYNCOBJ_FD_TO_HANDLE, syncobj_handle_struct) },
	{ CORE(SYNCOBJ_TRANSFER, syncobj_transfer_struct) },
	{
		CORE(SYNCOBJ_WAIT, syncobj_wait_struct),
		.arrays = {
			{ "handles", offsetof(struct drm_syncobj_wait, handles), false, NULL,
			  wait_handles },
		},
		.num_arrays = 1,
		.waits = true,
	},
	{
		CORE(SYNCOBJ_TIMELINE_WAIT, timeline_wait_struct),
		.arrays = {
			{ "handles", offsetof(struct drm_syncobj_timeline_wait, handles), false,
			  NULL, timeline_wait_handles },
			{ "points", offsetof(struct drm_syncobj_timeline_wait, points), false,
			  NULL, timeline_wait_points },
		},
		.num_arrays = 2,
		.waits = true,
	},
	{
		CORE(SYNCOBJ_RESET, syncobj_array_struct),
		.arrays = {
			{ "handles", offsetof(struct drm_syncobj_array, handles), false, NULL,
			  array_handles },
		},
		.num_arrays = 1,
	},
	{
		CORE(SYNCOBJ_SIGNAL, syncobj_array_struct),
		.arrays = {
			{ "handles", offsetof(struct drm_syncobj_array, handles), false, NULL,
			  array_handles },
		},
		.num_arrays = 1,
	},
	{
		CORE(SYNCOBJ_TIMELINE_SIGNAL, timeline_array_struct),
		.arrays = {
			{ "handles", offsetof(struct drm_syncobj_timeline_array, handles), false,
			  NULL, timeline_array_handles },
			{ "points", offsetof(struct drm_syncobj_timeline_array, points), false,
			  NULL, timeline_array_points },
		},
		.num_arrays = 2,
	},
	{
		CORE(SYNCOBJ_QUERY, timeline_array_struct),
		.arrays = {
			{ "handles", offsetof(struct drm_syncobj_timeline_array, handles), false,
			  NULL, timeline_array_handles },
			{ "points", offsetof(struct drm_syncobj_timeline_array, points), true,
			  NULL, timeline_array_points },
		},
		.num_arrays = 2,
	},
	{
		.name = "DMA_BUF_SYNC", .request = DMA_BUF_IOCTL_SYNC, .arg = &dmabuf_sync_struct,
		.waits = true,
	},
	{
		.name = "DMA_BUF_EXPORT_SYNC_FILE", .request = DMA_BUF_IOCTL_EXPORT_SYNC_FILE,
		.arg = &dmabuf_export_struct,
	},
	{
		.name = "DMA_BUF_IMPORT_SYNC_FILE", .request = DMA_BUF_IOCTL_IMPORT_SYNC_FILE,
		.arg = &dmabuf_import_struct,
	},
	{ .name = "SYNC_MERGE", .request = SYNC_IOC_MERGE, .arg = &sync_merge_struct },
	{
		.name = "SYNC_FILE_INFO", .request = SYNC_IOC_FILE_INFO, .arg = &file_info_struct,
		.arrays = {
			{ "sync_fence_info", offsetof(struct sync_file_info, sync_fence_info), true,
			  &fence_info_struct, fence_infos },
		},
		.num_arrays = 1,
	},
};

const struct uapi_group uapi_core = GROUP(core_ioctls);
