/* SPDX-License-Identifier: MIT */
#ifndef AGX_CLI_PRELOAD_CALLS_H
#define AGX_CLI_PRELOAD_CALLS_H

/* Makes a call of the program's and records it. Takes preload_lock. Returns as ioctl() does. */
int call_record(int fd, unsigned long request, void *arg);

#endif /* AGX_CLI_PRELOAD_CALLS_H */
