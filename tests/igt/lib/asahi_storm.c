// SPDX-License-Identifier: MIT
/* Calls in random order. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <xf86drm.h>

#include "asahi_device.h"
#include "asahi_ioctl.h"
#include "asahi_storm.h"
#include "asahi_sync.h"
#include "igt.h"

/* Calls that are made after the first that says that the device is gone. */
#define STEPS_AFTER 300

/* More than this in a row and something is wrong with the unbinding. */
#define MAX_STEPS 10000000

static uint32_t pick(struct asahi_storm *storm, uint32_t num)
{
	return (uint32_t)rand_r(&storm->seed) % num;
}

/* Counts a call, and returns its result. */
static int made(struct asahi_storm *storm, int ret)
{
	storm->calls++;
	if (!ret)
		atomic_fetch_add(&storm->good, 1);
	if (ret == -ENODEV)
		storm->gone++;
	else if (storm->gone)
		storm->after++;

	return ret;
}

static uint32_t some_vm(struct asahi_storm *storm)
{
	return pick(storm, 2) ? storm->client.vm_id : storm->vms[pick(storm, ASAHI_STORM_SLOTS)];
}

static int params(struct asahi_storm *storm)
{
	struct drm_asahi_params_global global;
	struct drm_asahi_get_params req = {
		.pointer = (uintptr_t)&global,
		.size = sizeof(global),
	};

	return made(storm, asahi_ioctl(storm->client.fd, DRM_IOCTL_ASAHI_GET_PARAMS, &req));
}

static int get_time(struct asahi_storm *storm)
{
	struct drm_asahi_get_time req = { 0 };

	return made(storm, asahi_ioctl(storm->client.fd, DRM_IOCTL_ASAHI_GET_TIME, &req));
}

/* A new one in place of the one that was there. */
static int vm(struct asahi_storm *storm)
{
	uint64_t end = storm->client.params.vm_end;
	uint64_t start = end - storm->client.params.vm_kernel_min_size;
	uint32_t *slot = &storm->vms[pick(storm, ASAHI_STORM_SLOTS)];
	int fd = storm->client.fd;

	if (*slot)
		made(storm, __asahi_vm_destroy(fd, *slot));
	*slot = 0;
	return made(storm, __asahi_vm_create(fd, start, end, slot));
}

static int queue(struct asahi_storm *storm)
{
	uint32_t *slot = &storm->queues[pick(storm, ASAHI_STORM_SLOTS)];
	int fd = storm->client.fd;

	if (*slot)
		made(storm, __asahi_queue_destroy(fd, *slot));
	*slot = 0;
	return made(storm, __asahi_queue_create(fd, some_vm(storm), pick(storm, 2),
						storm->client.usc_base, slot));
}

static int bo(struct asahi_storm *storm)
{
	uint32_t *slot = &storm->bos[pick(storm, ASAHI_STORM_SLOTS)];
	uint32_t flags = DRM_ASAHI_GEM_WRITEBACK, vm_id = 0;
	int fd = storm->client.fd;

	if (*slot)
		made(storm, __asahi_gem_close(fd, *slot));
	*slot = 0;
	if (pick(storm, 2)) {
		flags |= DRM_ASAHI_GEM_VM_PRIVATE;
		vm_id = some_vm(storm);
	}
	return made(storm, __asahi_gem_create(fd, (1 + pick(storm, 8)) * ASAHI_PAGE, flags, vm_id,
					      slot));
}

static int bind(struct asahi_storm *storm)
{
	/* Where the client has nothing, or it would lose what its jobs need. */
	uint64_t addr = 0x4000000000ull + pick(storm, 64) * ASAHI_PAGE;

	if (!pick(storm, 4))
		return made(storm, __asahi_vm_unmap(storm->client.fd, some_vm(storm),
						    (1 + pick(storm, 16)) * ASAHI_PAGE, addr));

	return made(storm, __asahi_vm_map(storm->client.fd, some_vm(storm),
					  storm->bos[pick(storm, ASAHI_STORM_SLOTS)], 0,
					  ASAHI_PAGE, addr, ASAHI_RW));
}

static int map(struct asahi_storm *storm)
{
	uint32_t handle = storm->bos[pick(storm, ASAHI_STORM_SLOTS)];
	int fd = storm->client.fd, ret;
	uint64_t offset;
	void *map;

	ret = made(storm, __asahi_gem_mmap_offset(fd, handle, &offset));
	if (ret)
		return ret;

	/* It is no ioctl, and may still work for who has got that far. */
	map = mmap(NULL, ASAHI_PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, offset);
	if (map != MAP_FAILED)
		munmap(map, ASAHI_PAGE);
	return 0;
}

static int object(struct asahi_storm *storm)
{
	uint32_t *slot = &storm->objects[pick(storm, ASAHI_STORM_SLOTS)];
	int fd = storm->client.fd;

	if (*slot)
		made(storm, __asahi_object_unbind(fd, *slot));
	*slot = 0;
	return made(storm, __asahi_object_bind(fd, storm->bos[pick(storm, ASAHI_STORM_SLOTS)], 0,
					       ASAHI_PAGE, slot));
}

static int syncobj(struct asahi_storm *storm)
{
	uint32_t *slot = &storm->syncobjs[pick(storm, ASAHI_STORM_SLOTS)];
	struct drm_syncobj_destroy destroy = { .handle = *slot };
	struct drm_syncobj_create create = { 0 };
	int fd = storm->client.fd, ret;

	if (*slot)
		made(storm, asahi_ioctl(fd, DRM_IOCTL_SYNCOBJ_DESTROY, &destroy));
	ret = made(storm, asahi_ioctl(fd, DRM_IOCTL_SYNCOBJ_CREATE, &create));
	*slot = ret ? 0 : create.handle;
	return ret;
}

static int share(struct asahi_storm *storm)
{
	struct drm_prime_handle req = {
		.handle = storm->bos[pick(storm, ASAHI_STORM_SLOTS)],
		.flags = DRM_CLOEXEC | DRM_RDWR,
	};
	int fd = storm->client.fd, ret;

	ret = made(storm, asahi_ioctl(fd, DRM_IOCTL_PRIME_HANDLE_TO_FD, &req));
	if (ret)
		return ret;

	/* Gives the handle that it already has. */
	ret = made(storm, asahi_ioctl(fd, DRM_IOCTL_PRIME_FD_TO_HANDLE, &req));
	close(req.fd);
	return ret;
}

/* Mostly on the queue that was there first, and with jobs that end. */
static int submit(struct asahi_storm *storm)
{
	uint32_t queue_id = storm->queues[pick(storm, ASAHI_STORM_SLOTS)];
	struct asahi_job *job = &storm->jobs[queue_id && !pick(storm, 4)];
	struct drm_asahi_sync syncs[2];
	struct asahi_cmdbuf cmdbuf = { 0 };
	uint32_t num_in, num_out;

	if (!queue_id || pick(storm, 2)) {
		queue_id = storm->client.queue_id;
		job = &storm->jobs[0];
	}
	num_in = pick(storm, 4) == 0;
	num_out = pick(storm, 2);
	syncs[0] = asahi_sync_binary(storm->syncobjs[pick(storm, ASAHI_STORM_SLOTS)]);
	syncs[num_in] = asahi_sync_binary(storm->syncobjs[pick(storm, ASAHI_STORM_SLOTS)]);
	asahi_cmdbuf_compute(&cmdbuf, &job->compute, DRM_ASAHI_BARRIER_NONE,
			     DRM_ASAHI_BARRIER_NONE);

	return made(storm, __asahi_cmdbuf_submit(&storm->client, queue_id, &cmdbuf, syncs, num_in,
						 num_out));
}

void asahi_storm_init(struct asahi_storm *storm, int fd, unsigned int seed)
{
	memset(storm, 0, sizeof(*storm));
	storm->seed = seed;
	asahi_client_init_fd(&storm->client, fd);
	asahi_job_init(&storm->client, &storm->jobs[0], ASAHI_SHADER_STOP, 0, 0, 0);
	asahi_job_init(&storm->client, &storm->jobs[1], ASAHI_SHADER_ENDLESS, 0, 0, 0);
}

int asahi_storm_step(struct asahi_storm *storm)
{
	static int (*const steps[])(struct asahi_storm *storm) = {
		params, get_time, vm, queue, bo, bo, bind, bind, map, object, syncobj, share,
		submit, submit, submit,
	};

	return steps[pick(storm, ARRAY_SIZE(steps))](storm);
}

void asahi_storm_until_gone(struct asahi_storm *storm)
{
	unsigned int i;

	while (!storm->gone && storm->calls < MAX_STEPS)
		asahi_storm_step(storm);
	for (i = 0; i < STEPS_AFTER; i++)
		asahi_storm_step(storm);
}

void asahi_storm_assert_gone(const struct asahi_storm *storm)
{
	unsigned long good = atomic_load(&storm->good);

	igt_debug("%lu calls, of which %lu did well and %lu said ENODEV\n", storm->calls, good,
		  storm->gone);
	igt_assert_lt_u64(0, good);
	igt_assert_lte_u64(STEPS_AFTER, storm->gone);
	igt_assert_eq_u64(storm->after, 0);
}

void asahi_storm_fini(struct asahi_storm *storm)
{
	asahi_bo_unmap(&storm->client.arena);
}
