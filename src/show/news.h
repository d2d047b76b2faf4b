/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What happens in the show, for whoever wants to hear of it: feedback to
 * controllers, the tempo, cue actions, the state.
 *
 * Each is told on the loop, after the thing has happened. A listener may ask
 * what it likes and may have more happen; all hear of one thing before any
 * hears of the next. Pure. Thread: the loop's.
 */

#ifndef STAGE_SHOW_NEWS_H
#define STAGE_SHOW_NEWS_H

#include "base/attr.h"
#include "base/status.h"

enum stage_show_event {
	STAGE_SHOW_TOLD_LOADING,   // a song is being loaded, to be played
	STAGE_SHOW_TOLD_READY,     // all of one is there, and it may be played
	STAGE_SHOW_TOLD_GO,        // a song plays from now on; number 1: and
				   // has, since before a crash of ours
	STAGE_SHOW_TOLD_LEFT,      // a song does not play any more
	STAGE_SHOW_TOLD_FAILED,    // one that was being loaded is given up
	STAGE_SHOW_TOLD_PLACE,     // selection, setlist, or what is in it
	STAGE_SHOW_TOLD_MODE,      // edit or show
	STAGE_SHOW_TOLD_PANIC,     // number: 1; 2 is the second within 1 s
	STAGE_SHOW_TOLD_TRANSPORT, // number: of enum stage_show_rolling
	STAGE_SHOW_TOLD_TAP,       // somebody taps the tempo
	STAGE_SHOW_TOLD_REFUSED,   // text: why a wish was not done; number: of
				   // enum stage_show_act (show/remote.h)
	STAGE_SHOW_EVENT_COUNT,
};

enum stage_show_rolling {
	STAGE_SHOW_ROLLING_STOP,   // and to its beginning
	STAGE_SHOW_ROLLING_PAUSE,  // it stays where it is
	STAGE_SHOW_ROLLING_RESUME, // rolls
};

/** Ownership: borrowed during the call. */
struct stage_show_told {
	enum stage_show_event event;
	const char *text; // the song's name; "" where it is of none
	long number;      // 0 where nothing is said
};

typedef void stage_show_listener(
	void *user, const struct stage_show_told *told);

struct stage_show_newsroom;

/** NULL: out of memory. */
struct stage_show_newsroom *stage_show_newsroom_create(void);

/** Frees it; nobody is told of anything any more. Not from within a listener.
 * NULL is fine. */
void stage_show_newsroom_destroy(struct stage_show_newsroom *self);

/** Has a listener hear of all that happens from now on. Errors:
 * STAGE_NO_MEMORY. */
STAGE_NODISCARD enum stage_status stage_show_newsroom_watch(
	struct stage_show_newsroom *self, stage_show_listener *listener,
	void *user);

/** The same listener and user hear no more. Fine from within a listener. */
void stage_show_newsroom_unwatch(struct stage_show_newsroom *self,
	stage_show_listener *listener, void *user);

/** Tells all: at once, or, from within a listener, when all have heard of what
 * it was told. Out of memory costs the event. */
void stage_show_newsroom_tell(struct stage_show_newsroom *self,
	enum stage_show_event event, const char *text, long number);

#endif
