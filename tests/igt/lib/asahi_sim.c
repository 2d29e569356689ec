// SPDX-License-Identifier: MIT
/* Controls of the simulated GPU. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "asahi_clock.h"
#include "asahi_device.h"
#include "asahi_sim.h"
#include "asahi_text.h"
#include "igt.h"

#define CONTROLS "/sys/kernel/debug/agx_sim/"
#define TIME_LIMIT "/sys/module/agx_sim/parameters/time_limit_ms"
#define HANG_LIMIT "/sys/module/agx/parameters/hang_limit_ms"

/* What the limits were before, empty if they have not been changed. */
static char time_limit[32], hang_limit[32];

/* The process that undoes it at its end; what it has forked does not. */
static pid_t owner;

/* The only line of a file, without its end. */
static void read_line(const char *path, char *text, size_t size)
{
	asahi_text_read(AT_FDCWD, path, text, size);
	text[strcspn(text, "\n")] = '\0';
}

/* Asserts nothing: it also runs at the end of the program. */
static void undo(void)
{
	static const char * const rest[][2] = {
		{ "crash", "none" }, { "hang", "none" }, { "inject_fault", "none" },
		{ "delay", "0" }, { "hold", "0" },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rest); i++)
		__asahi_sim_set(rest[i][0], rest[i][1]);
	if (*time_limit)
		asahi_text_write(AT_FDCWD, TIME_LIMIT, time_limit);
	if (*hang_limit)
		asahi_text_write(AT_FDCWD, HANG_LIMIT, hang_limit);
	*time_limit = '\0';
	*hang_limit = '\0';
}

void asahi_sim_restore(void)
{
	if (getpid() == owner)
		undo();
}

bool asahi_has_sim(void)
{
	return !asahi_as_hardware() && !access(CONTROLS "crash", W_OK);
}

void asahi_sim_require(void)
{
	igt_require_f(asahi_has_sim(), "only with the simulated GPU's controls\n");
	undo();
	if (!owner)
		igt_assert_eq(atexit(asahi_sim_restore), 0);
	owner = getpid();
}

int __asahi_sim_set(const char *control, const char *value)
{
	char path[128];

	snprintf(path, sizeof(path), CONTROLS "%s", control);
	return asahi_text_write(AT_FDCWD, path, value);
}

void asahi_sim_set(const char *control, const char *value)
{
	int ret = __asahi_sim_set(control, value);

	igt_assert_f(!ret, "%s: \"%s\": %s\n", control, value, strerror(-ret));
}

void asahi_sim_get(const char *control, char *value, size_t size)
{
	char path[128];

	snprintf(path, sizeof(path), CONTROLS "%s", control);
	read_line(path, value, size);
}

void asahi_sim_assert(const char *control, const char *value)
{
	char now[128];

	asahi_sim_get(control, now, sizeof(now));
	igt_assert_f(!strcmp(now, value), "%s: \"%s\", not \"%s\"\n", control, now, value);
}

void asahi_sim_wait(const char *control, const char *value)
{
	uint64_t since = 0;
	char now[128];

	do {
		asahi_sim_get(control, now, sizeof(now));
		if (!strcmp(now, value))
			return;
	} while (asahi_patient(&since));
	asahi_sim_assert(control, value);
}

static void set_limit(const char *path, char *before, size_t size, unsigned int ms)
{
	char text[16];
	int ret;

	if (!*before)
		read_line(path, before, size);
	snprintf(text, sizeof(text), "%u", ms);
	ret = asahi_text_write(AT_FDCWD, path, text);
	igt_assert_f(!ret, "%s: %u: %s\n", path, ms, strerror(-ret));
}

void asahi_sim_time_limit(unsigned int ms)
{
	set_limit(TIME_LIMIT, time_limit, sizeof(time_limit), ms);
}

void asahi_sim_hang_limit(unsigned int ms)
{
	set_limit(HANG_LIMIT, hang_limit, sizeof(hang_limit), ms);
}

void asahi_sim_lift_limits(void)
{
	if (!asahi_has_sim())
		return;

	/* Not again: it would undo what the subtest has set. */
	if (owner != getpid())
		asahi_sim_require();
	asahi_sim_time_limit(600000);
	asahi_sim_hang_limit(600000);
}
