// SPDX-License-Identifier: MIT
/* Device coredumps of the driver. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "coredump.h"

static const char dump_text[] =
	"agx-coredump: 1\n"
	"reason: fault\n"
	"error: -5\n"
	"commands: 1\n"
	"  0 compute 0x1000 0x1040 0 0\n"
	"mappings:\n"
	"  0x1000-0x5000 rw- 0x0\n"
	"  0x8000-0xc000 r-s 0x4000\n"
	"stream: 0x1020\n"
	"  0x1000 00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f\n"
	"  0x1010 10 11 12 13 14 15 16 17 18 19 1a 1b 1c 1d 1e 1f\n"
	"  0x1020 unmapped\n"
	"  0x1040 ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff\n"
	"new-key: words of a newer driver\n"
	"  and a section\n";

static bool parse(struct coredump *dump, const void *text, size_t size)
{
	FILE *file = fmemopen((void *)text, size, "r");
	bool ret;

	assert_non_null(file);
	ret = coredump_read(dump, file);
	fclose(file);
	return ret;
}

static void test_dump(void **state)
{
	const struct coredump_entry *entry;
	struct coredump dump;

	assert_true(parse(&dump, dump_text, strlen(dump_text)));
	assert_int_equal(dump.num_entries, 7);
	assert_string_equal(dump.entries[0].key, "agx-coredump");
	entry = coredump_find(&dump, "error");
	assert_string_equal(entry->value, "-5");
	assert_int_equal(entry->num_lines, 0);
	entry = coredump_find(&dump, "mappings");
	assert_string_equal(entry->value, "");
	assert_int_equal(entry->num_lines, 2);
	assert_string_equal(entry->lines[1], "0x8000-0xc000 r-s 0x4000");
	entry = coredump_find(&dump, "new-key");
	assert_string_equal(entry->value, "words of a newer driver");
	assert_string_equal(entry->lines[0], "and a section");
	assert_null(coredump_find(&dump, "old-key"));
	coredump_free(&dump);
}

static void test_memory(void **state)
{
	const struct coredump_entry *entry;
	struct coredump_memory memory;
	struct coredump dump;
	unsigned int line = 0, i;

	assert_true(parse(&dump, dump_text, strlen(dump_text)));
	entry = coredump_find(&dump, "stream");
	assert_true(coredump_next_memory(entry, &line, &memory));
	assert_int_equal(line, 2);
	assert_int_equal(memory.start, 0x1000);
	assert_int_equal(memory.size, 32);
	for (i = 0; i < 32; i++)
		assert_int_equal(memory.bytes[i], i);
	coredump_memory_free(&memory);

	assert_false(coredump_next_memory(entry, &line, &memory));
	assert_int_equal(line, 2);
	line++;
	assert_true(coredump_next_memory(entry, &line, &memory));
	assert_int_equal(memory.start, 0x1040);
	assert_int_equal(memory.size, 16);
	coredump_memory_free(&memory);
	assert_false(coredump_next_memory(entry, &line, &memory));
	coredump_free(&dump);
}

static void check_error(const void *text, size_t size, const char *error)
{
	struct coredump dump;

	assert_false(parse(&dump, text, size));
	if (!strstr(dump.error, error))
		fail_msg("\"%s\" in \"%s\"", error, dump.error);
	assert_null(dump.text);
}

static void test_wrong_file(void **state)
{
	static char big[3 << 20];
	static const char noise[] = "agx-coredump: 1\nkey: \x1b[2J\n";

	check_error("#!/bin/sh\n", 10, "no coredump");
	check_error("agx", 3, "no coredump");
	check_error("agx-coredump: 2\n", 16, "version \"2\"");
	check_error("agx-coredump: 999999999999999999999\n", 36, "version \"9999999999999999\"");
	check_error("agx-coredump: x\n", 16, "version \"x\"");
	check_error("agx-coredump: 1", 15, "version");
	check_error("agx-coredump: 1\nkey", 19, "cut off");
	check_error("agx-coredump: 1\nno colon\n", 25, "cut off");
	check_error("agx-coredump: 1\n: no key\n", 25, "cut off");
	check_error(noise, sizeof(noise) - 1, "cut off");
	check_error("agx-coredump: 1\na: \0b\n", 22, "cut off");
	memset(big, 'a', sizeof(big));
	check_error(big, sizeof(big), "too long");
}

/* A dump ends at the end of a line, wherever that is. */
static void test_truncated(void **state)
{
	struct coredump dump;
	size_t size;

	for (size = 1; size < strlen(dump_text); size++) {
		bool ends = dump_text[size - 1] == '\n';

		assert_int_equal(parse(&dump, dump_text, size), ends);
		coredump_free(&dump);
	}
}

static void read_all_memory(const struct coredump *dump)
{
	struct coredump_memory memory;
	unsigned int i, line;

	for (i = 0; i < dump->num_entries; i++) {
		for (line = 0; line < dump->entries[i].num_lines;) {
			if (coredump_next_memory(&dump->entries[i], &line, &memory))
				coredump_memory_free(&memory);
			else
				line++;
		}
	}
}

static void test_damaged(void **state)
{
	char copy[sizeof(dump_text)];
	struct coredump dump;
	unsigned int i, c;

	for (i = 16; i < sizeof(dump_text) - 1; i++) {
		for (c = 0; c < 256; c += 7) {
			strcpy(copy, dump_text);
			copy[i] = (char)c;
			if (!parse(&dump, copy, sizeof(copy) - 1))
				continue;
			read_all_memory(&dump);
			coredump_free(&dump);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_dump),
		cmocka_unit_test(test_memory),
		cmocka_unit_test(test_wrong_file),
		cmocka_unit_test(test_truncated),
		cmocka_unit_test(test_damaged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
