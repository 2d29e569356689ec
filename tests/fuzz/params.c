// SPDX-License-Identifier: MIT
/*
 * Fuzz target: what the kernel says of a GPU, and address spaces made after it. Whatever it is, a
 * device has a name, a clock that does not run backwards, and either no address space at all or one
 * whose addresses can be used.
 *
 * The input: the window, then the constants, then allocations.
 */
#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include <asahi_drm.h>
#include <drm_agx.h>

#include "fake.h"
#include "fuzz.h"

#define MAX_LIVE 32
#define USC_SIZE (UINT64_C(1) << 32)
#define ADDRESS_LIMIT (UINT64_C(1) << 40)

struct range {
	uint64_t addr;
	uint64_t size;
};

static void make_params(struct fuzz_input *input, struct drm_asahi_params_global *params)
{
	uint64_t start = fuzz_magnitude(input);
	uint64_t end = fuzz_magnitude(input);
	uint64_t kernel = fuzz_magnitude(input);
	size_t unknown = fuzz_number(input, 1) % 17;

	fuzz_bytes(input, params, sizeof(*params));
	params->vm_start = start;
	params->vm_end = end;
	params->vm_kernel_min_size = kernel;
	/* An older kernel lacks what is at the end, but not the window. */
	fake_set_params(params, sizeof(*params) - unknown);
}

static void check_device(struct fuzz_input *input, const struct drm_agx_device *dev)
{
	uint64_t a = fuzz_magnitude(input), b = fuzz_magnitude(input);
	uint64_t a_ns = drm_agx_device_ticks_to_ns(dev, a);
	uint64_t b_ns = drm_agx_device_ticks_to_ns(dev, b);
	const char *name = drm_agx_device_name(dev);
	uint64_t cores = 0;
	unsigned int i;

	fuzz_check(strlen(name) >= strlen("Apple M"));
	for (i = 0; name[i]; i++)
		fuzz_check(name[i] >= ' ' && name[i] < 0x7f);

	fuzz_check(a > b ? a_ns >= b_ns : a_ns <= b_ns);

	for (i = 0; i < DRM_ASAHI_MAX_CLUSTERS; i++)
		cores += __builtin_popcountll(drm_agx_device_core_mask(dev, i));
	fuzz_check(drm_agx_device_num_cores(dev) == cores);
	fuzz_check(drm_agx_device_core_mask(dev, DRM_ASAHI_MAX_CLUSTERS + (a & 0xffff)) == 0);
}

/* That the range, which was free by our account, can be where it is. */
static void check_range(const struct drm_agx_vm *vm, const struct range *live, unsigned int num,
			const struct range *range, uint32_t flags)
{
	const struct drm_agx_device *dev = drm_agx_vm_device(vm);
	uint64_t base = drm_agx_vm_usc_base(vm);
	uint64_t end = range->addr + range->size;
	unsigned int i;

	fuzz_check(end > range->addr);
	fuzz_check(end <= ADDRESS_LIMIT);
	fuzz_check(range->addr >= drm_agx_device_vm_start(dev));
	fuzz_check(end <= drm_agx_device_vm_end(dev) - drm_agx_device_vm_kernel_min_size(dev));
	if (flags & DRM_AGX_BIND_USC)
		fuzz_check(range->addr >= base && end <= base + USC_SIZE);
	for (i = 0; i < num; i++)
		fuzz_check(end <= live[i].addr || range->addr >= live[i].addr + live[i].size);
}

static bool is_live(const struct range *live, unsigned int num, uint64_t addr)
{
	unsigned int i;

	for (i = 0; i < num; i++)
		if (live[i].addr == addr)
			return true;
	return false;
}

static void use_vm(struct fuzz_input *input, struct drm_agx_vm *vm)
{
	struct range live[MAX_LIVE], range;
	unsigned int num = 0, which;
	uint64_t addr, align;
	uint32_t flags;
	int ret;

	while (input->size) {
		which = fuzz_number(input, 1);
		if (num == MAX_LIVE || (num && which % 3 == 0)) {
			which %= num;
			fuzz_check(drm_agx_vm_free(vm, live[which].addr) == 0);
			fuzz_check(drm_agx_vm_free(vm, live[which].addr) == -ENOENT);
			live[which] = live[--num];
			continue;
		}
		if (which == 0xff) {
			addr = fuzz_magnitude(input);
			if (!is_live(live, num, addr))
				fuzz_check(drm_agx_vm_free(vm, addr) == -ENOENT);
			continue;
		}

		/* Mostly what makes sense, and a flag too many now and then. */
		flags = fuzz_number(input, 1);
		if (flags % 8)
			flags &= DRM_AGX_BIND_USC | DRM_AGX_BIND_FIXED | DRM_AGX_BIND_NO_GUARD;
		range.size = fuzz_magnitude(input);
		align = fuzz_number(input, 1) % 4 ? 0 : fuzz_magnitude(input);
		range.addr = fuzz_magnitude(input);
		if (which % 4) {
			range.size = (1 + range.size % 64) * DRM_AGX_PAGE_SIZE;
			range.addr &= -(uint64_t)DRM_AGX_PAGE_SIZE;
		}

		ret = drm_agx_vm_alloc(vm, range.size, align, flags, &range.addr);
		if (ret) {
			fuzz_check(ret == -EINVAL || ret == -ENOSPC || ret == -EEXIST);
			fuzz_check(errno == -ret);
			continue;
		}
		fuzz_check(range.addr % (align ? align : DRM_AGX_PAGE_SIZE) == 0);
		if (!(flags & DRM_AGX_BIND_NO_GUARD))
			range.size += DRM_AGX_PAGE_SIZE;
		check_range(vm, live, num, &range, flags);
		live[num++] = range;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input input = { data, size };
	struct drm_asahi_params_global params;
	struct drm_agx_device *dev;
	struct drm_agx_vm *vm;
	int fd = fake_open();
	int ret;

	make_params(&input, &params);
	fuzz_check(drm_agx_device_create(fd, DRM_AGX_FD_OWN, &dev) == 0);
	check_device(&input, dev);

	/* The device answers -EINVAL if it is asked for a range that is not its kernel's. */
	ret = drm_agx_vm_create(dev, &vm);
	fuzz_check(ret == 0 || ret == -ERANGE);
	if (!ret) {
		use_vm(&input, vm);
		drm_agx_vm_unref(vm);
	}
	drm_agx_device_unref(dev);
	fuzz_check(fake_count().vms == 0);
	return 0;
}
