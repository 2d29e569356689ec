// SPDX-License-Identifier: MIT
/* A page that is not there until somebody says so. */
#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <poll.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "asahi_held.h"
#include "igt.h"

/* How often it is asked whether it is over, in ms. */
#define ASK_MS 5

static void *map_page(size_t size)
{
	void *map = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	igt_assert(map != MAP_FAILED);
	return map;
}

int asahi_held_init(struct asahi_held *held)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register area = { .mode = UFFDIO_REGISTER_MODE_MISSING };
	int ret;

	held->uffd = syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK);
	if (held->uffd < 0)
		return -errno;

	held->size = sysconf(_SC_PAGESIZE);
	held->page = map_page(held->size);
	held->content = map_page(held->size);
	area.range.start = (uintptr_t)held->page;
	area.range.len = held->size;
	if (!ioctl(held->uffd, UFFDIO_API, &api) && !ioctl(held->uffd, UFFDIO_REGISTER, &area))
		return 0;

	ret = -errno;
	asahi_held_fini(held);
	return ret;
}

void *asahi_held_fill(struct asahi_held *held, const void *data, size_t size)
{
	memcpy(held->content, data, size);
	madvise(held->page, held->size, MADV_DONTNEED);
	return held->page;
}

bool asahi_held_wait(struct asahi_held *held, const atomic_bool *over)
{
	struct pollfd fd = { .fd = held->uffd, .events = POLLIN };
	struct uffd_msg msg;

	while (!atomic_load(over))
		if (poll(&fd, 1, ASK_MS) == 1 &&
		    read(held->uffd, &msg, sizeof(msg)) == sizeof(msg) &&
		    msg.event == UFFD_EVENT_PAGEFAULT)
			return true;
	return false;
}

int asahi_held_release(struct asahi_held *held)
{
	struct uffdio_copy copy = {
		.dst = (uintptr_t)held->page,
		.src = (uintptr_t)held->content,
		.len = held->size,
	};

	return ioctl(held->uffd, UFFDIO_COPY, &copy) ? -errno : 0;
}

void asahi_held_fini(struct asahi_held *held)
{
	close(held->uffd);
	munmap(held->page, held->size);
	munmap(held->content, held->size);
}
