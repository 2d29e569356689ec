// SPDX-License-Identifier: GPL-2.0 OR MIT

#include <drm/drm_exec.h>
#include <drm/drm_gpuvm.h>
#include <drm/drm_print.h>

#include <linux/jiffies.h>
#include <linux/mutex.h>

#include "agx_device.h"
#include "gem.h"
#include "kernel_bo.h"
#include "params.h"
#include "pgtable.h"
#include "trace.h"
#include "vm.h"
#include "vm_priv.h"

const size_t agx_vm_size = sizeof(struct agx_vm);

static void vm_free(struct drm_gpuvm *gpuvm)
{
	struct agx_vm *vm = to_agx_vm(gpuvm);
	struct agx_device *agx = vm->agx;

	drm_mm_takedown(&vm->kernel_mm);
	mutex_destroy(&vm->lock);
	trace_agx_vm_free(vm->id);
	agx_free(agx, AGX_TYPE_VM, vm);
}

static const struct drm_gpuvm_ops agx_vm_ops = {
	.vm_free = vm_free,
	.vm_bo_alloc = agx_vm_bo_alloc,
	.vm_bo_free = agx_vm_bo_free,
	.sm_step_map = agx_vm_step_map,
	.sm_step_remap = agx_vm_step_remap,
	.sm_step_unmap = agx_vm_step_unmap,
};

/**
 * agx_vm_create() - Make an empty address space.
 * @agx: device.
 * @kernel: addresses in which userspace maps nothing.
 * @ref: receives the first open reference.
 *
 * Return: 0; -ENOMEM; -EINTR if the caller is being killed.
 */
int agx_vm_create(struct agx_device *agx, const struct agx_va_range *kernel,
		  struct agx_vm_openref *ref)
{
	struct drm_gem_object *root;
	struct agx_kernel_bo *guard;
	struct agx_vm *vm;

	vm = agx_alloc(agx, AGX_TYPE_VM);
	if (!vm)
		return -ENOMEM;

	vm->pgtable = agx_pgtable_create(agx->drm.dev);
	if (!vm->pgtable)
		goto err_free;

	root = drm_gpuvm_resv_object_alloc(&agx->drm);
	if (!root)
		goto err_pgtable;

	/*
	 * Not RESV_PROTECTED: the teardown takes one lock at a time, since drm_exec allocates. And
	 * no reserved node: gpuvm would refuse to work across it.
	 */
	drm_gpuvm_init(&vm->gpuvm, "agx", 0, &agx->drm, root, 0, 1ULL << AGX_UAT_VA_BITS, 0, 0,
		       &agx_vm_ops);
	drm_gem_object_put(root);

	vm->agx = agx;
	refcount_set(&vm->opens, 1);
	mutex_init(&vm->lock);
	agx_context_init(&vm->context, agx_pgtable_root(vm->pgtable));
	vm->kernel = *kernel;
	drm_mm_init(&vm->kernel_mm, kernel->start, kernel->end - kernel->start);
	INIT_LIST_HEAD(&vm->kernel_bos);
	vm->bos = RB_ROOT;
	INIT_LIST_HEAD(&vm->evicted);
	vm->used = jiffies;
	vm->id = atomic64_inc_return(&agx->next_id);
	vm->context.id = vm->id;
	ref->vm = vm;
	trace_agx_vm_create(vm->id, kernel->start, kernel->end);

	guard = agx_kernel_bo_create(vm, "guard", AGX_VM_END, AGX_GPU_PAGE_SIZE);
	if (IS_ERR(guard)) {
		agx_vm_close(ref);
		return PTR_ERR(guard);
	}
	vm->guard = guard;
	return 0;

err_pgtable:
	agx_pgtable_destroy(vm->pgtable);
err_free:
	agx_free(agx, AGX_TYPE_VM, vm);
	return -ENOMEM;
}

/**
 * agx_vm_get() - Take a reference to a VM's memory.
 * @vm: VM.
 *
 * Return: @vm.
 */
struct agx_vm *agx_vm_get(struct agx_vm *vm)
{
	drm_gpuvm_get(&vm->gpuvm);
	return vm;
}

/**
 * agx_vm_put() - Give up a reference to a VM's memory.
 * @vm: VM, closed if this is the last reference.
 */
void agx_vm_put(struct agx_vm *vm)
{
	might_sleep();
	drm_gpuvm_put(&vm->gpuvm);
}

/**
 * agx_vm_open() - Hold a VM open.
 * @vm: VM that the caller holds.
 * @ref: receives the open reference.
 *
 * Return: 0, or -ENOENT if it has been closed.
 */
int agx_vm_open(struct agx_vm *vm, struct agx_vm_openref *ref)
{
	if (!refcount_inc_not_zero(&vm->opens))
		return -ENOENT;

	trace_agx_vm_open(vm->id, refcount_read(&vm->opens) - 1);
	ref->vm = agx_vm_get(vm);
	return 0;
}

/* Remove every mapping. Neither allocates nor fails, and no job runs in the VM. */
static void vm_teardown(struct agx_vm *vm)
{
	struct agx_vm_update update;
	struct drm_gpuva *va, *next;

	agx_kernel_bo_destroy(vm->guard);
	vm->guard = NULL;

	agx_vm_update_begin(&update, vm, false);
	vm->closed = true;
	WARN_ON_ONCE(!list_empty(&vm->kernel_bos));

	/* Cut and flushed first: after this nothing is reachable, and nothing more is stale. */
	agx_context_release(vm->agx, &vm->context);

	drm_gpuvm_for_each_va_safe(va, next, &vm->gpuvm)
		agx_vm_remove_mapping(&update, to_agx_mapping(va));
	agx_pgtable_destroy(vm->pgtable);
	vm->pgtable = NULL;
	agx_vm_update_end(&update);
	trace_agx_vm_close(vm->id);
}

/**
 * agx_vm_close() - Give up an open reference.
 * @ref: open reference; empty afterwards.
 *
 * The last one closes the VM: all of its mappings are gone when this returns.
 */
void agx_vm_close(struct agx_vm_openref *ref)
{
	struct agx_vm *vm = ref->vm;

	ref->vm = NULL;
	trace_agx_vm_drop(vm->id, refcount_read(&vm->opens));
	if (refcount_dec_and_test(&vm->opens))
		vm_teardown(vm);
	agx_vm_put(vm);
}

/**
 * agx_vm_root() - The object whose resv the private BOs of a VM share.
 * @vm: VM.
 *
 * Return: the object, borrowed from @vm.
 */
struct drm_gem_object *agx_vm_root(struct agx_vm *vm)
{
	return drm_gpuvm_resv_obj(&vm->gpuvm);
}

/** agx_vm_context() - The VM's place on the GPU, borrowed from @vm. */
struct agx_context *agx_vm_context(struct agx_vm *vm)
{
	return &vm->context;
}

/** agx_vm_id() - Debug id of @vm. */
u64 agx_vm_id(struct agx_vm *vm)
{
	return vm->id;
}

/** agx_vm_overlaps_kernel() - Whether [@addr, @addr + @range) touches the kernel's addresses. */
bool agx_vm_overlaps_kernel(struct agx_vm *vm, u64 addr, u64 range)
{
	return addr < vm->kernel.end && vm->kernel.start < addr + range;
}

/* Read in what has been evicted, as far as it can be done without a resv. */
static int vm_populate(struct agx_vm *vm)
{
	struct agx_vm_bo *entry;
	int ret;

	lockdep_assert_held(&vm->lock);

	list_for_each_entry(entry, &vm->evicted, evict_link) {
		ret = agx_bo_populate(to_agx_bo(entry->base.obj));
		if (ret)
			return ret;
	}
	return 0;
}

/**
 * agx_vm_add_fence() - Let all that a VM maps know of a job.
 * @vm: VM that the caller holds open.
 * @fence: fence of the job.
 *
 * The fence goes to the VM's resv and to that of every BO from outside, as bookkeeping: implicit
 * sync does not see it, but who wants to know whether memory is in use does. All of it is there
 * for the job: what has been evicted is brought back first.
 *
 * Return: 0; -EINTR; what agx_bo_map_dma_locked() says. Unless it is 0 nobody has seen the fence.
 */
int agx_vm_add_fence(struct agx_vm *vm, struct dma_fence *fence)
{
	struct agx_vm_update update;
	struct drm_exec exec;
	bool cookie;
	int ret;

	/* The lock keeps gpuvm's own reference to a vm_bo from ever being the last one. */
	ret = agx_vm_update_begin(&update, vm, true);
	if (ret)
		return ret;

	WRITE_ONCE(vm->used, jiffies);

	ret = vm_populate(vm);
	if (ret)
		goto out_end;

	drm_exec_init(&exec, DRM_EXEC_INTERRUPTIBLE_WAIT | DRM_EXEC_IGNORE_DUPLICATES, 0);
	drm_exec_until_all_locked(&exec) {
		ret = drm_gpuvm_prepare_vm(&vm->gpuvm, &exec, 1);
		drm_exec_retry_on_contention(&exec);
		if (ret)
			break;

		ret = drm_gpuvm_prepare_objects(&vm->gpuvm, &exec, 1);
		drm_exec_retry_on_contention(&exec);
		if (ret)
			break;
	}
	if (!ret)
		ret = agx_vm_restore(&update);
	/* Before there is a job that could see it, and a fence that somebody could wait for. */
	agx_vm_update_flush(&update);
	if (!ret) {
		cookie = dma_fence_begin_signalling();
		drm_gpuvm_resv_add_fence(&vm->gpuvm, &exec, fence, DMA_RESV_USAGE_BOOKKEEP,
					 DMA_RESV_USAGE_BOOKKEEP);
		dma_fence_end_signalling(cookie);
	}
	drm_exec_fini(&exec);
out_end:
	agx_vm_update_end(&update);
	return ret;
}

/**
 * agx_vm_show() - Print the mappings of a VM.
 * @vm: VM.
 * @p: where to.
 */
void agx_vm_show(struct agx_vm *vm, struct drm_printer *p)
{
	struct drm_gpuva *va;

	/* Not worth a wait: the reader of debugfs holds up whoever opens or closes the device. */
	if (!mutex_trylock(&vm->lock)) {
		drm_printf(p, "vm %llu is busy\n", vm->id);
		return;
	}

	drm_printf(p, "vm %llu opens %u%s\n", vm->id, refcount_read(&vm->opens),
		   vm->closed ? " closed" : "");
	drm_gpuvm_for_each_va(va, &vm->gpuvm) {
		struct agx_mapping *mapping = to_agx_mapping(va);

		drm_printf(p, "  %010llx-%010llx %c%c%c offset %llx size %zx%s\n", va->va.addr,
			   va->va.addr + va->va.range, mapping->prot & AGX_UAT_READ ? 'r' : '-',
			   mapping->prot & AGX_UAT_WRITE ? 'w' : '-', mapping->repeat ? 's' : '-',
			   va->gem.offset, va->gem.obj->size,
			   to_agx_vm_bo(va->vm_bo)->evicted ? " evicted" : "");
	}
	agx_kernel_bos_show(vm, p);
	mutex_unlock(&vm->lock);
}

/* Mappings that agx_vm_show_around() prints at most. */
#define MAX_AROUND 32

/* Addresses up to @reach away from @addr. */
static struct agx_va_range vm_range_around(u64 addr, u64 reach)
{
	return (struct agx_va_range){
		.start = addr > reach ? addr - reach : 0,
		.end = addr + min(reach, U64_MAX - addr),
	};
}

/* Whether a range has no more mappings than are to be printed. */
static bool vm_few_mappings_locked(struct agx_vm *vm, const struct agx_va_range *range)
{
	unsigned int num = 0;
	struct drm_gpuva *va;

	lockdep_assert_held(&vm->lock);

	drm_gpuvm_for_each_va_range(va, &vm->gpuvm, range->start, range->end)
		if (++num > MAX_AROUND)
			return false;
	return true;
}

/**
 * agx_vm_show_around() - Print the mappings of a VM around an address.
 * @vm: VM.
 * @addr: any number.
 * @p: where to.
 *
 * Those within the largest distance, a page times a power of four, in which there are not too many.
 */
void agx_vm_show_around(struct agx_vm *vm, u64 addr, struct drm_printer *p)
{
	struct agx_va_range range, wider;
	struct drm_gpuva *va;
	unsigned int shift;

	/* Not worth a wait: its owner can keep it locked for long, and many wait for the caller. */
	if (!mutex_trylock(&vm->lock)) {
		drm_puts(p, "  busy\n");
		return;
	}

	range = vm_range_around(addr, AGX_GPU_PAGE_SIZE);
	for (shift = 2; shift < 50; shift += 2) {
		wider = vm_range_around(addr, (u64)AGX_GPU_PAGE_SIZE << shift);
		if (!vm_few_mappings_locked(vm, &wider))
			break;
		range = wider;
	}
	drm_gpuvm_for_each_va_range(va, &vm->gpuvm, range.start, range.end) {
		struct agx_mapping *mapping = to_agx_mapping(va);

		drm_printf(p, "  0x%llx-0x%llx %c%c%c 0x%llx\n", va->va.addr,
			   va->va.addr + va->va.range, mapping->prot & AGX_UAT_READ ? 'r' : '-',
			   mapping->prot & AGX_UAT_WRITE ? 'w' : '-', mapping->repeat ? 's' : '-',
			   va->gem.offset);
	}
	if (vm->closed)
		drm_puts(p, "  closed\n");
	mutex_unlock(&vm->lock);
}
