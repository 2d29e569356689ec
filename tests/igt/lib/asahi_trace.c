// SPDX-License-Identifier: MIT
/* Recording and reading the driver's events. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "asahi_trace.h"
#include "igt.h"

#define INSTANCE "/sys/kernel/tracing/instances/asahi-igt/"
#define PREFIX "agx_"

static int __set(const char *name, const char *value)
{
	char path[128];
	int fd, ret;

	snprintf(path, sizeof(path), INSTANCE "%s", name);
	fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	ret = write(fd, value, strlen(value)) < 0 ? -errno : 0;
	close(fd);

	return ret;
}

static void set(const char *name, const char *value)
{
	int ret = __set(name, value);

	igt_assert_f(ret == 0, "%s: %s\n", name, strerror(-ret));
}

/* A buffer of our own, in which nothing is recorded yet. */
static void make_instance(void)
{
	/* What a test that failed has left. */
	rmdir(INSTANCE);
	igt_require_f(!mkdir(INSTANCE, 0755), "no tracefs: %s\n", strerror(errno));
	set("tracing_on", "0");
	set("trace_clock", "global");
	set("buffer_size_kb", "4096");
}

static void require_events(const char *enable, const char *who)
{
	if (!__set(enable, "1"))
		return;

	rmdir(INSTANCE);
	igt_require_f(false, "%s has no such events\n", who);
}

void asahi_trace_start(void)
{
	make_instance();
	require_events("events/agx/enable", "the driver");
	set("tracing_on", "1");
}

/* A line is "task-pid [cpu] flags time: agx_name: fields". */
static bool parse(struct asahi_event *event, const char *line)
{
	const char *name = strstr(line, ": " PREFIX);
	const char *text;

	if (!name)
		return false;
	name += strlen(": " PREFIX);
	text = strstr(name, ": ");
	igt_assert_f(text, "trace: \"%s\"\n", line);
	igt_assert_lt(text - name, sizeof(event->name));
	memcpy(event->name, name, text - name);
	snprintf(event->text, sizeof(event->text), " %s", text + 2);
	event->text[strcspn(event->text, "\n")] = '\0';

	return true;
}

static void add(struct asahi_trace *trace, const char *line)
{
	if (!(trace->num & (trace->num + 1)))
		trace->events = realloc(trace->events,
					(2 * trace->num + 1) * sizeof(*trace->events));
	igt_assert(trace->events);
	memset(&trace->events[trace->num], 0, sizeof(trace->events[0]));
	trace->num += parse(&trace->events[trace->num], line);
}

/* Record no more; @take is told each line. Returns how many events there were. */
static unsigned long read_instance(void (*take)(void *data, const char *line), void *data)
{
	unsigned long there = 0, written = 0;
	char line[512];
	FILE *file;

	set("tracing_on", "0");
	file = fopen(INSTANCE "trace", "r");
	igt_assert_f(file, "trace: %s\n", strerror(errno));
	while (fgets(line, sizeof(line), file)) {
		if (line[0] != '#')
			take(data, line);
		else if (sscanf(line, "# entries-in-buffer/entries-written: %lu/%lu", &there,
				&written) == 2)
			igt_debug("%lu events, %lu kept\n", written, there);
	}
	fclose(file);
	rmdir(INSTANCE);
	igt_assert_eq_u64(there, written);
	return written;
}

static void take_event(void *data, const char *line)
{
	add(data, line);
}

void asahi_trace_stop(struct asahi_trace *trace)
{
	memset(trace, 0, sizeof(*trace));
	igt_assert_eq_u64(read_instance(take_event, trace), trace->num);
}

void asahi_trace_free(struct asahi_trace *trace)
{
	free(trace->events);
	memset(trace, 0, sizeof(*trace));
}

void asahi_trace_print(const struct asahi_trace *trace)
{
	unsigned int i;

	for (i = 0; i < trace->num; i++)
		igt_debug("%4u %s%s\n", i, trace->events[i].name, trace->events[i].text);
}

bool asahi_event_is(const struct asahi_event *event, const char *name)
{
	return !strcmp(event->name, name);
}

static const char *find_field(const struct asahi_event *event, const char *field)
{
	size_t len = strlen(field);
	const char *at = event->text;

	while ((at = strchr(at, ' '))) {
		at++;
		if (!strncmp(at, field, len) && at[len] == '=')
			return at + len + 1;
	}
	return NULL;
}

uint64_t asahi_event_value(const struct asahi_event *event, const char *field)
{
	const char *value = find_field(event, field);

	igt_assert_f(value, "%s has no %s:%s\n", event->name, field, event->text);
	return strtoull(value, NULL, 0);
}

bool asahi_event_names(const struct asahi_event *event, const char *field, uint64_t value)
{
	const char *text = find_field(event, field);

	return text && strtoull(text, NULL, 0) == value;
}

bool asahi_event_has(const struct asahi_event *event, const char *name, const char *field,
		     uint64_t value)
{
	return asahi_event_is(event, name) && asahi_event_value(event, field) == value;
}

unsigned int asahi_trace_find(const struct asahi_trace *trace, unsigned int from,
			      const char *name, const char *field, uint64_t value)
{
	while (from < trace->num && !asahi_event_has(&trace->events[from], name, field, value))
		from++;
	return from;
}

unsigned int asahi_trace_only(const struct asahi_trace *trace, const char *name,
			      const char *field, uint64_t value)
{
	unsigned int at = asahi_trace_find(trace, 0, name, field, value);

	igt_assert_f(at < trace->num, "no %s %s=%" PRIu64 "\n", name, field, value);
	igt_assert_f(asahi_trace_find(trace, at + 1, name, field, value) == trace->num,
		     "more than one %s %s=%" PRIu64 "\n", name, field, value);
	return at;
}

void asahi_dma_start(struct asahi_dma *dma, const char *device)
{
	memset(dma, 0, sizeof(*dma));
	dma->device = device;
	make_instance();
	require_events("events/dma/dma_map_sg/enable", "the kernel");
	require_events("events/dma/dma_unmap_sg/enable", "the kernel");
	set("tracing_on", "1");
}

/* Whether a line, or the first piece of a long one, is event @name of a device. */
static bool is_of(const char *line, const char *name, const char *device)
{
	char text[128];

	snprintf(text, sizeof(text), ": %s: %s ", name, device);
	return strstr(line, text);
}

static void take_dma(void *data, const char *line)
{
	struct asahi_dma *dma = data;

	dma->mapped += is_of(line, "dma_map_sg", dma->device);
	dma->unmapped += is_of(line, "dma_unmap_sg", dma->device);
}

void asahi_dma_stop(struct asahi_dma *dma)
{
	read_instance(take_dma, dma);
}
