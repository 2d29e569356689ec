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
	/* How often each order was seen, or one that cannot be told, and both at the same time. */
	unsigned int firsts[2], either, together, rounds;
	/** @wrong: whether something is. */
	bool wrong;
};

/* Play a scene; returns when the calls began and ended in @results. */
static void play_scene(struct player *p, enum asahi_race_order order, int64_t lead_ns,
		       struct asahi_race_result results[2], struct asahi_race_view *view)
{
	struct asahi_race_scene scene;
	struct asahi_race_names names;

	asahi_race_scene_init(&scene, &p->world, p->pair->mode, p->ops, p->job);
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
		names.held = &p->held;
	}
	asahi_race_run(&p->race, &names, order, lead_ns, results);
	asahi_race_scene_see(&scene, p->ops, results, view);
	asahi_race_drop(&p->race);
	asahi_race_op_drop(&results[0]);
	asahi_race_scene_fini(&scene);
}

static void introduce(const struct player *p, const char *what)
{
	igt_info("%s, call 1 %s, call 2 %s, %s: %s\n", asahi_race_mode_name(p->pair->mode),
		 p->ops[0]->name, p->ops[1]->name, asahi_race_job_name(p->job), what);
}

/* How long calls take is averaged over the last few. */
static void note_lengths(struct player *p, const struct asahi_race_result results[2])
{
	unsigned int i;

	for (i = 0; i < 2; i++) {
		int64_t length = results[i].end_ns - results[i].start_ns;

		p->length_ns[i] = p->length_ns[i] ? (3 * p->length_ns[i] + length) / 4 : length;
	}
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

	play_scene(p, order, 0, results, seen);
	if (asahi_race_view_eq(seen, &expected))
		return;

	introduce(p, order ? "2 before 1 is not as on the simulated device" :
			     "1 before 2 is not as on the simulated device");
	asahi_race_view_print(views, ARRAY_SIZE(views), names);
	for (i = 0; i < 2; i++)
		p->wrong |= seen->value[ASAHI_RACE_SEE_RETURN + i] !=
			    expected.value[ASAHI_RACE_SEE_RETURN + i];
}

/* How much later the second is to begin than the first: from just after it to just before. */
static int64_t pick_lead(const struct player *p, unsigned int *seed)
{
	int64_t range = p->length_ns[0] + p->length_ns[1] + 2 * SLACK_NS;
	int64_t lead = rand_r(seed) % range - p->length_ns[1] - SLACK_NS;

	if (lead > MAX_LEAD_NS)
		return MAX_LEAD_NS;
	return lead < -MAX_LEAD_NS ? -MAX_LEAD_NS : lead;
}

/* The first has to be held where it should be, and the second not to wait for it. */
static void check_within(struct player *p)
{
	if (!p->race.came) {
		introduce(p, "the first has not read what was to hold it");
		p->wrong = true;
	} else if (p->race.waited) {
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
	bool first, second;

	if (p->pair->hold == ASAHI_RACE_HOLD_NOTHING) {
		play_scene(p, ASAHI_RACE_TOGETHER, pick_lead(p, seed), results, &seen);
		note_lengths(p, results);
	} else {
		play_scene(p, ASAHI_RACE_WITHIN, 0, results, &seen);
		check_within(p);
	}
	first = asahi_race_view_eq(&seen, &p->orders[0]);
	second = asahi_race_view_eq(&seen, &p->orders[1]);
	p->rounds++;
	p->together += results[0].start_ns < results[1].end_ns &&
		       results[1].start_ns < results[0].end_ns;
	p->either += first && second;
	p->firsts[0] += first && !second;
	p->firsts[1] += second && !first;
	if (first || second)
		return;

	introduce(p, "together is like neither order");
	asahi_race_view_print(views, ARRAY_SIZE(views), names);
	p->wrong = true;
}

static void play_job(struct player *p, unsigned int rounds, unsigned int *seed)
{
	unsigned int i;

	find_order(p, ASAHI_RACE_FIRST_THEN_SECOND);
	find_order(p, ASAHI_RACE_SECOND_THEN_FIRST);
	if (p->pair->hold == ASAHI_RACE_HOLD_NOTHING &&
	    asahi_race_view_eq(&p->orders[0], &p->orders[1]))
		rounds = (rounds + 1) / SAME_SHARE;
	for (i = 0; i < rounds && !p->wrong; i++)
		play_together(p, seed);
}

/* How often a pair meets while the job is in that state. It has to matter to one of the calls. */
static unsigned int share(const struct player *p, unsigned int rounds)
{
	bool gives_up = p->ops[0]->gives_up || p->ops[1]->gives_up;

	/* Nothing is left to chance. */
	if (p->pair->hold != ASAHI_RACE_HOLD_NOTHING)
		return p->job != ASAHI_RACE_JOB_RUNS && (p->world.strict || !p->job);

	switch (p->job) {
	case ASAHI_RACE_JOB_WAITS:
		return p->world.strict && (gives_up || p->ops[0]->submits) ?
		       (rounds + 1) / 2 : 0;
	case ASAHI_RACE_JOB_RUNS:
		return p->world.strict && p->ops[0]->gives_up && p->ops[1]->gives_up ?
		       rounds / RUNNING_SHARE : 0;
	default:
		return rounds;
	}
}

void asahi_race_play(const struct asahi_race_pair *pair, unsigned int rounds, unsigned int *seed)
{
	static struct player p;
	unsigned int i, num;

	p = (struct player){ .pair = pair };
	for (i = 0; i < 2; i++)
		p.ops[i] = &asahi_race_ops[pair->calls[i]];
	if (pair->hold != ASAHI_RACE_HOLD_NOTHING)
		igt_assert_eq(asahi_held_init(&p.held), 0);
	asahi_race_world_init(&p.world);
	asahi_race_start(&p.race, pair->mode, p.ops[0], p.ops[1]);
	for (p.job = 0; p.job < ASAHI_RACE_NUM_JOBS && !p.wrong; p.job++) {
		num = share(&p, rounds);
		if (num)
			play_job(&p, num, seed);
	}
	asahi_race_stop(&p.race);
	asahi_race_world_fini(&p.world);
	if (pair->hold != ASAHI_RACE_HOLD_NOTHING)
		asahi_held_fini(&p.held);

	igt_info("%u rounds, %u at the same time: 1 before 2 %u, 2 before 1 %u, either %u\n",
		 p.rounds, p.together, p.firsts[0], p.firsts[1], p.either);
	igt_assert_f(!p.wrong, "two calls together are not like one after the other\n");
}
