/* SPDX-License-Identifier: MIT */
/**
 * DOC: A client
 *
 * What it takes to run something: an address space, a queue, and an arena, a buffer in which
 * streams, shaders and their arguments are written one behind the other, none of them twice, so
 * that no cache of the GPU can hold an older version.
 */
#ifndef ASAHI_CLIENT_H
#define ASAHI_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "asahi_drm.h"
#include "asahi_shader.h"

/** struct asahi_bo - A buffer object that the CPU and the GPU see. */
struct asahi_bo {
	/** @handle: GEM handle in the file of the client. */
	uint32_t handle;
	/** @size: bytes. */
	uint64_t size;
	/** @va: GPU address in the client's VM, read and write. */
	uint64_t va;
	/** @map: the same for the CPU, cached. */
	uint32_t *map;
};

/** struct asahi_client - A file, a VM, a queue and an arena. */
struct asahi_client {
	/** @fd: file of the device. */
	int fd;
	/** @owns_fd: whether the client closes @fd. */
	bool owns_fd;
	/** @params: what the device is. */
	struct drm_asahi_params_global params;
	/** @vm_id: the address space. */
	uint32_t vm_id;
	/** @queue_id: a queue on it. */
	uint32_t queue_id;
	/** @usc_base: what the queue adds to USC addresses. */
	uint64_t usc_base;
	/** @arena: for streams and shaders; private to the VM. */
	struct asahi_bo arena;
	/** @arena_used: bytes of it that are taken. */
	size_t arena_used;
	/** @code: where each shader is in the arena, 0 if it is not. */
	uint64_t code[ASAHI_NUM_SHADERS];
	/** @next_va: where the next buffer object is mapped. */
	uint64_t next_va;
};

/**
 * asahi_client_init() - A client on a file of its own.
 */
void asahi_client_init(struct asahi_client *client);

/**
 * asahi_client_init_fd() - A client with its own VM on a file that is open already.
 */
void asahi_client_init_fd(struct asahi_client *client, int fd);

/**
 * asahi_client_init_vm() - A client on a file and a VM that exist already. The VM becomes the
 * client's.
 */
void asahi_client_init_vm(struct asahi_client *client, int fd, uint32_t vm_id);

/**
 * asahi_client_fini() - Destroy queue, VM and arena, and close the file if it is the client's.
 */
void asahi_client_fini(struct asahi_client *client);

/**
 * asahi_client_drop() - Close the file with everything in it, and destroy nothing before.
 */
void asahi_client_drop(struct asahi_client *client);

/**
 * asahi_client_alloc() - Take zeroed, 64-byte aligned bytes of the arena.
 * @cpu: receives where the CPU finds them.
 *
 * Returns their GPU address, which lies in reach of USC addresses.
 */
uint64_t asahi_client_alloc(struct asahi_client *client, size_t size, void **cpu);

/**
 * asahi_client_code() - Put a shader into the arena if it is not there, and return its address.
 */
uint64_t asahi_client_code(struct asahi_client *client, enum asahi_shader shader);

/**
 * asahi_client_va() - An unused range of addresses with an unmapped page behind it.
 */
uint64_t asahi_client_va(struct asahi_client *client, uint64_t size);

/**
 * asahi_bo_init() - A zeroed buffer object, not private, mapped into the VM and by the CPU.
 */
void asahi_bo_init(struct asahi_client *client, struct asahi_bo *bo, uint64_t size);

/**
 * asahi_bo_init_unmapped() - The same with no GPU mapping; @bo->va is an unused range.
 */
void asahi_bo_init_unmapped(struct asahi_client *client, struct asahi_bo *bo, uint64_t size);

/** asahi_bo_unmap() - Give up only the CPU's view. */
void asahi_bo_unmap(struct asahi_bo *bo);

/** asahi_bo_fini() - Close the handle, which unmaps it from the GPU, and the CPU's view. */
void asahi_bo_fini(struct asahi_client *client, struct asahi_bo *bo);

/** asahi_bo_fill() - Set every word of a buffer object. */
void asahi_bo_fill(struct asahi_bo *bo, uint32_t value);

#endif
