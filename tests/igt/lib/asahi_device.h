/* SPDX-License-Identifier: MIT */
/**
 * DOC: The device under test
 *
 * The device is found by the name of its driver. Every file that a subtest opens is remembered,
 * and every CPU mapping, so that one that fails leaves nothing open behind: asahi_run_subtests()
 * closes what is left, and with the file go its queues and everything that runs on them.
 */
#ifndef ASAHI_DEVICE_H
#define ASAHI_DEVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "asahi_drm.h"
#include "igt.h"

/** ASAHI_PAGE: allocation unit of the uapi. */
#define ASAHI_PAGE 0x4000u

/**
 * asahi_hang_ms() - After how long something hangs. More than the limits of the GPU and of the
 * driver, less than that of igt_runner; no test expects anything to be faster.
 *
 * In the environment ASAHI_HANG_MS can say less, for who expects tests to hang.
 */
unsigned int asahi_hang_ms(void);

/**
 * asahi_open() - Open the render node; skips if there is none.
 */
int asahi_open(void);

/**
 * asahi_open_primary() - Open the primary node of the same device; skips if there is none.
 */
int asahi_open_primary(void);

/** asahi_adopt() - Remember a file that somebody else has opened. */
void asahi_adopt(int fd);

/**
 * asahi_close() - Close a file of asahi_open() or asahi_adopt(). The effects are there when it
 * returns.
 */
void asahi_close(int fd);

/**
 * asahi_as_hardware() - Whether the simulated GPU is to be taken for one of Apple's, with
 * nothing of what only it and its driver tell and let themselves be told: what the tests do on real
 * hardware can be tried without it. It is if the environment has ASAHI_AS_HARDWARE.
 */
bool asahi_as_hardware(void);

/**
 * asahi_is_simulated() - Whether the GPU is this project's simulator, known by its modalias.
 */
bool asahi_is_simulated(int fd);

/* Why not on real hardware: what is true of more than one program. */
#define ASAHI_NO_END "nothing but the firmware's time limit would end the job"
#define ASAHI_NO_RENDER "a render command that the hardware takes needs more than ours have"
#define ASAHI_OUR_DRIVER "it is about what only our driver tells"
#define ASAHI_UNBINDS "it unbinds the driver of the machine's only GPU"
#define ASAHI_UNDER_JOBS "jobs that lose their file fault, and the firmware then ends everybody's"
#define ASAHI_WAITS "the Rust driver's QUEUE_DESTROY and close wait for what jobs wait for"

/**
 * asahi_require_simulated() - Skip on real hardware, for what is only known to be harmless, or
 * only promised, on the simulator.
 * @why: not elsewhere, for people.
 */
void asahi_require_simulated(int fd, const char *why);

/**
 * asahi_can_risk() - Whether to try something that today's Rust driver, the firmware or Apple's GPU
 * is not known to survive: only on the simulated GPU.
 * @risk: why not elsewhere, for people; reported.
 */
bool asahi_can_risk(int fd, const char *risk);

/**
 * asahi_assert_strict() - Check the result of something that the uapi forbids but that the Rust
 * driver is known to let pass.
 * @ret: 0 or -errno.
 * @err: the one right result, -errno.
 *
 * On the simulated device nothing but @err passes; elsewhere success does too, and is reported.
 * Returns whether the call succeeded and so left something behind.
 */
bool asahi_assert_strict(int fd, int ret, int err);

/**
 * asahi_assert_failed() - Check what a fence has signalled with whose job has to fail.
 * @status: of the fence.
 * @err: the one right error, -errno.
 *
 * On the simulated device nothing but @err passes; elsewhere any error does, and is reported:
 * drivers agree on whether a job fails, but not on what that is called.
 */
void asahi_assert_failed(int fd, int status, int err);

/**
 * asahi_device_replaced() - For a test that has bound the driver anew: the counters of the new
 * device are to be in the end what they are now.
 */
void asahi_device_replaced(void);

/* CPU mappings are remembered like files: each holds its file open. */
void asahi_remember_map(void *map, size_t size);
void asahi_forget_map(void *map);

/** struct asahi_cases - What makes the dynamic subtests of a subtest. */
struct asahi_cases {
	/** @require: skips what cannot run here; may be NULL. */
	void (*require)(const void *data);
	/** @name: writes the name of number @i, or returns false if there are not so many. */
	bool (*name)(const void *data, unsigned int i, char *name, size_t size);
	/** @run: does number @i, and gives everything back. */
	void (*run)(const void *data, unsigned int i);
	/** @keep_module: what one has loaded the GPU's module as is there for the next one too. */
	bool keep_module;
};

/** struct asahi_subtest - One subtest of a program. */
struct asahi_subtest {
	/** @name: lower case, with minus signs. */
	const char *name;
	/** @describe: one sentence. */
	const char *describe;
	/** @run: does it, and gives everything back. */
	void (*run)(void);
	/** @run_with: the same in place of @run, for subtests that differ in @data only. */
	void (*run_with)(const void *data);
	/** @data: for @run_with and @cases. */
	const void *data;
	/** @cases: in place of both, for a subtest that is made of dynamic subtests. */
	const struct asahi_cases *cases;
};

/** ASAHI_MAX_NAME: room for the name of a dynamic subtest. */
#define ASAHI_MAX_NAME 128

/**
 * asahi_run_subtests() - All that igt_main() has to do.
 *
 * Skips without a device. What an earlier, failed subtest left open is closed before each, and
 * the counters of live objects have to be the same at its end as at its start, read at once. So
 * it is with each dynamic subtest.
 */
void asahi_run_subtests(const struct asahi_subtest *subtests, unsigned int num);

#endif
