/* SPDX-License-Identifier: MIT */
/* Calls of libigt for the implicit fences of a dma-buf. They assert that they succeed. */
#ifndef DMABUF_SYNC_FILE_H
#define DMABUF_SYNC_FILE_H

#include <stdbool.h>
#include <stdint.h>

/* Flags are DMA_BUF_SYNC_READ and DMA_BUF_SYNC_WRITE: what is about to be done, or was. */
int dmabuf_export_sync_file(int dmabuf, uint32_t flags);
void dmabuf_import_sync_file(int dmabuf, uint32_t flags, int sync_file);
bool dmabuf_busy(int dmabuf, uint32_t flags);

#endif
