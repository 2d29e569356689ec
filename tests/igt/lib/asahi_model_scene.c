// SPDX-License-Identifier: MIT
/* What random programs run with. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "asahi_clock.h"
#include "asahi_device.h"
#include "asahi_ioctl.h"
#include "asahi_model_scene.h"
#include "asahi_sim.h"
#include "asahi_stream.h"
#include "igt.h"
#include "sw_sync.h"

/* Words of a launch, and those that end a stream. */
#define LAUNCH_WORDS 8
#define END_WORDS 3

static void init_arena(struct asahi_model_scene *s)
{
	struct asahi_client *image = &s->image;

	s->arena.size = ASAHI_MODEL_ARENA_SIZE;
	s->arena.va = ASAHI_MODEL_ARENA;
	s->arena.handle = asahi_gem_create(s->client.fd, s->arena.size);
	s->arena.map = asahi_gem_mmap(s->client.fd, s->arena.handle, s->arena.size);
	s->dma_buf = prime_handle_to_fd(s->client.fd, s->arena.handle);

	memset(image, 0, sizeof(*image));
	image->fd = s->client.fd;
	image->params = s->client.params;
	image->usc_base = ASAHI_MODEL_USC_BASE;
	image->arena = s->arena;
}

/* Read the first words of each page of the window, with a launch for each of them. */
static void init_look(struct asahi_model_scene *s)
{
	const uint32_t size[3] = { ASAHI_MODEL_WORDS, 1, 1 };
	struct asahi_client *image = &s->image;
	struct asahi_stream stream;
	uint64_t args_va, seen_va;
	struct asahi_args *args;
	unsigned int i;

	seen_va = asahi_client_alloc(image, ASAHI_MODEL_WINDOW_PAGES * sizeof(*s->seen),
				     (void **)&s->seen);
	asahi_stream_init(image, &stream, ASAHI_MODEL_WINDOW_PAGES * LAUNCH_WORDS + END_WORDS);
	for (i = 0; i < ASAHI_MODEL_WINDOW_PAGES; i++) {
		args_va = asahi_client_alloc(image, sizeof(*args), (void **)&args);
		args->a = ASAHI_MODEL_WINDOW + i * ASAHI_MODEL_PAGE;
		args->b = seen_va + i * sizeof(*s->seen);
		asahi_stream_launch(&stream, asahi_usc_words(image, ASAHI_SHADER_COPY_GRID,
							     args_va), size, size);
	}
	asahi_stream_barrier(&stream);
	asahi_stream_terminate(&stream);
	asahi_job_init_stream(image, &s->look, &stream);
}

/* Returns the fence. */
static int run_nothing(struct asahi_model_scene *s)
{
	struct asahi_cmdbuf cmdbuf = { 0 };

	asahi_cmdbuf_compute(&cmdbuf, &s->nothing.compute, DRM_ASAHI_BARRIER_NONE,
			     DRM_ASAHI_BARRIER_NONE);
	return asahi_cmdbuf_start(&s->client, s->queue_id, &cmdbuf);
}

void asahi_model_scene_patient(struct asahi_model_scene *s)
{
	s->end = asahi_now_ms() + s->hang_ms;
}

bool asahi_model_scene_late(const struct asahi_model_scene *s)
{
	return asahi_now_ms() >= s->end;
}

int asahi_model_scene_wait(const struct asahi_model_scene *s, int fence)
{
	uint64_t now = asahi_now_ms();

	return sync_fence_wait(fence, now < s->end ? s->end - now : 0);
}

/* Wait until a job has ended well, and close its fence. */
static int finish(const struct asahi_model_scene *s, int fence)
{
	int ret = asahi_model_scene_wait(s, fence);

	if (!ret)
		ret = sync_fence_status(fence);
	close(fence);
	return ret == 1 ? 0 : ret;
}

void asahi_model_scene_init(struct asahi_model_scene *s)
{
	unsigned int i;
	void *hole;

	memset(s, 0, sizeof(*s));
	s->hang_ms = asahi_hang_ms();
	asahi_model_scene_patient(s);
	asahi_sim_lift_limits();
	asahi_client_init(&s->client);
	igt_require_f(s->client.params.features & DRM_ASAHI_FEATURE_SOFT_FAULTS,
		      "what is not mapped cannot be read\n");
	s->strict = asahi_is_simulated(s->client.fd);
	s->limits.vm_start = s->client.params.vm_start;
	s->limits.vm_end = s->client.params.vm_end;
	s->limits.kernel_min = s->client.params.vm_kernel_min_size;

	init_arena(s);
	for (i = 0; i < ASAHI_MODEL_MAX_JOBS; i++) {
		asahi_job_init(&s->image, &s->jobs[i], ASAHI_SHADER_COPY, 0, 0, 0);
		s->values[i].va = asahi_client_alloc(&s->image, sizeof(uint32_t),
						     (void **)&s->values[i].word);
	}
	for (i = 0; i < ASAHI_MODEL_SPINS; i++)
		asahi_spin_init(&s->image, &s->spins[i]);
	init_look(s);

	asahi_spin_init(&s->client, &s->gate);
	asahi_job_init(&s->client, &s->nothing, ASAHI_SHADER_STOP, 0, 0, 0);
	s->queue_id = asahi_queue_create(s->client.fd, s->client.vm_id, s->client.usc_base);
	s->over = run_nothing(s);
	igt_assert_eq(asahi_model_scene_wait(s, s->over), 0);

	hole = mmap(NULL, ASAHI_PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	igt_assert(hole != MAP_FAILED);
	s->hole = (uintptr_t)hole;
}

void asahi_model_scene_fini(struct asahi_model_scene *s)
{
	asahi_model_scene_patient(s);
	asahi_model_scene_release(s);
	munmap((void *)(uintptr_t)s->hole, ASAHI_PAGE);
	close(s->over);
	asahi_queue_destroy(s->client.fd, s->queue_id);
	close(s->dma_buf);
	asahi_bo_fini(&s->client, &s->arena);
	asahi_client_fini(&s->client);
}

int asahi_model_scene_open(const struct asahi_model_scene *s)
{
	char path[64];
	int fd;

	/* The same node again, without a search for it. */
	snprintf(path, sizeof(path), "/proc/self/fd/%d", s->client.fd);
	fd = open(path, O_RDWR | O_CLOEXEC);
	igt_assert_f(fd >= 0, "%s: %s\n", path, strerror(errno));
	asahi_adopt(fd);

	return fd;
}

int asahi_model_scene_gate(struct asahi_model_scene *s)
{
	if (!s->gate_busy) {
		s->gate.state[0] = 0;
		s->gate.state[1] = 0;
		asahi_spin_start(&s->gate, s->client.queue_id);
		s->gate_busy = true;
	}
	return s->gate.fence;
}

int asahi_model_scene_release(struct asahi_model_scene *s)
{
	if (!s->gate_busy)
		return 0;

	s->gate_busy = false;
	asahi_spin_release(&s->gate);
	return finish(s, s->gate.fence);
}

int asahi_model_scene_pause(struct asahi_model_scene *s)
{
	return finish(s, run_nothing(s));
}
