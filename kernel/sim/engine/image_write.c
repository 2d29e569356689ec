// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Writes of single texels. What is written where an image has no texel is dropped.
 */
#include "exec.h"
#include "fault.h"
#include "image_lane.h"
#include "mem.h"
#include "regs.h"

/* A component as a single, or as an integer of 32 bits. */
static u32 image_component(u32 type, u32 value, u32 halves)
{
	if (halves == 2)
		return value;

	switch (type) {
	case AGX_IMAGE_UINT:
		return value;
	case AGX_IMAGE_SINT:
		return (u32)agx_engine_sign_extend(value, 16);
	default:
		return agx_float_from_half(value);
	}
}

static void image_write_lane(struct agx_engine *e, struct agx_image_lanes *lanes, u32 lane)
{
	const struct agx_isa_insn *insn = lanes->insn;
	const struct agx_isa_operand *data = &insn->src[AGX_ISA_IMAGE_DATA];
	u32 channels[4] = { 0 };
	u8 texel[AGX_IMAGE_TEXEL];
	u32 size;
	u32 i;
	u64 va;

	if (!agx_engine_image_find(e, lanes, lane) ||
	    !agx_engine_image_texel(e, lanes, lane, &va))
		return;

	for (i = 4; i--;)
		channels[lanes->image.swizzle[i]] =
			image_component(lanes->image.channels.type,
					agx_engine_read_lane(e, data, i, lane), data->halves);
	agx_image_pack(&lanes->image.channels, channels, insn->round, texel);

	size = lanes->image.channels.format->bytes;
	if (!agx_engine_try_write(e, va, texel, size, AGX_ENGINE_SHADER_STORE) &&
	    !e->cfg.soft_faults)
		agx_engine_raise_access(e, AGX_ENGINE_SHADER_STORE, va, size, lane, insn);
}

void agx_engine_exec_image_write(struct agx_engine *e, const struct agx_isa_insn *insn)
{
	u32 exec = agx_engine_current(e)->exec;
	struct agx_image_lanes lanes;
	u32 lane;

	agx_engine_image_begin(e, &lanes, insn, AGX_ENGINE_SHADER_STORE);
	for (lane = 0; lane < AGX_ENGINE_LANES && e->phase != AGX_ENGINE_PHASE_FAULT; lane++) {
		if (exec >> lane & 1)
			image_write_lane(e, &lanes, lane);
	}
}
