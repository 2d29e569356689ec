/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * Register and uniform files. Operands have been checked by the decoder, so no access needs to be.
 */
#ifndef AGX_ENGINE_REGS_H
#define AGX_ENGINE_REGS_H

#include "float.h"
#include "state.h"

/**
 * agx_engine_read_src() - Read an operand for all lanes of the current SIMD group.
 * @e: The engine.
 * @op: Operand, not a float immediate.
 * @out: Receives a value for each of AGX_ENGINE_LANES lanes, extended to 64 bits as it says.
 */
void agx_engine_read_src(struct agx_engine *e, const struct agx_isa_operand *op, u64 *out);

/**
 * agx_engine_src32() - The same for an operand of which 32 bits are enough.
 * @e: The engine.
 * @op: Operand, not a float immediate; of a 64-bit one the low half is read.
 * @buf: Room for AGX_ENGINE_LANES values.
 *
 * Return: A value for each lane, in @buf or, until it is written, the register itself.
 */
const u32 *agx_engine_src32(struct agx_engine *e, const struct agx_isa_operand *op, u32 *buf);

/**
 * agx_engine_read_float() - Read a float for all lanes of the current SIMD group.
 * @e: The engine.
 * @op: Operand, of 16 or 32 bits or a float immediate.
 * @out: Receives a single for each of AGX_ENGINE_LANES lanes, never a subnormal one.
 */
void agx_engine_read_float(struct agx_engine *e, const struct agx_isa_operand *op, u64 *out);

/**
 * agx_engine_single32() - The same for who does not mind subnormal singles.
 * @e: The engine.
 * @op: Operand, of 16 or 32 bits or a float immediate.
 * @buf: Room for AGX_ENGINE_LANES singles.
 *
 * Return: A single for each lane, in @buf or, until it is written, the register itself.
 */
const u32 *agx_engine_single32(struct agx_engine *e, const struct agx_isa_operand *op, u32 *buf);

/**
 * agx_engine_write_dst() - Write an operand in some lanes of the current SIMD group.
 * @e: The engine.
 * @op: Operand in the register file.
 * @values: A value for each of AGX_ENGINE_LANES lanes; bits that do not fit are dropped.
 * @lanes: Which lanes.
 */
void agx_engine_write_dst(struct agx_engine *e, const struct agx_isa_operand *op,
			  const u64 *values, u32 lanes);

/**
 * agx_engine_dst32() - The same for an operand of 16 or 32 bits.
 * @e: The engine.
 * @op: Operand in the register file.
 * @values: A value for each of AGX_ENGINE_LANES lanes; may be that very register.
 * @lanes: Which lanes.
 */
void agx_engine_dst32(struct agx_engine *e, const struct agx_isa_operand *op, const u32 *values,
		      u32 lanes);

/** agx_engine_read_half() - A half of a register in one lane. */
static inline u32 agx_engine_read_half(struct agx_engine *e, u32 half, u32 lane)
{
	return agx_engine_gprs(e)[half / 2][lane] >> 16 * (half & 1) & 0xffff;
}

/** agx_engine_read_lane() - Element @index of the vector @op in one lane. */
u32 agx_engine_read_lane(struct agx_engine *e, const struct agx_isa_operand *op, u32 index,
			 u32 lane);

/** agx_engine_write_lane() - Set element @index of the vector @op in one lane. */
void agx_engine_write_lane(struct agx_engine *e, const struct agx_isa_operand *op, u32 index,
			   u32 lane, u32 value);

/** agx_engine_files_change() - To be called before a shader changes &agx_engine.files. */
void agx_engine_files_change(struct agx_engine *e);

/** agx_engine_float_format() - The format of an instruction's result, if it is a float. */
static inline enum agx_float_format agx_engine_float_format(const struct agx_isa_insn *insn)
{
	return insn->dst.halves == 1 ? AGX_FLOAT_HALF : AGX_FLOAT_SINGLE;
}

/** agx_engine_sign_extend() - @value, of which @bits bits count, as a 64-bit number. */
static inline u64 agx_engine_sign_extend(u64 value, u32 bits)
{
	u64 sign = 1ULL << (bits - 1);

	return ((value & (sign | (sign - 1))) ^ sign) - sign;
}

#endif /* AGX_ENGINE_REGS_H */
