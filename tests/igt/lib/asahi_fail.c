// SPDX-License-Identifier: MIT
/* Fault injection, as Documentation/fault-injection has it. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "asahi_device.h"
#include "asahi_fail.h"
#include "asahi_ioctl.h"
#include "asahi_job.h"
#include "asahi_objects.h"
#include "igt.h"
#include "sw_sync.h"

#define DEBUGFS "/sys/kernel/debug/"

/* Further than any call goes. */
#define MAX_NTH 2000

/*
 * What the allocators themselves need varies from call to call, and so does which allocation is the
 * Nth: one that is missed in a round is met in another.
 */
#define ROUNDS 3

/* Calls that run while everything of the driver fails, and the most that could. */
#define MANY 1000000

/* The allocators, and what lets all of their allocations fail. */
static const char * const allocators[] = { "failslab", "fail_page_alloc" };

static const struct {
	const char *allocator;
	const char *name;
	const char *value;
} settings[] = {
	{ "failslab", "ignore-gfp-wait", "N" },
	{ "failslab", "cache-filter", "N" },
	{ "failslab", "verbose", "0" },
	{ "fail_page_alloc", "ignore-gfp-wait", "N" },
	{ "fail_page_alloc", "ignore-gfp-highmem", "N" },
	{ "fail_page_alloc", "min-order", "0" },
	{ "fail_page_alloc", "verbose", "0" },
	/* No stack has an address in an empty range: copies never fail. */
	{ "fail_usercopy", "require-start", "1" },
	{ "fail_usercopy", "require-end", "1" },
};

/* What was there before, to be put back at the end. */
static char saved[ARRAY_SIZE(settings)][32];

/* Of the only thread; open, so that its use allocates nothing. */
static int fail_nth = -1;

/* Where the code of the driver's module is, as the knobs want it; empty if that is not known. */
static char driver_start[32], driver_end[32];

/* The same for the part of it that makes coredumps. */
static char coredump_start[32], coredump_end[32];

static int knob_open(const char *allocator, const char *name, int flags)
{
	char path[128];

	snprintf(path, sizeof(path), DEBUGFS "%s/%s", allocator, name);
	return open(path, flags | O_CLOEXEC);
}

static bool knob_read(const char *allocator, const char *name, char *value, size_t size)
{
	int fd = knob_open(allocator, name, O_RDONLY);
	ssize_t len;

	if (fd < 0)
		return false;
	len = read(fd, value, size - 1);
	close(fd);
	value[len > 0 ? len : 0] = '\0';
	return len > 0;
}

static void knob_write(const char *allocator, const char *name, const char *value)
{
	int fd = knob_open(allocator, name, O_WRONLY);
	ssize_t len = fd < 0 ? -1 : write(fd, value, strlen(value));

	igt_assert_f(len > 0, "%s/%s: %s\n", allocator, name, strerror(errno));
	close(fd);
}

static void restore(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(settings); i++) {
		int fd;

		if (!saved[i][0])
			continue;
		fd = knob_open(settings[i].allocator, settings[i].name, O_WRONLY);
		if (fd < 0 || write(fd, saved[i], strlen(saved[i])) < 0)
			igt_info("%s/%s keeps our value\n", settings[i].allocator,
				 settings[i].name);
		close(fd);
	}
}

void asahi_fail_begin(unsigned int nth)
{
	char text[16];
	int len = snprintf(text, sizeof(text), "%u", nth);

	if (pwrite(fail_nth, text, len, 0) != len)
		igt_assert_f(false, "fail-nth: %s\n", strerror(errno));
}

bool asahi_fail_end(void)
{
	char text[16] = "";
	ssize_t len = pread(fail_nth, text, sizeof(text) - 1, 0);

	asahi_fail_begin(0);
	igt_assert_f(len > 0, "fail-nth: %s\n", strerror(errno));
	return strtoul(text, NULL, 10) == 0;
}

/* Let each allocation fail once. */
static void sweep_round(struct asahi_sweep *sweep, void *data)
{
	struct asahi_objects before;
	bool injected = true;
	unsigned int nth;
	int ret;

	for (nth = 1; injected; nth++) {
		igt_assert_lt(nth, MAX_NTH);
		asahi_objects_read(&before);
		asahi_fail_begin(nth);
		ret = sweep->call(data);
		injected = asahi_fail_end();

		if (ret) {
			igt_assert_f(injected, "%s: %s, and no allocation has failed\n",
				     sweep->name, strerror(-ret));
			igt_assert_f(ret == -ENOMEM || (sweep->err && ret == sweep->err),
				     "%s, allocation %u: %s\n", sweep->name, nth, strerror(-ret));
			igt_debug("%s: allocation %u: %s\n", sweep->name, nth, strerror(-ret));
			if (sweep->unchanged)
				sweep->unchanged(data);
			asahi_objects_wait_eq(&before);
			igt_assert_eq(sweep->call(data), 0);
			sweep->failed++;
		} else if (injected) {
			sweep->survived++;
		}
		sweep->undo(data);
		asahi_objects_wait_eq(&before);
	}
}

void asahi_sweep(struct asahi_sweep *sweep, void *data)
{
	struct asahi_objects before;
	unsigned int round;

	/* It works; and whatever is made only once has been made. */
	asahi_objects_read_settled(&before, sweep->jobs);
	igt_assert_eq(sweep->call(data), 0);
	sweep->undo(data);
	asahi_objects_wait_eq(&before);

	for (round = 0; round < ROUNDS; round++)
		sweep_round(sweep, data);

	igt_info("%-28s %3u allocations failed: %3u calls with them, %u without effect\n",
		 sweep->name, sweep->failed + sweep->survived, sweep->failed, sweep->survived);
	igt_assert_f(sweep->failed, "%s: no allocation has made it fail\n", sweep->name);
}

/* Functions are shorter than this. */
#define MAX_FUNCTION 0x10000

/* One function of the driver's module, or of its part whose functions' names have @part in them. */
static bool is_function(const char *line, const char *part, uint64_t *address)
{
	char type, name[128], module[64];

	return sscanf(line, "%" SCNx64 " %c %127s [%63[^]]", address, &type, name, module) == 4 &&
	       (type == 't' || type == 'T') && !strcmp(module, "agx") && strstr(name, part) &&
	       !strchr(name, '.');
}

/*
 * From the first such function to whatever comes behind the last one. Those that the compiler has
 * split off from others are elsewhere, and left out.
 */
static void find_functions(const char *part, char start[32], char end[32])
{
	uint64_t first = UINT64_MAX, last = 0, next, address;
	char line[512], type;
	FILE *symbols;

	symbols = fopen("/proc/kallsyms", "r");
	if (!symbols)
		return;

	while (fgets(line, sizeof(line), symbols)) {
		if (!is_function(line, part, &address))
			continue;
		first = address < first ? address : first;
		last = address > last ? address : last;
	}
	next = last + MAX_FUNCTION;
	rewind(symbols);
	while (fgets(line, sizeof(line), symbols))
		if (sscanf(line, "%" SCNx64 " %c", &address, &type) == 2 &&
		    (type == 't' || type == 'T') && address > last && address < next)
			next = address;
	fclose(symbols);
	if (!last)
		return;

	snprintf(start, 32, "0x%" PRIx64, first);
	snprintf(end, 32, "0x%" PRIx64, next);
}

/*
 * Let every allocation fail that has the driver's code on its stack, or stop to do so. Coredumps
 * are left alone: there is none if there is no memory at once.
 */
static void fail_driver(bool on)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(allocators); i++) {
		knob_write(allocators[i], "probability", "0");
		knob_write(allocators[i], "times", on ? "1000000" : "1");
		knob_write(allocators[i], "require-start", on ? driver_start : "0");
		knob_write(allocators[i], "require-end", on ? driver_end : "0xffffffffffffffff");
		knob_write(allocators[i], "reject-start", on ? coredump_start : "0");
		knob_write(allocators[i], "reject-end", on ? coredump_end : "0");
		if (on)
			knob_write(allocators[i], "probability", "100");
	}
}

/* How many have failed since then. */
static unsigned int driver_failures(void)
{
	unsigned int i, num = 0;

	for (i = 0; i < ARRAY_SIZE(allocators); i++) {
		char value[32];

		igt_assert(knob_read(allocators[i], "times", value, sizeof(value)));
		num += MANY - atoi(value);
	}
	return num;
}

/* The instrument works: a call that needs memory gets none, and that is counted. */
static void check_instrument(void)
{
	unsigned int num;
	int fd, second;
	char path[32];

	fd = asahi_open();
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	fail_driver(true);
	second = open(path, O_RDWR | O_CLOEXEC);
	num = driver_failures();
	fail_driver(false);
	if (second >= 0)
		close(second);
	asahi_close(fd);
	igt_assert_f(second < 0 && num, "the driver's allocations do not fail as they should\n");
}

void asahi_require_fail(void)
{
	unsigned int i;

	if (fail_nth >= 0)
		return;

	for (i = 0; i < ARRAY_SIZE(allocators); i++) {
		char value[32];

		igt_require_f(knob_read(allocators[i], "times", value, sizeof(value)),
			      "the kernel has no %s\n", allocators[i]);
	}
	fail_nth = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);
	igt_require_f(fail_nth >= 0, "the kernel has no fail-nth\n");

	for (i = 0; i < ARRAY_SIZE(settings); i++) {
		/* One without failing copies has none to be left alone. */
		if (!knob_read(settings[i].allocator, settings[i].name, saved[i],
			       sizeof(saved[i])))
			continue;
		knob_write(settings[i].allocator, settings[i].name, settings[i].value);
	}
	atexit(restore);

	find_functions("", driver_start, driver_end);
	find_functions("coredump", coredump_start, coredump_end);
	if (driver_start[0])
		check_instrument();
}

/*
 * Two jobs that run until they are told to end. What the driver leaves to threads of the kernel, it
 * leaves to those that take in and free jobs when they are over.
 */
struct witness {
	struct asahi_client client;
	struct asahi_spin spins[2];
	uint32_t queues[2];
};

static void witness_init(struct witness *w)
{
	struct asahi_client *client = &w->client;
	unsigned int i;

	asahi_client_init(client);
	for (i = 0; i < ARRAY_SIZE(w->spins); i++) {
		w->queues[i] = asahi_queue_create(client->fd, client->vm_id, client->usc_base);
		asahi_spin_init(client, &w->spins[i]);
		asahi_spin_start(&w->spins[i], w->queues[i]);
	}
}

/*
 * Wait until whatever was left to those threads before has been done. A QUEUE_DESTROY waits until
 * its job is freed, which may be among others; those are when the second one is. Or the device is
 * gone, and has waited for all of them.
 */
static void witness_settle(struct witness *w)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(w->spins); i++) {
		asahi_spin_release(&w->spins[i]);
		sync_fence_wait(w->spins[i].fence, asahi_hang_ms());
		__asahi_queue_destroy(w->client.fd, w->queues[i]);
	}
}

static void witness_fini(struct witness *w)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(w->spins); i++)
		close(w->spins[i].fence);
	asahi_client_drop(&w->client);
}

unsigned int asahi_fail_all(const char *name, int (*call)(void *data), void *data)
{
	struct witness witness;
	unsigned int num;
	int ret;

	igt_require_f(driver_start[0] && coredump_start[0], "no module agx with symbols\n");

	witness_init(&witness);
	fail_driver(true);
	ret = call(data);
	witness_settle(&witness);
	num = driver_failures();
	fail_driver(false);
	witness_fini(&witness);

	igt_assert_f(!ret, "%s: %s\n", name, strerror(-ret));
	return num;
}

void asahi_assert_no_allocation(const char *name, int (*call)(void *data), void *data)
{
	unsigned int num = asahi_fail_all(name, call, data);

	igt_assert_f(!num, "%s: %u allocations\n", name, num);
	igt_info("%-28s allocates nothing\n", name);
}
