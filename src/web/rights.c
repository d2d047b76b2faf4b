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

static const struct {
	const char *area;
	const char *verb;
	enum stage_web_deed deed;
} table[] = {
	// Those of every daemon.
	{NULL, "ping", STAGE_WEB_LOOKS},
	{NULL, "state", STAGE_WEB_LOOKS},
	{NULL, "verbs", STAGE_WEB_LOOKS},

	{"show", "go", STAGE_WEB_PLAYS},
	{"show", "next", STAGE_WEB_PLAYS},
	{"show", "previous", STAGE_WEB_PLAYS},
	{"show", "play", STAGE_WEB_PLAYS},
	{"show", "select", STAGE_WEB_PLAYS},
	{"show", "reset", STAGE_WEB_PLAYS},
	{"show", "transport", STAGE_WEB_PLAYS},
	{"show", "panic", STAGE_WEB_PLAYS},
	{"show", "tap", STAGE_WEB_PLAYS},
	{"show", "list", STAGE_WEB_LOOKS},
	{"show", "info", STAGE_WEB_LOOKS},
	{"show", "generations", STAGE_WEB_LOOKS},
	{"show", "sets", STAGE_WEB_LOOKS},
	{"show", "set", STAGE_WEB_LOOKS},
	{"show", "verify", STAGE_WEB_LOOKS},
	{"show", "cues", STAGE_WEB_LOOKS},
	{"show", "said", STAGE_WEB_LOOKS},
	{"midi", "panic", STAGE_WEB_PLAYS},
	{"rack", "panic", STAGE_WEB_PLAYS},

	{"rack", "set", STAGE_WEB_TURNS},
	{"rack", "bypass", STAGE_WEB_TURNS},
	{"rack", "mute", STAGE_WEB_TURNS},
	{"rack", "revive", STAGE_WEB_TURNS},
	{"rack", "get", STAGE_WEB_LOOKS},
	{"rack", "list", STAGE_WEB_LOOKS},
	{"rack", "plugins", STAGE_WEB_LOOKS},

	{"patchbay", "list", STAGE_WEB_LOOKS},
	{"patchbay", "ports", STAGE_WEB_LOOKS},
	{"patchbay", "rules", STAGE_WEB_LOOKS},
	{"patchbay", "missing", STAGE_WEB_LOOKS},
	{"patchbay", "explain", STAGE_WEB_LOOKS},
	{"patchbay", "history", STAGE_WEB_LOOKS},
	{"patchbay", "diff", STAGE_WEB_LOOKS},
	{"patchbay", "plan", STAGE_WEB_LOOKS},

	{"rig", "crashes", STAGE_WEB_LOOKS},
	{"rig", "log", STAGE_WEB_LOOKS},
	{"rig", "doctor", STAGE_WEB_LOOKS},
	{"midi", "list", STAGE_WEB_LOOKS},
	{"jack", "list", STAGE_WEB_LOOKS},
};

enum stage_web_deed
stage_web_deed_of(const char *area, const char *verb)
{
	for (size_t i = 0; i < STAGE_COUNT_OF(table); i++) {
		if ((table[i].area == NULL ||
			    strcmp(table[i].area, area) == 0) &&
			strcmp(table[i].verb, verb) == 0) {
			return table[i].deed;
		}
	}
	return STAGE_WEB_CHANGES;
}

enum stage_web_role
stage_web_role_for(enum stage_web_deed deed)
{
	switch (deed) {
	case STAGE_WEB_LOOKS:
		return STAGE_WEB_VIEWER;
	case STAGE_WEB_PLAYS:
	case STAGE_WEB_TURNS:
		return STAGE_WEB_PERFORMER;
	case STAGE_WEB_CHANGES:
	default:
		return STAGE_WEB_ADMIN;
	}
}

bool
stage_web_is_lockable(enum stage_web_deed deed)
{
	return deed == STAGE_WEB_TURNS || deed == STAGE_WEB_CHANGES;
}
