/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "watch/command_error.h"

#include <stdbool.h>
#include <string.h>

#include "base/exits.h"

#define MARK ": error: "

struct line {
	const char *text;
	size_t len;
};

static bool
says_nothing(const struct line *line)
{
	size_t at = 0;

	while (at < line->len && ((unsigned char)line->text[at] <= ' ' ||
					 line->text[at] == 0x7f)) {
		at++;
	}
	return at == line->len;
}

// Cuts the mark and the word before it off; false when it does not begin so.
static bool
cut_mark(struct line *line)
{
	size_t word = strcspn(line->text, ": \n");
	size_t before = word + strlen(MARK);

	if (word == 0 || line->len < before ||
		strncmp(line->text + word, MARK, strlen(MARK)) != 0) {
		return false;
	}
	line->text += before;
	line->len -= before;
	return true;
}

// The line that tells why; an empty one when there is none.
static struct line
find_reason(const char *said)
{
	struct line reason = {"", 0};
	bool has_marked = false;

	while (*said != '\0') {
		struct line line = {said, strcspn(said, "\n")};
		const char *end = line.text + line.len;
		bool is_marked = cut_mark(&line);
		if (!says_nothing(&line) &&
			(is_marked || (!has_marked && reason.len == 0))) {
			reason = line;
			has_marked = has_marked || is_marked;
		}
		said = *end == '\n' ? end + 1 : end;
	}
	return reason;
}

static enum stage_status
status_of(int64_t exit_code)
{
	switch (exit_code) {
	case STAGE_EXIT_NO:
		return STAGE_GONE;
	case STAGE_EXIT_PERMANENT:
		return STAGE_BAD_INPUT;
	case STAGE_EXIT_TEMPORARY:
		return STAGE_BUSY;
	default:
		return STAGE_BUG; // also the end by a signal
	}
}

static void
tell_silence(enum stage_status status, struct stage_err *err)
{
	stage_err_set(err, status, "%s",
		status == STAGE_GONE
			? "the service did not come up; stagecraft status "
			  "tells why"
			: "the command failed and did not say why");
}

void
stage_command_error_read(
	const char *said, int64_t exit_code, struct stage_err *err)
{
	struct line reason = find_reason(said);
	enum stage_status status = status_of(exit_code);

	stage_err_set(err, status, "%.*s",
		reason.len < STAGE_ERR_TEXT_MAX ? (int)reason.len
						: STAGE_ERR_TEXT_MAX,
		reason.text);
	if (strspn(err->text, " ") == strlen(err->text)) {
		tell_silence(status, err); // nothing, or control characters
	}
}
