// SPDX-License-Identifier: MIT
/* Evicting on demand, and what comes of it. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "asahi_reclaim.h"
#include "igt.h"

static int debugfs = -1;

void asahi_reclaim_find(int fd)
{
	if (debugfs >= 0)
		close(debugfs);
	debugfs = igt_debugfs_dir(fd);
	igt_require_f(debugfs >= 0 && !faccessat(debugfs, "evict", W_OK, 0),
		      "the driver does not evict on demand\n");
}

/* All of a small file of debugfs, as text. */
static void read_text(int dir, const char *name, char *text, size_t size)
{
	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC);
	ssize_t len;

	igt_assert_f(fd >= 0, "%s: %s\n", name, strerror(errno));
	len = read(fd, text, size - 1);
	igt_assert_f(len > 0, "%s: read returned %zd\n", name, len);
	close(fd);
	text[len] = '\0';
}

void asahi_reclaim_read(struct asahi_reclaim *reclaim)
{
	char text[512];

	read_text(debugfs, "reclaim", text, sizeof(text));
	igt_assert_f(sscanf(text,
			    "evictable %" SCNu64 " evicted %" SCNu64 " evictions %" SCNu64
			    " restores %" SCNu64,
			    &reclaim->evictable, &reclaim->evicted, &reclaim->evictions,
			    &reclaim->restores) == 4,
		     "reclaim: \"%s\"\n", text);
}

int __asahi_evict(void)
{
	int fd = openat(debugfs, "evict", O_WRONLY | O_CLOEXEC);
	int ret = 0;

	if (fd < 0 || write(fd, "1", 1) != 1)
		ret = -errno;
	if (fd >= 0)
		close(fd);
	return ret;
}

void asahi_evict(void)
{
	int ret = __asahi_evict();

	igt_assert_f(!ret, "evict: %s\n", strerror(-ret));
}

uint64_t asahi_evict_all(void)
{
	struct asahi_reclaim before, after;

	asahi_reclaim_read(&before);
	asahi_evict();
	asahi_reclaim_read(&after);
	igt_assert_eq_u64(after.evictable, 0);
	igt_assert_eq_u64(after.evicted, before.evicted + before.evictable);
	return after.evicted;
}

unsigned int asahi_tlb_valid(void)
{
	int dir = open("/sys/kernel/debug/agx_sim", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	unsigned int valid;
	char text[512];

	igt_require_f(dir >= 0, "the GPU does not say what it remembers\n");
	read_text(dir, "tlb", text, sizeof(text));
	close(dir);
	igt_assert_f(sscanf(text, "entries %*u valid %u", &valid) == 1, "tlb: \"%s\"\n", text);
	return valid;
}
