// SPDX-License-Identifier: MIT
/* Lines of tracefs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "trace_line.h"

static bool parse(const char *text, struct trace_line *line)
{
	static char copy[512];

	snprintf(copy, sizeof(copy), "%s", text);
	if (!trace_parse(copy, line))
		return false;
	trace_parse_fields(line);
	return true;
}

static void check_field(const struct trace_line *line, unsigned int index, const char *name,
			const char *value)
{
	assert_true(index < line->num_fields);
	assert_string_equal(line->fields[index].name, name);
	assert_string_equal(line->fields[index].value, value);
}

static void test_event(void **state)
{
	struct trace_line line;

	assert_true(parse("     asahi_tlb-412     [001] ..... 1234.056789: agx_job_done: "
			  "job=77 result=-125\n", &line));
	assert_string_equal(line.task, "asahi_tlb");
	assert_int_equal(line.pid, 412);
	assert_int_equal(line.cpu, 1);
	assert_int_equal(line.time, 1234056789000);
	assert_string_equal(line.event, "agx_job_done");
	assert_int_equal(line.num_fields, 2);
	check_field(&line, 0, "job", "77");
	check_field(&line, 1, "result", "-125");
}

/* Names of tasks and values can have anything in them. */
static void test_blanks(void **state)
{
	struct trace_line line;

	assert_true(parse(" kworker/u4:1-ev [x]-33 [000] d..1. 0.000001: agx_kernel_bo_create: "
			  "kernel_bo=1 vm=2 name=tiler heap addr=0x7f0000 size=0x4000", &line));
	assert_string_equal(line.task, "kworker/u4:1-ev [x]");
	assert_int_equal(line.pid, 33);
	assert_int_equal(line.time, 1000);
	assert_int_equal(line.num_fields, 5);
	check_field(&line, 1, "vm", "2");
	check_field(&line, 2, "name", "tiler heap");
	check_field(&line, 4, "size", "0x4000");

	assert_true(parse("<idle>-0 [000] d.h2. 5.123456789: agx_empty: ", &line));
	assert_string_equal(line.task, "<idle>");
	assert_int_equal(line.time, 5123456789);
	assert_int_equal(line.num_fields, 0);
}

static void test_many_fields(void **state)
{
	struct trace_line line;
	char text[512] = "a-1 [000] ..... 1.000000: agx_x:";
	unsigned int i;

	for (i = 0; i < 40; i++)
		sprintf(text + strlen(text), " f%u=%u", i, i);
	assert_true(parse(text, &line));
	assert_int_equal(line.num_fields, TRACE_MAX_FIELDS);
	check_field(&line, 14, "f14", "14");
}

static void test_other_lines(void **state)
{
	static const char *const lines[] = {
		"", "\n", "# tracer: nop", "CPU:1 [LOST 12 EVENTS]", "a-1", "a-1 [000]",
		"a-1 [000] .....", "a-1 [000] ..... 1.000000", "a-1 [000] ..... 1.000000: agx_x",
		"a-1 [000] ..... one: agx_x: a=1", "a-1 [000] ..... 1.0x: agx_x: a=1",
		"a-1 [000] ..... 1.: agx_x: a=1", "a-b [000] ..... 1.0: agx_x: a=1",
		"-1 [000] ..... 1.0: agx_x: a=1", "[000] ..... 1.0: agx_x: a=1",
		"a-1 [0 ..... 1.0: agx_x: a=1", "a-1 [000] ..... 1.0123456789: agx_x: a=1",
	};
	struct trace_line line;
	unsigned int i;

	for (i = 0; i < sizeof(lines) / sizeof(*lines); i++)
		if (parse(lines[i], &line))
			fail_msg("\"%s\" is an event", lines[i]);
}

/* Whatever is cut off or damaged is read or not, but stays where it is. */
static void test_damaged(void **state)
{
	static const char text[] =
		"  a-1     [000] ..... 1.000000: agx_x: a=1 b=two c d=-3 e=0x4";
	struct trace_line line;
	char copy[sizeof(text)];
	unsigned int i, c;

	for (i = 0; i < sizeof(text) - 1; i++) {
		for (c = 0; c < 256; c += 5) {
			strcpy(copy, text);
			copy[i] = (char)c;
			if (!trace_parse(copy, &line))
				continue;
			assert_int_equal(line.num_fields, 0);
			trace_parse_fields(&line);
			assert_true(line.num_fields <= TRACE_MAX_FIELDS);
		}
	}
}

static void test_lost(void **state)
{
	assert_int_equal(trace_lost("CPU:3 [LOST 4711 EVENTS]\n"), 4711);
	assert_int_equal(trace_lost("a-1 [000] ..... 1.0: agx_x: a=1"), 0);
	assert_int_equal(trace_lost("CPU:3 [LOST"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_event),
		cmocka_unit_test(test_blanks),
		cmocka_unit_test(test_many_fields),
		cmocka_unit_test(test_other_lines),
		cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_lost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
