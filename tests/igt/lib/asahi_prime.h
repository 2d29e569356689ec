/* SPDX-License-Identifier: MIT */
/**
 * DOC: Dma-bufs
 *
 * The two ioctls that make handles of dma-bufs and the other way round, with and without asserts,
 * and what a dma-buf is when it is looked at as a file.
 */
#ifndef ASAHI_PRIME_H
#define ASAHI_PRIME_H

#include <stddef.h>
#include <stdint.h>

/* PRIME_HANDLE_TO_FD and PRIME_FD_TO_HANDLE; 0 or -errno. */
int __asahi_prime_export(int fd, uint32_t handle, uint32_t flags, int *dma_buf);
int __asahi_prime_import(int fd, int dma_buf, uint32_t *handle);

/** asahi_dma_buf_id() - What tells a dma-buf from all others, whatever the descriptor. */
uint64_t asahi_dma_buf_id(int dma_buf);

/**
 * asahi_dma_buf_mmap() - Map all of a dma-buf, which was exported to be written by the CPU; undone
 * by asahi_gem_munmap().
 */
void *asahi_dma_buf_mmap(int dma_buf, size_t size);

/** asahi_dma_buf_count() - How many dma-bufs the system has, now; skips if it does not tell. */
uint64_t asahi_dma_buf_count(void);

#endif
