// SPDX-License-Identifier: MIT
/*
 * USC words and CDM streams, byte by byte as Mesa 26.1 was seen to write them.
 */
#include "agx_test.h"

#include "cdm.h"
#include "usc.h"

#define assert_usc(usc, ...) \
	do { \
		static const uint8_t expected[] = { __VA_ARGS__ }; \
		uint8_t out[AGXI_USC_MAX_SIZE]; \
		assert_int_equal(agxi_usc_pack(usc, out), sizeof(expected)); \
		assert_memory_equal(out, expected, sizeof(expected)); \
	} while (0)

#define assert_cdm(end, out, ...) \
	do { \
		static const uint8_t expected[] = { __VA_ARGS__ }; \
		assert_int_equal(((end) - (out)) * 4, sizeof(expected)); \
		assert_memory_equal(out, expected, sizeof(expected)); \
	} while (0)

static void test_usc(void **state)
{
	struct agxi_usc usc = {
		.num_uniforms = 4,
		.uniforms = 0x2ffff6c400,
		.code = 0xfffac000,
		.num_registers = 8,
	};

	assert_usc(&usc, 0x1d, 0x00, 0x40, 0x00, 0xc4, 0xf6, 0xff, 0x2f, 0x4d, 0x90, 0x00, 0x00,
		   0x0d, 0x0c, 0x00, 0xc0, 0xfa, 0xff, 0x8d, 0x01, 0x00, 0x01, 0x88, 0x00);

	usc.preshader = 0xfffb4080;
	assert_usc(&usc, 0x1d, 0x00, 0x40, 0x00, 0xc4, 0xf6, 0xff, 0x2f, 0x4d, 0x90, 0x00, 0x00,
		   0x0d, 0x0c, 0x00, 0xc0, 0xfa, 0xff, 0x8d, 0x01, 0x00, 0x01, 0x38, 0x00, 0x80,
		   0xc0, 0x80, 0x40, 0xfb, 0xff);

	/* No uniforms, shared memory in units of 256 bytes, the most registers. */
	usc = (struct agxi_usc){ .code = 0x4000, .num_registers = 256, .shared_size = 128 };
	assert_usc(&usc, 0x4d, 0x91, 0x00, 0x01, 0x0d, 0x0c, 0x00, 0x40, 0x00, 0x00, 0x8d, 0x00,
		   0x00, 0x01, 0x88, 0x00);
	usc.shared_size = 65536;
	usc.num_registers = 9;
	assert_usc(&usc, 0x4d, 0x91, 0x00, 0x00, 0x0d, 0x0c, 0x00, 0x40, 0x00, 0x00, 0x8d, 0x02,
		   0x00, 0x01, 0x88, 0x00);
}

/* All 512 uniforms: eight words of 64, whose second half counts anew under another tag. */
static void test_usc_uniforms(void **state)
{
	struct agxi_usc usc = { .num_uniforms = 512, .uniforms = 0x2000000000, .num_registers = 1 };
	uint8_t out[AGXI_USC_MAX_SIZE];
	uint64_t word;
	unsigned int i;

	assert_int_equal(agxi_usc_pack(&usc, out), 8 * 8 + 4 + 6 + 4 + 2);
	for (i = 0; i < 8; i++) {
		memcpy(&word, out + 8 * i, sizeof(word));
		assert_int_equal(word & 0xff, i < 4 ? 0x1d : 0x3d);
		assert_int_equal(word >> 8 & 0xff, i % 4 * 64);
		assert_int_equal(word >> 20 & 0x3f, 0);
		assert_int_equal(word >> 26 << 2, 0x2000000000 + 128 * i);
	}

	usc.num_uniforms = 66;
	assert_int_equal(agxi_usc_pack(&usc, out), 2 * 8 + 4 + 6 + 4 + 2);
	memcpy(&word, out + 8, sizeof(word));
	assert_int_equal(word >> 8 & 0xff, 64);
	assert_int_equal(word >> 20 & 0x3f, 2);
}

static void test_cdm_launch(void **state)
{
	struct agxi_cdm_launch launch = {
		.num_uniforms = 4,
		.usc = 0xfff88000,
		.global = { 1, 1, 1 },
		.local = { 1, 1, 1 },
	};
	uint32_t out[AGXI_CDM_LAUNCH_WORDS + AGXI_CDM_TERMINATE_WORDS];
	uint32_t *end;

	end = agxi_cdm_pack_terminate(agxi_cdm_pack_launch(&launch, out));
	assert_cdm(end, out, 0x12, 0x10, 0x00, 0x00, 0x00, 0x80, 0xf8, 0xff, 1, 0, 0, 0, 1, 0, 0, 0,
		   1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0xff, 0xff, 0x0f, 0x60, 0, 0, 0,
		   0x40, 0, 0, 0, 0);

	/* The kind of GPU that has two words more. */
	launch.extra = true;
	launch.global[0] = 128;
	launch.local[0] = 32;
	end = agxi_cdm_pack_launch(&launch, out);
	assert_int_equal(end - out, AGXI_CDM_LAUNCH_WORDS);
	assert_cdm(end, out, 0x12, 0x10, 0x00, 0x00, 0x00, 0x80, 0xf8, 0xff, 0, 0, 0, 0, 0, 0, 0,
		   0x40, 0x80, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0x20, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0,
		   0, 0xff, 0xff, 0x0f, 0x60);
	assert_false(agxi_cdm_needs_extra(13, 8));
	assert_false(agxi_cdm_needs_extra(14, 1));
	assert_true(agxi_cdm_needs_extra(14, 4));

	launch.extra = false;
	launch.indirect = 0x2ffff81000;
	end = agxi_cdm_pack_launch(&launch, out);
	assert_cdm(end, out, 0x12, 0x10, 0x00, 0x08, 0x00, 0x80, 0xf8, 0xff, 0x2f, 0, 0, 0, 0x00,
		   0x10, 0xf8, 0xff, 0x20, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0xff, 0xff, 0x0f, 0x60);
}

/* Uniforms come in units of 64, at least one, and 0 stands for all 512. */
static void test_cdm_uniforms(void **state)
{
	static const struct {
		uint32_t count;
		uint32_t field;
	} cases[] = { { 0, 1 }, { 64, 1 }, { 65, 2 }, { 448, 7 }, { 449, 0 }, { 512, 0 } };
	struct agxi_cdm_launch launch = { .usc = 0x40 };
	uint32_t out[AGXI_CDM_LAUNCH_WORDS];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		launch.num_uniforms = cases[i].count;
		agxi_cdm_pack_launch(&launch, out);
		assert_int_equal(out[0] >> 1 & 7, cases[i].field);
	}
}

/* A preshader's registers come in units of 16, at least one, and 0 stands for all 256. */
static void test_cdm_preshader(void **state)
{
	static const struct {
		uint32_t count;
		uint8_t byte;
	} cases[] = { { 0, 0x10 }, { 1, 0x10 }, { 16, 0x10 }, { 17, 0x20 }, { 128, 0x80 },
		      { 240, 0xf0 }, { 241, 0x00 }, { 256, 0x00 } };
	struct agxi_cdm_launch launch = {
		.num_uniforms = 4,
		.usc = 0xfff88000,
		.global = { 1, 1, 1 },
		.local = { 1, 1, 1 },
	};
	uint8_t first[] = { 0x12, 0x10, 0x00, 0x00, 0x00, 0x80, 0xf8, 0xff };
	uint32_t out[AGXI_CDM_LAUNCH_WORDS];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		launch.preshader_registers = cases[i].count;
		first[1] = cases[i].byte;
		agxi_cdm_pack_launch(&launch, out);
		assert_memory_equal(out, first, sizeof(first));
	}
}

static void test_cdm_link(void **state)
{
	uint32_t out[AGXI_CDM_LINK_WORDS];
	uint32_t *end = agxi_cdm_pack_link(0x2ffff38000, out);

	assert_cdm(end, out, 0x2f, 0x00, 0x00, 0x20, 0x00, 0x80, 0xf3, 0xff);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_usc),
		cmocka_unit_test(test_usc_uniforms),
		cmocka_unit_test(test_cdm_launch),
		cmocka_unit_test(test_cdm_uniforms),
		cmocka_unit_test(test_cdm_preshader),
		cmocka_unit_test(test_cdm_link),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
