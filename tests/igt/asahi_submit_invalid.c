// SPDX-License-Identifier: MIT
/**
 * TEST: asahi submit invalid
 * Category: Core
 * Mega feature: Compute
 * Sub-category: submission
 * Functionality: SUBMIT
 * Description: Commands that SUBMIT has to refuse: nothing runs, and no syncobj changes.
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
#include "igt.h"

IGT_TEST_DESCRIPTION("SUBMIT: commands that are refused");

#define NONE DRM_ASAHI_BARRIER_NONE

/**
 * SUBTEST: flags
 * Description: There are no flags.
 */
static void flags(void)
{
	struct drm_asahi_submit req;
	struct asahi_attempt t;

	asahi_attempt_init(&t);
	req = asahi_attempt_request(&t);
	req.flags = 1;
	igt_assert_eq(__asahi_submit(t.client.fd, &req), -EINVAL);
	req.flags = 1u << 31;
	igt_assert_eq(__asahi_submit(t.client.fd, &req), -EINVAL);
	asahi_attempt_fini(&t);
}

/**
 * SUBTEST: pad
 * Description: Padding has to be zero.
 */
static void pad(void)
{
	struct drm_asahi_submit req;
	struct asahi_attempt t;

	asahi_attempt_init(&t);
	req = asahi_attempt_request(&t);
	req.pad = 1;
	igt_assert_eq(__asahi_submit(t.client.fd, &req), -EINVAL);
	asahi_attempt_fini(&t);
}

/**
 * SUBTEST: queue
 * Description: Only a queue of this file that is not destroyed takes commands.
 */
static void queue(void)
{
	struct drm_asahi_submit req;
	struct asahi_attempt t;
	int other;

	asahi_attempt_init(&t);
	req = asahi_attempt_request(&t);
	req.queue_id = 0;
	igt_assert_eq(__asahi_submit(t.client.fd, &req), -ENOENT);
	req.queue_id = UINT32_MAX;
	igt_assert_eq(__asahi_submit(t.client.fd, &req), -ENOENT);
	req.queue_id = asahi_queue_create(t.client.fd, t.client.vm_id, t.client.usc_base);
	asahi_queue_destroy(t.client.fd, req.queue_id);
	igt_assert_eq(__asahi_submit(t.client.fd, &req), -ENOENT);

	other = asahi_open();
	req.queue_id = t.client.queue_id;
	igt_assert_eq(__asahi_submit(other, &req), -ENOENT);
	asahi_close(other);
	asahi_attempt_fini(&t);
}

/**
 * SUBTEST: cmdbuf-pointer
 * Description: Commands that cannot be read to their end give EFAULT.
 */
static void cmdbuf_pointer(void)
{
	long page = sysconf(_SC_PAGESIZE);
	struct drm_asahi_submit req;
	struct asahi_attempt t;
	uint8_t *mem;

	asahi_attempt_init(&t);
	req = asahi_attempt_request(&t);
	req.cmdbuf = 0;
	igt_assert_eq(__asahi_submit(t.client.fd, &req), -EFAULT);
	req.cmdbuf = UINT64_MAX - 7;
	igt_assert_eq(__asahi_submit(t.client.fd, &req), -EFAULT);

	mem = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	igt_assert(mem != MAP_FAILED);
	igt_assert_eq(mprotect(mem + page, page, PROT_NONE), 0);
	memcpy(mem + page - t.cmdbuf.size, t.cmdbuf.data, t.cmdbuf.size);
	req.cmdbuf = (uintptr_t)(mem + page - t.cmdbuf.size);
	req.cmdbuf_size = t.cmdbuf.size + 8;
	igt_assert_eq(__asahi_submit(t.client.fd, &req), -EFAULT);
	igt_assert_eq(munmap(mem, 2 * page), 0);
	asahi_attempt_fini(&t);
}

/**
 * SUBTEST: cmdbuf-size
 * Description: A submit without commands is refused, and so is one of more bytes than anybody
 *	has.
 */
static void cmdbuf_size(void)
{
	struct drm_asahi_submit req;
	struct asahi_attempt t;

	asahi_attempt_init(&t);
	req = asahi_attempt_request(&t);
	req.cmdbuf_size = 0;
	igt_assert_eq(__asahi_submit(t.client.fd, &req), -EINVAL);
	req.cmdbuf = 0;
	igt_assert_eq(__asahi_submit(t.client.fd, &req), -EINVAL);

	if (asahi_can_risk(t.client.fd, "the Rust driver allocates as much at once")) {
		req = asahi_attempt_request(&t);
		req.cmdbuf_size = UINT32_MAX;
		igt_assert_neq(__asahi_submit(t.client.fd, &req), 0);
	}
	asahi_attempt_fini(&t);
}

/**
 * SUBTEST: truncated
 * Description: Commands that end in the middle of a header or of a payload are refused, even
 *	behind a command that is whole.
 */
static void truncated(void)
{
	struct asahi_attempt t;
	uint32_t cut;

	asahi_attempt_init(&t);
	for (cut = 1; cut < sizeof(struct drm_asahi_cmd_header) + 64; cut += 5) {
		asahi_attempt_begin(&t);
		asahi_cmdbuf_compute(&t.cmdbuf, &t.job.compute, NONE, NONE);
		t.cmdbuf.size -= cut;
		igt_assert_eq(asahi_attempt_submit(&t), -EINVAL);
	}
	asahi_attempt_fini(&t);
}

/**
 * SUBTEST: command-type
 * Description: Commands of types that do not exist are refused.
 */
static void command_type(void)
{
	static const uint16_t types[] = { 5, 6, 0x100, 0xffff };
	struct asahi_attempt t;
	uint32_t i;

	asahi_attempt_init(&t);
	for (i = 0; i < ARRAY_SIZE(types); i++) {
		asahi_attempt_begin(&t);
		asahi_cmdbuf_add(&t.cmdbuf, types[i], NULL, 0, NONE, NONE);
		igt_assert_eq(asahi_attempt_submit(&t), -EINVAL);
	}
	asahi_attempt_fini(&t);
}

/**
 * SUBTEST: no-command
 * Description: Attachments alone are nothing to run.
 */
static void no_command(void)
{
	const struct drm_asahi_attachment attachment = { .pointer = 0x4000, .size = 64 };
	struct asahi_attempt t;

	asahi_attempt_init(&t);
	asahi_cmdbuf_add(&t.cmdbuf, DRM_ASAHI_SET_COMPUTE_ATTACHMENTS, &attachment,
			 sizeof(attachment), NONE, NONE);
	igt_assert_eq(asahi_attempt_submit(&t), -EINVAL);
	asahi_attempt_fini(&t);
}

/**
 * SUBTEST: too-many-commands
 * Description: One command more than the device says is too many, attachments not counted.
 */
static void too_many_commands(void)
{
	struct asahi_attempt t;
	uint32_t i, num;

	asahi_attempt_init(&t);
	num = t.client.params.max_commands_per_submission;
	igt_assert_lte(num, 64);
	for (i = 0; i <= num; i++)
		asahi_cmdbuf_compute(&t.cmdbuf, &t.job.compute, NONE, NONE);
	igt_assert_eq(asahi_attempt_submit(&t), -EINVAL);

	/* Without the last, and with attachments instead, it is right: only the pointer is not. */
	t.cmdbuf.size -= sizeof(struct drm_asahi_cmd_header) + sizeof(t.job.compute);
	asahi_cmdbuf_add(&t.cmdbuf, DRM_ASAHI_SET_COMPUTE_ATTACHMENTS, NULL, 0, NONE, NONE);
	asahi_job_init(&t.client, &t.job, ASAHI_SHADER_STORE, t.bo.va + 4, 0, 0);
	igt_assert_eq(__asahi_cmdbuf_submit(&t.client, t.client.queue_id, &t.cmdbuf, NULL, 0, 0),
		      0);
	igt_assert_eq(asahi_finish(asahi_job_start_after(&t.job)), 1);
	igt_assert_eq_u32(t.bo.map[0], ASAHI_STORE_VALUE);
	t.bo.map[0] = 0;
	asahi_job_init(&t.client, &t.job, ASAHI_SHADER_STORE, t.bo.va, 0, 0);
	asahi_attempt_fini(&t);
}

/**
 * SUBTEST: unknown-payload
 * Description: What a newer program asks for beyond what the kernel knows is refused.
 */
static void unknown_payload(void)
{
	struct {
		struct drm_asahi_cmd_compute compute;
		uint8_t unknown[32];
	} payload = { 0 };
	struct asahi_attempt t;

	asahi_attempt_init(&t);
	payload.compute = t.job.compute;
	payload.unknown[31] = 1;
	asahi_cmdbuf_add(&t.cmdbuf, DRM_ASAHI_CMD_COMPUTE, &payload, sizeof(payload), NONE, NONE);
	asahi_attempt_strict(&t, -EINVAL);
	asahi_attempt_fini(&t);
}

/**
 * SUBTEST: compute-flags
 * Description: Compute commands have no flags.
 */
static void compute_flags(void)
{
	struct drm_asahi_cmd_compute compute;
	struct asahi_attempt t;

	asahi_attempt_init(&t);
	compute = t.job.compute;
	compute.flags = 1;
	asahi_attempt_begin(&t);
	asahi_cmdbuf_compute(&t.cmdbuf, &compute, NONE, NONE);
	igt_assert_eq(asahi_attempt_submit(&t), -EINVAL);
	asahi_attempt_fini(&t);
}

/* Try a render command behind one that is right. */
static void assert_render_fails(struct asahi_attempt *t, struct drm_asahi_cmd_render render)
{
	asahi_attempt_begin(t);
	asahi_cmdbuf_render(&t->cmdbuf, &render, NONE, NONE);
	igt_assert_eq(asahi_attempt_submit(t), -EINVAL);
}

/**
 * SUBTEST: render-flags
 * Description: Render commands have the four flags of the uapi and no others.
 */
static void render_flags(void)
{
	static const uint32_t bad[] = { 1 << 3, 1 << 17, 1 << 19, 1u << 31 };
	struct drm_asahi_cmd_render render;
	struct asahi_attempt t;
	uint32_t i;

	asahi_attempt_init(&t);
	asahi_render_empty(&t.client, &render);
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		render.flags = bad[i];
		assert_render_fails(&t, render);
	}
	asahi_attempt_fini(&t);
}

/**
 * SUBTEST: render-size
 * Description: A framebuffer has from 1 to 16384 pixels each way and from 1 to 2048 layers.
 */
static void render_size(void)
{
	static const uint16_t sizes[][3] = {
		{ 0, 32, 1 }, { 32, 0, 1 }, { 32, 32, 0 }, { 16385, 32, 1 }, { 32, 16385, 1 },
		{ 32, 32, 2049 }, { 65535, 65535, 1 }, { 32, 32, 65535 },
	};
	struct drm_asahi_cmd_render render;
	struct asahi_attempt t;
	uint32_t i;

	asahi_attempt_init(&t);
	asahi_render_empty(&t.client, &render);
	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		render.width_px = sizes[i][0];
		render.height_px = sizes[i][1];
		render.layers = sizes[i][2];
		assert_render_fails(&t, render);
	}

	/* A payload of nothing is a framebuffer of nothing. */
	asahi_attempt_begin(&t);
	asahi_cmdbuf_add(&t.cmdbuf, DRM_ASAHI_CMD_RENDER, NULL, 0, NONE, NONE);
	igt_assert_eq(asahi_attempt_submit(&t), -EINVAL);
	asahi_attempt_fini(&t);
}

/**
 * SUBTEST: render-utile
 * Description: There are three sizes of microtiles.
 */
static void render_utile(void)
{
	static const uint8_t sizes[][2] = {
		{ 0, 0 }, { 16, 32 }, { 8, 8 }, { 32, 8 }, { 64, 64 }, { 16, 0 }, { 31, 32 },
	};
	struct drm_asahi_cmd_render render;
	struct asahi_attempt t;
	uint32_t i;

	asahi_attempt_init(&t);
	asahi_render_empty(&t.client, &render);
	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		render.utile_width_px = sizes[i][0];
		render.utile_height_px = sizes[i][1];
		assert_render_fails(&t, render);
	}
	asahi_attempt_fini(&t);
}

/**
 * SUBTEST: render-samples
 * Description: There are 1, 2 or 4 samples.
 */
static void render_samples(void)
{
	static const uint8_t samples[] = { 0, 3, 5, 8, 16, 255 };
	struct drm_asahi_cmd_render render;
	struct asahi_attempt t;
	uint32_t i;

	asahi_attempt_init(&t);
	asahi_render_empty(&t.client, &render);
	for (i = 0; i < ARRAY_SIZE(samples); i++) {
		render.samples = samples[i];
		assert_render_fails(&t, render);
	}
	asahi_attempt_fini(&t);
}

/**
 * SUBTEST: barrier
 * Description: A barrier names a command of its stream that was there before: neither one that
 *	is missing, nor a later one, nor the command itself.
 */
static void barrier(void)
{
	static const uint16_t bad[][2] = {
		/* One compute and no render command came before. */
		{ NONE, 2 }, { NONE, 0xfffe }, { 1, NONE }, { 2, NONE }, { 0xfffe, NONE }, { 1, 1 },
	};
	struct drm_asahi_cmd_render render;
	struct asahi_attempt t;
	uint32_t i;

	asahi_attempt_init(&t);
	asahi_render_empty(&t.client, &render);
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		asahi_attempt_begin(&t);
		asahi_cmdbuf_compute(&t.cmdbuf, &t.job.compute, bad[i][0], bad[i][1]);
		igt_assert_eq(asahi_attempt_submit(&t), -EINVAL);

		asahi_attempt_begin(&t);
		asahi_cmdbuf_render(&t.cmdbuf, &render, bad[i][0], bad[i][1]);
		igt_assert_eq(asahi_attempt_submit(&t), -EINVAL);

		/* What comes later does not count. */
		asahi_attempt_begin(&t);
		asahi_cmdbuf_compute(&t.cmdbuf, &t.job.compute, bad[i][0], bad[i][1]);
		asahi_cmdbuf_render(&t.cmdbuf, &render, NONE, NONE);
		asahi_cmdbuf_render(&t.cmdbuf, &render, NONE, NONE);
		asahi_cmdbuf_compute(&t.cmdbuf, &t.job.compute, NONE, NONE);
		igt_assert_eq(asahi_attempt_submit(&t), -EINVAL);
	}

	/* The very first command has nobody to wait for. */
	t.cmdbuf.size = 0;
	asahi_cmdbuf_compute(&t.cmdbuf, &t.job.compute, NONE, 1);
	igt_assert_eq(asahi_attempt_submit(&t), -EINVAL);
	asahi_attempt_fini(&t);
}

static const uint16_t attachment_types[] = {
	DRM_ASAHI_SET_VERTEX_ATTACHMENTS, DRM_ASAHI_SET_FRAGMENT_ATTACHMENTS,
	DRM_ASAHI_SET_COMPUTE_ATTACHMENTS,
};

/* Set attachments between commands that are right. */
static void set_attachments(struct asahi_attempt *t, uint16_t type,
			    const struct drm_asahi_attachment *list, uint16_t size,
			    uint16_t vdm_barrier, uint16_t cdm_barrier)
{
	asahi_attempt_begin(t);
	asahi_cmdbuf_add(&t->cmdbuf, type, list, size, vdm_barrier, cdm_barrier);
	asahi_cmdbuf_compute(&t->cmdbuf, &t->job.compute, NONE, NONE);
}

/* No list may be set so. */
static void assert_attachments_fail(struct asahi_attempt *t,
				    const struct drm_asahi_attachment *list, uint16_t size,
				    uint16_t vdm_barrier, uint16_t cdm_barrier)
{
	uint32_t i;

	for (i = 0; i < ARRAY_SIZE(attachment_types); i++) {
		set_attachments(t, attachment_types[i], list, size, vdm_barrier, cdm_barrier);
		igt_assert_eq(asahi_attempt_submit(t), -EINVAL);
	}
}

/* The same, which the Rust driver may let pass. */
static void try_attachments(struct asahi_attempt *t, const struct drm_asahi_attachment *list,
			    uint16_t size, uint16_t vdm_barrier, uint16_t cdm_barrier)
{
	uint32_t i;

	for (i = 0; i < ARRAY_SIZE(attachment_types); i++) {
		set_attachments(t, attachment_types[i], list, size, vdm_barrier, cdm_barrier);
		asahi_attempt_strict(t, -EINVAL);
	}
}

/**
 * SUBTEST: attachment-barrier
 * Description: Setting attachments waits for nothing.
 */
static void attachment_barrier(void)
{
	struct asahi_attempt t;

	asahi_attempt_init(&t);
	assert_attachments_fail(&t, NULL, 0, NONE, 1);
	try_attachments(&t, NULL, 0, 0, NONE);
	try_attachments(&t, NULL, 0, NONE, 0);
	asahi_attempt_fini(&t);
}

/**
 * SUBTEST: attachment-count
 * Description: A list has at most as many attachments as the device says, and no broken ones.
 */
static void attachment_count(void)
{
	struct drm_asahi_attachment list[17] = { 0 };
	struct asahi_attempt t;
	uint16_t max;

	asahi_attempt_init(&t);
	igt_assert_lt(t.client.params.max_attachments, ARRAY_SIZE(list));
	max = (t.client.params.max_attachments + 1) * sizeof(list[0]);
	assert_attachments_fail(&t, list, max, NONE, NONE);

	/* The Rust driver takes the rest for a header, and zeros for a framebuffer of no size. */
	try_attachments(&t, list, 1, NONE, NONE);
	try_attachments(&t, list, 23, NONE, NONE);
	try_attachments(&t, list, 25, NONE, NONE);
	asahi_attempt_fini(&t);
}

/**
 * SUBTEST: attachment-fields
 * Description: Attachments have no flags, zero padding, and a size that the hardware can count.
 */
static void attachment_fields(void)
{
	struct drm_asahi_attachment list[2] = { 0 };
	struct asahi_attempt t;

	asahi_attempt_init(&t);
	list[1].flags = 1;
	assert_attachments_fail(&t, list, sizeof(list), NONE, NONE);
	list[1].flags = 0;
	list[1].pad = 1;
	assert_attachments_fail(&t, list, sizeof(list), NONE, NONE);
	list[1].pad = 0;
	list[1].size = (1ull << 32) * 128;
	assert_attachments_fail(&t, list, sizeof(list), NONE, NONE);

	list[1].size = UINT64_MAX;
	if (asahi_can_risk(t.client.fd, "the Rust driver's rounding overflows"))
		assert_attachments_fail(&t, list, sizeof(list), NONE, NONE);
	asahi_attempt_fini(&t);
}

static const struct asahi_subtest subtests[] = {
	{ "flags", "There are no flags.", flags },
	{ "pad", "Padding has to be zero.", pad },
	{ "queue", "Only a queue of this file takes commands.", queue },
	{ "cmdbuf-pointer", "Unreadable commands give EFAULT.", cmdbuf_pointer },
	{ "cmdbuf-size", "A submit has some bytes of commands.", cmdbuf_size },
	{ "truncated", "Commands end where they say.", truncated },
	{ "command-type", "There are five types of commands.", command_type },
	{ "no-command", "Attachments alone are nothing to run.", no_command },
	{ "too-many-commands", "The device says how many commands.", too_many_commands },
	{ "unknown-payload", "What the kernel does not know is refused.", unknown_payload },
	{ "compute-flags", "Compute commands have no flags.", compute_flags },
	{ "render-flags", "Render commands have four flags.", render_flags },
	{ "render-size", "A framebuffer has a size and a largest one.", render_size },
	{ "render-utile", "There are three sizes of microtiles.", render_utile },
	{ "render-samples", "There are 1, 2 or 4 samples.", render_samples },
	{ "barrier", "A barrier names an earlier command.", barrier },
	{ "attachment-barrier", "Setting attachments waits for nothing.", attachment_barrier },
	{ "attachment-count", "The device says how many attachments.", attachment_count },
	{ "attachment-fields", "Attachments have a size and no flags.", attachment_fields },
};

int igt_main()
{
	asahi_run_subtests(subtests, ARRAY_SIZE(subtests));
}
