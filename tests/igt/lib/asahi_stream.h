/* SPDX-License-Identifier: MIT */
/**
 * DOC: Compute streams
 *
 * Writes what the compute front end reads: USC words, which say what a shader runs with, and the
 * stream of launches. All of it lives in the arena of a client.
 */
#ifndef ASAHI_STREAM_H
#define ASAHI_STREAM_H

#include <stdbool.h>
#include <stdint.h>

#include "asahi_client.h"
#include "asahi_shader.h"

/**
 * asahi_usc_words() - Write USC words that start @shader with the arguments at @args_va, and
 * return their USC address.
 */
uint32_t asahi_usc_words(struct asahi_client *client, enum asahi_shader shader,
			 uint64_t args_va);

/** struct asahi_stream - A stream that is being written. */
struct asahi_stream {
	/** @va: GPU address of its first word. */
	uint64_t va;
	/** @words: the same for the CPU. */
	uint32_t *words;
	/** @num: words written so far. */
	unsigned int num;
	/** @max: room. */
	unsigned int max;
};

void asahi_stream_init(struct asahi_client *client, struct asahi_stream *stream,
		       unsigned int max);

/* Run the shader of USC words over a grid; all sizes in threads. */
void asahi_stream_launch(struct asahi_stream *stream, uint32_t usc, const uint32_t global[3],
			 const uint32_t local[3]);

/* The same with the number of groups read from three words at @addr. */
void asahi_stream_launch_indirect(struct asahi_stream *stream, uint32_t usc, uint64_t addr,
				  const uint32_t local[3]);

/* The same with global and local size, in threads, read from six words at @addr. */
void asahi_stream_launch_indirect_local(struct asahi_stream *stream, uint32_t usc,
					uint64_t addr);

/* Finish what came before, with its writes visible, before what comes next. */
void asahi_stream_barrier(struct asahi_stream *stream);

/* Go on at @va; with @with_return, come back at the next return. */
void asahi_stream_link(struct asahi_stream *stream, uint64_t va, bool with_return);
void asahi_stream_return(struct asahi_stream *stream);
void asahi_stream_terminate(struct asahi_stream *stream);

#endif
