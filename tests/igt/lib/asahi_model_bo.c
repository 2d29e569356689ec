// SPDX-License-Identifier: MIT
/* The part of the model that is about buffers: handles, dma-bufs, objects and CPU mappings. */
#include <errno.h>
#include <string.h>

#include "asahi_drm.h"
#include "asahi_model.h"
#include "asahi_model_rules.h"

/* Larger than any machine's memory, and not larger than any file can be. */
#define IMPOSSIBLE (1ull << 38)
#define MAX_FILE_SIZE INT64_MAX

int asahi_model_gem_create(struct asahi_model *m, const struct asahi_model_step *step,
			   struct asahi_model_expect *expect)
{
	uint64_t size = step->arg[ASAHI_GEM_SIZE], flags = step->arg[ASAHI_GEM_FLAGS];
	uint64_t round = ASAHI_MODEL_PAGE - 1;
	bool private = flags & DRM_ASAHI_GEM_VM_PRIVATE, bad_size;
	struct asahi_model_bo *bo;
	int i, vm = -1;

	if (flags & ~(uint64_t)(DRM_ASAHI_GEM_WRITEBACK | DRM_ASAHI_GEM_VM_PRIVATE) ||
	    (step->arg[ASAHI_GEM_PAD] && !m->lax))
		return -EINVAL;
	if (!private && asahi_model_resolve(m, step->file, ASAHI_KIND_VM, step->arg[ASAHI_GEM_VM]))
		return -EINVAL;
	if (private)
		vm = asahi_model_argument(m, step, ASAHI_KIND_VM, ASAHI_GEM_VM);

	bad_size = !size || size + round < size || size + round - (size + round) % (round + 1) >
							   MAX_FILE_SIZE;
	if (bad_size) {
		/* Which of them is looked at first is not said. */
		if (private && vm < 0)
			expect->ret[expect->num++] = -ENOENT;
		return -EINVAL;
	}
	if (private && vm < 0)
		return -ENOENT;

	i = ASAHI_MODEL_FIRST_FREE(m->bos);
	expect->skip = i < 0 || asahi_model_table_full(m, step->file, ASAHI_KIND_BO);
	if (expect->skip)
		return 0;

	bo = &m->bos[i];
	memset(bo, 0, sizeof(*bo));
	bo->used = true;
	bo->size = (size + round) / ASAHI_MODEL_PAGE * ASAHI_MODEL_PAGE;
	bo->possible = bo->size < IMPOSSIBLE;
	bo->serial = ++m->serial;
	if (private)
		bo->root = m->vms[vm].serial;
	asahi_model_made(m, step, expect, step->file, ASAHI_KIND_BO, i);
	return 0;
}

int asahi_model_mmap_offset(const struct asahi_model *m, const struct asahi_model_step *step)
{
	int bo;

	if (step->arg[ASAHI_BO_FLAGS])
		return -EINVAL;
	bo = asahi_model_argument(m, step, ASAHI_KIND_BO, ASAHI_BO_ID);
	if (bo < 0)
		return -ENOENT;
	return m->bos[bo].possible ? 0 : -ENOMEM;
}

static int bind_object(struct asahi_model *m, const struct asahi_model_step *step,
		       struct asahi_model_expect *expect)
{
	uint64_t offset = step->arg[ASAHI_OBJECT_OFFSET], range = step->arg[ASAHI_OBJECT_RANGE];
	int bo, i;

	if (!aligned(offset) || !aligned(range) || !range || offset + range < offset ||
	    step->arg[ASAHI_OBJECT_FLAGS] != DRM_ASAHI_BIND_OBJECT_USAGE_TIMESTAMPS)
		return -EINVAL;
	bo = asahi_model_argument(m, step, ASAHI_KIND_BO, ASAHI_OBJECT_BO);
	if (bo < 0)
		return -ENOENT;
	if (offset + range > m->bos[bo].size || m->bos[bo].root)
		return -EINVAL;
	if (!m->bos[bo].possible)
		return -ENOMEM;

	i = ASAHI_MODEL_FIRST_FREE(m->objects);
	expect->skip = i < 0 || asahi_model_table_full(m, step->file, ASAHI_KIND_OBJECT);
	if (expect->skip)
		return 0;

	m->objects[i] = (struct asahi_model_object){
		.used = true,
		.bo = bo,
		.offset = offset,
		.range = range,
	};
	asahi_model_made(m, step, expect, step->file, ASAHI_KIND_OBJECT, i);
	return 0;
}

int asahi_model_gem_bind_object(struct asahi_model *m, const struct asahi_model_step *step,
				struct asahi_model_expect *expect)
{
	const uint64_t *arg = step->arg;

	if (arg[ASAHI_OBJECT_PAD] ||
	    asahi_model_resolve(m, step->file, ASAHI_KIND_VM, arg[ASAHI_OBJECT_VM]))
		return -EINVAL;
	if (arg[ASAHI_OBJECT_OP] == DRM_ASAHI_BIND_OBJECT_OP_BIND)
		return bind_object(m, step, expect);
	if (arg[ASAHI_OBJECT_OP] != DRM_ASAHI_BIND_OBJECT_OP_UNBIND)
		return -EINVAL;

	if (arg[ASAHI_OBJECT_RANGE] || arg[ASAHI_OBJECT_OFFSET] || arg[ASAHI_OBJECT_FLAGS] ||
	    asahi_model_resolve(m, step->file, ASAHI_KIND_BO, arg[ASAHI_OBJECT_BO]))
		return -EINVAL;
	if (asahi_model_argument(m, step, ASAHI_KIND_OBJECT, ASAHI_OBJECT_ID) < 0)
		return -ENOENT;
	asahi_model_forget(m, step, ASAHI_KIND_OBJECT, ASAHI_OBJECT_ID);
	return 0;
}

/* The handle goes from all VMs that the file can name. */
int asahi_model_gem_close(struct asahi_model *m, const struct asahi_model_step *step)
{
	int bo = asahi_model_argument(m, step, ASAHI_KIND_BO, ASAHI_ARG_ID);
	unsigned int i;

	if (bo < 0)
		return -EINVAL;

	for (i = 0; i < ASAHI_MODEL_TABLE; i++) {
		const struct asahi_model_entry *entry =
			&m->files[m->fds[step->file]].tables[ASAHI_KIND_VM][i];

		if (entry->number)
			asahi_model_space_unmap_bo(&m->vms[entry->index].space, bo);
	}
	asahi_model_forget(m, step, ASAHI_KIND_BO, ASAHI_ARG_ID);
	return 0;
}

int asahi_model_export_bo(struct asahi_model *m, const struct asahi_model_step *step,
			  struct asahi_model_expect *expect)
{
	int bo;

	/* O_RDWR and O_CLOEXEC. */
	if (step->arg[ASAHI_BO_FLAGS] & ~(uint64_t)02000002)
		return -EINVAL;
	bo = asahi_model_argument(m, step, ASAHI_KIND_BO, ASAHI_BO_ID);
	if (bo < 0)
		return -ENOENT;
	if (m->bos[bo].root)
		return -EINVAL;
	if (!m->bos[bo].possible)
		return -ENOMEM;

	/* What is exported read-only is no use here, and may have been exported before. */
	expect->skip = m->dmabufs[step->slot % ASAHI_MODEL_SLOTS] >= 0 ||
		       !(step->arg[ASAHI_BO_FLAGS] & 2);
	if (!expect->skip)
		m->dmabufs[step->slot % ASAHI_MODEL_SLOTS] = bo;
	return 0;
}

int asahi_model_import_bo(struct asahi_model *m, const struct asahi_model_step *step,
			  struct asahi_model_expect *expect)
{
	const struct asahi_model_file *file = &m->files[m->fds[step->file]];
	uint64_t slot = step->arg[ASAHI_ARG_ID];
	unsigned int i;

	/* A descriptor of something else. */
	if (slot == ASAHI_MODEL_SLOTS)
		return -EINVAL;
	if (slot > ASAHI_MODEL_SLOTS || m->dmabufs[slot] < 0)
		return -EBADF;

	for (i = 0; i < ASAHI_MODEL_TABLE; i++)
		if (file->tables[ASAHI_KIND_BO][i].number &&
		    file->tables[ASAHI_KIND_BO][i].index == m->dmabufs[slot])
			expect->same = file->tables[ASAHI_KIND_BO][i].number;
	expect->skip = !expect->same && asahi_model_table_full(m, step->file, ASAHI_KIND_BO);
	if (!expect->skip)
		asahi_model_made(m, step, expect, step->file, ASAHI_KIND_BO, m->dmabufs[slot]);
	return 0;
}

int asahi_model_close_dmabuf(struct asahi_model *m, const struct asahi_model_step *step)
{
	int *bo = &m->dmabufs[step->slot % ASAHI_MODEL_SLOTS];

	if (*bo < 0)
		return -EBADF;
	*bo = -1;
	return 0;
}

int asahi_model_map_bo(struct asahi_model *m, const struct asahi_model_step *step,
		       struct asahi_model_expect *expect)
{
	struct asahi_model_map *map = &m->maps[step->slot % ASAHI_MODEL_MAPS];
	uint64_t of = step->arg[ASAHI_SHARE_TO];
	unsigned int i;
	int bo;

	expect->skip = map->used || of >= ASAHI_MODEL_FILES;
	if (expect->skip)
		return 0;

	/* The offset is asked for in one file, and used in this one, which has to know the BO. */
	if (m->fds[of] < 0)
		return -EBADF;
	bo = asahi_model_lookup(m, of, ASAHI_KIND_BO,
				asahi_model_resolve(m, of, ASAHI_KIND_BO,
						    step->arg[ASAHI_BO_ID]));
	if (bo < 0)
		return -ENOENT;
	if (!m->bos[bo].possible)
		return -ENOMEM;
	for (i = 0; i < ASAHI_MODEL_TABLE; i++) {
		const struct asahi_model_entry *entry =
			&m->files[m->fds[step->file]].tables[ASAHI_KIND_BO][i];

		if (entry->number && entry->index == bo)
			break;
	}
	if (i == ASAHI_MODEL_TABLE)
		return -EACCES;

	*map = (struct asahi_model_map){ .used = true, .bo = bo, .file = m->fds[step->file] };
	return 0;
}

int asahi_model_map_dmabuf(struct asahi_model *m, const struct asahi_model_step *step,
			   struct asahi_model_expect *expect)
{
	struct asahi_model_map *map = &m->maps[step->slot % ASAHI_MODEL_MAPS];
	uint64_t slot = step->arg[ASAHI_ARG_ID];

	expect->skip = map->used || slot >= ASAHI_MODEL_SLOTS || m->dmabufs[slot] < 0;
	if (!expect->skip)
		*map = (struct asahi_model_map){
			.used = true,
			.bo = m->dmabufs[slot],
			.file = -1,
		};
	return 0;
}

int asahi_model_write_map(struct asahi_model *m, const struct asahi_model_step *step,
			  struct asahi_model_expect *expect)
{
	const struct asahi_model_map *map = &m->maps[step->slot % ASAHI_MODEL_MAPS];
	uint64_t page = step->arg[ASAHI_WRITE_PAGE], word = step->arg[ASAHI_WRITE_WORD];

	expect->skip = !map->used || word >= ASAHI_MODEL_STORE_WORDS ||
		       page >= ASAHI_MODEL_BO_PAGES ||
		       (page + 1) * ASAHI_MODEL_PAGE > m->bos[map->bo].size;
	if (!expect->skip) {
		m->bos[map->bo].pages[page].words[word] = step->arg[ASAHI_WRITE_VALUE];
		m->bos[map->bo].pages[page].loose &= ~(1u << word);
	}
	return 0;
}

/* Give each page contents that no other has. */
int asahi_model_fill(struct asahi_model *m, const struct asahi_model_step *step)
{
	struct asahi_model_bo *bo;
	unsigned int page, i;
	int ret = asahi_model_mmap_offset(m, step);

	if (ret)
		return ret;
	bo = &m->bos[asahi_model_argument(m, step, ASAHI_KIND_BO, ASAHI_BO_ID)];
	for (page = 0; page < ASAHI_MODEL_BO_PAGES; page++) {
		memset(&bo->pages[page], 0, sizeof(bo->pages[page]));
		for (i = 0; i < ASAHI_MODEL_WORDS; i++)
			bo->pages[page].words[i] = 0xb0000000 | (bo->serial & 0xffff) << 8 |
						   page << 4 | i;
	}
	return 0;
}
