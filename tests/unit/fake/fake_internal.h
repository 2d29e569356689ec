/* SPDX-License-Identifier: MIT */
/*
 * What the parts of the fake device share. Everything here is called with the lock held, and the
 * ioctl handlers return 0 or -errno.
 */
#ifndef FAKE_INTERNAL_H
#define FAKE_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define FAKE_PAGE 16384

/* Files that stand for something are known by their inode. */
struct fake_file_id {
	dev_t dev;
	ino_t ino;
};

bool fake_file_id(int fd, struct fake_file_id *id);
bool fake_file_is(int fd, const struct fake_file_id *id);

/* A new anonymous file. */
int fake_make_file(const char *name, size_t size);

/* A new open file of an anonymous file, so that its offset is not shared. */
int fake_reopen(int fd);

const struct drm_asahi_params_global *fake_params(void);

/* Descriptor of the device's file, for its memory. */
int fake_device_fd(void);

struct fake_bo {
	bool used;
	bool private;
	uint32_t vm;
	uint64_t size;

	/* Where in the device's file it is, and where that is mapped here. */
	uint64_t offset;
	uint8_t *cpu;

	/* Its dma-buf, once it has one: then it is never freed. */
	int dmabuf;
	struct fake_file_id dmabuf_id;
};

struct fake_mapping {
	bool used;
	uint32_t vm;
	uint32_t flags;
	struct fake_bo *bo;
	uint64_t offset;
	uint64_t addr;
	uint64_t range;
};

void fake_gem_reset(void);
unsigned int fake_gem_num_handles(void);
unsigned int fake_gem_num_dmabufs(void);
unsigned int fake_gem_num_bad_closes(void);
struct fake_bo *fake_gem_lookup(uint32_t handle);
int fake_gem_create(void *arg);
int fake_gem_mmap_offset(void *arg);
int fake_gem_close(void *arg);
int fake_gem_export(void *arg);
int fake_gem_import(void *arg);
int fake_gem_make_dmabuf(size_t size);

void fake_vm_reset(void);
unsigned int fake_vm_num(void);
unsigned int fake_vm_num_mappings(void);
bool fake_vm_exists(uint32_t id);
int fake_vm_create(void *arg);
int fake_vm_destroy(void *arg);
int fake_vm_bind(void *arg);
void fake_vm_unmap_bo(const struct fake_bo *bo);

/* The CPU address of a GPU address, good for *size bytes; NULL if it does not translate. */
uint8_t *fake_vm_translate(uint32_t vm, uint64_t addr, uint32_t flags, uint64_t *size);

void fake_queue_reset(void);
unsigned int fake_queue_num(void);
unsigned int fake_queue_num_timestamps(void);
void fake_queue_set_job_status(int status);
void fake_queue_lose_timestamps(bool lose);
int fake_queue_create(void *arg);
int fake_queue_destroy(void *arg);
int fake_queue_bind_object(void *arg);
int fake_queue_submit(void *arg);

/* Runs a compute command. Returns the error of its fence. */
int fake_run_compute(uint32_t vm, uint64_t usc_base, uint64_t stream);

struct drm_asahi_sync;
void fake_sync_reset(void);
void fake_sync_set_late_waits(unsigned int count);
unsigned int fake_sync_num(void);
int fake_sync_create(void *arg);
int fake_sync_destroy(void *arg);
int fake_sync_wait(void *arg);
int fake_sync_timeline_wait(void *arg);
int fake_sync_reset_binary(void *arg);
int fake_sync_signal(void *arg);
int fake_sync_timeline_signal(void *arg);
int fake_sync_query(void *arg);
int fake_sync_transfer(void *arg);
int fake_sync_handle_to_fd(void *arg);
int fake_sync_fd_to_handle(void *arg);
int fake_sync_make_file(int status);

/* Whether a SUBMIT may wait for, or signal, this. */
int fake_sync_check(const struct drm_asahi_sync *sync, bool wait);
void fake_sync_complete(const struct drm_asahi_sync *sync, int status);

/* Ioctls of a file that is no device; -ENOTTY if it is nothing of ours. */
int fake_sync_file_ioctl(int fd, unsigned long request, void *arg);
int fake_dmabuf_ioctl(int fd, unsigned long request, void *arg);

#endif /* FAKE_INTERNAL_H */
