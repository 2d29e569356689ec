// SPDX-License-Identifier: MIT
/*
 * agx-cli coredump: what the driver has written down of a job that came to a bad end.
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "args.h"
#include "coredump.h"
#include "disasm.h"
#include "out.h"
#include "put_guess.h"

#define FOLDER "/sys/class/devcoredump"
#define MAX_KEY 64

/* Keys of lines are written with dashes, members with underscores. */
static void make_key(char *key, const char *from)
{
	unsigned int i;

	for (i = 0; from[i] && i < MAX_KEY - 1; i++)
		key[i] = from[i] == '-' || isspace((unsigned char)from[i]) ? '_' : from[i];
	key[i] = '\0';
}

static void put_error(struct out *out, const char *value)
{
	const long error = strtol(value, NULL, 10);

	put_guess(out, "error", value);
	if (error < 0 && error >= -4095)
		out_meaning(out, "%s", cli_errno_name(error));
}

static void put_command(struct out *out, const char *line)
{
	uint64_t start, end, render, compute;
	unsigned int index;
	char kind[16];

	if (sscanf(line, "%u %15s %" SCNx64 " %" SCNx64 " %" SCNu64 " %" SCNu64, &index, kind,
		   &start, &end, &render, &compute) != 6) {
		out_string(out, NULL, line);
		return;
	}
	out_begin_object(out, NULL);
	out_u64(out, "index", index);
	out_string(out, "kind", kind);
	out_hex(out, "stream", start);
	out_hex(out, "stream_end", end);
	out_u64(out, "waits_for_render", render);
	out_u64(out, "waits_for_compute", compute);
	out_end(out);
}

static void put_mapping(struct out *out, const char *line)
{
	uint64_t start, end, offset;
	char access[8];

	if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %7s %" SCNx64, &start, &end, access,
		   &offset) != 4) {
		out_string(out, NULL, line);
		return;
	}
	out_begin_object(out, NULL);
	out_hex(out, "start", start);
	out_hex(out, "end", end);
	out_string(out, "access", access);
	out_hex(out, "offset", offset);
	out_end(out);
}

/* A line has four registers, from the one that it names on. */
static void put_register_line(struct out *out, const char *line)
{
	unsigned int first, values[4], i;
	char name[16];

	if (sscanf(line, "r%u %x %x %x %x", &first, &values[0], &values[1], &values[2],
		   &values[3]) != 5) {
		out_string(out, NULL, line);
		return;
	}
	for (i = 0; i < ARRAY_SIZE(values); i++) {
		snprintf(name, sizeof(name), "r%u", first + i);
		out_begin_object(out, NULL);
		out_string(out, "register", name);
		out_hex(out, "value", values[i]);
		out_end(out);
	}
}

static void put_text_line(struct out *out, const char *line)
{
	out_string(out, NULL, line);
}

/* Lines of memory, one after the other; what is not mapped is said in between. */
static void put_memory(struct out *out, const struct coredump_entry *entry)
{
	struct coredump_memory memory;
	unsigned int line = 0;
	char unmapped[64];
	uint64_t addr;

	while (line < entry->num_lines) {
		out_begin_object(out, NULL);
		if (coredump_next_memory(entry, &line, &memory)) {
			out_hex(out, "address", memory.start);
			out_bytes(out, "bytes", memory.start, memory.bytes, memory.size);
			coredump_memory_free(&memory);
		} else if (sscanf(entry->lines[line], "%" SCNx64 " %63s", &addr, unmapped) == 2 &&
			   !strcmp(unmapped, "unmapped")) {
			out_hex(out, "address", addr);
			out_bool(out, "mapped", false);
			line++;
		} else {
			out_string(out, "text", entry->lines[line++]);
		}
		out_end(out);
	}
}

static void put_section(struct out *out, const struct coredump_entry *entry)
{
	static const struct {
		const char *key;
		/* What the array is called. */
		const char *name;
		void (*put)(struct out *out, const char *line);
	} known[] = {
		{ "commands", "command_list", put_command },
		{ "mappings", "mappings", put_mapping },
		{ "registers", "registers", put_register_line },
		{ "stream", "stream_memory", NULL },
		{ "pc", "pc_memory", NULL },
	};
	void (*put)(struct out *out, const char *line) = put_text_line;
	char key[MAX_KEY + 8];
	unsigned int i;

	make_key(key, entry->key);
	strcat(key, "_lines");
	for (i = 0; i < ARRAY_SIZE(known); i++) {
		if (strcmp(known[i].key, entry->key))
			continue;
		strcpy(key, known[i].name);
		put = known[i].put;
	}

	out_begin_array(out, key);
	if (!put)
		put_memory(out, entry);
	for (i = 0; put && i < entry->num_lines; i++)
		put(out, entry->lines[i]);
	out_end(out);
}

static uint64_t number(const struct coredump *dump, const char *key)
{
	const struct coredump_entry *entry = coredump_find(dump, key);

	return entry ? strtoull(entry->value, NULL, 0) : 0;
}

/* The instruction that the memory around it has, as far as that is mapped. */
static void put_instruction(struct out *out, const struct coredump_entry *entry, uint64_t pc)
{
	struct coredump_memory memory;
	struct disasm_line code;
	unsigned int line = 0;

	while (line < entry->num_lines) {
		if (!coredump_next_memory(entry, &line, &memory)) {
			line++;
			continue;
		}
		if (pc >= memory.start && pc - memory.start < memory.size) {
			disasm_line(memory.bytes, memory.size, pc - memory.start, &code);
			out_string(out, "instruction", code.text);
		}
		coredump_memory_free(&memory);
	}
}

/* What follows from an entry and is of use to people. */
static void put_derived(struct out *out, const struct coredump *dump,
			const struct coredump_entry *entry)
{
	const uint64_t pc = number(dump, "pc");

	if (!pc)
		return;
	if (!strcmp(entry->key, "pc"))
		put_instruction(out, entry, pc);
	else if (!strcmp(entry->key, "shader"))
		out_i64(out, "shader_offset", (int64_t)(pc - number(dump, "shader")));
}

static void put_dump(struct out *out, const struct coredump *dump)
{
	char key[MAX_KEY];
	unsigned int i;

	/* The first line is the version of what this has been made of. */
	for (i = 1; i < dump->num_entries; i++) {
		const struct coredump_entry *entry = &dump->entries[i];

		make_key(key, entry->key);
		if (!strcmp(key, "error"))
			put_error(out, entry->value);
		else if (*entry->value)
			put_guess(out, key, entry->value);
		if (entry->num_lines || !*entry->value)
			put_section(out, entry);
		put_derived(out, dump, entry);
	}
}

static enum cli_exit read_file(struct cli *cli, const char *path, struct coredump *dump)
{
	enum cli_exit status = CLI_EXIT_OK;
	FILE *file = fopen(path, "re");

	if (!file && (errno == EACCES || errno == EPERM))
		return cli_error(cli, CLI_EXIT_NO_PERMISSION, "no permission to read %s", path);
	if (!file)
		return cli_errno_error(cli, CLI_EXIT_FAILURE, errno, "cannot open %s", path);
	if (!coredump_read(dump, file))
		status = cli_error(cli, CLI_EXIT_FAILURE, "%s %s", path, dump->error);
	fclose(file);
	return status;
}

/* Whether there is a dump of our driver; others have theirs in the same place. */
static bool is_ours(const char *path)
{
	char start[16] = "";
	FILE *file = fopen(path, "re");
	bool ours;

	if (!file)
		return false;
	ours = fgets(start, sizeof(start), file) && !strncmp(start, "agx-coredump:", 13);
	fclose(file);
	return ours;
}

/* The data file of a dump of the driver, into @path. */
static enum cli_exit find_dump(struct cli *cli, const char *folder, char *path, size_t size)
{
	bool denied = false, found = false;
	char pattern[PATH_MAX];
	glob_t all;
	size_t i;

	if (access(folder, F_OK))
		return cli_error(cli, CLI_EXIT_UNSUPPORTED, "this kernel has no %s", folder);
	snprintf(pattern, sizeof(pattern), "%s/devcd*/data", folder);
	if (!glob(pattern, 0, NULL, &all)) {
		for (i = 0; i < all.gl_pathc && !found; i++) {
			denied |= access(all.gl_pathv[i], R_OK) && errno == EACCES;
			found = is_ours(all.gl_pathv[i]);
			if (found)
				snprintf(path, size, "%s", all.gl_pathv[i]);
		}
		globfree(&all);
	}
	if (found)
		return CLI_EXIT_OK;
	if (denied)
		return cli_error(cli, CLI_EXIT_NO_PERMISSION, "no permission to read what is in %s",
				 folder);
	return cli_error(cli, CLI_EXIT_FAILURE, "there is no coredump of the driver in %s", folder);
}

/* The kernel keeps one of a device, and makes no other meanwhile: it goes when it is written to. */
static enum cli_exit delete_dump(struct cli *cli, const char *path)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool done = fd >= 0 && write(fd, "1", 1) == 1;
	int err = errno;

	if (fd >= 0)
		close(fd);
	if (done)
		return CLI_EXIT_OK;
	return cli_errno_error(cli, CLI_EXIT_FAILURE, err, "cannot delete %s", path);
}

static enum cli_exit run_coredump(struct cli *cli, const struct cli_args *args)
{
	const char *path = cli_word(args, 0), *folder = cli_option(args, "folder");
	const bool delete = cli_option(args, "delete");
	struct coredump dump;
	enum cli_exit status;
	char found[PATH_MAX];

	if (path && delete)
		return cli_usage(cli, "--delete is for the kernel's dump, not for a file");
	if (!path) {
		status = find_dump(cli, folder ? folder : FOLDER, found, sizeof(found));
		if (status)
			return status;
		path = found;
	}
	status = read_file(cli, path, &dump);
	if (status)
		return status;
	out_string(cli->out, "path", path);
	put_dump(cli->out, &dump);
	coredump_free(&dump);
	return delete ? delete_dump(cli, path) : CLI_EXIT_OK;
}

static const struct cli_option coredump_options[] = {
	{ "delete", 'D', NULL, "have the kernel delete it, so that there can be another" },
	{ "folder", 0, "FOLDER", "where dumps are, instead of in " FOLDER },
	{ NULL },
};

const struct cli_verb cli_verbs_coredump[] = {
	{
		.name = "coredump",
		.group = "look",
		.synopsis = "[FILE | --delete] [--folder FOLDER]",
		.summary = "print a device coredump of the driver",
		.details =
			"What the driver has written down of a job that faulted or ran into a "
			"limit, or of a crash of the GPU's firmware: the job and its commands, "
			"what its address space maps around the fault, memory around the control "
			"stream and the instruction, that instruction and where in its shader it "
			"is, and registers. Without a file it is the dump "
			"that the kernel has at the moment, which it keeps for five minutes and "
			"shows to root only.",
		.options = coredump_options,
		.max_words = 1,
		.run = run_coredump,
	},
	{ .name = NULL },
};
