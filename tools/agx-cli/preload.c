// SPDX-License-Identifier: MIT
#include "preload.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/close_range.h>
#include <linux/dma-buf.h>
#include <linux/sync_file.h>
#include <stdarg.h>
#include <stdbool.h>
#include <unistd.h>

#include "interpose.h"
#include "preload_calls.h"
#include "preload_hooks.h"
#include "preload_objects.h"
#include "preload_out.h"

struct preload_real real;
pthread_mutex_t preload_lock = PTHREAD_MUTEX_INITIALIZER;

/* There is a recording to be made. Set before the program begins. */
static bool recording;

/* In a hook, so that what comes here now comes from a signal handler or from the recorder. */
static _Thread_local bool inside;

/* What the program has there, which a call that succeeds leaves as it is. */
static _Thread_local int errno_before;

static void find_real(void)
{
	if (real.ioctl)
		return;
	interpose_find(&real.close, "close");
	interpose_find(&real.close_range, "close_range");
	interpose_find(&real.closefrom, "closefrom");
	interpose_find(&real.dup, "dup");
	interpose_find(&real.dup2, "dup2");
	interpose_find(&real.dup3, "dup3");
	interpose_find(&real.fcntl, "fcntl");
	interpose_find(&real.ioctl, "ioctl");
}

/*
 * Whether a call is to be looked at; leave() then. After vfork() the memory is the parent's, whose
 * descriptors those of the child are not.
 */
static bool enter(void)
{
	find_real();
	if (!recording || inside || (uint32_t)getpid() != out_pid())
		return false;
	inside = true;
	errno_before = errno;
	return true;
}

/* Returns what the call has returned. */
static int leave(int ret, int err)
{
	errno = ret < 0 ? err : errno_before;
	inside = false;
	return ret;
}

static bool is_of_interest(int fd, unsigned long request)
{
	switch (_IOC_TYPE(request)) {
	case DRM_IOCTL_BASE:
		return true;
	case DMA_BUF_BASE:
	case SYNC_IOC_MAGIC:
		return object_is_tracked(fd);
	default:
		return false;
	}
}

int hook_ioctl(int fd, unsigned long request, ...)
{
	va_list ap;
	void *arg;
	int ret;

	va_start(ap, request);
	arg = va_arg(ap, void *);
	va_end(ap);

	if (!is_of_interest(fd, request) || !enter()) {
		find_real();
		return real.ioctl(fd, request, arg);
	}
	ret = call_record(fd, request, arg);
	return leave(ret, errno);
}

int hook_close(int fd)
{
	int ret, err;

	if (!object_is_tracked(fd) || !enter()) {
		find_real();
		return real.close(fd);
	}
	pthread_mutex_lock(&preload_lock);
	object_close(fd);
	ret = real.close(fd);
	err = errno;
	pthread_mutex_unlock(&preload_lock);
	return leave(ret, err);
}

int hook_close_range(unsigned int first, unsigned int last, int flags)
{
	int ret, err;

	if (flags & CLOSE_RANGE_CLOEXEC || !enter()) {
		find_real();
		return real.close_range(first, last, flags);
	}
	pthread_mutex_lock(&preload_lock);
	object_close_range(first, last);
	ret = real.close_range(first, last, flags);
	err = errno;
	pthread_mutex_unlock(&preload_lock);
	return leave(ret, err);
}

void hook_closefrom(int first)
{
	if (!enter()) {
		find_real();
		real.closefrom(first);
		return;
	}
	pthread_mutex_lock(&preload_lock);
	object_close_range(first < 0 ? 0 : first, UINT_MAX);
	real.closefrom(first);
	pthread_mutex_unlock(&preload_lock);
	leave(0, 0);
}

/* Makes a copy of a descriptor that may be of interest, or over one that is. */
static int duplicate(int fd, int to, int (*make)(int fd, int to, int flags), int flags)
{
	int ret, err;

	if ((!object_is_tracked(fd) && !object_is_tracked(to)) || !enter()) {
		find_real();
		return make(fd, to, flags);
	}
	pthread_mutex_lock(&preload_lock);
	ret = make(fd, to, flags);
	err = errno;
	if (ret >= 0)
		object_dup(fd, ret);
	pthread_mutex_unlock(&preload_lock);
	return leave(ret, err);
}

static int make_dup(int fd, int to, int flags)
{
	return real.dup(fd);
}

int hook_dup(int fd)
{
	return duplicate(fd, -1, make_dup, 0);
}

static int make_dup2(int fd, int to, int flags)
{
	return real.dup2(fd, to);
}

int hook_dup2(int fd, int to)
{
	return duplicate(fd, to, make_dup2, 0);
}

static int make_dup3(int fd, int to, int flags)
{
	return real.dup3(fd, to, flags);
}

int hook_dup3(int fd, int to, int flags)
{
	return duplicate(fd, to, make_dup3, flags);
}

/* @from is the lowest number that the copy may have. */
static int make_fcntl(int fd, int from, int command)
{
	return real.fcntl(fd, command, from);
}

static int any_fcntl(int fd, int command, void *arg)
{
	int ret, err;

	if ((command != F_DUPFD && command != F_DUPFD_CLOEXEC) || !object_is_tracked(fd) ||
	    !enter()) {
		find_real();
		return real.fcntl(fd, command, arg);
	}
	pthread_mutex_lock(&preload_lock);
	ret = make_fcntl(fd, (int)(intptr_t)arg, command);
	err = errno;
	if (ret >= 0)
		object_dup(fd, ret);
	pthread_mutex_unlock(&preload_lock);
	return leave(ret, err);
}

int hook_fcntl(int fd, int command, ...)
{
	va_list ap;
	void *arg;

	va_start(ap, command);
	arg = va_arg(ap, void *);
	va_end(ap);
	return any_fcntl(fd, command, arg);
}

int hook_fcntl64(int fd, int command, ...)
{
	va_list ap;
	void *arg;

	va_start(ap, command);
	arg = va_arg(ap, void *);
	va_end(ap);
	return any_fcntl(fd, command, arg);
}

static void before_fork(void)
{
	pthread_mutex_lock(&preload_lock);
}

static void after_fork_in_parent(void)
{
	pthread_mutex_unlock(&preload_lock);
}

static void after_fork_in_child(void)
{
	inside = true;
	out_forked(object_forked());
	pthread_mutex_unlock(&preload_lock);
	inside = false;
}

static void __attribute__((constructor)) begin(void)
{
	find_real();
	inside = true;
	recording = out_init();
	inside = false;
	if (recording)
		pthread_atfork(before_fork, after_fork_in_parent, after_fork_in_child);
}

static void __attribute__((destructor)) end(void)
{
	if (!enter())
		return;
	pthread_mutex_lock(&preload_lock);
	out_exit();
	pthread_mutex_unlock(&preload_lock);
	leave(0, 0);
}
