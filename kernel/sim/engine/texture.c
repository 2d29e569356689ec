// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Reads of single texels, and the registers that say of which texture and how it is sampled. Where
 * a texture has no texel, or no translation if faults are soft, its channels are 0.
 */
#include "exec.h"
#include "fault.h"
#include "mem.h"
#include "regs.h"
#include "texture.h"

/* What the last lane has is what stays. */
static void texture_load_state(struct agx_engine *e, const struct agx_isa_insn *insn, u64 *file)
{
	u64 (*src)[AGX_ENGINE_LANES] = e->scratch.src;
	u32 exec = agx_engine_current(e)->exec;
	u32 lane;

	agx_engine_read_src(e, &insn->src[AGX_ISA_IMAGE_STATE], src[AGX_ISA_IMAGE_STATE]);
	agx_engine_read_src(e, &insn->src[AGX_ISA_IMAGE_HEAP], src[AGX_ISA_IMAGE_HEAP]);
	agx_engine_files_change(e);
	for (lane = 0; lane < AGX_ENGINE_LANES; lane++) {
		if (exec >> lane & 1)
			file[insn->dst.value] = src[AGX_ISA_IMAGE_HEAP][lane] +
						src[AGX_ISA_IMAGE_STATE][lane];
	}
}

void agx_engine_exec_texture_state(struct agx_engine *e, const struct agx_isa_insn *insn)
{
	texture_load_state(e, insn, e->files.texture);
}

void agx_engine_exec_sampler_state(struct agx_engine *e, const struct agx_isa_insn *insn)
{
	texture_load_state(e, insn, e->files.sampler);
}

bool agx_engine_texture_fetch(struct agx_engine *e, const struct agx_image_lanes *lanes, u32 lane,
			      const struct agx_image_coords *at, u8 *texel)
{
	u32 size = lanes->image.channels.format->bytes;
	u64 va;

	if (!agx_engine_image_locate(lanes, at, &va))
		return false;
	if (agx_engine_try_read(e, va, texel, size, AGX_ENGINE_SHADER_LOAD))
		return true;
	if (!e->cfg.soft_faults)
		agx_engine_raise_access(e, AGX_ENGINE_SHADER_LOAD, va, size, lane, lanes->insn);
	return false;
}

u32 agx_engine_texture_one(u32 type, u32 halves)
{
	if (type == AGX_IMAGE_UINT || type == AGX_IMAGE_SINT)
		return 1;
	return halves == 1 ? 0x3c00 : 0x3f800000;
}

static void texture_read_lane(struct agx_engine *e, struct agx_image_lanes *lanes, u32 lane)
{
	const struct agx_isa_operand *dst = &lanes->insn->dst;
	u32 values[AGX_IMAGE_ZERO + 1] = { 0 };
	struct agx_image_coords at;
	u8 texel[AGX_IMAGE_TEXEL];
	u32 index = 0;
	u32 i;

	if (!agx_engine_image_find(e, lanes, lane))
		return;
	agx_engine_image_coords(e, lanes->insn, lane, &at);
	if (agx_engine_texture_fetch(e, lanes, lane, &at, texel))
		agx_image_unpack(&lanes->image.channels, texel, dst->halves, values);
	if (e->phase == AGX_ENGINE_PHASE_FAULT)
		return;

	values[AGX_IMAGE_ONE] = agx_engine_texture_one(lanes->image.channels.type, dst->halves);
	for (i = 0; i < 4; i++) {
		if (lanes->insn->mask >> i & 1)
			agx_engine_write_lane(e, dst, index++, lane,
					      values[lanes->image.swizzle[i]]);
	}
}

void agx_engine_exec_texture_read(struct agx_engine *e, const struct agx_isa_insn *insn)
{
	u32 exec = agx_engine_current(e)->exec;
	struct agx_image_lanes lanes;
	u32 lane;

	agx_engine_image_begin(e, &lanes, insn, AGX_ENGINE_SHADER_LOAD);
	for (lane = 0; lane < AGX_ENGINE_LANES && e->phase != AGX_ENGINE_PHASE_FAULT; lane++) {
		if (exec >> lane & 1)
			texture_read_lane(e, &lanes, lane);
	}
}
