/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** song.conf: what a musician says about a song (stagecraft-song(5)).
 *
 *     title    "Opening number"
 *     tempo    128
 *     metre    4/4
 *     tail     3s
 *     notes    "capo on 2"
 *     lyrics   words.cho
 *     save     edit
 *     program  12
 *     timebase ours
 *     client   nJPPD  autostart no  restart 3  open 20s
 *     run      click  klick -j -P
 *     cue      go     osc udp 10.0.0.5:8000 /eos/cue/1/5/fire
 *
 * The file, and each of its lines, may be left out. A line that is wrong is
 * told about and left out; the song is loaded with the others.
 *
 * Pure. Thread: any, one object by one thread at a time.
 */

#ifndef STAGE_SHOW_SONGCONF_H
#define STAGE_SHOW_SONGCONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/str.h"
#include "show/cue.h"
#include "show/names.h"

#define STAGE_SHOW_CONF_FILE "song.conf"
#define STAGE_SHOW_TITLE_MAX 256 // bytes with the zero
#define STAGE_SHOW_CONF_CLIENTS_MAX 1000
#define STAGE_SHOW_RUNS_MAX 64
#define STAGE_SHOW_CUES_MAX 256
#define STAGE_SHOW_COMPLAINTS_MAX 50 // sentences that are kept

#define STAGE_SHOW_RESTARTS 3 // of a client, where nothing is said
#define STAGE_SHOW_RESTART_ALWAYS (-1)
#define STAGE_SHOW_UNSAID (-1) // of a number: the file does not say

/** Whether the song is saved by itself when it is left. */
enum stage_show_save {
	STAGE_SHOW_SAVE_DEFAULT, // as the mode of the show says
	STAGE_SHOW_SAVE_SHOW,    // never, as in show mode
	STAGE_SHOW_SAVE_EDIT,    // always, as in edit mode
	STAGE_SHOW_SAVE_COUNT,
};

/** Who is JACK's timebase master. */
enum stage_show_timebase_by {
	STAGE_SHOW_TIMEBASE_OURS,
	STAGE_SHOW_TIMEBASE_CLIENT, // a program of the song
	STAGE_SHOW_TIMEBASE_NONE,
	STAGE_SHOW_TIMEBASE_COUNT,
};

/** What is waited for, of one client. */
enum stage_show_deadline {
	STAGE_SHOW_DEADLINE_ANNOUNCE,
	STAGE_SHOW_DEADLINE_OPEN,
	STAGE_SHOW_DEADLINE_SAVE,
	STAGE_SHOW_DEADLINE_QUIT,
	STAGE_SHOW_DEADLINE_COUNT,
};

/** What is said of a client, or of a program under its NAME. */
struct stage_show_client_conf {
	char id[STAGE_SHOW_ID_MAX];
	bool is_manual; // not started with the song: autostart no
	bool is_alone;  // only when no other of its program runs
	int restarts;   // after crashes, or STAGE_SHOW_RESTART_ALWAYS
	int64_t deadlines_ns[STAGE_SHOW_DEADLINE_COUNT]; // or _UNSAID
	int signal;    // that makes it save; 0: none
	unsigned seen; // bits of the settings that were given
};

/** A program that does not speak NSM. */
struct stage_show_run {
	char name[STAGE_SHOW_ID_MAX];
	char **argv; // ended by NULL; owned
	unsigned line;
};

/** All that a file says. Ownership: of what init or parse filled. */
struct stage_show_song_conf {
	char title[STAGE_SHOW_TITLE_MAX];          // "": none
	double tempo_bpm;                          // 0: none
	int64_t beats, beat_type;                  // 0: none; as in 6/8
	int64_t tail_ns;                           // or STAGE_SHOW_UNSAID
	struct stage_str notes;                    // of all lines, a line each
	char notes_file[STAGE_SHOW_NAME_MAX + 1];  // in the song, or ""
	char lyrics_file[STAGE_SHOW_NAME_MAX + 1]; // in the song, or ""
	enum stage_show_save save;
	enum stage_show_timebase_by timebase;
	int64_t program; // 0 to 127 in MIDI, or STAGE_SHOW_UNSAID
	struct stage_show_client_conf *clients;
	size_t client_count;
	struct stage_show_run *runs;
	size_t run_count;
	struct stage_show_cue *cues;
	size_t cue_count;
	struct stage_strv complaints; // "FILE:LINE:COLUMN: sentence"
	size_t complaint_count;       // also of those that are not kept
};

/** What is so when there is no file. */
void stage_show_song_conf_init(struct stage_show_song_conf *out);

/** Reads text[len] into `out`, which need not be initialised. name stands for
 * the file in sentences.
 *
 * Ownership: the caller calls stage_show_song_conf_finish. Errors:
 * STAGE_NO_MEMORY, out is then as after stage_show_song_conf_init.
 */
STAGE_NODISCARD enum stage_status stage_show_song_conf_parse(
	struct stage_show_song_conf *out, const char *text, size_t len,
	const char *name);

/** Adds a complaint about the file as a whole, such as that it cannot be read.
 */
void stage_show_song_conf_complain(
	struct stage_show_song_conf *self, const char *sentence);

/** Frees what is in it. NULL and zeroed memory are fine. */
void stage_show_song_conf_finish(struct stage_show_song_conf *self);

/** What is said of a client or a program; never NULL: of one without a line,
 * what is so by default. Ownership: borrowed. */
const struct stage_show_client_conf *stage_show_song_conf_client(
	const struct stage_show_song_conf *self, const char *id);

/** Reads a metre such as "7/8". False: it is none. */
bool stage_show_metre_parse(const char *text, int64_t *beats, int64_t *type);

/** True for the name of a file of words with chords (ChordPro). */
bool stage_show_is_chordpro(const char *file);

/** Appends text[len] with all `client` lines of `id` made those of `fresh`;
 * every other byte stays. Errors: STAGE_NO_MEMORY, out is then unchanged. */
STAGE_NODISCARD enum stage_status stage_show_song_conf_rename_client(
	const char *text, size_t len, const char *id, const char *fresh,
	struct stage_str *out);

#endif
