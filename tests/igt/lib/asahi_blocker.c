// SPDX-License-Identifier: MIT
/* A job that signals fences when a test wants it to. */
#include "asahi_blocker.h"
#include "asahi_ioctl.h"
#include "igt.h"

void asahi_blocker_init(struct asahi_client *client, struct asahi_blocker *blocker)
{
	blocker->queue_id = asahi_queue_create(client->fd, client->vm_id, client->usc_base);
	asahi_spin_init(client, &blocker->spin);
}

void asahi_blocker_start(struct asahi_blocker *blocker, const struct drm_asahi_sync *outs,
			 uint32_t num)
{
	struct asahi_spin *spin = &blocker->spin;
	struct asahi_cmdbuf cmdbuf = { 0 };

	spin->state[0] = 0;
	spin->state[1] = 0;
	asahi_cmdbuf_compute(&cmdbuf, &spin->job.compute, DRM_ASAHI_BARRIER_NONE,
			     DRM_ASAHI_BARRIER_NONE);
	igt_assert_eq(__asahi_cmdbuf_submit(spin->job.client, blocker->queue_id, &cmdbuf, outs, 0,
					    num), 0);
	asahi_spin_wait_started(spin);
}

void asahi_blocker_release(struct asahi_blocker *blocker)
{
	asahi_spin_release(&blocker->spin);
}

void asahi_blocker_fini(struct asahi_blocker *blocker)
{
	asahi_queue_destroy(blocker->spin.job.client->fd, blocker->queue_id);
}
