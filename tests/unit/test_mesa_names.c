// SPDX-License-Identifier: MIT
/*
 * libagx beside the names that Mesa's own driver has at file level: they do not meet, neither in
 * the compiler nor, with the library linked statically, in the linker.
 */
#include <stdint.h>

struct agx_device {
	int fd;
};

struct agx_bo {
	uint32_t handle;
};

struct agx_va {
	uint64_t addr;
};

enum agx_bo_flags {
	AGX_BO_WRITEBACK = 1,
};

struct agx_device *agx_open_device(void *memctx, struct agx_device *dev);
struct agx_bo *agx_bo_create(struct agx_device *dev, unsigned int size, unsigned int align,
			     enum agx_bo_flags flags, const char *label);
int agx_bo_bind(struct agx_device *dev, void *ops, uint32_t count);
struct agx_bo *agx_bo_import(struct agx_device *dev, int fd);
struct agx_va *agx_va_alloc(struct agx_device *dev, uint64_t size, uint64_t align, int flags,
			    uint64_t fixed);
void agx_va_free(struct agx_device *dev, struct agx_va *va);
int agx_submit(struct agx_device *dev);
uint64_t agx_get_gpu_timestamp(struct agx_device *dev);
extern int libagx_copy;

#include <asahi_drm.h>
#include <drm_agx.h>
#include "libagx.h"

#ifndef LIBAGX_IS_MESAS
#error "another libagx.h than Mesa's"
#endif

int libagx_copy;

struct agx_device *agx_open_device(void *memctx, struct agx_device *dev)
{
	dev->fd = -1;
	return memctx ? NULL : dev;
}

struct agx_bo *agx_bo_create(struct agx_device *dev, unsigned int size, unsigned int align,
			     enum agx_bo_flags flags, const char *label)
{
	return NULL;
}

int agx_bo_bind(struct agx_device *dev, void *ops, uint32_t count)
{
	struct drm_asahi_vm_bind args = { .num_binds = count };

	return drm_agx_ioctl_vm_bind(dev->fd, &args, sizeof(args));
}

struct agx_bo *agx_bo_import(struct agx_device *dev, int fd)
{
	return NULL;
}

struct agx_va *agx_va_alloc(struct agx_device *dev, uint64_t size, uint64_t align, int flags,
			    uint64_t fixed)
{
	return NULL;
}

void agx_va_free(struct agx_device *dev, struct agx_va *va)
{
}

int agx_submit(struct agx_device *dev)
{
	struct drm_asahi_submit args = { 0 };

	return drm_agx_ioctl_submit(dev->fd, &args, sizeof(args));
}

uint64_t agx_get_gpu_timestamp(struct agx_device *dev)
{
	struct drm_asahi_get_time args = { 0 };

	return drm_agx_ioctl_get_time(dev->fd, &args, sizeof(args)) ? 0 : args.gpu_timestamp;
}

int main(void)
{
	struct agx_device dev;

	/* No device: all that counts is that each name is the one it should be. */
	agx_open_device(NULL, &dev);
	return agx_bo_bind(&dev, NULL, 1) == 0 || agx_submit(&dev) == 0 ||
	       agx_get_gpu_timestamp(&dev) != 0 ||
	       agx_bo_create(&dev, 1, 1, AGX_BO_WRITEBACK, "x") || agx_bo_import(&dev, -1) ||
	       agx_va_alloc(&dev, 1, 1, 0, 0) || drm_agx_gem_close(dev.fd, 1) == 0;
}
