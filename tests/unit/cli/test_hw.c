// SPDX-License-Identifier: MIT
/*
 * What is made of CDM streams and USC words, against what Mesa's decoder says of the same bytes.
 */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "hw_block.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

typedef const struct hw_block *(*next_fn)(struct hw_list *list);

static size_t parse_hex(const char *hex, uint8_t *bytes)
{
	unsigned int byte;
	size_t len = 0;
	int used;

	for (; sscanf(hex, " %2x%n", &byte, &used) == 1; hex += used)
		bytes[len++] = (uint8_t)byte;
	return len;
}

static int add(char *text, int len, const char *format, ...)
{
	va_list ap;
	int added;

	va_start(ap, format);
	added = vsnprintf(text + len, 4096 - (size_t)len, format, ap);
	va_end(ap);
	return len + added;
}

/* Blocks as lines: name, fields in the order of the words, "?" and bits that are not known. */
static void print_list(next_fn next, struct hw_list *list, char *text)
{
	static const char *const ends[] = { "not", "done", "cut", "unknown" };
	const struct hw_block *block;
	const struct hw_field *field;
	char buf[HW_MAX_TEXT];
	const char *meaning;
	const uint8_t *bytes;
	unsigned int shown;
	int len = 0;
	size_t word;

	while ((block = next(list))) {
		bytes = list->bytes + list->offset - block->size;
		len = add(text, len, "%s", block->name);
		shown = 0;
		for (word = 0; word < block->size; word += block->word_size) {
			for (field = block->fields; field < block->fields + block->num_fields;
			     field++) {
				if (!hw_is_in_word(block, field, word))
					continue;
				shown++;
				meaning = hw_meaning(field, hw_value(field, bytes), buf);
				len = add(text, len, " %s=%#" PRIx64, field->name,
					  hw_value(field, bytes));
				if (meaning)
					len = add(text, len, "(%s)", meaning);
			}
			if (hw_unknown_bits(block, bytes, word))
				len = add(text, len, " ?%#" PRIx64,
					  hw_unknown_bits(block, bytes, word));
		}
		/* Each field belongs to exactly one word. */
		assert_int_equal(shown, block->num_fields);
		len = add(text, len, "\n");
	}
	add(text, len, "%s at %zu", ends[list->end], list->offset);
}

struct text_case {
	const char *hex;
	const char *text;
	bool g14x;
};

static void check_cases(next_fn next, const struct text_case *cases, unsigned int num_cases)
{
	uint8_t bytes[256];
	char text[4096];
	unsigned int i;

	for (i = 0; i < num_cases; i++) {
		struct hw_list list = { .bytes = bytes, .g14x = cases[i].g14x };

		list.size = parse_hex(cases[i].hex, bytes);
		print_list(next, &list, text);
		assert_string_equal(text, cases[i].text);
	}
}

#define LAUNCH "launch uniforms=0x40 texture_states=0x8 sampler_states=0(none) " \
	"preshader_registers=0x10 mode=0(direct) type=0(launch) usc_words=0xfff88000\n"
#define BARRIER "barrier bits_0=0x7 usc_cache_invalidate=0x1 bits_4=0xffff bit_20=0 bit_24=0 " \
	"bit_26=0 returns=0 type=0x3(barrier)\n"

static void test_cdm(void **state)
{
	static const struct text_case cases[] = {
		{
			"12100000 0080f8ff 010000000100000001000000 010000000100000001000000"
			"ffff0f60 0000004000000000",
			LAUNCH
			"sizes global_x=0x1 global_y=0x1 global_z=0x1 local_x=0x1 local_y=0x1 "
			"local_z=0x1\n"
			BARRIER
			"terminate type=0x2(terminate)\n"
			"done at 44",
		},
		{
			"12100000 0080f8ff 0000000000000040 800000000100000001000000"
			"200000000100000001000000 0000004000000000",
			LAUNCH
			"launch_g14x constant_0=0 constant_1=0x40000000\n"
			"sizes global_x=0x80 global_y=0x1 global_z=0x1 local_x=0x20 local_y=0x1 "
			"local_z=0x1\n"
			"terminate type=0x2(terminate)\n"
			"done at 48",
			.g14x = true,
		},
		{
			"12100008 0080f8ff 2f0000000010f8ff 200000000100000001000000 2f0000200080f3ff",
			"launch uniforms=0x40 texture_states=0x8 sampler_states=0(none) "
			"preshader_registers=0x10 mode=0x1(indirect global) type=0(launch) "
			"usc_words=0xfff88000\n"
			"sizes_indirect_global indirect=0x2ffff81000 local_x=0x20 local_y=0x1 "
			"local_z=0x1\n"
			"link with_return=0 type=0x1(link) target=0x2ffff38000\n"
			"done at 36",
		},
		{
			"12120010 40000000 0100000004000000 0000003804000000 00000080 00000000",
			"launch uniforms=0x40 texture_states=0x8 sampler_states=0x1(4, compact) "
			"preshader_registers=0x10 mode=0x2(indirect global and local) "
			"type=0(launch) usc_words=0x40\n"
			"sizes_indirect indirect=0x100000004\n"
			"link with_return=0x1 type=0x1(link) ?0x8000000 target=0x4\n"
			"return type=0x4(return)\n"
			"done at 32",
		},
		{
			"00000068",
			"barrier bits_0=0 usc_cache_invalidate=0 bits_4=0 bit_20=0 bit_24=0 "
			"bit_26=0 returns=0x1 type=0x3(barrier)\n"
			"done at 4",
		},
		{
			"0000000001000000 0000000000000000",
			"launch uniforms=0x200 texture_states=0x100 sampler_states=0(none) "
			"preshader_registers=0x100 mode=0(direct) type=0(launch) usc_words=0 ?0x1\n"
			"cut at 8",
		},
		{
			"0000000000000000 0100000000000000 0000000000000000 0000000000000000"
			"0000000000000000",
			"launch uniforms=0x200 texture_states=0x100 sampler_states=0(none) "
			"preshader_registers=0x100 mode=0(direct) type=0(launch) usc_words=0\n"
			"launch_g14x constant_0=0x1(unknown, only 0 has been seen) "
			"constant_1=0(unknown, only 0x40000000 has been seen)\n"
			"sizes global_x=0 global_y=0 global_z=0 local_x=0 local_y=0 local_z=0\n"
			"cut at 40",
			.g14x = true,
		},
		{ "", "cut at 0" },
		{ "000000", "cut at 0" },
		{ "00000040", "cut at 0" },
		{ "00000018 00000000", "unknown at 0" },
		{ "ffff0f60 000000a0", BARRIER "unknown at 4" },
	};

	check_cases(hw_next_cdm, cases, ARRAY_SIZE(cases));
}

static void test_usc(void **state)
{
	static const struct text_case cases[] = {
		{
			"1d004000c4f6ff2f 4d900000 0d0c00c0faff 8d010001 8800",
			"uniform tag=0x1d first=0 count=0x4 address=0x2ffff6c400\n"
			"shared tag=0x4d uses_shared_memory=0 layout=0x24(vertex or compute) "
			"samples=0x1 sample_stride=0 bytes_per_threadgroup=0x10000\n"
			"shader tag=0xd loads_varyings=0 bit_9=0 stage=0x3(vertex or compute) "
			"code=0xfffac000\n"
			"registers tag=0x8d count=0x8 fragment=0 spill_size=0 bits_24=0x1\n"
			"no_preshader tag=0x88\n"
			"done at 24",
		},
		{
			"4d910001 380080c08040fbff",
			"shared tag=0x4d uses_shared_memory=0x1 layout=0x24(vertex or compute) "
			"samples=0x1 sample_stride=0 bytes_per_threadgroup=0x100\n"
			"preshader tag=0x38 constant=0xc08000 code=0xfffb4080\n"
			"done at 12",
		},
		{
			"3d08000004000000 dd001f0008000080 9d01100008000000 58123456 380080c100000000",
			"uniform_high tag=0x3d first=0x8 count=0x40 address=0x400\n"
			"texture_state tag=0xdd first=0 count=0x1 address=0x800 ?0x80000000000f0000\n"
			"sampler_state tag=0x9d first=0x1 count=0x1 address=0x800\n"
			"fragment_properties tag=0x58 properties=0x563412\n"
			"preshader tag=0x38 constant=0xc18000"
			"(unknown, only 0xc08000 has been seen) code=0\n"
			"done at 36",
		},
		{
			"8d00fcff 0d0e000000 00",
			"registers tag=0x8d count=0x100 fragment=0 spill_size=0xf bits_24=0xff "
			"?0xc00000\n"
			"shader tag=0xd loads_varyings=0 bit_9=0x1 stage=0x3(vertex or compute) "
			"code=0\n"
			"cut at 10",
		},
		{ "", "cut at 0" },
		{ "1d0040", "cut at 0" },
		{ "88", "cut at 0" },
		{ "8801", "no_preshader tag=0x88 ?0x100\ndone at 2" },
		{ "4d90000012", "shared tag=0x4d uses_shared_memory=0 "
		  "layout=0x24(vertex or compute) samples=0x1 sample_stride=0 "
		  "bytes_per_threadgroup=0x10000\nunknown at 4" },
	};

	check_cases(hw_next_usc, cases, ARRAY_SIZE(cases));
}

/* Whatever is there, it comes to an end, and never goes beyond. */
static void test_any_bytes(void **state)
{
	static const next_fn lists[] = { hw_next_cdm, hw_next_usc };
	const struct hw_block *block;
	uint64_t random = 0x5eed;
	size_t offset;
	unsigned int round, i, n;

	for (round = 0; round < 20000; round++) {
		uint8_t *bytes;
		size_t size;

		random = random * UINT64_C(6364136223846793005) + 1;
		size = random >> 58;
		/* Allocated, so that a sanitizer sees the end. */
		bytes = test_malloc(size + 1);
		for (i = 0; i < size; i++) {
			random = random * UINT64_C(6364136223846793005) + 1;
			bytes[i] = (uint8_t)(random >> 56 & (round & 1 ? 0xff : 0x60));
		}
		for (n = 0; n < ARRAY_SIZE(lists); n++) {
			struct hw_list list = { bytes, size, .g14x = round & 2 };

			for (offset = 0; (block = lists[n](&list)); offset += block->size)
				assert_int_equal(list.offset, offset + block->size);
			assert_true(list.offset <= size);
			assert_int_not_equal(list.end, HW_END_NOT);
		}
		test_free(bytes);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cdm),
		cmocka_unit_test(test_usc),
		cmocka_unit_test(test_any_bytes),
	};

	return cmocka_run_group_tests_name("cli-hw", tests, NULL, NULL);
}
