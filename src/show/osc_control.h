/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What an OSC message asks of the show. Messages come in, requests go out: no
 * sockets, no show.
 *
 *     /go  /go/3  /go s 3       plays the selected song, or that one
 *     /cue/3/start              so do these; 3, selected, playhead, active
 *     /select/3  /playhead/next arms a song
 *     /stop /pause /resume /reset /save /panic /panicInTime
 *     /version /cueLists /cue/3/name ...   what QLab is asked
 *     /connect /updates /thump ...         what it is told of the other side
 *     /stagecraft/go, next, previous, play, select, ..., song/name ...
 *
 * /workspace/ID may stand before QLab's. The argument of a verb is how a
 * button is: none, T, or a number from 0.5 on is pressed; F and numbers below
 * are let go, which does nothing. /panicInTime has a time there instead.
 *
 * An address may be a pattern. Of what can be asked all that it means is
 * answered, but of verbs it must mean one: what may be several does nothing.
 *
 * Addresses: QLab's OSC dictionary (qlab.app/docs/v5/scripting/
 * osc-dictionary-v5), where the show is the workspace, the setlist the cue list
 * and songs are cues. Pure. Thread: any.
 */

#ifndef STAGE_SHOW_OSC_CONTROL_H
#define STAGE_SHOW_OSC_CONTROL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "osc/message.h"
#include "show/conductor.h"
#include "show/remote.h"

#define STAGE_SHOW_ADDRESS_MAX 256  // bytes with the zero; longer ones are none
#define STAGE_SHOW_OSC_MEANS_MAX 64 // requests of one pattern
#define STAGE_SHOW_CUE_ID_MAX 37    // bytes with the zero

/** What of the show is seen from outside. Ownership: all is borrowed. */
struct stage_show_sight {
	const char *name; // of the show
	const struct stage_show_place *place;
	const struct stage_show_setlist *list;
	const char *song;    // that plays; "": none
	const char *loading; // that is being loaded; "": none
	const char *state;   // idle, loading, ready, error, panic
	double progress;     // of what is being loaded, 0 to 1
	double tempo_bpm;    // 0: none
	bool is_edit;        // mode
	bool is_paused;      // transport
	bool is_rolling;     // transport
	int bar, beat;       // where it is, from 1; 0: nowhere
	double guard_s;      // of a double GO
	double guard_left_s; // of it
	bool needs_passcode;
	int port; // of show control
};

enum stage_show_osc_kind {
	STAGE_SHOW_OSC_ACT,      // act, number
	STAGE_SHOW_OSC_RELEASE,  // a button was let go: nothing
	STAGE_SHOW_OSC_ASK,      // word: what of target; QLab's
	STAGE_SHOW_OSC_VALUE,    // word: an address of a value
	STAGE_SHOW_OSC_CONNECT,  // text: the passcode, or ""
	STAGE_SHOW_OSC_LEAVE,    // the other side says good-bye
	STAGE_SHOW_OSC_THUMP,    // it lives
	STAGE_SHOW_OSC_UPDATES,  // number: 0 or 1; -1: asks
	STAGE_SHOW_OSC_ALWAYS,   // replies: 0, 1, -1
	STAGE_SHOW_OSC_REPLY_TO, // number: a port; -1: asks
	STAGE_SHOW_OSC_HEAR,     // number: 0 or 1: changes of values
	STAGE_SHOW_OSC_REFRESH,  // all values, again
	STAGE_SHOW_OSC_BAD,      // err says why
	STAGE_SHOW_OSC_KIND_COUNT,
};

enum stage_show_osc_target {
	STAGE_SHOW_OF_SHOW,
	STAGE_SHOW_OF_LIST,
	STAGE_SHOW_OF_SONG, // number; 0: there is none such now
};

/** Ownership: texts are borrowed from the message or static. */
struct stage_show_osc_request {
	enum stage_show_osc_kind kind;
	const char *address; // to reply about; of a pattern: what it means
	bool is_native;      // begins with /stagecraft
	bool is_of_workspace;
	enum stage_show_act act;
	long number;
	enum stage_show_osc_target target;
	const char *word;
	const char *text; // that came with it, or ""
	bool has_args;    // whatever came with it
	const struct stage_err *err;
};

typedef void stage_show_osc_handler(
	void *user, const struct stage_show_osc_request *request);

/** Gives what a message asks to the handler: at least one request, which is BAD
 * for an address that there is not. */
void stage_show_osc_take(const struct stage_osc_message *message,
	const struct stage_show_sight *sight, stage_show_osc_handler *handler,
	void *user);

// Names that QLab would make up, of 36 letters, digits and hyphens: the same as
// long as the thing has its name and place.

void stage_show_osc_workspace_id(
	const struct stage_show_sight *sight, char out[STAGE_SHOW_CUE_ID_MAX]);
void stage_show_osc_list_id(
	const struct stage_show_sight *sight, char out[STAGE_SHOW_CUE_ID_MAX]);

/** number: of a song; "" for none. */
void stage_show_osc_song_id(const struct stage_show_sight *sight, size_t number,
	char out[STAGE_SHOW_CUE_ID_MAX]);

/** The number of the song that has an id; 0: none has. */
size_t stage_show_osc_song_of_id(
	const struct stage_show_sight *sight, const char *id);

#endif
