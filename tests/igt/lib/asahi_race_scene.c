// SPDX-License-Identifier: MIT
/* A file with one of everything, and what can be seen of it. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <xf86drm.h>

#include "asahi_device.h"
#include "asahi_ioctl.h"
#include "asahi_race_scene.h"
#include "asahi_sync.h"
#include "igt.h"
#include "igt_syncobj.h"
#include "sw_sync.h"

#define NONE DRM_ASAHI_BARRIER_NONE

#define BO_SIZE (2 * ASAHI_PAGE)

const char *asahi_race_job_name(enum asahi_race_job job)
{
	static const char * const names[] = { "no job", "a job that waits", "a job that runs" };

	return names[job];
}

/* Open the device again, without looking for it. */
static int open_again(int fd)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return open(path, O_RDWR | O_CLOEXEC);
}

static uint32_t take_syncobj(const struct asahi_race_world *world, int fd,
			     enum asahi_race_syncobj which)
{
	return syncobj_fd_to_handle(fd, world->syncobj_fds[which], 0);
}

static void write_tags(int fd, uint32_t handle)
{
	uint32_t *map;
	unsigned int i;

	map = __asahi_gem_mmap(fd, handle, BO_SIZE);
	igt_assert(map != MAP_FAILED);
	for (i = 0; i < BO_SIZE / ASAHI_PAGE; i++)
		map[i * ASAHI_PAGE / sizeof(*map)] = ASAHI_RACE_BO_TAG(i);
	munmap(map, BO_SIZE);
}

/* Give a file one of everything; @names->dma_buf is the buffer object, or it makes one. */
static void init_file(const struct asahi_race_world *world, struct asahi_race_names *names,
		      bool submits)
{
	uint32_t code;
	int fd;

	fd = open_again(world->client.fd);
	igt_assert_fd(fd);
	names->fd = fd;
	igt_assert_eq(__asahi_vm_create(fd, names->kernel_start, names->kernel_end, &names->vm),
		      0);
	code = prime_fd_to_handle(fd, world->code_dma_buf);
	if (names->dma_buf >= 0) {
		names->bo = prime_fd_to_handle(fd, names->dma_buf);
	} else {
		names->bo = asahi_gem_create(fd, BO_SIZE);
		write_tags(fd, names->bo);
	}
	names->other = prime_fd_to_handle(fd, world->other_dma_buf);
	asahi_vm_map(fd, names->vm, code, 0, world->code.arena.size, world->code.arena.va,
		     ASAHI_RW);
	asahi_vm_map(fd, names->vm, names->bo, 0, BO_SIZE, names->va, ASAHI_RW);
	names->object = asahi_object_bind(fd, names->bo, ASAHI_PAGE, ASAHI_PAGE);
	names->queue = asahi_queue_create(fd, names->vm, names->usc_base);

	if (submits) {
		names->own[0] = take_syncobj(world, fd, ASAHI_RACE_OWN);
		names->own[1] = take_syncobj(world, fd, ASAHI_RACE_OWN + 1);
		names->common = take_syncobj(world, fd, ASAHI_RACE_COMMON);
		if (world->strict)
			names->in = take_syncobj(world, fd, ASAHI_RACE_IN);
	}
}

static void start_job(struct asahi_race_world *world, const struct asahi_race_names *names,
		      enum asahi_race_job state)
{
	bool waits = state == ASAHI_RACE_JOB_WAITS;
	struct asahi_spin *spin = &world->spin;
	struct drm_asahi_cmd_compute compute = waits ? names->compute : spin->job.compute;
	struct asahi_client client = { .fd = names->fd };
	struct asahi_cmdbuf cmdbuf = { 0 };
	struct drm_asahi_sync syncs[2];
	unsigned int num = 0;

	if (waits)
		syncs[num++] = asahi_sync_binary(take_syncobj(world, names->fd, ASAHI_RACE_IN));
	syncs[num] = asahi_sync_binary(take_syncobj(world, names->fd, ASAHI_RACE_JOB));
	compute.ts.start.handle = names->object;
	compute.ts.start.offset = ASAHI_RACE_STAMP;
	asahi_cmdbuf_compute(&cmdbuf, &compute, NONE, NONE);
	spin->state[0] = 0;
	spin->state[1] = 0;
	igt_assert_eq(__asahi_cmdbuf_submit(&client, names->queue, &cmdbuf, syncs, num, 1), 0);
	if (!waits)
		asahi_spin_wait_started(spin);
}

static void forget_fences(const struct asahi_race_world *world)
{
	struct drm_syncobj_array req = {
		.handles = (uintptr_t)world->syncobjs,
		.count_handles = ASAHI_RACE_IN,
	};

	igt_assert_eq(asahi_ioctl(world->client.fd, DRM_IOCTL_SYNCOBJ_RESET, &req), 0);
}

void asahi_race_scene_init(struct asahi_race_scene *scene, struct asahi_race_world *world,
			   enum asahi_race_mode mode, const struct asahi_race_op *const ops[2],
			   enum asahi_race_job job)
{
	struct asahi_race_names *names = scene->names;
	bool submits = ops[0]->submits || ops[1]->submits;

	memset(scene, 0, sizeof(*scene));
	scene->world = world;
	scene->mode = mode;
	scene->num_files = mode == ASAHI_RACE_FILES ? 2 : 1;
	scene->dma_buf = -1;
	forget_fences(world);
	names[0] = world->names;
	init_file(world, &names[0], submits);
	scene->fds[0] = names[0].fd;
	scene->fds[1] = -1;
	if (ops[0]->imports || ops[1]->imports || scene->num_files == 2)
		scene->dma_buf = prime_handle_to_fd(names[0].fd, names[0].bo);
	names[0].dma_buf = scene->dma_buf;

	names[1] = names[0];
	if (mode == ASAHI_RACE_PROCESSES) {
		/* One to be closed, and one to look with. */
		scene->fds[0] = fcntl(names[0].fd, F_DUPFD_CLOEXEC, 0);
		names[1].fd = scene->fds[0];
	} else if (mode == ASAHI_RACE_FILES) {
		names[1] = world->names;
		names[1].dma_buf = scene->dma_buf;
		init_file(world, &names[1], submits);
		scene->fds[1] = names[1].fd;
	}
	if (job != ASAHI_RACE_NO_JOB)
		start_job(world, &names[0], job);
}

static void see_counters(const struct asahi_race_world *world, int64_t *value)
{
	static const char * const counters[] = {
		"file", "queue", "vm", "mapping", "bo", "object", "kernel_bo", "job", "fence",
	};
	struct asahi_objects now;
	unsigned int i;

	asahi_objects_read(&now);
	for (i = 0; now.num && i < ARRAY_SIZE(counters); i++)
		value[i] = asahi_objects_value(&now, counters[i]) -
			   asahi_objects_value(&world->before, counters[i]);
}

int64_t asahi_race_fence_status(int fd, uint32_t syncobj)
{
	struct drm_syncobj_handle req = {
		.handle = syncobj,
		.flags = DRM_SYNCOBJ_HANDLE_TO_FD_FLAGS_EXPORT_SYNC_FILE,
		.fd = -1,
	};
	int status;

	if (asahi_ioctl(fd, DRM_IOCTL_SYNCOBJ_HANDLE_TO_FD, &req))
		return ASAHI_RACE_NO_FENCE;

	status = sync_fence_status(req.fd);
	close(req.fd);
	return status;
}

/* On another device jobs end in their own time, and in one way or another. */
static int64_t see_end(const struct asahi_race_world *world, enum asahi_race_syncobj which)
{
	int fd = world->client.fd;
	uint32_t syncobj = world->syncobjs[which];

	if (asahi_race_fence_status(fd, syncobj) == ASAHI_RACE_NO_FENCE)
		return ASAHI_RACE_NO_FENCE;
	asahi_sync_wait(fd, syncobj);
	return 1;
}

static int64_t see_fence(const struct asahi_race_world *world, enum asahi_race_syncobj which)
{
	if (!world->strict)
		return see_end(world, which);
	return asahi_race_fence_status(world->client.fd, world->syncobjs[which]);
}

/* Let the GPU look at the pages from a queue; false if that cannot be. */
static bool look(struct asahi_race_world *world, int fd, uint32_t queue, int64_t *value)
{
	struct asahi_client client = { .fd = fd };
	struct drm_asahi_sync out;
	unsigned int i;
	int status;

	for (i = 0; i < ASAHI_RACE_PAGES; i++)
		world->words[i] = 0;
	out = asahi_sync_binary(syncobj_create(fd, 0));
	if (__asahi_cmdbuf_submit(&client, queue, &world->look, &out, 0, 1))
		return false;

	status = asahi_finish(asahi_sync_export(fd, out.handle));
	for (i = 0; i < ASAHI_RACE_PAGES; i++)
		value[i] = status == 1 ? (int64_t)world->words[i] : status;
	return true;
}

/*
 * What is mapped, as long as there is a way to run something in the VM: on a new queue or, without
 * the VM's id, on the one that there was if nothing is in the way.
 */
static void see_pages(struct asahi_race_world *world, const struct asahi_race_names *names, int fd,
		      bool idle, int64_t *value)
{
	uint32_t queue;

	if (!__asahi_queue_create(fd, names->vm, DRM_ASAHI_PRIORITY_MEDIUM, names->usc_base,
				  &queue)) {
		look(world, fd, queue, value);
		__asahi_queue_destroy(fd, queue);
	} else if (idle) {
		look(world, fd, names->queue, value);
	}
}

void asahi_race_see_calls(const struct asahi_race_names *names, int fd, int64_t *value)
{
	uint64_t offset;
	uint32_t i;

	for (i = 0; i < ASAHI_RACE_IDS; i++) {
		const struct drm_asahi_submit nothing = { .queue_id = i + 1 };

		value[ASAHI_RACE_SEE_VM + i] = __asahi_vm_unmap(fd, i + 1, ASAHI_PAGE,
								names->hole);
		value[ASAHI_RACE_SEE_QUEUE + i] = __asahi_submit(fd, &nothing);
		value[ASAHI_RACE_SEE_OBJECT + i] = __asahi_object_unbind(fd, i + 1);
	}
	for (i = 0; i < ASAHI_RACE_HANDLES; i++)
		value[ASAHI_RACE_SEE_HANDLE + i] = __asahi_gem_mmap_offset(fd, i + 1, &offset);
}

static bool closed(const struct asahi_race_op *op, const struct asahi_race_result *result)
{
	return op == &asahi_race_ops[ASAHI_RACE_CLOSE] && !result->ret;
}

void asahi_race_scene_note_closed(struct asahi_race_scene *scene,
				  const struct asahi_race_op *const ops[2],
				  const struct asahi_race_result results[2])
{
	unsigned int i;

	for (i = 0; i < 2; i++) {
		if (!closed(ops[i], &results[i]))
			continue;
		scene->names[i].fd = -1;
		if (scene->mode != ASAHI_RACE_PROCESSES)
			scene->fds[scene->num_files == 2 ? i : 0] = -1;
	}
}

/*
 * The handle of an import beside a GEM_CLOSE is a new one if that came first. Its number is not
 * promised then: the old one may not be free yet. So it is renamed to that, unless that is there.
 */
static void rename_import(const struct asahi_race_names *names, int64_t *given, int64_t *file)
{
	int64_t *handles = &file[ASAHI_RACE_SEE_HANDLE], *old = &handles[names->bo - 1];
	int64_t answer = *old;

	if (*given <= names->bo || *given > ASAHI_RACE_HANDLES || answer != -ENOENT)
		return;

	*old = handles[*given - 1];
	handles[*given - 1] = answer;
	*given = names->bo;
}

void asahi_race_scene_see(struct asahi_race_scene *scene,
			  const struct asahi_race_op *const ops[2],
			  const struct asahi_race_result results[2], struct asahi_race_view *view)
{
	struct asahi_race_world *world = scene->world;
	int64_t *value = view->value;
	bool own_vm = true, idle = true;
	unsigned int i;

	asahi_race_view_clear(view);
	asahi_race_scene_note_closed(scene, ops, results);
	if (world->strict)
		see_counters(world, &value[ASAHI_RACE_SEE_COUNTERS]);
	for (i = 0; i < ASAHI_RACE_IN; i++)
		value[ASAHI_RACE_SEE_SUBMIT + i] = see_fence(world, i);
	if (!world->strict)
		see_counters(world, &value[ASAHI_RACE_SEE_COUNTERS]);

	for (i = 0; i < 2; i++) {
		value[ASAHI_RACE_SEE_RETURN + i] = results[i].ret;
		value[ASAHI_RACE_SEE_VALUE + i] = results[i].value;
		if (ops[i] == &asahi_race_ops[ASAHI_RACE_VM_CREATE])
			own_vm &= results[i].value != scene->names[0].vm;
	}
	if (results[0].inode && results[1].inode)
		value[ASAHI_RACE_SEE_SAME] = results[0].inode == results[1].inode;
	for (i = ASAHI_RACE_OWN; i <= ASAHI_RACE_JOB; i++)
		idle &= value[ASAHI_RACE_SEE_SUBMIT + i] != 0;

	for (i = 0; i < scene->num_files; i++) {
		int64_t *file = asahi_race_view_file(view, i);

		if (scene->fds[i] < 0)
			continue;
		if (own_vm && (ops[0]->maps || ops[1]->maps))
			see_pages(world, &scene->names[i], scene->fds[i], idle,
				  &file[ASAHI_RACE_SEE_PAGE]);
		asahi_race_see_calls(&scene->names[i], scene->fds[i], file);
	}

	for (i = 0; i < 2; i++) {
		unsigned int k = scene->num_files == 2 ? i : 0;

		if (ops[i] == &asahi_race_ops[ASAHI_RACE_IMPORT] && scene->fds[k] >= 0)
			rename_import(&scene->names[k], &value[ASAHI_RACE_SEE_VALUE + i],
				      asahi_race_view_file(view, k));
	}
}

void asahi_race_scene_fini(struct asahi_race_scene *scene)
{
	unsigned int i;

	if (scene->mode == ASAHI_RACE_PROCESSES && scene->names[0].fd >= 0)
		close(scene->names[0].fd);
	for (i = 0; i < 2; i++)
		if (scene->fds[i] >= 0)
			close(scene->fds[i]);
	if (scene->dma_buf >= 0)
		close(scene->dma_buf);
}
