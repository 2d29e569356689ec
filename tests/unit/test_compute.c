// SPDX-License-Identifier: MIT
/*
 * Whole jobs, from a device to the words they wrote, on the simulator's engine.
 */
#include "agx_test.h"

#include <sys/mman.h>

#define PAGE 16384
#define RW (DRM_AGX_BIND_READ | DRM_AGX_BIND_WRITE)

/* out[0] = 0xdeadbeef; out[2] = out[0] + out[1]; out[thread] = thread; with out in u0:u1. */
static const uint8_t store_code[] = {
	0x62, 0x01, 0xef, 0xbe, 0xad, 0xde, 0x45, 0x01, 0x00, 0x0d, 0x00, 0xc0, 0x12, 0x00,
	0x88, 0x00,
};

static const uint8_t add_code[] = {
	0x05, 0x01, 0x00, 0x0d, 0x00, 0xc0, 0x32, 0x00, 0x38, 0x00, 0x0e, 0x01, 0x40, 0x26,
	0x64, 0x00, 0x00, 0x00, 0x45, 0x01, 0x20, 0x0d, 0x00, 0xc0, 0x12, 0x00, 0x88, 0x00,
};

static const uint8_t thread_code[] = {
	0x72, 0x01, 0x10, 0x04, 0x45, 0x01, 0x00, 0x0e, 0x00, 0xc0, 0x12, 0x00, 0x88, 0x00,
};

/* No instruction of any kind. */
static const uint8_t bad_code[] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };

struct job {
	struct drm_agx_device *dev;
	struct drm_agx_vm *vm;
	struct drm_agx_queue *queue;
	struct drm_agx_sync *done;
	struct drm_agx_bo *out;
	struct drm_agx_compute *compute;
	struct drm_agx_submit *submit;
	uint64_t out_addr;
	uint32_t *words;
};

static int setup(void **state)
{
	struct job *job = calloc(1, sizeof(*job));
	void *map;

	job->dev = test_open();
	assert_ok(drm_agx_vm_create(job->dev, &job->vm));
	assert_ok(drm_agx_queue_create(job->vm, DRM_ASAHI_PRIORITY_MEDIUM, &job->queue));
	assert_ok(drm_agx_sync_create(job->dev, 0, &job->done));
	assert_ok(drm_agx_bo_create_private(job->vm, 4 * PAGE, DRM_AGX_BO_WRITEBACK, &job->out));
	assert_ok(drm_agx_bo_bind(job->out, job->vm, RW, &job->out_addr));
	assert_ok(drm_agx_bo_map(job->out, &map));
	assert_ok(drm_agx_compute_create(job->vm, &job->compute));
	assert_ok(drm_agx_submit_create(&job->submit));
	assert_ok(drm_agx_submit_add_signal(job->submit, job->done, 0));
	job->words = map;
	*state = job;
	return 0;
}

static int teardown(void **state)
{
	struct job *job = *state;

	drm_agx_submit_destroy(job->submit);
	drm_agx_compute_destroy(job->compute);
	drm_agx_bo_unref(job->out);
	drm_agx_sync_unref(job->done);
	drm_agx_queue_unref(job->queue);
	drm_agx_vm_unref(job->vm);
	test_close(job->dev);
	free(job);
	return 0;
}

static struct drm_agx_shader *make_shader(struct job *job, const void *code, size_t size)
{
	const struct drm_agx_shader_info info = {
		.struct_size = sizeof(info),
		.code = code,
		.code_size = size,
		.num_registers = 8,
	};
	struct drm_agx_shader *shader;

	assert_ok(drm_agx_shader_create(job->vm, &info, &shader));
	return shader;
}

static void launch(struct job *job, const struct drm_agx_shader *shader, uint32_t global,
		   uint32_t local)
{
	const struct drm_agx_launch args = {
		.struct_size = sizeof(args),
		.shader = shader,
		.uniforms = &job->out_addr,
		.uniforms_size = sizeof(job->out_addr),
		.global = { global, 1, 1 },
		.local = { local, 1, 1 },
	};

	assert_ok(drm_agx_compute_launch(job->compute, &args));
}

/* Runs what was launched; returns how it ended. */
static int run(struct job *job)
{
	struct drm_asahi_cmd_compute cmd;
	int status;

	assert_ok(drm_agx_compute_end(job->compute, &cmd, sizeof(cmd)));
	assert_ok(drm_agx_submit_add_compute(job->submit, &cmd, sizeof(cmd), 0, 0));
	assert_ok(drm_agx_queue_submit(job->queue, job->submit));
	assert_ok(drm_agx_sync_wait(job->done, 0, INT64_MAX));
	assert_ok(drm_agx_sync_status(job->done, 0, &status));
	return status;
}

static void test_store(void **state)
{
	struct job *job = *state;
	struct drm_agx_shader *shader = make_shader(job, store_code, sizeof(store_code));

	launch(job, shader, 1, 1);
	assert_int_equal(run(job), 1);
	assert_int_equal(job->words[0], 0xdeadbeef);
	assert_int_equal(job->words[1], 0);
	drm_agx_shader_unref(shader);
}

/* A launch sees what the one before it wrote. */
static void test_launch_order(void **state)
{
	struct job *job = *state;
	struct drm_agx_shader *store = make_shader(job, store_code, sizeof(store_code));
	struct drm_agx_shader *add = make_shader(job, add_code, sizeof(add_code));

	job->words[1] = 0x1111;
	launch(job, store, 1, 1);
	launch(job, add, 1, 1);
	assert_int_equal(run(job), 1);
	assert_int_equal(job->words[2], 0xdeadbeef + 0x1111);
	drm_agx_shader_unref(store);
	drm_agx_shader_unref(add);
}

static void test_threads(void **state)
{
	struct job *job = *state;
	struct drm_agx_shader *shader = make_shader(job, thread_code, sizeof(thread_code));
	unsigned int i;

	memset(job->words, 0xff, 4 * PAGE);
	launch(job, shader, 4000, 64);
	assert_int_equal(run(job), 1);
	for (i = 0; i < 4000; i++)
		assert_int_equal(job->words[i], i);
	for (; i < PAGE; i++)
		assert_int_equal(job->words[i], UINT32_MAX);
	drm_agx_shader_unref(shader);
}

/* More launches than fit one segment of the stream; each stores to a word of its own. */
static void test_many_launches(void **state)
{
	const unsigned int count = 2000;
	struct job *job = *state;
	struct drm_agx_shader *shader = make_shader(job, store_code, sizeof(store_code));
	uint64_t out_addr = job->out_addr;
	struct drm_asahi_cmd_compute cmd;
	unsigned int i;

	for (i = 0; i < count; i++) {
		job->out_addr = out_addr + 4 * i;
		launch(job, shader, 1, 1);
	}
	assert_int_equal(run(job), 1);
	for (i = 0; i < count; i++)
		assert_int_equal(job->words[i], 0xdeadbeef);
	assert_int_equal(job->words[count], 0);

	/* What the command calls the end is that of the first segment. */
	assert_ok(drm_agx_compute_end(job->compute, &cmd, sizeof(cmd)));
	assert_true(cmd.cdm_ctrl_stream_end > cmd.cdm_ctrl_stream_base);
	assert_true(cmd.cdm_ctrl_stream_end - cmd.cdm_ctrl_stream_base <= 4096);
	drm_agx_shader_unref(shader);
}

static void test_indirect(void **state)
{
	struct job *job = *state;
	struct drm_agx_shader *shader = make_shader(job, thread_code, sizeof(thread_code));
	struct drm_agx_launch args = {
		.struct_size = sizeof(args),
		.shader = shader,
		.uniforms = &job->out_addr,
		.uniforms_size = sizeof(job->out_addr),
		.local = { 32, 1, 1 },
		.indirect = job->out_addr + 3 * PAGE,
	};
	uint32_t *groups = job->words + 3 * PAGE / 4;

	groups[0] = 3;
	groups[1] = 1;
	groups[2] = 1;
	assert_ok(drm_agx_compute_launch(job->compute, &args));
	assert_int_equal(run(job), 1);
	assert_int_equal(job->words[95], 95);
	assert_int_equal(job->words[96], 0);
	drm_agx_shader_unref(shader);
}

/* The words of what was launched; @map is the page that they are in. */
static const uint32_t *map_stream(struct job *job, void **map)
{
	const struct drm_asahi_gem_bind_op *op;
	struct drm_asahi_cmd_compute cmd;
	const struct fake_call *call;
	unsigned int i;

	assert_ok(drm_agx_compute_end(job->compute, &cmd, sizeof(cmd)));
	for (i = 0; i < fake_num_calls(); i++) {
		call = fake_call(i);
		op = (const void *)call->extra;
		if (call->request != DRM_IOCTL_ASAHI_VM_BIND ||
		    op->addr != (cmd.cdm_ctrl_stream_base & -(uint64_t)PAGE))
			continue;
		assert_ok(drm_agx_gem_mmap(call->fd, op->handle, PAGE, NULL, map));
		return (const uint32_t *)*map + cmd.cdm_ctrl_stream_base % PAGE / 4;
	}
	fail_msg("the stream is bound nowhere");
	return NULL;
}

/* What a shader says of its preshader is in each of its launches, and the preshader runs. */
static void test_preshader(void **state)
{
	static const uint8_t stop[] = { 0x88, 0x00 };
	static const struct {
		uint32_t registers;
		uint32_t word;
	} cases[] = { { 0, 0x1012 }, { 100, 0x7012 }, { 256, 0x0012 } };
	struct drm_agx_shader_info info = {
		.struct_size = sizeof(info),
		.code = thread_code,
		.code_size = sizeof(thread_code),
		.preshader = stop,
		.preshader_size = sizeof(stop),
		.num_registers = 8,
	};
	struct job *job = *state;
	struct drm_agx_shader *shaders[ARRAY_SIZE(cases)];
	const uint32_t *stream;
	unsigned int i;
	void *map;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		info.preshader_registers = cases[i].registers;
		assert_ok(drm_agx_shader_create(job->vm, &info, &shaders[i]));
		launch(job, shaders[i], 32, 32);
	}
	assert_int_equal(run(job), 1);
	assert_int_equal(job->words[31], 31);
	stream = map_stream(job, &map);
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(stream[9 * i], cases[i].word);
		drm_agx_shader_unref(shaders[i]);
	}
	munmap(map, PAGE);
}

static void test_fault(void **state)
{
	struct job *job = *state;
	struct drm_agx_shader *shader = make_shader(job, bad_code, sizeof(bad_code));

	launch(job, shader, 1, 1);
	assert_int_equal(run(job), -EIO);
	drm_agx_shader_unref(shader);
}

static void test_timestamps(void **state)
{
	struct job *job = *state;
	struct drm_agx_shader *shader = make_shader(job, store_code, sizeof(store_code));
	const struct drm_asahi_gem_bind_object *bind;
	struct drm_agx_timestamps *ts;
	struct drm_asahi_cmd_compute cmd;
	uint64_t start, end, other;

	assert_ok(drm_agx_timestamps_create(job->dev, 5000, &ts));
	bind = (const void *)test_last_call(DRM_IOCTL_ASAHI_GEM_BIND_OBJECT)->arg;
	assert_int_equal(bind->op, DRM_ASAHI_BIND_OBJECT_OP_BIND);
	assert_int_equal(bind->range, 3 * PAGE);
	assert_ok(drm_agx_timestamps_read(ts, 4998, &start));
	assert_int_equal(start, 0);

	launch(job, shader, 1, 1);
	assert_ok(drm_agx_compute_end(job->compute, &cmd, sizeof(cmd)));
	assert_ok(drm_agx_timestamps_slot(ts, 4998, &cmd.ts.start));
	assert_ok(drm_agx_timestamps_slot(ts, 4999, &cmd.ts.end));
	assert_error(drm_agx_timestamps_slot(ts, 5000, &cmd.ts.end), EINVAL);
	assert_ok(drm_agx_submit_add_compute(job->submit, &cmd, sizeof(cmd), 0, 0));
	assert_ok(drm_agx_queue_submit(job->queue, job->submit));
	assert_ok(drm_agx_sync_wait(job->done, 0, INT64_MAX));
	assert_ok(drm_agx_timestamps_read(ts, 4998, &start));
	assert_ok(drm_agx_timestamps_read(ts, 4999, &end));
	assert_ok(drm_agx_timestamps_read(ts, 4997, &other));
	assert_error(drm_agx_timestamps_read(ts, 5000, &other), EINVAL);
	assert_true(start > 0);
	assert_true(end > start);
	assert_int_equal(other, 0);

	assert_ptr_equal(drm_agx_timestamps_ref(ts), ts);
	drm_agx_timestamps_unref(ts);
	assert_int_equal(fake_count().timestamps, 1);
	drm_agx_timestamps_unref(ts);
	drm_agx_timestamps_unref(NULL);
	assert_int_equal(fake_count().timestamps, 0);

	assert_error(drm_agx_timestamps_create(job->dev, 0, &ts), EINVAL);
	assert_error(drm_agx_timestamps_create(job->dev, UINT32_MAX, &ts), EINVAL);
	drm_agx_shader_unref(shader);
}

static void test_shader_invalid(void **state)
{
	struct job *job = *state;
	const struct drm_agx_shader_info good = {
		.struct_size = sizeof(good),
		.code = store_code,
		.code_size = sizeof(store_code),
		.num_registers = 8,
	};
	struct drm_agx_shader_info bad[13];
	struct drm_agx_shader *shader;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(bad); i++)
		bad[i] = good;
	bad[0].code = NULL;
	bad[1].code_size = 0;
	bad[2].code_size = SIZE_MAX;
	bad[3].preshader = store_code;
	bad[4].preshader_size = 2;
	bad[5].num_registers = 0;
	bad[6].num_registers = 257;
	bad[7].num_uniforms = 513;
	bad[8].shared_size = 65537;
	bad[9].preshader = store_code;
	bad[9].preshader_size = SIZE_MAX;
	bad[10].preshader_registers = 257;
	bad[11].code_size--;
	bad[12].preshader = store_code;
	bad[12].preshader_size = 3;

	fake_clear_calls();
	for (i = 0; i < ARRAY_SIZE(bad); i++)
		assert_error(drm_agx_shader_create(job->vm, &bad[i], &shader), EINVAL);
	assert_int_equal(fake_num_calls(), 0);

	assert_ok(drm_agx_shader_create(job->vm, &good, &shader));
	assert_true(drm_agx_shader_addr(shader) >= drm_agx_vm_usc_base(job->vm));
	assert_ptr_equal(drm_agx_shader_ref(shader), shader);
	drm_agx_shader_unref(shader);
	drm_agx_shader_unref(shader);
	drm_agx_shader_unref(NULL);
}

static void test_launch_invalid(void **state)
{
	struct job *job = *state;
	struct drm_agx_shader *shader = make_shader(job, store_code, sizeof(store_code));
	const struct drm_agx_launch good = {
		.struct_size = sizeof(good),
		.shader = shader,
		.uniforms = &job->out_addr,
		.uniforms_size = sizeof(job->out_addr),
		.global = { 1, 1, 1 },
		.local = { 1, 1, 1 },
	};
	struct drm_agx_launch bad[9];
	struct drm_asahi_cmd_compute cmd;
	struct drm_agx_vm *vm;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(bad); i++)
		bad[i] = good;
	bad[0].shader = NULL;
	bad[1].uniforms = NULL;
	bad[2].uniforms_size = 6;
	bad[3].uniforms_size = 1028;
	bad[4].global[2] = 0;
	bad[5].local[1] = 0;
	bad[6].indirect = 0x2000000002;
	bad[7].indirect = UINT64_C(1) << 40;
	bad[8].indirect = 0x2000000000;
	bad[8].local[0] = 0;

	/* Nothing in it: no command yet. */
	assert_error(drm_agx_compute_end(job->compute, &cmd, sizeof(cmd)), EINVAL);
	for (i = 0; i < ARRAY_SIZE(bad); i++)
		assert_error(drm_agx_compute_launch(job->compute, &bad[i]), EINVAL);
	assert_error(drm_agx_compute_end(job->compute, &cmd, sizeof(cmd)), EINVAL);

	/* A shader that is elsewhere. */
	drm_agx_shader_unref(shader);
	assert_ok(drm_agx_vm_create(job->dev, &vm));
	bad[0] = good;
	assert_ok(drm_agx_shader_create(vm, &(struct drm_agx_shader_info){
					.struct_size = sizeof(struct drm_agx_shader_info),
					.code = store_code,
					.code_size = sizeof(store_code),
					.num_registers = 8,
				}, &shader));
	bad[0].shader = shader;
	assert_error(drm_agx_compute_launch(job->compute, &bad[0]), EINVAL);
	drm_agx_shader_unref(shader);
	drm_agx_vm_unref(vm);

	/* A stream that was ended. */
	shader = make_shader(job, store_code, sizeof(store_code));
	launch(job, shader, 1, 1);
	assert_ok(drm_agx_compute_end(job->compute, &cmd, sizeof(cmd)));
	bad[0].shader = shader;
	assert_error(drm_agx_compute_launch(job->compute, &bad[0]), EINVAL);
	drm_agx_shader_unref(shader);
	drm_agx_compute_destroy(NULL);
}

/* Structs of another version of the header. */
static void test_struct_sizes(void **state)
{
	struct job *job = *state;
	struct {
		struct drm_agx_shader_info info;
		uint64_t more;
	} young = {
		.info = {
			.struct_size = sizeof(young),
			.code = store_code,
			.code_size = sizeof(store_code),
			.num_registers = 8,
		},
	};
	struct {
		struct drm_agx_launch launch;
		uint64_t more;
	} launch = {
		.launch = {
			.struct_size = sizeof(launch),
			.global = { 1, 1, 1 },
			.local = { 1, 1, 1 },
		},
	};
	struct {
		struct drm_asahi_cmd_compute cmd;
		uint64_t more;
	} cmd = { .more = 1 };
	struct drm_agx_shader *shader;

	/* What is not known has to be zero. */
	young.more = 1;
	assert_error(drm_agx_shader_create(job->vm, &young.info, &shader), E2BIG);
	young.more = 0;
	assert_ok(drm_agx_shader_create(job->vm, &young.info, &shader));
	launch.launch.shader = shader;
	launch.more = 1;
	assert_error(drm_agx_compute_launch(job->compute, &launch.launch), E2BIG);
	launch.more = 0;
	assert_ok(drm_agx_compute_launch(job->compute, &launch.launch));

	/* No version was smaller than the first; 0 is a caller that has forgotten it. */
	launch.launch.struct_size = offsetof(struct drm_agx_launch, local);
	assert_error(drm_agx_compute_launch(job->compute, &launch.launch), EINVAL);
	launch.launch.struct_size = 0;
	assert_error(drm_agx_compute_launch(job->compute, &launch.launch), EINVAL);
	young.info.struct_size = 0;
	drm_agx_shader_unref(shader);
	assert_error(drm_agx_shader_create(job->vm, &young.info, &shader), EINVAL);

	/* The command of a younger uapi is cleared to its end, that of an older one not beyond. */
	assert_ok(drm_agx_compute_end(job->compute, &cmd.cmd, sizeof(cmd)));
	assert_int_equal(cmd.more, 0);
	cmd.cmd.sampler_heap = 7;
	assert_ok(drm_agx_compute_end(job->compute, &cmd.cmd,
				      offsetof(struct drm_asahi_cmd_compute, sampler_heap)));
	assert_int_equal(cmd.cmd.sampler_heap, 7);
	assert_true(cmd.cmd.cdm_ctrl_stream_end > cmd.cmd.cdm_ctrl_stream_base);
	assert_error(drm_agx_compute_end(job->compute, &cmd.cmd, 16), EINVAL);
}

int main(void)
{
#define COMPUTE_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		COMPUTE_TEST(test_store),
		COMPUTE_TEST(test_launch_order),
		COMPUTE_TEST(test_threads),
		COMPUTE_TEST(test_many_launches),
		COMPUTE_TEST(test_indirect),
		COMPUTE_TEST(test_preshader),
		COMPUTE_TEST(test_fault),
		COMPUTE_TEST(test_timestamps),
		COMPUTE_TEST(test_shader_invalid),
		COMPUTE_TEST(test_struct_sizes),
		COMPUTE_TEST(test_launch_invalid),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
