// SPDX-License-Identifier: MIT
/* Two actors that meet. */
#define _GNU_SOURCE 1
#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "asahi_clock.h"
#include "asahi_race.h"
#include "igt.h"

/* Rounds of waiting for the other before the CPU is given away. */
#define SPINS 20000

/*
 * So new has to be what the other says of the time, for both to be running now; for so long that is
 * waited for, where CPUs are not ours alone; and so much later they start then.
 */
#define FRESH_NS 5000
#define PATIENCE_NS 10000000
#define START_NS 10000

/* How long a call may take while another is held, if nothing else is said. */
#define WITHIN_S 20

/* How often it is asked whether the first has returned, in ms. */
#define ASK_MS 5

/* What the second actor is told. */
enum command {
	/* Nothing, so that its CPU is awake. */
	COMMAND_WAKE,
	/* To take the descriptors that it is sent; for processes only. */
	COMMAND_TAKE,
	COMMAND_RUN,
	COMMAND_DROP,
	COMMAND_STOP,
};

/* Memory that both see, whether they are threads or processes. */
struct asahi_race_shared {
	enum asahi_race_mode mode;
	const struct asahi_race_op *op;
	/** @told: @command is there. */
	sem_t told;
	/** @done: it has been carried out. */
	sem_t done;
	enum command command;
	struct asahi_race_names names;
	struct asahi_race_result result;
	/* Where the first actor's thread could run before. */
	cpu_set_t cpus;
	/* Of COMMAND_RUN: whether to meet first, and how long to wait then. */
	bool meet;
	int64_t wait_ns;
	/** @here: how many are there. */
	atomic_uint here;
	/* What time the second has seen last, and when both start. */
	atomic_ullong seen_ns, start_ns;
};

const char *asahi_race_mode_name(enum asahi_race_mode mode)
{
	static const char * const names[] = { "threads", "processes", "files" };

	return names[mode];
}

static void wait_for(sem_t *sem)
{
	while (sem_wait(sem) && errno == EINTR)
		;
}

/* Find a time to start, at which the second is running too. */
static void choose_start(struct asahi_race_shared *shared)
{
	uint64_t now = asahi_now_ns(), end = now + PATIENCE_NS;

	while (now < end && now > atomic_load(&shared->seen_ns) + FRESH_NS)
		now = asahi_now_ns();
	atomic_store(&shared->start_ns, now + START_NS);
}

/* Wait until the other is there too, and then for a while. */
static void meet(struct asahi_race_shared *shared, unsigned int who, int64_t wait_ns)
{
	unsigned int spins;
	uint64_t start;

	atomic_fetch_add(&shared->here, 1);
	for (spins = 0; atomic_load(&shared->here) < 2; spins++)
		if (spins > SPINS)
			sched_yield();

	if (!who)
		choose_start(shared);
	for (spins = 0; !(start = atomic_load(&shared->start_ns)); spins++) {
		atomic_store(&shared->seen_ns, asahi_now_ns());
		if (spins > SPINS)
			sched_yield();
	}
	while ((int64_t)(asahi_now_ns() - start) < (wait_ns > 0 ? wait_ns : 0))
		;
}

static void run_second(struct asahi_race_shared *shared)
{
	if (shared->meet)
		meet(shared, 1, shared->wait_ns);
	asahi_race_op_run(shared->op, &shared->names, 1, &shared->result);
}

/* Run on CPU number @i of those that this thread may use, if there are several. */
static void settle(const cpu_set_t *cpus, int i)
{
	cpu_set_t one;
	int cpu;

	if (CPU_COUNT(cpus) < 2)
		return;

	CPU_ZERO(&one);
	for (cpu = 0; cpu < CPU_SETSIZE; cpu++)
		if (CPU_ISSET(cpu, cpus) && !i--)
			CPU_SET(cpu, &one);
	sched_setaffinity(0, sizeof(one), &one);
}

static void *act(void *data)
{
	struct asahi_race *race = data;
	struct asahi_race_shared *shared = race->shared;

	settle(&shared->cpus, 1);
	for (;;) {
		wait_for(&shared->told);
		if (shared->command == COMMAND_RUN)
			run_second(shared);
		else if (shared->command == COMMAND_DROP)
			asahi_race_op_drop(&shared->result);
		else if (shared->command == COMMAND_STOP)
			return NULL;
		sem_post(&shared->done);
	}
}

static void take(struct asahi_race *race)
{
	struct asahi_race_names *names = &race->shared->names;

	names->fd = asahi_recv_fd(&race->child);
	if (names->dma_buf >= 0)
		names->dma_buf = asahi_recv_fd(&race->child);
}

static void give_up(struct asahi_race_shared *shared)
{
	asahi_race_op_drop(&shared->result);
	if (shared->op != &asahi_race_ops[ASAHI_RACE_CLOSE] || shared->result.ret)
		close(shared->names.fd);
	if (shared->names.dma_buf >= 0)
		close(shared->names.dma_buf);
}

/* The same in a process, which has its own descriptors. */
static void act_alone(struct asahi_race *race)
{
	struct asahi_race_shared *shared = race->shared;

	settle(&shared->cpus, 1);
	for (;;) {
		wait_for(&shared->told);
		if (shared->command == COMMAND_STOP)
			return;

		if (shared->command == COMMAND_TAKE)
			take(race);
		else if (shared->command == COMMAND_RUN)
			run_second(shared);
		else if (shared->command == COMMAND_DROP)
			give_up(shared);
		sem_post(&shared->done);
	}
}

static void tell(struct asahi_race *race, enum command command)
{
	race->shared->command = command;
	sem_post(&race->shared->told);
}

/* Tell, and wait until it has been carried out. */
static void ask(struct asahi_race *race, enum command command)
{
	tell(race, command);
	wait_for(&race->shared->done);
}

static void start_process(struct asahi_race *race)
{
	asahi_fork(&race->child)
		act_alone(race);
}

void asahi_race_start(struct asahi_race *race, enum asahi_race_mode mode,
		      const struct asahi_race_op *first, const struct asahi_race_op *second)
{
	struct asahi_race_shared *shared;

	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		      -1, 0);
	igt_assert(shared != MAP_FAILED);
	shared->mode = mode;
	shared->op = second;
	sem_init(&shared->told, 1, 0);
	sem_init(&shared->done, 1, 0);

	memset(race, 0, sizeof(*race));
	race->mode = mode;
	race->op = first;
	race->shared = shared;
	race->patience_s = WITHIN_S;
	sched_getaffinity(0, sizeof(shared->cpus), &shared->cpus);
	if (mode == ASAHI_RACE_PROCESSES)
		start_process(race);
	else
		igt_assert_eq(pthread_create(&race->thread, NULL, act, race), 0);
	settle(&shared->cpus, 0);
}

void asahi_race_give(struct asahi_race *race, const struct asahi_race_names *names)
{
	race->shared->names = *names;
	if (race->mode != ASAHI_RACE_PROCESSES)
		return;

	tell(race, COMMAND_TAKE);
	asahi_send_fd(&race->child, names->fd);
	if (names->dma_buf >= 0)
		asahi_send_fd(&race->child, names->dma_buf);
	wait_for(&race->shared->done);
}

/* Wait until the first can be seen to have begun; false if it has returned without. */
static bool wait_begun(struct asahi_race *race)
{
	struct pollfd fd = { .fd = race->names->begun, .events = POLLIN };

	while (!atomic_load(&race->returned))
		if (poll(&fd, 1, ASK_MS) == 1)
			return true;
	return false;
}

/* Let the second actor call; returns whether that took too long. */
static bool call_second(struct asahi_race *race)
{
	struct timespec end;
	int ret;

	tell(race, COMMAND_RUN);
	clock_gettime(CLOCK_REALTIME, &end);
	end.tv_sec += race->patience_s;
	do {
		ret = sem_timedwait(&race->shared->done, &end);
	} while (ret && errno == EINTR);
	return ret;
}

/* Another thread: let the second actor call while the first is held, and the first go on then. */
static void *call_within(void *data)
{
	struct asahi_race *race = data;
	struct asahi_held *held = race->names->held;
	bool late;

	race->came = held ? asahi_held_wait(held, &race->returned) : wait_begun(race);
	late = call_second(race);
	race->waited = late || (!held && atomic_load(&race->returned));
	if (held && race->came)
		asahi_held_release(held);
	if (late)
		wait_for(&race->shared->done);
	return NULL;
}

static void run_within(struct asahi_race *race, const struct asahi_race_names *names,
		       struct asahi_race_result results[2])
{
	pthread_t thread;

	race->names = names;
	race->came = false;
	race->waited = false;
	atomic_store(&race->returned, false);
	if (pthread_create(&thread, NULL, call_within, race)) {
		/* Nobody would let the first go on. */
		memset(results, 0, 2 * sizeof(*results));
		results[0].dma_buf = -1;
		race->shared->result = results[0];
		results[1] = results[0];
		return;
	}

	asahi_race_op_run(race->op, names, 0, &results[0]);
	atomic_store(&race->returned, true);
	pthread_join(thread, NULL);
	results[1] = race->shared->result;
}

void asahi_race_run(struct asahi_race *race, const struct asahi_race_names *names,
		    enum asahi_race_order order, int64_t lead_ns,
		    struct asahi_race_result results[2])
{
	struct asahi_race_shared *shared = race->shared;

	shared->meet = order == ASAHI_RACE_TOGETHER;
	shared->wait_ns = lead_ns;
	atomic_store(&shared->here, 0);
	atomic_store(&shared->seen_ns, 0);
	atomic_store(&shared->start_ns, 0);
	if (order == ASAHI_RACE_WITHIN) {
		run_within(race, names, results);
		return;
	}
	if (order == ASAHI_RACE_FIRST_THEN_SECOND)
		asahi_race_op_run(race->op, names, 0, &results[0]);
	else if (order == ASAHI_RACE_TOGETHER)
		ask(race, COMMAND_WAKE);
	tell(race, COMMAND_RUN);
	if (order == ASAHI_RACE_TOGETHER) {
		meet(shared, 0, -lead_ns);
		asahi_race_op_run(race->op, names, 0, &results[0]);
	}
	wait_for(&shared->done);
	if (order == ASAHI_RACE_SECOND_THEN_FIRST)
		asahi_race_op_run(race->op, names, 0, &results[0]);
	results[1] = shared->result;
}

void asahi_race_drop(struct asahi_race *race)
{
	ask(race, COMMAND_DROP);
}

void asahi_race_stop(struct asahi_race *race)
{
	struct asahi_race_shared *shared = race->shared;

	tell(race, COMMAND_STOP);
	sched_setaffinity(0, sizeof(shared->cpus), &shared->cpus);
	if (race->mode == ASAHI_RACE_PROCESSES)
		asahi_child_wait(&race->child);
	else
		pthread_join(race->thread, NULL);
	munmap(shared, sizeof(*shared));
}

bool asahi_race_overlap(const struct asahi_race_result results[2])
{
	return results[0].start_ns < results[1].end_ns && results[1].start_ns < results[0].end_ns;
}
