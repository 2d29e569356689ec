// SPDX-License-Identifier: MIT
/* Steps that are about the CPU at buffers. */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "asahi_device.h"
#include "asahi_ioctl.h"
#include "asahi_model_calls.h"

/* Map into the slot of the step. Returns 0 or -errno. */
static int map_at(const struct asahi_call *call, size_t size, int fd, uint64_t offset)
{
	unsigned int slot = call->step->slot % ASAHI_MODEL_MAPS;
	void *map = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, offset);

	if (map == MAP_FAILED)
		return -errno;
	asahi_remember_map(map, size);
	call->run->maps[slot].words = map;
	call->run->maps[slot].size = size;
	return 0;
}

/* Map a buffer of one file in another. */
int asahi_call_mmap(const struct asahi_call *call)
{
	const struct asahi_model *m = call->run->m;
	unsigned int of = call->step->arg[ASAHI_SHARE_TO];
	uint64_t offset;
	uint32_t handle;
	int bo, ret;

	if (file(call) < 0)
		return -EBADF;

	handle = asahi_model_resolve(m, of, ASAHI_KIND_BO, call->step->arg[ASAHI_BO_ID]);
	bo = asahi_model_lookup(m, of, ASAHI_KIND_BO, handle);
	ret = __asahi_gem_mmap_offset(call->run->fds[of], handle, &offset);
	if (ret)
		return ret;
	return map_at(call, bo < 0 ? ASAHI_PAGE : m->bos[bo].size, file(call), offset);
}

int asahi_call_dmabuf_mmap(const struct asahi_call *call)
{
	uint64_t dmabuf = call->step->arg[ASAHI_ARG_ID];
	const struct asahi_model *m = call->run->m;

	return map_at(call, m->bos[m->dmabufs[dmabuf]].size, call->run->dmabufs[dmabuf], 0);
}

int asahi_call_munmap(const struct asahi_call *call)
{
	unsigned int slot = call->step->slot % ASAHI_MODEL_MAPS;

	asahi_gem_munmap((void *)call->run->maps[slot].words, call->run->maps[slot].size);
	call->run->maps[slot].words = NULL;
	return 0;
}

int asahi_call_write(const struct asahi_call *call)
{
	volatile uint32_t *words = call->run->maps[call->step->slot % ASAHI_MODEL_MAPS].words;
	const uint64_t *arg = call->step->arg;

	words += arg[ASAHI_WRITE_PAGE] * (ASAHI_PAGE / sizeof(*words));
	words[arg[ASAHI_WRITE_WORD]] = arg[ASAHI_WRITE_VALUE];
	return 0;
}

int asahi_call_fill(const struct asahi_call *call)
{
	struct drm_asahi_gem_mmap_offset req = {
		.handle = number(call, ASAHI_KIND_BO, ASAHI_BO_ID),
		.flags = call->step->arg[ASAHI_BO_FLAGS],
	};
	int bo = asahi_model_lookup(call->run->m, call->step->file, ASAHI_KIND_BO, req.handle);
	unsigned int page;
	uint32_t *words;
	size_t size;
	void *map;
	int ret;

	ret = asahi_ioctl(file(call), DRM_IOCTL_ASAHI_GEM_MMAP_OFFSET, &req);
	if (ret || bo < 0)
		return ret;
	size = call->run->m->bos[bo].size;
	map = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, file(call), req.offset);
	if (map == MAP_FAILED)
		return -errno;
	for (page = 0; page < ASAHI_MODEL_BO_PAGES && (page + 1) * ASAHI_PAGE <= size; page++) {
		words = (uint32_t *)map + page * (ASAHI_PAGE / sizeof(*words));
		memcpy(words, call->next->bos[bo].pages[page].words,
		       ASAHI_MODEL_WORDS * sizeof(*words));
	}
	munmap(map, size);
	return 0;
}
