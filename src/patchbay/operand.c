/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "patchbay/operand.h"

#include <stdlib.h>
#include <string.h>

#include "patchbay/patch_how.h"
#include "patchbay/patch_name.h"
#include "patchbay/patch_text.h"
#include "patchbay/pattern.h"

#define NO_FILE ":1:" // how sentences about a cursor without a file begin

static bool
is_signed(const char *word)
{
	return word[0] == '"' || word[0] == '/' ||
	       (word[0] == '*' && word[1] == '"');
}

/* The sentence without its place, but for the column, which helps in a long
 * name. */
static enum stage_status
refuse(struct stage_err *err, enum stage_status status, const char *word,
	const struct stage_err *why)
{
	const char *text = why->text;

	if (strncmp(text, NO_FILE, strlen(NO_FILE)) == 0) {
		return stage_err_set(err, status, "%s, column %s", word,
			text + strlen(NO_FILE));
	}
	return stage_err_set(err, status, "%s: %s", word, text);
}

static enum stage_status
read_end(const char *word, enum stage_patch_place place,
	struct stage_patch_end *out, struct stage_err *err)
{
	struct stage_err why = STAGE_ERR_INIT;
	struct stage_patch_cursor cursor = {.file = "",
		.line = 1,
		.start = word,
		.at = word,
		.end = word + strlen(word),
		.err = &why};
	enum stage_status status;

	if (word[0] == '\0') {
		return stage_err_set(err, STAGE_BAD_INPUT,
			place == STAGE_PATCH_IN_MODE
				? "the clients' name is empty"
				: "the name of a port is empty");
	}
	if (!is_signed(word)) {
		status = stage_patch_name_of_bare(
			word, strlen(word), place, out);
		return status == STAGE_OK
			       ? STAGE_OK
			       : stage_err_set(err, status, "out of memory");
	}
	status = stage_patch_name_read(&cursor, place, out);
	if (status == STAGE_OK && !stage_patch_at_end(&cursor)) {
		status = stage_patch_refuse(&cursor, cursor.at,
			"there is something left over behind the name");
	}
	return status == STAGE_OK ? STAGE_OK : refuse(err, status, word, &why);
}

static enum stage_status
check_end(const char *word, const struct stage_patch_end *end,
	const struct stage_pattern *from, struct stage_pattern **out,
	struct stage_err *err)
{
	struct stage_err why = STAGE_ERR_INIT;
	enum stage_status status = stage_pattern_create(end, from, out, &why);

	return status == STAGE_OK ? STAGE_OK : refuse(err, status, word, &why);
}

static enum stage_status
check_patterns(const struct stage_patch_operands *operands,
	const struct stage_patch_statement *statement, struct stage_err *err)
{
	struct stage_pattern *from = NULL;
	struct stage_pattern *to = NULL;
	struct stage_pattern *except = NULL;
	enum stage_status status =
		check_end(operands->from, &statement->from, NULL, &from, err);

	if (status == STAGE_OK) {
		status =
			check_end(operands->to, &statement->to, from, &to, err);
	}
	if (status == STAGE_OK && operands->except != NULL) {
		status = check_end(operands->except, &statement->except, NULL,
			&except, err);
	}
	stage_pattern_destroy(from);
	stage_pattern_destroy(to);
	stage_pattern_destroy(except);
	return status;
}

static enum stage_status
read_ends(const struct stage_patch_operands *operands,
	struct stage_patch_statement *out, struct stage_err *err)
{
	enum stage_status status =
		read_end(operands->from, STAGE_PATCH_IN_FROM, &out->from, err);

	if (status == STAGE_OK) {
		status = read_end(operands->to,
			stage_patch_place_of_to(&out->from), &out->to, err);
	}
	if (status == STAGE_OK && operands->except != NULL) {
		status = read_end(operands->except, STAGE_PATCH_IN_EXCEPT,
			&out->except, err);
	}
	return status == STAGE_OK ? check_patterns(operands, out, err) : status;
}

// What fits into no line of a patch file could never be saved.
static enum stage_status
check_line(const struct stage_patch_statement *statement, struct stage_err *err)
{
	struct stage_patch_statement dated = *statement;
	struct stage_str line = {0};
	enum stage_status status;

	dated.since_s = 1;
	status = stage_patch_text_format_statement(&dated, true, &line);
	stage_str_finish(&line);
	if (status == STAGE_TOO_LONG) {
		return stage_err_set(err, status,
			"these names are too long for a line of a patch file, "
			"which has at most %d bytes",
			STAGE_PATCH_LINE_MAX);
	}
	return status == STAGE_OK ? STAGE_OK
				  : stage_err_set(err, status, "%s",
					    stage_strerror(status));
}

static bool
take_prefix(const char **word)
{
	if (!stage_starts_with(*word, STAGE_PATCH_ALSA_PREFIX)) {
		return false;
	}
	*word += strlen(STAGE_PATCH_ALSA_PREFIX);
	return true;
}

// "alsa:" before all names, or before none.
static enum stage_status
take_prefixes(struct stage_patch_operands *operands,
	struct stage_patch_statement *out, struct stage_err *err)
{
	bool is_alsa = take_prefix(&operands->from);
	bool is_same = take_prefix(&operands->to) == is_alsa;

	if (operands->except != NULL &&
		take_prefix(&operands->except) != is_alsa) {
		is_same = false;
	}
	out->system = is_alsa ? STAGE_PATCH_ALSA : STAGE_PATCH_JACK;
	return is_same ? STAGE_OK
		       : stage_err_set(err, STAGE_BAD_INPUT, "%s",
				 stage_patch_no_mix);
}

enum stage_status
stage_patch_operands_read(const struct stage_patch_operands *operands,
	struct stage_patch_list *list, struct stage_err *err)
{
	struct stage_patch_statement statement = {.policy = operands->policy};
	struct stage_patch_operands plain = *operands;
	enum stage_status status = take_prefixes(&plain, &statement, err);

	if (status == STAGE_OK) {
		status = read_ends(&plain, &statement, err);
	}
	if (status == STAGE_OK) {
		status = check_line(&statement, err);
	}
	if (status == STAGE_OK &&
		stage_patch_list_add(list, &statement) != STAGE_OK) {
		status = stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	free(statement.from.text);
	free(statement.to.text);
	free(statement.except.text);
	return status;
}

enum stage_status
stage_patch_operand_clients(const char *word, char **out, struct stage_err *err)
{
	struct stage_patch_end end = {0};
	enum stage_status status =
		read_end(word, STAGE_PATCH_IN_MODE, &end, err);

	*out = status == STAGE_OK ? end.text : NULL;
	return status;
}
