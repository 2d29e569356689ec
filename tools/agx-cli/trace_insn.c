// SPDX-License-Identifier: MIT
#include "trace_insn.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* "context=1 stream=0x.. group=x,y,z simd=0 exec=ffffffff 0xPC shader+0xOFFSET: "; what follows. */
static const char *parse_place(const char *text, struct trace_insn *insn)
{
	uint64_t offset;
	char kind[16], sign;
	int num, len = 0;

	num = sscanf(text,
		     "context=%" SCNu32 " stream=%" SCNx64 " %15[a-z]=%" SCNu32 ",%" SCNu32
		     ",%" SCNu32 " simd=%" SCNu32 " exec=%" SCNx32 " %" SCNx64 " shader%c%" SCNx64
		     ": %n", &insn->context, &insn->stream, kind, &insn->group[0],
		     &insn->group[1], &insn->group[2], &insn->simd, &insn->exec, &insn->pc, &sign,
		     &offset, &len);
	if (num != 11 || !len || (sign != '+' && sign != '-'))
		return NULL;
	insn->preshader = !strcmp(kind, "preshader");
	if (!insn->preshader && strcmp(kind, "group"))
		return NULL;
	/* Shaders are much shorter; as far away as this is a jump that went wrong. */
	insn->offset = (int64_t)(sign == '+' ? offset : 0 - offset);
	return text + len;
}

static void add_reg(struct trace_regs *regs, const char *name, size_t len, uint64_t value)
{
	struct trace_reg *reg;
	unsigned int i;

	/* A source can be named twice. */
	for (i = 0; i < regs->num; i++)
		if (!strncmp(regs->list[i].name, name, len) && !regs->list[i].name[len])
			return;
	if (regs->num == TRACE_INSN_REGS)
		return;
	reg = &regs->list[regs->num++];
	memcpy(reg->name, name, len);
	reg->name[len] = '\0';
	reg->value = value;
}

/* "r1=0x2 u0=0x3", up to anything else; what that is. NULL if a register makes no sense. */
static const char *parse_regs(const char *text, struct trace_regs *regs)
{
	const char *equals;
	uint64_t value;
	size_t len;
	char *end;

	regs->num = 0;
	for (;;) {
		len = 0;
		while (isalnum((unsigned char)text[len]))
			len++;
		equals = text + len;
		if (!len || *equals != '=')
			return text;
		errno = 0;
		value = strtoull(equals + 1, &end, 16);
		if (errno || len >= sizeof(regs->list->name) || strncmp(equals, "=0x", 3) ||
		    end <= equals + 3)
			return NULL;
		add_reg(regs, text, len, value);
		text = end + (*end == ' ');
	}
}

/* "TEXT | LANE: READS -> WRITES", or with a fault in the place of what would have been written. */
static bool parse_values(const char *text, struct trace_insn *insn)
{
	const char *bar = strstr(text, " | ");
	int len = 0;

	if (!bar || (size_t)(bar - text) >= sizeof(insn->text))
		return false;
	memcpy(insn->text, text, bar - text);
	insn->text[bar - text] = '\0';

	if (sscanf(bar, " | %" SCNu32 ":%n", &insn->lane, &len) != 1 || !len || insn->lane > 31)
		return false;
	text = bar + len;
	text = parse_regs(text + (*text == ' '), &insn->reads);
	if (!text)
		return false;
	text += *text == ' ';
	if (strncmp(text, "->", 2))
		return false;
	text += 2;
	text = parse_regs(text + (*text == ' '), &insn->writes);
	if (!text)
		return false;
	insn->faulted = !strcmp(text, "fault");
	return insn->faulted || !*text;
}

bool trace_insn_parse(const char *text, struct trace_insn *insn)
{
	text = parse_place(text, insn);
	return text && parse_values(text, insn);
}

bool trace_insn_active(const struct trace_insn *insn)
{
	return insn->exec >> insn->lane & 1;
}

struct line {
	char *buf;
	size_t size;
	size_t len;
};

static void __attribute__((format(printf, 2, 3))) add(struct line *line, const char *format, ...)
{
	va_list ap;
	int len;

	if (line->len >= line->size)
		return;
	va_start(ap, format);
	len = vsnprintf(line->buf + line->len, line->size - line->len, format, ap);
	va_end(ap);
	if (len > 0)
		line->len += len;
}

static void add_regs(struct line *line, const struct trace_regs *regs)
{
	unsigned int i;

	for (i = 0; i < regs->num; i++)
		add(line, " %s=0x%" PRIx64, regs->list[i].name, regs->list[i].value);
}

void trace_insn_format(const struct trace_insn *insn, int width, char *buf, size_t size)
{
	struct line line = { .buf = buf, .size = size };
	const bool behind = insn->offset >= 0;
	const uint64_t offset = insn->offset;
	char place[64];

	if (insn->preshader)
		snprintf(place, sizeof(place), "preshader");
	else
		snprintf(place, sizeof(place), "group %" PRIu32 ",%" PRIu32 ",%" PRIu32,
			 insn->group[0], insn->group[1], insn->group[2]);
	add(&line, "%-11s simd %-2" PRIu32 " exec %08" PRIx32 "  %c0x%04" PRIx64 "  %-*s  lane %"
	    PRIu32, place, insn->simd, insn->exec, behind ? '+' : '-', behind ? offset : 0 - offset,
	    width, insn->text, insn->lane);
	if (!trace_insn_active(insn))
		add(&line, " (inactive)");
	if (insn->reads.num || insn->writes.num || insn->faulted)
		add(&line, ":");
	add_regs(&line, &insn->reads);
	if (insn->writes.num || insn->faulted)
		add(&line, " ->");
	add_regs(&line, &insn->writes);
	if (insn->faulted)
		add(&line, " fault");
}
