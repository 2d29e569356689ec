// SPDX-License-Identifier: MIT
/*
 * va_steps RANGES COUNT: has that many live ranges in the allocator of GPU addresses, with holes of
 * all sizes between them, and then frees and allocates one COUNT times in measured(), for a program
 * that counts the instructions of that function. No GPU is needed.
 */
#include <stdlib.h>

#include <drm_agx.h>

#include "bench.h"
#include "va.h"

#define SPACE_SIZE (UINT64_C(1) << 38)

static void take(struct agxi_va *va, uint64_t *addr)
{
	uint64_t size = (2 + bench_random(4)) * DRM_AGX_PAGE_SIZE;

	if (agxi_va_alloc(va, 0, SPACE_SIZE, size, DRM_AGX_PAGE_SIZE, addr))
		bench_die("no room\n");
}

static void replace(struct agxi_va *va, uint64_t *addrs, uint64_t num, uint64_t count)
{
	uint64_t i, which;

	for (i = 0; i < count; i++) {
		which = bench_random(num);
		if (agxi_va_free(va, addrs[which]))
			bench_die("nothing to free\n");
		take(va, &addrs[which]);
	}
}

/* Known by its name, so it must not become a part of main(). */
__attribute__((noinline)) static void measured(struct agxi_va *va, uint64_t *addrs, uint64_t num,
					       uint64_t count)
{
	replace(va, addrs, num, count);
}

static uint64_t parse(const char *text)
{
	char *end;
	uint64_t value = strtoull(text, &end, 10);

	if (!value || *end)
		bench_die("%s is not a number above 0\n", text);
	return value;
}

int main(int argc, char **argv)
{
	struct agxi_va va;
	uint64_t num, count, i;
	uint64_t *addrs;

	if (argc != 3)
		bench_die("usage: %s RANGES COUNT\n", argv[0]);
	num = parse(argv[1]);
	count = parse(argv[2]);

	addrs = bench_alloc(num, sizeof(*addrs));
	if (agxi_va_init(&va, 0, SPACE_SIZE))
		bench_die("no memory\n");
	for (i = 0; i < num; i++)
		take(&va, &addrs[i]);
	replace(&va, addrs, num, num);

	measured(&va, addrs, num, count);
	agxi_va_fini(&va);
	free(addrs);
	return 0;
}
