/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What the files of the engine share. Thread: the loop's. */

#ifndef STAGE_SHOW_ENGINE_PRIVATE_H
#define STAGE_SHOW_ENGINE_PRIVATE_H

#include "show/engine.h"

#define STAGE_SHOW_ASKERS_MAX 32

struct stage_show_askers {
	struct stage_show_asker items[STAGE_SHOW_ASKERS_MAX];
	size_t count;
};

enum stage_show_job {
	STAGE_SHOW_IDLE,
	STAGE_SHOW_JOB_OPEN, // a song is to play
	STAGE_SHOW_JOB_CLOSE,
	STAGE_SHOW_JOB_QUIT,
};

struct stage_show_engine {
	const struct stage_show_ops *ops;
	void *user;
	struct stage_show_limits limits;
	struct stage_show_habits *habits; // NULL: nothing is known
	bool is_edit;

	struct stage_show_program *programs;
	struct stage_show_song *songs;    // all of them
	struct stage_show_song *current;  // PLAYING; or NULL
	struct stage_show_song *incoming; // LOADING or LOADED; or NULL
	struct stage_show_song *dropped;  // was incoming; its programs may be
					  // taken until the next one loads

	struct stage_show_ahead ahead[STAGE_SHOW_PRELOAD_MAX]; // wanted so
	size_t ahead_count;

	struct stage_strv bad_switchers; // executables

	enum stage_show_job job;
	char *wanted; // song of JOB_OPEN, owned
	struct stage_show_askers askers;

	struct stage_show_song *saving; // NULL: nobody saves
	bool is_keeping;                // what was, before they do
	int64_t keep_until_ns;          // then it has had its time
	unsigned late_keeps;            // whose end nobody waits for
	struct stage_show_askers save_askers;
	struct stage_show_storing *storing; // on their way to the disk
	char *making;                       // a song; NULL: none; owned
	struct stage_show_asker making_asker;
};

/** A song whose file is being written. */
struct stage_show_storing {
	struct stage_show_storing *next;
	struct stage_show_askers askers;
	char unsaved[STAGE_ERR_TEXT_MAX / 2]; // clients; "": none
};

// Files: engine.c, engine_ahead.c, engine_load.c, engine_make.c, engine_save.c,
// engine_program.c, engine_client.c.

/** Answers all with that sentence, and forgets them. */
void stage_show_answer(struct stage_show_askers *askers,
	enum stage_show_code code, const char *format, ...) STAGE_PRINTF(3, 4);
void stage_show_answer_one(struct stage_show_asker asker,
	enum stage_show_code code, const char *format, ...) STAGE_PRINTF(3, 4);

/** Adds one; who is one too many is told so. */
void stage_show_join(
	struct stage_show_askers *askers, struct stage_show_asker asker);

/** Goes on with what is wanted, as far as that is possible now. */
void stage_show_advance(struct stage_show_engine *self);

void stage_show_tell(struct stage_show_engine *self, enum stage_show_news what,
	const struct stage_show_slot *slot);
void stage_show_set_state(struct stage_show_engine *self,
	struct stage_show_slot *slot, enum stage_show_state state);

/** The slot fails, with a sentence. */
void stage_show_fail(struct stage_show_engine *self,
	struct stage_show_slot *slot, int code, const char *format, ...)
	STAGE_PRINTF(4, 5);

// engine_ahead.c

/** Loads what is wanted ahead, and ends what is so no longer. */
void stage_show_look_ahead(struct stage_show_engine *self);

/** The song of that name that is there ahead; NULL: none. */
struct stage_show_song *stage_show_find_ahead(
	const struct stage_show_engine *self, const char *name);

/** Takes what is there ahead as the song that was read just now, if it is that:
 * its settings are then those of the fresh one, which is freed. */
bool stage_show_adopt_ahead(
	struct stage_show_song *ahead, struct stage_show_song *fresh);

/** Wants a song ahead that is there already. */
void stage_show_want_ahead(struct stage_show_engine *self, const char *name);

// engine_load.c

/** Reads a song, which is on no list yet. Ownership: the caller's. Errors:
 * those of ops->load, STAGE_NO_MEMORY. */
STAGE_NODISCARD enum stage_status stage_show_read_song(
	struct stage_show_engine *self, const char *name,
	struct stage_show_song **out, struct stage_err *err);

/** Reads a song and brings its clients up. */
STAGE_NODISCARD enum stage_status stage_show_load(
	struct stage_show_engine *self, const char *name,
	struct stage_err *err);

/** What was about to come is given up; its programs may still be taken. */
void stage_show_drop(struct stage_show_engine *self);

/** Gives the song that plays the programs back that were taken from it. */
void stage_show_return(struct stage_show_engine *self);

/** Plays what is loaded, when all of it is there or late. */
void stage_show_try_go(struct stage_show_engine *self);

/** Whether a program can become what is in a slot by a switch. */
bool stage_show_can_take(const struct stage_show_engine *self,
	const struct stage_show_program *program,
	const struct stage_show_slot *into);

/** Has the connections made of the song that plays, and of those that ring;
 * false: that takes a while. */
bool stage_show_select(struct stage_show_engine *self);

/** Whether a song sounds on until the one that plays is connected. */
bool stage_show_is_any_parting(const struct stage_show_engine *self);

/** Ends the clients of a song. */
void stage_show_leave(
	struct stage_show_engine *self, struct stage_show_song *song);

/** Frees the songs that have ended. */
void stage_show_sweep(struct stage_show_engine *self);

// engine_switch.c

/** Whether it can take another song, and has not failed at that. */
bool stage_show_may_switch(const struct stage_show_engine *self,
	const struct stage_show_program *program);

/** It has failed at that. */
void stage_show_bad_switcher(
	struct stage_show_engine *self, const char *executable);

/** It hangs at that: it ends, and another one is started for its slot. */
void stage_show_renew(
	struct stage_show_engine *self, struct stage_show_program *program);

// engine_save.c

void stage_show_save_song(struct stage_show_engine *self,
	struct stage_show_song *song, struct stage_show_asker asker);

/** Has one client save; false when it cannot be asked. */
bool stage_show_save_slot(
	struct stage_show_engine *self, struct stage_show_slot *slot);

/** Gives up keeping what was, when that has had its time. */
void stage_show_give_up_keeping(struct stage_show_engine *self, int64_t now_ns);

/** Answers those who wait for a file that nobody will hear of. */
void stage_show_drop_storing(struct stage_show_engine *self);

/** Ends the saving, when all have answered or had their time. */
void stage_show_try_saved(struct stage_show_engine *self);

// engine_program.c

void stage_show_launch(
	struct stage_show_engine *self, struct stage_show_slot *slot);

/** How long a client may take. */
int64_t stage_show_patience_ns(const struct stage_show_engine *self,
	const struct stage_show_slot *slot, enum stage_show_deadline what);

/** Of what it is that a program owes; not of NOTHING. */
enum stage_show_deadline stage_show_deadline_of(
	enum stage_show_pending pending);

/** It has answered just now; when it does not owe that, nothing is learned. */
void stage_show_learn(struct stage_show_engine *self,
	const struct stage_show_program *program,
	enum stage_show_pending pending);

/** Whether a program must have ended before what is in a slot can be started:
 * it has its id, or one of them must run alone. */
bool stage_show_is_rival(const struct stage_show_slot *slot,
	const struct stage_show_program *program);

/** When the next one of a song is to be started that has to wait; INT64_MAX:
 * none has. */
int64_t stage_show_start_due_ns(const struct stage_show_engine *self,
	const struct stage_show_song *song);

/** Lets go of those of which the others of their group have ended now, or were
 * killed. */
void stage_show_look_at_groups(struct stage_show_engine *self);

/** Starts those whose program before has ended. */
void stage_show_launch_waiting(struct stage_show_engine *self);

void stage_show_take(struct stage_show_engine *self,
	struct stage_show_program *program, struct stage_show_slot *slot);

/** Tells it to open what its slot is, unless it still owes an answer. */
void stage_show_try_open(
	struct stage_show_engine *self, struct stage_show_program *program);

void stage_show_end(
	struct stage_show_engine *self, struct stage_show_program *program);

/** Starts one that has crashed again, if that may be. */
void stage_show_mend(
	struct stage_show_engine *self, struct stage_show_slot *slot);

/** Takes it off the list and off its slot, and frees it. */
void stage_show_forget(
	struct stage_show_engine *self, struct stage_show_program *program);

void stage_show_await(struct stage_show_engine *self,
	struct stage_show_program *program, enum stage_show_pending what,
	int64_t limit_ns);

struct stage_show_program *stage_show_program_new(
	struct stage_show_engine *self, const char *executable);

/** Tells it that its song plays, once. */
void stage_show_tell_loaded(
	struct stage_show_engine *self, struct stage_show_slot *slot);

#endif
