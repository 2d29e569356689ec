// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Reads of textures by a sampler: of the texels around a place, each with its weight. Integers are
 * not filtered.
 */
#include "exec.h"
#include "fault.h"
#include "mem.h"
#include "regs.h"
#include "sampler.h"
#include "texture.h"

/* Directions that a texture can have. */
#define SAMPLE_AXES	3

/* An instruction's reads. What is known of a lane's sampler is kept for the next one. */
struct sample {
	struct agx_image_lanes lanes;
	struct agx_sampler sampler;

	/* GPU address of what the sampler was made of, if it is known. */
	u64 state;
	bool is_known;

	/* Directions in which there are coordinates. */
	u32 axes;

	/* Of the lane: coordinates, and the layer, if there are any. */
	u32 coord[SAMPLE_AXES];
	struct agx_image_coords origin;

	/* Of the lane: channels, the constant 1 and the constant 0, as singles or integers. */
	u32 values[AGX_IMAGE_ZERO + 1];
};

static u32 sample_axes(u32 dim)
{
	switch (dim) {
	case AGX_ISA_DIM_1D:
	case AGX_ISA_DIM_1D_ARRAY:
		return 1;
	case AGX_ISA_DIM_3D:
		return 3;
	default:
		return 2;
	}
}

/* The samplers of all lanes are in scratch.dst. */
static bool sample_open(struct agx_engine *e, struct sample *s, u32 lane)
{
	u64 number = e->scratch.dst[lane];
	u8 bytes[AGX_SAMPLER_STATE];
	u64 state;

	if (!agx_engine_image_open(e, &s->lanes, lane))
		return false;
	if (number >= AGX_ISA_SAMPLERS) {
		agx_engine_raise_image(e, AGX_ENGINE_FAULT_IMAGE, AGX_ENGINE_SHADER_LOAD, number,
				       lane, s->lanes.insn);
		return false;
	}
	state = e->files.sampler[number];
	if (s->is_known && s->state == state)
		return true;

	if (!agx_engine_fetch(e, state, bytes, sizeof(bytes)))
		return false;
	if (!agx_sampler_init(bytes, &s->sampler)) {
		agx_engine_raise_image(e, AGX_ENGINE_FAULT_IMAGE, AGX_ENGINE_SHADER_LOAD, state,
				       lane, s->lanes.insn);
		return false;
	}
	s->state = state;
	s->is_known = true;
	return true;
}

static void sample_read_coords(struct agx_engine *e, struct sample *s, u32 lane)
{
	const struct agx_isa_insn *insn = s->lanes.insn;
	u32 i;

	for (i = 0; i < s->axes; i++)
		s->coord[i] = agx_engine_read_lane(e, &insn->src[AGX_ISA_IMAGE_COORDS], i, lane);
	agx_engine_image_coords(e, insn, lane, &s->origin);
	s->origin = (struct agx_image_coords){ .z = insn->dim == AGX_ISA_DIM_3D ? 0 : s->origin.z };
}

static bool sample_is_integer(const struct sample *s)
{
	u32 type = s->lanes.image.channels.type;

	return type == AGX_IMAGE_UINT || type == AGX_IMAGE_SINT;
}

/* Channels of a texel, or of the border. */
static void sample_texel(struct agx_engine *e, struct sample *s, u32 lane,
			 const struct agx_image_coords *at, bool inside, u32 *values)
{
	const struct agx_image_channels *channels = &s->lanes.image.channels;
	u32 one = agx_engine_texture_one(channels->type, 2);
	u8 texel[AGX_IMAGE_TEXEL];
	u32 i;

	for (i = 0; i < 4; i++)
		values[i] = 0;
	if (inside) {
		if (agx_engine_texture_fetch(e, &s->lanes, lane, at, texel))
			agx_image_unpack(channels, texel, 2, values);
		return;
	}
	for (i = 0; i < 4; i++) {
		if (s->sampler.border == AGX_SAMPLER_WHITE ||
		    (i == 3 && s->sampler.border == AGX_SAMPLER_BLACK))
			values[i] = one;
	}
}

/* One of the corners of what is around a place. */
static void sample_corner(struct agx_engine *e, struct sample *s, u32 lane,
			  const struct agx_sampler_axis *axis, u32 corner, u32 *values)
{
	struct agx_image_coords at = s->origin;
	u32 *to[SAMPLE_AXES] = { &at.x, &at.y, &at.z };
	bool inside = true;
	u32 i;

	for (i = 0; i < s->axes; i++) {
		*to[i] = axis[i].texel[corner >> i & 1];
		inside &= axis[i].inside[corner >> i & 1];
	}
	sample_texel(e, s, lane, &at, inside, values);
}

static void sample_place(struct sample *s, bool linear, struct agx_sampler_axis *axis)
{
	const struct agx_image_level *level = &s->lanes.level;
	const u32 size[SAMPLE_AXES] = { level->width, level->height, level->depth };
	u32 i;

	for (i = 0; i < s->axes; i++)
		agx_sampler_place(&s->sampler, i, linear, s->coord[i], size[i], &axis[i]);
}

/* Adds channels times a weight, which is of 256 to that power. */
static void sample_add(struct sample *s, const u32 *values, u64 weight, u32 power)
{
	u32 factor = agx_float_from_integer((s64)weight, AGX_FLOAT_NEAREST, AGX_FLOAT_SINGLE);
	u32 i;

	/* What is not filtered is not changed. */
	if (weight == 1ULL << 8 * power) {
		for (i = 0; i < 4; i++)
			s->values[i] = values[i];
		return;
	}
	factor = agx_float_mul(factor, (127 - 8 * power) << 23, AGX_FLOAT_SINGLE);
	for (i = 0; i < 4; i++)
		s->values[i] = agx_float_fma(values[i], factor, s->values[i], AGX_FLOAT_SINGLE);
}

/* Adds what is in a level, which counts as much as @share says. */
static void sample_level(struct agx_engine *e, struct sample *s, u32 lane, u32 lod, bool linear,
			 u32 share)
{
	struct agx_sampler_axis axis[SAMPLE_AXES];
	u32 values[4];
	u32 corner;
	u64 weight;
	u32 i;

	agx_engine_image_set_level(&s->lanes, lod);
	sample_place(s, linear, axis);
	for (corner = 0; corner < 1u << s->axes; corner++) {
		weight = share;
		for (i = 0; i < s->axes; i++)
			weight *= axis[i].weight[corner >> i & 1];
		if (!weight)
			continue;
		sample_corner(e, s, lane, axis, corner, values);
		if (e->phase == AGX_ENGINE_PHASE_FAULT)
			return;
		sample_add(s, values, weight, s->axes + 1);
	}
}

/* The level that a lane asks for, in 1/256. */
static u32 sample_lod(struct agx_engine *e, const struct sample *s, u32 lane)
{
	u32 half = (u32)e->scratch.src[AGX_ISA_IMAGE_LOD][lane];
	u32 lod = agx_float_mul(agx_float_from_half(half), 0x43800000, AGX_FLOAT_SINGLE);
	s64 level = agx_float_to_integer(lod, AGX_FLOAT_NEAREST, 0, 0xffff);

	if (level > s->sampler.max_lod)
		level = s->sampler.max_lod;
	return level < s->sampler.min_lod ? s->sampler.min_lod : (u32)level;
}

static void sample_filter(struct agx_engine *e, struct sample *s, u32 lane)
{
	u32 last = (s->lanes.image.last - s->lanes.image.first) * AGX_SAMPLER_UNIT;
	u32 lod = sample_lod(e, s, lane);
	bool linear = lod ? s->sampler.minify : s->sampler.magnify;
	bool between = s->sampler.mip == AGX_SAMPLER_MIP_LINEAR;
	u32 rest;

	if (sample_is_integer(s)) {
		linear = false;
		between = false;
	}
	if (lod > last)
		lod = last;
	if (s->sampler.mip == AGX_SAMPLER_MIP_FIRST)
		lod = 0;

	rest = lod % AGX_SAMPLER_UNIT;
	if (!between) {
		/* The nearest one; what is in the middle goes to the lower one. */
		lod += rest > AGX_SAMPLER_UNIT / 2 ? AGX_SAMPLER_UNIT : 0;
		rest = 0;
	}
	lod /= AGX_SAMPLER_UNIT;
	sample_level(e, s, lane, lod, linear, AGX_SAMPLER_UNIT - rest);
	if (rest && e->phase != AGX_ENGINE_PHASE_FAULT)
		sample_level(e, s, lane, lod + 1, linear, rest);
}

/* A component of what has been read. */
static u32 sample_component(const struct sample *s, u32 component)
{
	u32 value = s->values[s->lanes.image.swizzle[component]];

	if (s->lanes.insn->dst.halves == 1 && !sample_is_integer(s))
		return agx_float_round(value, AGX_FLOAT_HALF);
	return value;
}

/* A component of each texel around a place: counterclockwise, from the lower left one on. */
static void sample_gather(struct agx_engine *e, struct sample *s, u32 lane, u32 *results)
{
	static const u8 corners[] = { 2, 3, 1, 0 };
	struct agx_sampler_axis axis[SAMPLE_AXES];
	u32 i;

	agx_engine_image_set_level(&s->lanes, 0);
	sample_place(s, true, axis);
	for (i = 0; i < 4 && e->phase != AGX_ENGINE_PHASE_FAULT; i++) {
		sample_corner(e, s, lane, axis, corners[i], s->values);
		results[i] = sample_component(s, (s->lanes.insn->function - 1u) / 2);
	}
}

static void sample_lane(struct agx_engine *e, struct sample *s, u32 lane)
{
	const struct agx_isa_insn *insn = s->lanes.insn;
	u32 results[4] = { 0 };
	u32 index = 0;
	u32 i;

	if (!sample_open(e, s, lane))
		return;
	sample_read_coords(e, s, lane);
	memset(s->values, 0, sizeof(s->values));
	s->values[AGX_IMAGE_ONE] = agx_engine_texture_one(s->lanes.image.channels.type, 2);

	if (insn->function) {
		sample_gather(e, s, lane, results);
	} else {
		sample_filter(e, s, lane);
		for (i = 0; i < 4; i++)
			results[i] = sample_component(s, i);
	}
	if (e->phase == AGX_ENGINE_PHASE_FAULT)
		return;
	for (i = 0; i < 4; i++) {
		if (insn->mask >> i & 1)
			agx_engine_write_lane(e, &insn->dst, index++, lane, results[i]);
	}
}

void agx_engine_exec_texture_sample(struct agx_engine *e, const struct agx_isa_insn *insn)
{
	struct sample s = { .axes = sample_axes(insn->dim) };
	u32 exec = agx_engine_current(e)->exec;
	u32 lane;

	agx_engine_image_begin(e, &s.lanes, insn, AGX_ENGINE_SHADER_LOAD);
	agx_engine_read_src(e, &insn->src[AGX_ISA_IMAGE_SAMPLER], e->scratch.dst);
	/* Up to sixteen texels a lane. */
	e->steps += 4;
	for (lane = 0; lane < AGX_ENGINE_LANES && e->phase != AGX_ENGINE_PHASE_FAULT; lane++) {
		if (exec >> lane & 1)
			sample_lane(e, &s, lane);
	}
}
