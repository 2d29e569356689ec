/* SPDX-License-Identifier: MIT */
/* How the tables of uapi.h are written down: offsets and sizes are the compiler's. */
#ifndef AGX_CLI_UAPI_TABLE_H
#define AGX_CLI_UAPI_TABLE_H

#include "uapi.h"

#define UAPI_SIZE(type, member) sizeof(((type *)0)->member)

#define UAPI_COMMON(type, member, how, number)                                                     \
	.name = #member, .offset = offsetof(type, member),                                         \
	.size = UAPI_SIZE(type, member) / (number), .count = (number), .format = (how)

#define FIELD(type, member, how) { UAPI_COMMON(type, member, how, 1) }
#define FIELD_NAMED(type, member, how, list) { UAPI_COMMON(type, member, how, 1), .names = (list) }
#define FIELD_STRUCT(parent, member, of)                                                           \
	{ UAPI_COMMON(parent, member, UAPI_STRUCT, 1), .type = &(of) }
#define FIELD_ARRAY(type, member, how)                                                             \
	{ UAPI_COMMON(type, member, how, UAPI_SIZE(type, member) / UAPI_SIZE(type, member[0])) }

/* Fields that a struct of the core has only got in newer headers than some that we build with. */
#define FIELD_LATER(text, at, bytes, how)                                                          \
	{ .name = text, .offset = (at), .size = (bytes), .count = 1, .format = (how) }
#define STRUCT_LATER(type, oldest, bytes, list)                                                    \
	{ .name = #type, .size = (bytes), .min_size = (oldest),                                    \
	  .num_fields = sizeof(list) / sizeof((list)[0]), .fields = (list) }

#define STRUCT(type, list) STRUCT_LATER(type, sizeof(struct type), sizeof(struct type), list)

#define GROUP(list) { .ioctls = (list), .num = sizeof(list) / sizeof((list)[0]) }

#endif /* AGX_CLI_UAPI_TABLE_H */
