/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Turns notes of what libjack said by numbers into events with names.
 *
 * libjack's numbers of ports are used again at once, and what it says of a
 * number may already be the next owner's. So the feed keeps its own table from
 * number to name, filled by notes and scans, and names what has gone from it.
 * A number that is not in the table and should be is a reason for a scan.
 *
 * Pure but for memory. Thread: any, one object by one thread at a time.
 */

#ifndef STAGE_JACK_GRAPH_FEED_H
#define STAGE_JACK_GRAPH_FEED_H

#include "jack/graph_note.h"

struct stage_jack_feed;

/** Makes a feed. `tell` is called by take, with texts that are borrowed for the
 * call; it may not use the feed. NULL when out of memory. Ownership: the caller
 * calls stage_jack_feed_destroy. */
struct stage_jack_feed *stage_jack_feed_create(
	void (*tell)(void *user, const struct stage_jack_graph_event *event),
	void *user);

/** Frees it; NULL is fine. */
void stage_jack_feed_destroy(struct stage_jack_feed *self);

/** Forgets all ports, telling nothing: another server. */
void stage_jack_feed_reset(struct stage_jack_feed *self);

/** Takes one note and tells what it means, if anything.
 *
 * *needs_scan is set when the note did not fit the table; else untouched.
 * Errors: STAGE_NO_MEMORY; the table may then lack a port; reset it.
 */
STAGE_NODISCARD enum stage_status stage_jack_feed_take(
	struct stage_jack_feed *self, const struct stage_jack_note *note,
	bool *needs_scan);

#endif
