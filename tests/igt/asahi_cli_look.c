// SPDX-License-Identifier: MIT
/**
 * TEST: asahi cli look
 * Category: Core
 * Mega feature: libagx
 * Sub-category: tools
 * Functionality: agx-cli
 * Description: What agx-cli records, makes again and sees, with a driver and a GPU.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "asahi_clock.h"
#include "asahi_device.h"
#include "asahi_drm.h"
#include "asahi_job.h"
#include "asahi_sim.h"
#include "igt.h"

IGT_TEST_DESCRIPTION("agx-cli: record, replay, watch, top, coredump");

/* No other of Mesa's Vulkan drivers, and nothing from a program that has run before. */
#define MESA_ENV "VK_LOADER_DRIVERS_SELECT='*asahi*' MESA_SHADER_CACHE_DISABLE=true "
#define VK_COMPUTE MESA_ENV ASAHI_MESA_TESTS "/vk_compute"
#define GLES_COMPUTE MESA_ENV ASAHI_MESA_TESTS "/gles_compute"

#define TRACE_LANE "/sys/module/agx_sim/parameters/trace_lane"

/* Where a subtest has its files. */
struct folder {
	char path[32];
};

static void folder_init(struct folder *folder)
{
	strcpy(folder->path, "/tmp/asahi_cli.XXXXXX");
	igt_assert(mkdtemp(folder->path));
}

/*
 * The exit status of a command of the shell in the folder. What it says on its standard error,
 * which igt_runner would take for a warning, goes to a file there.
 */
static int run(const struct folder *folder, const char *format, va_list ap)
{
	char command[1024];
	int len, ret;

	len = snprintf(command, sizeof(command), "cd %s && exec 2>>said; ", folder->path);
	len += vsnprintf(command + len, sizeof(command) - len, format, ap);
	igt_assert_lt(len, sizeof(command));
	igt_debug("%s\n", command);
	ret = system(command);
	igt_assert_f(WIFEXITED(ret), "status 0x%x of: %s\n", ret, command);

	return WEXITSTATUS(ret);
}

static void show_said(const struct folder *folder)
{
	char command[64];

	snprintf(command, sizeof(command), "tail -n 20 %s/said", folder->path);
	if (system(command))
		igt_info("what it has said is gone\n");
}

static void __attribute__((format(printf, 2, 3))) shell(const struct folder *folder,
							const char *format, ...)
{
	va_list ap;
	int status;

	va_start(ap, format);
	status = run(folder, format, ap);
	va_end(ap);
	if (status)
		show_said(folder);
	igt_assert_f(status == 0, "status %d of: %s\n", status, format);
}

static int __attribute__((format(printf, 2, 3))) __shell(const struct folder *folder,
							 const char *format, ...)
{
	va_list ap;
	int status;

	va_start(ap, format);
	status = run(folder, format, ap);
	va_end(ap);

	return status;
}

static void folder_fini(const struct folder *folder)
{
	shell(folder, "rm -r %s", folder->path);
}

static void require_mesa(void)
{
	igt_require_f(access(ASAHI_MESA_TESTS "/vk_compute", X_OK) == 0,
		      "the programs for Mesa are not built\n");
}

/**
 * SUBTEST: demo
 * Description: Compute jobs of agx-cli itself are recorded, shown, and give the same when they
 *	are made again.
 *
 * SUBTEST: vulkan-compute
 * Description: So are those of Mesa's Vulkan driver, which does not notice: the program prints
 *	what it prints without the recorder.
 *
 * SUBTEST: gles-compute
 * Description: And those of its OpenGL driver.
 */
static void replay(const void *data)
{
	const char *program = data;
	struct folder folder;
	int fd;

	fd = asahi_open();
	asahi_close(fd);
	if (strstr(program, ASAHI_MESA_TESTS))
		require_mesa();
	folder_init(&folder);
	shell(&folder, "%s >plain", program);
	shell(&folder, "agx-cli record --contents -o rec -- sh -c \"%s\" >recorded", program);
	shell(&folder, "agx-cli show rec >text && grep -q ': SUBMIT (0x[0-9a-f]*) = 0' text && "
	      "grep -q ': the job of queue . has ended' text");
	/* Times are the only thing that may be different. */
	shell(&folder, "sed 's/[0-9]* ns//g' plain >a && sed 's/[0-9]* ns//g' recorded >b && "
	      "cmp a b");
	shell(&folder, "agx-cli replay --json rec >result && "
	      "grep -q '\"num_differences\": 0' result && ! grep -q '\"jobs\": 0' result");
	shell(&folder, "agx-cli record -o calls -- sh -c \"%s\" >recorded && "
	      "agx-cli replay calls >result", program);
	folder_fini(&folder);
}

/**
 * SUBTEST: tests
 * Description: So are tests that share buffers and syncobjs in every way that there is, and that
 *	call with arguments that are refused. Those that need to see a job run are recorded
 *	without contents, for which a recorder waits until it has ended.
 */
static void tests(void)
{
	static const struct {
		const char *options;
		const char *program;
	} programs[] = {
		{ "--contents", "asahi_params" },
		{ "--contents", "asahi_object --run-subtest 'bind-*'" },
		{ "--contents", "asahi_prime" },
		{ "--contents", "asahi_submit_invalid_refs" },
		{ "--contents", "asahi_vm_bind_invalid" },
		{ "", "asahi_submit_invalid" },
		{ "", "asahi_sync" },
	};
	struct folder folder;
	char dir[512];
	unsigned int i;
	ssize_t len;
	int fd;

	fd = asahi_open();
	asahi_require_simulated(fd, ASAHI_OUR_DRIVER);
	asahi_close(fd);
	len = readlink("/proc/self/exe", dir, sizeof(dir) - 1);
	igt_assert_lt(0, len);
	dir[len] = '\0';
	*strrchr(dir, '/') = '\0';
	folder_init(&folder);
	for (i = 0; i < ARRAY_SIZE(programs); i++) {
		igt_info("%s\n", programs[i].program);
		/* They tell the runner, and the kernel's log, of subtests that are not ours. */
		shell(&folder, "unshare --mount sh -c \"mount --bind /dev/null /dev/kmsg && "
		      "exec env -u IGT_RUNNER_SOCKET_FD agx-cli record %s -o rec -- %s/%s\" "
		      ">out 2>err || { cat out err; false; }", programs[i].options, dir,
		      programs[i].program);
		shell(&folder, "agx-cli replay rec >result || { cat result; false; }");
	}
	folder_fini(&folder);
}

/**
 * SUBTEST: differs
 * Description: A job that faults where it did not when it was recorded is a difference, and so is
 *	what it therefore does not write.
 */
static void differs(void)
{
	struct folder folder;

	asahi_sim_require();
	folder_init(&folder);
	shell(&folder, "agx-cli record --contents -o rec -- agx-cli demo >recorded");
	asahi_sim_set("inject_fault", "compute");
	igt_assert_eq(__shell(&folder, "agx-cli replay --json rec >result 2>errors"), 7);
	shell(&folder, "grep -q '\"what\": \"job\", \"recorded\": \"ends\", "
	      "\"here\": \"ends with EIO\"' result");
	shell(&folder, "grep -q '\"recorded\": \"0xdeadbeef\", \"here\": \"0x' result");
	shell(&folder, "agx-cli replay rec >result");
	folder_fini(&folder);
}

/**
 * SUBTEST: watch
 * Description: The events of the jobs of a command are printed, each once, and nothing is left
 *	in tracefs.
 */
static void watch(void)
{
	struct folder folder;
	int fd;

	fd = asahi_open();
	asahi_require_simulated(fd, ASAHI_OUR_DRIVER);
	asahi_close(fd);
	folder_init(&folder);
	shell(&folder, "agx-cli watch --json 'job_*' -- agx-cli demo >events");
	shell(&folder, "test $(grep -c '\"event\": \"job_start\"' events) = 3 && "
	      "test $(grep -c '\"event\": \"job_done\".*\"result\": 0' events) = 3");
	shell(&folder, "! grep -q '\"event\": \"vm' events && ! grep -q lost events");
	shell(&folder, "agx-cli watch --count 1 vm_create -- agx-cli demo >events && "
	      "grep -Eq '^ *[0-9]+\\.[0-9]{9} \\[[0-9]+\\] .*-[0-9]+: vm_create vm=' events");
	igt_assert_eq(__shell(&folder, "agx-cli watch no_such_event 2>errors"), 2);
	shell(&folder, "grep -q 'no event has the name \"no_such_event\"' errors");
	shell(&folder, "agx-cli watch --for 100ms job_start >events");
	igt_assert_eq(__shell(&folder, "agx-cli watch -- sh -c 'exit 3' >events"), 3);

	/* The command is waited for when nothing more is printed, unless somebody interrupts. */
	igt_assert_eq(__shell(&folder, "agx-cli watch --for 100ms -- sh -c 'sleep 1; exit 3' "
				       ">events"), 3);
	igt_assert_eq(__shell(&folder, "agx-cli watch --count 1 vm_create -- "
				       "sh -c 'agx-cli demo && sleep 1; exit 3' >events"), 3);
	shell(&folder, "agx-cli watch --for 100ms -- sh -c 'echo $$ >pid; exec sleep 60' >events & "
		       "until [ -s pid ]; do sleep 0.1; done; sleep 1; "
		       "kill $! && wait $! && kill $(cat pid)");
	shell(&folder, "! ls /sys/kernel/tracing/instances | grep agx-cli");
	folder_fini(&folder);
}

/* So many lines of a file match. */
static void assert_lines(const struct folder *folder, unsigned int count, const char *pattern,
			 const char *file)
{
	shell(folder, "test $(grep -c -e '%s' %s) = %u || { head -n 100 %s; false; }", pattern,
	      file, count, file);
}

static void require_instructions(void)
{
	int fd;

	fd = asahi_open();
	asahi_require_simulated(fd, "no other tells what it executes");
	asahi_close(fd);
}

/* What was set for a trace is as it was before, and nothing is left in tracefs. */
static void assert_untraced(const struct folder *folder)
{
	shell(folder, "! ls /sys/kernel/tracing/instances | grep agx-cli");
	shell(folder, "test $(cat " TRACE_LANE ") = -1");
}

/**
 * SUBTEST: trace
 * Description: Each instruction of a job is shown once, in order, with where it is in the shader,
 *	the lanes that take part, and what it reads and writes; of the group, the 32 threads and
 *	the lane that are asked for.
 */
static void trace(void)
{
	struct folder folder;

	require_instructions();
	folder_init(&folder);
	shell(&folder, "agx-cli run add --trace >text");
	assert_lines(&folder, 5, "^group 0,0,0 *simd 0 *exec 00000001 *+0x", "text");
	assert_lines(&folder, 1, "+0x0000 *load *r0_r1, du0, 0, i32, xy, a *lane 0: "
		     "du0=0x[0-9a-f]* -> r0=0x2 r1=0x3$", "text");
	assert_lines(&folder, 1, "iadd *r0, r0, r1 *lane 0: r0=0x2 r1=0x3 -> r0=0x5$", "text");
	shell(&folder, "grep -A 1 'stop *lane 0$' text | grep -q '^job_status  *done$'");
	shell(&folder, "agx-cli run --json add --trace >json");
	assert_lines(&folder, 5,
		     "\"trace\": { *\"preshader\": false, \"group\": \\[ *0, 0, 0 *\\], "
		     "\"simd\": 0, \"exec\": 1, \"offset\": ", "json");
	assert_lines(&folder, 1, "\"offset\": 10, \"instruction\": \"iadd     r0, r0, r1\", "
		     "\"lane\": 0, \"active\": true, \"reads\": { *\"r0\": 2, \"r1\": 3 *}, "
		     "\"writes\": { *\"r0\": 5 *}, \"fault\": false", "json");
	assert_lines(&folder, 1, "\"job_status\": \"done\"", "json");

	/* The second group has one and a half times 32 threads. */
	shell(&folder, "agx-cli run tid -t 112 -g 64 --trace --trace-group 1 --trace-simd 1 "
	      "--trace-lane 5 >text");
	assert_lines(&folder, 3, "^group 1,0,0 *simd 1 *exec 0000ffff ", "text");
	assert_lines(&folder, 3, "^group [0-9]*,", "text");
	assert_lines(&folder, 1, "mov *r0, thread_.* lane 5: -> r0=0x65$", "text");
	shell(&folder, "agx-cli run tid -t 112 -g 64 --trace --trace-simd all --trace-group all "
	      "--trace-lane 17 >text");
	assert_lines(&folder, 12, "^group [01],0,0 *simd [01] ", "text");
	assert_lines(&folder, 3, "^group 1,0,0 *simd 1 .* lane 17 (inactive)", "text");
	assert_lines(&folder, 1, "^group 0,0,0 *simd 1 .* lane 17: -> r0=0x31$", "text");

	shell(&folder, "printf 'mov r0, u8\nstore r0, du0, 0, i32, x, a\nstop\n' >main.s");
	shell(&folder, "printf 'ldimm r0, 77\nmov u8, r0\nstop\n' >pre.s");
	shell(&folder, "agx-cli run main.s --preshader pre.s -b 16 -e 0=77 --trace >text");
	assert_lines(&folder, 3, "^preshader *simd 0 *exec 00000001 *+0x", "text");
	assert_lines(&folder, 1, "^group.*+0x0000 *mov *r0, u8 *lane 0: u8=0x4d -> r0=0x4d$",
		     "text");
	assert_untraced(&folder);
	folder_fini(&folder);
}

/**
 * SUBTEST: trace-fault
 * Description: The last instruction that is shown is the one that faults; the dump, and with it
 *	the kernel's log, has it too, with its address in the shader.
 */
static void trace_fault(void)
{
	struct folder folder;
	unsigned int i;

	asahi_sim_require();
	require_instructions();
	igt_require_f(!access("/sys/class/devcoredump", F_OK), "the kernel keeps no dumps\n");
	folder_init(&folder);
	shell(&folder, "printf 'ldimm r3, 0x1234\ntrap\nstop\n' >trap.s");
	shell(&folder, "agx-cli coredump --delete >old 2>errors || true");
	/* There are only so many dumps in a while, one at a time, and it may be another job's. */
	for (i = 0; i < 30; i++) {
		igt_assert_eq(__shell(&folder, "agx-cli run trap.s --trace >text 2>errors"), 7);
		if (!__shell(&folder, "sleep 0.2; agx-cli coredump --delete >dump 2>errors && "
			     "grep -q 'trap instruction' dump"))
			break;
	}
	assert_lines(&folder, 2, "^group 0,0,0", "text");
	assert_lines(&folder, 1, "+0x0006 *trap *lane 0: -> fault$", "text");
	assert_lines(&folder, 1, "^job_status  *EIO$", "text");
	assert_lines(&folder, 1, "^fault  .*trap instruction at 0x[0-9a-f]*, shader+0x6: 08 00 "
		     "(trap)$", "dump");
	assert_lines(&folder, 1, "^instruction  *trap$", "dump");
	assert_lines(&folder, 1, "^shader_offset  *6$", "dump");
	assert_untraced(&folder);
	folder_fini(&folder);
}

/**
 * SUBTEST: trace-others
 * Description: Two that trace see their own jobs only, though both have everything at the same
 *	addresses, and only one can choose a lane. One that is interrupted leaves nothing behind.
 */
static void trace_others(void)
{
	struct folder folder;
	uint64_t since = 0;

	require_instructions();
	asahi_sim_lift_limits();
	folder_init(&folder);
	shell(&folder, "( agx-cli run spin --timeout 120s --trace --trace-lane 0 >other 2>errors & "
	      "echo $! >pid; wait $!; echo $? >status ) &");
	while (__shell(&folder, "grep -q 'while  *r1, u2' other"))
		igt_assert(asahi_patient(&since));
	igt_assert_eq(__shell(&folder, "agx-cli run add --trace --trace-lane 1 >text 2>busy"), 1);
	shell(&folder, "grep -q 'another process' busy");
	shell(&folder, "agx-cli run add --trace >text");
	shell(&folder, "test \"$(grep shader_addr text)\" = \"$(grep shader_addr other)\"");
	assert_lines(&folder, 5, "^group [0-9]*,", "text");
	assert_lines(&folder, 1, "-> r0=0x5$", "text");
	shell(&folder, "kill -INT $(cat pid)");
	while (__shell(&folder, "grep -q 1 status"))
		igt_assert(asahi_patient(&since));
	shell(&folder, "test $(cat status) = 1 && grep -q interrupted errors");
	assert_lines(&folder, 0, "iadd", "other");
	assert_untraced(&folder);
	folder_fini(&folder);
}

/**
 * SUBTEST: trace-lost
 * Description: Instructions that are executed faster than they can be shown are counted, and the
 *	exit status says that they are missing. However many there are, the job's time is looked at.
 */
static void trace_lost(void)
{
	struct folder folder;

	require_instructions();
	folder_init(&folder);
	igt_assert_eq(__shell(&folder, "agx-cli run spin --trace --trace-buffer 4K --release 1s "
			      ">text 2>errors"), 1);
	shell(&folder, "grep -q '[1-9][0-9]* events were lost' errors && grep -q '^lost  *[1-9]' "
	      "text && grep -q '^job_status  *done' text");
	igt_assert_neq(__shell(&folder, "agx-cli run spin --trace --timeout 500ms >text 2>errors"),
		       0);
	shell(&folder, "grep -q 'has not ended' errors");
	assert_untraced(&folder);
	folder_fini(&folder);
}

/**
 * SUBTEST: top
 * Description: A client with a job on the GPU is seen, with its process, its memory and the time
 *	that the job takes.
 */
static void top(void)
{
	struct asahi_client client;
	struct asahi_spin spin;
	struct folder folder;

	asahi_client_init(&client);
	asahi_require_simulated(client.fd, ASAHI_NO_END);
	asahi_spin_init(&client, &spin);
	asahi_spin_start(&spin, client.queue_id);
	folder_init(&folder);
	shell(&folder, "agx-cli top --json --count 2 --interval 200ms >samples");
	igt_assert_eq(asahi_spin_finish(&spin), 1);
	shell(&folder, "test $(grep -c '\"clients\"' samples) = 2");
	shell(&folder, "tail -n 1 samples | grep -q '\"pid\": %d, \"command\": \"asahi_cli_look\"'",
	      getpid());
	shell(&folder, "tail -n 1 samples | grep -q '\"compute_us\": [1-9][0-9]*' && "
	      "tail -n 1 samples | grep -q '\"compute_percent\": [1-9][0-9]*'");
	asahi_client_fini(&client);
	folder_fini(&folder);
}

/* Whether there is a dump after the job has failed: it comes late, and only so many in a while. */
static bool make_dump(const struct folder *folder, struct asahi_job *job)
{
	unsigned int i;

	igt_assert_eq(asahi_job_run(job), -EIO);
	for (i = 0; i < 10; i++) {
		if (!__shell(folder, "agx-cli coredump >text 2>errors"))
			return true;
		usleep(100000);
	}
	return false;
}

/**
 * SUBTEST: coredump
 * Description: The dump of a job that comes to bytes without a meaning is found and taken apart,
 *	with those bytes and where they are in the shader; when it is deleted there is none.
 */
static void coredump(void)
{
	struct asahi_client client;
	struct folder folder;
	struct asahi_job job;
	struct asahi_bo bo;
	uint64_t since = 0;
	unsigned int i;

	asahi_sim_require();
	igt_require_f(!access("/sys/class/devcoredump", F_OK), "the kernel keeps no dumps\n");
	asahi_client_init(&client);
	asahi_bo_init(&client, &bo, ASAHI_PAGE);
	folder_init(&folder);
	shell(&folder, "agx-cli coredump --delete >old 2>errors || true");
	asahi_job_init(&client, &job, ASAHI_SHADER_UNDEFINED, bo.va, 0, 0);
	for (i = 0; i < 30 && !make_dump(&folder, &job); i++)
		;
	shell(&folder, "agx-cli coredump --json >dump");
	shell(&folder, "grep -q '\"reason\": \"fault\"' dump && grep -q '\"error\": -5' dump && "
	      "grep -q '\"error_text\": \"EIO\"' dump");
	shell(&folder, "grep -q '\"register\": \"r0\", \"value\": 3735928559' dump");
	shell(&folder, "grep -q '\"kind\": \"compute\", \"stream\": %llu' dump",
	      (unsigned long long)job.compute.cdm_ctrl_stream_base);
	shell(&folder, "agx-cli coredump >text && grep -q '^error  *-5 (EIO)' text");
	shell(&folder, "grep -q '^instruction  *\\.bytes  *' text && "
	      "grep -q '^shader_offset  *14$' text");
	shell(&folder, "agx-cli coredump --delete >text");
	/* It goes a moment later. */
	while (!__shell(&folder, "agx-cli coredump >text 2>errors"))
		igt_assert(asahi_patient(&since));
	asahi_bo_fini(&client, &bo);
	asahi_client_fini(&client);
	folder_fini(&folder);
}

static const struct asahi_subtest subtests[] = {
	{ "demo", "What agx-cli computes can be replayed.", NULL, &replay, "agx-cli demo" },
	{ "vulkan-compute", "What Vulkan computes can be replayed.", NULL, &replay, VK_COMPUTE },
	{ "gles-compute", "What OpenGL ES computes can be replayed.", NULL, &replay, GLES_COMPUTE },
	{ "tests", "What tests do can be replayed.", tests },
	{ "differs", "A replay tells what is different.", differs },
	{ "watch", "Events are printed as they happen.", watch },
	{ "trace", "Instructions are printed as they are executed.", trace },
	{ "trace-fault", "An instruction that faults is seen, and in its place.", trace_fault },
	{ "trace-others", "A trace is of one job, and harms no other.", trace_others },
	{ "trace-lost", "What a trace lacks is told.", trace_lost },
	{ "top", "Clients are seen with what they use.", top },
	{ "coredump", "A dump of the driver is taken apart.", coredump },
};

int igt_main()
{
	asahi_run_subtests(subtests, ARRAY_SIZE(subtests));
}
