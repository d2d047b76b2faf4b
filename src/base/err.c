/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "base/err.h"

#include <stdio.h>
#include <string.h>

#include "base/utf8.h"

// Control characters would break the line, or worse, command the terminal.
static void
clean(char *text)
{
	size_t len = strlen(text);

	for (size_t at = 0; at < len;) {
		size_t bytes = stage_utf8_control_bytes(text + at, len - at);
		memset(text + at, ' ', bytes);
		if (bytes == 0) {
			bytes = stage_utf8_char_bytes(text + at, len - at);
		}
		at += bytes > 0 ? bytes : 1;
	}
}

// As vsnprintf, but what does not fit is cut between two characters.
STAGE_PRINTF(3, 0)
static void
format_text(char *out, size_t size, const char *format, va_list args)
{
	int len = vsnprintf(out, size, format, args);

	if (len < 0) {
		out[0] = '\0';
	} else if ((size_t)len >= size) {
		out[stage_utf8_whole(out, size - 1)] = '\0';
	}
}

enum stage_status
stage_err_set(struct stage_err *err, enum stage_status status,
	const char *format, ...)
{
	char text[STAGE_ERR_TEXT_MAX]; // the arguments may lie in err itself
	va_list args;

	if (err == NULL) {
		return status;
	}
	va_start(args, format);
	format_text(text, sizeof(text), format, args);
	va_end(args);
	clean(text);
	memcpy(err->text, text, strlen(text) + 1);
	err->status = status;
	return status;
}

enum stage_status
stage_err_set_errno(struct stage_err *err, int errnum, const char *format, ...)
{
	enum stage_status status = stage_status_from_errno(errnum);
	const char *reason = strerror(errnum);
	size_t reason_len = strlen(reason);
	char what[STAGE_ERR_TEXT_MAX];
	va_list args;

	if (err == NULL) {
		return status;
	}
	// A long path must not push the reason out of the sentence.
	va_start(args, format);
	format_text(
		what, sizeof(what) - reason_len - strlen(": "), format, args);
	va_end(args);
	return stage_err_set(err, status, "%s: %s", what, reason);
}

void
stage_err_prefix(struct stage_err *err, const char *format, ...)
{
	char prefix[STAGE_ERR_TEXT_MAX];
	va_list args;

	if (err == NULL) {
		return;
	}
	va_start(args, format);
	format_text(prefix, sizeof(prefix), format, args);
	va_end(args);
	stage_err_set(err, err->status, "%s%s", prefix, err->text);
}
