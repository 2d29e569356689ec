// SPDX-License-Identifier: MIT
/* Looking for stores of a job after its fence. */
#include <string.h>
#include <unistd.h>

#include "asahi_clock.h"
#include "asahi_device.h"
#include "asahi_ioctl.h"
#include "asahi_job.h"
#include "asahi_writer.h"
#include "igt.h"
#include "sw_sync.h"

static void *watch(void *data)
{
	struct asahi_writer *w = data;
	volatile uint32_t *word = w->bo.map;
	uint64_t end = asahi_now_ms() + asahi_hang_ms();

	atomic_store(&w->ready, true);
	do {
		w->status = sync_fence_status(w->fence);
	} while (!w->status && asahi_now_ms() < end);
	*word = 0;
	for (end = asahi_now_ns() + ASAHI_LATE_NS; asahi_now_ns() < end && !w->late;)
		w->late = *word != 0;

	return NULL;
}

void asahi_writer_init(struct asahi_writer *w)
{
	memset(w, 0, sizeof(*w));
	asahi_client_init(&w->other);
	asahi_require_simulated(w->other.fd, ASAHI_NO_END);
	asahi_bo_init(&w->other, &w->bo, ASAHI_PAGE);
}

/* Wait until the job has stored, and until it has again. */
static bool stores(struct asahi_writer *w)
{
	volatile uint32_t *word = w->bo.map;
	uint64_t since = 0;
	int i;

	for (i = 0; i < 2; i++) {
		*word = 0;
		while (*word != ASAHI_WRITER_VALUE)
			if (!asahi_patient(&since))
				return false;
	}
	return true;
}

void asahi_writer_start(struct asahi_writer *w)
{
	int dma_buf = prime_handle_to_fd(w->other.fd, w->bo.handle);
	struct asahi_job job;
	uint64_t va, since = 0;
	uint32_t handle;
	bool stored;

	asahi_client_init(&w->client);
	handle = prime_fd_to_handle(w->client.fd, dma_buf);
	close(dma_buf);
	va = asahi_client_va(&w->client, ASAHI_PAGE);
	asahi_vm_map(w->client.fd, w->client.vm_id, handle, 0, ASAHI_PAGE, va, ASAHI_RW);
	asahi_job_init(&w->client, &job, ASAHI_SHADER_WRITER, va, 0, 0);
	w->fence = asahi_job_start(&job);
	stored = stores(w);
	if (!stored)
		asahi_client_drop(&w->client);
	igt_assert_f(stored, "the job does not store for ever\n");

	w->status = 0;
	w->late = false;
	atomic_store(&w->ready, false);
	igt_assert_eq(pthread_create(&w->thread, NULL, watch, w), 0);
	while (!atomic_load(&w->ready) && asahi_patient(&since))
		;
}

void asahi_writer_join(struct asahi_writer *w)
{
	pthread_join(w->thread, NULL);
	close(w->fence);
}

void asahi_writer_assert(const struct asahi_writer *w, int status)
{
	igt_assert_eq(w->status, status);
	igt_assert_f(!w->late, "a store came after the fence\n");
}

void asahi_writer_fini(struct asahi_writer *w)
{
	asahi_bo_fini(&w->other, &w->bo);
	asahi_client_fini(&w->other);
}
