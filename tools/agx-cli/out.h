/* SPDX-License-Identifier: MIT */
/*
 * What verbs print: a document of named values that is put as aligned text or as JSON. Both are
 * made from the same calls, so there is nothing that only one of them says.
 *
 * A document is one object. In JSON it is a line of its own, and begins with "schema" and "verb".
 */
#ifndef AGX_CLI_OUT_H
#define AGX_CLI_OUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct out;

/* Grows when a member goes or gets another meaning, not when one is added. */
#define OUT_SCHEMA 1

/* NULL without memory. */
struct out *out_create(void);
void out_destroy(struct out *out);

/* What documents are put as; text is the default. */
void out_set_json(struct out *out, bool json);
bool out_json(const struct out *out);

/* Whether standard output is a terminal on which colours are welcome. */
bool out_colour(const struct out *out);

/*
 * Begins a document, of the verb of that name, which is borrowed until the document is emitted or
 * dropped. What was in an earlier one that was not emitted is forgotten.
 */
void out_start(struct out *out, const char *verb);

/*
 * Prints the document and starts the next one of the same verb. One that is empty prints nothing.
 * Happens by itself at the end of a verb; a verb that goes on for long does it with each record.
 */
void out_emit(struct out *out);

/* Before a document that takes the place of another: clears the screen, if it is text on one. */
void out_clear(struct out *out);

/*
 * Members, in order. @key is copied; it is NULL in an array, and looks like one of the uapi's field
 * names: text and JSON use the same.
 */
void out_begin_object(struct out *out, const char *key);
void out_begin_array(struct out *out, const char *key);
void out_end(struct out *out);

void out_string(struct out *out, const char *key, const char *value);
void out_u64(struct out *out, const char *key, uint64_t value);
void out_i64(struct out *out, const char *key, int64_t value);
void out_bool(struct out *out, const char *key, bool value);

/* The same number in JSON; in text with 0x. */
void out_hex(struct out *out, const char *key, uint64_t value);

/* Memory: a string of hexadecimal digits in JSON, a dump whose lines count from @start in text. */
void out_bytes(struct out *out, const char *key, uint64_t start, const void *bytes, size_t size);

/*
 * What the value before means to people, such as names of its bits or its unit: in parentheses
 * behind it in text, in JSON a member of its own whose name ends in _text.
 */
void out_meaning(struct out *out, const char *format, ...) __attribute__((format(printf, 2, 3)));

/*
 * A sentence that is the text of the object that is open, in the place of its members; for JSON it
 * is not there. It has all the values that they have.
 */
void out_sentence(struct out *out, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Adds to the array "errors" of the document; for JSON only, as stderr has it in either case. */
void out_error(struct out *out, const char *message);

/* For people who wait, on stderr; with what was printed before in front of it. */
void out_note(struct out *out, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Whether all has got where it should, and there was memory for it: 0, or a negative errno. */
int out_flush(struct out *out);

#endif /* AGX_CLI_OUT_H */
