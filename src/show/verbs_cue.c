/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

// Cues: what became of them, and how to try them.

#include <stdlib.h>
#include <string.h>

#include "show/cues.h"
#include "show/verbs_private.h"

static struct stage_show_cue_out *
out_of(void *ctx)
{
	return stage_show_cues_out(stage_show_daemon_cues(ctx));
}

static enum stage_status
take_cues(void *ctx, struct stage_rpc_call *call, json_t *args, json_t **result,
	struct stage_err *err)
{
	(void)call;
	(void)args;
	*result = stage_show_cue_out_view(out_of(ctx));
	return *result != NULL
		       ? STAGE_OK
		       : stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
}

// By hand.

static const struct stage_verb_arg cue_args[] = {
	{"song", STAGE_ARG_TEXT, STAGE_ARG_REQUIRED, "whose cues"},
	{"when", STAGE_ARG_TEXT, STAGE_ARG_REQUIRED,
		"those of load, ready, go or leave"},
	STAGE_ARGS_END,
};

static void
on_fired(void *user, unsigned sent, unsigned failed, const char *why)
{
	struct stage_err err = STAGE_ERR_INIT;

	if (failed == 0) {
		stage_rpc_reply_ok(user, json_pack("{s:i}", "sent", (int)sent));
		return;
	}
	(void)stage_err_set(&err, STAGE_IO, "%u of %u cues were not sent: %s",
		failed, sent + failed, why);
	stage_rpc_reply_fail(user, &err);
}

static enum stage_status
take_cue(void *ctx, struct stage_rpc_call *call, json_t *args, json_t **result,
	struct stage_err *err)
{
	const char *word = stage_args_text(args, "when", "");
	struct stage_show_cue_fired fired = {on_fired, NULL};
	struct stage_rpc_reply *reply = NULL;
	struct stage_err why = STAGE_ERR_INIT;
	enum stage_show_when when = STAGE_SHOW_ON_LOAD;
	enum stage_status status;

	(void)result;
	while (when < STAGE_SHOW_WHEN_COUNT &&
		strcmp(stage_show_when_name(when), word) != 0) {
		when++;
	}
	if (when == STAGE_SHOW_WHEN_COUNT) {
		return stage_err_set(err, STAGE_BAD_INPUT,
			"\"%s\" is neither load, ready, go nor leave", word);
	}
	status = stage_rpc_call_defer(call, &reply, err);
	if (status != STAGE_OK) {
		return status;
	}
	fired.user = reply;
	if (stage_show_cue_out_fire(out_of(ctx),
		    stage_args_text(args, "song", ""), when, &fired,
		    &why) != STAGE_OK) {
		stage_rpc_reply_fail(reply, &why);
	}
	return STAGE_OK;
}

// Whether anybody is there.

static const struct stage_verb_arg probe_args[] = {
	{"song", STAGE_ARG_TEXT, STAGE_ARG_OPTIONAL,
		"whose targets; of all songs if nothing is said"},
	STAGE_ARGS_END,
};

static void
on_probed(void *user, const json_t *report)
{
	stage_rpc_reply_ok(user, json_deep_copy(report));
}

static enum stage_status
take_probe(void *ctx, struct stage_rpc_call *call, json_t *args,
	json_t **result, struct stage_err *err)
{
	const char *song = stage_args_text(args, "song", "");
	struct stage_rpc_reply *reply = NULL;
	struct stage_strv songs = {0};
	struct stage_err why = STAGE_ERR_INIT;
	char path[STAGE_PATH_MAX];
	enum stage_status status = STAGE_OK;

	(void)result;
	if (song[0] != '\0') {
		status = stage_show_store_path(
			stage_show_daemon_store(ctx), song, path, err);
	}
	if (status == STAGE_OK) {
		status = stage_rpc_call_defer(call, &reply, err);
	}
	if (status != STAGE_OK) {
		return status;
	}
	status = song[0] != '\0' ? stage_strv_add(&songs, song) : STAGE_OK;
	if (status == STAGE_OK) {
		status = stage_show_cue_out_probe(stage_show_daemon_cues(ctx),
			song[0] != '\0' ? &songs : NULL, on_probed, reply,
			&why);
	}
	if (status != STAGE_OK) {
		stage_rpc_reply_fail(reply, &why);
	}
	stage_strv_finish(&songs);
	return STAGE_OK;
}

// As a part of verify.

struct verifying {
	struct stage_rpc_reply *reply;
	json_t *report;
};

static void
on_verified(void *user, const json_t *probed)
{
	struct verifying *self = user;
	const json_t *wrong = json_object_get(probed, "wrong");
	json_t *rig = json_object_get(self->report, "rig");
	json_int_t faults =
		json_integer_value(json_object_get(self->report, "faults"));
	size_t at;
	json_t *sentence;

	json_array_foreach (wrong, at, sentence) {
		(void)json_array_append(rig, sentence);
	}
	(void)json_object_set_new(self->report, "faults",
		json_integer(faults + (json_int_t)json_array_size(wrong)));
	stage_rpc_reply_ok(self->reply, self->report);
	free(self);
}

// The songs that will be played.
static enum stage_status
list_songs(const json_t *report, struct stage_strv *songs)
{
	enum stage_status status = STAGE_OK;
	size_t at;
	json_t *song;

	json_array_foreach (json_object_get(report, "songs"), at, song) {
		const char *name =
			json_string_value(json_object_get(song, "name"));

		if (status == STAGE_OK && name != NULL &&
			!json_is_true(json_object_get(song, "skip")) &&
			!stage_strv_has(songs, name)) {
			status = stage_strv_add(songs, name);
		}
	}
	return status;
}

void
stage_show_verify_cues(struct stage_show_daemon *daemon,
	struct stage_rpc_reply *reply, json_t *report)
{
	struct verifying *self = calloc(1, sizeof(*self));
	struct stage_strv songs = {0};
	struct stage_err err = STAGE_ERR_INIT;
	enum stage_status status = STAGE_NO_MEMORY;

	if (self != NULL) {
		self->reply = reply;
		self->report = json_incref(report);
		status = list_songs(report, &songs);
	}
	if (status == STAGE_OK) {
		status =
			stage_show_cue_out_probe(stage_show_daemon_cues(daemon),
				&songs, on_verified, self, &err);
	}
	if (status != STAGE_OK) { // the rest of it is true all the same
		stage_rpc_reply_ok(reply, json_incref(report));
		if (self != NULL) {
			json_decref(self->report);
			free(self);
		}
	}
	stage_strv_finish(&songs);
}

const struct stage_verb stage_show_cue_verbs[] = {
	{"cues", NULL, "What became of the song's cues, and of their targets",
		take_cues, STAGE_DEED_LOOKS},
	{"cue", cue_args, "Sends the cues of one moment of a song", take_cue,
		STAGE_DEED_CHANGES},
	{"probe", probe_args,
		"Looks whether the targets of cues are there, telling them "
		"nothing",
		take_probe, STAGE_DEED_CHANGES},
	{NULL, NULL, NULL, NULL},
};
