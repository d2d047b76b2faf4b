/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/* jackpatch of the New Session Manager: a connection a line,
 * "CLIENT:PORT |> CLIENT:PORT"; |< is the other way round, || both. There are
 * no comments and no escapes. */

#include <stdlib.h>
#include <string.h>

#include "jack/names.h"
#include "patchbay/format_build.h"
#include "patchbay/format_export.h"
#include "patchbay/format_list.h"

// Blanks around a name are not of it.
static enum stage_status
copy_name(const char *text, size_t len, struct stage_str *out)
{
	text = stage_patch_trim(text, &len);
	return stage_str_append(out, text, len);
}

static enum stage_status
add_both(struct stage_patch_build *build, char direction, const char *left,
	const char *right, struct stage_patch_spot spot, struct stage_err *err)
{
	enum stage_status status = STAGE_OK;

	if (direction != '<') {
		status = stage_patch_build_want(
			build, STAGE_PATCH_JACK, left, right, spot, err);
	}
	if (direction != '>' && status == STAGE_OK) {
		status = stage_patch_build_want(
			build, STAGE_PATCH_JACK, right, left, spot, err);
	}
	return status;
}

static const char *
fault_of_line(const char *text, size_t len, const char *bar)
{
	if (memchr(text, '\0', len) != NULL) {
		return "a zero byte: the file is damaged";
	}
	if (bar == NULL || bar + 1 == text + len ||
		strchr("<>|", bar[1]) == NULL) {
		return "there is no |>, |< or || in this line";
	}
	return NULL;
}

static enum stage_status
read_line(struct stage_patch_build *build,
	const struct stage_patch_lines *lines, struct stage_err *err)
{
	const char *bar = memchr(lines->text, '|', lines->len);
	const char *fault = fault_of_line(lines->text, lines->len, bar);
	struct stage_patch_spot spot =
		stage_patch_spot_in_line(lines->number, lines->text, 0);
	struct stage_str left = {0};
	struct stage_str right = {0};
	enum stage_status status;

	if (fault != NULL) {
		return stage_patch_build_refuse(
			err, build->file, spot, "%s", fault);
	}
	status = copy_name(lines->text, (size_t)(bar - lines->text), &left);
	if (status == STAGE_OK) {
		status = copy_name(bar + 2,
			lines->len - (size_t)(bar + 2 - lines->text), &right);
	}
	if (status == STAGE_OK) {
		status = add_both(build, bar[1], stage_str_text(&left),
			stage_str_text(&right), spot, err);
	}
	stage_str_finish(&left);
	stage_str_finish(&right);
	return status;
}

static bool
is_blank(const struct stage_patch_lines *lines)
{
	size_t len = lines->len;

	(void)stage_patch_trim(lines->text, &len);
	return len == 0;
}

static enum stage_status
import_list(const struct stage_patch_input *input,
	struct stage_patch_build *build, struct stage_err *err)
{
	struct stage_patch_lines lines = {
		.rest = input->bytes, .left = input->len};
	enum stage_status status = STAGE_OK;

	build->out->speaks_of[STAGE_PATCH_JACK] = true;
	while (status == STAGE_OK && stage_patch_lines_next(&lines)) {
		if (!is_blank(&lines)) {
			status = read_line(build, &lines, err);
		}
	}
	return status;
}

static bool
recognise(const char *bytes, size_t len)
{
	struct stage_patch_lines lines = {.rest = bytes, .left = len};

	while (stage_patch_lines_next(&lines)) {
		const char *bar = memchr(lines.text, '|', lines.len);
		if (is_blank(&lines)) {
			continue;
		}
		return lines.text[0] != '<' && lines.text[0] != '#' &&
		       fault_of_line(lines.text, lines.len, bar) == NULL &&
		       memchr(lines.text, ':', (size_t)(bar - lines.text)) !=
			       NULL;
	}
	return false;
}

static const char *
fault(enum stage_patch_system system, const char *name, bool is_from)
{
	size_t client = stage_patch_client_len(system, name);

	if (strpbrk(name, "\n\r") != NULL) {
		return "the format knows no names with line breaks";
	}
	if (is_from && strchr(name, '|') != NULL) {
		return "the format knows no sources with |";
	}
	if (stage_patch_fault_edges(name) != NULL) {
		return stage_patch_fault_edges(name);
	}
	return stage_patch_fault_edges(name + client + 1);
}

static int
compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static enum stage_status
add_line(void *user, const struct stage_patch_statement *statement)
{
	struct stage_str line = {0};
	enum stage_status status = stage_str_addf(&line, "%-40s |> %s\n",
		statement->from.text, statement->to.text);

	if (status == STAGE_OK) {
		status = stage_strv_add(user, line.data);
	}
	stage_str_finish(&line);
	return status;
}

static enum stage_status
export_list(struct stage_patch_writer *writer)
{
	struct stage_strv lines = {0};
	enum stage_status status =
		stage_patch_writer_each(writer, add_line, &lines);

	if (lines.count > 1) { // as jackpatch does
		qsort(lines.items, lines.count, sizeof(*lines.items), compare);
	}
	for (size_t i = 0; i < lines.count && status == STAGE_OK; i++) {
		status = stage_str_add(writer->out, lines.items[i]);
	}
	stage_strv_finish(&lines);
	return status;
}

const struct stage_patch_format stage_patch_format_jackpatch = {
	.name = "jackpatch",
	.summary = "connections of NSM's jackpatch",
	.recognise = recognise,
	.import_list = import_list,
	.export_list = export_list,
	.program = "jackpatch",
	.carries = {[STAGE_PATCH_JACK] = true},
	.fault = fault,
};
