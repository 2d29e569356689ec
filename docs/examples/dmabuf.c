// SPDX-License-Identifier: MIT
#include <linux/dma-buf.h>
#include <unistd.h>

#include <drm_agx.h>

/* Makes whoever shows or encodes a shared buffer wait for the work that draws it. */
int publish(int dmabuf, struct drm_agx_sync *drawn)
{
	int fd, ret;

	ret = drm_agx_sync_export_file(drawn, 0, &fd);
	if (ret)
		return ret;

	ret = drm_agx_dmabuf_import_sync_file(dmabuf, fd, DMA_BUF_SYNC_WRITE);
	close(fd);
	return ret;
}
