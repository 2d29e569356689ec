// SPDX-License-Identifier: MIT
/* A file with one of everything, and what can be seen of it. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <xf86drm.h>

#include "asahi_clock.h"
#include "asahi_device.h"
#include "asahi_ioctl.h"
#include "asahi_race_scene.h"
#include "asahi_sim.h"
#include "asahi_sync.h"
#include "igt.h"
#include "sw_sync.h"

#define NONE DRM_ASAHI_BARRIER_NONE

#define BO_SIZE (2 * ASAHI_PAGE)

const char *asahi_race_job_name(enum asahi_race_job job)
{
	static const char * const names[] = {
		"no job", "a job that waits", "a job that runs", "a job that does not leave",
	};

	return names[job];
}

/* Note and report that something has not worked; returns whether it has. */
static bool note(struct asahi_race_scene *scene, const char *what, int ret)
{
	if (!ret)
		return true;

	igt_info("scene: %s: %s\n", what, strerror(-ret));
	scene->failed = true;
	return false;
}

/* Open the device again, without looking for it. */
static int open_again(int fd)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return open(path, O_RDWR | O_CLOEXEC);
}

static bool import(struct asahi_race_scene *scene, int fd, int dma_buf, uint32_t *handle)
{
	struct drm_prime_handle req = { .fd = dma_buf };

	if (!note(scene, "PRIME_FD_TO_HANDLE",
		  asahi_ioctl(fd, DRM_IOCTL_PRIME_FD_TO_HANDLE, &req)))
		return false;
	*handle = req.handle;
	return true;
}

static bool take_syncobj(struct asahi_race_scene *scene, int fd, enum asahi_race_syncobj which,
			 uint32_t *handle)
{
	struct drm_syncobj_handle req = { .fd = scene->world->syncobj_fds[which] };

	if (!note(scene, "SYNCOBJ_FD_TO_HANDLE",
		  asahi_ioctl(fd, DRM_IOCTL_SYNCOBJ_FD_TO_HANDLE, &req)))
		return false;
	*handle = req.handle;
	return true;
}

/* A new buffer object with its tags. */
static bool make_bo(struct asahi_race_scene *scene, int fd, uint32_t *handle)
{
	uint32_t *map;
	unsigned int i;

	if (!note(scene, "GEM_CREATE",
		  __asahi_gem_create(fd, BO_SIZE, DRM_ASAHI_GEM_WRITEBACK, 0, handle)))
		return false;

	map = __asahi_gem_mmap(fd, *handle, BO_SIZE);
	if (!note(scene, "mmap", map == MAP_FAILED ? -errno : 0))
		return false;
	for (i = 0; i < BO_SIZE / ASAHI_PAGE; i++)
		map[i * ASAHI_PAGE / sizeof(*map)] = ASAHI_RACE_BO_TAG(i);
	munmap(map, BO_SIZE);
	return true;
}

/* The syncobjs of a file whose calls name some. */
static bool take_syncobjs(struct asahi_race_scene *scene, struct asahi_race_names *names)
{
	int fd = names->fd;

	return take_syncobj(scene, fd, ASAHI_RACE_OWN, &names->own[0]) &&
	       take_syncobj(scene, fd, ASAHI_RACE_OWN + 1, &names->own[1]) &&
	       take_syncobj(scene, fd, ASAHI_RACE_COMMON, &names->common) &&
	       (!scene->world->strict || take_syncobj(scene, fd, ASAHI_RACE_IN, &names->in));
}

/* Give a file one of everything; @names->dma_buf is the buffer object, or it makes one. */
static bool init_file(struct asahi_race_scene *scene, struct asahi_race_names *names,
		      bool submits)
{
	const struct asahi_race_world *world = scene->world;
	const struct asahi_bo *arena = &world->code.arena;
	uint32_t code;
	int fd;

	fd = open_again(world->client.fd);
	names->fd = fd;
	return note(scene, "open", fd < 0 ? -errno : 0) &&
	       note(scene, "VM_CREATE", __asahi_vm_create(fd, names->kernel_start,
							  names->kernel_end, &names->vm)) &&
	       import(scene, fd, world->code_dma_buf, &code) &&
	       (names->dma_buf < 0 ? make_bo(scene, fd, &names->bo) :
				     import(scene, fd, names->dma_buf, &names->bo)) &&
	       import(scene, fd, world->other_dma_buf, &names->other) &&
	       note(scene, "VM_BIND", __asahi_vm_map(fd, names->vm, code, 0, arena->size,
						     arena->va, ASAHI_RW)) &&
	       note(scene, "VM_BIND", __asahi_vm_map(fd, names->vm, names->bo, 0, BO_SIZE,
						     names->va, ASAHI_RW)) &&
	       note(scene, "GEM_BIND_OBJECT", __asahi_object_bind(fd, names->bo, ASAHI_PAGE,
								  ASAHI_PAGE, &names->object)) &&
	       note(scene, "QUEUE_CREATE", __asahi_queue_create(fd, names->vm,
								DRM_ASAHI_PRIORITY_MEDIUM,
								names->usc_base,
								&names->queue)) &&
	       (!submits || take_syncobjs(scene, names));
}

/* The fence of a syncobj as a sync file, or -errno. */
static int export_fence(int fd, uint32_t syncobj)
{
	struct drm_syncobj_handle req = {
		.handle = syncobj,
		.flags = DRM_SYNCOBJ_HANDLE_TO_FD_FLAGS_EXPORT_SYNC_FILE,
		.fd = -1,
	};
	int ret = asahi_ioctl(fd, DRM_IOCTL_SYNCOBJ_HANDLE_TO_FD, &req);

	return ret ? ret : req.fd;
}

/* SUBMIT one that does not leave the GPU, and wait until it is there. */
static bool start_stuck(struct asahi_race_scene *scene, const struct asahi_race_names *names)
{
	struct asahi_client client = { .fd = names->fd };
	struct asahi_cmdbuf cmdbuf = { 0 };
	uint64_t since = 0;
	char left[32];

	asahi_cmdbuf_compute(&cmdbuf, &names->compute, NONE, NONE);
	if (!note(scene, "hang", __asahi_sim_set("hang", "hard")) ||
	    !note(scene, "SUBMIT", __asahi_cmdbuf_submit(&client, names->queue, &cmdbuf, NULL, 0,
							 0)))
		return false;

	do {
		asahi_sim_get("hang", left, sizeof(left));
		if (!strcmp(left, "none"))
			return true;
	} while (asahi_patient(&since));
	return note(scene, "the job that is to hang", -ETIME);
}

/* Wait until a job that runs has started. */
static bool wait_started(struct asahi_race_scene *scene)
{
	const struct asahi_spin *spin = &scene->world->spin;
	uint64_t since = 0;

	while (spin->state[1] != 1)
		if (!asahi_patient(&since))
			return note(scene, "the job that is to run", -ETIME);
	return true;
}

static bool start_job(struct asahi_race_scene *scene, enum asahi_race_job state)
{
	const struct asahi_race_names *names = &scene->names[0];
	bool runs = state == ASAHI_RACE_JOB_RUNS;
	struct asahi_spin *spin = &scene->world->spin;
	struct drm_asahi_cmd_compute compute = runs ? spin->job.compute : names->compute;
	struct asahi_client client = { .fd = names->fd };
	struct asahi_cmdbuf cmdbuf = { 0 };
	struct drm_asahi_sync syncs[2];
	uint32_t in, out;
	unsigned int num = 0;

	if ((!runs && !take_syncobj(scene, names->fd, ASAHI_RACE_IN, &in)) ||
	    !take_syncobj(scene, names->fd, ASAHI_RACE_JOB, &out) ||
	    (state == ASAHI_RACE_JOB_STUCK && !start_stuck(scene, names)))
		return false;

	if (!runs)
		syncs[num++] = asahi_sync_binary(in);
	syncs[num] = asahi_sync_binary(out);
	compute.ts.start.handle = names->object;
	compute.ts.start.offset = ASAHI_RACE_STAMP;
	asahi_cmdbuf_compute(&cmdbuf, &compute, NONE, NONE);
	spin->state[0] = 0;
	spin->state[1] = 0;
	if (!note(scene, "SUBMIT",
		  __asahi_cmdbuf_submit(&client, names->queue, &cmdbuf, syncs, num, 1)))
		return false;

	if (state == ASAHI_RACE_JOB_STUCK) {
		scene->begun = export_fence(names->fd, out);
		return note(scene, "SYNCOBJ_HANDLE_TO_FD", scene->begun < 0 ? scene->begun : 0);
	}
	return !runs || wait_started(scene);
}

static bool forget_fences(struct asahi_race_scene *scene)
{
	const struct asahi_race_world *world = scene->world;
	struct drm_syncobj_array req = {
		.handles = (uintptr_t)world->syncobjs,
		.count_handles = ASAHI_RACE_IN,
	};

	return note(scene, "SYNCOBJ_RESET",
		    asahi_ioctl(world->client.fd, DRM_IOCTL_SYNCOBJ_RESET, &req));
}

/* The buffer object's dma-buf. */
static bool make_dma_buf(struct asahi_race_scene *scene)
{
	struct drm_prime_handle req = {
		.handle = scene->names[0].bo,
		.flags = DRM_CLOEXEC,
		.fd = -1,
	};

	if (!note(scene, "PRIME_HANDLE_TO_FD",
		  asahi_ioctl(scene->names[0].fd, DRM_IOCTL_PRIME_HANDLE_TO_FD, &req)))
		return false;
	scene->dma_buf = req.fd;
	scene->names[0].dma_buf = req.fd;
	return true;
}

/* What the second actor names. */
static bool init_second(struct asahi_race_scene *scene, bool submits)
{
	struct asahi_race_names *names = scene->names;
	bool made;

	names[1] = names[0];
	if (scene->mode == ASAHI_RACE_PROCESSES) {
		/* One to be closed, and one to look with. */
		scene->fds[0] = fcntl(names[0].fd, F_DUPFD_CLOEXEC, 0);
		names[1].fd = scene->fds[0];
		return note(scene, "dup", scene->fds[0] < 0 ? -errno : 0);
	}
	if (scene->mode == ASAHI_RACE_THREADS)
		return true;

	names[1] = scene->world->names;
	names[1].dma_buf = scene->dma_buf;
	made = init_file(scene, &names[1], submits);
	scene->fds[1] = names[1].fd;
	return made;
}

static bool init_scene(struct asahi_race_scene *scene, const struct asahi_race_op *const ops[2],
		       enum asahi_race_job job)
{
	bool made, submits = ops[0]->submits || ops[1]->submits;

	made = forget_fences(scene) && init_file(scene, &scene->names[0], submits);
	if (scene->mode != ASAHI_RACE_PROCESSES)
		scene->fds[0] = scene->names[0].fd;
	if (made && (ops[0]->imports || ops[1]->imports || scene->num_files == 2))
		made = make_dma_buf(scene);
	return made && init_second(scene, submits) &&
	       (job == ASAHI_RACE_NO_JOB || start_job(scene, job));
}

bool asahi_race_scene_init(struct asahi_race_scene *scene, struct asahi_race_world *world,
			   enum asahi_race_mode mode, const struct asahi_race_op *const ops[2],
			   enum asahi_race_job job)
{
	memset(scene, 0, sizeof(*scene));
	scene->world = world;
	scene->mode = mode;
	scene->num_files = mode == ASAHI_RACE_FILES ? 2 : 1;
	scene->names[0] = world->names;
	scene->names[0].fd = -1;
	scene->fds[0] = -1;
	scene->fds[1] = -1;
	scene->dma_buf = -1;
	scene->begun = -1;
	if (init_scene(scene, ops, job))
		return true;

	asahi_race_scene_fini(scene);
	return false;
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
	int status, fence = export_fence(fd, syncobj);

	if (fence < 0)
		return ASAHI_RACE_NO_FENCE;

	status = sync_fence_status(fence);
	close(fence);
	return status;
}

/* Wait for the fence of a syncobj that has one; returns its status. */
static int64_t wait_fence(struct asahi_race_scene *scene, int fd, uint32_t syncobj)
{
	int status, fence = export_fence(fd, syncobj);

	if (!note(scene, "SYNCOBJ_HANDLE_TO_FD", fence < 0 ? fence : 0))
		return ASAHI_RACE_NO_FENCE;

	sync_fence_wait(fence, asahi_hang_ms());
	status = sync_fence_status(fence);
	close(fence);
	note(scene, "a job", status ? 0 : -ETIME);
	return status;
}

static int64_t see_fence(struct asahi_race_scene *scene, enum asahi_race_syncobj which)
{
	const struct asahi_race_world *world = scene->world;
	int fd = world->client.fd;
	uint32_t syncobj = world->syncobjs[which];
	int64_t status = asahi_race_fence_status(fd, syncobj);

	if (world->strict || status == ASAHI_RACE_NO_FENCE)
		return status;

	/* On another device jobs end in their own time, and in one way or another. */
	wait_fence(scene, fd, syncobj);
	return 1;
}

/* Let the GPU look at the pages from a queue, if that can be. */
static void look(struct asahi_race_scene *scene, int fd, uint32_t queue, int64_t *value)
{
	struct asahi_race_world *world = scene->world;
	struct drm_syncobj_create create = { 0 };
	struct asahi_client client = { .fd = fd };
	struct drm_asahi_sync out;
	unsigned int i;
	int64_t status;

	for (i = 0; i < ASAHI_RACE_PAGES; i++)
		world->words[i] = 0;
	if (!note(scene, "SYNCOBJ_CREATE", asahi_ioctl(fd, DRM_IOCTL_SYNCOBJ_CREATE, &create)))
		return;
	out = asahi_sync_binary(create.handle);
	if (__asahi_cmdbuf_submit(&client, queue, &world->look, &out, 0, 1))
		return;

	status = wait_fence(scene, fd, out.handle);
	/* What an error is called is not the same everywhere, nor always. */
	if (status < 0 && !world->strict)
		status = -EIO;
	for (i = 0; i < ASAHI_RACE_PAGES; i++)
		value[i] = status == 1 ? (int64_t)world->words[i] : status;
}

/*
 * What is mapped, as long as there is a way to run something in the VM: on a new queue or, without
 * the VM's id, on the one that there was if nothing is in the way. Another driver may have taken
 * everything from that, and the GPU would fault.
 */
static void see_pages(struct asahi_race_scene *scene, const struct asahi_race_names *names, int fd,
		      bool idle, int64_t *value)
{
	uint32_t queue;

	if (!__asahi_queue_create(fd, names->vm, DRM_ASAHI_PRIORITY_MEDIUM, names->usc_base,
				  &queue)) {
		look(scene, fd, queue, value);
		__asahi_queue_destroy(fd, queue);
	} else if (idle && scene->world->strict) {
		look(scene, fd, names->queue, value);
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

bool asahi_race_scene_see(struct asahi_race_scene *scene,
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
		value[ASAHI_RACE_SEE_SUBMIT + i] = see_fence(scene, i);
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
			see_pages(scene, &scene->names[i], scene->fds[i], idle,
				  &file[ASAHI_RACE_SEE_PAGE]);
		asahi_race_see_calls(&scene->names[i], scene->fds[i], file);
	}

	for (i = 0; i < 2; i++) {
		unsigned int k = scene->num_files == 2 ? i : 0;

		if (ops[i] == &asahi_race_ops[ASAHI_RACE_IMPORT] && scene->fds[k] >= 0)
			rename_import(&scene->names[k], &value[ASAHI_RACE_SEE_VALUE + i],
				      asahi_race_view_file(view, k));
	}
	return !scene->failed;
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
	if (scene->begun >= 0)
		close(scene->begun);
}
