// SPDX-License-Identifier: MIT
/* Writing USC words and compute streams. */
#include <string.h>

#include "asahi_stream.h"
#include "igt.h"

/* USC words: an uniform, no shared memory, a compute shader, 8 registers, no preshader. */
#define USC_UNIFORM 0x1d
#define USC_UNIFORM_COUNT(halves) ((uint64_t)(halves) << 20)
#define USC_UNIFORM_ADDRESS(va) ((uint64_t)(va) << 24)

/* Blocks of the stream, in the top bits of their first word. */
#define CDM_LAUNCH_DIRECT 0x00000000u
#define CDM_LAUNCH_INDIRECT 0x08000000u
#define CDM_LAUNCH_INDIRECT_LOCAL 0x10000000u
#define CDM_LINK 0x20000000u
#define CDM_LINK_WITH_RETURN 0x10000000u
#define CDM_TERMINATE 0x40000000u
#define CDM_BARRIER 0x600fffffu
#define CDM_RETURN 0x80000000u

/* 64 uniform halves, 8 texture registers, no sampler, 16 registers for a preshader. */
#define CDM_LAUNCH_RESOURCES 0x1012u

static uint32_t usc_address(const struct asahi_client *client, uint64_t va)
{
	uint64_t offset = va - client->usc_base;

	igt_assert_lt_u64(offset, 1ull << 32);
	return offset;
}

uint32_t asahi_usc_words(struct asahi_client *client, enum asahi_shader shader,
			 uint64_t args_va)
{
	static const uint8_t tail[] = {
		0x4d, 0x90, 0x00, 0x00,	/* shared memory: none */
		0x0d, 0x0c, 0, 0, 0, 0,	/* shader, its USC address in the last four bytes */
		0x8d, 0x01, 0x00, 0x01,	/* registers: 8 halves */
		0x88, 0x00,		/* no preshader */
	};
	uint32_t code = usc_address(client, asahi_client_code(client, shader));
	uint64_t uniform, va;
	uint8_t *words;

	va = asahi_client_alloc(client, sizeof(uniform) + sizeof(tail), (void **)&words);

	uniform = USC_UNIFORM | USC_UNIFORM_COUNT(sizeof(struct asahi_args) / 2) |
		  USC_UNIFORM_ADDRESS(args_va);
	memcpy(words, &uniform, sizeof(uniform));
	memcpy(words + sizeof(uniform), tail, sizeof(tail));
	memcpy(words + sizeof(uniform) + 6, &code, sizeof(code));

	return usc_address(client, va);
}

void asahi_stream_init(struct asahi_client *client, struct asahi_stream *stream,
		       unsigned int max)
{
	stream->num = 0;
	stream->max = max;
	stream->va = asahi_client_alloc(client, max * sizeof(uint32_t), (void **)&stream->words);
}

static void emit(struct asahi_stream *stream, uint32_t word)
{
	igt_assert_lt(stream->num, stream->max);
	stream->words[stream->num++] = word;
}

static void emit_size(struct asahi_stream *stream, const uint32_t size[3])
{
	emit(stream, size[0]);
	emit(stream, size[1]);
	emit(stream, size[2]);
}

void asahi_stream_launch(struct asahi_stream *stream, uint32_t usc, const uint32_t global[3],
			 const uint32_t local[3])
{
	emit(stream, CDM_LAUNCH_DIRECT | CDM_LAUNCH_RESOURCES);
	emit(stream, usc);
	emit_size(stream, global);
	emit_size(stream, local);
}

void asahi_stream_launch_indirect(struct asahi_stream *stream, uint32_t usc, uint64_t addr,
				  const uint32_t local[3])
{
	emit(stream, CDM_LAUNCH_INDIRECT | CDM_LAUNCH_RESOURCES);
	emit(stream, usc);
	emit(stream, addr >> 32);
	emit(stream, addr);
	emit_size(stream, local);
}

void asahi_stream_launch_indirect_local(struct asahi_stream *stream, uint32_t usc,
					uint64_t addr)
{
	emit(stream, CDM_LAUNCH_INDIRECT_LOCAL | CDM_LAUNCH_RESOURCES);
	emit(stream, usc);
	emit(stream, addr >> 32);
	emit(stream, addr);
}

void asahi_stream_barrier(struct asahi_stream *stream)
{
	emit(stream, CDM_BARRIER);
}

void asahi_stream_link(struct asahi_stream *stream, uint64_t va, bool with_return)
{
	emit(stream, CDM_LINK | (with_return ? CDM_LINK_WITH_RETURN : 0) | (va >> 32));
	emit(stream, va);
}

void asahi_stream_return(struct asahi_stream *stream)
{
	emit(stream, CDM_RETURN);
	emit(stream, 0);
}

void asahi_stream_terminate(struct asahi_stream *stream)
{
	emit(stream, CDM_TERMINATE);
	emit(stream, 0);
}
