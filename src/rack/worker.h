/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Work that plug-ins may not do in run(), done by a thread of its own: LV2's
 * worker extension.
 *
 * One thread works for all plug-ins of the rack, one after the other. It hears
 * of work, and of news for the loop, by the wire's semaphore. Each plug-in has
 * two rings: what it asks for, and what it is answered.
 *
 * While a plug-in is in no plan it is worked for at once, by whoever calls it.
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
	sem_t *wake;            // borrowed
	struct stage_rack_page_bytes *blamed; // borrowed; of its slot
	pthread_mutex_t busy;  // held while the plug-in works, saves, ends
	bool is_offline;       // it is in no plan
	_Atomic uint32_t lost; // requests and answers without room
};

struct stage_rack_worker;

/** Starts the thread. `notify` is called by it when the wire has news. */
STAGE_NODISCARD enum stage_status stage_rack_worker_create(
	struct stage_rack_wire *wire, void (*notify)(void *user), void *user,
	struct stage_rack_worker **out, struct stage_err *err);

/** Ends it, when what it does is done. NULL is fine. */
void stage_rack_worker_destroy(struct stage_rack_worker *self);

/** Makes room for a plug-in's work, offline. Errors: STAGE_NO_MEMORY. */
STAGE_NODISCARD enum stage_status stage_rack_work_init(
	struct stage_rack_work *self, sem_t *wake);

/** Frees it. Zeroed memory is fine. */
void stage_rack_work_finish(struct stage_rack_work *self);

/** Lets the thread work for a plug-in, and not any more: it has then ended what
 * it did for it. Errors: STAGE_NO_MEMORY. */
STAGE_NODISCARD enum stage_status stage_rack_worker_add(
	struct stage_rack_worker *self, struct stage_rack_work *work);
void stage_rack_worker_remove(
	struct stage_rack_worker *self, struct stage_rack_work *work);

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
