/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "patchbay/patch_text.h"

#include <stdlib.h>
#include <string.h>

#include "patchbay/patch_cursor.h"
#include "patchbay/patch_how.h"
#include "patchbay/patch_name.h"
#include "patchbay/pattern.h"
#include "patchbay/utc.h"

#define BOM "\xef\xbb\xbf"
#define SINCE "since "
#define COMMENT "\t#" // from here on, behind a statement

// A statement on its way, and where its names began.
struct draft {
	struct stage_patch_statement statement;
	bool is_alsa_said; // by the word at the start
	const char *from_at;
	const char *to_at;
	const char *except_at;
};

static enum stage_status
no_memory(const struct stage_patch_cursor *cursor)
{
	return stage_err_set(cursor->err, STAGE_NO_MEMORY,
		"not enough memory to read %s", cursor->file);
}

static enum stage_status
check_pattern(const struct stage_patch_cursor *cursor, const char *at,
	const struct stage_patch_end *end, const struct stage_pattern *from,
	struct stage_pattern **out)
{
	enum stage_status status;

	*out = NULL;
	if (end->text == NULL || end->match == STAGE_PATCH_LITERAL) {
		return STAGE_OK;
	}
	status = stage_pattern_create(end, from, out, cursor->err);
	return status == STAGE_OK ? STAGE_OK
				  : stage_patch_refuse_with(cursor, at, status);
}

static enum stage_status
check_patterns(
	const struct stage_patch_cursor *cursor, const struct draft *draft)
{
	struct stage_pattern *from = NULL;
	struct stage_pattern *to = NULL;
	struct stage_pattern *except = NULL;
	enum stage_status status = check_pattern(
		cursor, draft->from_at, &draft->statement.from, NULL, &from);

	if (status == STAGE_OK) {
		status = check_pattern(
			cursor, draft->to_at, &draft->statement.to, from, &to);
	}
	if (status == STAGE_OK) {
		status = check_pattern(cursor, draft->except_at,
			&draft->statement.except, NULL, &except);
	}
	stage_pattern_destroy(except);
	stage_pattern_destroy(to);
	stage_pattern_destroy(from);
	return status;
}

/* Moves over "alsa:" before a name, which says what the word at the start of a
 * line says. A connection has both ends in one world. */
static enum stage_status
read_prefix(
	struct stage_patch_cursor *cursor, struct draft *draft, bool is_first)
{
	const char *start = cursor->at;
	bool is_alsa = !draft->is_alsa_said && stage_patch_take_prefix(cursor);

	if (draft->is_alsa_said) {
		return STAGE_OK;
	}
	stage_patch_skip_blanks(cursor);
	if (is_first) {
		draft->statement.system =
			is_alsa ? STAGE_PATCH_ALSA : STAGE_PATCH_JACK;
	}
	return is_alsa == (draft->statement.system == STAGE_PATCH_ALSA)
		       ? STAGE_OK
		       : stage_patch_refuse(
				 cursor, start, "%s", stage_patch_no_mix);
}

static enum stage_status
read_from(struct stage_patch_cursor *cursor, struct draft *draft)
{
	enum stage_status status = read_prefix(cursor, draft, true);

	draft->from_at = cursor->at;
	if (status == STAGE_OK) {
		status = stage_patch_name_read(
			cursor, STAGE_PATCH_IN_FROM, &draft->statement.from);
	}
	if (status != STAGE_OK) {
		return status;
	}
	if (stage_patch_at_word(cursor, STAGE_PATCH_EXCEPT)) {
		return stage_patch_refuse(cursor, cursor->at,
			"except comes last; put quotes around a name that "
			"holds the word");
	}
	if (!stage_patch_take_word(cursor, STAGE_PATCH_ARROW)) {
		return stage_patch_refuse(cursor, cursor->at,
			"an arrow is missing here: write FROM -> TO, with a "
			"blank on both sides of it");
	}
	return STAGE_OK;
}

static enum stage_status
read_to(struct stage_patch_cursor *cursor, struct draft *draft)
{
	enum stage_status status = read_prefix(cursor, draft, false);

	draft->to_at = cursor->at;
	return status != STAGE_OK ? status
				  : stage_patch_name_read(cursor,
					    stage_patch_place_of_to(
						    &draft->statement.from),
					    &draft->statement.to);
}

static enum stage_status
read_except(struct stage_patch_cursor *cursor, struct draft *draft)
{
	const char *word = cursor->at;
	enum stage_status status;

	if (!stage_patch_take_word(cursor, STAGE_PATCH_EXCEPT)) {
		return STAGE_OK;
	}
	if (draft->statement.policy != STAGE_PATCH_FORBID) {
		return stage_patch_refuse(cursor, word,
			"only a forbid has exceptions; put quotes around a "
			"name that holds the word except");
	}
	status = read_prefix(cursor, draft, false);
	draft->except_at = cursor->at;
	return status != STAGE_OK
		       ? status
		       : stage_patch_name_read(cursor, STAGE_PATCH_IN_EXCEPT,
				 &draft->statement.except);
}

static enum stage_status
check_end(const struct stage_patch_cursor *cursor)
{
	if (stage_patch_at_end(cursor)) {
		return STAGE_OK;
	}
	if (stage_patch_at_word(cursor, STAGE_PATCH_ARROW)) {
		return stage_patch_refuse(cursor, cursor->at,
			"there is an arrow too many here; put quotes around a "
			"name that holds one");
	}
	return stage_patch_refuse(cursor, cursor->at,
		"there is something left over here; put quotes around all of "
		"a name that begins with a quote or holds the word except");
}

static enum stage_status
read_keywords(struct stage_patch_cursor *cursor, struct draft *draft)
{
	struct stage_patch_statement *out = &draft->statement;
	const char *start = NULL;
	enum stage_status status;

	for (int i = STAGE_PATCH_WANT + 1; i < STAGE_PATCH_POLICY_COUNT; i++) {
		if (stage_patch_take_word(cursor, stage_patch_policy_name(i))) {
			out->policy = (enum stage_patch_policy)i;
			break;
		}
	}
	start = cursor->at;
	status = stage_patch_take_alsa(cursor, &draft->is_alsa_said, &out->how);
	if (status == STAGE_OK && draft->is_alsa_said) {
		out->system = STAGE_PATCH_ALSA;
	}
	if (status == STAGE_OK &&
		(out->policy == STAGE_PATCH_NOT ||
			out->policy == STAGE_PATCH_FORBID) &&
		(out->how.is_exclusive || out->how.stamp != 0)) {
		return stage_patch_refuse(cursor, start,
			"only what is wanted is connected, exclusively or with "
			"stamps");
	}
	return status;
}

static enum stage_status
fill_draft(struct stage_patch_cursor *cursor, struct draft *draft)
{
	enum stage_status status = read_keywords(cursor, draft);

	if (status == STAGE_OK) {
		status = read_from(cursor, draft);
	}
	if (status == STAGE_OK) {
		status = read_to(cursor, draft);
	}
	if (status == STAGE_OK) {
		status = read_except(cursor, draft);
	}
	if (status == STAGE_OK) {
		status = check_end(cursor);
	}
	return status == STAGE_OK ? check_patterns(cursor, draft) : status;
}

static enum stage_status
read_statement(struct stage_patch_cursor *cursor, int64_t since_s,
	struct stage_patch_list *list)
{
	struct draft draft = {.statement = {
				      .policy = STAGE_PATCH_WANT,
				      .system = STAGE_PATCH_JACK,
				      .since_s = since_s,
				      .line = cursor->line,
			      }};
	enum stage_status status = fill_draft(cursor, &draft);

	if (status == STAGE_OK &&
		stage_patch_list_add(list, &draft.statement) != STAGE_OK) {
		status = no_memory(cursor);
	}
	free(draft.statement.from.text);
	free(draft.statement.to.text);
	free(draft.statement.except.text);
	return status;
}

static enum stage_status
read_mode_word(struct stage_patch_cursor *cursor, enum stage_patch_mode *out)
{
	const char *start = cursor->at;
	char word[16] = "";
	size_t len;
	enum stage_status status;

	while (!stage_patch_at_blank(cursor)) {
		cursor->at++;
	}
	len = (size_t)(cursor->at - start);
	if (len == 0 || len >= sizeof(word)) {
		return stage_patch_refuse(cursor, start,
			"a mode is missing here; there are off, learn, "
			"enforce, exclusive and lock");
	}
	memcpy(word, start, len);
	status = stage_patch_mode_parse(word, out, cursor->err);
	if (status != STAGE_OK) {
		return stage_patch_refuse_with(cursor, start, status);
	}
	stage_patch_skip_blanks(cursor);
	return STAGE_OK;
}

static enum stage_status
read_clients(struct stage_patch_cursor *cursor, struct stage_patch_end *out)
{
	enum stage_status status;

	if (stage_patch_at_end(cursor)) {
		return STAGE_OK;
	}
	if (!stage_patch_take_word(cursor, "for")) {
		return stage_patch_refuse(cursor, cursor->at,
			"behind a mode comes nothing, or \"for\" and the "
			"clients that it is for; put quotes around a port's "
			"name that begins with the word mode");
	}
	status = stage_patch_name_read(cursor, STAGE_PATCH_IN_MODE, out);
	return status == STAGE_OK ? check_end(cursor) : status;
}

static enum stage_status
read_mode(struct stage_patch_cursor *cursor, struct stage_patch_list *list)
{
	struct stage_patch_end clients = {0};
	enum stage_patch_mode mode = STAGE_PATCH_MODE_OFF;
	enum stage_status status = read_mode_word(cursor, &mode);

	if (status == STAGE_OK) {
		status = read_clients(cursor, &clients);
	}
	if (status == STAGE_OK &&
		stage_patch_list_add_mode(
			list, mode, clients.text, cursor->line) != STAGE_OK) {
		status = no_memory(cursor);
	}
	free(clients.text);
	return status;
}

// Ends what is read of the line before the comment behind it, and gives the
// moment that the comment may tell, else 0.
static int64_t
cut_comment(struct stage_patch_cursor *cursor)
{
	const char *line_end = cursor->end;
	int64_t since_s = 0;
	const char *at = cursor->at;

	while (line_end - at >= 2 && memcmp(at, COMMENT, 2) != 0) {
		at++;
	}
	if (line_end - at < 2) {
		return 0;
	}
	cursor->end = at;
	at += 2;
	while (at != line_end && *at == ' ') {
		at++;
	}
	if ((size_t)(line_end - at) > strlen(SINCE) &&
		memcmp(at, SINCE, strlen(SINCE)) == 0) {
		at += strlen(SINCE);
		(void)stage_utc_read(at, (size_t)(line_end - at), &since_s);
	}
	return since_s;
}

static enum stage_status
check_line(const struct stage_patch_cursor *cursor)
{
	size_t len = (size_t)(cursor->end - cursor->start);
	const char *zero = len == 0 ? NULL : memchr(cursor->start, '\0', len);

	if (len > STAGE_PATCH_LINE_MAX) {
		stage_patch_refuse(cursor, cursor->start,
			"this line is longer than %d bytes",
			STAGE_PATCH_LINE_MAX);
		return stage_err_set(cursor->err, STAGE_TOO_LONG, "%s",
			cursor->err == NULL ? "" : cursor->err->text);
	}
	if (zero != NULL) {
		return stage_patch_refuse(cursor, zero,
			"a zero byte: this file is damaged, or is no text");
	}
	return STAGE_OK;
}

static enum stage_status
read_line(struct stage_patch_cursor *cursor, struct stage_patch_list *list)
{
	enum stage_status status = check_line(cursor);
	int64_t since_s;

	if (status != STAGE_OK) {
		return status;
	}
	stage_patch_skip_blanks(cursor);
	if (stage_patch_at_end(cursor) || *cursor->at == '#') {
		return STAGE_OK;
	}
	since_s = cut_comment(cursor);
	if (list->count + list->mode_count >= STAGE_PATCH_STATEMENTS_MAX) {
		return stage_err_set(cursor->err, STAGE_TOO_LONG,
			"%s:%u:1: a patch file has at most %d statements",
			cursor->file, cursor->line, STAGE_PATCH_STATEMENTS_MAX);
	}
	return stage_patch_take_word(cursor, "mode")
		       ? read_mode(cursor, list)
		       : read_statement(cursor, since_s, list);
}

static enum stage_status
read_lines(const char *text, const char *end, struct stage_patch_cursor *cursor,
	struct stage_patch_list *list)
{
	enum stage_status status = STAGE_OK;

	while (status == STAGE_OK && text != end) {
		const char *stop = memchr(text, '\n', (size_t)(end - text));
		const char *next = stop != NULL ? stop + 1 : end;
		stop = stop != NULL ? stop : end;
		if (stop != text && stop[-1] == '\r') {
			stop--;
		}
		cursor->line++;
		cursor->start = text;
		cursor->at = text;
		cursor->end = stop;
		status = read_line(cursor, list);
		text = next;
	}
	return status;
}

enum stage_status
stage_patch_text_parse(const char *bytes, size_t len, const char *name,
	struct stage_patch_list *out, struct stage_err *err)
{
	struct stage_patch_cursor cursor = {.file = name, .err = err};
	struct stage_patch_list list = {0};
	size_t skipped =
		len >= strlen(BOM) && memcmp(bytes, BOM, strlen(BOM)) == 0
			? strlen(BOM)
			: 0;
	enum stage_status status;

	if (len > STAGE_PATCH_FILE_MAX) {
		return stage_err_set(err, STAGE_TOO_LONG,
			"%s: more than %d bytes are no patch file", name,
			STAGE_PATCH_FILE_MAX);
	}
	if (len == skipped) {
		return STAGE_OK;
	}
	status = read_lines(bytes + skipped, bytes + len, &cursor, &list);
	if (status != STAGE_OK) {
		stage_patch_list_finish(&list);
		return status;
	}
	*out = list;
	return STAGE_OK;
}

bool
stage_patch_text_has_keyword(const char *text)
{
	struct stage_patch_cursor cursor = {
		.at = text, .end = text + strlen(text)};

	for (int i = STAGE_PATCH_WANT + 1; i < STAGE_PATCH_POLICY_COUNT; i++) {
		if (stage_patch_at_word(&cursor, stage_patch_policy_name(i))) {
			return true;
		}
	}
	return stage_patch_at_word(&cursor, "mode") ||
	       stage_patch_at_alsa(&cursor);
}
