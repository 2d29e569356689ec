/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef SIM_HELPER_H
#define SIM_HELPER_H

#include <linux/list.h>
#include <linux/types.h>
#include <linux/wait.h>

struct sim_mmu;
struct sim_unit;

/**
 * DOC: Helpers
 *
 * A command is run by one worker, but the workgroups of its launches can be run by several threads.
 * Helpers are threads with an engine each for that purpose. A worker that has workgroups left, and
 * CPUs that nobody needs, invites idle helpers to its party: each gets some of the workgroups and
 * leaves when they are over. No helper is ever waited for before it has some, so that there are
 * fewer of them than there is work for does no harm.
 *
 * What holds for the worker of a command holds for its party: it touches memory only while the
 * worker lets it, and what it spends is the command's.
 */
struct sim_helpers;

/** struct sim_party - The helpers of a worker; embedded in it, and outlives the helpers. */
struct sim_party {
	/** @helpers: all that there are. Borrowed. */
	struct sim_helpers *helpers;
	/** @guests: of sim_helper.link; of the worker's thread alone. */
	struct list_head guests;
	/** @wait: for a guest that stops. */
	wait_queue_head_t wait;
};

/**
 * sim_helpers_create() - Start the threads.
 * @mmu: Memory. Borrowed.
 * @port: The first of as many ports as there are helpers, all for them.
 *
 * Return: the helpers, or an ERR_PTR(-ENOMEM) or ERR_PTR(-EINTR).
 */
struct sim_helpers *sim_helpers_create(struct sim_mmu *mmu, unsigned int port);

/** sim_helpers_destroy() - Stop the threads; there may be no party any more. Sleeps. */
void sim_helpers_destroy(struct sim_helpers *helpers);

/** sim_party_init() - A party without guests. */
void sim_party_init(struct sim_party *party, struct sim_helpers *helpers);

/** sim_party_begin() - A command begins whose engine could do with help. */
void sim_party_begin(struct sim_party *party);

/** sim_party_invite() - Let idle helpers run part of what the engine of @unit has to do, if any. */
void sim_party_invite(struct sim_party *party, const struct sim_unit *unit);

/**
 * sim_party_collect() - See what guests have done since the last time.
 * @party: The party.
 * @unit: Whose engine the guests help; those that are done are joined to it, and leave.
 *
 * Return: nanoseconds that they have spent.
 */
u64 sim_party_collect(struct sim_party *party, const struct sim_unit *unit);

/** sim_party_wait() - Sleep until a guest is done, but not for longer than a tick. */
void sim_party_wait(struct sim_party *party);

/** sim_party_halt() - Let guests stop. When this returns none of them touches memory. Sleeps. */
void sim_party_halt(struct sim_party *party);

/** sim_party_resume() - Let guests that were halted go on. */
void sim_party_resume(struct sim_party *party);

/**
 * sim_party_end() - The command is over: guests leave, whether they are done or not. Sleeps.
 * @party: The party.
 *
 * Return: nanoseconds that they have spent since the last sim_party_collect().
 */
u64 sim_party_end(struct sim_party *party);

#endif
