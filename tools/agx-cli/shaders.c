// SPDX-License-Identifier: MIT
#include "shaders.h"

static const uint8_t store_bytes[] = {
	0x62, 0x01, 0xef, 0xbe, 0xad, 0xde,		/* ldimm r0, 0xdeadbeef */
	0x45, 0x01, 0x00, 0x0d, 0x00, 0xc0, 0x12, 0x00,	/* store r0, du0, 0, i32, x, a */
	0x88, 0x00,					/* stop */
};

static const uint8_t add_bytes[] = {
	0x05, 0x01, 0x00, 0x0d, 0x00, 0xc0, 0x32, 0x00,	/* load r0_r1, du0, 0, i32, xy, a */
	0x38, 0x00,					/* wait a */
	0x0e, 0x01, 0x40, 0x26, 0x64, 0x00, 0x00, 0x00,	/* iadd r0, r0, r1 */
	0x45, 0x01, 0x20, 0x0d, 0x00, 0xc0, 0x12, 0x00,	/* store r0, du0, 2, i32, x, a */
	0x88, 0x00,					/* stop */
};

static const uint8_t thread_bytes[] = {
	0x72, 0x01, 0x10, 0x04,				/* mov r0, thread_in_grid_x */
	0x45, 0x01, 0x00, 0x0e, 0x00, 0xc0, 0x12, 0x00,	/* store r0, du0, r0, i32, x, a */
	0x88, 0x00,					/* stop */
};

const struct shader_code shader_store = {
	.bytes = store_bytes,
	.size = sizeof(store_bytes),
	.num_registers = 2,
};

const struct shader_code shader_add = {
	.bytes = add_bytes,
	.size = sizeof(add_bytes),
	.num_registers = 4,
};

const struct shader_code shader_thread = {
	.bytes = thread_bytes,
	.size = sizeof(thread_bytes),
	.num_registers = 2,
};
