// SPDX-License-Identifier: MIT
/*
 * The header by itself, with no other before it. Compiled as C and as C++.
 */
#include <drm_agx.h>

/* Twice does no harm. */
#include <drm_agx.h>

#include <asahi_drm.h>

int main(void)
{
	struct drm_agx_device *dev = NULL;
	struct drm_agx_launch launch = { 0 };
	struct drm_asahi_vm_bind bind = { 0 };

	drm_agx_device_unref(dev);
	drm_agx_compute_destroy(NULL);
	return drm_agx_ioctl_vm_bind(-1, &bind, sizeof(bind)) == 0 || launch.global[0] != 0 ||
	       DRM_AGX_BARRIER_NONE != DRM_ASAHI_BARRIER_NONE;
}
