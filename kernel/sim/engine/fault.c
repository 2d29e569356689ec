// SPDX-License-Identifier: GPL-2.0 OR MIT
#include "fault.h"
#include "text.h"

static struct agx_engine_fault *fault_begin(struct agx_engine *e, enum agx_engine_fault_kind kind,
					    u64 va)
{
	if (e->phase == AGX_ENGINE_PHASE_FAULT)
		return NULL;

	e->fault = (struct agx_engine_fault){
		.kind = kind,
		.va = va,
	};
	if (e->phase == AGX_ENGINE_PHASE_SHADER) {
		e->fault.pc = agx_engine_current(e)->pc;
		e->fault.shader = e->wg.code;
	}
	e->phase = AGX_ENGINE_PHASE_FAULT;
	return &e->fault;
}

static void fault_bytes(struct agx_engine_fault *fault, const u8 *bytes, u32 len)
{
	fault->len = len < AGX_ENGINE_INSN_MAX ? len : AGX_ENGINE_INSN_MAX;
	memcpy(fault->bytes, bytes, fault->len);
}

void agx_engine_raise(struct agx_engine *e, enum agx_engine_fault_kind kind, u64 va,
		      const u8 *bytes, u32 len)
{
	struct agx_engine_fault *fault = fault_begin(e, kind, va);

	if (fault && len)
		fault_bytes(fault, bytes, len);
}

static void fault_access(struct agx_engine *e, enum agx_engine_fault_kind kind,
			 enum agx_engine_access access, u64 va, u32 size, u32 lane,
			 const struct agx_isa_insn *insn)
{
	struct agx_engine_fault *fault = fault_begin(e, kind, va);

	if (!fault)
		return;
	fault->access = access;
	fault->size = size;
	fault->lane = lane;
	if (insn)
		fault_bytes(fault, insn->bytes, insn->len);
}

void agx_engine_raise_access(struct agx_engine *e, enum agx_engine_access access, u64 va, u32 size,
			     u32 lane, const struct agx_isa_insn *insn)
{
	fault_access(e, AGX_ENGINE_FAULT_UNMAPPED, access, va, size, lane, insn);
}

void agx_engine_raise_stack(struct agx_engine *e, enum agx_engine_access access, u64 address,
			    u32 size, u32 lane, const struct agx_isa_insn *insn)
{
	fault_access(e, AGX_ENGINE_FAULT_STACK, access, address, size, lane, insn);
}

void agx_engine_raise_image(struct agx_engine *e, enum agx_engine_fault_kind kind,
			    enum agx_engine_access access, u64 state, u32 lane,
			    const struct agx_isa_insn *insn)
{
	fault_access(e, kind, access, state, 0, lane, insn);
}

static const char *fault_access_name(enum agx_engine_access access)
{
	switch (access) {
	case AGX_ENGINE_SHADER_LOAD:
		return "shader load";
	case AGX_ENGINE_SHADER_STORE:
		return "shader store";
	case AGX_ENGINE_SHADER_ATOMIC:
		return "shader atomic";
	default:
		return "fetch";
	}
}

static const char *fault_kind_name(const struct agx_engine_fault *fault)
{
	switch (fault->kind) {
	case AGX_ENGINE_FAULT_NONE:
		return "no fault";
	case AGX_ENGINE_FAULT_UNMAPPED:
		return "no translation or permission for a";
	case AGX_ENGINE_FAULT_STREAM:
		return "undefined CDM block";
	case AGX_ENGINE_FAULT_LINK:
		return "unbalanced CDM link or return";
	case AGX_ENGINE_FAULT_LAUNCH:
		return "impossible workgroup size";
	case AGX_ENGINE_FAULT_USC:
		return "undefined or incomplete USC words";
	case AGX_ENGINE_FAULT_INSN:
		return "undefined instruction";
	case AGX_ENGINE_FAULT_STACK:
		return fault->access == AGX_ENGINE_FETCH ? "no stack" : "outside of the stack, a";
	case AGX_ENGINE_FAULT_IMAGE:
		return "undefined state of an image for a";
	case AGX_ENGINE_FAULT_COMPRESSED:
		return "lossless compression of an image is not simulated, for a";
	case AGX_ENGINE_FAULT_TRAP:
		return "trap instruction";
	case AGX_ENGINE_FAULT_HELPER:
		return "instruction of a helper program";
	}
	return "unknown fault";
}

static void fault_text_address(struct agx_text *text, const char *what, u64 va)
{
	agx_text_str(text, what);
	agx_text_str(text, " 0x");
	agx_text_hex(text, va, 1);
}

/* A jump may have led to before the beginning. */
static void fault_text_offset(struct agx_text *text, const struct agx_engine_fault *fault)
{
	bool behind = fault->pc >= fault->shader;

	agx_text_str(text, behind ? ", shader+0x" : ", shader-0x");
	agx_text_hex(text, behind ? fault->pc - fault->shader : fault->shader - fault->pc, 1);
}

/* Bytes that are an instruction are better read as one. */
static void fault_text_bytes(struct agx_text *text, const struct agx_engine_fault *fault)
{
	u8 bytes[AGX_ISA_MAX_LEN] = { 0 };
	char buf[AGX_ISA_MAX_TEXT];
	struct agx_isa_insn insn;
	u32 i;

	if (!fault->len || fault->len > sizeof(bytes))
		return;

	agx_text_char(text, ':');
	for (i = 0; i < fault->len; i++) {
		agx_text_char(text, ' ');
		agx_text_hex(text, fault->bytes[i], 2);
	}

	memcpy(bytes, fault->bytes, fault->len);
	if (!fault->pc || !agx_isa_decode(bytes, &insn) || insn.len > fault->len)
		return;
	agx_isa_format(&insn, buf, sizeof(buf));
	agx_text_str(text, " (");
	agx_text_str(text, buf);
	agx_text_char(text, ')');
}

size_t agx_engine_fault_format(const struct agx_engine_fault *fault, char *buf, size_t size)
{
	struct agx_text text;

	agx_text_init(&text, buf, size);
	agx_text_str(&text, fault_kind_name(fault));
	if (fault->kind == AGX_ENGINE_FAULT_NONE)
		return text.len;

	if (fault->kind == AGX_ENGINE_FAULT_UNMAPPED || fault->access != AGX_ENGINE_FETCH) {
		agx_text_char(&text, ' ');
		agx_text_str(&text, fault_access_name(fault->access));
	}
	if (fault->size) {
		agx_text_str(&text, " of ");
		agx_text_dec(&text, fault->size);
		agx_text_str(&text, " bytes");
	}

	fault_text_address(&text, " at", fault->va);
	if (fault->access != AGX_ENGINE_FETCH) {
		agx_text_str(&text, ", lane ");
		agx_text_dec(&text, fault->lane);
	}
	if (fault->pc && fault->pc != fault->va)
		fault_text_address(&text, ", pc", fault->pc);
	if (fault->pc)
		fault_text_offset(&text, fault);
	fault_text_bytes(&text, fault);
	return text.len;
}
