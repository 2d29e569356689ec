/* SPDX-License-Identifier: MIT */
/**
 * DOC: The asahi user-space interface
 *
 * What a program says to the DRM driver "asahi" of Apple's AGX GPUs: same names, numbers, layout
 * and include guard as the upstream header <drm/asahi_drm.h>, so that either can stand in for the
 * other. The words are this project's own. tests/unit/uapi_layout.py compares the two.
 *
 * Rules that hold for every struct here:
 *
 * - Sizes are multiples of 8 and fields are naturally aligned, so that 32-bit and 64-bit programs
 *   agree. Holes are spelled out as pad fields. "MBZ" means that the kernel answers -EINVAL to
 *   anything but zero.
 * - An ioctl's own struct may grow at its end. A caller that is older than the kernel has the rest
 *   read as zero; one that is newer must leave zero what the kernel does not know. Structs behind a
 *   pointer grow only where a size or a stride travels with them.
 * - Flags and ioctls are added, never removed or renumbered. There are no unions.
 * - "Page" is 16 KiB. An id or handle belongs to the open file that made it, and 0 is never valid.
 */
#ifndef _ASAHI_DRM_H_
#define _ASAHI_DRM_H_

#include "drm.h"

#if defined(__cplusplus)
extern "C" {
#endif

/**
 * enum drm_asahi_ioctl_id - Numbers of the ioctls
 *
 * Programs use DRM_IOCTL_ASAHI_*, which also carry direction and size. The order is ABI.
 */
enum drm_asahi_ioctl_id {
	/** @DRM_ASAHI_GET_PARAMS: Read the constants of the device. */
	DRM_ASAHI_GET_PARAMS = 0,

	/** @DRM_ASAHI_GET_TIME: Read the clock of the device. */
	DRM_ASAHI_GET_TIME,

	/** @DRM_ASAHI_VM_CREATE: Make a GPU address space. */
	DRM_ASAHI_VM_CREATE,

	/** @DRM_ASAHI_VM_DESTROY: Give up an address space. */
	DRM_ASAHI_VM_DESTROY,

	/** @DRM_ASAHI_VM_BIND: Change what an address space maps. */
	DRM_ASAHI_VM_BIND,

	/** @DRM_ASAHI_GEM_CREATE: Allocate a buffer object. */
	DRM_ASAHI_GEM_CREATE,

	/** @DRM_ASAHI_GEM_MMAP_OFFSET: Ask where mmap() finds a buffer object. */
	DRM_ASAHI_GEM_MMAP_OFFSET,

	/** @DRM_ASAHI_GEM_BIND_OBJECT: Let the firmware write to a buffer object. */
	DRM_ASAHI_GEM_BIND_OBJECT,

	/** @DRM_ASAHI_QUEUE_CREATE: Make a queue on an address space. */
	DRM_ASAHI_QUEUE_CREATE,

	/** @DRM_ASAHI_QUEUE_DESTROY: Give up a queue. */
	DRM_ASAHI_QUEUE_DESTROY,

	/** @DRM_ASAHI_SUBMIT: Hand work to a queue. */
	DRM_ASAHI_SUBMIT,
};

/* Elements of drm_asahi_params_global::core_masks. */
#define DRM_ASAHI_MAX_CLUSTERS	64

/**
 * struct drm_asahi_params_global - Constants of a device (parameter group 0)
 *
 * None of these changes while the device exists.
 */
struct drm_asahi_params_global {
	/** @features: Set of enum drm_asahi_feature. */
	__u64 features;

	/** @gpu_generation: Decimal generation: 13 for an M1, 14 for an M2. */
	__u32 gpu_generation;

	/** @gpu_variant: ASCII letter of the size class: 'P', 'G', 'S', 'C' or 'D'. */
	__u32 gpu_variant;

	/** @gpu_revision: Stepping, letter in the high and digit in the low nibble: B1 is 0x11. */
	__u32 gpu_revision;

	/** @chip_id: The SoC's number read as hexadecimal digits: 0x8103 is the T8103. */
	__u32 chip_id;

	/** @num_dies: Dies in the package. */
	__u32 num_dies;

	/** @num_clusters_total: GPU clusters, all dies together. */
	__u32 num_clusters_total;

	/** @num_cores_per_cluster: Core positions in a cluster, fused-off ones included. */
	__u32 num_cores_per_cluster;

	/** @max_frequency_khz: Highest clock of the GPU cores, kHz. */
	__u32 max_frequency_khz;

	/** @core_masks: For each cluster, a bit for each core that is there. */
	__u64 core_masks[DRM_ASAHI_MAX_CLUSTERS];

	/** @vm_start: First GPU address that a program may map. */
	__u64 vm_start;

	/** @vm_end: First GPU address past that window. */
	__u64 vm_end;

	/**
	 * @vm_kernel_min_size: Least size, in bytes, of the range that VM_CREATE sets aside for
	 * the kernel's own use.
	 */
	__u64 vm_kernel_min_size;

	/** @max_commands_per_submission: Most render and compute commands in one SUBMIT. */
	__u32 max_commands_per_submission;

	/** @max_attachments: Most attachments in force for one command. */
	__u32 max_attachments;

	/**
	 * @command_timestamp_frequency_hz: Ticks in a second of the timestamps that commands
	 * write (struct drm_asahi_timestamp). GET_TIME counts nanoseconds whatever this says.
	 */
	__u64 command_timestamp_frequency_hz;
};

/**
 * enum drm_asahi_feature - What a GPU can do that its generation does not tell
 */
enum drm_asahi_feature {
	/**
	 * @DRM_ASAHI_FEATURE_SOFT_FAULTS: A shader that loads from an unmapped address reads
	 * zero, one that stores there is ignored, and both go on. Any other unit, texture
	 * sampling among them, still faults.
	 */
	DRM_ASAHI_FEATURE_SOFT_FAULTS = (1UL) << 0,
};

/**
 * struct drm_asahi_get_params - Argument of DRM_IOCTL_ASAHI_GET_PARAMS
 */
struct drm_asahi_get_params {
	/** @param_group: Which constants; 0 is the only group. */
	__u32 param_group;

	/** @pad: MBZ */
	__u32 pad;

	/** @pointer: User address of the buffer for struct drm_asahi_params_global. */
	__u64 pointer;

	/**
	 * @size: Bytes in that buffer. The kernel writes the smaller of this and its own size,
	 * and leaves the rest of the buffer as it was.
	 */
	__u64 size;
};

/**
 * struct drm_asahi_vm_create - Argument of DRM_IOCTL_ASAHI_VM_CREATE
 */
struct drm_asahi_vm_create {
	/**
	 * @kernel_start: First address of the range that is left to the kernel. The caller picks
	 * it: page aligned, inside the device's window, and at least
	 * drm_asahi_params_global::vm_kernel_min_size long. Nothing can be bound in it.
	 */
	__u64 kernel_start;

	/** @kernel_end: First address past that range. */
	__u64 kernel_end;

	/** @vm_id: Out: id of the new address space. */
	__u32 vm_id;

	/** @pad: MBZ */
	__u32 pad;
};

/**
 * struct drm_asahi_vm_destroy - Argument of DRM_IOCTL_ASAHI_VM_DESTROY
 */
struct drm_asahi_vm_destroy {
	/** @vm_id: Address space to give up. */
	__u32 vm_id;

	/** @pad: MBZ */
	__u32 pad;
};

/**
 * enum drm_asahi_gem_flags - Kinds of buffer object
 */
enum drm_asahi_gem_flags {
	/**
	 * @DRM_ASAHI_GEM_WRITEBACK: CPU mappings are cached, not write-combined: for memory that
	 * the CPU reads.
	 */
	DRM_ASAHI_GEM_WRITEBACK = (1L << 0),

	/** @DRM_ASAHI_GEM_VM_PRIVATE: Usable in one address space only, and never exported. */
	DRM_ASAHI_GEM_VM_PRIVATE = (1L << 1),
};

/**
 * struct drm_asahi_gem_create - Argument of DRM_IOCTL_ASAHI_GEM_CREATE
 */
struct drm_asahi_gem_create {
	/** @size: Bytes wanted; the kernel rounds up to whole pages. */
	__u64 size;

	/** @flags: Set of enum drm_asahi_gem_flags. */
	__u32 flags;

	/** @vm_id: The one address space of a VM_PRIVATE object, else 0. */
	__u32 vm_id;

	/** @handle: Out: GEM handle. */
	__u32 handle;

	/** @pad: MBZ */
	__u32 pad;
};

/**
 * struct drm_asahi_gem_mmap_offset - Argument of DRM_IOCTL_ASAHI_GEM_MMAP_OFFSET
 */
struct drm_asahi_gem_mmap_offset {
	/** @handle: Buffer object to map. */
	__u32 handle;

	/** @flags: MBZ */
	__u32 flags;

	/** @offset: Out: what to give mmap() on the DRM file as its offset. */
	__u64 offset;
};

/**
 * enum drm_asahi_bind_flags - How VM_BIND maps a range
 */
enum drm_asahi_bind_flags {
	/** @DRM_ASAHI_BIND_UNBIND: Take mappings away; excludes every other flag. */
	DRM_ASAHI_BIND_UNBIND = (1L << 0),

	/** @DRM_ASAHI_BIND_READ: The GPU may read. */
	DRM_ASAHI_BIND_READ = (1L << 1),

	/** @DRM_ASAHI_BIND_WRITE: The GPU may write. */
	DRM_ASAHI_BIND_WRITE = (1L << 2),

	/**
	 * @DRM_ASAHI_BIND_SINGLE_PAGE: Every page of the range is the same page of the object,
	 * as sparse resources need it.
	 */
	DRM_ASAHI_BIND_SINGLE_PAGE = (1L << 3),
};

/**
 * struct drm_asahi_gem_bind_op - One step of a VM_BIND
 *
 * Maps a range, replacing what was mapped there, or unmaps it. All of @offset, @range and @addr
 * are multiples of the page size.
 */
struct drm_asahi_gem_bind_op {
	/** @flags: Set of enum drm_asahi_bind_flags. */
	__u32 flags;

	/** @handle: Buffer object; 0 to unbind. */
	__u32 handle;

	/**
	 * @offset: Byte of the object that @addr shows; with SINGLE_PAGE the start of the page
	 * to repeat; 0 to unbind.
	 */
	__u64 offset;

	/** @range: Bytes of address space. */
	__u64 range;

	/** @addr: First GPU address. */
	__u64 addr;
};

/**
 * struct drm_asahi_vm_bind - Argument of DRM_IOCTL_ASAHI_VM_BIND
 *
 * The steps take effect in order, before the ioctl returns. The first that fails ends it; those
 * before it remain.
 */
struct drm_asahi_vm_bind {
	/** @vm_id: Address space to change. */
	__u32 vm_id;

	/** @num_binds: Elements behind @userptr. */
	__u32 num_binds;

	/** @stride: Bytes from one element to the next: what lets the element grow. */
	__u32 stride;

	/** @pad: MBZ */
	__u32 pad;

	/** @userptr: User address of an array of struct drm_asahi_gem_bind_op. */
	__u64 userptr;
};

/**
 * enum drm_asahi_bind_object_op - What GEM_BIND_OBJECT does
 */
enum drm_asahi_bind_object_op {
	/** @DRM_ASAHI_BIND_OBJECT_OP_BIND: Make an object handle. */
	DRM_ASAHI_BIND_OBJECT_OP_BIND = 0,

	/** @DRM_ASAHI_BIND_OBJECT_OP_UNBIND: Give one up. */
	DRM_ASAHI_BIND_OBJECT_OP_UNBIND = 1,
};

/**
 * enum drm_asahi_bind_object_flags - What a bound object is for
 */
enum drm_asahi_bind_object_flags {
	/** @DRM_ASAHI_BIND_OBJECT_USAGE_TIMESTAMPS: Commands write their timestamps to it. */
	DRM_ASAHI_BIND_OBJECT_USAGE_TIMESTAMPS = (1L << 0),
};

/**
 * struct drm_asahi_gem_bind_object - Argument of DRM_IOCTL_ASAHI_GEM_BIND_OBJECT
 *
 * Timestamps are written by the firmware, which does not see a program's address spaces, so the
 * memory they go to is made known separately. To unbind, @flags, @handle, @offset and @range are 0.
 */
struct drm_asahi_gem_bind_object {
	/** @op: One of enum drm_asahi_bind_object_op. */
	__u32 op;

	/** @flags: Set of enum drm_asahi_bind_object_flags. */
	__u32 flags;

	/** @handle: Buffer object; must not be VM_PRIVATE. */
	__u32 handle;

	/** @vm_id: MBZ, as no kind of object in use belongs to an address space. */
	__u32 vm_id;

	/** @offset: First byte of the object to bind; page aligned. */
	__u64 offset;

	/** @range: Bytes to bind; page aligned. */
	__u64 range;

	/** @object_handle: Out when binding, in when unbinding: the object handle. */
	__u32 object_handle;

	/** @pad: MBZ */
	__u32 pad;
};

/**
 * enum drm_asahi_cmd_type - Commands of a submit buffer
 *
 * The first two run on the GPU. The others set the attachments of later commands in the same
 * SUBMIT, and are not counted as commands.
 */
enum drm_asahi_cmd_type {
	/** @DRM_ASAHI_CMD_RENDER: A render pass: struct drm_asahi_cmd_render. */
	DRM_ASAHI_CMD_RENDER = 0,

	/** @DRM_ASAHI_CMD_COMPUTE: A compute stream: struct drm_asahi_cmd_compute. */
	DRM_ASAHI_CMD_COMPUTE = 1,

	/** @DRM_ASAHI_SET_VERTEX_ATTACHMENTS: Array of struct drm_asahi_attachment. */
	DRM_ASAHI_SET_VERTEX_ATTACHMENTS = 2,

	/** @DRM_ASAHI_SET_FRAGMENT_ATTACHMENTS: Array of struct drm_asahi_attachment. */
	DRM_ASAHI_SET_FRAGMENT_ATTACHMENTS = 3,

	/** @DRM_ASAHI_SET_COMPUTE_ATTACHMENTS: Array of struct drm_asahi_attachment. */
	DRM_ASAHI_SET_COMPUTE_ATTACHMENTS = 4,
};

/**
 * enum drm_asahi_priority - Which queues go first
 */
enum drm_asahi_priority {
	/** @DRM_ASAHI_PRIORITY_LOW: After the others. */
	DRM_ASAHI_PRIORITY_LOW = 0,

	/** @DRM_ASAHI_PRIORITY_MEDIUM: The usual one. */
	DRM_ASAHI_PRIORITY_MEDIUM = 1,

	/** @DRM_ASAHI_PRIORITY_HIGH: Reserved; refused. */
	DRM_ASAHI_PRIORITY_HIGH = 2,

	/** @DRM_ASAHI_PRIORITY_REALTIME: Reserved; refused. */
	DRM_ASAHI_PRIORITY_REALTIME = 3,
};

/**
 * struct drm_asahi_queue_create - Argument of DRM_IOCTL_ASAHI_QUEUE_CREATE
 */
struct drm_asahi_queue_create {
	/** @flags: MBZ */
	__u32 flags;

	/** @vm_id: Address space in which the queue's work runs. */
	__u32 vm_id;

	/** @priority: One of enum drm_asahi_priority. */
	__u32 priority;

	/** @queue_id: Out: id of the new queue. */
	__u32 queue_id;

	/**
	 * @usc_exec_base: GPU address from which the 32-bit addresses of shader code and USC
	 * words count, in every stage.
	 */
	__u64 usc_exec_base;
};

/**
 * struct drm_asahi_queue_destroy - Argument of DRM_IOCTL_ASAHI_QUEUE_DESTROY
 */
struct drm_asahi_queue_destroy {
	/** @queue_id: Queue to give up. */
	__u32 queue_id;

	/** @pad: MBZ */
	__u32 pad;
};

/**
 * enum drm_asahi_sync_type - Kinds of struct drm_asahi_sync
 */
enum drm_asahi_sync_type {
	/** @DRM_ASAHI_SYNC_SYNCOBJ: The one fence of a syncobj. */
	DRM_ASAHI_SYNC_SYNCOBJ = 0,

	/** @DRM_ASAHI_SYNC_TIMELINE_SYNCOBJ: One point of a timeline syncobj. */
	DRM_ASAHI_SYNC_TIMELINE_SYNCOBJ = 1,
};

/**
 * struct drm_asahi_sync - What a SUBMIT waits for, or signals
 */
struct drm_asahi_sync {
	/** @sync_type: One of enum drm_asahi_sync_type. */
	__u32 sync_type;

	/** @handle: Syncobj handle. */
	__u32 handle;

	/** @timeline_value: The point of a timeline; 0 for a binary syncobj. */
	__u64 timeline_value;
};

/* A barrier that waits for nothing, see struct drm_asahi_cmd_header. */
#define DRM_ASAHI_BARRIER_NONE (0xFFFFu)

/**
 * struct drm_asahi_cmd_header - Starts every command of a submit buffer
 *
 * A queue is two streams, render ("VDM") and compute ("CDM"), each in order and both at the same
 * time. A barrier says which commands of a stream must have completed before this one starts:
 *
 * - %DRM_ASAHI_BARRIER_NONE: none;
 * - 0: all that earlier SUBMITs brought to that stream;
 * - N: the Nth command of that stream in this SUBMIT, which must come before this one.
 *
 * Commands that set attachments carry NONE twice.
 */
struct drm_asahi_cmd_header {
	/** @cmd_type: One of enum drm_asahi_cmd_type. */
	__u16 cmd_type;

	/**
	 * @size: Bytes that follow this header. A render or compute command may be shorter than
	 * its struct, the rest then reads as zero. For attachments, their number times their
	 * size.
	 */
	__u16 size;

	/** @vdm_barrier: What to wait for in the render stream. */
	__u16 vdm_barrier;

	/** @cdm_barrier: What to wait for in the compute stream. */
	__u16 cdm_barrier;
};

/**
 * struct drm_asahi_submit - Argument of DRM_IOCTL_ASAHI_SUBMIT
 *
 * When it fails nothing runs and no syncobj changes.
 */
struct drm_asahi_submit {
	/**
	 * @syncs: User address of an array of struct drm_asahi_sync: first those to wait for,
	 * then those to signal. May be 0 if there are none.
	 */
	__u64 syncs;

	/**
	 * @cmdbuf: User address of the commands, each a struct drm_asahi_cmd_header and what its
	 * type asks for, one behind the other. There are no CPU addresses in it.
	 */
	__u64 cmdbuf;

	/** @flags: MBZ */
	__u32 flags;

	/** @queue_id: Queue to run on. */
	__u32 queue_id;

	/** @in_sync_count: Elements of @syncs to wait for before any command starts. */
	__u32 in_sync_count;

	/** @out_sync_count: Elements of @syncs to signal when all commands have completed. */
	__u32 out_sync_count;

	/** @cmdbuf_size: Bytes behind @cmdbuf. */
	__u32 cmdbuf_size;

	/** @pad: MBZ */
	__u32 pad;
};

/**
 * struct drm_asahi_attachment - Memory that shaders are going to write
 *
 * A hint to the firmware, never needed for correctness.
 */
struct drm_asahi_attachment {
	/** @pointer: First GPU address. */
	__u64 pointer;

	/** @size: Bytes. */
	__u64 size;

	/** @pad: MBZ */
	__u32 pad;

	/** @flags: MBZ */
	__u32 flags;
};

/**
 * enum drm_asahi_render_flags - How a render pass runs
 */
enum drm_asahi_render_flags {
	/** @DRM_ASAHI_RENDER_VERTEX_SCRATCH: A shader of the vertex stage uses scratch. */
	DRM_ASAHI_RENDER_VERTEX_SCRATCH = (1U << 0),

	/**
	 * @DRM_ASAHI_RENDER_PROCESS_EMPTY_TILES: Run the tile programs also for tiles without
	 * geometry, as a clear needs it.
	 */
	DRM_ASAHI_RENDER_PROCESS_EMPTY_TILES = (1U << 1),

	/**
	 * @DRM_ASAHI_RENDER_NO_VERTEX_CLUSTERING: Keep the vertex stage on one cluster; slow, for
	 * debugging.
	 */
	DRM_ASAHI_RENDER_NO_VERTEX_CLUSTERING = (1U << 2),

	/**
	 * @DRM_ASAHI_RENDER_DBIAS_IS_INT: Depth bias by the formula for unorm depth formats, not
	 * the one for float. The bit is where the hardware has it.
	 */
	DRM_ASAHI_RENDER_DBIAS_IS_INT = (1U << 18),
};

/**
 * struct drm_asahi_zls_buffer - A depth or stencil buffer
 *
 * One set of values serves loads, stores and partial renders. Embedded, so it cannot grow.
 */
struct drm_asahi_zls_buffer {
	/** @base: GPU address of the data. */
	__u64 base;

	/** @comp_base: GPU address of the compression metadata, if compressed. */
	__u64 comp_base;

	/** @stride: Bytes from one layer's data to the next. */
	__u32 stride;

	/** @comp_stride: Bytes from one layer's metadata to the next. */
	__u32 comp_stride;
};

/**
 * struct drm_asahi_timestamp - Where a timestamp goes
 *
 * A 64-bit count of drm_asahi_params_global::command_timestamp_frequency_hz is written.
 * Embedded, so it cannot grow.
 */
struct drm_asahi_timestamp {
	/** @handle: What GEM_BIND_OBJECT returned, or 0 for no timestamp. */
	__u32 handle;

	/** @offset: Byte of the bound range to write to. */
	__u32 offset;
};

/**
 * struct drm_asahi_timestamps - When something started and ended
 *
 * Embedded, so it cannot grow.
 */
struct drm_asahi_timestamps {
	/** @start: Written when it starts. */
	struct drm_asahi_timestamp start;

	/** @end: Written when it has ended. */
	struct drm_asahi_timestamp end;
};

/**
 * struct drm_asahi_helper_program - Program that gives shaders their scratch memory
 *
 * The hardware starts it when a subgroup needs scratch. Embedded, so it cannot grow.
 */
struct drm_asahi_helper_program {
	/** @binary: USC address of its code, with flags in the low bits. */
	__u32 binary;

	/** @cfg: More configuration bits. */
	__u32 cfg;

	/** @data: Passed to the program as it is; in practice a GPU address. */
	__u64 data;
};

/**
 * struct drm_asahi_bg_eot - Program that runs for each tile, before or after the fragments
 *
 * A background program fills the tile buffer, an end-of-tile program writes it to memory.
 * Embedded, so it cannot grow.
 */
struct drm_asahi_bg_eot {
	/** @usc: USC address of its USC words, with flags in the low bits. */
	__u32 usc;

	/** @rsrc_spec: Packed counts of its registers, uniforms, textures and samplers. */
	__u32 rsrc_spec;
};

/**
 * struct drm_asahi_cmd_render - One render pass
 *
 * Any number of draws, with one set of attachments of one size. Most fields are the values of
 * hardware registers, and have their names.
 */
struct drm_asahi_cmd_render {
	/** @flags: Set of enum drm_asahi_render_flags. */
	__u32 flags;

	/** @isp_zls_pixels: ISP_ZLS_PIXELS: size of the depth/stencil buffer. */
	__u32 isp_zls_pixels;

	/** @vdm_ctrl_stream_base: VDM_CTRL_STREAM_BASE: GPU address of the vertex stream. */
	__u64 vdm_ctrl_stream_base;

	/** @vertex_helper: Helper program of the vertex stage. */
	struct drm_asahi_helper_program vertex_helper;

	/** @fragment_helper: Helper program of the fragment stage. */
	struct drm_asahi_helper_program fragment_helper;

	/** @isp_scissor_base: ISP_SCISSOR_BASE: GPU address of the scissor array. */
	__u64 isp_scissor_base;

	/** @isp_dbias_base: ISP_DBIAS_BASE: GPU address of the depth bias array. */
	__u64 isp_dbias_base;

	/** @isp_oclqry_base: ISP_OCLQRY_BASE: GPU address that occlusion results go to. */
	__u64 isp_oclqry_base;

	/** @depth: Depth buffer. */
	struct drm_asahi_zls_buffer depth;

	/** @stencil: Stencil buffer. */
	struct drm_asahi_zls_buffer stencil;

	/** @zls_ctrl: ZLS_CTRL. */
	__u64 zls_ctrl;

	/** @ppp_multisamplectl: PPP_MULTISAMPLECTL. */
	__u64 ppp_multisamplectl;

	/** @sampler_heap: GPU address of the samplers of both stages. */
	__u64 sampler_heap;

	/** @ppp_ctrl: PPP_CTRL. */
	__u32 ppp_ctrl;

	/** @width_px: Width of the framebuffer, pixels. */
	__u16 width_px;

	/** @height_px: Height of the framebuffer, pixels. */
	__u16 height_px;

	/** @layers: Layers of the framebuffer. */
	__u16 layers;

	/** @sampler_count: Samplers at @sampler_heap. */
	__u16 sampler_count;

	/** @utile_width_px: Width of a tile, pixels. */
	__u8 utile_width_px;

	/** @utile_height_px: Height of a tile, pixels. */
	__u8 utile_height_px;

	/** @samples: Samples of a pixel: 1, 2 or 4. */
	__u8 samples;

	/** @sample_size_B: Bytes of a sample in the tile buffer. */
	__u8 sample_size_B;

	/** @isp_merge_upper_x: Bits of a float that bounds triangle merging in X. */
	__u32 isp_merge_upper_x;

	/** @isp_merge_upper_y: The same in Y. */
	__u32 isp_merge_upper_y;

	/** @bg: Background program. */
	struct drm_asahi_bg_eot bg;

	/** @eot: End-of-tile program. */
	struct drm_asahi_bg_eot eot;

	/** @partial_bg: Background program after a partial render. */
	struct drm_asahi_bg_eot partial_bg;

	/** @partial_eot: End-of-tile program before a partial render. */
	struct drm_asahi_bg_eot partial_eot;

	/** @isp_bgobjdepth: ISP_BGOBJDEPTH: depth to clear to, as the format stores it. */
	__u32 isp_bgobjdepth;

	/** @isp_bgobjvals: ISP_BGOBJVALS: stencil to clear to, in the low 8 bits. */
	__u32 isp_bgobjvals;

	/** @ts_vtx: Timestamps of the vertex stage. */
	struct drm_asahi_timestamps ts_vtx;

	/** @ts_frag: Timestamps of the fragment stage. */
	struct drm_asahi_timestamps ts_frag;
};

/**
 * struct drm_asahi_cmd_compute - One compute stream
 *
 * Any number of dispatches.
 */
struct drm_asahi_cmd_compute {
	/** @flags: MBZ */
	__u32 flags;

	/** @sampler_count: Samplers at @sampler_heap. */
	__u32 sampler_count;

	/** @cdm_ctrl_stream_base: CDM_CTRL_STREAM_BASE: GPU address of the stream. */
	__u64 cdm_ctrl_stream_base;

	/** @cdm_ctrl_stream_end: GPU address past the first piece of it; links may lead on. */
	__u64 cdm_ctrl_stream_end;

	/** @sampler_heap: GPU address of the samplers. */
	__u64 sampler_heap;

	/** @helper: Helper program. */
	struct drm_asahi_helper_program helper;

	/** @ts: Timestamps of the whole command. */
	struct drm_asahi_timestamps ts;
};

/**
 * struct drm_asahi_get_time - Argument of DRM_IOCTL_ASAHI_GET_TIME
 */
struct drm_asahi_get_time {
	/** @flags: MBZ */
	__u64 flags;

	/** @gpu_timestamp: Out: the device's clock, nanoseconds. */
	__u64 gpu_timestamp;
};

/**
 * DRM_IOCTL_ASAHI() - Put an ioctl number together
 * @__access: W if the kernel only reads the argument, WR if it also answers in it.
 * @__id: What follows DRM_ASAHI_ in enum drm_asahi_ioctl_id.
 * @__type: What follows drm_asahi_ in the argument's type.
 */
#define DRM_IOCTL_ASAHI(__access, __id, __type) \
	DRM_IO ## __access(DRM_COMMAND_BASE + DRM_ASAHI_ ## __id, struct drm_asahi_ ## __type)

/* An enum as upstream has it, for tools that do not see macros: #ifdef finds none of these. */
__extension__ enum {
	DRM_IOCTL_ASAHI_GET_PARAMS = DRM_IOCTL_ASAHI(W, GET_PARAMS, get_params),
	DRM_IOCTL_ASAHI_GET_TIME = DRM_IOCTL_ASAHI(WR, GET_TIME, get_time),
	DRM_IOCTL_ASAHI_VM_CREATE = DRM_IOCTL_ASAHI(WR, VM_CREATE, vm_create),
	DRM_IOCTL_ASAHI_VM_DESTROY = DRM_IOCTL_ASAHI(W, VM_DESTROY, vm_destroy),
	DRM_IOCTL_ASAHI_VM_BIND = DRM_IOCTL_ASAHI(W, VM_BIND, vm_bind),
	DRM_IOCTL_ASAHI_GEM_CREATE = DRM_IOCTL_ASAHI(WR, GEM_CREATE, gem_create),
	DRM_IOCTL_ASAHI_GEM_MMAP_OFFSET = DRM_IOCTL_ASAHI(WR, GEM_MMAP_OFFSET, gem_mmap_offset),
	DRM_IOCTL_ASAHI_GEM_BIND_OBJECT = DRM_IOCTL_ASAHI(WR, GEM_BIND_OBJECT, gem_bind_object),
	DRM_IOCTL_ASAHI_QUEUE_CREATE = DRM_IOCTL_ASAHI(WR, QUEUE_CREATE, queue_create),
	DRM_IOCTL_ASAHI_QUEUE_DESTROY = DRM_IOCTL_ASAHI(W, QUEUE_DESTROY, queue_destroy),
	DRM_IOCTL_ASAHI_SUBMIT = DRM_IOCTL_ASAHI(W, SUBMIT, submit),
};

#if defined(__cplusplus)
}
#endif

#endif /* _ASAHI_DRM_H_ */
