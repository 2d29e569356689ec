/* SPDX-License-Identifier: MIT */
/*
 * The buffers of a device in a replay: what is in them, and what should be.
 */
#ifndef AGX_CLI_REPLAY_BOS_H
#define AGX_CLI_REPLAY_BOS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct replay_bos {
	/* A tree by the handle of the recording; owned. */
	void *root;
};

struct replay_bo {
	/* In the recording, and here. */
	uint32_t recorded;
	uint32_t handle;
	uint64_t size;

	/* The GPU can see it; it is compared, unless the recording does not know its contents. */
	bool bound;
	bool unknown;

	/* What is in it, and what is in it by the recording. NULL before somebody asks. */
	uint8_t *map;
	uint8_t *expected;
};

/* The first place of a buffer that is different. */
struct replay_difference {
	uint64_t offset;
	uint32_t expected;
	uint32_t found;
	/* Words of 32 bits that differ in all of the buffer. */
	uint64_t words;
};

/* False without memory. One of the same handle is forgotten. */
bool replay_bos_add(struct replay_bos *bos, uint32_t recorded, uint32_t handle, uint64_t size);
void replay_bos_drop(struct replay_bos *bos, uint32_t recorded);
struct replay_bo *replay_bos_find(const struct replay_bos *bos, uint32_t recorded);
void replay_bos_for_each(const struct replay_bos *bos,
			 void (*visit)(struct replay_bo *bo, void *context), void *context);
void replay_bos_fini(struct replay_bos *bos);

/*
 * Have a buffer mapped; @fd is the device. Returns 0 or a negative errno.
 */
int replay_bo_map(struct replay_bo *bo, int fd);

/* What is recorded of a part of it, which must be inside; the program has written it, or a job. */
void replay_bo_write(struct replay_bo *bo, uint64_t offset, const void *data, uint64_t size);
void replay_bo_expect(struct replay_bo *bo, uint64_t offset, const void *data, uint64_t size);

/* Whatever is in a part of it is right; nothing happens if it is outside. */
void replay_bo_accept(struct replay_bo *bo, uint64_t offset, uint64_t size);

/*
 * Whether it is as it should be. It is after that, so that what follows does not differ for the
 * same reason.
 */
bool replay_bo_compare(struct replay_bo *bo, struct replay_difference *difference);

#endif /* AGX_CLI_REPLAY_BOS_H */
