// SPDX-License-Identifier: MIT
/*
 * agx-cli replay: make the calls of a recording again.
 */
#include <drm_agx.h>

#include "args.h"
#include "out.h"
#include "recording.h"
#include "recording_file.h"
#include "replay.h"
#include "session.h"

static void put_result(struct out *out, const struct replay *replay)
{
	out_u64(out, "calls", replay->calls);
	out_u64(out, "jobs", replay->jobs);
	out_u64(out, "left_out", replay->left_out);
	out_u64(out, "stand_ins", replay->stand_ins);
	out_u64(out, "num_differences", replay->differences);
}

static enum cli_exit play(struct cli *cli, struct rec_reader *reader)
{
	struct replay replay = { .cli = cli };
	struct drm_agx_device *dev;
	enum cli_exit status;
	char path[256];

	status = cli_device(cli, &dev);
	if (status)
		return status;
	replay.path = cli_fd_path(drm_agx_device_fd(dev), path, sizeof(path));

	out_begin_array(cli->out, "differences");
	replay_all(&replay, reader);
	out_end(cli->out);
	put_result(cli->out, &replay);
	if (replay.failed)
		return CLI_EXIT_FAILURE;
	if (!replay.differences)
		return CLI_EXIT_OK;
	return cli_error(cli, CLI_EXIT_WRONG, "%u results are not those of the recording",
			 replay.differences);
}

static enum cli_exit run_replay(struct cli *cli, const struct cli_args *args)
{
	struct rec_reader reader;
	enum cli_exit status;

	status = recording_open(cli, cli_word(args, 0), &reader);
	if (status)
		return status;
	status = play(cli, &reader);
	recording_close(&reader);
	return status;
}

const struct cli_verb cli_verbs_replay[] = {
	{
		.name = "replay",
		.group = "record",
		.synopsis = "FILE",
		.summary = "make the calls of a recording again, and compare what comes back",
		.details =
			"Makes every call of a file that record has made, in their order, on this "
			"device, as one process. Ids, handles and descriptors are those that this "
			"device gives; GPU addresses are the recording's. What is in the buffers "
			"before each job is put there, and what the job leaves in them is "
			"compared, but for the times that it writes; so are the results of calls "
			"and what becomes of jobs. It exits with 7 if anything is different.\n"
			"\n"
			"A recording without contents has nothing for jobs to run on: they are "
			"left out, and what waits for them is signalled. What GET_PARAMS, "
			"GET_TIME and queries answer is not compared, nor are waits that were in "
			"vain. For buffers and fences that came from other drivers or processes "
			"others stand in, the fences signalled.",
		.min_words = 1,
		.max_words = 1,
		.run = run_replay,
	},
	{ .name = NULL },
};
