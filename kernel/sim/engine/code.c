// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Fetching and decoding instructions. Decoded ones are kept for the length of a launch, as an
 * instruction cache would.
 */
#include "fault.h"
#include "mem.h"
#include "shader.h"

void agx_engine_code_flush(struct agx_engine *e)
{
	/* No instruction is at an odd address. */
	memset(e->code_tag, 0xff, sizeof(e->code_tag));
}

/*
 * An instruction may be the last thing before an unmapped page, and its length is known only when
 * it has been read: read as much as there is. Fails if there is nothing.
 */
static u32 code_read(struct agx_engine *e, u64 pc, u8 *bytes)
{
	u32 len;

	for (len = AGX_ISA_MAX_LEN; len; len -= 2) {
		if (agx_engine_try_read(e, pc, bytes, len, AGX_ENGINE_FETCH))
			break;
	}
	/* A failed read may have left anything. */
	memset(bytes + len, 0, AGX_ISA_MAX_LEN - len);
	return len;
}

const struct agx_isa_insn *agx_engine_code_get(struct agx_engine *e, u64 pc)
{
	u32 entry = (u32)(pc >> 1) & (AGX_ENGINE_CODE - 1);
	struct agx_isa_insn *insn = &e->code[entry];
	u8 bytes[AGX_ISA_MAX_LEN];
	u32 len;

	if (pc & 1) {
		agx_engine_raise(e, AGX_ENGINE_FAULT_INSN, pc, NULL, 0);
		return NULL;
	}
	if (e->code_tag[entry] == pc)
		return insn;

	e->code_tag[entry] = ~0ULL;
	len = code_read(e, pc, bytes);
	if (!len) {
		agx_engine_raise_access(e, AGX_ENGINE_FETCH, pc, 2, 0, NULL);
		return NULL;
	}
	if (!agx_isa_decode(bytes, insn)) {
		agx_engine_raise(e, AGX_ENGINE_FAULT_INSN, pc, bytes, len);
		return NULL;
	}
	if (insn->len > len) {
		agx_engine_raise_access(e, AGX_ENGINE_FETCH, pc + len, insn->len - len, 0, NULL);
		return NULL;
	}

	e->code_tag[entry] = pc;
	return insn;
}
