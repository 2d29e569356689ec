// SPDX-License-Identifier: MIT
#include <asahi_drm.h>
#include <drm_agx.h>

/* Lets a command write when it began and ended. */
int time_command(struct drm_agx_timestamps *ts, struct drm_asahi_cmd_compute *cmd)
{
	int ret;

	ret = drm_agx_timestamps_slot(ts, 0, &cmd->ts.start);
	if (!ret)
		ret = drm_agx_timestamps_slot(ts, 1, &cmd->ts.end);
	return ret;
}

/* How long it took, once it is done. */
int read_duration(struct drm_agx_device *dev, struct drm_agx_timestamps *ts, uint64_t *ns)
{
	uint64_t start, end;
	int ret;

	ret = drm_agx_timestamps_read(ts, 0, &start);
	if (!ret)
		ret = drm_agx_timestamps_read(ts, 1, &end);
	if (!ret)
		*ns = drm_agx_device_ticks_to_ns(dev, end - start);
	return ret;
}
