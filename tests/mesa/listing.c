// SPDX-License-Identifier: MIT
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "igt.h"
#include "listing.h"

#define MAX_ROW 256

/* Of Mesa's traces, a file for each submit; and the number of the next one. */
static char dir[32];
static unsigned int next_trace;

static FILE *open_trace(char path[64])
{
	snprintf(path, 64, "%s/trace.%04u", dir, next_trace);
	return fopen(path, "re");
}

void listing_start(void)
{
	char path[64];

	strcpy(dir, "/tmp/mesa_disasm.XXXXXX");
	igt_assert(mkdtemp(dir));
	next_trace = 0;
	/* Mesa adds the numbers. */
	snprintf(path, sizeof(path), "%s/trace", dir);
	setenv("ASAHI_MESA_DEBUG", "trace,nocompress", true);
	setenv("AGXDECODE_DUMP_FILE", path, true);
}

/* "  1c: 0521840c00c01200       load     r4, du2, r4.sx, i32, x, a" */
static bool parse_line(const char *row, struct listing_line *line)
{
	int text = 0;

	if (sscanf(row, " %zx: %24[0-9a-f] %n", &line->offset, line->hex, &text) != 2 || !text)
		return false;
	snprintf(line->text, sizeof(line->text), "%s", row + text);
	line->text[strcspn(line->text, "\n")] = '\0';
	return true;
}

void listing_read(void (*take)(const struct listing_line *line, void *data), void *data)
{
	struct listing_line line;
	char path[64], row[MAX_ROW];
	unsigned int num = 0;
	FILE *file;

	for (; (file = open_trace(path)); next_trace++) {
		while (fgets(row, sizeof(row), file)) {
			if (!parse_line(row, &line))
				continue;
			take(&line, data);
			num++;
		}
		fclose(file);
		unlink(path);
	}
	igt_assert_f(num, "no shader is in %s: Mesa does not trace\n", path);
}

void listing_end(void)
{
	char path[64];
	FILE *file;

	for (; (file = open_trace(path)); next_trace++) {
		fclose(file);
		unlink(path);
	}
	igt_assert_f(!rmdir(dir), "there are more traces in %s\n", dir);
}

void listing_check(const struct listing_line *line, const struct agx_isa_insn *insn)
{
	char text[AGX_ISA_MAX_TEXT], hex[2 * AGX_ISA_MAX_LEN + 1];
	u32 i;

	for (i = 0; i < insn->len; i++)
		snprintf(hex + 2 * i, 3, "%02x", insn->bytes[i]);
	agx_isa_format(insn, text, sizeof(text));
	igt_assert_f(!strcmp(hex, line->hex) && !strcmp(text, line->text),
		     "%s is\n%s\nand not, as Mesa says of %s,\n%s\n", hex, text, line->hex,
		     line->text);
}
