// SPDX-License-Identifier: MIT
/*
 * Command buffers in pieces: every command is in one piece, in order, with the attachments it had
 * in the whole, and waits for all that it waited for there, and for no more than it has to.
 */
#include "agx_test.h"

#include "split.h"

#define MAX_COMMANDS 200
#define STAGES 3
#define NONE DRM_ASAHI_BARRIER_NONE

/* A command as it was meant, or as the kernel would understand it; numbers count from 1. */
struct command {
	uint16_t type;
	uint64_t tag;

	/* Commands of each stream that it waits for: the first so many of the whole. */
	unsigned int render;
	unsigned int compute;

	/* Whether it has a barrier at all. */
	bool has_render;
	bool has_compute;

	/* Address of the attachment of each stage, 0 for none. */
	uint64_t attachments[STAGES];
};

struct reading {
	struct command commands[MAX_COMMANDS];
	unsigned int count;
	unsigned int num_render;
	unsigned int num_compute;
};

static unsigned int rnd(uint64_t *seed, unsigned int below)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return (*seed >> 33) % below;
}

static size_t put(uint8_t *out, struct drm_asahi_cmd_header header, const void *payload)
{
	memcpy(out, &header, sizeof(header));
	memcpy(out + sizeof(header), payload, header.size);
	return sizeof(header) + header.size;
}

static uint16_t random_barrier(uint64_t *seed, unsigned int count)
{
	switch (rnd(seed, 3)) {
	case 0:
		return NONE;
	case 1:
		return 0;
	default:
		return rnd(seed, count + 1);
	}
}

/* Returns the bytes; *count receives how many commands are in it. */
static size_t make_commands(uint64_t *seed, uint8_t *out, unsigned int *count)
{
	unsigned int wanted = 1 + rnd(seed, MAX_COMMANDS - 1);
	unsigned int num_render = 0, num_compute = 0;
	struct drm_asahi_attachment attachment = { 0 };
	struct drm_asahi_cmd_compute compute = { 0 };
	struct drm_asahi_cmd_render render = { 0 };
	size_t size = 0;

	while (num_render + num_compute < wanted || rnd(seed, 4) == 0) {
		struct drm_asahi_cmd_header header = {
			.vdm_barrier = random_barrier(seed, num_render),
			.cdm_barrier = random_barrier(seed, num_compute),
		};
		bool is_render = rnd(seed, 2);

		if (num_render + num_compute == wanted || rnd(seed, 3) == 0) {
			header.vdm_barrier = NONE;
			header.cdm_barrier = NONE;
			header.cmd_type = DRM_ASAHI_SET_VERTEX_ATTACHMENTS + rnd(seed, STAGES);
			header.size = rnd(seed, 4) ? sizeof(attachment) : 0;
			attachment.pointer = 1 + rnd(seed, 1000);
			size += put(out + size, header, &attachment);
		} else if (is_render) {
			header.cmd_type = DRM_ASAHI_CMD_RENDER;
			header.size = sizeof(render);
			render.vdm_ctrl_stream_base = ++num_render;
			size += put(out + size, header, &render);
		} else {
			header.cmd_type = DRM_ASAHI_CMD_COMPUTE;
			header.size = sizeof(compute);
			compute.cdm_ctrl_stream_base = ++num_compute;
			size += put(out + size, header, &compute);
		}
	}
	*count = wanted;
	return size;
}

/* Reads a buffer as the kernel does, after @reading. False if the kernel would refuse it. */
static bool read_commands(struct reading *reading, const uint8_t *cmdbuf, size_t size)
{
	unsigned int before_render = reading->num_render, before_compute = reading->num_compute;
	uint64_t attachments[STAGES] = { 0 };
	struct drm_asahi_cmd_header header;
	struct drm_asahi_attachment attachment;
	struct command *command;
	size_t pos;

	for (pos = 0; pos < size; pos += header.size) {
		memcpy(&header, cmdbuf + pos, sizeof(header));
		pos += sizeof(header);
		if (header.cmd_type >= DRM_ASAHI_SET_VERTEX_ATTACHMENTS) {
			memset(&attachment, 0, sizeof(attachment));
			memcpy(&attachment, cmdbuf + pos, header.size);
			attachments[header.cmd_type - DRM_ASAHI_SET_VERTEX_ATTACHMENTS] =
				attachment.pointer;
			if (header.vdm_barrier != NONE || header.cdm_barrier != NONE)
				return false;
			continue;
		}

		command = &reading->commands[reading->count++];
		command->type = header.cmd_type;
		memcpy(command->attachments, attachments, sizeof(attachments));
		command->render = 0;
		command->compute = 0;
		command->has_render = header.vdm_barrier != NONE;
		command->has_compute = header.cdm_barrier != NONE;
		if (command->has_render)
			command->render = before_render + header.vdm_barrier;
		if (command->has_compute)
			command->compute = before_compute + header.cdm_barrier;
		if (command->render > reading->num_render ||
		    command->compute > reading->num_compute)
			return false;

		if (header.cmd_type == DRM_ASAHI_CMD_RENDER) {
			reading->num_render++;
			memcpy(&command->tag, cmdbuf + pos +
			       offsetof(struct drm_asahi_cmd_render, vdm_ctrl_stream_base), 8);
		} else {
			reading->num_compute++;
			memcpy(&command->tag, cmdbuf + pos +
			       offsetof(struct drm_asahi_cmd_compute, cdm_ctrl_stream_base), 8);
		}
	}
	return true;
}

/*
 * What a barrier on the first @wait commands of a stream is on in a piece, when earlier ones have
 * the first @before: on all of those too, as one cannot say on which. No barrier, nothing to wait
 * for, unless it is @forced.
 */
static unsigned int piece_wait(unsigned int wait, bool has_barrier, unsigned int before,
			       bool forced)
{
	if (!has_barrier && !forced)
		return 0;
	return wait > before ? wait : before;
}

/* @before: what there is in earlier pieces. @forced: it is the first command of the last one. */
static void check_same(const struct command *whole, const struct command *piece,
		       const struct reading *before, bool forced)
{
	assert_int_equal(piece->type, whole->type);
	assert_int_equal(piece->tag, whole->tag);
	assert_memory_equal(piece->attachments, whole->attachments, sizeof(whole->attachments));
	assert_int_equal(piece->render, piece_wait(whole->render, whole->has_render,
						   before->num_render, forced));
	assert_int_equal(piece->compute, piece_wait(whole->compute, whole->has_compute,
						    before->num_compute, forced));
}

static void check_split(uint64_t *seed)
{
	static uint8_t cmdbuf[MAX_COMMANDS * 1024];
	static struct reading whole, pieces, before;
	unsigned int max = 1 + rnd(seed, 70);
	unsigned int count, i;
	struct agxi_split split;
	bool seen_last = false;
	size_t size;

	memset(&whole, 0, sizeof(whole));
	memset(&pieces, 0, sizeof(pieces));
	size = make_commands(seed, cmdbuf, &count);
	assert_true(read_commands(&whole, cmdbuf, size));
	assert_int_equal(whole.count, count);

	assert_ok(agxi_split_init(&split, cmdbuf, size, max, count));
	while (agxi_split_next(&split)) {
		assert_false(seen_last);
		before = pieces;
		assert_true(split.piece_size <= size);
		assert_true(read_commands(&pieces, split.piece, split.piece_size));
		assert_true(pieces.count > before.count);
		assert_true(pieces.count - before.count <= max);
		seen_last = split.is_last;
		/* The fence of the last one is that of all, by its first command. */
		for (i = before.count; i < pieces.count; i++)
			check_same(&whole.commands[i], &pieces.commands[i], &before,
				   seen_last && i == before.count);
	}
	agxi_split_fini(&split);

	assert_true(seen_last);
	assert_int_equal(pieces.count, whole.count);
}

static void test_random(void **state)
{
	uint64_t seed = 1;
	unsigned int i;

	for (i = 0; i < 2000; i++)
		check_split(&seed);
}

/* What a barrier becomes, by example: two commands a piece. */
static void test_barriers(void **state)
{
	static const uint16_t barriers[] = { 0, 1, 1, 2, 3 };
	static const uint16_t expected[] = { 0, 1, 0, 0, 0 };
	struct drm_asahi_cmd_compute compute = { 0 };
	struct drm_asahi_cmd_header header = {
		.cmd_type = DRM_ASAHI_CMD_COMPUTE,
		.size = sizeof(compute),
	};
	uint8_t cmdbuf[5 * (sizeof(header) + sizeof(compute))];
	struct agxi_split split;
	size_t size = 0, pos;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(barriers); i++) {
		header.vdm_barrier = NONE;
		header.cdm_barrier = barriers[i];
		size += put(cmdbuf + size, header, &compute);
	}

	assert_ok(agxi_split_init(&split, cmdbuf, size, 2, 5));
	for (i = 0; agxi_split_next(&split);) {
		for (pos = 0; pos < split.piece_size; pos += sizeof(header) + header.size, i++) {
			memcpy(&header, split.piece + pos, sizeof(header));
			assert_int_equal(header.cdm_barrier, expected[i]);
			assert_int_equal(header.vdm_barrier, i == 4 ? 0 : NONE);
		}
		assert_int_equal(split.is_last, i == 5);
	}
	assert_int_equal(i, 5);
	agxi_split_fini(&split);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_barriers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
