// SPDX-License-Identifier: MIT
#include <errno.h>
#include <linux/dma-buf.h>
#include <sched.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <asahi_drm.h>

#include "fake_internal.h"

static struct fake_bo fake_bos[FAKE_MAX_BOS];
static unsigned int fake_closes_of_nothing;
static uint64_t fake_next_offset;

static void fake_bo_fini(struct fake_bo *bo)
{
	if (bo->cpu)
		munmap(bo->cpu, bo->size);
	if (bo->dmabuf >= 0)
		close(bo->dmabuf);
	bo->used = false;
}

void fake_gem_reset(void)
{
	unsigned int i;

	for (i = 0; i < FAKE_MAX_BOS; i++)
		if (fake_bos[i].used)
			fake_bo_fini(&fake_bos[i]);
	fake_closes_of_nothing = 0;
	fake_next_offset = 0;
}

unsigned int fake_gem_num_handles(const struct fake_file *file)
{
	unsigned int i, n = 0;

	for (i = 1; i < FAKE_MAX_BOS; i++)
		n += file->handles[i] ? 1 : 0;
	return n;
}

unsigned int fake_gem_num_dmabufs(void)
{
	unsigned int i, n = 0;

	for (i = 0; i < FAKE_MAX_BOS; i++)
		n += fake_bos[i].used && fake_bos[i].dmabuf >= 0;
	return n;
}

unsigned int fake_gem_num_bad_closes(void)
{
	return fake_closes_of_nothing;
}

struct fake_bo *fake_gem_lookup(const struct fake_file *file, uint32_t handle)
{
	return handle < FAKE_MAX_BOS ? file->handles[handle] : NULL;
}

static struct fake_bo *fake_bo_new(uint64_t size)
{
	unsigned int i;

	for (i = 0; i < FAKE_MAX_BOS && fake_bos[i].used; i++)
		;
	if (i == FAKE_MAX_BOS)
		return NULL;

	memset(&fake_bos[i], 0, sizeof(fake_bos[i]));
	fake_bos[i].used = true;
	fake_bos[i].size = size;
	fake_bos[i].dmabuf = -1;
	return &fake_bos[i];
}

static int fake_handle_new(struct fake_file *file, struct fake_bo *bo, uint32_t *handle)
{
	uint32_t i;

	for (i = 1; i < FAKE_MAX_BOS; i++) {
		if (!file->handles[i]) {
			file->handles[i] = bo;
			*handle = i;
			return 0;
		}
	}
	return -ENOMEM;
}

/* Room in the device's file, so that mmap() on it with the BO's offset finds the memory. */
static int fake_bo_populate(struct fake_bo *bo)
{
	void *cpu;

	if (ftruncate(fake_device_fd(), fake_next_offset + bo->size))
		return -errno;

	cpu = mmap(NULL, bo->size, PROT_READ | PROT_WRITE, MAP_SHARED, fake_device_fd(),
		   fake_next_offset);
	if (cpu == MAP_FAILED)
		return -errno;

	bo->cpu = cpu;
	bo->offset = fake_next_offset;
	fake_next_offset += bo->size;
	return 0;
}

int fake_gem_create(struct fake_file *file, void *arg)
{
	struct drm_asahi_gem_create *args = arg;
	bool private = args->flags & DRM_ASAHI_GEM_VM_PRIVATE;
	struct fake_bo *bo;
	int ret;

	if (!args->size || args->pad ||
	    args->flags & ~(DRM_ASAHI_GEM_WRITEBACK | DRM_ASAHI_GEM_VM_PRIVATE) ||
	    (args->vm_id && !private))
		return -EINVAL;
	if (private && !fake_vm_exists(file, args->vm_id))
		return -ENOENT;

	bo = fake_bo_new((args->size + FAKE_PAGE - 1) / FAKE_PAGE * FAKE_PAGE);
	if (!bo)
		return -ENOMEM;
	bo->private = private;
	bo->vm = args->vm_id;

	ret = fake_bo_populate(bo);
	if (!ret)
		ret = fake_handle_new(file, bo, &args->handle);
	if (ret)
		fake_bo_fini(bo);
	return ret;
}

int fake_gem_mmap_offset(struct fake_file *file, void *arg)
{
	struct drm_asahi_gem_mmap_offset *args = arg;
	struct fake_bo *bo = fake_gem_lookup(file, args->handle);

	if (args->flags)
		return -EINVAL;
	if (!bo)
		return -ENOENT;

	args->offset = bo->offset;
	return 0;
}

int fake_gem_close(struct fake_file *file, void *arg)
{
	struct drm_gem_close *args = arg;
	struct fake_bo *bo = fake_gem_lookup(file, args->handle);

	if (!bo) {
		fake_closes_of_nothing++;
		return -EINVAL;
	}

	fake_vm_unmap_bo(file, bo);
	file->handles[args->handle] = NULL;
	if (bo->dmabuf < 0)
		fake_bo_fini(bo);
	return 0;
}

static int fake_bo_make_dmabuf(struct fake_bo *bo, uint64_t size)
{
	int fd = fake_make_file("dmabuf", size);

	if (fd < 0)
		return -errno;

	bo->dmabuf = fd;
	fake_file_id(fd, &bo->dmabuf_id);
	return 0;
}

int fake_gem_export(struct fake_file *file, void *arg)
{
	struct drm_prime_handle *args = arg;
	struct fake_bo *bo = fake_gem_lookup(file, args->handle);
	int ret;

	if (!bo)
		return -ENOENT;
	if (bo->private)
		return -EINVAL;

	if (bo->dmabuf < 0) {
		ret = fake_bo_make_dmabuf(bo, bo->size);
		if (ret)
			return ret;
	}

	args->fd = fake_reopen(bo->dmabuf);
	return args->fd < 0 ? -errno : 0;
}

static struct fake_bo *fake_dmabuf_lookup(int fd)
{
	struct fake_file_id id;
	unsigned int i;

	if (!fake_file_id(fd, &id))
		return NULL;

	for (i = 0; i < FAKE_MAX_BOS; i++)
		if (fake_bos[i].used && fake_bos[i].dmabuf >= 0 &&
		    fake_file_id_equal(&id, &fake_bos[i].dmabuf_id))
			return &fake_bos[i];
	return NULL;
}

int fake_gem_import(struct fake_file *file, void *arg)
{
	struct drm_prime_handle *args = arg;
	struct fake_bo *bo = fake_dmabuf_lookup(args->fd);
	uint32_t i;
	int ret;

	if (!bo)
		return -EINVAL;

	for (i = 1; i < FAKE_MAX_BOS; i++) {
		if (file->handles[i] == bo) {
			args->handle = i;
			return 0;
		}
	}

	if (!bo->cpu) {
		ret = fake_bo_populate(bo);
		if (ret)
			return ret;
	}
	return fake_handle_new(file, bo, &args->handle);
}

int fake_gem_make_dmabuf(size_t size)
{
	struct fake_bo *bo = fake_bo_new((size + FAKE_PAGE - 1) / FAKE_PAGE * FAKE_PAGE);
	int ret;

	if (!bo)
		return -ENOMEM;

	ret = fake_bo_make_dmabuf(bo, size);
	if (ret)
		return ret;
	return fake_reopen(bo->dmabuf);
}

int fake_dmabuf_ioctl(int fd, unsigned long request, void *arg)
{
	struct dma_buf_export_sync_file *export = arg;
	struct dma_buf_import_sync_file *import = arg;

	if (!fake_dmabuf_lookup(fd))
		return -ENOTTY;

	switch (request) {
	case DMA_BUF_IOCTL_EXPORT_SYNC_FILE:
		if (!export->flags || export->flags & ~DMA_BUF_SYNC_RW)
			return -EINVAL;
		export->fd = fake_sync_make_file(1);
		return export->fd < 0 ? -errno : 0;
	case DMA_BUF_IOCTL_IMPORT_SYNC_FILE:
		if (!import->flags || import->flags & ~DMA_BUF_SYNC_RW)
			return -EINVAL;
		return 0;
	default:
		return -ENOTTY;
	}
}
