// SPDX-License-Identifier: MIT
/* Reading and writing single words with a shader. */
#include <errno.h>

#include "asahi_probe.h"
#include "igt.h"

void asahi_probe_init(struct asahi_client *client, struct asahi_probe *probe)
{
	probe->word_va = asahi_client_alloc(client, sizeof(*probe->word),
					    (void **)&probe->word);
	asahi_job_init(client, &probe->job, ASAHI_SHADER_COPY, 0, 0, 0);
}

static void copy(struct asahi_probe *probe, uint64_t from, uint64_t to)
{
	uint64_t features = probe->job.client->params.features;
	int status;

	probe->job.args->a = from;
	probe->job.args->b = to;
	status = asahi_job_run(&probe->job);

	/* Without soft faults the job ends at the access, with the same effect on memory. */
	if (status == -EIO && !(features & DRM_ASAHI_FEATURE_SOFT_FAULTS))
		return;
	igt_assert_eq(status, 1);
}

uint32_t asahi_probe_read(struct asahi_probe *probe, uint64_t va)
{
	*probe->word = 0;
	copy(probe, va, probe->word_va);

	return *probe->word;
}

void asahi_probe_write(struct asahi_probe *probe, uint64_t va, uint32_t value)
{
	*probe->word = value;
	copy(probe, probe->word_va, va);
}
