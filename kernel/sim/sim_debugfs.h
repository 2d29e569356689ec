/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef SIM_DEBUGFS_H
#define SIM_DEBUGFS_H

struct dentry;
struct sim_mmu;
struct sim_rings;

/**
 * sim_debugfs_create() - Make the folder agx_sim in debugfs.
 * @mmu: Read by "tlb". Borrowed until the folder is removed.
 * @rings: Read by "state", read and changed by the controls. Borrowed until the folder is removed.
 *
 * Return: the folder for debugfs_remove(), which waits for readers. Without debugfs all goes on.
 */
struct dentry *sim_debugfs_create(struct sim_mmu *mmu, struct sim_rings *rings);

#endif
