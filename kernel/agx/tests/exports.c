// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * What agx_kunit.ko calls of agx.ko. Linked into the driver where the kernel has KUnit, so that the
 * tests run the very code that is loaded while the driver's own files know nothing of them.
 */

#include <kunit/visibility.h>

#include "../cmdbuf.h"
#include "../fence.h"
#include "../file.h"
#include "../gem_priv.h"
#include "../agx_device.h"
#include "../job.h"
#include "../pgtable.h"
#include "../queue.h"
#include "../vm.h"

/* Devices and files. */
EXPORT_SYMBOL_IF_KUNIT(agx_abandoned_close);
EXPORT_SYMBOL_IF_KUNIT(agx_gpu_retire);
EXPORT_SYMBOL_IF_KUNIT(agx_gpu_start);
EXPORT_SYMBOL_IF_KUNIT(agx_gpu_stop);
EXPORT_SYMBOL_IF_KUNIT(agx_gpu_submit);
EXPORT_SYMBOL_IF_KUNIT(agx_kernel_vm_init);
EXPORT_SYMBOL_IF_KUNIT(agx_reclaim_init);
EXPORT_SYMBOL_IF_KUNIT(agx_sched_init);
EXPORT_SYMBOL_IF_KUNIT(agx_sched_stop);
EXPORT_SYMBOL_IF_KUNIT(agx_file_add_object);
EXPORT_SYMBOL_IF_KUNIT(agx_file_group);
EXPORT_SYMBOL_IF_KUNIT(agx_file_open);
EXPORT_SYMBOL_IF_KUNIT(agx_file_postclose);
EXPORT_SYMBOL_IF_KUNIT(agx_file_stats);
EXPORT_SYMBOL_IF_KUNIT(agx_file_take_object);

/* Page tables. */
EXPORT_SYMBOL_IF_KUNIT(agx_pgtable_clear);
EXPORT_SYMBOL_IF_KUNIT(agx_pgtable_collect);
EXPORT_SYMBOL_IF_KUNIT(agx_pgtable_create);
EXPORT_SYMBOL_IF_KUNIT(agx_pgtable_destroy);
EXPORT_SYMBOL_IF_KUNIT(agx_pgtable_map);
EXPORT_SYMBOL_IF_KUNIT(agx_pgtable_map_repeat);
EXPORT_SYMBOL_IF_KUNIT(agx_pgtable_num_dead);
EXPORT_SYMBOL_IF_KUNIT(agx_pgtable_reserve);
EXPORT_SYMBOL_IF_KUNIT(agx_pgtable_reserve_clear);
EXPORT_SYMBOL_IF_KUNIT(agx_pgtable_reserve_repeat);
EXPORT_SYMBOL_IF_KUNIT(agx_pgtable_root);

/* BOs, VMs and their mappings. */
EXPORT_SYMBOL_IF_KUNIT(agx_bo_create);
EXPORT_SYMBOL_IF_KUNIT(agx_bo_gem);
EXPORT_SYMBOL_IF_KUNIT(agx_bo_pin_sgt);
EXPORT_SYMBOL_IF_KUNIT(agx_bo_put);
EXPORT_SYMBOL_IF_KUNIT(agx_bo_resident);
EXPORT_SYMBOL_IF_KUNIT(agx_bo_unpin);
EXPORT_SYMBOL_IF_KUNIT(agx_object_addr);
EXPORT_SYMBOL_IF_KUNIT(agx_object_create);
EXPORT_SYMBOL_IF_KUNIT(agx_object_put);
EXPORT_SYMBOL_IF_KUNIT(agx_reclaim_evict_idle);
EXPORT_SYMBOL_IF_KUNIT(agx_vm_close);
EXPORT_SYMBOL_IF_KUNIT(agx_vm_context);
EXPORT_SYMBOL_IF_KUNIT(agx_vm_create);
EXPORT_SYMBOL_IF_KUNIT(agx_vm_get);
EXPORT_SYMBOL_IF_KUNIT(agx_vm_map);
EXPORT_SYMBOL_IF_KUNIT(agx_vm_open);
EXPORT_SYMBOL_IF_KUNIT(agx_vm_put);
EXPORT_SYMBOL_IF_KUNIT(agx_vm_root);
EXPORT_SYMBOL_IF_KUNIT(agx_vm_unmap);
EXPORT_SYMBOL_IF_KUNIT(agx_vm_unmap_bo);
EXPORT_SYMBOL_IF_KUNIT(agx_vm_update_begin);
EXPORT_SYMBOL_IF_KUNIT(agx_vm_update_end);

/* Queues, jobs and fences. */
EXPORT_SYMBOL_IF_KUNIT(agx_cmdbuf_parse);
EXPORT_SYMBOL_IF_KUNIT(agx_fence_create);
EXPORT_SYMBOL_IF_KUNIT(agx_fence_discard);
EXPORT_SYMBOL_IF_KUNIT(agx_fence_signal);
EXPORT_SYMBOL_IF_KUNIT(agx_job_add_dep);
EXPORT_SYMBOL_IF_KUNIT(agx_job_create);
EXPORT_SYMBOL_IF_KUNIT(agx_job_destroy);
EXPORT_SYMBOL_IF_KUNIT(agx_job_merge_deps);
EXPORT_SYMBOL_IF_KUNIT(agx_queue_create);
EXPORT_SYMBOL_IF_KUNIT(agx_queue_kill);
EXPORT_SYMBOL_IF_KUNIT(agx_queue_put);
EXPORT_SYMBOL_IF_KUNIT(agx_queue_submit);
