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

static struct asahi_binding binding;

static int run_unbind(const struct asahi_race_names *names, unsigned int who,
		      struct asahi_race_result *result)
{
	return asahi_unbind(&binding);
}

static const struct asahi_race_op unbind = { "unbind", run_unbind, .imports = true,
					     .submits = true };

/* Whether a call is the end of the job, by itself. */
static bool kills(enum asahi_race_mode mode, enum asahi_race_call call)
{
	return call == ASAHI_RACE_QUEUE_DESTROY ||
	       (call == ASAHI_RACE_CLOSE && mode == ASAHI_RACE_THREADS);
}

/* What is to be seen in the end, if the call has come at @moment. */
static void predict(enum asahi_race_mode mode, enum asahi_race_call call, enum moment moment,
		    struct asahi_race_view *view)
{
	int64_t *value = view->value, *file = asahi_race_view_file(view, 0);
	bool submits = call == ASAHI_RACE_SUBMIT;
	unsigned int i;

	asahi_race_view_clear(view);
	value[ASAHI_RACE_SEE_RETURN] = 0;
	value[ASAHI_RACE_SEE_RETURN + 1] = 0;
	/* Closing always works; and there is no GPU any more that could take a job. */
	if ((moment == MOMENT_AFTER && call != ASAHI_RACE_CLOSE) ||
	    (moment == MOMENT_BETWEEN && submits))
		value[ASAHI_RACE_SEE_RETURN + 1] = -ENODEV;

	/* What is in memory stays. */
	value[ASAHI_RACE_SEE_VALUE] = ASAHI_RACE_BO_TAG(0);

	for (i = ASAHI_RACE_OWN; i <= ASAHI_RACE_JOB; i++)
		value[ASAHI_RACE_SEE_SUBMIT + i] = ASAHI_RACE_NO_FENCE;
	value[ASAHI_RACE_SEE_JOB] = -ENODEV;
	if (moment == MOMENT_BEFORE && kills(mode, call))
		value[ASAHI_RACE_SEE_JOB] = -ECANCELED;
	if (moment == MOMENT_BEFORE && submits) {
		value[ASAHI_RACE_SEE_SUBMIT + 1] = -ENODEV;
		value[ASAHI_RACE_SEE_COMMON] = -ENODEV;
	}

	if (call == ASAHI_RACE_CLOSE && mode == ASAHI_RACE_THREADS)
		return;
	for (i = 0; i < ASAHI_RACE_SEE_PAGE; i++)
		file[i] = -ENODEV;
}

/* Look at what is left, by a file of the device as it is now. */
static void see(struct asahi_race_scene *scene, const struct asahi_race_op *const ops[2],
		const struct asahi_race_result results[2], int fd, struct asahi_race_view *view)
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

/* Unbind once. Returns whether what is seen is as after one of the orders. */
static bool play(struct asahi_race *race, struct asahi_race_world *world,
		 const struct asahi_race_op *const ops[2], int64_t lead_ns, int64_t *length_ns,
		 const struct asahi_race_view expected[NUM_MOMENTS], unsigned int *moments)
{
	static const char * const names[] = { "seen", "before", "between", "after" };
	struct asahi_race_result results[2];
	struct asahi_race_scene scene;
	struct asahi_race_view seen;
	const struct asahi_race_view *views[] = { &seen, &expected[0], &expected[1], &expected[2] };
	unsigned int i;
	int fd, ret;

	asahi_race_world_init(world);
	asahi_race_scene_init(&scene, world, race->mode, ops, ASAHI_RACE_JOB_WAITS);
	asahi_race_give(race, &scene.names[1]);
	asahi_race_run(race, &scene.names[0], ASAHI_RACE_TOGETHER, lead_ns, results);
	*length_ns = results[0].end_ns - results[0].start_ns;
	asahi_race_scene_note_closed(&scene, ops, results);

	ret = results[0].ret ? 0 : asahi_bind(&binding);
	igt_assert_eq(ret, 0);
	fd = asahi_open();
	see(&scene, ops, results, fd, &seen);
	asahi_close(fd);
	asahi_race_drop(race);
	asahi_race_scene_fini(&scene);
	asahi_race_world_fini(world);
	asahi_device_replaced();

	for (i = 0; i < NUM_MOMENTS; i++) {
		if (!asahi_race_view_eq(&seen, &expected[i]))
			continue;
		moments[i]++;
		return true;
	}

	igt_info("%s, unbinding is call 1, call 2 %s: like no order\n",
		 asahi_race_mode_name(race->mode), ops[1]->name);
	asahi_race_view_print(views, ARRAY_SIZE(views), names);
	return false;
}

/* How much later the call begins than the unbinding: somewhat before it to its end. */
static int64_t pick_lead(int64_t length_ns, unsigned int *seed)
{
	int64_t before = length_ns / 4;

	return rand_r(seed) % (before + length_ns) - before;
}

void asahi_race_unbind_play(enum asahi_race_mode mode, enum asahi_race_call call,
			    unsigned int rounds, unsigned int *seed)
{
	const struct asahi_race_op *ops[2] = { &unbind, &asahi_race_ops[call] };
	static struct asahi_race_world world;
	struct asahi_race_view expected[NUM_MOMENTS];
	unsigned int i, moments[NUM_MOMENTS] = { 0 };
	int64_t length_ns = FIRST_LENGTH_NS;
	struct asahi_race race;
	bool right = true;
	int fd;

	fd = asahi_open();
	asahi_binding_find(fd, &binding);
	asahi_close(fd);
	for (i = 0; i < NUM_MOMENTS; i++)
		predict(mode, call, i, &expected[i]);

	asahi_race_start(&race, mode, ops[0], ops[1]);
	for (i = 0; i < rounds && right; i++)
		right = play(&race, &world, ops, pick_lead(length_ns, seed), &length_ns, expected,
			     moments);
	asahi_race_stop(&race);

	igt_info("the call before %u, between %u, after %u\n", moments[MOMENT_BEFORE],
		 moments[MOMENT_BETWEEN], moments[MOMENT_AFTER]);
	igt_assert_f(right, "a call and an unbinding together are like no order of the two\n");
	asahi_assert_works();
}
