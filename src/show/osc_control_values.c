/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "show/osc_control_values.h"

#include <assert.h>
#include <string.h>

#include "base/utf8.h"
#include "osc/write.h"
#include "show/osc_control.h"

enum value {
	SONG_NAME,
	SONG_NUMBER,
	SELECTED_NAME,
	SELECTED_NUMBER,
	NEXT_NAME,
	NEXT_NUMBER,
	SET_NAME,
	SET_SONGS,
	LOADING_NAME,
	PROGRESS,
	MODE,
	TEMPO,
	PLAYING,
	BAR,
	BEAT,
	STATE, // last: who waits for it knows the others by then
	VALUE_COUNT,
};

static_assert(
	VALUE_COUNT == STAGE_SHOW_VALUE_COUNT, "the header says how many");

static const char *const addresses[] = {
	[SONG_NAME] = "/stagecraft/song/name",
	[SONG_NUMBER] = "/stagecraft/song/number",
	[SELECTED_NAME] = "/stagecraft/selected/name",
	[SELECTED_NUMBER] = "/stagecraft/selected/number",
	[NEXT_NAME] = "/stagecraft/next/name",
	[NEXT_NUMBER] = "/stagecraft/next/number",
	[SET_NAME] = "/stagecraft/set/name",
	[SET_SONGS] = "/stagecraft/set/songs",
	[LOADING_NAME] = "/stagecraft/loading/name",
	[PROGRESS] = "/stagecraft/progress",
	[MODE] = "/stagecraft/mode",
	[TEMPO] = "/stagecraft/tempo",
	[PLAYING] = "/stagecraft/playing",
	[BAR] = "/stagecraft/bar",
	[BEAT] = "/stagecraft/beat",
	[STATE] = "/stagecraft/state",
};

const char *
stage_show_value_address(size_t at)
{
	return addresses[at];
}

static void
set_text(struct stage_show_values *self, enum value at, const char *text)
{
	struct stage_show_value *value = &self->items[at];
	size_t len =
		stage_utf8_clip(text, strlen(text), sizeof(value->text) - 1);

	value->type = 's';
	memcpy(value->text, text, len);
	value->text[len] = '\0';
}

static void
set_number(struct stage_show_values *self, enum value at, size_t number)
{
	self->items[at].type = 'i';
	self->items[at].number = (int32_t)number;
}

static void
set_part(struct stage_show_values *self, enum value at, double part)
{
	self->items[at].type = 'f';
	self->items[at].part = (float)part;
}

static void
set_spot(struct stage_show_values *self, enum value at,
	const struct stage_show_spot *spot)
{
	set_text(self, at, spot->name);
	set_number(self, at + 1, spot->number);
}

void
stage_show_values_take(
	struct stage_show_values *out, const struct stage_show_sight *sight)
{
	const struct stage_show_place *place = sight->place;

	memset(out, 0, sizeof(*out));
	set_text(out, SONG_NAME, sight->song);
	set_number(out, SONG_NUMBER, place->playing.number);
	set_spot(out, SELECTED_NAME, &place->selected);
	set_spot(out, NEXT_NAME, &place->next);
	set_text(out, SET_NAME, place->set != NULL ? place->set : "");
	set_number(out, SET_SONGS, place->songs);
	set_text(out, LOADING_NAME, sight->loading);
	set_part(out, PROGRESS, sight->progress);
	set_text(out, MODE, sight->is_edit ? "edit" : "show");
	set_part(out, TEMPO, sight->tempo_bpm);
	set_number(out, PLAYING, sight->is_rolling);
	set_number(out, BAR, (size_t)sight->bar);
	set_number(out, BEAT, (size_t)sight->beat);
	set_text(out, STATE, sight->state);
}

static bool
is_same_part(float a, float b)
{
	return !(a < b) && !(a > b);
}

bool
stage_show_value_differs(const struct stage_show_values *now,
	const struct stage_show_values *before, size_t at)
{
	const struct stage_show_value *a = &now->items[at];
	const struct stage_show_value *b;

	if (before == NULL) {
		return true;
	}
	b = &before->items[at];
	return a->number != b->number || !is_same_part(a->part, b->part) ||
	       strcmp(a->text, b->text) != 0;
}

enum stage_status
stage_show_value_write(
	const struct stage_show_values *self, size_t at, struct stage_str *out)
{
	const struct stage_show_value *value = &self->items[at];

	switch (value->type) {
	case 's':
		return stage_osc_write(out, addresses[at], "s", value->text);
	case 'i':
		return stage_osc_write(out, addresses[at], "i", value->number);
	default:
		return stage_osc_write(
			out, addresses[at], "f", (double)value->part);
	}
}
