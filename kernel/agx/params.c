// SPDX-License-Identifier: GPL-2.0 OR MIT
#include <drm/drm_device.h>

#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/string.h>
#include <linux/time64.h>
#include <linux/uaccess.h>

#include "agx_device.h"
#include "asahi_drm.h"
#include "params.h"

static_assert(sizeof(struct drm_asahi_params_global) == 592);

static void agx_fill_params_global(const struct agx_hw_info *info,
				   struct drm_asahi_params_global *params)
{
	static_assert(sizeof(params->core_masks) == sizeof(info->core_masks));

	*params = (struct drm_asahi_params_global) {
		.features = info->features,
		.gpu_generation = info->gpu_generation,
		.gpu_variant = info->gpu_variant,
		.gpu_revision = info->gpu_revision,
		.chip_id = info->chip_id,
		.num_dies = info->num_dies,
		.num_clusters_total = info->num_clusters_total,
		.num_cores_per_cluster = info->num_cores_per_cluster,
		.max_frequency_khz = info->max_frequency_khz,
		.vm_start = AGX_VM_START,
		.vm_end = AGX_VM_END,
		.vm_kernel_min_size = AGX_VM_KERNEL_MIN_SIZE,
		.max_commands_per_submission = AGX_MAX_COMMANDS,
		.max_attachments = AGX_MAX_ATTACHMENTS,
		.command_timestamp_frequency_hz = info->timestamp_frequency_hz,
	};
	memcpy(params->core_masks, info->core_masks, sizeof(params->core_masks));
}

/**
 * agx_ioctl_get_params() - DRM_IOCTL_ASAHI_GET_PARAMS
 * @drm: device.
 * @data: &struct drm_asahi_get_params.
 * @drm_file: caller.
 *
 * Writes as much of the group as fits into the caller's buffer and no more than there is.
 *
 * Return: 0; -EINVAL for an unknown group or padding that is not zero; -ENODEV if the GPU is lost;
 * -EFAULT.
 */
int agx_ioctl_get_params(struct drm_device *drm, void *data, struct drm_file *drm_file)
{
	const struct drm_asahi_get_params *args = data;
	struct drm_asahi_params_global params;

	if (args->param_group || args->pad)
		return -EINVAL;
	if (agx_device_lost(to_agx(drm)))
		return -ENODEV;

	agx_fill_params_global(&to_agx(drm)->info, &params);

	if (copy_to_user(u64_to_user_ptr(args->pointer), &params,
			 min_t(u64, args->size, sizeof(params))))
		return -EFAULT;
	return 0;
}

static u64 agx_ticks_to_ns(u64 ticks, u64 frequency_hz)
{
	u64 rest;
	u64 seconds = div64_u64_rem(ticks, frequency_hz, &rest);

	return seconds * NSEC_PER_SEC + div64_u64(rest * NSEC_PER_SEC, frequency_hz);
}

/**
 * agx_ioctl_get_time() - DRM_IOCTL_ASAHI_GET_TIME
 * @drm: device.
 * @data: &struct drm_asahi_get_time.
 * @drm_file: caller.
 *
 * The clock that commands write as timestamps, in nanoseconds whatever the tick of those is.
 *
 * Return: 0; -EINVAL for a flag.
 */
int agx_ioctl_get_time(struct drm_device *drm, void *data, struct drm_file *drm_file)
{
	struct agx_device *agx = to_agx(drm);
	struct drm_asahi_get_time *args = data;

	if (args->flags)
		return -EINVAL;

	args->gpu_timestamp = agx_ticks_to_ns(agx_device_time(agx),
					      agx->info.timestamp_frequency_hz);
	return 0;
}
