/* SPDX-License-Identifier: MIT */
#ifndef AGXI_SHADER_H
#define AGXI_SHADER_H

#include <stdint.h>

struct agxi_usc;
struct drm_agx_shader;
struct drm_agx_vm;

/* Borrowed from the shader. */
struct drm_agx_vm *agxi_shader_vm(const struct drm_agx_shader *shader);

/* Fills in what the shader says about its USC words: all but the uniforms. */
void agxi_shader_get_usc(const struct drm_agx_shader *shader, struct agxi_usc *usc);

/* 16-bit registers that its preshader needs; 0 for the least that there is. */
uint32_t agxi_shader_preshader_registers(const struct drm_agx_shader *shader);

/* 16-bit uniforms of a launch that passes @passed of them. */
uint32_t agxi_shader_num_uniforms(const struct drm_agx_shader *shader, uint32_t passed);

#endif /* AGXI_SHADER_H */
