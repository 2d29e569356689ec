// SPDX-License-Identifier: MIT
/* A process that shares memory and is told what to do. */
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "asahi_client.h"
#include "asahi_importer.h"
#include "asahi_ioctl.h"
#include "asahi_probe.h"
#include "asahi_share_maker.h"
#include "igt.h"

/* What the process has. */
struct maker {
	struct asahi_client client;
	struct asahi_probe probe;
	struct asahi_bo bo;
	/* The second file, and the memory in it. */
	int again;
	uint32_t again_handle;
};

/* What it is told: to give up a thing, or to look, if @looks. */
struct order {
	bool looks;
	enum asahi_share_thing thing;
	enum asahi_share_way way;
	uint32_t last;
};

struct answer {
	int ret;
	struct asahi_share_words words;
};

void asahi_share_swap(volatile uint32_t *map, uint32_t last, struct asahi_share_words *words)
{
	volatile struct asahi_share_words *there;

	there = (volatile void *)(map + ASAHI_SHARE_OFFSET / sizeof(*map));
	words->by_cpu = there->by_cpu;
	words->by_gpu = there->by_gpu;
	words->last = there->last;
	there->last = last;
}

void asahi_share_swap_gpu(struct asahi_probe *probe, uint64_t va, uint32_t last,
			  struct asahi_share_words *words)
{
	va += ASAHI_SHARE_OFFSET;
	words->by_cpu = asahi_probe_read(probe, va);
	words->by_gpu = asahi_probe_read(probe, va + offsetof(struct asahi_share_words, by_gpu));
	va += offsetof(struct asahi_share_words, last);
	words->last = asahi_probe_read(probe, va);
	asahi_probe_write(probe, va, last);
}

static void make(struct maker *m, const struct asahi_child *other, unsigned int holders)
{
	struct asahi_bo *bo = &m->bo;
	int dma_buf;

	asahi_client_init(&m->client);
	asahi_probe_init(&m->client, &m->probe);
	asahi_bo_init(&m->client, bo, ASAHI_SHARE_SIZE);
	bo->map[ASAHI_SHARE_OFFSET / sizeof(*bo->map)] = ASAHI_SHARE_BY_CPU;
	asahi_probe_write(&m->probe, bo->va + ASAHI_SHARE_OFFSET +
			  offsetof(struct asahi_share_words, by_gpu), ASAHI_SHARE_BY_GPU);
	dma_buf = prime_handle_to_fd_for_mmap(m->client.fd, bo->handle);
	if (holders & asahi_share_bit(ASAHI_SHARE_AGAIN)) {
		m->again = asahi_open();
		m->again_handle = prime_fd_to_handle(m->again, dma_buf);
	}
	/* It would hold the file. */
	asahi_bo_unmap(bo);
	asahi_send_fd(other, dma_buf);
	close(dma_buf);
}

static int give_up(struct maker *m, enum asahi_share_thing thing)
{
	int ret;

	switch (thing) {
	case ASAHI_SHARE_HANDLE:
		return __asahi_gem_close(m->client.fd, m->bo.handle);
	case ASAHI_SHARE_VM:
		ret = __asahi_queue_destroy(m->client.fd, m->client.queue_id);
		return ret ? ret : __asahi_vm_destroy(m->client.fd, m->client.vm_id);
	case ASAHI_SHARE_FILE:
		asahi_client_drop(&m->client);
		return 0;
	default:
		asahi_close(m->again);
		return 0;
	}
}

static void look(struct maker *m, const struct order *order, struct asahi_share_words *words)
{
	bool again = order->way == ASAHI_WAY_AGAIN_CPU;
	uint32_t *map;

	if (order->way == ASAHI_WAY_MAKER_GPU) {
		asahi_share_swap_gpu(&m->probe, m->bo.va, order->last, words);
		return;
	}

	map = asahi_gem_mmap(again ? m->again : m->client.fd,
			     again ? m->again_handle : m->bo.handle, ASAHI_SHARE_SIZE);
	asahi_share_swap(map, order->last, words);
	asahi_gem_munmap(map, ASAHI_SHARE_SIZE);
}

void asahi_share_maker_run(const struct asahi_child *other, unsigned int holders)
{
	struct maker m = { .again = -1 };
	struct answer answer;
	struct order order;

	make(&m, other, holders);
	for (;;) {
		asahi_recv(other, &order, sizeof(order));
		memset(&answer, 0, sizeof(answer));
		if (order.looks)
			look(&m, &order, &answer.words);
		else
			answer.ret = give_up(&m, order.thing);
		asahi_send(other, &answer, sizeof(answer));
	}
}

static void tell(const struct asahi_child *maker, const struct order *order,
		 struct answer *answer)
{
	asahi_send(maker, order, sizeof(*order));
	asahi_recv(maker, answer, sizeof(*answer));
}

int asahi_share_maker_give_up(const struct asahi_child *maker, enum asahi_share_thing thing)
{
	struct order order = { .thing = thing };
	struct answer answer;

	tell(maker, &order, &answer);
	return answer.ret;
}

void asahi_share_maker_exchange(const struct asahi_child *maker, enum asahi_share_way way,
				uint32_t last, struct asahi_share_words *words)
{
	struct order order = { .looks = true, .way = way, .last = last };
	struct answer answer;

	tell(maker, &order, &answer);
	*words = answer.words;
}
