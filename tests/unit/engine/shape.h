/* SPDX-License-Identifier: MIT */
/*
 * Images, stated once more: what their states look like, where their texels are and what they are.
 */
#ifndef ENGINE_TEST_SHAPE_H
#define ENGINE_TEST_SHAPE_H

#include "engine_types.h"

#include "gpu.h"

/* Bytes of a state. */
#define SHAPE_STATE 24

/* What the architecture calls layouts, dimensions and types. */
enum shape_layout {
	SHAPE_LINEAR,
	SHAPE_TWIDDLED,
	SHAPE_TILED,
};

enum shape_dim {
	SHAPE_1D = 0,
	SHAPE_1D_ARRAY = 1,
	SHAPE_2D = 2,
	SHAPE_2D_ARRAY = 3,
	SHAPE_3D = 5,
};

enum shape_type {
	SHAPE_UNORM,
	SHAPE_SNORM,
	SHAPE_UINT,
	SHAPE_SINT,
	SHAPE_FLOAT,
};

/* Which bits of a texel are which channel. */
struct shape_format {
	u32 channels;
	enum shape_type type;
	bool srgb;
	u32 bits[4];
};

struct shape {
	u64 va;
	enum shape_layout layout;
	enum shape_dim dim;
	const struct shape_format *format;

	/* Of a texture 0 to 3 for a channel, 4 for one and 5 for zero, of a PBE 0 to 3. */
	u32 swizzle[4];

	/* Of the largest level. */
	u32 width;
	u32 height;
	u32 depth;

	/* The levels of a texture; a PBE has the first one only. */
	bool mipmapped;
	u32 first;
	u32 last;

	/* Of a linear image; the latter is 0 if there are no layers. */
	u32 stride;
	u32 layer_stride;

	/* Of layers of a tiled image. */
	bool page_aligned;
};

/* A format by its number and type, or one of all. */
const struct shape_format *shape_format(u32 channels, enum shape_type type);
const struct shape_format *shape_random_format(struct gpu_random *random);

/* An image of any kind, no larger than so many bytes. */
void shape_random(struct gpu_random *random, struct shape *shape, u32 bytes);

/* Its state, as a texture and as a PBE. */
void shape_texture(const struct shape *shape, u8 *state);
void shape_pbe(const struct shape *shape, u8 *state);

/* Sets some bits of a state that are not set. */
void shape_put(u8 *state, u32 position, u32 width, u64 value);

/* Bytes of a texel, and of all. */
u32 shape_texel(const struct shape *shape);
u64 shape_size(const struct shape *shape);

/* Layers, or slices of a level, which counts from the first one that is accessed. */
u32 shape_depth(const struct shape *shape, u32 level);

/* Where a texel is; false if there is no such texel. */
bool shape_offset(const struct shape *shape, u32 level, u32 x, u32 y, u32 z, u64 *offset);

/* A texel, or NULL for channels of 0, as a texture's components in registers of 16 or 32 bits. */
void shape_unpack(const struct shape *shape, const u8 *texel, u32 size, u32 *components);

/* A texel of components in registers. */
void shape_pack(const struct shape *shape, const u32 *components, u32 size, bool nearest,
		u8 *texel);

/* Whether a component is what it should be; any NaN is as good as another. */
bool shape_same(const struct shape *shape, u32 size, u32 got, u32 expected);

#endif /* ENGINE_TEST_SHAPE_H */
