/* SPDX-License-Identifier: MIT */
/**
 * DOC: Memory that holds who reads it
 *
 * A page that is not there until somebody says so: a call that takes an argument from it stops in
 * the middle, for as long as is wanted. It takes root, or a system that lets everybody do it.
 */
#ifndef ASAHI_HELD_H
#define ASAHI_HELD_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

/** struct asahi_held - Such a page. */
struct asahi_held {
	/** @uffd: the userfaultfd that tells who has come. */
	int uffd;
	/** @size: of the page. */
	size_t size;
	/** @page: what is read. */
	void *page;
	/** @content: what will be there. */
	void *content;
};

/** asahi_held_init() - Make one; returns 0, or -errno without anything made if it cannot be. */
int asahi_held_init(struct asahi_held *held);

/**
 * asahi_held_fill() - Say what will be there, and take away what is.
 *
 * Returns where @data is to be read; never fails.
 */
void *asahi_held_fill(struct asahi_held *held, const void *data, size_t size);

/**
 * asahi_held_wait() - Wait until somebody reads it.
 * @over: set when nobody will any more.
 *
 * Returns whether somebody does. They have to be released then.
 */
bool asahi_held_wait(struct asahi_held *held, const atomic_bool *over);

/** asahi_held_release() - Let who reads it go on. Returns 0 or -errno. */
int asahi_held_release(struct asahi_held *held);

/** asahi_held_fini() - Give it up; nobody may be held. */
void asahi_held_fini(struct asahi_held *held);

#endif
