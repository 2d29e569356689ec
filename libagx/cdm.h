/* SPDX-License-Identifier: MIT */
/*
 * The words of a CDM stream, which tells the GPU's compute front end what to launch.
 */
#ifndef AGXI_CDM_H
#define AGXI_CDM_H

#include <stdbool.h>
#include <stdint.h>

/* Words of the largest launch with its barrier, of a link and of a terminate. */
#define AGXI_CDM_LAUNCH_WORDS 11
#define AGXI_CDM_LINK_WORDS 2
#define AGXI_CDM_TERMINATE_WORDS 2

struct agxi_cdm_launch {
	/* 16-bit uniforms that have to be there, the preshader's among them. */
	uint32_t num_uniforms;

	/* 16-bit registers for the preshader, up to 256; 0 for the least that there is. */
	uint32_t preshader_registers;

	/* Address of the USC words, from the USC base. */
	uint32_t usc;

	uint32_t global[3];
	uint32_t local[3];

	/* GPU address of the numbers of threadgroups, in place of @global; 0 for none. */
	uint64_t indirect;

	/* Whether the GPU is of the kind that has two words more, see agxi_cdm_needs_extra(). */
	bool extra;
};

bool agxi_cdm_needs_extra(uint32_t gpu_generation, uint32_t num_clusters);

/* Each returns the end of what it wrote. */
uint32_t *agxi_cdm_pack_launch(const struct agxi_cdm_launch *launch, uint32_t *out);
uint32_t *agxi_cdm_pack_link(uint64_t target, uint32_t *out);
uint32_t *agxi_cdm_pack_terminate(uint32_t *out);

#endif /* AGXI_CDM_H */
