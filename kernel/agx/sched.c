// SPDX-License-Identifier: GPL-2.0 OR MIT

#include <drm/drm_managed.h>
#include <drm/drm_print.h>

#include <linux/ratelimit.h>
#include <linux/slab.h>

#include "agx_device.h"
#include "fence.h"
#include "job.h"
#include "queue.h"
#include "stats.h"
#include "trace.h"
#include "vm.h"

/* Turns of medium priority between two of low priority, if both want one. */
#define MEDIUM_TURNS 3

static void sched_work(struct work_struct *work);
static void sched_cleanup(struct work_struct *work);

/**
 * agx_sched_group_create() - Make the turn that the queues of a file share.
 *
 * Return: a reference, or NULL without memory.
 */
struct agx_sched_group *agx_sched_group_create(void)
{
	struct agx_sched_group *group = kzalloc(sizeof(*group), GFP_KERNEL_ACCOUNT);
	unsigned int i;

	if (!group)
		return NULL;

	kref_init(&group->kref);
	for (i = 0; i < AGX_SCHED_NUM_LEVELS; i++) {
		INIT_LIST_HEAD(&group->level[i].entry);
		INIT_LIST_HEAD(&group->level[i].entities);
	}
	return group;
}

/** agx_sched_group_get() - Take another reference. */
struct agx_sched_group *agx_sched_group_get(struct agx_sched_group *group)
{
	kref_get(&group->kref);
	return group;
}

static void sched_group_release(struct kref *kref)
{
	kfree(container_of(kref, struct agx_sched_group, kref));
}

/** agx_sched_group_put() - Give up a reference; or NULL. */
void agx_sched_group_put(struct agx_sched_group *group)
{
	if (group)
		kref_put(&group->kref, sched_group_release);
}

static struct agx_sched_entity *job_entity(struct agx_job *job)
{
	return agx_queue_entity(job->queue);
}

/* Put @entity in line for a turn, or take it out, as its state asks. */
static void sched_update_locked(struct agx_device *agx, struct agx_sched_entity *entity)
{
	struct agx_sched *sched = &agx->sched;
	struct agx_sched_group *group = entity->group;
	enum agx_sched_level level = entity->level;
	struct agx_job *job = list_first_entry_or_null(&entity->waiting, struct agx_job, link);
	bool able = job && job->ready && !entity->dead &&
		    entity->running < agx->info.max_jobs_per_queue;

	lockdep_assert_held(&sched->lock);

	if (able && list_empty(&entity->turn)) {
		list_add_tail(&entity->turn, &group->level[level].entities);
		if (list_empty(&group->level[level].entry))
			list_add_tail(&group->level[level].entry, &sched->groups[level]);
	} else if (!able && !list_empty(&entity->turn)) {
		list_del_init(&entity->turn);
		if (list_empty(&group->level[level].entities))
			list_del_init(&group->level[level].entry);
	}
}

/* Whether a file may have one more job on the GPU: half of the places are for those with none. */
static bool sched_has_place_locked(struct agx_device *agx, struct agx_sched_group *group)
{
	lockdep_assert_held(&agx->sched.lock);

	return !group->running || agx->sched.num_running < agx->info.max_jobs / 2;
}

/*
 * The first queue in line at @level that may start a job, or NULL. Files that are passed over have
 * a job on the GPU, so there are few.
 */
static struct agx_sched_entity *sched_first_locked(struct agx_device *agx,
						   enum agx_sched_level level)
{
	struct agx_sched_group *group;

	list_for_each_entry(group, &agx->sched.groups[level], level[level].entry)
		if (sched_has_place_locked(agx, group))
			return list_first_entry(&group->level[level].entities,
						struct agx_sched_entity, turn);
	return NULL;
}

static struct agx_sched_entity *sched_pick_locked(struct agx_device *agx)
{
	struct agx_sched_entity *medium = sched_first_locked(agx, AGX_SCHED_MEDIUM);
	struct agx_sched_entity *low = sched_first_locked(agx, AGX_SCHED_LOW);

	if (low && (!medium || agx->sched.medium_turns >= MEDIUM_TURNS))
		return low;
	return medium;
}

/* @entity has had its turn: it goes to the end of its group's line, and the group of its own. */
static void sched_took_turn_locked(struct agx_device *agx, struct agx_sched_entity *entity)
{
	struct agx_sched *sched = &agx->sched;
	struct agx_sched_group *group = entity->group;

	lockdep_assert_held(&sched->lock);

	sched->medium_turns = entity->level == AGX_SCHED_LOW ? 0 : sched->medium_turns + 1;
	list_move_tail(&entity->turn, &group->level[entity->level].entities);
	list_move_tail(&group->level[entity->level].entry, &sched->groups[entity->level]);
	sched_update_locked(agx, entity);
}

/* End @job, which is out of all lists, without the GPU. */
static void sched_drop_job(struct agx_device *agx, struct agx_job *job, int error)
{
	struct agx_sched *sched = &agx->sched;

	trace_agx_job_done(job->id, error);
	agx_fence_signal(agx, job->fence, error);
	llist_add(&job->done, &sched->dead);
	queue_work(sched->cleanup_wq, &sched->cleanup);
}

static void sched_start_locked(struct agx_device *agx)
{
	struct agx_sched *sched = &agx->sched;
	struct agx_sched_entity *entity;

	lockdep_assert_held(&sched->lock);

	while (!sched->stopped && sched->num_running < agx->info.max_jobs &&
	       (entity = sched_pick_locked(agx))) {
		struct agx_job *job = list_first_entry(&entity->waiting, struct agx_job, link);
		int ret;

		/* Before the GPU sees it: it may be over before submit returns. */
		list_move_tail(&job->link, &sched->running);
		agx_reset_job_starts(job);
		ret = agx_gpu_submit(agx, &job->hw, agx_vm_context(job->vm));
		if (ret == -EBUSY) {
			/*
			 * A job that ends frees a context and calls us again. Nobody overtakes
			 * meanwhile: VMs that have a context could keep all of them for ever.
			 */
			list_move(&job->link, &entity->waiting);
			break;
		}
		if (ret) {
			list_del_init(&job->link);
			sched_update_locked(agx, entity);
			sched_drop_job(agx, job, ret);
			continue;
		}

		trace_agx_job_start(job->id, job->hw.context);
		entity->running++;
		entity->group->running++;
		sched->num_running++;
		sched_took_turn_locked(agx, entity);
	}
}

/* Take in the jobs whose in-fences have all signalled. */
static void sched_drain_woken_locked(struct agx_device *agx)
{
	struct llist_node *list = llist_del_all(&agx->sched.woken);
	struct agx_job *job, *next;

	/* Not before it is off the list: a job that is ready may start, end and be freed. */
	llist_for_each_entry_safe(job, next, list, woken) {
		job->ready = true;
		sched_update_locked(agx, job_entity(job));
	}
}

/* Hard interrupt context. */
static void sched_job_done(struct agx_hw_job *hw, int result)
{
	struct agx_job *job = container_of(hw, struct agx_job, hw);
	struct agx_device *agx = job->agx;
	struct agx_sched *sched = &agx->sched;
	bool cookie = dma_fence_begin_signalling();

	trace_agx_job_done(job->id, result);
	job->result = result;
	agx_fence_signal(agx, job->fence, result);
	llist_add(&job->done, &sched->done);
	queue_work(sched->wq, &sched->work);
	dma_fence_end_signalling(cookie);
}

/* Hard interrupt context. */
static void sched_crashed(const struct agx_hw_client *client, bool blamed)
{
	struct agx_sched *sched = container_of(client, struct agx_sched, client);

	agx_reset_crashed(container_of(sched, struct agx_device, sched), blamed);
}

static void sched_drain_done_locked(struct agx_device *agx)
{
	struct agx_sched *sched = &agx->sched;
	struct llist_node *list = llist_reverse_order(llist_del_all(&sched->done));
	struct agx_job *job, *next;
	unsigned int ring;

	llist_for_each_entry_safe(job, next, list, done) {
		struct agx_sched_entity *entity = job_entity(job);

		list_del_init(&job->link);
		sched->num_running--;
		entity->running--;
		entity->group->running--;
		agx_gpu_retire(agx, agx_vm_context(job->vm));
		sched_update_locked(agx, entity);
		for (ring = 0; ring < AGX_HW_NUM_RINGS; ring++)
			agx_stats_add(job->stats, ring, job->hw.busy_ns[ring]);
		llist_add(&job->done, &sched->dead);
		queue_work(sched->cleanup_wq, &sched->cleanup);
	}
}

static void sched_work(struct work_struct *work)
{
	struct agx_sched *sched = container_of(work, struct agx_sched, work);
	struct agx_device *agx = container_of(sched, struct agx_device, sched);
	bool cookie = dma_fence_begin_signalling();

	mutex_lock(&sched->lock);
	sched_drain_woken_locked(agx);
	sched_drain_done_locked(agx);
	sched_start_locked(agx);
	mutex_unlock(&sched->lock);
	dma_fence_end_signalling(cookie);
}

/* A client can fault at will, so not all of it is said, nor warned of that. */
static struct ratelimit_state sched_log_limit =
	RATELIMIT_STATE_INIT_FLAGS(sched_log_limit, 5 * HZ, 10, RATELIMIT_MSG_ON_RELEASE);

static void sched_log_fault(struct agx_device *agx, struct agx_job *job)
{
	if (__ratelimit(&sched_log_limit))
		drm_info(&agx->drm, "job %llu: %s\n", job->id, job->hw.fault.text);
}

static void sched_log_crashes(struct agx_device *agx)
{
	struct agx_reset *reset = &agx->reset;

	if (atomic_xchg(&reset->crashes, 0) && __ratelimit(&sched_log_limit))
		drm_notice(&agx->drm, "firmware crash, %u resets so far\n",
			   READ_ONCE(reset->count));
	if (atomic_xchg(&reset->unblamed, 0))
		agx_coredump_crash(agx);
}

static void sched_cleanup(struct work_struct *work)
{
	struct agx_sched *sched = container_of(work, struct agx_sched, cleanup);
	struct llist_node *list = llist_del_all(&sched->dead);
	struct agx_device *agx = container_of(sched, struct agx_device, sched);
	struct agx_job *job, *next;

	sched_log_crashes(agx);

	/* The device may be gone as soon as the last of them is: nothing of it is used after. */
	llist_for_each_entry_safe(job, next, list, done) {
		struct agx_queue *queue = job->queue;

		/* The callback that made it ready may be about to return still. */
		agx_job_disarm(job);
		if (job->hw.fault.kind != AGX_HW_FAULT_NONE) {
			sched_log_fault(agx, job);
			agx_coredump_job(agx, job);
		}
		agx_job_destroy(job);
		agx_queue_job_over(queue);
	}
}

static void sched_fini(struct drm_device *drm, void *data)
{
	struct agx_sched *sched = data;

	destroy_workqueue(sched->wq);
	destroy_workqueue(sched->cleanup_wq);
	mutex_destroy(&sched->lock);
}

/**
 * agx_sched_init() - Set the scheduler up.
 * @agx: device; tears it down with its last reference.
 *
 * Return: 0 or -ENOMEM.
 */
int agx_sched_init(struct agx_device *agx)
{
	struct agx_sched *sched = &agx->sched;
	unsigned int i;

	mutex_init(&sched->lock);
	INIT_LIST_HEAD(&sched->entities);
	INIT_LIST_HEAD(&sched->running);
	for (i = 0; i < AGX_SCHED_NUM_LEVELS; i++)
		INIT_LIST_HEAD(&sched->groups[i]);
	init_llist_head(&sched->woken);
	init_llist_head(&sched->done);
	init_llist_head(&sched->dead);
	INIT_WORK(&sched->work, sched_work);
	INIT_WORK(&sched->cleanup, sched_cleanup);

	sched->client.job_done = sched_job_done;
	sched->client.crashed = sched_crashed;
	agx_reset_init(agx);
	agx_coredump_init(agx);
	agx_abandoned_init(agx);

	sched->wq = alloc_workqueue("agx-sched", WQ_UNBOUND | WQ_MEM_RECLAIM | WQ_HIGHPRI, 0);
	if (!sched->wq)
		return -ENOMEM;

	/* Whoever is killed for his memory waits here before he gives it up. */
	sched->cleanup_wq = alloc_workqueue("agx-cleanup", WQ_UNBOUND | WQ_MEM_RECLAIM, 0);
	if (!sched->cleanup_wq) {
		destroy_workqueue(sched->wq);
		return -ENOMEM;
	}

	return drmm_add_action_or_reset(&agx->drm, sched_fini, sched);
}

/* Take the jobs of @entity that have not started out of its line, for sched_end_jobs(). */
static void sched_take_waiting_locked(struct agx_device *agx, struct agx_sched_entity *entity,
				      struct list_head *jobs)
{
	lockdep_assert_held(&agx->sched.lock);

	list_splice_tail_init(&entity->waiting, jobs);
	sched_update_locked(agx, entity);
}

/*
 * End @jobs, which are out of line, without the GPU. They may wait for very many fences, so that is
 * undone without the lock.
 */
static void sched_end_jobs(struct agx_device *agx, struct list_head *jobs, int error)
{
	struct agx_sched *sched = &agx->sched;
	struct agx_job *job, *next;

	if (list_empty(jobs))
		return;

	list_for_each_entry(job, jobs, link) {
		agx_job_disarm(job);
		cond_resched();
	}

	/* Those that have been woken are off that list after this, and nobody wakes them again. */
	mutex_lock(&sched->lock);
	sched_drain_woken_locked(agx);
	mutex_unlock(&sched->lock);

	list_for_each_entry_safe(job, next, jobs, link) {
		list_del_init(&job->link);
		sched_drop_job(agx, job, error);
	}
}

/* End all jobs that have not started, and start none any more. */
static void sched_shut(struct agx_device *agx)
{
	struct agx_sched *sched = &agx->sched;
	struct agx_sched_entity *entity;
	bool cookie = dma_fence_begin_signalling();
	LIST_HEAD(jobs);

	mutex_lock(&sched->lock);
	sched->stopped = true;
	list_for_each_entry(entity, &sched->entities, entry)
		sched_take_waiting_locked(agx, entity, &jobs);
	mutex_unlock(&sched->lock);
	sched_end_jobs(agx, &jobs, -ENODEV);
	dma_fence_end_signalling(cookie);
}

/**
 * agx_sched_lose() - Give the GPU up, because a job does not leave it.
 * @agx: device; lost from here on.
 *
 * Jobs that have not started are over when this returns, and the GPU is being stopped, which ends
 * the others. Does not wait for that.
 */
void agx_sched_lose(struct agx_device *agx)
{
	struct agx_sched *sched = &agx->sched;
	struct agx_sched_entity *entity;

	if (xchg(&agx->lost, true))
		return;

	drm_err(&agx->drm, "GPU is lost: a cancelled job does not end\n");
	sched_shut(agx);
	agx_reset_give_up(agx);

	mutex_lock(&sched->lock);
	list_for_each_entry(entity, &sched->entities, entry)
		agx_queue_wake(entity);
	mutex_unlock(&sched->lock);
}

/**
 * agx_sched_stop() - End all jobs, because there is no GPU to run them.
 * @agx: device, after agx_gpu_stop().
 *
 * Later jobs end as soon as they are pushed. All with -ENODEV.
 */
void agx_sched_stop(struct agx_device *agx)
{
	struct agx_sched *sched = &agx->sched;

	sched_shut(agx);
	agx_reset_stop(agx);
	flush_work(&sched->work);
}

/**
 * agx_sched_entity_init() - Make a queue known to the scheduler.
 * @agx: device.
 * @entity: zeroed; to be killed and then finished.
 * @group: whose turn it takes. Borrowed.
 * @level: priority.
 */
void agx_sched_entity_init(struct agx_device *agx, struct agx_sched_entity *entity,
			   struct agx_sched_group *group, enum agx_sched_level level)
{
	entity->group = agx_sched_group_get(group);
	entity->level = level;
	INIT_LIST_HEAD(&entity->turn);
	INIT_LIST_HEAD(&entity->waiting);

	mutex_lock(&agx->sched.lock);
	list_add_tail(&entity->entry, &agx->sched.entities);
	mutex_unlock(&agx->sched.lock);
}

/**
 * agx_sched_entity_hold() - Let a queue start no more jobs.
 * @agx: device.
 * @entity: entity that is about to be killed.
 */
void agx_sched_entity_hold(struct agx_device *agx, struct agx_sched_entity *entity)
{
	struct agx_sched *sched = &agx->sched;
	bool cookie = dma_fence_begin_signalling();

	mutex_lock(&sched->lock);
	entity->dead = true;
	sched_update_locked(agx, entity);
	mutex_unlock(&sched->lock);
	dma_fence_end_signalling(cookie);
}

/**
 * agx_sched_entity_kill() - End all jobs of a queue.
 * @agx: device.
 * @entity: entity that gets no more jobs.
 *
 * Those that wait are over when this returns; those on the GPU have been told to leave. All
 * with -ECANCELED, but for those that end otherwise first. Waits for none and does not allocate.
 */
void agx_sched_entity_kill(struct agx_device *agx, struct agx_sched_entity *entity)
{
	struct agx_sched *sched = &agx->sched;
	bool cookie = dma_fence_begin_signalling();
	struct agx_job *job;
	LIST_HEAD(jobs);

	mutex_lock(&sched->lock);
	entity->dead = true;
	sched_take_waiting_locked(agx, entity, &jobs);
	/* The last one first: the GPU would begin with the next as soon as one has left. */
	list_for_each_entry_reverse(job, &sched->running, link)
		if (job_entity(job) == entity)
			agx_reset_cancel_job(job, -ECANCELED);
	/* Its first job may have been the one that waits for a context, and all behind it. */
	sched_start_locked(agx);
	mutex_unlock(&sched->lock);
	sched_end_jobs(agx, &jobs, -ECANCELED);
	dma_fence_end_signalling(cookie);
}

/**
 * agx_sched_entity_running() - Whether jobs of a queue are on the GPU.
 * @agx: device.
 * @entity: entity.
 *
 * Return: true if so; they may have left, and only not been taken in.
 */
bool agx_sched_entity_running(struct agx_device *agx, struct agx_sched_entity *entity)
{
	bool running;

	mutex_lock(&agx->sched.lock);
	running = entity->running;
	mutex_unlock(&agx->sched.lock);
	return running;
}

/**
 * agx_sched_entity_fini() - Make the scheduler forget a queue.
 * @agx: device.
 * @entity: killed, without jobs.
 */
void agx_sched_entity_fini(struct agx_device *agx, struct agx_sched_entity *entity)
{
	mutex_lock(&agx->sched.lock);
	WARN_ON_ONCE(entity->running || !list_empty(&entity->waiting));
	list_del(&entity->entry);
	mutex_unlock(&agx->sched.lock);
	agx_sched_group_put(entity->group);
}

/**
 * agx_sched_push() - Put a job at the end of its queue's line.
 * @job: complete; its fence may have been seen. The scheduler's from here on.
 *
 * The caller holds the lock under which jobs of the queue are made and the queue is killed.
 */
void agx_sched_push(struct agx_job *job)
{
	struct agx_device *agx = job->agx;
	struct agx_sched *sched = &agx->sched;
	struct agx_sched_entity *entity = job_entity(job);
	bool cookie = dma_fence_begin_signalling();
	LIST_HEAD(jobs);

	trace_agx_job_submit(job->id, agx_queue_id(job->queue), job->hw.num_commands,
			     job->num_deps);

	/* Whoever takes it in as woken before it is in line finds it there below. */
	agx_job_arm(job);

	mutex_lock(&sched->lock);
	list_add_tail(&job->link, &entity->waiting);
	if (sched->stopped) {
		sched_take_waiting_locked(agx, entity, &jobs);
	} else {
		sched_drain_woken_locked(agx);
		sched_update_locked(agx, entity);
		sched_start_locked(agx);
	}
	mutex_unlock(&sched->lock);
	sched_end_jobs(agx, &jobs, -ENODEV);
	dma_fence_end_signalling(cookie);
}

/**
 * agx_sched_usage() - Read the engine time of a client.
 * @agx: device.
 * @stats: whose time.
 * @ns: receives the time on each ring, up to now, of all jobs that have ever started.
 *
 * Never less than before: a job that ends moves from the one sum to the other under the lock.
 */
void agx_sched_usage(struct agx_device *agx, struct agx_stats *stats, u64 ns[AGX_HW_NUM_RINGS])
{
	struct agx_sched *sched = &agx->sched;
	struct agx_job *job;
	unsigned int ring;

	mutex_lock(&sched->lock);
	for (ring = 0; ring < AGX_HW_NUM_RINGS; ring++)
		ns[ring] = agx_stats_read(stats, ring);
	list_for_each_entry(job, &sched->running, link) {
		for (ring = 0; job->stats == stats && ring < AGX_HW_NUM_RINGS; ring++)
			ns[ring] += READ_ONCE(job->hw.busy_ns[ring]);
	}
	mutex_unlock(&sched->lock);
}
