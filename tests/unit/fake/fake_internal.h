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

#define FAKE_MAX_BOS 4096
#define FAKE_MAX_VMS 64
#define FAKE_MAX_MAPPINGS 1024
#define FAKE_MAX_QUEUES 64
#define FAKE_MAX_TIMESTAMPS 64
#define FAKE_MAX_SYNCOBJS 64

/* Files that stand for something are known by their inode. */
struct fake_file_id {
	dev_t dev;
	ino_t ino;
};

bool fake_file_id(int fd, struct fake_file_id *id);
bool fake_file_id_equal(const struct fake_file_id *a, const struct fake_file_id *b);
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

struct fake_vm {
	bool used;
	uint64_t kernel_start;
	uint64_t kernel_end;
};

struct fake_queue {
	bool used;
	uint32_t vm;
	uint64_t usc_base;
};

struct fake_timestamps {
	bool used;
	struct fake_bo *bo;
	uint64_t offset;
	uint64_t range;
};

/* Work is done before SUBMIT returns, so a fence is its status: 1, or the error it ended with. */
struct fake_syncobj {
	bool used;
	bool has_fence;
	int status;

	/* Last point of a timeline, all below it have signaled. */
	uint64_t point;
};

/*
 * An open file of the device: what descriptors that are copies of each other share. Each has
 * handles and ids of its own, from 1. They stay when it is closed, so that it shows what was left.
 */
struct fake_file {
	/* Handles are not counted: one per BO, and the lowest that is free. */
	struct fake_bo *handles[FAKE_MAX_BOS];

	struct fake_vm vms[FAKE_MAX_VMS];
	struct fake_mapping mappings[FAKE_MAX_MAPPINGS];
	struct fake_queue queues[FAKE_MAX_QUEUES];
	struct fake_timestamps objects[FAKE_MAX_TIMESTAMPS];
	struct fake_syncobj syncobjs[FAKE_MAX_SYNCOBJS];
};

void fake_gem_reset(void);
unsigned int fake_gem_num_handles(const struct fake_file *file);
unsigned int fake_gem_num_dmabufs(void);
unsigned int fake_gem_num_bad_closes(void);
struct fake_bo *fake_gem_lookup(const struct fake_file *file, uint32_t handle);
int fake_gem_create(struct fake_file *file, void *arg);
int fake_gem_mmap_offset(struct fake_file *file, void *arg);
int fake_gem_close(struct fake_file *file, void *arg);
int fake_gem_export(struct fake_file *file, void *arg);
int fake_gem_import(struct fake_file *file, void *arg);
int fake_gem_make_dmabuf(size_t size);

unsigned int fake_vm_num(const struct fake_file *file);
unsigned int fake_vm_num_mappings(const struct fake_file *file);
bool fake_vm_exists(const struct fake_file *file, uint32_t id);
int fake_vm_create(struct fake_file *file, void *arg);
int fake_vm_destroy(struct fake_file *file, void *arg);
int fake_vm_bind(struct fake_file *file, void *arg);
void fake_vm_unmap_bo(struct fake_file *file, const struct fake_bo *bo);

/* The CPU address of a GPU address, good for *size bytes; NULL if it does not translate. */
uint8_t *fake_vm_translate(const struct fake_file *file, uint32_t vm, uint64_t addr, uint32_t flags,
			   uint64_t *size);

void fake_queue_reset(void);
unsigned int fake_queue_num(const struct fake_file *file);
unsigned int fake_queue_num_timestamps(const struct fake_file *file);
void fake_queue_set_job_status(int status);
void fake_queue_lose_timestamps(bool lose);
int fake_queue_create(struct fake_file *file, void *arg);
int fake_queue_destroy(struct fake_file *file, void *arg);
int fake_queue_bind_object(struct fake_file *file, void *arg);
int fake_queue_submit(struct fake_file *file, void *arg);

/* Runs a compute command. Returns the error of its fence. */
int fake_run_compute(const struct fake_file *file, uint32_t vm, uint64_t usc_base, uint64_t stream);

struct drm_asahi_sync;
void fake_sync_reset(void);
void fake_sync_set_late_waits(unsigned int count);
unsigned int fake_sync_num(const struct fake_file *file);
int fake_sync_create(struct fake_file *file, void *arg);
int fake_sync_destroy(struct fake_file *file, void *arg);
int fake_sync_wait(struct fake_file *file, void *arg);
int fake_sync_timeline_wait(struct fake_file *file, void *arg);
int fake_sync_reset_binary(struct fake_file *file, void *arg);
int fake_sync_signal(struct fake_file *file, void *arg);
int fake_sync_timeline_signal(struct fake_file *file, void *arg);
int fake_sync_query(struct fake_file *file, void *arg);
int fake_sync_transfer(struct fake_file *file, void *arg);
int fake_sync_handle_to_fd(struct fake_file *file, void *arg);
int fake_sync_fd_to_handle(struct fake_file *file, void *arg);
int fake_sync_make_file(int status);

/* Whether a SUBMIT may wait for, or signal, this. */
int fake_sync_check(struct fake_file *file, const struct drm_asahi_sync *sync, bool wait);
void fake_sync_complete(struct fake_file *file, const struct drm_asahi_sync *sync, int status);

/* Ioctls of a file that is no device; -ENOTTY if it is nothing of ours. */
int fake_sync_file_ioctl(int fd, unsigned long request, void *arg);
int fake_dmabuf_ioctl(int fd, unsigned long request, void *arg);

#endif /* FAKE_INTERNAL_H */
