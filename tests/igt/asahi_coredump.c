// SPDX-License-Identifier: MIT
/**
 * TEST: asahi coredump
 * Category: Core
 * Mega feature: Lifetimes
 * Sub-category: faults
 * Functionality: devcoredump
 * Description: What the driver writes down of a job that comes to a bad end, compared with what the
 *	test knows of it.
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "asahi_binding.h"
#include "asahi_device.h"
#include "asahi_drm.h"
#include "asahi_ioctl.h"
#include "asahi_job.h"
#include "asahi_queues.h"
#include "asahi_sim.h"
#include "asahi_trace.h"
#include "igt.h"
#include "sw_sync.h"

IGT_TEST_DESCRIPTION("Device coredumps");

/* Where the interesting instruction is in the code of a shader. */
#define UNDEFINED_OFFSET 14
#define ENDLESS_OFFSET 4

/* A client with memory, what is known of its device, and a dump. */
struct subject {
	struct asahi_client client;
	struct asahi_bo bo;
	struct asahi_job job;
	/* The client's queue, and its VM, by the numbers that the driver has for them. */
	struct asahi_queue_line queue;
	char device[PATH_MAX];
	char dump[65536];
};

/* The data file of the device's dump; false if there is none. */
static bool find_dump(const struct subject *s, char *data, size_t size)
{
	char link[PATH_MAX], device[PATH_MAX];
	bool found = false;
	glob_t all;
	size_t i;

	if (glob("/sys/class/devcoredump/devcd*", 0, NULL, &all))
		return false;
	for (i = 0; i < all.gl_pathc && !found; i++) {
		snprintf(link, sizeof(link), "%s/failing_device", all.gl_pathv[i]);
		found = realpath(link, device) && !strcmp(device, s->device);
		snprintf(data, size, "%s/data", all.gl_pathv[i]);
	}
	globfree(&all);

	return found;
}

/* The device's link to its dump goes last; the kernel warns of a new dump that comes before. */
static bool has_dump(const struct subject *s)
{
	char path[PATH_MAX];

	if (find_dump(s, path, sizeof(path)))
		return true;
	return snprintf(path, sizeof(path), "%s/devcoredump", s->device) < (int)sizeof(path) &&
	       !access(path, F_OK);
}

/* Writing anything to a dump has it deleted, by a work of the kernel's. */
static void begin_delete(const char *data)
{
	int fd = open(data, O_WRONLY | O_CLOEXEC);

	/* It may be on its way already. */
	if (fd < 0)
		return;
	igt_assert(write(fd, "0", 1) == 1 || errno == ENODEV);
	close(fd);
}

static void delete_dump(const struct subject *s)
{
	char data[PATH_MAX];
	unsigned int i;

	if (find_dump(s, data, sizeof(data)))
		begin_delete(data);
	for (i = 0; i < 1000 && has_dump(s); i++)
		usleep(10000);
	igt_assert(!has_dump(s));
}

static bool read_dump(struct subject *s)
{
	size_t used = 0;
	char data[PATH_MAX];
	ssize_t len;
	int fd;

	if (!find_dump(s, data, sizeof(data)))
		return false;
	fd = open(data, O_RDONLY | O_CLOEXEC);
	igt_assert_fd(fd);
	while ((len = read(fd, s->dump + used, sizeof(s->dump) - 1 - used)) > 0)
		used += len;
	close(fd);
	igt_assert(!len && used);
	s->dump[used] = '\0';

	return true;
}

static void subject_init(struct subject *s)
{
	char link[64];
	struct stat st;

	asahi_sim_require();
	igt_require_f(!access("/sys/class/devcoredump", F_OK), "the kernel keeps no dumps\n");
	asahi_client_init(&s->client);
	asahi_queues_only(&s->queue);
	asahi_bo_init(&s->client, &s->bo, ASAHI_PAGE);
	igt_assert_eq(fstat(s->client.fd, &st), 0);
	snprintf(link, sizeof(link), "/sys/dev/char/%u:%u/device", major(st.st_rdev),
		 minor(st.st_rdev));
	igt_assert(realpath(link, s->device));
	delete_dump(s);
}

static void subject_fini(struct subject *s)
{
	delete_dump(s);
	asahi_bo_fini(&s->client, &s->bo);
	asahi_client_fini(&s->client);
}

/* The line of the dump that has the command of the subject's job. */
static void format_command(const struct subject *s, char *line, size_t size)
{
	snprintf(line, size, "  0 compute 0x%llx 0x%llx 0 0",
		 (unsigned long long)s->job.compute.cdm_ctrl_stream_base,
		 (unsigned long long)s->job.compute.cdm_ctrl_stream_end);
}

/* A dump of a job that was there before may come late; one without a job is of no other. */
static bool is_of_job(const struct subject *s)
{
	char line[128];

	format_command(s, line, sizeof(line));
	return !s->job.compute.cdm_ctrl_stream_end || strstr(s->dump, line);
}

/*
 * Have a dump made by something that goes wrong. Dumps come after the fence, and only so many in a
 * while, so it may take several attempts.
 */
static void provoke(struct subject *s, void (*wrong)(struct subject *s))
{
	unsigned int attempt, ms;

	for (attempt = 0; attempt < 30; attempt++) {
		wrong(s);
		for (ms = 0; ms < 1000; ms += 10) {
			if (read_dump(s)) {
				if (is_of_job(s))
					return;
				delete_dump(s);
			}
			usleep(10000);
		}
	}
	igt_assert_f(false, "no dump appears\n");
}

/* The value of a key, to be used before the next call; NULL if the key is not there. */
static const char *find_value(const struct subject *s, const char *key)
{
	static char value[512];
	const char *line = s->dump;
	size_t len = strlen(key);

	for (; line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL) {
		if (strncmp(line, key, len) || line[len] != ':')
			continue;
		line += len + 1;
		line += *line == ' ';
		snprintf(value, sizeof(value), "%.*s", (int)strcspn(line, "\n"), line);
		return value;
	}
	return NULL;
}

static void assert_text(const struct subject *s, const char *key, const char *text)
{
	const char *value = find_value(s, key);

	igt_assert_f(value, "no \"%s\" in the dump:\n%s\n", key, s->dump);
	igt_assert_f(!strcmp(value, text), "%s: \"%s\", not \"%s\"\n", key, value, text);
}

static uint64_t number(const struct subject *s, const char *key)
{
	const char *value = find_value(s, key);
	char *end;
	uint64_t n;

	igt_assert_f(value, "no \"%s\" in the dump:\n%s\n", key, s->dump);
	n = strtoull(value, &end, 0);
	igt_assert_f(end > value, "%s: \"%s\" is not one\n", key, value);

	return n;
}

static void assert_line(const struct subject *s, const char *line)
{
	char text[512];

	snprintf(text, sizeof(text), "\n%s\n", line);
	igt_assert_f(strstr(s->dump, text), "no line \"%s\" in the dump:\n%s\n", line, s->dump);
}

/* Memory as the dump has it; fails if that is not all there. */
static void read_memory(const struct subject *s, uint64_t addr, uint8_t *bytes, size_t size)
{
	char start[32];
	size_t i;

	for (i = 0; i < size; i++) {
		unsigned int byte, column = (addr + i) % 16;
		const char *line;

		snprintf(start, sizeof(start), "\n  0x%" PRIx64 " ", (addr + i) - column);
		line = strstr(s->dump, start);
		igt_assert_f(line && sscanf(line + strlen(start) + 3 * column, "%2x", &byte) == 1,
			     "0x%" PRIx64 " is not in the dump:\n%s\n", addr + i, s->dump);
		bytes[i] = byte;
	}
}

static void assert_memory(const struct subject *s, uint64_t addr, const void *expected,
			  size_t size)
{
	uint8_t bytes[64];

	igt_assert_lte(size, sizeof(bytes));
	read_memory(s, addr, bytes, size);
	igt_assert_f(!memcmp(bytes, expected, size), "memory at 0x%" PRIx64 " is different:\n%s\n",
		     addr, s->dump);
}

static void assert_mapped(const struct subject *s, const struct asahi_bo *bo)
{
	char line[128];

	snprintf(line, sizeof(line), "  0x%" PRIx64 "-0x%" PRIx64 " rw- 0x0", bo->va,
		 bo->va + bo->size);
	assert_line(s, line);
}

/* What every dump of the job has. */
static void assert_head(const struct subject *s, const char *reason, int error)
{
	struct utsname uts;
	char text[128];

	igt_assert(!strncmp(s->dump, "agx-coredump: 1\n", 16));
	assert_text(s, "reason", reason);
	snprintf(text, sizeof(text), "%d", error);
	assert_text(s, "error", text);
	igt_assert_eq(uname(&uts), 0);
	assert_text(s, "kernel", uts.release);
	assert_text(s, "driver", "asahi");
	snprintf(text, sizeof(text), "G%u%c %c%u", s->client.params.gpu_generation,
		 s->client.params.gpu_variant, 'A' + (s->client.params.gpu_revision >> 4),
		 s->client.params.gpu_revision & 15);
	assert_text(s, "gpu", text);
	igt_assert_eq_u64(number(s, "chip"), s->client.params.chip_id);
}

static void assert_job(const struct subject *s, const char *reason, int error)
{
	char line[128];

	assert_head(s, reason, error);
	igt_assert_neq_u64(number(s, "job"), 0);
	igt_assert_eq_u64(number(s, "queue"), s->queue.queue);
	igt_assert_eq_u64(number(s, "vm"), s->queue.vm);
	igt_assert_neq_u64(number(s, "context"), 0);
	igt_assert_eq_u64(number(s, "command"), 0);
	igt_assert_eq_u64(number(s, "commands"), 1);
	format_command(s, line, sizeof(line));
	assert_line(s, line);
	igt_assert_eq_u64(number(s, "usc-base"), s->client.usc_base);
	assert_mapped(s, &s->client.arena);
	assert_mapped(s, &s->bo);
}

/* The front end has just executed the launch, of eight words. */
static void assert_stream(const struct subject *s)
{
	uint64_t base = s->job.compute.cdm_ctrl_stream_base;

	igt_assert_eq_u64(number(s, "stream"), base + 32);
	assert_memory(s, base, (uint8_t *)s->client.arena.map + (base - s->client.arena.va), 40);
}

/* A single thread was at an instruction of a shader. */
static void assert_shader(const struct subject *s, enum asahi_shader shader, uint32_t offset)
{
	uint64_t code = asahi_client_code((struct asahi_client *)&s->client, shader);
	size_t size;
	const uint8_t *bytes = asahi_shader_code(shader, &size);

	igt_assert_eq_u64(number(s, "pc"), code + offset);
	igt_assert_eq_u64(number(s, "shader"), code);
	assert_memory(s, code, bytes, size < 64 ? size : 64);
	assert_text(s, "group", "0 0 0");
	assert_text(s, "simd", "0");
	assert_text(s, "lane", "0");
	assert_text(s, "live", "0x00000001");
	assert_text(s, "exec", "0x00000001");
}

static void run_undefined(struct subject *s)
{
	asahi_job_init(&s->client, &s->job, ASAHI_SHADER_UNDEFINED, s->bo.va, 0, 0);
	igt_assert_eq(asahi_job_run(&s->job), -EIO);
}

/**
 * SUBTEST: fault
 * Description: The dump of a shader that comes to bytes without a meaning has their address and
 *	the bytes, the stream, the register that was written before, and the mappings.
 */
static void fault(void)
{
	static struct subject s;

	subject_init(&s);
	provoke(&s, run_undefined);
	assert_job(&s, "fault", -EIO);
	assert_stream(&s);
	assert_shader(&s, ASAHI_SHADER_UNDEFINED, UNDEFINED_OFFSET);
	igt_assert_eq_u64(number(&s, "address"), number(&s, "pc"));
	igt_assert(strstr(find_value(&s, "fault"), "undefined instruction"));
	assert_line(&s, "  r0 0xdeadbeef 0x00000000 0x00000000 0x00000000");
	subject_fini(&s);
}

/* The event of a kind that is about the job of the dump. */
static const struct asahi_event *job_event(const struct subject *s, const struct asahi_trace *trace,
					   const char *name)
{
	return &trace->events[asahi_trace_only(trace, name, "job", number(s, "job"))];
}

/**
 * SUBTEST: numbers
 * Description: With another queue of the same address space, and a job of another one on the GPU,
 *	the dump names the job, the queue, the address space and its place by the numbers that
 *	events have for those of the job that faulted.
 */
static void numbers(void)
{
	const struct asahi_event *event;
	struct asahi_trace trace;
	struct asahi_client other;
	static struct subject s;
	struct asahi_spin spin;
	uint32_t first_queue;
	uint64_t queue;

	subject_init(&s);
	asahi_sim_lift_limits();
	asahi_trace_start();
	asahi_client_init_fd(&other, s.client.fd);
	asahi_spin_init(&other, &spin);
	asahi_spin_start(&spin, other.queue_id);
	first_queue = s.client.queue_id;
	s.client.queue_id = asahi_queue_create(s.client.fd, s.client.vm_id, s.client.usc_base);
	provoke(&s, run_undefined);
	igt_assert_eq(asahi_spin_finish(&spin), 1);
	asahi_trace_stop(&trace);

	event = &trace.events[asahi_trace_only(&trace, "queue_publish", "id", s.client.queue_id)];
	queue = asahi_event_value(event, "queue");
	igt_assert_neq_u64(queue, s.queue.queue);
	s.queue.queue = queue;
	assert_job(&s, "fault", -EIO);

	event = job_event(&s, &trace, "job_create");
	igt_assert_eq_u64(asahi_event_value(event, "queue"), queue);
	igt_assert_eq_u64(asahi_event_value(event, "vm"), s.queue.vm);
	event = job_event(&s, &trace, "job_start");
	igt_assert_eq_u64(asahi_event_value(event, "context"), number(&s, "context"));
	event = job_event(&s, &trace, "job_done");
	igt_assert_eq_u64(asahi_event_value(event, "result"), (uint64_t)-EIO);
	asahi_trace_free(&trace);

	asahi_client_fini(&other);
	asahi_queue_destroy(s.client.fd, first_queue);
	subject_fini(&s);
}

static void run_unmapped(struct subject *s)
{
	struct asahi_stream stream = { .va = s->bo.va + ASAHI_PAGE };

	asahi_job_init_stream(&s->client, &s->job, &stream);
	igt_assert_eq(asahi_job_run(&s->job), -EIO);
}

/**
 * SUBTEST: unmapped
 * Description: Of a stream that is not mapped the dump has what is mapped in front of it, and says
 *	of the rest that it is not. No shader ran.
 */
static void unmapped(void)
{
	uint64_t behind;
	static struct subject s;
	char line[64];
	uint32_t i;

	subject_init(&s);
	for (i = 0; i < ASAHI_PAGE / 4; i++)
		s.bo.map[i] = 0x01010101 * (i & 0xff);
	provoke(&s, run_unmapped);
	behind = s.bo.va + ASAHI_PAGE;
	assert_job(&s, "fault", -EIO);
	igt_assert_eq_u64(number(&s, "address"), behind);
	igt_assert_eq_u64(number(&s, "stream"), behind);
	assert_memory(&s, behind - 64, s.bo.map + ASAHI_PAGE / 4 - 16, 64);
	snprintf(line, sizeof(line), "  0x%" PRIx64 " unmapped", behind);
	assert_line(&s, line);
	igt_assert_eq_u64(number(&s, "pc"), 0);
	igt_assert(!find_value(&s, "lane"));
	igt_assert(!find_value(&s, "registers"));
	subject_fini(&s);
}

static void run_endless(struct subject *s)
{
	asahi_job_init(&s->client, &s->job, ASAHI_SHADER_ENDLESS, 0, 0, 0);
	asahi_sim_time_limit(100);
	igt_assert_eq(asahi_job_run(&s->job), -ETIMEDOUT);
}

/**
 * SUBTEST: time-limit
 * Description: The dump of an endless loop has the address of the instruction that jumps to itself.
 */
static void time_limit(void)
{
	static struct subject s;

	subject_init(&s);
	provoke(&s, run_endless);
	assert_job(&s, "time-limit", -ETIMEDOUT);
	assert_stream(&s);
	assert_shader(&s, ASAHI_SHADER_ENDLESS, ENDLESS_OFFSET);
	subject_fini(&s);
}

static void run_hang(struct subject *s)
{
	asahi_job_init(&s->client, &s->job, ASAHI_SHADER_STORE, s->bo.va, 0, 0);
	asahi_sim_hang_limit(100);
	asahi_sim_set("hang", "soft");
	igt_assert_eq(asahi_job_run(&s->job), -ETIMEDOUT);
}

static void run_hang_hard(struct subject *s)
{
	asahi_job_init(&s->client, &s->job, ASAHI_SHADER_STORE, s->bo.va, 0, 0);
	asahi_sim_hang_limit(100);
	asahi_sim_set("hang", "hard");
	igt_assert_eq(asahi_job_run(&s->job), -ETIMEDOUT);
}

/**
 * SUBTEST: hang-limit
 * Description: The dump of a job that made no progress says that it had not begun, and, if it had
 *	to be taken off by one, counts the reset.
 */
static void hang_limit(void)
{
	uint64_t resets;
	static struct subject s;

	subject_init(&s);
	provoke(&s, run_hang);
	assert_job(&s, "hang-limit", -ETIMEDOUT);
	igt_assert_eq_u64(number(&s, "address"), s.job.compute.cdm_ctrl_stream_base);
	igt_assert_eq_u64(number(&s, "stream"), 0);
	igt_assert_eq_u64(number(&s, "pc"), 0);
	resets = number(&s, "resets");
	delete_dump(&s);

	provoke(&s, run_hang_hard);
	assert_job(&s, "hang-limit", -ETIMEDOUT);
	igt_assert_lt_u64(resets, number(&s, "resets"));
	subject_fini(&s);
}

static void run_crash(struct subject *s)
{
	struct asahi_spin spin;

	asahi_spin_init(&s->client, &spin);
	asahi_spin_start(&spin, s->client.queue_id);
	asahi_sim_set("crash", "now");
	igt_assert_eq(asahi_finish(spin.fence), -EIO);
	s->job = spin.job;
}

/**
 * SUBTEST: firmware-crash
 * Description: The dump of a crash has the state of the job that the firmware blames.
 */
static void firmware_crash(void)
{
	static struct subject s;
	uint64_t code, pc;

	subject_init(&s);
	provoke(&s, run_crash);
	assert_job(&s, "firmware-crash", -EIO);
	assert_stream(&s);
	code = asahi_client_code(&s.client, ASAHI_SHADER_SPIN);
	pc = number(&s, "pc");
	igt_assert_lte_u64(code, pc);
	igt_assert_lt_u64(pc, code + 64);
	assert_shader(&s, ASAHI_SHADER_SPIN, pc - code);
	igt_assert_eq_u64(number(&s, "address"), pc);
	subject_fini(&s);
}

static void run_crash_idle(struct subject *s)
{
	asahi_sim_set("crash", "now");
	asahi_sim_wait("crash", "none");
}

/**
 * SUBTEST: firmware-crash-idle
 * Description: If nothing runs the dump of a crash is about no job.
 */
static void firmware_crash_idle(void)
{
	static struct subject s;

	subject_init(&s);
	provoke(&s, run_crash_idle);
	assert_head(&s, "firmware-crash", 0);
	igt_assert(!find_value(&s, "job"));
	subject_fini(&s);
}

/**
 * SUBTEST: cancelled
 * Description: A job that is cancelled leaves no dump, one that is soft-faulted none either: the
 *	next dump is that of the next job that faults.
 */
static void cancelled(void)
{
	struct asahi_client client;
	struct asahi_spin spin;
	static struct subject s;
	uint64_t job;

	/* None of what follows is left out for want of a turn. */
	subject_init(&s);
	provoke(&s, run_undefined);
	job = number(&s, "job");
	delete_dump(&s);

	asahi_client_init(&client);
	asahi_spin_init(&client, &spin);
	asahi_spin_start(&spin, client.queue_id);
	asahi_client_drop(&client);
	igt_assert_eq(asahi_finish(spin.fence), -ECANCELED);
	asahi_job_init(&s.client, &s.job, ASAHI_SHADER_STORE, s.bo.va + s.bo.size, 0, 0);
	igt_assert_eq(asahi_job_run(&s.job), 1);
	igt_assert(!read_dump(&s));

	/* Dumps come some time after the fence, but in order, and only the first is kept. */
	provoke(&s, run_undefined);
	assert_job(&s, "fault", -EIO);
	assert_shader(&s, ASAHI_SHADER_UNDEFINED, UNDEFINED_OFFSET);
	igt_assert_lt_u64(job + 2, number(&s, "job"));
	subject_fini(&s);
}

/**
 * SUBTEST: one-at-a-time
 * Description: As long as nobody has deleted a dump, no other takes its place.
 */
static void one_at_a_time(void)
{
	static struct subject s;
	uint64_t job;

	subject_init(&s);
	provoke(&s, run_undefined);
	job = number(&s, "job");
	run_undefined(&s);
	/* Jobs are gone for good when their queue is. */
	asahi_queue_destroy(s.client.fd, s.client.queue_id);
	s.client.queue_id = asahi_queue_create(s.client.fd, s.client.vm_id, s.client.usc_base);
	igt_assert(read_dump(&s));
	igt_assert_eq_u64(number(&s, "job"), job);

	delete_dump(&s);
	provoke(&s, run_undefined);
	igt_assert_lt_u64(job, number(&s, "job"));
	subject_fini(&s);
}

/**
 * SUBTEST: delete-meanwhile
 * Description: A dump that comes while another is being deleted takes its place or is dropped;
 *	the device has a dump and the kernel's link to it afterwards.
 */
static void delete_meanwhile(void)
{
	char data[PATH_MAX], link[PATH_MAX], dump[PATH_MAX];
	static struct subject s;
	unsigned int i;

	subject_init(&s);
	for (i = 0; i < 10; i++) {
		run_undefined(&s);
		if (find_dump(&s, data, sizeof(data)))
			begin_delete(data);
	}
	delete_dump(&s);
	provoke(&s, run_undefined);
	igt_assert(find_dump(&s, data, sizeof(data)));
	igt_assert_lt(snprintf(link, sizeof(link), "%s/devcoredump/data", s.device), PATH_MAX);
	igt_assert(realpath(link, dump));
	igt_assert(realpath(data, link));
	igt_assert(!strcmp(dump, link));
	subject_fini(&s);
}

/**
 * SUBTEST: own-memory
 * Description: With another client's memory at the same addresses, a dump has that of the
 *	guilty one.
 */
static void own_memory(void)
{
	struct asahi_client other;
	static struct subject s;
	struct asahi_bo bo;
	unsigned int i;

	subject_init(&s);
	asahi_client_init(&other);
	asahi_bo_init(&other, &bo, ASAHI_PAGE);
	igt_assert_eq_u64(bo.va, s.bo.va);
	for (i = 0; i < ASAHI_PAGE / 4; i++) {
		s.bo.map[i] = 0x11111111;
		bo.map[i] = 0x22222222;
	}
	provoke(&s, run_unmapped);
	assert_memory(&s, s.bo.va + ASAHI_PAGE - 64, s.bo.map, 64);
	igt_assert(!strstr(s.dump, "22 22 22 22"));
	asahi_bo_fini(&other, &bo);
	asahi_client_fini(&other);
	subject_fini(&s);
}

/**
 * SUBTEST: unbind
 * Description: A dump keeps nobody from unbinding the driver, and can be read when it is gone.
 */
static void unbind(void)
{
	struct asahi_binding binding;
	static struct subject s;
	int ret, bound;
	bool there;

	subject_init(&s);
	asahi_binding_find(s.client.fd, &binding);
	provoke(&s, run_undefined);
	asahi_bo_fini(&s.client, &s.bo);
	asahi_client_drop(&s.client);
	ret = asahi_unbind(&binding);
	there = read_dump(&s);
	bound = asahi_bind(&binding);
	igt_assert_eq(bound, 0);
	asahi_device_replaced();
	igt_assert_eq(ret, 0);
	igt_assert(there);
	assert_text(&s, "reason", "fault");
	delete_dump(&s);
	asahi_assert_works();
}

static const struct asahi_subtest subtests[] = {
	{ "fault", "A dump has the bytes that a shader has faulted on, and its registers.", fault },
	{ "numbers", "A dump names the job, queue and address space as events do.", numbers },
	{ "unmapped", "A dump says what of a stream is not mapped.", unmapped },
	{ "time-limit", "A dump has the instruction at which the time was over.", time_limit },
	{ "hang-limit", "A dump says that a job made no progress, and counts its reset.",
	  hang_limit },
	{ "firmware-crash", "A dump of a crash is about the job that is blamed.", firmware_crash },
	{ "firmware-crash-idle", "A dump of a crash without a job is about none.",
	  firmware_crash_idle },
	{ "cancelled", "A job that is cancelled leaves no dump.", cancelled },
	{ "one-at-a-time", "A dump stays until it is deleted, and no other comes.", one_at_a_time },
	{ "delete-meanwhile",
	  "A dump that comes while one is deleted takes its place or is dropped.",
	  delete_meanwhile },
	{ "own-memory", "A dump has nobody else's memory.", own_memory },
	{ "unbind", "A dump survives its driver.", unbind },
};

int igt_main()
{
	asahi_run_subtests(subtests, ARRAY_SIZE(subtests));
}
