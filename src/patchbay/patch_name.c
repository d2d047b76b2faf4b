/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "patchbay/patch_name.h"

#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "patchbay/pattern_glob.h"

static enum stage_status
no_memory(const struct stage_patch_cursor *cursor)
{
	return stage_err_set(cursor->err, STAGE_NO_MEMORY,
		"not enough memory for a name in %s", cursor->file);
}

// Gives the bytes of the character at `at`, or refuses it.
static enum stage_status
check_char(const struct stage_patch_cursor *cursor, const char *at,
	size_t *out_bytes)
{
	size_t bytes = stage_utf8_char_bytes(at, (size_t)(cursor->end - at));
	unsigned char byte = (unsigned char)*at;

	if (bytes == 0) {
		return stage_patch_refuse(cursor, at,
			"this is not UTF-8 text: write the name in quotes, and "
			"in it \\x%02x for this byte",
			byte);
	}
	if (byte < 0x20 || byte == 0x7f) {
		return stage_patch_refuse(cursor, at,
			"control character 0x%02x: write the name in quotes, "
			"and in it \\x%02x for this character",
			byte, byte);
	}
	*out_bytes = bytes;
	return STAGE_OK;
}

static enum stage_status
copy_char(struct stage_patch_cursor *cursor, struct stage_str *out)
{
	size_t bytes = 0;
	enum stage_status status = check_char(cursor, cursor->at, &bytes);

	if (status == STAGE_OK) {
		status = stage_str_append(out, cursor->at, bytes);
		cursor->at += bytes;
		return status == STAGE_OK ? STAGE_OK : no_memory(cursor);
	}
	return status;
}

static int
digit_of(char c)
{
	const char *digits = "0123456789abcdef0123456789ABCDEF";
	const char *found = c == '\0' ? NULL : strchr(digits, c);

	return found == NULL ? -1 : (int)((found - digits) % 16);
}

// The byte that "\xNN" at the cursor stands for.
static enum stage_status
read_hex(struct stage_patch_cursor *cursor, char *out)
{
	int high = cursor->end - cursor->at < 4 ? -1 : digit_of(cursor->at[2]);
	int low = high < 0 ? -1 : digit_of(cursor->at[3]);

	if (low < 0 || high * 16 + low == 0) {
		return stage_patch_refuse(cursor, cursor->at,
			low < 0 ? "two hexadecimal digits are missing after "
				  "\\x; write \\\\ for a backslash"
				: "a name cannot hold a zero byte");
	}
	*out = (char)(unsigned char)(high * 16 + low);
	cursor->at += 4;
	return STAGE_OK;
}

// An escape that quotes and slashes have in common; false when it is none.
static bool
is_common_escape(const struct stage_patch_cursor *cursor)
{
	return cursor->end - cursor->at > 1 &&
	       strchr("ntrx", cursor->at[1]) != NULL;
}

static enum stage_status
read_common_escape(struct stage_patch_cursor *cursor, struct stage_str *out)
{
	static const char values[] = "\n\t\r";
	size_t index = strcspn("ntr", (const char[]){cursor->at[1], '\0'});
	char byte = values[index];
	enum stage_status status = STAGE_OK;

	if (cursor->at[1] == 'x') {
		status = read_hex(cursor, &byte);
	} else {
		cursor->at += 2;
	}
	if (status == STAGE_OK && stage_str_append(out, &byte, 1) != STAGE_OK) {
		return no_memory(cursor);
	}
	return status;
}

static enum stage_status
read_quoted_escape(struct stage_patch_cursor *cursor, struct stage_str *out)
{
	if (is_common_escape(cursor)) {
		return read_common_escape(cursor, out);
	}
	if (cursor->end - cursor->at < 2 ||
		(cursor->at[1] != '"' && cursor->at[1] != '\\')) {
		return stage_patch_refuse(cursor, cursor->at,
			"the only escapes are \\\" \\\\ \\n \\t \\r \\xNN; "
			"write \\\\ for a backslash");
	}
	cursor->at++;
	return copy_char(cursor, out);
}

// In a regular expression most escapes are its own affair; they stay as they
// are, two by two, so that "\\/" is a backslash and the end.
static enum stage_status
read_regex_escape(struct stage_patch_cursor *cursor, struct stage_str *out)
{
	enum stage_status status;

	if (is_common_escape(cursor)) {
		return read_common_escape(cursor, out);
	}
	if (cursor->end - cursor->at > 1 && cursor->at[1] == '/') {
		cursor->at++;
		return copy_char(cursor, out);
	}
	status = copy_char(cursor, out);
	return status == STAGE_OK && !stage_patch_at_end(cursor)
		       ? copy_char(cursor, out)
		       : status;
}

static enum stage_status
check_closed(const struct stage_patch_cursor *cursor, const char *opened)
{
	if (stage_patch_at_end(cursor)) {
		return stage_patch_refuse(cursor, opened,
			*opened == '/'
				? "this slash opens a regular expression that "
				  "is not closed; write the name in quotes "
				  "when it begins with a slash"
				: "this quote is not closed");
	}
	return STAGE_OK;
}

// Moves over the closing sign, behind which the name must end.
static enum stage_status
close_name(struct stage_patch_cursor *cursor, bool is_empty)
{
	char sign = *cursor->at;

	if (is_empty) {
		return stage_patch_refuse(
			cursor, cursor->at, "a name cannot be empty");
	}
	cursor->at++;
	if (stage_patch_at_blank(cursor)) {
		stage_patch_skip_blanks(cursor);
		return STAGE_OK;
	}
	return stage_patch_refuse(cursor, cursor->at,
		sign == '/' ? "a blank is missing after the closing slash; "
			      "write \\/ for a slash in a regular expression, "
			      "and quotes around a name that begins with one"
			    : "a blank is missing after the closing quote; "
			      "write \\\" for a quote in a name in quotes");
}

// From behind `opened`, the opening sign, to behind the closing one.
static enum stage_status
read_between(
	struct stage_patch_cursor *cursor, char sign, struct stage_str *out)
{
	const char *opened = cursor->at;
	enum stage_status status = STAGE_OK;

	cursor->at++;
	while (status == STAGE_OK && !stage_patch_at_end(cursor) &&
		*cursor->at != sign) {
		status = *cursor->at != '\\' ? copy_char(cursor, out)
			 : sign == '/'       ? read_regex_escape(cursor, out)
					     : read_quoted_escape(cursor, out);
	}
	if (status == STAGE_OK) {
		status = check_closed(cursor, opened);
	}
	return status == STAGE_OK ? close_name(cursor, out->len == 0) : status;
}

static enum stage_status
take_text(const struct stage_patch_cursor *cursor, struct stage_str *text,
	struct stage_patch_end *out)
{
	out->text = stage_str_take(text);
	return out->text == NULL ? no_memory(cursor) : STAGE_OK;
}

// In the clients of a mode line a name in quotes is the glob that it alone
// matches.
static enum stage_status
escape_glob(const struct stage_patch_cursor *cursor, struct stage_str *text)
{
	struct stage_str glob = {0};

	if (stage_glob_add_escaped(&glob, stage_str_text(text), text->len) !=
		STAGE_OK) {
		stage_str_finish(&glob);
		return no_memory(cursor);
	}
	stage_str_finish(text);
	*text = glob;
	return STAGE_OK;
}

static enum stage_status
read_signed(struct stage_patch_cursor *cursor, enum stage_patch_place place,
	struct stage_patch_end *out)
{
	struct stage_str text = {0};
	enum stage_status status;

	out->match = *cursor->at == '/'   ? STAGE_PATCH_REGEX
		     : *cursor->at == '*' ? STAGE_PATCH_GLOB
					  : STAGE_PATCH_LITERAL;
	if (place == STAGE_PATCH_IN_MODE && out->match == STAGE_PATCH_REGEX) {
		return stage_patch_refuse(cursor, cursor->at,
			"clients are named by a pattern like Zyn*, not by a "
			"regular expression");
	}
	cursor->at += out->match == STAGE_PATCH_GLOB;
	status = read_between(cursor, *cursor->at, &text);
	if (status == STAGE_OK && place == STAGE_PATCH_IN_MODE &&
		out->match == STAGE_PATCH_LITERAL) {
		out->match = STAGE_PATCH_GLOB;
		status = escape_glob(cursor, &text);
	}
	if (status == STAGE_OK) {
		status = take_text(cursor, &text, out);
	}
	stage_str_finish(&text);
	return status;
}

// Moves to the end of a bare name's last word and gives that in *end.
static enum stage_status
find_bare_end(struct stage_patch_cursor *cursor, const char **end)
{
	while (!stage_patch_at_end(cursor) &&
		!stage_patch_at_word(cursor, STAGE_PATCH_ARROW) &&
		!stage_patch_at_word(cursor, STAGE_PATCH_EXCEPT)) {
		while (!stage_patch_at_blank(cursor)) {
			size_t bytes = 0;
			enum stage_status status =
				check_char(cursor, cursor->at, &bytes);
			if (status != STAGE_OK) {
				return status;
			}
			cursor->at += bytes;
		}
		*end = cursor->at;
		stage_patch_skip_blanks(cursor);
	}
	return STAGE_OK;
}

static enum stage_status
read_bare(struct stage_patch_cursor *cursor, enum stage_patch_place place,
	struct stage_patch_end *out)
{
	const char *start = cursor->at;
	const char *end = start;
	enum stage_status status = find_bare_end(cursor, &end);
	const char *tab;

	if (status != STAGE_OK) {
		return status;
	}
	tab = memchr(start, '\t', (size_t)(end - start));
	if (tab != NULL) {
		return stage_patch_refuse(cursor, tab,
			"a tab in a name: write the name in quotes, and in it "
			"\\t");
	}
	status = stage_patch_name_of_bare(
		start, (size_t)(end - start), place, out);
	return status == STAGE_OK ? STAGE_OK : no_memory(cursor);
}

enum stage_status
stage_patch_name_read(struct stage_patch_cursor *cursor,
	enum stage_patch_place place, struct stage_patch_end *out)
{
	size_t len = (size_t)(cursor->end - cursor->at);

	if (len == 0 || stage_patch_at_word(cursor, STAGE_PATCH_ARROW) ||
		stage_patch_at_word(cursor, STAGE_PATCH_EXCEPT)) {
		return stage_patch_refuse(
			cursor, cursor->at, "a name is missing here");
	}
	if (*cursor->at == '"' || *cursor->at == '/' ||
		(*cursor->at == '*' && len > 1 && cursor->at[1] == '"')) {
		return read_signed(cursor, place, out);
	}
	return read_bare(cursor, place, out);
}

static bool
is_bare_glob(const char *text, size_t len, enum stage_patch_place place)
{
	return place == STAGE_PATCH_IN_MODE ||
	       stage_glob_wildcards(text, len) > 0 ||
	       (place == STAGE_PATCH_IN_TO_WITH_REFS &&
		       stage_glob_reference(text, len) > 0);
}

enum stage_status
stage_patch_name_of_bare(const char *text, size_t len,
	enum stage_patch_place place, struct stage_patch_end *out)
{
	struct stage_str name = {0};
	bool is_glob = is_bare_glob(text, len, place);
	enum stage_status status =
		is_glob ? stage_str_append(&name, text, len)
			: stage_glob_add_literal(&name, text, len);

	out->match = is_glob ? STAGE_PATCH_GLOB : STAGE_PATCH_LITERAL;
	out->text = status == STAGE_OK ? stage_str_take(&name) : NULL;
	stage_str_finish(&name);
	return out->text == NULL ? STAGE_NO_MEMORY : STAGE_OK;
}

enum stage_patch_place
stage_patch_place_of_to(const struct stage_patch_end *from)
{
	bool is_pattern = from->match == STAGE_PATCH_REGEX ||
			  (from->match == STAGE_PATCH_GLOB &&
				  stage_glob_wildcards(
					  from->text, strlen(from->text)) > 0);

	return is_pattern ? STAGE_PATCH_IN_TO_WITH_REFS : STAGE_PATCH_IN_TO;
}
