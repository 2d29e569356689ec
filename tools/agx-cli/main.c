// SPDX-License-Identifier: MIT
/*
 * agx-cli: look at an Apple AGX GPU and make it do something, from a shell.
 */
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "out.h"
#include "session.h"

/* What is printed is the result, so it has to have got where it should. */
static enum cli_exit finish(struct cli *cli, enum cli_exit status)
{
	if (!out_flush(cli->out))
		return status;

	cli_error(cli, CLI_EXIT_FAILURE, "cannot write to standard output, or no memory");
	return status ? status : CLI_EXIT_FAILURE;
}

/* After getopt_long() has not taken one. */
static enum cli_exit wrong_option(struct cli *cli, const char *word)
{
	if (strncmp(word, "--", 2))
		return cli_usage(cli, "no option -%c", optopt);
	if (optopt)
		return cli_usage(cli, "option %s takes no argument", word);
	return cli_usage(cli, "no option %s", word);
}

/*
 * The options before the verb. True if a verb is to be run: the one behind them, or help if that is
 * wanted. Else *@status is what there is to exit with.
 */
static bool take_options(struct cli *cli, int argc, char **argv, bool *wants_help,
			 enum cli_exit *status)
{
	static const struct option options[] = {
		{ "device", required_argument, NULL, 'd' },
		{ "help", no_argument, NULL, 'h' },
		{ "json", no_argument, NULL, 'j' },
		{ "version", no_argument, NULL, 'V' },
		{ NULL, 0, NULL, 0 },
	};
	bool json = false;
	int option;

	/* So that what is wrong with the options is in a document too. */
	out_set_json(cli->out, cli_wants_json(argv + 1));

	/* Up to the verb; what follows it is the verb's. */
	opterr = 0;
	while ((option = getopt_long(argc, argv, "+:d:hjV", options, NULL)) != -1) {
		switch (option) {
		case 'd':
			cli->device = optarg;
			break;
		case 'h':
			*wants_help = true;
			break;
		case 'j':
			json = true;
			out_set_json(cli->out, true);
			break;
		case 'V':
			printf("agx-cli %s\n", AGX_CLI_VERSION);
			*status = CLI_EXIT_OK;
			return false;
		case ':':
			*status = cli_usage(cli, "option %s lacks its argument", argv[optind - 1]);
			return false;
		default:
			*status = wrong_option(cli, argv[optind - 1]);
			return false;
		}
	}
	if (optind == argc && !*wants_help) {
		*status = cli_usage(cli, "no verb given");
		return false;
	}
	out_set_json(cli->out, json);
	return true;
}

static enum cli_exit run(struct cli *cli, int argc, char **argv)
{
	char verb[] = "help", *const help[] = { verb, NULL };
	bool wants_help = false;
	enum cli_exit status;

	out_start(cli->out, "");
	if (!take_options(cli, argc, argv, &wants_help, &status))
		return cli_end_document(cli, status);
	return cli_run(cli, wants_help ? help : argv + optind);
}

void cli_leave(struct cli *cli, enum cli_exit status)
{
	/*
	 * Not exit(): it would put the offset of scripts, which the parent reads too, back to where
	 * this process was told of them.
	 */
	cli_session_destroy(cli->session);
	if (out_flush(cli->out) && !status)
		status = CLI_EXIT_FAILURE;
	_exit(status);
}

/*
 * What is closed is opened, so that no device gets its number and what is printed; to print there
 * fails.
 */
static void open_standard_streams(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDONLY);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		close(fd);
}

int main(int argc, char **argv)
{
	struct cli cli = { 0 };
	enum cli_exit status = CLI_EXIT_FAILURE;

	open_standard_streams();

	cli.out = out_create();
	cli.session = cli_session_create();
	if (cli.out && cli.session)
		status = finish(&cli, run(&cli, argc, argv));
	else
		fputs("agx-cli: no memory\n", stderr);

	cli_session_destroy(cli.session);
	out_destroy(cli.out);
	return status;
}
