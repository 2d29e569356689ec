// SPDX-License-Identifier: MIT
/* Reading and comparing the counters of live objects. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "asahi_clock.h"
#include "asahi_device.h"
#include "asahi_objects.h"
#include "asahi_text.h"
#include "igt.h"

/* The debugfs folder of the device; kept open, as it outlives every file of the device. */
static int debugfs = -1;

void asahi_objects_find(int fd)
{
	if (debugfs >= 0)
		close(debugfs);

	debugfs = igt_debugfs_dir(fd);
	if (debugfs >= 0 && (asahi_as_hardware() || faccessat(debugfs, "objects", R_OK, 0))) {
		close(debugfs);
		debugfs = -1;
	}

	if (debugfs >= 0)
		return;
	igt_assert_f(!asahi_is_simulated(fd), "the driver has no object counters\n");
	igt_info("no object counters, leaks go unseen\n");
}

bool asahi_has_objects(void)
{
	return debugfs >= 0;
}

void asahi_objects_read(struct asahi_objects *objects)
{
	char text[2048], *line, *rest;

	memset(objects, 0, sizeof(*objects));
	if (!asahi_has_objects())
		return;

	asahi_text_read(debugfs, "objects", text, sizeof(text));
	for (line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		struct asahi_counter *counter = &objects->counters[objects->num];

		igt_assert_lt(objects->num, ASAHI_MAX_COUNTERS);
		igt_assert_f(sscanf(line, "%23[^ :\t]%*[ :\t]%" SCNu64, counter->name,
				    &counter->count) == 2, "objects: \"%s\"\n", line);
		objects->num++;
	}
}

char *asahi_debugfs_read(const char *name)
{
	size_t size = 0, room = 65536;
	char *text = malloc(room);
	ssize_t len;
	int fd;

	fd = asahi_has_objects() ? openat(debugfs, name, O_RDONLY | O_CLOEXEC) : -1;
	igt_require_f(fd >= 0, "no file %s in debugfs\n", name);
	while ((len = read(fd, text + size, room - size - 1)) > 0) {
		size += len;
		if (room - size < 4096)
			text = realloc(text, room *= 2);
	}
	igt_assert_f(len == 0, "%s: %s\n", name, strerror(errno));
	close(fd);
	text[size] = '\0';

	return text;
}

static const struct asahi_counter *find(const struct asahi_objects *objects, const char *name)
{
	unsigned int i;

	for (i = 0; i < objects->num; i++)
		if (!strcmp(objects->counters[i].name, name))
			return &objects->counters[i];

	return NULL;
}

uint64_t asahi_objects_value(const struct asahi_objects *objects, const char *name)
{
	const struct asahi_counter *counter = find(objects, name);

	igt_assert_f(counter, "no counter \"%s\"\n", name);
	return counter->count;
}

const char *asahi_count_name(enum asahi_count count)
{
	static const char * const names[ASAHI_NUM_COUNTS] = {
		"file", "queue", "vm", "mapping", "bo", "object", "kernel_bo", "job", "fence",
	};

	return names[count];
}

int64_t asahi_objects_more(const struct asahi_objects *now, const struct asahi_objects *before,
			   enum asahi_count count)
{
	const char *name = asahi_count_name(count);

	return asahi_objects_value(now, name) - asahi_objects_value(before, name);
}

uint64_t asahi_objects_count(const char *name)
{
	struct asahi_objects now;

	asahi_objects_read(&now);
	igt_require_f(now.num, "no object counters\n");

	return asahi_objects_value(&now, name);
}

static unsigned int compare(const struct asahi_objects *before, const struct asahi_objects *now,
			    const char *name)
{
	uint64_t a = asahi_objects_value(before, name);
	uint64_t b = asahi_objects_value(now, name);

	if (a == b)
		return 0;

	igt_info("%s: %" PRIu64 " before, %" PRIu64 " now\n", name, a, b);
	return 1;
}

void asahi_assert_objects_same(const struct asahi_objects *before,
			       const struct asahi_objects *after)
{
	unsigned int i, wrong = 0;

	for (i = 0; i < before->num; i++)
		wrong += compare(before, after, before->counters[i].name);

	igt_assert_f(!wrong, "%u kinds of objects were not given back\n", wrong);
}

void asahi_assert_objects_eq(const struct asahi_objects *before)
{
	struct asahi_objects now;

	asahi_objects_read(&now);
	asahi_assert_objects_same(before, &now);
}

void asahi_objects_wait_eq(const struct asahi_objects *before)
{
	struct asahi_objects now;
	uint64_t since = 0;

	do {
		asahi_objects_read(&now);
		if (!memcmp(&now, before, sizeof(now)))
			return;
	} while (asahi_patient(&since));
	asahi_assert_objects_eq(before);
}

void asahi_objects_read_settled(struct asahi_objects *objects, uint64_t jobs)
{
	uint64_t since = 0;

	do {
		asahi_objects_read(objects);
		if (!objects->num || asahi_objects_value(objects, "job") == jobs)
			return;
	} while (asahi_patient(&since));
	igt_assert_eq_u64(asahi_objects_value(objects, "job"), jobs);
}

void asahi_assert_work_same(const struct asahi_objects *before,
			    const struct asahi_objects *after)
{
	static const char * const names[] = { "queue", "vm", "mapping", "job" };
	unsigned int i, wrong = 0;

	for (i = 0; before->num && i < ARRAY_SIZE(names); i++)
		wrong += compare(before, after, names[i]);

	igt_assert_f(!wrong, "%u kinds of objects outlive the close\n", wrong);
}

void asahi_assert_work_eq(const struct asahi_objects *before)
{
	struct asahi_objects now;

	asahi_objects_read(&now);
	asahi_assert_work_same(before, &now);
}
