// SPDX-License-Identifier: MIT
/**
 * TEST: asahi dmabuf sync
 * Category: Core
 * Mega feature: Synchronisation
 * Sub-category: sharing
 * Functionality: implicit sync
 * Description: Implicit fences of shared memory are for programs to arrange: the driver adds none,
 *	waits for none, and loses none that others have added; and they can be had from a job's
 *	fence, and waited for by a job, as sync files.
 */
#include <drm/vgem_drm.h>
#include <errno.h>
#include <linux/dma-buf.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <xf86drm.h>

#include "asahi_child.h"
#include "asahi_device.h"
#include "asahi_drm.h"
#include "asahi_exporter.h"
#include "asahi_foreign.h"
#include "asahi_importer.h"
#include "asahi_ioctl.h"
#include "asahi_job.h"
#include "asahi_objects.h"
#include "asahi_prime.h"
#include "asahi_sim.h"
#include "asahi_sync.h"
#include "dmabuf_sync_file.h"
#include "igt.h"
#include "igt_syncobj.h"
#include "sw_sync.h"

IGT_TEST_DESCRIPTION("Implicit fences of shared memory");

#define SIZE (2 * ASAHI_PAGE)

/* Whose memory it is, and who uses it: the maker's GPU, or that of a file that has imported it. */
struct sharing {
	enum asahi_exporter_kind maker;
	bool imported;
};

/* Memory and its user. */
struct scene {
	struct asahi_exporter exporter;
	/* Not always an importer: the maker if he uses it himself. */
	struct asahi_importer user;
};

static void scene_init(struct scene *s, const struct sharing *sharing)
{
	struct asahi_exporter *e = &s->exporter;

	asahi_exporter_init(e, sharing->maker, SIZE);
	if (sharing->imported)
		asahi_importer_init(&s->user, e->dma_buf, SIZE);
	else
		asahi_importer_init_fd(&s->user, e->fd, e->handle, SIZE);
}

static void scene_fini(struct scene *s)
{
	asahi_importer_fini(&s->user);
	asahi_exporter_fini(&s->exporter);
}

/* The fences that somebody has to wait for who is about to read, write or do both. */
static int busy_for(int dma_buf, uint32_t flags)
{
	struct dma_buf_export_sync_file sync = { .flags = flags, .fd = -1 };
	int status;

	if (ioctl(dma_buf, DMA_BUF_IOCTL_EXPORT_SYNC_FILE, &sync))
		return -errno;

	status = sync_fence_status(sync.fd);
	close(sync.fd);
	return status != 1;
}

/* How many of the ways to ask find the memory busy; says which. */
static unsigned int count_busy(int dma_buf, const char *when)
{
	static const uint32_t flags[] = { DMA_BUF_SYNC_READ, DMA_BUF_SYNC_WRITE, DMA_BUF_SYNC_RW };
	unsigned int i, busy = 0;

	for (i = 0; i < ARRAY_SIZE(flags); i++) {
		int ret = busy_for(dma_buf, flags[i]);

		if (ret)
			igt_info("%s: EXPORT_SYNC_FILE with flags 0x%x: busy (%d)\n", when,
				 flags[i], ret);
		busy += ret != 0;
	}
	for (i = 0; i < 2; i++) {
		bool polled = dmabuf_busy(dma_buf, flags[i]);

		if (polled)
			igt_info("%s: poll() with flags 0x%x: busy\n", when, flags[i]);
		busy += polled;
	}
	return busy;
}

/* Attach a fence by way of another driver, which refuses if there is one; returns 0 or -errno. */
static int attach_fence(int vgem, uint32_t handle, uint32_t flags, uint32_t *fence)
{
	struct drm_vgem_fence_attach attach = { .handle = handle, .flags = flags };
	int ret = asahi_ioctl(vgem, DRM_IOCTL_VGEM_FENCE_ATTACH, &attach);

	*fence = attach.out_fence;
	return ret;
}

static int signal_fence(int vgem, uint32_t fence)
{
	struct drm_vgem_fence_signal signal = { .fence = fence };

	return asahi_ioctl(vgem, DRM_IOCTL_VGEM_FENCE_SIGNAL, &signal);
}

/*
 * A job runs that could reach the memory, which was mapped before it was submitted or is mapped
 * only then.
 */
static void no_fences(const void *data)
{
	const struct sharing *sharing = data;
	unsigned int late, busy, after;
	struct scene s;

	for (late = 0; late < 2; late++) {
		struct asahi_client *client = &s.user.client;
		struct asahi_bo *bo = &s.user.bo;
		struct asahi_spin spin;
		int status, dma_buf;
		bool runs;

		scene_init(&s, sharing);
		dma_buf = s.exporter.dma_buf;
		if (late)
			asahi_vm_unmap(client->fd, client->vm_id, SIZE, bo->va);
		asahi_spin_init(client, &spin);
		asahi_spin_start(&spin, client->queue_id);
		if (late)
			asahi_vm_map(client->fd, client->vm_id, bo->handle, 0, SIZE, bo->va,
				     ASAHI_RW);
		busy = count_busy(dma_buf, late ? "mapped under a job" : "mapped before a job");
		/* A CPU waits for the same fences here. */
		if (!busy) {
			prime_sync_start(dma_buf, true);
			prime_sync_end(dma_buf, true);
		}
		runs = asahi_is_busy(spin.fence);
		status = asahi_spin_finish(&spin);
		after = count_busy(dma_buf, "after the job");
		igt_assert(runs);
		igt_assert_f(!busy && !after, "a job makes others wait\n");
		igt_assert_eq(status, 1);
		scene_fini(&s);
	}
}

/**
 * SUBTEST: no-fences-maker
 * Description: A running job that may use shared memory of its own, be it mapped before
 *	or under the job, is no reason for others to wait, neither by sync file nor by poll().
 */
static const struct sharing of_maker = { ASAHI_EXPORTER_OWN, false };

/**
 * SUBTEST: no-fences-importer
 * Description: A running job that may use memory of another file, be it mapped before or
 *	under the job, is no reason for others to wait, neither by sync file nor by poll().
 */
static const struct sharing of_importer = { ASAHI_EXPORTER_OWN, true };

/**
 * SUBTEST: no-fences-vgem
 * Description: A running job that may use memory of another driver, be it mapped before
 *	or under the job, is no reason for others to wait, neither by sync file nor by poll().
 */
static const struct sharing of_vgem = { ASAHI_EXPORTER_VGEM, true };

/**
 * SUBTEST: no-fences-udmabuf
 * Description: A running job that may use memory of a process, be it mapped before or
 *	under the job, is no reason for others to wait, neither by sync file nor by poll().
 */
static const struct sharing of_udmabuf = { ASAHI_EXPORTER_UDMABUF, true };

/* A fence that does not signal by itself, unless the test takes very long. */
static void foreign_init(struct asahi_foreign *foreign)
{
	int fd = asahi_open();
	bool simulated = asahi_is_simulated(fd);

	asahi_close(fd);
	asahi_foreign_init(foreign, simulated ? ASAHI_FOREIGN_JOB : ASAHI_FOREIGN_VGEM);
}

/* Whether the fence is still attached; says if not. */
static bool is_kept(int dma_buf, const char *after)
{
	if (busy_for(dma_buf, DMA_BUF_SYNC_READ) == 1 && dmabuf_busy(dma_buf, DMA_BUF_SYNC_READ))
		return true;

	igt_info("the fence is no longer attached after %s\n", after);
	return false;
}

/* Do all that can be done with memory to which a fence is attached. Returns whether it stays. */
static bool use(struct scene *s)
{
	struct asahi_client *client = &s->user.client;
	struct asahi_bo *bo = &s->user.bo;
	int dma_buf = s->exporter.dma_buf, again;
	struct asahi_spin spin;
	uint32_t object;
	bool kept;

	asahi_importer_write(&s->user, 0, 31);
	kept = is_kept(dma_buf, "a job");
	asahi_importer_mmap(&s->user);
	igt_assert_eq_u32(*(volatile uint32_t *)bo->map, 31);
	bo->map[1] = 32;
	asahi_bo_unmap(bo);
	kept &= is_kept(dma_buf, "a CPU mapping");
	asahi_vm_unmap(client->fd, client->vm_id, SIZE, bo->va);
	kept &= is_kept(dma_buf, "unmapping");
	/* Memory that a VM gets under a running job. */
	asahi_spin_init(client, &spin);
	asahi_spin_start(&spin, client->queue_id);
	asahi_vm_map(client->fd, client->vm_id, bo->handle, 0, SIZE, bo->va, ASAHI_RW);
	kept &= is_kept(dma_buf, "mapping under a job");
	igt_assert_eq(asahi_spin_finish(&spin), 1);
	igt_assert_eq_u32(asahi_importer_read(&s->user, 4), 32);
	kept &= is_kept(dma_buf, "another job");
	object = asahi_object_bind(client->fd, bo->handle, ASAHI_PAGE, ASAHI_PAGE);
	asahi_object_unbind(client->fd, object);
	kept &= is_kept(dma_buf, "a timestamp object");
	again = prime_handle_to_fd(client->fd, bo->handle);
	igt_assert_eq_u32(prime_fd_to_handle(client->fd, again), bo->handle);
	close(again);
	kept &= is_kept(dma_buf, "an export");
	asahi_importer_fini(&s->user);
	kept &= is_kept(dma_buf, "closing the handle");
	asahi_exporter_leave(&s->exporter);
	return kept & is_kept(dma_buf, "the maker has left");
}

static void ignored(const void *data)
{
	const struct sharing *sharing = data;
	struct asahi_foreign foreign;
	struct scene s;
	bool kept, over;

	foreign_init(&foreign);
	scene_init(&s, sharing);
	dmabuf_import_sync_file(s.exporter.dma_buf, DMA_BUF_SYNC_WRITE, foreign.fence);
	kept = use(&s);
	over = !asahi_foreign_is_busy(&foreign);
	asahi_foreign_signal(&foreign);
	igt_assert_f(!over, "something has waited for the fence\n");
	igt_assert_f(kept, "an implicit fence was lost\n");
	igt_assert_eq(count_busy(s.exporter.dma_buf, "when the fence has signalled"), 0);
	asahi_exporter_fini(&s.exporter);
	asahi_foreign_fini(&foreign);
}

/**
 * SUBTEST: ignored-maker
 * Description: A fence that somebody has attached to shared memory of its own makes no
 *	ioctl and no job wait, and is there until it signals, whatever is done with the
 *	memory.
 */

/**
 * SUBTEST: ignored-importer
 * Description: A fence that somebody has attached to memory of another file makes no
 *	ioctl and no job wait, and is there until it signals, whatever is done with the
 *	memory.
 */

/**
 * SUBTEST: ignored-vgem
 * Description: A fence that somebody has attached to memory of another driver makes no
 *	ioctl and no job wait, and is there until it signals, whatever is done with the
 *	memory.
 */

/**
 * SUBTEST: ignored-udmabuf
 * Description: A fence that somebody has attached to memory of a process makes no ioctl
 *	and no job wait, and is there until it signals, whatever is done with the memory.
 */

/**
 * SUBTEST: readers
 * Description: A fence of somebody who reads makes wait who writes and not who reads, still after
 *	jobs and mappings.
 */
static void readers(void)
{
	struct asahi_foreign foreign;
	int reader[2], writer[2];
	unsigned int i;
	struct scene s;
	int dma_buf;

	foreign_init(&foreign);
	scene_init(&s, &of_importer);
	dma_buf = s.exporter.dma_buf;
	dmabuf_import_sync_file(dma_buf, DMA_BUF_SYNC_READ, foreign.fence);
	for (i = 0; i < 2; i++) {
		reader[i] = busy_for(dma_buf, DMA_BUF_SYNC_READ);
		writer[i] = busy_for(dma_buf, DMA_BUF_SYNC_WRITE);
		asahi_importer_write(&s.user, 0, i);
		asahi_vm_unmap(s.user.client.fd, s.user.client.vm_id, SIZE, s.user.bo.va);
		asahi_vm_map(s.user.client.fd, s.user.client.vm_id, s.user.bo.handle, 0, SIZE,
			     s.user.bo.va, ASAHI_RW);
	}
	asahi_foreign_signal(&foreign);
	for (i = 0; i < 2; i++) {
		igt_assert_eq(reader[i], 0);
		igt_assert_eq(writer[i], 1);
	}
	scene_fini(&s);
	asahi_foreign_fini(&foreign);
}

/**
 * SUBTEST: seen-by-maker
 * Description: A fence that an importer of another driver attaches is seen by the maker, through
 *	the dma-buf, whose jobs do not wait for it; and a job of the maker keeps that driver from
 *	nothing.
 */
static void seen_by_maker(void)
{
	uint32_t handle, fence, second, ignored_fence, word;
	int vgem = drm_open_driver(DRIVER_VGEM);
	struct asahi_spin spin;
	struct scene s;
	int first_ret, second_ret, busy, twice, signalled, status;

	scene_init(&s, &of_maker);
	handle = prime_fd_to_handle(vgem, s.exporter.dma_buf);
	asahi_spin_init(&s.user.client, &spin);
	asahi_spin_start(&spin, s.user.client.queue_id);
	first_ret = attach_fence(vgem, handle, VGEM_FENCE_WRITE, &fence);
	status = asahi_spin_finish(&spin);

	asahi_importer_write(&s.user, 0, 41);
	word = *(volatile uint32_t *)s.exporter.map;
	busy = busy_for(s.exporter.dma_buf, DMA_BUF_SYNC_READ);
	twice = attach_fence(vgem, handle, VGEM_FENCE_WRITE, &ignored_fence);
	signalled = signal_fence(vgem, fence);
	second_ret = attach_fence(vgem, handle, VGEM_FENCE_WRITE, &second);
	if (!second_ret)
		signal_fence(vgem, second);
	igt_assert_f(!first_ret, "a job keeps vgem from attaching a fence: %d\n", first_ret);
	igt_assert_eq(status, 1);
	igt_assert_eq_u32(word, 41);
	igt_assert_f(busy == 1, "the maker does not see the fence: %d\n", busy);
	igt_assert_eq(twice, -EBUSY);
	igt_assert_eq(signalled, 0);
	igt_assert_f(!second_ret, "vgem cannot attach another fence: %d\n", second_ret);

	gem_close(vgem, handle);
	igt_assert_eq(drm_close_driver(vgem), 0);
	scene_fini(&s);
}

/**
 * SUBTEST: job-fence
 * Description: The fence of a job that is attached to memory makes it busy in every file and
 *	process that has it, until the job has ended.
 */
static void job_fence(void)
{
	unsigned int own, other, their_own = 0, theirs = 0;
	struct asahi_child child = { 0 };
	struct asahi_spin spin;
	uint32_t handle;
	struct scene s;
	int fd, dma_buf, status;

	asahi_fork(&child) {
		dma_buf = asahi_recv_fd(&child);
		fd = asahi_open();
		handle = prime_fd_to_handle(fd, dma_buf);
		close(dma_buf);
		dma_buf = prime_handle_to_fd(fd, handle);
		theirs = busy_for(dma_buf, DMA_BUF_SYNC_READ);
		asahi_send(&child, &theirs, sizeof(theirs));
		/* Woken, or not in time. */
		their_own = sync_fence_wait(dmabuf_export_sync_file(dma_buf, DMA_BUF_SYNC_RW),
					    asahi_hang_ms());
		asahi_send(&child, &their_own, sizeof(their_own));
		close(dma_buf);
		asahi_close(fd);
	}
	scene_init(&s, &of_maker);
	asahi_spin_init(&s.user.client, &spin);
	asahi_spin_start(&spin, s.user.client.queue_id);
	dmabuf_import_sync_file(s.exporter.dma_buf, DMA_BUF_SYNC_WRITE, spin.fence);
	own = busy_for(s.exporter.dma_buf, DMA_BUF_SYNC_READ);
	asahi_send_fd(&child, s.exporter.dma_buf);
	asahi_recv(&child, &theirs, sizeof(theirs));
	status = asahi_spin_finish(&spin);
	asahi_recv(&child, &their_own, sizeof(their_own));
	other = busy_for(s.exporter.dma_buf, DMA_BUF_SYNC_RW);
	asahi_child_wait(&child);

	igt_assert_eq(own, 1);
	igt_assert_eq(theirs, 1);
	igt_assert_eq(status, 1);
	igt_assert_eq(their_own, 0);
	igt_assert_eq(other, 0);
	scene_fini(&s);
}

/* Share memory that a job's fence is attached to, and wait to be killed. */
static void make_busy(const struct asahi_child *other)
{
	struct asahi_spin spin;
	struct scene s;

	scene_init(&s, &of_maker);
	asahi_spin_init(&s.user.client, &spin);
	asahi_spin_start(&spin, s.user.client.queue_id);
	dmabuf_import_sync_file(s.exporter.dma_buf, DMA_BUF_SYNC_WRITE, spin.fence);
	asahi_send_fd(other, s.exporter.dma_buf);
	pause();
}

/**
 * SUBTEST: job-fence-killed
 * Description: When the process whose job's fence is attached to memory is killed the memory is not
 *	busy any more, at once, and a sync file that was made of it before tells why.
 */
static void job_fence_killed(void)
{
	int fence, before, status, busy, fd = asahi_open();
	struct asahi_child child;
	int dma_buf;

	asahi_require_simulated(fd, ASAHI_UNDER_JOBS);
	asahi_close(fd);
	asahi_fork(&child)
		make_busy(&child);
	dma_buf = asahi_recv_fd(&child);
	fence = dmabuf_export_sync_file(dma_buf, DMA_BUF_SYNC_READ);
	before = sync_fence_status(fence);
	asahi_child_kill(&child);
	status = sync_fence_status(fence);
	busy = count_busy(dma_buf, "after the process is gone");
	close(fence);
	close(dma_buf);
	igt_assert_eq(before, 0);
	igt_assert_eq(status, -ECANCELED);
	igt_assert_eq(busy, 0);
}

/**
 * SUBTEST: job-waits
 * Description: A job that is told to wait for what makes memory busy, as a sync file, does not
 *	store before that has signalled, and does then.
 */
static void job_waits(void)
{
	struct asahi_cmdbuf cmdbuf = { 0 };
	struct asahi_foreign foreign;
	struct asahi_client *client;
	struct drm_asahi_sync syncs[2];
	uint32_t before, after;
	struct asahi_job job;
	struct scene s;
	int fence, implicit, status;
	bool waits;

	foreign_init(&foreign);
	scene_init(&s, &of_importer);
	client = &s.user.client;
	dmabuf_import_sync_file(s.exporter.dma_buf, DMA_BUF_SYNC_WRITE, foreign.fence);
	implicit = dmabuf_export_sync_file(s.exporter.dma_buf, DMA_BUF_SYNC_WRITE);
	syncs[0] = asahi_sync_binary(syncobj_create(client->fd, 0));
	syncobj_import_sync_file(client->fd, syncs[0].handle, implicit);
	syncs[1] = asahi_sync_binary(syncobj_create(client->fd, 0));
	asahi_job_init(client, &job, ASAHI_SHADER_STORE, s.user.bo.va, 0, 0);
	asahi_cmdbuf_compute(&cmdbuf, &job.compute, DRM_ASAHI_BARRIER_NONE,
			     DRM_ASAHI_BARRIER_NONE);
	igt_assert_eq(__asahi_cmdbuf_submit(client, client->queue_id, &cmdbuf, syncs, 1, 1), 0);
	fence = asahi_sync_export(client->fd, syncs[1].handle);

	/* As it can only be submitted to another queue and overtake it. */
	client->queue_id = asahi_queue_create(client->fd, client->vm_id, client->usc_base);
	before = asahi_importer_read(&s.user, 0);
	waits = asahi_is_busy(fence);
	asahi_foreign_signal(&foreign);
	status = asahi_finish(fence);
	after = *(volatile uint32_t *)s.exporter.map;
	close(implicit);
	igt_assert_f(waits && !before, "the job has not waited: it has stored 0x%x\n", before);
	igt_assert_eq(status, 1);
	igt_assert_eq_u32(after, ASAHI_STORE_VALUE);
	scene_fini(&s);
	asahi_foreign_fini(&foreign);
}

/**
 * SUBTEST: invalid
 * Description: Sync files are made and taken only with flags that make sense, and only a fence can
 *	be attached.
 */
static void invalid(void)
{
	struct dma_buf_export_sync_file out = { .fd = -1 };
	struct dma_buf_import_sync_file in = { .flags = DMA_BUF_SYNC_WRITE };
	static const uint32_t wrong[] = { 0, DMA_BUF_SYNC_END, 1u << 31 };
	struct scene s;
	unsigned int i;
	int dma_buf;

	scene_init(&s, &of_maker);
	dma_buf = s.exporter.dma_buf;
	for (i = 0; i < ARRAY_SIZE(wrong); i++) {
		out.flags = wrong[i];
		igt_assert(ioctl(dma_buf, DMA_BUF_IOCTL_EXPORT_SYNC_FILE, &out) == -1 &&
			   errno == EINVAL);
	}
	in.fd = dma_buf;
	igt_assert(ioctl(dma_buf, DMA_BUF_IOCTL_IMPORT_SYNC_FILE, &in) == -1 && errno == EINVAL);
	in.fd = s.exporter.fd;
	igt_assert(ioctl(dma_buf, DMA_BUF_IOCTL_IMPORT_SYNC_FILE, &in) == -1 && errno == EINVAL);
	in.fd = -1;
	igt_assert(ioctl(dma_buf, DMA_BUF_IOCTL_IMPORT_SYNC_FILE, &in) == -1 && errno == EINVAL);
	igt_assert_eq(count_busy(dma_buf, "after what was refused"), 0);
	scene_fini(&s);
}

static const struct asahi_subtest subtests[] = {
	{ "no-fences-maker", "A maker's job makes nobody wait.", NULL, no_fences, &of_maker },
	{ "no-fences-importer", "An importer's job makes nobody wait.", NULL, no_fences,
	  &of_importer },
	{ "no-fences-vgem", "A job makes no other driver wait.", NULL, no_fences, &of_vgem },
	{ "no-fences-udmabuf", "A job makes no process wait.", NULL, no_fences, &of_udmabuf },
	{ "ignored-maker", "A maker's job waits for nobody.", NULL, ignored, &of_maker },
	{ "ignored-importer", "An importer's job waits for nobody.", NULL, ignored,
	  &of_importer },
	{ "ignored-vgem", "A job waits for no other driver.", NULL, ignored, &of_vgem },
	{ "ignored-udmabuf", "A job waits for no process.", NULL, ignored, &of_udmabuf },
	{ "readers", "Who reads waits for who writes.", readers },
	{ "seen-by-maker", "A maker sees an importer's fence.", seen_by_maker },
	{ "job-fence", "A job's fence can be attached.", job_fence },
	{ "job-fence-killed", "A dead process keeps nothing busy.", job_fence_killed },
	{ "job-waits", "A job waits if it is told to.", job_waits },
	{ "invalid", "What makes no sense is refused.", invalid },
};

int igt_main()
{
	asahi_run_subtests(subtests, ARRAY_SIZE(subtests));
}
