// SPDX-License-Identifier: MIT
/* The format of recordings: what is written is read, and nothing else is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "recording.h"

#define PID 10
#define TID 11
#define TIME 123456789012

/* A recording in memory. */
struct tape {
	uint8_t data[1 << 16];
	size_t size;
};

static void append(struct tape *tape, const void *data, size_t size)
{
	assert_true(size <= sizeof(tape->data) - tape->size);
	memcpy(tape->data + tape->size, data, size);
	tape->size += size;
}

static void append_record(struct tape *tape, struct rec_buffer *buffer)
{
	rec_end(buffer);
	assert_false(buffer->failed);
	append(tape, buffer->data, buffer->size);
}

static void start(struct tape *tape)
{
	struct rec_file_header header;

	tape->size = 0;
	rec_file_header_init(&header, REC_FILE_CONTENTS, 5, 6);
	append(tape, &header, sizeof(header));
}

static const char command[] = "prog";
static const char path[] = "/dev/dri/renderD128";
static const uint8_t params[592] = { 1, 2, 3 };
static const uint8_t arg_before[20] = "before";
static const uint8_t arg_after[20] = "after";
static const uint8_t array[33] = "array";
static const uint8_t contents[4096] = "contents";

static const struct rec_process process_start = {
	.reason = REC_PROCESS_START, .name_size = sizeof(command)
};

static const struct rec_object device = {
	.object = 77, .kind = REC_DEVICE, .path_size = sizeof(path), .params_size = sizeof(params)
};

static const struct rec_fd opened = { .fd = 3, .object = 77 };

static const struct rec_ioctl call = {
	.object = 77, .fd = 3, .result = -22, .request = 0x1234, .arg_size = sizeof(arg_before),
	.num_arrays = 2, .duration = 99
};

static const struct rec_array_header array_header = { .pointer = 8, .size = sizeof(array) };
static const struct rec_array_header absent_header = {
	.pointer = 16, .flags = REC_ARRAY_ABSENT | REC_ARRAY_OUT, .size = 1ull << 40
};

static const struct rec_contents change = {
	.object = 77, .handle = 2, .by_job = 1, .offset = 8192, .size = sizeof(contents)
};

static const struct rec_job job = { .object = 77, .queue_id = 4, .status = -5 };
static const struct rec_missing missing = { .object = 77, .handle = 9, .error = -13 };

/* One record of each type. */
static void make(struct tape *tape)
{
	struct rec_buffer buffer = { 0 };

	start(tape);
	rec_begin(&buffer, REC_PROCESS, PID, TID, TIME);
	rec_put(&buffer, &process_start, sizeof(process_start));
	rec_put(&buffer, command, sizeof(command));
	append_record(tape, &buffer);

	rec_begin(&buffer, REC_OBJECT, PID, TID, TIME + 1);
	rec_put(&buffer, &device, sizeof(device));
	rec_put(&buffer, path, sizeof(path));
	rec_put(&buffer, params, sizeof(params));
	append_record(tape, &buffer);

	rec_begin(&buffer, REC_FD, PID, TID, TIME + 2);
	rec_put(&buffer, &opened, sizeof(opened));
	append_record(tape, &buffer);

	/* Of a version to come. */
	rec_begin(&buffer, 99, PID, TID, TIME + 2);
	append_record(tape, &buffer);

	rec_begin(&buffer, REC_IOCTL, PID, TID, TIME + 3);
	rec_put(&buffer, &call, sizeof(call));
	rec_put(&buffer, arg_before, sizeof(arg_before));
	rec_put(&buffer, arg_after, sizeof(arg_after));
	rec_put(&buffer, &array_header, sizeof(array_header));
	rec_put(&buffer, array, sizeof(array));
	rec_put(&buffer, &absent_header, sizeof(absent_header));
	append_record(tape, &buffer);

	rec_begin(&buffer, REC_CONTENTS, PID, TID, TIME + 4);
	rec_put(&buffer, &change, sizeof(change));
	rec_put(&buffer, contents, sizeof(contents));
	append_record(tape, &buffer);

	rec_begin(&buffer, REC_JOB, PID, TID, TIME + 5);
	rec_put(&buffer, &job, sizeof(job));
	append_record(tape, &buffer);

	rec_begin(&buffer, REC_MISSING, PID, TID, TIME + 6);
	rec_put(&buffer, &missing, sizeof(missing));
	append_record(tape, &buffer);
	rec_buffer_free(&buffer);
}

static FILE *open_tape(struct tape *tape)
{
	FILE *file = fmemopen(tape->data, tape->size, "rb");

	assert_non_null(file);
	return file;
}

static void next(struct rec_reader *reader, struct rec_event *event, uint32_t type)
{
	assert_int_equal(rec_next(reader, event), REC_OK);
	assert_int_equal(event->type, type);
	assert_int_equal(event->pid, PID);
	assert_int_equal(event->tid, TID);
}

static void test_round_trip(void **state)
{
	static struct tape tape;
	const struct rec_array *found;
	struct rec_reader reader;
	struct rec_event event;
	FILE *file;

	make(&tape);
	file = open_tape(&tape);
	assert_true(rec_reader_init(&reader, file));
	assert_int_equal(reader.header.flags, REC_FILE_CONTENTS);
	assert_int_equal(reader.header.realtime, 5);
	assert_int_equal(reader.header.monotonic, 6);

	next(&reader, &event, REC_PROCESS);
	assert_int_equal(event.offset, sizeof(struct rec_file_header));
	assert_int_equal(event.time, TIME);
	assert_memory_equal(&event.process.is, &process_start, sizeof(process_start));
	assert_string_equal(event.process.name, command);

	next(&reader, &event, REC_OBJECT);
	assert_memory_equal(&event.object.is, &device, sizeof(device));
	assert_string_equal(event.object.path, path);
	assert_memory_equal(event.object.params, params, sizeof(params));

	next(&reader, &event, REC_FD);
	assert_memory_equal(&event.fd, &opened, sizeof(opened));

	next(&reader, &event, REC_IOCTL);
	assert_int_equal(event.time, TIME + 3);
	assert_memory_equal(&event.ioctl.is, &call, sizeof(call));
	assert_memory_equal(event.ioctl.before, arg_before, sizeof(arg_before));
	assert_memory_equal(event.ioctl.after, arg_after, sizeof(arg_after));
	found = rec_find_array(&event, 8);
	assert_non_null(found);
	assert_int_equal(found->size, sizeof(array));
	assert_memory_equal(found->data, array, sizeof(array));
	assert_null(rec_find_array(&event, 16));
	assert_null(rec_find_array(&event, 0));

	next(&reader, &event, REC_CONTENTS);
	assert_memory_equal(&event.contents.is, &change, sizeof(change));
	assert_memory_equal(event.contents.data, contents, sizeof(contents));
	next(&reader, &event, REC_JOB);
	assert_memory_equal(&event.job, &job, sizeof(job));
	next(&reader, &event, REC_MISSING);
	assert_memory_equal(&event.missing, &missing, sizeof(missing));
	assert_int_equal(rec_next(&reader, &event), REC_END);

	rec_reader_fini(&reader);
	fclose(file);
}

/* Reads all of a tape. */
static enum rec_status play(struct tape *tape, struct rec_reader *reader, unsigned int *num)
{
	enum rec_status status = REC_ERROR;
	FILE *file = open_tape(tape);
	struct rec_event event;

	*num = 0;
	if (rec_reader_init(reader, file)) {
		while ((status = rec_next(reader, &event)) == REC_OK)
			(*num)++;
		rec_reader_fini(reader);
	}
	fclose(file);
	return status;
}

/* It may end after any record, and nowhere else. */
static void test_truncated(void **state)
{
	static struct tape tape, whole;
	unsigned int num, most = 0, ends = 0;
	struct rec_reader reader;
	size_t size;

	make(&whole);
	for (size = 1; size <= whole.size; size++) {
		memcpy(&tape, &whole, sizeof(tape));
		tape.size = size;
		if (play(&tape, &reader, &num) == REC_END)
			ends++;
		else
			assert_string_not_equal(reader.error, "");
		assert_true(num >= most);
		most = num;
	}
	assert_int_equal(most, 7);
	/* Eight records, and one of none. */
	assert_int_equal(ends, 9);
}

static void check_error(struct tape *tape, const char *text)
{
	struct rec_reader reader;
	unsigned int num;

	assert_int_equal(play(tape, &reader, &num), REC_ERROR);
	if (!strstr(reader.error, text))
		fail_msg("\"%s\" in \"%s\"", text, reader.error);
}

static void test_wrong_file(void **state)
{
	static struct tape tape;
	struct rec_file_header header;

	tape.size = 0;
	append(&tape, "#!/bin/sh\n", 10);
	check_error(&tape, "no recording");

	rec_file_header_init(&header, 0, 0, 0);
	header.version = 2;
	tape.size = 0;
	append(&tape, &header, sizeof(header));
	check_error(&tape, "version 2");

	rec_file_header_init(&header, 0, 0, 0);
	header.size = 0xfffffff8;
	tape.size = 0;
	append(&tape, &header, sizeof(header));
	check_error(&tape, "4294967288 bytes");
}

/* A longer first part is that of a newer program. */
static void test_longer_header(void **state)
{
	static struct tape tape;
	struct rec_file_header header;
	struct rec_reader reader;
	unsigned int num;
	uint64_t more = 1;

	rec_file_header_init(&header, 0, 0, 0);
	header.size += sizeof(more);
	tape.size = 0;
	append(&tape, &header, sizeof(header));
	append(&tape, &more, 7);
	check_error(&tape, "ends in its first 48 bytes");

	append(&tape, &more, 1);
	assert_int_equal(play(&tape, &reader, &num), REC_END);
}

/* Puts a value of 32 bits to an offset of the record of a type. */
static void spoil(struct tape *tape, enum rec_type type, size_t offset, uint32_t value)
{
	struct rec_header header;
	size_t at = sizeof(struct rec_file_header);

	make(tape);
	for (;;) {
		memcpy(&header, tape->data + at, sizeof(header));
		if (header.type == type)
			break;
		at += header.size;
		assert_true(at < tape->size);
	}
	memcpy(tape->data + at + offset, &value, sizeof(value));
}

#define PAYLOAD(type, member) (sizeof(struct rec_header) + offsetof(struct type, member))

static void test_hostile(void **state)
{
	static struct tape tape;

	spoil(&tape, REC_FD, offsetof(struct rec_header, magic), 0);
	check_error(&tape, "damaged at offset");
	spoil(&tape, REC_FD, offsetof(struct rec_header, size), 0);
	check_error(&tape, "damaged at offset");
	spoil(&tape, REC_FD, offsetof(struct rec_header, size), 0xfffffff8);
	check_error(&tape, "damaged at offset");
	spoil(&tape, REC_FD, offsetof(struct rec_header, size), 33);
	check_error(&tape, "damaged at offset");
	spoil(&tape, REC_FD, offsetof(struct rec_header, size), REC_MAX_SIZE);
	check_error(&tape, "ends in the middle");

	/* Not too long for the file, but for the record. */
	spoil(&tape, REC_PROCESS, PAYLOAD(rec_process, name_size), 9);
	check_error(&tape, "type 1 ");
	spoil(&tape, REC_PROCESS, PAYLOAD(rec_process, name_size), 0);
	check_error(&tape, "type 1 ");
	spoil(&tape, REC_PROCESS, PAYLOAD(rec_process, name_size), 4);
	check_error(&tape, "type 1 ");
	spoil(&tape, REC_PROCESS, PAYLOAD(rec_process, name_size), 0xffffffff);
	check_error(&tape, "type 1 ");
	spoil(&tape, REC_OBJECT, PAYLOAD(rec_object, object), 0);
	check_error(&tape, "type 2 ");
	spoil(&tape, REC_OBJECT, PAYLOAD(rec_object, params_size), 600);
	check_error(&tape, "type 2 ");
	spoil(&tape, REC_IOCTL, PAYLOAD(rec_ioctl, result), 1);
	check_error(&tape, "type 4 ");
	spoil(&tape, REC_IOCTL, PAYLOAD(rec_ioctl, arg_size), 0x80000000);
	check_error(&tape, "type 4 ");
	spoil(&tape, REC_IOCTL, PAYLOAD(rec_ioctl, num_arrays), 3);
	check_error(&tape, "type 4 ");
	spoil(&tape, REC_IOCTL, PAYLOAD(rec_ioctl, num_arrays), 0xffffffff);
	check_error(&tape, "type 4 ");
	spoil(&tape, REC_CONTENTS, PAYLOAD(rec_contents, size), 5000);
	check_error(&tape, "type 5 ");
	spoil(&tape, REC_CONTENTS, PAYLOAD(rec_contents, size) + 4, 0xffffffff);
	check_error(&tape, "type 5 ");
}

static void test_too_long(void **state)
{
	static const uint8_t bytes[1 << 20];
	struct rec_buffer buffer = { 0 };
	unsigned int i;

	rec_begin(&buffer, REC_FD, PID, TID, TIME);
	for (i = 0; i < 63; i++)
		rec_put(&buffer, bytes, sizeof(bytes));
	assert_false(buffer.failed);
	rec_put(&buffer, bytes, sizeof(bytes));
	assert_true(buffer.failed);
	rec_put(&buffer, bytes, 1);
	assert_true(buffer.failed);

	rec_begin(&buffer, REC_FD, PID, TID, TIME);
	assert_false(buffer.failed);
	rec_buffer_free(&buffer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_truncated),
		cmocka_unit_test(test_wrong_file),
		cmocka_unit_test(test_longer_header),
		cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_too_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
