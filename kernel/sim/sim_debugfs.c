// SPDX-License-Identifier: GPL-2.0 OR MIT
/* What a test can see and control of the GPU. */

#include <linux/array_size.h>
#include <linux/bits.h>
#include <linux/debugfs.h>
#include <linux/fs.h>
#include <linux/kstrtox.h>
#include <linux/module.h>
#include <linux/seq_file.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "sim_control.h"
#include "sim_debugfs.h"
#include "sim_mmu.h"
#include "sim_ring.h"
#include "sim_tlb.h"

/* What a control is called that counts commands, and what it means. */
struct sim_word {
	const char *name;
	enum sim_order order;
	u32 rings;
};

#define SIM_ALL_RINGS (BIT(AGX_HW_RING_RENDER) | BIT(AGX_HW_RING_COMPUTE))

static const struct sim_word sim_fault_words[] = {
	{ "none" },
	{ "any", SIM_ORDER_FAULT, SIM_ALL_RINGS },
	{ "compute", SIM_ORDER_FAULT, BIT(AGX_HW_RING_COMPUTE) },
	{ "render", SIM_ORDER_FAULT, BIT(AGX_HW_RING_RENDER) },
};

static const struct sim_word sim_hang_words[] = {
	{ "none" },
	{ "soft", SIM_ORDER_HANG, SIM_ALL_RINGS },
	{ "hard", SIM_ORDER_WEDGE, SIM_ALL_RINGS },
};

static int sim_debugfs_get_hold(void *data, u64 *val)
{
	*val = sim_control_get_hold(sim_rings_control(data));
	return 0;
}

static int sim_debugfs_set_hold(void *data, u64 val)
{
	if (val > 1)
		return -EINVAL;

	sim_control_set_hold(sim_rings_control(data), val);
	sim_rings_kick(data);
	return 0;
}

DEFINE_DEBUGFS_ATTRIBUTE(sim_debugfs_hold_fops, sim_debugfs_get_hold, sim_debugfs_set_hold,
			 "%llu\n");

static int sim_debugfs_get_step(void *data, u64 *val)
{
	*val = sim_control_get_steps(sim_rings_control(data));
	return 0;
}

static int sim_debugfs_set_step(void *data, u64 val)
{
	int ret = sim_control_set_steps(sim_rings_control(data), val);

	if (!ret)
		sim_rings_kick(data);
	return ret;
}

DEFINE_DEBUGFS_ATTRIBUTE(sim_debugfs_step_fops, sim_debugfs_get_step, sim_debugfs_set_step,
			 "%llu\n");

static int sim_debugfs_get_delay(void *data, u64 *val)
{
	*val = READ_ONCE(sim_rings_control(data)->delay_ms);
	return 0;
}

static int sim_debugfs_set_delay(void *data, u64 val)
{
	if (val > SIM_MAX_DELAY_MS)
		return -EINVAL;

	WRITE_ONCE(sim_rings_control(data)->delay_ms, val);
	return 0;
}

DEFINE_DEBUGFS_ATTRIBUTE(sim_debugfs_delay_fops, sim_debugfs_get_delay, sim_debugfs_set_delay,
			 "%llu\n");

static int sim_debugfs_get_drop(void *data, u64 *val)
{
	*val = sim_rings_dropped(data);
	return 0;
}

static int sim_debugfs_set_drop(void *data, u64 val)
{
	return val == 1 ? sim_rings_drop(data) : -EINVAL;
}

DEFINE_DEBUGFS_ATTRIBUTE(sim_debugfs_drop_fops, sim_debugfs_get_drop, sim_debugfs_set_drop,
			 "%llu\n");

/* A short line that was written, without its newline. */
static int sim_debugfs_read_line(const char __user *from, size_t size, char *line, size_t max)
{
	if (!size || size >= max)
		return -EINVAL;
	if (copy_from_user(line, from, size))
		return -EFAULT;

	line[size] = '\0';
	if (strlen(line) != size)
		return -EINVAL;
	if (line[size - 1] == '\n')
		line[size - 1] = '\0';
	return 0;
}

/* Parse "WORD" or "WORD COUNT". */
static int sim_word_parse(const struct sim_word *words, unsigned int num, char *line,
			  struct sim_arm *arm)
{
	char *count = strchr(line, ' ');
	unsigned int i;

	if (count)
		*count++ = '\0';
	for (i = 0; i < num && strcmp(line, words[i].name); i++)
		;
	if (i == num)
		return -EINVAL;

	*arm = (struct sim_arm){ .order = words[i].order, .rings = words[i].rings };
	if (!arm->rings)
		return count ? -EINVAL : 0;

	arm->left = 1;
	if (count && kstrtou32(count, 10, &arm->left))
		return -EINVAL;
	return arm->left && arm->left <= SIM_MAX_CONTROLLED ? 0 : -EINVAL;
}

static void sim_word_show(const struct sim_word *words, unsigned int num,
			  const struct sim_arm *arm, struct seq_file *m)
{
	unsigned int i;

	for (i = 1; i < num && arm->left; i++)
		if (words[i].order == arm->order && words[i].rings == arm->rings) {
			seq_printf(m, "%s %u\n", words[i].name, arm->left);
			return;
		}
	seq_printf(m, "%s\n", words[0].name);
}

static ssize_t sim_debugfs_arm(struct sim_rings *rings, struct sim_arm *control,
			       const struct sim_word *words, unsigned int num,
			       const char __user *from, size_t size)
{
	struct sim_arm arm;
	char line[32];
	int ret;

	ret = sim_debugfs_read_line(from, size, line, sizeof(line));
	if (!ret)
		ret = sim_word_parse(words, num, line, &arm);
	if (ret)
		return ret;

	sim_control_arm(sim_rings_control(rings), control, &arm);
	return size;
}

static int sim_debugfs_fault_show(struct seq_file *m, void *unused)
{
	struct sim_control *control = sim_rings_control(m->private);
	struct sim_arm arm = sim_control_armed(control, &control->fault);

	sim_word_show(sim_fault_words, ARRAY_SIZE(sim_fault_words), &arm, m);
	return 0;
}

static ssize_t sim_debugfs_fault_write(struct file *file, const char __user *from, size_t size,
				       loff_t *pos)
{
	struct sim_rings *rings = file_inode(file)->i_private;

	return sim_debugfs_arm(rings, &sim_rings_control(rings)->fault, sim_fault_words,
			       ARRAY_SIZE(sim_fault_words), from, size);
}

DEFINE_SHOW_STORE_ATTRIBUTE(sim_debugfs_fault);

static int sim_debugfs_hang_show(struct seq_file *m, void *unused)
{
	struct sim_control *control = sim_rings_control(m->private);
	struct sim_arm arm = sim_control_armed(control, &control->hang);

	sim_word_show(sim_hang_words, ARRAY_SIZE(sim_hang_words), &arm, m);
	return 0;
}

static ssize_t sim_debugfs_hang_write(struct file *file, const char __user *from, size_t size,
				      loff_t *pos)
{
	struct sim_rings *rings = file_inode(file)->i_private;

	return sim_debugfs_arm(rings, &sim_rings_control(rings)->hang, sim_hang_words,
			       ARRAY_SIZE(sim_hang_words), from, size);
}

DEFINE_SHOW_STORE_ATTRIBUTE(sim_debugfs_hang);

static int sim_debugfs_crash_show(struct seq_file *m, void *unused)
{
	struct sim_control *control = sim_rings_control(m->private);

	if (sim_rings_crashed(m->private))
		seq_puts(m, "crashed\n");
	else
		seq_puts(m, sim_control_armed(control, &control->crash).left ? "next\n" : "none\n");
	return 0;
}

static ssize_t sim_debugfs_crash_write(struct file *file, const char __user *from, size_t size,
				       loff_t *pos)
{
	struct sim_rings *rings = file_inode(file)->i_private;
	struct sim_control *control = sim_rings_control(rings);
	struct sim_arm arm = { .rings = SIM_ALL_RINGS, .order = SIM_ORDER_CRASH };
	char line[32];
	int ret;

	ret = sim_debugfs_read_line(from, size, line, sizeof(line));
	if (ret)
		return ret;

	if (!strcmp(line, "now"))
		return sim_rings_crash(rings) ?: size;
	if (!strcmp(line, "next"))
		arm.left = 1;
	else if (strcmp(line, "none"))
		return -EINVAL;

	sim_control_arm(control, &control->crash, &arm);
	return size;
}

DEFINE_SHOW_STORE_ATTRIBUTE(sim_debugfs_crash);

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
	debugfs_create_file_unsafe("step", 0600, dir, rings, &sim_debugfs_step_fops);
	debugfs_create_file_unsafe("delay", 0600, dir, rings, &sim_debugfs_delay_fops);
	debugfs_create_file("inject_fault", 0600, dir, rings, &sim_debugfs_fault_fops);
	debugfs_create_file("hang", 0600, dir, rings, &sim_debugfs_hang_fops);
	debugfs_create_file("crash", 0600, dir, rings, &sim_debugfs_crash_fops);
	debugfs_create_file_unsafe("drop", 0600, dir, rings, &sim_debugfs_drop_fops);
	debugfs_create_file("tlb", 0400, dir, mmu, &sim_debugfs_tlb_fops);
	debugfs_create_file("state", 0400, dir, rings, &sim_debugfs_state_fops);

	return dir;
}
