// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * What values of fields are called, in the notation of Mesa's disassembler.
 */
#include "isa_table.h"

struct isa_special_name {
	u8 sr;
	const char *name;
};

static const struct isa_special_name isa_special_names[] = {
	{ AGX_ISA_SR_THREADGROUP_X, "threadgroup_in_grid_x" },
	{ AGX_ISA_SR_THREADGROUP_Y, "threadgroup_in_grid_y" },
	{ AGX_ISA_SR_THREADGROUP_Z, "threadgroup_in_grid_z" },
	{ AGX_ISA_SR_THREADGROUP_SIZE_X, "threads_per_threadgroup_x" },
	{ AGX_ISA_SR_THREADGROUP_SIZE_Y, "threads_per_threadgroup_y" },
	{ AGX_ISA_SR_THREADGROUP_SIZE_Z, "threads_per_threadgroup_z" },
	{ AGX_ISA_SR_DISPATCH_SIZE_X, "dispatch_threads_per_threadgroup_x" },
	{ AGX_ISA_SR_DISPATCH_SIZE_Y, "dispatch_threads_per_threadgroup_y" },
	{ AGX_ISA_SR_DISPATCH_SIZE_Z, "dispatch_threads_per_threadgroup_z" },
	{ AGX_ISA_SR_TILE_WIDTH, "threadgroup_width" },
	{ AGX_ISA_SR_TILE_HEIGHT, "threadgroup_height" },
	{ AGX_ISA_SR_SAMPLES_LOG2, "samples_log2" },
	{ AGX_ISA_SR_CORE_INDEX, "core_index" },
	{ AGX_ISA_SR_VM_SLOT, "vm_slot" },
	{ AGX_ISA_SR_THREAD_X, "thread_in_threadgroup_x" },
	{ AGX_ISA_SR_THREAD_Y, "thread_in_threadgroup_y" },
	{ AGX_ISA_SR_THREAD_Z, "thread_in_threadgroup_z" },
	{ AGX_ISA_SR_THREAD_INDEX, "thread_index_in_threadgroup" },
	{ AGX_ISA_SR_LANE, "thread_index_in_simdgroup" },
	{ AGX_ISA_SR_SIMDGROUP, "simdgroup_index_in_threadgroup" },
	{ AGX_ISA_SR_QUAD_INDEX, "active_thread_index_in_quadgroup" },
	{ AGX_ISA_SR_QUAD_COUNT, "total_active_threads_in_quadgroup" },
	{ AGX_ISA_SR_SIMD_INDEX, "active_thread_index_in_simdgroup" },
	{ AGX_ISA_SR_SIMD_COUNT, "total_active_threads_in_simdgroup" },
	{ AGX_ISA_SR_COVERAGE, "internal_coverage_mask" },
	{ AGX_ISA_SR_BACKFACING, "backfacing" },
	{ AGX_ISA_SR_IS_ACTIVE, "is_active_thread" },
	{ AGX_ISA_SR_GRID_X, "thread_in_grid_x" },
	{ AGX_ISA_SR_GRID_Y, "thread_in_grid_y" },
	{ AGX_ISA_SR_GRID_Z, "thread_in_grid_z" },
	{ AGX_ISA_SR_SAMPLE_MASK, "input_sample_mask" },
	{ AGX_ISA_SR_HELPER_OP, "helper_op" },
	{ AGX_ISA_SR_HELPER_ARG_L, "helper_arg_l" },
	{ AGX_ISA_SR_HELPER_ARG_H, "helper_arg_h" },
};

static const char * const isa_icond_names[16] = {
	[0] = "ieq", [1] = "ult", [2] = "ugt", [4] = "seq", [5] = "slt", [6] = "sgt",
	[8] = "ine", [9] = "ugte", [10] = "ulte", [12] = "nseq", [13] = "sgte", [14] = "slte",
};

static const char * const isa_fcond_names[16] = {
	[0] = "feq", [1] = "flt", [2] = "fgt", [3] = "fltn",
	[5] = "fgte", [6] = "flte", [7] = "fgtn",
	[8] = "fneq", [9] = "fnlt", [10] = "fngt", [11] = "fnltn",
	[13] = "fngte", [14] = "fnlte", [15] = "fngtn",
};

static const char * const isa_shuffle_names[] = {
	[AGX_ISA_SHUFFLE_INDEX] = NULL,
	[AGX_ISA_SHUFFLE_XOR] = "xor",
	[AGX_ISA_SHUFFLE_UP] = "up",
	[AGX_ISA_SHUFFLE_DOWN] = "down",
};

static const char * const isa_reduction_names[] = {
	[AGX_ISA_REDUCE_AND] = "and",
	[AGX_ISA_REDUCE_FADD] = "fadd",
	[AGX_ISA_REDUCE_OR] = "or",
	[AGX_ISA_REDUCE_FMUL] = "fmul",
	[AGX_ISA_REDUCE_XOR] = "xor",
	[AGX_ISA_REDUCE_FMIN] = "fmin",
	[AGX_ISA_REDUCE_FMAX] = "fmax",
	[AGX_ISA_REDUCE_IADD] = "iadd",
	[AGX_ISA_REDUCE_SMIN] = "smin",
	[AGX_ISA_REDUCE_SMAX] = "smax",
	[AGX_ISA_REDUCE_UMIN] = "umin",
	[AGX_ISA_REDUCE_UMAX] = "umax",
};

static const char * const isa_atomic_names[] = {
	[AGX_ISA_ATOMIC_ADD] = "add",
	[AGX_ISA_ATOMIC_SUB] = "sub",
	[AGX_ISA_ATOMIC_XCHG] = "xchg",
	[AGX_ISA_ATOMIC_CMPXCHG] = "cmpxchg",
	[AGX_ISA_ATOMIC_UMIN] = "umin",
	[AGX_ISA_ATOMIC_IMIN] = "imin",
	[AGX_ISA_ATOMIC_UMAX] = "umax",
	[AGX_ISA_ATOMIC_IMAX] = "imax",
	[AGX_ISA_ATOMIC_AND] = "and",
	[AGX_ISA_ATOMIC_OR] = "or",
	[AGX_ISA_ATOMIC_XOR] = "xor",
};

static const char * const isa_format_names[] = {
	[AGX_ISA_FORMAT_I8] = "i8",
	[AGX_ISA_FORMAT_I16] = "i16",
	[AGX_ISA_FORMAT_I32] = "i32",
	[AGX_ISA_FORMAT_F16] = "f16",
	[AGX_ISA_FORMAT_U8NORM] = "u8norm",
	[AGX_ISA_FORMAT_S8NORM] = "s8norm",
	[AGX_ISA_FORMAT_U16NORM] = "u16norm",
	[AGX_ISA_FORMAT_S16NORM] = "s16norm",
	[AGX_ISA_FORMAT_RGB10A2] = "rgb10a2",
	[AGX_ISA_FORMAT_SRGBA8] = "srgba8",
	[AGX_ISA_FORMAT_RG11B10F] = "rg11b10f",
	[AGX_ISA_FORMAT_RGB9E5] = "rgb9e5",
	[AGX_ISA_FORMAT_RG11B10F_RTZ] = "rg11b10f_rtz",
	[AGX_ISA_FORMAT_RGB9E5_RTZ] = "rgb9e5_rtz",
};

static const char * const isa_dim_names[] = {
	[AGX_ISA_DIM_1D] = "1d",
	[AGX_ISA_DIM_1D_ARRAY] = "1d_array",
	[AGX_ISA_DIM_2D] = "2d",
	[AGX_ISA_DIM_2D_ARRAY] = "2d_array",
	[AGX_ISA_DIM_2D_MS] = "2d_ms",
	[AGX_ISA_DIM_3D] = "3d",
	[AGX_ISA_DIM_2D_MS_ARRAY] = "2d_ms_array",
};

static const char * const isa_lod_mode_names[] = {
	[AGX_ISA_LOD_AUTO] = "auto_lod",
	[AGX_ISA_LOD_MIN] = "lod_min",
};

static const char * const isa_gather_names[] = {
	[AGX_ISA_GATHER_R] = "gather_r",
	[AGX_ISA_GATHER_G] = "gather_g",
	[AGX_ISA_GATHER_B] = "gather_b",
	[AGX_ISA_GATHER_A] = "gather_a",
};

static const char * const isa_coherency_names[] = {
	NULL, "coherent1", "coherent2", "coherent",
};

const char *agx_isa_special_name(u32 sr)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(isa_special_names); i++) {
		if (isa_special_names[i].sr == sr)
			return isa_special_names[i].name;
	}
	return NULL;
}

static const char * const isa_round_names[] = {
	"rtz", "rte",
};

static const char * const isa_slot_names[] = {
	"a", "b",
};

static const char *isa_name(const char * const *names, u32 count, u32 value)
{
	return value < count ? names[value] : NULL;
}

/* Values whose kind says what they are. */
static const char *isa_kind_name(u32 kind, u32 value)
{
	switch (kind) {
	case AGX_ISA_KIND_SPECIAL:
		return agx_isa_special_name(value);
	case AGX_ISA_KIND_ROUND:
		return isa_name(isa_round_names, ARRAY_SIZE(isa_round_names), value);
	case AGX_ISA_KIND_ICOND:
		return isa_name(isa_icond_names, ARRAY_SIZE(isa_icond_names), value);
	case AGX_ISA_KIND_FCOND:
		return isa_name(isa_fcond_names, ARRAY_SIZE(isa_fcond_names), value);
	case AGX_ISA_KIND_SHUFFLE:
		return isa_name(isa_shuffle_names, ARRAY_SIZE(isa_shuffle_names), value);
	case AGX_ISA_KIND_REDUCTION:
		return isa_name(isa_reduction_names, ARRAY_SIZE(isa_reduction_names), value);
	case AGX_ISA_KIND_ATOMIC:
		return isa_name(isa_atomic_names, ARRAY_SIZE(isa_atomic_names), value);
	case AGX_ISA_KIND_GATHER:
		return isa_name(isa_gather_names, ARRAY_SIZE(isa_gather_names), value);
	case AGX_ISA_KIND_DIM:
		return isa_name(isa_dim_names, ARRAY_SIZE(isa_dim_names), value);
	case AGX_ISA_KIND_LOD_MODE:
		return isa_name(isa_lod_mode_names, ARRAY_SIZE(isa_lod_mode_names),
				value & ~AGX_ISA_LOD_REGISTER);
	default:
		return NULL;
	}
}

const char *agx_isa_value_name(const struct agx_isa_field *field, u32 value)
{
	switch (field->role) {
	case AGX_ISA_ROLE_FORMAT:
		return isa_name(isa_format_names, ARRAY_SIZE(isa_format_names), value);
	case AGX_ISA_ROLE_COHERENCY:
		return isa_name(isa_coherency_names, ARRAY_SIZE(isa_coherency_names), value);
	case AGX_ISA_ROLE_SLOT:
		return isa_name(isa_slot_names, ARRAY_SIZE(isa_slot_names), value);
	case AGX_ISA_ROLE_SIMD:
		return value ? NULL : "quad";
	case AGX_ISA_ROLE_ROTATE:
		return value ? "rotate" : NULL;
	case AGX_ISA_ROLE_PREFIX:
		return value ? "prefix" : NULL;
	case AGX_ISA_ROLE_SATURATE:
		return value ? "sat" : NULL;
	case AGX_ISA_ROLE_CACHE:
		return value ? "cache" : NULL;
	case AGX_ISA_ROLE_WRITTEN:
		return value ? "rw" : NULL;
	case AGX_ISA_ROLE_TO_ZERO:
		return value ? "rtz" : NULL;
	case AGX_ISA_ROLE_EXPLICIT:
		return value ? "explicit_coords" : NULL;
	default:
		return isa_kind_name(field->kind, value);
	}
}

bool agx_isa_is_usual(const struct agx_isa_field *field, u32 value)
{
	switch (field->role) {
	case AGX_ISA_ROLE_SIMD:
		return value == 1;
	case AGX_ISA_ROLE_FUNCTION:
		return !value && (field->kind == AGX_ISA_KIND_SHUFFLE ||
				  field->kind == AGX_ISA_KIND_GATHER);
	case AGX_ISA_ROLE_SHIFT:
	case AGX_ISA_ROLE_COHERENCY:
	case AGX_ISA_ROLE_ROTATE:
	case AGX_ISA_ROLE_PREFIX:
	case AGX_ISA_ROLE_SATURATE:
	case AGX_ISA_ROLE_CACHE:
	case AGX_ISA_ROLE_WRITTEN:
	case AGX_ISA_ROLE_TO_ZERO:
		return !value;
	default:
		return false;
	}
}
