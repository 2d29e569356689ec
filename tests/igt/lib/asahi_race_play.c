// SPDX-License-Identifier: MIT
/* Calls that meet, held against both orders. */
#include <stdlib.h>
#include <unistd.h>

#include "asahi_race_model.h"
#include "asahi_race_play.h"
#include "asahi_race_scene.h"
#include "igt.h"

/* How far beyond one another calls are moved, and how far at most. */
#define SLACK_NS 2000
#define MAX_LEAD_NS 3000000

/* A job that runs takes a CPU away from those who race, so it does not do so often. */
#define RUNNING_SHARE 4

/* Nor is there so much to be found where both orders are the same. */
#define SAME_SHARE 2

/*
 * How often it is tried at most for each time that both are to be at the same time, and beyond
 * that; after a miss with a part of the distance, down to almost none, and then with all of it.
 */
#define TRIES 2
#define MORE_TRIES 2
#define CLOSER_SHIFT 3
#define CLOSER_STEPS 8

/* How often two are tried once more that have never been at the same time: for some seconds. */
#define LAST_TRIES 80

/* How long the second may take on a device that promises nothing of that. */
#define IMPATIENCE_S 2

struct player {
	/** @pair: what is played. Borrowed. */
	const struct asahi_race_pair *pair;
	const struct asahi_race_op *ops[2];
	struct asahi_race_world world;
	struct asahi_race race;
	struct asahi_held held;
	/** @job: of the scene. */
	enum asahi_race_job job;
	/** @orders: what is seen after either order. */
	struct asahi_race_view orders[2];
	/** @length_ns: how long each call takes. */
	int64_t length_ns[2];
	/** @misses: how often in a row they have not been at the same time. */
	unsigned int misses;
	/* How often each order was seen, or one that cannot be told, and both at the same time. */
	unsigned int firsts[2], either, together, rounds;
	/** @wrong: whether something is. */
	bool wrong;
};

/* Whether the first is held by memory that is not there. */
static bool uses_memory(const struct asahi_race_pair *pair)
{
	return pair->hold != ASAHI_RACE_HOLD_NOTHING && pair->hold != ASAHI_RACE_HOLD_GPU;
}

static void introduce(const struct player *p, const char *what)
{
	igt_info("%s, call 1 %s, call 2 %s, %s: %s\n", asahi_race_mode_name(p->pair->mode),
		 p->ops[0]->name, p->ops[1]->name, asahi_race_job_name(p->job), what);
}

/*
 * Play a scene; returns when the calls began and ended in @results. Without success there is
 * nothing to be compared.
 */
static bool play_scene(struct player *p, enum asahi_race_order order, int64_t lead_ns,
		       struct asahi_race_result results[2], struct asahi_race_view *view)
{
	struct asahi_race_scene scene;
	struct asahi_race_names names;
	bool seen;

	if (!asahi_race_scene_init(&scene, &p->world, p->pair->mode, p->ops, p->job)) {
		introduce(p, "there is no scene");
		p->wrong = true;
		return false;
	}
	asahi_race_give(&p->race, &scene.names[1]);
	if (p->pair->mode == ASAHI_RACE_PROCESSES && p->ops[0] == p->ops[1] &&
	    p->pair->calls[0] == ASAHI_RACE_CLOSE) {
		/* So that one of the two is the last. */
		close(scene.fds[0]);
		scene.fds[0] = -1;
	}
	names = scene.names[0];
	if (order == ASAHI_RACE_WITHIN) {
		names.hold = p->pair->hold;
		names.held = uses_memory(p->pair) ? &p->held : NULL;
		names.begun = scene.begun;
	}
	asahi_race_run(&p->race, &names, order, lead_ns, results);
	seen = asahi_race_scene_see(&scene, p->ops, results, view);
	asahi_race_drop(&p->race);
	asahi_race_op_drop(&results[0]);
	asahi_race_scene_fini(&scene);
	if (!seen) {
		introduce(p, "not all can be looked at");
		p->wrong = true;
	}
	return seen;
}

/*
 * How long calls take, as it changes. What took long may only have lost its CPU for a while, so
 * there is less trust in that.
 */
static void note_lengths(struct player *p, const struct asahi_race_result results[2])
{
	unsigned int i;

	for (i = 0; i < 2; i++) {
		int64_t before = p->length_ns[i];
		int64_t length = results[i].end_ns - results[i].start_ns;

		if (before && length > before)
			length = length > 2 * before ? before * 5 / 4 : (3 * before + length) / 4;
		else if (before)
			length = (before + length) / 2;
		p->length_ns[i] = length;
	}
}

/* Of what the rules say forget what is not seen of another device, or is its own affair. */
static void soften(struct asahi_race_view *expected, const struct asahi_race_view *seen)
{
	unsigned int i;

	for (i = ASAHI_RACE_SEE_SUBMIT; i <= ASAHI_RACE_SEE_JOB; i++)
		if (expected->value[i] != ASAHI_RACE_NO_FENCE)
			expected->value[i] = 1;
	for (i = 0; i < ASAHI_RACE_NUM_FIELDS; i++)
		if (seen->value[i] == ASAHI_RACE_NOTHING)
			expected->value[i] = ASAHI_RACE_NOTHING;
}

/*
 * What one order gives. The simulated device keeps all the rules, so it is what the model says.
 * Another one is asked, and only held to what calls return; the rest may be as it likes, as long as
 * it is always so.
 */
static void find_order(struct player *p, enum asahi_race_order order)
{
	static const char * const names[] = { "seen", "expected" };
	struct asahi_race_view *seen = &p->orders[order], expected;
	const struct asahi_race_view *views[] = { seen, &expected };
	struct asahi_race_result results[2];
	unsigned int i;

	asahi_race_predict(p->pair->mode, p->job, p->pair->calls, order, &expected);
	if (p->world.strict) {
		*seen = expected;
		return;
	}

	if (!play_scene(p, order, 0, results, seen))
		return;
	soften(&expected, seen);
	if (asahi_race_view_eq(seen, &expected))
		return;

	introduce(p, order ? "2 before 1 is not as on the simulated device" :
			     "1 before 2 is not as on the simulated device");
	asahi_race_view_print(views, ARRAY_SIZE(views), names);
	for (i = 0; i < 2; i++)
		p->wrong |= seen->value[ASAHI_RACE_SEE_RETURN + i] !=
			    expected.value[ASAHI_RACE_SEE_RETURN + i];
}

/*
 * How much later the second is to begin than the first: from just after it to just before, and
 * closer each time that they have missed each other.
 */
static int64_t pick_lead(const struct player *p, unsigned int *seed)
{
	int64_t range = p->length_ns[0] + p->length_ns[1] + 2 * SLACK_NS;
	int64_t lead = rand_r(seed) % range - p->length_ns[1] - SLACK_NS;
	unsigned int shift = p->misses % CLOSER_STEPS * CLOSER_SHIFT;

	if (lead > MAX_LEAD_NS)
		lead = MAX_LEAD_NS;
	if (lead < -MAX_LEAD_NS)
		lead = -MAX_LEAD_NS;
	return lead / (1 << shift);
}

/*
 * The first has to be held where it should be, and the second not to wait for it. What is held by
 * the GPU is released when the driver has waited enough, and the second may just have been slow.
 */
static void check_within(struct player *p)
{
	if (!p->race.came) {
		introduce(p, "the first has not come to what was to hold it");
		p->wrong = true;
	} else if (p->race.waited && uses_memory(p->pair)) {
		introduce(p, "the second has waited for the first, which waits for its memory");
		p->wrong |= p->world.strict;
	}
}

/* Play both together, and compare with either order. */
static void play_together(struct player *p, unsigned int *seed)
{
	static const char * const names[] = { "seen", "1 before 2", "2 before 1" };
	struct asahi_race_result results[2];
	struct asahi_race_view seen;
	const struct asahi_race_view *views[] = { &seen, &p->orders[0], &p->orders[1] };
	bool first, second, together;

	if (p->pair->hold == ASAHI_RACE_HOLD_NOTHING) {
		if (!play_scene(p, ASAHI_RACE_TOGETHER, pick_lead(p, seed), results, &seen))
			return;
		note_lengths(p, results);
	} else {
		if (!play_scene(p, ASAHI_RACE_WITHIN, 0, results, &seen))
			return;
		check_within(p);
	}
	first = asahi_race_view_eq(&seen, &p->orders[0]);
	/* What can be seen to have begun before another call comes before it. */
	second = asahi_race_view_eq(&seen, &p->orders[1]) &&
		 p->pair->hold != ASAHI_RACE_HOLD_GPU;
	together = asahi_race_overlap(results) &&
		   (p->pair->hold != ASAHI_RACE_HOLD_GPU || !p->race.waited);
	p->rounds++;
	p->together += together;
	p->misses = together ? 0 : p->misses + 1;
	p->either += first && second;
	p->firsts[0] += first && !second;
	p->firsts[1] += second && !first;
	if (first || second)
		return;

	introduce(p, "together is like neither order");
	asahi_race_view_print(views, ARRAY_SIZE(views), names);
	p->wrong = true;
}

/* Play until they have been at the same time @times. */
static void play_job(struct player *p, unsigned int times, unsigned int *seed)
{
	unsigned int before = p->together, tries;

	find_order(p, ASAHI_RACE_FIRST_THEN_SECOND);
	find_order(p, ASAHI_RACE_SECOND_THEN_FIRST);
	if (p->pair->hold == ASAHI_RACE_HOLD_NOTHING &&
	    asahi_race_view_eq(&p->orders[0], &p->orders[1]))
		times = (times + 1) / SAME_SHARE;
	p->misses = 0;
	tries = TRIES * times + MORE_TRIES;
	for (; tries && p->together - before < times && !p->wrong; tries--)
		play_together(p, seed);

	/* Where nothing is left to chance. */
	if (p->pair->hold != ASAHI_RACE_HOLD_NOTHING && p->together == before && !p->wrong) {
		introduce(p, "the second has always waited for the first");
		p->wrong = true;
	}
}

/* On a machine that is busy chance is not enough, or hardly ever. */
static void insist(struct player *p, unsigned int *seed)
{
	unsigned int tries;

	p->job = ASAHI_RACE_NO_JOB;
	find_order(p, ASAHI_RACE_FIRST_THEN_SECOND);
	find_order(p, ASAHI_RACE_SECOND_THEN_FIRST);
	for (tries = LAST_TRIES; tries && !p->together && !p->wrong; tries--)
		play_together(p, seed);
}

/* How often a pair meets while the job is in that state. It has to matter to one of the calls. */
static unsigned int share(const struct player *p, unsigned int times)
{
	bool gives_up = p->ops[0]->gives_up || p->ops[1]->gives_up;

	/* Nothing is left to chance. */
	if (p->pair->hold == ASAHI_RACE_HOLD_GPU)
		return p->job == ASAHI_RACE_JOB_STUCK;
	if (p->pair->hold != ASAHI_RACE_HOLD_NOTHING)
		return p->job < ASAHI_RACE_JOB_RUNS && (p->world.strict || !p->job);

	/* Not much is to be found. */
	if (p->ops[0]->asks || p->ops[1]->asks)
		return p->job == ASAHI_RACE_NO_JOB;

	switch (p->job) {
	case ASAHI_RACE_NO_JOB:
		return times;
	case ASAHI_RACE_JOB_WAITS:
		return p->world.strict && (gives_up || p->ops[0]->submits) ?
		       (times + 1) / 2 : 0;
	case ASAHI_RACE_JOB_RUNS:
		return p->world.strict && p->ops[0]->gives_up && p->ops[1]->gives_up ?
		       times / RUNNING_SHARE : 0;
	default:
		return 0;
	}
}

unsigned int asahi_race_play(const struct asahi_race_pair *pair, unsigned int times,
			     unsigned int *seed)
{
	static struct player p;
	unsigned int i, num;

	p = (struct player){ .pair = pair };
	for (i = 0; i < 2; i++)
		p.ops[i] = &asahi_race_ops[pair->calls[i]];
	if (uses_memory(pair))
		igt_assert_eq(asahi_held_init(&p.held), 0);
	asahi_race_world_init(&p.world);
	asahi_race_start(&p.race, pair->mode, p.ops[0], p.ops[1]);
	if (!p.world.strict)
		p.race.patience_s = IMPATIENCE_S;
	for (p.job = 0; p.job < ASAHI_RACE_NUM_JOBS && !p.wrong; p.job++) {
		num = share(&p, times);
		if (num)
			play_job(&p, num, seed);
	}
	if (pair->hold == ASAHI_RACE_HOLD_NOTHING && !p.together && !p.wrong)
		insist(&p, seed);
	asahi_race_stop(&p.race);
	asahi_race_world_fini(&p.world);
	if (uses_memory(pair))
		asahi_held_fini(&p.held);

	igt_info("%u rounds, %u at the same time: 1 before 2 %u, 2 before 1 %u, either %u\n",
		 p.rounds, p.together, p.firsts[0], p.firsts[1], p.either);
	igt_assert_f(!p.wrong, "two calls together are not like one after the other\n");
	return p.together;
}
