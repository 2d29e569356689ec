// SPDX-License-Identifier: MIT
#include "cdm.h"

/* Block types, in the top bits of the first word. */
#define AGXI_CDM_LAUNCH (0u << 29)
#define AGXI_CDM_LINK (1u << 29)
#define AGXI_CDM_TERMINATE (2u << 29)
#define AGXI_CDM_BARRIER (3u << 29)

#define AGXI_CDM_MODE_DIRECT (0u << 27)
#define AGXI_CDM_MODE_INDIRECT (1u << 27)

/* Waits for everything and makes it visible; the meaning of single bits is not known. */
#define AGXI_CDM_BARRIER_ALL 0xfffffu

#define AGXI_CDM_EXTRA_0 0x00000000u
#define AGXI_CDM_EXTRA_1 0x40000000u

/* Resources are counted in units, and 0 stands for the maximum, so that one is the least. */
#define AGXI_CDM_UNIFORM_UNIT 64u
#define AGXI_CDM_UNIFORM_MASK 7u
#define AGXI_CDM_UNIFORM_SHIFT 1
#define AGXI_CDM_TEXTURES_LEAST (1u << 4)
#define AGXI_CDM_PRESHADER_UNIT 16u
#define AGXI_CDM_PRESHADER_MASK 15u
#define AGXI_CDM_PRESHADER_SHIFT 12

bool agxi_cdm_needs_extra(uint32_t gpu_generation, uint32_t num_clusters)
{
	return gpu_generation == 14 && num_clusters > 1;
}

static uint32_t *agxi_cdm_put3(uint32_t *out, const uint32_t words[3])
{
	*out++ = words[0];
	*out++ = words[1];
	*out++ = words[2];
	return out;
}

/* Cut off at @mask the maximum is 0. */
static uint32_t agxi_cdm_units(uint32_t count, uint32_t unit, uint32_t mask)
{
	return (count ? (count + unit - 1) / unit : 1) & mask;
}

static uint32_t agxi_cdm_resources(const struct agxi_cdm_launch *launch)
{
	uint32_t uniforms = agxi_cdm_units(launch->num_uniforms, AGXI_CDM_UNIFORM_UNIT,
					   AGXI_CDM_UNIFORM_MASK);
	uint32_t preshader = agxi_cdm_units(launch->preshader_registers, AGXI_CDM_PRESHADER_UNIT,
					    AGXI_CDM_PRESHADER_MASK);

	return uniforms << AGXI_CDM_UNIFORM_SHIFT | AGXI_CDM_TEXTURES_LEAST |
	       preshader << AGXI_CDM_PRESHADER_SHIFT;
}

uint32_t *agxi_cdm_pack_launch(const struct agxi_cdm_launch *launch, uint32_t *out)
{
	*out++ = AGXI_CDM_LAUNCH | agxi_cdm_resources(launch) |
		 (launch->indirect ? AGXI_CDM_MODE_INDIRECT : AGXI_CDM_MODE_DIRECT);
	*out++ = launch->usc;
	if (launch->extra) {
		*out++ = AGXI_CDM_EXTRA_0;
		*out++ = AGXI_CDM_EXTRA_1;
	}
	if (launch->indirect) {
		*out++ = launch->indirect >> 32;
		*out++ = (uint32_t)launch->indirect;
	} else {
		out = agxi_cdm_put3(out, launch->global);
	}
	out = agxi_cdm_put3(out, launch->local);
	*out++ = AGXI_CDM_BARRIER | AGXI_CDM_BARRIER_ALL;
	return out;
}

uint32_t *agxi_cdm_pack_link(uint64_t target, uint32_t *out)
{
	*out++ = AGXI_CDM_LINK | (uint32_t)(target >> 32);
	*out++ = (uint32_t)target;
	return out;
}

uint32_t *agxi_cdm_pack_terminate(uint32_t *out)
{
	*out++ = AGXI_CDM_TERMINATE;
	*out++ = 0;
	return out;
}
