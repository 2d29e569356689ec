// SPDX-License-Identifier: GPL-2.0 OR MIT
/* Helpers: threads that run workgroups of commands of others. */

#include <linux/cleanup.h>
#include <linux/dma-fence.h>
#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#include "sim_helper.h"
#include "sim_mmu.h"
#include "sim_params.h"
#include "sim_unit.h"
#include "sim_worker.h"

enum sim_helper_state {
	/* Of no party. */
	SIM_HELPER_IDLE,
	/* Runs: its thread has it. In all other states the party has. */
	SIM_HELPER_RUNNING,
	/* Has stopped in the middle, as it was told to. */
	SIM_HELPER_HALTED,
	/* Has nothing left to do. */
	SIM_HELPER_DONE,
};

struct sim_helper {
	/** @unit: of its thread while it runs, else of the thread whose guest it is. */
	struct sim_unit unit;
	/** @task: its thread. Owned. */
	struct task_struct *task;
	/** @link: in sim_helpers.idle or sim_party.guests. */
	struct list_head link;
	/** @party: that it is a guest of. Set before it is let run. Borrowed. */
	struct sim_party *party;
	/** @state: enum sim_helper_state; whoever has the helper changes it. */
	u32 state;
	/** @halt: it is to stop. Written by the party. */
	bool halt;
	/** @spent: nanoseconds of all parties. Written by its thread. */
	u64 spent;
	/** @charged: how much of @spent parties have been told of. Of the party. */
	u64 charged;
};

struct sim_helpers {
	/** @lock: the lists and the counts. Innermost. */
	spinlock_t lock;
	/** @idle: of sim_helper.link. */
	struct list_head idle;
	/** @busy: threads that run something: workers between begin and end, and guests. */
	unsigned int busy;
	/** @num: entries of @helper. */
	unsigned int num;
	/** @helper: */
	struct sim_helper helper[] __counted_by(num);
};

/* Run until that comes to its end or is halted. The helper belongs to its party again then. */
static void sim_helper_run(struct sim_helper *helper)
{
	/* It does not go before its helpers, but whose guest this is may have changed by then. */
	struct sim_party *party = helper->party;
	enum agx_engine_status status = AGX_ENGINE_RUNNING;
	u64 before = sim_worker_cpu_ns();

	while (status == AGX_ENGINE_RUNNING && !READ_ONCE(helper->halt)) {
		u64 now;

		status = sim_unit_run(&helper->unit);
		now = sim_worker_cpu_ns();
		WRITE_ONCE(helper->spent, helper->spent + now - before);
		before = now;
		cond_resched_tasks_rcu_qs();
	}

	/* Pairs with the acquire in sim_helper_runs(). */
	smp_store_release(&helper->state, status == AGX_ENGINE_RUNNING ? SIM_HELPER_HALTED :
									 SIM_HELPER_DONE);
	wake_up(&party->wait);
}

static bool sim_helper_runs(const struct sim_helper *helper)
{
	/* Pairs with the releases in sim_helper_run() and sim_helper_let_run(). */
	return smp_load_acquire(&helper->state) == SIM_HELPER_RUNNING;
}

static void sim_helper_let_run(struct sim_helper *helper)
{
	helper->halt = false;
	/* Pairs with the acquire in sim_helper_runs(). */
	smp_store_release(&helper->state, SIM_HELPER_RUNNING);
	wake_up_process(helper->task);
}

static int sim_helper_thread(void *data)
{
	struct sim_helper *helper = data;

	set_user_nice(current, SIM_NICE);

	for (;;) {
		bool cookie;

		set_current_state(TASK_IDLE);
		if (!sim_helper_runs(helper)) {
			if (kthread_should_stop())
				break;
			schedule();
			continue;
		}
		__set_current_state(TASK_RUNNING);

		cookie = dma_fence_begin_signalling();
		sim_helper_run(helper);
		dma_fence_end_signalling(cookie);
	}
	__set_current_state(TASK_RUNNING);

	return 0;
}

/* An idle helper, if there is a CPU for it too. */
static struct sim_helper *sim_helpers_get(struct sim_helpers *helpers, struct sim_party *party)
{
	struct sim_helper *helper;

	/* It does no harm if this is not true any more; it is asked for all the time. */
	if (READ_ONCE(helpers->busy) > helpers->num)
		return NULL;

	guard(spinlock)(&helpers->lock);

	helper = list_first_entry_or_null(&helpers->idle, struct sim_helper, link);
	if (!helper || helpers->busy > helpers->num)
		return NULL;

	WRITE_ONCE(helpers->busy, helpers->busy + 1);
	list_move_tail(&helper->link, &party->guests);
	return helper;
}

static void sim_helper_put(struct sim_helpers *helpers, struct sim_helper *helper)
{
	helper->state = SIM_HELPER_IDLE;

	guard(spinlock)(&helpers->lock);

	WRITE_ONCE(helpers->busy, helpers->busy - 1);
	list_move(&helper->link, &helpers->idle);
}

static int sim_helper_init(struct sim_helpers *helpers, unsigned int index, struct sim_port *port)
{
	struct sim_helper *helper = &helpers->helper[index];
	struct task_struct *task;
	int ret;

	helper->unit.port = port;
	ret = sim_unit_init(&helper->unit);
	if (ret)
		return ret;

	task = kthread_create(sim_helper_thread, helper, "agx_sim/h%u", index);
	if (IS_ERR(task))
		return PTR_ERR(task);

	helper->task = task;
	list_add_tail(&helper->link, &helpers->idle);
	wake_up_process(task);
	return 0;
}

struct sim_helpers *sim_helpers_create(struct sim_mmu *mmu, unsigned int port)
{
	unsigned int num = sim_params_helpers();
	struct sim_helpers *helpers;
	unsigned int i;
	int ret;

	helpers = kzalloc(struct_size(helpers, helper, num), GFP_KERNEL);
	if (!helpers)
		return ERR_PTR(-ENOMEM);

	spin_lock_init(&helpers->lock);
	INIT_LIST_HEAD(&helpers->idle);
	helpers->num = num;
	for (i = 0; i < num; i++) {
		ret = sim_helper_init(helpers, i, sim_mmu_port(mmu, port + i));
		if (ret) {
			sim_helpers_destroy(helpers);
			return ERR_PTR(ret);
		}
	}

	return helpers;
}

void sim_helpers_destroy(struct sim_helpers *helpers)
{
	unsigned int i;

	for (i = 0; i < helpers->num; i++) {
		if (helpers->helper[i].task)
			kthread_stop(helpers->helper[i].task);
		sim_unit_fini(&helpers->helper[i].unit);
	}
	kfree(helpers);
}

void sim_party_init(struct sim_party *party, struct sim_helpers *helpers)
{
	party->helpers = helpers;
	INIT_LIST_HEAD(&party->guests);
	init_waitqueue_head(&party->wait);
}

void sim_party_begin(struct sim_party *party)
{
	guard(spinlock)(&party->helpers->lock);

	WRITE_ONCE(party->helpers->busy, party->helpers->busy + 1);
}

void sim_party_invite(struct sim_party *party, const struct sim_unit *unit)
{
	struct sim_helpers *helpers = party->helpers;
	struct sim_helper *helper;

	while ((helper = sim_helpers_get(helpers, party))) {
		if (!agx_engine_split(unit->engine, helper->unit.engine, helpers->num + 1,
				      &helper->unit, helper->unit.stack)) {
			sim_helper_put(helpers, helper);
			return;
		}
		helper->party = party;
		helper->unit.context = unit->context;
		sim_helper_let_run(helper);
	}
}

/* What a guest has spent that has not been told yet. */
static u64 sim_helper_charge(struct sim_helper *helper)
{
	u64 spent = READ_ONCE(helper->spent);
	u64 more = spent - helper->charged;

	helper->charged = spent;
	return more;
}

u64 sim_party_collect(struct sim_party *party, const struct sim_unit *unit)
{
	struct sim_helper *helper, *next;
	u64 spent = 0;

	list_for_each_entry_safe(helper, next, &party->guests, link) {
		bool done = !sim_helper_runs(helper) && helper->state == SIM_HELPER_DONE;

		spent += sim_helper_charge(helper);
		if (!done)
			continue;
		agx_engine_join(unit->engine, helper->unit.engine);
		sim_helper_put(party->helpers, helper);
	}

	return spent;
}

static unsigned int sim_party_num_running(struct sim_party *party)
{
	struct sim_helper *helper;
	unsigned int num = 0;

	list_for_each_entry(helper, &party->guests, link)
		num += sim_helper_runs(helper);

	return num;
}

void sim_party_wait(struct sim_party *party)
{
	unsigned int num = sim_party_num_running(party);

	wait_event_idle_timeout(party->wait, sim_party_num_running(party) < num, 1);
}

void sim_party_halt(struct sim_party *party)
{
	struct sim_helper *helper;

	list_for_each_entry(helper, &party->guests, link)
		WRITE_ONCE(helper->halt, true);
	wait_event_idle(party->wait, !sim_party_num_running(party));
}

void sim_party_resume(struct sim_party *party)
{
	struct sim_helper *helper;

	list_for_each_entry(helper, &party->guests, link)
		if (helper->state == SIM_HELPER_HALTED)
			sim_helper_let_run(helper);
}

u64 sim_party_end(struct sim_party *party)
{
	struct sim_helper *helper, *next;
	u64 spent = 0;

	sim_party_halt(party);
	list_for_each_entry_safe(helper, next, &party->guests, link) {
		spent += sim_helper_charge(helper);
		sim_helper_put(party->helpers, helper);
	}

	guard(spinlock)(&party->helpers->lock);

	WRITE_ONCE(party->helpers->busy, party->helpers->busy - 1);
	return spent;
}
