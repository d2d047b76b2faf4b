/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** When the thread that libjack tells on rests.
 *
 * JACK2's server writes each word to a listener in eight pieces and goes on. A
 * listener that waits for the next word is woken by the first piece, and often
 * by the others: that takes the server, and whoever waits for it, more time
 * than the word itself. With words that come one by one, from a row of edits of
 * ours or from a client that makes its ports while it is active, the listener
 * rests a little, and finds a handful of them in its socket then.
 *
 * The socket has room for some thirty words, and the server stands still while
 * it is full. So there is no rest while more words are known to be there
 * already, nor in a burst, where words come as fast as they are read; and in a
 * row of edits not before another one is done: while the server tells of a
 * client that ends it does no edit, however long they wait.
 *
 * Pure. Thread: any, one object by one thread at a time.
 */

#ifndef STAGE_JACK_REST_H
#define STAGE_JACK_REST_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"

#define STAGE_JACK_REST_EDITS_NS (4 * STAGE_NS_PER_MS)
#define STAGE_JACK_REST_NS (1 * STAGE_NS_PER_MS)
#define STAGE_JACK_REST_HANDFUL 16 // words; a rest ends with them
// Words this far apart have been waited for; further apart, they are no row.
#define STAGE_JACK_REST_APART_NS (STAGE_NS_PER_MS / 20)
#define STAGE_JACK_REST_ROW_NS (3 * STAGE_NS_PER_MS)
#define STAGE_JACK_REST_ROW 2 // words before the first rest

/** All zero at first. */
struct stage_jack_rest {
	int owed;         // words of edits that are done and not told yet
	bool is_done;     // an edit, since the last rest among edits
	int apart;        // words in a row that were waited for
	int64_t heard_ns; // when the last one had been taken in
};

/** An edit was done: the server has told of it. */
void stage_jack_rest_edit_done(struct stage_jack_rest *self);

/** A word was taken in. is_editing: a row of edits goes on. Returns until when
 * to rest at most, or 0: not at all. */
int64_t stage_jack_rest_begin(
	struct stage_jack_rest *self, bool is_editing, int64_t now_ns);

/** True when enough words have come to end a rest. */
bool stage_jack_rest_is_over(const struct stage_jack_rest *self);

/** The thread listens again. To be called after each begin, rest or none. */
void stage_jack_rest_end(struct stage_jack_rest *self, int64_t now_ns);

#endif
