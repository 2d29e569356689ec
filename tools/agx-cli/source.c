// SPDX-License-Identifier: MIT
#include "source.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "line.h"
#include "out.h"
#include "prompt.h"

struct block_line {
	/* Owned. */
	char *text;
	unsigned int number;
};

struct block {
	/* Owned. */
	struct block_line *lines;
	unsigned int count;

	/* Of the source that it comes from; borrowed from it. */
	const char *name;
};

struct source {
	/* One of these; @prompt is owned. */
	FILE *file;
	struct prompt *prompt;
	const struct block *block;
	unsigned int next;

	/* Borrowed; NULL where there is somebody who sees what he types. */
	const char *name;
	unsigned int number;

	/* The last line has bytes that no text has. */
	bool no_text;

	/* What reading has failed with; 0 if it has not. */
	int error;
};

struct source *source_file(FILE *file, const char *name)
{
	struct source *source = calloc(1, sizeof(*source));

	if (!source)
		return NULL;

	source->file = file;
	source->name = name;
	return source;
}

struct source *source_prompt(struct cli *cli)
{
	struct source *source = calloc(1, sizeof(*source));

	if (!source)
		return NULL;

	source->prompt = prompt_create(cli);
	if (!source->prompt) {
		free(source);
		return NULL;
	}
	return source;
}

struct source *source_block(const struct block *block)
{
	struct source *source = calloc(1, sizeof(*source));

	if (!source)
		return NULL;

	source->block = block;
	source->name = block->name;
	return source;
}

void source_destroy(struct source *source)
{
	if (!source)
		return;

	prompt_destroy(source->prompt);
	free(source);
}

const char *source_place(const struct source *source, char *buf, size_t size)
{
	if (source && source->name)
		snprintf(buf, size, "%s:%u: ", source->name, source->number);
	else
		snprintf(buf, size, "%s", "");
	return buf;
}

int source_error(const struct source *source)
{
	return source->error;
}

/* A line without its end, to be freed; NULL at the end. */
static char *read_line(struct source *source, bool more)
{
	char *line = NULL;
	size_t size = 0;
	ssize_t len;

	if (source->block) {
		if (source->next == source->block->count)
			return NULL;
		source->number = source->block->lines[source->next].number;
		return strdup(source->block->lines[source->next++].text);
	}

	source->number++;
	if (source->prompt)
		return prompt_read(source->prompt, more);
	len = getline(&line, &size, source->file);
	if (len < 0) {
		source->error = feof(source->file) ? 0 : errno;
		free(line);
		return NULL;
	}
	if (len && line[len - 1] == '\n')
		line[--len] = '\0';
	source->no_text |= strlen(line) != (size_t)len;
	return line;
}

/* A line with those that it goes on with. */
static char *read_command(struct source *source, bool more)
{
	char *line, *next, *both;

	source->no_text = false;
	line = read_line(source, more);
	while (line && line_goes_on(line)) {
		next = read_line(source, true);
		if (!next)
			break;
		both = realloc(line, strlen(line) + strlen(next) + 1);
		if (!both) {
			free(next);
			free(line);
			return NULL;
		}
		line = strcat(both, next);
		free(next);
	}
	return line;
}

static enum cli_exit no_text(struct cli *cli)
{
	return cli_usage(cli, "the line has a zero byte: this is no text");
}

static bool add_line(struct block *block, char *text, unsigned int number)
{
	struct block_line *lines;

	lines = realloc(block->lines, (block->count + 1) * sizeof(*lines));
	if (!lines)
		return false;

	block->lines = lines;
	lines[block->count].text = text;
	lines[block->count].number = number;
	block->count++;
	return true;
}

/* How a line changes how deep it is in blocks. */
static int block_depth(const char *line)
{
	int depth = 0;
	char **words;
	size_t i;

	if (line_split(line, &words) != LINE_OK)
		return 0;
	for (i = 0; words[i]; i++)
		;
	if (i == 1 && !strcmp(words[0], "}"))
		depth = -1;
	else if (i && !strcmp(words[i - 1], "{"))
		depth = 1;
	free(words);
	return depth;
}

struct block *source_read_block(struct cli *cli, struct source *source)
{
	struct block *block;
	int depth = 1;
	char *line;

	if (!source) {
		cli_usage(cli, "a block needs lines behind it, of a script or a prompt");
		return NULL;
	}
	block = calloc(1, sizeof(*block));
	if (!block) {
		cli_no_memory(cli);
		return NULL;
	}

	block->name = source->name;
	for (;;) {
		line = read_command(source, true);
		if (!line) {
			cli_usage(cli, "a block has no end: }");
			break;
		}
		if (source->no_text) {
			free(line);
			no_text(cli);
			break;
		}
		depth += block_depth(line);
		if (!depth) {
			free(line);
			return block;
		}
		if (!add_line(block, line, source->number)) {
			free(line);
			cli_no_memory(cli);
			break;
		}
	}
	block_destroy(block);
	return NULL;
}

static bool has_command(const char *line)
{
	char **words;
	bool has;

	/* What is wrong with the line is said when it is run. */
	if (line_split(line, &words) != LINE_OK)
		return true;
	has = words[0];
	free(words);
	return has;
}

bool block_prefix(struct block *block, const char *beginning)
{
	unsigned int i;
	char *line;

	for (i = 0; i < block->count; i++) {
		if (!has_command(block->lines[i].text))
			continue;
		if (asprintf(&line, "%s%s", beginning, block->lines[i].text) < 0)
			return false;
		free(block->lines[i].text);
		block->lines[i].text = line;
	}
	return true;
}

void block_destroy(struct block *block)
{
	unsigned int i;

	if (!block)
		return;

	for (i = 0; i < block->count; i++)
		free(block->lines[i].text);
	free(block->lines);
	free(block);
}

static enum cli_exit run_line(struct cli *cli, const char *line)
{
	enum cli_exit status = CLI_EXIT_OK;
	char **words;

	switch (line_split(line, &words)) {
	case LINE_OK:
		break;
	case LINE_OPEN:
		return cli_usage(cli, "a quote is not closed");
	default:
		return cli_no_memory(cli);
	}
	if (words[0])
		status = cli_run_command(cli, words);
	free(words);
	return status;
}

enum cli_exit source_run(struct cli *cli, struct source *source)
{
	enum cli_exit status, first = CLI_EXIT_OK;
	const bool wants_result = cli->wants_result;
	struct source *outer = cli->source;
	char *line;

	/* Which of the commands has it is not known before. */
	cli->wants_result = false;
	cli->source = source;
	while (!cli->left) {
		line = read_command(source, false);
		if (!line)
			break;
		status = source->no_text ? no_text(cli) : run_line(cli, line);
		free(line);
		if (!first)
			first = status;
		if (status && !cli->goes_on && !source->prompt)
			break;
	}
	cli->source = outer;
	cli->wants_result = wants_result;
	return first;
}
