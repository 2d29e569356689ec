// SPDX-License-Identifier: MIT
/* The part of the model that is about syncobjs. */
#include <errno.h>
#include <string.h>

#include "asahi_drm.h"
#include "asahi_model.h"
#include "asahi_model_rules.h"
#include "asahi_model_work.h"

int asahi_model_sync_create(struct asahi_model *m, const struct asahi_model_step *step,
			    struct asahi_model_expect *expect)
{
	int i;

	/* DRM_SYNCOBJ_CREATE_SIGNALED. */
	if (step->arg[ASAHI_ARG_ID] > 1)
		return -EINVAL;
	i = ASAHI_MODEL_FIRST_FREE(m->syncs);
	expect->skip = i < 0 || asahi_model_table_full(m, step->file, ASAHI_KIND_SYNC);
	if (expect->skip)
		return 0;

	m->syncs[i] = (struct asahi_model_sync){
		.used = true,
		.fence = step->arg[ASAHI_ARG_ID],
	};
	asahi_model_made(m, step, expect, step->file, ASAHI_KIND_SYNC, i);
	return 0;
}

int asahi_model_sync_share(struct asahi_model *m, const struct asahi_model_step *step,
			   struct asahi_model_expect *expect)
{
	uint64_t to = step->arg[ASAHI_SHARE_TO];
	int sync = asahi_model_argument(m, step, ASAHI_KIND_SYNC, ASAHI_SHARE_ID);

	if (sync < 0)
		return -EINVAL;
	if (to >= ASAHI_MODEL_FILES || m->fds[to] < 0)
		return -EBADF;
	expect->skip = asahi_model_table_full(m, to, ASAHI_KIND_SYNC);
	if (!expect->skip)
		asahi_model_made(m, step, expect, to, ASAHI_KIND_SYNC, sync);
	return 0;
}

/* What the core does with a syncobj that there is. */
int asahi_model_sync_op(struct asahi_model *m, const struct asahi_model_step *step,
			struct asahi_model_expect *expect)
{
	int index = asahi_model_argument(m, step, ASAHI_KIND_SYNC, ASAHI_ARG_ID);
	struct asahi_model_sync *sync;
	uint32_t mask;

	/* The core of 7.2 gives the next syncobj the number 0 then: not for us to judge. */
	expect->skip = step->op == ASAHI_OP_SYNC_DESTROY &&
		       !asahi_model_resolve(m, step->file, ASAHI_KIND_SYNC,
					    step->arg[ASAHI_ARG_ID]);
	if (expect->skip)
		return 0;
	if (index < 0)
		return step->op == ASAHI_OP_SYNC_DESTROY ? -EINVAL : -ENOENT;

	sync = &m->syncs[index];
	switch (step->op) {
	case ASAHI_OP_SYNC_DESTROY:
		asahi_model_forget(m, step, ASAHI_KIND_SYNC, ASAHI_ARG_ID);
		return 0;
	case ASAHI_OP_SYNC_WAIT:
		if (asahi_model_sync_find(sync, step->arg[ASAHI_WAIT_POINT], &mask))
			return -EINVAL;
		return mask ? -ETIME : 0;
	case ASAHI_OP_SYNC_SIGNAL:
		asahi_model_sync_set(sync, 0);
		return 0;
	case ASAHI_OP_SYNC_RESET:
		*sync = (struct asahi_model_sync){ .used = true };
		return 0;
	default:
		m->gate = true;
		asahi_model_sync_set(sync, ASAHI_MODEL_GATE);
		return 0;
	}
}
