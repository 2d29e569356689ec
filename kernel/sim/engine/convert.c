// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Conversions between floats and integers. An integer takes the lowest bits of its source and, as
 * far as there is room, all of its destination. The hardware clamps what an integer cannot be.
 */
#include "exec.h"
#include "float.h"
#include "regs.h"

struct convert_integer {
	u8 bits;
	bool is_signed;
	bool to_float;
};

static struct convert_integer convert_integer(enum agx_isa_op op)
{
	switch (op) {
	case AGX_ISA_OP_U8_TO_F:
		return (struct convert_integer){ 8, false, true };
	case AGX_ISA_OP_S8_TO_F:
		return (struct convert_integer){ 8, true, true };
	case AGX_ISA_OP_U16_TO_F:
		return (struct convert_integer){ 16, false, true };
	case AGX_ISA_OP_S16_TO_F:
		return (struct convert_integer){ 16, true, true };
	case AGX_ISA_OP_U32_TO_F:
		return (struct convert_integer){ 32, false, true };
	case AGX_ISA_OP_S32_TO_F:
		return (struct convert_integer){ 32, true, true };
	case AGX_ISA_OP_F_TO_U16:
		return (struct convert_integer){ 16, false, false };
	case AGX_ISA_OP_F_TO_S16:
		return (struct convert_integer){ 16, true, false };
	case AGX_ISA_OP_F_TO_U32:
		return (struct convert_integer){ 32, false, false };
	default:
		/* AGX_ISA_OP_F_TO_S32 */
		return (struct convert_integer){ 32, true, false };
	}
}

static u32 convert_to_float(const struct agx_isa_insn *insn, struct convert_integer integer,
			    u64 source)
{
	u64 value = source & ((1ULL << integer.bits) - 1);

	if (integer.is_signed)
		value = agx_engine_sign_extend(value, integer.bits);
	return agx_float_from_integer((s64)value, insn->round, agx_engine_float_format(insn));
}

static u64 convert_to_integer(const struct agx_isa_insn *insn, struct convert_integer integer,
			      u32 source)
{
	s64 min = 0;
	s64 max = (1LL << integer.bits) - 1;

	if (integer.is_signed) {
		max >>= 1;
		min = -max - 1;
	}
	return (u64)agx_float_to_integer(source, insn->round, min, max);
}

void agx_engine_exec_convert(struct agx_engine *e, const struct agx_isa_insn *insn)
{
	struct convert_integer integer = convert_integer(insn->op);
	u32 exec = agx_engine_current(e)->exec;
	struct agx_engine_scratch *s = &e->scratch;
	u32 lane;

	if (!exec)
		return;

	if (integer.to_float)
		agx_engine_read_src(e, &insn->src[0], s->src[0]);
	else
		agx_engine_read_float(e, &insn->src[0], s->src[0]);

	for (lane = 0; lane < AGX_ENGINE_LANES; lane++) {
		if (!(exec >> lane & 1))
			continue;
		if (integer.to_float)
			s->dst[lane] = convert_to_float(insn, integer, s->src[0][lane]);
		else
			s->dst[lane] = convert_to_integer(insn, integer, (u32)s->src[0][lane]);
	}
	agx_engine_write_dst(e, &insn->dst, s->dst, exec);
}
