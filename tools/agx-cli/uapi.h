/* SPDX-License-Identifier: MIT */
/*
 * The uapi as data: what the structs of <asahi_drm.h> are made of, and of the ioctls of the core,
 * of dma-buf and of sync_file that go with them. For everything that shows an ioctl, or follows its
 * pointers.
 */
#ifndef AGX_CLI_UAPI_H
#define AGX_CLI_UAPI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How people want to see a value. */
enum uapi_format {
	UAPI_DEC,
	UAPI_SIGNED,
	/* Addresses, sizes and what the hardware gave a layout. */
	UAPI_HEX,
	/* One of the names, or a set of them. */
	UAPI_ENUM,
	UAPI_FLAGS,
	/* Bytes that are a string if there is a zero among them. */
	UAPI_TEXT,
	/* Padding, which has to be zero. */
	UAPI_PAD,
	/* A struct: the field's type. */
	UAPI_STRUCT,
};

struct uapi_name {
	uint64_t value;
	const char *name;
};

struct uapi_field {
	const char *name;
	uint16_t offset;
	/* Of one element, in bytes. */
	uint16_t size;
	/* More than one for an array. */
	uint16_t count;
	enum uapi_format format;
	/* For UAPI_ENUM and UAPI_FLAGS, ends with a name that is NULL. */
	const struct uapi_name *names;
	/* For UAPI_STRUCT. */
	const struct uapi_struct *type;
};

struct uapi_struct {
	const char *name;
	uint16_t size;
	/* In the oldest header: structs of the core have grown since, and programs use either. */
	uint16_t min_size;
	uint16_t num_fields;
	const struct uapi_field *fields;
};

/* How long an array is that an argument points to. */
struct uapi_extent {
	uint64_t count;
	uint64_t stride;
};

/* An array that an argument points to. */
struct uapi_array {
	/* The field that has the pointer. */
	const char *name;
	uint16_t offset;
	/* Written by the kernel, not read. */
	bool out;
	/* What is in it: structs, or else plain bytes, or words of the extent's stride. */
	const struct uapi_struct *element;
	/* Must not be called with less than the whole argument. */
	struct uapi_extent (*extent)(const void *arg);
};

#define UAPI_MAX_ARRAYS 2

struct uapi_ioctl {
	/* As in the name of the constant, after DRM_IOCTL_, ASAHI_ and so on. */
	const char *name;
	unsigned long request;
	/* NULL if nothing is known of it. */
	const struct uapi_struct *arg;
	const struct uapi_array arrays[UAPI_MAX_ARRAYS];
	unsigned int num_arrays;
	/* Waits for others, who may need to make calls meanwhile. */
	bool waits;
};

/* A table of ioctls. */
struct uapi_group {
	const struct uapi_ioctl *ioctls;
	unsigned int num;
};

extern const struct uapi_group uapi_asahi, uapi_core;

/*
 * The ioctl of a request, or NULL. The sizes may be different: those of a struct that has grown
 * since.
 */
const struct uapi_ioctl *uapi_find_ioctl(unsigned long request);

extern const struct uapi_struct uapi_params_global, uapi_gem_bind_op, uapi_sync, uapi_cmd_header,
	uapi_cmd_render, uapi_cmd_compute, uapi_attachment;
extern const struct uapi_name uapi_cmd_types[], uapi_features[];

/* The name of a value; NULL if it has none. */
const char *uapi_name(const struct uapi_name *names, uint64_t value);

/* Element @index of a field of the struct at @data, as a number. */
uint64_t uapi_value(const struct uapi_field *field, const void *data, unsigned int index);

/* A command of a SUBMIT's buffer. */
struct uapi_command {
	/* Bytes from the start of the buffer: of the header, of what follows it. */
	size_t offset;
	size_t payload;
	uint32_t type;
	/* Of the payload; less than the header says if the buffer ends before. */
	size_t size;
	uint32_t vdm_barrier;
	uint32_t cdm_barrier;
	/* There is all that the header says. */
	bool whole;
};

/*
 * Goes through a buffer: starts with *offset 0, false at the end. What is left and not enough for a
 * header is a command that is not whole and has no payload.
 */
bool uapi_next_command(const void *buf, size_t size, size_t *offset, struct uapi_command *command);

/* The struct that a command of the type has, for attachments that of one; NULL if unknown. */
const struct uapi_struct *uapi_command_struct(uint32_t type);

#endif /* AGX_CLI_UAPI_H */
