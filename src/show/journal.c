/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "show/journal.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/conf.h"
#include "base/num.h"
#include "rpc/proto.h"
#include "show/engine_private.h"

// Writing. What clients say of themselves may be any bytes.

// Of a run line its words; of a client none.
static json_t *
write_words(char *const *argv)
{
	json_t *words = json_array();

	for (; argv != NULL && *argv != NULL; argv++) {
		(void)json_array_append_new(words, stage_rpc_text(*argv));
	}
	return words;
}

static json_t *
write_slot(const struct stage_show_slot *slot)
{
	return json_pack("{s:s, s:o, s:o, s:i, s:o, s:o, s:b, s:b, s:o, s:b}",
		"id", slot->id, "name", stage_rpc_text(slot->name),
		"executable", stage_rpc_text(slot->executable), "state",
		(int)slot->state, "why", stage_rpc_text(slot->why), "label",
		stage_rpc_text(slot->label), "dirty", (int)slot->is_dirty,
		"run", (int)(slot->argv != NULL), "words",
		write_words(slot->argv), "taken", (int)slot->is_taken);
}

static json_t *
write_song(const struct stage_show_song *song)
{
	json_t *slots = json_array();

	for (const struct stage_show_slot *slot = song->slots; slot != NULL;
		slot = slot->next) {
		(void)json_array_append_new(slots, write_slot(slot));
	}
	return json_pack("{s:o, s:o, s:I, s:o}", "name",
		stage_rpc_text(song->name), "path", stage_rpc_text(song->path),
		"leave_at_ns", (json_int_t)song->leave_at_ns, "slots", slots);
}

// Another one plays, and it is heard until its time.
static bool
is_ringing(const struct stage_show_song *song)
{
	return song->phase == STAGE_SHOW_RINGING ||
	       song->phase == STAGE_SHOW_PARTING;
}

static json_t *
write_process(const struct stage_proc_id *process)
{
	return json_pack("{s:i, s:I}", "pid", (int)process->pid, "start",
		(json_int_t)process->start);
}

static json_t *
write_program(const struct stage_show_program *program)
{
	char peer[STAGE_OSC_PEER_TEXT_MAX] = "";
	const struct stage_show_slot *slot = program->slot;

	if (program->has_announced) {
		stage_osc_peer_text(&program->peer, peer, sizeof(peer));
	}
	return json_pack("{s:i, s:I, s:b, s:s, s:o, s:o, s:i, s:o, s:s, s:b,"
			 " s:b, s:b, s:i, s:o}",
		"pid", (int)program->process.pid, "start",
		(json_int_t)program->process.start, "ours",
		(int)program->is_ours, "peer", peer, "name",
		stage_rpc_text(program->name != NULL ? program->name : ""),
		"executable", stage_rpc_text(program->executable), "caps",
		(int)program->caps, "song",
		stage_rpc_text(slot != NULL ? slot->song->name : ""), "id",
		slot != NULL ? slot->id : "", "run", (int)program->is_run,
		"alone", (int)program->is_alone, "rings",
		(int)(slot != NULL && is_ringing(slot->song)), "launched",
		(int)program->launched, "speaker",
		write_process(&program->speaker));
}

static json_t *
write_bad_switchers(const struct stage_show_engine *engine)
{
	json_t *names = json_array();

	for (size_t i = 0; i < engine->bad_switchers.count; i++) {
		(void)json_array_append_new(
			names, json_string(engine->bad_switchers.items[i]));
	}
	return names;
}

json_t *
stage_show_journal_write(const struct stage_show_engine *engine)
{
	json_t *programs = json_array();
	json_t *ahead = json_array();
	json_t *ringing = json_array();
	json_t *current = engine->current != NULL ? write_song(engine->current)
						  : json_null();

	for (const struct stage_show_song *at = engine->songs; at != NULL;
		at = at->next) {
		if (at->phase == STAGE_SHOW_AHEAD || at == engine->incoming) {
			(void)json_array_append_new(ahead, write_song(at));
		} else if (is_ringing(at)) {
			(void)json_array_append_new(ringing, write_song(at));
		}
	}
	for (const struct stage_show_program *at = engine->programs; at != NULL;
		at = at->next) {
		(void)json_array_append_new(programs, write_program(at));
	}
	return json_pack("{s:o, s:o, s:o, s:s, s:b, s:o, s:o}", "current",
		current, "ahead", ahead, "ringing", ringing, "wanted",
		engine->job == STAGE_SHOW_JOB_OPEN ? engine->wanted : "",
		"edit", (int)engine->is_edit, "programs", programs,
		"bad_switchers", write_bad_switchers(engine));
}

// Reading.

static const char *
text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text != NULL ? text : "";
}

static json_int_t
number_of(const json_t *object, const char *key)
{
	return json_integer_value(json_object_get(object, key));
}

static bool
read_peer(const char *text, struct stage_osc_peer *out)
{
	char host[STAGE_OSC_PEER_TEXT_MAX];
	const char *colon = strrchr(text, ':');
	size_t len = colon != NULL ? (size_t)(colon - text) : 0;
	int64_t port;

	if (len == 0 || len >= sizeof(host)) {
		return false;
	}
	memcpy(host, text, len);
	host[len] = '\0';
	if (host[0] == '[') { // of the sixth version
		memmove(host, host + 1, len);
		host[strcspn(host, "]")] = '\0';
	}
	return stage_num_parse(colon + 1, 1, 65535, &port, NULL) == STAGE_OK &&
	       stage_osc_peer_init(out, host, (int)port, NULL) == STAGE_OK;
}

static struct stage_proc_id
read_process(const json_t *from)
{
	const struct stage_proc_id process = {
		.pid = (pid_t)number_of(from, "pid"),
		.start = (unsigned long long)number_of(from, "start"),
	};

	return process;
}

static bool
lives(const json_t *from)
{
	struct stage_proc_id process = read_process(from);

	return process.pid > 1 && stage_proc_alive(&process);
}

bool
stage_show_journal_knows_any(const json_t *journal)
{
	size_t at;
	json_t *from;

	json_array_foreach (json_object_get(journal, "programs"), at, from) {
		if (lives(from) || lives(json_object_get(from, "speaker"))) {
			return true;
		}
	}
	return false;
}

static struct stage_show_program *
read_program(struct stage_show_engine *engine, const json_t *from)
{
	struct stage_show_program *program =
		stage_show_program_new(engine, text_of(from, "executable"));

	if (program == NULL) {
		return NULL;
	}
	program->process = read_process(from);
	program->speaker = read_process(json_object_get(from, "speaker"));
	program->launched = (pid_t)number_of(from, "launched");
	program->is_adopted = true;
	program->is_ours = json_is_true(json_object_get(from, "ours"));
	program->is_run = json_is_true(json_object_get(from, "run"));
	program->is_alone = json_is_true(json_object_get(from, "alone"));
	program->caps = (unsigned)number_of(from, "caps");
	program->has_announced =
		read_peer(text_of(from, "peer"), &program->peer);
	program->name = strdup(text_of(from, "name"));
	return program;
}

static struct stage_show_slot *
read_run(struct stage_show_song *song, const char *id, const json_t *words)
{
	char *argv[STAGE_CONF_WORDS_MAX + 1] = {NULL};
	struct stage_show_run run = {.argv = argv};
	struct stage_show_slot *slot = NULL;
	size_t count = 0;
	bool is_whole =
		stage_format(run.name, sizeof(run.name), "%s", id) == STAGE_OK;

	while (count < STAGE_CONF_WORDS_MAX &&
		json_is_string(json_array_get(words, count))) {
		argv[count] =
			strdup(json_string_value(json_array_get(words, count)));
		if (argv[count] == NULL) {
			break;
		}
		count++;
	}
	if (is_whole && count > 0 && count == json_array_size(words)) {
		slot = stage_show_song_add_run(song, &run);
	}
	for (size_t i = 0; i < count; i++) {
		free(argv[i]);
	}
	return slot;
}

static struct stage_show_slot *
read_client(struct stage_show_song *song, const char *id, const json_t *from)
{
	const char *name = text_of(from, "name");
	const char *executable = text_of(from, "executable");

	return stage_show_id_ok(id) &&
			       stage_show_session_add(&song->session, name,
				       executable, id, NULL) == STAGE_OK
		       ? stage_show_song_add(song, id, name, executable)
		       : NULL;
}

// Lines that were added and not saved yet are in the journal only; a run line
// that is there only was taken out, unless the whole song is away.
static void
read_slots(struct stage_show_song *song, const json_t *slots, bool is_away)
{
	size_t at;
	json_t *from;

	json_array_foreach (slots, at, from) {
		const char *id = text_of(from, "id");
		struct stage_show_slot *slot = stage_show_song_find(song, id);
		bool is_run = json_is_true(json_object_get(from, "run"));

		if (slot == NULL && !is_run) {
			slot = read_client(song, id, from);
		} else if (slot == NULL && is_away) {
			slot = read_run(
				song, id, json_object_get(from, "words"));
		}
		if (slot == NULL) {
			continue;
		}
		slot->state = (enum stage_show_state)number_of(from, "state");
		if (slot->state >= STAGE_SHOW_STATE_COUNT) {
			slot->state = STAGE_SHOW_OFF;
		}
		snprintf(slot->why, sizeof(slot->why), "%s",
			text_of(from, "why"));
		snprintf(slot->label, sizeof(slot->label), "%s",
			text_of(from, "label"));
		slot->is_taken = json_is_true(json_object_get(from, "taken"));
		slot->is_dirty = json_is_true(json_object_get(from, "dirty"));
	}
}

// What sounds does so also when its song cannot be read now: it was renamed by
// hand, or the disk is sick.
static struct stage_show_song *
remember_song(const json_t *from)
{
	struct stage_show_song *song = calloc(1, sizeof(*song));
	const char *name = text_of(from, "name");
	const char *path = text_of(from, "path");

	if (song == NULL) {
		return NULL;
	}
	stage_show_song_conf_init(&song->conf);
	song->name = strdup(name);
	if (song->name == NULL || name[0] == '\0' || path[0] != '/' ||
		stage_format(song->path, sizeof(song->path), "%s", path) !=
			STAGE_OK) {
		stage_show_song_destroy(song);
		return NULL;
	}
	return song;
}

static enum stage_status
read_song(struct stage_show_engine *engine, const json_t *from,
	enum stage_show_phase phase, struct stage_show_song **out,
	struct stage_err *err)
{
	bool sounds = phase != STAGE_SHOW_AHEAD;
	struct stage_show_song *song = NULL;
	enum stage_status status =
		stage_show_read_song(engine, text_of(from, "name"), &song, err);

	*out = NULL;
	if (status != STAGE_OK && sounds) {
		song = remember_song(from);
	}
	if (song == NULL) {
		return status;
	}
	read_slots(song, json_object_get(from, "slots"), status != STAGE_OK);
	song->phase = phase;
	song->was_ahead = !sounds;
	song->is_shown = sounds;
	song->next = engine->songs;
	engine->songs = song;
	*out = song;
	return status;
}

static void
read_ringing(struct stage_show_engine *engine, const json_t *songs)
{
	struct stage_show_song *song;
	size_t at;
	json_t *from;

	json_array_foreach (songs, at, from) {
		(void)!read_song(engine, from, STAGE_SHOW_RINGING, &song, NULL);
		if (song != NULL) {
			song->leave_at_ns = number_of(from, "leave_at_ns");
		}
	}
}

// Also one that was loading: what of it is ready is not started anew.
static void
read_ahead(struct stage_show_engine *engine, const json_t *songs)
{
	struct stage_show_song *song;
	size_t at;
	json_t *from;

	json_array_foreach (songs, at, from) {
		if (stage_show_find_ahead(engine, text_of(from, "name")) !=
			NULL) {
			continue;
		}
		(void)!read_song(engine, from, STAGE_SHOW_AHEAD, &song, NULL);
		if (song != NULL) {
			stage_show_want_ahead(engine, song->name);
		}
	}
}

// One that failed may sound all the same.
static bool
had_opened(enum stage_show_state state)
{
	return state == STAGE_SHOW_READY || state == STAGE_SHOW_SAVING ||
	       state == STAGE_SHOW_FAILED;
}

static struct stage_show_slot *
find_place(const struct stage_show_engine *engine, const json_t *from)
{
	const char *name = text_of(from, "song");
	bool rings = json_is_true(json_object_get(from, "rings"));
	const struct stage_show_song *song = engine->songs;

	while (song != NULL &&
		(strcmp(song->name, name) != 0 ||
			(song->phase == STAGE_SHOW_RINGING) != rings)) {
		song = song->next;
	}
	return song != NULL ? stage_show_song_find(song, text_of(from, "id"))
			    : NULL;
}

// A program finds its place again, or is ended.
static void
place(struct stage_show_engine *engine, struct stage_show_program *program,
	const json_t *from, enum stage_show_fate fate)
{
	struct stage_show_slot *slot = find_place(engine, from);

	if (fate == STAGE_SHOW_GONE) {
		stage_show_forget(engine, program);
		return;
	}
	if (slot == NULL || slot->program != NULL ||
		fate == STAGE_SHOW_STRANGER ||
		program->is_run != (slot->argv != NULL) ||
		(!program->has_announced && !program->is_run) ||
		!had_opened(slot->state)) {
		// Who takes its place must wait for its end.
		(void)!stage_format(program->id, sizeof(program->id), "%s",
			text_of(from, "id"));
		stage_show_end(engine, program);
		return;
	}
	program->slot = slot;
	slot->program = program;
	slot->was_loaded = slot->song->phase != STAGE_SHOW_AHEAD;
	if (slot->state == STAGE_SHOW_SAVING) {
		slot->state = STAGE_SHOW_READY;
	}
	memcpy(program->id, slot->id, sizeof(program->id));
}

static bool
should_run(enum stage_show_state state)
{
	return state != STAGE_SHOW_OFF && state != STAGE_SHOW_STOPPED &&
	       state != STAGE_SHOW_QUITTING && state != STAGE_SHOW_FAILED;
}

static void
start_missing(const struct stage_show_song *song)
{
	bool rings = song->phase == STAGE_SHOW_RINGING;

	for (struct stage_show_slot *slot = song->slots; slot != NULL;
		slot = slot->next) {
		if (slot->program == NULL && !slot->is_taken && !rings &&
			should_run(slot->state)) {
			slot->state = STAGE_SHOW_WAITING;
		}
		if (slot->state == STAGE_SHOW_QUITTING) {
			slot->state = STAGE_SHOW_STOPPED;
		}
	}
}

enum stage_status
stage_show_journal_read(struct stage_show_engine *engine, const json_t *journal,
	const struct stage_show_journal_ops *ops, struct stage_err *err)
{
	static const struct stage_show_asker nobody;
	const json_t *current = json_object_get(journal, "current");
	const char *wanted = text_of(journal, "wanted");
	enum stage_status status = STAGE_OK;
	size_t at;
	json_t *from;

	engine->is_edit = json_is_true(json_object_get(journal, "edit"));
	json_array_foreach (
		json_object_get(journal, "bad_switchers"), at, from) {
		if (json_is_string(from)) {
			stage_show_bad_switcher(
				engine, json_string_value(from));
		}
	}
	if (json_is_object(current)) {
		status = read_song(engine, current, STAGE_SHOW_PLAYING,
			&engine->current, err);
	}
	read_ringing(engine, json_object_get(journal, "ringing"));
	read_ahead(engine, json_object_get(journal, "ahead"));
	json_array_foreach (json_object_get(journal, "programs"), at, from) {
		struct stage_show_program *program = read_program(engine, from);

		if (program != NULL) {
			place(engine, program, from,
				ops->look(ops->user, program));
		}
	}
	for (const struct stage_show_song *song = engine->songs; song != NULL;
		song = song->next) {
		start_missing(song);
	}
	if (engine->current != NULL) {
		stage_show_select(engine);
	}
	stage_show_advance(engine);
	if (wanted[0] != '\0') {
		stage_show_engine_open(
			engine, wanted, STAGE_SHOW_SAVE_NOT, nobody);
	}
	return status;
}
