// SPDX-License-Identifier: MIT
/**
 * TEST: asahi model
 * Category: Core
 * Mega feature: Lifetimes
 * Sub-category: all
 * Functionality: all ioctls
 * Description: Random programs of a few files, with all ioctls of the driver and those of the
 *	core that are about buffers and syncobjs, right and wrong calls mixed, against a model of
 *	the uapi, lib/asahi_model.h. It says what each call returns, and after each of them the
 *	state of every fence and the number of live objects of each kind; and now and then what
 *	CPU and GPU find in all memory, and what all syncobjs have come to. Each profile has its
 *	own mixture of calls.
 *
 *	The seeds are the same in every run, so that a run can be compared with another, but for
 *	one more, which is new each time, or ASAHI_SEED of the environment. Where model and device
 *	part, what repeats all of the program is printed, "--run-subtest PROFILE --seed N"; then it
 *	is made as short as it can be, preferably one that fails in the same way, and printed, to
 *	be run with "--run-subtest replay" and --program or, from a file, --replay. --programs N
 *	looks at more of them.
 */
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "asahi_clock.h"
#include "asahi_device.h"
#include "asahi_effort.h"
#include "asahi_model_gen.h"
#include "asahi_model_play.h"
#include "asahi_model_scene.h"
#include "asahi_model_shrink.h"
#include "asahi_options.h"
#include "asahi_seed.h"
#include "asahi_text.h"
#include "igt.h"

IGT_TEST_DESCRIPTION("Random programs against a model of the uapi");

/*
 * How much is tried to make a program short, and what is too long for a step meanwhile. All of it
 * together, after programs that have found nothing, has to end before the runner loses patience.
 */
#define SHRINK_TRIES 400
#define SHRINK_REPEATS 2
#define SHRINK_MS 25000
#define SHRINK_HANG_MS 5000

static struct {
	/** @seed: the first seed of each profile; @seeded: whether it was asked for. */
	unsigned int seed;
	bool seeded;
	unsigned int programs, steps;
	/* A program in text, or the name of a file with one. */
	const char *program, *file;
} options = { .seed = 1, .programs = 2, .steps = 2000 };

/* What makes a program fail, while it is made shorter. */
struct failure {
	struct asahi_model_scene *scene;
	/** @what: how it is to fail, as in a verdict; NULL if any way will do. */
	const char *what;
	/** @verdict: on the shortest program so far, if @found. */
	struct asahi_model_verdict verdict;
	bool found;
	/** @end: when to stop. */
	uint64_t end;
};

static bool fails(const struct asahi_model_program *program, void *data)
{
	struct failure *f = data;
	struct asahi_model_verdict verdict;
	unsigned int try;

	for (try = 0; try < SHRINK_REPEATS && asahi_now_ms() < f->end; try++) {
		asahi_model_play(f->scene, program, &verdict);
		if (!verdict.wrong || verdict.hangs ||
		    (f->what && strcmp(f->what, verdict.what)))
			continue;
		f->verdict = verdict;
		f->found = true;
		return true;
	}
	return false;
}

static void print_program(const struct asahi_model_program *program)
{
	char line[ASAHI_MODEL_MAX_LINE];
	unsigned int i;

	igt_info("only this with: asahi_model --run-subtest replay --program '\n");
	for (i = 0; i < program->num; i++) {
		asahi_model_step_print(&program->steps[i], line, sizeof(line));
		igt_info("%s\n", line);
	}
	igt_info("'\n");
}

static void print_step(const struct asahi_model_program *program, unsigned int i)
{
	char line[ASAHI_MODEL_MAX_LINE] = "after the last step";

	if (i < program->num)
		asahi_model_step_print(&program->steps[i], line, sizeof(line));
	igt_info("step %u of %u: %s\n", i + 1, program->num, line);
}

/*
 * Make a program that fails shorter, one that fails in the same way if there is any: what depends
 * on time shows in many. Returns how many were run.
 */
static unsigned int shorten(struct asahi_model_program *program, struct failure *f,
			    const struct asahi_model_verdict *verdict)
{
	unsigned int tries;

	/* What comes behind that step has no part in it. */
	if (verdict->step < program->num)
		program->num = verdict->step + 1;

	f->scene->hang_ms = SHRINK_HANG_MS;
	f->what = verdict->what;
	f->end = asahi_now_ms() + SHRINK_MS;
	tries = asahi_model_shrink(program, fails, f, SHRINK_TRIES);
	if (!f->found) {
		f->what = NULL;
		f->end = asahi_now_ms() + SHRINK_MS;
		tries += asahi_model_shrink(program, fails, f, SHRINK_TRIES);
	}
	f->scene->hang_ms = asahi_hang_ms();
	return tries;
}

/* Say what is wrong, how to have it again, and the shortest program that shows it. */
static void report(struct asahi_model_scene *scene, struct asahi_model_program *program,
		   const struct asahi_model_verdict *verdict, const char *again)
{
	struct failure f = { .scene = scene };
	unsigned int tries, num = program->num;

	print_step(program, verdict->step);
	igt_info("%s\n", verdict->text);
	if (again)
		igt_info("all of it again with: asahi_model %s\n", again);
	/* Then each try would take as long. */
	if (verdict->hangs) {
		igt_info("not made shorter: something hangs\n");
		return;
	}

	tries = shorten(program, &f, verdict);
	if (!f.found) {
		igt_info("not made shorter: has not failed again, %u times\n", tries);
		return;
	}
	igt_info("made shorter, from %u steps to %u, by running it %u times\n", num, program->num,
		 tries);
	print_step(program, f.verdict.step);
	igt_info("%s\n", f.verdict.text);
	if (strcmp(f.verdict.what, verdict->what))
		igt_info("that is another way to fail: \"%s\", not \"%s\"\n", f.verdict.what,
			 verdict->what);
	print_program(program);
}

/* Run a program, which is also had with the options @again. Returns whether the model agrees. */
static bool agrees(struct asahi_model_scene *scene, struct asahi_model_program *program,
		   struct asahi_model_verdict *verdict, const char *again)
{
	asahi_model_play(scene, program, verdict);
	if (verdict->wrong)
		report(scene, program, verdict, again);
	return !verdict->wrong;
}

static bool run_seed(struct asahi_model_scene *scene, const struct asahi_model_profile *profile,
		     unsigned int seed)
{
	struct asahi_model_program program = { 0 };
	struct asahi_model_verdict verdict;
	uint64_t start = asahi_now_ms();
	char again[128];
	bool ok;

	asahi_model_generate(&program, profile, &scene->limits, scene->strict, seed,
			     options.steps);
	snprintf(again, sizeof(again), "--run-subtest %s --seed %u --programs 1 --steps %u",
		 profile->name, seed, options.steps);
	igt_info("%s\n", again);
	ok = agrees(scene, &program, &verdict, again);
	if (ok)
		igt_info("%u steps, %u left out, %u ms\n", program.num, verdict.skipped,
			 (unsigned int)(asahi_now_ms() - start));
	asahi_model_program_fini(&program);
	return ok;
}

/**
 * SUBTEST: address-space
 * Description: Mapping, unmapping and what is left of what was mapped.
 *
 * SUBTEST: handles
 * Description: Objects of all kinds that come and go, with their numbers.
 *
 * SUBTEST: queues
 * Description: Jobs that run, wait, fault and are ended, and queues that go.
 *
 * SUBTEST: syncs
 * Description: Jobs that wait for each other in one file and in many, by syncobjs of both kinds.
 *
 * SUBTEST: sharing
 * Description: Buffers in many files, as dma-bufs and as CPU mappings.
 *
 * SUBTEST: hostile
 * Description: More calls that are wrong than such that are right.
 *
 * SUBTEST: everything
 * Description: All of it.
 */
static void run_profile(const void *data)
{
	const struct asahi_model_profile *profile = data;
	unsigned int i, num = asahi_rounds(options.programs);
	struct asahi_model_scene scene;
	bool ok = true;

	asahi_model_scene_init(&scene);
	for (i = 0; i < num && ok; i++)
		ok = run_seed(&scene, profile, options.seed + i);
	if (ok && !options.seeded)
		ok = run_seed(&scene, profile, asahi_seed_new());
	asahi_model_scene_fini(&scene);

	igt_assert_f(ok, "device and model do not agree, see above\n");
}

/* What is run if the options name no program. */
static const char example[] =
	"f0 open\n"
	"f0 vm_create start=0x7fdfff8000 end=0x7fffff8000\n"
	"f0 gem_create size=0x8000 flags=1\n"
	"f0 fill bo=f0.bo0\n"
	"f0 vm_bind vm=f0.vm0 stride=32 count=1 flags=6 bo=f0.bo0 range=0x8000 addr=0x2001fe0000\n"
	"f0 vm_bind vm=f0.vm0 stride=32 count=1 flags=1 range=0x4000 addr=0x2001fe0000\n"
	"f0 queue_create vm=f0.vm0\n"
	"f0 submit queue=f0.queue0 addr=0x2001fe4004\n"
	"f0 submit queue=f0.queue0 addr=0x2001fe0000\n"
	"f0 vm_destroy vm=f0.bo0 pad=1\n"
	"f0 check\n"
	"f0 mmap bo=f0.bo0\n"
	"f0 close\n"
	"f0 check\n"
	"f0 munmap\n";

static void read_program(struct asahi_model_program *program)
{
	const char *text = options.program ? options.program : example, *wrong;
	char *file = NULL;

	if (options.file) {
		const size_t size = 1 << 20;

		file = malloc(size);
		igt_assert(file);
		asahi_text_read(AT_FDCWD, options.file, file, size);
		text = file;
	}
	wrong = asahi_model_program_parse(program, text);
	free(file);
	igt_assert_f(!wrong, "line %u of the program: %s\n", program->num + 1, wrong);
}

/**
 * SUBTEST: replay
 * Description: A program in text, from the options or a short one.
 */
static void replay(void)
{
	struct asahi_model_program program = { 0 };
	struct asahi_model_verdict verdict;
	struct asahi_model_scene scene;
	bool ok;

	read_program(&program);
	asahi_model_scene_init(&scene);
	ok = agrees(&scene, &program, &verdict, NULL);
	asahi_model_scene_fini(&scene);
	asahi_model_program_fini(&program);

	igt_assert_f(ok, "device and model do not agree, see above\n");
	igt_assert_f(!verdict.skipped || options.program || options.file,
		     "%u steps were left out\n", verdict.skipped);
}

#define PROFILE(id) NULL, run_profile, &asahi_model_profiles[ASAHI_PROFILE_##id]

static const struct asahi_subtest subtests[] = {
	{ "address-space", "What is mapped and unmapped at random is what the model says.",
	  PROFILE(ADDRESS_SPACE) },
	{ "handles", "Objects that come and go at random are what the model says.",
	  PROFILE(HANDLES) },
	{ "queues", "Jobs end as the model says, whatever becomes of them.", PROFILE(QUEUES) },
	{ "syncs", "Jobs wait for each other as the model says.", PROFILE(SYNCS) },
	{ "sharing", "Buffers that are shared at random are what the model says.",
	  PROFILE(SHARING) },
	{ "hostile", "Wrong calls say and change what the model says.", PROFILE(HOSTILE) },
	{ "everything", "All calls together do what the model says.", PROFILE(EVERYTHING) },
	{ "replay", "A program in text does what the model says.", replay },
};

static const struct option long_options[] = {
	{ "seed", required_argument, NULL, 's' },
	{ "programs", required_argument, NULL, 'n' },
	{ "steps", required_argument, NULL, 'l' },
	{ "program", required_argument, NULL, 'p' },
	{ "replay", required_argument, NULL, 'f' },
	{ 0 },
};

static const char help[] =
	"  --seed N\tfirst seed of a profile (default 1, and one more program with a new seed)\n"
	"  --programs N\thow many programs, with seeds from that one on (default 2)\n"
	"  --steps N\thow long a program is (default 2000)\n"
	"  --program TEXT\tprogram of the subtest replay, a step in each line or before each ;\n"
	"  --replay FILE\tfile with that program\n";

static int handle_option(int opt, int i, void *data)
{
	switch (opt) {
	case 'p':
		options.program = optarg;
		return IGT_OPT_HANDLER_SUCCESS;
	case 'f':
		options.file = optarg;
		return IGT_OPT_HANDLER_SUCCESS;
	case 's':
		options.seeded = true;
		return asahi_option_number(&options.seed);
	case 'n':
		return asahi_option_number(&options.programs);
	default:
		return asahi_option_number(&options.steps);
	}
}

int igt_main_args("", long_options, help, handle_option, NULL)
{
	asahi_run_subtests(subtests, ARRAY_SIZE(subtests));
}
