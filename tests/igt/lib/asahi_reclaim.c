// SPDX-License-Identifier: MIT
/* Evicting on demand, and what comes of it. */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "asahi_device.h"
#include "asahi_reclaim.h"
#include "asahi_text.h"
#include "igt.h"

static int debugfs = -1;

void asahi_reclaim_find(int fd)
{
	if (debugfs >= 0)
		close(debugfs);
	debugfs = igt_debugfs_dir(fd);
	igt_require_f(!asahi_as_hardware() && debugfs >= 0 && !faccessat(debugfs, "evict", W_OK, 0),
		      "the driver does not evict on demand\n");
}

void asahi_reclaim_read(struct asahi_reclaim *reclaim)
{
	char text[512];

	asahi_text_read(debugfs, "reclaim", text, sizeof(text));
	igt_assert_f(sscanf(text,
			    "evictable %" SCNu64 " evicted %" SCNu64 " evictions %" SCNu64
			    " restores %" SCNu64,
			    &reclaim->evictable, &reclaim->evicted, &reclaim->evictions,
			    &reclaim->restores) == 4,
		     "reclaim: \"%s\"\n", text);
}

int __asahi_evict(void)
{
	return asahi_text_write(debugfs, "evict", "1");
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

	igt_require_f(!asahi_as_hardware() && dir >= 0, "the GPU does not say what it remembers\n");
	asahi_text_read(dir, "tlb", text, sizeof(text));
	close(dir);
	igt_assert_f(sscanf(text, "entries %*u valid %u", &valid) == 1, "tlb: \"%s\"\n", text);
	return valid;
}
