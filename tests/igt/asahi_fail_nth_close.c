// SPDX-License-Identifier: MIT
/**
 * TEST: asahi fail nth close
 * Category: Core
 * Mega feature: Lifetimes
 * Sub-category: close
 * Functionality: fault injection
 * Description: What gives things up needs no memory, in no thread and with jobs in every state.
 *	Needs a kernel that can let allocations fail.
 */
#include <errno.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "asahi_binding.h"
#include "asahi_child.h"
#include "asahi_device.h"
#include "asahi_drm.h"
#include "asahi_fail.h"
#include "asahi_ioctl.h"
#include "asahi_pages.h"
#include "asahi_reclaim.h"
#include "asahi_scene.h"
#include "asahi_sim.h"
#include "asahi_sync.h"
#include "igt.h"
#include "igt_syncobj.h"
#include "sw_sync.h"

IGT_TEST_DESCRIPTION("Destroying and closing without memory");

/* Large enough for tables that are shared, whatever the size of a page is. */
#define LARGE (256ull << 20)

static int call_gem_close(void *data)
{
	struct asahi_scene *scene = data;

	return __asahi_gem_close(scene->client.fd, scene->bo.handle);
}

static int call_unbind_object(void *data)
{
	struct asahi_scene *scene = data;

	return __asahi_object_unbind(scene->client.fd, scene->object);
}

static int call_queue_destroy(void *data)
{
	struct asahi_scene *scene = data;

	return __asahi_queue_destroy(scene->client.fd, scene->client.queue_id);
}

static int call_second_queue_destroy(void *data)
{
	struct asahi_scene *scene = data;

	return __asahi_queue_destroy(scene->client.fd, scene->second_queue);
}

static int call_vm_destroy(void *data)
{
	struct asahi_scene *scene = data;

	return __asahi_vm_destroy(scene->client.fd, scene->client.vm_id);
}

static int call_munmap(void *data)
{
	struct asahi_scene *scene = data;

	asahi_bo_unmap(&scene->bo);
	return 0;
}

static int call_close(void *data)
{
	struct asahi_scene *scene = data;

	asahi_close(scene->client.fd);
	return 0;
}

/* Mappings of every kind: in pieces, and of a page over a range so large that it shares tables. */
static void add_mappings(struct asahi_scene *scene)
{
	struct asahi_client *client = &scene->client;
	uint64_t va = asahi_client_va(client, LARGE);
	unsigned int i;

	asahi_vm_map(client->fd, client->vm_id, scene->bo.handle, 0, LARGE, va,
		     ASAHI_RW | DRM_ASAHI_BIND_SINGLE_PAGE);
	for (i = 0; i < 8; i++)
		asahi_vm_unmap(client->fd, client->vm_id, ASAHI_PAGE,
			       va + (5 + 999 * i) * ASAHI_PAGE);
}

/**
 * SUBTEST: destroy
 * Description: GEM_CLOSE, GEM_BIND_OBJECT that unbinds, QUEUE_DESTROY and VM_DESTROY need no
 *	memory, with jobs in every state.
 */
static void none_destroy(void)
{
	struct asahi_scene_look by_queues, look;
	struct asahi_objects before;
	struct asahi_scene scene;

	asahi_require_fail();
	asahi_sim_lift_limits();
	asahi_scene_init(&scene);
	asahi_objects_read(&before);
	asahi_scene_play(&scene);
	add_mappings(&scene);
	asahi_assert_no_allocation("GEM_BIND_OBJECT, unbind", call_unbind_object, &scene);
	asahi_assert_no_allocation("munmap", call_munmap, &scene);
	asahi_assert_no_allocation("GEM_CLOSE", call_gem_close, &scene);
	asahi_assert_no_allocation("QUEUE_DESTROY, running", call_queue_destroy, &scene);
	asahi_assert_no_allocation("VM_DESTROY, in use", call_vm_destroy, &scene);
	asahi_assert_no_allocation("QUEUE_DESTROY, waiting", call_second_queue_destroy, &scene);
	asahi_scene_look(&scene, &by_queues);
	asahi_bo_unmap(&scene.client.arena);
	asahi_assert_no_allocation("close, with little left", call_close, &scene);
	asahi_scene_look(&scene, &look);
	asahi_scene_release(&scene);
	asahi_scene_assert_killed(&by_queues);
	asahi_assert_objects_same(&before, &look.objects);
	asahi_scene_fini(&scene);
}

/**
 * SUBTEST: vm-destroy
 * Description: VM_DESTROY that removes all mappings needs no memory.
 */
static void none_vm_destroy(void)
{
	struct asahi_scene scene;

	asahi_require_fail();
	asahi_sim_lift_limits();
	asahi_scene_init(&scene);
	asahi_scene_play(&scene);
	add_mappings(&scene);
	asahi_scene_destroy_queues(&scene);
	asahi_assert_no_allocation("VM_DESTROY", call_vm_destroy, &scene);
	asahi_scene_drop(&scene);
	asahi_scene_fini(&scene);
}

/**
 * SUBTEST: close
 * Description: The last close of a file with everything alive, its jobs in every state, needs no
 *	memory.
 */
static void none_close(void)
{
	struct asahi_scene_look look;
	struct asahi_objects before;
	struct asahi_scene scene;

	asahi_require_fail();
	asahi_sim_lift_limits();
	asahi_scene_init(&scene);
	asahi_objects_read(&before);
	asahi_scene_play(&scene);
	add_mappings(&scene);
	asahi_bo_unmap(&scene.bo);
	asahi_bo_unmap(&scene.client.arena);
	asahi_assert_no_allocation("close, busy", call_close, &scene);
	asahi_scene_look(&scene, &look);
	asahi_scene_release(&scene);
	asahi_assert_objects_same(&before, &look.objects);
	asahi_scene_assert_killed(&look);
	asahi_scene_fini(&scene);
}

/**
 * SUBTEST: munmap-closes
 * Description: The munmap() that ends a file which was closed before needs no memory either.
 */
static void none_munmap(void)
{
	struct asahi_scene_look look;
	struct asahi_objects before;
	struct asahi_scene scene;
	bool busy;

	asahi_require_fail();
	asahi_sim_lift_limits();
	asahi_scene_init(&scene);
	asahi_objects_read(&before);
	asahi_scene_play(&scene);
	add_mappings(&scene);
	asahi_bo_unmap(&scene.client.arena);
	asahi_close(scene.client.fd);
	busy = asahi_scene_is_busy(&scene);
	if (!busy)
		asahi_scene_release(&scene);
	igt_assert(busy);
	asahi_assert_no_allocation("munmap that closes", call_munmap, &scene);
	asahi_scene_look(&scene, &look);
	asahi_scene_release(&scene);
	asahi_assert_objects_same(&before, &look.objects);
	asahi_scene_assert_killed(&look);
	asahi_scene_fini(&scene);
}

/* A file with a job that is over in a moment, with an error, and one that was so before. */
struct faulty {
	struct asahi_client client;
	struct asahi_job job;
	int fences[2];
};

/* The last job has just ended, or is about to, and there may be much to say of it. */
static int call_fault_close(void *data)
{
	struct faulty *f = data;

	if (sync_fence_wait(f->fences[1], asahi_hang_ms()))
		return -ETIME;
	asahi_close(f->client.fd);
	return 0;
}

/**
 * SUBTEST: close-faulted
 * Description: The close of a file whose job has just faulted needs no memory. What is written down
 *	of the job needs some, or is not written.
 */
static void none_close_faulted(void)
{
	struct asahi_objects before;
	struct faulty f;
	uint64_t va;
	int i;

	asahi_require_fail();
	asahi_objects_read(&before);
	for (i = 0; i < 5; i++) {
		asahi_client_init(&f.client);
		asahi_require_simulated(f.client.fd, ASAHI_ALLOCATES);
		va = asahi_client_va(&f.client, ASAHI_PAGE);
		asahi_job_init(&f.client, &f.job, ASAHI_SHADER_UNDEFINED, va, 0, 0);
		f.fences[0] = asahi_job_start(&f.job);
		f.fences[1] = asahi_job_start_after(&f.job);
		asahi_bo_unmap(&f.client.arena);
		asahi_assert_no_allocation("close after a fault", call_fault_close, &f);
		asahi_assert_objects_eq(&before);
		igt_assert_eq(asahi_finish(f.fences[0]), -EIO);
		igt_assert_eq(asahi_finish(f.fences[1]), -EIO);
	}
}

/* A process that has a file, and how it ends. */
struct dying {
	struct asahi_child child;
	bool killed;
};

/* It is dead, and its files are closed, when there is something to be waited for. */
static int call_end_process(void *data)
{
	struct dying *d = data;
	siginfo_t info;

	if (d->killed ? kill(d->child.pid, SIGKILL) : send(d->child.socket, "", 1, 0) != 1)
		return -errno;
	return waitid(P_PID, d->child.pid, &info, WEXITED | WNOWAIT) ? -errno : 0;
}

/**
 * SUBTEST: exit
 * Description: Nor does the end of a process with jobs in every state, which ends by itself or is
 *	killed.
 */
static void none_exit(void)
{
	struct asahi_scene_look look;
	struct asahi_objects before;
	struct asahi_scene scene;
	struct dying d = { 0 };
	int i;

	asahi_require_fail();
	asahi_sim_lift_limits();
	for (i = 0; i < 2; i++) {
		asahi_scene_init(&scene);
		asahi_objects_read(&before);
		d.killed = i;
		asahi_fork(&d.child) {
			asahi_scene_play(&scene);
			add_mappings(&scene);
			asahi_send_fd(&d.child, scene.running);
			asahi_send_fd(&d.child, scene.queued);
			asahi_send_fd(&d.child, scene.waiting);
			asahi_await(&d.child);
			_exit(0);
		}
		scene.running = asahi_recv_fd(&d.child);
		scene.queued = asahi_recv_fd(&d.child);
		scene.waiting = asahi_recv_fd(&d.child);
		igt_assert(asahi_scene_is_busy(&scene));
		asahi_assert_no_allocation(i ? "SIGKILL" : "exit", call_end_process, &d);
		asahi_scene_look(&scene, &look);
		asahi_scene_release(&scene);
		asahi_assert_objects_same(&before, &look.objects);
		asahi_scene_assert_killed(&look);
		if (d.killed)
			asahi_child_reap(&d.child, SIGKILL);
		else
			asahi_child_wait(&d.child);
		asahi_scene_fini(&scene);
	}
}

static int call_evict(void *data)
{
	return __asahi_evict();
}

/**
 * SUBTEST: evict
 * Description: Nor does the eviction of buffer objects, mapped in every way.
 */
static void none_evict(void)
{
	struct asahi_reclaim before, after;
	struct asahi_pages p;

	asahi_require_fail();
	asahi_pages_init(&p);
	asahi_require_simulated(p.client.fd, ASAHI_ALLOCATES);
	asahi_reclaim_find(p.client.fd);
	asahi_pages_map(&p, &p.a, 0, ASAHI_NUM_PAGES, 0, ASAHI_RW);
	asahi_pages_unmap(&p, 1, 2);
	asahi_vm_map(p.client.fd, p.client.vm_id, p.b.handle, 0, LARGE, p.va + LARGE,
		     ASAHI_RW | DRM_ASAHI_BIND_SINGLE_PAGE);
	asahi_vm_unmap(p.client.fd, p.client.vm_id, ASAHI_PAGE, p.va + LARGE + 5 * ASAHI_PAGE);
	asahi_reclaim_read(&before);
	igt_assert_eq_u64(before.evictable, p.client.arena.size + p.a.size + p.b.size);
	asahi_assert_no_allocation("eviction", call_evict, NULL);
	asahi_reclaim_read(&after);
	igt_assert_eq_u64(after.evictions, before.evictions + 3);
	igt_assert_eq_u64(after.evictable, 0);

	asahi_pages_assert(&p, 1, &p.a, 1);
	asahi_pages_assert(&p, 2, NULL, 0);
	asahi_pages_assert_cpu(&p.a);
	asahi_pages_assert_cpu(&p.b);
	asahi_pages_fini(&p);
}

/* A job that hangs as soon as a fence of userspace lets it start. */
struct hung {
	int timeline;
	int fence;
};

/* What runs already is not meant, neither by the limit nor by the hang. */
static int call_hang(void *data)
{
	struct hung *h = data;

	asahi_sim_hang_limit(100);
	asahi_sim_set("hang", "hard");
	sw_sync_timeline_inc(h->timeline, 1);
	return sync_fence_wait(h->fence, asahi_hang_ms());
}

/**
 * SUBTEST: reset
 * Description: Nor does the reset of the GPU that takes a job off which hangs, and the job of
 *	another file goes on.
 */
static void none_reset(void)
{
	struct asahi_cmdbuf cmdbuf = { 0 };
	struct drm_asahi_sync syncs[2];
	struct asahi_client client;
	struct asahi_scene scene;
	struct asahi_job job;
	struct hung h;
	int in;

	asahi_require_fail();
	asahi_sim_require();
	igt_require_sw_sync();
	asahi_sim_lift_limits();
	asahi_scene_init(&scene);
	asahi_client_init(&client);
	h.timeline = sw_sync_timeline_create();
	in = sw_sync_timeline_create_fence(h.timeline, 1);
	syncs[0] = asahi_sync_binary(syncobj_create(client.fd, 0));
	syncs[1] = asahi_sync_binary(syncobj_create(client.fd, 0));
	syncobj_import_sync_file(client.fd, syncs[0].handle, in);
	asahi_job_init(&client, &job, ASAHI_SHADER_STOP, 0, 0, 0);
	asahi_cmdbuf_compute(&cmdbuf, &job.compute, DRM_ASAHI_BARRIER_NONE,
			     DRM_ASAHI_BARRIER_NONE);
	igt_assert_eq(__asahi_cmdbuf_submit(&client, client.queue_id, &cmdbuf, syncs, 1, 1), 0);
	h.fence = asahi_sync_export(client.fd, syncs[1].handle);
	igt_assert(asahi_is_busy(h.fence));

	asahi_assert_no_allocation("reset", call_hang, &h);
	asahi_sim_assert("hang", "none");
	igt_assert_eq(asahi_finish(h.fence), -ETIMEDOUT);
	asahi_sim_hang_limit(600000);
	igt_assert_eq(asahi_job_run(&job), 1);
	close(in);
	close(h.timeline);
	asahi_client_drop(&client);
	asahi_scene_fini(&scene);
}

static int call_unbind(void *data)
{
	return asahi_unbind(data);
}

/**
 * SUBTEST: unbind
 * Description: The driver is unbound with jobs in every state: the core allocates on the way, to
 *	tell of it, but that it cannot is in the way of nothing.
 */
static void fail_unbind(void)
{
	int running, queued, foreign, waiting, bound;
	struct asahi_binding binding;
	struct asahi_scene scene;
	unsigned int num;

	asahi_require_fail();
	asahi_sim_lift_limits();
	asahi_scene_init(&scene);
	asahi_binding_find(scene.other.fd, &binding);
	asahi_scene_play(&scene);
	add_mappings(&scene);
	num = asahi_fail_all("unbind", call_unbind, &binding);
	running = sync_fence_status(scene.running);
	queued = sync_fence_status(scene.queued);
	foreign = sync_fence_status(scene.foreign.fence);
	waiting = sync_fence_wait(scene.waiting, asahi_hang_ms());
	if (!waiting)
		waiting = sync_fence_status(scene.waiting);
	asahi_scene_drop(&scene);
	asahi_client_drop(&scene.other);
	bound = asahi_bind(&binding);

	igt_assert_eq(bound, 0);
	asahi_device_replaced();
	igt_info("unbind: %u allocations failed, without effect\n", num);
	igt_assert_eq(running, -ENODEV);
	igt_assert_eq(queued, -ENODEV);
	igt_assert_eq(foreign, -ENODEV);
	igt_assert_lt(waiting, 0);
	close(scene.running);
	close(scene.queued);
	close(scene.waiting);
	close(scene.foreign.fence);
	asahi_assert_works();
}

static const struct asahi_subtest subtests[] = {
	{ "destroy", "What destroys things needs no memory.", none_destroy },
	{ "vm-destroy", "VM_DESTROY needs no memory.", none_vm_destroy },
	{ "close", "The last close needs no memory.", none_close },
	{ "munmap-closes", "A munmap() that is the last close needs no memory.", none_munmap },
	{ "close-faulted", "A close after a fault needs no memory.", none_close_faulted },
	{ "exit", "The end of a process needs no memory.", none_exit },
	{ "evict", "An eviction needs no memory.", none_evict },
	{ "reset", "A reset of the GPU needs no memory.", none_reset },
	{ "unbind", "The driver is unbound without memory.", fail_unbind },
};

int igt_main()
{
	asahi_run_subtests(subtests, ARRAY_SIZE(subtests));
}
