/* SPDX-License-Identifier: MIT */
/* Syncobj calls of libigt. But for the waits they assert that they succeed. */
#ifndef IGT_SYNCOBJ_H
#define IGT_SYNCOBJ_H

#include <stdbool.h>
#include <stdint.h>

uint32_t syncobj_create(int fd, uint32_t flags);
void syncobj_destroy(int fd, uint32_t handle);
int syncobj_handle_to_fd(int fd, uint32_t handle, uint32_t flags);
uint32_t syncobj_fd_to_handle(int fd, int syncobj_fd, uint32_t flags);
void syncobj_import_sync_file(int fd, uint32_t handle, int sync_file);
void syncobj_timeline_signal(int fd, uint32_t *handles, uint64_t *points, uint32_t count);
void syncobj_binary_to_timeline(int fd, uint32_t timeline, uint64_t point, uint32_t binary);
void syncobj_timeline_to_binary(int fd, uint32_t binary, uint32_t timeline, uint64_t point,
				uint32_t flags);
void syncobj_timeline_query(int fd, uint32_t *handles, uint64_t *points, uint32_t count);
bool syncobj_wait(int fd, uint32_t *handles, uint32_t count, uint64_t abs_timeout_nsec,
		  uint32_t flags, uint32_t *first_signaled);
bool syncobj_timeline_wait(int fd, uint32_t *handles, uint64_t *points, unsigned int count,
			   int64_t timeout_nsec, unsigned int flags, uint32_t *first_signaled);

#endif
