/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * Which texel of which image each lane accesses. Lanes can have images and levels of their own, but
 * mostly have the same: what has been found out for one is kept for the next.
 */
#ifndef AGX_ENGINE_IMAGE_LANE_H
#define AGX_ENGINE_IMAGE_LANE_H

#include "image.h"
#include "state.h"

/** struct agx_image_lanes - An instruction's accesses to images. */
struct agx_image_lanes {
	/** @insn: The instruction; borrowed. */
	const struct agx_isa_insn *insn;

	/** @access: AGX_ENGINE_SHADER_LOAD of a texture or AGX_ENGINE_SHADER_STORE to a PBE. */
	enum agx_engine_access access;

	/** @state: GPU address of what @image was made of, if @is_known. */
	u64 state;

	/** @is_known: There is an @image. */
	bool is_known;

	/** @has_level: There is a @level. */
	bool has_level;

	/** @lod: Number of @level. */
	u32 lod;

	/** @image: The image of the last lane. */
	struct agx_image image;

	/** @level: Its level. */
	struct agx_image_level level;
};

/** agx_engine_image_begin() - Read sources of @insn; they stay in the engine's scratch space. */
void agx_engine_image_begin(struct agx_engine *e, struct agx_image_lanes *lanes,
			    const struct agx_isa_insn *insn, enum agx_engine_access access);

/**
 * agx_engine_image_open() - Find the image of a lane.
 * @e: The engine.
 * @lanes: What agx_engine_image_begin() has read.
 * @lane: The lane.
 *
 * Return: Whether there is an image; if not, the command has ended with a fault.
 */
bool agx_engine_image_open(struct agx_engine *e, struct agx_image_lanes *lanes, u32 lane);

/** agx_engine_image_set_level() - Look at a level of the image. */
void agx_engine_image_set_level(struct agx_image_lanes *lanes, u32 lod);

/** agx_engine_image_find() - Find the image of a lane, and the level that the instruction says. */
bool agx_engine_image_find(struct agx_engine *e, struct agx_image_lanes *lanes, u32 lane);

/** agx_engine_image_coords() - What a lane has in the registers for coordinates; 0 for others. */
void agx_engine_image_coords(struct agx_engine *e, const struct agx_isa_insn *insn, u32 lane,
			     struct agx_image_coords *coords);

/**
 * agx_engine_image_locate() - GPU address of a texel of the level.
 * @lanes: What has been found.
 * @at: Which texel.
 * @va: Receives the address.
 *
 * Return: Whether the level has such a texel.
 */
bool agx_engine_image_locate(const struct agx_image_lanes *lanes,
			     const struct agx_image_coords *at, u64 *va);

/**
 * agx_engine_image_texel() - GPU address of the texel that a lane accesses.
 * @e: The engine.
 * @lanes: What agx_engine_image_find() has found for the lane.
 * @lane: The lane.
 * @va: Receives the address.
 *
 * Return: Whether the image has such a texel.
 */
bool agx_engine_image_texel(struct agx_engine *e, const struct agx_image_lanes *lanes, u32 lane,
			    u64 *va);

#endif /* AGX_ENGINE_IMAGE_LANE_H */
