/* SPDX-License-Identifier: MIT */
/**
 * DOC: A program: what is run on two devices, and compared
 *
 * A program is a file shaders/NAME.comp and an entry in one of the tables below, which says what
 * the shader's buffers hold, how many groups run, and what is compared. Binding N of the shader is
 * buffer N. What needs more than one dispatch has a function that records it.
 *
 * Both devices get the same buffers, to the bit, and each of them its own copy.
 */
#ifndef MESA_PROGRAM_H
#define MESA_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <vulkan/vulkan.h>

struct run;

#define MAX_BUFFERS 4
#define MAX_SHADERS 4

/** enum fill - What is in a buffer before the program runs. */
enum fill {
	/** @FILL_ZERO: nothing. */
	FILL_ZERO,
	/** @FILL_INDEX: the number of the word. */
	FILL_INDEX,
	/** @FILL_RANDOM: any bits. */
	FILL_RANDOM,
	/** @FILL_EDGES: integers around powers of two and the ends of the range, among any bits. */
	FILL_EDGES,
	/** @FILL_FLOATS: floats of either sign from 2^-16 to 2^16. */
	FILL_FLOATS,
	/** @FILL_SPECIAL: the same, with zeros, infinities, NaNs and whole numbers among them. */
	FILL_SPECIAL,
	/** @FILL_UNIT: floats from 0 to 1, without 1. */
	FILL_UNIT,
	/** @FILL_HALVES: two 16-bit floats a word, of either sign, from 2^-4 to 2^4. */
	FILL_HALVES,
};

/** enum compare - How much of a buffer has to be the same on both devices. */
enum compare {
	/** @COMPARE_NONE: nothing; the program only reads it. */
	COMPARE_NONE,
	/** @COMPARE_WORDS: everything. */
	COMPARE_WORDS,
	/** @COMPARE_FLOATS: 32-bit floats, as precise as Vulkan wants them. */
	COMPARE_FLOATS,
	/** @COMPARE_HALVES: 16-bit floats, likewise. */
	COMPARE_HALVES,
};

/**
 * struct precision - How far two right results may be from each other: twice what Vulkan allows for
 * one. Either is enough.
 */
struct precision {
	/** @ulps: in units of the last place. */
	double ulps;
	/** @absolute: as a number. */
	double absolute;
};

/** struct program_image - An image of a program. */
struct program_image {
	VkFormat format;
	/** @texel_size: in bytes. */
	uint32_t texel_size;
	/** @height: 0 if there is only one dimension. */
	uint32_t width, height;
	/** @depth: 0 if there is no third dimension. */
	uint32_t depth;
	/** @layers: 0 if it is no array. */
	uint32_t layers;
	/** @levels: of detail, each half as large as the one before; 0 is 1. */
	uint32_t levels;
	/** @linear: row after row in memory. */
	bool linear;
	/** @sampled: shaders sample it, with @filter and @address_mode; else it is for storage. */
	bool sampled;
	VkFilter filter;
	VkSamplerAddressMode address_mode;
};

/** struct program_buffer - One buffer of a program. */
struct program_buffer {
	/** @num_words: size; 0 behind the last buffer. */
	uint32_t num_words;
	enum fill fill;
	enum compare compare;
	struct precision precision;
	/**
	 * @image: what the shader sees instead; made of the buffer's words, and copied back to them
	 * in the end. Borrowed.
	 */
	const struct program_image *image;
	/** @uniform: a uniform buffer; else it is for storage. */
	bool uniform;
	/** @visible: how many words the shader can see, if not all. */
	uint32_t visible;
	/** @replaced: execute() lets the shader see another one, with run_see(). */
	bool replaced;
};

/** struct program - What is run. */
struct program {
	/** @name: of the subtest, and of the shader. */
	const char *name;
	/** @describe: one sentence. */
	const char *describe;
	struct program_buffer buffers[MAX_BUFFERS];
	/** @groups: of the one dispatch that there is without @record; 0 is 1. */
	uint32_t groups[3];
	/** @shaders: more shaders, after the one that is called like the program. */
	const char *shaders[MAX_SHADERS - 1];
	/** @push: push constants, @push_size bytes; borrowed. */
	const void *push;
	size_t push_size;
	/** @constants: values of the specialization constants 0, 1, ...; borrowed. */
	const uint32_t *constants;
	uint32_t num_constants;
	/** @gles: also for OpenGL ES: the shader is GLSL ES too, and there is but one dispatch. */
	bool gles;
	/** @robust: accesses beyond the end of a buffer have a defined result. */
	bool robust;
	/** @record: records all commands; runs again for each device. */
	void (*record)(struct run *run);
	/** @execute: in its place, does everything for which buffers and shaders are needed. */
	void (*execute)(struct run *run);
};

/** struct program_table - Some programs. */
struct program_table {
	const struct program *programs;
	unsigned int num;
};

extern const struct program_table integer_programs;
extern const struct program_table float_programs;
extern const struct program_table control_programs;
extern const struct program_table memory_programs;
extern const struct program_table group_programs;
extern const struct program_table whole_programs;
extern const struct program_table dispatch_programs;
extern const struct program_table transfer_programs;
extern const struct program_table sparse_programs;
extern const struct program_table submit_programs;
extern const struct program_table robust_programs;
extern const struct program_table image_programs;

#endif
