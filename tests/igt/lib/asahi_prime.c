// SPDX-License-Identifier: MIT
/* Exporting, importing, and dma-bufs as files. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <xf86drm.h>

#include "asahi_device.h"
#include "asahi_ioctl.h"
#include "asahi_prime.h"
#include "igt.h"

int __asahi_prime_export(int fd, uint32_t handle, uint32_t flags, int *dma_buf)
{
	struct drm_prime_handle req = { .handle = handle, .flags = flags, .fd = -1 };
	int ret = asahi_ioctl(fd, DRM_IOCTL_PRIME_HANDLE_TO_FD, &req);

	if (!ret)
		*dma_buf = req.fd;
	return ret;
}

int __asahi_prime_import(int fd, int dma_buf, uint32_t *handle)
{
	struct drm_prime_handle req = { .fd = dma_buf };
	int ret = asahi_ioctl(fd, DRM_IOCTL_PRIME_FD_TO_HANDLE, &req);

	if (!ret)
		*handle = req.handle;
	return ret;
}

uint64_t asahi_dma_buf_id(int dma_buf)
{
	struct stat st;

	igt_assert_eq(fstat(dma_buf, &st), 0);
	return st.st_ino;
}

void *asahi_dma_buf_mmap(int dma_buf, size_t size)
{
	void *map = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, dma_buf, 0);

	igt_assert_f(map != MAP_FAILED, "mmap of the dma-buf: %s\n", strerror(errno));
	asahi_remember_map(map, size);
	return map;
}

uint64_t asahi_dma_buf_count(void)
{
	FILE *file = fopen("/sys/kernel/debug/dma_buf/bufinfo", "r");
	uint64_t count = 0;
	bool found = false;
	char line[256];

	igt_require_f(file, "no list of dma-bufs in debugfs\n");
	while (fgets(line, sizeof(line), file))
		found |= sscanf(line, "Total %" SCNu64 " objects", &count) == 1;
	fclose(file);
	igt_require_f(found, "the list of dma-bufs has no total\n");
	return count;
}
