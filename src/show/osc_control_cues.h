/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** The setlist as a cue list of QLab, and its songs as cues, in JSON. For
 * osc_control_qlab.c. Pure. Thread: any. */

#ifndef STAGE_SHOW_OSC_CONTROL_CUES_H
#define STAGE_SHOW_OSC_CONTROL_CUES_H

#include <jansson.h>

#include "show/osc_control.h"

/** What is looked at: a song, or the list. */
struct stage_show_cue_view {
	const struct stage_show_sight *sight;
	const struct stage_show_set_line *line; // NULL: the list
	size_t number;                          // of the song
};

/** How much of each cue stands in a list; bits. */
enum stage_show_cue_detail {
	STAGE_SHOW_CUE_SHALLOW = 1, // not what is in them
	STAGE_SHOW_CUE_IDS = 2,     // only its id
};

/** One value. Ownership, here as below: the caller's. NULL: there is no such
 * value. */
json_t *stage_show_cue_value(
	const struct stage_show_cue_view *cue, const char *key);

/** What is in a cue: the songs of the list. */
json_t *stage_show_cue_children(
	const struct stage_show_cue_view *cue, unsigned detail);

/** A list of the song of that number, or of none. */
json_t *stage_show_cue_list_song(
	const struct stage_show_sight *sight, size_t number, unsigned detail);

/** All lists there are: one. */
json_t *stage_show_cue_lists(
	const struct stage_show_sight *sight, unsigned detail);

/** Whether a line of a setlist is a cue. */
bool stage_show_cue_is_song(const struct stage_show_set_line *line);

#endif
