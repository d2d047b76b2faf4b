/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#define _GNU_SOURCE // memmem

#include "rig/run_script.h"

#include <string.h>

#include "rig/mark.h"

#define LOADER "stagecraft-exec"
#define EXEC "exec" // what a shell, or exec*(3), becomes another program by
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

static void
skip_blanks(struct line *line)
{
	while (line->len > 0 &&
		(line->text[0] == ' ' || line->text[0] == '\t')) {
		line->text++;
		line->len--;
	}
}

// Looks for "exec" and then for the loader, whose own name ends with that.
// *has_exec: that the first was there, in the lines which this one continues.
static bool
execs_loader(const struct line *line, bool *has_exec)
{
	const char *end = line->text + line->len;
	const char *at = line->text;
	size_t before = strlen(LOADER) - strlen(EXEC);

	while ((at = memmem(at, (size_t)(end - at), EXEC, strlen(EXEC))) !=
		NULL) {
		bool is_loader =
			(size_t)(at - line->text) >= before &&
			memcmp(at - before, LOADER, strlen(LOADER)) == 0;
		if (is_loader && *has_exec) {
			return true;
		}
		*has_exec = *has_exec || !is_loader;
		at += strlen(EXEC);
	}
	return false;
}

bool
stage_run_script_becomes_exec(const char *script, size_t len)
{
	struct line line;
	size_t at = 0;
	bool has_exec = false;

	while (take_line(script, len, &at, &line)) {
		skip_blanks(&line);
		if (line.len == 0 || line.text[0] == '#') {
			has_exec = false;
			continue;
		}
		if (execs_loader(&line, &has_exec)) {
			return true;
		}
		has_exec = has_exec && line.text[line.len - 1] == '\\';
	}
	return false;
}
