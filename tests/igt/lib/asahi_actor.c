// SPDX-License-Identifier: MIT

#include "asahi_actor.h"
#include "asahi_device.h"
#include "igt.h"

void asahi_actor_init(struct asahi_actor *actor)
{
	asahi_client_init(&actor->client);
	asahi_bo_init(&actor->client, &actor->bo, ASAHI_PAGE);
	asahi_job_init(&actor->client, &actor->good, ASAHI_SHADER_STORE, actor->bo.va, 0, 0);
}

void asahi_actor_fini(struct asahi_actor *actor)
{
	asahi_bo_fini(&actor->client, &actor->bo);
	asahi_client_fini(&actor->client);
}

void asahi_actor_assert_works(struct asahi_actor *actor)
{
	actor->bo.map[0] = 0;
	igt_assert_eq(asahi_job_run(&actor->good), 1);
	igt_assert_eq_u32(actor->bo.map[0], ASAHI_STORE_VALUE);
}
