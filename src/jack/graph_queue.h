/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** The queues between libjack's threads, the worker and the loop: notes that
 * go to the loop, edits and the wish for a scan that go to the worker.
 *
 * A scan is made to fit what is told while it is made: from hold on, notes wait
 * aside, and release puts the scan before them. What a note tells that the scan
 * had seen already is then told twice; what the scan saw of an earlier state
 * is set right by the note behind it. So the last that is told of a port or a
 * connection is how it is, without looking twice.
 *
 * Notes of libjack are bounded in number. When the loop falls that far behind,
 * or memory is short, the queue has overflown: notes are thrown away until the
 * loop has taken what there is; then a scan is due, which begins with hold.
 *
 * Locking is the caller's. Zeroed memory is an empty queue.
 */

#ifndef STAGE_JACK_GRAPH_QUEUE_H
#define STAGE_JACK_GRAPH_QUEUE_H

#include "jack/graph_note.h"

#define STAGE_JACK_NOTES_MAX 16384

struct stage_jack_graph_queue {
	struct stage_jack_chain ready; // for the loop
	struct stage_jack_chain held;  // behind the scan that is being made
	size_t load;                   // notes of libjack in both
	bool is_holding;
	bool has_overflown;
	struct stage_jack_chain edits;  // for the worker
	struct stage_jack_chain urgent; // likewise, before those
	bool wants_scan;
	size_t edits_before_scan;
};

enum stage_jack_job {
	STAGE_JACK_JOB_NONE,
	STAGE_JACK_JOB_SCAN,
	STAGE_JACK_JOB_EDIT,
};

/** Adds a note of libjack's; NULL (memory is short) overflows. Ownership:
 * taken. */
void stage_jack_graph_queue_add(
	struct stage_jack_graph_queue *self, struct stage_jack_note *note);

/** True while notes wait for the loop, or aside for the end of a scan, or were
 * thrown away: the last that the loop was told may not be how things are. */
bool stage_jack_graph_queue_is_behind(
	const struct stage_jack_graph_queue *self);

/** Begins a scan: notes wait from now on, and nothing is lost any more. */
void stage_jack_graph_queue_hold(struct stage_jack_graph_queue *self);

/** Ends it; the scan's notes are moved to the loop, then those that waited. */
void stage_jack_graph_queue_release(
	struct stage_jack_graph_queue *self, struct stage_jack_chain *scan);

/** Gives the loop all that is ready. After an overflow this asks for a scan.
 * Ownership: the caller's. */
struct stage_jack_chain stage_jack_graph_queue_take(
	struct stage_jack_graph_queue *self);

/** Throws away what libjack said; of edits nothing. Ends holding. */
void stage_jack_graph_queue_drop(struct stage_jack_graph_queue *self);

/** Asks for a scan behind the edits that are queued now. */
void stage_jack_graph_queue_ask_scan(struct stage_jack_graph_queue *self);

/** Queues edits behind those that are queued and as urgent. The chain is empty
 * then. */
void stage_jack_graph_queue_edit(
	struct stage_jack_graph_queue *self, struct stage_jack_chain *edits);

/** Takes an edit out, urgent ones first; NULL when there is none. Ownership:
 * the caller's. */
struct stage_jack_note *stage_jack_graph_queue_take_edit(
	struct stage_jack_graph_queue *self);

bool stage_jack_graph_queue_has_edits(
	const struct stage_jack_graph_queue *self);

/** Takes the next thing that the worker has to do. *edit: the note, with
 * JOB_EDIT; ownership: the caller's, who gives it back with done. */
enum stage_jack_job stage_jack_graph_queue_next(
	struct stage_jack_graph_queue *self, struct stage_jack_note **edit);

/** Sends an edit back to the loop. Ownership: taken. */
void stage_jack_graph_queue_done(struct stage_jack_graph_queue *self,
	struct stage_jack_note *edit, enum stage_jack_outcome outcome);

/** Frees everything. */
void stage_jack_graph_queue_finish(struct stage_jack_graph_queue *self);

#endif
