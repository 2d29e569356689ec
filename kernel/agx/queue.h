/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef AGX_QUEUE_H
#define AGX_QUEUE_H

#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/types.h>

struct agx_device;
struct agx_job;
struct agx_queue;
struct agx_sched_entity;
struct agx_sched_group;
struct agx_vm;
struct drm_device;
struct drm_file;
struct drm_printer;
struct xarray;

/**
 * DOC: Queues
 *
 * A queue holds its VM open from creation until it is killed, and not a moment longer: the last
 * step of agx_queue_kill() gives up the open reference, so that mappings go when the close says
 * so, whoever may still hold the memory of the queue. Before that it takes back what the GPU needed
 * for the queue in the VM's kernel range.
 */

/** struct agx_abandoned - Queues whose jobs would not leave the GPU. Embedded in the device. */
struct agx_abandoned {
	/** @lock: the rest. */
	struct mutex lock;
	/** @queues: by agx_queue.abandoned, each owned. */
	struct list_head queues;
	/** @closed: the GPU has been stopped: no job can be on it any more. */
	bool closed;
	/**
	 * @timeout_ms: how long a kill waits for the jobs of its queue before it gives the GPU up,
	 * and then again before it adds the queue here. Constant, but that tests make it short.
	 */
	unsigned int timeout_ms;
};

void agx_abandoned_init(struct agx_device *agx);
void agx_abandoned_close(struct agx_device *agx);

/** agx_queue_size: size of the struct, for the allocator. */
extern const size_t agx_queue_size;

struct agx_queue *agx_queue_create(struct agx_device *agx, struct agx_vm *vm,
				   struct agx_sched_group *group, u32 priority, u64 usc_exec_base);
struct agx_queue *agx_queue_get(struct agx_queue *queue);
void agx_queue_put(struct agx_queue *queue);

void agx_queue_hold(struct agx_queue *queue);
void agx_queue_cancel(struct agx_queue *queue);
void agx_queue_kill(struct agx_queue *queue);
void agx_queue_wake(struct agx_sched_entity *entity);
int agx_queue_submit(struct agx_queue *queue, struct agx_job *job);

void agx_queue_job_over(struct agx_queue *queue);

struct agx_device *agx_queue_device(struct agx_queue *queue);
struct agx_sched_entity *agx_queue_entity(struct agx_queue *queue);
struct agx_vm *agx_queue_get_vm(struct agx_queue *queue);
u64 agx_queue_usc_base(struct agx_queue *queue);
u64 agx_queue_id(struct agx_queue *queue);

void agx_queues_show(struct agx_device *agx, struct drm_printer *p);
int agx_queues_collect_vms(struct agx_device *agx, struct xarray *vms);

int agx_ioctl_queue_create(struct drm_device *drm, void *data, struct drm_file *drm_file);
int agx_ioctl_queue_destroy(struct drm_device *drm, void *data, struct drm_file *drm_file);

#endif
