// SPDX-License-Identifier: GPL-2.0 OR MIT

#include <drm/drm_file.h>
#include <drm/drm_print.h>

#include <linux/mutex.h>
#include <linux/wait.h>

#include "agx_device.h"
#include "asahi_drm.h"
#include "debugfs.h"
#include "file.h"
#include "job.h"
#include "kernel_bo.h"
#include "queue.h"
#include "trace.h"
#include "vm.h"

/*
 * Cancelled jobs leave within milliseconds, or are taken off by a reset of the GPU, or the GPU is
 * found to be lost and stopped. Should none of this come to pass in so long it is given up: first
 * the GPU, and after as long again the memory that the jobs could reach.
 */
#define KILL_TIMEOUT_MS 30000

/* Jobs of one queue that wait or run. A SUBMIT beyond that waits for one of them. */
#define MAX_JOBS 1024

struct agx_queue {
	/** @kref: held by the file's table, by ioctls, and by agx_abandoned. */
	struct kref kref;

	/** @agx: device. Borrowed: whoever can reach the queue keeps it. */
	struct agx_device *agx;

	/** @entity: the queue in the scheduler's eyes. */
	struct agx_sched_entity entity;

	/** @usc_exec_base: base of the addresses of shaders. Constant. */
	u64 usc_exec_base;

	/**
	 * @submit_lock: serialises submits with one another and with the kill. Guards @vm, @dead
	 * and @submitted. Taken before the VM's lock.
	 */
	struct mutex submit_lock;

	/** @vm: the address space, held open until the queue is killed. */
	struct agx_vm_openref vm;

	/** @preempt: agx_hw_queue.preempt. Owned until the queue is killed. */
	struct agx_kernel_bo *preempt;

	/** @tiler_heap: agx_hw_queue.tiler_heap. Owned until the queue is killed. */
	struct agx_kernel_bo *tiler_heap;

	/** @dead: no job is accepted any more. Also read without the lock, to stop waiting. */
	bool dead;

	/** @submitted: commands that have ever been submitted to each ring. Shown without lock. */
	u64 submitted[AGX_HW_NUM_RINGS];

	/** @idle: woken when @num_jobs drops and when @dead is set; its lock guards @num_jobs. */
	wait_queue_head_t idle;

	/** @num_jobs: jobs that have been submitted and not been freed. */
	unsigned int num_jobs;

	/** @id: for traces, debugfs and dumps only, like the next two. */
	u64 id;

	/** @file_id: of the file that made it. */
	u64 file_id;

	/** @vm_id: of its VM, which it may not have any more. */
	u64 vm_id;

	/** @abandoned: entry of agx_abandoned.queues. */
	struct list_head abandoned;
};

const size_t agx_queue_size = sizeof(struct agx_queue);

/* Give the GPU the memory that it needs for @queue, in the address space of the queue's jobs. */
static int queue_init_memory(struct agx_queue *queue)
{
	struct agx_hw_queue *hw = &queue->entity.hw;
	struct agx_kernel_bo *kbo;

	kbo = agx_kernel_bo_create(queue->vm.vm, "preempt", AGX_KERNEL_BO_ANYWHERE,
				   AGX_HW_PREEMPT_SIZE);
	if (IS_ERR(kbo))
		return PTR_ERR(kbo);
	queue->preempt = kbo;
	hw->preempt = agx_kernel_bo_addr(kbo);

	kbo = agx_kernel_bo_create(queue->vm.vm, "tiler-heap", AGX_KERNEL_BO_ANYWHERE,
				   AGX_HW_TILER_HEAP_SIZE);
	if (IS_ERR(kbo)) {
		agx_kernel_bo_destroy(queue->preempt);
		return PTR_ERR(kbo);
	}
	queue->tiler_heap = kbo;
	hw->tiler_heap = agx_kernel_bo_addr(kbo);
	return 0;
}

/* Take it back, when no job is left that the GPU could be running. */
static void queue_fini_memory(struct agx_queue *queue)
{
	agx_kernel_bo_destroy(queue->preempt);
	queue->preempt = NULL;
	agx_kernel_bo_destroy(queue->tiler_heap);
	queue->tiler_heap = NULL;
}

/**
 * agx_queue_create() - Make a queue.
 * @agx: device.
 * @vm: address space of its jobs; held open until the queue is killed.
 * @group: whose turns it takes. Borrowed.
 * @priority: DRM_ASAHI_PRIORITY_LOW or DRM_ASAHI_PRIORITY_MEDIUM.
 * @usc_exec_base: base of the addresses of shaders.
 *
 * Return: the queue, to be ended by agx_queue_kill() and agx_queue_put(); -ENOMEM; -ENOENT if
 * the VM has been closed; -ENOSPC if there is no room in its kernel range; -EINTR.
 */
struct agx_queue *agx_queue_create(struct agx_device *agx, struct agx_vm *vm,
				   struct agx_sched_group *group, u32 priority, u64 usc_exec_base)
{
	struct agx_queue *queue = agx_alloc(agx, AGX_TYPE_QUEUE);
	int ret;

	if (!queue)
		return ERR_PTR(-ENOMEM);

	ret = agx_vm_open(vm, &queue->vm);
	if (ret)
		goto err_free;

	ret = queue_init_memory(queue);
	if (ret)
		goto err_vm;

	queue->file_id = group->file_id;
	queue->vm_id = agx_vm_id(vm);
	kref_init(&queue->kref);
	queue->agx = agx;
	queue->usc_exec_base = usc_exec_base;
	queue->id = atomic64_inc_return(&agx->next_id);
	mutex_init(&queue->submit_lock);
	init_waitqueue_head(&queue->idle);
	agx_sched_entity_init(agx, &queue->entity, group,
			      priority == DRM_ASAHI_PRIORITY_LOW ? AGX_SCHED_LOW :
								   AGX_SCHED_MEDIUM);
	trace_agx_queue_create(queue->id, queue->file_id, queue->vm_id, priority);
	return queue;

err_vm:
	agx_vm_close(&queue->vm);
err_free:
	agx_free(agx, AGX_TYPE_QUEUE, queue);
	return ERR_PTR(ret);
}

/**
 * agx_queue_get() - Take a reference to a queue's memory.
 * @queue: queue.
 *
 * Return: @queue.
 */
struct agx_queue *agx_queue_get(struct agx_queue *queue)
{
	kref_get(&queue->kref);
	return queue;
}

static void queue_release(struct kref *kref)
{
	struct agx_queue *queue = container_of(kref, struct agx_queue, kref);
	struct agx_device *agx = queue->agx;

	WARN_ON_ONCE(queue->vm.vm);
	agx_sched_entity_fini(agx, &queue->entity);
	mutex_destroy(&queue->submit_lock);
	trace_agx_queue_free(queue->id);
	agx_free(agx, AGX_TYPE_QUEUE, queue);
}

/**
 * agx_queue_put() - Give up a reference to a queue's memory.
 * @queue: queue, killed if this is the last reference; or NULL.
 */
void agx_queue_put(struct agx_queue *queue)
{
	if (queue)
		kref_put(&queue->kref, queue_release);
}

/**
 * agx_queue_hold() - Let a queue start no more jobs.
 * @queue: queue that is about to be killed.
 */
void agx_queue_hold(struct agx_queue *queue)
{
	agx_sched_entity_hold(queue->agx, &queue->entity);
}

/**
 * agx_queue_cancel() - Begin to kill a queue.
 * @queue: queue; gets no more jobs.
 *
 * Does not wait, so that many queues can be told first and then waited for.
 */
void agx_queue_cancel(struct agx_queue *queue)
{
	bool dead;

	mutex_lock(&queue->submit_lock);
	dead = queue->dead;
	WRITE_ONCE(queue->dead, true);
	mutex_unlock(&queue->submit_lock);
	if (dead)
		return;

	wake_up(&queue->idle);
	trace_agx_queue_cancel(queue->id);
	agx_sched_entity_kill(queue->agx, &queue->entity);
}

static bool queue_idle(struct agx_queue *queue)
{
	return !READ_ONCE(queue->num_jobs);
}

static bool queue_has_room(struct agx_queue *queue)
{
	return READ_ONCE(queue->num_jobs) < MAX_JOBS;
}

/* The last job is over: let go of the VM, and of what the driver had mapped there. */
static void queue_close_vm(struct agx_queue *queue)
{
	struct agx_vm_openref vm;

	/* The last job may be in the middle of the wake-up still. */
	spin_lock_irq(&queue->idle.lock);
	spin_unlock_irq(&queue->idle.lock);

	mutex_lock(&queue->submit_lock);
	vm = queue->vm;
	queue->vm.vm = NULL;
	mutex_unlock(&queue->submit_lock);

	if (!vm.vm)
		return;

	queue_fini_memory(queue);
	trace_agx_queue_close(queue->id);
	agx_vm_close(&vm);
}

/* Keep a queue, and with it all that its jobs can reach. False if they are no longer there. */
static bool queue_abandon(struct agx_queue *queue)
{
	struct agx_abandoned *abandoned = &queue->agx->abandoned;
	bool open;

	mutex_lock(&abandoned->lock);
	open = !abandoned->closed;
	if (open)
		list_add_tail(&agx_queue_get(queue)->abandoned, &abandoned->queues);
	mutex_unlock(&abandoned->lock);
	return open;
}

/**
 * agx_abandoned_init() - Set up the list of queues whose jobs would not leave the GPU.
 * @agx: device.
 */
void agx_abandoned_init(struct agx_device *agx)
{
	mutex_init(&agx->abandoned.lock);
	INIT_LIST_HEAD(&agx->abandoned.queues);
	agx->abandoned.timeout_ms = KILL_TIMEOUT_MS;
}

/**
 * agx_abandoned_close() - Finish what the killing of queues had to leave undone.
 * @agx: device, after agx_sched_stop(): no job is on the GPU.
 */
void agx_abandoned_close(struct agx_device *agx)
{
	struct agx_abandoned *abandoned = &agx->abandoned;
	struct agx_queue *queue, *next;
	LIST_HEAD(queues);

	mutex_lock(&abandoned->lock);
	abandoned->closed = true;
	list_splice_init(&abandoned->queues, &queues);
	mutex_unlock(&abandoned->lock);

	list_for_each_entry_safe(queue, next, &queues, abandoned) {
		wait_event(queue->idle, queue_idle(queue));
		queue_close_vm(queue);
		agx_queue_put(queue);
	}
}

/**
 * agx_queue_wake() - Let whoever kills a queue look again whether the GPU is lost.
 * @entity: the queue's.
 */
void agx_queue_wake(struct agx_sched_entity *entity)
{
	wake_up(&container_of(entity, struct agx_queue, entity)->idle);
}

/**
 * agx_queue_kill() - Take a queue off the GPU.
 * @queue: queue.
 *
 * When this returns no job of the queue exists, every fence has signalled, what the driver had
 * mapped for it is gone, and the VM is not held open any more. Waits for running jobs to leave,
 * whatever signals the caller has pending.
 */
void agx_queue_kill(struct agx_queue *queue)
{
	struct agx_sched_entity *entity = &queue->entity;
	struct agx_device *agx = queue->agx;
	unsigned long timeout = msecs_to_jiffies(agx->abandoned.timeout_ms);

	agx_queue_cancel(queue);

	wait_event_timeout(queue->idle, queue_idle(queue) || agx_device_lost(agx), timeout);
	if (agx_sched_entity_running(agx, entity)) {
		agx_sched_lose(agx);
		wait_event_timeout(queue->idle, queue_idle(queue), timeout);
	}

	/*
	 * The GPU may still use all that its jobs can reach. Nothing of it is freed until the GPU
	 * has been stopped: the queue keeps its memory and the VM open, and somebody keeps the
	 * queue.
	 */
	if (agx_sched_entity_running(agx, entity) && queue_abandon(queue))
		return;

	/* What is left is that jobs are freed, which waits for no GPU and no client. */
	wait_event(queue->idle, queue_idle(queue));
	queue_close_vm(queue);
}

/* Turn the barriers of a job into counts of all commands that the queue has ever seen. */
static void queue_resolve_waits(struct agx_queue *queue, struct agx_job *job)
{
	u64 counts[AGX_HW_NUM_RINGS] = {};
	unsigned int i, ring;

	lockdep_assert_held(&queue->submit_lock);

	for (i = 0; i < job->hw.num_commands; i++) {
		struct agx_hw_command *command = &job->hw.commands[i];

		for (ring = 0; ring < AGX_HW_NUM_RINGS; ring++) {
			if (command->wait[ring] == DRM_ASAHI_BARRIER_NONE)
				command->wait[ring] = 0;
			else
				command->wait[ring] += queue->submitted[ring];
		}
		counts[command->ring]++;
	}

	for (ring = 0; ring < AGX_HW_NUM_RINGS; ring++)
		WRITE_ONCE(queue->submitted[ring], queue->submitted[ring] + counts[ring]);
}

/**
 * agx_queue_submit() - Let a job run.
 * @queue: queue that it was made for.
 * @job: complete; its commands' waits are barriers of the uapi. Taken over on success only.
 *
 * Waits while there are too many jobs.
 *
 * Return: 0; -ENOENT if the queue has been killed; -ENOMEM; -EINTR or -ERESTARTSYS.
 */
int agx_queue_submit(struct agx_queue *queue, struct agx_job *job)
{
	int ret;

retry:
	ret = wait_event_interruptible(queue->idle,
				       READ_ONCE(queue->dead) || queue_has_room(queue));
	if (ret)
		return ret;

	ret = mutex_lock_interruptible(&queue->submit_lock);
	if (ret)
		return ret;

	if (!queue->dead && !queue_has_room(queue)) {
		/* Another submit was quicker. */
		mutex_unlock(&queue->submit_lock);
		goto retry;
	}

	ret = -ENOENT;
	if (queue->dead)
		goto out_unlock;

	ret = agx_vm_add_fence(queue->vm.vm, job->fence);
	if (ret)
		goto out_unlock;

	queue_resolve_waits(queue, job);
	spin_lock_irq(&queue->idle.lock);
	WRITE_ONCE(queue->num_jobs, queue->num_jobs + 1);
	spin_unlock_irq(&queue->idle.lock);
	agx_sched_push(job);
out_unlock:
	mutex_unlock(&queue->submit_lock);
	return ret;
}

/**
 * agx_queue_job_over() - Count a submitted job out, after all that it held has been put.
 * @queue: its queue; may be gone when this returns.
 */
void agx_queue_job_over(struct agx_queue *queue)
{
	/* Woken under the lock, which agx_queue_kill() takes before it lets the queue go. */
	spin_lock_irq(&queue->idle.lock);
	WRITE_ONCE(queue->num_jobs, queue->num_jobs - 1);
	wake_up_locked(&queue->idle);
	spin_unlock_irq(&queue->idle.lock);
}

/** agx_queue_device() - The device of @queue. */
struct agx_device *agx_queue_device(struct agx_queue *queue)
{
	return queue->agx;
}

/** agx_queue_entity() - @queue in the scheduler's eyes. */
struct agx_sched_entity *agx_queue_entity(struct agx_queue *queue)
{
	return &queue->entity;
}

/** agx_queue_usc_base() - Base of the addresses of shaders of @queue. */
u64 agx_queue_usc_base(struct agx_queue *queue)
{
	return queue->usc_exec_base;
}

/** agx_queue_id() - Debug id of @queue. */
u64 agx_queue_id(struct agx_queue *queue)
{
	return queue->id;
}

static void queue_show_locked(struct agx_queue *queue, struct drm_printer *p)
{
	struct agx_sched_entity *entity = &queue->entity;

	drm_printf(p, "queue %llu file %llu vm %llu priority %s waiting %zu running %u submitted",
		   queue->id, queue->file_id, queue->vm_id,
		   entity->level == AGX_SCHED_LOW ? "low" : "medium",
		   list_count_nodes(&entity->waiting), entity->running);
	drm_printf(p, " render %llu compute %llu%s\n",
		   READ_ONCE(queue->submitted[AGX_HW_RING_RENDER]),
		   READ_ONCE(queue->submitted[AGX_HW_RING_COMPUTE]),
		   entity->dead ? " dead" : "");
}

/**
 * agx_queues_show() - Print all queues, those that have been killed but not freed included.
 * @agx: device.
 * @p: where to; a line for each queue.
 *
 * Takes no reference, so that it never keeps a queue that is about to go.
 */
void agx_queues_show(struct agx_device *agx, struct drm_printer *p)
{
	struct agx_sched *sched = &agx->sched;
	struct agx_sched_entity *entity;

	mutex_lock(&sched->lock);
	list_for_each_entry(entity, &sched->entities, entry)
		queue_show_locked(container_of(entity, struct agx_queue, entity), p);
	mutex_unlock(&sched->lock);
}

/* Add the VM of @queue to @vms; or only its id, if somebody is at work on the queue. */
static int queue_collect_vm_locked(struct agx_queue *queue, struct xarray *vms)
{
	struct agx_vm *vm = NULL;

	if (!mutex_trylock(&queue->submit_lock))
		return agx_debugfs_add_vm(vms, queue->vm_id, NULL);

	if (queue->vm.vm)
		vm = agx_vm_get(queue->vm.vm);
	mutex_unlock(&queue->submit_lock);
	return vm ? agx_debugfs_add_vm(vms, queue->vm_id, vm) : 0;
}

/**
 * agx_queues_collect_vms() - Find the VMs that queues hold open.
 * @agx: device.
 * @vms: set to add them to, see agx_debugfs_add_vm().
 *
 * Return: 0 or -ENOMEM.
 */
int agx_queues_collect_vms(struct agx_device *agx, struct xarray *vms)
{
	struct agx_sched *sched = &agx->sched;
	struct agx_sched_entity *entity;
	int ret = 0;

	/* Under this lock no submit lock may be waited for: a SUBMIT takes the two in turn. */
	mutex_lock(&sched->lock);
	list_for_each_entry(entity, &sched->entities, entry) {
		ret = queue_collect_vm_locked(container_of(entity, struct agx_queue, entity), vms);
		if (ret)
			break;
	}
	mutex_unlock(&sched->lock);
	return ret;
}

/**
 * agx_queue_get_vm() - Find a queue's address space.
 * @queue: queue.
 *
 * Return: a reference to its memory, or NULL if the queue has been killed.
 */
struct agx_vm *agx_queue_get_vm(struct agx_queue *queue)
{
	struct agx_vm *vm = NULL;

	mutex_lock(&queue->submit_lock);
	if (!queue->dead)
		vm = agx_vm_get(queue->vm.vm);
	mutex_unlock(&queue->submit_lock);
	return vm;
}

int agx_ioctl_queue_create(struct drm_device *drm, void *data, struct drm_file *drm_file)
{
	struct drm_asahi_queue_create *args = data;
	struct agx_file *file = drm_file->driver_priv;
	struct agx_queue *queue;
	struct agx_vm *vm;
	int ret;

	args->queue_id = 0;

	/* High and real-time are numbers of the uapi that no driver grants yet. */
	if (args->flags || args->priority > DRM_ASAHI_PRIORITY_MEDIUM)
		return -EINVAL;

	vm = agx_file_get_vm(file, args->vm_id);
	if (!vm)
		return -ENOENT;

	queue = agx_queue_create(to_agx(drm), vm, agx_file_group(file), args->priority,
				 args->usc_exec_base);
	agx_vm_put(vm);
	if (IS_ERR(queue))
		return PTR_ERR(queue);

	ret = agx_file_add_queue(file, queue, &args->queue_id);
	if (ret) {
		agx_queue_kill(queue);
		agx_queue_put(queue);
	}
	return ret;
}

int agx_ioctl_queue_destroy(struct drm_device *drm, void *data, struct drm_file *drm_file)
{
	struct drm_asahi_queue_destroy *args = data;
	struct agx_file *file = drm_file->driver_priv;
	struct agx_queue *queue;

	if (args->pad)
		return -EINVAL;

	queue = agx_file_take_queue(file, args->queue_id);
	if (!queue)
		return -ENOENT;

	agx_queue_kill(queue);
	agx_queue_put(queue);
	return 0;
}
