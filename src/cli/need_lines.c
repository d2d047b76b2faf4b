/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "cli/need_lines.h"

#include <string.h>

#include "base/conf.h"
#include "base/utf8.h"
#include "rig/needs.h"

#define SHOWN_MAX 60 // bytes of a wrong need that a sentence repeats

// The need in text[len], without the blanks around it.
static enum stage_status
copy_trimmed(struct stage_str *out, const char *text, size_t len)
{
	while (len > 0 && text[0] == ' ') {
		text++;
		len--;
	}
	while (len > 0 && text[len - 1] == ' ') {
		len--;
	}
	return stage_str_append(out, text, len);
}

static enum stage_status
add_line(struct stage_str *lines, const char *need, struct stage_err *err)
{
	size_t before = lines->len;
	enum stage_status status = stage_conf_add_word(lines, need);

	if (status == STAGE_BAD_INPUT) {
		return stage_err_set(err, status,
			"\"%s\" cannot stand in a file: it holds a control "
			"character, or bytes that are no UTF-8",
			need);
	}
	if (status == STAGE_OK && lines->len - before > STAGE_CONF_LINE_MAX) {
		return stage_err_set(err, STAGE_TOO_LONG,
			"\"%.*s...\" is longer than a line can be",
			(int)stage_utf8_clip(need, strlen(need), SHOWN_MAX),
			need);
	}
	return status == STAGE_OK ? stage_str_add(lines, "\n") : status;
}

enum stage_status
stage_need_lines(
	const char *list, struct stage_str *lines, struct stage_err *err)
{
	struct stage_needs needs = {0};
	struct stage_str need = {0};
	struct stage_err why = STAGE_ERR_INIT;
	enum stage_status status = STAGE_OK;

	while (list != NULL && status == STAGE_OK) {
		size_t len = strcspn(list, ",");
		stage_str_clear(&need);
		status = copy_trimmed(&need, list, len);
		if (status == STAGE_OK) {
			status = stage_needs_add(
				&needs, stage_str_text(&need), &why);
		}
		if (status == STAGE_OK) {
			status = add_line(lines, stage_str_text(&need), &why);
		}
		list = list[len] == ',' ? list + len + 1 : NULL;
	}
	stage_needs_finish(&needs);
	stage_str_finish(&need);
	if (status == STAGE_OK) {
		return STAGE_OK;
	}
	return stage_err_set(err, status, "%s",
		why.text[0] != '\0' ? why.text : stage_strerror(status));
}
