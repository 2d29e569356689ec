/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef AGX_SG_INDEX_H
#define AGX_SG_INDEX_H

#include <linux/scatterlist.h>
#include <linux/types.h>

/**
 * DOC: Finding a place in a scatterlist
 *
 * A scatterlist can only be walked from its start, and one of scattered pages has as many entries
 * as the BO has pages. Whoever maps pages of a large BO one by one would walk over all before, each
 * time. The index remembers where some of the entries start.
 */
struct agx_sg_index;

struct agx_sg_index *agx_sg_index_create(struct sg_table *sgt);
void agx_sg_index_destroy(struct agx_sg_index *index);
struct sg_table agx_sg_index_seek(const struct agx_sg_index *index, const struct sg_table *sgt,
				  u64 *offset);

#endif
