// SPDX-License-Identifier: GPL-2.0 OR MIT
#include "regs.h"

static void regs_fill(u64 *out, u64 value)
{
	u32 lane;

	AGX_ENGINE_UNROLL
	for (lane = 0; lane < AGX_ENGINE_LANES; lane++)
		out[lane] = value;
}

static u64 regs_uniform(const struct agx_engine *e, const struct agx_isa_operand *op)
{
	u64 value = 0;
	u32 i = op->halves;

	while (i--)
		value = value << 16 | e->files.uniform[op->value + i];
	return value;
}

/* An operand that is the same in all lanes. What an instruction does not have reads as 0. */
static u64 regs_constant(const struct agx_engine *e, const struct agx_isa_operand *op)
{
	u64 value = op->value;
	u32 bits = 16;

	if (op->file == AGX_ISA_FILE_UNIFORM) {
		value = regs_uniform(e, op);
		bits = op->halves * 16;
	}
	/* 8-bit immediates are never negative, 16-bit ones of memory accesses may be. */
	return (op->flags & AGX_ISA_SX) && bits < 64 ? agx_engine_sign_extend(value, bits) : value;
}

/* The registers of a half, which is the upper one of the low if @high. */
static void regs_read_half(const u32 *reg, bool high, bool sign_extend, u32 *out)
{
	u32 up = high ? 0 : 16;
	u32 lane;

	if (sign_extend) {
		for (lane = 0; lane < AGX_ENGINE_LANES; lane++)
			out[lane] = (u32)((s32)(reg[lane] << up) >> 16);
	} else {
		for (lane = 0; lane < AGX_ENGINE_LANES; lane++)
			out[lane] = reg[lane] << up >> 16;
	}
}

const u32 *agx_engine_src32(struct agx_engine *e, const struct agx_isa_operand *op, u32 *buf)
{
	const u32 *reg;
	u32 value;
	u32 lane;

	if (op->file != AGX_ISA_FILE_GPR) {
		value = (u32)regs_constant(e, op);
		AGX_ENGINE_UNROLL
		for (lane = 0; lane < AGX_ENGINE_LANES; lane++)
			buf[lane] = value;
		return buf;
	}

	reg = agx_engine_gprs(e)[op->value / 2];
	if (op->halves != 1)
		return reg;
	regs_read_half(reg, op->value & 1, op->flags & AGX_ISA_SX, buf);
	return buf;
}

void agx_engine_read_src(struct agx_engine *e, const struct agx_isa_operand *op, u64 *out)
{
	u32 buf[AGX_ENGINE_LANES];
	const u32 *low;
	const u32 *high;
	u32 lane;

	if (op->file != AGX_ISA_FILE_GPR) {
		regs_fill(out, regs_constant(e, op));
		return;
	}

	low = agx_engine_src32(e, op, buf);
	if (op->halves == 4) {
		high = agx_engine_gprs(e)[op->value / 2 + 1];
		for (lane = 0; lane < AGX_ENGINE_LANES; lane++)
			out[lane] = low[lane] | (u64)high[lane] << 32;
	} else if (op->flags & AGX_ISA_SX) {
		for (lane = 0; lane < AGX_ENGINE_LANES; lane++)
			out[lane] = (u64)(s64)(s32)low[lane];
	} else {
		for (lane = 0; lane < AGX_ENGINE_LANES; lane++)
			out[lane] = low[lane];
	}
}

/* Replaces the bits of @keep's complement in some lanes. */
/* @bits of @value, the others of @old. */
static u32 regs_mix(u32 old, u32 value, u32 bits)
{
	return (old & ~bits) | (value & bits);
}

static void regs_merge(u32 *reg, const u32 *values, u32 shift, u32 mask, u32 lanes)
{
	u32 lane;

	if (lanes == ~0u && mask == ~0u) {
		AGX_ENGINE_UNROLL
		for (lane = 0; lane < AGX_ENGINE_LANES; lane++)
			reg[lane] = values[lane];
		return;
	}
	AGX_ENGINE_UNROLL
	for (lane = 0; lane < AGX_ENGINE_LANES; lane++)
		reg[lane] = regs_mix(reg[lane], values[lane] << shift,
				     mask & (0 - (lanes >> lane & 1)));
}

void agx_engine_dst32(struct agx_engine *e, const struct agx_isa_operand *op, const u32 *values,
		      u32 lanes)
{
	u32 *reg = agx_engine_gprs(e)[op->value / 2];
	u32 shift = 16 * (op->value & 1);

	regs_merge(reg, values, shift, op->halves == 1 ? 0xffffu << shift : ~0u, lanes);
}

void agx_engine_write_dst(struct agx_engine *e, const struct agx_isa_operand *op,
			  const u64 *values, u32 lanes)
{
	u32 buf[AGX_ENGINE_LANES];
	u32 lane;

	for (lane = 0; lane < AGX_ENGINE_LANES; lane++)
		buf[lane] = (u32)values[lane];
	agx_engine_dst32(e, op, buf, lanes);

	if (op->halves != 4)
		return;
	for (lane = 0; lane < AGX_ENGINE_LANES; lane++)
		buf[lane] = (u32)(values[lane] >> 32);
	regs_merge(agx_engine_gprs(e)[op->value / 2 + 1], buf, 0, ~0u, lanes);
}

u32 agx_engine_read_lane(struct agx_engine *e, const struct agx_isa_operand *op, u32 index,
			 u32 lane)
{
	u32 half = op->value + index * op->halves;

	return op->halves == 1 ? agx_engine_read_half(e, half, lane) :
				 agx_engine_gprs(e)[half / 2][lane];
}

void agx_engine_write_lane(struct agx_engine *e, const struct agx_isa_operand *op, u32 index,
			   u32 lane, u32 value)
{
	u32 half = op->value + index * op->halves;
	u32 *reg = &agx_engine_gprs(e)[half / 2][lane];
	u32 shift = 16 * (half & 1);

	if (op->halves == 1)
		*reg = (*reg & ~(0xffffu << shift)) | (value & 0xffff) << shift;
	else
		*reg = value;
}

void agx_engine_files_change(struct agx_engine *e)
{
	if (e->wg.preshader || e->launch.dirty)
		return;
	e->preloaded = e->files;
	e->launch.dirty = true;
}
