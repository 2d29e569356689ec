// SPDX-License-Identifier: MIT
/**
 * TEST: asahi exit
 * Category: Core
 * Mega feature: Lifetimes
 * Sub-category: exit
 * Functionality: close
 * Description: Processes that end, in every way and with a job in every state, and at any moment
 *	inside every ioctl: with the last of a file everything of it is gone at once, while another
 *	process is released, can see why, keeps what was shared, and notices nothing else. What
 *	does not end a file does not touch its jobs.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "asahi_child.h"
#include "asahi_clock.h"
#include "asahi_device.h"
#include "asahi_drm.h"
#include "asahi_ioctl.h"
#include "asahi_job.h"
#include "asahi_loop.h"
#include "asahi_memory.h"
#include "asahi_objects.h"
#include "asahi_observer.h"
#include "asahi_seed.h"
#include "asahi_sim.h"
#include "asahi_subject.h"
#include "igt.h"

IGT_TEST_DESCRIPTION("Processes that end with jobs in flight");

/*
 * Bytes of each of the buffer objects of a process that has much, and by how many there may be less
 * afterwards, whoever else takes some.
 */
#define MUCH (64u << 20)
#define MUCH_SLACK (MUCH / 2)

/* What is to happen, and when. */
struct situation {
	const struct way *way;
	/* The state of the job. */
	const struct asahi_stage *stage;
	/* The call that it is inside of, and for how long, or NULL. */
	const struct asahi_loop_kind *kind;
	unsigned int us;
};

/* The process that has a file, and what it needs to make it. */
struct owner {
	/* Leads to the process that looks on. */
	struct asahi_child other;
	const struct situation *situation;
	int unsignalled;
	struct asahi_subject subject;
	/* Of the thread that makes it, if that is not the main one. */
	int tid;
};

/* The process that looks on. */
struct witness {
	const struct situation *situation;
	struct asahi_observer observer;
	struct asahi_child child;
	/* The file, if it is here now, or -1. */
	int file;
	/* Whether all that was to go on did. */
	bool kept;
	/* Bytes of memory that could be had before there was the file. */
	uint64_t available;
};

/* A way for a process, or for a thread, to end. */
struct way {
	const char *name;
	/* A sentence that "with a job" can follow. */
	const char *text;
	/* The test. */
	void (*run)(const struct situation *situation);
	/* Makes the subject, waits to be told, and ends. */
	void (*end)(struct owner *owner);
	/* Tells the child, and comes back at the moment when it has happened. */
	void (*watch)(struct witness *w);
	/* Whether the subject has much memory. */
	bool much;
};

/* Memory that nobody shares, private to the address space or not, for CPU and GPU. */
static void take_memory(struct asahi_client *client)
{
	const uint32_t handles[] = {
		asahi_gem_create(client->fd, MUCH),
		asahi_gem_create_private(client->fd, MUCH, client->vm_id),
	};
	unsigned int i, k;
	uint32_t *map;

	for (i = 0; i < ARRAY_SIZE(handles); i++) {
		map = asahi_gem_mmap(client->fd, handles[i], MUCH);
		for (k = 0; k < MUCH / ASAHI_PAGE; k++)
			map[k * (ASAHI_PAGE / sizeof(*map))] = k;
		asahi_vm_map(client->fd, client->vm_id, handles[i], 0, MUCH,
			     asahi_client_va(client, MUCH), ASAHI_RW);
	}
}

static void make(struct owner *owner)
{
	asahi_subject_init(&owner->subject, owner->situation->stage, owner->unsignalled);
	if (owner->situation->way->much)
		take_memory(&owner->subject.client);
	asahi_subject_share(&owner->subject, &owner->other);
}

/* What follows asahi_fork()'s block is exit(), which is what follows main() too. */
static void end_by_return(struct owner *owner)
{
	make(owner);
	asahi_await(&owner->other);
}

static void end_by_exit(struct owner *owner)
{
	make(owner);
	asahi_await(&owner->other);
	_exit(0);
}

/* Jobs of others run while it happens. */
static void tell(struct witness *w)
{
	asahi_notify(&w->child);
	asahi_observer_work(&w->observer);
}

static void watch_exit(struct witness *w)
{
	tell(w);
	asahi_child_wait(&w->child);
}

/* It sleeps when it is killed. */
static void end_by_sigkill(struct owner *owner)
{
	make(owner);
	asahi_await(&owner->other);
}

static void watch_sigkill(struct witness *w)
{
	igt_assert_eq(kill(w->child.pid, SIGKILL), 0);
	asahi_observer_work(&w->observer);
	asahi_child_reap(&w->child, SIGKILL);
}

static void end_by_sigsegv(struct owner *owner)
{
	const struct rlimit no_core = { 0, 0 };
	volatile int *nothing;

	make(owner);
	nothing = mmap(NULL, ASAHI_PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	igt_assert(nothing != MAP_FAILED);
	igt_assert_eq(setrlimit(RLIMIT_CORE, &no_core), 0);
	signal(SIGSEGV, SIG_DFL);
	asahi_await(&owner->other);
	*nothing = 1;
}

static void watch_sigsegv(struct witness *w)
{
	tell(w);
	asahi_child_reap(&w->child, SIGSEGV);
}

/* The new program returns what it is sent, and ends with the socket. */
static void end_by_exec(struct owner *owner)
{
	make(owner);
	igt_assert_eq(fcntl(owner->subject.client.fd, F_SETFD, FD_CLOEXEC), 0);
	asahi_await(&owner->other);
	dup2(owner->other.socket, STDIN_FILENO);
	dup2(owner->other.socket, STDOUT_FILENO);
	execlp("cat", "cat", NULL);
	_exit(127);
}

static void watch_exec(struct witness *w)
{
	tell(w);
	asahi_notify(&w->child);
	asahi_await(&w->child);
}

/* Whether the subject is as it was made; says what is not. */
static bool is_there(const struct asahi_observer *o)
{
	static const char * const names[] = { "queue", "vm" };
	struct asahi_objects now;
	uint64_t count, expected;
	unsigned int i;

	asahi_objects_read(&now);
	for (i = 0; now.num && i < ARRAY_SIZE(names); i++) {
		count = asahi_objects_value(&now, names[i]);
		expected = asahi_objects_value(&o->before, names[i]) + 1;
		if (count == expected)
			continue;
		igt_info("%s: %" PRIu64 ", not %" PRIu64 "\n", names[i], count, expected);
		return false;
	}

	return asahi_observer_is_unchanged(o);
}

/* A file is open for as long as it is mapped. */
static void end_by_munmap(struct owner *owner)
{
	char byte;

	make(owner);
	asahi_await(&owner->other);
	asahi_client_drop(&owner->subject.client);
	asahi_notify(&owner->other);
	asahi_await(&owner->other);
	asahi_bo_unmap(&owner->subject.bo);
	asahi_notify(&owner->other);

	/* The process goes on, for as long as anybody looks. */
	recv(owner->other.socket, &byte, 1, 0);
}

static void watch_munmap(struct witness *w)
{
	asahi_notify(&w->child);
	asahi_await(&w->child);
	w->kept = is_there(&w->observer);
	tell(w);
	asahi_await(&w->child);
}

/* With the file went everything of it but for the memory that it had shared. */
static void assert_gone(const struct asahi_observer *o, const struct asahi_objects *after)
{
	struct asahi_objects expected = o->before;
	unsigned int i;

	for (i = 0; i < expected.num; i++)
		if (!strcmp(expected.counters[i].name, "bo"))
			expected.counters[i].count++;
	asahi_assert_objects_same(&expected, after);
}

/* So did its memory. */
static void assert_given_back(const struct witness *w, uint64_t available)
{
	const int64_t lost = w->available - available;

	igt_info("%" PRId64 " KiB of memory fewer than before there was the file\n", lost / 1024);
	igt_assert_f(lost < (int64_t)MUCH_SLACK,
		     "memory that only the process had has not come back with its end\n");
}

/* @then: what the process does when it has not ended, and its file has not; NULL if it has. */
static void start(struct witness *w, const struct situation *situation,
		  void (*then)(struct owner *owner))
{
	const struct way *way = situation->way;
	struct owner owner = { .situation = situation };

	memset(w, 0, sizeof(*w));
	w->situation = situation;
	w->file = -1;
	w->kept = true;
	asahi_stage_require(situation->stage, !then);
	asahi_observer_init(&w->observer, situation->stage);
	owner.unsignalled = w->observer.spin.fence;
	w->available = asahi_memory_available();
	asahi_fork(&owner.other) {
		way->end(&owner);
		if (then)
			then(&owner);
	}
	w->child = owner.other;
	asahi_observer_receive(&w->observer, &w->child);
	way->watch(w);
}

/* If the child has not ended yet, let it. */
static void finish(struct witness *w)
{
	if (!w->child.pid)
		return;
	shutdown(w->child.socket, SHUT_WR);
	asahi_child_wait(&w->child);
}

/* The subject goes, and all that belongs to it at once. */
static void dies(const struct situation *situation)
{
	struct asahi_objects after;
	uint64_t available;
	struct witness w;

	start(&w, situation, NULL);
	asahi_objects_read(&after);
	available = asahi_memory_available();
	asahi_observer_look(&w.observer);
	asahi_observer_release(&w.observer);
	finish(&w);

	igt_assert_f(w.kept, "something was gone too early\n");
	assert_gone(&w.observer, &after);
	if (situation->way->much)
		assert_given_back(&w, available);
	asahi_observer_assert(&w.observer);
	asahi_observer_assert_fate(&w.observer, &situation->stage->killed);
	asahi_observer_fini(&w.observer);
}

/* New objects can be made on a file, and jobs run on it. */
static void assert_usable(int fd)
{
	struct asahi_client client;
	struct asahi_job job;
	struct asahi_bo bo;

	asahi_client_init_fd(&client, fd);
	asahi_bo_init(&client, &bo, ASAHI_PAGE);
	asahi_job_init(&client, &job, ASAHI_SHADER_STORE, bo.va, 0, 0);
	igt_assert_eq(asahi_job_run(&job), 1);
	igt_assert_eq_u32(bo.map[0], ASAHI_STORE_VALUE);
	asahi_bo_fini(&client, &bo);
	asahi_client_fini(&client);
}

static void *make_and_end(void *data)
{
	struct owner *owner = data;

	owner->tid = syscall(SYS_gettid);
	make(owner);
	asahi_await(&owner->other);
	return owner;
}

/* An assertion that fails in the thread ends only that. */
static void end_thread(struct owner *owner)
{
	pthread_t thread;
	uint64_t since = 0;
	void *made;

	igt_assert_eq(pthread_create(&thread, NULL, make_and_end, owner), 0);
	igt_assert_eq(pthread_join(thread, &made), 0);
	igt_assert_f(made == owner, "the thread has failed\n");

	/* The C library is told a little before all of the thread is gone. */
	while (!syscall(SYS_tgkill, getpid(), owner->tid, 0))
		igt_assert_f(asahi_patient(&since), "the thread does not end\n");
	asahi_notify(&owner->other);
}

/* libigt forks but once. */
static void end_child(struct owner *owner)
{
	int status;
	pid_t pid;

	make(owner);
	asahi_await(&owner->other);
	pid = fork();
	if (!pid) {
		assert_usable(owner->subject.client.fd);
		raise(SIGKILL);
	}
	igt_assert_lt(0, pid);
	igt_assert_eq(waitpid(pid, &status, 0), pid);
	igt_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	asahi_notify(&owner->other);
}

static void watch_part(struct witness *w)
{
	tell(w);
	asahi_await(&w->child);
}

static void end_sender(struct owner *owner)
{
	make(owner);
	asahi_send_fd(&owner->other, owner->subject.client.fd);
	asahi_await(&owner->other);
}

/* The file is on its way while who has sent it ends. */
static void watch_sender(struct witness *w)
{
	struct asahi_child sender = w->child;
	struct pollfd sent = { .fd = sender.socket, .events = POLLIN };

	igt_assert_eq(poll(&sent, 1, asahi_hang_ms()), 1);
	w->child.socket = dup(sender.socket);
	w->child.pid = 0;
	igt_assert_eq(kill(sender.pid, SIGKILL), 0);
	asahi_observer_work(&w->observer);
	asahi_child_reap(&sender, SIGKILL);
	w->file = asahi_recv_fd(&w->child);
	asahi_adopt(w->file);
	close(w->child.socket);
}

/* In the child, if the file is there: use it, and close it, when told to. */
static void go_on(struct owner *owner)
{
	asahi_await(&owner->other);
	assert_usable(owner->subject.client.fd);
	asahi_notify(&owner->other);
	asahi_await(&owner->other);
	asahi_subject_drop(&owner->subject);
	asahi_notify(&owner->other);
}

static void use_file(struct witness *w)
{
	if (w->file >= 0)
		assert_usable(w->file);
	else
		watch_part(w);
}

static void close_file(struct witness *w)
{
	if (w->file >= 0)
		asahi_close(w->file);
	else
		watch_part(w);
}

/* The subject goes on, and goes when whoever is left closes the file. */
static void goes_on(const struct situation *situation)
{
	const struct asahi_stage *stage = situation->stage;
	struct asahi_objects rest, after;
	struct asahi_observer *o;
	struct witness w;

	start(&w, situation, go_on);
	o = &w.observer;
	w.kept = is_there(o);

	/* Whatever the job waits for. */
	asahi_observer_release(o);
	o->map[ASAHI_SUBJECT_RELEASE] = 1;
	if (!stage->hung)
		asahi_observer_wait(o);
	use_file(&w);
	asahi_objects_read_settled(&rest, stage->hung);
	close_file(&w);
	asahi_objects_read(&after);
	if (stage->hung)
		asahi_observer_look(o);
	finish(&w);

	igt_assert_f(w.kept, "something is gone that was to go on\n");
	asahi_assert_work_same(&o->idle, &after);
	asahi_observer_assert(o);
	asahi_observer_assert_fate(o, &stage->spared);
	asahi_observer_fini(o);
}

/**
 * SUBTEST: return-%s
 * Description: A process ends as it does when main() returns, with a job %arg[1].
 *
 * SUBTEST: exit-%s
 * Description: A process ends by _exit() with a job %arg[1].
 *
 * SUBTEST: sigkill-%s
 * Description: A process that has much memory is killed with a job %arg[1], and the system has it
 *	back at once.
 *
 * SUBTEST: sigsegv-%s
 * Description: A process crashes with a job %arg[1].
 *
 * SUBTEST: exec-%s
 * Description: A process becomes another program, which has not the file, with a job %arg[1].
 *
 * SUBTEST: munmap-%s
 * Description: A process closes its file and then, which is what ends the file, unmaps the last of
 *	its memory, with a job %arg[1].
 *
 * SUBTEST: thread-%s
 * Description: The thread that has made everything ends with a job %arg[1]; the process goes on,
 *	and so does the job.
 *
 * SUBTEST: fork-%s
 * Description: A child that shares and has used the file is killed while its parent has a job
 *	%arg[1]; that goes on.
 *
 * SUBTEST: socket-%s
 * Description: A process is killed that has sent its file away, with a job %arg[1]; who has
 *	got the file can use it, and the job goes on.
 *
 * arg[1]:
 *
 * @never:	that was never submitted
 * @queued:	that waits for a fence
 * @running:	that runs, and one behind it
 * @hung:	that hangs
 * @faulted:	that has faulted
 * @done:	that is over
 */
static const struct way ways[] = {
	{ "return", "A process returns from main", dies, end_by_return, watch_exit },
	{ "exit", "A process exits", dies, end_by_exit, watch_exit },
	{ "sigkill", "A process is killed", dies, end_by_sigkill, watch_sigkill, true },
	{ "sigsegv", "A process crashes", dies, end_by_sigsegv, watch_sigsegv },
	{ "exec", "A process becomes another program", dies, end_by_exec, watch_exec },
	{ "munmap", "A file ends by an munmap", dies, end_by_munmap, watch_munmap },
	{ "thread", "A thread ends", goes_on, end_thread, watch_part },
	{ "fork", "A child that shares the file dies", goes_on, end_child, watch_part },
	{ "socket", "Who has sent the file away dies", goes_on, end_sender, watch_sender },
};

/* How long a process may be in its loop, mostly. */
#define MAX_US 20000

static void end_in_loop(struct owner *owner)
{
	make(owner);
	asahi_loop_for_ever(owner->situation->kind, &owner->subject.client, owner->unsignalled,
			    &owner->other);
}

static void watch_loop(struct witness *w)
{
	asahi_await(&w->child);
	asahi_observer_work(&w->observer);
	usleep(w->situation->us);
	watch_sigkill(w);
}

static const struct way killed_inside = {
	.end = end_in_loop,
	.watch = watch_loop,
};

/*
 * The states that the job of a process has which is killed inside a call, one after the other. Not
 * one that hangs: it takes long to end, and that is all that is different. Elsewhere only those in
 * which there is nothing for the GPU to recover from.
 */
static unsigned int choose_stages(const struct asahi_stage *stages[ASAHI_NUM_STAGES],
				  bool simulated)
{
	unsigned int i, num = 0;

	for (i = 0; i < ASAHI_NUM_STAGES; i++) {
		const struct asahi_stage *stage = &asahi_stages[i];

		if (stage->hung)
			continue;
		if (simulated || !stage->jobs || stage->status == 1)
			stages[num++] = stage;
	}
	return num;
}

/**
 * SUBTEST: inside-%s
 * Description: A process that calls nothing but %arg[1] is killed at many different moments, with
 *	a job in each state.
 *
 * arg[1]:
 *
 * @get-params:		GET_PARAMS
 * @get-time:		GET_TIME
 * @vm-create:		VM_CREATE and VM_DESTROY
 * @vm-mapped:		VM_CREATE, VM_BIND and VM_DESTROY
 * @vm-bind:		VM_BIND
 * @gem-create:		GEM_CREATE and GEM_CLOSE
 * @gem-mmap-offset:	GEM_MMAP_OFFSET and mmap()
 * @gem-bind-object:	GEM_BIND_OBJECT
 * @queue-create:	QUEUE_CREATE and QUEUE_DESTROY
 * @queue-destroy:	QUEUE_DESTROY, which waits for the job that it kills,
 * @queue-destroy-hung:	QUEUE_DESTROY, which waits for a job that hangs to be taken off by a reset,
 * @prime:		PRIME_HANDLE_TO_FD and PRIME_FD_TO_HANDLE
 * @syncobj-wait:	SYNCOBJ_WAIT and SYNCOBJ_TIMELINE_WAIT
 * @submit:		SUBMIT
 * @submit-full:	SUBMIT, which sleeps as the queue is full,
 * @anything:		everything that there is
 */
static void inside(const void *data)
{
	const struct asahi_loop_kind *kind = data;
	const struct asahi_stage *stages[ASAHI_NUM_STAGES];
	struct situation situation = { .way = &killed_inside, .kind = kind };
	unsigned int seed = asahi_seed_new(), i, num;
	int fd = asahi_open();

	if (kind->simulated)
		asahi_require_simulated(fd, ASAHI_UNDER_JOBS);
	if (kind->controls)
		asahi_sim_require();
	num = choose_stages(stages, asahi_is_simulated(fd));
	asahi_close(fd);
	for (i = 0; i < kind->rounds; i++) {
		situation.stage = stages[i % num];
		situation.us = rand_r(&seed) % MAX_US;
		igt_debug("round %u, job %s, killed after %u us\n", i, situation.stage->text,
			  situation.us);
		dies(&situation);
	}
}

/* A way and a state. */
static struct {
	char name[32], describe[128];
	struct situation situation;
} situations[ARRAY_SIZE(ways) * ASAHI_NUM_STAGES];

static void run_situation(const void *data)
{
	const struct situation *situation = data;

	situation->way->run(situation);
}

/* A call to be inside of. */
static struct {
	char name[32], describe[128];
} calls[ASAHI_NUM_LOOPS];

static struct asahi_subtest subtests[ARRAY_SIZE(situations) + ARRAY_SIZE(calls)];

static struct asahi_subtest subtest_of_situation(unsigned int i)
{
	char *name = situations[i].name, *describe = situations[i].describe;
	struct situation *s = &situations[i].situation;

	s->way = &ways[i / ASAHI_NUM_STAGES];
	s->stage = &asahi_stages[i % ASAHI_NUM_STAGES];
	snprintf(name, sizeof(situations[i].name), "%s-%s", s->way->name, s->stage->name);
	snprintf(describe, sizeof(situations[i].describe), "%s with a job %s: %s.", s->way->text,
		 s->stage->text, s->way->run == dies ? "all of its file goes at once" :
						       "the file and its jobs go on");
	return (struct asahi_subtest){ name, describe, NULL, run_situation, s };
}

static struct asahi_subtest subtest_of_call(unsigned int i)
{
	const struct asahi_loop_kind *kind = &asahi_loops[i];

	snprintf(calls[i].name, sizeof(calls[i].name), "inside-%s", kind->name);
	snprintf(calls[i].describe, sizeof(calls[i].describe),
		 "A process is killed inside %s: its file goes at once.", kind->text);
	return (struct asahi_subtest){ calls[i].name, calls[i].describe, NULL, inside, kind };
}

int igt_main()
{
	unsigned int i, num = 0;

	for (i = 0; i < ARRAY_SIZE(situations); i++)
		subtests[num++] = subtest_of_situation(i);
	for (i = 0; i < ARRAY_SIZE(calls); i++)
		subtests[num++] = subtest_of_call(i);
	asahi_run_subtests(subtests, num);
}
