/* SPDX-License-Identifier: MIT */
/*
 * The functions of the C library that the recorder stands in front of. They are declared under
 * names of our own: headers have macros and other names for some of them.
 */
#ifndef AGX_CLI_PRELOAD_HOOKS_H
#define AGX_CLI_PRELOAD_HOOKS_H

#define PRELOAD_HOOK __attribute__((visibility("default")))

int hook_ioctl(int fd, unsigned long request, ...) __asm__("ioctl") PRELOAD_HOOK;
int hook_close(int fd) __asm__("close") PRELOAD_HOOK;
int hook_close_range(unsigned int first, unsigned int last, int flags)
	__asm__("close_range") PRELOAD_HOOK;
void hook_closefrom(int first) __asm__("closefrom") PRELOAD_HOOK;
int hook_dup(int fd) __asm__("dup") PRELOAD_HOOK;
int hook_dup2(int fd, int to) __asm__("dup2") PRELOAD_HOOK;
int hook_dup3(int fd, int to, int flags) __asm__("dup3") PRELOAD_HOOK;
int hook_fcntl(int fd, int command, ...) __asm__("fcntl") PRELOAD_HOOK;
int hook_fcntl64(int fd, int command, ...) __asm__("fcntl64") PRELOAD_HOOK;

#endif /* AGX_CLI_PRELOAD_HOOKS_H */
