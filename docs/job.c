// SPDX-License-Identifier: MIT
#include <inttypes.h>
#include <stdio.h>
#include <asahi_drm.h>
#include <drm_agx.h>

/* out[thread] = thread */
static const unsigned char code[] = { 0x72, 0x01, 0x10, 0x04, 0x45, 0x01, 0x00,
				      0x0e, 0x00, 0xc0, 0x12, 0x00, 0x88, 0x00 };

int main(void)
{
	uint64_t out;
	struct drm_agx_shader_info info = {
		.struct_size = sizeof(info),
		.code = code, .code_size = sizeof(code), .num_registers = 8
	};
	struct drm_agx_launch launch = {
		.struct_size = sizeof(launch), .uniforms = &out, .uniforms_size = sizeof(out),
		.global = { 4096, 1, 1 }, .local = { 32, 1, 1 }
	};
	struct drm_asahi_cmd_compute cmd;
	struct drm_agx_compute *compute;
	struct drm_agx_submit *submit;
	struct drm_agx_shader *shader;
	struct drm_agx_device *dev;
	struct drm_agx_queue *queue;
	struct drm_agx_sync *done;
	struct drm_agx_vm *vm;
	struct drm_agx_bo *bo;
	void *map;

	if (drm_agx_device_open(&dev) || drm_agx_vm_create(dev, &vm) ||
	    drm_agx_queue_create(vm, DRM_ASAHI_PRIORITY_MEDIUM, &queue) ||
	    drm_agx_bo_create_private(vm, 4096 * sizeof(uint32_t), DRM_AGX_BO_WRITEBACK, &bo) ||
	    drm_agx_bo_bind(bo, vm, DRM_AGX_BIND_READ | DRM_AGX_BIND_WRITE, &out) ||
	    drm_agx_bo_map(bo, &map) || drm_agx_shader_create(vm, &info, &shader) ||
	    drm_agx_sync_create(dev, 0, &done) || drm_agx_compute_create(vm, &compute) ||
	    drm_agx_submit_create(&submit))
		return perror("setup"), 1;

	launch.shader = shader;
	if (drm_agx_compute_launch(compute, &launch) ||
	    drm_agx_compute_end(compute, &cmd, sizeof(cmd)) ||
	    drm_agx_submit_add_compute(submit, &cmd, sizeof(cmd), 0, 0) ||
	    drm_agx_submit_add_signal(submit, done, 0) || drm_agx_queue_submit(queue, submit) ||
	    drm_agx_sync_wait(done, 0, drm_agx_deadline(1000000000)))
		return perror("job"), 1;

	printf("%s: out[4095] = %" PRIu32 "\n", drm_agx_device_name(dev), ((uint32_t *)map)[4095]);
	return 0;
}
