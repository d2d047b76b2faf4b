/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "patchbay/patch_name.h"

#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "patchbay/patch_how.h"
#include "patchbay/patch_text.h"

#define BOM "\xef\xbb\xbf"

// Bytes of the character at the start of text[len] when it can be written as it
// is, 0 when its bytes need escapes.
static size_t
plain_bytes(const char *text, size_t len)
{
	return stage_utf8_control_bytes(text, len) > 0
		       ? 0
		       : stage_utf8_char_bytes(text, len);
}

static enum stage_status
add_escaped_byte(struct stage_str *out, char c)
{
	switch (c) {
	case '\n':
		return stage_str_add(out, "\\n");
	case '\t':
		return stage_str_add(out, "\\t");
	case '\r':
		return stage_str_add(out, "\\r");
	default:
		return stage_str_addf(out, "\\x%02x", (unsigned char)c);
	}
}

// Appends what text[len] begins with, *taken bytes of it.
static enum stage_status
add_char(struct stage_str *out, const char *text, size_t len, size_t *taken)
{
	size_t bytes = plain_bytes(text, len);

	*taken = bytes > 0 ? bytes : 1;
	return bytes > 0 ? stage_str_append(out, text, bytes)
			 : add_escaped_byte(out, *text);
}

static enum stage_status
write_quoted(struct stage_str *out, const char *text)
{
	size_t len = strlen(text);
	size_t taken = 0;
	enum stage_status status = stage_str_add(out, "\"");

	for (size_t i = 0; i < len && status == STAGE_OK; i += taken) {
		if (text[i] == '"' || text[i] == '\\') {
			status = stage_str_add(out, "\\");
		}
		if (status == STAGE_OK) {
			status = add_char(out, text + i, len - i, &taken);
		}
	}
	return status == STAGE_OK ? stage_str_add(out, "\"") : status;
}

// A backslash of a regular expression: it stays what it is when what follows
// makes no escape of ours with it.
static enum stage_status
add_regex_backslash(
	struct stage_str *out, const char *text, size_t len, size_t *taken)
{
	bool is_ours = len == 1 || strchr("/ntrx", text[1]) != NULL ||
		       plain_bytes(text + 1, len - 1) == 0;

	*taken = 1;
	if (len > 1 && text[1] == '\\') {
		*taken = 2;
		return stage_str_add(out, "\\\\");
	}
	return stage_str_add(out, is_ours ? "\\x5c" : "\\");
}

static enum stage_status
write_regex(struct stage_str *out, const char *text)
{
	size_t len = strlen(text);
	size_t taken = 0;
	enum stage_status status = stage_str_add(out, "/");

	for (size_t i = 0; i < len && status == STAGE_OK; i += taken) {
		if (text[i] == '\\') {
			status = add_regex_backslash(
				out, text + i, len - i, &taken);
		} else if (text[i] == '/') {
			taken = 1;
			status = stage_str_add(out, "\\/");
		} else {
			status = add_char(out, text + i, len - i, &taken);
		}
	}
	return status == STAGE_OK ? stage_str_add(out, "/") : status;
}

static bool
is_all_plain(const char *text)
{
	size_t len = strlen(text);
	size_t bytes = 1;

	for (size_t i = 0; i < len && bytes > 0; i += bytes) {
		bytes = plain_bytes(text + i, len - i);
	}
	return bytes > 0;
}

// True when one of the text's words ends a bare name.
static bool
has_end_word(const char *text)
{
	struct stage_patch_cursor cursor = {
		.at = text, .end = text + strlen(text)};

	while (!stage_patch_at_end(&cursor)) {
		if (stage_patch_at_word(&cursor, STAGE_PATCH_ARROW) ||
			stage_patch_at_word(&cursor, STAGE_PATCH_EXCEPT)) {
			return true;
		}
		while (!stage_patch_at_blank(&cursor)) {
			cursor.at++;
		}
		stage_patch_skip_blanks(&cursor);
	}
	return false;
}

// True when a line that begins with the text is read as a line of another kind.
static bool
is_bad_start(const char *text)
{
	return text[0] == '#' || strncmp(text, BOM, strlen(BOM)) == 0 ||
	       stage_patch_text_has_keyword(text);
}

static bool
can_stand_bare(const char *text, enum stage_patch_place place)
{
	size_t len = strlen(text);

	return text[0] != '"' && text[0] != '/' &&
	       !stage_starts_with(text, STAGE_PATCH_ALSA_PREFIX) &&
	       strncmp(text, "*\"", 2) != 0 && text[0] != ' ' &&
	       text[len - 1] != ' ' && is_all_plain(text) &&
	       !has_end_word(text) &&
	       !(place == STAGE_PATCH_IN_FROM && is_bad_start(text));
}

// Says in *out whether the bare text is read as this very name.
static enum stage_status
is_read_back(const struct stage_patch_end *end, enum stage_patch_place place,
	bool *out)
{
	struct stage_patch_end back = {0};
	enum stage_status status;

	*out = false;
	if (!can_stand_bare(end->text, place)) {
		return STAGE_OK;
	}
	status = stage_patch_name_of_bare(
		end->text, strlen(end->text), place, &back);
	if (status == STAGE_OK) {
		*out = stage_patch_end_is_same(end, &back);
	}
	free(back.text);
	return status;
}

enum stage_status
stage_patch_name_write(struct stage_str *out, const struct stage_patch_end *end,
	enum stage_patch_place place)
{
	bool is_bare = false;
	enum stage_status status;

	if (end->text == NULL || end->text[0] == '\0' ||
		(unsigned)end->match >= STAGE_PATCH_MATCH_COUNT ||
		(place == STAGE_PATCH_IN_MODE &&
			end->match != STAGE_PATCH_GLOB)) {
		return STAGE_BAD_INPUT;
	}
	if (end->match == STAGE_PATCH_REGEX) {
		return write_regex(out, end->text);
	}
	status = is_read_back(end, place, &is_bare);
	if (status != STAGE_OK || is_bare) {
		return status == STAGE_OK ? stage_str_add(out, end->text)
					  : status;
	}
	if (end->match == STAGE_PATCH_GLOB) {
		status = stage_str_add(out, "*");
	}
	return status == STAGE_OK ? write_quoted(out, end->text) : status;
}
