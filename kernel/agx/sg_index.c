// SPDX-License-Identifier: GPL-2.0 OR MIT

#include <linux/overflow.h>
#include <linux/slab.h>

#include "sg_index.h"

/* Entries of the scatterlist for each that is remembered. */
#define SG_STRIDE 64

/* An entry of the scatterlist. */
struct sg_mark {
	/** @sg: the entry. Borrowed. */
	struct scatterlist *sg;
	/** @offset: bytes before it. */
	u64 offset;
};

struct agx_sg_index {
	/** @num: entries of @marks, at least one. */
	unsigned int num;
	/** @marks: every so many entries, from the first. */
	struct sg_mark marks[] __counted_by(num);
};

/**
 * agx_sg_index_create() - Index a scatterlist.
 * @sgt: list that has been mapped for DMA, and outlives the index.
 *
 * Return: the index; NULL if the list is short, or without memory: a walk will do then.
 */
struct agx_sg_index *agx_sg_index_create(struct sg_table *sgt)
{
	struct agx_sg_index *index;
	struct scatterlist *sg;
	unsigned int i;
	u64 offset = 0;

	if (sgt->nents <= SG_STRIDE)
		return NULL;

	index = kvzalloc(struct_size(index, marks, DIV_ROUND_UP(sgt->nents, SG_STRIDE)),
			 GFP_KERNEL_ACCOUNT | __GFP_NOWARN);
	if (!index)
		return NULL;

	index->num = DIV_ROUND_UP(sgt->nents, SG_STRIDE);
	for_each_sgtable_dma_sg(sgt, sg, i) {
		if (i % SG_STRIDE == 0)
			index->marks[i / SG_STRIDE] = (struct sg_mark){ sg, offset };
		offset += sg_dma_len(sg);
	}
	return index;
}

/**
 * agx_sg_index_destroy() - Forget an index.
 * @index: index, or NULL.
 */
void agx_sg_index_destroy(struct agx_sg_index *index)
{
	kvfree(index);
}

/**
 * agx_sg_index_seek() - Find a place in a scatterlist.
 * @index: index of @sgt, or NULL if it has none.
 * @sgt: the list.
 * @offset: byte that is looked for, within the list; becomes relative to the start of the result.
 *
 * Return: the rest of @sgt from shortly before *@offset on. Its entries are borrowed from @sgt, and
 * it is only good for looking at DMA addresses.
 */
struct sg_table agx_sg_index_seek(const struct agx_sg_index *index, const struct sg_table *sgt,
				  u64 *offset)
{
	struct sg_table rest = *sgt;
	unsigned int low = 0, high;

	if (!index)
		return rest;

	/* The last mark that is not behind the offset; the first is at 0. */
	for (high = index->num; high - low > 1;) {
		unsigned int middle = low + (high - low) / 2;

		if (index->marks[middle].offset <= *offset)
			low = middle;
		else
			high = middle;
	}

	rest.sgl = index->marks[low].sg;
	rest.nents = sgt->nents - low * SG_STRIDE;
	rest.orig_nents = rest.nents;
	*offset -= index->marks[low].offset;
	return rest;
}
