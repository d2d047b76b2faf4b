/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Which song plays, and what has to happen until another one does.
 *
 * Nothing here waits: each call does what can be done now, and returns. What
 * is waited for (an answer, a death, a deadline) comes in by a call of its own,
 * and the latest wish wins: a song that is asked for while another one loads
 * takes its place.
 *
 *	                  [ AHEAD ]
 *	            open      ▼     all there, or late       tail over
 *	[ nothing ] ────► LOADING ─────────────────► PLAYING ─────► RINGING
 *	                     │ another one is asked for │ no tail      │
 *	                     │                          ▼              │
 *	                     │                       PARTING           │
 *	                     │                          ▼ it is wired  │
 *	                     └──────────────────────► LEAVING ◄────────┘
 *	                                                 └ all ended: freed
 *
 * The song that plays does so until the next one is there, and connected.
 * Programs that can switch change songs; all others start beside those that
 * play, and those end afterwards. A client that is sick is told of and left
 * behind: no answer, no death and no disk holds up a song for longer than a
 * deadline.
 *
 * Pure: processes, messages, files and the clock are behind
 * stage_show_ops; tests have a fake. Thread: the loop's.
 */

#ifndef STAGE_SHOW_ENGINE_H
#define STAGE_SHOW_ENGINE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "show/habits.h"
#include "show/news.h"
#include "show/roster.h"

/** Results as the NSM API numbers them (API 1.1.2, section "Error codes"; -11
 * and -12 are nsmd's own). */
enum stage_show_code {
	STAGE_SHOW_DONE = 0,
	STAGE_SHOW_GENERAL = -1,
	STAGE_SHOW_BAD_API = -2,
	STAGE_SHOW_BLACKLISTED = -3,
	STAGE_SHOW_LAUNCH_FAILED = -4,
	STAGE_SHOW_NO_SUCH_FILE = -5,
	STAGE_SHOW_NO_SESSION = -6,
	STAGE_SHOW_UNSAVED = -7,
	STAGE_SHOW_NOT_NOW = -8,
	STAGE_SHOW_BAD_PROJECT = -9,
	STAGE_SHOW_CREATE_FAILED = -10,
	STAGE_SHOW_LOCKED = -11,
};

/** Who asked, and is to be answered once: at the call, or later. */
struct stage_show_asker {
	/** Takes the result and a sentence; user is its to free. NULL: nobody
	 * waits. */
	void (*answer)(void *user, enum stage_show_code code, const char *text);
	void *user;
};

enum stage_show_news {
	STAGE_SHOW_SLOT_ADDED,
	STAGE_SHOW_SLOT_REMOVED,
	STAGE_SHOW_SLOT_ANNOUNCED,
	STAGE_SHOW_SLOT_STATE,
	STAGE_SHOW_SLOT_LABEL,
	STAGE_SHOW_SLOT_PROGRESS,
	STAGE_SHOW_SLOT_DIRTY,
	STAGE_SHOW_SLOT_GUI,
	STAGE_SHOW_SLOT_MESSAGE,
	STAGE_SHOW_SLOT_TAKEN, // over from the slot `before`, by a switch
	STAGE_SHOW_SONG,       // another one plays, or none; slot is NULL
	STAGE_SHOW_MODE,       // slot is NULL
};

/** What the engine asks of the world. None of these blocks, and none calls the
 * engine. */
struct stage_show_ops {
	int64_t (*now_ns)(void *user);

	// Processes.

	/** Starts what is in a slot, as the leader of a group of its own. */
	enum stage_status (*launch)(void *user,
		const struct stage_show_slot *slot, struct stage_proc_id *out,
		struct stage_err *err);
	/** Has a program of a run line save, by the signal that it knows. */
	void (*signal)(void *user, const struct stage_show_program *program,
		int signum);
	/** Sends a signal: to the whole group where it is ours, also when its
	 * leader has ended, else to the process, if that is somebody who may be
	 * ended. */
	void (*end)(void *user, const struct stage_show_program *program,
		bool is_kill);
	/** The group that a process is in, and what it is itself, if a signal
	 * of ours may end it and it has the port that `from` says (NULL: it
	 * is not asked for); else pid 0. The group of no process is 0. */
	pid_t (*identify)(void *user, pid_t pid,
		const struct stage_osc_peer *from,
		struct stage_proc_id *process);
	/** Whether others of its group live, when it has ended itself. */
	bool (*has_others)(
		void *user, const struct stage_show_program *program);
	/** The process that was launched of which one descends; 0: none. */
	pid_t (*launch_of)(void *user, pid_t pid);
	/** One that has descended from it and goes on; false: there is none. */
	bool (*heir)(void *user, pid_t launched, struct stage_proc_id *process);

	// Messages to clients.

	void (*open)(void *user, const struct stage_show_program *program,
		const char *path, const char *title, const char *id);
	void (*save)(void *user, const struct stage_show_program *program);
	void (*loaded)(void *user, const struct stage_show_program *program);
	void (*show)(void *user, const struct stage_show_program *program,
		bool is_shown);

	// Files.

	/** The memory of its own that a program has, in bytes; 0: not known. */
	int64_t (*memory)(void *user, const struct stage_show_program *program);
	/** Whether there is room in memory for a song whose programs will want
	 * so many bytes more, as far as that is known; err says why not. */
	enum stage_status (*has_room)(void *user,
		const struct stage_show_song *song, int64_t wanted,
		struct stage_err *err);
	/** Reads a song: path, session, conf and place, which are zeroed. */
	enum stage_status (*load)(void *user, const char *name,
		struct stage_show_song *song, struct stage_err *err);
	/** Writes its session.nsm. STAGE_BUSY: that takes a while;
	 * stage_show_engine_stored is called when it is done, in the order of
	 * these calls, and load gives what will have been written. */
	enum stage_status (*store)(void *user, const char *name,
		const struct stage_show_session *session,
		struct stage_err *err);
	/** Keeps what the clients of a song have on disk, before they save.
	 * STAGE_BUSY: that takes a while, and stage_show_engine_kept is called
	 * when it is done. */
	enum stage_status (*keep)(
		void *user, const char *name, struct stage_err *err);
	/** Makes a song. STAGE_BUSY, here and below: that takes a while, and
	 * stage_show_engine_made is called when it is done. */
	enum stage_status (*make)(
		void *user, const char *name, struct stage_err *err);
	enum stage_status (*duplicate)(void *user, const char *from,
		const char *to, struct stage_err *err);
	/** An id that no song has. */
	enum stage_status (*make_id)(
		void *user, char out[STAGE_SHOW_ID_MAX], struct stage_err *err);

	// News.

	/** The connections of that song are to be made; NULL: of none. Those of
	 * songs that ring stay meanwhile, and no others. STAGE_BUSY: that takes
	 * a while, and stage_show_engine_wired is called when it is done; what
	 * is selected before that takes its place. */
	enum stage_status (*select)(
		void *user, const char *name, const struct stage_strv *ringing);
	void (*news)(void *user, enum stage_show_news what,
		const struct stage_show_slot *slot,
		const struct stage_show_slot *before);
	/** Of a song: LOADING, READY, GO, LEFT, or FAILED. */
	void (*told)(void *user, enum stage_show_event event, const char *song);
	/** After stage_show_engine_quit: everything has ended. */
	void (*ended)(void *user);
};

struct stage_show_limits {
	int64_t announce_ns;
	int64_t open_ns;
	int64_t save_ns;
	int64_t end_ns;  // from TERM to KILL
	int64_t tail_ns; // that a song rings on
	int64_t wire_ns; // until the next one is connected
	size_t preload;  // songs that are loaded ahead, at most
};

#define STAGE_SHOW_LIMITS_DEFAULT                                              \
	{                                                                      \
		.announce_ns = 5000000000, .open_ns = 10000000000,             \
		.save_ns = 5000000000, .end_ns = 3000000000, .tail_ns = 0,     \
		.wire_ns = 500000000, .preload = 1,                            \
	}

struct stage_show_engine;

/** Makes one; nothing plays. ops are borrowed. NULL: out of memory. */
struct stage_show_engine *stage_show_engine_create(
	const struct stage_show_ops *ops, void *user,
	const struct stage_show_limits *limits);

/** Frees it. What runs, runs on. NULL is fine. */
void stage_show_engine_destroy(struct stage_show_engine *self);

/** What is known of how long programs take, and is learned further. Where
 * song.conf says how long to wait for one, that holds; else what is known.
 * habits are borrowed. */
void stage_show_engine_set_habits(
	struct stage_show_engine *self, struct stage_show_habits *habits);

/** Whether songs are edited, and saved when they are left; else nothing is
 * saved but what is asked for: show mode, the one it begins in. */
void stage_show_engine_set_edit(struct stage_show_engine *self, bool is_edit);
bool stage_show_engine_is_edit(const struct stage_show_engine *self);

// What people want. Each answers its asker exactly once.

enum stage_show_saving {
	STAGE_SHOW_SAVE_BY_MODE,
	STAGE_SHOW_SAVE_NOT,
};

/** Plays a song in place of the one that plays. The one that plays already is
 * loaded anew, or, where another one was about to come, kept. */
void stage_show_engine_open(struct stage_show_engine *self, const char *name,
	enum stage_show_saving saving, struct stage_show_asker asker);

/** Makes a song without clients, and plays it. */
void stage_show_engine_new(struct stage_show_engine *self, const char *name,
	struct stage_show_asker asker);

/** Plays a copy of the song that plays, whose clients have ids of their own. */
void stage_show_engine_duplicate(struct stage_show_engine *self,
	const char *name, struct stage_show_asker asker);

/** Ends the song that plays. */
void stage_show_engine_close(struct stage_show_engine *self,
	enum stage_show_saving saving, struct stage_show_asker asker);

/** Ends all, and then calls ops->ended. */
void stage_show_engine_quit(struct stage_show_engine *self,
	enum stage_show_saving saving, struct stage_show_asker asker);

/** Has all clients of the song that plays save, and writes its file. The answer
 * names those that did not. */
void stage_show_engine_save(
	struct stage_show_engine *self, struct stage_show_asker asker);

// Songs that may come next.

#define STAGE_SHOW_PRELOAD_MAX 16

/** A song that is wanted ahead. Ownership: of the engine. */
struct stage_show_ahead {
	char *name;
	char why[STAGE_ERR_TEXT_MAX]; // it is not loaded ahead; "": it is, or
				      // will be
};

/** Loads songs ahead, the likeliest first, in place of those that were wanted
 * so before: their clients are launched and open what is theirs, and nothing of
 * them is connected or heard. stage_show_engine_open plays such a song at once.
 *
 * Not ahead, but at its turn, comes up what a program that plays can switch to,
 * what has an id that is in use, what must run alone, and what speaks no NSM.
 * What cannot be loaded ahead, or finds no room in memory, is loaded as always,
 * and `why` says so. names[count]; those above limits.preload are passed over.
 */
void stage_show_engine_preload_all(
	struct stage_show_engine *self, const char *const *names, size_t count);

/** The same of one song; NULL: of none. */
void stage_show_engine_preload(
	struct stage_show_engine *self, const char *name);

/** The one of that number, from 0; NULL: there are no more. *song, which may be
 * NULL itself, gets what is loaded of it, or NULL. Ownership: borrowed until
 * the next call. */
const struct stage_show_ahead *stage_show_engine_ahead(
	const struct stage_show_engine *self, size_t at,
	const struct stage_show_song **song);

/** What ops->keep began is done; status and err as it would have given. */
void stage_show_engine_kept(struct stage_show_engine *self,
	enum stage_status status, const struct stage_err *err);

/** What ops->store began is done. */
void stage_show_engine_stored(struct stage_show_engine *self,
	enum stage_status status, const struct stage_err *err);

/** What ops->select began last is done, or cannot be. */
void stage_show_engine_wired(struct stage_show_engine *self);

/** What ops->make or ops->duplicate began is done. */
void stage_show_engine_made(struct stage_show_engine *self,
	enum stage_status status, const struct stage_err *err);

/** Adds a program to the song that plays, and starts it. */
void stage_show_engine_add(struct stage_show_engine *self,
	const char *executable, struct stage_show_asker asker);

// One client of the song that plays, by its id. STAGE_NOT_FOUND: there is none.

STAGE_NODISCARD enum stage_status stage_show_engine_stop(
	struct stage_show_engine *self, const char *id, struct stage_err *err);
STAGE_NODISCARD enum stage_status stage_show_engine_resume(
	struct stage_show_engine *self, const char *id, struct stage_err *err);
STAGE_NODISCARD enum stage_status stage_show_engine_remove(
	struct stage_show_engine *self, const char *id, struct stage_err *err);
STAGE_NODISCARD enum stage_status stage_show_engine_save_one(
	struct stage_show_engine *self, const char *id, struct stage_err *err);
STAGE_NODISCARD enum stage_status stage_show_engine_show(
	struct stage_show_engine *self, const char *id, bool is_shown,
	struct stage_err *err);

// What comes from clients.

struct stage_show_announce {
	const char *name;
	const char *caps;
	const char *executable;
	int api_major;
	pid_t pid; // as it says; not to be trusted
};

/** A client is there. STAGE_SHOW_DONE: it is to be welcomed, and then
 * stage_show_engine_welcomed be called. */
enum stage_show_code stage_show_engine_announce(struct stage_show_engine *self,
	const struct stage_osc_peer *from,
	const struct stage_show_announce *announce, struct stage_err *err);
void stage_show_engine_welcomed(
	struct stage_show_engine *self, const struct stage_osc_peer *from);

/** The client of that id in the song that plays, in the one that is loaded, or
 * in any other; NULL: none. Ownership: borrowed. */
const struct stage_show_slot *stage_show_engine_find(
	const struct stage_show_engine *self, const char *id);

/** The program at an address; NULL: none. Ownership: borrowed. */
struct stage_show_program *stage_show_engine_program_at(
	struct stage_show_engine *self, const struct stage_osc_peer *from);

/** It answers what it was told: `what` is OPEN or SAVE, code 0 or its error. An
 * answer that nobody waits for is nothing. */
void stage_show_engine_replied(struct stage_show_engine *self,
	struct stage_show_program *program, enum stage_show_pending what,
	int code, const char *text);

/** It says something of itself; `number` or `text` as `what` has it. */
void stage_show_engine_said(struct stage_show_engine *self,
	struct stage_show_program *program, enum stage_show_news what,
	double number, const char *text);

/** One that we did not start and that nobody knows, but that was a client of a
 * song: it is ended, and while it does nothing else is started, for it may have
 * any id. is_leader: with its group. */
void stage_show_engine_end_unknown(struct stage_show_engine *self,
	const struct stage_proc_id *process, bool is_leader);

/** A process has ended; `how` is a sentence, "" where nothing is wrong. True:
 * its program goes on, and all that is left of its group. */
bool stage_show_engine_exited(struct stage_show_engine *self, pid_t pid,
	bool is_clean, const char *how);

// Time.

/** When stage_show_engine_step must be called at the latest; INT64_MAX: there
 * is nothing to wait for. */
int64_t stage_show_engine_deadline_ns(const struct stage_show_engine *self);

/** Gives up what has had its time. */
void stage_show_engine_step(struct stage_show_engine *self);

// What there is. Ownership: borrowed until the next call.

const struct stage_show_song *stage_show_engine_current(
	const struct stage_show_engine *self);
const struct stage_show_song *stage_show_engine_incoming(
	const struct stage_show_engine *self);
const struct stage_show_song *stage_show_engine_songs(
	const struct stage_show_engine *self);
const struct stage_show_program *stage_show_engine_programs(
	const struct stage_show_engine *self);

#endif
