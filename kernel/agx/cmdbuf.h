/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef AGX_CMDBUF_H
#define AGX_CMDBUF_H

#include <linux/types.h>

struct agx_file;
struct agx_job;

int agx_cmdbuf_parse(struct agx_file *file, struct agx_job *job, const void *buf, size_t size);

#endif
