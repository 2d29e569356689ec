/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef AGX_PARAMS_H
#define AGX_PARAMS_H

#include <linux/sizes.h>

struct drm_device;
struct drm_file;

/** AGX_GPU_PAGE_SIZE: granularity of BOs and mappings in the uapi, whatever the CPU's page is. */
#define AGX_GPU_PAGE_SIZE SZ_16K

/** AGX_VM_START: first address that userspace may map; below it a null pointer faults. */
#define AGX_VM_START 0x4000ULL

/** AGX_VM_END: end of user addresses; two GPU pages short of the 39 bits that translate. */
#define AGX_VM_END 0x7fffff8000ULL

/** AGX_VM_KERNEL_MIN_SIZE: least that VM_CREATE must leave to the kernel. */
#define AGX_VM_KERNEL_MIN_SIZE 0x20000000ULL

/** AGX_MAX_COMMANDS: render and compute commands in one SUBMIT. */
#define AGX_MAX_COMMANDS 64

/** AGX_MAX_ATTACHMENTS: attachments of one command. */
#define AGX_MAX_ATTACHMENTS 16

int agx_ioctl_get_params(struct drm_device *drm, void *data, struct drm_file *drm_file);
int agx_ioctl_get_time(struct drm_device *drm, void *data, struct drm_file *drm_file);

#endif
