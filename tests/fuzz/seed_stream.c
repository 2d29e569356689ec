// SPDX-License-Identifier: MIT
#include "harness.h"
#include "seed.h"

struct stream {
	u8 *bytes;
	u32 len;
};

static void put(struct stream *stream, u32 value)
{
	u32 i;

	for (i = 0; i < 32; i += 8)
		stream->bytes[1 + stream->len++] = (u8)(value >> i);
}

static void put_sizes(struct stream *stream, struct gpu_random *random, u32 limit)
{
	u32 i;

	for (i = 0; i < 3; i++)
		put(stream, gpu_random_below(random, i ? 3 : limit));
}

static void put_block(struct stream *stream, struct gpu_random *random)
{
	switch (gpu_random_below(random, 6)) {
	case 0:
		put(stream, 0x1012);
		put(stream, FUZZ_USC);
		put_sizes(stream, random, 200);
		put_sizes(stream, random, 70);
		break;
	case 1:
		/* Counts of workgroups are elsewhere: in the data, which is 0, or in here. */
		put(stream, 0x08001012);
		put(stream, FUZZ_USC);
		put(stream, 0);
		put(stream, gpu_random_below(random, 4) ? stream->len - 8 : FUZZ_DATA);
		put_sizes(stream, random, 70);
		break;
	case 2:
		put(stream, 0x10001012);
		put(stream, FUZZ_USC);
		put(stream, 0);
		put(stream, gpu_random_below(random, 0x200) & ~3u);
		break;
	case 3:
		put(stream, 0x20000000 | gpu_random_below(random, 2) << 28);
		put(stream, gpu_random_below(random, 0x200) & ~3u);
		break;
	case 4:
		put(stream, 0x600fffff);
		break;
	default:
		put(stream, gpu_random_below(random, 3) ? 0x80000000 : 0x40000000);
		put(stream, 0);
	}
}

size_t seed_make(u8 *bytes, struct gpu_random *random)
{
	struct stream stream = { .bytes = bytes };
	u32 count = 1 + gpu_random_below(random, 12);

	bytes[0] = gpu_random_below(random, 2);
	while (count--)
		put_block(&stream, random);
	put(&stream, 0x40000000);
	put(&stream, 0);
	return 1 + stream.len;
}
