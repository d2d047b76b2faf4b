/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Work that plug-ins may not do in run(), done by a thread for each that has
 * some: LV2's worker extension. One that takes long, or never ends, keeps
 * nobody else waiting.
 *
 * Each plug-in has two rings: what it asks for, and what it is answered. While
 * it is in no plan it is worked for at once, by whoever calls it.
 *
 * And the thread that tells the loop what the audio thread has to say.
 *
 * Thread: the loop's, but for what is marked.
 */

#ifndef STAGE_RACK_WORKER_H
#define STAGE_RACK_WORKER_H

#include <lv2/worker/worker.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "base/attr.h"
#include "base/err.h"
#include "rack/bell.h"
#include "rack/wire.h"
#include "rt/ring.h"

#define STAGE_RACK_WORK_BYTES 65536 // of each ring

/** The work of one plug-in. */
struct stage_rack_work {
	const LV2_Worker_Interface *iface; // NULL: it has none
	LV2_Handle handle;
	struct stage_ring *requests;
	struct stage_ring *answers;
	unsigned char *request; // [STAGE_RACK_WORK_BYTES] of the worker
	unsigned char *answer;  // [STAGE_RACK_WORK_BYTES] of run()
	struct stage_rack_page_bytes *blamed; // borrowed; of its slot
	pthread_mutex_t busy; // held while the plug-in works, and is saved
	pthread_t thread;
	sem_t asked;
	struct stage_rack_bell ended;
	bool is_made;
	_Atomic bool is_ending;
	_Atomic int64_t since_ns; // it works since then; 0: it does not
	_Atomic bool is_online;   // there is a thread
	_Atomic uint32_t lost;    // requests and answers without room
};

/** Makes room for a plug-in's work, offline. Errors: STAGE_NO_MEMORY. */
STAGE_NODISCARD enum stage_status stage_rack_work_init(
	struct stage_rack_work *self);

/** Frees it; it is offline. Zeroed memory is fine. */
void stage_rack_work_finish(struct stage_rack_work *self);

/** Starts the thread, where the plug-in has work at all. Errors: as
 * pthread_create; it stays offline. */
STAGE_NODISCARD enum stage_status stage_rack_work_start(
	struct stage_rack_work *self);

/** Ends the thread, when what it does is done. False when that takes longer
 * than patience_ns: it then has the work for ever, and the plug-in. */
bool stage_rack_work_stop(struct stage_rack_work *self, int64_t patience_ns);

struct stage_rack_worker;

/** Starts the thread that calls `notify` when the wire has news. */
STAGE_NODISCARD enum stage_status stage_rack_worker_create(
	struct stage_rack_wire *wire, void (*notify)(void *user), void *user,
	struct stage_rack_worker **out, struct stage_err *err);

/** Ends it. NULL is fine. */
void stage_rack_worker_destroy(struct stage_rack_worker *self);

/** What a plug-in calls; handle is its stage_rack_work. Thread: [rt], or any
 * while it is offline. */
STAGE_RT LV2_Worker_Status stage_rack_work_schedule(
	LV2_Worker_Schedule_Handle handle, uint32_t size, const void *data);

/** Gives a plug-in its answers; called behind each run(). Thread: as run(). */
STAGE_RT void stage_rack_work_answer(struct stage_rack_work *self);

/** Puts an answer into the ring. Thread: the one that works. */
STAGE_RT LV2_Worker_Status stage_rack_work_respond(
	LV2_Worker_Respond_Handle handle, uint32_t size, const void *data);

#endif
