// SPDX-License-Identifier: MIT
/*
 * The address allocator against a model that cannot be wrong: one byte for each page.
 */
#include "agx_test.h"

#include "va.h"

#define PAGE UINT64_C(16384)
#define BASE (5 * PAGE)
#define PAGES 2048
#define LIMIT (BASE + PAGES * PAGE)
#define STEPS 60000

struct model {
	struct agxi_va va;

	/* For each page 0 if free, 1 in a reservation, 2 as the first of one. */
	uint8_t pages[PAGES];
	uint32_t random;

	/* Largest size, in pages: with small ones there are more spans. */
	uint32_t max_pages;

	/* Of 12 steps so many free something, in turns more and fewer of them. */
	unsigned int free_weight;
	unsigned int swing;

	/* Whether memory is short, and how often it was too short. */
	bool fail;
	unsigned int failures;
};

/* The model that runs; the linker sends the allocator's calls below. */
static struct model *running;

void *__real_calloc(size_t n, size_t size);
void *__wrap_calloc(size_t n, size_t size);
static uint32_t next_random(struct model *m);

void *__wrap_calloc(size_t n, size_t size)
{
	if (running && running->fail && next_random(running) % 2) {
		running->failures++;
		return NULL;
	}
	return __real_calloc(n, size);
}

static uint32_t next_random(struct model *m)
{
	m->random ^= m->random << 13;
	m->random ^= m->random >> 17;
	m->random ^= m->random << 5;
	return m->random;
}

static bool model_is_free(const struct model *m, uint64_t addr, uint64_t size)
{
	uint64_t i;

	if (addr < BASE || addr > LIMIT || LIMIT - addr < size)
		return false;
	for (i = (addr - BASE) / PAGE; i < (addr - BASE + size) / PAGE; i++)
		if (m->pages[i])
			return false;
	return true;
}

static void model_take(struct model *m, uint64_t addr, uint64_t size)
{
	uint64_t first = (addr - BASE) / PAGE;

	memset(m->pages + first, 1, size / PAGE);
	m->pages[first] = 2;
}

/* How many pages the reservation that starts at @page has. */
static unsigned int model_length(const struct model *m, unsigned int page)
{
	unsigned int end = page + 1;

	while (end < PAGES && m->pages[end] == 1)
		end++;
	return end - page;
}

/* The highest place; or LIMIT if there is none, which is no place. */
static uint64_t model_search(const struct model *m, uint64_t lo, uint64_t hi, uint64_t size,
			     uint64_t align)
{
	uint64_t addr;

	for (addr = LIMIT - PAGE; addr >= BASE; addr -= PAGE)
		if (addr >= lo && addr <= hi && hi - addr >= size && !(addr % align) &&
		    model_is_free(m, addr, size))
			return addr;
	return LIMIT;
}

/*
 * A place is found if and only if there is one. It is the highest, except where alignment makes a
 * span that is sure to be large enough be preferred to one that happens to be.
 */
static void step_alloc(struct model *m)
{
	uint64_t size = (1 + next_random(m) % m->max_pages) * PAGE;
	uint64_t align = PAGE << (next_random(m) % 3 ? 0 : next_random(m) % 6);
	uint64_t lo = BASE + next_random(m) % (PAGES / 2) * PAGE;
	uint64_t hi = LIMIT - next_random(m) % (PAGES / 3) * PAGE;
	unsigned int failures = m->failures;
	uint64_t expected, addr = 12345;
	int ret;

	if (next_random(m) % 2) {
		lo = 0;
		hi = UINT64_MAX;
	}
	expected = model_search(m, lo, hi, size, align);

	ret = agxi_va_alloc(&m->va, lo, hi, size, align, &addr);
	if (expected == LIMIT) {
		assert_int_equal(ret, -ENOSPC);
		assert_int_equal(addr, 12345);
		return;
	}
	if (m->failures > failures) {
		assert_int_equal(ret, -ENOMEM);
		assert_int_equal(addr, 12345);
		return;
	}
	assert_int_equal(ret, 0);
	assert_true(model_is_free(m, addr, size));
	assert_true(addr >= lo && addr + size <= hi && !(addr % align));
	if (align == PAGE)
		assert_int_equal(addr, expected);
	model_take(m, addr, size);
}

static void step_reserve(struct model *m)
{
	uint64_t addr = BASE + next_random(m) % (PAGES + 8) * PAGE - 4 * PAGE;
	uint64_t size = (1 + next_random(m) % 8) * PAGE;
	unsigned int failures = m->failures;
	int ret = agxi_va_reserve(&m->va, addr, size);

	if (!model_is_free(m, addr, size)) {
		assert_int_equal(ret, -EEXIST);
		return;
	}
	if (m->failures > failures) {
		assert_int_equal(ret, -ENOMEM);
		return;
	}
	assert_int_equal(ret, 0);
	model_take(m, addr, size);
}

static void step_free(struct model *m)
{
	unsigned int page = next_random(m) % PAGES;
	int ret;

	/* Mostly a start, but sometimes any page. */
	if (next_random(m) % 8)
		while (page < PAGES - 1 && m->pages[page] != 2)
			page++;

	ret = agxi_va_free(&m->va, BASE + page * PAGE);
	if (m->pages[page] != 2) {
		assert_int_equal(ret, -ENOENT);
		return;
	}
	assert_int_equal(ret, 0);
	memset(m->pages + page, 0, model_length(m, page));
}

/* A page is in the span that the pages around it make. */
static void check_lookup(struct model *m)
{
	unsigned int page = next_random(m) % PAGES;
	struct agxi_va_span span;
	unsigned int first, end;

	assert_true(agxi_va_lookup(&m->va, BASE + page * PAGE + PAGE / 2, &span));
	assert_int_equal(span.used, m->pages[page] != 0);
	first = page;
	if (span.used) {
		while (m->pages[first] != 2)
			first--;
		end = first + model_length(m, first);
	} else {
		while (first && !m->pages[first - 1])
			first--;
		for (end = page; end < PAGES && !m->pages[end]; end++)
			;
	}
	assert_int_equal(span.addr, BASE + first * PAGE);
	assert_int_equal(span.size, (end - first) * PAGE);
}

static void run_model(struct model *m)
{
	unsigned int i, choice, frees;
	uint64_t addr;

	assert_ok(agxi_va_init(&m->va, BASE, LIMIT));
	running = m;
	for (i = 0; i < STEPS; i++) {
		frees = i / 1000 % 2 ? m->free_weight + m->swing : m->free_weight - m->swing;
		choice = next_random(m) % 12;
		if (choice < frees)
			step_free(m);
		else if (choice < 10)
			step_alloc(m);
		else
			step_reserve(m);
		check_lookup(m);
	}

	/* When all is given back, for which no memory is needed, it is one piece again. */
	for (i = 0; i < PAGES; i++)
		if (m->pages[i] == 2)
			assert_ok(agxi_va_free(&m->va, BASE + i * PAGE));
	assert_ok(agxi_va_alloc(&m->va, 0, UINT64_MAX, PAGES * PAGE, PAGE, &addr));
	assert_int_equal(addr, BASE);
	running = NULL;
	agxi_va_fini(&m->va);
}

static void test_nearly_empty(void **state)
{
	struct model m = { .random = 1, .max_pages = 24, .free_weight = 6 };

	run_model(&m);
}

static void test_half_full(void **state)
{
	struct model m = { .random = 0xdeadbeef, .max_pages = 24, .free_weight = 5 };

	run_model(&m);
}

static void test_nearly_full(void **state)
{
	struct model m = { .random = 42, .max_pages = 24, .free_weight = 3 };

	run_model(&m);
}

/* Many spans come and go, and the nodes of the tree with them. */
static void test_high_and_low(void **state)
{
	struct model m = { .random = 7, .max_pages = 2, .free_weight = 5, .swing = 4 };

	run_model(&m);
}

/* What fails for want of memory changes nothing, though it may have begun to make room. */
static void test_no_memory(void **state)
{
	struct model m = { .random = 4711, .max_pages = 2, .free_weight = 5, .swing = 4 };

	m.fail = true;
	run_model(&m);
	assert_true(m.failures > 100);
}

static void test_edges(void **state)
{
	struct agxi_va_span span;
	struct agxi_va va;
	uint64_t addr = 1;

	assert_ok(agxi_va_init(&va, PAGE, 2 * PAGE));
	assert_false(agxi_va_lookup(&va, 0, &span));
	assert_false(agxi_va_lookup(&va, PAGE - 1, &span));
	assert_true(agxi_va_lookup(&va, 2 * PAGE - 1, &span));
	assert_false(agxi_va_lookup(&va, 2 * PAGE, &span));
	assert_false(agxi_va_lookup(&va, UINT64_MAX, &span));
	agxi_va_fini(&va);

	assert_ok(agxi_va_init(&va, 0, UINT64_C(1) << 39));
	assert_error(agxi_va_alloc(&va, 0, UINT64_MAX, (UINT64_C(1) << 39) + PAGE, PAGE, &addr),
		     ENOSPC);
	assert_ok(agxi_va_alloc(&va, 0, UINT64_MAX, PAGE, UINT64_C(1) << 63, &addr));
	assert_int_equal(addr, 0);
	assert_error(agxi_va_free(&va, PAGE), ENOENT);
	assert_error(agxi_va_free(&va, UINT64_MAX), ENOENT);
	assert_error(agxi_va_reserve(&va, UINT64_C(1) << 39, PAGE), EEXIST);
	assert_error(agxi_va_reserve(&va, (UINT64_C(1) << 39) - PAGE, 2 * PAGE), EEXIST);
	assert_error(agxi_va_reserve(&va, 0, PAGE), EEXIST);
	/* Empty and inverted windows. */
	assert_error(agxi_va_alloc(&va, 8 * PAGE, 8 * PAGE, PAGE, PAGE, &addr), ENOSPC);
	assert_error(agxi_va_alloc(&va, 9 * PAGE, 8 * PAGE, PAGE, PAGE, &addr), ENOSPC);
	agxi_va_fini(&va);
}

/* Many reservations, in the orders that a tree is worst at. */
static void test_many(void **state)
{
	const unsigned int count = 100000;
	struct agxi_va va;
	uint64_t addr;
	unsigned int i;

	assert_ok(agxi_va_init(&va, 0, count * PAGE));
	for (i = 0; i < count; i++) {
		assert_ok(agxi_va_alloc(&va, 0, UINT64_MAX, PAGE, PAGE, &addr));
		assert_int_equal(addr, (count - 1 - i) * PAGE);
	}
	assert_error(agxi_va_alloc(&va, 0, UINT64_MAX, PAGE, PAGE, &addr), ENOSPC);
	for (i = 0; i < count; i += 2)
		assert_ok(agxi_va_free(&va, i * PAGE));
	assert_error(agxi_va_alloc(&va, 0, UINT64_MAX, 2 * PAGE, PAGE, &addr), ENOSPC);
	for (i = 1; i < count; i += 2)
		assert_ok(agxi_va_free(&va, i * PAGE));
	assert_ok(agxi_va_alloc(&va, 0, UINT64_MAX, count * PAGE, PAGE, &addr));
	agxi_va_fini(&va);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nearly_empty),
		cmocka_unit_test(test_half_full),
		cmocka_unit_test(test_nearly_full),
		cmocka_unit_test(test_high_and_low),
		cmocka_unit_test(test_no_memory),
		cmocka_unit_test(test_edges),
		cmocka_unit_test(test_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
