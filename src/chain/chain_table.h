/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What a chain does in each state at each event (the picture is in chain.h).
 *
 * Pure. Thread: any.
 */

#ifndef STAGE_CHAIN_CHAIN_TABLE_H
#define STAGE_CHAIN_CHAIN_TABLE_H

enum stage_chain_state {
	STAGE_CHAIN_WAITING,  // for needs; no program runs
	STAGE_CHAIN_RUNNING,  // the program runs and is not ready yet
	STAGE_CHAIN_READY,    // it is
	STAGE_CHAIN_GRACE,    // it ended; did the server go too?
	STAGE_CHAIN_LOSING,   // the server went; the program is being ended
	STAGE_CHAIN_STOPPING, // we were asked to stop; the program is too
	STAGE_CHAIN_STATE_COUNT,
};

enum stage_chain_event {
	STAGE_CHAIN_LOOK,        // a need may have come or gone
	STAGE_CHAIN_READY_SEEN,  // the program is ready
	STAGE_CHAIN_CHILD_END,   // it has ended
	STAGE_CHAIN_SERVER_LOST, // the audio server has
	STAGE_CHAIN_STOP_SIGNAL, // TERM, INT or QUIT came
	STAGE_CHAIN_TIMER,       // the state's time is over
	STAGE_CHAIN_EVENT_COUNT,
};

enum stage_chain_action {
	STAGE_CHAIN_IGNORE,
	STAGE_CHAIN_LOOK_AT_NEEDS,   // start when all are there
	STAGE_CHAIN_LOOK_AT_JACK,    // ready when the server or port is there
	STAGE_CHAIN_BECOME_READY,    // to READY
	STAGE_CHAIN_END_OR_WAIT,     // to GRACE or WAITING, or end
	STAGE_CHAIN_END_LIKE_CHILD,  // leave
	STAGE_CHAIN_WAIT_AGAIN,      // to WAITING
	STAGE_CHAIN_LOSE,            // to LOSING, when bound to the server
	STAGE_CHAIN_KILL_CHILD,      // it would not end by itself
	STAGE_CHAIN_GIVE_UP_WAITING, // leave: needs took too long
	STAGE_CHAIN_STOP_WAITING,    // leave: nothing was started
	STAGE_CHAIN_PASS_STOP_ON,    // to STOPPING
	STAGE_CHAIN_ACTION_COUNT,
};

/** The action for an event; STAGE_CHAIN_IGNORE for values out of range. */
enum stage_chain_action stage_chain_action_for(
	enum stage_chain_state state, enum stage_chain_event event);

#endif
