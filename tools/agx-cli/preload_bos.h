/* SPDX-License-Identifier: MIT */
/*
 * The buffers of a device, and what has changed in them. To be called with preload_lock held.
 */
#ifndef AGX_CLI_PRELOAD_BOS_H
#define AGX_CLI_PRELOAD_BOS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bo;

struct device_bos {
	/* By handle. Owned. */
	struct bo **bos;
	size_t num;
	/* A syncobj of our own in this process; 0 if there is none. */
	uint32_t syncobj;
};

/* There is a buffer of that handle; nothing happens if it is known. */
void bos_add(struct device_bos *bos, uint32_t handle, uint64_t size);
void bos_remove(struct device_bos *bos, uint32_t handle);

/* The GPU can see it from here on. */
void bos_bound(struct device_bos *bos, uint32_t handle);

/* Records what has changed in all buffers that the GPU can see. */
void bos_snapshot(struct device_bos *bos, uint64_t object, int fd, bool by_job);

void bos_forked(struct device_bos *bos);
void bos_fini(struct device_bos *bos);

#endif /* AGX_CLI_PRELOAD_BOS_H */
