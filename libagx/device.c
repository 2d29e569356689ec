// SPDX-License-Identifier: MIT
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#include <asahi_drm.h>
#include <drm_agx.h>
#include <xf86drm.h>

#include "bo_table.h"
#include "device.h"
#include "params.h"
#include "private.h"

struct drm_agx_device {
	atomic_uint refs;

	int fd;
	bool owns_fd;

	struct drm_asahi_params_global params;
	char name[64];
	struct agxi_bo_table bos;
};

/* Opens the GPU of @fd once more; not by /proc/self/fd, which need not be there. */
static int agxi_device_reopen(int fd)
{
	char *path;
	int ret;

	/* It promises nothing about errno, but this is what is left there for want of something. */
	errno = 0;
	path = drmGetRenderDeviceNameFromFd(fd);
	if (!path)
		return agxi_error(errno == ENOMEM || errno == EMFILE ? errno : ENOENT);

	ret = open(path, O_RDWR | O_CLOEXEC);
	if (ret < 0)
		ret = -errno;
	free(path);
	return ret < 0 ? agxi_error(-ret) : ret;
}

static int agxi_device_create(int fd, bool owns_fd, struct drm_agx_device **out)
{
	struct drm_agx_device *dev;
	int ret;

	dev = calloc(1, sizeof(*dev));
	if (!dev)
		return agxi_error(ENOMEM);

	ret = drm_agx_get_params(fd, 0, &dev->params, sizeof(dev->params));
	if (ret) {
		free(dev);
		return agxi_error(-ret);
	}

	atomic_init(&dev->refs, 1);
	dev->fd = fd;
	dev->owns_fd = owns_fd;
	agxi_params_format_name(&dev->params, dev->name, sizeof(dev->name));
	agxi_bo_table_init(&dev->bos);
	*out = dev;
	return 0;
}

agxi_public int drm_agx_device_create(int fd, enum drm_agx_fd fd_owner, struct drm_agx_device **out)
{
	int own, ret;

	ret = drm_agx_probe(fd);
	if (ret)
		return ret;

	switch (fd_owner) {
	case DRM_AGX_FD_BORROW:
	case DRM_AGX_FD_OWN:
		return agxi_device_create(fd, fd_owner == DRM_AGX_FD_OWN, out);
	case DRM_AGX_FD_REOPEN:
		break;
	default:
		return agxi_error(EINVAL);
	}

	own = agxi_device_reopen(fd);
	if (own < 0)
		return own;

	ret = agxi_device_create(own, true, out);
	if (ret) {
		close(own);
		return agxi_error(-ret);
	}
	return 0;
}

agxi_public int drm_agx_device_open_path(const char *path, struct drm_agx_device **out)
{
	int fd, ret;

	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return -errno;

	ret = drm_agx_device_create(fd, DRM_AGX_FD_OWN, out);
	if (ret) {
		close(fd);
		return agxi_error(-ret);
	}
	return 0;
}

/* Opens the first of @devices that can be opened, or says what was wrong with one that cannot. */
static int agxi_device_open_first(drmDevicePtr *devices, int count, struct drm_agx_device **out)
{
	int err = ENODEV;
	int i, ret;

	for (i = 0; i < count; i++) {
		if (!(devices[i]->available_nodes & (1 << DRM_NODE_RENDER)))
			continue;

		ret = drm_agx_device_open_path(devices[i]->nodes[DRM_NODE_RENDER], out);
		switch (ret) {
		case 0:
			return 0;
		/* Another driver's, or one that has just gone. */
		case -ENODEV:
		case -ENOENT:
		case -ENOTTY:
		case -ENXIO:
			break;
		default:
			if (err == ENODEV)
				err = -ret;
			break;
		}
	}

	return agxi_error(err);
}

agxi_public int drm_agx_device_open(struct drm_agx_device **out)
{
	drmDevicePtr *devices;
	int count, ret;

	/* Without any DRM device in the system there is not even a directory of them. */
	count = drmGetDevices2(0, NULL, 0);
	if (count == 0 || count == -ENOENT)
		return agxi_error(ENODEV);
	if (count < 0)
		return agxi_error(-count);

	devices = calloc(count, sizeof(*devices));
	if (!devices)
		return agxi_error(ENOMEM);

	count = drmGetDevices2(0, devices, count);
	if (count < 0) {
		free(devices);
		return agxi_error(-count);
	}

	ret = agxi_device_open_first(devices, count, out);
	drmFreeDevices(devices, count);
	free(devices);
	return ret ? agxi_error(-ret) : 0;
}

agxi_public struct drm_agx_device *drm_agx_device_ref(struct drm_agx_device *dev)
{
	atomic_fetch_add(&dev->refs, 1);
	return dev;
}

agxi_public void drm_agx_device_unref(struct drm_agx_device *dev)
{
	if (!dev || atomic_fetch_sub(&dev->refs, 1) != 1)
		return;

	agxi_bo_table_fini(&dev->bos);
	if (dev->owns_fd)
		close(dev->fd);
	free(dev);
}

agxi_public int drm_agx_device_fd(const struct drm_agx_device *dev)
{
	return dev->fd;
}

const struct drm_asahi_params_global *agxi_device_params(const struct drm_agx_device *dev)
{
	return &dev->params;
}

agxi_public const char *drm_agx_device_name(const struct drm_agx_device *dev)
{
	return dev->name;
}

agxi_public int drm_agx_device_get_time(struct drm_agx_device *dev, uint64_t *ns)
{
	struct drm_asahi_get_time args = { 0 };
	int ret;

	ret = drm_agx_ioctl_get_time(dev->fd, &args, sizeof(args));
	if (ret)
		return ret;

	*ns = args.gpu_timestamp;
	return 0;
}

struct agxi_bo_table *agxi_device_bos(struct drm_agx_device *dev)
{
	return &dev->bos;
}
