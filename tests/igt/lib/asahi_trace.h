/* SPDX-License-Identifier: MIT */
/**
 * DOC: What the driver tells tracefs
 *
 * Records the driver's events in a buffer of their own, and finds them in it. An event is known by
 * its name without the driver's prefix, and by its place among the others: the clock is one for
 * all CPUs. Fields are the numbers in its text.
 */
#ifndef ASAHI_TRACE_H
#define ASAHI_TRACE_H

#include <stdbool.h>
#include <stdint.h>

/** struct asahi_event - Something that has happened. */
struct asahi_event {
	/** @name: "vm_create" and the like. */
	char name[32];
	/** @text: fields, key=value. */
	char text[160];
};

/** struct asahi_trace - All of it, in order. */
struct asahi_trace {
	unsigned int num;
	struct asahi_event *events;
};

/** asahi_trace_start() - Record from now on. Skips without tracefs or events. */
void asahi_trace_start(void);

/** asahi_trace_stop() - Record no more; @trace receives all. Fails if some of it is lost. */
void asahi_trace_stop(struct asahi_trace *trace);

void asahi_trace_free(struct asahi_trace *trace);

/** asahi_trace_print() - Put all into the log, for whoever has to find out what is wrong. */
void asahi_trace_print(const struct asahi_trace *trace);

/** struct asahi_dma - Lists of pages that a device has got bus addresses for. */
struct asahi_dma {
	/** @device: its name in sysfs. Borrowed. */
	const char *device;
	/** @mapped: how often it has got some. */
	unsigned int mapped;
	/** @unmapped: how often it has given some back. */
	unsigned int unmapped;
};

/** asahi_dma_start() - Count from now on, as the kernel tells it. Skips if it does not. */
void asahi_dma_start(struct asahi_dma *dma, const char *device);

/** asahi_dma_stop() - Count no more. */
void asahi_dma_stop(struct asahi_dma *dma);

/** asahi_event_is() - Whether @event has that name. */
bool asahi_event_is(const struct asahi_event *event, const char *name);

/** asahi_event_has() - Whether @event has that name and, in @field, that number. */
bool asahi_event_has(const struct asahi_event *event, const char *name, const char *field,
		     uint64_t value);

/** asahi_event_names() - Whether @event has @field, and that number in it. */
bool asahi_event_names(const struct asahi_event *event, const char *field, uint64_t value);

/** asahi_event_value() - A field of an event; fails if it has none such. */
uint64_t asahi_event_value(const struct asahi_event *event, const char *field);

/**
 * asahi_trace_find() - The first event from @from on with that name and, in @field, that number.
 *
 * Returns its place, or the number of all events if there is none.
 */
unsigned int asahi_trace_find(const struct asahi_trace *trace, unsigned int from,
			      const char *name, const char *field, uint64_t value);

/** asahi_trace_only() - The place of the only event of that kind; fails if there is not one. */
unsigned int asahi_trace_only(const struct asahi_trace *trace, const char *name,
			      const char *field, uint64_t value);

#endif
