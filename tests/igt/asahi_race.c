// SPDX-License-Identifier: MIT
/**
 * TEST: asahi race
 * Category: Core
 * Mega feature: Lifetimes
 * Sub-category: races
 * Functionality: ioctl
 * Description: Every pair of calls meets on the same things: from two threads with one descriptor,
 *	from two processes with one file, and, for what is about a buffer object, from two files
 *	that share it. Return values, errnos, ids, live objects, fences, what each id still says
 *	and what the GPU sees are then what they are after one of the two orders, which in turn is
 *	what a model of the rules says, lib/asahi_race_model.h. Each pair is a dynamic subtest, in
 *	which the two are at the same time as often as --rounds N says in each state of a job, at
 *	distances that a seed decides: --seed N, or that of the environment's ASAHI_SEED. Two that
 *	always miss each other skip. The same holds for calls that are made while another is stopped
 *	in the middle.
 */
/*
 * The calls are all ioctls of the driver, VM_BIND, GEM_CREATE and GEM_BIND_OBJECT for each thing
 * that they do, and of the core those that make and give up what the driver's work on: GEM_CLOSE,
 * PRIME_HANDLE_TO_FD and PRIME_FD_TO_HANDLE, SYNCOBJ_DESTROY, and close(); and the unbinding of the
 * driver meets each of them. Not here are:
 *
 * - GEM_FLINK and GEM_OPEN, which are for the primary node only; asahi_gem has what is ours there.
 * - mmap(), munmap() and page faults, which are made beside other calls in asahi_dmabuf_races and
 *   asahi_unbind.
 * - what else can be done with syncobjs: it is the core's alone, and meets the driver in fences.
 *   asahi_sync_wait has waits that come before the SUBMIT.
 */
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "asahi_device.h"
#include "asahi_effort.h"
#include "asahi_options.h"
#include "asahi_race_play.h"
#include "asahi_race_unbind.h"
#include "asahi_seed.h"
#include "igt.h"

IGT_TEST_DESCRIPTION("Every pair of calls at the same time");

static struct {
	unsigned int seed, rounds, unbinds;
} options = { .rounds = 4, .unbinds = 1 };

/* As many pairs tell whether any can be at the same time. */
#define ENOUGH_PAIRS 10

/* A call that others meet: at the same time, or while it is held. */
struct subject {
	enum asahi_race_call call;
	enum asahi_race_hold hold;
};

/* Of the subtest that runs: whether risks are avoided; pairs, and how often they really met. */
static struct {
	bool careful;
	unsigned int pairs, met, missed;
} now;

/* Whether one takes mappings away with something else, and the other changes mappings too. */
static bool is_risky(enum asahi_race_call first, enum asahi_race_call second)
{
	const struct asahi_race_op *a = &asahi_race_ops[first], *b = &asahi_race_ops[second];

	return a->maps && b->maps && (a->gives_up || b->gives_up);
}

/* Whether there is a thing that both are about, or the first could be in the way of the second. */
static bool can_meet(enum asahi_race_mode mode, const struct subject *subject,
		     enum asahi_race_call call)
{
	const struct asahi_race_op *first = &asahi_race_ops[subject->call];
	const struct asahi_race_op *second = &asahi_race_ops[call];

	if (now.careful && is_risky(subject->call, call))
		return false;
	if (mode == ASAHI_RACE_FILES)
		return first->shared && second->shared && subject->hold != ASAHI_RACE_HOLD_GPU;
	return subject->hold != ASAHI_RACE_HOLD_GPU || second->queues;
}

/*
 * Pair number @i of a call: with any if it is held, as that is not the same the other way round;
 * otherwise with one that is not before it in the list.
 */
static bool make_pair(const struct subject *subject, unsigned int i, struct asahi_race_pair *pair)
{
	enum asahi_race_call second, from = subject->hold ? 0 : subject->call;
	enum asahi_race_mode mode;

	for (mode = 0; mode < ASAHI_RACE_NUM_MODES; mode++) {
		for (second = from; second < ASAHI_RACE_NUM_CALLS; second++) {
			if (!can_meet(mode, subject, second) || i--)
				continue;
			*pair = (struct asahi_race_pair){ mode, { subject->call, second },
							  subject->hold };
			return true;
		}
	}
	return false;
}

static void name_pair(const struct asahi_race_pair *pair, char *name, size_t size)
{
	snprintf(name, size, "%s-%s", asahi_race_mode_name(pair->mode),
		 asahi_race_ops[pair->calls[1]].name);
}

/* Where the distances come from; printed when it is asked for first. */
static unsigned int *seed(void)
{
	if (!options.seed)
		options.seed = asahi_seed_new();
	return &options.seed;
}

static bool name_case(const void *data, unsigned int i, char *name, size_t size)
{
	struct asahi_race_pair pair;

	if (!make_pair(data, i, &pair))
		return false;

	name_pair(&pair, name, size);
	return true;
}

/*
 * After the last pair of a subtest. A busy machine rarely lets two run at the same time, and a pair
 * that always misses skips; but where there are many pairs not all do.
 */
static void check_met(void)
{
	igt_info("%u pairs, of which %u were never at the same time\n", now.pairs, now.missed);
	if (now.pairs >= ENOUGH_PAIRS && sysconf(_SC_NPROCESSORS_ONLN) > 1)
		igt_assert_f(now.met, "no two calls were ever at the same time\n");
}

static void run_case(const void *data, unsigned int i)
{
	struct asahi_race_pair pair, next;
	unsigned int met;

	igt_assert(make_pair(data, i, &pair));
	met = asahi_race_play(&pair, asahi_rounds(options.rounds), seed());
	now.pairs++;
	now.met += met;
	now.missed += !met;
	if (now.pairs == i + 1 && !make_pair(data, i + 1, &next))
		check_met();
	igt_require_f(met, "the two calls were never at the same time, nothing has been tried\n");
}

static bool has_risk(const struct subject *subject)
{
	enum asahi_race_call call;

	for (call = 0; call < ASAHI_RACE_NUM_CALLS; call++)
		if (is_risky(subject->call, call))
			return true;
	return false;
}

static void require_held(void)
{
	struct asahi_held held;
	int ret = asahi_held_init(&held);

	igt_require_f(!ret, "userfaultfd cannot be used: %s\n", strerror(-ret));
	asahi_held_fini(&held);
}

static void require_calls(const void *data)
{
	const char *risk = "mappings that go beside calls that map: "
			   "the Rust driver misses a lock of drm_gpuvm, and may oops";
	const struct subject *subject = data;
	int fd = asahi_open();
	bool simulated = asahi_is_simulated(fd);

	memset(&now, 0, sizeof(now));
	now.careful = has_risk(subject) && !asahi_can_risk(fd, risk);
	asahi_close(fd);
	if (subject->hold == ASAHI_RACE_HOLD_GPU)
		igt_require_f(simulated, "only for the simulated GPU: it hangs\n");
	else if (subject->hold != ASAHI_RACE_HOLD_NOTHING)
		require_held();
}

static const struct asahi_cases cases = { require_calls, name_case, run_case };

/* Call number @i that meets an unbinding, from a thread or from a process. */
static bool make_unbind(unsigned int i, struct asahi_race_pair *pair)
{
	if (i >= 2 * ASAHI_RACE_NUM_CALLS)
		return false;

	pair->mode = i / ASAHI_RACE_NUM_CALLS;
	pair->calls[1] = i % ASAHI_RACE_NUM_CALLS;
	return true;
}

static void require_unbind(const void *data)
{
	int fd = asahi_open();
	bool simulated = asahi_is_simulated(fd);

	asahi_close(fd);
	igt_require_f(simulated, "only for the simulated GPU: %s\n", ASAHI_UNBINDS);
}

static bool name_unbind(const void *data, unsigned int i, char *name, size_t size)
{
	struct asahi_race_pair pair;

	if (!make_unbind(i, &pair))
		return false;

	name_pair(&pair, name, size);
	return true;
}

static void run_unbind(const void *data, unsigned int i)
{
	struct asahi_race_pair pair;

	igt_assert(make_unbind(i, &pair));
	asahi_race_unbind_play(pair.mode, pair.calls[1], options.unbinds, seed());
}

static const struct asahi_cases unbind_cases = { require_unbind, name_unbind, run_unbind };

/* Calls that can be held while the driver is unbound. */
static const struct {
	const char *name;
	struct subject subject;
} held_calls[] = {
	{ "submit-commands", { ASAHI_RACE_SUBMIT, ASAHI_RACE_HOLD_COMMANDS } },
	{ "submit-syncs", { ASAHI_RACE_SUBMIT, ASAHI_RACE_HOLD_SYNCS } },
	{ "map", { ASAHI_RACE_MAP, ASAHI_RACE_HOLD_OPS } },
	{ "replace", { ASAHI_RACE_REPLACE, ASAHI_RACE_HOLD_OPS } },
	{ "unmap", { ASAHI_RACE_UNMAP, ASAHI_RACE_HOLD_OPS } },
	{ "get-params", { ASAHI_RACE_GET_PARAMS, ASAHI_RACE_HOLD_PARAMS } },
};

static void require_held_unbind(const void *data)
{
	require_unbind(data);
	require_held();
}

static bool name_held_unbind(const void *data, unsigned int i, char *name, size_t size)
{
	if (i >= 2 * ARRAY_SIZE(held_calls))
		return false;

	snprintf(name, size, "%s-%s", asahi_race_mode_name(i / ARRAY_SIZE(held_calls)),
		 held_calls[i % ARRAY_SIZE(held_calls)].name);
	return true;
}

static void run_held_unbind(const void *data, unsigned int i)
{
	const struct subject *subject = &held_calls[i % ARRAY_SIZE(held_calls)].subject;

	asahi_race_unbind_within(i / ARRAY_SIZE(held_calls), subject->call, subject->hold);
}

static const struct asahi_cases held_unbind_cases = {
	require_held_unbind, name_held_unbind, run_held_unbind,
};

/**
 * SUBTEST: close
 * Description: close() meets every call. One that has found the file is made as a whole, and the
 *	file ends after it; with a descriptor that another process has, it does not end.
 *
 * SUBTEST: queue-destroy
 * Description: QUEUE_DESTROY meets every call. A SUBMIT has a job, which is cancelled, or finds
 *	nothing and leaves no fence; of two only one finds the queue.
 *
 * SUBTEST: vm-destroy
 * Description: VM_DESTROY meets every call. What is mapped meanwhile goes with the VM, but for one
 *	that a queue keeps open; or there is no VM any more to map into, or to make a queue for.
 *
 * SUBTEST: gem-close
 * Description: GEM_CLOSE meets every call. Nothing that finds the handle leaves a mapping behind;
 *	an import gives the handle that goes or a new one that stays.
 *
 * SUBTEST: object-unbind
 * Description: Giving a timestamp object up meets every call. A SUBMIT that finds it keeps it.
 *
 * SUBTEST: syncobj-destroy
 * Description: SYNCOBJ_DESTROY meets every call. A SUBMIT that finds the syncobj gives it a fence,
 *	for others that have it too.
 *
 * SUBTEST: submit
 * Description: SUBMIT meets every call that gives nothing up, itself included.
 *
 * SUBTEST: map
 * Description: Mapping meets calls that change what is mapped or make something: where addresses
 *	overlap the later one is there as a whole.
 *
 * SUBTEST: replace
 * Description: Mapping in place of something else meets the same calls: so it is there.
 *
 * SUBTEST: unmap
 * Description: Unmapping meets the same calls: so it is there.
 *
 * SUBTEST: queue-create
 * Description: QUEUE_CREATE meets calls that make something: no id is given twice.
 *
 * SUBTEST: vm-create
 * Description: VM_CREATE meets calls that make something: no id is given twice.
 *
 * SUBTEST: gem-create
 * Description: GEM_CREATE meets calls that make something: no handle is given twice.
 *
 * SUBTEST: gem-create-private
 * Description: GEM_CREATE of what is private to a VM meets the same calls.
 *
 * SUBTEST: object-bind
 * Description: Making a timestamp object meets itself and calls that share memory: no id
 *	is given twice.
 *
 * SUBTEST: export
 * Description: PRIME_HANDLE_TO_FD meets calls that share memory: of a buffer object there is one
 *	dma-buf.
 *
 * SUBTEST: import
 * Description: PRIME_FD_TO_HANDLE meets itself: in a file there is one handle for a buffer
 *	object.
 *
 * SUBTEST: mmap-offset
 * Description: GEM_MMAP_OFFSET meets itself.
 *
 * SUBTEST: get-params
 * Description: GET_PARAMS meets itself and GET_TIME.
 *
 * SUBTEST: get-time
 * Description: GET_TIME meets itself.
 *
 * SUBTEST: within-submit-commands
 * Description: Every call is made while a SUBMIT is stopped where it reads its commands, by
 *	memory that is not there yet. It does not wait for that, and it is one after the other, as
 *	ever: the SUBMIT has a job that is cancelled, or finds nothing and leaves no fence.
 *
 * SUBTEST: within-submit-syncs
 * Description: The same where it reads its syncs.
 *
 * SUBTEST: within-map
 * Description: Every call is made while a VM_BIND that maps is stopped where it reads its
 *	operations. It does not wait for that; and what is mapped goes with the VM or the handle, or
 *	is not mapped.
 *
 * SUBTEST: within-replace
 * Description: The same of one that replaces what is mapped.
 *
 * SUBTEST: within-unmap
 * Description: The same of one that unmaps.
 *
 * SUBTEST: within-queue-destroy
 * Description: Calls about a queue are made while a QUEUE_DESTROY waits for a job that does not
 *	leave the GPU, and has ended the one behind it. They do not wait for that, and the id is
 *	free.
 *
 * SUBTEST: unbind
 * Description: The driver is unbound while a call is made: it is as if the call had come before,
 *	after, or when the GPU had been stopped but not yet the device been closed.
 *
 * SUBTEST: within-unbind
 * Description: The driver is unbound while a call is stopped where it reads or writes memory that
 *	is not there yet. The unbinding does not wait for that, and it is as if the call had come
 *	when the GPU had been stopped, or after.
 */

/* A subtest of a call, and of one that is held. */
#define RACE(name, call, text) WITHIN(name, call, NOTHING, text)
#define WITHIN(name, call, what, text) \
	{ name, text, NULL, NULL, \
	  &(const struct subject){ ASAHI_RACE_##call, ASAHI_RACE_HOLD_##what }, &cases }

static const struct asahi_subtest subtests[] = {
	RACE("close", CLOSE,
	     "A call that a close meets is made before it as a whole, or finds no file."),
	RACE("queue-destroy", QUEUE_DESTROY,
	     "A call that QUEUE_DESTROY meets is like one before or after it."),
	RACE("vm-destroy", VM_DESTROY,
	     "A call that VM_DESTROY meets is like one before or after it."),
	RACE("gem-close", GEM_CLOSE, "A call that GEM_CLOSE meets is like one before or after it."),
	RACE("object-unbind", OBJECT_UNBIND,
	     "A SUBMIT keeps a timestamp object that is given up meanwhile."),
	RACE("syncobj-destroy", SYNCOBJ_DESTROY,
	     "A SUBMIT signals a syncobj that is destroyed meanwhile."),
	RACE("submit", SUBMIT, "SUBMIT and what gives nothing up are one after the other."),
	RACE("map", MAP, "Of mappings that are made together the later one is there as a whole."),
	RACE("replace", REPLACE,
	     "Of replacements that are made together the later one is there as a whole."),
	RACE("unmap", UNMAP,
	     "Of unmaps and mappings together the later one has its effect as a whole."),
	RACE("queue-create", QUEUE_CREATE,
	     "No queue's id is given twice, whatever is made meanwhile."),
	RACE("vm-create", VM_CREATE,
	     "No address space's id is given twice, whatever is made meanwhile."),
	RACE("gem-create", GEM_CREATE, "No handle is given twice, whatever is made meanwhile."),
	RACE("gem-create-private", GEM_CREATE_PRIVATE,
	     "No handle is given twice, of what is private either."),
	RACE("object-bind", OBJECT_BIND, "No timestamp object's id is given twice."),
	RACE("export", EXPORT, "A buffer object that is shared by two at a time is one dma-buf."),
	RACE("import", IMPORT, "A buffer object that two import at a time has one handle."),
	RACE("mmap-offset", MMAP_OFFSET, "GEM_MMAP_OFFSET answers two at a time as one by one."),
	RACE("get-params", GET_PARAMS, "GET_PARAMS answers two at a time as one by one."),
	RACE("get-time", GET_TIME, "GET_TIME answers two at a time as one by one."),
	WITHIN("within-submit-commands", SUBMIT, COMMANDS,
	       "No call waits for a SUBMIT that reads its commands."),
	WITHIN("within-submit-syncs", SUBMIT, SYNCS,
	       "No call waits for a SUBMIT that reads its syncs."),
	WITHIN("within-map", MAP, OPS, "No call waits for a VM_BIND that reads what to map."),
	WITHIN("within-replace", REPLACE, OPS,
	       "No call waits for a VM_BIND that reads what to replace."),
	WITHIN("within-unmap", UNMAP, OPS, "No call waits for a VM_BIND that reads what to unmap."),
	WITHIN("within-queue-destroy", QUEUE_DESTROY, GPU,
	       "No call waits for a QUEUE_DESTROY that waits for its job."),
	{ "unbind", "A call that an unbinding meets is like one before or after it.", NULL, NULL,
	  NULL, &unbind_cases },
	{ "within-unbind", "An unbinding does not wait for a call that reads its memory.", NULL,
	  NULL, NULL, &held_unbind_cases },
};

static const struct option long_options[] = {
	{ "seed", required_argument, NULL, 's' },
	{ "rounds", required_argument, NULL, 'r' },
	{ "unbinds", required_argument, NULL, 'u' },
	{ 0 },
};

static const char help[] =
	"  --seed N\tseed of the distances (default: ASAHI_SEED, or any)\n"
	"  --rounds N\thow often a pair meets with each state of a job (default 4)\n"
	"  --unbinds N\thow often a call meets an unbinding (default 1)\n";

static int handle_option(int opt, int i, void *data)
{
	return asahi_option_number(opt == 's' ? &options.seed :
				   opt == 'r' ? &options.rounds : &options.unbinds);
}

int igt_main_args("", long_options, help, handle_option, NULL)
{
	asahi_run_subtests(subtests, ARRAY_SIZE(subtests));
}
