/* SPDX-License-Identifier: MIT */
/* What libraries have in common that are loaded into programs to see their ioctls. */
#ifndef AGX_CLI_INTERPOSE_H
#define AGX_CLI_INTERPOSE_H

#include <dlfcn.h>
#include <stdbool.h>
#include <sys/ioctl.h>

#include <drm.h>

/* The ioctls that drivers have beside those of the core; which driver, only the file knows. */
static inline bool interpose_is_driver_ioctl(unsigned long request)
{
	return _IOC_TYPE(request) == DRM_IOCTL_BASE && _IOC_NR(request) >= DRM_COMMAND_BASE &&
	       _IOC_NR(request) < DRM_COMMAND_END;
}

/*
 * The function that a program would have called without the library. An object pointer cannot be
 * cast to a function's: @function is the address of one.
 */
static inline void interpose_find(void *function, const char *name)
{
	*(void **)function = dlsym(RTLD_NEXT, name);
}

#endif /* AGX_CLI_INTERPOSE_H */
