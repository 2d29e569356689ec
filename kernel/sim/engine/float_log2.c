// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Logarithms to base 2. A number is 2^e * m, with an m from 1 to 2; a look-up gives an r, close to
 * 1 / m, and its logarithm. m * r is exact and close to 1, so that a short series does:
 *
 *	log2(x) = e - log2(r) + log2(m * r)
 *
 * At both ends of the table r is 1 and 1/2, and the first two terms are integers. So next to x = 1,
 * where the result is small, they cancel without error, and the last term has as many digits as
 * elsewhere. The result is off by less than 0.501 units in its last place.
 */
#include "float_parts.h"

/* Bits behind the point of r, of m * r, of the series, and of logarithms. */
#define LOG2_R		9
#define LOG2_Z		(23 + LOG2_R)
#define LOG2_SERIES	35
#define LOG2_POINT	55

struct log2_entry {
	u16 r;
	u64 log;
};

/* For each 32nd from 1 to 2 the nearest r, and -log2(r). */
static const struct log2_entry log2_table[33] = {
	{ 512, 0x00000000000000 }, { 496, 0x05dce532765635 }, { 482, 0x0b2671360338ab },
	{ 468, 0x1097e38ce60649 }, { 455, 0x15cba53a0762ed }, { 443, 0x1abb2ca9ec7472 },
	{ 431, 0x1fcd677e5ac81d }, { 420, 0x24939a56279ad9 }, { 410, 0x2906cbcd2baf2d },
	{ 400, 0x2d961ed0cb91d4 }, { 390, 0x3243001249ba77 }, { 381, 0x3692ba9d230bef },
	{ 372, 0x3afcd815786af2 }, { 364, 0x3f0095d1a19a03 }, { 356, 0x431b2abc31565c },
	{ 349, 0x46c5fa126b7098 }, { 341, 0x4b0e3d72108217 }, { 334, 0x4ee2c71a3e9bb5 },
	{ 328, 0x523bbc64c5e643 }, { 321, 0x56378efe2e092c }, { 315, 0x59b38d3929af95 },
	{ 309, 0x5d40b31289ee01 }, { 303, 0x60dfacc6df70d9 }, { 298, 0x63f2493226b212 },
	{ 293, 0x67123517cad494 }, { 287, 0x6ae4546f85a376 }, { 282, 0x6e232e68aad485 },
	{ 278, 0x70c689f7402d27 }, { 273, 0x742088b4a3aebf }, { 269, 0x76da5240f652e2 },
	{ 264, 0x7a514b229c409e }, { 260, 0x7d230d2f47a5bb }, { 256, 0x80000000000000 },
};

/* 1 / ln(2) / n * 2^LOG2_SERIES, for n from 6 down to 1 */
static const s64 log2_series[] = {
	0x01ec709dc4, 0x024eed8a1e, 0x02e2a8eca5, 0x03d8e13b87, 0x05c551d94b, 0x0b8aa3b296,
};

/* log2(1 + z) * 2^LOG2_POINT for a z of @z / 2^LOG2_Z, whose magnitude is below 1 / 62 */
static s64 log2_rest(s64 z)
{
	s64 sum = 0;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(log2_series); i++)
		sum = log2_series[i] - (sum * z >> LOG2_Z);
	return sum * z >> (LOG2_SERIES + LOG2_Z - LOG2_POINT);
}

u32 agx_float_log2(u32 single, enum agx_float_format format)
{
	s64 exponent = (s64)(single >> 23 & 0xff) - 127;
	u32 m = (single & 0x7fffff) | 0x800000;
	struct agx_float_parts parts = { 0 };
	const struct log2_entry *entry;
	s64 log;

	if (agx_float_is_nan(single))
		return agx_float_nan(format);
	if (agx_float_is_zero(single))
		return agx_float_infinity(true, format);
	if (single >> 31)
		return agx_float_nan(format);
	if (agx_float_is_infinite(single))
		return agx_float_infinity(false, format);

	entry = &log2_table[((m + (1u << 17)) >> 18) - 32];
	log = exponent * (1LL << LOG2_POINT) + (s64)entry->log;
	log += log2_rest((s64)m * entry->r - (1LL << LOG2_Z));

	parts.sign = log < 0;
	parts.sig = (u64)(log < 0 ? -log : log);
	parts.exp = AGX_FLOAT_POINT - LOG2_POINT;
	return agx_float_pack(parts, format);
}
