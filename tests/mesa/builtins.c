// SPDX-License-Identifier: MIT
/*
 * A table is a row of addresses in what the driver can write, because they depend on where it has
 * been loaded. Each is that of a program: a header, whose sizes have to agree with each other, and
 * code, which has to end as all code does.
 */
#include <dlfcn.h>
#include <link.h>
#include <stdint.h>
#include <string.h>

#include "builtins.h"
#include "igt.h"

#define DRIVER "libvulkan_asahi.so"

/* As of Mesa 26.1. */
#define HEADER_SIZE 44

/* Fewer in a row are no table, but programs that a driver has on their own. */
#define MIN_TABLE 16

/* What is looked at of the header; offsets are from its end. */
struct header {
	uint32_t preshader;
	uint32_t main;
	uint32_t main_size;
	uint32_t size;
};

/* stop, and traps for whoever gets beyond. */
static const uint8_t code_end[] = {
	0x88, 0x00, 0x08, 0x00, 0x08, 0x00, 0x08, 0x00, 0x08,
	0x00, 0x08, 0x00, 0x08, 0x00, 0x08, 0x00, 0x08, 0x00,
};

/* A segment of the driver, if it can be written or not, as is wanted. */
static bool find_segment(const struct dl_phdr_info *driver, unsigned int number, bool writable,
			 uintptr_t *start, size_t *size)
{
	if (driver->dlpi_phdr[number].p_type != PT_LOAD ||
	    !(driver->dlpi_phdr[number].p_flags & PF_W) == writable)
		return false;
	*start = driver->dlpi_addr + driver->dlpi_phdr[number].p_vaddr;
	*size = driver->dlpi_phdr[number].p_memsz;
	return true;
}

/* Whether all of this is in what the driver can only read. */
static bool is_constant(const struct dl_phdr_info *driver, uintptr_t at, size_t size)
{
	size_t segment_size;
	unsigned int i;
	uintptr_t start;

	for (i = 0; i < driver->dlpi_phnum; i++) {
		if (!find_segment(driver, i, false, &start, &segment_size))
			continue;
		if (at >= start && at - start <= segment_size &&
		    size <= segment_size - (at - start))
			return true;
	}
	return false;
}

static const uint8_t *find_code(const uint8_t *binary, const struct header *header, uint32_t offset,
				size_t size)
{
	if (offset > header->size || size > header->size - offset || size < sizeof(code_end) ||
	    memcmp(binary + offset + size - sizeof(code_end), code_end, sizeof(code_end)))
		return NULL;
	return binary + offset;
}

static bool read_program(const struct dl_phdr_info *driver, uintptr_t at, struct builtin *builtin)
{
	const uint8_t *binary = (const uint8_t *)at + HEADER_SIZE;
	struct header header;

	*builtin = (struct builtin){ 0 };
	if (at % sizeof(uint32_t) || !is_constant(driver, at, HEADER_SIZE))
		return false;
	memcpy(&header, (const void *)at, sizeof(header));
	if (!is_constant(driver, (uintptr_t)binary, header.size))
		return false;

	builtin->main_size = header.main_size;
	builtin->main = find_code(binary, &header, header.main, builtin->main_size);
	if (!builtin->main || header.preshader <= header.main)
		return builtin->main;

	if (header.preshader > header.size)
		return false;
	builtin->preshader_size = header.size - header.preshader;
	builtin->preshader = find_code(binary, &header, header.preshader, builtin->preshader_size);
	return builtin->preshader;
}

/* Tables have in common what is the same for their GPUs. */
static void add_program(struct builtins *builtins, const struct builtin *builtin)
{
	unsigned int i;

	for (i = 0; i < builtins->num; i++)
		if (builtins->builtins[i].main == builtin->main)
			return;
	igt_assert_lt(builtins->num, MAX_BUILTINS);
	builtins->builtins[builtins->num++] = *builtin;
}

/* Returns how many programs there are in a row. */
static unsigned int read_table(const struct dl_phdr_info *driver, const uintptr_t *table,
			       const uintptr_t *end, struct builtins *builtins)
{
	struct builtin builtin;
	unsigned int num = 0, i;

	while (table + num < end && read_program(driver, table[num], &builtin))
		num++;
	if (num < MIN_TABLE)
		return num;

	for (i = 0; i < num; i++) {
		read_program(driver, table[i], &builtin);
		add_program(builtins, &builtin);
	}
	igt_assert_f(!builtins->num_tables || builtins->num_each == num,
		     "a table has %u programs, and another one %u\n", builtins->num_each, num);
	builtins->num_each = num;
	builtins->num_tables++;
	return num;
}

static int search_object(struct dl_phdr_info *object, size_t size, void *data)
{
	const uintptr_t *at, *end;
	size_t segment_size;
	uintptr_t start;
	unsigned int i;

	if (!strstr(object->dlpi_name, DRIVER))
		return 0;
	for (i = 0; i < object->dlpi_phnum; i++) {
		if (!find_segment(object, i, true, &start, &segment_size))
			continue;
		at = (const uintptr_t *)start;
		end = at + segment_size / sizeof(*at);
		while (at < end)
			at += 1 + read_table(object, at, end, data);
	}
	return 1;
}

void builtins_find(struct builtins *builtins)
{
	*builtins = (struct builtins){ 0 };
	igt_assert_f(dlopen(DRIVER, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE), "%s\n", dlerror());
	dl_iterate_phdr(search_object, builtins);
	igt_assert_f(builtins->num, "no table of programs is in " DRIVER "\n");
}
