// SPDX-License-Identifier: MIT
#include <stdlib.h>
#include <string.h>

#include <asahi_drm.h>
#include <drm_agx.h>

#include "cdm.h"
#include "copy_struct.h"
#include "device.h"
#include "pool.h"
#include "private.h"
#include "shader.h"
#include "usc.h"

/* The stream is written in pieces of this size; the last words of each lead to the next. */
#define AGXI_COMPUTE_SEGMENT_WORDS 1024

#define AGXI_COMPUTE_UNIFORMS_ALIGN 64

/* Up to its last field in version 0.1. */
#define AGXI_LAUNCH_MIN_SIZE (offsetof(struct drm_agx_launch, local) + 3 * sizeof(uint32_t))

/* Up to what a stream is known by. */
#define AGXI_CMD_COMPUTE_MIN_SIZE \
	(offsetof(struct drm_asahi_cmd_compute, cdm_ctrl_stream_end) + sizeof(uint64_t))

/* Both end a segment, so room for either is kept free. */
#define AGXI_COMPUTE_TAIL_WORDS AGXI_CDM_LINK_WORDS
_Static_assert(AGXI_CDM_TERMINATE_WORDS <= AGXI_COMPUTE_TAIL_WORDS, "a terminate has to fit, too");

struct drm_agx_compute {
	/* Owns a reference. */
	struct drm_agx_vm *vm;

	/* Memory of the stream, of uniforms, and of USC words. */
	struct agxi_pool stream_pool;
	struct agxi_pool data_pool;
	struct agxi_pool usc_pool;

	/* Borrowed from @stream_pool: what is left of the segment being written. */
	uint32_t *next;
	uint32_t *limit;

	/* GPU address of @next. */
	uint64_t next_addr;

	/* Where the stream starts, and where its first segment ends; 0 until known. */
	uint64_t base;
	uint64_t end;

	bool ended;
	bool extra_words;
};

/* What a launch needs beside its words in the stream. */
struct agxi_compute_state {
	uint64_t usc_addr;
	uint32_t num_uniforms;
};

agxi_public int drm_agx_compute_create(struct drm_agx_vm *vm, struct drm_agx_compute **out)
{
	const struct drm_asahi_params_global *params =
		agxi_device_params(drm_agx_vm_device(vm));
	struct drm_agx_compute *compute;

	compute = calloc(1, sizeof(*compute));
	if (!compute)
		return agxi_error(ENOMEM);

	compute->vm = drm_agx_vm_ref(vm);
	compute->extra_words = agxi_cdm_needs_extra(params->gpu_generation,
						    params->num_clusters_total);
	agxi_pool_init(&compute->stream_pool, vm, DRM_AGX_BIND_READ);
	agxi_pool_init(&compute->data_pool, vm, DRM_AGX_BIND_READ);
	agxi_pool_init(&compute->usc_pool, vm, DRM_AGX_BIND_READ | DRM_AGX_BIND_USC);
	*out = compute;
	return 0;
}

agxi_public void drm_agx_compute_destroy(struct drm_agx_compute *compute)
{
	if (!compute)
		return;

	agxi_pool_fini(&compute->stream_pool);
	agxi_pool_fini(&compute->data_pool);
	agxi_pool_fini(&compute->usc_pool);
	drm_agx_vm_unref(compute->vm);
	free(compute);
}

static bool agxi_launch_valid(const struct drm_agx_launch *launch)
{
	int i;

	if (launch->uniforms_size & 3 ||
	    launch->uniforms_size > AGXI_USC_MAX_UNIFORMS * sizeof(uint16_t) ||
	    (launch->uniforms_size && !launch->uniforms))
		return false;
	if (launch->indirect & 3 || launch->indirect >= AGXI_ADDRESS_LIMIT)
		return false;
	for (i = 0; i < 3; i++)
		if (!launch->local[i] || (!launch->indirect && !launch->global[i]))
			return false;
	return true;
}

static int agxi_compute_upload_state(struct drm_agx_compute *compute,
				     const struct drm_agx_launch *launch,
				     struct agxi_compute_state *state)
{
	uint32_t passed = launch->uniforms_size / sizeof(uint16_t);
	struct agxi_usc usc = { .num_uniforms = passed };
	uint8_t words[AGXI_USC_MAX_SIZE];
	size_t size;
	void *cpu;
	int ret;

	if (passed) {
		ret = agxi_pool_alloc(&compute->data_pool, launch->uniforms_size,
				      AGXI_COMPUTE_UNIFORMS_ALIGN, &cpu, &usc.uniforms);
		if (ret)
			return ret;
		memcpy(cpu, launch->uniforms, launch->uniforms_size);
	}

	agxi_shader_get_usc(launch->shader, &usc);
	size = agxi_usc_pack(&usc, words);
	ret = agxi_pool_alloc(&compute->usc_pool, size, AGXI_USC_ALIGN, &cpu, &state->usc_addr);
	if (ret)
		return ret;
	memcpy(cpu, words, size);

	state->num_uniforms = agxi_shader_num_uniforms(launch->shader, passed);
	return 0;
}

/* The first segment ends when a second is begun, or when the stream ends in it. */
static void agxi_compute_close_segment(struct drm_agx_compute *compute, uint64_t end)
{
	if (!compute->end)
		compute->end = end;
}

/* Makes room for one launch, so that writing it cannot fail. */
static int agxi_compute_reserve(struct drm_agx_compute *compute)
{
	uint64_t addr;
	uint32_t *link;
	void *cpu;
	int ret;

	if (compute->next &&
	    compute->limit - compute->next >= AGXI_CDM_LAUNCH_WORDS + AGXI_COMPUTE_TAIL_WORDS)
		return 0;

	ret = agxi_pool_alloc(&compute->stream_pool, AGXI_COMPUTE_SEGMENT_WORDS * sizeof(uint32_t),
			      AGXI_COMPUTE_SEGMENT_WORDS * sizeof(uint32_t), &cpu, &addr);
	if (ret)
		return ret;

	if (compute->next) {
		link = agxi_cdm_pack_link(addr, compute->next);
		agxi_compute_close_segment(compute, compute->next_addr +
					   (link - compute->next) * sizeof(uint32_t));
	} else {
		compute->base = addr;
	}
	compute->next = cpu;
	compute->limit = compute->next + AGXI_COMPUTE_SEGMENT_WORDS;
	compute->next_addr = addr;
	return 0;
}

static void agxi_compute_advance(struct drm_agx_compute *compute, uint32_t *next)
{
	compute->next_addr += (next - compute->next) * sizeof(uint32_t);
	compute->next = next;
}

agxi_public int drm_agx_compute_launch(struct drm_agx_compute *compute,
				       const struct drm_agx_launch *launch)
{
	struct agxi_cdm_launch cdm = { 0 };
	struct agxi_compute_state state;
	struct drm_agx_launch args;
	int ret;

	ret = agxi_copy_struct(&args, sizeof(args), launch, AGXI_LAUNCH_MIN_SIZE);
	if (ret)
		return ret;
	if (compute->ended || !args.shader || agxi_shader_vm(args.shader) != compute->vm ||
	    !agxi_launch_valid(&args))
		return agxi_error(EINVAL);

	ret = agxi_compute_upload_state(compute, &args, &state);
	if (ret)
		return ret;

	ret = agxi_compute_reserve(compute);
	if (ret)
		return ret;

	cdm.num_uniforms = state.num_uniforms;
	cdm.preshader_registers = agxi_shader_preshader_registers(args.shader);
	cdm.usc = state.usc_addr - drm_agx_vm_usc_base(compute->vm);
	cdm.extra = compute->extra_words;
	cdm.indirect = args.indirect;
	memcpy(cdm.global, args.global, sizeof(cdm.global));
	memcpy(cdm.local, args.local, sizeof(cdm.local));
	agxi_compute_advance(compute, agxi_cdm_pack_launch(&cdm, compute->next));
	return 0;
}

agxi_public int drm_agx_compute_end(struct drm_agx_compute *compute,
				    struct drm_asahi_cmd_compute *cmd, size_t size)
{
	if (!compute->next || size < AGXI_CMD_COMPUTE_MIN_SIZE)
		return agxi_error(EINVAL);

	if (!compute->ended) {
		agxi_compute_advance(compute, agxi_cdm_pack_terminate(compute->next));
		agxi_compute_close_segment(compute, compute->next_addr);
		compute->ended = true;
	}

	memset(cmd, 0, size);
	cmd->cdm_ctrl_stream_base = compute->base;
	cmd->cdm_ctrl_stream_end = compute->end;
	return 0;
}
