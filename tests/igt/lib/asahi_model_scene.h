/* SPDX-License-Identifier: MIT */
/**
 * DOC: What random programs run with
 *
 * A client that is no part of any program: it has the job whose fence programs wait for, and the
 * buffer, mapped in each of their VMs, in which the code of their jobs is. There are as many copies
 * of a job as there can be jobs, so that none is written to while it may be read.
 */
#ifndef ASAHI_MODEL_SCENE_H
#define ASAHI_MODEL_SCENE_H

#include <stdbool.h>
#include <stdint.h>

#include "asahi_client.h"
#include "asahi_job.h"
#include "asahi_model.h"

/** struct asahi_model_scene - All of that. */
struct asahi_model_scene {
	/** @client: has a VM and a queue, for the gate. */
	struct asahi_client client;
	/** @strict: whether the device keeps all rules. */
	bool strict;
	struct asahi_model_limits limits;

	/** @arena: what is at ASAHI_MODEL_ARENA in the VMs of programs, and its dma-buf. */
	struct asahi_bo arena;
	int dma_buf;
	/** @image: those VMs, as a client to make jobs for. */
	struct asahi_client image;
	/** @jobs: copy a word; @values: what is copied if the job stores, and where that is. */
	struct asahi_job jobs[ASAHI_MODEL_MAX_JOBS];
	struct {
		volatile uint32_t *word;
		uint64_t va;
	} values[ASAHI_MODEL_MAX_JOBS];
	/** @spins: run until they are told to end. */
	struct asahi_spin spins[ASAHI_MODEL_SPINS];
	/** @look: copies the first words of each page that is looked at. */
	struct asahi_job look;
	volatile uint32_t (*seen)[ASAHI_MODEL_WORDS];

	/** @gate: the job outside of programs, and whether it runs. */
	struct asahi_spin gate;
	bool gate_busy;
	/** @nothing: a job that does nothing, on a queue of its own. */
	struct asahi_job nothing;
	uint32_t queue_id;
	/** @over: its fence, which has signalled. */
	int over;
	/** @hole: an address without memory. */
	uint64_t hole;

	/** @hang_ms: for how long all of a step may wait. asahi_hang_ms(), or less. */
	unsigned int hang_ms;
	/** @end: when the step has waited that long. */
	uint64_t end;
};

/** asahi_model_scene_init() - Make it. Skips without soft faults. */
void asahi_model_scene_init(struct asahi_model_scene *scene);

/** asahi_model_scene_fini() - Give all of it back. */
void asahi_model_scene_fini(struct asahi_model_scene *scene);

/** asahi_model_scene_open() - Another file of the device. */
int asahi_model_scene_open(const struct asahi_model_scene *scene);

/** asahi_model_scene_gate() - Let the gate's job run; returns its fence. Borrowed. */
int asahi_model_scene_gate(struct asahi_model_scene *scene);

/** asahi_model_scene_release() - Let it end. Returns 0, or what is wrong as -errno. */
int asahi_model_scene_release(struct asahi_model_scene *scene);

/** asahi_model_scene_pause() - Run a job that does nothing, to its end. Returns the same. */
int asahi_model_scene_pause(struct asahi_model_scene *scene);

/**
 * asahi_model_scene_patient() - Begin to wait for things, none of which is late until the time is
 * up for all of them.
 */
void asahi_model_scene_patient(struct asahi_model_scene *scene);

/** asahi_model_scene_late() - Whether it is. */
bool asahi_model_scene_late(const struct asahi_model_scene *scene);

/**
 * asahi_model_scene_wait() - Wait for a fence until it is. Returns 0 or -ETIME, or what else the
 * poll has returned.
 */
int asahi_model_scene_wait(const struct asahi_model_scene *scene, int fence);

#endif
