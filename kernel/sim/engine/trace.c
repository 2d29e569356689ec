// SPDX-License-Identifier: GPL-2.0 OR MIT
#include "regs.h"
#include "text.h"
#include "trace.h"

void agx_engine_set_trace(struct agx_engine *e, agx_engine_trace_fn fn, u32 lane)
{
	e->trace.fn = fn;
	e->trace.lane = lane;
}

/* The lane to look at: the one that was asked for, or the first that is active. */
static u32 trace_lane(const struct agx_engine *e, u32 exec)
{
	u32 lane;

	if (e->trace.lane < AGX_ENGINE_LANES)
		return e->trace.lane;
	for (lane = 0; lane < AGX_ENGINE_LANES; lane++)
		if (exec >> lane & 1)
			return lane;
	return 0;
}

static u64 trace_value(struct agx_engine *e, const struct agx_isa_operand *op, u32 first, u32 lane)
{
	u64 value = 0;
	u32 i = op->halves;

	while (i--) {
		value <<= 16;
		if (op->file == AGX_ISA_FILE_UNIFORM)
			value |= e->files.uniform[first + i];
		else
			value |= agx_engine_read_half(e, first + i, lane);
	}
	return value;
}

/* The registers and uniforms of an operand, each with its name and value. */
static void trace_operand(struct agx_engine *e, struct agx_text *text,
			  const struct agx_isa_operand *op, u32 lane)
{
	u32 i;

	if (op->file != AGX_ISA_FILE_GPR && op->file != AGX_ISA_FILE_UNIFORM)
		return;

	for (i = 0; i < op->count; i++) {
		u32 first = op->value + i * op->halves;

		if (text->len)
			agx_text_char(text, ' ');
		agx_isa_format_register(text, op->file, first, op->halves);
		agx_text_str(text, "=0x");
		agx_text_hex(text, trace_value(e, op, first, lane), 1);
	}
}

/* What the stack of the execution mask is kept in. */
static const struct agx_isa_operand trace_r0l = {
	.file = AGX_ISA_FILE_GPR, .halves = 1, .count = 1,
};

static bool trace_changes_mask(const struct agx_isa_insn *insn)
{
	return insn->op >= AGX_ISA_OP_IF_ICMP && insn->op <= AGX_ISA_OP_POP_EXEC;
}

void agx_engine_trace_begin(struct agx_engine *e, const struct agx_isa_insn *insn)
{
	struct agx_engine_simd *simd = agx_engine_current(e);
	struct agx_engine_trace *step = &e->trace.step;
	struct agx_text text;
	u32 i;

	for (i = 0; i < 3; i++)
		step->group[i] = e->wg.id[i];
	step->stream = e->cfg.stream;
	step->preshader = e->wg.preshader;
	step->simd = e->wg.current;
	step->pc = simd->pc;
	step->shader = e->wg.code;
	step->exec = simd->exec;
	step->lane = trace_lane(e, simd->exec);
	agx_isa_format(insn, step->text, sizeof(step->text));

	agx_text_init(&text, step->sources, sizeof(step->sources));
	if (trace_changes_mask(insn))
		trace_operand(e, &text, &trace_r0l, step->lane);
	for (i = 0; i < ARRAY_SIZE(insn->src); i++)
		trace_operand(e, &text, &insn->src[i], step->lane);
}

void agx_engine_trace_end(struct agx_engine *e, const struct agx_isa_insn *insn)
{
	struct agx_engine_trace *step = &e->trace.step;
	struct agx_text text;

	agx_text_init(&text, step->results, sizeof(step->results));
	step->faulted = e->phase == AGX_ENGINE_PHASE_FAULT;
	if (trace_changes_mask(insn))
		trace_operand(e, &text, &trace_r0l, step->lane);
	if (!step->faulted)
		trace_operand(e, &text, &insn->dst, step->lane);

	e->trace.fn(e->ctx, step);
}
