// SPDX-License-Identifier: MIT
/*
 * agx-cli info: the constants of a GPU.
 */
#include <inttypes.h>
#include <string.h>

#include <asahi_drm.h>
#include <drm_agx.h>

#include "args.h"
#include "out.h"
#include "session.h"
#include "uapi.h"

static void put_features(struct out *out, uint64_t features)
{
	const struct uapi_name *name;

	out_hex(out, "features", features);
	out_begin_array(out, "feature_names");
	for (name = uapi_features; name->name; name++)
		if (features & name->value)
			out_string(out, NULL, name->name);
	out_end(out);
}

static void put_gpu(struct out *out, const struct drm_asahi_params_global *params)
{
	out_u64(out, "gpu_generation", params->gpu_generation);
	out_hex(out, "gpu_variant", params->gpu_variant);
	if (params->gpu_variant > ' ' && params->gpu_variant < 0x7f)
		out_meaning(out, "%c", (char)params->gpu_variant);
	out_hex(out, "gpu_revision", params->gpu_revision);
	out_meaning(out, "%X", params->gpu_revision + 0xa0);
	out_hex(out, "chip_id", params->chip_id);
	out_meaning(out, "T%x", params->chip_id);
}

static void put_cores(struct out *out, const struct drm_agx_device *dev,
		      const struct drm_asahi_params_global *params)
{
	unsigned int i;

	out_u64(out, "num_dies", params->num_dies);
	out_u64(out, "num_clusters_total", params->num_clusters_total);
	out_u64(out, "num_cores_per_cluster", params->num_cores_per_cluster);
	out_u64(out, "num_cores", drm_agx_device_num_cores(dev));

	/* As many as there are clusters; a kernel that says more of them has no masks for those. */
	out_begin_array(out, "core_masks");
	for (i = 0; i < params->num_clusters_total && i < DRM_ASAHI_MAX_CLUSTERS; i++)
		out_hex(out, NULL, params->core_masks[i]);
	out_end(out);
}

static void put_limits(struct out *out, const struct drm_asahi_params_global *params)
{
	out_u64(out, "max_frequency_khz", params->max_frequency_khz);
	out_meaning(out, "%u.%03u MHz", params->max_frequency_khz / 1000,
		    params->max_frequency_khz % 1000);
	out_hex(out, "vm_start", params->vm_start);
	out_hex(out, "vm_end", params->vm_end);
	out_hex(out, "vm_kernel_min_size", params->vm_kernel_min_size);
	out_meaning(out, "%" PRIu64 " MiB", (uint64_t)params->vm_kernel_min_size >> 20);
	out_u64(out, "max_commands_per_submission", params->max_commands_per_submission);
	out_u64(out, "max_attachments", params->max_attachments);
	out_u64(out, "command_timestamp_frequency_hz", params->command_timestamp_frequency_hz);
}

static enum cli_exit run_info(struct cli *cli, const struct cli_args *args)
{
	struct drm_asahi_params_global params;
	struct out *out = cli->out;
	struct drm_agx_device *dev;
	enum cli_exit status;
	char path[96];
	uint64_t ns;
	int ret;

	status = cli_device(cli, &dev);
	if (status)
		return status;

	ret = drm_agx_get_params(drm_agx_device_fd(dev), 0, &params, sizeof(params));
	if (ret)
		return cli_ioctl_failure(cli, ret, "GET_PARAMS", NULL, NULL);
	ret = drm_agx_device_get_time(dev, &ns);
	if (ret)
		return cli_ioctl_failure(cli, ret, "GET_TIME", NULL, NULL);

	out_string(out, "name", drm_agx_device_name(dev));
	out_string(out, "path", cli_fd_path(drm_agx_device_fd(dev), path, sizeof(path)));
	put_gpu(out, &params);
	put_cores(out, dev, &params);
	put_features(out, params.features);
	put_limits(out, &params);
	out_u64(out, "time_ns", ns);
	out_meaning(out, "%" PRIu64 ".%09" PRIu64 " s", ns / 1000000000, ns % 1000000000);
	return CLI_EXIT_OK;
}

const struct cli_verb cli_verbs_info[] = {
	{
		.name = "info",
		.group = "look",
		.synopsis = "",
		.summary = "print the constants of a GPU",
		.details =
			"What GET_PARAMS answers, under the names of the uapi, with the GPU's "
			"name, the number of cores that are there, and its clock.",
		.run = run_info,
	},
	{ .name = NULL },
};
