// SPDX-License-Identifier: GPL-2.0 OR MIT
/* What a test can see and control of the GPU. */

#include <linux/debugfs.h>
#include <linux/module.h>
#include <linux/seq_file.h>

#include "sim_debugfs.h"
#include "sim_mmu.h"
#include "sim_ring.h"
#include "sim_tlb.h"

static int sim_debugfs_get_hold(void *data, u64 *val)
{
	*val = sim_rings_get_hold(data);
	return 0;
}

static int sim_debugfs_set_hold(void *data, u64 val)
{
	if (val > 1)
		return -EINVAL;

	sim_rings_set_hold(data, val);
	return 0;
}

DEFINE_DEBUGFS_ATTRIBUTE(sim_debugfs_hold_fops, sim_debugfs_get_hold, sim_debugfs_set_hold,
			 "%llu\n");

static int sim_debugfs_tlb_show(struct seq_file *m, void *unused)
{
	struct sim_mmu_stats stats;

	sim_mmu_get_stats(m->private, &stats);
	seq_printf(m, "entries %u\n", SIM_TLB_ENTRIES);
	seq_printf(m, "valid %u\n", stats.valid);
	seq_printf(m, "hits %llu\n", stats.hits);
	seq_printf(m, "misses %llu\n", stats.misses);
	seq_printf(m, "flushes %llu\n", stats.flushes);
	return 0;
}

DEFINE_SHOW_ATTRIBUTE(sim_debugfs_tlb);

static int sim_debugfs_state_show(struct seq_file *m, void *unused)
{
	sim_rings_show(m->private, m);
	return 0;
}

DEFINE_SHOW_ATTRIBUTE(sim_debugfs_state);

struct dentry *sim_debugfs_create(struct sim_mmu *mmu, struct sim_rings *rings)
{
	struct dentry *dir = debugfs_create_dir(KBUILD_MODNAME, NULL);

	debugfs_create_file_unsafe("hold", 0600, dir, rings, &sim_debugfs_hold_fops);
	debugfs_create_file("tlb", 0400, dir, mmu, &sim_debugfs_tlb_fops);
	debugfs_create_file("state", 0400, dir, rings, &sim_debugfs_state_fops);

	return dir;
}
