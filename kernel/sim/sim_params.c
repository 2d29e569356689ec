// SPDX-License-Identifier: GPL-2.0 OR MIT
/* Which GPU is simulated, and its limits. */

#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/bits.h>
#include <linux/cpumask.h>
#include <linux/kstrtox.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/sizes.h>
#include <linux/string.h>
#include <linux/time64.h>

#include "agx_hw.h"
#include "engine/engine.h"
#include "sim_params.h"

/* One job runs on the GPU while the next one is there already. */
#define SIM_JOBS_PER_QUEUE 2

#define SIM_MAX_WORKERS 64
#define SIM_MAX_HELPERS 63
#define SIM_DEFAULT_HELPERS 15U
#define SIM_MAX_STACK_KIB 65536
#define SIM_MAX_TIME_LIMIT_MS (3600 * MSEC_PER_SEC)

/* The defaults are an M1, step B1, all cores good. */
static unsigned int generation = 13;
module_param(generation, uint, 0444);
MODULE_PARM_DESC(generation, "GPU generation, 13 or 14 (default 13)");

static char *variant = "G";
module_param(variant, charp, 0444);
MODULE_PARM_DESC(variant, "GPU variant: P, G, S, C or D (default G)");

static unsigned int revision = 0x11;
module_param(revision, uint, 0444);
MODULE_PARM_DESC(revision, "stepping, 0x00 for A0 to 0xff (default 0x11, B1)");

static unsigned int chip_id = 0x8103;
module_param(chip_id, uint, 0444);
MODULE_PARM_DESC(chip_id, "chip (default 0x8103, M1)");

static unsigned int dies = 1;
module_param(dies, uint, 0444);
MODULE_PARM_DESC(dies, "dies in the package (default 1)");

static unsigned int clusters = 1;
module_param(clusters, uint, 0444);
MODULE_PARM_DESC(clusters, "clusters of all dies, 1 to 64 (default 1)");

static unsigned int cores = 8;
module_param(cores, uint, 0444);
MODULE_PARM_DESC(cores, "cores of a cluster, absent ones included, 1 to 64 (default 8)");

static unsigned long long core_masks[DRM_ASAHI_MAX_CLUSTERS];
static unsigned int num_core_masks;
module_param_array(core_masks, ullong, &num_core_masks, 0444);
MODULE_PARM_DESC(core_masks, "present cores, one mask for each cluster (default all)");

static unsigned int max_frequency_khz = 1278000;
module_param(max_frequency_khz, uint, 0444);
MODULE_PARM_DESC(max_frequency_khz, "top clock to report (default 1278000)");

static unsigned long long timestamp_hz = NSEC_PER_SEC;
module_param(timestamp_hz, ullong, 0444);
MODULE_PARM_DESC(timestamp_hz, "tick rate of timestamps (default 1000000000)");

static bool soft_faults = true;
module_param(soft_faults, bool, 0444);
MODULE_PARM_DESC(soft_faults,
		 "failed shader loads give 0, failed shader stores are dropped (default Y)");

static unsigned int workers = 16;
module_param(workers, uint, 0444);
MODULE_PARM_DESC(workers,
		 "jobs on the GPU at a time, each with two threads, 1 to 64 (default 16)");

static int helpers = -1;
module_param(helpers, int, 0444);
MODULE_PARM_DESC(helpers,
		 "threads that help with launches, -1 to 63 (default -1: CPUs but one, up to 15)");

static unsigned int stack_kib = 2048;
module_param(stack_kib, uint, 0444);
MODULE_PARM_DESC(stack_kib,
		 "KiB for the stacks of a workgroup's threads, 0 to 65536 (default 2048)");

static unsigned int time_limit_ms = 10000;

static int sim_params_set_time_limit(const char *val, const struct kernel_param *kp)
{
	return param_set_uint_minmax(val, kp, 1, SIM_MAX_TIME_LIMIT_MS);
}

static const struct kernel_param_ops sim_params_time_limit_ops = {
	.set = sim_params_set_time_limit,
	.get = param_get_uint,
};

module_param_cb(time_limit_ms, &sim_params_time_limit_ops, &time_limit_ms, 0644);
__MODULE_PARM_TYPE(time_limit_ms, "uint");
MODULE_PARM_DESC(time_limit_ms, "engine time of a job, 1 to 3600000 (default 10000)");

static int trace_lane = -1;

static int sim_params_set_trace_lane(const char *val, const struct kernel_param *kp)
{
	int lane;
	int ret;

	ret = kstrtoint(val, 0, &lane);
	if (ret)
		return ret;
	if (lane < -1 || lane >= AGX_ENGINE_TRACE_ACTIVE)
		return -EINVAL;

	WRITE_ONCE(trace_lane, lane);
	return 0;
}

static const struct kernel_param_ops sim_params_trace_lane_ops = {
	.set = sim_params_set_trace_lane,
	.get = param_get_int,
};

module_param_cb(trace_lane, &sim_params_trace_lane_ops, &trace_lane, 0644);
__MODULE_PARM_TYPE(trace_lane, "int");
MODULE_PARM_DESC(trace_lane,
		 "lane that agx_sim_insn shows, -1 to 31 (default -1: the first active one)");

static int sim_params_bad(const char *name, const char *rule)
{
	pr_err("parameter %s %s\n", name, rule);
	return -EINVAL;
}

static int sim_params_core_masks(struct agx_hw_info *info)
{
	u64 all = GENMASK_ULL(cores - 1, 0);
	unsigned int i;

	if (num_core_masks && num_core_masks != clusters)
		return sim_params_bad("core_masks", "needs one mask for each cluster");

	for (i = 0; i < clusters; i++) {
		u64 mask = num_core_masks ? core_masks[i] : all;

		if (!mask || mask & ~all)
			return sim_params_bad("core_masks",
					      "has a mask with no core or with more than there are");
		info->core_masks[i] = mask;
	}

	return 0;
}

int sim_params_init(struct agx_hw_info *info)
{
	memset(info, 0, sizeof(*info));
	if (helpers == -1)
		helpers = min(num_online_cpus() - 1, SIM_DEFAULT_HELPERS);

	if (generation < 13 || generation > 14)
		return sim_params_bad("generation", "must be 13 or 14");
	if (strlen(variant) != 1 || !strchr("PGSCD", variant[0]))
		return sim_params_bad("variant", "must be one of P, G, S, C and D");
	if (revision > 0xff)
		return sim_params_bad("revision", "must be at most 0xff");
	if (!clusters || clusters > DRM_ASAHI_MAX_CLUSTERS)
		return sim_params_bad("clusters", "must be from 1 to 64");
	if (!dies || clusters % dies)
		return sim_params_bad("dies", "must divide the number of clusters");
	if (!cores || cores > 64)
		return sim_params_bad("cores", "must be from 1 to 64");
	if (!max_frequency_khz)
		return sim_params_bad("max_frequency_khz", "must not be 0");
	if (!timestamp_hz || timestamp_hz > NSEC_PER_SEC)
		return sim_params_bad("timestamp_hz", "must be from 1 to 1000000000");
	if (!workers || workers > SIM_MAX_WORKERS)
		return sim_params_bad("workers", "must be from 1 to 64");
	if (helpers < -1 || helpers > SIM_MAX_HELPERS)
		return sim_params_bad("helpers", "must be from -1 to 63");
	if (stack_kib > SIM_MAX_STACK_KIB)
		return sim_params_bad("stack_kib", "must be at most 65536");

	info->features = soft_faults ? DRM_ASAHI_FEATURE_SOFT_FAULTS : 0;
	info->gpu_generation = generation;
	info->gpu_variant = variant[0];
	info->gpu_revision = revision;
	info->chip_id = chip_id;
	info->num_dies = dies;
	info->num_clusters_total = clusters;
	info->num_cores_per_cluster = cores;
	info->max_frequency_khz = max_frequency_khz;
	info->timestamp_frequency_hz = timestamp_hz;
	info->max_jobs = workers;
	info->max_jobs_per_queue = SIM_JOBS_PER_QUEUE;
	info->engines[AGX_HW_RING_RENDER] = 1;
	info->engines[AGX_HW_RING_COMPUTE] = workers;

	return sim_params_core_masks(info);
}

unsigned int sim_params_helpers(void)
{
	return helpers;
}

u32 sim_params_trace_lane(void)
{
	int lane = READ_ONCE(trace_lane);

	return lane < 0 ? AGX_ENGINE_TRACE_ACTIVE : lane;
}

u32 sim_params_stack_bytes(void)
{
	return stack_kib * SZ_1K;
}

u64 sim_params_time_limit_ns(void)
{
	return mul_u32_u32(READ_ONCE(time_limit_ms), NSEC_PER_MSEC);
}
