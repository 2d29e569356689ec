// SPDX-License-Identifier: MIT
/* Reading the driver's own mappings. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "asahi_kernel_maps.h"
#include "asahi_objects.h"
#include "igt.h"

static void parse(struct asahi_kernel_maps *maps, const char *line, uint64_t *vm)
{
	struct asahi_kernel_map *map = &maps->maps[maps->num];

	if (sscanf(line, "vm %" SCNu64, vm) == 1) {
		igt_assert_f(!strstr(line, "busy"), "vms: \"%s\"\n", line);
		return;
	}

	igt_assert_lt(maps->num, ASAHI_MAX_KERNEL_MAPS);
	if (sscanf(line, " %" SCNx64 "-%" SCNx64 " rwk %23s %" SCNx64 " %" SCNx64, &map->addr,
		   &map->end, map->name, &map->words[0], &map->words[1]) != 5)
		return;
	map->vm = *vm;
	maps->num++;
}

void asahi_kernel_maps_read(struct asahi_kernel_maps *maps)
{
	char *text = asahi_debugfs_read("vms"), *line, *rest;
	uint64_t vm = 0;

	memset(maps, 0, sizeof(*maps));
	for (line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
		parse(maps, line, &vm);
	free(text);
}

unsigned int asahi_kernel_maps_count(const struct asahi_kernel_maps *maps, const char *name)
{
	unsigned int i, count = 0;

	for (i = 0; i < maps->num; i++)
		count += !strcmp(maps->maps[i].name, name);
	return count;
}

const struct asahi_kernel_map *asahi_kernel_maps_find(const struct asahi_kernel_maps *maps,
						      const char *name)
{
	const struct asahi_kernel_map *map = maps->maps;

	igt_assert_eq(asahi_kernel_maps_count(maps, name), 1);
	while (strcmp(map->name, name))
		map++;
	return map;
}
