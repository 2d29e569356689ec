/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * The few types and helpers that the engine takes from outside, in the kernel and on a host.
 */
#ifndef AGX_ENGINE_TYPES_H
#define AGX_ENGINE_TYPES_H

#ifdef __KERNEL__

#include <linux/array_size.h>
#include <linux/bits.h>
#include <linux/build_bug.h>
#include <linux/compiler.h>
#include <linux/compiler_attributes.h>
#include <linux/math64.h>
#include <linux/stddef.h>
#include <linux/string.h>
#include <linux/types.h>

#else

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

typedef __UINT8_TYPE__ u8;
typedef __UINT16_TYPE__ u16;
typedef __UINT32_TYPE__ u32;
typedef __UINT64_TYPE__ u64;
typedef __INT8_TYPE__ s8;
typedef __INT16_TYPE__ s16;
typedef __INT32_TYPE__ s32;
typedef __INT64_TYPE__ s64;

/* Tests and tools have their own. */
#ifndef ARRAY_SIZE
#define ARRAY_SIZE(array)	(sizeof(array) / sizeof((array)[0]))
#endif

#define BIT(n)		(1u << (n))
#define READ_ONCE(x)	__atomic_load_n(&(x), __ATOMIC_RELAXED)
#define WRITE_ONCE(x, value)	__atomic_store_n(&(x), value, __ATOMIC_RELAXED)
#define fallthrough	__attribute__((__fallthrough__))

/* A division that 32-bit machines have no instruction for. */
static inline u64 div_u64(u64 dividend, u32 divisor)
{
	return dividend / divisor;
}

#endif

/** AGX_ENGINE_UNROLL: Before a loop over lanes in which the counting costs more than the work. */
#ifdef __clang__
#define AGX_ENGINE_UNROLL _Pragma("unroll 8")
#else
#define AGX_ENGINE_UNROLL _Pragma("GCC unroll 8")
#endif

#endif /* AGX_ENGINE_TYPES_H */
