// SPDX-License-Identifier: MIT
/* Memory of all origins as dma-bufs. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/udmabuf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>
#include <xf86drm.h>

#include "asahi_device.h"
#include "asahi_exporter.h"
#include "asahi_ioctl.h"
#include "asahi_prime.h"
#include "igt.h"

static void init_own(struct asahi_exporter *e)
{
	e->fd = asahi_open();
	e->handle = asahi_gem_create(e->fd, e->size);
	e->map = asahi_gem_mmap(e->fd, e->handle, e->size);
	e->dma_buf = prime_handle_to_fd_for_mmap(e->fd, e->handle);
}

static uint32_t *map_file(int fd, uint64_t size, uint64_t offset)
{
	uint32_t *map = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, offset);

	igt_assert_f(map != MAP_FAILED, "mmap of the maker's memory: %s\n", strerror(errno));
	asahi_remember_map(map, size);
	return map;
}

static void init_vgem(struct asahi_exporter *e)
{
	struct drm_mode_create_dumb create = { .width = e->size, .height = 1, .bpp = 8 };
	struct drm_mode_map_dumb offset = { 0 };

	e->fd = drm_open_driver(DRIVER_VGEM);
	igt_assert_eq(asahi_ioctl(e->fd, DRM_IOCTL_MODE_CREATE_DUMB, &create), 0);
	igt_assert_eq_u64(create.size, e->size);
	e->handle = create.handle;
	offset.handle = create.handle;
	igt_assert_eq(asahi_ioctl(e->fd, DRM_IOCTL_MODE_MAP_DUMB, &offset), 0);
	e->map = map_file(e->fd, e->size, offset.offset);
	e->dma_buf = prime_handle_to_fd_for_mmap(e->fd, e->handle);
}

static int share(int udmabuf, int memfd, uint64_t size)
{
	struct udmabuf_create create = {
		.memfd = memfd,
		.flags = UDMABUF_FLAGS_CLOEXEC,
		.size = size,
	};

	return ioctl(udmabuf, UDMABUF_CREATE, &create);
}

static int share_backwards(int udmabuf, int memfd, uint64_t size)
{
	const uint32_t num = size / ASAHI_PAGE;
	struct udmabuf_create_list *create;
	uint32_t i;
	int fd;

	/* Forwards, or they would be neighbours after all. */
	igt_assert_eq(fallocate(memfd, 0, 0, size), 0);
	create = calloc(1, sizeof(*create) + num * sizeof(create->list[0]));
	igt_assert(create);
	create->flags = UDMABUF_FLAGS_CLOEXEC;
	create->count = num;
	for (i = 0; i < num; i++)
		create->list[i] = (struct udmabuf_create_item){
			.memfd = memfd,
			.offset = (uint64_t)(num - 1 - i) * ASAHI_PAGE,
			.size = ASAHI_PAGE,
		};
	fd = ioctl(udmabuf, UDMABUF_CREATE_LIST, create);
	free(create);
	return fd;
}

static void init_udmabuf(struct asahi_exporter *e)
{
	int udmabuf = open("/dev/udmabuf", O_RDWR | O_CLOEXEC);

	igt_require_f(udmabuf >= 0, "/dev/udmabuf: %s\n", strerror(errno));
	e->fd = memfd_create("asahi", MFD_ALLOW_SEALING | MFD_CLOEXEC);
	igt_assert_fd(e->fd);
	igt_assert_eq(ftruncate(e->fd, e->size), 0);
	igt_assert_eq(fcntl(e->fd, F_ADD_SEALS, F_SEAL_SHRINK), 0);
	e->dma_buf = e->kind == ASAHI_EXPORTER_BACKWARDS ?
		     share_backwards(udmabuf, e->fd, e->size) : share(udmabuf, e->fd, e->size);
	igt_assert_f(e->dma_buf >= 0, "/dev/udmabuf: %s\n", strerror(errno));
	e->map = map_file(e->kind == ASAHI_EXPORTER_BACKWARDS ? e->dma_buf : e->fd, e->size, 0);
	close(udmabuf);
}

void asahi_exporter_init(struct asahi_exporter *e, enum asahi_exporter_kind kind, uint64_t size)
{
	memset(e, 0, sizeof(*e));
	e->kind = kind;
	e->size = size;
	switch (kind) {
	case ASAHI_EXPORTER_OWN:
		init_own(e);
		break;
	case ASAHI_EXPORTER_VGEM:
		init_vgem(e);
		break;
	case ASAHI_EXPORTER_UDMABUF:
	case ASAHI_EXPORTER_BACKWARDS:
		init_udmabuf(e);
		break;
	}
}

void asahi_exporter_leave(struct asahi_exporter *e)
{
	if (e->fd < 0)
		return;

	asahi_gem_munmap(e->map, e->size);
	e->map = NULL;
	switch (e->kind) {
	case ASAHI_EXPORTER_OWN:
		asahi_close(e->fd);
		break;
	case ASAHI_EXPORTER_VGEM:
		gem_close(e->fd, e->handle);
		igt_assert_eq(drm_close_driver(e->fd), 0);
		break;
	case ASAHI_EXPORTER_UDMABUF:
	case ASAHI_EXPORTER_BACKWARDS:
		igt_assert_eq(close(e->fd), 0);
		break;
	}
	e->fd = -1;
}

void asahi_exporter_fini(struct asahi_exporter *e)
{
	asahi_exporter_leave(e);
	if (e->dma_buf >= 0)
		igt_assert_eq(close(e->dma_buf), 0);
	e->dma_buf = -1;
}
