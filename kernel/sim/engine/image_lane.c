// SPDX-License-Identifier: GPL-2.0 OR MIT
#include "fault.h"
#include "image_lane.h"
#include "mem.h"
#include "regs.h"

void agx_engine_image_begin(struct agx_engine *e, struct agx_image_lanes *lanes,
			    const struct agx_isa_insn *insn, enum agx_engine_access access)
{
	u64 (*src)[AGX_ENGINE_LANES] = e->scratch.src;

	*lanes = (struct agx_image_lanes){ .insn = insn, .access = access };
	agx_engine_read_src(e, &insn->src[AGX_ISA_IMAGE_STATE], src[AGX_ISA_IMAGE_STATE]);
	agx_engine_read_src(e, &insn->src[AGX_ISA_IMAGE_HEAP], src[AGX_ISA_IMAGE_HEAP]);
	agx_engine_read_src(e, &insn->src[AGX_ISA_IMAGE_LOD], src[AGX_ISA_IMAGE_LOD]);
}

static void image_raise(struct agx_engine *e, const struct agx_image_lanes *lanes, u32 lane,
			u64 state, enum agx_image_status status)
{
	agx_engine_raise_image(e, status == AGX_IMAGE_COMPRESSED ? AGX_ENGINE_FAULT_COMPRESSED :
								   AGX_ENGINE_FAULT_IMAGE,
			       lanes->access, state, lane, lanes->insn);
}

static bool image_read_state(struct agx_engine *e, struct agx_image_lanes *lanes, u32 lane,
			     u64 state)
{
	u8 bytes[AGX_IMAGE_STATE];
	enum agx_image_status status;

	if (!agx_engine_fetch(e, state, bytes, sizeof(bytes)))
		return false;
	if (lanes->access == AGX_ENGINE_SHADER_LOAD)
		status = agx_image_texture(bytes, &lanes->image);
	else
		status = agx_image_pbe(bytes, &lanes->image);
	if (status == AGX_IMAGE_OK && agx_isa_dim_has_samples(lanes->insn->dim))
		status = AGX_IMAGE_UNKNOWN;
	if (status != AGX_IMAGE_OK) {
		image_raise(e, lanes, lane, state, status);
		return false;
	}

	lanes->state = state;
	lanes->is_known = true;
	lanes->lod = ~0u;
	return true;
}

bool agx_engine_image_open(struct agx_engine *e, struct agx_image_lanes *lanes, u32 lane)
{
	u64 (*src)[AGX_ENGINE_LANES] = e->scratch.src;
	u64 state = src[AGX_ISA_IMAGE_STATE][lane];

	if (lanes->insn->src[AGX_ISA_IMAGE_HEAP].file != AGX_ISA_FILE_NONE) {
		state += src[AGX_ISA_IMAGE_HEAP][lane];
	} else if (state < AGX_ISA_TEXTURES) {
		state = e->files.texture[state];
	} else {
		image_raise(e, lanes, lane, state, AGX_IMAGE_UNKNOWN);
		return false;
	}

	return (lanes->is_known && lanes->state == state) ||
	       image_read_state(e, lanes, lane, state);
}

void agx_engine_image_set_level(struct agx_image_lanes *lanes, u32 lod)
{
	if (lanes->lod == lod)
		return;
	lanes->has_level = agx_image_level(&lanes->image, lod, &lanes->level);
	lanes->lod = lod;
}

bool agx_engine_image_find(struct agx_engine *e, struct agx_image_lanes *lanes, u32 lane)
{
	if (!agx_engine_image_open(e, lanes, lane))
		return false;
	agx_engine_image_set_level(lanes, (u32)e->scratch.src[AGX_ISA_IMAGE_LOD][lane]);
	return true;
}

void agx_engine_image_coords(struct agx_engine *e, const struct agx_isa_insn *insn, u32 lane,
			     struct agx_image_coords *coords)
{
	const struct agx_isa_operand *op = &insn->src[AGX_ISA_IMAGE_COORDS];
	u32 last = agx_engine_read_lane(e, op, op->count - 1u, lane);

	*coords = (struct agx_image_coords){ .x = agx_engine_read_lane(e, op, 0, lane) };
	if (insn->dim >= AGX_ISA_DIM_2D)
		coords->y = agx_engine_read_lane(e, op, 1, lane);
	if (insn->dim == AGX_ISA_DIM_3D)
		coords->z = last;
	/* Where there are samples, the upper half says which. */
	if (insn->dim == AGX_ISA_DIM_1D_ARRAY || insn->dim == AGX_ISA_DIM_2D_ARRAY)
		coords->z = last & 0xffff;
}

bool agx_engine_image_locate(const struct agx_image_lanes *lanes,
			     const struct agx_image_coords *at, u64 *va)
{
	const struct agx_image_level *level = &lanes->level;

	if (!lanes->has_level || at->x >= level->width || at->y >= level->height ||
	    at->z >= level->depth)
		return false;
	*va = agx_image_address(&lanes->image, level, at);
	return true;
}

bool agx_engine_image_texel(struct agx_engine *e, const struct agx_image_lanes *lanes, u32 lane,
			    u64 *va)
{
	struct agx_image_coords at;

	agx_engine_image_coords(e, lanes->insn, lane, &at);
	return agx_engine_image_locate(lanes, &at, va);
}
