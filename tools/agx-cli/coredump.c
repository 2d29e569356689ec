// SPDX-License-Identifier: MIT
#include "coredump.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The driver's are of 32 KiB at most. */
#define MAX_SIZE (1u << 20)
#define LINE_BYTES 16

static bool fail(struct coredump *dump, const char *text)
{
	snprintf(dump->error, sizeof(dump->error), "%s", text);
	return false;
}

static bool read_text(struct coredump *dump, FILE *file, size_t *size)
{
	size_t room = 0, used = 0;
	char *text;

	do {
		if (room > MAX_SIZE)
			return fail(dump, "is too long for a dump of the driver");
		room = room ? 2 * room : 4096;
		text = realloc(dump->text, room);
		if (!text)
			return fail(dump, "needs more memory than there is");
		dump->text = text;
		used += fread(text + used, 1, room - 1 - used, file);
	} while (used == room - 1);
	if (ferror(file)) {
		snprintf(dump->error, sizeof(dump->error), "cannot be read: %s: %s",
			 strerrorname_np(errno), strerror(errno));
		return false;
	}
	dump->text[used] = '\0';
	*size = used;
	return true;
}

/* Whether it is for people: text of lines, the last of which is complete. */
static bool is_text(const char *text, size_t size)
{
	size_t i;

	for (i = 0; i < size; i++)
		if (!isprint((unsigned char)text[i]) && text[i] != '\n' && text[i] != '\t')
			return false;
	return size && text[size - 1] == '\n';
}

static bool check_head(struct coredump *dump, size_t size)
{
	static const char head[] = "agx-coredump: ";
	unsigned long version;
	const char *number;
	char *end;
	int len;

	if (strncmp(dump->text, head, sizeof(head) - 1))
		return fail(dump, "is no coredump of the driver");
	number = dump->text + sizeof(head) - 1;
	len = strcspn(number, "\n");
	version = strtoul(number, &end, 10);
	if (*end != '\n' || version != COREDUMP_VERSION) {
		snprintf(dump->error, sizeof(dump->error),
			 "has version \"%.*s\" of the format; known is %u",
			 len < 16 ? len : 16, number, COREDUMP_VERSION);
		return false;
	}
	if (!is_text(dump->text, size))
		return fail(dump, "is cut off or damaged");
	return true;
}

static unsigned int count_lines(const char *text)
{
	unsigned int count = 0;

	for (; *text; text++)
		count += *text == '\n';
	return count;
}

/* "key: value" or "key:". */
static bool add_entry(struct coredump *dump, char *line)
{
	struct coredump_entry *entry = &dump->entries[dump->num_entries];
	char *colon = strchr(line, ':');

	if (!colon || colon == line)
		return false;
	*colon++ = '\0';
	entry->key = line;
	entry->value = colon + strspn(colon, " ");
	dump->num_entries++;
	return true;
}

static bool split(struct coredump *dump)
{
	unsigned int num = count_lines(dump->text), used = 0;
	char *line, *next;

	dump->lines = calloc(num, sizeof(*dump->lines));
	dump->entries = calloc(num, sizeof(*dump->entries));
	if (!dump->lines || !dump->entries)
		return fail(dump, "needs more memory than there is");

	for (line = dump->text; *line; line = next) {
		next = line + strcspn(line, "\n");
		*next++ = '\0';
		if (strncmp(line, "  ", 2)) {
			if (!add_entry(dump, line))
				return fail(dump, "is cut off or damaged");
			dump->entries[dump->num_entries - 1].lines = dump->lines + used;
			continue;
		}
		/* The first line is an entry, so there is one. */
		dump->lines[used++] = line + 2;
		dump->entries[dump->num_entries - 1].num_lines++;
	}
	return true;
}

bool coredump_read(struct coredump *dump, FILE *file)
{
	size_t size;

	memset(dump, 0, sizeof(*dump));
	if (read_text(dump, file, &size) && check_head(dump, size) && split(dump))
		return true;
	coredump_free(dump);
	return false;
}

void coredump_free(struct coredump *dump)
{
	free(dump->text);
	free(dump->lines);
	free(dump->entries);
	dump->text = NULL;
	dump->lines = NULL;
	dump->entries = NULL;
	dump->num_entries = 0;
}

const struct coredump_entry *coredump_find(const struct coredump *dump, const char *key)
{
	unsigned int i;

	for (i = 0; i < dump->num_entries; i++)
		if (!strcmp(dump->entries[i].key, key))
			return &dump->entries[i];
	return NULL;
}

/* "0xADDR 00 01 ...": an address and 16 bytes. */
static bool parse_line(const char *line, uint64_t *addr, uint8_t bytes[LINE_BYTES])
{
	unsigned int i;
	char *end;

	errno = 0;
	*addr = strtoull(line, &end, 16);
	if (errno || end == line)
		return false;
	for (i = 0; i < LINE_BYTES; i++) {
		if (end[0] != ' ' || !isxdigit((unsigned char)end[1]) ||
		    !isxdigit((unsigned char)end[2]))
			return false;
		bytes[i] = strtoul(end + 1, &end, 16);
	}
	return !*end;
}

bool coredump_next_memory(const struct coredump_entry *entry, unsigned int *line,
			  struct coredump_memory *memory)
{
	uint8_t bytes[LINE_BYTES];
	uint64_t addr;

	memset(memory, 0, sizeof(*memory));
	if (*line >= entry->num_lines || !parse_line(entry->lines[*line], &addr, bytes))
		return false;
	memory->bytes = malloc((size_t)(entry->num_lines - *line) * LINE_BYTES);
	if (!memory->bytes)
		return false;
	memory->start = addr;
	do {
		memcpy(memory->bytes + memory->size, bytes, LINE_BYTES);
		memory->size += LINE_BYTES;
		(*line)++;
	} while (*line < entry->num_lines && parse_line(entry->lines[*line], &addr, bytes) &&
		 addr == memory->start + memory->size);
	return true;
}

void coredump_memory_free(struct coredump_memory *memory)
{
	free(memory->bytes);
	memory->bytes = NULL;
}
