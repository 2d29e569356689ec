// SPDX-License-Identifier: MIT
/* What memory there is, and what the kernel has in its caches. */
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "asahi_clock.h"
#include "asahi_memory.h"
#include "igt.h"

#define SLABINFO "/proc/slabinfo"

/* Bytes by which what could be had changes though nobody keeps anything. */
#define SLACK (4u << 20)

/* After how long without any change what is there is taken to stay. */
#define MOST_MS 5000

uint64_t asahi_meminfo(const char *key)
{
	size_t len = strlen(key);
	bool found = false;
	uint64_t kib = 0;
	char line[256];
	FILE *file;

	file = fopen("/proc/meminfo", "r");
	igt_assert(file);
	while (!found && fgets(line, sizeof(line), file))
		found = !strncmp(line, key, len) && line[len] == ':' &&
			sscanf(line + len + 1, "%" SCNu64, &kib) == 1;
	fclose(file);
	igt_assert_f(found, "/proc/meminfo has no %s\n", key);
	return kib << 10;
}

uint64_t asahi_memory_available(void)
{
	/* Free, on the list of a CPU, of files, and of caches that give them back. */
	static const char * const formats[] = {
		" pages free %lu", " count: %lu", " nr_inactive_file %lu", " nr_active_file %lu",
		" nr_slab_reclaimable %lu",
	};
	unsigned long pages, sum = 0;
	unsigned int i;
	char line[256];
	FILE *file;

	file = fopen("/proc/zoneinfo", "r");
	igt_assert(file);
	while (fgets(line, sizeof(line), file))
		for (i = 0; i < ARRAY_SIZE(formats); i++)
			if (sscanf(line, formats[i], &pages) == 1)
				sum += pages;
	fclose(file);
	igt_assert_neq_u64(sum, 0);
	return (uint64_t)sum * sysconf(_SC_PAGESIZE);
}

void asahi_memory_require(void)
{
	igt_require_f(!access(SLABINFO, R_OK), "there is no " SLABINFO " that can be read\n");
}

/* Have a cache take back what each CPU keeps of it, which else counts as in use. */
static void shrink(const char *name)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "/sys/kernel/slab/%s/shrink", name);
	fd = open(path, O_WRONLY);
	if (fd < 0)
		return;
	if (write(fd, "1", 1) != 1)
		igt_debug("%s is not shrunk\n", name);
	close(fd);
}

static void count(struct asahi_memory *memory)
{
	char line[512];
	FILE *file;

	memory->num = 0;
	file = fopen(SLABINFO, "r");
	igt_assert(file);
	while (fgets(line, sizeof(line), file)) {
		struct asahi_cache *cache = &memory->caches[memory->num];

		if (line[0] == '#' ||
		    sscanf(line, "%63s %" SCNu64, cache->name, &cache->objects) != 2)
			continue;
		igt_assert_lt(++memory->num, ASAHI_MAX_CACHES);
	}
	fclose(file);

	memory->available = asahi_memory_available();
}

static void shrink_all(const struct asahi_memory *memory)
{
	unsigned int i;

	for (i = 0; i < memory->num; i++)
		shrink(memory->caches[i].name);
}

void asahi_memory_read(struct asahi_memory *memory)
{
	count(memory);
	shrink_all(memory);
	count(memory);
}

static uint64_t objects_of(const struct asahi_memory *memory, const char *name)
{
	unsigned int i;

	for (i = 0; i < memory->num; i++)
		if (!strcmp(memory->caches[i].name, name))
			return memory->caches[i].objects;
	return 0;
}

/* The cache that has grown by more than @most objects, or NULL; those that have are shrunk. */
static const struct asahi_cache *find_grown(const struct asahi_memory *now,
					    const struct asahi_memory *before, uint64_t most)
{
	const struct asahi_cache *grown = NULL;
	unsigned int i;

	for (i = 0; i < now->num; i++) {
		const struct asahi_cache *cache = &now->caches[i];

		if (cache->objects <= objects_of(before, cache->name) + most)
			continue;
		shrink(cache->name);
		grown = cache;
	}
	return grown;
}

static uint64_t all_objects(const struct asahi_memory *memory)
{
	uint64_t sum = 0;
	unsigned int i;

	for (i = 0; i < memory->num; i++)
		sum += memory->caches[i].objects;
	return sum;
}

void asahi_memory_assert(const struct asahi_memory *before, unsigned int rounds)
{
	static struct asahi_memory now;
	const struct asahi_cache *grown = NULL;
	uint64_t least = UINT64_MAX, since = 0, start = 0;
	uint64_t objects;

	while (asahi_patient(&since)) {
		count(&now);
		grown = find_grown(&now, before, rounds / 2);
		if (now.available + SLACK < before->available)
			shrink_all(&now);
		else if (!grown)
			return;

		/* Not worth to wait for what does not become less. */
		objects = all_objects(&now);
		if (objects < least) {
			least = objects;
			start = asahi_now_ms();
		} else if (asahi_now_ms() - start > MOST_MS) {
			break;
		}
	}

	igt_assert_f(!grown, "%u rounds have left %" PRIu64 " objects in %s, where were %" PRIu64
		     "\n", rounds, grown->objects, grown->name, objects_of(before, grown->name));
	igt_assert_f(now.available + SLACK >= before->available,
		     "%u rounds have left %" PRIu64 " KiB less than there were\n", rounds,
		     (before->available - now.available) >> 10);
}
