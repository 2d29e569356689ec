// SPDX-License-Identifier: MIT
#include <stdio.h>

#include <drm_agx.h>

int print_gpu(void)
{
	struct drm_agx_device *dev;
	uint64_t ns;
	int ret;

	ret = drm_agx_device_open(&dev);
	if (ret)
		return ret;

	ret = drm_agx_device_get_time(dev, &ns);
	if (!ret)
		printf("%s, %u cores, up for %llu s\n", drm_agx_device_name(dev),
		       drm_agx_device_num_cores(dev), (unsigned long long)(ns / 1000000000));
	drm_agx_device_unref(dev);
	return ret;
}
