/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM agx

#if !defined(AGX_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define AGX_TRACE_H

#include <linux/tracepoint.h>

/*
 * Every object has a number of its own among all objects of the device, which says nothing to
 * userspace and is never used again; events name objects by it. Where userspace has an id for an
 * object, the _publish events tell which. An address space is named by its VM everywhere.
 *
 * All objects have a first event, _create, and a last one, _free. Of queues and VMs, _close is the
 * moment from which nothing of them is left but memory.
 */

/* Files. */

TRACE_EVENT(agx_file_create,
	TP_PROTO(u64 file, u64 client),
	TP_ARGS(file, client),
	TP_STRUCT__entry(
		__field(u64, file)
		__field(u64, client)
	),
	TP_fast_assign(
		__entry->file = file;
		__entry->client = client;
	),
	TP_printk("file=%llu client=%llu", __entry->file, __entry->client)
);

DECLARE_EVENT_CLASS(agx_file,
	TP_PROTO(u64 file),
	TP_ARGS(file),
	TP_STRUCT__entry(
		__field(u64, file)
	),
	TP_fast_assign(
		__entry->file = file;
	),
	TP_printk("file=%llu", __entry->file)
);

/* The last close begins. */
DEFINE_EVENT(agx_file, agx_file_close, TP_PROTO(u64 file), TP_ARGS(file));
DEFINE_EVENT(agx_file, agx_file_free, TP_PROTO(u64 file), TP_ARGS(file));

DECLARE_EVENT_CLASS(agx_publish,
	TP_PROTO(u64 object, u64 file, u32 id),
	TP_ARGS(object, file, id),
	TP_STRUCT__entry(
		__field(u64, object)
		__field(u64, file)
		__field(u32, id)
	),
	TP_fast_assign(
		__entry->object = object;
		__entry->file = file;
		__entry->id = id;
	),
	TP_printk("object=%llu file=%llu id=%u", __entry->object, __entry->file, __entry->id)
);

DEFINE_EVENT_PRINT(agx_publish, agx_vm_publish,
	TP_PROTO(u64 vm, u64 file, u32 id),
	TP_ARGS(vm, file, id),
	TP_printk("vm=%llu file=%llu id=%u", __entry->object, __entry->file, __entry->id)
);
DEFINE_EVENT_PRINT(agx_publish, agx_queue_publish,
	TP_PROTO(u64 queue, u64 file, u32 id),
	TP_ARGS(queue, file, id),
	TP_printk("queue=%llu file=%llu id=%u", __entry->object, __entry->file, __entry->id)
);
DEFINE_EVENT(agx_publish, agx_object_publish,
	TP_PROTO(u64 object, u64 file, u32 id),
	TP_ARGS(object, file, id)
);

/* VMs, and what is mapped into them. */

TRACE_EVENT(agx_vm_create,
	TP_PROTO(u64 vm, u64 kernel_start, u64 kernel_end),
	TP_ARGS(vm, kernel_start, kernel_end),
	TP_STRUCT__entry(
		__field(u64, vm)
		__field(u64, kernel_start)
		__field(u64, kernel_end)
	),
	TP_fast_assign(
		__entry->vm = vm;
		__entry->kernel_start = kernel_start;
		__entry->kernel_end = kernel_end;
	),
	TP_printk("vm=%llu kernel_start=0x%llx kernel_end=0x%llx", __entry->vm,
		  __entry->kernel_start, __entry->kernel_end)
);

DECLARE_EVENT_CLASS(agx_vm_opens,
	TP_PROTO(u64 vm, u32 opens),
	TP_ARGS(vm, opens),
	TP_STRUCT__entry(
		__field(u64, vm)
		__field(u32, opens)
	),
	TP_fast_assign(
		__entry->vm = vm;
		__entry->opens = opens;
	),
	TP_printk("vm=%llu opens=%u", __entry->vm, __entry->opens)
);

/* With the count before the change, as far as others do not change it at the same time. */
DEFINE_EVENT(agx_vm_opens, agx_vm_open, TP_PROTO(u64 vm, u32 opens), TP_ARGS(vm, opens));
DEFINE_EVENT(agx_vm_opens, agx_vm_drop, TP_PROTO(u64 vm, u32 opens), TP_ARGS(vm, opens));

DECLARE_EVENT_CLASS(agx_vm,
	TP_PROTO(u64 vm),
	TP_ARGS(vm),
	TP_STRUCT__entry(
		__field(u64, vm)
	),
	TP_fast_assign(
		__entry->vm = vm;
	),
	TP_printk("vm=%llu", __entry->vm)
);

DEFINE_EVENT(agx_vm, agx_vm_close, TP_PROTO(u64 vm), TP_ARGS(vm));
DEFINE_EVENT(agx_vm, agx_vm_free, TP_PROTO(u64 vm), TP_ARGS(vm));

DECLARE_EVENT_CLASS(agx_mapping,
	TP_PROTO(u64 vm, u64 bo, u64 addr, u64 range, u64 offset),
	TP_ARGS(vm, bo, addr, range, offset),
	TP_STRUCT__entry(
		__field(u64, vm)
		__field(u64, bo)
		__field(u64, addr)
		__field(u64, range)
		__field(u64, offset)
	),
	TP_fast_assign(
		__entry->vm = vm;
		__entry->bo = bo;
		__entry->addr = addr;
		__entry->range = range;
		__entry->offset = offset;
	),
	TP_printk("vm=%llu bo=%llu addr=0x%llx range=0x%llx offset=0x%llx", __entry->vm,
		  __entry->bo, __entry->addr, __entry->range, __entry->offset)
);

/* One that is cut is unmapped, and what is left of it mapped. */
DEFINE_EVENT(agx_mapping, agx_mapping_map,
	TP_PROTO(u64 vm, u64 bo, u64 addr, u64 range, u64 offset),
	TP_ARGS(vm, bo, addr, range, offset)
);
DEFINE_EVENT(agx_mapping, agx_mapping_unmap,
	TP_PROTO(u64 vm, u64 bo, u64 addr, u64 range, u64 offset),
	TP_ARGS(vm, bo, addr, range, offset)
);

TRACE_EVENT(agx_kernel_bo_create,
	TP_PROTO(u64 kernel_bo, u64 vm, const char *name, u64 addr, u64 size),
	TP_ARGS(kernel_bo, vm, name, addr, size),
	TP_STRUCT__entry(
		__field(u64, kernel_bo)
		__field(u64, vm)
		__string(name, name)
		__field(u64, addr)
		__field(u64, size)
	),
	TP_fast_assign(
		__entry->kernel_bo = kernel_bo;
		__entry->vm = vm;
		__assign_str(name);
		__entry->addr = addr;
		__entry->size = size;
	),
	TP_printk("kernel_bo=%llu vm=%llu name=%s addr=0x%llx size=0x%llx", __entry->kernel_bo,
		  __entry->vm, __get_str(name), __entry->addr, __entry->size)
);

TRACE_EVENT(agx_kernel_bo_free,
	TP_PROTO(u64 kernel_bo, u64 vm),
	TP_ARGS(kernel_bo, vm),
	TP_STRUCT__entry(
		__field(u64, kernel_bo)
		__field(u64, vm)
	),
	TP_fast_assign(
		__entry->kernel_bo = kernel_bo;
		__entry->vm = vm;
	),
	TP_printk("kernel_bo=%llu vm=%llu", __entry->kernel_bo, __entry->vm)
);

/* BOs and timestamp objects. */

TRACE_EVENT(agx_bo_create,
	TP_PROTO(u64 bo, u64 size, bool private, bool imported),
	TP_ARGS(bo, size, private, imported),
	TP_STRUCT__entry(
		__field(u64, bo)
		__field(u64, size)
		__field(bool, private)
		__field(bool, imported)
	),
	TP_fast_assign(
		__entry->bo = bo;
		__entry->size = size;
		__entry->private = private;
		__entry->imported = imported;
	),
	TP_printk("bo=%llu size=0x%llx private=%d imported=%d", __entry->bo, __entry->size,
		  __entry->private, __entry->imported)
);

TRACE_EVENT(agx_bo_free,
	TP_PROTO(u64 bo),
	TP_ARGS(bo),
	TP_STRUCT__entry(
		__field(u64, bo)
	),
	TP_fast_assign(
		__entry->bo = bo;
	),
	TP_printk("bo=%llu", __entry->bo)
);

TRACE_EVENT(agx_object_create,
	TP_PROTO(u64 object, u64 bo, u64 addr, u64 range),
	TP_ARGS(object, bo, addr, range),
	TP_STRUCT__entry(
		__field(u64, object)
		__field(u64, bo)
		__field(u64, addr)
		__field(u64, range)
	),
	TP_fast_assign(
		__entry->object = object;
		__entry->bo = bo;
		__entry->addr = addr;
		__entry->range = range;
	),
	TP_printk("object=%llu bo=%llu addr=0x%llx range=0x%llx", __entry->object, __entry->bo,
		  __entry->addr, __entry->range)
);

TRACE_EVENT(agx_object_free,
	TP_PROTO(u64 object),
	TP_ARGS(object),
	TP_STRUCT__entry(
		__field(u64, object)
	),
	TP_fast_assign(
		__entry->object = object;
	),
	TP_printk("object=%llu", __entry->object)
);

/* Queues. */

TRACE_EVENT(agx_queue_create,
	TP_PROTO(u64 queue, u64 file, u64 vm, u32 priority),
	TP_ARGS(queue, file, vm, priority),
	TP_STRUCT__entry(
		__field(u64, queue)
		__field(u64, file)
		__field(u64, vm)
		__field(u32, priority)
	),
	TP_fast_assign(
		__entry->queue = queue;
		__entry->file = file;
		__entry->vm = vm;
		__entry->priority = priority;
	),
	TP_printk("queue=%llu file=%llu vm=%llu priority=%u", __entry->queue, __entry->file,
		  __entry->vm, __entry->priority)
);

DECLARE_EVENT_CLASS(agx_queue,
	TP_PROTO(u64 queue),
	TP_ARGS(queue),
	TP_STRUCT__entry(
		__field(u64, queue)
	),
	TP_fast_assign(
		__entry->queue = queue;
	),
	TP_printk("queue=%llu", __entry->queue)
);

/* From here on its jobs end. */
DEFINE_EVENT(agx_queue, agx_queue_cancel, TP_PROTO(u64 queue), TP_ARGS(queue));
DEFINE_EVENT(agx_queue, agx_queue_close, TP_PROTO(u64 queue), TP_ARGS(queue));
DEFINE_EVENT(agx_queue, agx_queue_free, TP_PROTO(u64 queue), TP_ARGS(queue));

/* Jobs. */

TRACE_EVENT(agx_job_create,
	TP_PROTO(u64 job, u64 queue, u64 vm, u64 fence),
	TP_ARGS(job, queue, vm, fence),
	TP_STRUCT__entry(
		__field(u64, job)
		__field(u64, queue)
		__field(u64, vm)
		__field(u64, fence)
	),
	TP_fast_assign(
		__entry->job = job;
		__entry->queue = queue;
		__entry->vm = vm;
		__entry->fence = fence;
	),
	TP_printk("job=%llu queue=%llu vm=%llu fence=%llu", __entry->job, __entry->queue,
		  __entry->vm, __entry->fence)
);

TRACE_EVENT(agx_job_submit,
	TP_PROTO(u64 job, u64 queue, u32 commands, u32 deps),
	TP_ARGS(job, queue, commands, deps),
	TP_STRUCT__entry(
		__field(u64, job)
		__field(u64, queue)
		__field(u32, commands)
		__field(u32, deps)
	),
	TP_fast_assign(
		__entry->job = job;
		__entry->queue = queue;
		__entry->commands = commands;
		__entry->deps = deps;
	),
	TP_printk("job=%llu queue=%llu commands=%u deps=%u", __entry->job, __entry->queue,
		  __entry->commands, __entry->deps)
);

/* On the GPU. */
TRACE_EVENT(agx_job_start,
	TP_PROTO(u64 job, u32 context),
	TP_ARGS(job, context),
	TP_STRUCT__entry(
		__field(u64, job)
		__field(u32, context)
	),
	TP_fast_assign(
		__entry->job = job;
		__entry->context = context;
	),
	TP_printk("job=%llu context=%u", __entry->job, __entry->context)
);

/* Off the GPU, or never to get there. */
TRACE_EVENT(agx_job_done,
	TP_PROTO(u64 job, int result),
	TP_ARGS(job, result),
	TP_STRUCT__entry(
		__field(u64, job)
		__field(int, result)
	),
	TP_fast_assign(
		__entry->job = job;
		__entry->result = result;
	),
	TP_printk("job=%llu result=%d", __entry->job, __entry->result)
);

TRACE_EVENT(agx_job_free,
	TP_PROTO(u64 job),
	TP_ARGS(job),
	TP_STRUCT__entry(
		__field(u64, job)
	),
	TP_fast_assign(
		__entry->job = job;
	),
	TP_printk("job=%llu", __entry->job)
);

/* The fence of a job, by its context: the same number as in the events of the fence core. */
TRACE_EVENT(agx_fence_signal,
	TP_PROTO(u64 fence, int error),
	TP_ARGS(fence, error),
	TP_STRUCT__entry(
		__field(u64, fence)
		__field(int, error)
	),
	TP_fast_assign(
		__entry->fence = fence;
		__entry->error = error;
	),
	TP_printk("fence=%llu error=%d", __entry->fence, __entry->error)
);

/* Contexts: places of VMs on the GPU. */

DECLARE_EVENT_CLASS(agx_context,
	TP_PROTO(u64 vm, u32 context),
	TP_ARGS(vm, context),
	TP_STRUCT__entry(
		__field(u64, vm)
		__field(u32, context)
	),
	TP_fast_assign(
		__entry->vm = vm;
		__entry->context = context;
	),
	TP_printk("vm=%llu context=%u", __entry->vm, __entry->context)
);

DEFINE_EVENT(agx_context, agx_context_place, TP_PROTO(u64 vm, u32 context),
	     TP_ARGS(vm, context));
/* Its VM has lost it to the one that the next _place names. */
DEFINE_EVENT(agx_context, agx_context_steal, TP_PROTO(u64 vm, u32 context),
	     TP_ARGS(vm, context));
DEFINE_EVENT(agx_context, agx_context_release, TP_PROTO(u64 vm, u32 context),
	     TP_ARGS(vm, context));

TRACE_EVENT(agx_context_flush,
	TP_PROTO(u64 vm, u32 context, u64 addr, u64 size),
	TP_ARGS(vm, context, addr, size),
	TP_STRUCT__entry(
		__field(u64, vm)
		__field(u32, context)
		__field(u64, addr)
		__field(u64, size)
	),
	TP_fast_assign(
		__entry->vm = vm;
		__entry->context = context;
		__entry->addr = addr;
		__entry->size = size;
	),
	TP_printk("vm=%llu context=%u addr=0x%llx size=0x%llx", __entry->vm, __entry->context,
		  __entry->addr, __entry->size)
);

#endif

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
