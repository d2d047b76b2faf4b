/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** A world for the engine in which nothing is real: songs are texts, programs
 * are numbers, time passes when the test says so. What the engine does is
 * written down, a word or two each: "launch nAAAA", "open nAAAA S/zyn.nAAAA".
 */

#ifndef STAGE_TEST_ENGINE_WORLD_H
#define STAGE_TEST_ENGINE_WORLD_H

#include "base/str.h"
#include "show/engine.h"

#define WORLD_SONGS_MAX 256
#define WORLD_PROGRAMS_MAX 4096

struct world_song {
	char *name;
	struct stage_str text; // its session.nsm
	struct stage_str conf; // its song.conf
	uint64_t place;        // changes with the directory
	unsigned kept;         // generations
};

struct world_program {
	char id[STAGE_SHOW_ID_MAX]; // that it was launched as
	struct stage_proc_id process;
	struct stage_osc_peer peer; // port: its pid
	bool is_there;
	bool is_run; // speaks no NSM
};

#define DAEMON 100000 // added to the numbers of processes that daemons become

struct world {
	struct stage_show_engine *engine;
	struct stage_show_limits limits; // of the next one, too
	int64_t now_ns;
	struct world_song songs[WORLD_SONGS_MAX];
	size_t song_count;
	struct world_program programs[WORLD_PROGRAMS_MAX];
	size_t program_count;
	unsigned next_id;
	const char *not_installed; // an executable
	bool is_memory_full;
	int64_t program_bytes; // that each has
	int64_t wanted_bytes;  // what room was last asked for
	bool has_daemons;      // what is launched goes on in another process
	bool has_children;     // others of its group outlive a program
	bool is_disk_full;
	bool is_disk_slow;        // what is kept takes a while
	bool is_write_slow;       // so does what is stored, and made
	bool is_patchbay_slow;    // likewise what is selected
	struct stage_str log;     // since the last world_take
	struct stage_str answers; // likewise: "0 Loaded.;"
	struct stage_str told;    // likewise: "loading A, ready A"
	char selected[STAGE_PATH_MAX];
	char ringing[STAGE_PATH_MAX]; // beside it: "A, B"
	bool has_ended;
	void (*heard)(struct world *self, enum stage_show_news what,
		const struct stage_show_slot *slot,
		const struct stage_show_slot *before); // or NULL
};

/** What it does for its engine; user is the world. */
extern const struct stage_show_ops world_ops;

void world_begin(struct world *self);
void world_finish(struct world *self);

/** Another engine in its place, which knows nothing. */
void world_renew(struct world *self);

/** Adds a song; lines are "NAME:PROGRAM:ID\n". */
void world_song(struct world *self, const char *name, const char *lines);

/** Gives a song a song.conf in place of the one it has. */
void world_conf(struct world *self, const char *name, const char *text);

/** For cmocka: ends the world that is the state. */
int world_tear_down(void **state);

/** What a song's file holds now. Borrowed. */
const char *world_text(struct world *self, const char *name);

/** An asker that writes the answer down. */
struct stage_show_asker world_asker(struct world *self);

/** The program that was launched last for an id. */
struct world_program *world_program(struct world *self, const char *id);

/** It announces itself, and is welcomed; as what it was launched. */
void world_announce(
	struct world *self, const char *id, const char *name, const char *caps);
void world_opened(struct world *self, const char *id);
void world_saved(struct world *self, const char *id);
/** The same with an error. */
void world_answers(struct world *self, const char *id,
	enum stage_show_pending what, int code, const char *text);
void world_exits(struct world *self, const char *id, bool is_clean);

/** All that were launched announce, with these caps, and open. */
void world_come_up(struct world *self, const char *caps);
/** All that were told to end do. */
void world_end_ended(struct world *self);

/** Asks for a song; world_asker answers. */
void world_open(struct world *self, const char *name);

/** The name of the song that plays, or "". Borrowed. */
const char *world_playing(struct world *self);

/** Opens a song and lets all its programs come up. */
void world_play(struct world *self, const char *name, const char *caps);

/** Lets time pass; the engine is called at its deadlines. */
void world_pass(struct world *self, int64_t ms);

/** Compares what was written down, and forgets it. */
void world_expect(struct world *self, const char *log);
void world_expect_answers(struct world *self, const char *answers);
void world_expect_told(struct world *self, const char *told);

/** The state of a client of the song that plays, or of the one that loads. */
enum stage_show_state world_state(struct world *self, const char *id);
const struct stage_show_slot *world_slot(struct world *self, const char *id);

#endif
