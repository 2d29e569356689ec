// SPDX-License-Identifier: MIT
/*
 * Holds the engine's disassembler against Mesa's. So that Mesa looks at any instructions, they are
 * put in the place of a long shader's, behind a jump over them.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "asahi_device.h"
#include "builtins.h"
#include "igt.h"
#include "listing.h"
#include "random_insn.h"
#include "run.h"

IGT_TEST_DESCRIPTION("Mesa's disassembler and the engine's say the same");

#define PER_DESCRIPTION 24
#define MAX_CODE 65536
#define MAX_INSNS (MAX_CODE / 2)
#define MAX_ROW 256
#define MAX_COPIES 8

/* Bytes of jmp_any. */
#define JUMP_SIZE 6

/* What Mesa's driver at least has: programs for a GPU, and instructions in all of them. */
#define MIN_BUILTINS 60
#define MIN_BUILTIN_INSNS 12000

/* What traces of our programs at least have: instructions, and programs of the driver's. */
#define MIN_TRACED_INSNS 20000
#define MIN_TRACED_BUILTINS 8

static const u8 stop[] = { 0x88, 0x00 };

/* A shader in a trace. */
struct listing {
	struct listing_line lines[MAX_INSNS];
	unsigned int num;
};

/* Instructions. */
struct insns {
	struct agx_isa_insn *insns;
	size_t num, max;
};

static struct {
	/* The shader that is being read, and the longest one of a submit. */
	struct listing now, longest;

	/* The long shader, as Mesa made it. */
	u8 original[MAX_CODE];
	size_t size;

	/* Where it is. */
	u8 *copies[MAX_COPIES];
	unsigned int num_copies;

	/* What takes its place. */
	u8 code[MAX_CODE];
	size_t code_size;
} disasm;

static void take_line(const struct listing_line *line, void *data)
{
	struct listing *now = &disasm.now;

	if (!line->offset)
		now->num = 0;
	igt_assert_lt(now->num, MAX_INSNS);
	now->lines[now->num++] = *line;
	if (now->num <= disasm.longest.num)
		return;
	memcpy(disasm.longest.lines, now->lines, now->num * sizeof(*line));
	disasm.longest.num = now->num;
}

static void take_original(void)
{
	const struct listing *listing = &disasm.longest;
	const struct listing_line *line;
	const char *hex;
	unsigned int byte;

	disasm.size = 0;
	for (line = listing->lines; line < listing->lines + listing->num; line++)
		for (hex = line->hex; sscanf(hex, "%2x", &byte) == 1; hex += 2)
			disasm.original[disasm.size++] = (u8)byte;
	igt_assert_lt(8192, disasm.size);
}

/* Finds the shader wherever it is in memory that is shared, with the GPU that is. */
static void find_copies(void)
{
	FILE *maps = fopen("/proc/self/maps", "re");
	uintptr_t start, end;
	char row[MAX_ROW];
	u8 *at;

	igt_assert(maps);
	disasm.num_copies = 0;
	while (fgets(row, sizeof(row), maps)) {
		if (!strstr(row, " rw-s ") ||
		    sscanf(row, "%" SCNxPTR "-%" SCNxPTR, &start, &end) != 2)
			continue;
		while ((at = memmem((void *)start, end - start, disasm.original, disasm.size))) {
			igt_assert_lt(disasm.num_copies, MAX_COPIES);
			disasm.copies[disasm.num_copies++] = at;
			start = (uintptr_t)at + disasm.size;
		}
	}
	fclose(maps);
	igt_assert_f(disasm.num_copies, "the shader's code is nowhere in memory\n");
}

static void replace_code(void)
{
	unsigned int i;

	for (i = 0; i < disasm.num_copies; i++)
		memcpy(disasm.copies[i], disasm.code, disasm.code_size);
}

static void submit(struct run *run)
{
	run_begin(run);
	run_dispatch(run, 0, 1, 1, 1);
	run_end(run);
	disasm.longest.num = 0;
	listing_read(take_line, NULL);
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
static bool is_left_out(u32 op)
{
	switch (op) {
	case AGX_ISA_OP_STOP:
	case AGX_ISA_OP_TRAP:
	case AGX_ISA_OP_FBALLOT:
		return true;
	default:
		return false;
	}
}

static struct agx_isa_insn *insns_add(struct insns *insns)
{
	if (insns->num == insns->max) {
		insns->max = insns->max ? 2 * insns->max : MAX_INSNS;
		insns->insns = realloc(insns->insns, insns->max * sizeof(*insns->insns));
		igt_assert(insns->insns);
	}
	return &insns->insns[insns->num++];
}

/* The line at @offset, or the next one. */
static const struct listing_line *find_line(size_t offset)
{
	const struct listing_line *line = disasm.longest.lines;

	while (line < disasm.longest.lines + disasm.longest.num - 1 && line->offset < offset)
		line++;
	return line;
}

static void put_jump(u8 *code, u32 size)
{
	const u8 jump[JUMP_SIZE] = { 0x00, 0xc0, size & 0xff, size >> 8 & 0xff, size >> 16 };

	memcpy(code, jump, sizeof(jump));
}

/* As many as fit, between a jump over them and a stop. Returns how many those are. */
static size_t fill_code(const struct agx_isa_insn *insns, size_t num)
{
	size_t at = JUMP_SIZE, i;
	u8 *code = disasm.code;

	for (i = 0; i < num; i++) {
		if (at + insns[i].len + sizeof(stop) > disasm.size)
			break;
		memcpy(code + at, insns[i].bytes, insns[i].len);
		at += insns[i].len;
	}
	put_jump(code, (u32)at);
	memcpy(code + at, stop, sizeof(stop));
	disasm.code_size = at + sizeof(stop);
	return i;
}

/* Asks Mesa about each of them. */
static void check_insns(const struct insns *insns)
{
	static const struct program program = {
		.name = "long",
		.buffers = { { .num_words = 64 } },
	};
	const struct agx_isa_insn *insn = insns->insns, *end = insn + insns->num;
	struct gpu gpu;
	struct run run = { .program = &program, .gpu = &gpu };
	size_t at, num;

	listing_start();
	gpu_open(&gpu, GPU_ASAHI, false);
	run_create(&run);
	submit(&run);
	take_original();
	find_copies();
	while (insn < end) {
		num = fill_code(insn, end - insn);
		replace_code();
		submit(&run);
		for (at = JUMP_SIZE; num; at += insn++->len, num--)
			listing_check(find_line(at), insn);
	}
	run_destroy(&run);
	gpu_close(&gpu);
	listing_end();
}

static void require_simulated(void)
{
	int fd = asahi_open();

	asahi_require_simulated(fd, "the GPU gets to see any instructions, even if a jump leads "
				"over them");
	asahi_close(fd);
}

static void instructions(void)
{
	struct insns insns = { 0 };
	struct agx_isa_insn *insn;
	u64 random = 0x5eed;
	u32 desc, i;

	require_simulated();
	for (desc = 0; desc < agx_isa_table_size; desc++) {
		if (is_left_out(agx_isa_table[desc].op))
			continue;
		for (i = 0; i < PER_DESCRIPTION; i++) {
			insn = insns_add(&insns);
			do {
				igt_assert(random_insn(&random, desc, insn));
			} while (is_excepted(insn));
		}
	}
	check_insns(&insns);
	igt_info("%zu instructions, %u of each kind\n", insns.num, PER_DESCRIPTION);
	free(insns.insns);
}

/* All of a program's, from one end to the other. */
static void add_code(struct insns *insns, unsigned int program, const u8 *code, size_t size)
{
	u8 bytes[AGX_ISA_MAX_LEN];
	struct agx_isa_insn *insn;
	size_t at, len;

	for (at = 0; at < size; at += insn->len) {
		len = size - at < sizeof(bytes) ? size - at : sizeof(bytes);
		memset(bytes, 0, sizeof(bytes));
		memcpy(bytes, code + at, len);
		insn = insns_add(insns);
		igt_assert_f(agx_isa_decode(bytes, insn) && insn->len <= len,
			     "program %u, +0x%zx: no instruction is %02x %02x %02x %02x...\n",
			     program, at, bytes[0], bytes[1], bytes[2], bytes[3]);
	}
}

static int compare_insns(const void *a, const void *b)
{
	return memcmp(((const struct agx_isa_insn *)a)->bytes,
		      ((const struct agx_isa_insn *)b)->bytes, AGX_ISA_MAX_LEN);
}

/* Keeps each once, of those that Mesa is asked about. */
static void keep_distinct(struct insns *insns)
{
	struct agx_isa_insn *insn, *to = insns->insns;

	qsort(insns->insns, insns->num, sizeof(*insns->insns), compare_insns);
	for (insn = insns->insns; insn < insns->insns + insns->num; insn++)
		if (!is_left_out(insn->op) && (to == insns->insns || compare_insns(to - 1, insn)))
			*to++ = *insn;
	insns->num = to - insns->insns;
}

static void builtins(void)
{
	static struct builtins builtins;
	struct insns insns = { 0 };
	const struct builtin *builtin;
	unsigned int i;
	size_t num;

	require_simulated();
	builtins_find(&builtins);
	for (i = 0; i < builtins.num; i++) {
		builtin = &builtins.builtins[i];
		add_code(&insns, i, builtin->main, builtin->main_size);
		if (builtin->preshader)
			add_code(&insns, i, builtin->preshader, builtin->preshader_size);
	}

	num = insns.num;
	keep_distinct(&insns);
	check_insns(&insns);
	igt_info("%u programs, %u for each of %u kinds of GPUs: %zu instructions, of which %zu are "
		 "different\n",
		 builtins.num, builtins.num_each, builtins.num_tables, num, insns.num);
	igt_assert_lte(MIN_BUILTINS, builtins.num_each);
	igt_assert_lte(MIN_BUILTIN_INSNS, num);
	free(insns.insns);
}

/* Those for which Mesa runs programs of its own, or makes some to copy images. */
static const struct program_table *const traced[] = {
	&memory_programs,
	&dispatch_programs,
	&transfer_programs,
	&sparse_programs,
	&image_programs,
};

/* What has been seen in traces. */
struct seen {
	struct builtins builtins;
	bool is_seen[MAX_BUILTINS];
	unsigned int shaders, insns;

	/* Of the shader that is being read, up to its first stop, at which Mesa ends. */
	u8 code[MAX_CODE];
	size_t size;
};

static void end_shader(struct seen *seen)
{
	const struct builtin *builtin = seen->builtins.builtins;
	unsigned int i;

	for (i = 0; i < seen->builtins.num; i++, builtin++) {
		if (seen->size && seen->size <= builtin->main_size &&
		    !memcmp(builtin->main, seen->code, seen->size))
			seen->is_seen[i] = true;
	}
	seen->size = 0;
}

static void take_insn(const struct listing_line *line, void *data)
{
	u8 bytes[AGX_ISA_MAX_LEN] = { 0 };
	struct seen *seen = data;
	struct agx_isa_insn insn;
	const char *hex;
	u32 len;

	if (!line->offset) {
		end_shader(seen);
		seen->shaders++;
	}
	for (hex = line->hex, len = 0; sscanf(hex, "%2hhx", &bytes[len]) == 1; hex += 2)
		len++;
	igt_assert_f(agx_isa_decode(bytes, &insn), "%s is no instruction, and as Mesa says\n%s\n",
		     line->hex, line->text);
	if (insn.op != AGX_ISA_OP_FBALLOT)
		listing_check(line, &insn);
	seen->insns++;

	igt_assert_lt(seen->size + len, MAX_CODE);
	memcpy(seen->code + seen->size, bytes, len);
	seen->size += len;
}

static void trace_program(const struct gpu *gpu, const struct program *program, struct seen *seen)
{
	uint32_t *results[MAX_BUFFERS] = { NULL };
	unsigned int i;

	run_program(gpu, program, false, results);
	for (i = 0; i < MAX_BUFFERS; i++)
		free(results[i]);
	listing_read(take_insn, seen);
	end_shader(seen);
}

static void programs(void)
{
	static struct seen seen;
	unsigned int i, k, num = 0;
	struct gpu gpu;

	builtins_find(&seen.builtins);
	listing_start();
	gpu_open(&gpu, GPU_ASAHI, false);
	for (i = 0; i < ARRAY_SIZE(traced); i++)
		for (k = 0; k < traced[i]->num; k++)
			trace_program(&gpu, &traced[i]->programs[k], &seen);
	gpu_close(&gpu);
	listing_end();

	for (i = 0; i < seen.builtins.num; i++)
		num += seen.is_seen[i];
	igt_info("%u shaders with %u instructions, %u of Mesa's own programs among them\n",
		 seen.shaders, seen.insns, num);
	igt_assert_lte(MIN_TRACED_INSNS, seen.insns);
	igt_assert_lte(MIN_TRACED_BUILTINS, num);
}

static const struct asahi_subtest subtests[] = {
	{ "instructions", "What the engine decodes reads like Mesa's.", instructions },
	{ "programs", "Every shader in Mesa's traces decodes, and reads like that.", programs },
	{ "builtins", "Mesa's own compute programs decode, and read like that.", builtins },
};

int igt_main()
{
	asahi_run_subtests(subtests, ARRAY_SIZE(subtests));
}
