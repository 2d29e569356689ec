// SPDX-License-Identifier: MIT
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "compare.h"

static double float_value(uint32_t bits)
{
	float value;

	memcpy(&value, &bits, sizeof(value));
	return value;
}

static double half_value(uint32_t bits)
{
	int exponent = (int)(bits >> 10 & 0x1f);
	double value;

	if (exponent == 0x1f)
		value = bits & 0x3ff ? NAN : INFINITY;
	else if (exponent)
		value = ldexp((bits & 0x3ff) | 0x400, exponent - 25);
	else
		value = ldexp(bits & 0x3ff, -24);
	return bits & 0x8000 ? -value : value;
}

/*
 * The unit of the last place of a number with so many bits after the leading one, and with no
 * exponent below @min_exponent.
 */
static double ulp(double value, int fraction_bits, int min_exponent)
{
	int exponent = value == 0 ? min_exponent : ilogb(value);

	if (exponent < min_exponent)
		exponent = min_exponent;
	return ldexp(1, exponent - fraction_bits);
}

static bool close_enough(double left, double right, const struct precision *precision, double unit)
{
	if (isnan(left) || isnan(right))
		return isnan(left) && isnan(right);
	if (left == right)
		return true;
	if (isinf(left) || isinf(right))
		return false;
	return fabs(left - right) <= precision->ulps * unit ||
	       fabs(left - right) <= precision->absolute;
}

static bool same_float(uint32_t left, uint32_t right, const struct precision *precision)
{
	double a = float_value(left), b = float_value(right);

	return close_enough(a, b, precision, ulp(b, FLT_MANT_DIG - 1, FLT_MIN_EXP - 1));
}

static bool same_half(uint32_t left, uint32_t right, const struct precision *precision)
{
	double a = half_value(left), b = half_value(right);

	return close_enough(a, b, precision, ulp(b, 10, -14));
}

static bool same(const struct program_buffer *buffer, uint32_t left, uint32_t right)
{
	const struct precision *precision = &buffer->precision;

	switch (buffer->compare) {
	case COMPARE_NONE:
		return true;
	case COMPARE_WORDS:
		return left == right;
	case COMPARE_FLOATS:
		return same_float(left, right, precision);
	case COMPARE_HALVES:
		return same_half(left & 0xffff, right & 0xffff, precision) &&
		       same_half(left >> 16, right >> 16, precision);
	}
	return false;
}

uint32_t compare_words(const struct program_buffer *buffer, const uint32_t *left,
		       const uint32_t *right)
{
	uint32_t i;

	for (i = 0; i < buffer->num_words; i++)
		if (!same(buffer, left[i], right[i]))
			break;
	return i;
}

bool compare_is_constant(const uint32_t *words, uint32_t num_words)
{
	uint32_t i;

	for (i = 1; i < num_words; i++)
		if (words[i] != words[0])
			return false;
	return true;
}

void compare_print(char *text, size_t size, enum compare compare, uint32_t word)
{
	if (compare == COMPARE_FLOATS)
		snprintf(text, size, "0x%08x, %.9g", word, float_value(word));
	else if (compare == COMPARE_HALVES)
		snprintf(text, size, "0x%08x, %.5g and %.5g", word, half_value(word & 0xffff),
			 half_value(word >> 16));
	else
		snprintf(text, size, "0x%08x", word);
}
