/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/str.h"
#include "show/osc_control.h"

static void
make_id(const char *kind, const char *name, size_t number,
	char out[STAGE_SHOW_CUE_ID_MAX])
{
	// Never another one: ids are to be the same tomorrow.
	static const struct stage_hash_key key = {
		.words = {0x7374616765637261, 0x66742d73686f7721}};
	uint64_t first = stage_hash(&key, name, strlen(name));
	uint64_t second = stage_hash(&key, kind, strlen(kind)) ^ first * 31;

	// A UUID of the version that is everybody's own (RFC 9562, 5.8).
	(void)!stage_format(out, STAGE_SHOW_CUE_ID_MAX,
		"%08X-%04X-8%03X-8%03X-%08X%04X",
		(unsigned)(first >> 32U & 0xffffffffU),
		(unsigned)(first >> 16U & 0xffffU), (unsigned)(first & 0xfffU),
		(unsigned)(second >> 40U & 0xfffU),
		(unsigned)(second & 0xffffffffU), (unsigned)(number & 0xffffU));
}

void
stage_show_osc_workspace_id(
	const struct stage_show_sight *sight, char out[STAGE_SHOW_CUE_ID_MAX])
{
	make_id("show", sight->name, 0, out);
}

void
stage_show_osc_list_id(
	const struct stage_show_sight *sight, char out[STAGE_SHOW_CUE_ID_MAX])
{
	const char *set = sight->place->set;

	make_id("set", set != NULL ? set : "", 0, out);
}

void
stage_show_osc_song_id(const struct stage_show_sight *sight, size_t number,
	char out[STAGE_SHOW_CUE_ID_MAX])
{
	const struct stage_show_set_line *line =
		stage_show_setlist_song(sight->list, number);

	out[0] = '\0';
	if (line != NULL) {
		make_id("song", line->name != NULL ? line->name : "", number,
			out);
	}
}

// The number of a song is in its id.
size_t
stage_show_osc_song_of_id(const struct stage_show_sight *sight, const char *id)
{
	char own[STAGE_SHOW_CUE_ID_MAX];
	size_t number;

	if (strlen(id) != STAGE_SHOW_CUE_ID_MAX - 1) {
		return 0;
	}
	number = strtoul(id + STAGE_SHOW_CUE_ID_MAX - 5, NULL, 16);
	stage_show_osc_song_id(sight, number, own);
	return own[0] != '\0' && strcmp(own, id) == 0 ? number : 0;
}
