// SPDX-License-Identifier: MIT
/**
 * TEST: asahi mesa
 * Category: Core
 * Mega feature: libagx
 * Sub-category: Mesa
 * Functionality: Mesa's drivers, as packaged
 * Description: Programs print the same whether Mesa's ioctls are its own or go through libagx's
 *	thin layer, and then all of them do.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "asahi_device.h"
#include "asahi_drm.h"
#include "igt.h"

IGT_TEST_DESCRIPTION("Mesa through libagx");

/**
 * SUBTEST: vulkaninfo
 * Description: All that Vulkan tells of the GPU.
 *
 * SUBTEST: vulkan-compute
 * Description: Buffers, sparse memory, a compute shader, fences.
 *
 * SUBTEST: gles-compute
 * Description: A buffer, a compute shader, a fence.
 */

#define THROUGH_LIBAGX ASAHI_MESA_TESTS "/through_libagx.so"

/* No other of Mesa's Vulkan drivers, and nothing from a program that has run before. */
#define MESA_ENV "VK_LOADER_DRIVERS_SELECT='*asahi*' MESA_SHADER_CACHE_DISABLE=true "

#define DRIVER_IOCTLS DRM_COMMAND_BASE
#define NUM_DRIVER_IOCTLS 11

/* How a program is run, and what came of it; folder and names of files are the subtest's. */
struct run {
	char dir[32];
	char command[512];
};

static void make_dir(struct run *run)
{
	strcpy(run->dir, "/tmp/asahi_mesa.XXXXXX");
	igt_assert(mkdtemp(run->dir));
}

static void shell(const char *command)
{
	int status = system(command);

	igt_assert_f(WIFEXITED(status) && WEXITSTATUS(status) == 0, "status 0x%x of: %s\n", status,
		     command);
}

/* Whether a file of the folder could be read into @text, all of it. */
static void read_all(const struct run *run, const char *name, char *text, size_t size)
{
	char path[64];
	size_t got;
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", run->dir, name);
	file = fopen(path, "re");
	igt_assert_f(file, "no %s\n", path);
	got = fread(text, 1, size - 1, file);
	fclose(file);
	igt_assert_lt(got, size - 1);
	text[got] = 0;
}

/* What is free of memory when it is asked for is no property of the GPU. */
static void forget_memory(char *text)
{
	static const char *const labels[] = { "budget", "usage" };
	unsigned int i;
	char *at;

	for (i = 0; i < ARRAY_SIZE(labels); i++)
		for (at = strstr(text, labels[i]); at; at = strstr(at + 1, labels[i]))
			if (strspn(at + strlen(labels[i]), " ") + strlen(labels[i]) ==
			    strcspn(at, "="))
				memset(at, '-', strcspn(at, "\n"));
}

/* The first line that differs, for people to read. */
static void assert_same(const char *own, const char *through)
{
	unsigned int line = 1;
	size_t i;

	for (i = 0; own[i] && own[i] == through[i]; i++)
		line += own[i] == '\n';
	while (i && own[i - 1] != '\n')
		i--;
	igt_assert_f(!strcmp(own, through), "line %u differs\nMesa: %.*s\nlibagx: %.*s\n", line,
		     (int)strcspn(own + i, "\n"), own + i, (int)strcspn(through + i, "\n"),
		     through + i);
}

/* How many ioctls of each number went through the library, by its own account. */
static void count_through(const struct run *run, unsigned int counts[NUM_DRIVER_IOCTLS])
{
	static char text[4096];
	unsigned int nr, count;
	char *line;
	int items;

	read_all(run, "calls", text, sizeof(text));
	for (line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
		items = sscanf(line, "%u %u", &nr, &count);
		igt_assert_eq(items, 2);
		igt_assert_lt(nr, NUM_DRIVER_IOCTLS);
		counts[nr] += count;
	}
}

/* How many came to the kernel, as strace has seen them: "ioctl(5, 0xc0106440, ...". */
static void count_traced(const struct run *run, unsigned int counts[NUM_DRIVER_IOCTLS])
{
	char path[64], line[512], *call;
	unsigned long request;
	unsigned int nr;
	FILE *file;
	int fd;

	snprintf(path, sizeof(path), "%s/trace", run->dir);
	file = fopen(path, "re");
	igt_assert_f(file, "no %s\n", path);
	while (fgets(line, sizeof(line), file)) {
		call = strstr(line, "ioctl(");
		if (!call || sscanf(call, "ioctl(%d, %lx", &fd, &request) != 2 ||
		    _IOC_TYPE(request) != DRM_IOCTL_BASE)
			continue;
		nr = _IOC_NR(request) - DRIVER_IOCTLS;
		if (nr < NUM_DRIVER_IOCTLS)
			counts[nr]++;
	}
	fclose(file);
}

static void compare(const void *data)
{
	static char own[1 << 20], through[1 << 20];
	unsigned int counts[NUM_DRIVER_IOCTLS] = { 0 }, traced[NUM_DRIVER_IOCTLS] = { 0 };
	const char *program = data;
	unsigned int i, all = 0;
	struct run run;

	igt_require_f(access(THROUGH_LIBAGX, R_OK) == 0,
		      "the programs for Mesa are not built\n");
	make_dir(&run);
	snprintf(run.command, sizeof(run.command), MESA_ENV "%s >%s/own 2>%s/own.err", program,
		 run.dir, run.dir);
	shell(run.command);
	snprintf(run.command, sizeof(run.command),
		 MESA_ENV "strace -f -qq -X raw -e trace=ioctl -o %s/trace -E LIBAGX_CALLS=%s/calls"
		 " -E LD_PRELOAD=" THROUGH_LIBAGX " %s >%s/through 2>%s/through.err",
		 run.dir, run.dir, program, run.dir, run.dir);
	shell(run.command);

	read_all(&run, "own", own, sizeof(own));
	read_all(&run, "through", through, sizeof(through));
	forget_memory(own);
	forget_memory(through);
	igt_assert_f(strstr(own, "Apple"), "Mesa has not found the GPU\n");
	assert_same(own, through);

	count_through(&run, counts);
	count_traced(&run, traced);
	for (i = 0; i < NUM_DRIVER_IOCTLS; i++) {
		igt_assert_f(counts[i] == traced[i],
			     "of %u ioctls with number %u %u went through libagx\n", traced[i], i,
			     counts[i]);
		all += counts[i];
	}
	igt_assert(all);
	igt_info("%s: %u ioctls, all of them through libagx; the same output\n", program, all);
	snprintf(run.command, sizeof(run.command), "rm -r %s", run.dir);
	shell(run.command);
}

static const struct asahi_subtest subtests[] = {
	{ "vulkaninfo", "Vulkan tells the same.", NULL, &compare, "vulkaninfo" },
	{ "vulkan-compute", "Vulkan computes the same.", NULL, &compare,
	  ASAHI_MESA_TESTS "/vk_compute" },
	{ "gles-compute", "OpenGL ES computes the same.", NULL, &compare,
	  ASAHI_MESA_TESTS "/gles_compute" },
};

int igt_main()
{
	asahi_run_subtests(subtests, ARRAY_SIZE(subtests));
}
