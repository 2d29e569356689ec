// SPDX-License-Identifier: MIT
/*
 * The model of the IGT program asahi_model, its random programs and how they are made shorter,
 * without any device.
 */
#include <stdio.h>

#include "agx_test.h"

#include "asahi_drm.h"
#include "asahi_model.h"
#include "asahi_model_gen.h"
#include "asahi_model_shrink.h"

#define PAGE ASAHI_MODEL_PAGE
#define STEPS 500
#define LONG_STEPS 20000
#define SEEDS 4

static const struct asahi_model_limits limits = { PAGE, 0x7fffff8000, 0x20000000 };

/* Take the steps of a program in text. */
static struct asahi_model *play(const char *text)
{
	struct asahi_model *m = malloc(sizeof(*m));
	struct asahi_model_program program = { 0 };
	struct asahi_model_expect expect;
	unsigned int i;

	assert_non_null(m);
	asahi_model_init(m, &limits);
	assert_null(asahi_model_program_parse(&program, text));
	for (i = 0; i < program.num; i++) {
		asahi_model_dry(m, &program.steps[i], &expect);
		assert_false(expect.skip);
		assert_int_equal(expect.ret[0], 0);
	}
	asahi_model_program_fini(&program);
	return m;
}

static void assert_counts(const struct asahi_model *m, unsigned int vms, unsigned int mappings,
			  unsigned int bos)
{
	unsigned int counters[ASAHI_NUM_COUNTS];

	asahi_model_counters(m, counters);
	assert_int_equal(counters[ASAHI_COUNT_VM], vms);
	assert_int_equal(counters[ASAHI_COUNT_MAPPING], mappings);
	assert_int_equal(counters[ASAHI_COUNT_BO], bos);
}

#define VM "f0 open; f0 vm_create start=0x6000000000 end=0x6020000000;"
#define MAP "f0 gem_create size=0x10000; f0 fill bo=f0.bo0;" \
	"f0 vm_bind vm=f0.vm0 stride=32 count=1 flags=6 bo=f0.bo0 range=0x10000 addr=0x2001fe0000;"

/* A mapping that is cut in two counts twice, and both parts say what they did before. */
static void test_split(void **state)
{
	struct asahi_model *m = play(VM MAP
		"f0 vm_bind vm=f0.vm0 stride=32 count=1 flags=1 range=0x4000 addr=0x2001fe4000");

	assert_counts(m, 1, 3, 1);
	assert_int_equal(asahi_model_see(m, 0, 0x2001fe0000)->words[0],
			 m->bos[1].pages[0].words[0]);
	assert_int_equal(asahi_model_see(m, 0, 0x2001fe4000)->words[0], 0);
	assert_int_equal(asahi_model_see(m, 0, 0x2001fe8000)->words[0],
			 m->bos[1].pages[2].words[0]);
	free(m);
}

/* A handle takes its mappings with it, but not where only a queue keeps the VM. */
static void test_handle_closed(void **state)
{
	struct asahi_model *m = play(VM MAP "f0 gem_close bo=f0.bo0");

	assert_counts(m, 1, 1, 0);
	free(m);

	m = play(VM MAP "f0 queue_create vm=f0.vm0; f0 vm_destroy vm=f0.vm0;"
		 "f0 gem_close bo=f0.bo0");
	assert_counts(m, 1, 2, 1);
	free(m);

	m = play(VM MAP "f0 queue_create vm=f0.vm0; f0 vm_destroy vm=f0.vm0;"
		 "f0 queue_destroy queue=f0.queue0");
	assert_counts(m, 0, 0, 1);
	free(m);
}

/* A CPU mapping keeps the file, and all that is in it. */
static void test_mapped_file(void **state)
{
	struct asahi_model *m = play(VM MAP "f0 mmap bo=f0.bo0; f0 close");

	assert_counts(m, 1, 2, 1);
	free(m);

	m = play(VM MAP "f0 mmap bo=f0.bo0; f0 close; f0 munmap");
	assert_counts(m, 0, 0, 0);
	free(m);
}

/* Jobs wait for each other, and end when they are let. */
static void test_jobs(void **state)
{
	static const char jobs[] = VM MAP
		"f0 queue_create vm=f0.vm0; f0 sync_create; f0 gate sync=f0.sync0;"
		"f0 submit queue=f0.queue0 addr=0x2001fe0004 in=f0.sync0;"
		"f0 submit queue=f0.queue0 addr=0x2001fe0008;";
	struct asahi_model *m = play(jobs);
	unsigned int counters[ASAHI_NUM_COUNTS];
	char text[sizeof(jobs) + 64];

	asahi_model_counters(m, counters);
	assert_int_equal(counters[ASAHI_COUNT_JOB], 3);
	assert_int_equal(m->bos[1].pages[0].words[1] >> 24, 0xb0);
	free(m);

	snprintf(text, sizeof(text), "%sf0 release", jobs);
	m = play(text);
	asahi_model_counters(m, counters);
	assert_int_equal(counters[ASAHI_COUNT_JOB], 0);
	assert_int_equal(m->bos[1].pages[0].words[1] >> 28, 5);
	assert_int_equal(m->bos[1].pages[0].words[2] >> 28, 5);
	free(m);
}

/* The same seed gives the same program; it can be written down; it leaves nothing. */
static void test_programs(void **state)
{
	struct asahi_model *m = malloc(sizeof(*m));
	unsigned int seed, k, i, counters[ASAHI_NUM_COUNTS];
	struct asahi_model_expect expect;
	char line[ASAHI_MODEL_MAX_LINE];
	struct asahi_model_step step;

	assert_non_null(m);
	for (seed = 1; seed <= SEEDS * ASAHI_NUM_PROFILES; seed++) {
		const struct asahi_model_profile *profile =
			&asahi_model_profiles[seed % ASAHI_NUM_PROFILES];
		struct asahi_model_program a = { 0 }, b = { 0 };

		asahi_model_generate(&a, profile, &limits, seed % 3, seed, STEPS);
		asahi_model_generate(&b, profile, &limits, seed % 3, seed, STEPS);
		assert_int_equal(a.num, b.num);
		assert_memory_equal(a.steps, b.steps, a.num * sizeof(*a.steps));

		asahi_model_init(m, &limits);
		for (i = 0; i < a.num; i++) {
			asahi_model_step_print(&a.steps[i], line, sizeof(line));
			assert_null(asahi_model_step_parse(&step, line));
			assert_memory_equal(&step, &a.steps[i], sizeof(step));
			asahi_model_dry(m, &a.steps[i], &expect);
		}
		asahi_model_counters(m, counters);
		for (k = 0; k < ASAHI_NUM_COUNTS; k++)
			assert_int_equal(counters[k], 0);
		asahi_model_program_fini(&a);
		asahi_model_program_fini(&b);
	}
	free(m);
}

/* However long a program is, the model has room for what it does, and most of that works. */
static void test_long(void **state)
{
	struct asahi_model *m = malloc(sizeof(*m));
	struct asahi_model_program program = { 0 };
	struct asahi_model_expect expect;
	unsigned int i, skipped = 0, failed = 0;

	assert_non_null(m);
	asahi_model_generate(&program, &asahi_model_profiles[ASAHI_PROFILE_EVERYTHING], &limits,
			     true, 1, LONG_STEPS);
	asahi_model_init(m, &limits);
	for (i = 0; i < LONG_STEPS; i++) {
		asahi_model_dry(m, &program.steps[i], &expect);
		/* At the end, too. */
		if (i < LONG_STEPS - STEPS)
			continue;
		skipped += expect.skip;
		failed += !expect.skip && expect.ret[0];
	}
	assert_true(skipped <= STEPS / 8);
	assert_true(failed >= 1 && failed <= STEPS / 4);
	asahi_model_program_fini(&program);
	free(m);
}

/* A bug that is planted: a handle that was exported cannot be closed. */
static bool export_then_close(const struct asahi_model_program *program, void *data)
{
	struct asahi_model *m = malloc(sizeof(*m));
	bool exported[ASAHI_MODEL_MAX_BOS] = { false }, fails = false;
	struct asahi_model_expect expect;
	unsigned int i;
	int bo;

	assert_non_null(m);
	asahi_model_init(m, &limits);
	for (i = 0; i < program->num && !fails; i++) {
		const struct asahi_model_step *step = &program->steps[i];

		bo = asahi_model_lookup(m, step->file, ASAHI_KIND_BO,
					asahi_model_resolve(m, step->file, ASAHI_KIND_BO,
							    step->arg[ASAHI_BO_ID]));
		asahi_model_dry(m, step, &expect);
		if (expect.skip || expect.ret[0] || bo < 0)
			continue;
		if (step->op == ASAHI_OP_EXPORT)
			exported[bo] = true;
		else if (step->op == ASAHI_OP_GEM_CLOSE)
			fails = exported[bo];
	}
	free(m);
	return fails;
}

static void test_shrink(void **state)
{
	struct asahi_model_program program = { 0 };
	unsigned int seed = 0, i, k;

	do {
		asahi_model_program_fini(&program);
		asahi_model_generate(&program, &asahi_model_profiles[ASAHI_PROFILE_SHARING],
				     &limits, true, ++seed, STEPS);
	} while (!export_then_close(&program, NULL));

	assert_true(asahi_model_shrink(&program, export_then_close, NULL, 2000) < 2000);
	assert_true(export_then_close(&program, NULL));
	/* At least open, create, export, close; and no step that it can do without. */
	assert_true(program.num >= 4 && program.num <= 12);
	for (i = 0; i < program.num; i++) {
		struct asahi_model_program shorter = { 0 };

		for (k = 0; k < program.num; k++)
			if (k != i)
				asahi_model_program_add(&shorter, &program.steps[k]);
		assert_false(export_then_close(&shorter, NULL));
		asahi_model_program_fini(&shorter);
	}
	asahi_model_program_fini(&program);
}

static void test_text(void **state)
{
	static const char * const wrong[] = {
		"f3 open", "f0", "f0 jump", "f0 vm_destroy vm", "f0 vm_destroy vm=f0.vm9",
		"f0 vm_destroy vm=f0.car0", "f0 vm_destroy bo=1", "f0 vm_destroy pad=x",
		"f0 open slot=9", "f0 vm_destroy vm=#0x100000000",
	};
	struct asahi_model_program program = { 0 };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(wrong); i++)
		assert_non_null(asahi_model_program_parse(&program, wrong[i]));
	assert_null(asahi_model_program_parse(&program, "\n# nothing\n f0 open ; f1 open\n"));
	assert_int_equal(program.num, 2);
	asahi_model_program_fini(&program);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_split),
		cmocka_unit_test(test_handle_closed),
		cmocka_unit_test(test_mapped_file),
		cmocka_unit_test(test_jobs),
		cmocka_unit_test(test_programs),
		cmocka_unit_test(test_long),
		cmocka_unit_test(test_shrink),
		cmocka_unit_test(test_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
