// SPDX-License-Identifier: MIT
/* Calls while the driver is being unbound. */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "asahi_binding.h"
#include "asahi_device.h"
#include "asahi_race_scene.h"
#include "asahi_race_unbind.h"
#include "igt.h"
#include "igt_syncobj.h"

/* Where a call can come. */
enum moment {
	/* Before anything else. */
	MOMENT_BEFORE,
	/* Between the two steps. */
	MOMENT_BETWEEN,
	/* After the last. */
	MOMENT_AFTER,
	NUM_MOMENTS,
};

/* Until the first unbinding has told how long it takes. */
#define FIRST_LENGTH_NS 5000000

/* How often a call tries to be at the same time, or between the steps if that can be told. */
#define TRIES 3
#define BETWEEN_TRIES 8

static struct asahi_binding binding;

struct unbinder {
	enum asahi_race_mode mode;
	enum asahi_race_call call;
	/* The actors, and which of them makes the call; the other unbinds. */
	const struct asahi_race_op *ops[2];
	unsigned int caller;
	/** @hold: where the call is held, and @held by what. */
	enum asahi_race_hold hold;
	struct asahi_held held;
	/** @expected: what is seen after each order. */
	struct asahi_race_view expected[NUM_MOMENTS];
	/* Between which distances the steps are, as far as is known, and how long both take. */
	int64_t from_ns, to_ns, length_ns;
	/* How often each order was seen, and both at the same time. */
	unsigned int moments[NUM_MOMENTS], together, rounds;
};

static int run_unbind(const struct asahi_race_names *names, unsigned int who,
		      struct asahi_race_result *result)
{
	return asahi_unbind(&binding);
}

static const struct asahi_race_op unbind = { "unbind", run_unbind, .imports = true,
					     .submits = true };

/* Whether a call is the end of the job, by itself. */
static bool kills(const struct unbinder *u)
{
	return u->call == ASAHI_RACE_QUEUE_DESTROY ||
	       (u->call == ASAHI_RACE_CLOSE && u->mode == ASAHI_RACE_THREADS);
}

/* What is to be seen in the end, if the call has come at @when. */
static void predict(const struct unbinder *u, enum moment when, struct asahi_race_view *view)
{
	int64_t *value = view->value, *file = asahi_race_view_file(view, 0);
	bool submits = u->call == ASAHI_RACE_SUBMIT;
	unsigned int i;

	asahi_race_view_clear(view);
	value[ASAHI_RACE_SEE_RETURN] = 0;
	value[ASAHI_RACE_SEE_RETURN + 1] = 0;
	/* Closing always works. */
	if (when == MOMENT_AFTER && u->call != ASAHI_RACE_CLOSE)
		value[ASAHI_RACE_SEE_RETURN + u->caller] = -ENODEV;

	/* What is in memory stays. */
	value[ASAHI_RACE_SEE_VALUE] = ASAHI_RACE_BO_TAG(0);

	for (i = ASAHI_RACE_OWN; i <= ASAHI_RACE_JOB; i++)
		value[ASAHI_RACE_SEE_SUBMIT + i] = ASAHI_RACE_NO_FENCE;
	value[ASAHI_RACE_SEE_JOB] = -ENODEV;
	if (when == MOMENT_BEFORE && kills(u))
		value[ASAHI_RACE_SEE_JOB] = -ECANCELED;
	/* Without a GPU, too, there are jobs: they are over at once. */
	if (when != MOMENT_AFTER && submits) {
		value[ASAHI_RACE_SEE_SUBMIT + u->caller] = -ENODEV;
		value[ASAHI_RACE_SEE_COMMON] = -ENODEV;
	}

	if (u->call == ASAHI_RACE_CLOSE && u->mode == ASAHI_RACE_THREADS)
		return;
	for (i = 0; i < ASAHI_RACE_SEE_PAGE; i++)
		file[i] = -ENODEV;
}

/* Look at what is left, by a file of the device as it is now. */
static void see(struct asahi_race_scene *scene, const struct asahi_race_result results[2], int fd,
		struct asahi_race_view *view)
{
	int64_t *value = view->value;
	uint32_t syncobj;
	unsigned int i;

	asahi_race_view_clear(view);
	for (i = 0; i < 2; i++)
		value[ASAHI_RACE_SEE_RETURN + i] = results[i].ret;
	value[ASAHI_RACE_SEE_VALUE] = asahi_race_read_word(scene->dma_buf);
	for (i = ASAHI_RACE_OWN; i <= ASAHI_RACE_JOB; i++) {
		syncobj = syncobj_fd_to_handle(fd, scene->world->syncobj_fds[i], 0);
		value[ASAHI_RACE_SEE_SUBMIT + i] = asahi_race_fence_status(fd, syncobj);
	}
	if (scene->fds[0] >= 0)
		asahi_race_see_calls(&scene->names[0], scene->fds[0],
				     asahi_race_view_file(view, 0));
}

/* Which order a view is like; NUM_MOMENTS if none. Of some calls two orders look the same. */
static enum moment find_moment(const struct unbinder *u, const struct asahi_race_view *seen)
{
	enum moment moment = u->hold ? MOMENT_BETWEEN : MOMENT_BEFORE;

	while (moment < NUM_MOMENTS && !asahi_race_view_eq(seen, &u->expected[moment]))
		moment++;
	return moment;
}

/* Make the scene and let both call; returns whether there was one. */
static bool act(struct unbinder *u, struct asahi_race_scene *scene, struct asahi_race_world *world,
		struct asahi_race *race, int64_t lead_ns, struct asahi_race_result results[2])
{
	struct asahi_race_names names;

	if (!asahi_race_scene_init(scene, world, u->mode, u->ops, ASAHI_RACE_JOB_WAITS))
		return false;

	asahi_race_give(race, &scene->names[1]);
	names = scene->names[0];
	names.hold = u->hold;
	names.held = u->hold ? &u->held : NULL;
	asahi_race_run(race, &names, u->hold ? ASAHI_RACE_WITHIN : ASAHI_RACE_TOGETHER, lead_ns,
		       results);
	asahi_race_drop(race);
	return true;
}

/*
 * Unbind once, and bind again. Returns what it was like, of which NUM_MOMENTS is wrong, and has
 * been reported.
 */
static enum moment play(struct unbinder *u, int64_t lead_ns)
{
	static const char * const names[] = { "seen", "before", "between", "after" };
	const struct asahi_race_view *views[NUM_MOMENTS + 1];
	static struct asahi_race_world world;
	struct asahi_race_result results[2];
	struct asahi_race_scene scene;
	struct asahi_race_view seen;
	struct asahi_race race;
	enum moment moment;
	unsigned int i;
	bool acted;
	int fd, ret;

	asahi_race_world_init(&world);
	asahi_race_start(&race, u->mode, u->ops[0], u->ops[1]);
	acted = act(u, &scene, &world, &race, lead_ns, results);
	asahi_race_stop(&race);
	igt_assert_f(acted, "there is no scene\n");
	ret = results[!u->caller].ret ? 0 : asahi_bind(&binding);
	igt_assert_eq(ret, 0);

	asahi_race_scene_note_closed(&scene, u->ops, results);
	fd = asahi_open();
	see(&scene, results, fd, &seen);
	asahi_close(fd);
	asahi_race_scene_fini(&scene);
	asahi_race_world_fini(&world);
	asahi_device_replaced();
	if (u->hold) {
		igt_assert_f(race.came, "the call has not come to what was to hold it\n");
		igt_assert_f(!race.waited, "the unbinding has waited for a call\n");
	}

	u->length_ns = results[!u->caller].end_ns - results[!u->caller].start_ns;
	u->rounds++;
	u->together += asahi_race_overlap(results);
	moment = find_moment(u, &seen);
	if (moment < NUM_MOMENTS) {
		u->moments[moment]++;
		return moment;
	}

	views[0] = &seen;
	for (i = 0; i < NUM_MOMENTS; i++)
		views[i + 1] = &u->expected[i];
	igt_info("%s, call %u %s, the other one unbinds: like no order\n",
		 asahi_race_mode_name(u->mode), u->caller + 1, u->ops[u->caller]->name);
	asahi_race_view_print(views, ARRAY_SIZE(views), names);
	return NUM_MOMENTS;
}

/* How much later than the unbinding the call begins, as far as it is to be between its steps. */
static int64_t pick_lead(struct unbinder *u, unsigned int *seed)
{
	if (u->from_ns >= u->to_ns) {
		u->from_ns = -u->length_ns / 4;
		u->to_ns = u->length_ns;
	}
	return u->from_ns + rand_r(seed) % (u->to_ns - u->from_ns);
}

/* Meet once, closer to the moment between the steps than before. Returns whether it is right. */
static bool meet(struct unbinder *u, unsigned int *seed)
{
	int64_t lead_ns = pick_lead(u, seed);

	switch (play(u, lead_ns)) {
	case MOMENT_BEFORE:
		u->from_ns = lead_ns;
		return true;
	case MOMENT_BETWEEN:
		return true;
	case MOMENT_AFTER:
		u->to_ns = lead_ns;
		return true;
	default:
		return false;
	}
}

/* Whether the call has met the unbinding as it should. */
static bool has_met(const struct unbinder *u, unsigned int times)
{
	if (u->together < times)
		return false;
	return !kills(u) || u->moments[MOMENT_BETWEEN];
}

static void init(struct unbinder *u, unsigned int caller)
{
	unsigned int i;
	int fd;

	fd = asahi_open();
	asahi_binding_find(fd, &binding);
	asahi_close(fd);
	u->caller = caller;
	u->ops[caller] = &asahi_race_ops[u->call];
	u->ops[!caller] = &unbind;
	u->length_ns = FIRST_LENGTH_NS;
	for (i = 0; i < NUM_MOMENTS; i++)
		predict(u, i, &u->expected[i]);
}

void asahi_race_unbind_play(enum asahi_race_mode mode, enum asahi_race_call call,
			    unsigned int times, unsigned int *seed)
{
	struct unbinder u = { .mode = mode, .call = call };
	unsigned int tries;
	bool right = true;

	init(&u, 1);
	for (tries = times * (kills(&u) ? BETWEEN_TRIES : TRIES);
	     tries && right && !has_met(&u, times); tries--)
		right = meet(&u, seed);

	igt_info("%u rounds, %u at the same time: the call before %u, between %u, after %u\n",
		 u.rounds, u.together, u.moments[MOMENT_BEFORE], u.moments[MOMENT_BETWEEN],
		 u.moments[MOMENT_AFTER]);
	igt_assert_f(right, "a call and an unbinding together are like no order of the two\n");
	asahi_assert_works();
}

void asahi_race_unbind_within(enum asahi_race_mode mode, enum asahi_race_call call,
			      enum asahi_race_hold hold)
{
	struct unbinder u = { .mode = mode, .call = call, .hold = hold };
	bool right;

	init(&u, 0);
	igt_assert_eq(asahi_held_init(&u.held), 0);
	right = play(&u, 0) < NUM_MOMENTS;
	asahi_held_fini(&u.held);

	igt_info("the call %s the steps\n", u.moments[MOMENT_BETWEEN] ? "between" : "after");
	igt_assert_f(right, "a call that an unbinding has met is like no order of the two\n");
	asahi_assert_works();
}
