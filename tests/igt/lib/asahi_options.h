/* SPDX-License-Identifier: MIT */
/* Options of the programs that are about numbers, such as a seed or a count. */
#ifndef ASAHI_OPTIONS_H
#define ASAHI_OPTIONS_H

/**
 * asahi_option_number() - Take the argument of the option that getopt() has found as a number.
 *
 * Returns what a handler of options returns to libigt.
 */
int asahi_option_number(unsigned int *number);

#endif
