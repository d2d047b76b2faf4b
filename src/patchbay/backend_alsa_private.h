/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What the files backend_alsa*.c share:
 *
 * - backend_alsa.c: the sequencer comes and goes;
 * - backend_alsa_read.c: what there is, and what is announced;
 * - backend_alsa_edit.c: edits.
 */

#ifndef STAGE_PATCHBAY_BACKEND_ALSA_PRIVATE_H
#define STAGE_PATCHBAY_BACKEND_ALSA_PRIVATE_H

#include "patchbay/backend.h"
#include "patchbay/seq_table.h"
#include "rig/path_watch.h"

struct stage_seq_edit {
	enum stage_engine_edit what;
	char *from; // owned; both names are in it
	const char *to;
	struct stage_patch_how how;
	enum stage_engine_outcome outcome;
};

struct stage_seq_edits {
	struct stage_seq_edit *items; // owned array
	size_t count;
	size_t cap;
};

struct stage_patch_backend {
	uv_loop_t *loop; // borrowed
	const struct stage_seq_ops *ops;
	const struct stage_patch_backend_events *events;
	void *user;
	struct stage_seq_table *table;
	struct stage_seq *seq;          // NULL: it is not there
	struct stage_path_watch *watch; // while it is not there
	uv_poll_t *poll;                // while it is; frees itself
	uv_timer_t later;               // of 0 ms: the next turn
	struct stage_seq_edits kept;    // until flush
	struct stage_seq_edits done;    // until the next turn
	bool is_scan_wanted;
	int why; // it is not there: an errno; 0: not tried yet
	char absence[160];
	unsigned long losses; // how often events were lost
	unsigned tries;       // to open it, since the path changed
};

/** Tells the owner an event that has nothing but its kind. */
void stage_seq_backend_tell(
	struct stage_patch_backend *self, enum stage_engine_kind kind);

/** Lists all there is. What was announced before it comes afterwards, and says
 * nothing new. */
void stage_seq_backend_scan(struct stage_patch_backend *self);

/** Takes in what is announced; what was lost asks for a scan. Returns what
 * ended it, an errno: EAGAIN when there is no more for now. */
int stage_seq_backend_read(struct stage_patch_backend *self);

/** Keeps an edit, as patchbay/backend.h says. */
STAGE_NODISCARD enum stage_status stage_seq_backend_edit(
	struct stage_patch_backend *self, enum stage_engine_edit what,
	const char *from, const char *to, const struct stage_patch_how *how);

/** Does all kept edits, and keeps what came of them. Returns false when none
 * was done: without the sequencer, or memory. */
bool stage_seq_backend_do_edits(struct stage_patch_backend *self);

/** Tells the owner what came of them. */
void stage_seq_backend_tell_done(struct stage_patch_backend *self);

/** Empties a list / frees it, too. */
void stage_seq_edits_forget(struct stage_seq_edits *edits);
void stage_seq_edits_finish(struct stage_seq_edits *edits);

#endif
