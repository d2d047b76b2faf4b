/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What the files of the daemon share. Thread: the loop's. */

#ifndef STAGE_SHOW_DAEMON_PRIVATE_H
#define STAGE_SHOW_DAEMON_PRIVATE_H

#include "osc/udp.h"
#include "rig/path_watch.h"
#include "rpc/link.h"
#include "rpc/server.h"
#include "show/cues.h"
#include "show/daemon.h"
#include "show/jack_names.h"
#include "show/jackside.h"
#include "show/launcher.h"
#include "show/locks.h"
#include "show/logs.h"
#include "show/nsm.h"
#include "show/osc_control_side.h"
#include "show/panic.h"
#include "show/pedalside.h"
#include "show/pulse.h"
#include "show/saver.h"
#include "show/scene.h"
#include "show/settings.h"

#define STAGE_SHOW_URL_MAX 64

// What is to be told of a song.
struct stage_show_telling {
	struct stage_show_telling *next;
	enum stage_show_event event;
	char song[];
};

struct stage_show_daemon {
	uv_loop_t *loop;
	const struct stage_rig *rig;
	struct stage_show_settings settings;
	struct stage_show_store store;
	struct stage_show_engine *engine;
	struct stage_show_nsm *nsm;
	struct stage_show_launcher *launcher;
	struct stage_show_scene *scene;
	struct stage_show_scene *set_scene;
	struct stage_show_newsroom *newsroom;
	struct stage_show_jack *jack; // MIDI cues: stage_show_jack_send
	struct stage_show_pedalside *pedalside;
	struct stage_show_pulse pulse;
	struct stage_show_panic *panic;
	struct stage_rpc_link *names_link; // to who tells them
	struct stage_show_jack_names names;
	struct stage_show_telling *tellings; // in their order
	struct stage_show_worker *worker;
	struct stage_show_conductor *conductor;
	struct stage_show_cues *cues;
	struct stage_show_saver *place_saver;
	struct stage_show_worker *files;        // what the engine has written
	struct stage_show_unwritten *unwritten; // of that; in their order
	struct stage_show_saver *playing_saver;
	struct stage_show_habits *habits;
	struct stage_show_saver *habits_saver;
	int64_t habits_saved_ns;             // when it was put last
	struct stage_path_watch *list_watch; // of the list in force
	char watched[STAGE_PATH_MAX];
	bool has_moved;    // the conductor, since its place was saved
	char *selected;    // the song that the patchbay was told of last; owned
	bool has_selected; // it was told of one, or of none
	bool has_waiting;  // clients that it keeps apart
	struct stage_strv ringing; // likewise
	bool looks_ahead;      // which songs are foreseen is to be found out
	bool told_edit;        // the mode, as it was told last
	bool has_resumed;      // a song that played before we were there
	bool counts_xruns;     // since the song began
	uint64_t xruns_before; // that there were then
	int64_t panic_ns;      // when there was panic last
	struct stage_show_osc_side *osc; // show control
	bool has_osc_news;
	bool is_paused;  // the transport, as it was told
	bool has_failed; // the song that was to play
	struct stage_osc_udp *udp;
	struct stage_rpc_server *rpc;
	struct stage_rpc_config rpc_config;
	struct stage_show_logs *logs;
	struct stage_show_locks locks; // of the songs that are loaded
	char run[STAGE_PATH_MAX];      // RUN/show
	char url[STAGE_SHOW_URL_MAX];  // NSM_URL
	uv_timer_t *timer;     // the engine's deadline; owned by the loop
	uv_timer_t *look;      // at the list, after a hint; likewise
	uv_prepare_t *prepare; // what is to be written; likewise
	bool has_news;         // the journal is not as things are
	bool has_started;
	bool is_ending; // was told to, by a signal
	bool has_ended; // nothing runs any more
};

/** What the engine asks of the world; user is the daemon. */
extern const struct stage_show_ops stage_show_daemon_ops;

/** For the engine: everything has ended. */
void stage_show_daemon_ended(void *user);

/** Tells all who watch what the engine has told. */
void stage_show_daemon_pass_on(struct stage_show_daemon *self);

// daemon_files.c: what the engine asks of songs' files.

enum stage_status stage_show_daemon_load(void *user, const char *name,
	struct stage_show_song *song, struct stage_err *err);
enum stage_status stage_show_daemon_write(void *user, const char *name,
	const struct stage_show_session *session, struct stage_err *err);
enum stage_status stage_show_daemon_keep(
	void *user, const char *name, struct stage_err *err);
enum stage_status stage_show_daemon_make(
	void *user, const char *name, struct stage_err *err);
enum stage_status stage_show_daemon_duplicate(
	void *user, const char *from, const char *to, struct stage_err *err);
enum stage_status stage_show_daemon_make_id(
	void *user, char out[STAGE_SHOW_ID_MAX], struct stage_err *err);

STAGE_NODISCARD enum stage_status stage_show_daemon_make_files(
	struct stage_show_daemon *self, struct stage_err *err);
void stage_show_daemon_end_files(struct stage_show_daemon *self);

/** Has what was learned of programs written, now and then; is_last: at once. */
void stage_show_daemon_save_habits(
	struct stage_show_daemon *self, bool is_last);

/** What is to be written still, for the journal; and goes on writing it. */
json_t *stage_show_daemon_write_unwritten(const struct stage_show_daemon *self);
void stage_show_daemon_read_unwritten(
	struct stage_show_daemon *self, const json_t *array);

/** The song that was played last, "" for none; NULL: not known. Ownership: the
 * caller's, from malloc. */
char *stage_show_daemon_recall_song(const struct stage_show_daemon *self);

/** Has the song that plays be that one. */
void stage_show_daemon_remember_song(struct stage_show_daemon *self);

// daemon_ahead.c

/** For the engine: whether there is memory for a song more. */
STAGE_NODISCARD enum stage_status stage_show_daemon_has_room(void *user,
	const struct stage_show_song *song, int64_t wanted,
	struct stage_err *err);

/** For the engine: which connections there are to be. */
enum stage_status stage_show_daemon_select(
	void *user, const char *name, const struct stage_strv *ringing);

/** The patchbay has done what it was told last. */
void stage_show_daemon_wired(void *user);

/** Tells the patchbay of clients that have come, or have had their turn, since
 * it was told last. */
void stage_show_daemon_keep_apart(struct stage_show_daemon *self);

/** Has those songs loaded ahead that are foreseen now, if that may have
 * changed. */
void stage_show_daemon_look_ahead(struct stage_show_daemon *self);

/** Goes on with the journal of the one before. */
bool stage_show_daemon_resume(struct stage_show_daemon *self, json_t *journal);

/** Ends what the one before us has started and nobody knows any more. */
void stage_show_daemon_end_strays(struct stage_show_daemon *self);

// daemon_names.c: whose the clients of JACK are.

STAGE_NODISCARD enum stage_status stage_show_daemon_make_names(
	struct stage_show_daemon *self, struct stage_err *err);
void stage_show_daemon_end_names(struct stage_show_daemon *self);

// daemon_place.c: the conductor.

STAGE_NODISCARD enum stage_status stage_show_daemon_make_place(
	struct stage_show_daemon *self, struct stage_err *err);

/** Goes on at the place where the one before was. */
void stage_show_daemon_recall_place(struct stage_show_daemon *self);

/** Saves the place, and tells of it, when it is another one. */
void stage_show_daemon_note_place(struct stage_show_daemon *self);

// daemon_osc.c: show control.

/** Errors: STAGE_NO_MEMORY. */
STAGE_NODISCARD enum stage_status stage_show_daemon_begin_osc(
	struct stage_show_daemon *self, struct stage_err *err);

/** Tells whoever listens what is not as it was. */
void stage_show_daemon_note_osc(struct stage_show_daemon *self);

// daemon_cues.c

/** Has the cues hear of what happens. */
STAGE_NODISCARD enum stage_status stage_show_daemon_make_cues(
	struct stage_show_daemon *self, struct stage_err *err);

// daemon_jack.c: what is played with. Where there is no JACK, jack is NULL.

/** journal: of the one before; NULL: there is none. */
STAGE_NODISCARD enum stage_status stage_show_daemon_make_jack(
	struct stage_show_daemon *self, const json_t *journal,
	struct stage_err *err);
void stage_show_daemon_end_jack(struct stage_show_daemon *self);

/** The panic is over. */
void stage_show_daemon_calm(struct stage_show_daemon *self);

/** Puts what the next one must know into a journal. */
void stage_show_daemon_write_jack(
	const struct stage_show_daemon *self, json_t *journal);

// daemon_news.c

/** Has the conductor hear first of what happens. Errors: STAGE_NO_MEMORY. */
STAGE_NODISCARD enum stage_status stage_show_daemon_begin_news(
	struct stage_show_daemon *self);

/** Tells of what has happened in the engine. */
void stage_show_daemon_note_news(struct stage_show_daemon *self);

#endif
