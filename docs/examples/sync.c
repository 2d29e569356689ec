// SPDX-License-Identifier: MIT
#include <drm_agx.h>

/* Waits for a second, and tells how it ended: 0, or the error of the work. */
int finish(struct drm_agx_sync *done)
{
	int status, ret;

	ret = drm_agx_sync_wait(done, 0, drm_agx_deadline(1000000000));
	if (ret)
		return ret;

	ret = drm_agx_sync_status(done, 0, &status);
	if (ret)
		return ret;
	return status < 0 ? status : 0;
}
