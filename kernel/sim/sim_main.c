// SPDX-License-Identifier: GPL-2.0 OR MIT
/* The module: one simulated GPU, and the platform device that a driver binds to. */

#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/debugfs.h>
#include <linux/dma-mapping.h>
#include <linux/err.h>
#include <linux/module.h>
#include <linux/platform_device.h>

#include "agx_hw.h"
#include "sim_clock.h"
#include "sim_debugfs.h"
#include "sim_irq.h"
#include "sim_mmu.h"
#include "sim_params.h"
#include "sim_ring.h"
#include "sim_worker.h"

/* All pointers are owned. */
struct agx_hw {
	struct agx_hw_info info;
	struct platform_device *pdev;
	struct sim_irq *irq;
	struct sim_mmu *mmu;
	struct sim_rings *rings;
	struct sim_workers *workers;
	struct dentry *debugfs;
	/* Between start and stop, which the driver does not call side by side. */
	bool started;
};

static struct agx_hw sim_gpu;

static void sim_get_info(struct agx_hw *hw, struct agx_hw_info *info)
{
	*info = hw->info;
}

static u64 sim_get_time(struct agx_hw *hw)
{
	return sim_clock_ticks(hw->info.timestamp_frequency_hz);
}

static int sim_start(struct agx_hw *hw, const struct agx_hw_client *client)
{
	if (WARN_ON_ONCE(hw->started))
		return -EBUSY;

	sim_mmu_power_up(hw->mmu);
	sim_irq_connect(hw->irq, client);
	sim_rings_open(hw->rings);
	hw->started = true;

	return 0;
}

static void sim_stop(struct agx_hw *hw)
{
	sim_rings_close(hw->rings);
	sim_irq_drain(hw->irq);
	sim_irq_connect(hw->irq, NULL);
	hw->started = false;
}

static void sim_set_root(struct agx_hw *hw, u32 context, dma_addr_t root)
{
	sim_mmu_set_root(hw->mmu, context, root);
}

static void sim_flush(struct agx_hw *hw, u32 context, u64 addr, u64 size)
{
	sim_mmu_flush(hw->mmu, context, addr, size);
}

static void sim_submit(struct agx_hw *hw, struct agx_hw_job *job)
{
	sim_rings_submit(hw->rings, job);
}

static void sim_cancel(struct agx_hw *hw, struct agx_hw_job *job, int error)
{
	sim_rings_cancel(hw->rings, job, error);
}

static void sim_reset(struct agx_hw *hw)
{
	if (sim_rings_freeze(hw->rings))
		sim_mmu_power_up(hw->mmu);
}

static void sim_resume(struct agx_hw *hw)
{
	sim_rings_thaw(hw->rings);
}

static const struct agx_hw_ops sim_ops = {
	.get_info = sim_get_info,
	.get_time = sim_get_time,
	.start = sim_start,
	.stop = sim_stop,
	.set_root = sim_set_root,
	.flush = sim_flush,
	.submit = sim_submit,
	.cancel = sim_cancel,
	.reset = sim_reset,
	.resume = sim_resume,
};

/*
 * Made in two steps because the GPU has to know the device's DMA addresses before a driver can
 * start it, which may be while the device is added. Its release is the core's either way.
 */
static int sim_device_create(struct agx_hw *hw)
{
	const struct agx_hw_pdata pdata = { .ops = &sim_ops, .hw = hw };
	struct platform_device *pdev;
	int ret;

	pdev = platform_device_alloc(AGX_HW_DEVICE, PLATFORM_DEVID_NONE);
	if (!pdev)
		return -ENOMEM;

	pdev->platform_dma_mask = DMA_BIT_MASK(64);
	pdev->dev.dma_mask = &pdev->platform_dma_mask;
	pdev->dev.coherent_dma_mask = DMA_BIT_MASK(64);

	ret = platform_device_add_data(pdev, &pdata, sizeof(pdata));
	if (ret) {
		platform_device_put(pdev);
		return ret;
	}

	hw->pdev = pdev;
	return 0;
}

static int sim_gpu_init(struct agx_hw *hw)
{
	int ret;

	ret = sim_params_init(&hw->info);
	if (ret)
		return ret;

	ret = sim_device_create(hw);
	if (ret)
		return ret;

	hw->irq = sim_irq_create();
	if (IS_ERR(hw->irq)) {
		ret = PTR_ERR(hw->irq);
		goto err_put_device;
	}

	hw->mmu = sim_mmu_create(&hw->pdev->dev, sim_workers_ports(&hw->info));
	if (IS_ERR(hw->mmu)) {
		ret = PTR_ERR(hw->mmu);
		goto err_destroy_irq;
	}

	hw->rings = sim_rings_create(&hw->info, hw->irq);
	if (IS_ERR(hw->rings)) {
		ret = PTR_ERR(hw->rings);
		goto err_destroy_mmu;
	}

	hw->workers = sim_workers_create(&hw->info, hw->mmu, hw->rings);
	if (IS_ERR(hw->workers)) {
		ret = PTR_ERR(hw->workers);
		goto err_destroy_rings;
	}

	hw->debugfs = sim_debugfs_create(hw->mmu, hw->rings);

	return 0;

err_destroy_rings:
	sim_rings_destroy(hw->rings);
err_destroy_mmu:
	sim_mmu_destroy(hw->mmu);
err_destroy_irq:
	sim_irq_destroy(hw->irq);
err_put_device:
	platform_device_put(hw->pdev);
	return ret;
}

/* The device is gone already: the driver has stopped the GPU and calls nothing any more. */
static void sim_gpu_fini(struct agx_hw *hw)
{
	if (WARN_ON_ONCE(hw->started))
		sim_stop(hw);

	debugfs_remove(hw->debugfs);
	sim_workers_destroy(hw->workers);
	sim_rings_destroy(hw->rings);
	sim_mmu_destroy(hw->mmu);
	sim_irq_destroy(hw->irq);
}

static int __init sim_module_init(void)
{
	int ret;

	ret = sim_gpu_init(&sim_gpu);
	if (ret)
		return ret;

	ret = platform_device_add(sim_gpu.pdev);
	if (ret) {
		sim_gpu_fini(&sim_gpu);
		platform_device_put(sim_gpu.pdev);
	}

	return ret;
}

static void __exit sim_module_exit(void)
{
	platform_device_unregister(sim_gpu.pdev);
	sim_gpu_fini(&sim_gpu);
}

module_init(sim_module_init);
module_exit(sim_module_exit);

MODULE_DESCRIPTION("Simulated Apple AGX GPU");
MODULE_AUTHOR("The libagx authors");
MODULE_LICENSE("Dual MIT/GPL");
