// SPDX-License-Identifier: MIT
/* The rules of the uapi on lifetimes. */
#include <errno.h>
#include <string.h>

#include "asahi_order.h"

/* Beside the buffer object a client's VM maps its arena, and memory of the other file. */
#define OTHER_MAPPINGS 2

/* The arena. What it has of the other file is not the client's. */
#define OTHER_BOS 1

const char *asahi_thing_name(enum asahi_thing thing)
{
	static const char * const names[] = {
		"queue", "vm", "bo", "file", "syncobj", "sync-file", "dma-buf", "object",
		"mapping", "release",
	};

	return names[thing];
}

const char *asahi_order_state_name(enum asahi_order_state state)
{
	static const char * const names[] = {
		"idle", "queued", "running", "hung", "faulted", "timed-out", "done", "stuck",
	};

	return names[state];
}

const char *asahi_order_field_name(enum asahi_order_field field)
{
	static const char * const names[] = {
		"return value", "return value of a second call",
		"status of the sync file", "status of the syncobj",
		"the store", "storing", "storing to the other file's memory",
		"the timestamp of the start", "the timestamp of the end",
		"GEM_MMAP_OFFSET of the BO", "VM_BIND of the BO", "VM_BIND to unmap nothing",
		"SUBMIT of nothing", "SUBMIT that names the object",
		"number of files", "number of queues", "number of VMs", "number of mappings",
		"number of BOs", "number of timestamp objects", "number of kernel BOs",
		"number of jobs", "number of busy fences",
	};

	return names[field];
}

bool asahi_order_releases(enum asahi_order_state state)
{
	return state == ASAHI_ORDER_QUEUED || state == ASAHI_ORDER_RUNNING;
}

static bool job_lives(const struct asahi_order *order)
{
	return order->job == ASAHI_JOB_WAITS || order->job == ASAHI_JOB_RUNS ||
	       order->job == ASAHI_JOB_HANGS;
}

/* A file lives for as long as there is a descriptor of it or a CPU mapping made with it. */
static bool file_lives(const struct asahi_order *order)
{
	return order->fd || order->mapping;
}

/* A VM is open, and keeps all of its mappings, for as long as it has an id or a queue. */
static bool vm_is_open(const struct asahi_order *order)
{
	return order->vm || order->queue;
}

/* A timestamp object lives for as long as it has a handle or a job that names it has not ended. */
static bool object_lives(const struct asahi_order *order)
{
	return order->object || (order->stamps && job_lives(order));
}

/*
 * A buffer object lives for as long as it has a handle, a mapping of a GPU or of a CPU, a dma-buf,
 * or a timestamp object. A job keeps none that it only has the address of.
 */
static bool bo_lives(const struct asahi_order *order)
{
	return order->handle || order->mapped || order->mapping || order->dma_buf ||
	       object_lives(order);
}

/* A fence signals once, with what first ended its job. */
static void job_ends(struct asahi_order *order, int status)
{
	order->job = ASAHI_JOB_OVER;
	order->status = status;
}

/* The store of a job goes to the buffer object if its VM maps it, or else nowhere: no error. */
static void job_stores(struct asahi_order *order)
{
	order->stored |= order->mapped;
}

/* A command writes its first timestamp when it starts. */
static void job_starts(struct asahi_order *order)
{
	order->started = order->stamps;
}

/* It writes its last one only if it ends well. */
static void job_ends_well(struct asahi_order *order)
{
	order->ended = order->stamps;
	job_ends(order, 1);
}

/* Whoever closes a VM last removes its mappings. */
static void vm_may_close(struct asahi_order *order)
{
	if (!vm_is_open(order))
		order->mapped = false;
}

/* QUEUE_DESTROY ends what the queue has, wherever it is, and lets go of the VM. */
static void destroy_queue(struct asahi_order *order)
{
	if (job_lives(order))
		job_ends(order, -ECANCELED);
	order->queue = false;
	vm_may_close(order);
}

/* VM_DESTROY frees the id. The queues of the VM go on. */
static void destroy_vm(struct asahi_order *order)
{
	order->vm = false;
	vm_may_close(order);
}

/* GEM_CLOSE unmaps the buffer object from every VM with an id in the file, and from no other. */
static void close_handle(struct asahi_order *order)
{
	order->handle = false;
	if (order->vm)
		order->mapped = false;
}

/* The last close of a file gives up all that is in its tables, queues first. */
static void file_may_close(struct asahi_order *order)
{
	if (file_lives(order))
		return;

	destroy_queue(order);
	destroy_vm(order);
	order->object = false;
	close_handle(order);
}

/* A job whose wait is over runs; one that has been told to ends. Others notice nothing. */
static void release(struct asahi_order *order)
{
	order->blocker = false;
	if (order->job == ASAHI_JOB_WAITS) {
		job_starts(order);
		job_stores(order);
		job_ends_well(order);
	} else if (order->job == ASAHI_JOB_RUNS) {
		job_ends_well(order);
	}
}

void asahi_order_init(struct asahi_order *order, enum asahi_order_state state,
		      unsigned int present)
{
	memset(order, 0, sizeof(*order));
	order->fd = true;
	order->queue = true;
	order->vm = true;
	order->handle = true;
	order->mapped = true;
	order->mapping = present & asahi_thing_bit(ASAHI_THING_MAPPING);
	order->dma_buf = present & asahi_thing_bit(ASAHI_THING_DMA_BUF);
	order->syncobj = present & asahi_thing_bit(ASAHI_THING_SYNCOBJ);
	order->sync_file = present & asahi_thing_bit(ASAHI_THING_SYNC_FILE);
	order->object = present & asahi_thing_bit(ASAHI_THING_OBJECT);
	order->stamps = order->object;

	switch (state) {
	case ASAHI_ORDER_QUEUED:
		order->blocker = true;
		order->job = ASAHI_JOB_WAITS;
		return;
	case ASAHI_ORDER_HUNG:
	case ASAHI_ORDER_STUCK:
		order->job = ASAHI_JOB_HANGS;
		return;
	case ASAHI_ORDER_RUNNING:
		order->job = ASAHI_JOB_RUNS;
		break;
	case ASAHI_ORDER_FAULTED:
		job_ends(order, -EIO);
		break;
	case ASAHI_ORDER_TIMED_OUT:
		job_ends(order, -ETIMEDOUT);
		break;
	case ASAHI_ORDER_DONE:
		job_ends_well(order);
		break;
	default:
		return;
	}
	job_starts(order);
	job_stores(order);
}

/* What the ioctls say that look something up: ENOENT once it is gone. */
static void see_calls(const struct asahi_order *order, int *value)
{
	if (!order->fd)
		return;

	value[ASAHI_SEE_MMAP_OFFSET] = order->handle ? 0 : -ENOENT;
	value[ASAHI_SEE_BIND] = order->handle && order->vm ? 0 : -ENOENT;
	value[ASAHI_SEE_UNBIND] = order->vm ? 0 : -ENOENT;
	/* Without commands, or with a timestamp outside of its object. */
	value[ASAHI_SEE_SUBMIT] = order->queue ? -EINVAL : -ENOENT;
	if (order->stamps)
		value[ASAHI_SEE_STAMP] = order->queue && order->object ? -ERANGE : -ENOENT;
}

static void see_counters(const struct asahi_order *order, int *counts)
{
	counts[ASAHI_COUNT_FILE] = file_lives(order);
	counts[ASAHI_COUNT_QUEUE] = order->queue;
	counts[ASAHI_COUNT_VM] = vm_is_open(order);
	counts[ASAHI_COUNT_MAPPING] = (vm_is_open(order) ? OTHER_MAPPINGS : 0) + order->mapped;
	counts[ASAHI_COUNT_BO] = (file_lives(order) ? OTHER_BOS : 0) + bo_lives(order);
	counts[ASAHI_COUNT_OBJECT] = object_lives(order);
	counts[ASAHI_COUNT_KERNEL_BO] = (vm_is_open(order) ? ASAHI_KERNEL_BOS_OF_VM : 0) +
					(order->queue ? ASAHI_KERNEL_BOS_OF_QUEUE : 0);
	counts[ASAHI_COUNT_JOB] = job_lives(order) + order->blocker;
	counts[ASAHI_COUNT_FENCE] = job_lives(order) + order->blocker;
}

void asahi_order_see(const struct asahi_order *order, struct asahi_order_view *view)
{
	bool runs = order->job == ASAHI_JOB_RUNS;
	int *value = view->value;
	unsigned int i;

	for (i = 0; i < ASAHI_ORDER_NUM_FIELDS; i++)
		value[i] = ASAHI_SEE_NOTHING;

	if (order->sync_file)
		value[ASAHI_SEE_FENCE] = order->status;
	if (order->syncobj)
		value[ASAHI_SEE_SYNCOBJ] = order->job == ASAHI_JOB_NONE ? ASAHI_SEE_NO_FENCE :
									   order->status;
	if (order->dma_buf || order->mapping) {
		value[ASAHI_SEE_STORED] = order->stored;
		value[ASAHI_SEE_STORES] = runs && order->mapped;
		value[ASAHI_SEE_START] = order->started;
		value[ASAHI_SEE_END] = order->ended;
	}
	value[ASAHI_SEE_BEATS] = runs;
	see_calls(order, value);
	see_counters(order, &value[ASAHI_SEE_COUNTERS]);
}

void asahi_order_give_up(struct asahi_order *order, enum asahi_thing thing,
			 struct asahi_order_view *view)
{
	int again = ASAHI_SEE_NOTHING, ret = 0;

	switch (thing) {
	case ASAHI_THING_QUEUE:
		destroy_queue(order);
		again = -ENOENT;
		break;
	case ASAHI_THING_VM:
		destroy_vm(order);
		again = -ENOENT;
		break;
	case ASAHI_THING_BO:
		close_handle(order);
		again = -EINVAL;
		break;
	case ASAHI_THING_FILE:
		order->fd = false;
		file_may_close(order);
		break;
	case ASAHI_THING_SYNCOBJ:
		order->syncobj = false;
		again = -EINVAL;
		break;
	case ASAHI_THING_SYNC_FILE:
		order->sync_file = false;
		break;
	case ASAHI_THING_DMA_BUF:
		order->dma_buf = false;
		break;
	case ASAHI_THING_OBJECT:
		order->object = false;
		again = -ENOENT;
		break;
	case ASAHI_THING_MAPPING:
		order->mapping = false;
		file_may_close(order);
		break;
	default:
		/* The other file's job ends well, whatever has become of the one behind it. */
		ret = order->blocker;
		release(order);
		break;
	}

	asahi_order_see(order, view);
	view->value[ASAHI_SEE_RETURN] = ret;
	view->value[ASAHI_SEE_AGAIN] = again;
}
