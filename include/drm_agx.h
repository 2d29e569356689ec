/* SPDX-License-Identifier: MIT */
/**
 * DOC: libagx, the library of the Apple AGX DRM driver
 *
 * Two layers, both public.
 *
 * The *thin layer* is one function for each ioctl of the driver "asahi", on a plain file descriptor
 * and the structs of <asahi_drm.h>. It has no state and allocates nothing.
 *
 * The *object layer* has devices, address spaces, buffers, queues, commands and syncs. It is made
 * of the thin layer and libdrm alone.
 *
 * Rules for both:
 *
 * - A function that can fail returns 0 or a negative errno, and leaves errno set to the same value.
 *   What it would have returned through a pointer is then untouched.
 * - An ioctl that a signal interrupts (EINTR), or that the kernel wants once more (EAGAIN), is made
 *   again until it ends otherwise, as drmIoctl() does: neither error is ever returned for one. It
 *   does not move a deadline, which is a point in time.
 * - Nothing is printed, nothing aborts, there is no global state.
 * - x_ref() and x_unref() count references and may be called from any thread; x_unref(NULL) does
 *   nothing. x_create() gives the first reference. An object keeps those it is made from alive.
 * - "Thread-safe" means that the object may be in use by other threads at the same time. Functions
 *   that are not need the caller to serialize calls on one object.
 * - Structs that a caller fills in, of this header and of the uapi, come with their size, so that
 *   they can grow: the caller's header and this library need not be of one age.
 * - A page is 16 KiB, DRM_AGX_PAGE_SIZE. Sizes are in bytes.
 *
 * This header does not include <asahi_drm.h>: bring the copy you build with. `pkg-config --cflags
 * libagx` finds the one that is installed with the library.
 */
#ifndef DRM_AGX_H
#define DRM_AGX_H

#include <stddef.h>
#include <stdint.h>

#if defined(__cplusplus)
extern "C" {
#endif

struct drm_asahi_attachment;
struct drm_asahi_cmd_compute;
struct drm_asahi_cmd_render;
struct drm_asahi_gem_bind_object;
struct drm_asahi_gem_create;
struct drm_asahi_gem_mmap_offset;
struct drm_asahi_get_params;
struct drm_asahi_get_time;
struct drm_asahi_params_global;
struct drm_asahi_queue_create;
struct drm_asahi_queue_destroy;
struct drm_asahi_submit;
struct drm_asahi_timestamp;
struct drm_asahi_vm_bind;
struct drm_asahi_vm_create;
struct drm_asahi_vm_destroy;

#define DRM_AGX_PAGE_SIZE 16384

/*
 * The thin layer. Each drm_agx_ioctl_*() sends the struct it is given as it is; what the kernel
 * answers in it is there on return. The size is that of the caller's struct, which may be older or
 * newer than this library: no more than that is read or written. Beside the errors listed by the
 * uapi, each returns -EINVAL for a size that no ioctl can have, and what ioctl() can fail with:
 * -EBADF, -ENOTTY, -EFAULT, -ENODEV, ...
 */

/**
 * drm_agx_probe() - Tell whether a file is a device of the driver "asahi".
 * @fd: Any file descriptor; borrowed.
 *
 * Thread-safe.
 *
 * Return: 0 if it is; -ENODEV if it is another driver's; or what DRM_IOCTL_VERSION returned
 * (-ENOTTY for a file that is no DRM device).
 */
int drm_agx_probe(int fd);

/**
 * drm_agx_ioctl_get_params() - Read the constants of a device.
 * @fd: Device; borrowed.
 * @args: Which constants, and the buffer for them. A kernel older than the caller fills only the
 *	first part of the buffer: clear it before, or see drm_agx_get_params().
 * @size: sizeof(*args).
 *
 * Thread-safe.
 *
 * Return: 0; -EINVAL for an unknown group.
 */
int drm_agx_ioctl_get_params(int fd, const struct drm_asahi_get_params *args, size_t size);

/**
 * drm_agx_get_params() - Read a group of constants into a struct of any age.
 * @fd: Device; borrowed.
 * @group: Which constants: 0 for struct drm_asahi_params_global.
 * @params: Receives them. Cleared first, also if the call fails.
 * @size: Bytes of @params. What an older kernel does not have is zero, what a newer one has beyond
 *	them is left out.
 *
 * Thread-safe.
 *
 * Return: as drm_agx_ioctl_get_params().
 */
int drm_agx_get_params(int fd, uint32_t group, void *params, size_t size);

/**
 * drm_agx_ioctl_get_time() - Read the clock of a device.
 * @fd: Device; borrowed.
 * @args: Flags in, nanoseconds out.
 * @size: sizeof(*args).
 *
 * Thread-safe.
 *
 * Return: 0; -EINVAL for unknown flags.
 */
int drm_agx_ioctl_get_time(int fd, struct drm_asahi_get_time *args, size_t size);

/**
 * drm_agx_ioctl_vm_create() - Make an address space.
 * @fd: Device; borrowed.
 * @args: Range of the kernel in, id out.
 * @size: sizeof(*args).
 *
 * Thread-safe.
 *
 * Return: 0; -EINVAL if the range is unaligned, too small or outside the device's window; -ENOMEM.
 */
int drm_agx_ioctl_vm_create(int fd, struct drm_asahi_vm_create *args, size_t size);

/**
 * drm_agx_ioctl_vm_destroy() - Give up an address space.
 * @fd: Device; borrowed.
 * @args: Id.
 * @size: sizeof(*args).
 *
 * Thread-safe.
 *
 * Return: 0; -ENOENT if there is none of that id.
 */
int drm_agx_ioctl_vm_destroy(int fd, const struct drm_asahi_vm_destroy *args, size_t size);

/**
 * drm_agx_ioctl_vm_bind() - Change what an address space maps.
 * @fd: Device; borrowed.
 * @args: Address space and the steps to take.
 * @size: sizeof(*args).
 *
 * Steps before one that fails remain in effect. Thread-safe.
 *
 * Return: 0; -ENOENT for an unknown address space or GEM handle; -EINVAL for anything unaligned,
 * out of range or contradictory; -ENOMEM.
 */
int drm_agx_ioctl_vm_bind(int fd, const struct drm_asahi_vm_bind *args, size_t size);

/**
 * drm_agx_ioctl_gem_create() - Allocate a buffer object.
 * @fd: Device; borrowed.
 * @args: Size and kind in, handle out.
 * @size: sizeof(*args).
 *
 * Thread-safe.
 *
 * Return: 0; -EINVAL for a bad size or flag; -ENOENT if a private one names no address space;
 * -ENOMEM, which is not retried.
 */
int drm_agx_ioctl_gem_create(int fd, struct drm_asahi_gem_create *args, size_t size);

/**
 * drm_agx_ioctl_gem_mmap_offset() - Ask where mmap() finds a buffer object.
 * @fd: Device; borrowed.
 * @args: Handle in, offset out.
 * @size: sizeof(*args).
 *
 * Thread-safe.
 *
 * Return: 0; -ENOENT for an unknown handle; -EINVAL for unknown flags.
 */
int drm_agx_ioctl_gem_mmap_offset(int fd, struct drm_asahi_gem_mmap_offset *args, size_t size);

/**
 * drm_agx_ioctl_gem_bind_object() - Make a buffer object a timestamp buffer, or end that.
 * @fd: Device; borrowed.
 * @args: What to bind in and object handle out, or object handle in.
 * @size: sizeof(*args).
 *
 * Thread-safe.
 *
 * Return: 0; -ENOENT for an unknown handle; -EINVAL for a range that is unaligned or outside the
 * buffer object, or for a private buffer object; -ENOSPC; -ENOMEM.
 */
int drm_agx_ioctl_gem_bind_object(int fd, struct drm_asahi_gem_bind_object *args, size_t size);

/**
 * drm_agx_ioctl_queue_create() - Make a queue.
 * @fd: Device; borrowed.
 * @args: Address space, priority and base of the shaders in, id out.
 * @size: sizeof(*args).
 *
 * Thread-safe.
 *
 * Return: 0; -ENOENT for an unknown address space; -EINVAL for a reserved priority; -ENOMEM.
 */
int drm_agx_ioctl_queue_create(int fd, struct drm_asahi_queue_create *args, size_t size);

/**
 * drm_agx_ioctl_queue_destroy() - Give up a queue.
 * @fd: Device; borrowed.
 * @args: Id.
 * @size: sizeof(*args).
 *
 * Thread-safe.
 *
 * Return: 0; -ENOENT if there is none of that id.
 */
int drm_agx_ioctl_queue_destroy(int fd, const struct drm_asahi_queue_destroy *args, size_t size);

/**
 * drm_agx_ioctl_submit() - Hand work to a queue.
 * @fd: Device; borrowed.
 * @args: Queue, syncs and commands.
 * @size: sizeof(*args).
 *
 * On error nothing runs and no syncobj changes. Thread-safe.
 *
 * Return: 0; -ENOENT for an unknown queue, syncobj or timestamp object; -ERANGE for a timestamp
 * outside its object; -EINVAL for a malformed command or sync; -ENODEV if the GPU is lost; -ENOMEM.
 */
int drm_agx_ioctl_submit(int fd, const struct drm_asahi_submit *args, size_t size);

/**
 * drm_agx_gem_close() - Give up a GEM handle.
 * @fd: Device; borrowed.
 * @handle: Handle. It must not be one that a struct drm_agx_bo owns.
 *
 * The driver also unmaps the buffer object from every address space of this file. Thread-safe.
 *
 * Return: 0; -EINVAL if there is no such handle.
 */
int drm_agx_gem_close(int fd, uint32_t handle);

/**
 * drm_agx_gem_mmap() - Map a buffer object into this process, readable and writable.
 * @fd: Device; borrowed. The mapping stays when it is closed.
 * @handle: Buffer object.
 * @size: Bytes to map, from its start.
 * @fixed_addr: Address that the mapping must have, replacing what is there; or NULL for any.
 * @out: Receives the address, to be given to munmap().
 *
 * Thread-safe.
 *
 * Return: 0; what drm_agx_ioctl_gem_mmap_offset() or mmap() failed with.
 */
int drm_agx_gem_mmap(int fd, uint32_t handle, size_t size, void *fixed_addr, void **out);

/**
 * drm_agx_dmabuf_import_sync_file() - Make implicit users of a dma-buf wait for a fence.
 * @dmabuf_fd: dma-buf; borrowed.
 * @sync_file_fd: The fence; borrowed.
 * @flags: DMA_BUF_SYNC_READ, DMA_BUF_SYNC_WRITE or both: what the fence's work does to the buffer.
 *
 * Thread-safe.
 *
 * Return: 0; -EINVAL; -ENOTTY where the kernel lacks it; -ENOMEM.
 */
int drm_agx_dmabuf_import_sync_file(int dmabuf_fd, int sync_file_fd, uint32_t flags);

/**
 * drm_agx_dmabuf_export_sync_file() - Take the implicit fences of a dma-buf.
 * @dmabuf_fd: dma-buf; borrowed.
 * @flags: DMA_BUF_SYNC_READ, DMA_BUF_SYNC_WRITE or both: what the caller is going to do.
 * @out: Receives a sync_file of what to wait for first; the caller closes it.
 *
 * Thread-safe.
 *
 * Return: 0; -EINVAL; -ENOTTY where the kernel lacks it; -EMFILE; -ENOMEM.
 */
int drm_agx_dmabuf_export_sync_file(int dmabuf_fd, uint32_t flags, int *out);

/*
 * Devices
 */

/**
 * struct drm_agx_device - An open GPU.
 *
 * GEM handles belong to an open file and are not counted by the kernel: importing one buffer twice
 * gives the same handle, and one close ends both. A device keeps that count, so nobody else may
 * create, import or close GEM handles on its file: not another struct drm_agx_device, not GBM, not
 * a dup() of the descriptor. Open the node again instead.
 */
struct drm_agx_device;

/**
 * enum drm_agx_fd - Who closes the descriptor that a device is made from.
 * @DRM_AGX_FD_BORROW: The caller, after the last reference to the device is gone.
 * @DRM_AGX_FD_OWN: The device. If creating it fails the descriptor is still the caller's.
 * @DRM_AGX_FD_REOPEN: The caller, whenever he likes: the device opens the render node of the same
 *	GPU for itself. GEM handles, syncobjs and ids of the one file mean nothing on the other, so
 *	this is the choice for a descriptor that somebody else uses too.
 */
enum drm_agx_fd {
	DRM_AGX_FD_BORROW,
	DRM_AGX_FD_OWN,
	DRM_AGX_FD_REOPEN,
};

/**
 * drm_agx_device_open() - Open the first AGX GPU's render node.
 * @out: Receives a reference, to be given up with drm_agx_device_unref().
 *
 * A node that cannot be opened hides no other GPU. Thread-safe.
 *
 * Return: 0; -ENODEV if there is none; what the first node failed with that could not be opened, if
 * no other is one: -EACCES, for instance, or what drm_agx_device_create() failed with; -ENOMEM.
 */
int drm_agx_device_open(struct drm_agx_device **out);

/**
 * drm_agx_device_open_path() - Open one node.
 * @path: The node.
 * @out: Receives a reference, to be given up with drm_agx_device_unref().
 *
 * Thread-safe.
 *
 * Return: 0; what open() failed with; or what drm_agx_device_create() failed with.
 */
int drm_agx_device_open_path(const char *path, struct drm_agx_device **out);

/**
 * drm_agx_device_create() - Make a device of an open file.
 * @fd: The file.
 * @fd_owner: Who closes it.
 * @out: Receives a reference, to be given up with drm_agx_device_unref().
 *
 * Thread-safe.
 *
 * Return: 0; -EINVAL for an unknown @fd_owner; -ENODEV or -ENOTTY if it is no AGX GPU, see
 * drm_agx_probe(); -ENOMEM; or what drm_agx_ioctl_get_params() failed with. With DRM_AGX_FD_REOPEN
 * also -ENOENT if no render node of the GPU is found, -EMFILE, or what open() failed with.
 */
int drm_agx_device_create(int fd, enum drm_agx_fd fd_owner, struct drm_agx_device **out);

struct drm_agx_device *drm_agx_device_ref(struct drm_agx_device *dev);
void drm_agx_device_unref(struct drm_agx_device *dev);

/**
 * drm_agx_device_fd() - The device's file, for use with the thin layer and libdrm.
 * @dev: Device.
 *
 * Thread-safe.
 *
 * Return: the descriptor, borrowed from the device.
 */
int drm_agx_device_fd(const struct drm_agx_device *dev);

/**
 * drm_agx_device_name() - What people call the GPU, as in "Apple M1 (G13G B1)".
 * @dev: Device.
 *
 * Thread-safe.
 *
 * Return: the name, valid as long as @dev.
 */
const char *drm_agx_device_name(const struct drm_agx_device *dev);

/**
 * drm_agx_device_features() - What a GPU can do.
 * @dev: Device.
 *
 * Thread-safe.
 *
 * Return: set of enum drm_asahi_feature.
 */
uint64_t drm_agx_device_features(const struct drm_agx_device *dev);

/**
 * drm_agx_device_generation() - The generation of a GPU.
 * @dev: Device.
 *
 * Thread-safe.
 *
 * Return: 13 for the M1 family, 14 for the M2 family.
 */
uint32_t drm_agx_device_generation(const struct drm_agx_device *dev);

/**
 * drm_agx_device_variant() - The size class of a GPU.
 * @dev: Device.
 *
 * Thread-safe.
 *
 * Return: an ASCII letter: 'G' for the plain ones, 'S' Pro, 'C' Max, 'D' Ultra.
 */
uint32_t drm_agx_device_variant(const struct drm_agx_device *dev);

/**
 * drm_agx_device_revision() - The stepping of a GPU.
 * @dev: Device.
 *
 * Thread-safe.
 *
 * Return: 0x00 for A0, 0x11 for B1, and so on.
 */
uint32_t drm_agx_device_revision(const struct drm_agx_device *dev);

/**
 * drm_agx_device_chip_id() - The chip that a GPU is in.
 * @dev: Device.
 *
 * Thread-safe.
 *
 * Return: the number in its name as hexadecimal digits: 0x8103 for T8103.
 */
uint32_t drm_agx_device_chip_id(const struct drm_agx_device *dev);

/**
 * drm_agx_device_num_dies() - How many dies a GPU is made of.
 * @dev: Device.
 *
 * Thread-safe.
 *
 * Return: 1, or 2.
 */
uint32_t drm_agx_device_num_dies(const struct drm_agx_device *dev);

/**
 * drm_agx_device_num_clusters() - How many clusters of cores a GPU has.
 * @dev: Device.
 *
 * Thread-safe.
 *
 * Return: clusters, all dies together.
 */
uint32_t drm_agx_device_num_clusters(const struct drm_agx_device *dev);

/**
 * drm_agx_device_cores_per_cluster() - How many cores a cluster has room for.
 * @dev: Device.
 *
 * Thread-safe.
 *
 * Return: cores, those that are not there included: see drm_agx_device_core_mask().
 */
uint32_t drm_agx_device_cores_per_cluster(const struct drm_agx_device *dev);

/**
 * drm_agx_device_max_frequency_khz() - The highest clock of a GPU.
 * @dev: Device.
 *
 * Thread-safe.
 *
 * Return: kHz.
 */
uint32_t drm_agx_device_max_frequency_khz(const struct drm_agx_device *dev);

/**
 * drm_agx_device_vm_start() - Where address spaces start.
 * @dev: Device.
 *
 * Thread-safe.
 *
 * Return: the lowest GPU address that can be mapped.
 */
uint64_t drm_agx_device_vm_start(const struct drm_agx_device *dev);

/**
 * drm_agx_device_vm_end() - Where address spaces end.
 * @dev: Device.
 *
 * Thread-safe.
 *
 * Return: the first GPU address that cannot be mapped any more.
 */
uint64_t drm_agx_device_vm_end(const struct drm_agx_device *dev);

/**
 * drm_agx_device_vm_kernel_min_size() - How much of each address space the kernel wants for itself.
 * @dev: Device.
 *
 * Thread-safe.
 *
 * Return: bytes.
 */
uint64_t drm_agx_device_vm_kernel_min_size(const struct drm_agx_device *dev);

/**
 * drm_agx_device_max_commands() - How many commands one SUBMIT takes.
 * @dev: Device.
 *
 * Thread-safe.
 *
 * Return: commands; drm_agx_queue_submit() divides what is longer.
 */
uint32_t drm_agx_device_max_commands(const struct drm_agx_device *dev);

/**
 * drm_agx_device_max_attachments() - How many attachments a command may have.
 * @dev: Device.
 *
 * Thread-safe.
 *
 * Return: attachments.
 */
uint32_t drm_agx_device_max_attachments(const struct drm_agx_device *dev);

/**
 * drm_agx_device_timestamp_frequency_hz() - The rate of the timestamps that commands write.
 * @dev: Device.
 *
 * Thread-safe.
 *
 * Return: ticks of a second.
 */
uint64_t drm_agx_device_timestamp_frequency_hz(const struct drm_agx_device *dev);

/**
 * drm_agx_device_core_mask() - Which cores of a cluster are there.
 * @dev: Device.
 * @cluster: Number of the cluster.
 *
 * Thread-safe.
 *
 * Return: a bit for each core; 0 for a cluster that is not there.
 */
uint64_t drm_agx_device_core_mask(const struct drm_agx_device *dev, unsigned int cluster);

/**
 * drm_agx_device_num_cores() - How many cores the GPU has.
 * @dev: Device.
 *
 * Thread-safe.
 *
 * Return: the cores that are present, all clusters together.
 */
unsigned int drm_agx_device_num_cores(const struct drm_agx_device *dev);

/**
 * drm_agx_device_get_time() - Read the clock of the GPU.
 * @dev: Device.
 * @ns: Receives nanoseconds, on the time base of the timestamps that commands write.
 *
 * Thread-safe.
 *
 * Return: 0; or what drm_agx_ioctl_get_time() failed with.
 */
int drm_agx_device_get_time(struct drm_agx_device *dev, uint64_t *ns);

/**
 * drm_agx_device_ticks_to_ns() - Convert a timestamp that a command wrote.
 * @dev: Device.
 * @ticks: The timestamp.
 *
 * Thread-safe.
 *
 * Return: nanoseconds, rounded down; UINT64_MAX if they do not fit.
 */
uint64_t drm_agx_device_ticks_to_ns(const struct drm_agx_device *dev, uint64_t ticks);

/*
 * Address spaces
 */

/**
 * struct drm_agx_vm - A GPU address space, with an allocator of its addresses.
 *
 * The allocator divides the device's window as Mesa does: 4 GiB for shader code and USC words,
 * whose addresses are 32 bits from drm_agx_vm_usc_base(); above it a heap for everything else; the
 * top for the kernel. Both are filled from the top. The rest is left for fixed addresses. Unless
 * told otherwise a guard page behind each allocation stays unmapped. Of a window no more is used
 * than the first 2^40 bytes: commands have no room for higher addresses.
 */
struct drm_agx_vm;

/**
 * enum drm_agx_bind_flags - Access to, and place of, memory in an address space.
 * @DRM_AGX_BIND_READ: The GPU may read.
 * @DRM_AGX_BIND_WRITE: The GPU may write.
 * @DRM_AGX_BIND_USC: Place it within 4 GiB above drm_agx_vm_usc_base().
 * @DRM_AGX_BIND_FIXED: The caller says the address. It may be any one in the device's window that
 *	is neither the kernel's nor taken.
 * @DRM_AGX_BIND_NO_GUARD: The page behind it may be used by something else.
 */
enum drm_agx_bind_flags {
	DRM_AGX_BIND_READ = 1 << 0,
	DRM_AGX_BIND_WRITE = 1 << 1,
	DRM_AGX_BIND_USC = 1 << 2,
	DRM_AGX_BIND_FIXED = 1 << 3,
	DRM_AGX_BIND_NO_GUARD = 1 << 4,
};

/**
 * drm_agx_vm_create() - Make an address space.
 * @dev: Device.
 * @out: Receives a reference, to be given up with drm_agx_vm_unref().
 *
 * Thread-safe.
 *
 * Return: 0; -ERANGE if the device's window is too small for the layout; -ENOMEM; or what
 * drm_agx_ioctl_vm_create() failed with.
 */
int drm_agx_vm_create(struct drm_agx_device *dev, struct drm_agx_vm **out);

struct drm_agx_vm *drm_agx_vm_ref(struct drm_agx_vm *vm);
void drm_agx_vm_unref(struct drm_agx_vm *vm);

/**
 * drm_agx_vm_id() - The uapi id, for use with the thin layer.
 * @vm: Address space.
 *
 * Thread-safe.
 *
 * Return: the id, valid as long as @vm.
 */
uint32_t drm_agx_vm_id(const struct drm_agx_vm *vm);

/**
 * drm_agx_vm_device() - The device of an address space.
 * @vm: Address space.
 *
 * Thread-safe.
 *
 * Return: the device, borrowed from @vm.
 */
struct drm_agx_device *drm_agx_vm_device(const struct drm_agx_vm *vm);

/**
 * drm_agx_vm_usc_base() - Where 32-bit addresses of shaders and USC words count from.
 * @vm: Address space.
 *
 * Thread-safe.
 *
 * Return: a GPU address.
 */
uint64_t drm_agx_vm_usc_base(const struct drm_agx_vm *vm);

/**
 * drm_agx_vm_alloc() - Reserve addresses, without mapping anything.
 * @vm: Address space.
 * @size: Bytes, a nonzero multiple of the page size.
 * @align: Power of two that the address is a multiple of; 0 for the page size.
 * @flags: DRM_AGX_BIND_USC, _FIXED and _NO_GUARD of enum drm_agx_bind_flags.
 * @addr: Receives the address; with DRM_AGX_BIND_FIXED says which.
 *
 * Takes time logarithmic in the number of reservations; only when the space is nearly exhausted and
 * @align is above the page size, linear. Thread-safe.
 *
 * Return: 0; -EINVAL if an argument is not as described; -ENOSPC if no room is left; -EEXIST if a
 * fixed address is taken, or not in the window; -ENOMEM.
 */
int drm_agx_vm_alloc(struct drm_agx_vm *vm, uint64_t size, uint64_t align, uint32_t flags,
		     uint64_t *addr);

/**
 * drm_agx_vm_free() - Give back addresses.
 * @vm: Address space.
 * @addr: What drm_agx_vm_alloc() returned. The caller has unmapped what he mapped there through the
 *	thin layer.
 *
 * Never fails for addresses that are reserved and where no buffer is bound. Thread-safe.
 *
 * Return: 0; -ENOENT if nothing was reserved at exactly this address; -EBUSY if a buffer is bound
 * somewhere in it, see drm_agx_bo_bind_at().
 */
int drm_agx_vm_free(struct drm_agx_vm *vm, uint64_t addr);

/*
 * Buffers
 */

/**
 * struct drm_agx_bo - A buffer object.
 *
 * There is one for each GEM handle, however often the buffer was imported. Its CPU mapping and its
 * GPU addresses live until the last reference is gone. The caller must have waited for the GPU to
 * be done with it by then.
 */
struct drm_agx_bo;

/**
 * enum drm_agx_bo_flags - Kinds of buffer.
 * @DRM_AGX_BO_WRITEBACK: Cached CPU mappings instead of write-combined ones: for memory that the
 *	CPU reads.
 */
enum drm_agx_bo_flags {
	DRM_AGX_BO_WRITEBACK = 1 << 0,
};

/**
 * drm_agx_bo_create() - Allocate a buffer that can be bound anywhere and exported.
 * @dev: Device.
 * @size: Bytes, rounded up to whole pages; not 0.
 * @flags: Set of enum drm_agx_bo_flags.
 * @out: Receives a reference, to be given up with drm_agx_bo_unref().
 *
 * The memory reads as zero. Thread-safe.
 *
 * Return: 0; -EINVAL for a bad size or flag; -ENOMEM; or what drm_agx_ioctl_gem_create() failed
 * with.
 */
int drm_agx_bo_create(struct drm_agx_device *dev, uint64_t size, uint32_t flags,
		      struct drm_agx_bo **out);

/**
 * drm_agx_bo_create_private() - Allocate a buffer for one address space only.
 * @vm: The address space; kept alive by the buffer.
 * @size: Bytes, rounded up to whole pages; not 0.
 * @flags: Set of enum drm_agx_bo_flags.
 * @out: Receives a reference, to be given up with drm_agx_bo_unref().
 *
 * Cheaper to submit with than a buffer that can be exported. The memory reads as zero. Thread-safe.
 *
 * Return: 0; -EINVAL for a bad size or flag; -ENOMEM; or what drm_agx_ioctl_gem_create() failed
 * with.
 */
int drm_agx_bo_create_private(struct drm_agx_vm *vm, uint64_t size, uint32_t flags,
			      struct drm_agx_bo **out);

/**
 * drm_agx_bo_import() - Take a dma-buf into a device.
 * @dev: Device that is to use the buffer.
 * @dmabuf_fd: dma-buf; borrowed, the caller still closes it. Its file offset ends up at 0.
 * @out: Receives a reference, to be given up with drm_agx_bo_unref().
 *
 * Importing a buffer that @dev already knows, one of its own exports included, gives the same BO
 * again. Thread-safe.
 *
 * Return: 0; -EINVAL if the size is not a multiple of the page size, or @dmabuf_fd is no dma-buf;
 * -ENOMEM; or what DRM_IOCTL_PRIME_FD_TO_HANDLE failed with. On error @out is untouched.
 */
int drm_agx_bo_import(struct drm_agx_device *dev, int dmabuf_fd, struct drm_agx_bo **out);

/**
 * drm_agx_bo_export() - Make a dma-buf of a buffer.
 * @bo: Buffer that is not private.
 * @dmabuf_fd: Receives a descriptor, close-on-exec and mappable; the caller closes it.
 *
 * Thread-safe.
 *
 * Return: 0; -EINVAL for a private buffer; -EMFILE; -ENOMEM; or what DRM_IOCTL_PRIME_HANDLE_TO_FD
 * failed with.
 */
int drm_agx_bo_export(struct drm_agx_bo *bo, int *dmabuf_fd);

struct drm_agx_bo *drm_agx_bo_ref(struct drm_agx_bo *bo);
void drm_agx_bo_unref(struct drm_agx_bo *bo);

/**
 * drm_agx_bo_handle() - The GEM handle, for use with the thin layer.
 * @bo: Buffer.
 *
 * Thread-safe.
 *
 * Return: the handle, owned by @bo: never to be closed by the caller.
 */
uint32_t drm_agx_bo_handle(const struct drm_agx_bo *bo);

/**
 * drm_agx_bo_size() - The size of a buffer.
 * @bo: Buffer.
 *
 * Thread-safe.
 *
 * Return: bytes, a multiple of the page size.
 */
uint64_t drm_agx_bo_size(const struct drm_agx_bo *bo);

/**
 * drm_agx_bo_map() - Map the whole buffer into this process.
 * @bo: Buffer.
 * @out: Receives the address, the same each time, valid as long as @bo.
 *
 * Thread-safe.
 *
 * Return: 0; or what drm_agx_gem_mmap() failed with.
 */
int drm_agx_bo_map(struct drm_agx_bo *bo, void **out);

/**
 * drm_agx_bo_bind() - Map the whole buffer into an address space.
 * @bo: Buffer.
 * @vm: Address space; kept alive while the buffer is bound in it.
 * @flags: DRM_AGX_BIND_READ, _WRITE or both, and where, of enum drm_agx_bind_flags.
 * @addr: Receives the GPU address; with DRM_AGX_BIND_FIXED says which.
 *
 * A buffer can be bound any number of times. Thread-safe.
 *
 * Return: 0; -EINVAL if @flags gives no access, or @vm is of another device, or not that of a
 * private buffer; what drm_agx_vm_alloc() or drm_agx_ioctl_vm_bind() failed with.
 */
int drm_agx_bo_bind(struct drm_agx_bo *bo, struct drm_agx_vm *vm, uint32_t flags, uint64_t *addr);

/**
 * drm_agx_bo_bind_at() - Map a part of a buffer at addresses that the caller has reserved.
 * @bo: Buffer.
 * @offset: Where in the buffer the part starts; bytes, a multiple of the page size.
 * @size: Bytes, a nonzero multiple of the page size.
 * @vm: Address space; kept alive while the buffer is bound in it.
 * @flags: DRM_AGX_BIND_READ, _WRITE or both of enum drm_agx_bind_flags.
 * @addr: GPU address, in what one call of drm_agx_vm_alloc() has reserved. A guard page is a part
 *	of that, and the caller's to leave alone.
 *
 * For an alignment that drm_agx_bo_bind() does not give, and for buffers side by side.
 * drm_agx_bo_unbind() and the last reference to the buffer unmap it again; the addresses stay
 * reserved until drm_agx_vm_free(). No two bindings overlap: what is to be replaced is unbound
 * first. What the thin layer has mapped there is not known here, and replaced. Thread-safe.
 *
 * Return: 0; -EINVAL if @flags gives no access or says more than that, the part is not within the
 * buffer, something is no multiple of the page size, or @vm is of another device, or not that of a
 * private buffer; -ENOENT if the addresses are not all of one reservation; -EEXIST if a buffer is
 * bound at one of them; -ENOMEM; or what drm_agx_ioctl_vm_bind() failed with.
 */
int drm_agx_bo_bind_at(struct drm_agx_bo *bo, uint64_t offset, uint64_t size, struct drm_agx_vm *vm,
		       uint32_t flags, uint64_t addr);

/**
 * drm_agx_bo_unbind() - Undo one drm_agx_bo_bind() or drm_agx_bo_bind_at() before the buffer goes.
 * @bo: Buffer.
 * @vm: Address space.
 * @addr: What drm_agx_bo_bind() returned, or drm_agx_bo_bind_at() was given.
 *
 * Thread-safe.
 *
 * Return: 0; -ENOENT if the buffer is not bound there; or what drm_agx_ioctl_vm_bind() failed with,
 * the buffer is then still bound.
 */
int drm_agx_bo_unbind(struct drm_agx_bo *bo, struct drm_agx_vm *vm, uint64_t addr);

/*
 * Caches of buffers
 */

/**
 * struct drm_agx_bo_cache - Private buffers of an address space that are used again.
 *
 * To allocate, bind and map a buffer takes system calls, and its memory is cleared. A buffer from a
 * cache goes back when its last reference goes, and the next one who asks for its kind gets it as
 * it is: bound, mapped for the CPU if it was, and with what was last in it. One that has been
 * unbound from where it came bound does not go back. What nobody has taken for a second is freed
 * when another buffer comes back.
 *
 * As with any buffer, the GPU has to be done with it when the last reference goes.
 */
struct drm_agx_bo_cache;

/**
 * drm_agx_bo_cache_create() - Make an empty cache.
 * @vm: Address space; kept alive by the cache and its buffers.
 * @limit: Most bytes that lie idle in it; UINT64_MAX for any number.
 * @out: Receives a reference, to be given up with drm_agx_bo_cache_unref(). Buffers in use keep the
 *	cache alive; idle ones do not.
 *
 * Thread-safe.
 *
 * Return: 0; -ENOMEM.
 */
int drm_agx_bo_cache_create(struct drm_agx_vm *vm, uint64_t limit, struct drm_agx_bo_cache **out);

struct drm_agx_bo_cache *drm_agx_bo_cache_ref(struct drm_agx_bo_cache *cache);
void drm_agx_bo_cache_unref(struct drm_agx_bo_cache *cache);

/**
 * drm_agx_bo_cache_alloc() - Take a buffer that is bound, or make one.
 * @cache: Cache.
 * @size: Bytes, rounded up to whole pages; not 0. The buffer may be larger than that, by a quarter
 *	at most; drm_agx_bo_size() tells.
 * @flags: Set of enum drm_agx_bo_flags.
 * @bind_flags: As for drm_agx_bo_bind(), without DRM_AGX_BIND_FIXED.
 * @out: Receives a reference, to be given up with drm_agx_bo_unref().
 * @addr: Receives the GPU address.
 *
 * The memory is not cleared. Buffers of more than 128 MiB are made and freed each time. If there is
 * no memory or no room, idle buffers are freed and it is tried once more. Thread-safe.
 *
 * Return: 0; -EINVAL for a bad size or flag; or what drm_agx_bo_create_private() or
 * drm_agx_bo_bind() failed with.
 */
int drm_agx_bo_cache_alloc(struct drm_agx_bo_cache *cache, uint64_t size, uint32_t flags,
			   uint32_t bind_flags, struct drm_agx_bo **out, uint64_t *addr);

/**
 * drm_agx_bo_cache_trim() - Free idle buffers.
 * @cache: Cache.
 * @max_idle_ns: Those that have been idle for that many nanoseconds; 0 for all.
 *
 * Thread-safe.
 */
void drm_agx_bo_cache_trim(struct drm_agx_bo_cache *cache, uint64_t max_idle_ns);

/*
 * Syncs
 */

/**
 * struct drm_agx_sync - A syncobj: what work waits for and signals.
 *
 * A binary one has one fence at a time. A timeline has one for each point, a number that only
 * grows. Where a function takes a point, 0 means the fence of a binary sync.
 */
struct drm_agx_sync;

/**
 * enum drm_agx_sync_flags - Kinds of sync.
 * @DRM_AGX_SYNC_SIGNALED: Created signaled; binary only.
 * @DRM_AGX_SYNC_TIMELINE: A timeline.
 */
enum drm_agx_sync_flags {
	DRM_AGX_SYNC_SIGNALED = 1 << 0,
	DRM_AGX_SYNC_TIMELINE = 1 << 1,
};

/**
 * drm_agx_sync_create() - Make a sync.
 * @dev: Device.
 * @flags: Set of enum drm_agx_sync_flags.
 * @out: Receives a reference, to be given up with drm_agx_sync_unref().
 *
 * Thread-safe.
 *
 * Return: 0; -EINVAL for bad flags; -ENOMEM; or what DRM_IOCTL_SYNCOBJ_CREATE failed with.
 */
int drm_agx_sync_create(struct drm_agx_device *dev, uint32_t flags, struct drm_agx_sync **out);

struct drm_agx_sync *drm_agx_sync_ref(struct drm_agx_sync *sync);
void drm_agx_sync_unref(struct drm_agx_sync *sync);

/**
 * drm_agx_sync_handle() - The syncobj handle, for use with the thin layer and libdrm.
 * @sync: Sync.
 *
 * Thread-safe.
 *
 * Return: the handle, owned by @sync.
 */
uint32_t drm_agx_sync_handle(const struct drm_agx_sync *sync);

/**
 * drm_agx_deadline() - A time from now, as drm_agx_sync_wait() takes it.
 * @ns: Nanoseconds from now; INT64_MAX for never.
 *
 * Thread-safe.
 *
 * Return: nanoseconds of CLOCK_MONOTONIC, at most INT64_MAX.
 */
int64_t drm_agx_deadline(int64_t ns);

/**
 * drm_agx_sync_wait() - Wait until a fence has signaled.
 * @sync: Sync.
 * @point: Point of a timeline, or 0.
 * @deadline: Nanoseconds of CLOCK_MONOTONIC, see drm_agx_deadline(); 0 only looks.
 *
 * Waits also for work that is not submitted yet. A fence signals when its work has ended, be it
 * with an error: drm_agx_sync_status() tells. Thread-safe.
 *
 * Return: 0; -ETIME if the deadline came first; -EINVAL for a point that is not of this kind of
 * sync; or what DRM_IOCTL_SYNCOBJ_WAIT failed with.
 */
int drm_agx_sync_wait(struct drm_agx_sync *sync, uint64_t point, int64_t deadline);

/**
 * enum drm_agx_wait_flags - How to wait for several fences.
 * @DRM_AGX_WAIT_ALL: Until all have signaled, instead of until one has.
 */
enum drm_agx_wait_flags {
	DRM_AGX_WAIT_ALL = 1 << 0,
};

/**
 * drm_agx_sync_wait_many() - Wait until one of several fences has signaled, or all.
 * @syncs: Syncs of one device, of either kind.
 * @points: A point for each, 0 for a binary one; NULL if all are binary.
 * @count: How many, not 0.
 * @flags: Set of enum drm_agx_wait_flags.
 * @deadline: As for drm_agx_sync_wait().
 * @first: Receives the index of one that has signaled, unless DRM_AGX_WAIT_ALL is set; may be NULL.
 *
 * Waits also for work that is not submitted yet. Thread-safe.
 *
 * Return: 0; -ETIME if the deadline came first; -EINVAL if @count is 0, a flag unknown, a sync of
 * another device or a point not of its kind of sync; -ENOMEM; or what
 * DRM_IOCTL_SYNCOBJ_TIMELINE_WAIT failed with.
 */
int drm_agx_sync_wait_many(struct drm_agx_sync *const *syncs, const uint64_t *points,
			   uint32_t count, uint32_t flags, int64_t deadline, uint32_t *first);

/**
 * drm_agx_sync_status() - Ask how the work behind a fence ended.
 * @sync: Sync.
 * @point: Point of a timeline, or 0.
 * @status: Receives 1 if it ended well, 0 if it goes on, a negative errno if it ended with an
 *	error: -EIO for a GPU fault, -ETIMEDOUT for work that took too long, -ECANCELED if its queue
 *	went.
 *
 * Thread-safe.
 *
 * Return: 0; -EINVAL if there is no fence yet, or the point is not of this kind of sync; -EMFILE;
 * -ENOMEM.
 */
int drm_agx_sync_status(struct drm_agx_sync *sync, uint64_t point, int *status);

/**
 * drm_agx_sync_query() - Ask how far a timeline has come.
 * @sync: Timeline.
 * @point: Receives the last point that has signaled.
 *
 * Thread-safe.
 *
 * Return: 0; -EINVAL for a binary sync; or what DRM_IOCTL_SYNCOBJ_QUERY failed with.
 */
int drm_agx_sync_query(struct drm_agx_sync *sync, uint64_t *point);

/**
 * drm_agx_sync_signal() - Signal from the CPU.
 * @sync: Sync.
 * @point: Point of a timeline, or 0.
 *
 * Thread-safe.
 *
 * Return: 0; -EINVAL for a point that is not of this kind of sync; or what
 * DRM_IOCTL_SYNCOBJ_SIGNAL failed with.
 */
int drm_agx_sync_signal(struct drm_agx_sync *sync, uint64_t point);

/**
 * drm_agx_sync_reset() - Drop the fence of a binary sync.
 * @sync: Sync.
 *
 * Thread-safe.
 *
 * Return: 0; -EINVAL for a timeline; or what DRM_IOCTL_SYNCOBJ_RESET failed with.
 */
int drm_agx_sync_reset(struct drm_agx_sync *sync);

/**
 * drm_agx_sync_export_file() - Make a sync_file of a fence.
 * @sync: Sync.
 * @point: Point of a timeline, or 0.
 * @out: Receives a descriptor that the caller closes.
 *
 * The descriptor can be given to poll(), which finds it readable when the fence has signaled, and
 * to other processes and devices. Thread-safe.
 *
 * Return: 0; -EINVAL if there is no fence yet, or the point is not of this kind of sync; -EMFILE;
 * -ENOMEM.
 */
int drm_agx_sync_export_file(struct drm_agx_sync *sync, uint64_t point, int *out);

/**
 * drm_agx_sync_import_file() - Take the fence of a sync_file.
 * @sync: Sync.
 * @point: Point of a timeline, or 0.
 * @sync_file_fd: sync_file; borrowed.
 *
 * Thread-safe.
 *
 * Return: 0; -EINVAL if @sync_file_fd is no sync_file, or the point is not of this kind of sync;
 * -ENOMEM.
 */
int drm_agx_sync_import_file(struct drm_agx_sync *sync, uint64_t point, int sync_file_fd);

/*
 * Timestamps
 */

/**
 * struct drm_agx_timestamps - Memory that commands write their timestamps to.
 */
struct drm_agx_timestamps;

/**
 * drm_agx_timestamps_create() - Make room for timestamps.
 * @dev: Device.
 * @count: How many, not 0.
 * @out: Receives a reference, to be given up with drm_agx_timestamps_unref().
 *
 * Thread-safe.
 *
 * Return: 0; -EINVAL for a bad count; -ENOMEM; or what drm_agx_bo_create() or
 * drm_agx_ioctl_gem_bind_object() failed with.
 */
int drm_agx_timestamps_create(struct drm_agx_device *dev, uint32_t count,
			      struct drm_agx_timestamps **out);

struct drm_agx_timestamps *drm_agx_timestamps_ref(struct drm_agx_timestamps *ts);
void drm_agx_timestamps_unref(struct drm_agx_timestamps *ts);

/**
 * drm_agx_timestamps_slot() - Say in a command where a timestamp goes.
 * @ts: Timestamps; to be kept until the command has ended.
 * @index: Which one, below the count.
 * @out: Filled in: a field of struct drm_asahi_cmd_compute or struct drm_asahi_cmd_render.
 *
 * Thread-safe.
 *
 * Return: 0; -EINVAL for a bad index.
 */
int drm_agx_timestamps_slot(const struct drm_agx_timestamps *ts, uint32_t index,
			    struct drm_asahi_timestamp *out);

/**
 * drm_agx_timestamps_read() - Read a timestamp.
 * @ts: Timestamps.
 * @index: Which one, below the count.
 * @ticks: Receives it, in ticks of the device; 0 if none was written since the start.
 *
 * Thread-safe.
 *
 * Return: 0; -EINVAL for a bad index.
 */
int drm_agx_timestamps_read(const struct drm_agx_timestamps *ts, uint32_t index, uint64_t *ticks);

/*
 * Shaders and compute streams
 */

/**
 * struct drm_agx_shader - Shader code in an address space.
 */
struct drm_agx_shader;

/**
 * struct drm_agx_shader_info - What a shader is. Zero what you do not set.
 */
struct drm_agx_shader_info {
	/** @struct_size: sizeof(struct drm_agx_shader_info). */
	size_t struct_size;

	/** @code: AGX machine code; copied. It ends in a stop instruction. */
	const void *code;

	/** @code_size: Bytes, a multiple of 2. */
	size_t code_size;

	/** @preshader: Code that runs once before each launch, to set uniforms; or NULL. Copied. */
	const void *preshader;

	/** @preshader_size: Bytes, a multiple of 2. */
	size_t preshader_size;

	/** @num_registers: 16-bit registers it needs, 1 to 256. */
	uint32_t num_registers;

	/**
	 * @num_uniforms: 16-bit uniforms it reads, up to 512, if they are more than a launch
	 * passes: those that the preshader writes.
	 */
	uint32_t num_uniforms;

	/** @shared_size: Bytes of memory that a threadgroup shares, up to 65536. */
	uint32_t shared_size;

	/** @preshader_registers: 16-bit registers that the preshader needs, up to 256; 0 for 16. */
	uint32_t preshader_registers;
};

/**
 * drm_agx_shader_create() - Upload a shader.
 * @vm: Address space.
 * @info: The shader.
 * @out: Receives a reference, to be given up with drm_agx_shader_unref().
 *
 * Thread-safe.
 *
 * Return: 0; -EINVAL if a field of @info is out of range; -E2BIG if @info sets what this version of
 * the library does not know; -ENOMEM; or what
 * drm_agx_bo_create_private(), drm_agx_bo_map() or drm_agx_bo_bind() failed with.
 */
int drm_agx_shader_create(struct drm_agx_vm *vm, const struct drm_agx_shader_info *info,
			  struct drm_agx_shader **out);

struct drm_agx_shader *drm_agx_shader_ref(struct drm_agx_shader *shader);
void drm_agx_shader_unref(struct drm_agx_shader *shader);

/**
 * drm_agx_shader_addr() - Where the code of a shader is.
 * @shader: Shader.
 *
 * Thread-safe.
 *
 * Return: the GPU address.
 */
uint64_t drm_agx_shader_addr(const struct drm_agx_shader *shader);

/**
 * struct drm_agx_compute - A stream of compute launches, in GPU memory.
 *
 * Each launch starts when the one before it has ended, and sees what it wrote. The stream can be
 * submitted any number of times, and has to live until that work has ended.
 */
struct drm_agx_compute;

/**
 * struct drm_agx_launch - One launch. Zero what you do not set.
 */
struct drm_agx_launch {
	/** @struct_size: sizeof(struct drm_agx_launch). */
	size_t struct_size;

	/** @shader: What to run; borrowed, to be kept until the work has ended. */
	const struct drm_agx_shader *shader;

	/**
	 * @uniforms: What the shader finds in its first uniforms; copied. May be NULL if
	 * @uniforms_size is 0.
	 */
	const void *uniforms;

	/** @uniforms_size: Bytes, a multiple of 4, up to 1024. */
	size_t uniforms_size;

	/**
	 * @indirect: GPU address of three 32-bit numbers of threadgroups, read when the launch
	 * starts, a multiple of 4; @global is then not used. 0 for none.
	 */
	uint64_t indirect;

	/** @global: Threads in X, Y and Z, whole threadgroups or not. None may be 0. */
	uint32_t global[3];

	/** @local: Threads of a threadgroup in X, Y and Z. None may be 0. */
	uint32_t local[3];
};

/**
 * drm_agx_compute_create() - Start an empty stream.
 * @vm: Address space.
 * @out: Receives the stream, to be given up with drm_agx_compute_destroy().
 *
 * Thread-safe.
 *
 * Return: 0; -ENOMEM.
 */
int drm_agx_compute_create(struct drm_agx_vm *vm, struct drm_agx_compute **out);

/**
 * drm_agx_compute_destroy() - Free a stream and its memory.
 * @compute: Stream that no running work uses, or NULL.
 *
 * Not thread-safe.
 */
void drm_agx_compute_destroy(struct drm_agx_compute *compute);

/**
 * drm_agx_compute_launch() - Append a launch.
 * @compute: Stream that has not been ended.
 * @launch: The launch.
 *
 * Not thread-safe.
 *
 * Return: 0; -EINVAL if the stream is ended, the shader of another address space or a field of
 * @launch out of range; -E2BIG if @launch sets what this version of the library does not know;
 * -ENOMEM; or what drm_agx_bo_create_private(), drm_agx_bo_map() or
 * drm_agx_bo_bind() failed with. On error the stream is as it was.
 */
int drm_agx_compute_launch(struct drm_agx_compute *compute, const struct drm_agx_launch *launch);

/**
 * drm_agx_compute_end() - End a stream, and make a command of it.
 * @compute: Stream. Ending it again gives the same command.
 * @cmd: Receives the command, without timestamps, samplers or helper program: add those that are
 *	wanted, then give it to drm_agx_submit_add_compute().
 * @size: sizeof(*cmd).
 *
 * Not thread-safe.
 *
 * Return: 0; -EINVAL if there is no launch in it, or @size is too small for where the stream is.
 */
int drm_agx_compute_end(struct drm_agx_compute *compute, struct drm_asahi_cmd_compute *cmd,
			size_t size);

/*
 * Queues and submits
 */

/**
 * struct drm_agx_queue - Where work is handed to the GPU.
 *
 * When the last reference goes, work that is not done is canceled.
 */
struct drm_agx_queue;

/**
 * drm_agx_queue_create() - Make a queue.
 * @vm: Address space in which its work runs; kept alive by the queue.
 * @priority: One of enum drm_asahi_priority.
 * @out: Receives a reference, to be given up with drm_agx_queue_unref().
 *
 * Thread-safe.
 *
 * Return: 0; -ENOMEM; or what drm_agx_ioctl_queue_create() failed with.
 */
int drm_agx_queue_create(struct drm_agx_vm *vm, uint32_t priority, struct drm_agx_queue **out);

struct drm_agx_queue *drm_agx_queue_ref(struct drm_agx_queue *queue);
void drm_agx_queue_unref(struct drm_agx_queue *queue);

/**
 * drm_agx_queue_id() - The uapi id, for use with the thin layer.
 * @queue: Queue.
 *
 * Thread-safe.
 *
 * Return: the id, valid as long as @queue.
 */
uint32_t drm_agx_queue_id(const struct drm_agx_queue *queue);

/**
 * drm_agx_queue_vm() - The address space of a queue.
 * @queue: Queue.
 *
 * Thread-safe.
 *
 * Return: the address space, borrowed from @queue.
 */
struct drm_agx_vm *drm_agx_queue_vm(const struct drm_agx_queue *queue);

/**
 * struct drm_agx_submit - Commands and syncs, to be handed to a queue in one piece.
 *
 * Lives in this process's memory only; it can be changed or destroyed as soon as
 * drm_agx_queue_submit() has returned.
 */
struct drm_agx_submit;

/* A barrier that waits for nothing; the value of DRM_ASAHI_BARRIER_NONE. */
#define DRM_AGX_BARRIER_NONE 0xffff

/**
 * enum drm_agx_stage - Shaders that attachments are for.
 * @DRM_AGX_STAGE_VERTEX: Vertex shaders.
 * @DRM_AGX_STAGE_FRAGMENT: Fragment shaders.
 * @DRM_AGX_STAGE_COMPUTE: Compute shaders.
 */
enum drm_agx_stage {
	DRM_AGX_STAGE_VERTEX,
	DRM_AGX_STAGE_FRAGMENT,
	DRM_AGX_STAGE_COMPUTE,
};

/**
 * drm_agx_submit_create() - Start an empty submit.
 * @out: Receives it, to be given up with drm_agx_submit_destroy().
 *
 * Thread-safe.
 *
 * Return: 0; -ENOMEM.
 */
int drm_agx_submit_create(struct drm_agx_submit **out);

/**
 * drm_agx_submit_destroy() - Free a submit.
 * @submit: Submit, or NULL.
 *
 * Not thread-safe.
 */
void drm_agx_submit_destroy(struct drm_agx_submit *submit);

/**
 * drm_agx_submit_reset() - Make a submit empty again, keeping its memory.
 * @submit: Submit.
 *
 * Not thread-safe.
 */
void drm_agx_submit_reset(struct drm_agx_submit *submit);

/**
 * drm_agx_submit_add_compute() - Append a compute command.
 * @submit: Submit.
 * @cmd: Command; copied.
 * @size: sizeof(*cmd). The kernel takes what it lacks for zero.
 * @vdm_barrier: What to wait for in the queue's render stream: 0 for all that was submitted
 *	before, N for the Nth render command of this submit, or DRM_AGX_BARRIER_NONE.
 * @cdm_barrier: The same for the compute stream.
 *
 * Not thread-safe.
 *
 * Return: 0; -EINVAL for a barrier on a command that is not in the submit yet, or a @size of 0;
 * -E2BIG if the command, or the submit with it, is larger than the uapi can say; -ENOMEM. On error
 * the submit is as it was.
 */
int drm_agx_submit_add_compute(struct drm_agx_submit *submit,
			       const struct drm_asahi_cmd_compute *cmd, size_t size,
			       uint16_t vdm_barrier, uint16_t cdm_barrier);

/**
 * drm_agx_submit_add_render() - Append a render command.
 * @submit: Submit.
 * @cmd: Command; copied.
 * @size: sizeof(*cmd). The kernel takes what it lacks for zero.
 * @vdm_barrier: See drm_agx_submit_add_compute().
 * @cdm_barrier: See drm_agx_submit_add_compute().
 *
 * Not thread-safe.
 *
 * Return: as drm_agx_submit_add_compute().
 */
int drm_agx_submit_add_render(struct drm_agx_submit *submit, const struct drm_asahi_cmd_render *cmd,
			      size_t size, uint16_t vdm_barrier, uint16_t cdm_barrier);

/**
 * drm_agx_submit_add_attachments() - Set the attachments of the commands that follow.
 * @submit: Submit.
 * @stage: For which shaders.
 * @attachments: The attachments; copied.
 * @count: How many; they replace those set before.
 *
 * Not thread-safe.
 *
 * Return: 0; -EINVAL for a bad stage; -E2BIG if there are too many for one command; -ENOMEM. On
 * error the submit is as it was.
 */
int drm_agx_submit_add_attachments(struct drm_agx_submit *submit, enum drm_agx_stage stage,
				   const struct drm_asahi_attachment *attachments, uint32_t count);

/**
 * drm_agx_submit_add_wait() - Let the work start only when a fence has signaled.
 * @submit: Submit.
 * @sync: Sync; the submit takes a reference until it is reset or destroyed.
 * @point: Point of a timeline, or 0.
 *
 * The fence must be there when the submit is handed to a queue. Not thread-safe.
 *
 * Return: 0; -EINVAL for a point that is not of this kind of sync; -ENOMEM.
 */
int drm_agx_submit_add_wait(struct drm_agx_submit *submit, struct drm_agx_sync *sync,
			    uint64_t point);

/**
 * drm_agx_submit_add_signal() - Put a fence of the work into a sync.
 * @submit: Submit.
 * @sync: Sync; the submit takes a reference until it is reset or destroyed.
 * @point: Point of a timeline, above those it has; or 0.
 *
 * Not thread-safe.
 *
 * Return: 0; -EINVAL for a point that is not of this kind of sync; -ENOMEM.
 */
int drm_agx_submit_add_signal(struct drm_agx_submit *submit, struct drm_agx_sync *sync,
			      uint64_t point);

/**
 * drm_agx_queue_submit() - Hand a submit to a queue.
 * @queue: Queue.
 * @submit: Submit, as it is at the moment; left as it is. It has at least one command: the kernel
 *	ties no fences to others without work.
 *
 * More commands than drm_agx_device_max_commands() go to the kernel in pieces. Each waits for the
 * syncs to wait for; the last waits for those before it, and alone signals: a sync then does not
 * tell of an error in an earlier one, as no fence has the errors of others. Whoever has to know
 * submits no more than that at once, with a sync for each.
 *
 * If a piece cannot be submitted none goes after it, and no sync changes. Those before it have
 * been submitted, with no sync to wait for them by, so this function waits itself until they are
 * over: as long as that takes, which for work that hangs is until the kernel ends it. Then nothing
 * of @submit runs any more, and what it uses may be changed or freed.
 *
 * Attachments mean what they mean in one piece. A barrier waits for all that it waits for in one
 * piece, and in the pieces after the first for more: with 0, or with the number of a command of an
 * earlier piece, for all that the earlier pieces have of that stream. The first command of the
 * last piece waits for all that was submitted before it of both streams, even with
 * DRM_AGX_BARRIER_NONE. So that command, and those of its stream behind it, run beside nothing of
 * the earlier pieces; those of the other stream in the last piece do if their own barriers let
 * them, and between the pieces before nothing is held back that says NONE.
 *
 * Thread-safe as regards @queue.
 *
 * Return: 0; -EINVAL if there is no command in the submit, or a sync is of another device than the
 * queue, even one of the same GPU; -ENOMEM; what drm_agx_sync_create() failed with, for a submit in
 * pieces; or what drm_agx_ioctl_submit() failed with. On error nothing runs, or has run but earlier
 * pieces, and no sync changes.
 */
int drm_agx_queue_submit(struct drm_agx_queue *queue, const struct drm_agx_submit *submit);

#if defined(__cplusplus)
}
#endif

#endif /* DRM_AGX_H */
