/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What a JACK client that survives its server does next: events in, actions
 * out.
 *
 *              APPEARED, TIMER                 FAILED
 *    WAITING ------------------> OPENING <---------------> PAUSING
 *       ^ ^                       |  | |  APPEARED, TIMER
 *       | +------- FAILED_LAST ---+  | +-- SHUTDOWN --> DOOMED
 *       |                      OPENED                     | OPENED
 *       |                            v                    |
 *       |    TIMER_LATE, BEAT_STUCK                       |
 *       |           STALLED <----- OPEN                   |
 *       |              |  ------->  |                     |
 *       |              |  BEAT_OK   |                     |
 *       |     SHUTDOWN, BEAT_FAILED |                     v
 *       +-- CLOSED ------------------------------------ LOST
 *                         (CLOSED_AGAIN --> OPENING)
 *
 *    END leads from everywhere to ENDING_OPEN (an open is under way), ENDING (a
 *    close is under way), then ENDED (the worker is told to quit) and GONE.
 *
 * Two clocks are the caller's: the timer (a pause, the slow retry, the
 * heartbeat; never two at once) and the watchdog, which runs while the worker
 * owes an answer.
 *
 * Pure. Thread: any, one object by one thread at a time.
 */

#ifndef STAGE_JACK_CLIENT_CORE_H
#define STAGE_JACK_CLIENT_CORE_H

#include <stdbool.h>
#include <stddef.h>

enum stage_jack_core_state {
	STAGE_JACK_CORE_WAITING,     // for a sign of the server
	STAGE_JACK_CORE_PAUSING,     // between two attempts of a burst
	STAGE_JACK_CORE_OPENING,     // the worker tries
	STAGE_JACK_CORE_DOOMED,      // as OPENING, but the server said goodbye
	STAGE_JACK_CORE_OPEN,        // all is well
	STAGE_JACK_CORE_STALLED,     // open, and the server does not move
	STAGE_JACK_CORE_LOST,        // the worker closes the dead handle
	STAGE_JACK_CORE_ENDING_OPEN, // END while the worker opens
	STAGE_JACK_CORE_ENDING,      // END, the worker closes
	STAGE_JACK_CORE_ENDED,       // the worker quits
	STAGE_JACK_CORE_GONE,        // no more events matter
	STAGE_JACK_CORE_STATE_COUNT,
};

enum stage_jack_core_event {
	STAGE_JACK_EVENT_APPEARED, // the server's socket is there
	STAGE_JACK_EVENT_TIMER,    // the timer asked for has run out
	STAGE_JACK_EVENT_WATCHDOG, // the worker has owed an answer for too long
	STAGE_JACK_EVENT_OPENED,   // answer to ASK_OPEN
	STAGE_JACK_EVENT_FAILED,   // answer to ASK_OPEN
	STAGE_JACK_EVENT_CLOSED,   // answer to ASK_CLOSE
	STAGE_JACK_EVENT_BEAT_OK,  // answer to ASK_BEAT: it answers, cycles run
	STAGE_JACK_EVENT_BEAT_STUCK,  // it answers, but no cycle has run
	STAGE_JACK_EVENT_BEAT_FAILED, // it does not know us any more
	STAGE_JACK_EVENT_SHUTDOWN,    // libjack said that the server has gone
	STAGE_JACK_EVENT_END,         // the owner wants no more
	STAGE_JACK_EVENT_QUIT,        // answer to ASK_QUIT
	STAGE_JACK_EVENT_COUNT,       // what may be given to the core

	// What the core makes of some of them before it looks into its table.
	STAGE_JACK_EVENT_FAILED_LAST = STAGE_JACK_EVENT_COUNT, // burst is over
	STAGE_JACK_EVENT_CLOSED_AGAIN, // it appeared again while we closed
	STAGE_JACK_EVENT_TIMER_LATE,   // the last heartbeat is not back yet
	STAGE_JACK_EVENT_TABLE_COUNT,
};

enum stage_jack_core_action {
	STAGE_JACK_ASK_OPEN = 1 << 0,  // send the command to the worker
	STAGE_JACK_ASK_CLOSE = 1 << 1, // likewise
	STAGE_JACK_ASK_BEAT = 1 << 2,
	STAGE_JACK_ASK_QUIT = 1 << 3,
	STAGE_JACK_TIMER_PAUSE = 1 << 4, // arm for stage_jack_core_pause_ms
	STAGE_JACK_TIMER_RETRY = 1 << 5, // arm for the slow retry
	STAGE_JACK_TIMER_BEAT = 1 << 6,  // arm for the next heartbeat
	STAGE_JACK_TIMER_OFF = 1 << 7,
	STAGE_JACK_WATCHDOG_ON = 1 << 8, // start it anew
	STAGE_JACK_WATCHDOG_OFF = 1 << 9,
	STAGE_JACK_TELL_OPENED = 1 << 10,
	STAGE_JACK_TELL_FAILED = 1 << 11, // a whole burst of attempts failed
	STAGE_JACK_TELL_LOST = 1 << 12,
	STAGE_JACK_TELL_STALLED = 1 << 13,
	STAGE_JACK_TELL_ALIVE = 1 << 14,
	STAGE_JACK_TELL_HUNG = 1 << 15,
	STAGE_JACK_TELL_GONE = 1 << 16,  // the owner may free everything
	STAGE_JACK_BURST_NEW = 1 << 17,  // the core's own
	STAGE_JACK_BURST_NONE = 1 << 18, // likewise: one attempt and no more
};

struct stage_jack_core {
	enum stage_jack_core_state state;
	unsigned attempt;  // in the burst, counted from 0
	unsigned owed;     // answers that the worker owes
	bool is_beat_out;  // one of them is a heartbeat's
	bool has_appeared; // since the last ASK_OPEN
};

/** Zeroed memory is a core in WAITING; the first event to give it is APPEARED,
 * or TIMER when the server's socket is not there: then it is tried only once.
 *
 * Takes one event and returns what is to be done, an or of
 * enum stage_jack_core_action. Events that mean nothing in a state do nothing.
 */
unsigned stage_jack_core_step(
	struct stage_jack_core *self, enum stage_jack_core_event event);

/** How long the pause is that TIMER_PAUSE asks for, in milliseconds. */
unsigned stage_jack_core_pause_ms(const struct stage_jack_core *self);

/** Says a state / an event in one lower-case word. Never NULL. */
const char *stage_jack_core_state_name(enum stage_jack_core_state state);
const char *stage_jack_core_event_name(enum stage_jack_core_event event);

#endif
