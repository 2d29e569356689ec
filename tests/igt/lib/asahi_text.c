// SPDX-License-Identifier: MIT
/* Reading and writing small files. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "asahi_text.h"
#include "igt.h"

void asahi_text_read(int dir, const char *path, char *text, size_t size)
{
	int fd = openat(dir, path, O_RDONLY | O_CLOEXEC);
	ssize_t len;

	igt_assert_f(fd >= 0, "%s: %s\n", path, strerror(errno));
	len = read(fd, text, size - 1);
	igt_assert_f(len > 0, "%s: read returned %zd\n", path, len);
	close(fd);
	text[len] = '\0';
}

int asahi_text_write(int dir, const char *path, const char *text)
{
	int fd = openat(dir, path, O_WRONLY | O_CLOEXEC);
	int ret = 0;

	if (fd < 0)
		return -errno;
	if (write(fd, text, strlen(text)) < 0)
		ret = -errno;
	close(fd);

	return ret;
}
