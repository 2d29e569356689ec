// SPDX-License-Identifier: GPL-2.0 OR MIT
#include "exec.h"
#include "fault.h"
#include "shader.h"
#include "trace.h"

/* Lets another SIMD group have its turn; false if all of them have ended. */
static bool shader_next_simd(struct agx_engine *e)
{
	struct agx_engine_workgroup *wg = &e->wg;
	bool waiting = false;
	u32 released = 0;
	u32 i;

	for (i = 1; i <= wg->simds; i++) {
		u32 next = (wg->current + i) % wg->simds;

		if (e->simd[next].state == AGX_ENGINE_SIMD_BARRIER)
			waiting = true;
		if (e->simd[next].state != AGX_ENGINE_SIMD_READY)
			continue;
		wg->current = next;
		wg->quantum = AGX_ENGINE_QUANTUM;
		return true;
	}

	if (!waiting)
		return false;

	/* Whoever has not ended is at the barrier. */
	for (i = wg->simds; i--;) {
		if (e->simd[i].state != AGX_ENGINE_SIMD_BARRIER)
			continue;
		e->simd[i].state = AGX_ENGINE_SIMD_READY;
		released = i;
	}
	wg->current = released;
	wg->quantum = AGX_ENGINE_QUANTUM;
	return true;
}

static void shader_jump(struct agx_engine_simd *simd, const struct agx_isa_insn *insn)
{
	simd->pc += (u64)(s64)(s32)insn->imm;
}

static void shader_execute(struct agx_engine *e, const struct agx_isa_insn *insn)
{
	struct agx_engine_simd *simd = agx_engine_current(e);

	switch (insn->op) {
	case AGX_ISA_OP_IF_ICMP:
	case AGX_ISA_OP_ELSE_ICMP:
	case AGX_ISA_OP_WHILE_ICMP:
	case AGX_ISA_OP_IF_FCMP:
	case AGX_ISA_OP_ELSE_FCMP:
	case AGX_ISA_OP_WHILE_FCMP:
	case AGX_ISA_OP_POP_EXEC:
		agx_engine_exec_mask(e, insn);
		break;
	case AGX_ISA_OP_IBALLOT:
	case AGX_ISA_OP_FBALLOT:
	case AGX_ISA_OP_SHUFFLE:
	case AGX_ISA_OP_REDUCE:
		agx_engine_exec_group(e, insn);
		break;
	case AGX_ISA_OP_JMP_ANY:
		if (simd->exec) {
			shader_jump(simd, insn);
			return;
		}
		break;
	case AGX_ISA_OP_JMP_NONE:
		if (!simd->exec) {
			shader_jump(simd, insn);
			return;
		}
		break;
	case AGX_ISA_OP_FADD:
	case AGX_ISA_OP_FMUL:
	case AGX_ISA_OP_FFMA:
	case AGX_ISA_OP_FLOOR:
	case AGX_ISA_OP_CEIL:
	case AGX_ISA_OP_TRUNC:
	case AGX_ISA_OP_RINT:
	case AGX_ISA_OP_RCP:
	case AGX_ISA_OP_RSQRT:
	case AGX_ISA_OP_RSQRTS:
	case AGX_ISA_OP_EXP2:
	case AGX_ISA_OP_LOG2:
	case AGX_ISA_OP_SINR:
	case AGX_ISA_OP_SINC:
		agx_engine_exec_float(e, insn);
		break;
	case AGX_ISA_OP_U8_TO_F:
	case AGX_ISA_OP_S8_TO_F:
	case AGX_ISA_OP_F_TO_U16:
	case AGX_ISA_OP_F_TO_S16:
	case AGX_ISA_OP_U16_TO_F:
	case AGX_ISA_OP_S16_TO_F:
	case AGX_ISA_OP_F_TO_U32:
	case AGX_ISA_OP_F_TO_S32:
	case AGX_ISA_OP_U32_TO_F:
	case AGX_ISA_OP_S32_TO_F:
		agx_engine_exec_convert(e, insn);
		break;
	case AGX_ISA_OP_LOAD:
		agx_engine_exec_load(e, insn);
		break;
	case AGX_ISA_OP_STORE:
		agx_engine_exec_store(e, insn);
		break;
	case AGX_ISA_OP_LLOAD:
		agx_engine_exec_local_load(e, insn);
		break;
	case AGX_ISA_OP_LSTORE:
		agx_engine_exec_local_store(e, insn);
		break;
	case AGX_ISA_OP_ATOMIC:
		agx_engine_exec_atomic(e, insn);
		break;
	case AGX_ISA_OP_LATOMIC:
		agx_engine_exec_local_atomic(e, insn);
		break;
	case AGX_ISA_OP_STACK_ADJUST:
		agx_engine_exec_stack_adjust(e, insn);
		break;
	case AGX_ISA_OP_STACK_LOAD:
	case AGX_ISA_OP_STACK_STORE:
		agx_engine_exec_stack(e, insn);
		break;
	case AGX_ISA_OP_UNIFORM_STORE:
		agx_engine_exec_uniform_store(e, insn);
		break;
	case AGX_ISA_OP_TEXTURE_STATE:
		agx_engine_exec_texture_state(e, insn);
		break;
	case AGX_ISA_OP_SAMPLER_STATE:
		agx_engine_exec_sampler_state(e, insn);
		break;
	case AGX_ISA_OP_TEXTURE_READ:
		agx_engine_exec_texture_read(e, insn);
		break;
	case AGX_ISA_OP_TEXTURE_SAMPLE:
		agx_engine_exec_texture_sample(e, insn);
		break;
	case AGX_ISA_OP_IMAGE_WRITE:
		agx_engine_exec_image_write(e, insn);
		break;
	case AGX_ISA_OP_TILE_STORE:
		agx_engine_exec_tile_store(e, insn);
		break;
	case AGX_ISA_OP_BLOCK_WRITE:
		agx_engine_exec_block_write(e, insn);
		break;
	case AGX_ISA_OP_WAIT:
	case AGX_ISA_OP_MEMORY_BARRIER:
		/* Loads and stores are complete when they have been issued. */
		break;
	case AGX_ISA_OP_BARRIER:
		simd->state = AGX_ENGINE_SIMD_BARRIER;
		break;
	case AGX_ISA_OP_STOP:
		/* Ends the whole group, whatever the execution mask says. */
		simd->state = AGX_ENGINE_SIMD_ENDED;
		break;
	case AGX_ISA_OP_TRAP:
		/*
		 * Compilers put it behind the end of a program: whoever gets there, active or
		 * not, has lost its way, and is not let go on as if it had not.
		 */
		agx_engine_raise(e, AGX_ENGINE_FAULT_TRAP, simd->pc, insn->bytes, insn->len);
		return;
	case AGX_ISA_OP_DOORBELL:
	case AGX_ISA_OP_JMP_DOORBELL:
	case AGX_ISA_OP_MAP:
	case AGX_ISA_OP_UNMAP:
		agx_engine_raise(e, AGX_ENGINE_FAULT_HELPER, simd->pc, insn->bytes, insn->len);
		return;
	default:
		agx_engine_exec_alu(e, insn);
	}

	if (e->phase != AGX_ENGINE_PHASE_FAULT)
		simd->pc += insn->len;
}

void agx_engine_shader_step(struct agx_engine *e)
{
	struct agx_engine_simd *simd = agx_engine_current(e);
	const struct agx_isa_insn *insn;

	e->steps++;
	insn = agx_engine_code_get(e, simd->pc);
	if (!insn)
		return;

	if (e->trace.fn)
		agx_engine_trace_begin(e, insn);
	shader_execute(e, insn);
	if (e->trace.fn)
		agx_engine_trace_end(e, insn);
	if (e->phase == AGX_ENGINE_PHASE_FAULT)
		return;

	if (simd->state == AGX_ENGINE_SIMD_READY && --e->wg.quantum)
		return;
	if (!shader_next_simd(e))
		e->phase = AGX_ENGINE_PHASE_WORKGROUP;
}
