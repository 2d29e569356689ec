/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * What reads of single texels and of filtered ones have in common.
 */
#ifndef AGX_ENGINE_TEXTURE_H
#define AGX_ENGINE_TEXTURE_H

#include "image_lane.h"

/**
 * agx_engine_texture_fetch() - Read a texel.
 * @e: The engine.
 * @lanes: What has been found for the lane.
 * @lane: The lane.
 * @at: Which texel of the level.
 * @texel: Receives its bytes.
 *
 * Return: Whether there is such a texel; if not, the command may have ended with a fault.
 */
bool agx_engine_texture_fetch(struct agx_engine *e, const struct agx_image_lanes *lanes, u32 lane,
			      const struct agx_image_coords *at, u8 *texel);

/** agx_engine_texture_one() - The constant 1 in a register of so many halves. */
u32 agx_engine_texture_one(u32 type, u32 halves);

#endif /* AGX_ENGINE_TEXTURE_H */
