// SPDX-License-Identifier: MIT
#include "preload_out.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "clock_ns.h"
#include "preload.h"

/* Out of the way of what programs do with the numbers that they know. */
#define FIRST_FD 700

static struct {
	char *path;
	bool contents;

	/* This may be somebody else's meanwhile: programs close what they do not know. */
	int fd;
	struct stat file;

	uint32_t pid;
	/* There is a record of this process. */
	bool announced;
	/* Nothing can be written any more. */
	bool lost;

	struct rec_buffer buffer;
} out = { .fd = -1 };

bool out_contents(void)
{
	return out.contents;
}

uint32_t out_pid(void)
{
	return out.pid;
}

uint64_t out_now(void)
{
	return clock_ns(CLOCK_MONOTONIC);
}

static bool is_file(int fd)
{
	struct stat st;

	return fd >= 0 && !fstat(fd, &st) && st.st_dev == out.file.st_dev &&
	       st.st_ino == out.file.st_ino;
}

/* The file of the recording has been made by who has started us. */
static bool open_file(void)
{
	int fd = open(out.path, O_WRONLY | O_APPEND | O_CLOEXEC);

	if (fd < 0)
		return false;
	out.fd = real.fcntl(fd, F_DUPFD_CLOEXEC, FIRST_FD);
	if (out.fd < 0)
		out.fd = fd;
	else
		real.close(fd);
	return true;
}

bool out_init(void)
{
	const char *path = getenv(PRELOAD_ENV_FILE);

	if (!path)
		return false;
	out.path = strdup(path);
	out.contents = getenv(PRELOAD_ENV_CONTENTS);
	out.pid = getpid();
	return out.path && open_file() && !fstat(out.fd, &out.file);
}

/* A record is one write, so that those of several processes do not mix. */
static void write_buffer(void)
{
	ssize_t written;

	if (out.lost)
		return;
	if (!is_file(out.fd) && !(open_file() && is_file(out.fd))) {
		out.lost = true;
		return;
	}
	do {
		written = write(out.fd, out.buffer.data, out.buffer.size);
	} while (written < 0 && errno == EINTR);
	out.lost = written != (ssize_t)out.buffer.size;
}

static struct rec_buffer *begin(enum rec_type type)
{
	rec_begin(&out.buffer, type, out.pid, syscall(SYS_gettid), out_now());
	return &out.buffer;
}

void out_end(void)
{
	rec_end(&out.buffer);
	if (out.buffer.failed)
		out.lost = true;
	else
		write_buffer();
}

static void put_process(enum rec_reason reason, uint32_t parent)
{
	const char *name = program_invocation_short_name;
	const struct rec_process process = {
		.reason = reason, .parent = parent, .name_size = strlen(name) + 1
	};

	begin(REC_PROCESS);
	rec_put(&out.buffer, &process, sizeof(process));
	rec_put(&out.buffer, name, process.name_size);
	out_end();
}

struct rec_buffer *out_begin(enum rec_type type)
{
	if (!out.announced) {
		out.announced = true;
		put_process(REC_PROCESS_START, 0);
	}
	return begin(type);
}

void out_forked(bool open)
{
	const uint32_t parent = out.pid;

	out.pid = getpid();
	out.announced = open;
	if (open)
		put_process(REC_PROCESS_FORK, parent);
}

void out_exit(void)
{
	if (out.announced)
		put_process(REC_PROCESS_EXIT, 0);
}
