// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Tile memory: threadgroup memory that consists of pixels, and writes of all of it to an image.
 */
#include "bits.h"
#include "exec.h"
#include "fault.h"
#include "image_lane.h"
#include "mem.h"
#include "memory_format.h"
#include "regs.h"

/* The bytes at an offset in a pixel, or NULL if the pixel does not have all of them. */
static u8 *tile_at(struct agx_engine *e, u32 x, u32 y, u32 offset, u32 size)
{
	const struct agx_engine_tile *tile = &e->launch.tile;

	if (x >= tile->width || y >= tile->height || offset + size > tile->stride)
		return NULL;
	return e->local + (y * tile->width + x) * tile->stride + offset;
}

static void tile_store_lane(struct agx_engine *e, const struct agx_isa_insn *insn, u32 lane)
{
	const struct agx_isa_operand *coords = &insn->src[AGX_ISA_TILE_COORDS];
	const struct agx_isa_operand *data = &insn->src[AGX_ISA_TILE_DATA];
	const struct agx_memory_format *format = agx_memory_format(insn->format);
	u32 mask = format->packed ? 1 : insn->mask;
	u32 count = format->packed ? format->packed : 1;
	u32 x = agx_engine_read_lane(e, coords, 0, lane);
	u32 y = agx_engine_read_lane(e, coords, 1, lane);
	u32 index = 0;
	u32 values[4];
	u32 i;
	u32 k;

	for (i = 0; i < 4; i++) {
		u8 *bytes = tile_at(e, x, y, insn->imm + i * format->size, format->size);

		if (!(mask >> i & 1))
			continue;
		for (k = 0; k < count; k++)
			values[k] = agx_engine_read_lane(e, data, index++, lane);
		if (bytes)
			agx_engine_put_le(bytes, format->size,
					  agx_memory_pack(insn->format, i, values, data->halves));
	}
}

void agx_engine_exec_tile_store(struct agx_engine *e, const struct agx_isa_insn *insn)
{
	u64 *samples = e->scratch.src[AGX_ISA_TILE_SAMPLES];
	u32 exec = agx_engine_current(e)->exec;
	u32 lane;

	agx_engine_read_src(e, &insn->src[AGX_ISA_TILE_SAMPLES], samples);
	for (lane = 0; lane < AGX_ENGINE_LANES; lane++) {
		/* There is one. */
		if ((exec >> lane & 1) && (samples[lane] & 1))
			tile_store_lane(e, insn, lane);
	}
}

/* A pixel's components, as registers would get them. */
static void tile_load(struct agx_engine *e, u32 format, u32 offset, u32 x, u32 y, u32 *values)
{
	const struct agx_memory_format *memory = agx_memory_format(format);
	u32 i;

	for (i = 0; i < 4; i++) {
		u32 at = offset + (memory->packed ? 0 : i * memory->size);
		const u8 *bytes = tile_at(e, x, y, at, memory->size);

		values[i] = 0;
		if (bytes && (!memory->packed || i < memory->packed))
			values[i] = agx_memory_unpack(format, i,
						      agx_engine_get_le(bytes, memory->size), 2);
	}
}

/* A write of tile memory, and of it the texels in scratch.io that are one after another. */
struct tile_write {
	struct agx_image_lanes lanes;
	struct agx_image_coords origin;

	/* Where components are in a pixel. */
	u32 offset;

	/* The only lane that writes. */
	u32 lane;

	u64 va;
	u32 size;
};

static void tile_write_flush(struct agx_engine *e, struct tile_write *write)
{
	if (write->size &&
	    !agx_engine_try_write(e, write->va, e->scratch.io, write->size,
				  AGX_ENGINE_SHADER_STORE) &&
	    !e->cfg.soft_faults)
		agx_engine_raise_access(e, AGX_ENGINE_SHADER_STORE, write->va, write->size,
					write->lane, write->lanes.insn);
	write->size = 0;
}

static void tile_write_pixel(struct agx_engine *e, struct tile_write *write, u32 x, u32 y)
{
	const struct agx_isa_insn *insn = write->lanes.insn;
	const struct agx_image_level *level = &write->lanes.level;
	const struct agx_image *image = &write->lanes.image;
	struct agx_image_coords at = write->origin;
	u32 channels[4] = { 0 };
	u32 values[4];
	u64 va;
	u32 i;

	at.x += x;
	at.y += y;
	if (y >= e->launch.tile.height || at.x >= level->width || at.y >= level->height)
		return;

	/*
	 * What does not cross a multiple of the size that is written at most crosses no page, and
	 * is written as a whole or not at all.
	 */
	va = agx_image_address(image, level, &at);
	if (va != write->va + write->size || !(va % AGX_ENGINE_MAX_ACCESS))
		tile_write_flush(e, write);
	if (!write->size)
		write->va = va;

	tile_load(e, insn->format, write->offset, x, y, values);
	for (i = 4; i--;)
		channels[image->swizzle[i]] = values[i];
	agx_image_pack(&image->channels, channels, insn->round, e->scratch.io + write->size);
	write->size += image->channels.format->bytes;
}

/*
 * In the order of texels in memory, as far as that is possible. Of a tiled image no more than a
 * hundred writes come of it.
 */
static void tile_write(struct agx_engine *e, struct tile_write *write)
{
	bool linear = write->lanes.image.layout == AGX_IMAGE_LINEAR;
	u32 width = e->launch.tile.width;
	u32 i;

	for (i = 0; i < width * width; i++) {
		if (linear)
			tile_write_pixel(e, write, i % width, i / width);
		else
			tile_write_pixel(e, write, agx_engine_gather(i), agx_engine_gather(i >> 1));
		if (e->phase == AGX_ENGINE_PHASE_FAULT)
			return;
	}
	tile_write_flush(e, write);
}

void agx_engine_exec_block_write(struct agx_engine *e, const struct agx_isa_insn *insn)
{
	const struct agx_engine_tile *tile = &e->launch.tile;
	u32 exec = agx_engine_current(e)->exec;
	struct tile_write write = { .size = 0 };

	if (!exec || !tile->width)
		return;
	while (!(exec >> write.lane & 1))
		write.lane++;

	agx_engine_image_begin(e, &write.lanes, insn, AGX_ENGINE_SHADER_STORE);
	if (!agx_engine_image_find(e, &write.lanes, write.lane))
		return;
	agx_engine_image_coords(e, insn, write.lane, &write.origin);
	if (!write.lanes.has_level || write.origin.z >= write.lanes.level.depth)
		return;
	if (write.origin.x % tile->width || write.origin.y % tile->height) {
		/* How other blocks are written is not known, and would take too many accesses. */
		agx_engine_raise_image(e, AGX_ENGINE_FAULT_IMAGE, AGX_ENGINE_SHADER_STORE,
				       write.lanes.state, write.lane, insn);
		return;
	}

	write.offset = agx_engine_read_lane(e, &insn->src[AGX_ISA_IMAGE_DATA], 0, write.lane);
	e->steps += tile->height;
	tile_write(e, &write);
}
