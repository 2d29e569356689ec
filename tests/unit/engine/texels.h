/* SPDX-License-Identifier: MIT */
/*
 * What programs that access images need: memory for one, coordinates, and a heap of states.
 */
#ifndef ENGINE_TEST_TEXELS_H
#define ENGINE_TEST_TEXELS_H

#include "gpu.h"
#include "shape.h"

/* Where the image, and states, are. */
#define IMAGE		0x2100000000ull
#define IMAGE_SIZE	0x40000
#define STATES		(GPU_UNIFORM + 0x1000)

/* u8_u9, the address of states. */
#define HEAP		16

/* What a thread accesses. */
struct texel {
	u32 at[3];
	u32 lod;
};

/* Sets up for so many threads, in workgroups of 32, and an image to which something is allowed. */
void texels_setup(struct gpu *gpu, u32 threads, u32 prot);

/* A texel, of which the coordinates that @dim has are now and then out of bounds. */
void texels_random(struct gpu_random *random, const struct shape *shape, u32 dim,
		   struct texel *texel);

/*
 * Puts it where a thread finds it, that is at GPU_IN + 16 times its number: the coordinates that
 * @dim has one after another, and the level last. @garbage: bits in the upper halves of what has
 * 16 bits.
 */
void texels_put(struct gpu *gpu, u32 thread, u32 dim, const struct texel *texel, u32 garbage);

#endif /* ENGINE_TEST_TEXELS_H */
