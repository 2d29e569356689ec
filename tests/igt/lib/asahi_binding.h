/* SPDX-License-Identifier: MIT */
/**
 * DOC: Taking the device and its driver apart
 *
 * The driver is unbound from its device and bound again, and the modules of driver and GPU are
 * removed and loaded again. A test that does so asserts nothing before it has put everything
 * together again, as no test after it would find a device.
 */
#ifndef ASAHI_BINDING_H
#define ASAHI_BINDING_H

#include <limits.h>
#include <stdbool.h>

/* Names of the modules. */
#define ASAHI_DRIVER_MODULE "agx"
#define ASAHI_GPU_MODULE "agx_sim"

/** struct asahi_binding - The device and its driver in sysfs. */
struct asahi_binding {
	char driver[PATH_MAX];
	char device[NAME_MAX + 1];
};

/** asahi_binding_find() - Which device and driver a file belongs to. */
void asahi_binding_find(int fd, struct asahi_binding *binding);

/* Unbind and bind; return 0 or -errno. */
int asahi_unbind(const struct asahi_binding *binding);
int asahi_bind(const struct asahi_binding *binding);

/** asahi_assert_works() - A job runs on the device as it is now, which may be a new one. */
void asahi_assert_works(void);

/** struct asahi_module - A module that is loaded. */
struct asahi_module {
	char name[32];
	/** @path: where it can be loaded from. */
	char path[PATH_MAX];
	/** @params: what it was loaded with. */
	char params[1024];
};

/**
 * asahi_module_find() - Find a module that is loaded, and its file: in the folder that the
 * environment names with ASAHI_MODULES, or where modinfo says.
 *
 * Returns whether it can be removed and loaded again.
 */
bool asahi_module_find(struct asahi_module *module, const char *name);

/* Remove and load; return 0 or -errno. A module that is in use gives -EAGAIN. */
int asahi_module_remove(const struct asahi_module *module);
int asahi_module_load(const struct asahi_module *module);

#endif
