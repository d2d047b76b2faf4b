/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

// What a page or a person sees of setlists.

#include "rpc/proto.h"
#include "show/verbs_private.h"

static json_t *
view_line(const struct stage_show_set_line *line)
{
	switch (line->kind) {
	case STAGE_SHOW_SET_SONG:
		return json_pack("{s:s, s:I, s:s, s:b}", "kind", "song",
			"number", (json_int_t)line->number, "name", line->name,
			"skip", (int)line->is_skipped);
	case STAGE_SHOW_SET_BREAK:
		return json_pack("{s:s, s:o}", "kind", "break", "name",
			stage_rpc_text(line->name));
	case STAGE_SHOW_SET_BAD:
		return json_pack("{s:s, s:I, s:o}", "kind", "bad", "number",
			(json_int_t)line->number, "name",
			stage_rpc_text(line->text));
	case STAGE_SHOW_SET_COMMENT:
	case STAGE_SHOW_SET_KIND_COUNT:
		break;
	}
	return NULL;
}

json_t *
stage_show_view_list(const struct stage_show_setlist *list)
{
	json_t *lines = json_array();

	for (size_t i = 0; i < list->count; i++) {
		json_t *line = view_line(&list->lines[i]);

		if (line != NULL) {
			(void)json_array_append_new(lines, line);
		}
	}
	return lines;
}

static json_t *
view_spot(const struct stage_show_spot *spot)
{
	return spot->name[0] == '\0'
		       ? json_null()
		       : json_pack("{s:I, s:s}", "number",
				 (json_int_t)spot->number, "name", spot->name);
}

json_t *
stage_show_view_place(const struct stage_show_conductor *conductor)
{
	const struct stage_show_place *place =
		stage_show_conductor_place(conductor);

	return json_pack("{s:s?, s:s, s:I, s:o, s:o, s:o, s:o, s:o, s:b, s:I,"
			 " s:o}",
		"set", place->set, "trouble", place->trouble, "songs",
		(json_int_t)place->songs, "playing", view_spot(&place->playing),
		"coming", view_spot(&place->coming), "selected",
		view_spot(&place->selected), "next", view_spot(&place->next),
		"previous", view_spot(&place->previous), "over",
		(int)place->is_over, "guard_ms",
		(json_int_t)(place->guard_ns / 1000000), "list",
		stage_show_view_list(stage_show_conductor_list(conductor)));
}
