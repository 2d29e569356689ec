// SPDX-License-Identifier: GPL-2.0 OR MIT

#include <drm/drm_drv.h>
#include <drm/drm_file.h>
#include <drm/drm_gem.h>
#include <drm/drm_ioctl.h>
#include <drm/drm_print.h>

#include <linux/dma-mapping.h>
#include <linux/module.h>
#include <linux/platform_device.h>

#include "agx_device.h"
#include "asahi_drm.h"
#include "compat.h"
#include "debugfs.h"
#include "file.h"
#include "gem.h"
#include "job.h"
#include "kernel_bo.h"
#include "object.h"
#include "params.h"
#include "prime.h"
#include "queue.h"
#include "stats.h"
#include "submit.h"
#include "vm.h"

static const struct drm_ioctl_desc agx_ioctls[] = {
	/* Harmless, and needed to choose a device before authentication. */
	DRM_IOCTL_DEF_DRV(ASAHI_GET_PARAMS, agx_ioctl_get_params, DRM_RENDER_ALLOW),
	DRM_IOCTL_DEF_DRV(ASAHI_GET_TIME, agx_ioctl_get_time, DRM_AUTH | DRM_RENDER_ALLOW),
	DRM_IOCTL_DEF_DRV(ASAHI_VM_CREATE, agx_ioctl_vm_create, DRM_AUTH | DRM_RENDER_ALLOW),
	DRM_IOCTL_DEF_DRV(ASAHI_VM_DESTROY, agx_ioctl_vm_destroy, DRM_AUTH | DRM_RENDER_ALLOW),
	DRM_IOCTL_DEF_DRV(ASAHI_VM_BIND, agx_ioctl_vm_bind, DRM_AUTH | DRM_RENDER_ALLOW),
	DRM_IOCTL_DEF_DRV(ASAHI_GEM_CREATE, agx_ioctl_gem_create, DRM_AUTH | DRM_RENDER_ALLOW),
	DRM_IOCTL_DEF_DRV(ASAHI_GEM_MMAP_OFFSET, agx_ioctl_gem_mmap_offset,
			  DRM_AUTH | DRM_RENDER_ALLOW),
	DRM_IOCTL_DEF_DRV(ASAHI_GEM_BIND_OBJECT, agx_ioctl_gem_bind_object,
			  DRM_AUTH | DRM_RENDER_ALLOW),
	DRM_IOCTL_DEF_DRV(ASAHI_QUEUE_CREATE, agx_ioctl_queue_create,
			  DRM_AUTH | DRM_RENDER_ALLOW),
	DRM_IOCTL_DEF_DRV(ASAHI_QUEUE_DESTROY, agx_ioctl_queue_destroy,
			  DRM_AUTH | DRM_RENDER_ALLOW),
	DRM_IOCTL_DEF_DRV(ASAHI_SUBMIT, agx_ioctl_submit, DRM_AUTH | DRM_RENDER_ALLOW),
};

static const struct file_operations agx_fops = {
	.owner = THIS_MODULE,
	.open = drm_open,
	.release = agx_file_release,
	.unlocked_ioctl = drm_ioctl,
	.compat_ioctl = drm_compat_ioctl,
	.mmap = drm_gem_mmap,
	.poll = drm_poll,
	.read = drm_read,
	.llseek = noop_llseek,
	.show_fdinfo = drm_show_fdinfo,
	.fop_flags = FOP_UNSIGNED_OFFSET,
};

static const struct drm_driver agx_drm_driver = {
	.driver_features = DRIVER_GEM | DRIVER_RENDER | DRIVER_SYNCOBJ | DRIVER_SYNCOBJ_TIMELINE |
			   AGX_DRIVER_GEM_GPUVA,
	.name = "asahi",
	.desc = "Apple AGX Graphics",
	.fops = &agx_fops,
	.ioctls = agx_ioctls,
	.num_ioctls = ARRAY_SIZE(agx_ioctls),
	.open = agx_file_open,
	.postclose = agx_file_postclose,
	.show_fdinfo = agx_show_fdinfo,
	.gem_prime_import_sg_table = agx_prime_import_sg_table,
};

static int agx_probe(struct platform_device *pdev)
{
	const struct agx_hw_pdata *pdata = dev_get_platdata(&pdev->dev);
	struct agx_device *agx;
	int ret;

	if (!pdata)
		return -ENODEV;

	ret = dma_coerce_mask_and_coherent(&pdev->dev, DMA_BIT_MASK(64));
	if (ret)
		return ret;

	agx = devm_drm_dev_alloc(&pdev->dev, &agx_drm_driver, struct agx_device, drm);
	if (IS_ERR(agx))
		return PTR_ERR(agx);

	platform_set_drvdata(pdev, agx);

	ret = agx_sched_init(agx);
	if (ret)
		return ret;

	ret = agx_gpu_start(agx, pdata, &agx->sched.client);
	if (ret)
		return ret;

	ret = agx_kernel_vm_init(agx);
	if (ret)
		goto err_stop;

	ret = agx_reclaim_init(agx);
	if (ret)
		goto err_stop;

	agx_debugfs_init(&agx->drm);
	ret = drm_dev_register(&agx->drm, 0);
	if (ret)
		goto err_stop;

	return 0;

err_stop:
	agx_gpu_stop(agx);
	agx_sched_stop(agx);
	return ret;
}

static void agx_remove(struct platform_device *pdev)
{
	struct agx_device *agx = platform_get_drvdata(pdev);

	/*
	 * The GPU first: a job that is waited for anywhere ends now, so nothing that the unplug
	 * waits for can be waiting for the GPU.
	 */
	agx_gpu_stop(agx);
	agx_sched_stop(agx);
	agx_abandoned_close(agx);
	drm_dev_unplug(&agx->drm);
}

static struct platform_driver agx_platform_driver = {
	.driver = {
		.name = AGX_HW_DEVICE,
	},
	.probe = agx_probe,
	.remove = agx_remove,
};

static int __init agx_init(void)
{
	const size_t sizes[AGX_NUM_TYPES] = {
		[AGX_TYPE_FILE] = agx_file_size,
		[AGX_TYPE_QUEUE] = agx_queue_size,
		[AGX_TYPE_VM] = agx_vm_size,
		[AGX_TYPE_MAPPING] = agx_mapping_size,
		[AGX_TYPE_BO] = agx_bo_size,
		[AGX_TYPE_OBJECT] = agx_object_size,
		[AGX_TYPE_KERNEL_BO] = agx_kernel_bo_size,
		[AGX_TYPE_JOB] = agx_job_size,
	};
	int ret;

	ret = agx_alloc_module_init(sizes);
	if (ret)
		return ret;

	ret = platform_driver_register(&agx_platform_driver);
	if (ret)
		agx_alloc_module_fini();
	return ret;
}
module_init(agx_init);

static void __exit agx_exit(void)
{
	platform_driver_unregister(&agx_platform_driver);
	agx_fence_wait_releases();
	agx_alloc_module_fini();
}
module_exit(agx_exit);

MODULE_DESCRIPTION("DRM driver for the Apple AGX GPU");
MODULE_LICENSE("Dual MIT/GPL");
MODULE_ALIAS("platform:" AGX_HW_DEVICE);
