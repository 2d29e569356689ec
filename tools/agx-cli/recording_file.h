/* SPDX-License-Identifier: MIT */
#ifndef AGX_CLI_RECORDING_FILE_H
#define AGX_CLI_RECORDING_FILE_H

#include "cli.h"

struct rec_reader;

/* Opens a recording. On failure says why, and there is nothing to close. */
enum cli_exit recording_open(struct cli *cli, const char *path, struct rec_reader *reader);
void recording_close(struct rec_reader *reader);

#endif /* AGX_CLI_RECORDING_FILE_H */
