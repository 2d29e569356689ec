// SPDX-License-Identifier: MIT
/*
 * Holds the engine's disassembler against Mesa's, which has no way in. But if it is asked to trace,
 * Mesa disassembles what is in memory of each shader that it submits, before the GPU gets to see
 * it. So other instructions are put in the place of a long shader's, behind a jump over them.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "asahi_device.h"
#include "igt.h"
#include "random_insn.h"
#include "run.h"

IGT_TEST_DESCRIPTION("Mesa's disassembler and the engine's say the same");

#define PER_DESCRIPTION 24
#define MAX_CODE 65536
#define MAX_INSNS (MAX_CODE / 2)
#define MAX_LINE 256

/* Bytes of jmp_any. */
#define JUMP_SIZE 6

static const u8 stop[] = { 0x88, 0x00 };

/* What Mesa says of one instruction. */
struct line {
	size_t offset;
	char hex[2 * AGX_ISA_MAX_LEN + 1];
	char text[AGX_ISA_MAX_TEXT];
};

/* A program in a trace. */
struct listing {
	struct line lines[MAX_INSNS];
	unsigned int num;
};

static struct {
	/* Of Mesa's traces, a file for each submit; and the number of the next one. */
	char dir[32];
	unsigned int num_traces;

	/* The long shader, as Mesa made it. */
	u8 original[MAX_CODE];
	size_t size;

	/* What takes its place; none for none. */
	u8 code[MAX_CODE];
	size_t code_size;
} disasm;

static void trace_path(char path[64], unsigned int number)
{
	snprintf(path, 64, "%s/trace.%04u", disasm.dir, number);
}

static void start_tracing(void)
{
	char path[64];

	strcpy(disasm.dir, "/tmp/mesa_disasm.XXXXXX");
	igt_assert(mkdtemp(disasm.dir));
	/* Mesa adds the numbers. */
	snprintf(path, sizeof(path), "%s/trace", disasm.dir);
	setenv("ASAHI_MESA_DEBUG", "trace", true);
	setenv("AGXDECODE_DUMP_FILE", path, true);
}

static void remove_traces(void)
{
	char path[64];
	unsigned int i;

	for (i = 0; i < disasm.num_traces; i++) {
		trace_path(path, i);
		unlink(path);
	}
	igt_assert_f(!rmdir(disasm.dir), "there are more traces in %s\n", disasm.dir);
}

/* "  1c: 0521840c00c01200       load     r4, du2, r4.sx, i32, x, a" */
static bool parse_line(const char *row, struct line *line)
{
	int text = 0;

	if (sscanf(row, " %zx: %24[0-9a-f] %n", &line->offset, line->hex, &text) != 2 || !text)
		return false;
	snprintf(line->text, sizeof(line->text), "%s", row + text);
	line->text[strcspn(line->text, "\n")] = '\0';
	return true;
}

/* The longest program that was submitted. */
static void read_trace(struct listing *longest)
{
	struct listing *now = calloc(1, sizeof(*now));
	char path[64], row[MAX_LINE];
	struct line line;
	FILE *file;

	igt_assert(now);
	trace_path(path, disasm.num_traces++);
	file = fopen(path, "re");
	igt_assert_f(file, "no %s: Mesa does not trace\n", path);
	longest->num = 0;
	while (fgets(row, sizeof(row), file)) {
		if (!parse_line(row, &line))
			continue;
		if (!line.offset)
			now->num = 0;
		igt_assert_lt(now->num, MAX_INSNS);
		now->lines[now->num++] = line;
		if (now->num > longest->num)
			memcpy(longest, now, sizeof(*now));
	}
	fclose(file);
	free(now);
	igt_assert_f(longest->num, "no program is in %s\n", path);
}

static void take_original(const struct listing *listing)
{
	const struct line *line;
	const char *hex;
	unsigned int byte;

	disasm.size = 0;
	for (line = listing->lines; line < listing->lines + listing->num; line++)
		for (hex = line->hex; sscanf(hex, "%2x", &byte) == 1; hex += 2)
			disasm.original[disasm.size++] = (u8)byte;
	igt_assert_lt(8192, disasm.size);
}

/* Puts the code wherever the shader is in memory that is shared, with the GPU that is. */
static void replace_code(void)
{
	FILE *maps = fopen("/proc/self/maps", "re");
	unsigned int found = 0;
	uintptr_t start, end;
	char row[MAX_LINE];
	u8 *at;

	igt_assert(maps);
	while (fgets(row, sizeof(row), maps)) {
		if (!strstr(row, " rw-s ") ||
		    sscanf(row, "%" SCNxPTR "-%" SCNxPTR, &start, &end) != 2)
			continue;
		while ((at = memmem((void *)start, end - start, disasm.original, disasm.size))) {
			memcpy(at, disasm.code, disasm.code_size);
			start = (uintptr_t)at + disasm.size;
			found++;
		}
	}
	fclose(maps);
	igt_assert_f(found, "the shader's code is nowhere in memory\n");
}

/* Runs when the shader is in memory, and before it is submitted. */
static void record(struct run *run)
{
	if (disasm.code_size)
		replace_code();
	run_dispatch(run, 0, 1, 1, 1);
}

static void submit(const struct gpu *gpu, struct listing *listing)
{
	static const struct program program = {
		.name = "long",
		.buffers = { { .num_words = 64 } },
		.record = record,
	};
	uint32_t *results[MAX_BUFFERS];

	run_program(gpu, &program, false, results);
	free(results[0]);
	read_trace(listing);
}

static bool is_excepted(const struct agx_isa_insn *insn)
{
	/* Truth tables that depend on one source only; Mesa wants the other one to be zero. */
	bool unary = insn->truth == 3 || insn->truth == 5 || insn->truth == 10 ||
		     insn->truth == 12;

	return insn->op == AGX_ISA_OP_BITOP && unary &&
	       (insn->src[1].file != AGX_ISA_FILE_IMM || insn->src[1].value);
}

/*
 * Mesa reads no further than to a stop or trap; and of ballots of floats it takes the fields to be
 * where those of integers are.
 */
static bool is_left_out(u32 desc)
{
	switch (agx_isa_table[desc].op) {
	case AGX_ISA_OP_STOP:
	case AGX_ISA_OP_TRAP:
	case AGX_ISA_OP_FBALLOT:
		return true;
	default:
		return false;
	}
}

/* The line at @offset, or the next one. */
static const struct line *find_line(const struct listing *listing, size_t offset)
{
	const struct line *line = listing->lines;

	while (line < listing->lines + listing->num - 1 && line->offset < offset)
		line++;
	return line;
}

static void check_insn(const struct agx_isa_insn *insn, size_t offset,
		       const struct listing *listing)
{
	char text[AGX_ISA_MAX_TEXT], hex[2 * AGX_ISA_MAX_LEN + 1];
	const struct line *line = find_line(listing, offset);
	u32 i;

	for (i = 0; i < insn->len; i++)
		snprintf(hex + 2 * i, 3, "%02x", insn->bytes[i]);
	agx_isa_format(insn, text, sizeof(text));
	igt_assert_f(!strcmp(hex, line->hex) && !strcmp(text, line->text),
		     "%s is\n%s\nand not, as Mesa says of %s,\n%s\n", hex, text, line->hex,
		     line->text);
}

static u32 next_desc(u32 desc)
{
	do {
		desc++;
	} while (desc < agx_isa_table_size && is_left_out(desc));
	return desc;
}

/* The next one that Mesa is asked about. */
static void next_insn(u64 *random, u32 desc, struct agx_isa_insn *insn)
{
	do {
		igt_assert(random_insn(random, desc, insn));
	} while (is_excepted(insn));
}

/* Where they are in the batches. */
struct place {
	u64 random;
	u32 desc;
	unsigned int done;
};

static void put_jump(u8 *code, u32 size)
{
	const u8 jump[JUMP_SIZE] = { 0x00, 0xc0, size & 0xff, size >> 8 & 0xff, size >> 16 };

	memcpy(code, jump, sizeof(jump));
}

/* As many as fit, between a jump over them and a stop. Returns how many those are. */
static unsigned int fill_code(struct place *place, struct agx_isa_insn *insns)
{
	size_t at = JUMP_SIZE;
	unsigned int num = 0;
	u8 *code = disasm.code;

	while (place->desc < agx_isa_table_size &&
	       at + AGX_ISA_MAX_LEN + sizeof(stop) <= disasm.size) {
		next_insn(&place->random, place->desc, &insns[num]);
		memcpy(code + at, insns[num].bytes, insns[num].len);
		at += insns[num++].len;
		if (++place->done % PER_DESCRIPTION == 0)
			place->desc = next_desc(place->desc);
	}
	put_jump(code, (u32)at);
	memcpy(code + at, stop, sizeof(stop));
	disasm.code_size = at + sizeof(stop);
	return num;
}

static void instructions(void)
{
	struct place place = { .random = 0x5eed };
	struct agx_isa_insn *insns;
	struct listing *listing;
	unsigned int i, num;
	int fd = asahi_open();
	struct gpu gpu;
	size_t at;

	asahi_require_simulated(fd, "the GPU gets to see any instructions, even if a jump leads "
				"over them");
	asahi_close(fd);
	insns = calloc(MAX_INSNS, sizeof(*insns));
	listing = calloc(1, sizeof(*listing));
	igt_assert(insns && listing);

	start_tracing();
	gpu_open(&gpu, GPU_ASAHI, false);
	submit(&gpu, listing);
	take_original(listing);
	while (place.desc < agx_isa_table_size) {
		num = fill_code(&place, insns);
		submit(&gpu, listing);
		at = JUMP_SIZE;
		for (i = 0; i < num; at += insns[i++].len)
			check_insn(&insns[i], at, listing);
	}
	igt_info("%u instructions, %u of each kind\n", place.done, PER_DESCRIPTION);
	gpu_close(&gpu);
	remove_traces();
	free(listing);
	free(insns);
}

static const struct asahi_subtest subtests[] = {
	{ "instructions", "What the engine decodes reads like Mesa's.", instructions },
};

int igt_main()
{
	asahi_run_subtests(subtests, ARRAY_SIZE(subtests));
}
