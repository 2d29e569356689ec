// SPDX-License-Identifier: MIT
/**
 * TEST: asahi submit edges
 * Category: Core
 * Mega feature: Compute
 * Sub-category: submission
 * Functionality: SUBMIT
 * Description: Every bit that is no flag, every place of a list, every end of user memory, and
 *	which of two mistakes is told.
 */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "asahi_attempt.h"
#include "asahi_device.h"
#include "asahi_drm.h"
#include "asahi_ioctl.h"
#include "asahi_job.h"
#include "asahi_stamps.h"
#include "asahi_sync.h"
#include "igt.h"
#include "igt_syncobj.h"

IGT_TEST_DESCRIPTION("SUBMIT: every bit, place and end");

#define NONE DRM_ASAHI_BARRIER_NONE

#define RENDER_FLAGS \
	(DRM_ASAHI_RENDER_VERTEX_SCRATCH | DRM_ASAHI_RENDER_PROCESS_EMPTY_TILES | \
	 DRM_ASAHI_RENDER_NO_VERTEX_CLUSTERING | DRM_ASAHI_RENDER_DBIAS_IS_INT)

/* The largest size of an attachment: as many lines of 128 bytes as 32 bits can count. */
#define MAX_ATTACHMENT (UINT32_MAX * 128ull)

/**
 * SUBTEST: every-flag
 * Description: None of the bits of flags and padding of a submit may be set, nor any of the flags
 *	of a compute command, nor more than the four of a render command.
 */
static void every_flag(void)
{
	struct drm_asahi_cmd_compute compute;
	struct drm_asahi_cmd_render render;
	struct drm_asahi_submit req, bad;
	struct asahi_attempt t;
	uint32_t bit;

	asahi_attempt_init(&t);
	asahi_render_empty(&t.client, &render);
	req = asahi_attempt_request(&t);
	compute = t.job.compute;
	for (bit = 1; bit; bit <<= 1) {
		bad = req;
		bad.flags = bit;
		igt_assert_f(__asahi_submit(t.client.fd, &bad) == -EINVAL, "flag %x\n", bit);
		bad = req;
		bad.pad = bit;
		igt_assert_f(__asahi_submit(t.client.fd, &bad) == -EINVAL, "padding %x\n", bit);

		asahi_attempt_begin(&t);
		compute.flags = bit;
		asahi_cmdbuf_compute(&t.cmdbuf, &compute, NONE, NONE);
		igt_assert_f(asahi_attempt_submit(&t) == -EINVAL, "compute flag %x\n", bit);

		if (bit & RENDER_FLAGS)
			continue;
		asahi_attempt_begin(&t);
		render.flags = bit | RENDER_FLAGS;
		asahi_cmdbuf_render(&t.cmdbuf, &render, NONE, NONE);
		igt_assert_f(asahi_attempt_submit(&t) == -EINVAL, "render flag %x\n", bit);
	}
	asahi_attempt_fini(&t);
}

/* What is wrong with a submit; several things may be. */
enum mistake {
	BAD_FLAGS = 1 << 0,
	BAD_QUEUE = 1 << 1,
	NO_SYNCS = 1 << 2,
	BAD_SYNC_TYPE = 1 << 3,
	BAD_SYNC = 1 << 4,
	NO_CMDBUF = 1 << 5,
	BAD_COMMAND = 1 << 6,
};

static int submit_mistakes(struct asahi_attempt *t, unsigned int mistakes)
{
	struct drm_asahi_sync sync = asahi_sync_binary(t->binary);
	struct drm_asahi_submit req;

	asahi_attempt_begin(t);
	if (mistakes & BAD_COMMAND)
		asahi_cmdbuf_add(&t->cmdbuf, 0x100, NULL, 0, NONE, NONE);
	if (mistakes & BAD_SYNC)
		sync.handle = UINT32_MAX;
	if (mistakes & BAD_SYNC_TYPE)
		sync.sync_type = 2;
	req = (struct drm_asahi_submit){
		.syncs = mistakes & NO_SYNCS ? 0 : (uintptr_t)&sync,
		.cmdbuf = mistakes & NO_CMDBUF ? 0 : (uintptr_t)t->cmdbuf.data,
		.flags = mistakes & BAD_FLAGS ? 1 : 0,
		.queue_id = mistakes & BAD_QUEUE ? UINT32_MAX : t->client.queue_id,
		.out_sync_count = 1,
		.cmdbuf_size = t->cmdbuf.size,
	};
	return __asahi_submit(t->client.fd, &req);
}

/**
 * SUBTEST: error-order
 * Description: Of several mistakes the first is told in the order of flags, queue, syncs,
 *	commands; of a sync its type comes before its handle.
 */
static void error_order(void)
{
	static const int errors[] = {
		-EINVAL, -ENOENT, -EFAULT, -EINVAL, -ENOENT, -EFAULT, -EINVAL,
	};
	const unsigned int num = ARRAY_SIZE(errors);
	struct asahi_attempt t;
	unsigned int mistakes;

	asahi_attempt_init(&t);
	for (mistakes = 1; mistakes < 1u << num; mistakes++) {
		int ret = submit_mistakes(&t, mistakes);

		igt_assert_f(ret == errors[__builtin_ctz(mistakes)],
			     "mistakes %02x gave %d, not %d\n", mistakes, ret,
			     errors[__builtin_ctz(mistakes)]);
	}
	asahi_attempt_fini(&t);
}

/* Two pages of user memory, of which the second cannot be touched. */
static uint8_t *map_half(void)
{
	long page = sysconf(_SC_PAGESIZE);
	uint8_t *mem = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			    -1, 0);

	igt_assert(mem != MAP_FAILED);
	igt_assert_eq(mprotect(mem + page, page, PROT_NONE), 0);
	return mem;
}

/**
 * SUBTEST: end-of-memory
 * Description: Commands and syncs may end where user memory ends, in memory that can only be read,
 *	and give EFAULT if they go on for one byte.
 */
static void end_of_memory(void)
{
	const long page = sysconf(_SC_PAGESIZE);
	uint8_t *commands = map_half(), *list = map_half();
	struct drm_asahi_sync syncs[2];
	struct drm_asahi_submit req;
	struct asahi_attempt t;
	uint32_t i;

	asahi_attempt_init(&t);
	req = asahi_attempt_request(&t);
	for (i = 0; i < 2; i++)
		syncs[i] = asahi_sync_binary(syncobj_create(t.client.fd,
							    DRM_SYNCOBJ_CREATE_SIGNALED));
	memcpy(commands + page - req.cmdbuf_size, t.cmdbuf.data, req.cmdbuf_size);
	memcpy(list + page - sizeof(syncs), syncs, sizeof(syncs));
	igt_assert_eq(mprotect(commands, page, PROT_READ), 0);
	igt_assert_eq(mprotect(list, page, PROT_READ), 0);
	req.cmdbuf = (uintptr_t)commands + page - req.cmdbuf_size;

	/* Where there are no syncs nobody looks for them. */
	req.syncs = UINT64_MAX;
	igt_assert_eq(__asahi_submit(t.client.fd, &req), 0);
	igt_assert_eq(asahi_finish(asahi_job_start_after(&t.job)), 1);
	t.bo.map[0] = 0;
	req.syncs = (uintptr_t)list + page - sizeof(syncs);

	/* A third sync, in either role; then the same two, or one more byte of commands. */
	req.in_sync_count = 3;
	igt_assert_eq(__asahi_submit(t.client.fd, &req), -EFAULT);
	req.in_sync_count = 1;
	req.out_sync_count = 2;
	igt_assert_eq(__asahi_submit(t.client.fd, &req), -EFAULT);
	req.out_sync_count = 1;
	req.syncs++;
	igt_assert_eq(__asahi_submit(t.client.fd, &req), -EFAULT);
	req.syncs--;
	req.cmdbuf++;
	igt_assert_eq(__asahi_submit(t.client.fd, &req), -EFAULT);
	req.cmdbuf--;
	igt_assert_eq_u32(t.bo.map[0], 0);
	igt_assert_eq(__asahi_submit(t.client.fd, &req), 0);
	asahi_sync_wait(t.client.fd, syncs[1].handle);
	igt_assert_eq_u32(t.bo.map[0], ASAHI_STORE_VALUE);

	t.bo.map[0] = 0;
	igt_assert_eq(munmap(commands, 2 * page), 0);
	igt_assert_eq(munmap(list, 2 * page), 0);
	asahi_attempt_fini(&t);
}

/**
 * SUBTEST: argument-size
 * Description: What the argument of an older program lacks reads as zero, and a newer one may be
 *	longer.
 */
static void argument_size(void)
{
	struct {
		struct drm_asahi_submit submit;
		uint64_t unknown;
	} req = { 0 };
	const unsigned long sizes[] = {
		offsetof(struct drm_asahi_submit, pad), sizeof(req.submit), sizeof(req),
	};
	struct asahi_attempt t;
	struct asahi_job job;
	unsigned int i;

	asahi_attempt_init(&t);
	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		req.submit = asahi_attempt_request(&t);
		/* Beyond the end of the shortest. */
		req.submit.pad = i ? 0 : 1;
		igt_assert_eq(asahi_ioctl(t.client.fd,
					  _IOC(_IOC_WRITE, DRM_IOCTL_BASE,
					       DRM_COMMAND_BASE + DRM_ASAHI_SUBMIT, sizes[i]),
					  &req), 0);
		asahi_job_init(&t.client, &job, ASAHI_SHADER_STOP, 0, 0, 0);
		igt_assert_eq(asahi_finish(asahi_job_start_after(&job)), 1);
		igt_assert_eq_u32(t.bo.map[0], ASAHI_STORE_VALUE);
		t.bo.map[0] = 0;
	}
	asahi_attempt_fini(&t);
}

/**
 * SUBTEST: commands-together
 * Description: Render and compute commands count together against what the device says.
 */
static void commands_together(void)
{
	struct drm_asahi_cmd_render render;
	struct asahi_attempt t;
	unsigned int i, num;
	uint32_t size;

	asahi_attempt_init(&t);
	asahi_require_simulated(t.client.fd, ASAHI_NO_RENDER);
	asahi_render_empty(&t.client, &render);
	num = t.client.params.max_commands_per_submission;
	for (i = 0; i < num; i++) {
		size = t.cmdbuf.size;
		if (i & 1)
			asahi_cmdbuf_compute(&t.cmdbuf, &t.job.compute, NONE, NONE);
		else
			asahi_cmdbuf_render(&t.cmdbuf, &render, NONE, NONE);
	}
	size = t.cmdbuf.size;
	asahi_cmdbuf_render(&t.cmdbuf, &render, NONE, NONE);
	igt_assert_eq(asahi_attempt_submit(&t), -EINVAL);
	t.cmdbuf.size = size;
	asahi_cmdbuf_compute(&t.cmdbuf, &t.job.compute, NONE, NONE);
	igt_assert_eq(asahi_attempt_submit(&t), -EINVAL);
	t.cmdbuf.size = size;
	igt_assert_eq(asahi_finish(asahi_cmdbuf_start(&t.client, t.client.queue_id, &t.cmdbuf)),
		      1);
	igt_assert_eq_u32(t.bo.map[0], ASAHI_STORE_VALUE);
	t.bo.map[0] = 0;
	asahi_attempt_fini(&t);
}

/**
 * SUBTEST: attachment-places
 * Description: Each attachment of a list of each kind is looked at, whichever place it has: a bit
 *	of flags or padding is refused, and a size that is one too large.
 */
static void attachment_places(void)
{
	struct drm_asahi_attachment list[16], bad[16];
	struct asahi_attempt t;
	unsigned int i, what;
	uint16_t type, size;
	uint32_t num;

	asahi_attempt_init(&t);
	num = t.client.params.max_attachments;
	igt_assert_lte(num, ARRAY_SIZE(list));
	size = num * sizeof(list[0]);
	for (i = 0; i < num; i++)
		list[i] = (struct drm_asahi_attachment){
			.pointer = i & 2 ? UINT64_MAX : t.bo.va,
			.size = i & 1 ? MAX_ATTACHMENT : 0,
		};
	for (type = DRM_ASAHI_SET_VERTEX_ATTACHMENTS;
	     type <= DRM_ASAHI_SET_COMPUTE_ATTACHMENTS; type++) {
		for (i = 0; i < 3 * num; i++) {
			memcpy(bad, list, sizeof(list));
			what = i % 3;
			if (what == 0)
				bad[i / 3].flags = 1u << (i % 32);
			else if (what == 1)
				bad[i / 3].pad = 1u << (i % 32);
			else
				bad[i / 3].size = MAX_ATTACHMENT + 1;
			asahi_attempt_begin(&t);
			asahi_cmdbuf_add(&t.cmdbuf, type, bad, size, NONE, NONE);
			igt_assert_f(asahi_attempt_submit(&t) == -EINVAL,
				     "list %u, attachment %u, %s\n", type, i / 3,
				     what == 0 ? "flags" : what == 1 ? "padding" : "size");
		}
	}

	/* The same lists with nothing wrong, in front of a command and behind it. */
	t.cmdbuf.size = 0;
	for (type = DRM_ASAHI_SET_VERTEX_ATTACHMENTS;
	     type <= DRM_ASAHI_SET_COMPUTE_ATTACHMENTS; type++)
		asahi_cmdbuf_add(&t.cmdbuf, type, list, size, NONE, NONE);
	asahi_cmdbuf_compute(&t.cmdbuf, &t.job.compute, NONE, NONE);
	asahi_cmdbuf_add(&t.cmdbuf, type - 1, list, size, NONE, NONE);
	igt_assert_eq(asahi_finish(asahi_cmdbuf_start(&t.client, t.client.queue_id, &t.cmdbuf)),
		      1);
	igt_assert_eq_u32(t.bo.map[0], ASAHI_STORE_VALUE);
	t.bo.map[0] = 0;
	asahi_attempt_fini(&t);
}

/**
 * SUBTEST: unknown-places
 * Description: A byte that is not zero is refused wherever it stands behind what the kernel knows
 *	of a command.
 */
static void unknown_places(void)
{
	enum { MORE = 24 };
	struct drm_asahi_cmd_render render;
	uint8_t payload[sizeof(render) + MORE];
	struct asahi_attempt t;
	unsigned int i;

	asahi_attempt_init(&t);
	asahi_require_simulated(t.client.fd, "the Rust driver does not look behind what it knows");
	asahi_render_empty(&t.client, &render);
	for (i = 0; i < MORE; i++) {
		memset(payload, 0, sizeof(payload));
		memcpy(payload, &t.job.compute, sizeof(t.job.compute));
		payload[sizeof(t.job.compute) + i] = 0x80;
		asahi_attempt_begin(&t);
		asahi_cmdbuf_add(&t.cmdbuf, DRM_ASAHI_CMD_COMPUTE, payload,
				 sizeof(t.job.compute) + MORE, NONE, NONE);
		igt_assert_f(asahi_attempt_submit(&t) == -EINVAL, "byte %u of compute\n", i);

		memset(payload, 0, sizeof(payload));
		memcpy(payload, &render, sizeof(render));
		payload[sizeof(render) + i] = 1;
		asahi_attempt_begin(&t);
		asahi_cmdbuf_add(&t.cmdbuf, DRM_ASAHI_CMD_RENDER, payload, sizeof(payload), NONE,
				 NONE);
		igt_assert_f(asahi_attempt_submit(&t) == -EINVAL, "byte %u of render\n", i);
	}
	asahi_attempt_fini(&t);
}

/**
 * SUBTEST: longest-payload
 * Description: A command of a newer program has up to 65535 bytes, and what follows it may start
 *	at any byte.
 */
static void longest_payload(void)
{
	static uint8_t data[2 * (sizeof(struct drm_asahi_cmd_header) + UINT16_MAX)];
	const struct drm_asahi_cmd_header header = {
		.cmd_type = DRM_ASAHI_CMD_COMPUTE,
		.size = UINT16_MAX,
		.vdm_barrier = NONE,
		.cdm_barrier = NONE,
	};
	struct drm_asahi_submit req;
	struct asahi_attempt t;
	struct asahi_job second;
	uint8_t *pos = data;

	asahi_attempt_init(&t);
	asahi_job_init(&t.client, &second, ASAHI_SHADER_STORE, t.bo.va + 4, 0, 0);
	memset(data, 0, sizeof(data));
	memcpy(pos, &header, sizeof(header));
	memcpy(pos + sizeof(header), &t.job.compute, sizeof(t.job.compute));
	pos += sizeof(header) + header.size;
	memcpy(pos, &header, sizeof(header));
	memcpy(pos + sizeof(header), &second.compute, sizeof(second.compute));
	req = asahi_attempt_request(&t);
	req.cmdbuf = (uintptr_t)data;
	req.cmdbuf_size = sizeof(data) - 1;
	igt_assert_eq(__asahi_submit(t.client.fd, &req), -EINVAL);
	req.cmdbuf_size = sizeof(data);
	igt_assert_eq(__asahi_submit(t.client.fd, &req), 0);

	asahi_job_init(&t.client, &second, ASAHI_SHADER_STOP, 0, 0, 0);
	igt_assert_eq(asahi_finish(asahi_job_start_after(&second)), 1);
	igt_assert_eq_u32(t.bo.map[0], ASAHI_STORE_VALUE);
	igt_assert_eq_u32(t.bo.map[1], ASAHI_STORE_VALUE);
	t.bo.map[0] = 0;
	asahi_attempt_fini(&t);
}

/**
 * SUBTEST: short-render
 * Description: What a shorter render command lacks reads as zero: its timestamps are not written,
 *	wherever it ends before or in the middle of them.
 */
static void short_render(void)
{
	static const uint16_t sizes[] = {
		offsetof(struct drm_asahi_cmd_render, isp_merge_upper_x),
		offsetof(struct drm_asahi_cmd_render, ts_vtx),
		offsetof(struct drm_asahi_cmd_render, ts_vtx.end),
		offsetof(struct drm_asahi_cmd_render, ts_frag),
		offsetof(struct drm_asahi_cmd_render, ts_frag.end),
		sizeof(struct drm_asahi_cmd_render),
	};
	/* How many of the four it still has. */
	static const unsigned int stamps[ARRAY_SIZE(sizes)] = { 0, 0, 1, 2, 3, 4 };
	struct drm_asahi_cmd_render render;
	struct asahi_cmdbuf cmdbuf;
	struct asahi_stamps s;
	unsigned int i, j;

	asahi_stamps_init(&s);
	asahi_require_simulated(s.client.fd, ASAHI_NO_RENDER);
	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		memset(s.bo.map, 0, 8 * sizeof(s.words[0]));
		asahi_render_empty(&s.client, &render);
		asahi_stamp_render(&render, &s, 0);
		cmdbuf.size = 0;
		asahi_cmdbuf_add(&cmdbuf, DRM_ASAHI_CMD_RENDER, &render, sizes[i], NONE, NONE);

		/* Not to be taken for the rest of it. */
		asahi_stamp_render(&render, &s, 4);
		asahi_cmdbuf_render(&cmdbuf, &render, NONE, NONE);
		igt_assert_eq(asahi_finish(asahi_cmdbuf_start(&s.client, s.client.queue_id,
							      &cmdbuf)), 1);
		for (j = 0; j < 4; j++)
			igt_assert_f(!s.words[j] == (j >= stamps[i]),
				     "%u bytes, timestamp %u: %llu\n", sizes[i], j,
				     (unsigned long long)s.words[j]);
		for (; j < 8; j++)
			igt_assert_neq_u64(s.words[j], 0);
	}
	asahi_stamps_fini(&s);
}

/**
 * SUBTEST: any-register
 * Description: Addresses and values of registers pass through whatever they are, as a wrong one is
 *	the job's own fault and no mistake of the call.
 */
static void any_register(void)
{
	struct drm_asahi_cmd_render render, empty;
	struct drm_asahi_cmd_compute compute;
	struct asahi_attempt t;

	asahi_attempt_init(&t);
	asahi_require_simulated(t.client.fd,
				"what Apple's GPU makes of such registers is not known");
	memset(&compute, 0xff, sizeof(compute));
	compute.flags = 0;
	compute.cdm_ctrl_stream_base = t.job.compute.cdm_ctrl_stream_base;
	compute.ts = t.job.compute.ts;
	asahi_render_empty(&t.client, &empty);
	memset(&render, 0xff, sizeof(render));
	render.flags = 0;
	render.width_px = empty.width_px;
	render.height_px = empty.height_px;
	render.layers = empty.layers;
	render.utile_width_px = empty.utile_width_px;
	render.utile_height_px = empty.utile_height_px;
	render.samples = empty.samples;
	render.vdm_ctrl_stream_base = empty.vdm_ctrl_stream_base;
	render.ts_vtx = empty.ts_vtx;
	render.ts_frag = empty.ts_frag;
	asahi_cmdbuf_render(&t.cmdbuf, &render, NONE, NONE);
	asahi_cmdbuf_compute(&t.cmdbuf, &compute, NONE, NONE);
	igt_assert_eq(asahi_finish(asahi_cmdbuf_start(&t.client, t.client.queue_id, &t.cmdbuf)),
		      1);
	igt_assert_eq_u32(t.bo.map[0], ASAHI_STORE_VALUE);
	t.bo.map[0] = 0;
	asahi_attempt_fini(&t);
}

static const struct asahi_subtest subtests[] = {
	{ "every-flag", "Bits that are no flags are refused.", every_flag },
	{ "error-order", "The first of several mistakes is told.", error_order },
	{ "end-of-memory", "Arrays may end where memory does.", end_of_memory },
	{ "argument-size", "Arguments may be shorter and longer.", argument_size },
	{ "commands-together", "All kinds of commands count together.", commands_together },
	{ "attachment-places", "Each attachment is looked at.", attachment_places },
	{ "unknown-places", "Each unknown byte is looked at.", unknown_places },
	{ "longest-payload", "A payload has up to 65535 bytes.", longest_payload },
	{ "short-render", "What a render command lacks is zero.", short_render },
	{ "any-register", "Values of registers pass through.", any_register },
};

int igt_main()
{
	asahi_run_subtests(subtests, ARRAY_SIZE(subtests));
}
