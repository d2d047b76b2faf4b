/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "show/osc_control_cues.h"

#include <string.h>

#include "base/str.h"
#include "rpc/proto.h"

// Values of a cue.

static json_t *
id_of(const struct stage_show_cue_view *cue)
{
	char id[STAGE_SHOW_CUE_ID_MAX];

	if (cue->line == NULL) {
		stage_show_osc_list_id(cue->sight, id);
	} else {
		stage_show_osc_song_id(cue->sight, cue->number, id);
	}
	return json_string(id);
}

static json_t *
number_of(const struct stage_show_cue_view *cue)
{
	char text[24] = "";

	if (cue->line != NULL) {
		(void)!stage_format(text, sizeof(text), "%zu", cue->number);
	}
	return json_string(text);
}

static json_t *
name_of(const struct stage_show_cue_view *cue)
{
	const char *set = cue->sight->place->set;

	if (cue->line == NULL) {
		return stage_rpc_text(set != NULL ? set : "Songs");
	}
	return stage_rpc_text(cue->line->name != NULL ? cue->line->name : "");
}

static json_t *
type_of(const struct stage_show_cue_view *cue)
{
	return json_string(cue->line == NULL ? "Cue List" : "Group");
}

static json_t *
parent_of(const struct stage_show_cue_view *cue)
{
	const struct stage_show_cue_view list = {cue->sight, NULL, 0};

	return cue->line == NULL ? json_string("[root group of cue lists]")
				 : id_of(&list);
}

static bool
does_play(const struct stage_show_cue_view *cue)
{
	return cue->line != NULL &&
	       cue->number == cue->sight->place->playing.number;
}

static json_t *
is_running(const struct stage_show_cue_view *cue)
{
	return json_boolean(does_play(cue) && !cue->sight->is_paused);
}

static json_t *
is_paused(const struct stage_show_cue_view *cue)
{
	return json_boolean(does_play(cue) && cue->sight->is_paused);
}

static json_t *
is_loaded(const struct stage_show_cue_view *cue)
{
	return json_boolean(cue->line != NULL &&
			    cue->number == cue->sight->place->selected.number);
}

static json_t *
is_armed(const struct stage_show_cue_view *cue)
{
	return json_boolean(cue->line == NULL || !cue->line->is_skipped);
}

static json_t *
is_broken(const struct stage_show_cue_view *cue)
{
	return json_boolean(
		cue->line != NULL && cue->line->kind == STAGE_SHOW_SET_BAD);
}

static json_t *
color_of(const struct stage_show_cue_view *cue)
{
	return json_string(does_play(cue) ? "green" : "none");
}

static json_t *
playhead_number(const struct stage_show_cue_view *cue)
{
	struct stage_show_cue_view selected = *cue;

	selected.number = cue->sight->place->selected.number;
	selected.line =
		stage_show_setlist_song(cue->sight->list, selected.number);
	return selected.line != NULL ? number_of(&selected)
				     : json_string("none");
}

static json_t *
playhead_id(const struct stage_show_cue_view *cue)
{
	char id[STAGE_SHOW_CUE_ID_MAX];

	stage_show_osc_song_id(
		cue->sight, cue->sight->place->selected.number, id);
	return json_string(id[0] != '\0' ? id : "none");
}

static json_t *
no_text(const struct stage_show_cue_view *cue)
{
	(void)cue;
	return json_string("");
}

static json_t *
no_number(const struct stage_show_cue_view *cue)
{
	(void)cue;
	return json_integer(0);
}

static json_t *
no_flag(const struct stage_show_cue_view *cue)
{
	(void)cue;
	return json_false();
}

static json_t *
no_place(const struct stage_show_cue_view *cue)
{
	(void)cue;
	return json_pack("[i, i]", 0, 0);
}

static const struct {
	const char *key;
	json_t *(*value)(const struct stage_show_cue_view *cue);
} keys[] = {
	{"uniqueID", id_of},
	{"number", number_of},
	{"name", name_of},
	{"listName", name_of},
	{"displayName", name_of},
	{"defaultName", name_of},
	{"type", type_of},
	{"colorName", color_of},
	{"flagged", no_flag},
	{"armed", is_armed},
	// Those above are in every list.
	{"parent", parent_of},
	{"isRunning", is_running},
	{"isActionRunning", is_running},
	{"isPaused", is_paused},
	{"isLoaded", is_loaded},
	{"isBroken", is_broken},
	{"isAuditioning", no_flag},
	{"isOverridden", no_flag},
	{"isPanicking", no_flag},
	{"autoLoad", no_flag},
	{"infiniteLoop", no_flag},
	{"holdLastFrame", no_flag},
	{"notes", no_text},
	{"duration", no_number},
	{"currentDuration", no_number},
	{"actionElapsed", no_number},
	{"percentActionElapsed", no_number},
	{"preWait", no_number},
	{"preWaitElapsed", no_number},
	{"percentPreWaitElapsed", no_number},
	{"postWait", no_number},
	{"postWaitElapsed", no_number},
	{"percentPostWaitElapsed", no_number},
	{"continueMode", no_number},
	{"mode", no_number},
	{"cartPosition", no_place},
	{"playbackPosition", playhead_number},
	{"playbackPositionId", playhead_id},
	{"playbackPositionID", playhead_id},
	{"playhead", playhead_number},
	{"playheadId", playhead_id},
	{"playheadID", playhead_id},
};

#define LISTED_KEYS 10

json_t *
stage_show_cue_value(const struct stage_show_cue_view *cue, const char *key)
{
	for (size_t i = 0; i < STAGE_COUNT_OF(keys); i++) {
		if (strcmp(keys[i].key, key) == 0) {
			return keys[i].value(cue);
		}
	}
	return NULL;
}

// Cues as they stand in lists.

static json_t *
view(const struct stage_show_cue_view *cue, unsigned detail)
{
	json_t *object = json_object();
	size_t count = (detail & STAGE_SHOW_CUE_IDS) != 0 ? 1 : LISTED_KEYS;

	for (size_t i = 0; i < count; i++) {
		(void)json_object_set_new(
			object, keys[i].key, keys[i].value(cue));
	}
	return object;
}

static void
add_children(json_t *object, json_t *children, unsigned detail)
{
	if ((detail & STAGE_SHOW_CUE_SHALLOW) == 0) {
		(void)json_object_set_new(object, "cues", children);
	} else {
		json_decref(children);
	}
}

bool
stage_show_cue_is_song(const struct stage_show_set_line *line)
{
	return line->kind == STAGE_SHOW_SET_SONG ||
	       line->kind == STAGE_SHOW_SET_BAD;
}

static json_t *
view_song(const struct stage_show_cue_view *cue, unsigned detail)
{
	json_t *object = view(cue, detail);

	add_children(object, json_array(), detail);
	return object;
}

json_t *
stage_show_cue_children(const struct stage_show_cue_view *cue, unsigned detail)
{
	const struct stage_show_setlist *list = cue->sight->list;
	json_t *array = json_array();

	for (size_t i = 0; i < list->count && cue->line == NULL; i++) {
		const struct stage_show_set_line *line = &list->lines[i];
		const struct stage_show_cue_view song = {
			cue->sight, line, line->number};
		if (stage_show_cue_is_song(line)) {
			(void)json_array_append_new(
				array, view_song(&song, detail));
		}
	}
	return array;
}

json_t *
stage_show_cue_list_song(
	const struct stage_show_sight *sight, size_t number, unsigned detail)
{
	const struct stage_show_cue_view cue = {
		sight, stage_show_setlist_song(sight->list, number), number};
	json_t *array = json_array();

	if (cue.line != NULL) {
		(void)json_array_append_new(array, view_song(&cue, detail));
	}
	return array;
}

json_t *
stage_show_cue_lists(const struct stage_show_sight *sight, unsigned detail)
{
	const struct stage_show_cue_view list = {sight, NULL, 0};
	json_t *array = json_array();
	json_t *object = view(&list, detail);

	add_children(object, stage_show_cue_children(&list, detail), detail);
	(void)json_array_append_new(array, object);
	return array;
}
