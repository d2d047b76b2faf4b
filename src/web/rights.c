/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "web/rights.h"

#include <string.h>

#include "base/attr.h"

static const char *const role_words[STAGE_WEB_ROLE_COUNT] = {
	[STAGE_WEB_NOBODY] = "nobody",
	[STAGE_WEB_VIEWER] = "viewer",
	[STAGE_WEB_PERFORMER] = "performer",
	[STAGE_WEB_ADMIN] = "admin",
};

const char *
stage_web_role_word(enum stage_web_role role)
{
	return (unsigned)role < STAGE_WEB_ROLE_COUNT ? role_words[role]
						     : role_words[0];
}

enum stage_web_role
stage_web_role_from_word(const char *word)
{
	for (int i = STAGE_WEB_VIEWER; i < STAGE_WEB_ROLE_COUNT; i++) {
		if (strcmp(word, role_words[i]) == 0) {
			return (enum stage_web_role)i;
		}
	}
	return STAGE_WEB_NOBODY;
}

enum stage_deed
stage_web_deed_of(const json_t *verbs, const char *verb)
{
	size_t i;
	json_t *row;

	json_array_foreach (verbs, i, row) {
		const char *name =
			json_string_value(json_object_get(row, "name"));

		if (name != NULL && strcmp(name, verb) == 0) {
			return stage_deed_from_word(json_string_value(
				json_object_get(row, "deed")));
		}
	}
	return STAGE_DEED_UNSAID;
}

enum stage_web_role
stage_web_role_for(enum stage_deed deed)
{
	switch (deed) {
	case STAGE_DEED_LOOKS:
		return STAGE_WEB_VIEWER;
	case STAGE_DEED_PLAYS:
	case STAGE_DEED_TURNS:
		return STAGE_WEB_PERFORMER;
	case STAGE_DEED_UNSAID:
	case STAGE_DEED_CHANGES:
	case STAGE_DEED_LISTENS:
	case STAGE_DEED_COUNT:
	default:
		return STAGE_WEB_ADMIN;
	}
}

bool
stage_web_is_lockable(enum stage_deed deed)
{
	return deed != STAGE_DEED_LOOKS && deed != STAGE_DEED_PLAYS;
}
