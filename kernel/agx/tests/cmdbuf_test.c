// SPDX-License-Identifier: GPL-2.0 OR MIT
/* The parser of command buffers: what is valid, every truncation of it, every broken rule. */

#include <kunit/resource.h>

#include <linux/prandom.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "../cmdbuf.h"
#include "../file.h"
#include "../gem.h"
#include "../job.h"
#include "../object.h"
#include "../params.h"
#include "../queue.h"
#include "asahi_drm.h"
#include "test.h"

#define SEED 0x61677831
#define RANDOM_BUFFERS 5000

#define NONE DRM_ASAHI_BARRIER_NONE
#define OBJECT_RANGE (2 * AGX_GPU_PAGE_SIZE)
#define BUF_SIZE 65536

struct cmdbuf_test {
	struct agx_test *t;
	struct agx_file *file;
	struct agx_queue *queue;
	/* A timestamp object's handle and address. */
	u32 handle;
	u64 addr;

	/* The buffer in the making. */
	u8 *buf;
	size_t size;
	/* Where its last payload is. */
	u8 *payload;

	/* The job that the last parse made of it, if that was asked for. */
	struct agx_job *job;
};

static void put_bo(void *bo)
{
	agx_bo_put(bo);
}

static void end_queue(void *data)
{
	struct agx_queue *queue = data;

	agx_queue_kill(queue);
	agx_queue_put(queue);
}

static void close_vm(void *data)
{
	agx_vm_close(data);
}

static void unbind(void *data)
{
	struct cmdbuf_test *c = data;

	agx_object_put(agx_file_take_object(c->file, c->handle));
}

static int cmdbuf_init(struct kunit *test)
{
	const struct agx_va_range kernel = {
		.start = AGX_VM_END - AGX_VM_KERNEL_MIN_SIZE, .end = AGX_VM_END,
	};
	struct cmdbuf_test *c = kunit_kzalloc(test, sizeof(*c), GFP_KERNEL);
	struct agx_vm_openref *ref = kunit_kzalloc(test, sizeof(*ref), GFP_KERNEL);
	struct agx_object *object;
	struct agx_bo *bo;

	KUNIT_ASSERT_NOT_NULL(test, c);
	KUNIT_ASSERT_NOT_NULL(test, ref);
	test->priv = c;
	c->t = agx_test_alloc(test);
	agx_test_start(test, c->t);
	c->file = agx_test_open(test, c->t)->driver_priv;

	KUNIT_ASSERT_EQ(test, agx_vm_create(c->t->agx, &kernel, ref), 0);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, close_vm, ref), 0);
	c->queue = agx_queue_create(c->t->agx, ref->vm, agx_file_group(c->file),
				    DRM_ASAHI_PRIORITY_MEDIUM, 0);
	KUNIT_ASSERT_FALSE(test, IS_ERR(c->queue));
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, end_queue, c->queue), 0);

	bo = agx_bo_create(c->t->agx, 4 * AGX_GPU_PAGE_SIZE, 0, NULL);
	KUNIT_ASSERT_FALSE(test, IS_ERR(bo));
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, put_bo, bo), 0);
	object = agx_object_create(c->t->agx, bo, AGX_GPU_PAGE_SIZE, OBJECT_RANGE);
	KUNIT_ASSERT_FALSE(test, IS_ERR(object));
	c->addr = agx_object_addr(object);
	KUNIT_ASSERT_EQ(test, agx_file_add_object(c->file, object, &c->handle), 0);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, unbind, c), 0);

	c->buf = kunit_kzalloc(test, BUF_SIZE, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, c->buf);
	return 0;
}

static void job_destroy(struct cmdbuf_test *c)
{
	if (c->job)
		agx_job_destroy(c->job);
	c->job = NULL;
}

/* Parse @size bytes, which are all that there is to read. Keeps the job if @keep. */
static int parse_bytes(struct kunit *test, const void *bytes, size_t size, bool keep)
{
	struct cmdbuf_test *c = test->priv;
	void *exact = kmemdup(bytes, size, GFP_KERNEL);
	int ret;

	KUNIT_EXPECT_NOT_NULL(test, exact);
	job_destroy(c);
	c->job = agx_job_create(c->queue, agx_file_stats(c->file));
	if (IS_ERR(c->job) || !exact) {
		KUNIT_FAIL(test, "no memory");
		c->job = NULL;
		kfree(exact);
		return -ENOMEM;
	}

	ret = agx_cmdbuf_parse(c->file, c->job, exact, size);
	kfree(exact);
	if (!keep)
		job_destroy(c);
	return ret;
}

static int parse(struct kunit *test)
{
	struct cmdbuf_test *c = test->priv;

	return parse_bytes(test, c->buf, c->size, false);
}

static void begin(struct cmdbuf_test *c)
{
	c->size = 0;
}

/* Append a header and @copied bytes; the header may say something else than that. */
static void add(struct cmdbuf_test *c, u16 type, u16 size, u16 vdm, u16 cdm, const void *payload,
		size_t copied)
{
	struct drm_asahi_cmd_header header = {
		.cmd_type = type, .size = size, .vdm_barrier = vdm, .cdm_barrier = cdm,
	};

	memcpy(c->buf + c->size, &header, sizeof(header));
	c->payload = c->buf + c->size + sizeof(header);
	memcpy(c->payload, payload, copied);
	c->size += sizeof(header) + copied;
}

static struct drm_asahi_cmd_render valid_render(void)
{
	return (struct drm_asahi_cmd_render){
		.width_px = 64,
		.height_px = 32,
		.layers = 1,
		.utile_width_px = 32,
		.utile_height_px = 16,
		.samples = 1,
	};
}

static void add_render(struct cmdbuf_test *c, u16 vdm, u16 cdm)
{
	struct drm_asahi_cmd_render render = valid_render();

	add(c, DRM_ASAHI_CMD_RENDER, sizeof(render), vdm, cdm, &render, sizeof(render));
}

static void add_compute(struct cmdbuf_test *c, u16 vdm, u16 cdm)
{
	struct drm_asahi_cmd_compute compute = { .cdm_ctrl_stream_base = 0x1000 };

	add(c, DRM_ASAHI_CMD_COMPUTE, sizeof(compute), vdm, cdm, &compute, sizeof(compute));
}

static void add_attachments(struct cmdbuf_test *c, u16 type, unsigned int count)
{
	static const struct drm_asahi_attachment attachments[AGX_MAX_ATTACHMENTS + 1];

	add(c, type, count * sizeof(attachments[0]), NONE, NONE, attachments,
	    count * sizeof(attachments[0]));
}

/* One of everything. */
static void build_all(struct cmdbuf_test *c)
{
	struct drm_asahi_cmd_render render = valid_render();
	struct drm_asahi_cmd_compute compute = {
		.cdm_ctrl_stream_base = 0x100000,
		.cdm_ctrl_stream_end = 0x100040,
		.ts = { .start = { c->handle, 8 }, .end = { c->handle, OBJECT_RANGE - 8 } },
	};

	begin(c);
	add_attachments(c, DRM_ASAHI_SET_VERTEX_ATTACHMENTS, 1);
	add_attachments(c, DRM_ASAHI_SET_FRAGMENT_ATTACHMENTS, 2);
	render.vdm_ctrl_stream_base = 0x200000;
	render.ts_vtx.start = (struct drm_asahi_timestamp){ c->handle, 16 };
	render.ts_vtx.end = (struct drm_asahi_timestamp){ c->handle, 24 };
	render.ts_frag.start = (struct drm_asahi_timestamp){ c->handle, 33 };
	render.ts_frag.end = (struct drm_asahi_timestamp){ c->handle, 41 };
	add(c, DRM_ASAHI_CMD_RENDER, sizeof(render), 0, NONE, &render, sizeof(render));
	add_attachments(c, DRM_ASAHI_SET_COMPUTE_ATTACHMENTS, 3);
	add(c, DRM_ASAHI_CMD_COMPUTE, sizeof(compute), 1, 0, &compute, sizeof(compute));
	add_compute(c, NONE, 1);
}

/* Every type of command, and what becomes of each field. */
static void cmdbuf_valid(struct kunit *test)
{
	struct cmdbuf_test *c = test->priv;
	const struct agx_hw_command *commands;

	build_all(c);
	KUNIT_ASSERT_EQ(test, parse_bytes(test, c->buf, c->size, true), 0);
	commands = c->job->hw.commands;
	KUNIT_EXPECT_EQ(test, c->job->hw.num_commands, 3);
	KUNIT_EXPECT_EQ(test, c->job->num_objects, 6);

	KUNIT_EXPECT_EQ(test, commands[0].ring, AGX_HW_RING_RENDER);
	KUNIT_EXPECT_EQ(test, commands[0].wait[AGX_HW_RING_RENDER], 0);
	KUNIT_EXPECT_EQ(test, commands[0].wait[AGX_HW_RING_COMPUTE], NONE);
	KUNIT_EXPECT_EQ(test, commands[0].render.vdm_ctrl_stream_base, 0x200000);
	KUNIT_EXPECT_EQ(test, commands[0].render.utile_height_px, 16);
	KUNIT_EXPECT_EQ(test, commands[0].stamps[AGX_HW_STAMP_START], c->addr + 16);
	KUNIT_EXPECT_EQ(test, commands[0].stamps[AGX_HW_STAMP_END], c->addr + 24);
	KUNIT_EXPECT_EQ(test, commands[0].stamps[AGX_HW_STAMP_FRAG_START], c->addr + 33);
	KUNIT_EXPECT_EQ(test, commands[0].stamps[AGX_HW_STAMP_FRAG_END], c->addr + 41);

	KUNIT_EXPECT_EQ(test, commands[1].ring, AGX_HW_RING_COMPUTE);
	KUNIT_EXPECT_EQ(test, commands[1].wait[AGX_HW_RING_RENDER], 1);
	KUNIT_EXPECT_EQ(test, commands[1].wait[AGX_HW_RING_COMPUTE], 0);
	KUNIT_EXPECT_EQ(test, commands[1].compute.cdm_ctrl_stream_base, 0x100000);
	KUNIT_EXPECT_EQ(test, commands[1].stamps[AGX_HW_STAMP_START], c->addr + 8);
	KUNIT_EXPECT_EQ(test, commands[1].stamps[AGX_HW_STAMP_END], c->addr + OBJECT_RANGE - 8);

	KUNIT_EXPECT_EQ(test, commands[2].wait[AGX_HW_RING_RENDER], NONE);
	KUNIT_EXPECT_EQ(test, commands[2].wait[AGX_HW_RING_COMPUTE], 1);
	KUNIT_EXPECT_EQ(test, commands[2].stamps[AGX_HW_STAMP_START], 0);
	job_destroy(c);
	KUNIT_EXPECT_EQ(test, agx_test_live(c->t, AGX_TYPE_JOB), 0);
	KUNIT_EXPECT_EQ(test, agx_test_live(c->t, AGX_TYPE_OBJECT), 1);
}

/*
 * Every truncation is refused, unless it ends where a command does. What is there ends where the
 * truncation does, so that a sanitizer sees any read past it.
 */
static void cmdbuf_truncated(struct kunit *test)
{
	struct cmdbuf_test *c = test->priv;
	struct drm_asahi_cmd_header header;
	size_t size, end = 0;
	u32 commands = 0, refused = 0, accepted = 0;

	build_all(c);
	for (size = 0; size <= c->size; size++) {
		int ret = parse_bytes(test, c->buf, size, true);
		u32 num;

		KUNIT_ASSERT_NOT_NULL(test, c->job);
		num = c->job->hw.num_commands;
		if (size == end && commands) {
			KUNIT_EXPECT_EQ_MSG(test, ret, 0, "%zu bytes", size);
			KUNIT_EXPECT_EQ_MSG(test, num, commands, "%zu bytes", size);
			accepted++;
		} else {
			KUNIT_EXPECT_EQ_MSG(test, ret, -EINVAL, "%zu bytes", size);
			refused++;
		}
		job_destroy(c);

		if (size == end && size < c->size) {
			memcpy(&header, c->buf + size, sizeof(header));
			end += sizeof(header) + header.size;
			commands += header.cmd_type <= DRM_ASAHI_CMD_COMPUTE;
		}
	}
	KUNIT_EXPECT_EQ(test, end, c->size);
	KUNIT_EXPECT_EQ(test, accepted, 4);
	kunit_info(test, "%u truncations refused, %u complete", refused, accepted);
}

/* A payload may be shorter than its struct, or longer if the rest is zero. */
static void cmdbuf_payload_sizes(struct kunit *test)
{
	struct drm_asahi_cmd_header header;
	struct drm_asahi_cmd_compute compute;
	struct cmdbuf_test *c = test->priv;
	size_t size, usable;
	u8 long_payload[sizeof(compute) + 64];

	for (size = 0; size <= sizeof(long_payload); size++) {
		memset(long_payload, 0, sizeof(long_payload));
		compute = (struct drm_asahi_cmd_compute){
			.cdm_ctrl_stream_base = 0x1122334455667788,
		};
		memcpy(long_payload, &compute, sizeof(compute));

		begin(c);
		add(c, DRM_ASAHI_CMD_COMPUTE, size, NONE, NONE, long_payload, size);
		KUNIT_EXPECT_EQ_MSG(test, parse_bytes(test, c->buf, c->size, true), 0, "size %zu",
				    size);
		KUNIT_ASSERT_NOT_NULL(test, c->job);
		usable = min(size, sizeof(compute));
		KUNIT_EXPECT_MEMEQ(test, &c->job->hw.commands[0].compute, long_payload, usable);
		KUNIT_EXPECT_NULL(test, memchr_inv((u8 *)&c->job->hw.commands[0].compute + usable,
						   0, sizeof(compute) - usable));
		job_destroy(c);

		if (size <= sizeof(compute))
			continue;
		c->payload[size - 1] = 1;
		KUNIT_EXPECT_EQ_MSG(test, parse(test), -EINVAL, "size %zu", size);
	}

	/* A header that says more than there is, by a byte and by all. */
	begin(c);
	add(c, DRM_ASAHI_CMD_COMPUTE, sizeof(compute) + 1, NONE, NONE, &compute, sizeof(compute));
	KUNIT_EXPECT_EQ(test, parse(test), -EINVAL);
	begin(c);
	add(c, DRM_ASAHI_CMD_COMPUTE, U16_MAX, NONE, NONE, &compute, sizeof(compute));
	KUNIT_EXPECT_EQ(test, parse(test), -EINVAL);
	/* The longest that fits. */
	begin(c);
	memset(c->buf, 0, BUF_SIZE);
	add(c, DRM_ASAHI_CMD_COMPUTE, BUF_SIZE - sizeof(header), NONE, NONE, &compute,
	    sizeof(compute));
	c->size = BUF_SIZE;
	KUNIT_EXPECT_EQ(test, parse(test), 0);
}

/* Write @value to @field of a valid render command: @want comes of it. */
#define EXPECT_RENDER(field, value, want) \
	do { \
		struct drm_asahi_cmd_render r = valid_render(); \
		\
		r.field = (value); \
		begin(c); \
		add(c, DRM_ASAHI_CMD_RENDER, sizeof(r), NONE, NONE, &r, sizeof(r)); \
		KUNIT_EXPECT_EQ_MSG(test, parse(test), want, #field " " #value); \
	} while (0)

static void cmdbuf_render_rules(struct kunit *test)
{
	static const u8 utiles[][2] = { { 32, 32 }, { 32, 16 }, { 16, 16 } };
	struct cmdbuf_test *c = test->priv;
	unsigned int i, w, h;

	EXPECT_RENDER(flags, DRM_ASAHI_RENDER_VERTEX_SCRATCH, 0);
	EXPECT_RENDER(flags, DRM_ASAHI_RENDER_PROCESS_EMPTY_TILES, 0);
	EXPECT_RENDER(flags, DRM_ASAHI_RENDER_NO_VERTEX_CLUSTERING, 0);
	EXPECT_RENDER(flags, DRM_ASAHI_RENDER_DBIAS_IS_INT, 0);
	for (i = 0; i < 32; i++)
		if (i > 2 && i != 18)
			EXPECT_RENDER(flags, BIT(i), -EINVAL);
	EXPECT_RENDER(width_px, 0, -EINVAL);
	EXPECT_RENDER(width_px, 1, 0);
	EXPECT_RENDER(width_px, 16384, 0);
	EXPECT_RENDER(width_px, 16385, -EINVAL);
	EXPECT_RENDER(height_px, 0, -EINVAL);
	EXPECT_RENDER(height_px, 16384, 0);
	EXPECT_RENDER(height_px, 16385, -EINVAL);
	EXPECT_RENDER(layers, 0, -EINVAL);
	EXPECT_RENDER(layers, 2048, 0);
	EXPECT_RENDER(layers, 2049, -EINVAL);
	for (i = 0; i < 9; i++)
		EXPECT_RENDER(samples, i, i == 1 || i == 2 || i == 4 ? 0 : -EINVAL);

	for (w = 0; w <= 64; w += 8)
		for (h = 0; h <= 64; h += 8) {
			struct drm_asahi_cmd_render r = valid_render();
			int want = -EINVAL;

			for (i = 0; i < ARRAY_SIZE(utiles); i++)
				if (utiles[i][0] == w && utiles[i][1] == h)
					want = 0;
			r.utile_width_px = w;
			r.utile_height_px = h;
			begin(c);
			add(c, DRM_ASAHI_CMD_RENDER, sizeof(r), NONE, NONE, &r, sizeof(r));
			KUNIT_EXPECT_EQ_MSG(test, parse(test), want, "%ux%u", w, h);
		}

	/* Short enough that what has to be set reads as zero. */
	begin(c);
	add(c, DRM_ASAHI_CMD_RENDER, 8, NONE, NONE, &(u64){ 0 }, 8);
	KUNIT_EXPECT_EQ(test, parse(test), -EINVAL);
}

static void cmdbuf_timestamps(struct kunit *test)
{
	struct cmdbuf_test *c = test->priv;
	const u32 wrong = c->handle + 1;

#define STAMP(handle, offset) ((struct drm_asahi_timestamp){ handle, offset })
	EXPECT_RENDER(ts_vtx.start, STAMP(0, U32_MAX), 0);
	EXPECT_RENDER(ts_vtx.start, STAMP(wrong, 0), -ENOENT);
	EXPECT_RENDER(ts_vtx.end, STAMP(wrong, 0), -ENOENT);
	EXPECT_RENDER(ts_frag.start, STAMP(wrong, 0), -ENOENT);
	EXPECT_RENDER(ts_frag.end, STAMP(wrong, 0), -ENOENT);
	EXPECT_RENDER(ts_frag.end, STAMP(c->handle, 0), 0);
	EXPECT_RENDER(ts_frag.end, STAMP(c->handle, 3), 0);
	EXPECT_RENDER(ts_frag.end, STAMP(c->handle, OBJECT_RANGE - 8), 0);
	EXPECT_RENDER(ts_frag.end, STAMP(c->handle, OBJECT_RANGE - 7), -ERANGE);
	EXPECT_RENDER(ts_frag.end, STAMP(c->handle, OBJECT_RANGE), -ERANGE);
	EXPECT_RENDER(ts_frag.end, STAMP(c->handle, U32_MAX - 8), -ERANGE);
	EXPECT_RENDER(ts_frag.end, STAMP(c->handle, U32_MAX - 7), -EINVAL);
	EXPECT_RENDER(ts_frag.end, STAMP(c->handle, U32_MAX), -EINVAL);
#undef STAMP

	KUNIT_EXPECT_EQ(test, agx_test_live(c->t, AGX_TYPE_OBJECT), 1);
}

static void cmdbuf_compute_rules(struct kunit *test)
{
	struct cmdbuf_test *c = test->priv;
	unsigned int i;

	for (i = 0; i < 32; i++) {
		struct drm_asahi_cmd_compute compute = { .flags = BIT(i) };

		begin(c);
		add(c, DRM_ASAHI_CMD_COMPUTE, sizeof(compute), NONE, NONE, &compute,
		    sizeof(compute));
		KUNIT_EXPECT_EQ_MSG(test, parse(test), -EINVAL, "flag %u", i);
	}
}

/* Barriers name commands that have been seen, each in its own stream. */
static void cmdbuf_barriers(struct kunit *test)
{
	static const struct {
		u16 vdm, cdm;
		int want;
	} cases[] = {
		/* After two renders and a compute. */
		{ NONE, NONE, 0 }, { 0, 0, 0 }, { 1, 1, 0 }, { 2, 1, 0 },
		{ 3, NONE, -EINVAL }, { NONE, 2, -EINVAL }, { 1, 2, -EINVAL },
		{ NONE - 1, NONE, -EINVAL }, { NONE, NONE - 1, -EINVAL },
	};
	struct cmdbuf_test *c = test->priv;
	unsigned int i, render;

	for (i = 0; i < ARRAY_SIZE(cases); i++)
		for (render = 0; render < 2; render++) {
			begin(c);
			add_render(c, NONE, NONE);
			add_compute(c, NONE, NONE);
			add_render(c, NONE, NONE);
			if (render)
				add_render(c, cases[i].vdm, cases[i].cdm);
			else
				add_compute(c, cases[i].vdm, cases[i].cdm);
			KUNIT_EXPECT_EQ_MSG(test, parse(test), cases[i].want, "%u, %u",
					    cases[i].vdm, cases[i].cdm);
		}

	/* A command cannot wait for itself, nor for one that comes later. */
	begin(c);
	add_compute(c, NONE, 1);
	add_compute(c, NONE, NONE);
	KUNIT_EXPECT_EQ(test, parse(test), -EINVAL);
}

static void cmdbuf_attachments(struct kunit *test)
{
	static const u16 types[] = {
		DRM_ASAHI_SET_VERTEX_ATTACHMENTS,
		DRM_ASAHI_SET_FRAGMENT_ATTACHMENTS,
		DRM_ASAHI_SET_COMPUTE_ATTACHMENTS,
	};
	struct drm_asahi_attachment attachment = {};
	struct cmdbuf_test *c = test->priv;
	unsigned int i;

#define EXPECT_ATTACHMENT(field, value, want) \
	do { \
		attachment = (struct drm_asahi_attachment){ .field = (value) }; \
		begin(c); \
		add_compute(c, NONE, NONE); \
		add(c, types[i], sizeof(attachment), NONE, NONE, &attachment, \
		    sizeof(attachment)); \
		KUNIT_EXPECT_EQ_MSG(test, parse(test), want, #field " " #value); \
	} while (0)

	for (i = 0; i < ARRAY_SIZE(types); i++) {
		EXPECT_ATTACHMENT(pointer, U64_MAX, 0);
		EXPECT_ATTACHMENT(size, 1, 0);
		EXPECT_ATTACHMENT(size, 128ULL * U32_MAX, 0);
		EXPECT_ATTACHMENT(size, 128ULL * U32_MAX + 1, -EINVAL);
		EXPECT_ATTACHMENT(size, U64_MAX, -EINVAL);
		EXPECT_ATTACHMENT(pad, 1, -EINVAL);
		EXPECT_ATTACHMENT(flags, 1, -EINVAL);

		begin(c);
		add_compute(c, NONE, NONE);
		add_attachments(c, types[i], AGX_MAX_ATTACHMENTS);
		KUNIT_EXPECT_EQ(test, parse(test), 0);
		begin(c);
		add_compute(c, NONE, NONE);
		add_attachments(c, types[i], AGX_MAX_ATTACHMENTS + 1);
		KUNIT_EXPECT_EQ(test, parse(test), -EINVAL);
		begin(c);
		add_compute(c, NONE, NONE);
		add(c, types[i], sizeof(attachment) - 8, NONE, NONE, &attachment,
		    sizeof(attachment) - 8);
		KUNIT_EXPECT_EQ(test, parse(test), -EINVAL);
		begin(c);
		add_compute(c, NONE, NONE);
		add(c, types[i], 0, NONE, NONE, &attachment, 0);
		KUNIT_EXPECT_EQ(test, parse(test), 0);
		begin(c);
		add_compute(c, NONE, NONE);
		add(c, types[i], 0, 0, NONE, &attachment, 0);
		KUNIT_EXPECT_EQ(test, parse(test), -EINVAL);
		begin(c);
		add_compute(c, NONE, NONE);
		add(c, types[i], 0, NONE, 0, &attachment, 0);
		KUNIT_EXPECT_EQ(test, parse(test), -EINVAL);

		/* They are no commands. */
		begin(c);
		add_attachments(c, types[i], 1);
		KUNIT_EXPECT_EQ(test, parse(test), -EINVAL);
	}
#undef EXPECT_ATTACHMENT
}

static void cmdbuf_limits(struct kunit *test)
{
	struct cmdbuf_test *c = test->priv;
	unsigned int i, type;

	/* As many as are allowed, attachments not counted, and one more. */
	begin(c);
	for (i = 0; i < AGX_MAX_COMMANDS; i++) {
		add_attachments(c, DRM_ASAHI_SET_COMPUTE_ATTACHMENTS, 1);
		add_compute(c, NONE, i);
	}
	KUNIT_EXPECT_EQ(test, parse_bytes(test, c->buf, c->size, true), 0);
	KUNIT_EXPECT_EQ(test, c->job->hw.num_commands, AGX_MAX_COMMANDS);
	job_destroy(c);
	add_attachments(c, DRM_ASAHI_SET_COMPUTE_ATTACHMENTS, 1);
	KUNIT_EXPECT_EQ(test, parse(test), 0);
	add_compute(c, NONE, NONE);
	KUNIT_EXPECT_EQ(test, parse(test), -EINVAL);

	begin(c);
	KUNIT_EXPECT_EQ(test, parse(test), -EINVAL);

	/* All stamps of all commands. */
	begin(c);
	for (i = 0; i < AGX_MAX_COMMANDS; i++) {
		struct drm_asahi_cmd_render r = valid_render();

		r.ts_vtx.start.handle = c->handle;
		r.ts_vtx.end.handle = c->handle;
		r.ts_frag.start.handle = c->handle;
		r.ts_frag.end.handle = c->handle;
		add(c, DRM_ASAHI_CMD_RENDER, sizeof(r), NONE, NONE, &r, sizeof(r));
	}
	KUNIT_EXPECT_EQ(test, parse_bytes(test, c->buf, c->size, true), 0);
	KUNIT_EXPECT_EQ(test, c->job->num_objects, AGX_MAX_COMMANDS * AGX_HW_NUM_STAMPS);
	job_destroy(c);

	/* Every other type is none. */
	for (type = DRM_ASAHI_SET_COMPUTE_ATTACHMENTS + 1; type <= U16_MAX; type += 97) {
		begin(c);
		add_compute(c, NONE, NONE);
		add(c, type, 0, NONE, NONE, NULL, 0);
		KUNIT_EXPECT_EQ_MSG(test, parse(test), -EINVAL, "type %u", type);
	}
}

/* Whatever bytes there are: one of the results that are documented, and nothing kept. */
static void cmdbuf_random(struct kunit *test)
{
	struct cmdbuf_test *c = test->priv;
	struct rnd_state rnd;
	unsigned int i, flips, accepted = 0;
	u8 *copy;

	build_all(c);
	copy = kunit_kmalloc(test, c->size, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, copy);
	kunit_info(test, "seed %#x", SEED);
	prandom_seed_state(&rnd, SEED);

	for (i = 0; i < RANDOM_BUFFERS && test->status != KUNIT_FAILURE; i++) {
		size_t size = c->size;
		int ret;

		memcpy(copy, c->buf, size);
		for (flips = 1 + prandom_u32_state(&rnd) % 8; flips; flips--)
			copy[prandom_u32_state(&rnd) % size] ^= 1 << prandom_u32_state(&rnd) % 8;
		if (!(prandom_u32_state(&rnd) % 4))
			size -= prandom_u32_state(&rnd) % size;
		ret = parse_bytes(test, copy, size, false);
		accepted += !ret;
		KUNIT_EXPECT_TRUE_MSG(test,
				      !ret || ret == -EINVAL || ret == -ENOENT || ret == -ERANGE,
				      "buffer %u: %d", i, ret);
		KUNIT_EXPECT_EQ(test, agx_test_live(c->t, AGX_TYPE_JOB), 0);
	}
	KUNIT_EXPECT_GT(test, accepted, 0);
	KUNIT_EXPECT_LT(test, accepted, RANDOM_BUFFERS);
	kunit_info(test, "%u of %u accepted", accepted, i);
}

static void cmdbuf_failure(struct kunit *test)
{
	struct cmdbuf_test *c = test->priv;
	unsigned int nth, round = 0, failures = 0;
	bool failed;
	int ret;

	agx_test_need_failures(test);
	build_all(c);
	for (nth = 1; round < AGX_TEST_ROUNDS; nth++) {
		struct agx_job *job = agx_job_create(c->queue, agx_file_stats(c->file));

		KUNIT_ASSERT_FALSE(test, IS_ERR(job));
		agx_test_fail_nth(nth);
		ret = agx_cmdbuf_parse(c->file, job, c->buf, c->size);
		failed = agx_test_fail_end();
		agx_job_destroy(job);
		KUNIT_EXPECT_EQ(test, ret, ret ? -ENOMEM : 0);
		KUNIT_EXPECT_TRUE(test, failed || !ret);
		failures += !!ret;
		KUNIT_EXPECT_EQ(test, agx_test_live(c->t, AGX_TYPE_OBJECT), 1);
		if (!failed) {
			round++;
			nth = 0;
		}
	}
	/* Its commands and its objects. */
	KUNIT_EXPECT_GE(test, failures, 2);
}

static struct kunit_case cmdbuf_cases[] = {
	KUNIT_CASE(cmdbuf_valid),
	KUNIT_CASE_SLOW(cmdbuf_truncated),
	KUNIT_CASE_SLOW(cmdbuf_payload_sizes),
	KUNIT_CASE_SLOW(cmdbuf_render_rules),
	KUNIT_CASE(cmdbuf_compute_rules),
	KUNIT_CASE(cmdbuf_timestamps),
	KUNIT_CASE(cmdbuf_barriers),
	KUNIT_CASE(cmdbuf_attachments),
	KUNIT_CASE_SLOW(cmdbuf_limits),
	KUNIT_CASE_SLOW(cmdbuf_random),
	KUNIT_CASE(cmdbuf_failure),
	{}
};

struct kunit_suite agx_cmdbuf_suite = {
	.name = "agx_cmdbuf",
	.init = cmdbuf_init,
	.test_cases = cmdbuf_cases,
};
