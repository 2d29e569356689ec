// SPDX-License-Identifier: MIT
/*
 * The prompt with editing, a history that is kept, and completion.
 */
#include "prompt.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <histedit.h>

#include "cli.h"
#include "complete.h"
#include "line.h"

#define HISTORY_LINES 1000

/* How many are listed without a choice by more letters. */
#define LIST_MAX 200

/* All owned, except @cli. */
struct prompt {
	struct cli *cli;
	EditLine *edit;
	History *history;
	char *history_path;
	char text[8];
};

static char *prompt_text(EditLine *edit)
{
	struct prompt *prompt;

	el_get(edit, EL_CLIENTDATA, &prompt);
	return prompt->text;
}

/* The words up to the cursor; the last of them is empty behind a blank. NULL if it has none. */
static char **words_before_cursor(EditLine *edit)
{
	const LineInfo *info = el_line(edit);
	size_t len = info->cursor - info->buffer, count = 0;
	char **words = NULL, **more;
	char *line = strndup(info->buffer, len);

	if (!line)
		return NULL;
	if (line_split(line, &words) == LINE_OK && (!len || strchr(" \t", line[len - 1]))) {
		while (words[count])
			count++;
		more = calloc(count + 2, sizeof(*more) + (words[0] ? len + count + 1 : 1));
		if (more) {
			char *text = (char *)(more + count + 2);
			size_t i;

			for (i = 0; i < count; i++) {
				more[i] = strcpy(text, words[i]);
				text += strlen(text) + 1;
			}
			*text = '\0';
			more[count] = text;
		}
		free(words);
		words = more;
	}
	free(line);
	return words;
}

static void list(const struct completions *completions)
{
	size_t i, width = 0, column = 0;

	for (i = 0; i < completions->count; i++)
		if (strlen(completions->list[i]) > width)
			width = strlen(completions->list[i]);
	putchar('\n');
	for (i = 0; i < completions->count && i < LIST_MAX; i++) {
		printf("%-*s", (int)width + 2, completions->list[i]);
		column += width + 2;
		if (column + width + 2 > 80 || i + 1 == completions->count) {
			putchar('\n');
			column = 0;
		}
	}
	fflush(stdout);
}

static unsigned char complete_word(EditLine *edit, int key)
{
	struct completions completions;
	unsigned char result = CC_ERROR;
	struct prompt *prompt;
	size_t have, common;
	char **words, *rest;
	unsigned int last;

	el_get(edit, EL_CLIENTDATA, &prompt);
	words = words_before_cursor(edit);
	if (!words)
		return CC_ERROR;

	for (last = 0; words[last + 1]; last++)
		;
	have = strlen(words[last]);
	completions = complete(prompt->cli, words);
	common = completions_common(&completions);
	if (common > have) {
		rest = strndup(completions.list[0] + have, common - have);
		if (rest && !el_insertstr(edit, rest))
			result = CC_REFRESH;
		free(rest);
	}
	if (completions.count == 1 && completions.list[0][strlen(completions.list[0]) - 1] != '=') {
		if (!el_insertstr(edit, " "))
			result = CC_REFRESH;
	} else if (completions.count > 1 && common == have) {
		list(&completions);
		result = CC_REDISPLAY;
	}
	completions_free(&completions);
	free(words);
	return result;
}

/* In the manner of other programs: a hidden file of the state folder, or none. */
static char *find_history(void)
{
	const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
	char *path = NULL;
	int len;

	if (state && *state == '/')
		len = asprintf(&path, "%s/agx-cli-history", state);
	else if (home && *home == '/')
		len = asprintf(&path, "%s/.agx-cli-history", home);
	else
		return NULL;
	return len < 0 ? NULL : path;
}

static bool set_up(struct prompt *prompt)
{
	HistEvent event;

	prompt->edit = el_init("agx-cli", stdin, stdout, stderr);
	prompt->history = history_init();
	if (!prompt->edit || !prompt->history)
		return false;

	history(prompt->history, &event, H_SETSIZE, HISTORY_LINES);
	history(prompt->history, &event, H_SETUNIQUE, 1);
	prompt->history_path = find_history();
	if (prompt->history_path)
		history(prompt->history, &event, H_LOAD, prompt->history_path);

	el_set(prompt->edit, EL_CLIENTDATA, prompt);
	el_set(prompt->edit, EL_PROMPT, prompt_text);
	el_set(prompt->edit, EL_SIGNAL, 1);
	el_set(prompt->edit, EL_HIST, history, prompt->history);
	el_set(prompt->edit, EL_EDITOR, "emacs");
	el_set(prompt->edit, EL_ADDFN, "agx-complete", "complete a word", complete_word);
	el_set(prompt->edit, EL_BIND, "^I", "agx-complete", NULL);
	el_set(prompt->edit, EL_BIND, "^R", "em-inc-search-prev", NULL);

	/* What the user has in ~/.editrc comes last. */
	el_source(prompt->edit, NULL);
	return true;
}

struct prompt *prompt_create(struct cli *cli)
{
	struct prompt *prompt = calloc(1, sizeof(*prompt));

	if (!prompt)
		return NULL;

	prompt->cli = cli;
	if (!set_up(prompt)) {
		prompt_destroy(prompt);
		return NULL;
	}
	return prompt;
}

void prompt_destroy(struct prompt *prompt)
{
	if (!prompt)
		return;

	if (prompt->edit)
		el_end(prompt->edit);
	if (prompt->history)
		history_end(prompt->history);
	free(prompt->history_path);
	free(prompt);
}

/* Each line at once, as a session that pokes a driver may not get to its end. */
static void remember(struct prompt *prompt, const char *line)
{
	HistEvent event;

	if (line[strspn(line, " \t")] == '\0')
		return;
	history(prompt->history, &event, H_ENTER, line);
	if (prompt->history_path)
		history(prompt->history, &event, H_SAVE, prompt->history_path);
}

char *prompt_read(struct prompt *prompt, bool more)
{
	const char *line;
	int len = 0;
	char *own;

	snprintf(prompt->text, sizeof(prompt->text), "%s> ", more ? "..." : "agx");
	for (;;) {
		cli_clear_interrupt();
		line = el_gets(prompt->edit, &len);
		if (line || !cli_interrupted())
			break;
		putchar('\n');
	}
	if (!line || len <= 0) {
		putchar('\n');
		return NULL;
	}

	own = strndup(line, line[len - 1] == '\n' ? len - 1 : len);
	if (own)
		remember(prompt, own);
	return own;
}
