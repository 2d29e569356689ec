// SPDX-License-Identifier: MIT
/**
 * TEST: asahi interrupted
 * Category: Core
 * Mega feature: General Core features
 * Sub-category: uapi
 * Functionality: VM_BIND, mmap, close
 * Description: Calls of a program that gets signals all the time: what has taken effect in part
 *	goes on to its end, above all what gives something up, which cannot be done again.
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <unistd.h>

#include "asahi_bystander.h"
#include "asahi_client.h"
#include "asahi_clock.h"
#include "asahi_device.h"
#include "asahi_drm.h"
#include "asahi_ioctl.h"
#include "asahi_job.h"
#include "asahi_objects.h"
#include "asahi_sim.h"
#include "igt.h"
#include "sw_sync.h"

IGT_TEST_DESCRIPTION("What signals interrupt");

/* How often a signal has to come while a call is being made. */
#define ENOUGH 10

static volatile sig_atomic_t signals;

static void on_signal(int number)
{
	(void)number;
	signals++;
}

/* Get a signal every so often, which restarts nothing; the first at another moment each time. */
static void signals_begin(void)
{
	static unsigned int times;
	const struct itimerval often = { { 0, 500 }, { 0, 1 + times++ * 37 % 500 } };
	struct sigaction action = { .sa_handler = on_signal };

	igt_assert_eq(sigaction(SIGALRM, &action, NULL), 0);
	igt_assert_eq(setitimer(ITIMER_REAL, &often, NULL), 0);
}

static void signals_end(void)
{
	const struct itimerval never = { { 0, 0 }, { 0, 0 } };

	igt_assert_eq(setitimer(ITIMER_REAL, &never, NULL), 0);
	signal(SIGALRM, SIG_DFL);
}

/**
 * SUBTEST: memory
 * Description: A buffer object gets its memory, when it is mapped and read, though signals come
 *	meanwhile: nothing short of a death ends that.
 */
static void memory(void)
{
	enum { SIZE = 256 * ASAHI_PAGE };
	int fd = asahi_open(), begun, during = 0;
	uint64_t since = 0;
	uint32_t *map, handle, i, sum = 0;

	while (during < ENOUGH) {
		igt_assert(asahi_patient(&since));
		handle = asahi_gem_create(fd, SIZE);
		signals_begin();
		begun = signals;
		map = __asahi_gem_mmap(fd, handle, SIZE);
		during += signals != begun;
		for (i = 0; map != MAP_FAILED && i < SIZE / 4; i += ASAHI_PAGE / 4)
			sum |= map[i];
		signals_end();
		igt_assert_f(map != MAP_FAILED, "mmap() was interrupted: %d\n", errno);
		igt_assert_eq_u32(sum, 0);
		igt_assert_eq(munmap(map, SIZE), 0);
		gem_close(fd, handle);
	}
	asahi_close(fd);
}

/**
 * SUBTEST: vm-bind
 * Description: A VM_BIND that a signal interrupts has done nothing yet; one that has begun goes on
 *	to its end, as it could not be made again.
 */
static void vm_bind(void)
{
	enum { STEPS = 500 };
	static struct drm_asahi_gem_bind_op ops[STEPS];
	int fd = asahi_open(), ret, err, begun, during = 0;
	uint32_t vm_id = asahi_vm_create(fd), handle = asahi_gem_create(fd, ASAHI_PAGE), i;
	struct drm_asahi_vm_bind req = {
		.vm_id = vm_id, .num_binds = STEPS, .stride = sizeof(ops[0]),
		.userptr = (uintptr_t)ops,
	};
	uint64_t since = 0, before = 0, made = 0;

	if (asahi_has_objects())
		before = asahi_objects_count("mapping");
	for (i = 0; i < STEPS; i++)
		ops[i] = (struct drm_asahi_gem_bind_op){
			.flags = ASAHI_RW, .handle = handle, .range = ASAHI_PAGE,
			.addr = 0x2000000000 + i * 2ull * ASAHI_PAGE,
		};
	while (during < ENOUGH) {
		igt_assert(asahi_patient(&since));
		signals_begin();
		begun = signals;
		ret = ioctl(fd, DRM_IOCTL_ASAHI_VM_BIND, &req);
		err = errno;
		during += signals != begun;
		signals_end();
		if (asahi_has_objects())
			made = asahi_objects_count("mapping") - before;
		if (ret) {
			igt_assert_eq(err, EINTR);
			igt_assert_f(made == 0, "interrupted after %llu of %u steps\n",
				     (unsigned long long)made, STEPS);
			continue;
		}
		if (asahi_has_objects())
			igt_assert_eq_u64(made, STEPS);
		asahi_vm_unmap(fd, vm_id, STEPS * 2ull * ASAHI_PAGE, 0x2000000000);
	}
	gem_close(fd, handle);
	asahi_vm_destroy(fd, vm_id);
	asahi_close(fd);
}

/* Make a call among signals; returns 0 or -errno, and whether one of them came meanwhile. */
static int call(int fd, unsigned long request, void *arg, bool *during)
{
	int begun, ret;

	signals_begin();
	begun = signals;
	ret = ioctl(fd, request, arg) ? -errno : 0;
	*during = signals != begun;
	signals_end();
	return ret;
}

/* AsahiLinux/linux, pull request 433. */
#define RISK "the Rust driver misses a lock of drm_gpuvm, and may oops"

#define NUM_HOGS 8

/* Mappings that a hog makes in one call, one page each, and where. */
#define HOG_STEPS 100
#define HOG_VA 0x3000000000ull
#define HOG_SPACING (2ull * ASAHI_PAGE)

/* Size of a hog's timestamp objects. */
#define HOG_OBJECT (4u << 20)

/*
 * Threads that get no signals, and keep a lock from whoever does. So many that most of them stand
 * in line: who waits for one that runs may look at nothing but the lock, and who needs it twice is
 * to find it taken the second time too.
 */
struct hogs {
	/* Takes and gives up the lock once; 0 or -errno. */
	int (*step)(struct hogs *hogs);
	int fd;
	/* What they map, and where to. */
	uint32_t handle, vm_id;
	struct drm_asahi_gem_bind_op ops[HOG_STEPS];
	atomic_uint begun;
	atomic_bool over;
	/* What a call that failed has said, which ends the thread. */
	atomic_int ret;
	pthread_t threads[NUM_HOGS];
};

static int hog_vm(struct hogs *hogs)
{
	return __asahi_vm_bind(hogs->fd, hogs->vm_id, hogs->ops, HOG_STEPS);
}

static int hog_window(struct hogs *hogs)
{
	uint32_t object;
	int ret;

	ret = __asahi_object_bind(hogs->fd, hogs->handle, 0, HOG_OBJECT, &object);
	return ret ? ret : __asahi_object_unbind(hogs->fd, object);
}

static void *hog(void *data)
{
	struct hogs *hogs = data;
	int ret;

	do {
		ret = hogs->step(hogs);
		atomic_fetch_add(&hogs->begun, 1);
	} while (!ret && !atomic_load(&hogs->over));
	if (ret)
		atomic_store(&hogs->ret, ret);
	return NULL;
}

static void hogs_init(struct hogs *hogs, int fd, int (*step)(struct hogs *hogs))
{
	unsigned int i;

	memset(hogs, 0, sizeof(*hogs));
	hogs->step = step;
	hogs->fd = fd;
	hogs->handle = asahi_gem_create(fd, HOG_OBJECT);
	for (i = 0; i < HOG_STEPS; i++)
		hogs->ops[i] = (struct drm_asahi_gem_bind_op){
			.flags = ASAHI_RW, .handle = hogs->handle, .range = ASAHI_PAGE,
			.addr = HOG_VA + i * HOG_SPACING,
		};
}

/* They are at it when this returns. */
static void hogs_start(struct hogs *hogs)
{
	uint64_t since = 0;
	sigset_t alarm;
	unsigned int i;

	atomic_store(&hogs->begun, 0);
	atomic_store(&hogs->over, false);
	atomic_store(&hogs->ret, 0);
	sigemptyset(&alarm);
	sigaddset(&alarm, SIGALRM);
	igt_assert_eq(pthread_sigmask(SIG_BLOCK, &alarm, NULL), 0);
	for (i = 0; i < NUM_HOGS; i++)
		igt_assert_eq(pthread_create(&hogs->threads[i], NULL, hog, hogs), 0);
	igt_assert_eq(pthread_sigmask(SIG_UNBLOCK, &alarm, NULL), 0);
	while (atomic_load(&hogs->begun) < NUM_HOGS)
		igt_assert(asahi_patient(&since));
}

/* Tell them to end; returns 0, or -errno if one of them has failed. */
static int hogs_stop(struct hogs *hogs)
{
	unsigned int i;

	atomic_store(&hogs->over, true);
	for (i = 0; i < NUM_HOGS; i++)
		pthread_join(hogs->threads[i], NULL);
	return atomic_load(&hogs->ret);
}

/* @call has given up all that it was to; where that can be counted. */
static void assert_gone(const char *call, enum asahi_count what, const struct asahi_objects *before)
{
	struct asahi_objects now;
	int64_t left;

	asahi_objects_read(&now);
	left = now.num ? asahi_objects_more(&now, before, what) : 0;
	igt_assert_f(!left, "%s was interrupted: %lld more of %s than before\n", call,
		     (long long)left, asahi_count_name(what));
	asahi_assert_objects_same(before, &now);
}

/**
 * SUBTEST: gem-close
 * Description: GEM_CLOSE unmaps the memory from an address space that others keep locked, whatever
 *	signals come: the handle is gone, and it could not be done later.
 */
static void close_handle(void)
{
	static struct hogs hogs;
	int fd = asahi_open(), ret, hog_ret, enough = ENOUGH;
	struct drm_gem_close req = { 0 };
	struct asahi_objects before;
	uint64_t since = 0;
	bool during;

	asahi_require_simulated(fd, RISK);
	hogs_init(&hogs, fd, hog_vm);
	hogs.vm_id = asahi_vm_create(fd);
	asahi_objects_read(&before);
	while (enough > 0) {
		igt_assert(asahi_patient(&since));
		req.handle = asahi_gem_create(fd, ASAHI_PAGE);
		asahi_vm_map(fd, hogs.vm_id, req.handle, 0, ASAHI_PAGE, HOG_VA - HOG_SPACING,
			     ASAHI_RW);
		hogs_start(&hogs);
		ret = call(fd, DRM_IOCTL_GEM_CLOSE, &req, &during);
		hog_ret = hogs_stop(&hogs);
		asahi_vm_unmap(fd, hogs.vm_id, HOG_STEPS * HOG_SPACING, HOG_VA);
		igt_assert_eq(ret, 0);
		igt_assert_eq(hog_ret, 0);
		assert_gone("GEM_CLOSE", ASAHI_COUNT_MAPPING, &before);
		enough -= during;
	}
	asahi_close(fd);
}

/**
 * SUBTEST: vm-destroy
 * Description: VM_DESTROY removes all mappings of an address space that others keep locked,
 *	whatever signals come.
 */
static void destroy_vm(void)
{
	static struct hogs hogs;
	int fd = asahi_open(), ret, hog_ret, enough = 3 * ENOUGH;
	struct drm_asahi_vm_destroy req = { 0 };
	struct asahi_objects before;
	uint64_t since = 0;
	bool during;

	asahi_require_simulated(fd, RISK);
	hogs_init(&hogs, fd, hog_vm);
	asahi_objects_read(&before);
	while (enough > 0) {
		igt_assert(asahi_patient(&since));
		req.vm_id = asahi_vm_create(fd);
		hogs.vm_id = req.vm_id;
		hogs_start(&hogs);
		ret = call(fd, DRM_IOCTL_ASAHI_VM_DESTROY, &req, &during);
		hog_ret = hogs_stop(&hogs);
		igt_assert_eq(ret, 0);
		igt_assert(hog_ret == 0 || hog_ret == -ENOENT);
		assert_gone("VM_DESTROY", ASAHI_COUNT_MAPPING, &before);
		enough -= during;
	}
	asahi_close(fd);
}

/**
 * SUBTEST: object-unbind
 * Description: An object is taken out of the window for timestamps, in which others make and unmake
 *	large ones all the time, whatever signals come.
 */
static void unbind_object(void)
{
	static struct hogs hogs;
	int fd = asahi_open(), ret, hog_ret, enough = ENOUGH;
	struct drm_asahi_gem_bind_object req = { .op = DRM_ASAHI_BIND_OBJECT_OP_UNBIND };
	struct asahi_objects before;
	uint64_t since = 0;
	uint32_t handle;
	bool during;

	hogs_init(&hogs, fd, hog_window);
	handle = asahi_gem_create(fd, ASAHI_PAGE);
	asahi_objects_read(&before);
	while (enough > 0) {
		igt_assert(asahi_patient(&since));
		req.object_handle = asahi_object_bind(fd, handle, 0, ASAHI_PAGE);
		hogs_start(&hogs);
		ret = call(fd, DRM_IOCTL_ASAHI_GEM_BIND_OBJECT, &req, &during);
		hog_ret = hogs_stop(&hogs);
		igt_assert_eq(ret, 0);
		igt_assert_eq(hog_ret, 0);
		assert_gone("GEM_BIND_OBJECT", ASAHI_COUNT_OBJECT, &before);
		enough -= during;
	}
	asahi_close(fd);
}

/* Another file, whose job is not to notice that others are killed. */
struct other {
	struct asahi_client client;
	struct asahi_bystander bystander;
	struct asahi_spin spin;
};

static void other_init(struct other *other)
{
	asahi_sim_require();
	asahi_sim_lift_limits();
	asahi_client_init(&other->client);
	asahi_bystander_init(&other->client, &other->bystander);
	asahi_spin_init(&other->client, &other->spin);
	asahi_spin_start(&other->spin, other->client.queue_id);
}

/*
 * Start a job on the queue of @client that does nothing until it is killed; returns its fence. That
 * of the first round needs a reset for that, and so it takes long.
 */
static int start_hung(struct asahi_client *client, struct other *other, unsigned int round)
{
	struct asahi_job job;
	int fence;

	asahi_job_init(client, &job, ASAHI_SHADER_STOP, 0, 0, 0);
	asahi_sim_set("hang", round ? "soft" : "hard");
	fence = asahi_job_start(&job);
	asahi_sim_wait("hang", "none");
	/* It just ends if it is killed before it has quite begun. */
	if (!round)
		igt_assert(asahi_bystander_run(&other->bystander));
	return fence;
}

/* What has come of a call that kills a job. */
struct killed {
	int ret, status;
	bool during;
	struct asahi_objects objects;
};

static void killed_look(struct killed *killed, int ret, int fence)
{
	killed->ret = ret;
	killed->status = sync_fence_status(fence);
	asahi_objects_read(&killed->objects);
	close(fence);
}

static bool killed_well(const struct killed *killed, const struct asahi_objects *before)
{
	return !killed->ret && killed->status == -ECANCELED &&
	       !memcmp(&killed->objects, before, sizeof(*before));
}

/* Let the job of the other file end, and only then assert. */
static void killed_assert(const struct killed *killed, const struct asahi_objects *before,
			  struct other *other)
{
	bool undisturbed = asahi_is_busy(other->spin.fence);
	int status = asahi_spin_finish(&other->spin);

	igt_assert_f(!killed->ret, "interrupted with what it was about gone: %d\n", killed->ret);
	igt_assert_f(killed->status == -ECANCELED, "the job is not over, but the call is: %d\n",
		     killed->status);
	asahi_assert_objects_same(before, &killed->objects);
	igt_assert_f(undisturbed, "the job of another file has ended\n");
	igt_assert_eq(status, 1);
	asahi_bystander_fini(&other->bystander);
	asahi_client_fini(&other->client);
}

/**
 * SUBTEST: queue-destroy
 * Description: QUEUE_DESTROY waits for the end of a job that it kills, whatever signals come: the
 *	id is gone, and nobody could ask again.
 */
static void queue_destroy(void)
{
	struct drm_asahi_queue_destroy req = { 0 };
	unsigned int round = 0, num = 0;
	struct asahi_client client;
	struct asahi_objects before;
	struct killed killed;
	struct other other;
	uint64_t since = 0;
	int fence, ret;

	other_init(&other);
	asahi_client_init(&client);
	asahi_queue_destroy(client.fd, client.queue_id);
	asahi_objects_read(&before);
	do {
		client.queue_id = asahi_queue_create(client.fd, client.vm_id, client.usc_base);
		req.queue_id = client.queue_id;
		fence = start_hung(&client, &other, round++);
		ret = call(client.fd, DRM_IOCTL_ASAHI_QUEUE_DESTROY, &req, &killed.during);
		killed_look(&killed, ret, fence);
		num += killed.during;
	} while (killed_well(&killed, &before) && num < ENOUGH && asahi_patient(&since));
	killed_assert(&killed, &before, &other);
	igt_assert_lte(ENOUGH, num);
	asahi_client_drop(&client);
}

/**
 * SUBTEST: close
 * Description: The close of a file waits for the end of its job, whatever signals come: nobody
 *	would wait later.
 */
static void close_file(void)
{
	unsigned int round = 0, num = 0;
	struct asahi_client client;
	struct asahi_objects before;
	struct killed killed;
	struct other other;
	uint64_t since = 0;
	int fence, last, begun, ret;

	other_init(&other);
	asahi_objects_read(&before);
	do {
		asahi_client_init(&client);
		fence = start_hung(&client, &other, round++);
		last = dup(client.fd);
		asahi_client_drop(&client);
		signals_begin();
		begun = signals;
		ret = close(last);
		killed.during = signals != begun;
		signals_end();
		killed_look(&killed, ret, fence);
		num += killed.during;
	} while (killed_well(&killed, &before) && num < ENOUGH && asahi_patient(&since));
	killed_assert(&killed, &before, &other);
	igt_assert_lte(ENOUGH, num);
}

static const struct asahi_subtest subtests[] = {
	{ "memory", "Memory comes in spite of signals.", memory },
	{ "vm-bind", "VM_BIND does nothing or all.", vm_bind },
	{ "gem-close", "GEM_CLOSE unmaps in spite of signals.", close_handle },
	{ "vm-destroy", "VM_DESTROY unmaps in spite of signals.", destroy_vm },
	{ "object-unbind", "An object goes in spite of signals.", unbind_object },
	{ "queue-destroy", "QUEUE_DESTROY waits in spite of signals.", queue_destroy },
	{ "close", "A close waits in spite of signals.", close_file },
};

int igt_main()
{
	asahi_run_subtests(subtests, ARRAY_SIZE(subtests));
}
