// SPDX-License-Identifier: MIT
/*
 * agx-cli: look at an Apple AGX GPU and make it do something, from a shell.
 */
#include <string.h>

#include "cli.h"

static const struct cli_verb *const verbs[] = {
	&cli_verb_info,
	&cli_verb_demo,
};

static void print_help(FILE *out)
{
	unsigned int i;

	fprintf(out, "usage: agx-cli [--help] [--version] VERB [--device PATH] [OPTION...]\n\n");
	for (i = 0; i < ARRAY_SIZE(verbs); i++)
		fprintf(out, "  %-8s %s\n", verbs[i]->name, verbs[i]->summary);
	fprintf(out, "\n"
		"  --device PATH  the GPU's node, instead of the first GPU\n"
		"  --help         this text; after a verb, its options\n"
		"  --version      the version\n");
}

static const struct cli_verb *find_verb(const char *name)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(verbs); i++)
		if (!strcmp(verbs[i]->name, name))
			return verbs[i];
	return NULL;
}

/* What is printed is the result, so it has to have got where it should. */
static enum cli_exit flush_stdout(enum cli_exit status)
{
	if (!fflush(stdout) && !ferror(stdout))
		return status;

	cli_message("cannot write to standard output");
	return status ? status : CLI_EXIT_FAILURE;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		CLI_OPTION_DEVICE,
		CLI_OPTION_HELP,
		{ "version", no_argument, NULL, 'V' },
		{ NULL, 0, NULL, 0 },
	};
	struct cli cli = { 0 };
	enum cli_exit status;
	int option;

	/* Up to the verb; what follows it is the verb's. */
	opterr = 0;
	while ((option = getopt_long(argc, argv, "+" CLI_OPTIONS_SHORT "V", options, NULL)) != -1) {
		switch (option) {
		case 'h':
			print_help(stdout);
			return flush_stdout(CLI_EXIT_OK);
		case 'V':
			printf("agx-cli %s\n", AGX_CLI_VERSION);
			return flush_stdout(CLI_EXIT_OK);
		default:
			if (!cli_option(&cli, option, argv, &status))
				return status;
		}
	}

	if (optind == argc)
		return cli_usage(&cli, "no verb given");
	cli.verb = find_verb(argv[optind]);
	if (!cli.verb)
		return cli_usage(&cli, "no verb \"%s\"", argv[optind]);

	argc -= optind;
	argv += optind;
	optind = 1;
	return flush_stdout(cli.verb->run(&cli, argc, argv));
}
