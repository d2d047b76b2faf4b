/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What runs in a show: programs, what each of them plays, and the songs that
 * are loaded. Data; it is the engine that changes it.
 *
 *	song ── slots ──┐ one for each line of its session.nsm
 *	                └─ program    a process, when there is one
 *
 * A program that can switch leaves the slot of one song for one of another. A
 * program without a slot is on its way out. A run line of song.conf is a slot
 * too; its program speaks no NSM.
 *
 * Thread: the loop's.
 */

#ifndef STAGE_SHOW_ROSTER_H
#define STAGE_SHOW_ROSTER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/io.h"
#include "osc/peer.h"
#include "rig/proc.h"
#include "show/names.h"
#include "show/session.h"
#include "show/songconf.h"

#define STAGE_SHOW_LABEL_MAX 256 // bytes of what a client says of itself

struct stage_show_slot;
struct stage_show_song;

enum stage_show_cap {
	STAGE_SHOW_CAP_SWITCH = 1,
	STAGE_SHOW_CAP_DIRTY = 2,
	STAGE_SHOW_CAP_PROGRESS = 4,
	STAGE_SHOW_CAP_MESSAGE = 8,
	STAGE_SHOW_CAP_GUI = 16,
	STAGE_SHOW_CAP_MONITOR = 32, // RaySession's: is told of the others
};

enum stage_show_pending {
	STAGE_SHOW_NOTHING,
	STAGE_SHOW_ANNOUNCE,
	STAGE_SHOW_OPEN,
	STAGE_SHOW_SAVE,
};

/** A process that we started, or that came to us by itself. */
struct stage_show_program {
	struct stage_show_program *next;
	struct stage_proc_id process; // pid 0: it does not say which
	pid_t launched;               // process.pid at first; 0: not by us
	struct stage_proc_id speaker; // the one that announced; pid 0: unknown
	bool is_ours;                 // leads a group that we made
	bool is_adopted;              // from the engine before: nobody will
				      // know how it has ended
	bool has_announced;           // peer, name, caps are known
	bool is_run;                  // of a run line: speaks no NSM
	bool is_alone;                // as stage_show_client_conf has it
	bool is_unknown;              // may be of any song, and is ended
	struct stage_osc_peer peer;
	char *name;                   // as announced; owned
	char *executable;             // as launched, or announced; owned
	unsigned caps;                // of enum stage_show_cap
	struct stage_show_slot *slot; // NULL: on its way out
	char id[STAGE_SHOW_ID_MAX];   // of the slot that it opened last

	enum stage_show_pending pending; // what it owes us
	int64_t pending_since_ns;
	int64_t deadline_ns; // of that; INT64_MAX: it had its time
	bool is_to_open;     // its slot, once it owes nothing

	bool is_ending; // was told to
	bool has_ended; // itself; others of its group do so yet
	int64_t ending_since_ns;
	int64_t kill_at_ns; // then; INT64_MAX: was killed
};

enum stage_show_state {
	STAGE_SHOW_OFF,       // not started
	STAGE_SHOW_WAITING,   // for the program before it to end
	STAGE_SHOW_LAUNCHED,  // started, has not announced
	STAGE_SHOW_OPENING,   // was told to open
	STAGE_SHOW_SWITCHING, // the same, having had another song
	STAGE_SHOW_READY,
	STAGE_SHOW_SAVING,
	STAGE_SHOW_QUITTING, // was told to end
	STAGE_SHOW_STOPPED,  // ended, as it was told
	STAGE_SHOW_FAILED,   // `why` says how
	STAGE_SHOW_STATE_COUNT,
};

/** A client of a song: a line of its session.nsm. */
struct stage_show_slot {
	struct stage_show_slot *next;
	struct stage_show_song *song;
	char id[STAGE_SHOW_ID_MAX]; // nXXXX
	char *name;                 // owned
	char *executable;           // owned; of a run line argv[0]
	char **argv; // of a run line, ended by NULL; owned. NULL: of NSM
	struct stage_show_client_conf conf;
	enum stage_show_state state;
	enum stage_show_state before;       // the state before that
	struct stage_show_program *program; // NULL: none runs
	bool is_late;     // did not answer in time, and may yet
	bool is_taken;    // its program went over to a song that loads
	bool has_crashed; // the last time that it ran
	bool is_saving;   // part of what is being saved
	bool has_saved;   // the last time
	bool was_loaded;  // it was told that its song is
	int code;         // of its last error, 0: none
	char why[STAGE_ERR_TEXT_MAX]; // what is wrong with it; "": nothing
	char label[STAGE_SHOW_LABEL_MAX];
	char message[STAGE_SHOW_LABEL_MAX];
	int message_priority; // 0 to 3
	float progress;       // 0 to 1
	bool is_dirty;
	bool is_gui_shown;
	unsigned restarts; // since restarts_since_ns
	int64_t restarts_since_ns;
	int64_t not_before_ns; // WAITING: is not started sooner
};

enum stage_show_phase {
	STAGE_SHOW_AHEAD,   // its clients come up, and wait, not connected
	STAGE_SHOW_LOADING, // its clients come up
	STAGE_SHOW_LOADED,  // all that will come is there; waits for its go
	STAGE_SHOW_PLAYING,
	STAGE_SHOW_RINGING, // another one plays; ends at leave_at_ns
	STAGE_SHOW_PARTING, // likewise, or as soon as that one is connected
	STAGE_SHOW_LEAVING, // its clients end
};

struct stage_show_song {
	struct stage_show_song *next;
	char *name; // below the root; owned
	char path[STAGE_PATH_MAX];
	enum stage_show_phase phase;
	struct stage_show_session session; // its file
	struct stage_show_song_conf conf;
	uint64_t place; // which directory it is: not only of what name
	struct stage_show_slot *slots; // in the order of the file
	int64_t leave_at_ns;           // RINGING, PARTING
	bool was_ahead;                // came up before its turn
	bool is_shown; // its clients were told of as those of the session
};

/** Words for a state: NSM's for graphical programs, ours for people. Ownership:
 * static. */
const char *stage_show_state_nsm(enum stage_show_state state);
const char *stage_show_state_word(enum stage_show_state state);

/** True when nothing more is to be waited for before the song can play. */
bool stage_show_slot_is_settled(const struct stage_show_slot *self);

/** True while it has not done in time what its state says, and may yet. */
bool stage_show_slot_is_overdue(const struct stage_show_slot *self);

/** The capabilities in a text ":switch:progress:", and that text. */
unsigned stage_show_caps_read(const char *text);
void stage_show_caps_write(unsigned given, char *out, size_t size);

/** A new slot at the end of a song. NULL: out of memory. */
struct stage_show_slot *stage_show_song_add(struct stage_show_song *self,
	const char *id, const char *name, const char *executable);

/** The same for a program of a run line, under the line's name. */
struct stage_show_slot *stage_show_song_add_run(
	struct stage_show_song *self, const struct stage_show_run *run);

/** Makes slots of what the session and the configuration say; what stands in
 * the way of a line is a complaint. Errors: STAGE_NO_MEMORY. */
STAGE_NODISCARD enum stage_status stage_show_song_fill(
	struct stage_show_song *self);

/** Takes a slot off its song and frees it; it must have no program. */
void stage_show_song_remove(
	struct stage_show_song *self, struct stage_show_slot *slot);

/** The slot of that id, or NULL. */
struct stage_show_slot *stage_show_song_find(
	const struct stage_show_song *self, const char *id);

/** How much of a song is there, 0 to 1; 1 of one without clients. */
double stage_show_song_progress(const struct stage_show_song *self);

/** Frees a song with its slots, which must have no programs. */
void stage_show_song_destroy(struct stage_show_song *self);

/** Frees a program, which no slot has any more. */
void stage_show_program_destroy(struct stage_show_program *self);

#endif
