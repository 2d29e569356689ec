// SPDX-License-Identifier: MIT
/*
 * Implicit fences of dma-bufs. The driver itself attaches none: who shares a buffer with somebody
 * that expects them moves them in and out here.
 */
#include <linux/dma-buf.h>

#include <drm_agx.h>

#include "private.h"

agxi_public int drm_agx_dmabuf_import_sync_file(int dmabuf_fd, int sync_file_fd, uint32_t flags)
{
	struct dma_buf_import_sync_file args = { .flags = flags, .fd = sync_file_fd };

	return agxi_ioctl(dmabuf_fd, DMA_BUF_IOCTL_IMPORT_SYNC_FILE, &args);
}

agxi_public int drm_agx_dmabuf_export_sync_file(int dmabuf_fd, uint32_t flags, int *out)
{
	struct dma_buf_export_sync_file args = { .flags = flags, .fd = -1 };
	int ret;

	ret = agxi_ioctl(dmabuf_fd, DMA_BUF_IOCTL_EXPORT_SYNC_FILE, &args);
	if (ret)
		return ret;

	*out = args.fd;
	return 0;
}
