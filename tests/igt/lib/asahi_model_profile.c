// SPDX-License-Identifier: MIT
/* What random programs are about. */
#include "asahi_model_gen.h"

/* Weights of what every program does; those of a profile are added to them. */
static const uint8_t base_weights[ASAHI_NUM_OPS] = {
	[ASAHI_OP_CLOSE] = 1,
	[ASAHI_OP_VM_CREATE] = 2,
	[ASAHI_OP_VM_DESTROY] = 1,
	[ASAHI_OP_GEM_CREATE] = 5,
	[ASAHI_OP_GEM_CLOSE] = 3,
	[ASAHI_OP_FILL] = 5,
	[ASAHI_OP_CHECK] = 6,
	[ASAHI_OP_ARENA] = 1,
	[ASAHI_OP_RELEASE] = 2,
	[ASAHI_OP_END] = 2,
};

const struct asahi_model_profile asahi_model_profiles[ASAHI_NUM_PROFILES] = {
	[ASAHI_PROFILE_ADDRESS_SPACE] = {
		.name = "address-space",
		.weights = {
			[ASAHI_OP_BIND] = 60, [ASAHI_OP_QUEUE_CREATE] = 1,
			[ASAHI_OP_QUEUE_DESTROY] = 1, [ASAHI_OP_SUBMIT] = 8,
		},
		.hostile = 10,
	},
	[ASAHI_PROFILE_HANDLES] = {
		.name = "handles",
		.weights = {
			[ASAHI_OP_CLOSE] = 3, [ASAHI_OP_VM_CREATE] = 8,
			[ASAHI_OP_VM_DESTROY] = 7, [ASAHI_OP_GEM_CREATE] = 15,
			[ASAHI_OP_GEM_CLOSE] = 13, [ASAHI_OP_MMAP_OFFSET] = 8,
			[ASAHI_OP_OBJECT] = 15, [ASAHI_OP_QUEUE_CREATE] = 7,
			[ASAHI_OP_QUEUE_DESTROY] = 6, [ASAHI_OP_BIND] = 12,
			[ASAHI_OP_SUBMIT] = 6, [ASAHI_OP_MMAP] = 8, [ASAHI_OP_MUNMAP] = 6,
			[ASAHI_OP_WRITE] = 5, [ASAHI_OP_SYNC_CREATE] = 3,
			[ASAHI_OP_SYNC_DESTROY] = 2,
		},
		.hostile = 20,
	},
	[ASAHI_PROFILE_QUEUES] = {
		.name = "queues",
		.weights = {
			[ASAHI_OP_CLOSE] = 2, [ASAHI_OP_VM_CREATE] = 4,
			[ASAHI_OP_VM_DESTROY] = 3, [ASAHI_OP_QUEUE_CREATE] = 9,
			[ASAHI_OP_QUEUE_DESTROY] = 6, [ASAHI_OP_SUBMIT] = 45, [ASAHI_OP_BIND] = 15,
			[ASAHI_OP_OBJECT] = 6, [ASAHI_OP_SYNC_CREATE] = 4, [ASAHI_OP_GATE] = 6,
			[ASAHI_OP_SYNC_WAIT] = 3,
		},
		.hostile = 8,
	},
	[ASAHI_PROFILE_SYNCS] = {
		.name = "syncs",
		.weights = {
			[ASAHI_OP_QUEUE_CREATE] = 4, [ASAHI_OP_QUEUE_DESTROY] = 2,
			[ASAHI_OP_SUBMIT] = 40, [ASAHI_OP_BIND] = 6, [ASAHI_OP_SYNC_CREATE] = 12,
			[ASAHI_OP_SYNC_DESTROY] = 5, [ASAHI_OP_SYNC_WAIT] = 12,
			[ASAHI_OP_SYNC_SIGNAL] = 4, [ASAHI_OP_SYNC_RESET] = 3,
			[ASAHI_OP_SYNC_SHARE] = 6, [ASAHI_OP_GATE] = 8,
		},
		.hostile = 8,
	},
	[ASAHI_PROFILE_SHARING] = {
		.name = "sharing",
		.weights = {
			[ASAHI_OP_CLOSE] = 3,
			[ASAHI_OP_GEM_CREATE] = 10, [ASAHI_OP_GEM_CLOSE] = 10,
			[ASAHI_OP_EXPORT] = 12, [ASAHI_OP_IMPORT] = 18, [ASAHI_OP_DMABUF_CLOSE] = 7,
			[ASAHI_OP_MMAP] = 8, [ASAHI_OP_DMABUF_MMAP] = 6, [ASAHI_OP_MUNMAP] = 8,
			[ASAHI_OP_WRITE] = 10, [ASAHI_OP_BIND] = 20, [ASAHI_OP_OBJECT] = 4,
			[ASAHI_OP_QUEUE_CREATE] = 3, [ASAHI_OP_QUEUE_DESTROY] = 2,
			[ASAHI_OP_SUBMIT] = 12, [ASAHI_OP_SYNC_CREATE] = 2,
			[ASAHI_OP_GATE] = 2, [ASAHI_OP_SYNC_SHARE] = 2,
		},
		.hostile = 6,
	},
	[ASAHI_PROFILE_HOSTILE] = {
		.name = "hostile",
		.weights = {
			[ASAHI_OP_PARAMS] = 6, [ASAHI_OP_TIME] = 4, [ASAHI_OP_IOCTL] = 2,
			[ASAHI_OP_VM_CREATE] = 9, [ASAHI_OP_VM_DESTROY] = 5, [ASAHI_OP_BIND] = 40,
			[ASAHI_OP_GEM_CREATE] = 12, [ASAHI_OP_MMAP_OFFSET] = 6,
			[ASAHI_OP_OBJECT] = 15, [ASAHI_OP_QUEUE_CREATE] = 8,
			[ASAHI_OP_QUEUE_DESTROY] = 5, [ASAHI_OP_SUBMIT] = 45,
			[ASAHI_OP_EXPORT] = 5, [ASAHI_OP_IMPORT] = 5, [ASAHI_OP_DMABUF_CLOSE] = 3,
			[ASAHI_OP_MMAP] = 4, [ASAHI_OP_MUNMAP] = 3, [ASAHI_OP_SYNC_CREATE] = 5,
			[ASAHI_OP_SYNC_DESTROY] = 2,
		},
		.hostile = 60,
	},
	[ASAHI_PROFILE_EVERYTHING] = {
		.name = "everything",
		.weights = {
			[ASAHI_OP_CLOSE] = 2, [ASAHI_OP_PARAMS] = 1,
			[ASAHI_OP_TIME] = 1, [ASAHI_OP_IOCTL] = 1, [ASAHI_OP_VM_CREATE] = 4,
			[ASAHI_OP_VM_DESTROY] = 3, [ASAHI_OP_BIND] = 20, [ASAHI_OP_GEM_CREATE] = 8,
			[ASAHI_OP_GEM_CLOSE] = 6, [ASAHI_OP_MMAP_OFFSET] = 2,
			[ASAHI_OP_OBJECT] = 6, [ASAHI_OP_QUEUE_CREATE] = 5,
			[ASAHI_OP_QUEUE_DESTROY] = 3, [ASAHI_OP_SUBMIT] = 25,
			[ASAHI_OP_EXPORT] = 5, [ASAHI_OP_IMPORT] = 6, [ASAHI_OP_DMABUF_CLOSE] = 3,
			[ASAHI_OP_SYNC_CREATE] = 5, [ASAHI_OP_SYNC_DESTROY] = 2,
			[ASAHI_OP_SYNC_WAIT] = 3, [ASAHI_OP_SYNC_SIGNAL] = 1,
			[ASAHI_OP_SYNC_RESET] = 1, [ASAHI_OP_SYNC_SHARE] = 2, [ASAHI_OP_GATE] = 3,
			[ASAHI_OP_MMAP] = 4, [ASAHI_OP_DMABUF_MMAP] = 2, [ASAHI_OP_MUNMAP] = 4,
			[ASAHI_OP_WRITE] = 4,
		},
		.hostile = 15,
	},
};

unsigned int asahi_model_weight(const struct asahi_model_profile *profile, enum asahi_model_op op)
{
	return base_weights[op] + profile->weights[op];
}
