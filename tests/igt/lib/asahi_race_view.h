/* SPDX-License-Identifier: MIT */
/**
 * DOC: What can be seen after two calls
 *
 * Everything that userspace can find out, as a list of numbers with names.
 */
#ifndef ASAHI_RACE_VIEW_H
#define ASAHI_RACE_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "asahi_race_op.h"

/** ASAHI_RACE_IDS: ids of each kind that are asked for, from 1 on. */
#define ASAHI_RACE_IDS 3

/** ASAHI_RACE_HANDLES: the same of handles; a scene has three, and there are two calls. */
#define ASAHI_RACE_HANDLES 5

/** enum asahi_race_file_field - What can be seen of one file. */
enum asahi_race_file_field {
	/* What the calls say that name VMs, queues and handles, and destroy timestamp objects. */
	ASAHI_RACE_SEE_VM,
	ASAHI_RACE_SEE_QUEUE = ASAHI_RACE_SEE_VM + ASAHI_RACE_IDS,
	ASAHI_RACE_SEE_OBJECT = ASAHI_RACE_SEE_QUEUE + ASAHI_RACE_IDS,
	ASAHI_RACE_SEE_HANDLE = ASAHI_RACE_SEE_OBJECT + ASAHI_RACE_IDS,
	/** @ASAHI_RACE_SEE_PAGE: first word of each page, as the GPU reads it. */
	ASAHI_RACE_SEE_PAGE = ASAHI_RACE_SEE_HANDLE + ASAHI_RACE_HANDLES,
	ASAHI_RACE_NUM_FILE_FIELDS = ASAHI_RACE_SEE_PAGE + ASAHI_RACE_PAGES,
};

/** enum asahi_race_field - All that can be seen. */
enum asahi_race_field {
	/* What the calls returned, and made. */
	ASAHI_RACE_SEE_RETURN,
	ASAHI_RACE_SEE_VALUE = ASAHI_RACE_SEE_RETURN + 2,
	/** @ASAHI_RACE_SEE_SAME: whether two exports are one dma-buf. */
	ASAHI_RACE_SEE_SAME = ASAHI_RACE_SEE_VALUE + 2,
	/** @ASAHI_RACE_SEE_COUNTERS: live objects. */
	ASAHI_RACE_SEE_COUNTERS,
	ASAHI_RACE_SEE_FILES = ASAHI_RACE_SEE_COUNTERS,
	ASAHI_RACE_SEE_QUEUES,
	ASAHI_RACE_SEE_VMS,
	ASAHI_RACE_SEE_MAPPINGS,
	ASAHI_RACE_SEE_BOS,
	ASAHI_RACE_SEE_OBJECTS,
	ASAHI_RACE_SEE_KERNEL_BOS,
	ASAHI_RACE_SEE_JOBS,
	ASAHI_RACE_SEE_FENCES,
	/*
	 * Fences, as sync_fence_status() has them: of each submit, in the syncobj of all, of the
	 * job. In the order of enum asahi_race_syncobj.
	 */
	ASAHI_RACE_SEE_SUBMIT,
	ASAHI_RACE_SEE_COMMON = ASAHI_RACE_SEE_SUBMIT + 2,
	ASAHI_RACE_SEE_JOB,
	/** @ASAHI_RACE_SEE_FILE: of each file. */
	ASAHI_RACE_SEE_FILE,
	ASAHI_RACE_NUM_FIELDS = ASAHI_RACE_SEE_FILE + 2 * ASAHI_RACE_NUM_FILE_FIELDS,
};

/** ASAHI_RACE_NOTHING: value of a field that cannot be looked at. */
#define ASAHI_RACE_NOTHING INT64_MIN

/** ASAHI_RACE_NO_FENCE: status of a syncobj that has none. */
#define ASAHI_RACE_NO_FENCE (INT64_MIN + 1)

/** struct asahi_race_view - All of it at one moment. */
struct asahi_race_view {
	int64_t value[ASAHI_RACE_NUM_FIELDS];
};

/** asahi_race_view_clear() - Nothing is seen. */
void asahi_race_view_clear(struct asahi_race_view *view);

/** asahi_race_view_file() - The fields of file number @i. */
int64_t *asahi_race_view_file(struct asahi_race_view *view, unsigned int i);

/** asahi_race_view_eq() - Whether nothing disagrees. */
bool asahi_race_view_eq(const struct asahi_race_view *a, const struct asahi_race_view *b);

/**
 * asahi_race_view_print() - Print fields side by side, those in which views are not all the same.
 * @num: how many views there are.
 * @names: of the views.
 */
void asahi_race_view_print(const struct asahi_race_view *const views[], unsigned int num,
			   const char *const names[]);

#endif
