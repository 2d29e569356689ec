// SPDX-License-Identifier: MIT
/*
 * agx-cli top: who uses the GPU.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>

#include "args.h"
#include "clients.h"
#include "clock_ns.h"
#include "out.h"

#define DRIVER "asahi"
#define INTERVAL 1000000000ull

/* A look at all clients. */
struct sample {
	struct clients clients;
	uint64_t time;
};

/* The same client in another sample, or NULL. */
static const struct client *find_client(const struct sample *sample, const struct client *client)
{
	unsigned int i;

	for (i = 0; i < sample->clients.num; i++)
		if (sample->clients.list[i].rdev == client->rdev &&
		    sample->clients.list[i].info.client == client->info.client)
			return &sample->clients.list[i];
	return NULL;
}

/* Of the time between two samples, the part in which the engine was the client's. */
static void put_busy(struct out *out, const struct fdinfo_engine *engine,
		     const struct client *client, const struct sample *before, uint64_t elapsed)
{
	const struct client *was = find_client(before, client);
	const struct fdinfo_engine *old =
		was ? fdinfo_find_engine(&was->info, engine->name) : NULL;
	const uint64_t ns = old && old->ns < engine->ns ? engine->ns - old->ns : 0;
	char key[FDINFO_NAME + 16];

	snprintf(key, sizeof(key), "%s_percent", engine->name);
	out_u64(out, key, elapsed ? ns / engine->capacity * 100 / elapsed : 0);
}

static void put_client(struct out *out, const struct client *client, const struct sample *before,
		       uint64_t elapsed)
{
	const struct fdinfo_region *region;
	char key[FDINFO_NAME + 16];
	unsigned int i;

	out_begin_object(out, NULL);
	out_u64(out, "client", client->info.client);
	out_u64(out, "pid", client->pid);
	out_string(out, "command", client->command);
	out_u64(out, "fds", client->fds);
	for (i = 0; i < client->info.num_engines; i++) {
		snprintf(key, sizeof(key), "%s_us", client->info.engines[i].name);
		out_u64(out, key, client->info.engines[i].ns / 1000);
		if (before)
			put_busy(out, &client->info.engines[i], client, before, elapsed);
	}
	for (i = 0; i < client->info.num_regions; i++) {
		region = &client->info.regions[i];
		snprintf(key, sizeof(key), "%s_kib", region->name);
		out_u64(out, key, region->total >> 10);
		out_u64(out, "resident_kib", region->resident >> 10);
		out_u64(out, "active_kib", region->active >> 10);
		out_u64(out, "shared_kib", region->shared >> 10);
	}
	out_end(out);
}

static void put_sample(struct out *out, const struct sample *sample, const struct sample *before)
{
	unsigned int i;

	out_begin_array(out, "clients");
	for (i = 0; i < sample->clients.num; i++)
		put_client(out, &sample->clients.list[i], before,
			   before ? sample->time - before->time : 0);
	out_end(out);
	if (sample->clients.hidden)
		out_u64(out, "hidden_processes", sample->clients.hidden);
}

/* Ends with an interrupt, too. */
static void wait_for(uint64_t ns)
{
	struct timespec time = { .tv_sec = ns / 1000000000, .tv_nsec = ns % 1000000000 };

	while (nanosleep(&time, &time) && errno == EINTR && !cli_interrupted())
		;
}

static enum cli_exit take_sample(struct cli *cli, const struct cli_args *args, dev_t rdev,
				 struct sample *sample)
{
	const char *proc = cli_option(args, "proc");
	int ret;

	sample->time = clock_ns(CLOCK_MONOTONIC);
	ret = clients_find(&sample->clients, proc ? proc : "/proc", DRIVER, rdev);
	if (ret)
		return cli_errno_error(cli, CLI_EXIT_FAILURE, ret,
				       "cannot look at the processes in %s", proc ? proc : "/proc");
	return CLI_EXIT_OK;
}

/* The node that clients are wanted of; 0 for all. */
static enum cli_exit find_node(struct cli *cli, dev_t *rdev)
{
	struct stat st;

	*rdev = 0;
	if (!cli->device)
		return CLI_EXIT_OK;
	if (stat(cli->device, &st))
		return cli_errno_error(cli, CLI_EXIT_NO_DEVICE, errno, "cannot find %s",
				       cli->device);
	if (!S_ISCHR(st.st_mode))
		return cli_error(cli, CLI_EXIT_NO_DEVICE, "%s is no device", cli->device);
	*rdev = st.st_rdev;
	return CLI_EXIT_OK;
}

/* How many times, 0 for ever, and how often. */
static bool read_options(struct cli *cli, const struct cli_args *args, uint64_t *count,
			 uint64_t *interval)
{
	const char *text = cli_option(args, "count");

	*count = cli_option(args, "once") ? 1 : 0;
	if (text && !cli_number_between(cli, "--count", text, 1, INT64_MAX, count))
		return false;
	text = cli_option(args, "interval");
	*interval = INTERVAL;
	return !text || cli_duration(cli, "--interval", text, interval);
}

static enum cli_exit run_top(struct cli *cli, const struct cli_args *args)
{
	struct sample sample, before = { 0 };
	uint64_t count, interval, i;
	enum cli_exit status;
	dev_t rdev;

	if (!read_options(cli, args, &count, &interval))
		return CLI_EXIT_USAGE;
	status = find_node(cli, &rdev);
	for (i = 0; !status && (!count || i < count); i++) {
		if (i)
			wait_for(interval);
		if (cli_interrupted())
			break;
		status = take_sample(cli, args, rdev, &sample);
		if (status)
			break;
		if (i)
			out_clear(cli->out);
		put_sample(cli->out, &sample, i ? &before : NULL);
		out_emit(cli->out);
		clients_free(&before.clients);
		before = sample;
		/* Nobody reads it any more. */
		if (out_flush(cli->out))
			break;
	}
	clients_free(&before.clients);
	return status;
}

static const struct cli_option top_options[] = {
	{ "once", 'o', NULL, "print once what there is, and leave" },
	{ "count", 'n', "N", "print so many times" },
	{ "interval", 'i', "TIME", "between two times, instead of a second" },
	{ "proc", 0, "FOLDER", "where the processes are, instead of /proc" },
	{ NULL },
};

const struct cli_verb cli_verbs_top[] = {
	{
		.name = "top",
		.group = "look",
		.synopsis = "[--once | --count N] [--interval TIME] [--proc FOLDER]",
		.summary = "print who uses the GPU, again and again",
		.details =
			"The clients of the driver, which are its open files, with a process that "
			"has them and how many descriptors there are of them: time on each "
			"engine, since the file was opened and as a part of the time since the "
			"last look; and memory: all, in memory, in use by the GPU, and shared. "
			"That is what the kernel tells in /proc/PID/fdinfo, of other users' "
			"processes to root only. --device narrows it to the clients of a node.",
		.options = top_options,
		.run = run_top,
	},
	{ .name = NULL },
};
