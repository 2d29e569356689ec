// SPDX-License-Identifier: MIT
/* Finding, opening and closing the device, and the frame of every subtest. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>
#include <xf86drm.h>

#include "asahi_device.h"
#include "asahi_module.h"
#include "asahi_objects.h"
#include "asahi_sim.h"

#define MAX_FILES 256
#define MAX_MAPS 1024

/* Files that are open, so that they can be closed after a failure. */
static int files[MAX_FILES];
static unsigned int num_files;

/* CPU mappings that exist, for the same reason. */
static struct {
	void *start;
	size_t size;
} maps[MAX_MAPS];
static unsigned int num_maps;

/* Counters at the start of the running subtest. */
static struct asahi_objects objects_before;

static int remember(int fd)
{
	igt_assert_lt(num_files, MAX_FILES);
	files[num_files++] = fd;

	return fd;
}

/* Without the file that libigt keeps until the program ends, which would hold the driver. */
static int open_render(void)
{
	int fd = __drm_open_driver_render(DRIVER_ASAHI);

	igt_require_f(fd >= 0, "there is no device\n");
	return fd;
}

int asahi_open(void)
{
	return remember(open_render());
}

void asahi_adopt(int fd)
{
	remember(fd);
}

int asahi_open_primary(void)
{
	char *path;
	int fd;

	fd = open_render();
	path = drmGetPrimaryDeviceNameFromFd(fd);
	close(fd);
	igt_require_f(path, "the device has no primary node\n");

	fd = open(path, O_RDWR | O_CLOEXEC);
	igt_assert_f(fd >= 0, "%s: %s\n", path, strerror(errno));
	free(path);

	return remember(fd);
}

void asahi_close(int fd)
{
	unsigned int i;

	for (i = 0; i < num_files; i++)
		if (files[i] == fd)
			break;
	igt_assert_f(i < num_files, "file %d is not ours\n", fd);

	files[i] = files[--num_files];
	igt_assert_eq(close(fd), 0);
}

/* Read the MODALIAS of a device's uevent file. */
static bool read_modalias(int fd, char *alias, size_t size)
{
	char path[PATH_MAX], line[256];
	struct stat st;
	FILE *file;
	bool found = false;

	igt_assert_eq(fstat(fd, &st), 0);
	snprintf(path, sizeof(path), "/sys/dev/char/%u:%u/device/uevent", major(st.st_rdev),
		 minor(st.st_rdev));

	file = fopen(path, "r");
	if (!file)
		return false;

	while (!found && fgets(line, sizeof(line), file)) {
		if (strncmp(line, "MODALIAS=", 9))
			continue;
		line[strcspn(line, "\n")] = '\0';
		snprintf(alias, size, "%s", line + 9);
		found = true;
	}
	fclose(file);

	return found;
}

unsigned int asahi_hang_ms(void)
{
	const unsigned int most = 90000;
	const char *text = getenv("ASAHI_HANG_MS");
	unsigned long less = text ? strtoul(text, NULL, 10) : 0;

	return less && less < most ? less : most;
}

bool asahi_as_hardware(void)
{
	return getenv("ASAHI_AS_HARDWARE");
}

bool asahi_is_simulated(int fd)
{
	char alias[256];

	if (asahi_as_hardware())
		return false;
	return read_modalias(fd, alias, sizeof(alias)) && !strcmp(alias, "platform:asahi");
}

void asahi_require_simulated(int fd, const char *why)
{
	igt_require_f(asahi_is_simulated(fd), "only for the simulated GPU: %s\n", why);
}

bool asahi_can_risk(int fd, const char *risk)
{
	if (asahi_is_simulated(fd))
		return true;

	igt_info("not tried here: %s\n", risk);
	return false;
}

bool asahi_assert_strict(int fd, int ret, int err)
{
	if (ret == 0 && !asahi_is_simulated(fd)) {
		igt_info("accepted, though the uapi asks for %s\n", strerror(-err));
		return true;
	}

	igt_assert_eq(ret, err);
	return false;
}

void asahi_assert_failed(int fd, int status, int err)
{
	if (status < 0 && status != err && !asahi_is_simulated(fd)) {
		igt_info("ended with %s, where the simulated GPU has %s\n", strerror(-status),
			 strerror(-err));
		return;
	}

	igt_assert_eq(status, err);
}

void asahi_remember_map(void *map, size_t size)
{
	igt_assert_lt(num_maps, MAX_MAPS);
	maps[num_maps].start = map;
	maps[num_maps].size = size;
	num_maps++;
}

void asahi_forget_map(void *map)
{
	unsigned int i;

	for (i = 0; i < num_maps; i++)
		if (maps[i].start == map)
			break;
	igt_assert_f(i < num_maps, "mapping %p is not ours\n", map);

	maps[i] = maps[--num_maps];
}

/* Undo what a failed subtest left: mappings before files, as each of them holds one. */
static void begin(bool keep_module)
{
	for (; num_maps; num_maps--)
		munmap(maps[num_maps - 1].start, maps[num_maps - 1].size);
	while (num_files)
		close(files[--num_files]);
	if (!keep_module)
		asahi_module_restore();

	asahi_objects_read(&objects_before);
}

static void end(void)
{
	igt_assert_f(!num_files, "%u files are still open\n", num_files);
	igt_assert_f(!num_maps, "%u buffers are still mapped\n", num_maps);
	asahi_assert_objects_eq(&objects_before);
}

static void find_objects(void)
{
	int fd = asahi_open();

	asahi_objects_find(fd);
	asahi_close(fd);
}

void asahi_device_replaced(void)
{
	find_objects();
	asahi_objects_read(&objects_before);
}

static void run_case(const struct asahi_subtest *subtest, unsigned int i, const char *name)
{
	/* What the last case was one of. */
	static const struct asahi_subtest *last;

	igt_dynamic(name) {
		bool first = last != subtest;

		last = subtest;
		begin(!first && subtest->cases->keep_module);
		subtest->cases->run(subtest->data, i);
		end();
	}
}

static void run_cases(const struct asahi_subtest *subtest)
{
	const struct asahi_cases *cases = subtest->cases;
	char name[ASAHI_MAX_NAME];
	unsigned int i;

	igt_describe(subtest->describe);
	igt_subtest_with_dynamic(subtest->name) {
		asahi_sim_restore();
		if (cases->require)
			cases->require(subtest->data);
		for (i = 0; cases->name(subtest->data, i, name, sizeof(name)); i++)
			run_case(subtest, i, name);
	}
}

static void run_subtest(const struct asahi_subtest *subtest)
{
	if (subtest->cases) {
		run_cases(subtest);
		return;
	}

	igt_describe(subtest->describe);
	igt_subtest(subtest->name) {
		asahi_sim_restore();
		begin(false);
		if (subtest->run)
			subtest->run();
		else
			subtest->run_with(subtest->data);
		end();
	}
}

void asahi_run_subtests(const struct asahi_subtest *subtests, unsigned int num)
{
	unsigned int i;

	igt_fixture()
		find_objects();

	for (i = 0; i < num; i++)
		run_subtest(&subtests[i]);

	igt_fixture()
		asahi_module_restore();
}
