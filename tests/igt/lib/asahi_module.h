/* SPDX-License-Identifier: MIT */
/**
 * DOC: The module of the simulated GPU
 *
 * Some of what a test wants of the GPU is a parameter of its module, and some of these can only be
 * set when the module is loaded. Whatever a subtest changes is undone before the next one.
 */
#ifndef ASAHI_MODULE_H
#define ASAHI_MODULE_H

/** asahi_module_number() - The value of a numeric parameter; skips if there is none. */
unsigned int asahi_module_number(const char *name);

/** asahi_module_set() - Change a parameter of the loaded module; skips if there is none. */
void asahi_module_set(const char *name, unsigned int value);

/**
 * asahi_module_reload() - Load the module with a parameter, and everything else as it is by
 * default. Skips where that is not possible. No file of the device may be open.
 */
void asahi_module_reload(const char *name, unsigned int value);

/**
 * asahi_module_reload_as() - The same with several parameters, all others being the default.
 * Does nothing if this is how it has been loaded last, and not been undone.
 * @parameters: as "NAME=VALUE NAME=VALUE"; may be empty.
 */
void asahi_module_reload_as(const char *parameters);

/** asahi_module_restore() - Undo what has been changed, if anything has. */
void asahi_module_restore(void);

#endif
