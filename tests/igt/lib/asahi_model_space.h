/* SPDX-License-Identifier: MIT */
/**
 * DOC: An address space, as it should be
 *
 * The mappings of a VM as a list of ranges. It says what is where, and how many mappings there are:
 * one that is cut in two counts twice, and two that are neighbours never become one.
 */
#ifndef ASAHI_MODEL_SPACE_H
#define ASAHI_MODEL_SPACE_H

#include <stdbool.h>
#include <stdint.h>

/** ASAHI_MODEL_MAPPINGS: most mappings of a VM. */
#define ASAHI_MODEL_MAPPINGS 96

/** struct asahi_model_mapping - A range of addresses, and what is there. */
struct asahi_model_mapping {
	uint64_t start;
	/** @end: first address behind it. */
	uint64_t end;
	/** @offset: where in the buffer it starts; of every page of it if one page is repeated. */
	uint64_t offset;
	/** @bo: index of the buffer. */
	int bo;
	/** @flags: of enum drm_asahi_bind_flags. */
	uint32_t flags;
};

/** struct asahi_model_space - All mappings of a VM, in no order. */
struct asahi_model_space {
	unsigned int num;
	struct asahi_model_mapping mappings[ASAHI_MODEL_MAPPINGS];
};

/** asahi_model_space_full() - Whether there may be no room for another step. */
bool asahi_model_space_full(const struct asahi_model_space *space);

/** asahi_model_space_unmap() - Cut out what is mapped from @start to @end. */
void asahi_model_space_unmap(struct asahi_model_space *space, uint64_t start, uint64_t end);

/** asahi_model_space_unmap_bo() - Remove all mappings of a buffer. */
void asahi_model_space_unmap_bo(struct asahi_model_space *space, int bo);

/** asahi_model_space_map() - Map something in place of what is there. */
void asahi_model_space_map(struct asahi_model_space *space,
			   const struct asahi_model_mapping *mapping);

/**
 * asahi_model_space_find() - The mapping at @addr, or NULL.
 * @offset: receives where in the buffer @addr is.
 */
const struct asahi_model_mapping *asahi_model_space_find(const struct asahi_model_space *space,
							 uint64_t addr, uint64_t *offset);

#endif
