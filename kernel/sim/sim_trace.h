/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM agx_sim

#if !defined(SIM_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define SIM_TRACE_H

#include <linux/tracepoint.h>

#include "engine/engine.h"

/*
 * An instruction has been executed: with which lanes, and what it read and wrote in one of them
 * (agx_sim.trace_lane). The context is that of agx_context_place; the stream is what userspace
 * gave as the start of the command's control stream. agx-cli reads the line.
 */
TRACE_EVENT(agx_sim_insn,
	TP_PROTO(u32 context, const struct agx_engine_trace *trace),
	TP_ARGS(context, trace),
	TP_STRUCT__entry(
		__field(u64, stream)
		__field(u64, pc)
		__field(u64, shader)
		__field(u32, context)
		__field(u32, x)
		__field(u32, y)
		__field(u32, z)
		__field(u32, simd)
		__field(u32, exec)
		__field(u32, lane)
		__field(bool, preshader)
		__field(bool, faulted)
		__string(text, trace->text)
		__string(sources, trace->sources)
		__string(results, trace->results)
	),
	TP_fast_assign(
		__entry->stream = trace->stream;
		__entry->pc = trace->pc;
		__entry->shader = trace->shader;
		__entry->context = context;
		__entry->x = trace->group[0];
		__entry->y = trace->group[1];
		__entry->z = trace->group[2];
		__entry->simd = trace->simd;
		__entry->exec = trace->exec;
		__entry->lane = trace->lane;
		__entry->preshader = trace->preshader;
		__entry->faulted = trace->faulted;
		__assign_str(text);
		__assign_str(sources);
		__assign_str(results);
	),
	TP_printk("context=%u stream=0x%llx %s=%u,%u,%u simd=%u exec=%08x 0x%llx shader%c0x%llx: %s | %u: %s -> %s%s",
		  __entry->context, __entry->stream, __entry->preshader ? "preshader" : "group",
		  __entry->x, __entry->y, __entry->z, __entry->simd, __entry->exec, __entry->pc,
		  __entry->pc < __entry->shader ? '-' : '+',
		  __entry->pc < __entry->shader ? __entry->shader - __entry->pc :
						  __entry->pc - __entry->shader,
		  __get_str(text), __entry->lane, __get_str(sources), __get_str(results),
		  __entry->faulted ? "fault" : "")
);

#endif

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE sim_trace
#include <trace/define_trace.h>
