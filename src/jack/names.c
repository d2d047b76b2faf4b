/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "jack/names.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "base/utf8.h"

enum stage_status
stage_jack_name_split(const char *full, size_t *client_len, const char **port)
{
	const char *colon = strchr(full, ':');

	if (colon == NULL || colon == full || colon[1] == '\0') {
		return STAGE_BAD_INPUT;
	}
	*client_len = (size_t)(colon - full);
	*port = colon + 1;
	return STAGE_OK;
}

enum stage_status
stage_jack_name_check(const char *name, struct stage_err *err)
{
	if (name[0] == '\0') {
		return stage_err_set(
			err, STAGE_BAD_INPUT, "a JACK client needs a name");
	}
	if (strlen(name) >= STAGE_JACK_OWN_NAME_MAX) {
		return stage_err_set(err, STAGE_TOO_LONG,
			"JACK client name \"%s\" is longer than %d bytes", name,
			STAGE_JACK_OWN_NAME_MAX - 1);
	}
	for (const char *p = name; *p != '\0'; p++) {
		if (*p == ':' || *p == '/' || (unsigned char)*p < 0x20) {
			return stage_err_set(err, STAGE_BAD_INPUT,
				"JACK client name \"%s\" holds a character "
				"that is not allowed: colon, slash or control",
				name);
		}
	}
	return STAGE_OK;
}

static const char *
next_char(const char *text)
{
	text++;
	while (((unsigned char)*text & 0xc0) == 0x80) {
		text++;
	}
	return text;
}

// Matches one pattern item other than `*` against the start of the text. Gives
// the rest of both in *pattern and *text.
static bool
match_one(const char **pattern, const char **text)
{
	const char *p = *pattern;

	if (*p == '\0' || **text == '\0') {
		return false;
	}
	if (*p == '?') {
		*pattern = p + 1;
		*text = next_char(*text);
		return true;
	}
	if (*p == '\\' && p[1] != '\0') {
		p++;
	}
	if (*p != **text) {
		return false;
	}
	*pattern = p + 1;
	*text += 1;
	return true;
}

bool
stage_jack_glob(const char *pattern, const char *text)
{
	const char *star = NULL; // behind the last `*` that was met
	const char *held = NULL; // where the text went on after that `*`

	while (*text != '\0' || *pattern == '*') {
		if (*pattern == '*') {
			star = ++pattern;
			held = text;
		} else if (match_one(&pattern, &text)) {
			continue;
		} else if (star != NULL) {
			pattern = star;
			text = ++held;
		} else {
			return false;
		}
	}
	return *pattern == '\0';
}

static enum stage_status
copy_part(char *out, size_t size, const char *text, size_t len)
{
	return stage_format(out, size, "%.*s", (int)len, text);
}

enum stage_status
stage_jack_pattern_parse(
	const char *text, struct stage_jack_pattern *out, struct stage_err *err)
{
	struct stage_jack_pattern parsed;
	const char *port = NULL;
	size_t client_len = 0;

	if (strcmp(text, "*") == 0) {
		text = "*:*";
	}
	if (stage_jack_name_split(text, &client_len, &port) != STAGE_OK) {
		return stage_err_set(err, STAGE_BAD_INPUT,
			"\"%s\" is not a port pattern: write CLIENT:PORT, for "
			"example system:playback_*",
			text);
	}
	if (strlen(text) >= STAGE_JACK_PORT_NAME_MAX ||
		copy_part(parsed.client, sizeof(parsed.client), text,
			client_len) != STAGE_OK ||
		copy_part(parsed.port, sizeof(parsed.port), port,
			strlen(port)) != STAGE_OK) {
		return stage_err_set(err, STAGE_TOO_LONG,
			"port pattern is longer than any port name: \"%s\"",
			text);
	}
	*out = parsed;
	return STAGE_OK;
}

bool
stage_jack_pattern_matches(
	const struct stage_jack_pattern *self, const char *full_name)
{
	char client[STAGE_JACK_CLIENT_NAME_MAX];
	const char *port = NULL;
	size_t client_len = 0;

	if (stage_jack_name_split(full_name, &client_len, &port) != STAGE_OK ||
		client_len >= sizeof(client)) {
		return false;
	}
	memcpy(client, full_name, client_len);
	client[client_len] = '\0';
	return stage_jack_glob(self->client, client) &&
	       stage_jack_glob(self->port, port);
}

void
stage_jack_copy_text(char *out, size_t size, const char *text)
{
	size_t len = stage_utf8_clip(text, strlen(text), size - 1);

	memcpy(out, text, len);
	out[len] = '\0';
}

const char *
stage_jack_server_name(const char *configured)
{
	const char *from_env = getenv("JACK_DEFAULT_SERVER");

	if (from_env != NULL && from_env[0] != '\0') {
		return from_env;
	}
	if (configured != NULL && configured[0] != '\0') {
		return configured;
	}
	return "default";
}

bool
stage_jack_name_has_id(const char *name, const char *id)
{
	size_t len = strlen(id);
	const char *at = len > 0 ? strstr(name, id) : NULL;

	for (; at != NULL; at = strstr(at + 1, id)) {
		if ((at == name || !isalnum((unsigned char)at[-1])) &&
			!isalnum((unsigned char)at[len])) {
			return true;
		}
	}
	return false;
}
