// SPDX-License-Identifier: GPL-2.0 OR MIT

/**
 * DOC: Command buffers
 *
 * A SUBMIT carries its commands as one flat buffer of headers and payloads, without pointers to
 * other user memory. It is copied once and then read twice: to count, and to check and translate.
 * GPU addresses and register values pass unchecked, since a wrong one is a fault of the job.
 */

#include <linux/overflow.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "asahi_drm.h"
#include "cmdbuf.h"
#include "file.h"
#include "job.h"
#include "object.h"
#include "params.h"

/* Hardware writes sizes of attachments in lines, to a register of 32 bits. */
#define ATTACHMENT_LINE 128

#define MAX_FRAMEBUFFER 16384
#define MAX_LAYERS 2048

#define RENDER_FLAGS \
	(DRM_ASAHI_RENDER_VERTEX_SCRATCH | DRM_ASAHI_RENDER_PROCESS_EMPTY_TILES | \
	 DRM_ASAHI_RENDER_NO_VERTEX_CLUSTERING | DRM_ASAHI_RENDER_DBIAS_IS_INT)

struct parser {
	struct agx_file *file;
	struct agx_job *job;
	/* What has not been read. */
	const u8 *pos;
	size_t left;
	/* Commands of each ring so far. */
	u16 counts[AGX_HW_NUM_RINGS];
};

static int next_command(struct parser *p, struct drm_asahi_cmd_header *header,
			const void **payload)
{
	if (p->left < sizeof(*header))
		return -EINVAL;
	memcpy(header, p->pos, sizeof(*header));
	p->pos += sizeof(*header);
	p->left -= sizeof(*header);

	if (p->left < header->size)
		return -EINVAL;
	*payload = p->pos;
	p->pos += header->size;
	p->left -= header->size;
	return 0;
}

/* Copy a payload that may be older, and shorter, or newer, and longer, than we know it. */
static int copy_payload(void *dst, size_t dst_size, const void *src, size_t size)
{
	memset(dst, 0, dst_size);
	memcpy(dst, src, min(dst_size, size));
	if (size > dst_size && memchr_inv(src + dst_size, 0, size - dst_size))
		return -EINVAL;
	return 0;
}

static int count_commands(struct parser p, u32 *count)
{
	struct drm_asahi_cmd_header header;
	const void *payload;
	int ret;

	*count = 0;
	while (p.left) {
		ret = next_command(&p, &header, &payload);
		if (ret)
			return ret;
		if (header.cmd_type == DRM_ASAHI_CMD_RENDER ||
		    header.cmd_type == DRM_ASAHI_CMD_COMPUTE)
			++*count;
		if (*count > AGX_MAX_COMMANDS)
			return -EINVAL;
	}

	return *count ? 0 : -EINVAL;
}

static int parse_stamp(struct parser *p, const struct drm_asahi_timestamp *stamp, u64 *addr)
{
	struct agx_object *object;
	u32 end;
	int ret;

	if (!stamp->handle)
		return 0;

	object = agx_file_get_object(p->file, stamp->handle);
	if (!object)
		return -ENOENT;

	/* The uapi asks for no alignment. */
	ret = -EINVAL;
	if (check_add_overflow(stamp->offset, (u32)sizeof(u64), &end))
		goto err_put;

	ret = -ERANGE;
	if (end > agx_object_range(object))
		goto err_put;

	*addr = agx_object_addr(object) + stamp->offset;
	return agx_job_add_object(p->job, object, AGX_MAX_COMMANDS * AGX_HW_NUM_STAMPS);

err_put:
	agx_object_put(object);
	return ret;
}

static int parse_stamps(struct parser *p, const struct drm_asahi_timestamps *stamps, u64 *addrs)
{
	int ret;

	ret = parse_stamp(p, &stamps->start, &addrs[0]);
	if (ret)
		return ret;
	return parse_stamp(p, &stamps->end, &addrs[1]);
}

static int parse_render(struct parser *p, const struct drm_asahi_cmd_header *header,
			const void *payload, struct agx_hw_command *command)
{
	struct drm_asahi_cmd_render *render = &command->render;
	int ret;

	ret = copy_payload(render, sizeof(*render), payload, header->size);
	if (ret)
		return ret;

	if (render->flags & ~RENDER_FLAGS)
		return -EINVAL;
	if (!render->width_px || render->width_px > MAX_FRAMEBUFFER || !render->height_px ||
	    render->height_px > MAX_FRAMEBUFFER)
		return -EINVAL;
	if (!render->layers || render->layers > MAX_LAYERS)
		return -EINVAL;
	if (!(render->utile_width_px == 32 && render->utile_height_px == 32) &&
	    !(render->utile_width_px == 32 && render->utile_height_px == 16) &&
	    !(render->utile_width_px == 16 && render->utile_height_px == 16))
		return -EINVAL;
	if (render->samples != 1 && render->samples != 2 && render->samples != 4)
		return -EINVAL;

	ret = parse_stamps(p, &render->ts_vtx, &command->stamps[AGX_HW_STAMP_START]);
	if (ret)
		return ret;
	return parse_stamps(p, &render->ts_frag, &command->stamps[AGX_HW_STAMP_FRAG_START]);
}

static int parse_compute(struct parser *p, const struct drm_asahi_cmd_header *header,
			 const void *payload, struct agx_hw_command *command)
{
	struct drm_asahi_cmd_compute *compute = &command->compute;
	int ret;

	ret = copy_payload(compute, sizeof(*compute), payload, header->size);
	if (ret)
		return ret;

	if (compute->flags)
		return -EINVAL;

	return parse_stamps(p, &compute->ts, &command->stamps[AGX_HW_STAMP_START]);
}

/* Hints about memory that commands touch; the simulated GPU has no use for them. */
static int parse_attachments(const struct drm_asahi_cmd_header *header, const void *payload)
{
	struct drm_asahi_attachment attachment;
	u32 i, count = header->size / sizeof(attachment);
	u64 size;

	if (header->vdm_barrier != DRM_ASAHI_BARRIER_NONE ||
	    header->cdm_barrier != DRM_ASAHI_BARRIER_NONE)
		return -EINVAL;
	if (header->size % sizeof(attachment) || count > AGX_MAX_ATTACHMENTS)
		return -EINVAL;

	for (i = 0; i < count; i++) {
		memcpy(&attachment, payload + i * sizeof(attachment), sizeof(attachment));
		if (attachment.flags || attachment.pad)
			return -EINVAL;
		if (check_add_overflow(attachment.size, (u64)ATTACHMENT_LINE - 1, &size) ||
		    size / ATTACHMENT_LINE > U32_MAX)
			return -EINVAL;
	}
	return 0;
}

/* Barriers name commands that have been seen, by their number in this submit. */
static int parse_barriers(struct parser *p, const struct drm_asahi_cmd_header *header,
			  struct agx_hw_command *command)
{
	u16 barriers[AGX_HW_NUM_RINGS] = {
		[AGX_HW_RING_RENDER] = header->vdm_barrier,
		[AGX_HW_RING_COMPUTE] = header->cdm_barrier,
	};
	unsigned int ring;

	for (ring = 0; ring < AGX_HW_NUM_RINGS; ring++) {
		if (barriers[ring] != DRM_ASAHI_BARRIER_NONE &&
		    barriers[ring] > p->counts[ring])
			return -EINVAL;
		command->wait[ring] = barriers[ring];
	}
	return 0;
}

static int parse_command(struct parser *p, const struct drm_asahi_cmd_header *header,
			 const void *payload, enum agx_hw_ring ring)
{
	struct agx_hw_command *command = &p->job->hw.commands[p->job->hw.num_commands];
	int ret;

	command->ring = ring;
	ret = parse_barriers(p, header, command);
	if (ret)
		return ret;

	if (ring == AGX_HW_RING_RENDER)
		ret = parse_render(p, header, payload, command);
	else
		ret = parse_compute(p, header, payload, command);
	if (ret)
		return ret;

	p->counts[ring]++;
	p->job->hw.num_commands++;
	return 0;
}

/**
 * agx_cmdbuf_parse() - Make the commands of a job.
 * @file: file whose timestamp objects are meant.
 * @job: job without commands; gets them, with barriers for waits.
 * @buf: kernel copy of the buffer.
 * @size: its size in bytes.
 *
 * Return: 0; -EINVAL if the buffer breaks a rule of the uapi; -ENOENT for an unknown timestamp
 * object; -ERANGE for a timestamp outside of its object; -ENOMEM. The job may be left with some of
 * its commands and is only good for agx_job_destroy() then.
 */
int agx_cmdbuf_parse(struct agx_file *file, struct agx_job *job, const void *buf, size_t size)
{
	struct parser p = { .file = file, .job = job, .pos = buf, .left = size };
	struct drm_asahi_cmd_header header;
	const void *payload;
	u32 count;
	int ret;

	ret = count_commands(p, &count);
	if (ret)
		return ret;

	job->hw.commands = kvcalloc(count, sizeof(*job->hw.commands), GFP_KERNEL_ACCOUNT);
	if (!job->hw.commands)
		return -ENOMEM;

	while (p.left && !ret) {
		ret = next_command(&p, &header, &payload);
		if (ret)
			break;

		switch (header.cmd_type) {
		case DRM_ASAHI_CMD_RENDER:
			ret = parse_command(&p, &header, payload, AGX_HW_RING_RENDER);
			break;
		case DRM_ASAHI_CMD_COMPUTE:
			ret = parse_command(&p, &header, payload, AGX_HW_RING_COMPUTE);
			break;
		case DRM_ASAHI_SET_VERTEX_ATTACHMENTS:
		case DRM_ASAHI_SET_FRAGMENT_ATTACHMENTS:
		case DRM_ASAHI_SET_COMPUTE_ATTACHMENTS:
			ret = parse_attachments(&header, payload);
			break;
		default:
			ret = -EINVAL;
		}
	}
	return ret;
}
