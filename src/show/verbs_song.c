/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

// Songs on disk: what is to be known of one, its generations, another name, the
// trash.

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "rpc/proto.h"
#include "show/generations.h"
#include "show/sets.h"
#include "show/verbs_private.h"
#include "show/view.h"
#include "show/work.h"

#define TEXT_MAX 262144 // bytes of notes or lyrics
#define KEEP STAGE_SHOW_GENERATIONS_DEFAULT

// Which song is meant.
static const char *
song_of(struct stage_show_daemon *daemon, const json_t *args,
	struct stage_err *err)
{
	const struct stage_show_song *song =
		stage_show_engine_current(stage_show_daemon_engine(daemon));
	const char *name =
		stage_args_text(args, "song", song != NULL ? song->name : NULL);

	if (name == NULL) {
		(void)stage_err_set(err, STAGE_NOT_FOUND,
			"no song plays: say which one is meant");
		return NULL;
	}
	return stage_show_song_name_check(name, err) == STAGE_OK ? name : NULL;
}

static enum stage_status
begin(void *ctx, struct stage_rpc_call *call, const json_t *args,
	stage_show_run *run, stage_show_done *done, struct stage_err *err)
{
	const char *song = song_of(ctx, args, err);
	const char *fresh = stage_args_text(args, "name", "");
	int64_t number = stage_args_integer(args, "number", 0);
	struct stage_show_work *work;

	if (song == NULL) {
		return err->status;
	}
	if (fresh[0] != '\0' &&
		stage_show_song_name_check(fresh, err) != STAGE_OK) {
		return err->status;
	}
	work = stage_show_daemon_work(ctx);
	if (work != NULL) {
		(void)!stage_format(work->name, sizeof(work->name), "%s", song);
		(void)!stage_format(
			work->fresh, sizeof(work->fresh), "%s", fresh);
		work->number = number > 0 ? (size_t)number : 0;
	}
	return stage_show_worker_add(
		stage_show_daemon_worker(ctx), work, run, done, call, err);
}

// Of a song that nobody has the files of open.
static enum stage_status
begin_at_rest(void *ctx, struct stage_rpc_call *call, const json_t *args,
	stage_show_run *run, stage_show_done *done, struct stage_err *err)
{
	const struct stage_show_song *song =
		stage_show_engine_songs(stage_show_daemon_engine(ctx));
	const char *name = stage_args_text(args, "song", "");

	for (; song != NULL; song = song->next) {
		bool is_ahead = song->phase == STAGE_SHOW_AHEAD;

		if (strcmp(song->name, name) == 0 &&
			(!is_ahead || song->slots != NULL)) {
			return stage_err_set(err, STAGE_BUSY,
				"the programs of \"%s\" run: %s, first", name,
				is_ahead ? "it is loaded ahead; select another "
					   "song"
					 : "play another song, or close it");
		}
	}
	return begin(ctx, call, args, run, done, err);
}

// info.

static json_t *
read_text(const struct stage_show_work *work, const char *file)
{
	struct stage_str text = {0};
	struct stage_err err = STAGE_ERR_INIT;
	char song[STAGE_PATH_MAX];
	char path[STAGE_PATH_MAX];
	json_t *view = NULL;

	if (file[0] == '\0') {
		return json_null();
	}
	if (stage_show_store_path(&work->store, work->name, song, &err) ==
			STAGE_OK &&
		stage_io_join(path, sizeof(path), song, file, &err) ==
			STAGE_OK &&
		stage_io_read_file(path, TEXT_MAX, &text, &err) == STAGE_OK) {
		view = json_pack("{s:o, s:b, s:o}", "file",
			stage_rpc_text(file), "chords",
			(int)stage_show_is_chordpro(file), "text",
			stage_rpc_text(stage_str_text(&text)));
	} else {
		view = json_pack("{s:o, s:o}", "file", stage_rpc_text(file),
			"trouble", stage_rpc_text(err.text));
	}
	stage_str_finish(&text);
	return view;
}

static enum stage_status
run_info(struct stage_show_work *work, struct stage_err *err)
{
	struct stage_show_session session;
	struct stage_show_song_conf conf;
	enum stage_status status = stage_show_store_load(
		&work->store, work->name, &session, &conf, err);

	if (status == STAGE_OK) {
		work->result = stage_show_view_conf(&conf);
		(void)json_object_set_new(
			work->result, "name", json_string(work->name));
		(void)json_object_set_new(work->result, "notes_file",
			read_text(work, conf.notes_file));
		(void)json_object_set_new(work->result, "lyrics",
			read_text(work, conf.lyrics_file));
		stage_show_session_finish(&session);
		stage_show_song_conf_finish(&conf);
	}
	return status;
}

// generations, revert.

static void
write_time(int64_t time_ns, char out[40])
{
	time_t seconds = (time_t)(time_ns / STAGE_NS_PER_S);
	struct tm tm;

	if (time_ns == 0 || localtime_r(&seconds, &tm) == NULL ||
		strftime(out, 40, "%Y-%m-%d %H:%M:%S", &tm) == 0) {
		out[0] = '\0';
	}
}

static enum stage_status
run_generations(struct stage_show_work *work, struct stage_err *err)
{
	struct stage_show_generations all = {0};
	json_t *list = json_array();
	char path[STAGE_PATH_MAX];
	enum stage_status status =
		stage_show_store_path(&work->store, work->name, path, err);

	if (status == STAGE_OK) {
		status = stage_show_generations_list(
			&work->store, work->name, &all, err);
	}
	for (size_t i = all.count; i > 0; i--) {
		const struct stage_show_generation *at = &all.items[i - 1];
		char when[40];

		write_time(at->taken_ns, when);
		(void)json_array_append_new(
			list, json_pack("{s:I, s:s, s:o}", "number",
				      (json_int_t)at->number, "time", when,
				      "why", stage_rpc_text(at->why)));
	}
	stage_show_generations_finish(&all);
	work->result = json_pack(
		"{s:s, s:o}", "song", work->name, "generations", list);
	return status;
}

// The newest generation that is not as the song is now.
static enum stage_status
find_last(struct stage_show_work *work, struct stage_err *err)
{
	struct stage_show_generations all = {0};
	uint64_t now = 0;
	enum stage_status status = stage_show_generations_keep(
		&work->store, work->name, "before a revert", KEEP, &now, err);

	if (status == STAGE_OK) {
		status = stage_show_generations_list(
			&work->store, work->name, &all, err);
	}
	for (size_t i = 0; i < all.count; i++) {
		if (all.items[i].number < now) {
			work->number = (size_t)all.items[i].number;
		}
	}
	stage_show_generations_finish(&all);
	return status == STAGE_OK && work->number == 0
		       ? stage_err_set(err, STAGE_NOT_FOUND,
				 "the song \"%s\" has no other generation",
				 work->name)
		       : status;
}

static enum stage_status
run_revert(struct stage_show_work *work, struct stage_err *err)
{
	enum stage_status status =
		work->number == 0 ? find_last(work, err) : STAGE_OK;

	if (status == STAGE_OK) {
		status = stage_show_generations_revert(
			&work->store, work->name, work->number, KEEP, err);
	}
	if (status == STAGE_OK) {
		work->result = json_pack("{s:s, s:I}", "song", work->name,
			"number", (json_int_t)work->number);
	}
	return status;
}

// Its programs have what was before, and must not save it over that.
static void
reverted(void *user, const struct stage_show_work *work)
{
	static const struct stage_show_asker nobody;
	struct stage_show_engine *engine = stage_show_daemon_engine(user);
	const struct stage_show_song *song = stage_show_engine_current(engine);

	if (song != NULL && strcmp(song->name, work->name) == 0) {
		stage_show_engine_open(
			engine, work->name, STAGE_SHOW_SAVE_NOT, nobody);
	}
}

// rename, delete.

static enum stage_status
run_rename(struct stage_show_work *work, struct stage_err *err)
{
	return stage_show_store_rename(
		&work->store, work->name, work->fresh, err);
}

static void
renamed(void *user, const struct stage_show_work *work)
{
	stage_show_conductor_renamed(
		stage_show_daemon_conductor(user), work->name, work->fresh);
}

static enum stage_status
run_delete(struct stage_show_work *work, struct stage_err *err)
{
	char where[STAGE_PATH_MAX];
	size_t sets = 0;
	enum stage_status status =
		stage_show_store_remove(&work->store, work->name, where, err);

	if (status == STAGE_OK) {
		status = stage_show_set_forget_song(
			&work->store, work->name, &sets, err);
		work->result = json_pack(
			"{s:s, s:I}", "where", where, "sets", (json_int_t)sets);
	}
	return status;
}

static void
deleted(void *user, const struct stage_show_work *work)
{
	(void)work;
	stage_show_conductor_look(stage_show_daemon_conductor(user));
}

STAGE_SHOW_TAKE(info, begin, NULL)
STAGE_SHOW_TAKE(generations, begin, NULL)
STAGE_SHOW_TAKE(revert, begin, reverted)
STAGE_SHOW_TAKE(rename, begin_at_rest, renamed)
STAGE_SHOW_TAKE(delete, begin_at_rest, deleted)

static const struct stage_verb_arg any_args[] = {
	{"song", STAGE_ARG_TEXT, STAGE_ARG_OPTIONAL,
		"its name; default: the one that plays"},
	STAGE_ARGS_END,
};
static const struct stage_verb_arg revert_args[] = {
	{"number", STAGE_ARG_INTEGER, STAGE_ARG_OPTIONAL,
		"of the generation; default: the last one that is not as the "
		"song is"},
	{"song", STAGE_ARG_TEXT, STAGE_ARG_OPTIONAL,
		"its name; default: the one that plays"},
	STAGE_ARGS_END,
};
static const struct stage_verb_arg rename_args[] = {
	{"song", STAGE_ARG_TEXT, STAGE_ARG_REQUIRED, "its name"},
	{"name", STAGE_ARG_TEXT, STAGE_ARG_REQUIRED, "the new one"},
	STAGE_ARGS_END,
};
static const struct stage_verb_arg delete_args[] = {
	{"song", STAGE_ARG_TEXT, STAGE_ARG_REQUIRED, "its name"},
	STAGE_ARGS_END,
};

const struct stage_verb stage_show_song_verbs[] = {
	{"info", any_args, "Tempo, notes and words of a song", take_info,
		STAGE_DEED_LOOKS},
	{"generations", any_args, "Lists what a song has been",
		take_generations, STAGE_DEED_LOOKS},
	{"revert", revert_args, "Makes a song what it was", take_revert,
		STAGE_DEED_CHANGES},
	{"rename", rename_args,
		"Gives a song another name, in all setlists too", take_rename,
		STAGE_DEED_CHANGES},
	{"delete", delete_args,
		"Takes a song away, into the trash, and out of all setlists",
		take_delete, STAGE_DEED_CHANGES},
	{NULL, NULL, NULL, NULL},
};
