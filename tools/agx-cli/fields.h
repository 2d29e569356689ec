/* SPDX-License-Identifier: MIT */
/*
 * Fields of the uapi's structs by the name that people set them with and see them under. One of a
 * struct within the struct is called like "helper.cfg".
 */
#ifndef AGX_CLI_FIELDS_H
#define AGX_CLI_FIELDS_H

#include "uapi.h"
#include "verb.h"

struct out;

/* Each with all fields of its struct, in their order. */
extern const struct cli_field cli_get_params_fields[];
extern const struct cli_field cli_get_time_fields[];
extern const struct cli_field cli_vm_create_fields[];
extern const struct cli_field cli_vm_destroy_fields[];
extern const struct cli_field cli_vm_bind_fields[];
extern const struct cli_field cli_gem_bind_op_fields[];
extern const struct cli_field cli_gem_create_fields[];
extern const struct cli_field cli_gem_mmap_offset_fields[];
extern const struct cli_field cli_gem_bind_object_fields[];
extern const struct cli_field cli_queue_create_fields[];
extern const struct cli_field cli_queue_destroy_fields[];
extern const struct cli_field cli_submit_fields[];
extern const struct cli_field cli_sync_fields[];
extern const struct cli_field cli_cmd_render_fields[];
extern const struct cli_field cli_cmd_compute_fields[];
extern const struct cli_field cli_attachment_fields[];

/* Of the header of a command alone. */
extern const struct cli_field cli_cmd_header_fields[];

/* The ioctl of a name such as "VM_CREATE" or "GEM_CLOSE"; NULL for none. */
const struct uapi_ioctl *cli_find_ioctl(const char *name);

/* Its name for every index below their number; NULL from there on. */
const char *cli_nth_ioctl(unsigned int index);

/*
 * The field of that name, with its offset from the start of the outermost struct, into @found;
 * false for none.
 */
bool cli_find_field(const struct uapi_struct *type, const char *name, struct uapi_field *found);

/* A field by its name, which has to be there. */
uint64_t cli_get_field(const struct uapi_struct *type, const char *name, const void *from);

/* Sets a field, which has to be there. */
void cli_store_field(const struct uapi_struct *type, const char *name, uint64_t value, void *to);

/*
 * Sets a field of the struct at @to as the text says: a number, its name, or several with | between
 * them if it is a set of flags. False if it is none, having said so.
 */
bool cli_set_field(struct cli *cli, const struct uapi_struct *type, const char *name,
		   const char *text, void *to);

/* Members for all fields that the first @size bytes of the struct at @from have the whole of. */
void cli_put_struct(struct out *out, const struct uapi_struct *type, const void *from, size_t size);

/* Elements of an array for the commands of a SUBMIT's buffer, with their headers. */
void cli_put_commands(struct out *out, const void *buf, size_t size);

#endif /* AGX_CLI_FIELDS_H */
