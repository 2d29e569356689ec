/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef AGX_STATS_H
#define AGX_STATS_H

#include <linux/types.h>

#include "agx_hw.h"

struct agx_stats;
struct drm_file;
struct drm_printer;

/**
 * DOC: Usage statistics
 *
 * The engine time that the jobs of a file have used. An object of its own, held by the file and
 * by each job: a job never points at the file that it came from. A job adds its time when it ends;
 * what those on the GPU have used so far, the scheduler knows.
 */

struct agx_stats *agx_stats_create(void);
struct agx_stats *agx_stats_get(struct agx_stats *stats);
void agx_stats_put(struct agx_stats *stats);

void agx_stats_add(struct agx_stats *stats, enum agx_hw_ring ring, u64 ns);
u64 agx_stats_read(struct agx_stats *stats, enum agx_hw_ring ring);

void agx_show_fdinfo(struct drm_printer *p, struct drm_file *drm_file);

#endif
