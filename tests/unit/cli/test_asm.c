// SPDX-License-Identifier: MIT
/*
 * The assembler and the disassembler, held against each other and against Mesa's.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "asm.h"
#include "disasm.h"
#include "isa_table.h"
#include "random_insn.h"

/* With what Mesa's disassembler says. */
static const char *samples_path;

/* Instructions that Mesa's shaders have, and the engine has not. */
static const char *const foreign[] = {
	"imgwblk", "iter", "pixwait", "smpi", "st_tile", "st_var",
};

static bool is_foreign(const char *text)
{
	size_t len = strcspn(text, " ");
	size_t i;

	for (i = 0; i < ARRAY_SIZE(foreign); i++)
		if (strlen(foreign[i]) == len && !memcmp(foreign[i], text, len))
			return true;
	return false;
}

static size_t parse_hex(const char *hex, uint8_t *bytes)
{
	unsigned int byte;
	size_t len = 0;

	for (; sscanf(hex, "%2x", &byte) == 1 && hex[1] != '\0'; hex += 2)
		bytes[len++] = (uint8_t)byte;
	return len;
}

static void check_assembles(const char *text, const uint8_t *bytes, size_t len)
{
	struct asm_error error;
	struct asm_code code;

	if (!asm_assemble(text, &code, &error))
		fail_msg("%s: %s", text, error.text);
	if (code.size != len || memcmp(code.bytes, bytes, len))
		fail_msg("%s: other bytes, the first is %02x", text, code.bytes[0]);
	asm_code_free(&code);
}

/* What a text does not tell apart. */
static void drop_invisible(struct agx_isa_operand *op, uint32_t kind)
{
	/* A small index is the same with and without sign extension. */
	if (kind == AGX_ISA_KIND_INDEX && op->file == AGX_ISA_FILE_IMM && op->value <= INT16_MAX)
		op->flags = 0;
	/* A vector of nothing has one register in it. */
	if (!op->count)
		op->count = 1;
}

static void check_same(const struct agx_isa_insn *a, const struct agx_isa_insn *b,
		       const char *text)
{
	const struct agx_isa_desc *desc = &agx_isa_table[a->desc];
	struct agx_isa_operand left, right;
	uint32_t i, role;

	if (a->desc != b->desc)
		fail_msg("%s: became a %s", text, agx_isa_table[b->desc].name);

	for (i = 0; i < AGX_ISA_MAX_FIELDS && desc->field[i].role != AGX_ISA_ROLE_END; i++) {
		role = desc->field[i].role;
		if (!agx_isa_operand(a, role)) {
			if (agx_isa_number(a, role) != agx_isa_number(b, role))
				fail_msg("%s: field %u differs", text, i);
			continue;
		}
		left = *agx_isa_operand(a, role);
		right = *agx_isa_operand(b, role);
		drop_invisible(&left, desc->field[i].kind);
		drop_invisible(&right, desc->field[i].kind);
		if (left.file != right.file || left.halves != right.halves ||
		    left.count != right.count || left.flags != right.flags ||
		    left.hint != right.hint || left.value != right.value)
			fail_msg("%s: operand %u differs", text, i);
	}
}

/* The text gives the same bytes, but for how an immediate index is extended. */
static void check_gives(const char *text, const uint8_t *bytes, size_t len)
{
	uint8_t theirs[AGX_ISA_MAX_LEN] = { 0 }, ours[AGX_ISA_MAX_LEN] = { 0 };
	const struct agx_isa_operand *left, *right;
	struct agx_isa_insn a, b;
	struct asm_error error;
	struct asm_code code;
	uint32_t role;

	if (!asm_assemble(text, &code, &error))
		fail_msg("%s: %s", text, error.text);
	assert_int_equal(code.size, len);
	memcpy(theirs, bytes, len);
	memcpy(ours, code.bytes, len);
	asm_code_free(&code);
	if (!memcmp(theirs, ours, len))
		return;

	assert_true(agx_isa_decode(theirs, &a));
	assert_true(agx_isa_decode(ours, &b));
	check_same(&a, &b, text);
	for (role = AGX_ISA_ROLE_DST; role <= AGX_ISA_ROLE_SRC4; role++) {
		left = agx_isa_operand(&a, role);
		right = agx_isa_operand(&b, role);
		if (left->file == AGX_ISA_FILE_IMM && left->flags != right->flags)
			return;
	}
	fail_msg("%s: other bytes", text);
}

static void test_mesa(void **state)
{
	FILE *file = fopen(samples_path, "r");
	struct disasm_line line;
	char hex[32], text[128];
	unsigned int known = 0;
	uint8_t bytes[16];
	char row[256];
	size_t len;

	assert_non_null(file);
	while (fgets(row, sizeof(row), file)) {
		if (row[0] == '#')
			continue;
		if (sscanf(row, "%31s %127[^\n]", hex, text) != 2)
			fail_msg("not bytes and text: %s", row);
		len = parse_hex(hex, bytes);
		assert_int_equal(2 * len, strlen(hex));

		disasm_line(bytes, len, 0, &line);
		if (!line.known) {
			if (!is_foreign(text))
				fail_msg("%s: not known, is %s", hex, text);
			continue;
		}
		known++;
		assert_int_equal(line.len, len);
		assert_string_equal(line.text, text);
		check_gives(text, bytes, len);
	}
	fclose(file);
	assert_true(known >= 250);
}

/* Every instruction of the table, with whatever its fields can hold. */
static void test_round_trip(void **state)
{
	struct agx_isa_insn insn, again;
	u8 bytes[AGX_ISA_MAX_LEN];
	struct disasm_line line;
	struct asm_error error;
	struct asm_code code;
	u64 random = 0x5eed;
	u32 desc, i;

	for (desc = 0; desc < agx_isa_table_size; desc++) {
		for (i = 0; i < 1000; i++) {
			if (!random_insn(&random, desc, &insn))
				fail_msg("%s: no instruction", agx_isa_table[desc].name);
			disasm_line(insn.bytes, insn.len, 0, &line);
			assert_true(line.known);
			if (!asm_assemble(line.text, &code, &error))
				fail_msg("%s: %s", line.text, error.text);

			memset(bytes, 0, sizeof(bytes));
			assert_true(code.size >= 2 && code.size <= AGX_ISA_MAX_LEN);
			memcpy(bytes, code.bytes, code.size);
			assert_true(agx_isa_decode(bytes, &again));
			assert_int_equal(again.len, code.size);
			check_same(&insn, &again, line.text);
			asm_code_free(&code);
		}
	}
}

struct text_case {
	const char *source;
	const char *hex;
};

static void test_source(void **state)
{
	static const struct text_case cases[] = {
		{ "", "" },
		{ "  # nothing; stop\n\n;;\n//\n", "" },
		{ "stop", "8800" },
		{ "\tstop\t// the end\n", "8800" },
		{ "ldimm r0, 0xdeadbeef", "6201efbeadde" },
		{ "ldimm r0,-1", "6201ffffffff" },
		{ "ldimm r0l, -1", "6200ffff" },
		{ "iadd r4, 0x64, r1.sx", "0e11242064040000" },
		{ "store r0, du0, -1, i32, x, a", NULL },
		{ "again: jmp_any again", "00c000000000" },
		{ "jmp_none out\nstop\nout:\nstop", "20c00800000088008800" },
		{ "a: stop; b: jmp_any a ; trap # ; stop", "880000c0feffffff0800" },
		{ ".bytes 88 00\n.bytes 0800", "88000800" },
		{ "fadd r0, r0, 31", "2a8140f20301" },
	};
	struct disasm_line line;
	struct asm_error error;
	struct asm_code code;
	uint8_t bytes[64];
	uint32_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		if (!asm_assemble(cases[i].source, &code, &error))
			fail_msg("%s: %s", cases[i].source, error.text);
		if (!cases[i].hex) {
			disasm_line(code.bytes, code.size, 0, &line);
			assert_non_null(strstr(line.text, "du0, -1, i32"));
		} else {
			assert_int_equal(code.size, parse_hex(cases[i].hex, bytes));
			if (code.size)
				assert_memory_equal(code.bytes, bytes, code.size);
		}
		asm_code_free(&code);
	}
}

/* Each is refused, and the message has the line and what is wrong with it. */
static void test_bad_source(void **state)
{
	static const struct {
		const char *source;
		unsigned int line;
		const char *said;
	} cases[] = {
		{ "frobnicate r0", 1, "no instruction is called \"frobnicate\"" },
		{ "stop\nstop r0", 2, "\"stop\" does not take \"r0\" as operand 1" },
		{ "stop\n\niadd r0, r1", 3, "\"iadd\" needs more operands" },
		{ "iadd r0, r1, r2, r3", 1, "\"iadd\" does not take \"r3\" as operand 4" },
		{ "iadd r0, r1, ", 1, "as operand 3" },
		{ "iadd r0, r1, 256", 1, "has no encoding" },
		{ "iadd r0, r1, -1", 1, "does not take \"-1\" as operand 3" },
		{ "iadd r128, r1, r2", 1, "has no encoding" },
		{ "iadd r999, r1, r2", 1, "does not take \"r999\" as operand 1" },
		{ "iadd u0, r1, r2", 1, "has no encoding" },
		{ "iadd r0.sx, r1, r2", 1, "has no encoding" },
		{ "iadd r0, r1, r2, lsl 8", 1, "does not take \"lsl 8\" as operand 4" },
		{ "iadd r0, r1, r2, lsl x", 1, "\"lsl x\"" },
		{ "fadd r0, r1, 0.3", 1, "does not take \"0.3\" as operand 3" },
		{ "fadd r0, r1, 32.0", 1, "does not take \"32.0\" as operand 3" },
		{ "ldimm r0l, 65536", 1, "has no encoding" },
		{ "ldimm r0, 4294967296", 1, "\"4294967296\"" },
		{ "ldimm r0, 0x", 1, "\"0x\"" },
		{ "load r0_r2, du0, 0, i32, xy, a", 1, "does not take \"r0_r2\"" },
		{ "load r0_r1, du0, 0, i32, x, a", 1, "has no encoding" },
		{ "load r0_r1, du0, 0, i32, yx, a", 1, "does not take \"yx\" as operand 5" },
		{ "load r0, du0, 40000, i16, x, b, a", 1, "does not take \"a\" as operand 7" },
		{ "load r0, du0, 70000, i32, x, a", 1, "does not take \"70000\"" },
		{ "load r0l, du0, 0, i32, x, a", 1, "has no encoding" },
		{ "wait c", 1, "does not take \"c\"" },
		{ "mov r0, thread_in_sky", 1, "does not take \"thread_in_sky\"" },
		{ "stop\njmp_any nowhere", 2, "there is no label \"nowhere\"" },
		{ "jmp_any 1nowhere", 1, "does not take \"1nowhere\"" },
		{ ".bytes 00\na: .bytes 00\njmp_any a", 3, "has no encoding" },
		{ "jmp_any 3", 1, "has no encoding" },
		{ "a:\na: stop", 2, "two labels \"a\"" },
		{ "4: stop", 1, "no name for a label: \"4\"" },
		{ ": stop", 1, "no name for a label" },
		{ ".bytes 8g", 1, "no hexadecimal bytes" },
		{ ".bytes 880", 1, "no hexadecimal bytes" },
		{ ".byte 88", 1, "no instruction is called \".byte\"" },
		{ "iadd r0, r1, r2, r3, r4, r5, r6, r7, r8, r9, r10, r11, r12, r13, r14",
		  1, "too many operands" },
	};
	struct asm_error error;
	struct asm_code code;
	uint32_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		if (asm_assemble(cases[i].source, &code, &error))
			fail_msg("%s: taken", cases[i].source);
		assert_null(code.bytes);
		assert_int_equal(error.line, cases[i].line);
		if (!strstr(error.text, cases[i].said))
			fail_msg("%s: said %s", cases[i].source, error.text);
	}
}

static void test_long_line(void **state)
{
	struct asm_error error;
	struct asm_code code;
	char line[1024];

	memset(line, 'x', sizeof(line) - 1);
	line[sizeof(line) - 1] = '\0';
	assert_false(asm_assemble(line, &code, &error));
	assert_string_equal(error.text, "the instruction is too long");

	/* A comment may be long. */
	line[0] = '#';
	assert_true(asm_assemble(line, &code, &error));
	asm_code_free(&code);
}

/* What is no instruction becomes lines that give the same bytes again. */
static void test_unknown(void **state)
{
	static const uint8_t bytes[] = { 0x88, 0x00, 0xff, 0xff, 0xff, 0x88 };
	static const char *const texts[] = {
		"stop", ".bytes   ffff", ".bytes   ff88",
	};
	static const uint8_t cut[] = { 0x62, 0x01, 0xef, 0xbe, 0xad };
	struct disasm_usage usage;
	struct disasm_line line;
	size_t offset = 0;
	uint32_t i;

	for (i = 0; i < ARRAY_SIZE(texts); i++) {
		disasm_line(bytes, sizeof(bytes), offset, &line);
		assert_int_equal(line.known, i == 0);
		assert_string_equal(line.text, texts[i]);
		check_assembles(line.text, bytes + offset, line.len);
		offset += line.len;
	}
	assert_int_equal(offset, sizeof(bytes));

	/* An instruction that is cut off is none, and one byte may be left over. */
	disasm_usage(cut, sizeof(cut), &usage);
	assert_int_equal(usage.unknown, 3);
	disasm_line(cut, sizeof(cut), 4, &line);
	assert_int_equal(line.len, 1);
	assert_string_equal(line.text, ".bytes   ad");
}

static void test_usage(void **state)
{
	static const struct {
		const char *source;
		uint32_t registers;
		uint32_t uniforms;
	} cases[] = {
		{ "stop", 1, 0 },
		{ "mov r0h, r0l\nstop", 2, 0 },
		{ "iadd dr10, dr2, u7", 24, 16 },
		{ "load r0_r1_r2_r3, du4, r9, i32, xyzw, a", 20, 12 },
		{ "mov u20h_u21l, r5", 12, 43 },
	};
	struct disasm_usage usage;
	struct asm_error error;
	struct asm_code code;
	uint32_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		if (!asm_assemble(cases[i].source, &code, &error))
			fail_msg("%s: %s", cases[i].source, error.text);
		disasm_usage(code.bytes, code.size, &usage);
		assert_int_equal(usage.registers, cases[i].registers);
		assert_int_equal(usage.uniforms, cases[i].uniforms);
		assert_int_equal(usage.unknown, 0);
		asm_code_free(&code);
	}
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mesa),
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_source),
		cmocka_unit_test(test_bad_source),
		cmocka_unit_test(test_long_line),
		cmocka_unit_test(test_unknown),
		cmocka_unit_test(test_usage),
	};

	if (argc != 2) {
		fprintf(stderr, "usage: %s MESA-SAMPLES\n", argv[0]);
		return 2;
	}
	samples_path = argv[1];
	return cmocka_run_group_tests_name("cli-asm", tests, NULL, NULL);
}
