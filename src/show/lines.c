/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "show/lines.h"

#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

#define BOM "\xef\xbb\xbf"
#define FIRST_CAP 16

static bool
begins_with_mark(const char *text, size_t len)
{
	return len >= strlen(BOM) && memcmp(text, BOM, strlen(BOM)) == 0;
}

bool
stage_show_line_is_mark(const char *text, size_t len)
{
	return len == strlen(BOM) && begins_with_mark(text, len);
}

size_t
stage_show_line_bytes(const char *text, size_t len, bool is_first)
{
	const char *newline = memchr(text, '\n', len);

	if (is_first && begins_with_mark(text, len)) {
		return strlen(BOM);
	}
	return newline != NULL ? (size_t)(newline - text) + 1 : len;
}

char *
stage_show_line_copy(const char *text, size_t len)
{
	char *copy = malloc(len + 1);

	if (copy != NULL) {
		memcpy(copy, text, len);
		copy[len] = '\0';
	}
	return copy;
}

bool
stage_show_line_is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

void
stage_show_line_trim(const char **text, size_t *len)
{
	while (*len > 0 && stage_show_line_is_blank((*text)[*len - 1])) {
		--*len;
	}
	while (*len > 0 && stage_show_line_is_blank(**text)) {
		++*text;
		--*len;
	}
}

bool
stage_show_line_is_text(const char *text, size_t len)
{
	for (size_t at = 0; at < len;) {
		size_t bytes = stage_utf8_char_bytes(text + at, len - at);

		if (bytes == 0 ||
			stage_utf8_control_bytes(text + at, len - at) != 0) {
			return false;
		}
		at += bytes;
	}
	return true;
}

const char *
stage_show_line_end(const char *text, size_t len)
{
	if (len == 0 || text[len - 1] != '\n') {
		return text + len;
	}
	return text + len - (len > 1 && text[len - 2] == '\r') - 1;
}

bool
stage_show_line_close(char **text, size_t *len, bool is_first, const char *end)
{
	char *more;

	if (*stage_show_line_end(*text, *len) != '\0' ||
		(is_first && stage_show_line_is_mark(*text, *len))) {
		return true;
	}
	more = realloc(*text, *len + strlen(end) + 1);
	if (more == NULL) {
		return false;
	}
	*text = more;
	memcpy(more + *len, end, strlen(end) + 1);
	*len += strlen(end);
	return true;
}

void *
stage_show_line_room(void *lines, size_t count, size_t *cap, size_t size)
{
	size_t wanted = *cap > 0 ? 2 * *cap : FIRST_CAP;
	void *more;

	if (count < *cap) {
		return lines;
	}
	more = realloc(lines, wanted * size);
	if (more != NULL) {
		*cap = wanted;
	}
	return more;
}
