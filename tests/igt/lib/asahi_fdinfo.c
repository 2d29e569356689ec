// SPDX-License-Identifier: MIT
/* Reading the fdinfo of a file. */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "asahi_device.h"
#include "asahi_fdinfo.h"
#include "igt.h"

static void copy(char *to, size_t size, const char *from)
{
	igt_assert_f(strlen(from) < size, "too long: \"%s\"\n", from);
	memcpy(to, from, strlen(from) + 1);
}

static void add_line(struct asahi_fdinfo *info, char *line)
{
	char *value = strchr(line, ':');

	igt_assert_f(value, "no colon: \"%s\"\n", line);
	*value++ = '\0';
	if (strncmp(line, "drm-", 4) && strncmp(line, "asahi-", 6))
		return;

	igt_assert_lt(info->num, ASAHI_FDINFO_MAX);
	value += strspn(value, " \t");
	value[strcspn(value, "\n")] = '\0';
	copy(info->lines[info->num].key, sizeof(info->lines[0].key), line);
	copy(info->lines[info->num].value, sizeof(info->lines[0].value), value);
	info->num++;
}

void asahi_fdinfo_read(int fd, struct asahi_fdinfo *info)
{
	char path[64], line[256];
	FILE *file;

	memset(info, 0, sizeof(*info));
	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	file = fopen(path, "r");
	igt_assert_f(file, "%s: %s\n", path, strerror(errno));
	while (fgets(line, sizeof(line), file))
		add_line(info, line);
	fclose(file);
}

void asahi_fdinfo_require(int fd, const char *key)
{
	struct asahi_fdinfo info;

	asahi_fdinfo_read(fd, &info);
	igt_require_f(asahi_is_simulated(fd) || asahi_fdinfo_find(&info, key),
		      "the driver tells no %s\n", key);
}

const char *asahi_fdinfo_find(const struct asahi_fdinfo *info, const char *key)
{
	unsigned int i;

	for (i = 0; i < info->num; i++)
		if (!strcmp(info->lines[i].key, key))
			return info->lines[i].value;
	return NULL;
}

const char *asahi_fdinfo_text(const struct asahi_fdinfo *info, const char *key)
{
	const char *value = asahi_fdinfo_find(info, key);

	igt_assert_f(value, "no key %s\n", key);
	return value;
}

/* A number and its unit, empty for none. */
uint64_t asahi_fdinfo_number(const struct asahi_fdinfo *info, const char *key, char unit[8])
{
	const char *value = asahi_fdinfo_text(info, key);
	uint64_t number;
	int len = 0;

	igt_assert_f(sscanf(value, "%" SCNu64 "%n", &number, &len) == 1, "%s: \"%s\"\n", key,
		     value);
	unit[0] = '\0';
	if (value[len])
		igt_assert_f(sscanf(value + len, " %7s", unit) == 1 && isdigit(value[0]),
			     "%s: \"%s\"\n", key, value);
	return number;
}

uint64_t asahi_fdinfo_memory(int fd, const char *kind)
{
	struct asahi_fdinfo info;
	char key[64], unit[8];
	uint64_t size;

	snprintf(key, sizeof(key), "drm-%s-memory", kind);
	asahi_fdinfo_read(fd, &info);
	size = asahi_fdinfo_number(&info, key, unit);
	if (!strcmp(unit, "KiB"))
		return size << 10;
	if (!strcmp(unit, "MiB"))
		return size << 20;
	igt_assert_f(!unit[0], "%s is in %s\n", key, unit);

	return size;
}
