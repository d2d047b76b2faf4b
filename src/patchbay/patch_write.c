/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <string.h>

#include "patchbay/patch_how.h"
#include "patchbay/patch_name.h"
#include "patchbay/patch_text.h"
#include "patchbay/utc.h"

// Takes back what was appended since `before` when that failed or is too long.
static enum stage_status
settle(struct stage_str *out, size_t before, enum stage_status status)
{
	if (status == STAGE_OK && out->len - before > STAGE_PATCH_LINE_MAX) {
		status = STAGE_TOO_LONG;
	}
	if (status != STAGE_OK && out->data != NULL) {
		out->len = before;
		out->data[before] = '\0';
	}
	return status;
}

static enum stage_status
add_keywords(
	struct stage_str *out, const struct stage_patch_statement *statement)
{
	enum stage_status status = STAGE_OK;

	if (statement->policy != STAGE_PATCH_WANT) {
		status = stage_str_addf(
			out, "%s ", stage_patch_policy_name(statement->policy));
	}
	if (status == STAGE_OK && statement->system != STAGE_PATCH_JACK) {
		status = stage_str_add(
			out, stage_patch_system_name(statement->system));
		if (status == STAGE_OK) {
			status = stage_patch_how_write(&statement->how, out);
		}
		if (status == STAGE_OK) {
			status = stage_str_add(out, " ");
		}
	}
	return status;
}

static enum stage_status
add_names(struct stage_str *out, const struct stage_patch_statement *statement)
{
	enum stage_status status = stage_patch_name_write(
		out, &statement->from, STAGE_PATCH_IN_FROM);

	if (status == STAGE_OK) {
		status = stage_str_add(out, " " STAGE_PATCH_ARROW " ");
	}
	if (status == STAGE_OK) {
		status = stage_patch_name_write(out, &statement->to,
			stage_patch_place_of_to(&statement->from));
	}
	if (status == STAGE_OK && statement->except.text != NULL) {
		status = stage_str_add(out, " " STAGE_PATCH_EXCEPT " ");
		if (status == STAGE_OK) {
			status = stage_patch_name_write(
				out, &statement->except, STAGE_PATCH_IN_EXCEPT);
		}
	}
	return status;
}

static enum stage_status
add_since(struct stage_str *out, int64_t since_s)
{
	char text[STAGE_UTC_BYTES + 1];

	if (since_s == 0 || !stage_utc_write(since_s, text)) {
		return STAGE_OK;
	}
	return stage_str_addf(out, "\t# since %s", text);
}

static bool
can_be_written(const struct stage_patch_statement *statement)
{
	return (unsigned)statement->policy < STAGE_PATCH_POLICY_COUNT &&
	       (unsigned)statement->system < STAGE_PATCH_SYSTEM_COUNT &&
	       statement->from.text != NULL &&
	       (statement->except.text == NULL ||
		       statement->policy == STAGE_PATCH_FORBID);
}

enum stage_status
stage_patch_text_format_statement(const struct stage_patch_statement *statement,
	bool is_dated, struct stage_str *out)
{
	size_t before = out->len;
	enum stage_status status;

	if (!can_be_written(statement)) {
		return STAGE_BAD_INPUT;
	}
	status = add_keywords(out, statement);
	if (status == STAGE_OK) {
		status = add_names(out, statement);
	}
	if (status == STAGE_OK && is_dated) {
		status = add_since(out, statement->since_s);
	}
	return settle(out, before, status);
}

enum stage_status
stage_patch_text_format_mode(
	const struct stage_patch_mode_line *mode, struct stage_str *out)
{
	struct stage_patch_end clients = {mode->client, STAGE_PATCH_GLOB};
	size_t before = out->len;
	enum stage_status status;

	if ((unsigned)mode->mode >= STAGE_PATCH_MODE_COUNT) {
		return STAGE_BAD_INPUT;
	}
	status = stage_str_addf(
		out, "mode %s", stage_patch_mode_name(mode->mode));
	if (status == STAGE_OK && mode->client != NULL) {
		status = stage_str_add(out, " for ");
		if (status == STAGE_OK) {
			status = stage_patch_name_write(
				out, &clients, STAGE_PATCH_IN_MODE);
		}
	}
	return settle(out, before, status);
}

static enum stage_status
add_modes(struct stage_str *out, const struct stage_patch_list *list)
{
	enum stage_status status = STAGE_OK;

	for (size_t i = 0; i < list->mode_count && status == STAGE_OK; i++) {
		status = stage_patch_text_format_mode(&list->modes[i], out);
		if (status == STAGE_OK) {
			status = stage_str_add(out, "\n");
		}
	}
	return status;
}

static enum stage_status
add_statements(struct stage_str *out, const struct stage_patch_list *list)
{
	enum stage_status status = STAGE_OK;

	for (size_t i = 0; i < list->count && status == STAGE_OK; i++) {
		status = stage_patch_text_format_statement(
			&list->items[i], true, out);
		if (status == STAGE_OK) {
			status = stage_str_add(out, "\n");
		}
	}
	return status;
}

enum stage_status
stage_patch_text_format(
	const struct stage_patch_list *list, struct stage_str *out)
{
	size_t before = out->len;
	enum stage_status status = add_modes(out, list);

	if (status == STAGE_OK) {
		status = add_statements(out, list);
	}
	if (status != STAGE_OK && out->data != NULL) {
		out->len = before;
		out->data[before] = '\0';
	}
	return status;
}
