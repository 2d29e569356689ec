// SPDX-License-Identifier: MIT
/* What can be seen, compared and printed. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "asahi_race_view.h"
#include "igt.h"

/* How a number is to be read. */
enum kind {
	KIND_RETURN,
	KIND_COUNT,
	KIND_FENCE,
	KIND_WORD,
};

/* Names of fields, each for as many as it says. */
struct name {
	const char *format;
	unsigned int num;
	enum kind kind;
};

static const struct name names[] = {
	{ "return value of call %u", 2, KIND_RETURN },
	{ "what call %u gave", 2, KIND_WORD },
	{ "one dma-buf", 1, KIND_COUNT },
	{ "live files", 1, KIND_COUNT },
	{ "live queues", 1, KIND_COUNT },
	{ "live VMs", 1, KIND_COUNT },
	{ "live mappings", 1, KIND_COUNT },
	{ "live BOs", 1, KIND_COUNT },
	{ "live timestamp objects", 1, KIND_COUNT },
	{ "live BOs of the kernel", 1, KIND_COUNT },
	{ "live jobs", 1, KIND_COUNT },
	{ "unsignalled fences", 1, KIND_COUNT },
	{ "fence of the submit of call %u", 2, KIND_FENCE },
	{ "fence in the common syncobj", 1, KIND_FENCE },
	{ "fence of the job", 1, KIND_FENCE },
};

static const struct name file_names[] = {
	{ "VM_BIND to VM %u", ASAHI_RACE_IDS, KIND_RETURN },
	{ "empty SUBMIT to queue %u", ASAHI_RACE_IDS, KIND_RETURN },
	{ "unbinding of object %u", ASAHI_RACE_IDS, KIND_RETURN },
	{ "GEM_MMAP_OFFSET of handle %u", ASAHI_RACE_HANDLES, KIND_RETURN },
	{ "what the GPU reads in page %u", ASAHI_RACE_PAGES, KIND_WORD },
};

void asahi_race_view_clear(struct asahi_race_view *view)
{
	unsigned int i;

	for (i = 0; i < ASAHI_RACE_NUM_FIELDS; i++)
		view->value[i] = ASAHI_RACE_NOTHING;
}

int64_t *asahi_race_view_file(struct asahi_race_view *view, unsigned int i)
{
	return &view->value[ASAHI_RACE_SEE_FILE + i * ASAHI_RACE_NUM_FILE_FIELDS];
}

bool asahi_race_view_eq(const struct asahi_race_view *a, const struct asahi_race_view *b)
{
	return !memcmp(a, b, sizeof(*a));
}

static const char *value_text(int64_t value, enum kind kind, char *text, size_t size)
{
	if (value == ASAHI_RACE_NOTHING)
		return "-";
	if (value == ASAHI_RACE_NO_FENCE)
		return "none";

	if (value < 0)
		snprintf(text, size, "%" PRId64 " (%s)", value, strerror(-value));
	else if (kind == KIND_FENCE)
		snprintf(text, size, "%s", value ? "ended well" : "busy");
	else if (kind == KIND_WORD && value > 0xffff)
		snprintf(text, size, "0x%" PRIx64, value);
	else
		snprintf(text, size, "%" PRId64, value);
	return text;
}

/* Print field number @field of all views, if they are not all the same. */
static void print_field(const struct asahi_race_view *const views[], unsigned int num,
			const char *const view_names[], unsigned int field, const char *name,
			enum kind kind)
{
	char line[512], text[64];
	bool differ = false;
	size_t used = 0;
	unsigned int i;

	for (i = 0; i < num; i++) {
		int64_t value = views[i]->value[field];

		differ |= value != views[0]->value[field];
		used += snprintf(line + used, sizeof(line) - used, "%s %s: %s", i ? ";" : "",
				 view_names[i], value_text(value, kind, text, sizeof(text)));
	}
	if (differ)
		igt_info("%s:%s\n", name, line);
}

/* The same for all fields of a table, the first of which is number @field; returns the next. */
static unsigned int print_table(const struct asahi_race_view *const views[], unsigned int num,
				const char *const view_names[], unsigned int field,
				const struct name *table, unsigned int size, const char *prefix)
{
	char text[96], name[128];
	unsigned int i, k;

	for (i = 0; i < size; i++) {
		for (k = 0; k < table[i].num; k++) {
			snprintf(text, sizeof(text), table[i].format, k + 1);
			snprintf(name, sizeof(name), "%s%s", prefix, text);
			print_field(views, num, view_names, field++, name, table[i].kind);
		}
	}
	return field;
}

void asahi_race_view_print(const struct asahi_race_view *const views[], unsigned int num,
			   const char *const view_names[])
{
	unsigned int field;

	field = print_table(views, num, view_names, 0, names, ARRAY_SIZE(names), "");
	igt_assert_eq(field, ASAHI_RACE_SEE_FILE);
	field = print_table(views, num, view_names, field, file_names, ARRAY_SIZE(file_names), "");
	field = print_table(views, num, view_names, field, file_names, ARRAY_SIZE(file_names),
			    "second file: ");
	igt_assert_eq(field, ASAHI_RACE_NUM_FIELDS);
}
