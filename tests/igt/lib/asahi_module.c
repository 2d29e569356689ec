// SPDX-License-Identifier: MIT
/* Parameters of the module of the simulated GPU. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "asahi_device.h"
#include "asahi_module.h"
#include "igt.h"

#define MODULE "agx_sim"

/* What asahi_module_set() has changed: one parameter at a time. */
static char changed[32];
static unsigned int changed_from;

/* Enough for all that there are. */
#define MAX_PARAMETERS 16
#define MAX_PARAMETERS_TEXT 256

/* Whether a subtest has loaded the module; and if that went well, as what. */
static bool reloaded, reloaded_well;
static char reloaded_as[MAX_PARAMETERS_TEXT];

static int open_param(const char *name, int mode)
{
	char path[128];

	if (asahi_as_hardware())
		return -1;
	snprintf(path, sizeof(path), "/sys/module/" MODULE "/parameters/%s", name);
	return open(path, mode | O_CLOEXEC);
}

unsigned int asahi_module_number(const char *name)
{
	int fd = open_param(name, O_RDONLY);
	char text[32] = "";

	igt_require_f(fd >= 0, "only for the simulated GPU: it needs to know parameter %s\n", name);
	igt_assert(read(fd, text, sizeof(text) - 1) > 0);
	close(fd);

	return strtoul(text, NULL, 0);
}

static void set(const char *name, unsigned int value)
{
	int fd = open_param(name, O_WRONLY);
	char text[32];

	snprintf(text, sizeof(text), "%u", value);
	igt_assert_f(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text),
		     "%s: %s\n", name, strerror(errno));
	close(fd);
}

void asahi_module_set(const char *name, unsigned int value)
{
	unsigned int old = asahi_module_number(name);

	igt_assert(!*changed);
	snprintf(changed, sizeof(changed), "%s", name);
	changed_from = old;
	set(name, value);
}

/* In a child. @parameters: "NAME=VALUE NAME=VALUE". */
static void exec_modprobe(const char *flag, const char *parameters)
{
	const char *args[MAX_PARAMETERS + 4] = { "modprobe", flag, MODULE };
	char text[MAX_PARAMETERS_TEXT], *parameter;
	unsigned int num = 3;

	snprintf(text, sizeof(text), "%s", parameters);
	for (parameter = strtok(text, " "); parameter; parameter = strtok(NULL, " ")) {
		if (num == ARRAY_SIZE(args) - 1)
			return;
		args[num++] = parameter;
	}
	execvp(args[0], (char *const *)args);
}

/* Returns modprobe's exit status. */
static int modprobe(const char *flag, const char *parameters)
{
	int status;
	pid_t pid = fork();

	igt_assert(pid >= 0);
	if (!pid) {
		exec_modprobe(flag, parameters);
		_exit(127);
	}
	igt_assert_eq(waitpid(pid, &status, 0), pid);

	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void load(const char *parameters)
{
	igt_require_f(!modprobe("--dry-run", ""), "modprobe does not find " MODULE "\n");
	igt_require_f(!syscall(SYS_delete_module, MODULE, O_NONBLOCK),
		      MODULE " cannot be removed: %s\n", strerror(errno));
	igt_assert_eq(modprobe("--verbose", parameters), 0);
	asahi_device_replaced();
}

static void load_as(const char *parameters)
{
	reloaded_well = false;
	load(parameters);
	snprintf(reloaded_as, sizeof(reloaded_as), "%s", parameters);
	reloaded = true;
	reloaded_well = true;
}

void asahi_module_reload(const char *name, unsigned int value)
{
	char option[64];

	/* Before anything happens: is it there at all? */
	if (asahi_module_number(name) == value)
		return;

	snprintf(option, sizeof(option), "%s=%u", name, value);
	load_as(option);
	igt_assert_eq(asahi_module_number(name), value);
}

void asahi_module_reload_as(const char *parameters)
{
	igt_assert_lt(strlen(parameters), MAX_PARAMETERS_TEXT);
	igt_require_f(!asahi_as_hardware(), "only for the simulated GPU: it is loaded anew\n");
	if (!reloaded_well || strcmp(parameters, reloaded_as) != 0)
		load_as(parameters);
}

void asahi_module_restore(void)
{
	if (*changed) {
		set(changed, changed_from);
		*changed = '\0';
	}
	if (reloaded) {
		reloaded_well = false;
		load("");
		reloaded = false;
	}
}
