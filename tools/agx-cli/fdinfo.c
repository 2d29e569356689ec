// SPDX-License-Identifier: MIT
#include "fdinfo.h"

#include <ctype.h>
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* What is behind a prefix, or NULL. */
static const char *skip(const char *text, const char *prefix)
{
	size_t len = strlen(prefix);

	return strncmp(text, prefix, len) ? NULL : text + len;
}

/* A number and, if there is one, its unit. */
static bool parse_number(const char *text, uint64_t *value, const char **unit)
{
	char *end;

	if (!isdigit((unsigned char)*text))
		return false;
	errno = 0;
	*value = strtoull(text, &end, 10);
	*unit = end + strspn(end, " \t");
	return !errno;
}

static bool parse_bytes(const char *text, uint64_t *bytes)
{
	unsigned int shift;
	const char *unit;

	if (!parse_number(text, bytes, &unit))
		return false;
	if (!*unit)
		shift = 0;
	else if (!strcmp(unit, "KiB"))
		shift = 10;
	else if (!strcmp(unit, "MiB"))
		shift = 20;
	else
		return false;
	if (*bytes > UINT64_MAX >> shift)
		return false;
	*bytes <<= shift;
	return true;
}

static void copy(char *to, const char *from)
{
	snprintf(to, FDINFO_NAME, "%s", from);
}

/* The one of that name, a new one if there is none; NULL if there is no room for it. */
static struct fdinfo_engine *get_engine(struct fdinfo *info, const char *name)
{
	struct fdinfo_engine *engine;
	unsigned int i;

	if (strlen(name) >= FDINFO_NAME)
		return NULL;
	for (i = 0; i < info->num_engines; i++)
		if (!strcmp(info->engines[i].name, name))
			return &info->engines[i];
	if (i == FDINFO_MAX_ENGINES)
		return NULL;
	engine = &info->engines[info->num_engines++];
	copy(engine->name, name);
	engine->capacity = 1;
	return engine;
}

static struct fdinfo_region *get_region(struct fdinfo *info, const char *name)
{
	struct fdinfo_region *region;
	unsigned int i;

	if (strlen(name) >= FDINFO_NAME)
		return NULL;
	for (i = 0; i < info->num_regions; i++)
		if (!strcmp(info->regions[i].name, name))
			return &info->regions[i];
	if (i == FDINFO_MAX_REGIONS)
		return NULL;
	region = &info->regions[info->num_regions++];
	copy(region->name, name);
	return region;
}

/* Whether the key is one of an engine. */
static bool parse_engine(struct fdinfo *info, const char *key, const char *value)
{
	const char *capacity = skip(key, "drm-engine-capacity-");
	const char *time = capacity ? NULL : skip(key, "drm-engine-");
	struct fdinfo_engine *engine;
	const char *unit;
	uint64_t number;

	if (!capacity && !time)
		return false;
	if (!parse_number(value, &number, &unit) || strcmp(unit, time ? "ns" : "") ||
	    (capacity && !number))
		return true;
	engine = get_engine(info, time ? time : capacity);
	if (engine && time)
		engine->ns = number;
	else if (engine)
		engine->capacity = number;
	return true;
}

static void parse_memory(struct fdinfo *info, const char *key, const char *value)
{
	static const struct {
		const char *prefix;
		size_t offset;
	} kinds[] = {
		{ "drm-total-", offsetof(struct fdinfo_region, total) },
		{ "drm-shared-", offsetof(struct fdinfo_region, shared) },
		{ "drm-resident-", offsetof(struct fdinfo_region, resident) },
		{ "drm-active-", offsetof(struct fdinfo_region, active) },
	};
	struct fdinfo_region *region;
	const char *name = NULL;
	uint64_t bytes;
	unsigned int i;

	for (i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		name = skip(key, kinds[i].prefix);
		if (name)
			break;
	}
	if (!name)
		return;
	region = parse_bytes(value, &bytes) ? get_region(info, name) : NULL;
	if (region)
		memcpy((char *)region + kinds[i].offset, &bytes, sizeof(bytes));
}

static void parse_line(struct fdinfo *info, char *line)
{
	char *value = strchr(line, ':');
	const char *unit;

	if (!value)
		return;
	*value++ = '\0';
	value += strspn(value, " \t");
	value[strcspn(value, "\n")] = '\0';

	if (!strcmp(line, "drm-driver"))
		copy(info->driver, value);
	else if (!strcmp(line, "drm-client-name"))
		copy(info->client_name, value);
	else if (!strcmp(line, "drm-client-id"))
		info->has_client = parse_number(value, &info->client, &unit) && !*unit;
	else if (!parse_engine(info, line, value))
		parse_memory(info, line, value);
}

bool fdinfo_read(struct fdinfo *info, FILE *file)
{
	char line[256];

	memset(info, 0, sizeof(*info));
	while (fgets(line, sizeof(line), file))
		parse_line(info, line);
	return info->driver[0] && info->has_client;
}

const struct fdinfo_engine *fdinfo_find_engine(const struct fdinfo *info, const char *name)
{
	unsigned int i;

	for (i = 0; i < info->num_engines; i++)
		if (!strcmp(info->engines[i].name, name))
			return &info->engines[i];
	return NULL;
}
