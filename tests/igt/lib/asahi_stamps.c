// SPDX-License-Identifier: MIT
/* Memory for the timestamps of commands. */
#include "asahi_device.h"
#include "asahi_ioctl.h"
#include "asahi_stamps.h"

void asahi_stamps_init(struct asahi_stamps *s)
{
	asahi_client_init(&s->client);
	asahi_bo_init_unmapped(&s->client, &s->bo, ASAHI_PAGE);
	s->words = (uint64_t *)s->bo.map;
	s->object = asahi_object_bind(s->client.fd, s->bo.handle, 0, ASAHI_PAGE);
}

void asahi_stamps_fini(struct asahi_stamps *s)
{
	asahi_object_unbind(s->client.fd, s->object);
	asahi_bo_fini(&s->client, &s->bo);
	asahi_client_fini(&s->client);
}

static void stamp(struct drm_asahi_timestamps *ts, const struct asahi_stamps *s, uint32_t word)
{
	ts->start.handle = s->object;
	ts->start.offset = word * sizeof(uint64_t);
	ts->end.handle = s->object;
	ts->end.offset = (word + 1) * sizeof(uint64_t);
}

void asahi_stamp_compute(struct drm_asahi_cmd_compute *compute, const struct asahi_stamps *s,
			 uint32_t word)
{
	stamp(&compute->ts, s, word);
}

void asahi_stamp_render(struct drm_asahi_cmd_render *render, const struct asahi_stamps *s,
			uint32_t word)
{
	stamp(&render->ts_vtx, s, word);
	stamp(&render->ts_frag, s, word + 2);
}
