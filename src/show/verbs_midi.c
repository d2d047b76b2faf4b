/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

// midi, learn, forget: pedals; tempo; calm.

#include <stdlib.h>
#include <string.h>

#include "show/daemon_private.h"
#include "show/remote.h"
#include "show/verbs_private.h"

// Pedals.

static enum stage_status
take_midi(void *ctx, struct stage_rpc_call *call, json_t *args, json_t **result,
	struct stage_err *err)
{
	struct stage_show_daemon *self = ctx;

	(void)call;
	(void)args;
	(void)err;
	*result = stage_show_pedalside_view(self->pedalside);
	return STAGE_OK;
}

static const struct stage_verb_arg learn_args[] = {
	{"act", STAGE_ARG_TEXT, STAGE_ARG_OPTIONAL,
		"what the pedal is to ask: go, next, play, panic ...; without "
		"it nothing is learned any more"},
	{"number", STAGE_ARG_INTEGER, STAGE_ARG_OPTIONAL,
		"of the song, for play and select"},
	STAGE_ARGS_END,
};

static const struct stage_verb_arg forget_args[] = {
	{"act", STAGE_ARG_TEXT, STAGE_ARG_REQUIRED, "what nobody is to ask"},
	{"number", STAGE_ARG_INTEGER, STAGE_ARG_OPTIONAL,
		"of the song, for play and select"},
	STAGE_ARGS_END,
};

static enum stage_status
read_act(const json_t *args, enum stage_show_act *act, long *number,
	struct stage_err *err)
{
	const char *word = stage_args_text(args, "act", "");

	*act = stage_show_act_from_word(word);
	*number = (long)stage_args_integer(args, "number", 0);
	return *act < STAGE_SHOW_ACT_COUNT
		       ? STAGE_OK
		       : stage_err_set(err, STAGE_BAD_INPUT,
				 "\"%s\" is nothing that a pedal may ask",
				 word);
}

static enum stage_status
take_learn(void *ctx, struct stage_rpc_call *call, json_t *args,
	json_t **result, struct stage_err *err)
{
	struct stage_show_daemon *self = ctx;
	enum stage_show_act act;
	enum stage_status status;
	long number;

	(void)call;
	(void)result;
	if (json_object_get(args, "act") == NULL) {
		stage_show_pedalside_stop_learning(self->pedalside);
		return STAGE_OK;
	}
	status = read_act(args, &act, &number, err);
	return status == STAGE_OK ? stage_show_pedalside_learn(
					    self->pedalside, act, number, err)
				  : status;
}

static enum stage_status
take_forget(void *ctx, struct stage_rpc_call *call, json_t *args,
	json_t **result, struct stage_err *err)
{
	struct stage_show_daemon *self = ctx;
	enum stage_show_act act;
	size_t count = 0;
	long number;
	enum stage_status status = read_act(args, &act, &number, err);

	(void)call;
	if (status == STAGE_OK) {
		status = stage_show_pedalside_forget(
			self->pedalside, act, number, &count, err);
	}
	if (status == STAGE_OK) {
		*result = json_pack("{s:I}", "forgotten", (json_int_t)count);
	}
	return status;
}

static const struct stage_verb_arg send_args[] = {
	{"bytes", STAGE_ARG_TEXT, STAGE_ARG_REQUIRED,
		"whole MIDI messages in hexadecimal, as \"90 3c 40\""},
	STAGE_ARGS_END,
};

// Blanks between bytes, and before and behind them, or none.
static enum stage_status
read_bytes(const char *text, uint8_t *out, size_t *len, struct stage_err *err)
{
	const char *digits = "0123456789abcdefABCDEF";

	for (*len = 0; *len < STAGE_SHOW_MIDI_MAX; (*len)++) {
		char pair[3] = "";

		text += strspn(text, " ");
		if (*text == '\0') {
			return STAGE_OK;
		}
		if (strspn(text, digits) < 2) {
			break;
		}
		memcpy(pair, text, 2);
		out[*len] = (uint8_t)strtoul(pair, NULL, 16);
		text += 2;
	}
	return stage_err_set(err, STAGE_BAD_INPUT,
		"MIDI messages are up to %d bytes of two hexadecimal digits "
		"each, as \"90 3c 40\"",
		STAGE_SHOW_MIDI_MAX);
}

static enum stage_status
take_send(void *ctx, struct stage_rpc_call *call, json_t *args, json_t **result,
	struct stage_err *err)
{
	struct stage_show_daemon *self = ctx;
	uint8_t bytes[STAGE_SHOW_MIDI_MAX];
	size_t len = 0;
	enum stage_status status = read_bytes(
		stage_args_text(args, "bytes", ""), bytes, &len, err);

	(void)call;
	(void)result;
	return status == STAGE_OK
		       ? stage_show_jack_send(self->jack, bytes, len, err)
		       : status;
}

// The tempo.

static const struct stage_verb_arg tempo_args[] = {
	{"bpm", STAGE_ARG_NUMBER, STAGE_ARG_OPTIONAL,
		"beats a minute, 10 to 1000"},
	{"metre", STAGE_ARG_TEXT, STAGE_ARG_OPTIONAL, "as 4/4"},
	{"at", STAGE_ARG_TEXT, STAGE_ARG_OPTIONAL,
		"now, or bar: from the next bar on; bar if nothing is said"},
	STAGE_ARGS_END,
};

static enum stage_status
read_metre(
	const char *text, struct stage_show_tempo *out, struct stage_err *err)
{
	int64_t beats = 0;
	int64_t type = 0;

	if (!stage_show_metre_parse(text, &beats, &type)) {
		return stage_err_set(err, STAGE_BAD_INPUT,
			"\"%s\" is no metre such as 4/4 or 7/8", text);
	}
	out->beats = (uint16_t)beats;
	out->beat_type = (uint16_t)type;
	return STAGE_OK;
}

static enum stage_status
read_bpm(double bpm, struct stage_show_tempo *out, struct stage_err *err)
{
	if (!(bpm >= STAGE_SHOW_BPM_MIN && bpm <= STAGE_SHOW_BPM_MAX)) {
		return stage_err_set(err, STAGE_BAD_INPUT,
			"a tempo is from %d to %d beats a minute",
			STAGE_SHOW_BPM_MIN, STAGE_SHOW_BPM_MAX);
	}
	out->micro_bpm = (uint32_t)(bpm * 1e6 + 0.5);
	return STAGE_OK;
}

static enum stage_status
read_tempo(const json_t *args, struct stage_show_tempo *tempo,
	enum stage_show_tempo_at *at, struct stage_err *err)
{
	const char *metre = stage_args_text(args, "metre", NULL);
	const char *when = stage_args_text(args, "at", "bar");
	enum stage_status status = STAGE_OK;

	*at = strcmp(when, "now") == 0 ? STAGE_SHOW_TEMPO_NOW
				       : STAGE_SHOW_TEMPO_BAR;
	if (*at == STAGE_SHOW_TEMPO_BAR && strcmp(when, "bar") != 0) {
		return stage_err_set(err, STAGE_BAD_INPUT,
			"a tempo holds from now on, or from the next bar on");
	}
	if (json_object_get(args, "bpm") != NULL) {
		status =
			read_bpm(stage_args_number(args, "bpm", 0), tempo, err);
	}
	return status == STAGE_OK && metre != NULL
		       ? read_metre(metre, tempo, err)
		       : status;
}

static enum stage_status
take_tempo(void *ctx, struct stage_rpc_call *call, json_t *args,
	json_t **result, struct stage_err *err)
{
	struct stage_show_daemon *self = ctx;
	struct stage_show_tempo tempo = {0};
	enum stage_show_tempo_at at;
	enum stage_status status = read_tempo(args, &tempo, &at, err);

	(void)call;
	if (status != STAGE_OK) {
		return status;
	}
	if (tempo.micro_bpm > 0 || tempo.beats > 0) {
		stage_show_pulse_set(&self->pulse, &tempo, at);
		self->has_news = true;
	}
	*result = stage_show_pulse_view(&self->pulse);
	return STAGE_OK;
}

static enum stage_status
take_calm(void *ctx, struct stage_rpc_call *call, json_t *args, json_t **result,
	struct stage_err *err)
{
	struct stage_show_daemon *self = ctx;

	(void)call;
	(void)args;
	(void)result;
	(void)err;
	stage_show_daemon_calm(self);
	return STAGE_OK;
}

const struct stage_verb stage_show_midi_verbs[] = {
	{"midi", NULL, "The MIDI messages that came last, and what they did",
		take_midi, STAGE_DEED_LOOKS},
	{"learn", learn_args, "Has the next pedal ask something from then on",
		take_learn, STAGE_DEED_CHANGES},
	{"forget", forget_args, "Has no pedal ask something any more",
		take_forget, STAGE_DEED_CHANGES},
	{"send", send_args, "Sends MIDI to what cues go to, for a try",
		take_send, STAGE_DEED_CHANGES},
	{"tempo", tempo_args, "Shows or sets the tempo and the metre",
		take_tempo, STAGE_DEED_TURNS},
	{"calm", NULL, "Ends a panic: what was silenced is heard again",
		take_calm, STAGE_DEED_PLAYS},
	{NULL, NULL, NULL, NULL},
};
