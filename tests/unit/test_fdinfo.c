// SPDX-License-Identifier: MIT
/* What the kernel tells of clients. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "clients.h"
#include "fdinfo.h"

static bool parse(struct fdinfo *info, const char *text)
{
	FILE *file = fmemopen((void *)text, strlen(text), "r");
	bool ret;

	assert_non_null(file);
	ret = fdinfo_read(info, file);
	fclose(file);
	return ret;
}

/* As the driver prints it, behind what all files have. */
static void test_client(void **state)
{
	static const char text[] =
		"pos:\t0\nflags:\t02100002\nmnt_id:\t31\nino:\t340\n"
		"drm-driver:\tasahi\ndrm-client-id:\t17\ndrm-client-name:\tfoo bar\n"
		"drm-engine-render:\t0 ns\ndrm-engine-capacity-render:\t16\n"
		"drm-engine-compute:\t1234567890123 ns\ndrm-engine-capacity-compute:\t16\n"
		"drm-total-memory:\t1040 KiB\ndrm-shared-memory:\t16 KiB\n"
		"drm-active-memory:\t0\ndrm-resident-memory:\t3 MiB\n";
	const struct fdinfo_engine *engine;
	struct fdinfo info;

	assert_true(parse(&info, text));
	assert_string_equal(info.driver, "asahi");
	assert_string_equal(info.client_name, "foo bar");
	assert_int_equal(info.client, 17);
	assert_int_equal(info.num_engines, 2);
	engine = fdinfo_find_engine(&info, "compute");
	assert_non_null(engine);
	assert_int_equal(engine->ns, 1234567890123);
	assert_int_equal(engine->capacity, 16);
	assert_int_equal(fdinfo_find_engine(&info, "render")->ns, 0);
	assert_null(fdinfo_find_engine(&info, "copy"));
	assert_int_equal(info.num_regions, 1);
	assert_string_equal(info.regions[0].name, "memory");
	assert_int_equal(info.regions[0].total, 1040 << 10);
	assert_int_equal(info.regions[0].shared, 16 << 10);
	assert_int_equal(info.regions[0].active, 0);
	assert_int_equal(info.regions[0].resident, 3 << 20);
}

/* A capacity may come first; without one there is one engine. */
static void test_order(void **state)
{
	struct fdinfo info;

	assert_true(parse(&info, "drm-driver: x\ndrm-client-id: 1\n"
			  "drm-engine-capacity-a: 4\ndrm-engine-a: 5 ns\ndrm-engine-b: 6 ns"));
	assert_int_equal(fdinfo_find_engine(&info, "a")->capacity, 4);
	assert_int_equal(fdinfo_find_engine(&info, "a")->ns, 5);
	assert_int_equal(fdinfo_find_engine(&info, "b")->capacity, 1);
	assert_int_equal(fdinfo_find_engine(&info, "b")->ns, 6);
}

static void test_not_drm(void **state)
{
	struct fdinfo info;

	assert_false(parse(&info, "pos:\t0\nflags:\t02\n"));
	assert_false(parse(&info, "drm-driver:\tasahi\n"));
	assert_false(parse(&info, "drm-client-id:\t3\n"));
	assert_false(parse(&info, "drm-driver:\tasahi\ndrm-client-id:\t-3\n"));
	assert_false(parse(&info, "drm-driver:\tasahi\ndrm-client-id:\t\n"));
	assert_false(parse(&info, "drm-driver:\tasahi\ndrm-client-id:\t99999999999999999999\n"));
}

/* Lines that make no sense are as if they were not there. */
static void test_damaged(void **state)
{
	static char text[32768];
	struct fdinfo info;
	unsigned int i;

	assert_true(parse(&info, "drm-driver: x\ndrm-client-id: 1\n"
			  "no colon\n:\ndrm-engine-: 1 ns\ndrm-engine-a: 5\ndrm-engine-a: -5 ns\n"
			  "drm-engine-a: 5 ms\ndrm-engine-capacity-b: 0\n"
			  "drm-total-m: 1 TiB\ndrm-total-m: 99999999999999999 MiB\n"
			  "drm-total-m: x\n"));
	assert_int_equal(info.num_engines, 1);
	assert_string_equal(info.engines[0].name, "");
	assert_int_equal(info.num_regions, 0);

	/* More, and longer names, than there is room for. */
	strcpy(text, "drm-driver: x\ndrm-client-id: 1\n");
	for (i = 0; i < 40; i++)
		sprintf(text + strlen(text), "drm-engine-%040u: 1 ns\ndrm-engine-e%u: 1 ns\n"
			"drm-total-%0300u: 1\ndrm-total-r%u: 1\n", i, i, i, i);
	assert_true(parse(&info, text));
	assert_int_equal(info.num_engines, FDINFO_MAX_ENGINES);
	assert_string_equal(info.engines[7].name, "e7");
	assert_true(info.num_regions <= FDINFO_MAX_REGIONS);
}

/* Processes as they are in /proc. */
struct proc {
	char path[64];
};

static void put(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static void add_fd(const struct proc *proc, const char *pid, const char *fd, const char *target,
		   const char *driver, unsigned int client)
{
	char path[128], text[256];

	snprintf(path, sizeof(path), "%s/%s", proc->path, pid);
	mkdir(path, 0700);
	snprintf(path, sizeof(path), "%s/%s/comm", proc->path, pid);
	snprintf(text, sizeof(text), "name of %s\n", pid);
	put(path, text);
	snprintf(path, sizeof(path), "%s/%s/fd", proc->path, pid);
	mkdir(path, 0700);
	snprintf(path, sizeof(path), "%s/%s/fdinfo", proc->path, pid);
	mkdir(path, 0700);
	snprintf(path, sizeof(path), "%s/%s/fd/%s", proc->path, pid, fd);
	assert_int_equal(symlink(target, path), 0);
	snprintf(path, sizeof(path), "%s/%s/fdinfo/%s", proc->path, pid, fd);
	snprintf(text, sizeof(text), "pos:\t0\ndrm-driver:\t%s\ndrm-client-id:\t%u\n", driver,
		 client);
	put(path, text);
}

static void test_clients(void **state)
{
	static const char node[] = "/dev/dri/renderD-of-a-test";
	struct clients clients;
	struct proc proc = { "/tmp/test-fdinfo.XXXXXX" };
	char command[128], path[128];

	assert_non_null(mkdtemp(proc.path));
	add_fd(&proc, "30", "5", node, "asahi", 9);
	add_fd(&proc, "30", "6", node, "asahi", 9);
	add_fd(&proc, "31", "4", node, "asahi", 9);
	add_fd(&proc, "31", "7", node, "asahi", 2);
	add_fd(&proc, "31", "8", node, "i915", 3);
	add_fd(&proc, "31", "9", "/tmp/somewhere", "asahi", 4);
	/* Nothing of what it points to is there any more. */
	snprintf(path, sizeof(path), "%s/31/fd/77", proc.path);
	assert_int_equal(symlink(node, path), 0);
	snprintf(path, sizeof(path), "%s/self", proc.path);
	assert_int_equal(mkdir(path, 0700), 0);

	assert_int_equal(clients_find(&clients, proc.path, "asahi", 0), 0);
	assert_int_equal(clients.num, 2);
	assert_int_equal(clients.list[0].info.client, 2);
	assert_int_equal(clients.list[0].fds, 1);
	assert_int_equal(clients.list[0].pid, 31);
	assert_string_equal(clients.list[0].command, "name of 31");
	assert_int_equal(clients.list[1].info.client, 9);
	assert_int_equal(clients.list[1].fds, 3);
	clients_free(&clients);

	/* Of a node that those are not of. */
	assert_int_equal(clients_find(&clients, proc.path, "asahi", 1234), 0);
	assert_int_equal(clients.num, 0);
	clients_free(&clients);
	snprintf(path, sizeof(path), "%s/none", proc.path);
	assert_int_equal(clients_find(&clients, path, "asahi", 0), -2);

	snprintf(command, sizeof(command), "rm -r %s", proc.path);
	assert_int_equal(system(command), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_client),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_not_drm),
		cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_clients),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
