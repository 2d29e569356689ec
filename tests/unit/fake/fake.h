/* SPDX-License-Identifier: MIT */
/*
 * A device without a kernel driver: takes the place of ioctl() for one file, and of libdrm's list
 * of devices. It keeps the state that the driver would keep, refuses what the driver would refuse
 * of what libagx does, and runs compute commands with the simulator's engine before SUBMIT returns.
 *
 * There is one device at a time, with handles and ids of its own for each time that it is opened.
 * Everything here may be called from any thread.
 */
#ifndef FAKE_H
#define FAKE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct drm_asahi_params_global;

/* Forgets everything, makes a new device of the default parameters and opens it. */
int fake_open(void);

/* A path by which the device can be opened again; good until the next fake_open(). */
const char *fake_path(void);

/* What is there now, of all who have the device open or had. */
struct fake_counts {
	unsigned int handles;
	unsigned int vms;
	unsigned int mappings;
	unsigned int queues;
	unsigned int timestamps;
	unsigned int syncobjs;

	/* dma-bufs, which are never freed: a descriptor each that the device keeps. */
	unsigned int dmabufs;
};

struct fake_counts fake_count(void);

/* GEM_CLOSEs of handles that were not there. */
unsigned int fake_bad_closes(void);

/* An ioctl, with its argument as it was passed, and the arrays that it points to. */
struct fake_call {
	int fd;
	unsigned long request;
	size_t size;

	/* Zero beyond its size. */
	uint64_t arg[32];

	/*
	 * VM_BIND: the operations. SUBMIT: the syncs, then the commands. SYNCOBJ_TIMELINE_WAIT: the
	 * points, then the handles. Cut off at the end.
	 */
	size_t extra_size;
	uint8_t extra[1024];
};

/* The first few calls since the device was opened, or since the last fake_clear_calls(). */
unsigned int fake_num_calls(void);
const struct fake_call *fake_call(unsigned int index);
void fake_clear_calls(void);

/*
 * The nth ioctl from now (from 1) fails; 0 to cancel. fake_has_failed() says if it came to that.
 * Those that undo something are not counted: they never fail, or all do if there is an error for
 * them.
 */
void fake_fail(unsigned int nth, int err);
void fake_fail_undo(int err);
bool fake_has_failed(void);

/* Each ioctl is interrupted that many times before it does anything. */
void fake_interrupt(unsigned int times);

/* What drmGetVersion() names. */
void fake_set_driver(const char *name);

/* What GET_PARAMS answers, and how many bytes of it the "kernel" knows. */
void fake_get_params(struct drm_asahi_params_global *params);
void fake_set_params(const struct drm_asahi_params_global *params, size_t size);

/* Render nodes that drmGetDevices2() lists; a negative count is its error. Paths are borrowed. */
void fake_set_nodes(const char *const *paths, int count);

/* The device has no render node any more, for whoever has it open and asks for its path. */
void fake_hide_node(void);

/* Jobs to come are not run, and end with this: 1 for success, or -errno. 0 to run them. */
void fake_set_job_status(int status);

/* A dma-buf from elsewhere. */
int fake_foreign_dmabuf(size_t size);

/* A sync_file from elsewhere, of a fence with this status: 1, or -errno. */
int fake_sync_file(int status);

#endif /* FAKE_H */
