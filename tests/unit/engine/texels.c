// SPDX-License-Identifier: MIT
#include "texels.h"

void texels_setup(struct gpu *gpu, u32 threads, u32 prot)
{
	gpu_setup_1d(gpu, threads, 32);
	gpu_put64(gpu, GPU_UNIFORM + 2 * HEAP, STATES);
	gpu_map(gpu, IMAGE, IMAGE_SIZE, prot);
}

/* Coordinates, now and then out of bounds. */
static u32 random_coordinate(struct gpu_random *random, u32 size)
{
	switch (gpu_random_below(random, 16)) {
	case 0:
		return gpu_random_edge(random);
	case 1:
		return size - 1;
	case 2:
		return size;
	default:
		return gpu_random_below(random, size);
	}
}

void texels_random(struct gpu_random *random, const struct shape *shape, u32 dim,
		   struct texel *texel)
{
	u32 level;

	memset(texel, 0, sizeof(*texel));
	texel->lod = gpu_random_below(random, shape->last - shape->first + 1);
	if (!gpu_random_below(random, 16))
		texel->lod = gpu_random(random) & 0xffff;
	level = shape->first + (texel->lod & 15);
	texel->at[0] = random_coordinate(random, shape->width >> level ? shape->width >> level : 1);
	if (dim >= SHAPE_2D)
		texel->at[1] = random_coordinate(random, shape->height >> level ?
							 shape->height >> level : 1);
	if (dim != SHAPE_1D && dim != SHAPE_2D)
		texel->at[2] = random_coordinate(random, shape_depth(shape, texel->lod & 15));
	/* A layer has 16 bits. */
	if (dim != SHAPE_3D)
		texel->at[2] &= 0xffff;
}

void texels_put(struct gpu *gpu, u32 thread, u32 dim, const struct texel *texel, u32 garbage)
{
	u64 va = GPU_IN + 16 * thread;
	u32 i = 0;

	gpu_put32(gpu, va + 4 * i++, texel->at[0]);
	if (dim >= SHAPE_2D)
		gpu_put32(gpu, va + 4 * i++, texel->at[1]);
	if (dim == SHAPE_3D)
		gpu_put32(gpu, va + 4 * i++, texel->at[2]);
	if (dim == SHAPE_1D_ARRAY || dim == SHAPE_2D_ARRAY)
		gpu_put32(gpu, va + 4 * i++, texel->at[2] | garbage << 16);
	gpu_put32(gpu, va + 12, texel->lod | garbage << 16);
}
