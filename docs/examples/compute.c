// SPDX-License-Identifier: MIT
#include <asahi_drm.h>
#include <drm_agx.h>

/* Two launches, the second after the first, as one command. */
int make_command(struct drm_agx_compute *compute, struct drm_agx_shader *first,
		 struct drm_agx_shader *second, uint64_t data, struct drm_asahi_cmd_compute *cmd)
{
	struct drm_agx_launch launch = {
		.struct_size = sizeof(launch),
		.shader = first,
		.uniforms = &data,
		.uniforms_size = sizeof(data),
		.global = { 1024, 1, 1 },
		.local = { 64, 1, 1 },
	};
	int ret;

	ret = drm_agx_compute_launch(compute, &launch);
	if (ret)
		return ret;

	launch.shader = second;
	ret = drm_agx_compute_launch(compute, &launch);
	if (ret)
		return ret;
	return drm_agx_compute_end(compute, cmd, sizeof(*cmd));
}
