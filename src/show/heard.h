/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** The MIDI messages that came last, and what was done about them, for whoever
 * wonders why a pedal does nothing. What comes again and again, a controller on
 * its way for one, is one entry with its last value.
 *
 * Pure. Thread: any, one object by one thread at a time.
 */

#ifndef STAGE_SHOW_HEARD_H
#define STAGE_SHOW_HEARD_H

#include <stddef.h>
#include <stdint.h>

#define STAGE_SHOW_HEARD_MAX 32
#define STAGE_SHOW_HEARD_TEXT_MAX 64 // bytes with the zero
#define STAGE_SHOW_HEARD_DID_MAX 160

struct stage_show_heard_item {
	int64_t at_ns;
	uint64_t count; // of messages like this, in a row
	uint8_t kind[2];
	char text[STAGE_SHOW_HEARD_TEXT_MAX];
	char did[STAGE_SHOW_HEARD_DID_MAX];
};

/** Zeroed memory is an empty one. */
struct stage_show_heard {
	struct stage_show_heard_item items[STAGE_SHOW_HEARD_MAX];
	size_t next; // where the next one goes
	size_t count;
	uint64_t all; // that ever came
};

/** Notes one. text: as stage_show_midi_write; did: what was done, a clause. */
void stage_show_heard_note(struct stage_show_heard *self, int64_t at_ns,
	const uint8_t *bytes, size_t len, const char *text, const char *did);

/** The last one is number 0; NULL behind the first. Ownership: borrowed. */
const struct stage_show_heard_item *stage_show_heard_get(
	const struct stage_show_heard *self, size_t number);

#endif
