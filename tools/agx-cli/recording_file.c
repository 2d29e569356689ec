// SPDX-License-Identifier: MIT
#include "recording_file.h"

#include <errno.h>

#include "recording.h"

enum cli_exit recording_open(struct cli *cli, const char *path, struct rec_reader *reader)
{
	FILE *file = fopen(path, "rbe");

	if (!file)
		return cli_errno_error(cli, CLI_EXIT_FAILURE, errno, "cannot open %s", path);
	if (rec_reader_init(reader, file))
		return CLI_EXIT_OK;
	fclose(file);
	return cli_error(cli, CLI_EXIT_FAILURE, "%s %s", path, reader->error);
}

void recording_close(struct rec_reader *reader)
{
	rec_reader_fini(reader);
	fclose(reader->file);
}
