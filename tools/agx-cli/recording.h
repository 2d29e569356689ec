/* SPDX-License-Identifier: MIT */
/*
 * Recordings of what a program says to the driver: the format, as docs/recording.md describes it,
 * what writes it and what reads it.
 */
#ifndef AGX_CLI_RECORDING_H
#define AGX_CLI_RECORDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/*
 * The format. Everything is little endian and a multiple of 8 bytes; what is shorter is followed by
 * zeroes. A file is a struct rec_file_header and records.
 */
#define REC_FILE_MAGIC "agx-rec\n"
#define REC_VERSION 1

/* Contents of buffers are in it. */
#define REC_FILE_CONTENTS (1 << 0)

struct rec_file_header {
	char magic[8];
	uint32_t version;
	/* Bytes of this, in the file. */
	uint32_t size;
	uint32_t flags;
	uint32_t pad;
	/* When it begins, by two clocks, in nanoseconds. */
	uint64_t realtime;
	uint64_t monotonic;
};

#define REC_MAGIC 0x72786761
#define REC_MAX_SIZE (64u << 20)

enum rec_type {
	REC_PROCESS = 1,
	REC_OBJECT = 2,
	REC_FD = 3,
	REC_IOCTL = 4,
	REC_CONTENTS = 5,
	REC_JOB = 6,
	REC_MISSING = 7,
};

struct rec_header {
	uint32_t magic;
	uint32_t type;
	/* Bytes of the record, with this; at most REC_MAX_SIZE. */
	uint32_t size;
	uint32_t pid;
	uint32_t tid;
	uint32_t pad;
	/* CLOCK_MONOTONIC, nanoseconds. Of a call: when it returned. */
	uint64_t time;
};

enum rec_reason {
	/* A program begins, with nothing open that is known here. */
	REC_PROCESS_START = 1,
	/* It is a copy of its parent, with all that the parent has open. */
	REC_PROCESS_FORK = 2,
	REC_PROCESS_EXIT = 3,
};

/* Then: its name. */
struct rec_process {
	uint32_t reason;
	/* The one that was copied. */
	uint32_t parent;
	uint32_t name_size;
	uint32_t pad;
};

enum rec_kind {
	REC_DEVICE = 1,
	REC_DMABUF = 2,
	REC_SYNC_FILE = 3,
	REC_SYNCOBJ = 4,
};

/* It was not a call of the recording that made it. */
#define REC_OBJECT_FOREIGN (1 << 0)

/* What a descriptor stands for. Then: a path, and what GET_PARAMS says of a device. */
struct rec_object {
	uint64_t object;
	uint32_t kind;
	uint32_t flags;
	/* Bytes of a dma-buf. */
	uint64_t size;
	uint32_t path_size;
	uint32_t params_size;
};

/* From here on a descriptor stands for an object, or, with 0, is closed. */
struct rec_fd {
	int32_t fd;
	uint32_t pad;
	uint64_t object;
};

/* The argument could not be read. */
#define REC_IOCTL_BAD_ARG (1 << 0)

/* A call. Then: the argument before and after, and arrays. */
struct rec_ioctl {
	uint64_t object;
	int32_t fd;
	/* 0 or a negative errno. */
	int32_t result;
	uint32_t request;
	uint32_t arg_size;
	uint32_t num_arrays;
	uint32_t flags;
	/* Nanoseconds that it took. */
	uint64_t duration;
};

/* As the kernel has left it, not as it found it. */
#define REC_ARRAY_OUT (1 << 0)
/* It could not be read, or is too long; there is nothing of it. */
#define REC_ARRAY_ABSENT (1 << 1)

/* An array that an argument points to. Then: its bytes. */
struct rec_array_header {
	/* Offset in the argument of what points to it. */
	uint32_t pointer;
	uint32_t flags;
	uint64_t size;
};

/* A part of a buffer that has changed since it was recorded. Then: its bytes. */
struct rec_contents {
	uint64_t object;
	uint32_t handle;
	/* While the job of the call before was running; else between jobs, by the program. */
	uint32_t by_job;
	uint64_t offset;
	uint64_t size;
};

/* The end of the job of the last SUBMIT of the device. */
struct rec_job {
	uint64_t object;
	uint32_t queue_id;
	/* 1, or a negative errno; 0 if it had not ended when the time for that was over. */
	int32_t status;
};

/* The contents of a buffer could not be read. */
struct rec_missing {
	uint64_t object;
	uint32_t handle;
	int32_t error;
};

/*
 * Writing: a record is put together in memory.
 */
struct rec_buffer {
	/* Owned; rec_buffer_free(). */
	uint8_t *data;
	size_t size;
	size_t room;
	/* There was no memory, or the record is too long: not to be used. */
	bool failed;
};

/* Forgets the record before. */
void rec_begin(struct rec_buffer *buffer, enum rec_type type, uint32_t pid, uint32_t tid,
	       uint64_t time);
/* Bytes, and zeroes up to a multiple of 8. */
void rec_put(struct rec_buffer *buffer, const void *data, size_t size);
void rec_end(struct rec_buffer *buffer);
void rec_buffer_free(struct rec_buffer *buffer);

void rec_file_header_init(struct rec_file_header *header, uint32_t flags, uint64_t realtime,
			  uint64_t monotonic);

/*
 * Reading.
 */
struct rec_array {
	uint32_t pointer;
	uint32_t flags;
	uint64_t size;
	const void *data;
};

#define REC_MAX_ARRAYS 4

/* A record. Pointers are good until the next one is read; strings end with a zero. */
struct rec_event {
	/* In the file. */
	uint64_t offset;

	uint32_t type;
	uint32_t pid;
	uint32_t tid;
	uint64_t time;

	union {
		struct {
			struct rec_process is;
			const char *name;
		} process;
		struct {
			struct rec_object is;
			const char *path;
			/* NULL if there are none. */
			const void *params;
		} object;
		struct rec_fd fd;
		struct {
			struct rec_ioctl is;
			const void *before;
			const void *after;
			struct rec_array arrays[REC_MAX_ARRAYS];
		} ioctl;
		struct {
			struct rec_contents is;
			const void *data;
		} contents;
		struct rec_job job;
		struct rec_missing missing;
	};
};

struct rec_reader {
	/* Borrowed. */
	FILE *file;
	struct rec_file_header header;
	uint64_t offset;
	/* The record; owned. */
	uint8_t *data;
	size_t room;
	/* Why something has failed. */
	char error[128];
};

/* Reads the head of a file. False, and why in reader->error, if it is no recording. */
bool rec_reader_init(struct rec_reader *reader, FILE *file);

enum rec_status {
	REC_OK,
	REC_END,
	/* See reader->error. */
	REC_ERROR,
};

/* Reads a record, without those of unknown types. Nothing is left to check in what it returns. */
enum rec_status rec_next(struct rec_reader *reader, struct rec_event *event);

void rec_reader_fini(struct rec_reader *reader);

/* The array of a call that a pointer at the offset points to, if its bytes are there; or NULL. */
const struct rec_array *rec_find_array(const struct rec_event *event, uint32_t pointer);

#endif /* AGX_CLI_RECORDING_H */
