// SPDX-License-Identifier: MIT
#include "real.h"
#include "real_format.h"

#include <math.h>
#include <stdint.h>

double real_unorm(u32 value, u32 bits)
{
	return value / (ldexp(1, (int)bits) - 1);
}

double real_snorm(u32 value, u32 bits)
{
	s32 number = (s32)(value << (32 - bits)) >> (32 - bits);

	return fmax(number / (ldexp(1, (int)bits - 1) - 1), -1);
}

u32 real_to_unorm(double value, u32 bits)
{
	return (u32)nearbyint(real_saturate(value) * (ldexp(1, (int)bits) - 1));
}

u32 real_to_snorm(double value, u32 bits)
{
	value = isnan(value) ? 0 : fmax(fmin(value, 1), -1);
	return (u32)(s32)nearbyint(value * (ldexp(1, (int)bits - 1) - 1)) & ((1u << bits) - 1);
}

/* An unsigned float with five bits of exponent. */
double real_small(u32 value, u32 bits)
{
	int digits = (int)bits - 5;
	int exponent = (int)(value >> digits);
	u32 fraction = value & ((1u << digits) - 1);

	if (exponent == 31)
		return fraction ? (double)NAN : (double)INFINITY;
	if (!exponent)
		return ldexp(fraction, -14 - digits);
	return ldexp((1u << digits) + fraction, exponent - 15 - digits);
}

/* By search: the highest float that is not above, or the next one if that is nearer. */
u32 real_to_small(double value, u32 bits, bool nearest)
{
	u32 infinity = 31u << (bits - 5);
	u32 low = 0;
	u32 high = infinity;
	double middle;

	if (isnan(value))
		return infinity | 1u << (bits - 6);
	if (!(value > 0))
		return 0;
	if (isinf(value))
		return infinity;
	while (high - low > 1) {
		if (real_small((low + high) / 2, bits) <= value)
			low = (low + high) / 2;
		else
			high = (low + high) / 2;
	}
	if (!nearest)
		return low;

	/* Infinity is where the next float would be. */
	middle = high == infinity ? 65536 : real_small(high, bits);
	middle = (real_small(low, bits) + middle) / 2;
	return value > middle || (value == middle && (low & 1)) ? high : low;
}

double real_shared(u32 value, u32 index)
{
	return ldexp(value >> 9 * index & 0x1ff, (int)(value >> 27) - 24);
}

/* As the API specifies it. */
u32 real_to_shared(const double *values, bool nearest)
{
	double add = nearest ? 0.5 : 0;
	double largest = 0;
	double clamped[3];
	int exponent;
	u32 i;

	for (i = 0; i < 3; i++) {
		clamped[i] = values[i] > 0 ? fmin(values[i], 65408) : 0;
		largest = fmax(largest, clamped[i]);
	}
	exponent = largest == 0 ? 0 : (int)fmax(-16, floor(log2(largest))) + 16;
	if (floor(ldexp(largest, 24 - exponent) + add) == 512)
		exponent++;
	return (u32)floor(ldexp(clamped[0], 24 - exponent) + add) |
	       (u32)floor(ldexp(clamped[1], 24 - exponent) + add) << 9 |
	       (u32)floor(ldexp(clamped[2], 24 - exponent) + add) << 18 | (u32)exponent << 27;
}

double real_srgb(u32 value)
{
	double s = value / 255.0;

	s = s <= 0.04045 ? s / 12.92 : pow((s + 0.055) / 1.055, 2.4);
	/* The hardware has 12 bits. */
	return nearbyint(s * 4095) / 4095;
}

double real_to_srgb(double value)
{
	value = real_saturate(value);
	value = value < 0.0031308 ? value * 12.92 : 1.055 * pow(value, 1 / 2.4) - 0.055;
	return 255 * value;
}
