// SPDX-License-Identifier: MIT
/* Reading and writing many words with a shader. */
#include <string.h>

#include "asahi_device.h"
#include "asahi_scan.h"
#include "igt.h"

/* Words that a launch takes in the stream, and a barrier and the end. */
#define LAUNCH_WORDS 8
#define TAIL_WORDS 3

void asahi_scan_init(struct asahi_client *client, struct asahi_scan *scan)
{
	static const uint32_t one[3] = { 1, 1, 1 };
	struct asahi_stream stream;
	unsigned int i;

	memset(scan, 0, sizeof(*scan));
	asahi_probe_init(client, &scan->probe);

	/* One word more, for launches that have nothing to do. */
	scan->words_va = asahi_client_alloc(client, (ASAHI_SCAN_MAX + 1) * sizeof(*scan->words),
					    (void **)&scan->words);
	asahi_stream_init(client, &stream, ASAHI_SCAN_MAX * LAUNCH_WORDS + TAIL_WORDS);
	for (i = 0; i < ASAHI_SCAN_MAX; i++) {
		uint64_t va;

		va = asahi_client_alloc(client, sizeof(*scan->args[i]), (void **)&scan->args[i]);
		asahi_stream_launch(&stream, asahi_usc_words(client, ASAHI_SHADER_COPY, va), one,
				    one);
	}
	asahi_stream_barrier(&stream);
	asahi_stream_terminate(&stream);
	asahi_job_init_stream(client, &scan->job, &stream);
}

static bool has_soft_faults(const struct asahi_scan *scan)
{
	return scan->job.client->params.features & DRM_ASAHI_FEATURE_SOFT_FAULTS;
}

static void idle_from(struct asahi_scan *scan, unsigned int num)
{
	unsigned int i;

	igt_assert_lte(num, ASAHI_SCAN_MAX);
	for (i = num; i < ASAHI_SCAN_MAX; i++) {
		scan->args[i]->a = scan->words_va + ASAHI_SCAN_MAX * sizeof(*scan->words);
		scan->args[i]->b = scan->args[i]->a;
	}
}

void asahi_scan_read(struct asahi_scan *scan, const uint64_t *vas, unsigned int num,
		     uint32_t *words)
{
	unsigned int i;

	idle_from(scan, num);
	for (i = 0; i < num; i++) {
		if (!has_soft_faults(scan)) {
			words[i] = asahi_probe_read(&scan->probe, vas[i]);
			continue;
		}
		scan->words[i] = 0;
		scan->args[i]->a = vas[i];
		scan->args[i]->b = scan->words_va + i * sizeof(*scan->words);
	}
	if (!has_soft_faults(scan))
		return;

	igt_assert_eq(asahi_job_run(&scan->job), 1);
	for (i = 0; i < num; i++)
		words[i] = scan->words[i];
}

void asahi_scan_write(struct asahi_scan *scan, const uint64_t *vas, unsigned int num,
		      const uint32_t *words)
{
	unsigned int i;

	idle_from(scan, num);
	for (i = 0; i < num; i++) {
		if (!has_soft_faults(scan)) {
			asahi_probe_write(&scan->probe, vas[i], words[i]);
			continue;
		}
		scan->words[i] = words[i];
		scan->args[i]->a = scan->words_va + i * sizeof(*scan->words);
		scan->args[i]->b = vas[i];
	}
	if (has_soft_faults(scan))
		igt_assert_eq(asahi_job_run(&scan->job), 1);
}
