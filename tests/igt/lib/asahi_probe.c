// SPDX-License-Identifier: MIT
/* Reading and writing single words with a shader. */
#include <errno.h>
#include <string.h>

#include "asahi_device.h"
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
	const struct asahi_client *client = probe->job.client;
	static bool told;
	int status;

	probe->job.args->a = from;
	probe->job.args->b = to;
	status = asahi_job_run(&probe->job);

	/*
	 * Without soft faults the job ends at the access, with the same effect on memory. Whether
	 * they are soft where only the permission lacks is not known of Apple's GPU.
	 */
	if (status == -EIO && (!(client->params.features & DRM_ASAHI_FEATURE_SOFT_FAULTS) ||
			       !asahi_is_simulated(client->fd))) {
		if (!told)
			igt_info("an access that the GPU may not make ends the job with %s\n",
				 strerror(-status));
		told = true;
		return;
	}
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
