// SPDX-License-Identifier: MIT
/*
 * What each field of the uapi is, and what the kernel wants of it.
 */
#include "fields.h"

const struct cli_field cli_get_params_fields[] = {
	{ "param_group", "which constants; EINVAL for an unknown group" },
	{ "pad", "has to be 0" },
	{ "pointer", "memory of this process that receives them; default: some of our own" },
	{ "size",
	  "bytes of it; the kernel fills no more than it has; default: what this "
	  "program knows" },
	{ NULL },
};

const struct cli_field cli_get_time_fields[] = {
	{ "flags", "has to be 0" },
	{ "gpu_timestamp", "the clock, in nanoseconds" },
	{ NULL },
};

const struct cli_field cli_vm_create_fields[] = {
	{ "kernel_start",
	  "where the part of the kernel starts; a multiple of 16 KiB in the window of "
	  "GET_PARAMS; default: leaves it vm_kernel_min_size, or 0 with --dry-run" },
	{ "kernel_end",
	  "where it ends; a multiple of 16 KiB, vm_kernel_min_size above kernel_start "
	  "at least; default: the end of the window, or 0 with --dry-run" },
	{ "vm_id", "the id, from 1" },
	{ "pad", "has to be 0" },
	{ NULL },
};

const struct cli_field cli_vm_destroy_fields[] = {
	{ "vm_id", "id of VM_CREATE; ENOENT for none of this file" },
	{ "pad", "has to be 0" },
	{ NULL },
};

const struct cli_field cli_gem_create_fields[] = {
	{ "size", "bytes, rounded up to 16 KiB; not 0" },
	{ "flags", "kind of buffer" },
	{ "vm_id", "the address space of a VM_PRIVATE one, ENOENT for none; else 0" },
	{ "handle", "the GEM handle" },
	{ "pad", "has to be 0" },
	{ NULL },
};

const struct cli_field cli_gem_mmap_offset_fields[] = {
	{ "handle", "GEM handle; ENOENT for none" },
	{ "flags", "has to be 0" },
	{ "offset", "what mmap() of the file takes" },
	{ NULL },
};

const struct cli_field cli_gem_bind_op_fields[] = {
	{ "flags", "what to do: READ, WRITE or both to map, UNBIND alone to unmap" },
	{ "handle", "GEM handle, ENOENT for none; 0 to unmap" },
	{ "offset", "start in the buffer, a multiple of 16 KiB; 0 to unmap" },
	{ "range", "bytes, a multiple of 16 KiB; up to the end of the buffer unless SINGLE_PAGE" },
	{ "addr",
	  "GPU address, a multiple of 16 KiB in the window, outside the part of the "
	  "kernel" },
	{ NULL },
};

const struct cli_field cli_vm_bind_fields[] = {
	{ "vm_id", "id of VM_CREATE; ENOENT for none" },
	{ "num_binds", "how many ops there are; default: those given" },
	{ "stride", "bytes from one op to the next, not 0; default: the size of the struct" },
	{ "pad", "has to be 0" },
	{ "userptr", "memory of this process with the ops; default: those given" },
	{ NULL },
};

const struct cli_field cli_gem_bind_object_fields[] = {
	{ "op", "what to do" },
	{ "flags", "exactly USAGE_TIMESTAMPS to bind, 0 to unbind" },
	{ "handle", "GEM handle, ENOENT for none, EINVAL if private; 0 to unbind" },
	{ "vm_id", "has to be 0" },
	{ "offset", "start in the buffer, a multiple of 16 KiB; 0 to unbind" },
	{ "range", "bytes, a multiple of 16 KiB; 0 to unbind" },
	{ "object_handle", "the object: answered by BIND; to unbind it, given; ENOENT for none" },
	{ "pad", "has to be 0" },
	{ NULL },
};

const struct cli_field cli_queue_create_fields[] = {
	{ "flags", "has to be 0" },
	{ "vm_id", "id of VM_CREATE; ENOENT for none" },
	{ "priority", "EINVAL for HIGH and REALTIME, which are reserved" },
	{ "queue_id", "the id, from 1" },
	{ "usc_exec_base", "what 32-bit addresses of shaders count from; not checked" },
	{ NULL },
};

const struct cli_field cli_queue_destroy_fields[] = {
	{ "queue_id", "id of QUEUE_CREATE; ENOENT for none" },
	{ "pad", "has to be 0" },
	{ NULL },
};

const struct cli_field cli_submit_fields[] = {
	{ "syncs",
	  "memory of this process with the syncs, those to wait for first; default: "
	  "those given" },
	{ "cmdbuf", "memory of this process with the commands; default: those given" },
	{ "flags", "has to be 0" },
	{ "queue_id", "id of QUEUE_CREATE; ENOENT for none" },
	{ "in_sync_count", "how many syncs to wait for; default: those given" },
	{ "out_sync_count", "how many to signal; default: those given" },
	{ "cmdbuf_size", "bytes of commands; default: those given" },
	{ "pad", "has to be 0" },
	{ NULL },
};

const struct cli_field cli_sync_fields[] = {
	{ "sync_type", "kind of syncobj" },
	{ "handle", "syncobj; ENOENT for none" },
	{ "timeline_value", "point of a timeline; 0 for a binary one" },
	{ NULL },
};

const struct cli_field cli_cmd_header_fields[] = {
	{ "cmd_type", "what follows" },
	{ "size", "bytes that follow" },
	{ "vdm_barrier",
	  "render command of this submit to wait for, counted from 1; 0 for all before "
	  "it" },
	{ "cdm_barrier",
	  "compute command of this submit to wait for, counted from 1; 0 for all before"
	  " it" },
	{ NULL },
};

const struct cli_field cli_cmd_render_fields[] = {
	{ "flags", "how to render" },
	{ "isp_zls_pixels", "register: size of the depth and stencil buffers" },
	{ "vdm_ctrl_stream_base", "address of the vertex control stream" },
	{ "vertex_helper.binary",
	  "address of the helper program of vertex shaders from the base of the queue, "
	  "with tag bits" },
	{ "vertex_helper.cfg", "configuration word of it" },
	{ "vertex_helper.data", "what it finds as its data" },
	{ "fragment_helper.binary",
	  "address of the helper program of fragment shaders from the base of the "
	  "queue, with tag bits" },
	{ "fragment_helper.cfg", "configuration word of it" },
	{ "fragment_helper.data", "what it finds as its data" },
	{ "isp_scissor_base", "address of the scissors" },
	{ "isp_dbias_base", "address of the depth biases" },
	{ "isp_oclqry_base", "address of the occlusion results, which are written" },
	{ "depth.base", "address of the depth buffer" },
	{ "depth.comp_base", "address of its compression data" },
	{ "depth.stride", "bytes from one layer to the next" },
	{ "depth.comp_stride", "bytes of compression data from one layer to the next" },
	{ "stencil.base", "address of the stencil buffer" },
	{ "stencil.comp_base", "address of its compression data" },
	{ "stencil.stride", "bytes from one layer to the next" },
	{ "stencil.comp_stride", "bytes of compression data from one layer to the next" },
	{ "zls_ctrl", "register: loads and stores of depth and stencil" },
	{ "ppp_multisamplectl", "register: sample positions" },
	{ "sampler_heap", "address of the samplers of both stages" },
	{ "ppp_ctrl", "register: PPP control" },
	{ "width_px", "1 to 16384" },
	{ "height_px", "1 to 16384" },
	{ "layers", "1 to 2048" },
	{ "sampler_count", "samplers in the heap" },
	{ "utile_width_px", "32 or 16, not below the height" },
	{ "utile_height_px", "32 or 16" },
	{ "samples", "1, 2 or 4" },
	{ "sample_size_B", "bytes of a sample in the tile buffer" },
	{ "isp_merge_upper_x", "register: bits of a float" },
	{ "isp_merge_upper_y", "register: bits of a float" },
	{ "bg.usc",
	  "program at the start of a tile: address of its USC words from the base of "
	  "the queue, with tag bits" },
	{ "bg.rsrc_spec", "resource word of it" },
	{ "eot.usc",
	  "program at the end of a tile: address of its USC words from the base of the "
	  "queue, with tag bits" },
	{ "eot.rsrc_spec", "resource word of it" },
	{ "partial_bg.usc",
	  "program when a partial render goes on: address of its USC words from the "
	  "base of the queue, with tag bits" },
	{ "partial_bg.rsrc_spec", "resource word of it" },
	{ "partial_eot.usc",
	  "program when a partial render pauses: address of its USC words from the base"
	  " of the queue, with tag bits" },
	{ "partial_eot.rsrc_spec", "resource word of it" },
	{ "isp_bgobjdepth", "register: depth that is cleared to" },
	{ "isp_bgobjvals", "register: stencil that is cleared to, in the low 8 bits" },
	{ "ts_vtx.start.handle", "timestamp object for when the vertex half starts, or 0" },
	{ "ts_vtx.start.offset", "where in it, in bytes" },
	{ "ts_vtx.end.handle", "timestamp object for when the vertex half ends, or 0" },
	{ "ts_vtx.end.offset", "where in it, in bytes" },
	{ "ts_frag.start.handle", "timestamp object for when the fragment half starts, or 0" },
	{ "ts_frag.start.offset", "where in it, in bytes" },
	{ "ts_frag.end.handle", "timestamp object for when the fragment half ends, or 0" },
	{ "ts_frag.end.offset", "where in it, in bytes" },
	{ NULL },
};

const struct cli_field cli_cmd_compute_fields[] = {
	{ "flags", "has to be 0" },
	{ "sampler_count", "samplers in the heap" },
	{ "cdm_ctrl_stream_base", "address of the compute control stream" },
	{ "cdm_ctrl_stream_end", "end of its first piece" },
	{ "sampler_heap", "address of the samplers" },
	{ "helper.binary",
	  "address of the helper program from the base of the queue, with tag bits" },
	{ "helper.cfg", "configuration word of it" },
	{ "helper.data", "what it finds as its data" },
	{ "ts.start.handle", "timestamp object for when it starts, or 0" },
	{ "ts.start.offset", "where in it, in bytes" },
	{ "ts.end.handle", "timestamp object for when it ends, or 0" },
	{ "ts.end.offset", "where in it, in bytes" },
	{ NULL },
};

const struct cli_field cli_attachment_fields[] = {
	{ "pointer", "GPU address" },
	{ "size", "bytes" },
	{ "pad", "has to be 0" },
	{ "flags", "has to be 0" },
	{ NULL },
};
