/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Notes of what libjack said, by its numbers, on the way from its threads and
 * the worker to the loop; and edits, on the way to the worker and back.
 *
 * A note is one block of memory with its texts behind it. Thread: any, one note
 * and one chain by one thread at a time.
 */

#ifndef STAGE_JACK_GRAPH_NOTE_H
#define STAGE_JACK_GRAPH_NOTE_H

#include "jack/client.h"

enum stage_jack_note_kind {
	STAGE_JACK_NOTE_PORT_ON,   // id, flags; NAME, TYPE, ALIAS_*
	STAGE_JACK_NOTE_PORT_OFF,  // id
	STAGE_JACK_NOTE_RENAMED,   // id; NAME (old), OTHER (new)
	STAGE_JACK_NOTE_LINK_ON,   // id, other_id; NAME, OTHER
	STAGE_JACK_NOTE_LINK_OFF,  // likewise
	STAGE_JACK_NOTE_CLIENT_ON, // NAME
	STAGE_JACK_NOTE_CLIENT_OFF,
	STAGE_JACK_NOTE_SCAN_BEGIN,
	STAGE_JACK_NOTE_SCAN_PORT, // as PORT_ON
	STAGE_JACK_NOTE_SCAN_LINK, // NAME (the output), OTHER (the input)
	STAGE_JACK_NOTE_SCAN_END,
	STAGE_JACK_NOTE_EDIT, // NAME, OTHER, tag, is_disconnect, outcome
	STAGE_JACK_NOTE_KIND_COUNT,
};

enum stage_jack_note_text {
	STAGE_JACK_TEXT_NAME,
	STAGE_JACK_TEXT_OTHER,
	STAGE_JACK_TEXT_TYPE,
	STAGE_JACK_TEXT_ALIAS_1,
	STAGE_JACK_TEXT_ALIAS_2,
	STAGE_JACK_TEXT_COUNT,
};

struct stage_jack_note {
	struct stage_jack_note *next;
	enum stage_jack_note_kind kind;
	unsigned generation; // how many opens there had been
	int64_t at_ns;
	uint32_t id;
	uint32_t other_id;
	unsigned flags;
	bool is_disconnect;
	bool is_urgent;
	uint64_t tag;
	enum stage_jack_outcome outcome;
	const char *texts[STAGE_JACK_TEXT_COUNT]; // never NULL
};

/** Makes a note; texts may be NULL or hold NULL, for "".
 *
 * Ownership: the caller frees it with free(). NULL when out of memory.
 */
struct stage_jack_note *stage_jack_note_create(enum stage_jack_note_kind kind,
	const char *const texts[STAGE_JACK_TEXT_COUNT]);

/** Makes a note of a port. Ownership and errors: as above. */
struct stage_jack_note *stage_jack_note_create_port(
	enum stage_jack_note_kind kind, uint32_t id,
	const struct stage_jack_port *port);

/** Makes a note with a name and another one. Ownership, errors: as above. */
struct stage_jack_note *stage_jack_note_create_pair(
	enum stage_jack_note_kind kind, const char *name, const char *other);

/** Notes in order. Zeroed memory is an empty chain. */
struct stage_jack_chain {
	struct stage_jack_note *first; // owned
	struct stage_jack_note *last;
	size_t count;
};

/** Appends a note / all of another chain, which is empty then. Ownership: the
 * chain's. */
void stage_jack_chain_add(
	struct stage_jack_chain *self, struct stage_jack_note *note);
void stage_jack_chain_join(
	struct stage_jack_chain *self, struct stage_jack_chain *other);

/** Takes the first note out, NULL when there is none. Ownership: the caller's.
 */
struct stage_jack_note *stage_jack_chain_take(struct stage_jack_chain *self);

/** Frees all notes; the chain is empty then. */
void stage_jack_chain_finish(struct stage_jack_chain *self);

#endif
