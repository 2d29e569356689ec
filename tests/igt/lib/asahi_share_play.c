// SPDX-License-Identifier: MIT
/* Orders of giving up shared memory, held against the model. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "asahi_client.h"
#include "asahi_ioctl.h"
#include "asahi_objects.h"
#include "asahi_prime.h"
#include "asahi_probe.h"
#include "asahi_share_maker.h"
#include "asahi_share_play.h"
#include "igt.h"

/* Who looks on, and has the memory in the ways that the maker's process has not. */
struct player {
	/* What is played. Borrowed. */
	const struct asahi_share_case *c;
	/* How it should be. */
	struct asahi_share share;
	/* Without anything of the maker's. */
	struct asahi_objects before;
	struct asahi_child maker;
	/* The importer's file, with the memory in it while it is imported. */
	struct asahi_client client;
	struct asahi_probe probe;
	struct asahi_bo bo;
	/* -1 or NULL where there is none. */
	int dma_buf;
	uint32_t *map;
	int vgem;
	uint32_t vgem_handle;
	/* What was written last. */
	uint32_t last;
};

static bool has(const struct player *p, enum asahi_share_thing thing)
{
	return p->c->holders & asahi_share_bit(thing);
}

static void import(struct player *p, int dma_buf)
{
	p->bo.handle = prime_fd_to_handle(p->client.fd, dma_buf);
	asahi_vm_map(p->client.fd, p->client.vm_id, p->bo.handle, 0, p->bo.size, p->bo.va,
		     ASAHI_RW);
}

static void init(struct player *p, const struct asahi_share_case *c)
{
	int dma_buf;

	memset(p, 0, sizeof(*p));
	p->c = c;
	p->dma_buf = -1;
	p->vgem = -1;
	asahi_share_init(&p->share, c->holders);
	asahi_client_init(&p->client);
	asahi_probe_init(&p->client, &p->probe);
	p->bo.size = ASAHI_SHARE_SIZE;
	p->bo.va = asahi_client_va(&p->client, p->bo.size);
	if (has(p, ASAHI_SHARE_VGEM))
		p->vgem = drm_open_driver(DRIVER_VGEM);
	asahi_objects_read(&p->before);

	asahi_fork(&p->maker)
		asahi_share_maker_run(&p->maker, c->holders);
	dma_buf = asahi_recv_fd(&p->maker);
	if (has(p, ASAHI_SHARE_MAPPING))
		p->map = asahi_dma_buf_mmap(dma_buf, ASAHI_SHARE_SIZE);
	if (has(p, ASAHI_SHARE_IMPORT))
		import(p, dma_buf);
	if (has(p, ASAHI_SHARE_VGEM))
		p->vgem_handle = prime_fd_to_handle(p->vgem, dma_buf);
	if (has(p, ASAHI_SHARE_DMA_BUF))
		p->dma_buf = dma_buf;
	else
		close(dma_buf);
}

/* Give up a thing. Returns 0 or -errno. */
static int give_up(struct player *p, enum asahi_share_thing thing)
{
	int ret;

	switch (thing) {
	case ASAHI_SHARE_PROCESS:
		asahi_child_kill(&p->maker);
		return 0;
	case ASAHI_SHARE_DMA_BUF:
		ret = close(p->dma_buf) ? -errno : 0;
		p->dma_buf = -1;
		return ret;
	case ASAHI_SHARE_MAPPING:
		asahi_gem_munmap(p->map, ASAHI_SHARE_SIZE);
		p->map = NULL;
		return 0;
	case ASAHI_SHARE_IMPORT:
		return __asahi_gem_close(p->client.fd, p->bo.handle);
	case ASAHI_SHARE_VGEM:
		return __asahi_gem_close(p->vgem, p->vgem_handle);
	default:
		return asahi_share_maker_give_up(&p->maker, thing);
	}
}

static void exchange_dma_buf(int dma_buf, uint32_t last, struct asahi_share_words *words)
{
	uint32_t *map = asahi_dma_buf_mmap(dma_buf, ASAHI_SHARE_SIZE);

	prime_sync_start(dma_buf, true);
	asahi_share_swap(map, last, words);
	prime_sync_end(dma_buf, true);
	asahi_gem_munmap(map, ASAHI_SHARE_SIZE);
}

/* Look at the memory in one way, then write @last. */
static void exchange(struct player *p, enum asahi_share_way way, uint32_t last,
		     struct asahi_share_words *words)
{
	uint32_t *map;
	int dma_buf;

	switch (way) {
	case ASAHI_WAY_DMA_BUF:
		exchange_dma_buf(p->dma_buf, last, words);
		break;
	case ASAHI_WAY_MAPPING:
		asahi_share_swap(p->map, last, words);
		break;
	case ASAHI_WAY_IMPORT_CPU:
		map = asahi_gem_mmap(p->client.fd, p->bo.handle, p->bo.size);
		asahi_share_swap(map, last, words);
		asahi_gem_munmap(map, p->bo.size);
		break;
	case ASAHI_WAY_IMPORT_GPU:
		asahi_share_swap_gpu(&p->probe, p->bo.va, last, words);
		break;
	case ASAHI_WAY_VGEM:
		dma_buf = prime_handle_to_fd_for_mmap(p->vgem, p->vgem_handle);
		exchange_dma_buf(dma_buf, last, words);
		close(dma_buf);
		break;
	default:
		asahi_share_maker_exchange(&p->maker, way, last, words);
		break;
	}
}

/* Compare a number, and say what is wrong. Returns whether it is. */
static bool differs(const struct player *p, const char *step, const char *what,
		    const char *subject, uint32_t seen, uint32_t expected)
{
	char name[ASAHI_MAX_NAME];

	if (seen == expected)
		return false;

	asahi_share_case_name(p->c, name, sizeof(name));
	igt_info("%s: after %s: %s%s is 0x%x, not 0x%x\n", name, step, what, subject, seen,
		 expected);
	return true;
}

/* Compare the counters, before anything else is done that might change them. */
static unsigned int compare_counters(struct player *p, const char *step)
{
	struct asahi_objects now;
	unsigned int i, wrong = 0;

	asahi_objects_read(&now);
	for (i = 0; now.num && i < ASAHI_SHARE_NUM_COUNTS; i++)
		wrong += differs(p, step, "the number of live objects of type ",
				 asahi_count_name(i), asahi_objects_more(&now, &p->before, i),
				 asahi_share_count(&p->share, i));
	return wrong;
}

static unsigned int compare_contents(struct player *p, const char *step)
{
	struct asahi_share_words words;
	unsigned int wrong = 0;
	enum asahi_share_way way;

	for (way = 0; way < ASAHI_NUM_WAYS; way++) {
		const char *name = asahi_share_way_name(way);

		if (!asahi_share_sees(&p->share, way))
			continue;
		exchange(p, way, p->last + 1, &words);
		wrong += differs(p, step, "what the maker's CPU has written, seen by ", name,
				 words.by_cpu, ASAHI_SHARE_BY_CPU);
		wrong += differs(p, step, "what the maker's GPU has written, seen by ", name,
				 words.by_gpu, ASAHI_SHARE_BY_GPU);
		wrong += differs(p, step, "what was written last, seen by ", name, words.last,
				 p->last);
		p->last++;
	}

	/* What is no longer imported is no longer mapped, whatever has become of it. */
	if (has(p, ASAHI_SHARE_IMPORT) && !p->share.has[ASAHI_SHARE_IMPORT])
		wrong += differs(p, step, "what the GPU sees where nothing is mapped", "",
				 asahi_probe_read(&p->probe, p->bo.va + ASAHI_SHARE_OFFSET), 0);
	return wrong;
}

/* Take a step. Returns how much is wrong then. */
static unsigned int play_step(struct player *p, enum asahi_share_thing thing)
{
	const char *step = asahi_share_thing_name(thing);
	unsigned int wrong;
	int ret;

	asahi_share_give_up(&p->share, thing);
	ret = give_up(p, thing);
	wrong = compare_counters(p, step);
	wrong += differs(p, step, "what came back", "", ret, 0);
	return wrong + compare_contents(p, step);
}

/* Give up whatever is left after a step that went wrong. */
static void fini(struct player *p)
{
	if (p->share.has[ASAHI_SHARE_PROCESS])
		asahi_child_kill(&p->maker);
	if (p->dma_buf >= 0)
		close(p->dma_buf);
	if (p->map)
		asahi_gem_munmap(p->map, ASAHI_SHARE_SIZE);
	if (p->share.has[ASAHI_SHARE_IMPORT])
		gem_close(p->client.fd, p->bo.handle);
	if (p->vgem >= 0)
		drm_close_driver(p->vgem);
	asahi_client_fini(&p->client);
}

void asahi_share_play(const struct asahi_share_case *c)
{
	struct player p;
	unsigned int i, wrong;

	init(&p, c);
	wrong = compare_counters(&p, "the start");
	wrong += compare_contents(&p, "the start");
	for (i = 0; i < c->num && !wrong; i++)
		wrong = play_step(&p, c->steps[i]);
	fini(&p);
	igt_assert_f(!wrong, "%u things are not as they should be\n", wrong);
}
