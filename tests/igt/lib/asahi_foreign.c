// SPDX-License-Identifier: MIT
/* Fences of all origins that do not signal. */
#include <drm/vgem_drm.h>
#include <linux/dma-buf.h>
#include <string.h>
#include <unistd.h>

#include "asahi_device.h"
#include "asahi_foreign.h"
#include "asahi_ioctl.h"
#include "asahi_sync.h"
#include "dmabuf_sync_file.h"
#include "igt.h"
#include "igt_syncobj.h"
#include "sw_sync.h"

/* The point of the timeline that is to be waited for; the one before it is not over. */
#define CHAIN_POINT 2

static void init_job(struct asahi_foreign *foreign)
{
	struct asahi_client *client = &foreign->client;

	asahi_client_init(client);
	asahi_require_simulated(client->fd, ASAHI_WAITS);
	asahi_spin_init(client, &foreign->spin);
	asahi_spin_start(&foreign->spin, client->queue_id);
}

static void init_chain(struct asahi_foreign *foreign)
{
	uint64_t over = CHAIN_POINT, point = CHAIN_POINT - 1;
	uint32_t binary;
	int fd;

	init_job(foreign);
	fd = foreign->client.fd;
	binary = syncobj_create(fd, 0);
	syncobj_import_sync_file(fd, binary, foreign->spin.fence);
	foreign->syncobj = syncobj_create(fd, 0);
	syncobj_binary_to_timeline(fd, foreign->syncobj, point, binary);
	syncobj_destroy(fd, binary);
	syncobj_timeline_signal(fd, &foreign->syncobj, &over, 1);
	foreign->syncobj_fd = syncobj_handle_to_fd(fd, foreign->syncobj, 0);
}

static void init_array(struct asahi_foreign *foreign)
{
	struct asahi_client *client = &foreign->client;

	init_job(foreign);
	foreign->second_queue = asahi_queue_create(client->fd, client->vm_id, client->usc_base);
	asahi_spin_init(client, &foreign->second);
	asahi_spin_start(&foreign->second, foreign->second_queue);
	foreign->fence = sync_fence_merge(foreign->spin.fence, foreign->second.fence);
}

static void init_vgem(struct asahi_foreign *foreign)
{
	struct drm_mode_create_dumb create = { .width = 64, .height = 64, .bpp = 32 };
	struct drm_vgem_fence_attach attach = { .flags = VGEM_FENCE_WRITE };
	int dma_buf;

	foreign->vgem = drm_open_driver(DRIVER_VGEM);
	igt_assert_eq(asahi_ioctl(foreign->vgem, DRM_IOCTL_MODE_CREATE_DUMB, &create), 0);
	attach.handle = create.handle;
	igt_assert_eq(asahi_ioctl(foreign->vgem, DRM_IOCTL_VGEM_FENCE_ATTACH, &attach), 0);
	foreign->vgem_fence = attach.out_fence;
	dma_buf = prime_handle_to_fd(foreign->vgem, create.handle);
	foreign->fence = dmabuf_export_sync_file(dma_buf, DMA_BUF_SYNC_READ);
	close(dma_buf);
	gem_close(foreign->vgem, create.handle);
}

static void init_sw_sync(struct asahi_foreign *foreign)
{
	igt_require_sw_sync();
	foreign->timeline = sw_sync_timeline_create();
	foreign->fence = sw_sync_timeline_create_fence(foreign->timeline, 1);
}

void asahi_foreign_init(struct asahi_foreign *foreign, enum asahi_foreign_kind kind)
{
	memset(foreign, 0, sizeof(*foreign));
	foreign->kind = kind;
	switch (kind) {
	case ASAHI_FOREIGN_JOB:
		init_job(foreign);
		foreign->fence = dup(foreign->spin.fence);
		break;
	case ASAHI_FOREIGN_CHAIN:
		init_chain(foreign);
		break;
	case ASAHI_FOREIGN_ARRAY:
		init_array(foreign);
		break;
	case ASAHI_FOREIGN_VGEM:
		init_vgem(foreign);
		break;
	case ASAHI_FOREIGN_SW_SYNC:
		init_sw_sync(foreign);
		break;
	}
	igt_assert(asahi_foreign_is_busy(foreign));
}

struct drm_asahi_sync asahi_foreign_sync(const struct asahi_foreign *foreign, int fd)
{
	uint32_t handle;

	if (foreign->kind == ASAHI_FOREIGN_CHAIN)
		return asahi_sync_point(syncobj_fd_to_handle(fd, foreign->syncobj_fd, 0),
					CHAIN_POINT);

	handle = syncobj_create(fd, 0);
	syncobj_import_sync_file(fd, handle, foreign->fence);
	return asahi_sync_binary(handle);
}

bool asahi_foreign_is_busy(const struct asahi_foreign *foreign)
{
	if (foreign->kind == ASAHI_FOREIGN_CHAIN)
		return asahi_sync_is_busy_point(foreign->client.fd, foreign->syncobj,
						CHAIN_POINT);

	return asahi_is_busy(foreign->fence);
}

void asahi_foreign_signal(struct asahi_foreign *foreign)
{
	struct drm_vgem_fence_signal signal = { .fence = foreign->vgem_fence };

	switch (foreign->kind) {
	case ASAHI_FOREIGN_JOB:
	case ASAHI_FOREIGN_ARRAY:
		asahi_spin_release(&foreign->spin);
		if (foreign->kind == ASAHI_FOREIGN_ARRAY)
			asahi_spin_release(&foreign->second);
		igt_assert_eq(sync_fence_wait(foreign->fence, asahi_hang_ms()), 0);
		break;
	case ASAHI_FOREIGN_CHAIN:
		asahi_spin_release(&foreign->spin);
		asahi_sync_wait_point(foreign->client.fd, foreign->syncobj, CHAIN_POINT);
		break;
	case ASAHI_FOREIGN_VGEM:
		igt_assert_eq(asahi_ioctl(foreign->vgem, DRM_IOCTL_VGEM_FENCE_SIGNAL, &signal), 0);
		break;
	case ASAHI_FOREIGN_SW_SYNC:
		sw_sync_timeline_inc(foreign->timeline, 1);
		break;
	}
	igt_assert(!asahi_foreign_is_busy(foreign));
}

void asahi_foreign_fini(struct asahi_foreign *foreign)
{
	switch (foreign->kind) {
	case ASAHI_FOREIGN_JOB:
	case ASAHI_FOREIGN_ARRAY:
		if (foreign->kind == ASAHI_FOREIGN_ARRAY) {
			asahi_queue_destroy(foreign->client.fd, foreign->second_queue);
			close(foreign->second.fence);
		}
		close(foreign->spin.fence);
		asahi_client_fini(&foreign->client);
		break;
	case ASAHI_FOREIGN_CHAIN:
		close(foreign->spin.fence);
		close(foreign->syncobj_fd);
		asahi_client_fini(&foreign->client);
		break;
	case ASAHI_FOREIGN_VGEM:
		igt_assert_eq(drm_close_driver(foreign->vgem), 0);
		break;
	case ASAHI_FOREIGN_SW_SYNC:
		close(foreign->timeline);
		break;
	}
	if (foreign->kind != ASAHI_FOREIGN_CHAIN)
		close(foreign->fence);
}
