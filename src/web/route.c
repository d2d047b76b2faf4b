/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "web/route.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/num.h"
#include "base/str.h"

#define API "/api/"
#define RACK "rack"
#define NUMBER_MOST 9999

static const struct {
	const char *path; // below /api/
	const char *method;
	enum stage_web_target target;
} fixed[] = {
	{"state", "GET", STAGE_WEB_TO_STATE},
	{"events", "GET", STAGE_WEB_TO_EVENTS},
	{"openapi.json", "GET", STAGE_WEB_TO_OPENAPI},
	{"me", "GET", STAGE_WEB_TO_ME},
	{"pair", "POST", STAGE_WEB_TO_PAIR},
	{"unpair", "POST", STAGE_WEB_TO_UNPAIR},
	{"lock", "POST", STAGE_WEB_TO_LOCK},
	{"unlock", "POST", STAGE_WEB_TO_UNLOCK},
};

static const struct {
	const char *word;
	const char *verb;        // of the show; NULL: it needs a number
	const char *verb_number; // with a number behind it; NULL: none
	const char *argument;    // that the number is, or
	const char *text;        // this one; NULL: none
} shorts[] = {
	{"go", "go", "play", "number", NULL},
	{"next", "next", NULL, NULL, NULL},
	{"previous", "previous", NULL, NULL, NULL},
	{"select", NULL, "select", "which", NULL},
	{"stop", "transport", NULL, "what", "stop"},
	{"panic", "panic", NULL, NULL, NULL},
};

// The part of a path up to the next slash; moves it behind that.
static bool
take_part(const char **path, char *out, size_t size)
{
	size_t len = strcspn(*path, "/");

	if (len == 0 || len >= size) {
		return false;
	}
	memcpy(out, *path, len);
	out[len] = '\0';
	*path += len;
	if (**path == '/') {
		++*path;
		return **path != '\0'; // no empty part at the end
	}
	return true;
}

static bool
is_word(const char *text)
{
	for (; *text != '\0'; text++) {
		if (strchr("abcdefghijklmnopqrstuvwxyz0123456789_-", *text) ==
			NULL) {
			return false;
		}
	}
	return true;
}

/* A short path. Errors: STAGE_NOT_FOUND when it is none, STAGE_BAD_INPUT when
 * it is one with something behind it that makes no sense. */
static enum stage_status
read_short(struct stage_web_route *out, const char *path)
{
	char word[STAGE_WEB_VERB_MAX];
	int64_t number = -1;
	size_t i = 0;
	const char *verb;

	if (!take_part(&path, word, sizeof(word))) {
		return STAGE_NOT_FOUND;
	}
	while (i < STAGE_COUNT_OF(shorts) &&
		strcmp(shorts[i].word, word) != 0) {
		i++;
	}
	if (i == STAGE_COUNT_OF(shorts)) {
		return STAGE_NOT_FOUND;
	}
	verb = *path == '\0' ? shorts[i].verb : shorts[i].verb_number;
	if (verb == NULL ||
		(*path != '\0' && stage_num_parse(path, 1, NUMBER_MOST, &number,
					  NULL) != STAGE_OK)) {
		return STAGE_BAD_INPUT;
	}
	out->target = STAGE_WEB_TO_VERB;
	out->number = (long)number;
	out->argument = shorts[i].argument;
	out->text = shorts[i].text;
	(void)!stage_format(out->area, sizeof(out->area), "show");
	(void)!stage_format(out->verb, sizeof(out->verb), "%s", verb);
	return STAGE_OK;
}

static bool
read_area(struct stage_web_route *out, const char **path)
{
	char part[STAGE_WEB_AREA_MAX];

	if (!take_part(path, part, sizeof(part)) || !is_word(part)) {
		return false;
	}
	if (strcmp(part, RACK) == 0) {
		char name[STAGE_WEB_AREA_MAX - sizeof(RACK)];
		return take_part(path, name, sizeof(name)) &&
		       stage_format(out->area, sizeof(out->area), RACK "-%s",
			       name) == STAGE_OK;
	}
	return stage_format(out->area, sizeof(out->area), "%s", part) ==
	       STAGE_OK;
}

static enum stage_status
read_api(struct stage_web_route *out, const char *method, const char *path)
{
	enum stage_status status;
	bool is_post = strcmp(method, "POST") == 0;
	bool is_get = strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0;

	for (size_t i = 0; i < STAGE_COUNT_OF(fixed); i++) {
		if (strcmp(path, fixed[i].path) == 0) {
			out->target = fixed[i].target;
			return strcmp(method, fixed[i].method) == 0
				       ? STAGE_OK
				       : STAGE_UNSUPPORTED;
		}
	}
	status = read_short(out, path);
	if (status != STAGE_NOT_FOUND) {
		if (status != STAGE_OK) {
			return STAGE_NOT_FOUND;
		}
		return is_post ? STAGE_OK : STAGE_UNSUPPORTED;
	}
	if (!read_area(out, &path) ||
		!take_part(&path, out->verb, sizeof(out->verb)) ||
		*path != '\0' || !is_word(out->verb)) {
		return STAGE_NOT_FOUND;
	}
	out->target = is_get && strcmp(out->verb, "state") == 0
			      ? STAGE_WEB_TO_STATE
			      : STAGE_WEB_TO_VERB;
	return is_post || out->target == STAGE_WEB_TO_STATE ? STAGE_OK
							    : STAGE_UNSUPPORTED;
}

enum stage_status
stage_web_route_read(
	struct stage_web_route *out, const char *method, const char *path)
{
	*out = (struct stage_web_route){.number = -1};
	if (stage_starts_with(path, API)) {
		return read_api(out, method, path + strlen(API));
	}
	out->target = STAGE_WEB_TO_FILE;
	return strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0
		       ? STAGE_OK
		       : STAGE_UNSUPPORTED;
}

const char *
stage_web_route_kind(const char *area)
{
	return stage_starts_with(area, RACK "-") ? RACK : area;
}
