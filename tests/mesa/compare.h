/* SPDX-License-Identifier: MIT */
/* Whether two devices have computed the same. */
#ifndef MESA_COMPARE_H
#define MESA_COMPARE_H

#include "program.h"

/**
 * compare_words() - Compare what two devices have left in a buffer.
 *
 * Returns the index of the first word that is not the same, or @num_words.
 */
uint32_t compare_words(const struct program_buffer *buffer, const uint32_t *left,
		       const uint32_t *right);

/** compare_is_constant() - Whether all words are the same. */
bool compare_is_constant(const uint32_t *words, uint32_t num_words);

/** compare_print() - Print a word, for people, as what it is. */
void compare_print(char *text, size_t size, enum compare compare, uint32_t word);

#endif
