// SPDX-License-Identifier: MIT
/**
 * TEST: asahi close races
 * Category: Core
 * Mega feature: Lifetimes
 * Sub-category: close
 * Functionality: close
 * Description: Something is given up in one thread while another is using it, or making it. The
 *	use works or finds nothing, and afterwards nothing is left.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "asahi_binding.h"
#include "asahi_child.h"
#include "asahi_clock.h"
#include "asahi_device.h"
#include "asahi_drm.h"
#include "asahi_effort.h"
#include "asahi_ioctl.h"
#include "asahi_job.h"
#include "asahi_objects.h"
#include "asahi_stamps.h"
#include "asahi_sync.h"
#include "asahi_waiter.h"
#include "igt.h"
#include "igt_syncobj.h"

IGT_TEST_DESCRIPTION("Giving up what others are using");

#define ROUNDS 200

/* Where a client maps nothing itself. */
#define VA 0x3000000000ull

/* AsahiLinux/linux, pull request 433. */
#define RISK "the Rust driver misses a lock of drm_gpuvm, and may oops"

/* How long a thread has to end when nothing blocks it any more. */
#define RELEASED_MS 10000

/* Whether a thread ends until then; it is joined if so. */
static bool joins(pthread_t thread, uint64_t end)
{
	int ret;

	while ((ret = pthread_tryjoin_np(thread, NULL)) && asahi_now_ms() < end)
		usleep(1000);
	return !ret;
}

/* A thread that maps a buffer until it is told that something is missing, or nobody tells it. */
struct mapper {
	int fd;
	uint32_t vm_id;
	uint32_t handle;
	int ret;
};

static void *map_for_ever(void *data)
{
	uint64_t end = asahi_now_ms() + asahi_hang_ms(), i;
	struct mapper *m = data;

	for (i = 0; !m->ret && asahi_now_ms() < end; i++)
		m->ret = __asahi_vm_map(m->fd, m->vm_id, m->handle, 0, ASAHI_PAGE,
					VA + i % 64 * ASAHI_PAGE, ASAHI_RW);
	return NULL;
}

/**
 * SUBTEST: vm-destroy-bind
 * Description: An address space is destroyed while a thread maps memory into it: no mapping is
 *	made in what is closed, where it would stay for ever.
 */
static void vm_destroy_bind(void)
{
	struct asahi_objects before;
	pthread_t thread;
	unsigned int i;
	int fd, ret;

	fd = asahi_open();
	asahi_require_simulated(fd, RISK);
	asahi_objects_read(&before);
	for (i = 0; i < asahi_rounds(ROUNDS); i++) {
		struct mapper m = {
			.fd = fd,
			.vm_id = asahi_vm_create(fd),
			.handle = asahi_gem_create(fd, ASAHI_PAGE),
		};

		igt_assert_eq(pthread_create(&thread, NULL, map_for_ever, &m), 0);
		usleep(50 * (i % 20));
		ret = __asahi_vm_destroy(fd, m.vm_id);
		pthread_join(thread, NULL);
		igt_assert_eq(ret, 0);
		igt_assert_eq(m.ret, -ENOENT);
		gem_close(fd, m.handle);
		asahi_assert_objects_eq(&before);
	}
	asahi_close(fd);
}

/**
 * SUBTEST: gem-close-bind
 * Description: A handle is closed while a thread maps its memory: no mapping is left behind.
 */
static void gem_close_bind(void)
{
	struct asahi_objects before;
	int fd = asahi_open();
	pthread_t thread;
	uint32_t vm_id;
	unsigned int i;
	int ret;

	asahi_require_simulated(fd, RISK);
	vm_id = asahi_vm_create(fd);
	asahi_objects_read(&before);
	for (i = 0; i < asahi_rounds(ROUNDS); i++) {
		struct mapper m = {
			.fd = fd,
			.vm_id = vm_id,
			.handle = asahi_gem_create(fd, ASAHI_PAGE),
		};

		igt_assert_eq(pthread_create(&thread, NULL, map_for_ever, &m), 0);
		usleep(50 * (i % 20));
		ret = __asahi_gem_close(fd, m.handle);
		pthread_join(thread, NULL);
		igt_assert_eq(ret, 0);
		igt_assert_eq(m.ret, -ENOENT);
		asahi_assert_objects_eq(&before);
	}
	asahi_close(fd);
}

/* A thread that destroys everything whose id it can guess, but for one handle. */
struct guesser {
	int fd;
	uint32_t keep;
	atomic_bool stop;
	atomic_uint hits, closes;
};

static void *guess_for_ever(void *data)
{
	struct guesser *g = data;
	uint32_t id;

	while (!atomic_load(&g->stop)) {
		for (id = 1; id <= 4; id++) {
			g->hits += !__asahi_queue_destroy(g->fd, id);
			g->hits += !__asahi_vm_destroy(g->fd, id);
			g->hits += !__asahi_object_unbind(g->fd, id);
			if (id != g->keep)
				g->closes += !__asahi_gem_close(g->fd, id);
		}
	}

	return NULL;
}

/**
 * SUBTEST: create-destroy
 * Description: A thread destroys what another is only about to get the id of.
 */
static void create_destroy(void)
{
	struct guesser g = { .fd = asahi_open() };
	static const char * const names[] = { "queue", "vm", "object", "bo" };
	uint32_t vm_id, queue_id, object, handle;
	struct asahi_objects before;
	pthread_t thread;
	uint64_t since = 0, start, end;
	unsigned int i;
	int fd = g.fd, ret = 0;

	asahi_require_simulated(fd, RISK);
	asahi_objects_read(&before);
	g.keep = asahi_gem_create(fd, ASAHI_PAGE);
	asahi_kernel_range(fd, &start, &end);
	igt_assert_eq(pthread_create(&thread, NULL, guess_for_ever, &g), 0);
	for (i = 0; i < asahi_rounds(20 * ROUNDS); i++) {
		ret = __asahi_vm_create(fd, start, end, &vm_id);
		if (!ret)
			ret = __asahi_queue_create(fd, vm_id, DRM_ASAHI_PRIORITY_LOW, 0,
						   &queue_id);
		if (ret && ret != -ENOENT)
			break;
		ret = __asahi_object_bind(fd, g.keep, 0, ASAHI_PAGE, &object);
		if (ret)
			break;
		ret = __asahi_gem_create(fd, ASAHI_PAGE, DRM_ASAHI_GEM_WRITEBACK, 0, &handle);
		if (ret)
			break;
	}
	/* It may not have had its turn yet. */
	while (!(g.hits && g.closes) && asahi_patient(&since))
		;
	atomic_store(&g.stop, true);
	pthread_join(thread, NULL);
	igt_debug("%u hits, %u handles closed\n", g.hits, g.closes);
	igt_assert_f(!ret || ret == -ENOENT, "something failed with %d\n", ret);
	igt_assert_lt(0, g.hits);
	igt_assert_lt(0, g.closes);
	asahi_close(fd);
	if (before.num) {
		struct asahi_objects now;

		asahi_objects_read(&now);
		igt_assert_eq_u64(asahi_objects_value(&now, "file") + 1,
				  asahi_objects_value(&before, "file"));
		for (i = 0; i < ARRAY_SIZE(names); i++)
			igt_assert_eq_u64(asahi_objects_value(&now, names[i]),
					  asahi_objects_value(&before, names[i]));
	}
}

/* A thread that submits until it is told that there is no queue, or nobody tells it. */
struct submitter {
	struct asahi_client *client;
	struct asahi_cmdbuf cmdbuf;
	uint32_t in, timeline;
	/* Its number, and the submits that have worked. */
	atomic_int tid;
	atomic_uint points;
	int ret;
};

static void *submit_for_ever(void *data)
{
	uint64_t end = asahi_now_ms() + asahi_hang_ms();
	struct submitter *s = data;
	struct drm_asahi_sync syncs[2];

	atomic_store(&s->tid, syscall(SYS_gettid));
	syncs[0] = asahi_sync_binary(s->in);
	while (!s->ret && asahi_now_ms() < end) {
		syncs[1] = asahi_sync_point(s->timeline, s->points + 1);
		s->ret = __asahi_cmdbuf_submit(s->client, s->client->queue_id, &s->cmdbuf, syncs,
					       1, 1);
		if (!s->ret)
			atomic_fetch_add(&s->points, 1);
	}

	return NULL;
}

#define SUBMITTERS 3

/* A queue that is to be destroyed, and who submits to it. */
struct crowd {
	struct asahi_client client;
	struct asahi_job job;
	/* What all jobs wait for, on a queue of its own. */
	struct asahi_spin spin;
	uint32_t in;
	struct submitter s[SUBMITTERS];
	pthread_t threads[SUBMITTERS];
};

static void crowd_start(struct crowd *c, uint32_t other)
{
	struct asahi_client *client = &c->client;
	unsigned int i;

	c->spin.state[0] = 0;
	c->spin.state[1] = 0;
	asahi_spin_start(&c->spin, other);
	c->in = syncobj_create(client->fd, 0);
	syncobj_import_sync_file(client->fd, c->in, c->spin.fence);
	memset(c->s, 0, sizeof(c->s));
	for (i = 0; i < SUBMITTERS; i++) {
		struct submitter *s = &c->s[i];

		s->client = client;
		s->in = c->in;
		s->timeline = syncobj_create(client->fd, 0);
		asahi_cmdbuf_compute(&s->cmdbuf, &c->job.compute, DRM_ASAHI_BARRIER_NONE,
				     DRM_ASAHI_BARRIER_NONE);
		igt_assert_eq(pthread_create(&c->threads[i], NULL, submit_for_ever, s), 0);
	}
}

/* Wait until the queue takes no more, and all who submit sleep. */
static bool crowd_fills(struct crowd *c)
{
	unsigned int i, points, asleep;
	uint64_t since = 0;

	do {
		for (i = 0, points = 0, asleep = 0; i < SUBMITTERS; i++) {
			int tid = atomic_load(&c->s[i].tid);

			points += atomic_load(&c->s[i].points);
			asleep += tid && asahi_is_asleep(tid);
		}
		if (points == ASAHI_QUEUE_ROOM && asleep == SUBMITTERS)
			return true;
	} while (asahi_patient(&since));
	igt_info("%u submits, %u of %u sleep\n", points, asleep, SUBMITTERS);
	return false;
}

/* Destroy the queue, when it is full or at any moment before. */
static void crowd_round(struct crowd *c, bool full, unsigned int us)
{
	struct asahi_client *client = &c->client;
	uint32_t other = asahi_queue_create(client->fd, client->vm_id, client->usc_base);
	bool filled = true, busy, joined[SUBMITTERS];
	unsigned int i, left = 0, late = 0;
	int ret, status;
	uint64_t end;

	crowd_start(c, other);
	if (full)
		filled = crowd_fills(c);
	else
		usleep(us);
	ret = __asahi_queue_destroy(client->fd, client->queue_id);
	end = asahi_now_ms() + asahi_hang_ms();
	for (i = 0; i < SUBMITTERS; i++) {
		struct submitter *s = &c->s[i];

		joined[i] = joins(c->threads[i], end);
		left += !joined[i];
		late += s->points && asahi_sync_is_busy_point(client->fd, s->timeline, s->points);
	}
	busy = asahi_is_busy(c->spin.fence);
	status = asahi_spin_finish(&c->spin);
	end = asahi_now_ms() + RELEASED_MS;
	for (i = 0; i < SUBMITTERS; i++)
		if (!joined[i])
			joins(c->threads[i], end);

	igt_assert_eq(ret, 0);
	igt_assert_f(filled, "the queue was not full\n");
	igt_assert_f(busy, "destroying the queue has waited for what its jobs wait for\n");
	igt_assert_f(!left, "%u threads still submitted to a queue that was gone\n", left);
	for (i = 0; i < SUBMITTERS; i++)
		igt_assert_eq(c->s[i].ret, -ENOENT);
	igt_assert_f(!late, "%u timelines had not signalled\n", late);
	igt_assert_eq(status, 1);
	for (i = 0; i < SUBMITTERS; i++)
		syncobj_destroy(client->fd, c->s[i].timeline);
	syncobj_destroy(client->fd, c->in);
	client->queue_id = other;
}

/**
 * SUBTEST: queue-destroy-submit
 * Description: A queue is destroyed while several threads submit jobs to it that wait for one
 *	that does not end, in some rounds only when it is full and they wait too: each submit has
 *	worked or finds no queue, and each fence signals.
 */
static void queue_destroy_submit(void)
{
	/* A thread that nothing ends would still look at it after the subtest. */
	static struct crowd c;
	unsigned int i;

	asahi_client_init(&c.client);
	asahi_require_simulated(c.client.fd, ASAHI_WAITS);
	asahi_job_init(&c.client, &c.job, ASAHI_SHADER_STOP, 0, 0, 0);
	asahi_spin_init(&c.client, &c.spin);
	for (i = 0; i < 12; i++)
		crowd_round(&c, i % 3 == 0, 3000 * i);
	asahi_client_fini(&c.client);
}

/* A thread that gives an object up. */
struct unbinder {
	int fd;
	uint32_t object;
	int ret;
	atomic_bool over;
};

static void *unbind_object(void *data)
{
	struct unbinder *u = data;

	u->ret = __asahi_object_unbind(u->fd, u->object);
	atomic_store(&u->over, true);
	return NULL;
}

/**
 * SUBTEST: object-unbind-bind
 * Description: A large timestamp object, which is the last to hold its memory, is given up while
 *	small ones are made, which may get its addresses: timestamps arrive there.
 */
static void object_unbind_bind(void)
{
	const uint64_t bytes = 8 << 20;
	/* A thread that nothing ends would still look at it after the subtest. */
	static struct unbinder u;
	uint32_t handle, i, stamps = 0;
	struct asahi_stamps s;
	struct asahi_job job;
	pthread_t thread;
	uint64_t end;
	int status;

	asahi_stamps_init(&s);
	asahi_job_init(&s.client, &job, ASAHI_SHADER_STOP, 0, 0, 0);
	asahi_object_unbind(s.client.fd, s.object);
	u.fd = s.client.fd;
	for (i = 0; i < asahi_rounds(ROUNDS / 10); i++) {
		atomic_store(&u.over, false);
		handle = asahi_gem_create(u.fd, bytes);
		u.object = asahi_object_bind(u.fd, handle, 0, bytes);
		gem_close(u.fd, handle);
		igt_assert_eq(pthread_create(&thread, NULL, unbind_object, &u), 0);
		end = asahi_now_ms() + asahi_hang_ms();
		do {
			s.object = asahi_object_bind(u.fd, s.bo.handle, 0, ASAHI_PAGE);
			s.words[0] = 0;
			asahi_stamp_compute(&job.compute, &s, 0);
			status = asahi_job_run(&job);
			asahi_object_unbind(u.fd, s.object);
			stamps++;
		} while (status == 1 && s.words[0] && !atomic_load(&u.over) &&
			 asahi_now_ms() < end);
		igt_assert_f(joins(thread, end), "the object was never given up\n");
		igt_assert_eq(u.ret, 0);
		igt_assert_eq(status, 1);
		igt_assert_f(s.words[0], "there is no timestamp\n");
	}
	igt_info("%u timestamps\n", stamps);
	s.object = asahi_object_bind(s.client.fd, s.bo.handle, 0, ASAHI_PAGE);
	asahi_stamps_fini(&s);
}

/* What a process whose thread keeps an address space locked says of it; shared. */
struct lock {
	atomic_bool over;
	int ret;
};

/* A thread that keeps an address space locked for minutes, unless its process is killed. */
struct hog {
	struct asahi_client *client;
	struct drm_asahi_gem_bind_op *ops;
	struct lock *lock;
};

#define HOG_OPS 500000

static void *bind_at_length(void *data)
{
	struct hog *hog = data;

	hog->lock->ret = __asahi_vm_bind(hog->client->fd, hog->client->vm_id, hog->ops, HOG_OPS);
	atomic_store(&hog->lock->over, true);
	return NULL;
}

/* Fault while a thread is in VM_BIND, tell the parent, and stay like that. */
static void fault_while_binding(const struct asahi_child *child, struct lock *lock)
{
	struct asahi_client client, second;
	struct asahi_cmdbuf cmdbuf = { 0 };
	struct drm_asahi_sync syncs[2];
	struct asahi_spin spin;
	struct asahi_job job;
	pthread_t thread;
	struct hog hog = { .client = &client, .lock = lock };
	uint64_t mappings, since = 0;
	uint32_t i, handle;
	int fence;

	asahi_client_init(&client);
	asahi_client_init_fd(&second, client.fd);
	asahi_spin_init(&second, &spin);
	asahi_spin_start(&spin, second.queue_id);
	for (i = 0; i < ARRAY_SIZE(syncs); i++)
		syncs[i] = asahi_sync_binary(syncobj_create(client.fd, 0));
	syncobj_import_sync_file(client.fd, syncs[0].handle, spin.fence);
	asahi_job_init(&client, &job, ASAHI_SHADER_UNDEFINED, VA, 0, 0);
	asahi_cmdbuf_compute(&cmdbuf, &job.compute, DRM_ASAHI_BARRIER_NONE,
			     DRM_ASAHI_BARRIER_NONE);
	igt_assert_eq(__asahi_cmdbuf_submit(&client, client.queue_id, &cmdbuf, syncs, 1, 1), 0);
	fence = asahi_sync_export(client.fd, syncs[1].handle);

	handle = asahi_gem_create(client.fd, ASAHI_PAGE);
	hog.ops = calloc(HOG_OPS, sizeof(*hog.ops));
	igt_assert(hog.ops);
	for (i = 0; i < HOG_OPS; i++)
		hog.ops[i] = (struct drm_asahi_gem_bind_op) {
			.flags = ASAHI_RW | DRM_ASAHI_BIND_SINGLE_PAGE,
			.handle = handle,
			.range = 1ull << 36,
			.addr = VA,
		};
	mappings = asahi_objects_count("mapping");
	igt_assert_eq(pthread_create(&thread, NULL, bind_at_length, &hog), 0);
	while (asahi_objects_count("mapping") == mappings)
		igt_assert_f(asahi_patient(&since), "VM_BIND maps nothing\n");
	asahi_spin_release(&spin);
	igt_assert_eq(asahi_finish(fence), -EIO);
	asahi_notify(child);
	pause();
}

static void *drop(void *data)
{
	asahi_client_drop(data);
	return NULL;
}

/**
 * SUBTEST: fault-bind
 * Description: A job faults while a thread of its client keeps its address space locked: other
 *	clients' queues are destroyed as ever meanwhile, and the device goes on.
 */
static void fault_bind(void)
{
	/* A thread that nothing ends would still look at it after the subtest. */
	static struct asahi_client client;
	struct asahi_child child;
	struct asahi_spin spin;
	struct lock *lock;
	bool closed, over;
	pthread_t thread;
	int ret;

	lock = mmap(NULL, sizeof(*lock), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	igt_assert(lock != MAP_FAILED);
	asahi_client_init(&client);
	asahi_require_simulated(client.fd, "it holds an address space locked for minutes");
	asahi_client_fini(&client);
	asahi_fork(&child)
		fault_while_binding(&child, lock);
	asahi_await(&child);
	asahi_client_init(&client);
	asahi_spin_init(&client, &spin);
	asahi_spin_start(&spin, client.queue_id);
	igt_assert_eq(pthread_create(&thread, NULL, drop, &client), 0);
	closed = joins(thread, asahi_now_ms() + asahi_hang_ms());
	over = atomic_load(&lock->over);
	ret = lock->ret;
	asahi_child_kill(&child);
	if (!closed)
		joins(thread, asahi_now_ms() + RELEASED_MS);

	igt_assert_f(closed, "a close waits for the VM_BIND of another client\n");
	igt_assert_f(!over, "VM_BIND was over before the close was: %d\n", ret);
	igt_assert_eq(asahi_finish(spin.fence), -ECANCELED);
	munmap(lock, sizeof(*lock));
	asahi_assert_works();
}

static const struct asahi_subtest subtests[] = {
	{ "vm-destroy-bind", "VM_DESTROY leaves no mapping that a VM_BIND meanwhile has made.",
	  vm_destroy_bind },
	{ "gem-close-bind", "GEM_CLOSE leaves no mapping that a VM_BIND meanwhile has made.",
	  gem_close_bind },
	{ "create-destroy", "What is destroyed while it is made is made as a whole, and goes.",
	  create_destroy },
	{ "queue-destroy-submit", "A SUBMIT that QUEUE_DESTROY meets works or finds no queue.",
	  queue_destroy_submit },
	{ "object-unbind-bind", "Addresses of an object that goes lead to the memory of the next.",
	  object_unbind_bind },
	{ "fault-bind", "A fault in a VM that is locked does not hold up other clients' closes.",
	  fault_bind },
};

int igt_main()
{
	asahi_run_subtests(subtests, ARRAY_SIZE(subtests));
}
