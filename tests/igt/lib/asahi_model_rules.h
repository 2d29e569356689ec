/* SPDX-License-Identifier: MIT */
/**
 * DOC: Rules of the model, an object each
 *
 * What a step does, by what it is about. A rule returns what the call returns; into @expect goes
 * what else is expected of it, and whether there is no room in the model for the step, so that it
 * is left out. The file of the step is open.
 */
#ifndef ASAHI_MODEL_RULES_H
#define ASAHI_MODEL_RULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "asahi_model.h"

/* Address spaces: lib/asahi_model_vm.c. */
int asahi_model_vm_create(struct asahi_model *m, const struct asahi_model_step *step,
			  struct asahi_model_expect *expect);
int asahi_model_vm_bind(struct asahi_model *m, const struct asahi_model_step *step,
			struct asahi_model_expect *expect);

/** asahi_model_map_arena() - Map once more what jobs need, if it is not there as a whole. */
int asahi_model_map_arena(struct asahi_model *m, const struct asahi_model_step *step,
			  struct asahi_model_expect *expect);

/* Buffers, with their dma-bufs, objects and CPU mappings: lib/asahi_model_bo.c. */
int asahi_model_gem_create(struct asahi_model *m, const struct asahi_model_step *step,
			   struct asahi_model_expect *expect);
int asahi_model_gem_close(struct asahi_model *m, const struct asahi_model_step *step);
int asahi_model_mmap_offset(const struct asahi_model *m, const struct asahi_model_step *step);
int asahi_model_gem_bind_object(struct asahi_model *m, const struct asahi_model_step *step,
				struct asahi_model_expect *expect);
int asahi_model_export_bo(struct asahi_model *m, const struct asahi_model_step *step,
			  struct asahi_model_expect *expect);
int asahi_model_import_bo(struct asahi_model *m, const struct asahi_model_step *step,
			  struct asahi_model_expect *expect);
int asahi_model_close_dmabuf(struct asahi_model *m, const struct asahi_model_step *step);
int asahi_model_map_bo(struct asahi_model *m, const struct asahi_model_step *step,
		       struct asahi_model_expect *expect);
int asahi_model_map_dmabuf(struct asahi_model *m, const struct asahi_model_step *step,
			   struct asahi_model_expect *expect);
int asahi_model_write_map(struct asahi_model *m, const struct asahi_model_step *step,
			  struct asahi_model_expect *expect);
int asahi_model_fill(struct asahi_model *m, const struct asahi_model_step *step);

/* Syncobjs: lib/asahi_model_sync.c. */
int asahi_model_sync_create(struct asahi_model *m, const struct asahi_model_step *step,
			    struct asahi_model_expect *expect);
int asahi_model_sync_share(struct asahi_model *m, const struct asahi_model_step *step,
			   struct asahi_model_expect *expect);

/** asahi_model_sync_op() - All that is about a syncobj that there is. */
int asahi_model_sync_op(struct asahi_model *m, const struct asahi_model_step *step,
			struct asahi_model_expect *expect);

/* What all of them use: lib/asahi_model.c. */

/** asahi_model_argument() - Index of the object that an argument of a step stands for, or -1. */
int asahi_model_argument(const struct asahi_model *m, const struct asahi_model_step *step,
			 enum asahi_model_kind kind, unsigned int arg);

/** asahi_model_forget() - Take the number that an argument stands for out of the file's table. */
void asahi_model_forget(struct asahi_model *m, const struct asahi_model_step *step,
			enum asahi_model_kind kind, unsigned int arg);

/** asahi_model_table_full() - Whether the model has no room for another number in that table. */
bool asahi_model_table_full(const struct asahi_model *m, unsigned int fd,
			    enum asahi_model_kind kind);

/** asahi_model_made() - The step makes object @index, whose number is known later. */
void asahi_model_made(struct asahi_model *m, const struct asahi_model_step *step,
		      struct asahi_model_expect *expect, unsigned int fd,
		      enum asahi_model_kind kind, int index);

/** asahi_model_first_free() - For ASAHI_MODEL_FIRST_FREE(). */
int asahi_model_first_free(const void *array, size_t size, unsigned int num);

/**
 * ASAHI_MODEL_FIRST_FREE() - Index of an element of one of the model's arrays that is not in use,
 * or -1.
 */
#define ASAHI_MODEL_FIRST_FREE(array) \
	asahi_model_first_free(array, sizeof((array)[0]), sizeof(array) / sizeof((array)[0]))

static inline bool aligned(uint64_t value)
{
	return value % ASAHI_MODEL_PAGE == 0;
}

#endif
