/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "show/osc_control.h"

#include <math.h>
#include <string.h>

#include "base/num.h"
#include "show/osc_control_find.h"

#define NUMBER_MAX 999999
#define PRESSED 0.5

// What comes with it.

enum press {
	PRESS,
	LET_GO,
	NO_PRESS, // what came is no button
};

static enum press
press_of(double number)
{
	return number >= PRESSED ? PRESS : LET_GO;
}

static enum press
read_press(const struct stage_osc_message *message)
{
	double number;
	const char *text = stage_osc_text(message, 0);

	if (message->count == 0 || message->types[0] == 'I' ||
		message->types[0] == 'N') {
		return PRESS;
	}
	if (stage_osc_number(message, 0, &number)) {
		return press_of(number);
	}
	if (text != NULL && stage_num_parse_decimal(text, -1e9, 1e9, &number,
				    NULL) == STAGE_OK) {
		return press_of(number);
	}
	return NO_PRESS;
}

// A song by its name; 0: there is none.
static long
find_song(const struct stage_show_sight *sight, const char *name)
{
	for (size_t i = 0; i < sight->list->count; i++) {
		const struct stage_show_set_line *line = &sight->list->lines[i];
		if (line->kind == STAGE_SHOW_SET_SONG &&
			strcmp(line->name, name) == 0) {
			return (long)line->number;
		}
	}
	return 0;
}

// The number of a song; 0: a button was let go; -1: it is none.
static long
read_song(const struct stage_osc_message *message,
	const struct stage_show_sight *sight)
{
	const char *text = stage_osc_text(message, 0);
	double number;
	int64_t whole;

	if (text != NULL) {
		if (stage_num_parse(text, 1, NUMBER_MAX, &whole, NULL) ==
			STAGE_OK) {
			return (long)whole;
		}
		whole = find_song(sight, text);
		return whole > 0 ? (long)whole : -1;
	}
	if (message->count == 0 || message->types[0] == 'T' ||
		!stage_osc_number(message, 0, &number)) {
		return -1;
	}
	if (press_of(number) == LET_GO) {
		return 0;
	}
	return number <= NUMBER_MAX && number >= floor(number) &&
			       number <= floor(number)
		       ? (long)number
		       : -1;
}

static void
set_bad(struct stage_show_osc_request *request, struct stage_err *err,
	const char *sentence)
{
	request->kind = STAGE_SHOW_OSC_BAD;
	request->err = err;
	(void)stage_err_set(err, STAGE_BAD_INPUT, "%s", sentence);
}

// One message, and one of the things that it means.
struct taking {
	const struct stage_osc_message *message;
	const struct stage_show_sight *sight;
	const struct stage_show_osc_finding *found;
	const struct stage_show_osc_meaning *meaning;
	stage_show_osc_handler *handler;
	void *user;
};

// A cue's transport is that of the song that plays.
static bool
is_elsewhere(
	const struct taking *self, const struct stage_show_osc_request *request)
{
	return request->target == STAGE_SHOW_OF_SONG &&
	       (request->act == STAGE_SHOW_ACT_STOP ||
		       request->act == STAGE_SHOW_ACT_PAUSE ||
		       request->act == STAGE_SHOW_ACT_RESUME) &&
	       !self->meaning->is_of_selection &&
	       request->number != (long)self->sight->place->playing.number;
}

static void
finish_act(const struct taking *self, struct stage_show_osc_request *request,
	struct stage_err *err)
{
	if (request->act == STAGE_SHOW_ACT_COUNT) {
		request->act = self->sight->is_paused ? STAGE_SHOW_ACT_RESUME
						      : STAGE_SHOW_ACT_PAUSE;
	}
	if (request->target == STAGE_SHOW_OF_SONG && request->number == 0) {
		set_bad(request, err, "there is no such song now");
	} else if (is_elsewhere(self, request)) {
		set_bad(request, err, "that song does not play");
	}
}

static void
take_button(const struct taking *self, struct stage_show_osc_request *request,
	struct stage_err *err)
{
	const char *text = stage_osc_text(self->message, 0);
	int64_t number;

	switch (read_press(self->message)) {
	case LET_GO:
		request->kind = STAGE_SHOW_OSC_RELEASE;
		return;
	case NO_PRESS:
		set_bad(request, err,
			"what comes with a verb is a number, T, F or nothing");
		return;
	case PRESS:
		break;
	}
	// As a text it is the number of a song: no button sends that.
	if (request->act == STAGE_SHOW_ACT_GO && text != NULL &&
		stage_num_parse(text, 1, NUMBER_MAX, &number, NULL) ==
			STAGE_OK) {
		request->act = STAGE_SHOW_ACT_PLAY;
		request->number = (long)number;
		return;
	}
	finish_act(self, request, err);
}

static void
take_number(const struct taking *self, struct stage_show_osc_request *request,
	struct stage_err *err)
{
	long number = read_song(self->message, self->sight);

	if (self->message->count == 0 &&
		strcmp(self->meaning->path, "playhead") == 0) {
		request->kind = STAGE_SHOW_OSC_ASK;
		request->word = self->meaning->path;
	} else if (number < 0) {
		set_bad(request, err,
			"the number of a song, or its name, must come with it");
	} else if (number == 0) {
		request->kind = STAGE_SHOW_OSC_RELEASE;
	} else {
		request->number = number;
	}
}

static void
take_setting(const struct taking *self, struct stage_show_osc_request *request,
	struct stage_err *err)
{
	const struct stage_osc_message *message = self->message;
	double number = request->kind == STAGE_SHOW_OSC_HEAR ? 1 : -1;

	if (message->count > 0 && !stage_osc_number(message, 0, &number)) {
		set_bad(request, err, "a number must come with it, or nothing");
	} else if (message->count > 0 &&
		   self->meaning->rule == STAGE_SHOW_RULE_SWITCH) {
		number = number >= PRESSED;
	} else if (message->count > 0 && (number < 1 || number > 65535)) {
		set_bad(request, err, "a port is 1 to 65535");
	}
	request->number = (long)number;
}

static void
give(const struct taking *self)
{
	const struct stage_show_osc_meaning *meaning = self->meaning;
	const char *text = stage_osc_text(self->message, 0);
	struct stage_err err = STAGE_ERR_INIT;
	struct stage_show_osc_request request = {
		.kind = meaning->kind,
		.address = meaning->address,
		.is_native = strncmp(meaning->address, "/stagecraft/", 12) == 0,
		.is_of_workspace = self->found->is_of_workspace,
		.act = meaning->act,
		.number = (long)meaning->number,
		.target = meaning->target,
		.word = meaning->word,
		.text = text != NULL ? text : "",
		.has_args = self->message->count > 0,
	};

	switch (meaning->rule) {
	case STAGE_SHOW_RULE_BUTTON:
		take_button(self, &request, &err);
		break;
	case STAGE_SHOW_RULE_NUMBER:
		take_number(self, &request, &err);
		break;
	case STAGE_SHOW_RULE_SWITCH:
	case STAGE_SHOW_RULE_PORT:
		take_setting(self, &request, &err);
		break;
	case STAGE_SHOW_RULE_TEXT:
	case STAGE_SHOW_RULE_NONE:
		break;
	}
	self->handler(self->user, &request);
}

static void
refuse(const struct taking *self, const char *sentence)
{
	struct stage_err err = STAGE_ERR_INIT;
	const char *address = self->message->address;
	struct stage_show_osc_request request = {
		.address = address,
		.is_native = strncmp(address, "/stagecraft", 11) == 0,
		.text = "",
	};

	set_bad(&request, &err, sentence);
	self->handler(self->user, &request);
}

// Of a pattern: is it only asked, or is it one verb?
static bool
is_clear(const struct stage_show_osc_finding *found)
{
	for (size_t i = 0; i < found->count; i++) {
		enum stage_show_osc_kind kind = found->means[i].kind;
		if (kind != STAGE_SHOW_OSC_ASK &&
			kind != STAGE_SHOW_OSC_VALUE && found->count > 1) {
			return false;
		}
	}
	return true;
}

void
stage_show_osc_take(const struct stage_osc_message *message,
	const struct stage_show_sight *sight, stage_show_osc_handler *handler,
	void *user)
{
	struct stage_show_osc_finding found;
	struct taking self = {
		.message = message,
		.sight = sight,
		.found = &found,
		.handler = handler,
		.user = user,
	};

	stage_show_osc_find(&found, message->address, sight);
	if (found.trouble != NULL) {
		refuse(&self, found.trouble);
		return;
	}
	if (!is_clear(&found)) {
		refuse(&self, "that may mean several things, of which none is "
			      "done");
		return;
	}
	for (size_t i = 0; i < found.count; i++) {
		self.meaning = &found.means[i];
		give(&self);
	}
}
