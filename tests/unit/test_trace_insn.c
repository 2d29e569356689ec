// SPDX-License-Identifier: MIT
/* Instructions that the simulated GPU has executed, as its event tells them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "trace_insn.h"
#include "trace_line.h"

#define PLACE "context=3 stream=0x2ffff5c400 group=1,2,3 simd=4 exec=0000fff0 0x11fffac012 "
#define INSN                                                                                       \
	PLACE "shader+0x12: iadd     dr2, r1h, u5 | 7: r1h=0x3 u5=0x4d -> dr2=0x123456789abcdef0"

static void check_reg(const struct trace_regs *regs, unsigned int index, const char *name,
		      uint64_t value)
{
	assert_true(index < regs->num);
	assert_string_equal(regs->list[index].name, name);
	assert_true(regs->list[index].value == value);
}

static void test_insn(void **state)
{
	struct trace_insn insn;

	assert_true(trace_insn_parse(INSN, &insn));
	assert_int_equal(insn.context, 3);
	assert_true(insn.stream == 0x2ffff5c400);
	assert_false(insn.preshader);
	assert_int_equal(insn.group[0], 1);
	assert_int_equal(insn.group[1], 2);
	assert_int_equal(insn.group[2], 3);
	assert_int_equal(insn.simd, 4);
	assert_int_equal(insn.exec, 0xfff0);
	assert_true(insn.pc == 0x11fffac012);
	assert_int_equal(insn.offset, 0x12);
	assert_string_equal(insn.text, "iadd     dr2, r1h, u5");
	assert_int_equal(insn.lane, 7);
	assert_true(trace_insn_active(&insn));
	assert_int_equal(insn.reads.num, 2);
	check_reg(&insn.reads, 0, "r1h", 3);
	check_reg(&insn.reads, 1, "u5", 0x4d);
	assert_int_equal(insn.writes.num, 1);
	check_reg(&insn.writes, 0, "dr2", 0x123456789abcdef0);
	assert_false(insn.faulted);
}

/* As tracefs prints it, blanks at the end of lines included. */
static void test_line(void **state)
{
	char text[] = "    agx_sim/c0-77      [001] .....    98.765432: agx_sim_insn: context=1 "
		      "stream=0x100 group=0,0,0 simd=0 exec=00000001 0x2000 shader+0x0: "
		      "stop | 0:  -> "
		      "\n";
	struct trace_insn insn;
	struct trace_line line;

	assert_true(trace_parse(text, &line));
	assert_string_equal(line.event, "agx_sim_insn");
	assert_true(trace_insn_parse(line.text, &insn));
	assert_string_equal(insn.text, "stop");
	assert_int_equal(insn.reads.num, 0);
	assert_int_equal(insn.writes.num, 0);
}

static void test_fault(void **state)
{
	struct trace_insn insn;

	/* What is stored is named twice by the engine. */
	assert_true(trace_insn_parse(PLACE "shader+0x6: store    r1, du2, 0, i32, x, a | 4: "
				     "r1=0x1234 du2=0x2000000000 r1=0x1234 -> fault", &insn));
	assert_true(insn.faulted);
	assert_int_equal(insn.reads.num, 2);
	check_reg(&insn.reads, 0, "r1", 0x1234);
	check_reg(&insn.reads, 1, "du2", 0x2000000000);
	assert_int_equal(insn.writes.num, 0);
}

static void test_elsewhere(void **state)
{
	struct trace_insn insn;

	assert_true(trace_insn_parse("context=1 stream=0x0 preshader=0,0,0 simd=0 exec=00000001 "
				     "0x1000 shader-0x20: stop | 31:  -> ", &insn));
	assert_true(insn.preshader);
	assert_int_equal(insn.offset, -0x20);
	assert_int_equal(insn.lane, 31);
	assert_false(trace_insn_active(&insn));
}

static void check_format(const char *event, const char *expected)
{
	char line[TRACE_INSN_LINE];
	struct trace_insn insn;

	assert_true(trace_insn_parse(event, &insn));
	trace_insn_format(&insn, 22, line, sizeof(line));
	assert_string_equal(line, expected);
}

static void test_format(void **state)
{
	check_format(INSN, "group 1,2,3 simd 4  exec 0000fff0  +0x0012  iadd     dr2, r1h, u5   "
		     "lane 7: r1h=0x3 u5=0x4d -> dr2=0x123456789abcdef0");
	check_format("context=1 stream=0x0 preshader=0,0,0 simd=0 exec=00000001 0x1000 "
		     "shader-0x20: stop | 31:  -> ",
		     "preshader   simd 0  exec 00000001  -0x0020  stop                    "
		     "lane 31 (inactive)");
	check_format(PLACE "shader+0x12: mov      r0, r1 | 4: r1=0x1 -> fault",
		     "group 1,2,3 simd 4  exec 0000fff0  +0x0012  mov      r0, r1         "
		     "lane 4: r1=0x1 -> fault");
	check_format(PLACE "shader+0x12: mov      r0, 1 | 4:  -> r0=0x1",
		     "group 1,2,3 simd 4  exec 0000fff0  +0x0012  mov      r0, 1          "
		     "lane 4: -> r0=0x1");
}

/* No buffer is too small. */
static void test_format_short(void **state)
{
	char line[TRACE_INSN_LINE], full[TRACE_INSN_LINE];
	struct trace_insn insn;
	size_t size;

	assert_true(trace_insn_parse(INSN, &insn));
	trace_insn_format(&insn, 0, full, sizeof(full));
	for (size = 1; size <= strlen(full) + 1; size++) {
		memset(line, 'x', sizeof(line));
		trace_insn_format(&insn, 0, line, size);
		assert_int_equal(strlen(line), size - 1);
		assert_memory_equal(line, full, size - 1);
		assert_int_equal(line[size], 'x');
	}
}

static void test_others(void **state)
{
	static const char *const texts[] = {
		"", "vm=1 context=2", PLACE, PLACE "shader+0x12: ", PLACE "shader+0x12: stop",
		PLACE "shader+0x12: stop | ", PLACE "shader+0x12: stop | 3",
		PLACE "shader+0x12: stop | 3:", PLACE "shader+0x12: stop | 3: r1=0x1",
		PLACE "shader+0x12: stop | 32:  -> ", PLACE "shader*0x12: stop | 3:  -> ",
		PLACE "shader+0x12: stop | 3: r1=1 -> ", PLACE "shader+0x12: stop | 3: r1=0x -> ",
		PLACE "shader+0x12: stop | 3:  -> error", PLACE "shader+0x12: stop | 3: x -> ",
		PLACE "shader+0x12: stop | 3: r12345678=0x1 -> ",
		PLACE "shader+0x12: stop | 3: r1=0x12345678901234567 -> ",
		"context=3 stream=0x1 kind=1,2,3 simd=4 exec=0000fff0 0x12 shader+0x12: a | 3: -> ",
	};
	struct trace_insn insn;
	unsigned int i;

	for (i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		if (trace_insn_parse(texts[i], &insn))
			fail_msg("\"%s\" is an instruction", texts[i]);
}

/* Whatever is cut off or damaged is read or not, but stays where it is. */
static void test_damaged(void **state)
{
	char copy[sizeof(INSN)], line[TRACE_INSN_LINE];
	struct trace_insn insn;
	unsigned int i, c;

	for (i = 0; i < sizeof(INSN) - 1; i++) {
		for (c = 0; c < 256; c += 3) {
			strcpy(copy, INSN);
			copy[i] = (char)c;
			if (!trace_insn_parse(copy, &insn))
				continue;
			assert_true(insn.lane < 32);
			trace_insn_format(&insn, 40, line, sizeof(line));
		}
	}
}

/* More registers than there is room for are left out. */
static void test_many(void **state)
{
	char text[2048] = PLACE "shader+0x12: phi | 3:";
	struct trace_insn insn;
	unsigned int i;

	for (i = 0; i < 40; i++)
		sprintf(text + strlen(text), " r%u=0x%x", i, i);
	strcat(text, " -> r0=0x1");
	assert_true(trace_insn_parse(text, &insn));
	assert_int_equal(insn.reads.num, TRACE_INSN_REGS);
	check_reg(&insn.reads, TRACE_INSN_REGS - 1, "r31", 31);
	check_reg(&insn.writes, 0, "r0", 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_insn),
		cmocka_unit_test(test_line),
		cmocka_unit_test(test_fault),
		cmocka_unit_test(test_elsewhere),
		cmocka_unit_test(test_format),
		cmocka_unit_test(test_format_short),
		cmocka_unit_test(test_others),
		cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
