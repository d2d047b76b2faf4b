/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

// go, next and all else that a pedal may ask, too.

#include <string.h>

#include "show/remote.h"
#include "show/verbs_private.h"

static enum stage_status
do_act(void *ctx, struct stage_rpc_call *call, enum stage_show_act act,
	long number, struct stage_err *err)
{
	struct stage_show_asker asker = {NULL, NULL};
	enum stage_status status = stage_show_defer(call, &asker, err);

	if (status == STAGE_OK) {
		stage_show_remote_do(ctx, act, number, asker);
	}
	return status;
}

#define TAKE(name, act)                                                        \
	static enum stage_status take_##name(void *ctx,                        \
		struct stage_rpc_call *call, json_t *args, json_t **result,    \
		struct stage_err *err)                                         \
	{                                                                      \
		(void)args;                                                    \
		(void)result;                                                  \
		return do_act(ctx, call, act, 0, err);                         \
	}
TAKE(go, STAGE_SHOW_ACT_GO)
TAKE(next, STAGE_SHOW_ACT_NEXT)
TAKE(previous, STAGE_SHOW_ACT_PREVIOUS)
TAKE(reset, STAGE_SHOW_ACT_RESET)
TAKE(panic, STAGE_SHOW_ACT_PANIC)
TAKE(tap, STAGE_SHOW_ACT_TAP)
#undef TAKE

static const struct stage_verb_arg number_args[] = {
	{"number", STAGE_ARG_INTEGER, STAGE_ARG_REQUIRED,
		"in the setlist, from 1"},
	STAGE_ARGS_END,
};

static enum stage_status
take_play(void *ctx, struct stage_rpc_call *call, json_t *args, json_t **result,
	struct stage_err *err)
{
	(void)result;
	return do_act(ctx, call, STAGE_SHOW_ACT_PLAY,
		(long)stage_args_integer(args, "number", 0), err);
}

static const struct stage_verb_arg select_args[] = {
	{"which", STAGE_ARG_ANY, STAGE_ARG_REQUIRED,
		"a number in the setlist, next or previous"},
	STAGE_ARGS_END,
};

static enum stage_status
take_select(void *ctx, struct stage_rpc_call *call, json_t *args,
	json_t **result, struct stage_err *err)
{
	const json_t *which = json_object_get(args, "which");
	const char *word = json_string_value(which);

	(void)result;
	if (json_is_integer(which)) {
		return do_act(ctx, call, STAGE_SHOW_ACT_SELECT,
			(long)json_integer_value(which), err);
	}
	if (word != NULL && strcmp(word, "next") == 0) {
		return do_act(ctx, call, STAGE_SHOW_ACT_SELECT_NEXT, 0, err);
	}
	if (word != NULL && strcmp(word, "previous") == 0) {
		return do_act(
			ctx, call, STAGE_SHOW_ACT_SELECT_PREVIOUS, 0, err);
	}
	return stage_err_set(err, STAGE_BAD_INPUT,
		"a song is selected by its number, or by next or previous");
}

static const struct stage_verb_arg transport_args[] = {
	{"what", STAGE_ARG_TEXT, STAGE_ARG_REQUIRED,
		"stop: and to the beginning; pause; resume"},
	STAGE_ARGS_END,
};

static enum stage_status
take_transport(void *ctx, struct stage_rpc_call *call, json_t *args,
	json_t **result, struct stage_err *err)
{
	const char *what = stage_args_text(args, "what", "");
	enum stage_show_act act = stage_show_act_from_word(what);

	(void)result;
	if (act != STAGE_SHOW_ACT_STOP && act != STAGE_SHOW_ACT_PAUSE &&
		act != STAGE_SHOW_ACT_RESUME) {
		return stage_err_set(err, STAGE_BAD_INPUT,
			"\"%s\" is nothing that a transport does; it can stop, "
			"pause and resume",
			what);
	}
	return do_act(ctx, call, act, 0, err);
}

const struct stage_verb stage_show_go_verbs[] = {
	{"go", NULL,
		"Plays the song that is selected, and selects the one "
		"after it",
		take_go, STAGE_DEED_PLAYS},
	{"next", NULL, "Plays the song after the one that plays", take_next,
		STAGE_DEED_PLAYS},
	{"previous", NULL, "Plays the song before the one that plays",
		take_previous, STAGE_DEED_PLAYS},
	{"play", number_args, "Plays the song of that number in the setlist",
		take_play, STAGE_DEED_PLAYS},
	{"select", select_args, "Selects the song that go plays", take_select,
		STAGE_DEED_PLAYS},
	{"reset", NULL, "Goes back to the first song, and plays nothing",
		take_reset, STAGE_DEED_PLAYS},
	{"panic", NULL, "Ends all notes that hang; a second one mutes all",
		take_panic, STAGE_DEED_PLAYS},
	{"tap", NULL, "Taps the tempo", take_tap, STAGE_DEED_PLAYS},
	{"transport", transport_args, "Stops the transport, or lets it roll",
		take_transport, STAGE_DEED_PLAYS},
	{NULL, NULL, NULL, NULL},
};
