/* SPDX-License-Identifier: MIT */
/*
 * The examples of the manual pages, which the unit tests run.
 */
#ifndef EXAMPLES_H
#define EXAMPLES_H

#include <asahi_drm.h>
#include <drm_agx.h>

int upload(struct drm_agx_vm *vm, const void *data, size_t size, struct drm_agx_bo **out,
	   uint64_t *addr);
int with_scratch(struct drm_agx_bo_cache *cache, uint64_t size, int (*job)(uint64_t scratch));
int make_command(struct drm_agx_compute *compute, struct drm_agx_shader *first,
		 struct drm_agx_shader *second, uint64_t data, struct drm_asahi_cmd_compute *cmd);
int print_gpu(void);
int publish(int dmabuf, struct drm_agx_sync *drawn);
int create_bound(int fd, uint32_t vm, uint64_t size, uint64_t addr, uint32_t *handle);
int submit_frame(struct drm_agx_queue *queue, const struct drm_asahi_cmd_compute *prepare,
		 const struct drm_asahi_cmd_render *draw, struct drm_agx_sync *done);
int finish(struct drm_agx_sync *done);
int time_command(struct drm_agx_timestamps *ts, struct drm_asahi_cmd_compute *cmd);
int read_duration(struct drm_agx_device *dev, struct drm_agx_timestamps *ts, uint64_t *ns);
int bind_together(struct drm_agx_vm *vm, struct drm_agx_bo *first, struct drm_agx_bo *second,
		  uint64_t *addr);

#endif /* EXAMPLES_H */
