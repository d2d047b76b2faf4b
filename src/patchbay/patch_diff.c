/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "patchbay/patch_diff.h"

#include "base/map.h"
#include "base/str.h"
#include "patchbay/patch_text.h"

// Puts the line into the set; *is_new: it was not there.
static enum stage_status
put_line(struct stage_map *lines, const struct stage_str *line, bool *is_new)
{
	const char *text = stage_str_text(line);

	*is_new = !stage_map_has(lines, text);
	return *is_new ? stage_map_put(lines, text, NULL) : STAGE_OK;
}

static enum stage_status
visit_statement(struct stage_map *lines,
	const struct stage_patch_statement *statement, struct stage_str *line,
	struct stage_patch_list *out)
{
	bool is_new = false;
	enum stage_status status;

	stage_str_clear(line);
	status = stage_patch_text_format_statement(statement, false, line);
	if (status == STAGE_OK) {
		status = put_line(lines, line, &is_new);
	}
	if (status == STAGE_OK && is_new && out != NULL) {
		status = stage_patch_list_add(out, statement);
	}
	return status;
}

static enum stage_status
visit_mode(struct stage_map *lines, const struct stage_patch_mode_line *mode,
	struct stage_str *line, struct stage_patch_list *out)
{
	bool is_new = false;
	enum stage_status status;

	stage_str_clear(line);
	status = stage_patch_text_format_mode(mode, line);
	if (status == STAGE_OK) {
		status = put_line(lines, line, &is_new);
	}
	if (status == STAGE_OK && is_new && out != NULL) {
		status = stage_patch_list_add_mode(
			out, mode->mode, mode->client, mode->line);
	}
	return status;
}

// Adds the list's lines to the set, and to out, when that is not NULL, what is
// new in it.
static enum stage_status
visit(struct stage_map *lines, const struct stage_patch_list *list,
	struct stage_str *line, struct stage_patch_list *out)
{
	enum stage_status status = STAGE_OK;

	for (size_t i = 0; i < list->mode_count && status == STAGE_OK; i++) {
		status = visit_mode(lines, &list->modes[i], line, out);
	}
	for (size_t i = 0; i < list->count && status == STAGE_OK; i++) {
		status = visit_statement(lines, &list->items[i], line, out);
	}
	return status;
}

enum stage_status
stage_patch_diff(const struct stage_patch_list *list,
	const struct stage_patch_list *other, struct stage_patch_list *out)
{
	struct stage_map *lines = stage_map_create(NULL);
	struct stage_str line = {0};
	enum stage_status status = STAGE_NO_MEMORY;

	if (lines != NULL) {
		status = visit(lines, other, &line, NULL);
	}
	if (status == STAGE_OK) {
		status = visit(lines, list, &line, out);
	}
	stage_str_finish(&line);
	stage_map_destroy(lines);
	return status;
}
