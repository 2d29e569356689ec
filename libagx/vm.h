/* SPDX-License-Identifier: MIT */
#ifndef AGXI_VM_H
#define AGXI_VM_H

#include <stdint.h>

struct drm_agx_vm;
struct drm_asahi_params_global;

/* How a device's window is divided; see struct drm_agx_vm in <drm_agx.h>. */
struct agxi_vm_layout {
	uint64_t usc_start;
	uint64_t usc_end;
	uint64_t heap_start;
	uint64_t heap_end;
	uint64_t kernel_start;
	uint64_t kernel_end;
};

/* -ERANGE if the window is too small. */
int agxi_vm_layout_init(struct agxi_vm_layout *layout,
			const struct drm_asahi_params_global *params);

/*
 * Notes that something is bound at these addresses, which are reserved: until that is undone they
 * are neither bound again nor given back. -ENOENT if they are not all of one reservation, -EEXIST
 * if something is bound at one of them, -ENOMEM.
 */
int agxi_vm_set_bound(struct drm_agx_vm *vm, uint64_t addr, uint64_t size);

/* Undoes that for what starts at @addr. */
void agxi_vm_clear_bound(struct drm_agx_vm *vm, uint64_t addr);

#endif /* AGXI_VM_H */
