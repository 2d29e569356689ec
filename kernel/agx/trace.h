/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM agx

#if !defined(AGX_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define AGX_TRACE_H

#include <linux/tracepoint.h>

TRACE_EVENT(agx_job_submit,
	TP_PROTO(u64 job, u32 commands, u32 deps),
	TP_ARGS(job, commands, deps),
	TP_STRUCT__entry(
		__field(u64, job)
		__field(u32, commands)
		__field(u32, deps)
	),
	TP_fast_assign(
		__entry->job = job;
		__entry->commands = commands;
		__entry->deps = deps;
	),
	TP_printk("job=%llu commands=%u deps=%u", __entry->job, __entry->commands,
		  __entry->deps)
);

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

#endif

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
