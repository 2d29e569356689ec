/* SPDX-License-Identifier: MIT */
/* Small files of debugfs and sysfs. */
#ifndef ASAHI_TEXT_H
#define ASAHI_TEXT_H

#include <stddef.h>

/**
 * asahi_text_read() - Read all of a file that is not empty.
 * @dir: folder that @path starts from, or AT_FDCWD.
 */
void asahi_text_read(int dir, const char *path, char *text, size_t size);

/** asahi_text_write() - Write to a file that exists; returns 0 or -errno. */
int asahi_text_write(int dir, const char *path, const char *text);

#endif
