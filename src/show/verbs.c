/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "show/verbs.h"

#include <stdlib.h>
#include <string.h>

#include "rpc/proto.h"
#include "rpc/server.h"
#include "show/cues.h"
#include "show/daemon.h"
#include "show/verbs_private.h"
#include "show/view.h"

// The state.

json_t *
stage_show_state(void *ctx)
{
	struct stage_show_engine *engine = stage_show_daemon_engine(ctx);
	json_t *state = json_pack("{s:o, s:o, s:o, s:o, s:s, s:s, s:o, s:o}",
		"song", stage_show_view_song(stage_show_engine_current(engine)),
		"incoming",
		stage_show_view_song(stage_show_engine_incoming(engine)),
		"ahead", stage_show_view_ahead(engine), "ringing",
		stage_show_view_ringing(engine), "mode",
		stage_show_engine_is_edit(engine) ? "edit" : "show", "nsm_url",
		stage_show_daemon_url(ctx), "place",
		stage_show_view_place(stage_show_daemon_conductor(ctx)), "cues",
		stage_show_cue_out_view(
			stage_show_cues_out(stage_show_daemon_cues(ctx))));

	if (state != NULL) {
		stage_show_daemon_view_jack(ctx, state);
	}
	return state;
}

// Answers that come later.

static enum stage_status
status_of(enum stage_show_code code)
{
	if (code == STAGE_SHOW_NO_SUCH_FILE || code == STAGE_SHOW_NO_SESSION) {
		return STAGE_NOT_FOUND;
	}
	if (code == STAGE_SHOW_NOT_NOW || code == STAGE_SHOW_LOCKED) {
		return STAGE_BUSY;
	}
	return code == STAGE_SHOW_CREATE_FAILED ||
			       code == STAGE_SHOW_BAD_PROJECT
		       ? STAGE_BAD_INPUT
		       : STAGE_IO;
}

static void
answer(void *user, enum stage_show_code code, const char *text)
{
	struct stage_err err = STAGE_ERR_INIT;

	if (code == STAGE_SHOW_DONE) {
		stage_rpc_reply_ok(user, json_pack("{s:s}", "said", text));
		return;
	}
	(void)stage_err_set(&err, status_of(code), "%s", text);
	stage_rpc_reply_fail(user, &err);
}

enum stage_status
stage_show_defer(struct stage_rpc_call *call, struct stage_show_asker *out,
	struct stage_err *err)
{
	struct stage_rpc_reply *reply = NULL;
	enum stage_status status = stage_rpc_call_defer(call, &reply, err);

	out->answer = answer;
	out->user = reply;
	return status;
}

// Songs.

static const struct stage_verb_arg song_args[] = {
	{"song", STAGE_ARG_TEXT, STAGE_ARG_REQUIRED,
		"its name: a directory in songs/"},
	STAGE_ARGS_END,
};

typedef void of_song(struct stage_show_engine *engine, const char *name,
	struct stage_show_asker asker);

static enum stage_status
do_song(void *ctx, struct stage_rpc_call *call, const json_t *args,
	of_song *function, struct stage_err *err)
{
	struct stage_show_asker asker = {NULL, NULL};
	enum stage_status status = stage_show_defer(call, &asker, err);

	if (status == STAGE_OK) {
		function(stage_show_daemon_engine(ctx),
			stage_args_text(args, "song", ""), asker);
	}
	return status;
}

static void
open_by_mode(struct stage_show_engine *engine, const char *name,
	struct stage_show_asker asker)
{
	stage_show_engine_open(engine, name, STAGE_SHOW_SAVE_BY_MODE, asker);
}

static enum stage_status
take_open(void *ctx, struct stage_rpc_call *call, json_t *args, json_t **result,
	struct stage_err *err)
{
	(void)result;
	return do_song(ctx, call, args, open_by_mode, err);
}

static enum stage_status
take_new(void *ctx, struct stage_rpc_call *call, json_t *args, json_t **result,
	struct stage_err *err)
{
	(void)result;
	return do_song(ctx, call, args, stage_show_engine_new, err);
}

static enum stage_status
take_duplicate(void *ctx, struct stage_rpc_call *call, json_t *args,
	json_t **result, struct stage_err *err)
{
	(void)result;
	return do_song(ctx, call, args, stage_show_engine_duplicate, err);
}

static enum stage_status
take_list(void *ctx, struct stage_rpc_call *call, json_t *args, json_t **result,
	struct stage_err *err)
{
	struct stage_strv names = {0};
	struct stage_strv odd = {0};
	json_t *songs = json_array();
	json_t *complaints = json_array();
	enum stage_status status = stage_show_store_list(
		stage_show_daemon_store(ctx), &names, &odd, err);

	(void)call;
	(void)args;
	for (size_t i = 0; i < names.count; i++) {
		(void)json_array_append_new(
			songs, stage_rpc_text(names.items[i]));
	}
	for (size_t i = 0; i < odd.count; i++) {
		(void)json_array_append_new(
			complaints, stage_rpc_text(odd.items[i]));
	}
	stage_strv_finish(&names);
	stage_strv_finish(&odd);
	*result = json_pack("{s:o, s:o}", "songs", songs, "odd", complaints);
	return status;
}

static const struct stage_verb_arg close_args[] = {
	{"discard", STAGE_ARG_BOOLEAN, STAGE_ARG_OPTIONAL,
		"save nothing, also in edit mode"},
	STAGE_ARGS_END,
};

static enum stage_status
take_close(void *ctx, struct stage_rpc_call *call, json_t *args,
	json_t **result, struct stage_err *err)
{
	struct stage_show_asker asker = {NULL, NULL};
	enum stage_status status = stage_show_defer(call, &asker, err);

	(void)result;
	if (status == STAGE_OK) {
		stage_show_engine_close(stage_show_daemon_engine(ctx),
			stage_args_boolean(args, "discard", false)
				? STAGE_SHOW_SAVE_NOT
				: STAGE_SHOW_SAVE_BY_MODE,
			asker);
	}
	return status;
}

static enum stage_status
take_save(void *ctx, struct stage_rpc_call *call, json_t *args, json_t **result,
	struct stage_err *err)
{
	struct stage_show_asker asker = {NULL, NULL};
	enum stage_status status = stage_show_defer(call, &asker, err);

	(void)args;
	(void)result;
	if (status == STAGE_OK) {
		stage_show_engine_save(stage_show_daemon_engine(ctx), asker);
	}
	return status;
}

static const struct stage_verb_arg mode_args[] = {
	{"mode", STAGE_ARG_TEXT, STAGE_ARG_REQUIRED,
		"show: nothing is saved by itself; edit: songs are saved when "
		"they are left"},
	STAGE_ARGS_END,
};

static enum stage_status
take_mode(void *ctx, struct stage_rpc_call *call, json_t *args, json_t **result,
	struct stage_err *err)
{
	const char *mode = stage_args_text(args, "mode", "");
	bool is_edit = strcmp(mode, "edit") == 0;

	(void)call;
	(void)result;
	if (!is_edit && strcmp(mode, "show") != 0) {
		return stage_err_set(err, STAGE_BAD_INPUT,
			"\"%s\" is no mode; modes are show and edit", mode);
	}
	stage_show_engine_set_edit(stage_show_daemon_engine(ctx), is_edit);
	return STAGE_OK;
}

// Clients.

static const struct stage_verb_arg add_args[] = {
	{"program", STAGE_ARG_TEXT, STAGE_ARG_REQUIRED,
		"the name of an installed program"},
	STAGE_ARGS_END,
};

static enum stage_status
take_add(void *ctx, struct stage_rpc_call *call, json_t *args, json_t **result,
	struct stage_err *err)
{
	struct stage_show_asker asker = {NULL, NULL};
	enum stage_status status = stage_show_defer(call, &asker, err);

	(void)result;
	if (status == STAGE_OK) {
		stage_show_engine_add(stage_show_daemon_engine(ctx),
			stage_args_text(args, "program", ""), asker);
	}
	return status;
}

static const struct stage_verb_arg client_args[] = {
	{"client", STAGE_ARG_TEXT, STAGE_ARG_REQUIRED, "its id, as nABCD"},
	STAGE_ARGS_END,
};

static enum stage_status
take_stop(void *ctx, struct stage_rpc_call *call, json_t *args, json_t **result,
	struct stage_err *err)
{
	(void)call;
	(void)result;
	return stage_show_engine_stop(stage_show_daemon_engine(ctx),
		stage_args_text(args, "client", ""), err);
}

static enum stage_status
take_start(void *ctx, struct stage_rpc_call *call, json_t *args,
	json_t **result, struct stage_err *err)
{
	(void)call;
	(void)result;
	return stage_show_engine_resume(stage_show_daemon_engine(ctx),
		stage_args_text(args, "client", ""), err);
}

static enum stage_status
take_remove(void *ctx, struct stage_rpc_call *call, json_t *args,
	json_t **result, struct stage_err *err)
{
	(void)call;
	(void)result;
	return stage_show_engine_remove(stage_show_daemon_engine(ctx),
		stage_args_text(args, "client", ""), err);
}

static enum stage_status
take_show(void *ctx, struct stage_rpc_call *call, json_t *args, json_t **result,
	struct stage_err *err)
{
	(void)call;
	(void)result;
	return stage_show_engine_show(stage_show_daemon_engine(ctx),
		stage_args_text(args, "client", ""), true, err);
}

static enum stage_status
take_hide(void *ctx, struct stage_rpc_call *call, json_t *args, json_t **result,
	struct stage_err *err)
{
	(void)call;
	(void)result;
	return stage_show_engine_show(stage_show_daemon_engine(ctx),
		stage_args_text(args, "client", ""), false, err);
}

#define LINES_MAX 100

static const struct stage_verb_arg said_args[] = {
	{"client", STAGE_ARG_TEXT, STAGE_ARG_REQUIRED, "its id, as nABCD"},
	{"lines", STAGE_ARG_INTEGER, STAGE_ARG_OPTIONAL,
		"how many at most; 20 if nothing is said"},
	STAGE_ARGS_END,
};

static enum stage_status
take_said(void *ctx, struct stage_rpc_call *call, json_t *args, json_t **result,
	struct stage_err *err)
{
	const char *id = stage_args_text(args, "client", "");
	int64_t lines = stage_args_integer(args, "lines", 20);
	struct stage_str text = {0};

	(void)call;
	if (!stage_show_id_ok(id)) {
		return stage_err_set(
			err, STAGE_BAD_INPUT, "\"%s\" is no id", id);
	}
	if (lines < 1 || lines > LINES_MAX) {
		return stage_err_set(err, STAGE_BAD_INPUT,
			"lines go from 1 to %d", LINES_MAX);
	}
	stage_show_daemon_tail(ctx, id, (size_t)lines, &text);
	*result = json_pack(
		"{s:o}", "text", stage_rpc_text(stage_str_text(&text)));
	stage_str_finish(&text);
	return STAGE_OK;
}

static const struct stage_verb verbs[] = {
	{"list", NULL, "Lists the songs there are", take_list,
		STAGE_DEED_LOOKS},
	{"open", song_args, "Plays a song in place of the one that plays",
		take_open, STAGE_DEED_CHANGES},
	{"new", song_args, "Makes an empty song and plays it", take_new,
		STAGE_DEED_CHANGES},
	{"duplicate", song_args, "Plays a copy of the song that plays",
		take_duplicate, STAGE_DEED_CHANGES},
	{"save", NULL, "Has all clients of the song save", take_save,
		STAGE_DEED_CHANGES},
	{"close", close_args, "Ends the song that plays", take_close,
		STAGE_DEED_CHANGES},
	{"mode", mode_args, "Says whether songs are saved by themselves",
		take_mode, STAGE_DEED_CHANGES},
	{"add", add_args, "Adds a program to the song and starts it", take_add,
		STAGE_DEED_CHANGES},
	{"stop", client_args, "Ends a client of the song", take_stop,
		STAGE_DEED_CHANGES},
	{"start", client_args, "Starts a client of the song again", take_start,
		STAGE_DEED_CHANGES},
	{"remove", client_args, "Takes a client that was stopped out",
		take_remove, STAGE_DEED_CHANGES},
	{"show", client_args, "Has a client show its window", take_show,
		STAGE_DEED_CHANGES},
	{"hide", client_args, "Has a client hide its window", take_hide,
		STAGE_DEED_CHANGES},
	{"said", said_args, "The last lines that a client has said", take_said,
		STAGE_DEED_LOOKS},
};

#define V(at) &verbs[at]
#define GO(at) &stage_show_go_verbs[at]
#define SET(at) &stage_show_set_verbs[at]
#define EDIT(at) &stage_show_set_edit_verbs[at]
#define SONG(at) &stage_show_song_verbs[at]
#define CUE(at) &stage_show_cue_verbs[at]
#define MIDI(at) &stage_show_midi_verbs[at]
const struct stage_verb *const stage_show_verbs[] = {V(0), V(1), V(2), V(3),
	V(4), V(5), V(6), V(7), V(8), V(9), V(10), V(11), V(12), V(13), GO(0),
	GO(1), GO(2), GO(3), GO(4), GO(5), GO(6), GO(7), GO(8), SET(0), SET(1),
	SET(2), SET(3), EDIT(0), EDIT(1), EDIT(2), EDIT(3), EDIT(4), EDIT(5),
	EDIT(6), EDIT(7), EDIT(8), SONG(0), SONG(1), SONG(2), SONG(3), SONG(4),
	CUE(0), CUE(1), CUE(2), MIDI(0), MIDI(1), MIDI(2), MIDI(3), MIDI(4),
	MIDI(5), NULL};
