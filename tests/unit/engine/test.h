/* SPDX-License-Identifier: MIT */
/*
 * What all tests of the engine need: cmocka and what it wants included before it, and a GPU for
 * each test.
 */
#ifndef ENGINE_TEST_H
#define ENGINE_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "asm.h"
#include "gpu.h"

static inline int gpu_test_setup(void **state)
{
	*state = gpu_create();
	return 0;
}

static inline int gpu_test_teardown(void **state)
{
	gpu_destroy(*state);
	return 0;
}

/* cmocka 2 deprecates assert_in_range() for names that cmocka 1 does not have. */
static inline void assert_between(u64 value, u64 min, u64 max)
{
	if (value < min || value > max)
		fail_msg("%llu is not within %llu and %llu", (unsigned long long)value,
			 (unsigned long long)min, (unsigned long long)max);
}

#define gpu_unit_test(f) cmocka_unit_test_setup_teardown(f, gpu_test_setup, gpu_test_teardown)

/* Puts a program where gpu_setup() expects it. */
static inline void gpu_put_code(struct gpu *gpu, const struct code *code)
{
	gpu_put(gpu, GPU_CODE, code->bytes, code->len);
}

/* Runs to the end, and says why if that is not reached. */
static inline void gpu_assert_done(struct gpu *gpu)
{
	enum agx_engine_status status = gpu_run(gpu);
	char text[AGX_ENGINE_FAULT_TEXT];

	if (status == AGX_ENGINE_FAULT) {
		agx_engine_fault_format(agx_engine_fault(gpu->engine), text, sizeof(text));
		fail_msg("fault: %s", text);
	}
	assert_int_equal(status, AGX_ENGINE_DONE);
}

/* Runs into a fault. */
static inline const struct agx_engine_fault *gpu_assert_fault(struct gpu *gpu,
							      enum agx_engine_fault_kind kind)
{
	assert_int_equal(gpu_run(gpu), AGX_ENGINE_FAULT);
	assert_int_equal(agx_engine_fault(gpu->engine)->kind, kind);
	return agx_engine_fault(gpu->engine);
}

/* The pointers that gpu_setup() leaves in the first uniforms. */
static inline struct arg base_out(void)
{
	return u32_(0);
}

static inline struct arg base_in(void)
{
	return u32_(2);
}

#endif /* ENGINE_TEST_H */
