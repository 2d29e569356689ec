// SPDX-License-Identifier: MIT
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include <drm_agx.h>

#include "copy_struct.h"
#include "private.h"
#include "shader.h"
#include "usc.h"

/* Up to its last field in version 0.1. */
#define AGXI_SHADER_INFO_MIN_SIZE \
	(offsetof(struct drm_agx_shader_info, preshader_registers) + sizeof(uint32_t))

/* What code starts at multiples of. */
#define AGXI_SHADER_ALIGN 128

/* Instructions are fetched ahead of where a shader stops; what is found there should trap. */
#define AGXI_SHADER_TRAPS 8
static const uint8_t agxi_shader_trap[] = { 0x08, 0x00 };

/* Far more than any shader has; keeps the sums from wrapping around. */
#define AGXI_SHADER_MAX_SIZE (1u << 30)

struct drm_agx_shader {
	atomic_uint refs;

	/* Owns a reference. */
	struct drm_agx_vm *vm;

	/* Owns a reference. */
	struct drm_agx_bo *bo;

	uint64_t addr;
	uint64_t preshader_addr;
	uint32_t num_registers;
	uint32_t preshader_registers;
	uint32_t num_uniforms;
	uint32_t shared_size;
};

static bool agxi_shader_info_valid(const struct drm_agx_shader_info *info)
{
	/* Instructions are made of units of two bytes, and so is what is put behind them. */
	return info->code && info->code_size && info->code_size <= AGXI_SHADER_MAX_SIZE &&
	       info->preshader_size <= AGXI_SHADER_MAX_SIZE &&
	       !((info->code_size | info->preshader_size) % sizeof(agxi_shader_trap)) &&
	       !info->preshader == !info->preshader_size &&
	       info->num_registers && info->num_registers <= AGXI_USC_MAX_REGISTERS &&
	       info->num_uniforms <= AGXI_USC_MAX_UNIFORMS &&
	       info->shared_size <= AGXI_USC_MAX_SHARED &&
	       info->preshader_registers <= AGXI_USC_MAX_REGISTERS;
}

static void agxi_shader_copy(uint8_t *out, const void *code, size_t size)
{
	unsigned int i;

	memcpy(out, code, size);
	out += size;
	for (i = 0; i < AGXI_SHADER_TRAPS; i++, out += sizeof(agxi_shader_trap))
		memcpy(out, agxi_shader_trap, sizeof(agxi_shader_trap));
}

static size_t agxi_shader_padded_size(size_t code_size)
{
	return agxi_align_up(code_size + AGXI_SHADER_TRAPS * sizeof(agxi_shader_trap),
			     AGXI_SHADER_ALIGN);
}

static int agxi_shader_upload(struct drm_agx_shader *shader, const struct drm_agx_shader_info *info)
{
	size_t preshader_start = agxi_shader_padded_size(info->code_size);
	size_t size = preshader_start;
	void *map;
	int ret;

	if (info->preshader)
		size += agxi_shader_padded_size(info->preshader_size);

	ret = drm_agx_bo_create_private(shader->vm, size, 0, &shader->bo);
	if (ret)
		return ret;

	ret = drm_agx_bo_map(shader->bo, &map);
	if (ret)
		return ret;

	ret = drm_agx_bo_bind(shader->bo, shader->vm, DRM_AGX_BIND_READ | DRM_AGX_BIND_USC,
			      &shader->addr);
	if (ret)
		return ret;

	agxi_shader_copy(map, info->code, info->code_size);
	if (info->preshader) {
		agxi_shader_copy((uint8_t *)map + preshader_start, info->preshader,
				 info->preshader_size);
		shader->preshader_addr = shader->addr + preshader_start;
	}
	return 0;
}

agxi_public int drm_agx_shader_create(struct drm_agx_vm *vm, const struct drm_agx_shader_info *info,
				      struct drm_agx_shader **out)
{
	struct drm_agx_shader_info args;
	struct drm_agx_shader *shader;
	int ret;

	ret = agxi_copy_struct(&args, sizeof(args), info, AGXI_SHADER_INFO_MIN_SIZE);
	if (ret)
		return ret;
	if (!agxi_shader_info_valid(&args))
		return agxi_error(EINVAL);

	shader = calloc(1, sizeof(*shader));
	if (!shader)
		return agxi_error(ENOMEM);

	atomic_init(&shader->refs, 1);
	shader->vm = drm_agx_vm_ref(vm);
	shader->num_registers = args.num_registers;
	shader->preshader_registers = args.preshader_registers;
	shader->num_uniforms = args.num_uniforms;
	shader->shared_size = args.shared_size;
	ret = agxi_shader_upload(shader, &args);
	if (ret) {
		drm_agx_shader_unref(shader);
		return agxi_error(-ret);
	}

	*out = shader;
	return 0;
}

agxi_public struct drm_agx_shader *drm_agx_shader_ref(struct drm_agx_shader *shader)
{
	atomic_fetch_add(&shader->refs, 1);
	return shader;
}

agxi_public void drm_agx_shader_unref(struct drm_agx_shader *shader)
{
	if (!shader || atomic_fetch_sub(&shader->refs, 1) != 1)
		return;

	drm_agx_bo_unref(shader->bo);
	drm_agx_vm_unref(shader->vm);
	free(shader);
}

agxi_public uint64_t drm_agx_shader_addr(const struct drm_agx_shader *shader)
{
	return shader->addr;
}

struct drm_agx_vm *agxi_shader_vm(const struct drm_agx_shader *shader)
{
	return shader->vm;
}

void agxi_shader_get_usc(const struct drm_agx_shader *shader, struct agxi_usc *usc)
{
	uint64_t base = drm_agx_vm_usc_base(shader->vm);

	usc->code = shader->addr - base;
	usc->preshader = shader->preshader_addr ? shader->preshader_addr - base : 0;
	usc->num_registers = shader->num_registers;
	usc->shared_size = shader->shared_size;
}

uint32_t agxi_shader_preshader_registers(const struct drm_agx_shader *shader)
{
	return shader->preshader_registers;
}

uint32_t agxi_shader_num_uniforms(const struct drm_agx_shader *shader, uint32_t passed)
{
	return passed > shader->num_uniforms ? passed : shader->num_uniforms;
}
