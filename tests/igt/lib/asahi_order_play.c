// SPDX-License-Identifier: MIT
/* Orders of giving things up, held against the model. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <xf86drm.h>

#include "asahi_clock.h"
#include "asahi_device.h"
#include "asahi_ioctl.h"
#include "asahi_objects.h"
#include "asahi_order_play.h"
#include "asahi_order_scene.h"
#include "igt.h"
#include "sw_sync.h"

#define NONE DRM_ASAHI_BARRIER_NONE

#define FIRST_STAMP (ASAHI_PAGE / sizeof(uint64_t))

/* How long to look for stores of a job that is over. */
#define LOOK_NS 2000000

struct player {
	/** @c: what is played. Borrowed. */
	const struct asahi_order_case *c;
	/** @scene: how it is. */
	struct asahi_order_scene scene;
	/** @order: how it should be. */
	struct asahi_order order;
	/** @strict: whether the device keeps all of the rules. */
	bool strict;
};

/* The buffer object as somebody still sees it, or NULL. */
static volatile uint32_t *bo_words(const struct asahi_order_scene *scene)
{
	return scene->dma_buf_map ? scene->dma_buf_map : scene->bo.map;
}

/* Status of the fence of a syncobj, looked at through a sync file. */
static int syncobj_status(int fd, uint32_t handle)
{
	struct drm_syncobj_handle req = {
		.handle = handle,
		.flags = DRM_SYNCOBJ_HANDLE_TO_FD_FLAGS_EXPORT_SYNC_FILE,
		.fd = -1,
	};
	int status;

	if (asahi_ioctl(fd, DRM_IOCTL_SYNCOBJ_HANDLE_TO_FD, &req))
		return ASAHI_SEE_NO_FENCE;

	status = sync_fence_status(req.fd);
	close(req.fd);
	return status;
}

/* Map the buffer object where nothing is; returns what VM_BIND says, with nothing left. */
static int try_bind(const struct asahi_order_scene *scene)
{
	const struct asahi_client *client = &scene->client;
	const struct asahi_bo *bo = &scene->bo;
	int ret;

	ret = __asahi_vm_map(client->fd, client->vm_id, bo->handle, 0, bo->size, scene->spare,
			     ASAHI_RW);
	if (ret)
		return ret;
	return __asahi_vm_unmap(client->fd, client->vm_id, bo->size, scene->spare);
}

/* Submit a command that names the timestamp object, at an offset that it does not have. */
static int try_stamp(struct asahi_order_scene *scene)
{
	struct drm_asahi_cmd_compute compute = scene->job.compute;
	struct asahi_client *client = &scene->client;
	struct asahi_cmdbuf cmdbuf = { 0 };

	compute.ts.start.handle = scene->object;
	compute.ts.start.offset = ASAHI_PAGE;
	asahi_cmdbuf_compute(&cmdbuf, &compute, NONE, NONE);
	return __asahi_cmdbuf_submit(client, client->queue_id, &cmdbuf, NULL, 0, 0);
}

/* Ask of everything whether it is there, in ways that change nothing. */
static void see_calls(struct asahi_order_scene *scene, int *value)
{
	const struct asahi_client *client = &scene->client;
	const struct drm_asahi_submit nothing = { .queue_id = client->queue_id };
	uint64_t offset;
	int fd = client->fd;

	if (fd < 0)
		return;

	value[ASAHI_SEE_MMAP_OFFSET] = __asahi_gem_mmap_offset(fd, scene->bo.handle, &offset);
	value[ASAHI_SEE_BIND] = try_bind(scene);
	value[ASAHI_SEE_UNBIND] = __asahi_vm_unmap(fd, client->vm_id, scene->bo.size,
						   scene->spare);
	value[ASAHI_SEE_SUBMIT] = __asahi_submit(fd, &nothing);
	if (scene->object)
		value[ASAHI_SEE_STAMP] = try_stamp(scene);
}

/*
 * What a running job stores to. When it has been seen to store to the other client's page twice, it
 * has been at the buffer object in between.
 */
static void see_running(const struct asahi_order_scene *scene, volatile uint32_t *word,
			int *value)
{
	bool beats;

	if (word)
		*word = 0;
	beats = asahi_order_wait_for_beat(scene) && asahi_order_wait_for_beat(scene);
	value[ASAHI_SEE_BEATS] = beats;
	if (word)
		value[ASAHI_SEE_STORES] = *word != 0;
}

/* What a job stores to that is over, for a moment. */
static void see_late(const struct asahi_order_scene *scene, volatile uint32_t *word,
		     int *value)
{
	volatile uint32_t *beat = asahi_order_word(scene, ASAHI_ORDER_BEAT);
	uint64_t end;

	*beat = 0;
	if (word)
		*word = 0;
	for (end = asahi_now_ns() + LOOK_NS; asahi_now_ns() < end;) {
		if (*beat)
			value[ASAHI_SEE_BEATS] = 1;
		if (word && *word)
			value[ASAHI_SEE_STORES] = 1;
	}
}

static void see_stores(const struct player *p, int *value)
{
	volatile uint32_t *word = bo_words(&p->scene);
	bool was_running = asahi_order_releases(p->c->state) ||
			   p->c->state == ASAHI_ORDER_TIMED_OUT;
	bool over = value[ASAHI_SEE_FENCE] && value[ASAHI_SEE_FENCE] != ASAHI_SEE_NOTHING;
	uint32_t stored = word ? *word : 0;

	if (word)
		value[ASAHI_SEE_STORED] = stored == ASAHI_WRITER_VALUE;
	/* On another device it may take its time to end, or have ended for a reason of its own. */
	if (!p->strict && !over)
		return;

	value[ASAHI_SEE_BEATS] = 0;
	if (word)
		value[ASAHI_SEE_STORES] = 0;
	/* One that is over, and should not be, is not waited for. */
	if (p->order.job == ASAHI_JOB_RUNS && !over)
		see_running(&p->scene, word, value);
	else if (p->order.job == ASAHI_JOB_OVER && was_running)
		see_late(&p->scene, word, value);

	/* What was there is not to be lost by looking. */
	if (word)
		*word = stored;
}

static void see_stamps(const struct player *p, int *value)
{
	const volatile uint64_t *words = (const volatile uint64_t *)bo_words(&p->scene);

	if (!words)
		return;

	value[ASAHI_SEE_START] = words[FIRST_STAMP] != 0;
	value[ASAHI_SEE_END] = words[FIRST_STAMP + 1] != 0;
}

/* Wait until jobs that end by themselves have, and are not counted any more. */
static void settle(const struct player *p, const struct asahi_order_view *expected)
{
	int jobs = expected->value[ASAHI_SEE_COUNTERS + ASAHI_COUNT_JOB];
	struct asahi_objects now;

	if (!p->scene.before.num) {
		if (p->scene.fence >= 0 && p->order.job == ASAHI_JOB_OVER)
			sync_fence_wait(p->scene.fence, asahi_order_left_ms(&p->scene));
		return;
	}

	do {
		asahi_objects_read(&now);
		if (asahi_objects_more(&now, &p->scene.before, ASAHI_COUNT_JOB) == jobs)
			return;
		usleep(200);
	} while (asahi_now_ms() < p->scene.end);
}

static void see_counters(const struct player *p, int *value)
{
	struct asahi_objects now;
	unsigned int i;

	asahi_objects_read(&now);
	for (i = 0; now.num && i < ASAHI_NUM_COUNTS; i++)
		value[ASAHI_SEE_COUNTERS + i] = asahi_objects_more(&now, &p->scene.before, i);
}

/* Look at everything. Counters and fences first, as nothing of what was given up may linger. */
static void see(struct player *p, struct asahi_order_view *view)
{
	int *value = view->value;
	unsigned int i;

	for (i = 0; i < ASAHI_ORDER_NUM_FIELDS; i++)
		value[i] = ASAHI_SEE_NOTHING;

	see_counters(p, value);
	if (p->scene.fence >= 0)
		value[ASAHI_SEE_FENCE] = sync_fence_status(p->scene.fence);
	if (p->order.syncobj)
		value[ASAHI_SEE_SYNCOBJ] = syncobj_status(p->scene.other.fd,
							  p->scene.other_syncobj);
	see_stores(p, value);
	see_stamps(p, value);
	see_calls(&p->scene, value);
}

static const char *value_text(int value, char text[64])
{
	if (value == ASAHI_SEE_NOTHING)
		return "not to be seen";
	if (value == ASAHI_SEE_NO_FENCE)
		return "no fence";

	if (value < 0)
		snprintf(text, 64, "%d (%s)", value, strerror(-value));
	else
		snprintf(text, 64, "%d", value);
	return text;
}

/*
 * What another driver may do otherwise: how jobs end, and so what they write. Not of one that ended
 * well before anything was given up.
 */
static bool is_strict_only(const struct player *p, enum asahi_order_field field)
{
	return p->c->state != ASAHI_ORDER_DONE && field >= ASAHI_SEE_FENCE &&
	       field <= ASAHI_SEE_END;
}

/* Compare a step. Returns how many values are wrong. */
static unsigned int compare(const struct player *p, const char *step,
			    const struct asahi_order_view *expected,
			    const struct asahi_order_view *seen)
{
	char name[ASAHI_MAX_NAME], a[64], b[64];
	unsigned int i, wrong = 0;

	asahi_order_case_name(p->c, name, sizeof(name));
	for (i = 0; i < ASAHI_ORDER_NUM_FIELDS; i++) {
		bool judged = p->strict || !is_strict_only(p, i);

		/* Without counters nothing can be said of them. */
		if (i >= ASAHI_SEE_COUNTERS && !p->scene.before.num)
			break;
		if (expected->value[i] == seen->value[i] ||
		    (!p->strict && seen->value[i] == ASAHI_SEE_NOTHING))
			continue;
		igt_info("%s, %s: after %s: %s is %s, not %s%s\n",
			 asahi_order_state_name(p->c->state), name, step, asahi_order_field_name(i),
			 value_text(seen->value[i], a), value_text(expected->value[i], b),
			 judged ? "" : ", as another driver may");
		wrong += judged;
	}
	return wrong;
}

/* Take one step. Returns how many values are wrong then. */
static unsigned int play_step(struct player *p, enum asahi_thing thing)
{
	struct asahi_order_view expected, seen;
	int ret, again = ASAHI_SEE_NOTHING;

	asahi_order_give_up(&p->order, thing, &expected);
	ret = asahi_order_scene_give_up(&p->scene, thing);
	/* Whatever else ends a job ends it at once. */
	if (thing == ASAHI_THING_RELEASE)
		settle(p, &expected);
	see(p, &seen);
	if (expected.value[ASAHI_SEE_AGAIN] != ASAHI_SEE_NOTHING)
		again = asahi_order_scene_give_up(&p->scene, thing);
	seen.value[ASAHI_SEE_RETURN] = ret;
	seen.value[ASAHI_SEE_AGAIN] = again;
	return compare(p, asahi_thing_name(thing), &expected, &seen);
}

/*
 * Another driver may wait for the jobs of a queue that goes, also for one that waits for another
 * file's; and it may not be able to end those that run.
 */
static bool needs_release(const struct player *p, enum asahi_thing thing)
{
	return !p->strict && asahi_order_releases(p->c->state) &&
	       (thing == ASAHI_THING_QUEUE || thing == ASAHI_THING_FILE);
}

/* Play the steps, up to the first that is wrong. Returns how many values are, after that. */
static unsigned int play_steps(struct player *p)
{
	struct asahi_order_view expected, seen;
	unsigned int i, wrong;

	asahi_order_see(&p->order, &expected);
	settle(p, &expected);
	see(p, &seen);
	wrong = compare(p, "the start", &expected, &seen);

	for (i = 0; i < p->c->num && !wrong; i++) {
		if (needs_release(p, p->c->steps[i]))
			wrong = play_step(p, ASAHI_THING_RELEASE);
		if (!wrong)
			wrong = play_step(p, p->c->steps[i]);
	}
	return wrong;
}

/* Where one case has hung the next would, too, and take as long. */
static void require_no_hang(void)
{
	static uint64_t last;
	static bool hung;

	hung |= last && asahi_now_ms() - last > asahi_hang_ms() / 2;
	igt_require_f(!hung, "something has hung before\n");
	last = asahi_now_ms();
}

void asahi_order_play(const struct asahi_order_case *c)
{
	struct player p = { .c = c };
	unsigned int wrong;
	bool busy;

	require_no_hang();
	asahi_order_init(&p.order, c->state, c->present);
	asahi_order_scene_init(&p.scene, c);
	p.strict = asahi_is_simulated(p.scene.other.fd);
	wrong = play_steps(&p);
	busy = !wrong && p.scene.fence >= 0 &&
	       sync_fence_wait(p.scene.fence, asahi_order_left_ms(&p.scene));
	asahi_order_scene_end(&p.scene);

	igt_assert_f(!wrong, "%u things are not as they should be\n", wrong);
	igt_assert_f(!busy, "the job has never ended\n");
	asahi_order_scene_fini(&p.scene);
}
