/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What a pedal, a lighting desk or a phone may ask of the show: one function
 * behind OSC, MIDI and the verbs. Thread: the loop's.
 */

#ifndef STAGE_SHOW_REMOTE_H
#define STAGE_SHOW_REMOTE_H

#include "show/daemon.h"

enum stage_show_act {
	// Of the song. Guarded, as show/conductor.h says.
	STAGE_SHOW_ACT_GO,
	STAGE_SHOW_ACT_NEXT,
	STAGE_SHOW_ACT_PREVIOUS,
	STAGE_SHOW_ACT_PLAY, // number: in the setlist, from 1
	// Of the selection.
	STAGE_SHOW_ACT_SELECT, // number: as above
	STAGE_SHOW_ACT_SELECT_NEXT,
	STAGE_SHOW_ACT_SELECT_PREVIOUS,
	STAGE_SHOW_ACT_RESET, // to the first song
	// Of the transport; told as STAGE_SHOW_TOLD_TRANSPORT.
	STAGE_SHOW_ACT_STOP,
	STAGE_SHOW_ACT_PAUSE,
	STAGE_SHOW_ACT_RESUME,
	// Others. Never guarded.
	STAGE_SHOW_ACT_SAVE,
	STAGE_SHOW_ACT_PANIC, // told as STAGE_SHOW_TOLD_PANIC
	STAGE_SHOW_ACT_TAP,   // told as STAGE_SHOW_TOLD_TAP
	STAGE_SHOW_ACT_COUNT,
};

/** Does it. number is 0 where nothing is said of it. The asker is answered
 * once, here or later; what is not done is told as STAGE_SHOW_TOLD_REFUSED
 * besides. */
void stage_show_remote_do(struct stage_show_daemon *daemon,
	enum stage_show_act act, long number, struct stage_show_asker asker);

/** The act of a word, as "select-next"; STAGE_SHOW_ACT_COUNT for none. */
enum stage_show_act stage_show_act_from_word(const char *word);
const char *stage_show_act_word(enum stage_show_act act);

#endif
