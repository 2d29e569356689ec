// SPDX-License-Identifier: MIT
/* Unbinding and binding the driver, removing and loading modules. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "asahi_binding.h"
#include "asahi_device.h"
#include "asahi_job.h"
#include "igt.h"

void asahi_binding_find(int fd, struct asahi_binding *binding)
{
	char link[128], path[PATH_MAX];
	struct stat st;

	igt_assert_eq(fstat(fd, &st), 0);
	snprintf(link, sizeof(link), "/sys/dev/char/%u:%u/device", major(st.st_rdev),
		 minor(st.st_rdev));
	igt_assert(realpath(link, path));
	snprintf(binding->device, sizeof(binding->device), "%s", strrchr(path, '/') + 1);
	strncat(link, "/driver", sizeof(link) - strlen(link) - 1);
	igt_assert(realpath(link, binding->driver));
}

static int write_driver(const struct asahi_binding *binding, const char *file)
{
	char path[PATH_MAX + 16];
	int fd, ret = 0;

	snprintf(path, sizeof(path), "%s/%s", binding->driver, file);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (write(fd, binding->device, strlen(binding->device)) < 0)
		ret = -errno;
	close(fd);

	return ret;
}

int asahi_unbind(const struct asahi_binding *binding)
{
	return write_driver(binding, "unbind");
}

int asahi_bind(const struct asahi_binding *binding)
{
	return write_driver(binding, "bind");
}

void asahi_assert_works(void)
{
	struct asahi_client client;
	struct asahi_job job;
	struct asahi_bo bo;

	asahi_client_init(&client);
	asahi_bo_init(&client, &bo, ASAHI_PAGE);
	asahi_job_init(&client, &job, ASAHI_SHADER_STORE, bo.va, 0, 0);
	igt_assert_eq(asahi_job_run(&job), 1);
	igt_assert_eq_u32(bo.map[0], ASAHI_STORE_VALUE);
	asahi_bo_fini(&client, &bo);
	asahi_client_fini(&client);
}

/* The parameters of a module, as they are now, in the form in which it is given them. */
static void read_params(struct asahi_module *module)
{
	char path[NAME_MAX + 64], value[256];
	struct dirent *entry;
	size_t used = 0;
	DIR *dir;

	snprintf(path, sizeof(path), "/sys/module/%s/parameters", module->name);
	dir = opendir(path);
	while (dir && (entry = readdir(dir))) {
		ssize_t len;
		int fd;

		fd = openat(dirfd(dir), entry->d_name, O_RDONLY | O_CLOEXEC);
		if (entry->d_name[0] == '.' || fd < 0) {
			close(fd);
			continue;
		}
		len = read(fd, value, sizeof(value) - 1);
		close(fd);
		value[len > 0 ? len : 0] = '\0';
		value[strcspn(value, "\n")] = '\0';

		/* An array of no values cannot be said. */
		if (!value[0] || !strcmp(value, "(null)"))
			continue;
		used += snprintf(module->params + used, sizeof(module->params) - used, "%s=%s ",
				 entry->d_name, value);
		igt_assert_lt(used, sizeof(module->params));
	}
	if (dir)
		closedir(dir);
}

static bool ask_modinfo(struct asahi_module *module)
{
	char command[64];
	FILE *out;
	bool found;

	snprintf(command, sizeof(command), "modinfo -n %s 2>/dev/null", module->name);
	out = popen(command, "r");
	if (!out)
		return false;
	found = fgets(module->path, sizeof(module->path), out);
	module->path[strcspn(module->path, "\n")] = '\0';
	return pclose(out) == 0 && found;
}

bool asahi_module_find(struct asahi_module *module, const char *name)
{
	const char *folder = getenv("ASAHI_MODULES");
	char path[64];

	memset(module, 0, sizeof(*module));
	snprintf(module->name, sizeof(module->name), "%s", name);

	/* What is built into the kernel has no such file. */
	snprintf(path, sizeof(path), "/sys/module/%s/refcnt", name);
	if (access(path, F_OK))
		return false;

	if (folder)
		snprintf(module->path, sizeof(module->path), "%s/%s.ko", folder, name);
	if ((!folder || access(module->path, R_OK)) && !ask_modinfo(module))
		return false;

	read_params(module);
	return true;
}

int asahi_module_remove(const struct asahi_module *module)
{
	return syscall(__NR_delete_module, module->name, O_NONBLOCK) ? -errno : 0;
}

int asahi_module_load(const struct asahi_module *module)
{
	const char *dot = strrchr(module->path, '.');
	bool compressed = dot && strcmp(dot, ".ko");
	/* MODULE_INIT_COMPRESSED_FILE */
	int fd = open(module->path, O_RDONLY | O_CLOEXEC), flags = compressed ? 4 : 0, ret;

	if (fd < 0)
		return -errno;
	ret = syscall(__NR_finit_module, fd, module->params, flags) ? -errno : 0;
	close(fd);

	return ret;
}
