/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Gets the audio thread out of a plug-in that does not come back from run().
 *
 * The chain says when it is inside a plug-in. A thread above the audio thread's
 * priority looks from time to time (watchdog.h), and sends it a signal whose
 * handler jumps back into the chain. That plug-in is then never called again,
 * neither to run nor to end: nobody knows what it was in the middle of, and the
 * locks it holds stay locked. All others play on, with what rings in them.
 *
 * A jump out of a signal's handler is safe here for what it leaves: code of one
 * plug-in, called by one thread, which held nothing of ours.
 *
 * Thread: as marked.
 */

#ifndef STAGE_RACK_RESCUE_H
#define STAGE_RACK_RESCUE_H

#include <pthread.h>
#include <setjmp.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "rt/rt.h"

struct stage_rack_page_bytes;

struct stage_rack_rescue {
	jmp_buf out;                // [rt] the way back
	_Atomic uint32_t turn;      // odd: [rt] is inside a plug-in
	_Atomic uint32_t condemned; // the turn that is to end; 0: none
	_Atomic(struct stage_rack_page_bytes *) page; // of that plug-in

	// Of the thread that was here last; `threads` grows behind a change.
	_Atomic uint32_t threads;
	_Atomic pthread_t thread;
	_Atomic int id;          // of the kernel
	_Atomic clockid_t clock; // counts what it computes
	_Atomic int priority;    // 0: it is not real-time

	_Atomic bool is_freewheeling; // time is not what it is
};

/** Says that this thread is the audio thread from now on, when it is another
 * one than before. Asks the kernel then, once for each server. Thread: [rt]. */
STAGE_RT void stage_rack_rescue_introduce(struct stage_rack_rescue *self);

/** The thread goes into a plug-in, or comes back: one thread alone does so,
 * thus nothing is locked for it. Use the two below. Thread: [rt]. */
STAGE_RT static inline void
stage_rack_rescue_turn(struct stage_rack_rescue *self)
{
	uint32_t turn = atomic_load_explicit(&self->turn, memory_order_relaxed);

	// What the handler of a signal sees is in the order that it reads in.
	atomic_signal_fence(memory_order_seq_cst);
	atomic_store_explicit(&self->turn, turn + 1, memory_order_release);
	atomic_signal_fence(memory_order_seq_cst);
}

/** The thread goes into a plug-in, and comes back. `out` is set before. NULL is
 * fine. Thread: [rt]. */
STAGE_RT static inline void
stage_rack_rescue_enter(
	struct stage_rack_rescue *self, struct stage_rack_page_bytes *page)
{
	if (self != NULL) {
		atomic_store_explicit(&self->page, page, memory_order_relaxed);
		stage_rack_rescue_turn(self);
	}
}

STAGE_RT static inline void
stage_rack_rescue_leave(struct stage_rack_rescue *self)
{
	if (self != NULL) {
		stage_rack_rescue_turn(self);
	}
}

/** What the signal's handler does: jumps, when this thread is still where it
 * was condemned to leave. */
STAGE_RT void stage_rack_rescue_jump(void);

#endif
