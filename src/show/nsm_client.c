/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What clients tell. A stranger's words about itself are nobody's. */

#include <string.h>

#include "osc/write.h"
#include "show/nsm_private.h"

#define OWN_CAPS ":server-control:broadcast:optional-gui:monitor:"

static const char *
text_at(const struct stage_show_heard *heard, size_t at)
{
	return stage_osc_text(heard->message, at);
}

static int32_t
int_at(const struct stage_show_heard *heard, size_t at)
{
	int32_t number = 0;
	double other = 0;

	if (!stage_osc_int(heard->message, at, &number) &&
		stage_osc_number(heard->message, at, &other) &&
		other >= INT32_MIN && other <= INT32_MAX) {
		number = (int32_t)other;
	}
	return number;
}

static struct stage_show_program *
speaker(const struct stage_show_heard *heard)
{
	return stage_show_engine_program_at(heard->nsm->engine, heard->from);
}

static void
take_announce(const struct stage_show_heard *heard)
{
	const struct stage_show_announce announce = {
		.name = text_at(heard, 0),
		.caps = text_at(heard, 1),
		.executable = text_at(heard, 2),
		.api_major = int_at(heard, 3),
		.pid = int_at(heard, 5),
	};
	struct stage_err err = STAGE_ERR_INIT;
	enum stage_show_code code = stage_show_engine_announce(
		heard->nsm->engine, heard->from, &announce, &err);

	if (code != STAGE_SHOW_DONE) {
		stage_show_nsm_answer(heard->nsm, heard->from,
			heard->message->address, (int)code, err.text);
		return;
	}
	STAGE_SHOW_SEND(heard->nsm, heard->from, "/reply", "ssss",
		heard->message->address, "Welcome to the show.", "Stagecraft",
		OWN_CAPS);
	stage_show_nsm_monitor_begin(heard);
	stage_show_engine_welcomed(heard->nsm->engine, heard->from);
}

static enum stage_show_pending
answered(const char *path)
{
	if (strcmp(path, "/nsm/client/open") == 0) {
		return STAGE_SHOW_OPEN;
	}
	return strcmp(path, "/nsm/client/save") == 0 ? STAGE_SHOW_SAVE
						     : STAGE_SHOW_NOTHING;
}

static void
take_answer(const struct stage_show_heard *heard, int code, const char *text)
{
	struct stage_show_program *program = speaker(heard);
	enum stage_show_pending what = answered(text_at(heard, 0));

	if (program != NULL && what != STAGE_SHOW_NOTHING) {
		stage_show_engine_replied(
			heard->nsm->engine, program, what, code, text);
	}
}

static void
take_reply(const struct stage_show_heard *heard)
{
	take_answer(heard, STAGE_SHOW_DONE, text_at(heard, 1));
}

static void
take_error(const struct stage_show_heard *heard)
{
	int code = int_at(heard, 1);

	// Whatever the number is: it said that it is an error.
	take_answer(
		heard, code < 0 ? code : STAGE_SHOW_GENERAL, text_at(heard, 2));
}

static void
say(const struct stage_show_heard *heard, enum stage_show_news what,
	double number, const char *text)
{
	struct stage_show_program *program = speaker(heard);

	if (program != NULL) {
		stage_show_engine_said(
			heard->nsm->engine, program, what, number, text);
	}
}

static void
take_progress(const struct stage_show_heard *heard)
{
	double part = 0;

	if (stage_osc_number(heard->message, 0, &part) && part >= 0 &&
		part <= 1) {
		say(heard, STAGE_SHOW_SLOT_PROGRESS, part, "");
	}
}

static void
take_dirty(const struct stage_show_heard *heard)
{
	say(heard, STAGE_SHOW_SLOT_DIRTY, 1, "");
}

static void
take_clean(const struct stage_show_heard *heard)
{
	say(heard, STAGE_SHOW_SLOT_DIRTY, 0, "");
}

static void
take_shown(const struct stage_show_heard *heard)
{
	say(heard, STAGE_SHOW_SLOT_GUI, 1, "");
}

static void
take_hidden(const struct stage_show_heard *heard)
{
	say(heard, STAGE_SHOW_SLOT_GUI, 0, "");
}

static void
take_message(const struct stage_show_heard *heard)
{
	say(heard, STAGE_SHOW_SLOT_MESSAGE, int_at(heard, 0),
		text_at(heard, 1));
}

static void
take_label(const struct stage_show_heard *heard)
{
	say(heard, STAGE_SHOW_SLOT_LABEL, 0, text_at(heard, 0));
}

const struct stage_show_row stage_show_nsm_client_rows[] = {
	{"/nsm/server/announce", "sssiii", take_announce},
	{"/reply", "ss", take_reply},
	{"/error", "sis", take_error},
	{"/nsm/client/progress", "f", take_progress},
	{"/nsm/client/is_dirty", "", take_dirty},
	{"/nsm/client/is_clean", "", take_clean},
	{"/nsm/client/gui_is_shown", "", take_shown},
	{"/nsm/client/gui_is_hidden", "", take_hidden},
	{"/nsm/client/message", "is", take_message},
	{"/nsm/client/label", "s", take_label},
	{NULL, NULL, NULL},
};
