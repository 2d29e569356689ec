/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef AGX_RECLAIM_H
#define AGX_RECLAIM_H

#include <linux/list.h>
#include <linux/spinlock.h>
#include <linux/types.h>

struct agx_bo;
struct agx_device;
struct drm_printer;
struct shrinker;

/**
 * DOC: Reclaim
 *
 * When the system is short of memory, BOs that nobody is using lose theirs: their mappings are
 * cut, in all VMs and for the CPU, and their pages become ordinary pages of a shmem file, which the
 * system can swap out. A BO comes back as a whole: with the next SUBMIT to a VM that maps it, the
 * next VM_BIND that names it, the next access of the CPU, the next pin.
 *
 * What is never evicted: a BO that is busy, pinned (timestamp objects, attachments, kernel
 * mappings), or imported, whose memory is not ours.
 *
 * No job ever meets an evicted address. For a BO to be evicted, all fences of its resv, of any
 * usage, have signalled; and the resv has the fence of each job that could reach the BO. SUBMIT
 * adds it, to the VM's resv, which private BOs share, and to that of each other BO that the VM
 * maps. VM_BIND, which can bring a BO under jobs that run already, adds those of the VM to the BO
 * when it makes it one of the VM's. Both hold the VM's lock from there until translations are in
 * place and flushed, and reclaim cuts no translation without that lock. And before SUBMIT adds
 * its fence, under the locks of the VM and of all resvs, it brings back all that the VM maps: so a
 * VM with something evicted is a VM without jobs.
 *
 * Reclaim comes from the BO's side, against the order of locks, from within allocations that may
 * be made under any of these locks. So it tries the resv and then the lock of one VM after the
 * other, and gives up where it would have to wait. If that is halfway through the VMs, the BO keeps
 * its memory, and the VMs that were cut already get their translations back like any others. It
 * waits for no fence either. What it does wait for is agx_gpu.lock, under which nothing is ever
 * allocated, and the locks of the page tables of processes, which it may take like any reclaim.
 *
 * The way to the end of a job, from the interrupt of the GPU to the fence, takes none of the VM's
 * lock, a resv and agx_reclaim.lock, and allocates nothing; nor do cancelling jobs, the time
 * limits and the loss of the device. So memory may be waited for under any of those locks: who
 * waits for a fence there waits for something that does not wait for memory.
 *
 * Which BO goes first: the list is in the order in which BOs got their memory, were unpinned or
 * were touched by the CPU. SUBMIT only stamps the VM, since it must not cost more for a VM that
 * maps more. A BO at the head of the list that a VM has used after its last move is sent to the
 * end; it goes all the same when the whole list has been looked at and nothing else was to be had.
 */

/** struct agx_reclaim - Embedded in the device. */
struct agx_reclaim {
	/** @lock: guards all of this, and the part of a BO that says so. Innermost. */
	spinlock_t lock;

	/** @lru: BOs that may be evicted when idle, the least recently used first. Borrowed. */
	struct list_head lru;

	/** @num_bos: length of @lru. */
	unsigned long num_bos;

	/** @pages: pages of the BOs on @lru. */
	unsigned long pages;

	/** @spared: pages that have been looked at since one was evicted. Without the lock. */
	unsigned long spared;

	/** @evicted: bytes of the BOs that have lost their memory. */
	u64 evicted;

	/** @evictions: BOs that ever lost their memory. */
	u64 evictions;

	/** @restores: BOs that ever got it back. */
	u64 restores;

	/** @shrinker: what the system calls. Owned. */
	struct shrinker *shrinker;
};

int agx_reclaim_init(struct agx_device *agx);
void agx_reclaim_evict_idle(struct agx_device *agx);
void agx_reclaim_show(struct agx_device *agx, struct drm_printer *p);

/* For gem_pages.c and gem_mmap.c: the life of the memory of a BO. */
void agx_reclaim_populated(struct agx_bo *bo);
void agx_reclaim_touch(struct agx_bo *bo);
void agx_reclaim_pin(struct agx_bo *bo);
void agx_reclaim_unpin(struct agx_bo *bo);
void agx_reclaim_forget(struct agx_bo *bo);

#endif
