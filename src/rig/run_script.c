/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#define _GNU_SOURCE // memmem

#include "rig/run_script.h"

#include <string.h>

#include "rig/mark.h"

#define LOADER "stagecraft-exec"
#define LINE_MAX_BYTES 1024 // of a comment that is looked at

// A line of the script, without its newline.
struct line {
	const char *text;
	size_t len;
};

// Takes the line at *at and moves on; false at the end.
static bool
take_line(const char *script, size_t len, size_t *at, struct line *line)
{
	const char *newline;

	if (*at >= len) {
		return false;
	}
	line->text = script + *at;
	newline = memchr(line->text, '\n', len - *at);
	line->len =
		newline != NULL ? (size_t)(newline - line->text) : len - *at;
	*at += line->len + 1;
	return true;
}

static bool
starts_with(const struct line *line, const char *start)
{
	size_t len = strlen(start);

	return line->len >= len && memcmp(line->text, start, len) == 0;
}

static bool
is_description(const struct line *line)
{
	return starts_with(line, "# ") && line->len > 2 &&
	       !starts_with(line, "# SPDX-") &&
	       !starts_with(line, "# shellcheck ");
}

void
stage_run_script_describe(
	const char *script, size_t len, char *out, size_t size)
{
	char text[LINE_MAX_BYTES];
	struct line line;
	size_t at = 0;

	out[0] = '\0';
	while (take_line(script, len, &at, &line) &&
		(line.len == 0 || line.text[0] == '#')) {
		if (is_description(&line)) {
			size_t text_len = line.len - 2;
			if (text_len >= sizeof(text)) {
				text_len = sizeof(text) - 1;
			}
			memcpy(text, line.text + 2, text_len);
			text[text_len] = '\0';
			stage_mark_words(out, size, text);
			return;
		}
	}
}

bool
stage_run_script_uses_exec(const char *script, size_t len)
{
	struct line line;
	size_t at = 0;

	while (take_line(script, len, &at, &line)) {
		while (line.len > 0 &&
			(line.text[0] == ' ' || line.text[0] == '\t')) {
			line.text++;
			line.len--;
		}
		if (line.len > 0 && line.text[0] != '#' &&
			memmem(line.text, line.len, LOADER, strlen(LOADER)) !=
				NULL) {
			return true;
		}
	}
	return false;
}
