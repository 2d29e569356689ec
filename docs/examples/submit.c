// SPDX-License-Identifier: MIT
#include <asahi_drm.h>
#include <drm_agx.h>

/* A compute command that prepares what a render command reads. */
int submit_frame(struct drm_agx_queue *queue, const struct drm_asahi_cmd_compute *prepare,
		 const struct drm_asahi_cmd_render *draw, struct drm_agx_sync *done)
{
	struct drm_agx_submit *submit;
	int ret;

	ret = drm_agx_submit_create(&submit);
	if (ret)
		return ret;

	/* The first waits for the frame before, the second for the first of this submit. */
	ret = drm_agx_submit_add_compute(submit, prepare, sizeof(*prepare), 0, 0);
	if (!ret)
		ret = drm_agx_submit_add_render(submit, draw, sizeof(*draw), 0, 1);
	if (!ret)
		ret = drm_agx_submit_add_signal(submit, done, 0);
	if (!ret)
		ret = drm_agx_queue_submit(queue, submit);
	drm_agx_submit_destroy(submit);
	return ret;
}
