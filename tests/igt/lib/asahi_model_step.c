// SPDX-License-Identifier: MIT
/* Steps as text. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "asahi_model_step.h"

static const char * const kind_names[ASAHI_NUM_KINDS] = {
	[ASAHI_KIND_VM] = "vm",
	[ASAHI_KIND_QUEUE] = "queue",
	[ASAHI_KIND_OBJECT] = "object",
	[ASAHI_KIND_BO] = "bo",
	[ASAHI_KIND_SYNC] = "sync",
};

/* Names of steps and of their arguments, in the order of the enums. */
static const struct {
	const char *name;
	const char *args[ASAHI_MODEL_ARGS];
} ops[ASAHI_NUM_OPS] = {
	[ASAHI_OP_OPEN] = { "open" },
	[ASAHI_OP_CLOSE] = { "close" },
	[ASAHI_OP_PARAMS] = { "get_params", { "group", "pad", "size", "bad" } },
	[ASAHI_OP_TIME] = { "get_time", { "flags" } },
	[ASAHI_OP_VM_CREATE] = { "vm_create", { "start", "end", "pad" } },
	[ASAHI_OP_VM_DESTROY] = { "vm_destroy", { "vm", "pad" } },
	[ASAHI_OP_BIND] = { "vm_bind", {
		"vm", "pad", "stride", "count", "bad", "flags", "bo", "offset", "range", "addr",
		"flags2", "bo2", "offset2", "range2", "addr2",
		"flags3", "bo3", "offset3", "range3", "addr3",
	} },
	[ASAHI_OP_GEM_CREATE] = { "gem_create", { "size", "flags", "vm", "pad" } },
	[ASAHI_OP_MMAP_OFFSET] = { "gem_mmap_offset", { "bo", "flags" } },
	[ASAHI_OP_OBJECT] = { "gem_bind_object", {
		"op", "bo", "flags", "vm", "offset", "range", "object", "pad",
	} },
	[ASAHI_OP_QUEUE_CREATE] = { "queue_create", { "vm", "flags", "priority", "usc" } },
	[ASAHI_OP_QUEUE_DESTROY] = { "queue_destroy", { "queue", "pad" } },
	[ASAHI_OP_SUBMIT] = { "submit", {
		"queue", "job", "addr", "src", "more",
		"in", "in_type", "in_point", "in2", "in2_type", "in2_point",
		"out", "out_type", "out_point", "out2", "out2_type", "out2_point",
		"start", "start_offset", "end", "end_offset", "flags", "pad", "bad",
	} },
	[ASAHI_OP_IOCTL] = { "ioctl", { "nr" } },
	[ASAHI_OP_GEM_CLOSE] = { "gem_close", { "bo", "pad" } },
	[ASAHI_OP_EXPORT] = { "export", { "bo", "flags" } },
	[ASAHI_OP_IMPORT] = { "import", { "dmabuf" } },
	[ASAHI_OP_DMABUF_CLOSE] = { "dmabuf_close" },
	[ASAHI_OP_SYNC_CREATE] = { "sync_create", { "flags" } },
	[ASAHI_OP_SYNC_DESTROY] = { "sync_destroy", { "sync" } },
	[ASAHI_OP_SYNC_WAIT] = { "sync_wait", { "sync", "point" } },
	[ASAHI_OP_SYNC_SIGNAL] = { "sync_signal", { "sync" } },
	[ASAHI_OP_SYNC_RESET] = { "sync_reset", { "sync" } },
	[ASAHI_OP_SYNC_SHARE] = { "sync_share", { "sync", "to" } },
	[ASAHI_OP_MMAP] = { "mmap", { "bo", "of" } },
	[ASAHI_OP_DMABUF_MMAP] = { "dmabuf_mmap", { "dmabuf" } },
	[ASAHI_OP_MUNMAP] = { "munmap" },
	[ASAHI_OP_WRITE] = { "write", { "page", "word", "value" } },
	[ASAHI_OP_FILL] = { "fill", { "bo" } },
	[ASAHI_OP_ARENA] = { "arena", { "vm" } },
	[ASAHI_OP_GATE] = { "gate", { "sync" } },
	[ASAHI_OP_RELEASE] = { "release" },
	[ASAHI_OP_END] = { "end" },
	[ASAHI_OP_CHECK] = { "check" },
};

const char *asahi_model_op_name(enum asahi_model_op op)
{
	return ops[op].name;
}

static int print_arg(uint64_t arg, char *text, size_t size)
{
	unsigned int kind = arg >> 16 & 0xff;

	if (!asahi_model_is_ref(arg))
		return snprintf(text, size, "0x%" PRIx64, arg);
	if (arg >> 48 & 1 && kind < ASAHI_NUM_KINDS)
		return snprintf(text, size, "f%u.%s%u", (unsigned int)(arg >> 8 & 0xff),
				kind_names[kind], (unsigned int)(arg & 0xff));
	return snprintf(text, size, "#0x%x", (unsigned int)arg);
}

void asahi_model_step_print(const struct asahi_model_step *step, char *text, size_t size)
{
	size_t len = 0;
	unsigned int i;

	len += snprintf(text + len, size - len, "f%u %s slot=%u", step->file,
			ops[step->op].name, step->slot);
	for (i = 0; i < ASAHI_MODEL_ARGS && ops[step->op].args[i]; i++) {
		if (!step->arg[i])
			continue;
		len += snprintf(text + len, size - len, " %s=", ops[step->op].args[i]);
		len += print_arg(step->arg[i], text + len, size - len);
	}
}

static bool parse_u64(const char *text, uint64_t *value)
{
	char *end;

	errno = 0;
	*value = strtoull(text, &end, 0);
	return !errno && end != text && !*end;
}

/* "f0.bo2", "#0x12" for a number where 0 would be none, or a number. */
static bool parse_arg(const char *text, uint64_t *arg)
{
	unsigned int file, slot, i;
	char kind[16], rest;

	if (*text == '#') {
		if (!parse_u64(text + 1, arg) || *arg > UINT32_MAX)
			return false;
		*arg = asahi_model_number(*arg);
		return true;
	}
	if (*text != 'f')
		return parse_u64(text, arg) && !asahi_model_is_ref(*arg);

	if (sscanf(text, "f%u.%15[a-z]%u%c", &file, kind, &slot, &rest) != 3 ||
	    file >= ASAHI_MODEL_FILES || slot >= ASAHI_MODEL_SLOTS)
		return false;
	for (i = 0; i < ASAHI_NUM_KINDS; i++) {
		if (strcmp(kind, kind_names[i]))
			continue;
		*arg = asahi_model_ref(file, i, slot);
		return true;
	}
	return false;
}

static const char *parse_pair(struct asahi_model_step *step, char *pair)
{
	char *value = strchr(pair, '=');
	uint64_t number;
	unsigned int i;

	if (!value)
		return "an argument without a value";
	*value++ = '\0';

	if (!strcmp(pair, "slot")) {
		if (!parse_u64(value, &number) || number >= ASAHI_MODEL_MAPS)
			return "no such slot";
		step->slot = number;
		return NULL;
	}
	for (i = 0; i < ASAHI_MODEL_ARGS && ops[step->op].args[i]; i++) {
		if (strcmp(pair, ops[step->op].args[i]))
			continue;
		return parse_arg(value, &step->arg[i]) ? NULL : "a value that is none";
	}
	return "an argument that the step has not";
}

const char *asahi_model_step_parse(struct asahi_model_step *step, const char *text)
{
	char line[ASAHI_MODEL_MAX_LINE], *word, *rest;
	const char *wrong = NULL;
	unsigned int i;

	memset(step, 0, sizeof(*step));
	snprintf(line, sizeof(line), "%s", text);

	word = strtok_r(line, " \t", &rest);
	if (!word || word[0] != 'f' || word[1] < '0' || word[1] >= '0' + ASAHI_MODEL_FILES ||
	    word[2])
		return "no such file";
	step->file = word[1] - '0';

	word = strtok_r(NULL, " \t", &rest);
	for (i = 0; word && i < ASAHI_NUM_OPS; i++)
		if (!strcmp(word, ops[i].name))
			break;
	if (!word || i == ASAHI_NUM_OPS)
		return "no such step";
	step->op = i;

	while (!wrong && (word = strtok_r(NULL, " \t", &rest)))
		wrong = parse_pair(step, word);
	return wrong;
}

void asahi_model_program_add(struct asahi_model_program *program,
			     const struct asahi_model_step *step)
{
	if (program->num == program->room) {
		program->room = program->room ? 2 * program->room : 64;
		program->steps = realloc(program->steps, program->room * sizeof(*step));
		if (!program->steps)
			abort();
	}
	program->steps[program->num++] = *step;
}

const char *asahi_model_program_parse(struct asahi_model_program *program, const char *text)
{
	char line[ASAHI_MODEL_MAX_LINE];
	struct asahi_model_step step;
	const char *wrong;
	size_t len;

	for (; *text; text += len + (text[len] != '\0')) {
		len = strcspn(text, ";\n");
		if (len >= sizeof(line))
			return "too long a line";
		memcpy(line, text, len);
		line[len] = '\0';
		if (line[0] == '#' || line[strspn(line, " \t")] == '\0')
			continue;

		wrong = asahi_model_step_parse(&step, line);
		if (wrong)
			return wrong;
		asahi_model_program_add(program, &step);
	}
	return NULL;
}

void asahi_model_program_fini(struct asahi_model_program *program)
{
	free(program->steps);
	memset(program, 0, sizeof(*program));
}
