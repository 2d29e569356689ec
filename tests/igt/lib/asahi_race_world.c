// SPDX-License-Identifier: MIT
/* The client that lasts while others race. */
#include <string.h>
#include <unistd.h>

#include "asahi_device.h"
#include "asahi_ioctl.h"
#include "asahi_race_world.h"
#include "asahi_sim.h"
#include "asahi_stream.h"
#include "igt.h"
#include "igt_syncobj.h"

#define NONE DRM_ASAHI_BARRIER_NONE

#define CODE_SIZE ASAHI_PAGE
#define OTHER_SIZE (2 * ASAHI_PAGE)

/* Pages that are looked at, and one that is not mapped. */
#define WINDOW_SIZE ((ASAHI_RACE_PAGES + 1) * ASAHI_PAGE)

/* Shaders in memory that is not private, so that all files can map it. */
static void init_code(struct asahi_race_world *world)
{
	const struct asahi_client *client = &world->client;
	struct asahi_client *code = &world->code;

	code->fd = client->fd;
	code->params = client->params;
	code->usc_base = client->usc_base;
	code->arena.size = CODE_SIZE;
	code->arena.va = client->arena.va;
	code->arena.handle = asahi_gem_create(code->fd, CODE_SIZE);
	code->arena.map = asahi_gem_mmap(code->fd, code->arena.handle, CODE_SIZE);
	world->code_dma_buf = prime_handle_to_fd(code->fd, code->arena.handle);
}

static void init_other(struct asahi_race_world *world)
{
	unsigned int i;

	asahi_bo_init_unmapped(&world->client, &world->other, OTHER_SIZE);
	for (i = 0; i < OTHER_SIZE / ASAHI_PAGE; i++)
		world->other.map[i * ASAHI_PAGE / sizeof(uint32_t)] = ASAHI_RACE_OTHER_TAG(i);
	world->other_dma_buf = prime_handle_to_fd(world->client.fd, world->other.handle);
}

/* The addresses that the calls are about. */
static void init_names(struct asahi_race_world *world)
{
	struct asahi_client *client = &world->client;
	struct asahi_race_names *names = &world->names;

	names->dma_buf = -1;
	names->begun = -1;
	names->va = asahi_client_va(client, WINDOW_SIZE);
	names->hole = names->va + ASAHI_RACE_PAGES * ASAHI_PAGE;
	asahi_kernel_range(client->fd, &names->kernel_start, &names->kernel_end);
	names->usc_base = client->usc_base;
	names->compute = world->idle.compute;
}

/* One command that copies the first word of each page. */
static void init_look(struct asahi_race_world *world)
{
	const uint32_t one[3] = { 1, 1, 1 };
	struct asahi_client *code = &world->code;
	struct asahi_stream stream;
	struct asahi_args *args;
	struct asahi_job job;
	uint64_t words, va;
	unsigned int i;

	words = asahi_client_alloc(code, ASAHI_RACE_PAGES * sizeof(*world->words),
				   (void **)&world->words);
	asahi_stream_init(code, &stream, 16 * ASAHI_RACE_PAGES);
	for (i = 0; i < ASAHI_RACE_PAGES; i++) {
		va = asahi_client_alloc(code, sizeof(*args), (void **)&args);
		args->a = world->names.va + i * ASAHI_PAGE;
		args->b = words + i * sizeof(*world->words);
		asahi_stream_launch(&stream, asahi_usc_words(code, ASAHI_SHADER_COPY, va), one,
				    one);
	}
	asahi_stream_barrier(&stream);
	asahi_stream_terminate(&stream);
	asahi_job_init_stream(code, &job, &stream);
	asahi_cmdbuf_compute(&world->look, &job.compute, NONE, NONE);
}

static void init_jobs(struct asahi_race_world *world)
{
	asahi_job_init(&world->code, &world->idle, ASAHI_SHADER_STOP, 0, 0, 0);
	asahi_spin_init(&world->code, &world->spin);
}

/* A job that others can wait for, and that costs no time of any CPU. */
static void init_blocker(struct asahi_race_world *world)
{
	struct asahi_client *client = &world->client;
	struct asahi_job job;

	world->blocker = -1;
	if (!world->strict)
		return;

	asahi_sim_require();
	asahi_sim_lift_limits();
	asahi_sim_set("hang", "soft");
	asahi_job_init(client, &job, ASAHI_SHADER_STOP, 0, 0, 0);
	world->blocker = asahi_job_start(&job);
	asahi_sim_wait("hang", "none");
}

static void init_syncobjs(struct asahi_race_world *world)
{
	int fd = world->client.fd;
	unsigned int i;

	for (i = 0; i < ASAHI_RACE_NUM_SYNCOBJS; i++) {
		world->syncobjs[i] = syncobj_create(fd, 0);
		world->syncobj_fds[i] = syncobj_handle_to_fd(fd, world->syncobjs[i], 0);
	}
	if (world->blocker >= 0)
		syncobj_import_sync_file(fd, world->syncobjs[ASAHI_RACE_IN], world->blocker);
}

void asahi_race_world_init(struct asahi_race_world *world)
{
	memset(world, 0, sizeof(*world));
	asahi_client_init(&world->client);
	igt_require_f(world->client.params.features & DRM_ASAHI_FEATURE_SOFT_FAULTS,
		      "a load from what is not mapped would end the job\n");
	world->strict = asahi_is_simulated(world->client.fd);
	init_code(world);
	init_other(world);
	init_jobs(world);
	init_names(world);
	init_look(world);
	init_blocker(world);
	init_syncobjs(world);
	asahi_objects_read(&world->before);
}

void asahi_race_world_fini(struct asahi_race_world *world)
{
	unsigned int i;

	for (i = 0; i < ASAHI_RACE_NUM_SYNCOBJS; i++)
		close(world->syncobj_fds[i]);
	close(world->code_dma_buf);
	close(world->other_dma_buf);
	asahi_bo_unmap(&world->code.arena);
	asahi_bo_unmap(&world->other);
	asahi_client_drop(&world->client);
	if (world->blocker >= 0)
		close(world->blocker);
}
