/* SPDX-License-Identifier: MIT */
/*
 * DOC: Replays
 *
 * The calls of a recording are made again, in their order, by one process: what they say of ids,
 * handles and descriptors is translated to what this device has given for them. GPU addresses are
 * the recording's, as the program has chosen them. Whatever then comes back otherwise than recorded
 * is a difference.
 *
 * replay.c has what is open and the order of things, replay_calls.c what is special about each
 * call, replay_submit.c jobs and what becomes of buffers.
 */
#ifndef AGX_CLI_REPLAY_H
#define AGX_CLI_REPLAY_H

#include <stdbool.h>
#include <stdint.h>

#include "recording.h"
#include "replay_bos.h"
#include "replay_ids.h"

struct cli;
struct drm_agx_device;
struct drm_agx_sync;
struct rec_world;
struct uapi_ioctl;

/* An 8-byte slot of a buffer to which the GPU writes a time. */
struct replay_stamp {
	uint32_t bo;
	uint64_t offset;
};

/* Where a timestamp object begins. */
struct replay_object {
	uint32_t recorded;
	uint32_t bo;
	uint64_t offset;
	uint64_t range;
};

/* What a device has more than other objects. */
struct replay_device {
	struct replay_ids vms;
	struct replay_ids queues;
	struct replay_ids objects;
	struct replay_ids syncobjs;
	struct replay_bos bos;

	/* Timestamp objects that exist; owned. */
	struct replay_object *stamp_objects;
	unsigned int num_stamp_objects;

	/* Where the running job writes times; owned. */
	struct replay_stamp *stamps;
	unsigned int num_stamps;

	/* Owned, as is what each job signals; the descriptor is its. */
	struct drm_agx_device *dev;
	int fd;
	struct drm_agx_sync *done;
	/* There is a job of which the end is not recorded yet. */
	bool running;
};

/* What stands for an object of the recording. */
struct replay_thing {
	enum rec_kind kind;
	/* Owned, but for that of a device; -1 while it is not open. */
	int fd;
	/* NULL unless it is an open device; owned. */
	struct replay_device *device;
};

struct replay {
	/* Borrowed. */
	struct cli *cli;
	const struct rec_reader *reader;
	struct rec_world *world;
	/* The node that devices are opened from. */
	const char *path;

	/* Is nothing of the driver's. */
	int other_fd;

	/* For what the recording has from elsewhere; NULL before it is needed. Owned. */
	struct drm_agx_device *helper;

	/* A descriptor that a call has returned, and which one that was in the recording; or -1. */
	int new_fd;
	int32_t new_fd_recorded;
	uint32_t new_fd_pid;

	unsigned int calls;
	unsigned int jobs;
	unsigned int stand_ins;
	/* Of these kinds none could be made again or compared. */
	unsigned int left_out;
	unsigned int differences;

	/* It cannot go on, and has said why. */
	bool failed;
};

/* A call that is made again. */
struct replay_call {
	struct replay *replay;
	const struct rec_event *event;
	const struct uapi_ioctl *ioctl;
	/* What it is made on. */
	struct replay_thing *thing;

	/* The argument as it is passed; owned. */
	void *arg;
	/* Arrays that it points to; owned. */
	void *arrays[2];
};

/*
 * Plays all of a recording, with a replay of which all but what is borrowed is zero. What it comes
 * to is in replay->differences and replay->failed.
 */
void replay_all(struct replay *replay, struct rec_reader *reader);

/*
 * What the parts share.
 */

/* Says what is different and counts it; the texts say what has come back. */
void replay_differs(struct replay *replay, const struct rec_event *event, const char *what,
		    const char *recorded, const char *here);

/* It cannot go on: the recording cannot be believed; there is no memory. */
void replay_damaged(struct replay *replay, const struct rec_event *event);
void replay_no_memory(struct replay *replay);

/* The descriptor here for one of the recording; -1 if there is none. */
int replay_find_fd(const struct replay_call *call, int32_t fd);

/* A call has returned a descriptor that the recording knows as @recorded. */
void replay_new_fd(const struct replay_call *call, int32_t recorded, int fd);

/*
 * A copy of an array of the call that is as long as it has to be, with room for @more bytes; to be
 * put into call->arrays. NULL if it is not recorded.
 */
void *replay_copy_array(struct replay_call *call, const char *name, size_t more);

/* Makes a call again; false if that cannot be done. */
bool replay_make_call(struct replay_call *call);

/* Jobs and buffers. */
bool replay_submit_prepare(struct replay_call *call);
void replay_submitted(struct replay_call *call);
void replay_contents(struct replay *replay, struct replay_device *device,
		     const struct rec_event *event);
void replay_missing(struct replay_device *device, const struct rec_event *event);
void replay_job(struct replay *replay, struct replay_device *device,
		const struct rec_event *event);

#endif /* AGX_CLI_REPLAY_H */
