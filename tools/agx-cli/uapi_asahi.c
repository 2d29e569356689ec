// SPDX-License-Identifier: MIT
/* The structs and ioctls of <asahi_drm.h>. */
#include "uapi.h"

#include <string.h>

#include <asahi_drm.h>

#include "uapi_table.h"

const struct uapi_name uapi_features[] = {
	{ DRM_ASAHI_FEATURE_SOFT_FAULTS, "SOFT_FAULTS" },
	{ 0, NULL },
};

const struct uapi_name uapi_cmd_types[] = {
	{ DRM_ASAHI_CMD_RENDER, "CMD_RENDER" },
	{ DRM_ASAHI_CMD_COMPUTE, "CMD_COMPUTE" },
	{ DRM_ASAHI_SET_VERTEX_ATTACHMENTS, "SET_VERTEX_ATTACHMENTS" },
	{ DRM_ASAHI_SET_FRAGMENT_ATTACHMENTS, "SET_FRAGMENT_ATTACHMENTS" },
	{ DRM_ASAHI_SET_COMPUTE_ATTACHMENTS, "SET_COMPUTE_ATTACHMENTS" },
	{ 0, NULL },
};

static const struct uapi_name gem_flags[] = {
	{ DRM_ASAHI_GEM_WRITEBACK, "WRITEBACK" },
	{ DRM_ASAHI_GEM_VM_PRIVATE, "VM_PRIVATE" },
	{ 0, NULL },
};

static const struct uapi_name bind_flags[] = {
	{ DRM_ASAHI_BIND_UNBIND, "UNBIND" },
	{ DRM_ASAHI_BIND_READ, "READ" },
	{ DRM_ASAHI_BIND_WRITE, "WRITE" },
	{ DRM_ASAHI_BIND_SINGLE_PAGE, "SINGLE_PAGE" },
	{ 0, NULL },
};

static const struct uapi_name bind_object_ops[] = {
	{ DRM_ASAHI_BIND_OBJECT_OP_BIND, "BIND" },
	{ DRM_ASAHI_BIND_OBJECT_OP_UNBIND, "UNBIND" },
	{ 0, NULL },
};

static const struct uapi_name bind_object_flags[] = {
	{ DRM_ASAHI_BIND_OBJECT_USAGE_TIMESTAMPS, "USAGE_TIMESTAMPS" },
	{ 0, NULL },
};

static const struct uapi_name priorities[] = {
	{ DRM_ASAHI_PRIORITY_LOW, "LOW" },
	{ DRM_ASAHI_PRIORITY_MEDIUM, "MEDIUM" },
	{ DRM_ASAHI_PRIORITY_HIGH, "HIGH" },
	{ DRM_ASAHI_PRIORITY_REALTIME, "REALTIME" },
	{ 0, NULL },
};

static const struct uapi_name sync_types[] = {
	{ DRM_ASAHI_SYNC_SYNCOBJ, "SYNCOBJ" },
	{ DRM_ASAHI_SYNC_TIMELINE_SYNCOBJ, "TIMELINE_SYNCOBJ" },
	{ 0, NULL },
};

static const struct uapi_name barriers[] = {
	{ DRM_ASAHI_BARRIER_NONE, "NONE" },
	{ 0, NULL },
};

static const struct uapi_name render_flags[] = {
	{ DRM_ASAHI_RENDER_VERTEX_SCRATCH, "VERTEX_SCRATCH" },
	{ DRM_ASAHI_RENDER_PROCESS_EMPTY_TILES, "PROCESS_EMPTY_TILES" },
	{ DRM_ASAHI_RENDER_NO_VERTEX_CLUSTERING, "NO_VERTEX_CLUSTERING" },
	{ DRM_ASAHI_RENDER_DBIAS_IS_INT, "DBIAS_IS_INT" },
	{ 0, NULL },
};

static const struct uapi_field params_global_fields[] = {
	FIELD_NAMED(struct drm_asahi_params_global, features, UAPI_FLAGS, uapi_features),
	FIELD(struct drm_asahi_params_global, gpu_generation, UAPI_DEC),
	FIELD(struct drm_asahi_params_global, gpu_variant, UAPI_DEC),
	FIELD(struct drm_asahi_params_global, gpu_revision, UAPI_HEX),
	FIELD(struct drm_asahi_params_global, chip_id, UAPI_HEX),
	FIELD(struct drm_asahi_params_global, num_dies, UAPI_DEC),
	FIELD(struct drm_asahi_params_global, num_clusters_total, UAPI_DEC),
	FIELD(struct drm_asahi_params_global, num_cores_per_cluster, UAPI_DEC),
	FIELD(struct drm_asahi_params_global, max_frequency_khz, UAPI_DEC),
	FIELD_ARRAY(struct drm_asahi_params_global, core_masks, UAPI_HEX),
	FIELD(struct drm_asahi_params_global, vm_start, UAPI_HEX),
	FIELD(struct drm_asahi_params_global, vm_end, UAPI_HEX),
	FIELD(struct drm_asahi_params_global, vm_kernel_min_size, UAPI_HEX),
	FIELD(struct drm_asahi_params_global, max_commands_per_submission, UAPI_DEC),
	FIELD(struct drm_asahi_params_global, max_attachments, UAPI_DEC),
	FIELD(struct drm_asahi_params_global, command_timestamp_frequency_hz, UAPI_DEC),
};

const struct uapi_struct uapi_params_global = STRUCT(drm_asahi_params_global, params_global_fields);

static const struct uapi_field get_params_fields[] = {
	FIELD(struct drm_asahi_get_params, param_group, UAPI_DEC),
	FIELD(struct drm_asahi_get_params, pad, UAPI_PAD),
	FIELD(struct drm_asahi_get_params, pointer, UAPI_HEX),
	FIELD(struct drm_asahi_get_params, size, UAPI_HEX),
};

static const struct uapi_struct get_params_struct = STRUCT(drm_asahi_get_params, get_params_fields);

static const struct uapi_field vm_create_fields[] = {
	FIELD(struct drm_asahi_vm_create, kernel_start, UAPI_HEX),
	FIELD(struct drm_asahi_vm_create, kernel_end, UAPI_HEX),
	FIELD(struct drm_asahi_vm_create, vm_id, UAPI_DEC),
	FIELD(struct drm_asahi_vm_create, pad, UAPI_PAD),
};

static const struct uapi_struct vm_create_struct = STRUCT(drm_asahi_vm_create, vm_create_fields);

static const struct uapi_field vm_destroy_fields[] = {
	FIELD(struct drm_asahi_vm_destroy, vm_id, UAPI_DEC),
	FIELD(struct drm_asahi_vm_destroy, pad, UAPI_PAD),
};

static const struct uapi_struct vm_destroy_struct = STRUCT(drm_asahi_vm_destroy, vm_destroy_fields);

static const struct uapi_field gem_create_fields[] = {
	FIELD(struct drm_asahi_gem_create, size, UAPI_HEX),
	FIELD_NAMED(struct drm_asahi_gem_create, flags, UAPI_FLAGS, gem_flags),
	FIELD(struct drm_asahi_gem_create, vm_id, UAPI_DEC),
	FIELD(struct drm_asahi_gem_create, handle, UAPI_DEC),
	FIELD(struct drm_asahi_gem_create, pad, UAPI_PAD),
};

static const struct uapi_struct gem_create_struct = STRUCT(drm_asahi_gem_create, gem_create_fields);

static const struct uapi_field gem_mmap_offset_fields[] = {
	FIELD(struct drm_asahi_gem_mmap_offset, handle, UAPI_DEC),
	FIELD(struct drm_asahi_gem_mmap_offset, flags, UAPI_HEX),
	FIELD(struct drm_asahi_gem_mmap_offset, offset, UAPI_HEX),
};

static const struct uapi_struct gem_mmap_offset_struct =
	STRUCT(drm_asahi_gem_mmap_offset, gem_mmap_offset_fields);

static const struct uapi_field gem_bind_op_fields[] = {
	FIELD_NAMED(struct drm_asahi_gem_bind_op, flags, UAPI_FLAGS, bind_flags),
	FIELD(struct drm_asahi_gem_bind_op, handle, UAPI_DEC),
	FIELD(struct drm_asahi_gem_bind_op, offset, UAPI_HEX),
	FIELD(struct drm_asahi_gem_bind_op, range, UAPI_HEX),
	FIELD(struct drm_asahi_gem_bind_op, addr, UAPI_HEX),
};

const struct uapi_struct uapi_gem_bind_op =
	STRUCT(drm_asahi_gem_bind_op, gem_bind_op_fields);

static const struct uapi_field vm_bind_fields[] = {
	FIELD(struct drm_asahi_vm_bind, vm_id, UAPI_DEC),
	FIELD(struct drm_asahi_vm_bind, num_binds, UAPI_DEC),
	FIELD(struct drm_asahi_vm_bind, stride, UAPI_DEC),
	FIELD(struct drm_asahi_vm_bind, pad, UAPI_PAD),
	FIELD(struct drm_asahi_vm_bind, userptr, UAPI_HEX),
};

static const struct uapi_struct vm_bind_struct = STRUCT(drm_asahi_vm_bind, vm_bind_fields);

static const struct uapi_field gem_bind_object_fields[] = {
	FIELD_NAMED(struct drm_asahi_gem_bind_object, op, UAPI_ENUM, bind_object_ops),
	FIELD_NAMED(struct drm_asahi_gem_bind_object, flags, UAPI_FLAGS, bind_object_flags),
	FIELD(struct drm_asahi_gem_bind_object, handle, UAPI_DEC),
	FIELD(struct drm_asahi_gem_bind_object, vm_id, UAPI_DEC),
	FIELD(struct drm_asahi_gem_bind_object, offset, UAPI_HEX),
	FIELD(struct drm_asahi_gem_bind_object, range, UAPI_HEX),
	FIELD(struct drm_asahi_gem_bind_object, object_handle, UAPI_DEC),
	FIELD(struct drm_asahi_gem_bind_object, pad, UAPI_PAD),
};

static const struct uapi_struct gem_bind_object_struct =
	STRUCT(drm_asahi_gem_bind_object, gem_bind_object_fields);

static const struct uapi_field queue_create_fields[] = {
	FIELD(struct drm_asahi_queue_create, flags, UAPI_HEX),
	FIELD(struct drm_asahi_queue_create, vm_id, UAPI_DEC),
	FIELD_NAMED(struct drm_asahi_queue_create, priority, UAPI_ENUM, priorities),
	FIELD(struct drm_asahi_queue_create, queue_id, UAPI_DEC),
	FIELD(struct drm_asahi_queue_create, usc_exec_base, UAPI_HEX),
};

static const struct uapi_struct queue_create_struct =
	STRUCT(drm_asahi_queue_create, queue_create_fields);

static const struct uapi_field queue_destroy_fields[] = {
	FIELD(struct drm_asahi_queue_destroy, queue_id, UAPI_DEC),
	FIELD(struct drm_asahi_queue_destroy, pad, UAPI_PAD),
};

static const struct uapi_struct queue_destroy_struct =
	STRUCT(drm_asahi_queue_destroy, queue_destroy_fields);

static const struct uapi_field sync_fields[] = {
	FIELD_NAMED(struct drm_asahi_sync, sync_type, UAPI_ENUM, sync_types),
	FIELD(struct drm_asahi_sync, handle, UAPI_DEC),
	FIELD(struct drm_asahi_sync, timeline_value, UAPI_DEC),
};

const struct uapi_struct uapi_sync = STRUCT(drm_asahi_sync, sync_fields);

static const struct uapi_field cmd_header_fields[] = {
	FIELD_NAMED(struct drm_asahi_cmd_header, cmd_type, UAPI_ENUM, uapi_cmd_types),
	FIELD(struct drm_asahi_cmd_header, size, UAPI_DEC),
	FIELD_NAMED(struct drm_asahi_cmd_header, vdm_barrier, UAPI_ENUM, barriers),
	FIELD_NAMED(struct drm_asahi_cmd_header, cdm_barrier, UAPI_ENUM, barriers),
};

const struct uapi_struct uapi_cmd_header = STRUCT(drm_asahi_cmd_header, cmd_header_fields);

static const struct uapi_field submit_fields[] = {
	FIELD(struct drm_asahi_submit, syncs, UAPI_HEX),
	FIELD(struct drm_asahi_submit, cmdbuf, UAPI_HEX),
	FIELD(struct drm_asahi_submit, flags, UAPI_HEX),
	FIELD(struct drm_asahi_submit, queue_id, UAPI_DEC),
	FIELD(struct drm_asahi_submit, in_sync_count, UAPI_DEC),
	FIELD(struct drm_asahi_submit, out_sync_count, UAPI_DEC),
	FIELD(struct drm_asahi_submit, cmdbuf_size, UAPI_DEC),
	FIELD(struct drm_asahi_submit, pad, UAPI_PAD),
};

static const struct uapi_struct submit_struct = STRUCT(drm_asahi_submit, submit_fields);

static const struct uapi_field attachment_fields[] = {
	FIELD(struct drm_asahi_attachment, pointer, UAPI_HEX),
	FIELD(struct drm_asahi_attachment, size, UAPI_HEX),
	FIELD(struct drm_asahi_attachment, pad, UAPI_PAD),
	FIELD(struct drm_asahi_attachment, flags, UAPI_HEX),
};

const struct uapi_struct uapi_attachment = STRUCT(drm_asahi_attachment, attachment_fields);

static const struct uapi_field zls_buffer_fields[] = {
	FIELD(struct drm_asahi_zls_buffer, base, UAPI_HEX),
	FIELD(struct drm_asahi_zls_buffer, comp_base, UAPI_HEX),
	FIELD(struct drm_asahi_zls_buffer, stride, UAPI_DEC),
	FIELD(struct drm_asahi_zls_buffer, comp_stride, UAPI_DEC),
};

static const struct uapi_struct zls_buffer_struct = STRUCT(drm_asahi_zls_buffer, zls_buffer_fields);

static const struct uapi_field timestamp_fields[] = {
	FIELD(struct drm_asahi_timestamp, handle, UAPI_DEC),
	FIELD(struct drm_asahi_timestamp, offset, UAPI_HEX),
};

static const struct uapi_struct timestamp_struct = STRUCT(drm_asahi_timestamp, timestamp_fields);

static const struct uapi_field timestamps_fields[] = {
	FIELD_STRUCT(struct drm_asahi_timestamps, start, timestamp_struct),
	FIELD_STRUCT(struct drm_asahi_timestamps, end, timestamp_struct),
};

static const struct uapi_struct timestamps_struct = STRUCT(drm_asahi_timestamps, timestamps_fields);

static const struct uapi_field helper_program_fields[] = {
	FIELD(struct drm_asahi_helper_program, binary, UAPI_HEX),
	FIELD(struct drm_asahi_helper_program, cfg, UAPI_HEX),
	FIELD(struct drm_asahi_helper_program, data, UAPI_HEX),
};

static const struct uapi_struct helper_program_struct =
	STRUCT(drm_asahi_helper_program, helper_program_fields);

static const struct uapi_field bg_eot_fields[] = {
	FIELD(struct drm_asahi_bg_eot, usc, UAPI_HEX),
	FIELD(struct drm_asahi_bg_eot, rsrc_spec, UAPI_HEX),
};

static const struct uapi_struct bg_eot_struct = STRUCT(drm_asahi_bg_eot, bg_eot_fields);

static const struct uapi_field cmd_render_fields[] = {
	FIELD_NAMED(struct drm_asahi_cmd_render, flags, UAPI_FLAGS, render_flags),
	FIELD(struct drm_asahi_cmd_render, isp_zls_pixels, UAPI_HEX),
	FIELD(struct drm_asahi_cmd_render, vdm_ctrl_stream_base, UAPI_HEX),
	FIELD_STRUCT(struct drm_asahi_cmd_render, vertex_helper, helper_program_struct),
	FIELD_STRUCT(struct drm_asahi_cmd_render, fragment_helper, helper_program_struct),
	FIELD(struct drm_asahi_cmd_render, isp_scissor_base, UAPI_HEX),
	FIELD(struct drm_asahi_cmd_render, isp_dbias_base, UAPI_HEX),
	FIELD(struct drm_asahi_cmd_render, isp_oclqry_base, UAPI_HEX),
	FIELD_STRUCT(struct drm_asahi_cmd_render, depth, zls_buffer_struct),
	FIELD_STRUCT(struct drm_asahi_cmd_render, stencil, zls_buffer_struct),
	FIELD(struct drm_asahi_cmd_render, zls_ctrl, UAPI_HEX),
	FIELD(struct drm_asahi_cmd_render, ppp_multisamplectl, UAPI_HEX),
	FIELD(struct drm_asahi_cmd_render, sampler_heap, UAPI_HEX),
	FIELD(struct drm_asahi_cmd_render, ppp_ctrl, UAPI_HEX),
	FIELD(struct drm_asahi_cmd_render, width_px, UAPI_DEC),
	FIELD(struct drm_asahi_cmd_render, height_px, UAPI_DEC),
	FIELD(struct drm_asahi_cmd_render, layers, UAPI_DEC),
	FIELD(struct drm_asahi_cmd_render, sampler_count, UAPI_DEC),
	FIELD(struct drm_asahi_cmd_render, utile_width_px, UAPI_DEC),
	FIELD(struct drm_asahi_cmd_render, utile_height_px, UAPI_DEC),
	FIELD(struct drm_asahi_cmd_render, samples, UAPI_DEC),
	FIELD(struct drm_asahi_cmd_render, sample_size_B, UAPI_DEC),
	FIELD(struct drm_asahi_cmd_render, isp_merge_upper_x, UAPI_HEX),
	FIELD(struct drm_asahi_cmd_render, isp_merge_upper_y, UAPI_HEX),
	FIELD_STRUCT(struct drm_asahi_cmd_render, bg, bg_eot_struct),
	FIELD_STRUCT(struct drm_asahi_cmd_render, eot, bg_eot_struct),
	FIELD_STRUCT(struct drm_asahi_cmd_render, partial_bg, bg_eot_struct),
	FIELD_STRUCT(struct drm_asahi_cmd_render, partial_eot, bg_eot_struct),
	FIELD(struct drm_asahi_cmd_render, isp_bgobjdepth, UAPI_HEX),
	FIELD(struct drm_asahi_cmd_render, isp_bgobjvals, UAPI_HEX),
	FIELD_STRUCT(struct drm_asahi_cmd_render, ts_vtx, timestamps_struct),
	FIELD_STRUCT(struct drm_asahi_cmd_render, ts_frag, timestamps_struct),
};

const struct uapi_struct uapi_cmd_render = STRUCT(drm_asahi_cmd_render, cmd_render_fields);

static const struct uapi_field cmd_compute_fields[] = {
	FIELD(struct drm_asahi_cmd_compute, flags, UAPI_HEX),
	FIELD(struct drm_asahi_cmd_compute, sampler_count, UAPI_DEC),
	FIELD(struct drm_asahi_cmd_compute, cdm_ctrl_stream_base, UAPI_HEX),
	FIELD(struct drm_asahi_cmd_compute, cdm_ctrl_stream_end, UAPI_HEX),
	FIELD(struct drm_asahi_cmd_compute, sampler_heap, UAPI_HEX),
	FIELD_STRUCT(struct drm_asahi_cmd_compute, helper, helper_program_struct),
	FIELD_STRUCT(struct drm_asahi_cmd_compute, ts, timestamps_struct),
};

const struct uapi_struct uapi_cmd_compute = STRUCT(drm_asahi_cmd_compute, cmd_compute_fields);

static const struct uapi_field get_time_fields[] = {
	FIELD(struct drm_asahi_get_time, flags, UAPI_HEX),
	FIELD(struct drm_asahi_get_time, gpu_timestamp, UAPI_DEC),
};

static const struct uapi_struct get_time_struct = STRUCT(drm_asahi_get_time, get_time_fields);

static struct uapi_extent params_extent(const void *arg)
{
	const struct drm_asahi_get_params *params = arg;

	/* What the kernel writes; the rest of the caller's buffer is none of its business. */
	return (struct uapi_extent){
		.count = 1,
		.stride = params->size < uapi_params_global.size ? params->size :
			  uapi_params_global.size,
	};
}

static struct uapi_extent binds_extent(const void *arg)
{
	const struct drm_asahi_vm_bind *bind = arg;

	return (struct uapi_extent){ .count = bind->num_binds, .stride = bind->stride };
}

static struct uapi_extent syncs_extent(const void *arg)
{
	const struct drm_asahi_submit *submit = arg;

	return (struct uapi_extent){
		.count = (uint64_t)submit->in_sync_count + submit->out_sync_count,
		.stride = sizeof(struct drm_asahi_sync),
	};
}

static struct uapi_extent cmdbuf_extent(const void *arg)
{
	const struct drm_asahi_submit *submit = arg;

	return (struct uapi_extent){ .count = submit->cmdbuf_size, .stride = 1 };
}

#define ASAHI(id, of)                                                                              \
	.name = #id, .request = DRM_IOCTL_ASAHI_##id, .arg = &(of)

static const struct uapi_ioctl asahi_ioctls[] = {
	{
		ASAHI(GET_PARAMS, get_params_struct),
		.arrays = {
			{ "pointer", offsetof(struct drm_asahi_get_params, pointer), true,
			  &uapi_params_global, params_extent },
		},
		.num_arrays = 1,
	},
	{ ASAHI(GET_TIME, get_time_struct) },
	{ ASAHI(VM_CREATE, vm_create_struct) },
	{ ASAHI(VM_DESTROY, vm_destroy_struct) },
	{
		ASAHI(VM_BIND, vm_bind_struct),
		.arrays = {
			{ "userptr", offsetof(struct drm_asahi_vm_bind, userptr), false,
			  &uapi_gem_bind_op, binds_extent },
		},
		.num_arrays = 1,
	},
	{ ASAHI(GEM_CREATE, gem_create_struct) },
	{ ASAHI(GEM_MMAP_OFFSET, gem_mmap_offset_struct) },
	{ ASAHI(GEM_BIND_OBJECT, gem_bind_object_struct) },
	{ ASAHI(QUEUE_CREATE, queue_create_struct) },
	{ ASAHI(QUEUE_DESTROY, queue_destroy_struct) },
	{
		ASAHI(SUBMIT, submit_struct),
		.arrays = {
			{ "syncs", offsetof(struct drm_asahi_submit, syncs), false, &uapi_sync,
			  syncs_extent },
			{ "cmdbuf", offsetof(struct drm_asahi_submit, cmdbuf), false, NULL,
			  cmdbuf_extent },
		},
		.num_arrays = 2,
	},
};

const struct uapi_group uapi_asahi = GROUP(asahi_ioctls);

const struct uapi_struct *uapi_command_struct(uint32_t type)
{
	switch (type) {
	case DRM_ASAHI_CMD_RENDER:
		return &uapi_cmd_render;
	case DRM_ASAHI_CMD_COMPUTE:
		return &uapi_cmd_compute;
	case DRM_ASAHI_SET_VERTEX_ATTACHMENTS:
	case DRM_ASAHI_SET_FRAGMENT_ATTACHMENTS:
	case DRM_ASAHI_SET_COMPUTE_ATTACHMENTS:
		return &uapi_attachment;
	default:
		return NULL;
	}
}

bool uapi_next_command(const void *buf, size_t size, size_t *offset, struct uapi_command *command)
{
	struct drm_asahi_cmd_header header = { 0 };
	size_t left = size - *offset;

	if (!left)
		return false;

	memset(command, 0, sizeof(*command));
	command->offset = *offset;
	if (left < sizeof(header)) {
		command->payload = size;
		*offset = size;
		return true;
	}

	/* Commands follow each other without any alignment. */
	memcpy(&header, (const uint8_t *)buf + *offset, sizeof(header));
	left -= sizeof(header);
	command->payload = *offset + sizeof(header);
	command->type = header.cmd_type;
	command->vdm_barrier = header.vdm_barrier;
	command->cdm_barrier = header.cdm_barrier;
	command->whole = header.size <= left;
	command->size = command->whole ? header.size : left;
	*offset = command->payload + command->size;
	return true;
}
